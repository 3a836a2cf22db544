"""The statistics of the package held against known values, at the time of a run.

Two kinds of value: published intervals (``published.tsv``), which must come out to
the last printed digit, and values of R (``r_values.tsv``, made by
``tests/reference/self_check.R``), which must agree to `RELATIVE`. What is called are
the functions that make the results, so that a library that has changed under them
is found before a report is written.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from her2ctdna.reference.published import read_published
from her2ctdna.reference.r_checks import CHECKS, CONFIDENCE
from her2ctdna.statistics.method_names import CLOPPER_PEARSON
from her2ctdna.statistics.proportions import compute_rate_interval

RELATIVE = 1e-6
"""Of a value of R, how far ours may be from it."""

CHECK_COLUMNS = [
    *["check", "quantity", "source", "inputs", "expected", "computed"],
    *["tolerance", "result"],
]
VALUES = Path(__file__).with_name("r_values.tsv")

_ROUNDING = 1e-9
Row = dict[str, object]


def check_statistics() -> pd.DataFrame:
    """Return one row a value: what was expected, what came out, pass or fail."""
    rows = [*_check_published(), *_check_r()]
    return pd.DataFrame(rows, columns=CHECK_COLUMNS)


def _row(computed: float, expected: float, tolerance: float, **told: str) -> Row:
    """Return a row of the checks; NaN is never near anything."""
    is_near = abs(computed - expected) <= tolerance + _ROUNDING * abs(expected)
    return {
        **told,
        "expected": expected,
        "computed": computed,
        "tolerance": tolerance,
        "result": "pass" if is_near else "fail",
    }


def _check_published() -> Iterator[Row]:
    """Yield rate and interval of each publication, in per cent as printed there."""
    for row in read_published().itertuples():
        if not row.low:
            continue
        limits = compute_rate_interval(
            row.n, row.N, method=CLOPPER_PEARSON, confidence=CONFIDENCE
        )
        computed = (row.n / row.N, *limits)
        printed = (row.rate, row.low, row.high)
        names = (row.endpoint, "ci_low", "ci_high")
        for name, text, value in zip(names, printed, computed, strict=True):
            yield _row(
                100 * value,
                float(text),
                _half_of_last_digit(text),
                check=f"published: {row.trial}, {row.population}",
                quantity=name,
                source=row.source,
                inputs=f"{row.n}/{row.N}",
            )


def _half_of_last_digit(printed: str) -> float:
    decimals = len(printed.partition(".")[2])
    return float(0.5 * 10.0**-decimals)


def _check_r() -> Iterator[Row]:
    """Yield each value of R beside ours; one that we have not is NaN."""
    table = pd.read_csv(VALUES, sep="\t", float_precision="round_trip")
    for check, own in table.groupby("check", sort=False):
        computed = CHECKS[str(check)]()
        for row in own.itertuples():
            yield _row(
                computed.get(row.quantity, float("nan")),
                row.value,
                RELATIVE * abs(row.value),
                check=f"R: {check}",
                quantity=row.quantity,
                source=f"{row.version}: {row.call}",
                inputs=row.inputs,
            )
