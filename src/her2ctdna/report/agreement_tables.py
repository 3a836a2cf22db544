"""What the report says on agreement of HER2 readings."""

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Heading,
    Paragraph,
    Patients,
    Table,
    tabulate,
)
from her2ctdna.report.formats import write_coefficient, write_rate
from her2ctdna.report.glossary import AGREEMENT_MEASURES, AGREEMENT_SCALES, plain
from her2ctdna.report.question_tables import note_of, split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.statistics.method_names import (
    CLOPPER_PEARSON,
    FLEISS_COHEN_EVERITT,
    GWET,
    JACKKNIFE,
)

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

WHOLE_SCALES = ("ihc", "her2_category")
"""Scales of which the matrix is shown; those of level and group follow from them."""

_SHOWN_METHODS = (*(CLOPPER_PEARSON, FLEISS_COHEN_EVERITT, GWET, JACKKNIFE),)

_SHARE = "percent_agreement"
_SEVERAL = {"all_readers": "all", "any_readers": "two or more"}


def agreement_blocks(results: Results) -> Iterator[Block]:
    """Yield how far readings agree: the coefficients, and the raw matrices."""
    if not results.has("her2_agreement", "her2_agreement_pairs"):
        return
    yield Heading("Agreement of readings")
    rows = [
        row for row in results.rows("her2_agreement") if row.ci_method in _SHOWN_METHODS
    ]
    if not rows:
        yield Paragraph(
            "No specimen was read by two readers, and no patient has a primary and a "
            "metastasis read by one: how far readings agree cannot be told."
        )
        return
    yield Paragraph(
        "Gwet's AC2 stands beside kappa because kappa corrects for an agreement by "
        "chance that is computed from the margins, and so collapses where nearly all "
        "readings are of one category, however well the readers agree. Weighted "
        "coefficients count a near miss as part of an agreement: AC2 is high wherever "
        "readings are seldom more than a step apart. A pair of which one "
        "reading has no value on a scale is left out there. Two specimens of a "
        "patient may differ by biology as well as by reading."
    )
    compared = (row for row in rows if row.comparison != "any_readers")
    asked = [list(same) for _, same in groupby(compared, key=_question)]
    yield _summary_table(results, asked)
    yield _table_of_coefficients(results, rows)
    for _, cells in groupby(results.rows("her2_agreement_pairs"), key=_question):
        matrix = list(cells)
        if matrix[0].scale in WHOLE_SCALES:
            yield _matrix_table(matrix)


def _question(row: "ResultRow") -> tuple[str, ...]:
    """Return what a row compares, and on which scale."""
    who = (text_or(cell, "") for cell in (row.first, row.second, row.reader))
    return row.comparison, *who, row.scale


def _summary_table(results: Results, asked: list[list["ResultRow"]]) -> Table:
    """Return a row a comparison and scale, with the chief coefficients."""
    columns = [
        Column("Comparison", lambda same: _who(same[0])),
        Column("Scale", lambda same: AGREEMENT_SCALES[same[0].scale]),
        Column("Pairs", lambda same: _pairs(_find(same, _SHARE)), is_number=True),
        Column("Left out", lambda same: _left_out(_find(same, _SHARE)), is_number=True),
        Column(
            f"Agreement ({results.confidence} interval)",
            lambda same: _rate(_find(same, _SHARE)),
            is_number=True,
        ),
        Column(
            "Kappa (Cohen; several readers: Fleiss)",
            lambda same: _coefficient(_find(same, "cohen_kappa", "fleiss_kappa")),
            is_number=True,
        ),
        Column(
            "Weighted kappa, quadratic",
            lambda same: _coefficient(_find(same, "quadratic_kappa")),
            is_number=True,
        ),
        Column(
            "Gwet's AC2, quadratic",
            lambda same: _coefficient(_find(same, "gwet_ac2_quadratic")),
            is_number=True,
        ),
    ]
    title = "How far readings of HER2 agree"
    return tabulate(title, columns, asked, folded=len(asked) > 20)


def _find(same: list["ResultRow"], *measures: str) -> Any:
    """Return the row of the first of these measures, or None."""
    found = {row.measure: row for row in same}
    return next((found[name] for name in measures if name in found), None)


def _rate(row: "ResultRow") -> str:
    return write_rate(row.estimate, row.ci_low, row.ci_high)


def _table_of_coefficients(results: Results, rows: list["ResultRow"]) -> Table:
    columns = [
        Column("Comparison", _who),
        Column("Scale", lambda row: AGREEMENT_SCALES[row.scale]),
        Column("Coefficient", lambda row: AGREEMENT_MEASURES[row.measure]),
        Column(
            f"Estimate ({results.confidence} interval)", _coefficient, is_number=True
        ),
        Column("Note", note_of),
    ]
    return tabulate("Every coefficient of agreement", columns, rows, folded=True)


def _matrix_table(cells: list["ResultRow"]) -> Table:
    """Return the matrix of a comparison, without categories that nobody used."""
    counts = {(cell.first_value, cell.second_value): cell for cell in cells if cell.n}
    order = dict.fromkeys(cell.first_value for cell in cells)
    used = [name for name in order if any(name in pair for pair in counts)]

    def count(second: str, first: str) -> Cell:
        cell = counts.get((first, second))
        return "0" if cell is None else _pairs(cell)

    row = cells[0]
    corner = f"{plain(row.first)}, down; {plain(row.second)}, across"
    columns = [
        Column(corner, plain),
        *(Column(plain(name), partial(count, name), is_number=True) for name in used),
    ]
    caption = f"Raw counts, {AGREEMENT_SCALES[row.scale]}: {_who(row)}"
    return tabulate(caption, columns, used, folded=True)


def _who(row: "ResultRow") -> str:
    if row.comparison in _SEVERAL:
        names = plain(row.reader).replace(";", ", ")
        return f"{_SEVERAL[row.comparison]} readers of a specimen ({names})"
    both = f"{plain(row.first)} and {plain(row.second)}"
    if row.comparison == "reader":
        return f"{both}, one specimen"
    return f"{both} of a patient, read by {plain(row.reader)}"


def _coefficient(row: "ResultRow | None") -> str:
    """Return a coefficient with its interval; one that was not asked is empty."""
    if row is None:
        return ""
    return write_coefficient(row.estimate, row.ci_low, row.ci_high)


def _pairs(row: "ResultRow") -> Cell:
    """Return how many pairs a row counts."""
    return _count(row.n, row.patient_ids)


def _left_out(row: "ResultRow") -> Cell:
    return _count(row.n_left_out, row.excluded_ids)


def _count(n: float, patient_ids: object) -> Cell:
    """Return a number of pairs that opens to the patient of each."""
    if not n:
        return "0"
    return Count(
        f"{n:.0f}", (Patients("patient of each pair", split_ids(patient_ids)),)
    )
