"""Checks of calls: the files that samples name, and a table in their place.

Each check takes the normalised tables, indexed by the line of the sheet, and yields
findings.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from her2ctdna.calls.count_checks import none_passes
from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.dates import Tables
from her2ctdna.inputs.sheet_paths import file_of
from her2ctdna.inputs.sheets import FILE_COLUMNS


def check_calls(tables: Tables, inputs: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with the calls, as files or as a table."""
    if "variants" in tables:
        yield from _call_table(tables)
    if "samples" not in tables:
        return
    samples = tables["samples"]
    for column in FILE_COLUMNS:
        named = samples.dropna(subset=[column])
        folder = file_of(inputs["samples"]).parent
        absent = named[[not (folder / cell).is_file() for cell in named[column]]]
        message = "no such file; paths in a sheet start at the folder of the sheet"
        yield from find_rows("error", "samples", absent, column, message)
    yield from _shared_calls(samples, folder)


def _shared_calls(samples: pd.DataFrame, folder: Path) -> Iterator[Finding]:
    """Yield samples that share a file of calls and are not told apart in it."""
    named = samples.dropna(subset=["calls"])
    file = named["calls"].map(lambda cell: str((folder / cell).resolve()))
    column = named["calls_sample"]
    is_same = pd.DataFrame({"file": file, "column": column}).duplicated(keep=False)
    is_untold = column.isna().groupby(file).transform("any")
    shared = named[is_same | (file.duplicated(keep=False) & is_untold)]
    message = (
        "several samples name these calls; each needs its own file, or calls_sample "
        "to say which column of the file is whose"
    )
    yield from find_rows("warning", "samples", shared, "calls", message)


def _call_table(tables: Tables) -> Iterator[Finding]:
    calls = tables["variants"]
    more = calls[calls["alt_count"] > calls["depth"]]
    message = "more variant molecules than depth; correct one of them"
    yield from find_rows("error", "variants", more, "alt_count", message)
    key = ["sample_id", "chrom", "pos", "ref", "alt"]
    named = calls.dropna(subset=key)
    message = (
        "is the same variant as an earlier row, once both are trimmed, with different "
        "counts or FILTER; keep one of them"
    )
    again = named[named.duplicated(key)]
    yield from find_rows("error", "variants", again, "sample_id", message)
    same = named[named["alt"] == named["ref"]]
    message = "is what the reference holds, so nothing varies; give the variant"
    yield from find_rows("error", "variants", same, "alt", message)
    unread = named[named["alt"].str.fullmatch("N+")]
    message = "N alone is no variant; give its bases or leave the row out"
    yield from find_rows("error", "variants", unread, "alt", message)
    yield from _on_the_whole(calls)
    if "samples" not in tables:
        message = "variants needs a samples sheet, which says whose each sample is"
        yield Finding("error", "variants", None, "sample_id", "", "", message)
        return
    samples = tables["samples"]
    unknown = calls[
        calls["sample_id"].notna() & ~calls["sample_id"].isin(samples["sample_id"])
    ]
    message = "this sample is not in the samples sheet; add or correct it"
    yield from find_rows("error", "variants", unknown, "sample_id", message)
    twice = samples[
        samples["calls"].notna() & samples["sample_id"].isin(calls["sample_id"])
    ]
    message = "this sample has calls in a file and in the variants table; keep one"
    yield from find_rows("error", "samples", twice, "calls", message)


def _on_the_whole(calls: pd.DataFrame) -> Iterator[Finding]:
    """Yield what a file of calls is warned of too: no counts, no FILTER that passes."""
    n_unknown = int(calls[["alt_count", "depth"]].isna().any(axis="columns").sum())
    if n_unknown:
        text = f"{n_unknown} of {len(calls)} variants have no counts: not measured"
        yield Finding("warning", "variants", None, "alt_count", "", "", text)
    failed = calls["filter"][calls["filter"].notna() & (calls["filter"] != "PASS")]
    if len(failed) and len(failed) == len(calls):
        text = none_passes(Counter(failed))
        yield Finding("warning", "variants", None, "filter", "", "", text)
