"""Checks of reported responses: what cannot be, and what does not count."""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.dates import Tables
from her2ctdna.response.visits import is_baseline


def check_assessments(
    tables: Tables, *, baseline_window: int | None
) -> Iterator[Finding]:
    """Yield what is wrong or remarkable in the reported responses."""
    if "assessments" not in tables:
        return
    rows = tables["assessments"]
    is_before = is_baseline(rows, baseline_window=baseline_window)
    unread = rows[rows["overall"].isna() & (rows["assessed_day"] > 0) & ~is_before]
    message = "an assessment after the first dose needs a response (or NE)"
    yield from find_rows("error", "assessments", unread, "overall", message)
    judged = rows[rows["overall"].notna()].fillna({"evaluator": ""})
    visit = ["patient_id", "assessed_day", "evaluator"]
    differing = judged.groupby(visit)["overall"].transform("nunique") > 1
    message = "several responses on one day; the worst counts"
    yield from find_rows(
        "warning", "assessments", judged[differing], "overall", message
    )
    early = judged[judged["assessed_day"] <= 0]
    message = (
        "a response up to the first dose does not count, as there is nothing to "
        "compare with; correct its time, or leave the response of a baseline empty"
    )
    yield from find_rows("warning", "assessments", early, "overall", message)
    yield from _after_complete_response(judged)


def _after_complete_response(judged: pd.DataFrame) -> Iterator[Finding]:
    """Yield PR and SD (NON-CR/NON-PD) between a CR and a PD of one evaluator.

    RECIST 1.1, footnote of table 3: disease after a true CR is PD, whatever its size.
    """
    later = judged[judged["assessed_day"] > 0].sort_values(
        "assessed_day", kind="stable"
    )
    course = later.groupby(["patient_id", "evaluator"])["overall"]
    after_cr = course.transform(lambda seen: (seen == "CR").cummax().astype(bool))
    after_pd = course.transform(lambda seen: (seen == "PD").cummax().astype(bool))
    is_left = later["overall"].isin(["PR", "SD", "NON-CR/NON-PD"])
    message = (
        "follows a CR; disease that comes back after a CR is PD by RECIST 1.1, or the "
        "CR was none; check both"
    )
    found = later[is_left & after_cr.eq(True) & ~after_pd.eq(True)].sort_index()
    yield from find_rows("warning", "assessments", found, "overall", message)
