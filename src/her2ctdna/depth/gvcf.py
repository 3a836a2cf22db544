"""Depth at sites from a gVCF: reference blocks, and records of variants."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import nan
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc

from her2ctdna.calls.variant_file import (
    AGAIN,
    CallsError,
    VariantText,
    open_variants,
    place_of_sample,
)
from her2ctdna.calls.vcf_columns import Ints, parse_numbers
from her2ctdna.calls.vcf_records import DamagedBlockError, Records, parse_records
from her2ctdna.depth.contigs import plain_contig
from her2ctdna.depth.molecules import Site, SiteCount

_BLOCKS = {"<NON_REF>", "<*>", "."}
_DEPTHS = ("MIN_DP", "DP")
_COUNTS = ("AD", *_DEPTHS)
_LAST_POSITION = 2**31 - 1
_COUNT = re.compile("[0-9]{1,12}")


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

    All of it is read, so that a file that is cut off or damaged is told before.

    Raises
    ------
    CallsError
        If it cannot be read, or the sample is not clear.
    """
    with open_variants(path) as text:
        place = place_in_track(text, sample)
        for _ in _read_records(text, place):
            pass
        return place is not None and bool(set(_DEPTHS) & set(text.header.formats))


def place_in_track(text: VariantText, sample: str) -> int | None:
    """Return the place of a sample; the only one of a file, whatever its name.

    Raises
    ------
    CallsError
        If a file of several samples does not hold it, or none is named.
    """
    names = text.header.samples
    try:
        return place_of_sample(names, sample if len(names) > 1 else "")
    except CallsError as problem:
        raise CallsError(f"{problem} (column depth_sample)") from problem


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
    places = {contig: np.array(sorted(bases)) for contig, bases in wanted.items()}
    near = list(_records_over(path, places, sample))
    return [_depth_of(site, near, outside) for site in sites]


def _bases(site: Site) -> range:
    return range(site.pos - 1, site.pos - 1 + len(site.ref))


def _read_records(text: VariantText, place: int | None) -> Iterator[Records]:
    """Yield the records of a file, block by block."""
    last, width = "the header", text.header.n_columns
    for block in text.blocks:
        if not block.endswith(b"\n") and not text.is_proven:
            raise CallsError(f"the last line has no newline and is cut off: {AGAIN}")
        try:
            records = parse_records(block, n_columns=width, sample=place)
        except DamagedBlockError as error:
            raise error.as_calls_error(last) from error
        last = records.place(records.n - 1)
        yield records


def _records_over(
    path: Path, places: Mapping[str, Ints], sample: str
) -> Iterator[GvcfRecord]:
    """Yield the records that hold one of these positions."""
    with open_variants(path) as text:
        place = place_in_track(text, sample)
        for records in _read_records(text, place):
            stops = _stops(records)
            for contig, rows in _rows_on(records, places):
                starts = records["pos"].to_numpy()[rows] - 1
                nearest = np.searchsorted(places[contig], starts)
                held = np.append(places[contig], np.iinfo(np.int64).max)[nearest]
                for row in rows[held < stops[rows]]:
                    yield _record(records, int(row), contig, int(stops[row]))


def _rows_on(
    records: Records, contigs: Mapping[str, Ints]
) -> Iterator[tuple[str, Ints]]:
    """Yield each of the contigs that records stand on, with their places."""
    names, indices = records.contigs
    for place, name in enumerate(names):
        if (contig := plain_contig(name)) in contigs:
            yield contig, np.flatnonzero(indices == place)


def _stops(records: Records) -> Ints:
    """Return where each record ends: FORMAT/LEN (VCF 4.5), else END, else its REF."""
    starts: Ints = records["pos"].to_numpy() - 1
    found: Ints = starts + pc.binary_length(records["ref"]).to_numpy().astype(np.int64)
    ends = parse_numbers(records.of_site("END"))
    lengths = parse_numbers(records.of_sample("LEN"))
    every = np.arange(records.n)
    for given in (ends.pick(every, 0), starts + lengths.pick(every, 0)):
        is_known = (given > starts) & (given <= _LAST_POSITION)
        found[is_known] = given[is_known].astype(np.int64)
    return found


def _record(records: Records, row: int, contig: str, stop: int) -> GvcfRecord:
    """Return one record with its cells; a field that it names twice is left out."""
    one = records.take(row)
    tags = () if one.is_doubly_named.any() else _COUNTS
    cells = {tag: one.of_sample(tag)[0].as_py() for tag in tags}
    ref, alt = (
        one[name][0].as_py().decode(errors="replace").upper() for name in ("ref", "alt")
    )
    start = one["pos"][0].as_py() - 1
    known = {tag: cell.decode(errors="replace") for tag, cell in cells.items() if cell}
    return GvcfRecord(contig, start, stop, ref, alt.split(","), known)


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
    return float(cell) if _COUNT.fullmatch(cell) else nan
