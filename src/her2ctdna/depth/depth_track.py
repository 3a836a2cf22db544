"""Depth at sites from a depth track: a BED of depths (mosdepth), or a gVCF.

A track says how deep a site was read. What it does not hold is not measured: a gap
is no zero. Of variant molecules only a gVCF's own record of the variant tells.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import isnan, nan
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pysam

from her2ctdna.calls.variant_file import CallsError, quiet_htslib
from her2ctdna.depth.alignment_file import CoverageError
from her2ctdna.depth.contigs import find_contig, plain_contig
from her2ctdna.depth.gvcf import holds_depths, read_gvcf
from her2ctdna.depth.indexes import find_index
from her2ctdna.depth.molecules import Site, SiteCount

_ROWS_AT_ONCE = 1_000_000
_ROWS_CHECKED = 1000
_COMMENTS = (b"#", b"track", b"browser")
_OUTSIDE = "not in the depth track"
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_WHOLE = "copy or write the file again"


def read_depths(
    path: str | Path, sites: Sequence[Site], *, sample: str
) -> list[SiteCount]:
    """Return the depth at each site, in their order; the file is read once.

    The depth of a site is the least over the bases of REF. ``alt_count`` is known
    only where a gVCF holds the very variant with its counts. ``sample`` names the
    sample of a gVCF with several.

    Raises
    ------
    CoverageError
        If the file cannot be read rightly.
    """
    try:
        if is_gvcf(path):
            return read_gvcf(Path(path), sites, sample=sample, outside=_OUTSIDE)
        return _read_bed(Path(path), sites)
    except CallsError as problem:
        raise CoverageError(str(problem)) from problem
    except (OSError, EOFError, ValueError) as error:
        raise CoverageError(f"the depth track is damaged: {_WHOLE}") from error


def is_gvcf(path: str | Path) -> bool:
    """Tell whether a file is a VCF or BCF; what is not is read as BED."""
    with _open(path) as file:
        head: bytes = file.read(20)
    return head.startswith((b"##fileformat=VCF", b"BCF"))


def check_depth_track(path: str | Path, *, sample: str) -> Iterator[tuple[str, str]]:
    """Yield severity and text of what is wrong with a depth track."""
    try:
        if is_gvcf(path):
            if not holds_depths(Path(path), sample=sample):
                yield "error", "it is a VCF without depths (FORMAT DP or MIN_DP)"
        else:
            yield from _check_bed(Path(path))
    except (CallsError, CoverageError) as problem:
        yield "error", str(problem)
    except (OSError, EOFError, ValueError):
        yield "error", f"it is damaged, or no text: {_WHOLE}"


def _open(path: str | Path) -> gzip.GzipFile | BinaryIO:
    """Open a file that may be gzipped, for bytes."""
    return gzip.open(path) if _is_packed(path) else Path(path).open("rb")


def _is_packed(path: str | Path) -> bool:
    with Path(path).open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _check_bed(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what the first rows of a BED say against it."""
    with path.open("rb") as packed:
        is_bgzf = packed.read(4) == b"\x1f\x8b\x08\x04"
        size = packed.seek(0, 2)
        packed.seek(max(size - len(_BGZF_END), 0))
        if is_bgzf and packed.read() != _BGZF_END:
            raise CoverageError(f"it is truncated (no end-of-file mark): {_WHOLE}")
    with _open(path) as file:
        kept = (line for line in file if not line.startswith(_COMMENTS))
        lines = [line.decode().rstrip("\r\n") for line in islice(kept, _ROWS_CHECKED)]
    rows = [line.split("\t") for line in lines]
    if not rows:
        yield "error", f"it holds no rows: {_WHOLE}"
        return
    problem = _problem_of_rows(rows, path)
    if problem:
        yield "error", problem
    elif any(float(row[-1]) % 1 for row in rows) or _has_regions(path):
        yield "note", "its depths are means over regions, not those of single sites"


def _has_regions(path: Path) -> bool:
    return ".regions.bed" in path.name


def _problem_of_rows(rows: list[list[str]], path: Path) -> str | None:
    """Return why rows are no depths, or None."""
    widths = (4, 5) if _has_regions(path) else (4,)
    if any(len(row) not in widths or len(row) != len(rows[0]) for row in rows):
        return (
            "it is no BED of depths (chromosome, start, end, depth): give mosdepth's "
            "per-base.bed.gz or regions.bed.gz"
        )
    if not all(row[1].isdecimal() and row[2].isdecimal() for row in rows):
        return "start and end must be whole numbers: give a BED of depths or a gVCF"
    try:
        depths = [float(row[-1]) for row in rows]
    except ValueError:
        return (
            "its last column holds classes and no depths (mosdepth's quantized.bed): "
            "give per-base.bed.gz"
        )
    return None if min(depths) >= 0 else f"it holds depths below 0: {_WHOLE}"


def _read_bed(path: Path, sites: Sequence[Site]) -> list[SiteCount]:
    """Return the least depth over the bases of each site."""
    wanted = _wanted_positions(sites)
    depths = {contig: np.full(len(at), nan) for contig, at in wanted.items()}
    for rows in _bed_rows(path, sites):
        for contig, own in rows.groupby("contig", sort=False):
            name = plain_contig(str(contig))
            if name in wanted:
                found = _look_up(own.sort_values("start"), wanted[name])
                depths[name] = np.fmin(depths[name], found)
    return [_bed_depth(site, wanted, depths) for site in sites]


def _wanted_positions(sites: Sequence[Site]) -> dict[str, np.ndarray]:
    """Return the bases that sites hold, from 0 and in order, by contig."""
    positions: dict[str, set[int]] = defaultdict(set)
    for site in sites:
        positions[plain_contig(site.chrom)].update(_bases(site))
    return {contig: np.array(sorted(found)) for contig, found in positions.items()}


def _bases(site: Site) -> range:
    return range(site.pos - 1, site.pos - 1 + len(site.ref))


def _bed_rows(path: Path, sites: Sequence[Site]) -> Iterator[pd.DataFrame]:
    """Yield rows of a BED: those at the sites by its index, or else all of them."""
    names = ["contig", "start", "end", "depth"]
    if index := find_index(path):
        with quiet_htslib(), pysam.TabixFile(str(path), index=str(index)) as track:
            cells = [line.split("\t") for line in _lines_at(track, sites)]
        rows = pd.DataFrame([[*row[:3], row[-1]] for row in cells], columns=names)
        yield rows.astype({"start": "int64", "end": "int64", "depth": "float64"})
        return
    with _open(path) as file:
        head = list(islice(file, _ROWS_CHECKED))
    n_comments = sum(row.startswith(_COMMENTS) for row in head)
    kinds = {0: "str", 1: "int64", 2: "int64", head[-1].count(b"\t"): "float64"}
    with pd.read_csv(
        path,
        sep="\t",
        header=None,
        skiprows=n_comments,
        dtype=kinds,
        usecols=list(kinds),
        keep_default_na=False,
        compression="gzip" if _is_packed(path) else None,
        chunksize=_ROWS_AT_ONCE,
    ) as chunks:
        for rows in chunks:
            yield rows.set_axis(names, axis="columns")


def _lines_at(track: pysam.TabixFile, sites: Sequence[Site]) -> Iterator[str]:
    for site in sites:
        contig = find_contig(site.chrom, track.contigs)
        if contig is not None:
            yield from track.fetch(contig, _bases(site).start, _bases(site).stop)


def _look_up(rows: pd.DataFrame, positions: np.ndarray) -> np.ndarray:
    """Return the depth at each position, NaN where no row holds it."""
    place = np.searchsorted(rows["start"].to_numpy(), positions, side="right") - 1
    is_held = (place >= 0) & (positions < rows["end"].to_numpy()[place])
    return np.where(is_held, rows["depth"].to_numpy()[place], nan)


def _bed_depth(
    site: Site, wanted: Mapping[str, np.ndarray], depths: Mapping[str, np.ndarray]
) -> SiteCount:
    contig = plain_contig(site.chrom)
    first = np.searchsorted(wanted[contig], site.pos - 1)
    least = float(np.min(depths[contig][first : first + len(site.ref)]))
    return SiteCount(reason=_OUTSIDE) if isnan(least) else SiteCount(depth=least)
