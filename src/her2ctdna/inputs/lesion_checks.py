"""Checks of lesions: what RECIST 1.1 asks of them, and whether reports agree with them.

Each check takes the normalised tables, indexed by the line of the sheet, and yields
findings.
"""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.dates import Tables
from her2ctdna.response.lesion_rows import find_wholes
from her2ctdna.response.lesions import derive_assessments
from her2ctdna.response.recist_criteria import NODE_NORMAL_MM

MOST_TARGETS = 5
MEASURABLE_MM = 10.0
MEASURABLE_NODE_MM = 15.0
"""RECIST 1.1: at most five targets, of 10 mm or more, nodes of 15 mm or more."""

_COURSE = ["patient_id", "evaluator"]
_LESION = [*_COURSE, "lesion_id"]


def check_lesions(tables: Tables, *, baseline_window: int | None) -> Iterator[Finding]:
    """Yield what is not as RECIST 1.1 has it, and reports that lesions contradict.

    ``baseline_window`` is the last day of a baseline scan (``None``: 0).
    """
    if "lesions" not in tables:
        return
    last = 0 if baseline_window is None else baseline_window
    lesions = tables["lesions"].dropna(subset=["patient_id", "lesion_id"])
    lesions = lesions.assign(evaluator=lesions["evaluator"].fillna(""))
    timed = lesions[lesions["assessed_day"].notna()]
    before = timed[timed["assessed_day"] <= last]
    own = _known_at_baseline(timed, before)
    yield from _repeated_lesions(timed)
    yield from _changing_kinds(lesions)
    yield from _changing_nodes(lesions)
    yield from _baseline_targets(before)
    yield from _without_baseline(timed, before, last)
    yield from _unknown_at_baseline(timed, before, own)
    yield from _unsized_targets(timed[timed["assessed_day"] > last], own)
    yield from _doubtful_new(timed, before, own)
    if "assessments" in tables:
        yield from _contradicted_reports(
            tables["assessments"], tables["lesions"], baseline_window
        )


def _known_at_baseline(timed: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """Return the lesion of baseline that each row belongs to, itself or as a part."""
    followed = before[before["kind"] != "new"]
    known = followed.groupby(_COURSE)["lesion_id"].agg(set).to_dict()
    told = timed.groupby(_LESION)["part_of"].transform("first").fillna("")
    rows = zip(
        timed["patient_id"], timed["evaluator"], timed["lesion_id"], told, strict=True
    )
    wholes = [
        find_wholes(name, part_of, known.get((patient, who), set()))
        for patient, who, name, part_of in rows
    ]
    return pd.Series(
        [found[0] if found else None for found in wholes], timed.index, object
    )


def _found(rows: pd.DataFrame, column: str, message: str) -> Iterator[Finding]:
    yield from find_rows("warning", "lesions", rows, column, message)


def _repeated_lesions(timed: pd.DataFrame) -> Iterator[Finding]:
    message = "this lesion stands twice for the day; the worse counts"
    again = timed[timed.duplicated([*_LESION, "assessed_day"])]
    yield from _found(again, "lesion_id", message)


def _changing_kinds(lesions: pd.DataFrame) -> Iterator[Finding]:
    first = lesions.groupby(_LESION)["kind"].transform("first")
    message = "this lesion was of another kind before; a lesion keeps its kind"
    yield from _found(lesions[lesions["kind"] != first], "kind", message)


def _changing_nodes(lesions: pd.DataFrame) -> Iterator[Finding]:
    nodes = lesions[lesions["is_node"] == "yes"].set_index(_LESION).index
    is_denied = lesions["is_node"] == "no"
    denied = lesions[is_denied & lesions.set_index(_LESION).index.isin(nodes)]
    message = "another row says that this lesion is a node, so it counts as one"
    yield from _found(denied, "is_node", message)


def _baseline_targets(before: pd.DataFrame) -> Iterator[Finding]:
    """Yield targets at baseline that are too many, too small or not measured."""
    ordered = before.sort_values("assessed_day", kind="stable")
    last = ordered.drop_duplicates(_LESION, keep="last")
    targets = last[last["kind"] == "target"].sort_index()
    is_small = targets["state"] == "too_small"
    size = targets["diameter_mm"].mask(is_small & targets["diameter_mm"].isna(), 0)
    unmeasured = size.isna() | (targets["state"] == "not_evaluable")
    message = "a target without a diameter at baseline leaves no sum to compare with"
    yield from _found(targets[unmeasured], "diameter_mm", message)
    smallest = (targets["is_node"] == "yes").map(
        {True: MEASURABLE_NODE_MM, False: MEASURABLE_MM}
    )
    message = "a target is measurable from 10 mm, a node from 15 mm (short axis)"
    small = targets[~unmeasured & (size < smallest)]
    yield from _found(small, "diameter_mm", message)
    order = targets.groupby(_COURSE).cumcount()
    message = f"more than {MOST_TARGETS} targets; RECIST 1.1 follows {MOST_TARGETS}"
    yield from _found(targets[order >= MOST_TARGETS], "lesion_id", message)


def _without_baseline(
    timed: pd.DataFrame, before: pd.DataFrame, last: int
) -> Iterator[Finding]:
    """Yield one finding for each patient who has no scan that could be a baseline."""
    late = timed[~timed["patient_id"].isin(before["patient_id"])]
    first = late.sort_values("assessed_day", kind="stable").drop_duplicates(
        "patient_id"
    )
    message = (
        f"no scan up to day {last}, so there is no baseline and no response; give it, "
        "or say how late it may be (definitions.response.baseline_window)"
    )
    yield from _found(first.sort_index(), "assessed_day", message)


def _unknown_at_baseline(
    timed: pd.DataFrame, before: pd.DataFrame, own: pd.Series
) -> Iterator[Finding]:
    """Yield lesions that first come later and are not given as new."""
    is_late = timed["patient_id"].isin(before["patient_id"]) & own.isna()
    late = timed[is_late & timed["kind"].isin(["target", "non_target"])]
    message = (
        "not seen at baseline: it is in no sum; is it a new lesion, or part of one "
        "that is known (part_of)?"
    )
    yield from _found(late.drop_duplicates(_LESION), "kind", message)


def _unsized_targets(later: pd.DataFrame, own: pd.Series) -> Iterator[Finding]:
    """Yield targets that are there but have no diameter, alone or in parts."""
    whole = own.reindex(later.index)
    is_unsized = later["diameter_mm"].isna() & (
        later["state"].isna() | (later["state"] == "present")
    )
    sized = later.assign(whole=whole)[later["diameter_mm"].notna()]
    key = ["patient_id", "evaluator", "assessed_day", "whole"]
    is_measured = (
        later.assign(whole=whole).set_index(key).index.isin(sized.set_index(key).index)
    )
    message = (
        "a target without a diameter is not evaluable; give it, or say whether it is "
        "too_small (counts 5 mm), absent or not_evaluable"
    )
    found = later[
        (later["kind"] == "target") & is_unsized & ~is_measured & whole.notna()
    ]
    yield from _found(found, "diameter_mm", message)


def _doubtful_new(
    timed: pd.DataFrame, before: pd.DataFrame, own: pd.Series
) -> Iterator[Finding]:
    """Yield new lesions that are none, or that may be part of a known one."""
    new = timed[(timed["kind"] == "new") & timed["part_of"].isna()]
    early = new[new.index.isin(before.index)]
    message = "no lesion is new at baseline, so it is not followed; correct its kind"
    yield from _found(early, "kind", message)
    later = new[~new.index.isin(before.index)]
    fragments = later[own.reindex(later.index).notna()]
    message = (
        "counts as new, though its name is of a lesion known at baseline or a part of "
        "one; a part is no new lesion: give its kind, or part_of"
    )
    yield from _found(fragments.drop_duplicates(_LESION), "kind", message)
    nodes = timed[timed["is_node"] == "yes"].set_index(_LESION).index
    is_node = later.set_index(_LESION).index.isin(nodes)
    normal = later[is_node & (later["diameter_mm"] < NODE_NORMAL_MM)]
    message = "a node below 10 mm (short axis) is normal and no new lesion"
    yield from _found(normal, "diameter_mm", message)


def _contradicted_reports(
    assessments: pd.DataFrame, lesions: pd.DataFrame, baseline_window: int | None
) -> Iterator[Finding]:
    """Yield each reported response that the lesions of the same visit contradict.

    The same day by the same evaluator; a report that names no evaluator is held
    against each.
    """
    derived = derive_assessments(lesions, baseline_window=baseline_window)
    derived = derived.dropna(subset=["overall"])
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
