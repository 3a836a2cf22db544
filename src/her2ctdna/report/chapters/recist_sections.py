"""What the report says of ctDNA responses, and of ctDNA against the scans."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.formats import (
    write_coefficient,
    write_integer,
    write_rate,
    write_ratio,
)
from her2ctdna.report.patient_sets import count_ids, count_share
from her2ctdna.report.question_tables import note_of, split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.settings.landmark_columns import CLEARANCE, read_reduction

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_RECIST = {
    "best_response": "best response as defined",
    "first_scan": "CR or PR at the first scan",
}
_RATES = {
    "sensitivity": ("Sensitivity", "both", "recist_only"),
    "specificity": ("Specificity", "neither", "ctdna_only"),
    "ppv": ("PPV", "both", "ctdna_only"),
    "npv": ("NPV", "neither", "recist_only"),
}
"""The heading of a rate, the cell of its n, and what its N has beside."""
_MANY_ROWS = 20


def response_blocks(results: Results) -> Iterator[Block]:
    """Yield how the ctDNA response of a sample is told, and every one, folded."""
    if not results.has("ctdna_response"):
        return
    limits = results.ctdna["response"]
    yield Paragraph(
        "ctDNA response of a sample: cCR is not detected where it could have been; cPD "
        "a ratio to the nadir whose lower limit is above "
        f"{limits['progression_min_ratio']:g}, whatever the level at baseline was; "
        "cPR a ratio to baseline whose upper limit is below "
        f"{limits['partial_max_ratio']:g}; cSD neither; NE not to be told. The "
        "thresholds are the study's, and the interval knows of counting alone: what "
        "varies from draw to draw is not in it."
    )
    interval = f"({100 * limits['confidence']:g} % interval)"
    columns = [
        Column("Patient", lambda row: row.patient_id),
        Column("Sample", lambda row: row.sample_id),
        Column("Day", lambda row: write_integer(row.day), is_number=True),
        Column("Response", lambda row: row.response),
        Column(f"Ratio to baseline {interval}", _to_baseline, is_number=True),
        Column("Nadir", lambda row: text_or(row.nadir_sample_id, "none")),
        Column(f"Ratio to nadir {interval}", _to_nadir, is_number=True),
        Column("Why", lambda row: row.reason),
    ]
    caption = "ctDNA response of each plasma sample after baseline"
    rows = results.rows("ctdna_response")
    yield tabulate(caption, columns, rows, folded=True)


def scan_blocks(results: Results) -> Iterator[Block]:
    """Yield ctDNA at the landmarks against best response and the first scan."""
    if not results.has_response:
        # drawn in every study with assessments, also where nobody treated has one
        drawn = {"ctdna_recist"} & set(results.figures)
        yield from figure_blocks(results, *drawn)
        return
    yield Heading("ctDNA against the scans")
    yield Paragraph(
        "Both are measured in the same weeks and read with error. The rates take "
        "RECIST for the truth since they must take something; kappa takes neither. A "
        "sample drawn after the first scan forecasts nothing and is left out."
    )
    yield from figure_blocks(results, "ctdna_recist")
    if results.has("ctdna_recist"):
        yield _scan_table(results)


def _scan_table(results: Results) -> Table:
    columns = [
        Column("Landmark", lambda row: row.landmark),
        Column("ctDNA", _ctdna),
        Column("RECIST", lambda row: _RECIST[row.recist]),
        *(
            Column(title, partial(_rate, name), is_number=True)
            for name, (title, *_) in _RATES.items()
        ),
        Column(
            f"Kappa ({results.confidence} interval)",
            lambda row: write_coefficient(
                row.kappa, row.kappa_ci_low, row.kappa_ci_high
            ),
            is_number=True,
        ),
        Column("Drawn after the first scan", _late, is_number=True),
        Column("Not judged by RECIST", _not_judged, is_number=True),
        Column("Note", note_of),
    ]
    rows = list(results.rows("ctdna_recist"))
    caption = (
        "ctDNA at the landmarks against the scans, n/N with "
        f"{results.confidence} Clopper-Pearson intervals"
    )
    is_long = len(rows) > _MANY_ROWS
    return tabulate(caption, columns, rows, folded=is_long, sources=("ctdna_recist",))


def _ctdna(row: "ResultRow") -> str:
    if row.ctdna == CLEARANCE:
        return "cleared, of those able to show it"
    reduction = read_reduction(row.ctdna)
    return f"fall of {reduction} % or more" if reduction else "cCR or cPR"


def _rate(name: str, row: "ResultRow") -> Cell:
    """Return n/N with the rate, which opens to the patients of both cells."""
    _, counted, other = _RATES[name]
    inside, outside = (
        split_ids(getattr(row, f"{cell}_ids")) for cell in (counted, other)
    )
    count = count_share(inside, [*inside, *outside], label=counted.replace("_", " "))
    values = (getattr(row, f"{name}{end}") for end in ("", "_ci_low", "_ci_high"))
    return replace(count, detail=write_rate(*values))


def _late(row: "ResultRow") -> Cell:
    return count_ids(split_ids(row.after_first_scan_ids), label="left out")


def _not_judged(row: "ResultRow") -> Cell:
    return count_ids(split_ids(row.recist_unknown_ids), label="left out")


def _to_baseline(row: "ResultRow") -> str:
    return write_ratio(row.ratio, row.ratio_low, row.ratio_high)


def _to_nadir(row: "ResultRow") -> str:
    return write_ratio(row.nadir_ratio, row.nadir_ratio_low, row.nadir_ratio_high)
