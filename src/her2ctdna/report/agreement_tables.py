"""What the report says on agreement of HER2 readings."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Count,
    Heading,
    Paragraph,
    Patients,
    Table,
)
from her2ctdna.report.formats import write_coefficient, write_rate
from her2ctdna.report.glossary import AGREEMENT_MEASURES, AGREEMENT_SCALES, plain
from her2ctdna.report.question_tables import split_ids, text_or
from her2ctdna.report.results import Results

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

WHOLE_SCALES = ("ihc", "her2_category")
"""Scales of which the matrix is shown; those of level and group follow from them."""

_SHOWN_METHODS = (
    *("clopper_pearson", "fleiss_cohen_everitt", "gwet_linearised", "jackknife"),
)

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
        Column("Comparison"),
        Column("Scale"),
        Column("Pairs", is_number=True),
        Column("Left out", is_number=True),
        Column(f"Agreement ({results.confidence} interval)", is_number=True),
        Column("Kappa (Cohen; several readers: Fleiss)", is_number=True),
        Column("Weighted kappa, quadratic", is_number=True),
        Column("Gwet's AC2, quadratic", is_number=True),
    ]
    rows: list[list[Cell]] = []
    for same in asked:
        found = {row.measure: row for row in same}
        share = found["percent_agreement"]
        kappa = found.get("cohen_kappa", found.get("fleiss_kappa"))
        weighted = (
            found.get(name) for name in ("quadratic_kappa", "gwet_ac2_quadratic")
        )
        rows.append(
            [
                _who(share),
                AGREEMENT_SCALES[share.scale],
                _count(share.n, share.patient_ids),
                _count(share.n_left_out, share.excluded_ids),
                write_rate(share.estimate, share.ci_low, share.ci_high),
                *(_coefficient(row) for row in (kappa, *weighted)),
            ]
        )
    title = "How far readings of HER2 agree"
    return Table(title, columns, rows, folded=len(rows) > 20)


def _table_of_coefficients(results: Results, rows: list["ResultRow"]) -> Table:
    columns = [
        Column("Comparison"),
        Column("Scale"),
        Column("Coefficient"),
        Column(f"Estimate ({results.confidence} interval)", is_number=True),
        Column("Note"),
    ]
    shown = [
        (
            _who(row),
            AGREEMENT_SCALES[row.scale],
            AGREEMENT_MEASURES[row.measure],
            _coefficient(row),
            text_or(row.note, ""),
        )
        for row in rows
    ]
    return Table("Every coefficient of agreement", columns, shown, folded=True)


def _matrix_table(cells: list["ResultRow"]) -> Table:
    """Return the matrix of a comparison, without categories that nobody used."""
    counts = {(cell.first_value, cell.second_value): cell for cell in cells if cell.n}
    order = dict.fromkeys(cell.first_value for cell in cells)
    used = [name for name in order if any(name in pair for pair in counts)]
    row = cells[0]
    corner = f"{plain(row.first)}, down; {plain(row.second)}, across"
    rows: list[list[Cell]] = [
        [plain(first), *(_cell(counts.get((first, second))) for second in used)]
        for first in used
    ]
    columns = [Column(corner), *(Column(plain(name), is_number=True) for name in used)]
    caption = f"Raw counts, {AGREEMENT_SCALES[row.scale]}: {_who(row)}"
    return Table(caption, columns, rows, folded=True)


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


def _count(n: float, patient_ids: object) -> Cell:
    """Return a number of pairs that opens to the patient of each."""
    if not n:
        return "0"
    return Count(
        f"{n:.0f}", (Patients("patient of each pair", split_ids(patient_ids)),)
    )


def _cell(cell: "ResultRow | None") -> Cell:
    return "0" if cell is None else _count(cell.n, cell.patient_ids)
