"""What a study was not given, said once, and what of the config it has no use for."""

from collections.abc import Iterable, Mapping, Set

from her2ctdna.report.results import Results

CHAPTER_INPUTS = {
    "her2": "HER2 readings",
    "response": "tumour assessments",
    "ctdna": "ctDNA samples or levels",
    "adverse_events": "adverse events",
    "ada": "anti-drug antibodies",
}
"""What each chapter is made from, in the order of the page."""

OF_CALLS = (
    *("metric", "track", "pass_only", "min_alt_count", "min_depth", "min_vaf"),
    *("filter_fail", "caller_limit", "error_rate", "error_source", "test"),
    *("suppress_outliers", "alpha", "germline", "ch_genes", "ch_policy"),
    *("leukocyte_fold", "resistance_genes"),
)
"""The keys of ctDNA on how variants are counted, which an assay's levels need not."""

NEEDS: Mapping[str, frozenset[str]] = {
    name: frozenset(chapters.split())
    for name, chapters in {
        "her2": "her2",
        "response": "response",
        "response.count_first_day": "",
        "response.treatment_gap_days": "",
        "response.truncate_days": "",
        "ctdna": "ctdna",
        **dict.fromkeys((f"ctdna.{key}" for key in OF_CALLS), "calls"),
        "safety": "adverse_events",
        "safety.ada_persistent_days": "ada",
        "safety.ada_titre_fold": "ada",
        "safety.ada_titre_scale": "ada",
        "association.cutpoints": "ctdna",
        "association.cutpoint_resamples": "ctdna",
        "association.model": "response",
        "association.spline_events": "ctdna",
        "association.trend_band_resamples": "her2 response",
        "association.trend_scores": "her2 response",
    }.items()
}
"""What a study must have for a key of the definitions, and those below, to matter."""

ENDPOINT_NEEDS = {
    **dict.fromkeys(("orr", "dcr", "cbr", "cbr_registry", "dor"), "response"),
    "best_change_percent": "response",
    "clearance_*": "ctdna",
}
"""What a study must have to have an endpoint; any other time to event needs nothing."""


def write_absent(results: Results) -> str:
    """Return which inputs the study was not given; empty if it has all of them."""
    absent = [
        what for name, what in CHAPTER_INPUTS.items() if name not in results.chapters
    ]
    return f"Not in this study: {', '.join(absent)}." if absent else ""


def is_setting_of(key: str, chapters: Set[str]) -> bool:
    """Tell whether a key of the definitions matters to a study with these chapters.

    What is said of the longest part of the key holds.
    """
    parts = key.split(".")
    above = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    needed = next((NEEDS[name] for name in above if name in NEEDS), frozenset())
    return needed <= chapters


def endpoints_of(names: Iterable[str], chapters: Set[str]) -> list[str]:
    """Return those of the endpoints of a config that a study can have."""
    return [
        name
        for name in names
        if name not in ENDPOINT_NEEDS or ENDPOINT_NEEDS[name] in chapters
    ]
