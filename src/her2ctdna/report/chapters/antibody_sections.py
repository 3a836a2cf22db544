"""The part of the chapter on safety that tells of anti-drug antibodies."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    LeftOut,
    Paragraph,
    Table,
)
from her2ctdna.report.formats import is_number, write_decimal, write_digits
from her2ctdna.report.glossary import ADA_CLASSES, ADA_NOT_EVALUABLE, plain
from her2ctdna.report.question_tables import rate_cells, split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.tables import Record

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

NONE = "none"


def antibodies(results: Results) -> Iterator[Block]:
    """Yield the classes, who had a positive sample, and who was not evaluable."""
    yield Paragraph(_definitions(results))
    found = {str(row[0]): row for row in results.rows("ada")}
    shown = [(name, found[name]) for name in ADA_CLASSES if name in found]
    yield _class_table(results, shown)
    yield from _positive_patients(results)
    missed = [
        (meaning, split_ids(found[name].patient_ids))
        for name, meaning in ADA_NOT_EVALUABLE.items()
        if name in found
    ]
    yield LeftOut(missed)


def _definitions(results: Results) -> str:
    safety = results.definitions["safety"]
    return (
        "Evaluable: a sample until the first dose and one after it. Induced: negative "
        "at baseline, positive later; boosted: positive at baseline, later a titre at "
        f"least {safety['ada_titre_fold']:g} times as high; persistent: first and last "
        f"such sample at least {safety['ada_persistent_days']} days apart, or the last "
        "sample of the patient among them; else transient."
    )


def _class_table(results: Results, rows: list[tuple[str, "ResultRow"]]) -> Table:
    columns = [
        Column("Class"),
        Column("n/N", is_number=True),
        Column(f"Rate ({results.confidence} interval)", is_number=True),
        Column("Peak titre, median (range)", is_number=True),
    ]
    cells: list[list[Cell]] = [
        [ADA_CLASSES[name], *rate_cells(row), _titres(row)] for name, row in rows
    ]
    return Table("Anti-drug antibodies among the treated patients", columns, cells)


def _titres(row: "ResultRow") -> str:
    if not is_number(row.peak_titre_median):
        return NONE
    low, high = write_digits(row.peak_titre_min), write_digits(row.peak_titre_max)
    return f"{write_digits(row.peak_titre_median)} ({low} to {high})"


def _positive_patients(results: Results) -> Iterator[Block]:
    """Yield the courses of those who had a positive sample, if anybody had."""
    courses = results.tables["ada_patients"]
    rows: list[list[Cell]] = [
        _course(row)
        for row in courses.to_dict("records")
        if is_number(row["n_positive"]) and row["n_positive"] > 0
    ]
    columns = [
        Column("Patient"),
        Column("Class"),
        Column("Positive, of days with a sample", is_number=True),
        Column("First positive day after first dose", is_number=True),
        Column("Titre at baseline", is_number=True),
        Column("Peak titre after first dose", is_number=True),
        Column("Note"),
    ]
    if rows:
        yield Table("Patients with a positive sample", columns, rows, folded=True)


def _course(row: Record) -> list[Cell]:
    words = (text_or(row["class"], "not evaluable"), text_or(row["persistence"], ""))
    first = row["first_positive_day"]
    return [
        row["patient_id"],
        plain(", ".join(word for word in words if word)),
        f"{row['n_positive']:.0f} of {row['n_samples']:.0f}",
        write_decimal(first, 0) if is_number(first) else NONE,
        *(
            write_digits(row[name]) if is_number(row[name]) else NONE
            for name in ("baseline_titre", "peak_titre")
        ),
        plain(text_or(row["reason"], "")),
    ]
