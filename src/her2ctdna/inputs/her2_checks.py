"""Checks of the HER2 sheet: odd forms of a score, eligibility, contradictions.

What cannot be read is an error where the rules are read, since an analysis may recode
it (`her2ctdna.inputs.setting_checks`).
"""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.her2.her2_scores import read_ihc
from her2ctdna.her2.her2_status import ULTRALOW_MAX_PERCENT
from her2ctdna.inputs.dates import Tables


def check_her2(tables: Tables) -> Iterator[Finding]:
    """Yield the findings on the readings of HER2, none without their sheet."""
    if "her2" in tables:
        her2 = tables["her2"]
        scores = read_ihc(her2["ihc"])
        yield from _forms(her2["ihc"], scores)
        yield from _eligibility(her2, scores)
        yield from _late_specimens(her2)


def _forms(cells: pd.Series, scores: pd.Series) -> Iterator[Finding]:
    """Yield a note on each form of a score that is not the usual one."""
    for cell, rows in scores.groupby(cells):
        told = rows.iloc[0]
        word = None if told is None else " to ".join(told)
        if word is not None and word != cell:
            text = f"read as {word or 'no result'} (rows: {len(rows)})"
            yield Finding("note", "her2", None, "ihc", "", str(cell), text)


def _eligibility(her2: pd.DataFrame, scores: pd.Series) -> Iterator[Finding]:
    ihc = scores.map(lambda told: told[-1] if told else None, na_action="ignore")
    ish, stained = her2["ish"], her2["stained_percent"]
    most = f"{ULTRALOW_MAX_PERCENT} %"
    positive = her2[(ihc == "3+") | (ish == "positive")]
    message = "HER2-positive in a HER2-negative trial: check the eligibility"
    yield from find_rows("warning", "her2", positive, "ihc", message)
    low_positive = her2[(ish == "positive") & ihc.isin(["0", "1+"])]
    message = "ISH is positive where IHC is 0 or 1+; check both"
    yield from find_rows("warning", "her2", low_positive, "ish", message)
    high_negative = her2[(ish == "negative") & (ihc == "3+")]
    message = "ISH is negative where IHC is 3+; check both"
    yield from find_rows("warning", "her2", high_negative, "ish", message)
    stained_zero = her2[(ihc == "0") & (stained > ULTRALOW_MAX_PERCENT)]
    message = f"IHC 0 has staining in at most {most} of cells; check both"
    yield from find_rows("warning", "her2", stained_zero, "stained_percent", message)
    unstained = her2[ihc.isin(["1+", "3+"]) & (stained <= ULTRALOW_MAX_PERCENT)]
    message = f"IHC 1+ and 3+ have staining in over {most} of cells; check both"
    yield from find_rows("warning", "her2", unstained, "stained_percent", message)


def _late_specimens(her2: pd.DataFrame) -> Iterator[Finding]:
    late = her2[her2["collected_day"] > 0]
    message = "collected after the first dose; it may not show HER2 at baseline"
    yield from find_rows("warning", "her2", late, "collected_day", message)
