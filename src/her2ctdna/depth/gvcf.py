"""Depth at sites from a gVCF: reference blocks, and records of variants."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from math import nan
from pathlib import Path
from typing import NamedTuple

from her2ctdna.calls.variant_file import open_variants, place_of_sample
from her2ctdna.depth.contigs import plain_contig
from her2ctdna.depth.molecules import Site, SiteCount

_BLOCKS = {"<NON_REF>", "<*>", "."}
_DEPTHS = ("MIN_DP", "DP")


class GvcfRecord(NamedTuple):
    """A line of a gVCF; bases from ``start`` (from 0) to before ``stop``.

    ``cells`` are those of the sample by their FORMAT tag.
    """

    contig: str
    start: int
    stop: int
    ref: str
    alts: list[str]
    cells: dict[str, str]


def holds_depths(path: Path, *, sample: str) -> bool:
    """Tell whether a VCF gives depths of a sample (FORMAT DP or MIN_DP).

    Raises
    ------
    CallsError
        If it cannot be read, or the sample is not clear.
    """
    with open_variants(path) as text:
        place = place_of_sample(list(text.header.samples), sample)
        return place is not None and bool(set(_DEPTHS) & set(text.header.formats))


def read_gvcf(
    path: Path, sites: Sequence[Site], *, sample: str, outside: str
) -> list[SiteCount]:
    """Return the depth of each site; ``outside`` is the reason of one not held.

    The depth of a site is the least over the bases of REF: of a block its MIN_DP,
    else DP. ``alt_count`` is known where the very variant has AD and DP. Under
    another variant nothing is known.
    """
    wanted: dict[str, set[int]] = {}
    for site in sites:
        wanted.setdefault(plain_contig(site.chrom), set()).update(_bases(site))
    places = {contig: sorted(bases) for contig, bases in wanted.items()}
    near = list(_records_over(path, places, sample))
    return [_depth_of(site, near, outside) for site in sites]


def _bases(site: Site) -> range:
    return range(site.pos - 1, site.pos - 1 + len(site.ref))


def _records_over(
    path: Path, places: Mapping[str, list[int]], sample: str
) -> Iterator[GvcfRecord]:
    """Yield the records that hold one of these positions."""
    with open_variants(path) as text:
        place = place_of_sample(list(text.header.samples), sample)
        for block in text.blocks:
            for line in block.decode().splitlines():
                chrom, pos, _ = line.split("\t", 2)
                positions = places.get(plain_contig(chrom))
                if not positions:
                    continue
                first = bisect_left(positions, int(pos) - 1)
                if first < len(positions):
                    record = _parse(line, 9 + (place or 0))
                    if positions[first] < record.stop:
                        yield record


def _parse(line: str, column: int) -> GvcfRecord:
    cells = line.split("\t")
    start, ref = int(cells[1]) - 1, cells[3].upper()
    ends = [part[4:] for part in cells[7].split(";") if part.startswith("END=")]
    stop = int(ends[0]) if ends else start + len(ref)
    known = zip(cells[8].split(":"), cells[column].split(":"), strict=False)
    contig = plain_contig(cells[0])
    return GvcfRecord(
        contig, start, stop, ref, cells[4].upper().split(","), dict(known)
    )


def _depth_of(site: Site, near: list[GvcfRecord], outside: str) -> SiteCount:
    """Return the counts of a record of the variant, or the least depth of blocks."""
    bases, contig = _bases(site), plain_contig(site.chrom)
    over = [
        one
        for one in near
        if one.contig == contig and one.start < bases.stop and one.stop > bases.start
    ]
    for record in over:
        same = record.start == bases.start and record.ref == site.ref
        if same and site.alt in record.alts:
            return _counts_of(record, site.alt)
    if any(set(record.alts) - _BLOCKS for record in over):
        return SiteCount(reason="the gVCF has another variant over this site")
    depths = [
        [_block_depth(one) for one in over if one.start <= base < one.stop]
        for base in bases
    ]
    if not all(depths) or any(depth != depth for found in depths for depth in found):
        return SiteCount(reason=outside)
    return SiteCount(depth=min(min(found) for found in depths))


def _counts_of(record: GvcfRecord, alt: str) -> SiteCount:
    counts = record.cells.get("AD", "").split(",")
    depth = _number(record.cells.get("DP", ""))
    is_whole = len(counts) == len(record.alts) + 1
    count = _number(counts[record.alts.index(alt) + 1]) if is_whole else nan
    if count != count or depth != depth:
        return SiteCount(reason="the gVCF has the variant without counts")
    return SiteCount(count, depth)


def _block_depth(record: GvcfRecord) -> float:
    """Return the least depth of a block (MIN_DP), or its depth (DP)."""
    found = (_number(record.cells.get(tag, "")) for tag in _DEPTHS)
    return next((depth for depth in found if depth == depth), nan)


def _number(cell: str) -> float:
    return float(cell) if cell.isdecimal() else nan
