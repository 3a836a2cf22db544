"""Depth where nothing was called: each variant of a patient in each of their samples.

Independent of any analysis, so counted once: a site is every variant seen in one of
the patient's samples, in each other sample whose calls do not count it. The source of
a locus is, first match wins, a called record, the alignments, the depth track; else
the locus is not measured, and the reason says why.
"""

from collections.abc import Iterable, Sequence
from math import isnan
from os import fsdecode
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import numpy as np
import pandas as pd

from her2ctdna.calls.variant_file import quiet_htslib
from her2ctdna.depth.alignment_file import (
    CoverageError,
    check_alignments,
    open_alignments,
    open_reference,
)
from her2ctdna.depth.contigs import plain_contig
from her2ctdna.depth.depth_track import check_depth_track, read_depths
from her2ctdna.depth.molecules import Site, SiteCount, count_site
from her2ctdna.findings import Finding

if TYPE_CHECKING:
    import pysam

    from her2ctdna.settings.study_settings import Counting

KEYS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
_SITE = list(Site._fields)
_NUMBERS = [
    "alt_count",
    "depth",
    "alt_forward",
    "alt_reverse",
    "discordant",
    "family_size",
]
COUNT_COLUMNS = [*KEYS, "source", *_NUMBERS, "reason"]

_DAMAGED = "the alignments cannot be read: damaged, or not made with study.reference"


class CoveredSample(TypedDict):
    """A sample of the sheet with files that tell its depth."""

    sample_id: str
    patient_id: str
    calls_sample: str | None
    depth_sample: str | None
    row: int
    has_calls: bool
    values: dict[str, str | None]
    files: list[str]
    alignments: str | None
    depth_track: str | None


class Measured(NamedTuple):
    """What was found at a site, and from which source (None: not measured)."""

    source: str | None
    found: SiteCount


@quiet_htslib()
def check_coverage(
    samples: Iterable[CoveredSample], *, reference: str | None
) -> list[Finding]:
    """Return what is wrong with the alignments and depth tracks of samples.

    ``samples`` are as `her2ctdna.inputs.sheets.list_coverage` gives them.
    """
    listed = list(samples)
    wanted = reference if any(sample["alignments"] for sample in listed) else None
    findings = _check_reference(wanted) if wanted is not None else []
    is_readable = not findings
    for sample in listed:
        said = []
        # what is said of a reference that cannot be read is enough
        if sample["alignments"] and is_readable:
            checked = check_alignments(sample["alignments"], reference=reference)
            said += [("alignments", *message) for message in checked]
        if sample["depth_track"]:
            named = sample["depth_sample"] or sample["calls_sample"] or ""
            checked = check_depth_track(sample["depth_track"], sample=named)
            said += [("depth_track", *message) for message in checked]
        for column, severity, text in said:
            where = ("samples", sample["row"], column, sample["patient_id"])
            value = sample["values"][column] or ""
            findings.append(Finding(severity, *where, value, text))
    return findings


def _check_reference(path: str) -> list[Finding]:
    """Return what is wrong with the reference."""
    try:
        open_reference(path).close()
    except CoverageError as problem:
        where = ("config", None, "study.reference", "", path)
        return [Finding("error", *where, str(problem))]
    return []


@quiet_htslib()
def count_sites(
    samples: Iterable[CoveredSample],
    variants: pd.DataFrame,
    *,
    reference: str | None,
    counting: "Counting",
) -> pd.DataFrame:
    """Count the molecules of samples at the variants of their patients.

    Parameters
    ----------
    samples
        As `her2ctdna.inputs.sheets.list_coverage` gives them.
    variants
        The calls of all samples.
    counting
        ``study.counting`` of the config.

    Returns
    -------
    One row per sample and site that its calls do not count. ``alt_count`` is missing
    where a depth track knows the depth and nothing was called (``source`` is
    depth_track, no ``reason``). Without ``source`` nothing was measured.
    """
    rows = []
    fasta = open_reference(reference) if reference is not None else None
    for sample in samples:
        own = variants[variants["sample_id"] == sample["sample_id"]]
        sites = _sites_of(sample, variants, own)
        found = _measure(sample, sites, own, fasta, counting)
        ids = (sample["sample_id"], sample["patient_id"])
        rows += [_row(ids, site, found[site]) for site in sites]
    return _typed(pd.DataFrame(rows, columns=COUNT_COLUMNS))


def collect_counts(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return counts of batches as one table, by sample and site."""
    empty = _typed(pd.DataFrame(columns=COUNT_COLUMNS))
    joined = pd.concat([empty, *tables], ignore_index=True)
    return joined.sort_values([*KEYS[:1], *KEYS[2:]], kind="stable", ignore_index=True)


def add_counts(calls: pd.DataFrame, counts: pd.DataFrame | None) -> pd.DataFrame:
    """Return the calls with what was counted where they do not count.

    A record without counts takes those of the alignments; a site that is not in the
    calls becomes a row without ``caller``. ``source`` says where the counts of a row
    are from. A row from a depth track has no ``alt_count``, unless the track knows it.
    """
    calls = calls.assign(source="calls")
    if counts is None:
        return calls
    measured = counts[counts["source"].notna() & counts["reason"].isna()]
    numbers = ["alt_count", "depth", "source"]
    both = calls[KEYS].merge(measured[[*KEYS, *numbers]], on=KEYS, how="left")
    is_filled = both["source"].notna()
    filled = calls.assign(
        **{name: both[name].where(is_filled, calls[name]) for name in numbers}
    )
    side = measured[KEYS].merge(calls[KEYS], on=KEYS, how="left", indicator=True)
    is_new = (side["_merge"] == "left_only").to_numpy()
    kinds = calls.dtypes.to_dict()
    new = measured[is_new].reindex(columns=calls.columns).astype(kinds)
    text = [column for column, kind in kinds.items() if kind is np.dtype(object)]
    new[text] = new[text].where(new[text].notna(), None)
    joined = pd.concat([filled.astype(kinds), new], ignore_index=True)
    vaf = joined["alt_count"] / joined["depth"].where(joined["depth"] > 0)
    return joined.assign(vaf=vaf)


def _sites_of(
    sample: CoveredSample, variants: pd.DataFrame, own: pd.DataFrame
) -> list[Site]:
    """Return the variants of a patient that the calls of a sample do not count.

    One that no sample of the patient was seen to have is none.
    """
    known = variants[variants["patient_id"] == sample["patient_id"]]
    seen = known.loc[~known["alt_count"].eq(0), _SITE].drop_duplicates()
    is_counted = own["alt_count"].notna() & own["depth"].notna()
    counted = set(own.loc[is_counted, _SITE].itertuples(index=False, name=None))
    sites = (Site(*site) for site in seen.itertuples(index=False, name=None))
    return [site for site in sites if site not in counted]


def _measure(
    sample: CoveredSample,
    sites: Sequence[Site],
    own: pd.DataFrame,
    fasta: "pysam.FastaFile | None",
    counting: "Counting",
) -> dict[Site, Measured]:
    """Return what is found at each site: by the alignments, else by the track."""
    found = dict.fromkeys(sites, Measured(None, SiteCount(reason="no source of depth")))
    if sample["alignments"]:
        counts = _count_alignments(sample["alignments"], sites, fasta, counting)
        for site, count in zip(sites, counts, strict=True):
            is_told = count.is_refuted or not isnan(count.depth)
            found[site] = Measured("alignments" if is_told else None, count)
    left = [site for site in sites if found[site].source is None]
    if sample["depth_track"] and left:
        has_calls = sample["has_calls"] or not own.empty
        named = sample["depth_sample"] or sample["calls_sample"] or ""
        depths = _read_track(sample["depth_track"], left, named)
        for site, depth in zip(left, depths, strict=True):
            judged = _judge_silence(site, depth, own, has_calls=has_calls)
            source = None if judged.reason else "depth_track"
            found[site] = Measured(source, judged)
    return found


def _count_alignments(
    path: str,
    sites: Sequence[Site],
    fasta: "pysam.FastaFile | None",
    counting: "Counting",
) -> list[SiteCount]:
    """Return the count at each site, with a reason where there can be none.

    After a part that cannot be read nothing in the file is believed.
    """
    counts: list[SiteCount] = []
    reference = None if fasta is None else fsdecode(fasta.filename)
    try:
        with open_alignments(path, reference=reference) as file:
            for site in sites:
                counts.append(_count_or_say(file, site, fasta, counting))
    except CoverageError as problem:
        failure = str(problem)
    except (OSError, ValueError):
        failure = _DAMAGED
    else:
        return counts
    return counts + [SiteCount(reason=failure)] * (len(sites) - len(counts))


def _count_or_say(
    file: "pysam.AlignmentFile",
    site: Site,
    fasta: "pysam.FastaFile | None",
    counting: "Counting",
) -> SiteCount:
    try:
        return count_site(file, site, reference=fasta, counting=counting)
    except CoverageError as problem:
        return SiteCount(reason=str(problem))


def _read_track(path: str, sites: Sequence[Site], sample: str) -> list[SiteCount]:
    try:
        return read_depths(path, sites, sample=sample)
    except CoverageError as problem:
        return [SiteCount(reason=str(problem))] * len(sites)


def _judge_silence(
    site: Site, depth: SiteCount, own: pd.DataFrame, *, has_calls: bool
) -> SiteCount:
    """Return a depth with a reason where "nothing called" cannot be said of it."""
    if depth.reason or not isnan(depth.alt_count):
        return depth
    if not has_calls:
        return SiteCount(reason="no calls, and a depth says nothing of variants")
    last = own["pos"] + own["ref"].str.len() - 1
    over = own[
        (own["chrom"].map(plain_contig) == plain_contig(site.chrom))
        & (own["pos"] <= site.pos + len(site.ref) - 1)
        & (last >= site.pos)
        & ~own["alt_count"].eq(0)
    ]
    if over.empty:
        return depth
    is_same = (over[_SITE] == list(site)).all(axis="columns").any()
    called = "called without counts" if is_same else "another variant is called here"
    return SiteCount(reason=called)


def _row(
    ids: tuple[str, str], site: Site, measured: Measured
) -> tuple[str | float | None, ...]:
    count = measured.found._asdict()
    numbers = (count[name] for name in _NUMBERS)
    return (*ids, *site, measured.source, *numbers, count["reason"])


def _typed(counts: pd.DataFrame) -> pd.DataFrame:
    kinds = {"pos": "int64"} | dict.fromkeys(_NUMBERS, "float64")
    text = [column for column in COUNT_COLUMNS if column not in kinds]
    return counts.astype(kinds | dict.fromkeys(text, object))
