"""The part of the chapter on safety that tells of anti-drug antibodies."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import (
    Block,
    Column,
    LeftOut,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.formats import is_number, write_decimal, write_digits
from her2ctdna.report.glossary import ADA_CLASSES, ADA_NOT_EVALUABLE, plain
from her2ctdna.report.question_tables import count_of_rate, rate_of, split_ids, text_or
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
        Column("Class", lambda named: ADA_CLASSES[named[0]]),
        Column("n/N", lambda named: count_of_rate(named[1]), is_number=True),
        Column(
            f"Rate ({results.confidence} interval)",
            lambda named: rate_of(named[1]),
            is_number=True,
        ),
        Column(
            "Peak titre, median (range)",
            lambda named: _titres(named[1]),
            is_number=True,
        ),
    ]
    caption = "Anti-drug antibodies among the treated patients"
    return tabulate(caption, columns, rows, sources=("ada",))


def _titres(row: "ResultRow") -> str:
    if not is_number(row.peak_titre_median):
        return NONE
    low, high = write_digits(row.peak_titre_min), write_digits(row.peak_titre_max)
    return f"{write_digits(row.peak_titre_median)} ({low} to {high})"


def _positive_patients(results: Results) -> Iterator[Block]:
    """Yield the courses of those who had a positive sample, if anybody had."""
    rows = [
        row
        for row in results.tables["ada_patients"].to_dict("records")
        if is_number(row["n_positive"]) and row["n_positive"] > 0
    ]
    columns = [
        Column("Patient", lambda row: row["patient_id"]),
        Column("Class", _class_of),
        Column("Positive, of days with a sample", _positive_samples, is_number=True),
        Column("First positive day after first dose", _first_positive, is_number=True),
        Column(
            "Titre at baseline",
            lambda row: _titre(row["baseline_titre"]),
            is_number=True,
        ),
        Column(
            "Peak titre after first dose",
            lambda row: _titre(row["peak_titre"]),
            is_number=True,
        ),
        Column("Note", lambda row: plain(text_or(row["reason"], ""))),
    ]
    if rows:
        yield tabulate("Patients with a positive sample", columns, rows, folded=True)


def _class_of(row: Record) -> str:
    words = (text_or(row["class"], "not evaluable"), text_or(row["persistence"], ""))
    return plain(", ".join(word for word in words if word))


def _positive_samples(row: Record) -> str:
    return f"{row['n_positive']:.0f} of {row['n_samples']:.0f}"


def _first_positive(row: Record) -> str:
    day = row["first_positive_day"]
    return write_decimal(day, 0) if is_number(day) else NONE


def _titre(titre: float) -> str:
    return write_digits(titre) if is_number(titre) else NONE
