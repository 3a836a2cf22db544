"""The flow of patients on one line, for the first screen."""

from functools import partial

from her2ctdna.report.blocks import Cell, Column, Table, tabulate
from her2ctdna.report.glossary import SETS
from her2ctdna.report.patient_sets import count_ids
from her2ctdna.report.results import Results
from her2ctdna.sets.set_names import name_able

_EVALUABLE = ("her2_evaluable", "response_evaluable", "ctdna_evaluable")


def flow_line(results: Results) -> Table:
    """Return the populations from left to right, each opening to its patients.

    Each set after the treated is taken from these, not from the one before it.
    """
    known = {row.set for row in results.rows("flow")}
    names = ["enrolled", "all_treated", *(name for name in _EVALUABLE if name in known)]
    titles = {name: SETS[name] for name in names} | {
        name_able(landmark): f"Able to show clearance at {landmark}"
        for landmark in results.landmarks
    }

    def count(name: str, _: str) -> Cell:
        return count_ids(results.members.resolve(name), label="in the set")

    columns = [
        Column("Set", str),
        *(
            Column(title, partial(count, name), is_number=True)
            for name, title in titles.items()
        ),
    ]
    caption = "Flow of patients; the sets from the third on are each of the treated"
    return tabulate(caption, columns, ["Patients"], sources=("flow",))
