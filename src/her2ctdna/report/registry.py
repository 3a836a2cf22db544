"""Wording of the registry entry that has two readings, and what was done with it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from her2ctdna.report.blocks import Block, Cell, Column, Count, Paragraph, tabulate
from her2ctdna.report.patient_sets import count_share
from her2ctdna.report.question_tables import count_of_rate, split_ids
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import headline_rate
from her2ctdna.report.starts import endpoint_start
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.sets.set_names import name_able
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.settings.registry_entry import (
    COUNTS,
    NO_COUNT,
    RegistryEntry,
    Wording,
    fill_fields,
)
from her2ctdna.wording import join_value

NOT_COUNTED = "none counted"


class Row(NamedTuple):
    """A wording of the entry, and both of its readings."""

    wording: str
    problem: str
    computed: str
    as_computed: Cell
    other_reading: Cell


def registry_section(results: Results, entry: RegistryEntry) -> Iterator[Block]:
    """Yield the wording, the problem, what is computed, and both counts."""
    yield Paragraph(
        f"The endpoints are those of the registry entry {entry['id']}. Where its words "
        "have two readings, one is computed under a name that says so, and the count "
        "of the other stands beside it."
    )
    known = _known(results)
    rows = [
        row
        for wording in entry["wordings"]
        if COUNTS[wording["as_computed"]] in known
        for row in _rows(results, wording)
    ]
    columns = [
        Column("Wording of the entry", lambda row: row.wording),
        Column("Problem", lambda row: row.problem),
        Column("Computed here, and its name", lambda row: row.computed),
        Column("As computed", lambda row: row.as_computed, is_number=True),
        Column("Other reading", lambda row: row.other_reading, is_number=True),
    ]
    yield tabulate("Wording with two readings", columns, rows)


def _known(results: Results) -> set[str]:
    """Return of what a study has the counts: its chapters, and the times followed."""
    known = set(results.chapters) - {"response"}
    if results.has_response:
        known.add("response")
    return known | {name for name in SURVIVAL if results.members.resolve(name)}


def _rows(results: Results, wording: Wording) -> Iterator[Row]:
    """Yield the row of a wording; of one on ctDNA a row for each landmark."""
    is_of_landmark = COUNTS[wording["as_computed"]] == "ctdna"
    for landmark in results.landmarks if is_of_landmark else [""]:
        fields = _fields(results, landmark)
        yield Row(
            fill_fields(wording["wording"], fields),
            fill_fields(wording["problem"], fields),
            fill_fields(wording["computed"], fields),
            _count(results, wording["as_computed"], landmark),
            _count(results, wording["other_reading"], landmark),
        )


def _fields(results: Results, landmark: str) -> Mapping[str, str]:
    """Return what is filled in between braces."""
    response = results.response
    kinds = ("confirmed responses only", "all responses")
    counted, other = kinds if response["confirmed"] else kinds[::-1]
    return {
        "counted_responses": counted,
        "other_responses": other,
        "benefit_days": f"{response['clinical_benefit_days']:g}",
        "sd_min_days": f"{response['sd_min_days']:g}",
        **{f"{name}_start": endpoint_start(results, name) for name in SURVIVAL},
        "landmark": landmark,
        "emergent_days": str(results.definitions["safety"]["emergent_days"]),
    }


def _count(results: Results, name: str, landmark: str) -> Cell:
    if name == NO_COUNT:
        return NOT_COUNTED
    if name in _AT_LANDMARK:
        return _AT_LANDMARK[name](results, landmark)
    return _OF_STUDY[name](results)


def _orr(results: Results, *, otherwise: bool) -> Count:
    is_confirmed = results.response["confirmed"] is not otherwise
    return _best_response(results, "confirmed_bor" if is_confirmed else "bor")


def _best_response(results: Results, column: str) -> Count:
    """Return who of the treated had CR or PR, confirmed or not as ``column`` has it."""
    members = results.members
    responded = [
        patient
        for word in ("CR", "PR")
        for patient in members.resolve("all_treated", join_value(column, word))
    ]
    return count_share(responded, members.resolve("all_treated"), label="CR or PR")


def _rate(results: Results, *, endpoint: str) -> Cell:
    row = headline_rate(results, endpoint)
    return NOT_COUNTED if row is None else results.count_rate(row)


def _events(results: Results, *, endpoint: str) -> Count:
    return results.members.count(
        f"{endpoint}_event=yes", among=(endpoint,), label="with the event"
    )


def _her2_grouped(results: Results) -> Count:
    return results.members.count("her2_evaluable", label="in a HER2 group")


def _her2_positive(results: Results) -> Count:
    return results.members.count("her2_class=positive", label="read as positive")


def _cleared_of_able(results: Results, landmark: str) -> Count:
    able = ("all_treated", name_able(landmark))
    cleared = join_value(name_clearance(landmark), "cleared")
    return results.members.count(cleared, label="cleared", among=able)


def _cleared_of_treated(results: Results, landmark: str) -> Count:
    cleared = join_value(name_clearance(landmark), "cleared")
    return results.members.count(cleared, label="cleared")


def _adverse_events(results: Results) -> Cell:
    row = results.row("adverse_events", level="any", category="all", grade="any")
    return NOT_COUNTED if row is None else count_of_rate(row)


def _ada_of_evaluable(results: Results) -> Cell:
    row = results.row("ada", **{"class": "incidence"})
    return NOT_COUNTED if row is None else count_of_rate(row)


def _ada_of_treated(results: Results) -> Cell:
    row = results.row("ada", **{"class": "incidence"})
    if row is None:
        return NOT_COUNTED
    treated = results.members.resolve("all_treated")
    return count_share(split_ids(row.patient_ids), treated, label="induced or boosted")


_OF_STUDY: dict[str, Callable[[Results], Cell]] = {
    "orr": partial(_orr, otherwise=False),
    "orr_otherwise": partial(_orr, otherwise=True),
    "cbr": partial(_rate, endpoint="cbr"),
    "cbr_any_duration": partial(_rate, endpoint="cbr_registry"),
    "dcr": partial(_rate, endpoint="dcr"),
    "dor_events": partial(_events, endpoint="dor"),
    "pfs_events": partial(_events, endpoint="pfs"),
    "os_events": partial(_events, endpoint="os"),
    "her2_grouped": _her2_grouped,
    "her2_positive": _her2_positive,
    "adverse_events": _adverse_events,
    "ada_of_evaluable": _ada_of_evaluable,
    "ada_of_treated": _ada_of_treated,
}
_AT_LANDMARK: dict[str, Callable[[Results, str], Cell]] = {
    "cleared_of_able": _cleared_of_able,
    "cleared_of_treated": _cleared_of_treated,
}
"""How each of `COUNTS` is counted, at a landmark or of the study."""
