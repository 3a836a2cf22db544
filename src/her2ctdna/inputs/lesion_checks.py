"""Checks of lesions: what RECIST 1.1 asks of them, and whether reports agree with them.

Each check takes the normalised tables, indexed by the line of the sheet, and yields
findings.
"""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.dates import Tables
from her2ctdna.response.lesions import derive_assessments

MOST_TARGETS = 5
MEASURABLE_MM = 10.0
MEASURABLE_NODE_MM = 15.0
"""RECIST 1.1: at most five targets, of 10 mm or more, nodes of 15 mm or more."""


def check_lesions(tables: Tables) -> Iterator[Finding]:
    """Yield what is not as RECIST 1.1 has it, and reports that lesions contradict."""
    if "lesions" not in tables:
        return
    lesions = tables["lesions"].dropna(subset=["patient_id", "lesion_id"])
    lesions = lesions.assign(evaluator=lesions["evaluator"].fillna(""))
    yield from _repeated_lesions(lesions)
    yield from _changing_kinds(lesions)
    yield from _baseline_targets(lesions)
    yield from _unknown_at_baseline(lesions)
    if "assessments" in tables:
        yield from _contradicted_reports(tables["assessments"], tables["lesions"])


def _found(rows: pd.DataFrame, column: str, message: str) -> Iterator[Finding]:
    for line, value, patient in zip(
        rows.index, rows[column], rows["patient_id"], strict=True
    ):
        shown = f"{value:g}" if isinstance(value, float) else value
        known = "" if pd.isna(value) else str(shown)
        yield Finding("warning", "lesions", int(line), column, patient, known, message)


def _repeated_lesions(lesions: pd.DataFrame) -> Iterator[Finding]:
    timed = lesions[lesions["assessed_day"].notna()]
    key = ["patient_id", "evaluator", "lesion_id", "assessed_day"]
    message = "this lesion stands twice for the day; the worse counts"
    yield from _found(timed[timed.duplicated(key)], "lesion_id", message)


def _changing_kinds(lesions: pd.DataFrame) -> Iterator[Finding]:
    key = ["patient_id", "evaluator", "lesion_id"]
    first = lesions.groupby(key)["kind"].transform("first")
    message = "this lesion was of another kind before; a lesion keeps its kind"
    yield from _found(lesions[lesions["kind"] != first], "kind", message)


def _baseline_targets(lesions: pd.DataFrame) -> Iterator[Finding]:
    """Yield targets at baseline that are too many, too small or not measured."""
    timed = lesions[lesions["assessed_day"] <= 0].sort_values(
        "assessed_day", kind="stable"
    )
    last = timed.drop_duplicates(["patient_id", "evaluator", "lesion_id"], keep="last")
    targets = last[last["kind"] == "target"].sort_index()
    size = targets["diameter_mm"]
    unmeasured = size.isna() | (targets["state"] == "not_evaluable")
    message = "a target without a diameter at baseline leaves no sum to compare with"
    yield from _found(targets[unmeasured], "diameter_mm", message)
    smallest = (targets["is_node"] == "yes").map(
        {True: MEASURABLE_NODE_MM, False: MEASURABLE_MM}
    )
    message = "a target is measurable from 10 mm, a node from 15 mm (short axis)"
    small = targets[~unmeasured & (size < smallest)]
    yield from _found(small, "diameter_mm", message)
    order = targets.groupby(["patient_id", "evaluator"]).cumcount()
    message = f"more than {MOST_TARGETS} targets; RECIST 1.1 follows {MOST_TARGETS}"
    yield from _found(targets[order >= MOST_TARGETS], "lesion_id", message)


def _unknown_at_baseline(lesions: pd.DataFrame) -> Iterator[Finding]:
    """Yield lesions that first come later and are not given as new."""
    key = ["patient_id", "evaluator", "lesion_id"]
    earliest = lesions.groupby(key)["assessed_day"].transform("min")
    late = lesions[(earliest > 0) & lesions["kind"].isin(["target", "non_target"])]
    message = "not seen at baseline: it is in no sum; is it a new lesion?"
    yield from _found(late.drop_duplicates(key), "kind", message)


def _contradicted_reports(
    assessments: pd.DataFrame, lesions: pd.DataFrame
) -> Iterator[Finding]:
    """Yield each reported response that the lesions of the same visit contradict.

    The same day by the same evaluator; a report that names no evaluator is held
    against each.
    """
    derived = derive_assessments(lesions).dropna(subset=["overall"])
    reported = assessments.dropna(subset=["overall", "patient_id"]).reset_index(
        names="line"
    )
    pairs = reported.merge(
        derived, on=["patient_id", "assessed_day"], suffixes=("", "_by_lesions")
    )
    by_lesions = pairs["evaluator_by_lesions"]
    same = pairs["evaluator"].isna() | by_lesions.isna()
    pairs = pairs[same | (pairs["evaluator"] == by_lesions)]
    differing = pairs[pairs["overall"] != pairs["overall_by_lesions"]]
    for row in differing.itertuples():
        message = (
            f"the lesions of this visit make {row.overall_by_lesions} "
            f"(targets {row.target_response}, non-targets {row.non_target_response}, "
            f"new lesion {row.new_lesion_by_lesions}); "
            "definitions.response.source decides which counts"
        )
        where = ("assessments", int(row.line), "overall", row.patient_id, row.overall)
        yield Finding("warning", *where, message)
