"""Molecules with and without a variant at a site of a BAM or CRAM.

Reads are fetched and not piled up: a pile-up stops at a depth of 8,000 unless told
otherwise, and shows one base at a time where an MNV or indel is a stretch of them.
"""

from collections.abc import Iterable, Iterator
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from her2ctdna.depth.alignment_file import CoverageError
from her2ctdna.depth.contigs import find_contig

if TYPE_CHECKING:
    from pysam import AlignedSegment as Read
    from pysam import AlignmentFile, FastaFile

    from her2ctdna.settings.study_settings import Counting

    Genome = FastaFile | None

_UNUSABLE = 0x4 | 0x100 | 0x200 | 0x400 | 0x800
"""Unmapped, secondary, failed QC, duplicate, supplementary."""

_MATCH, _INSERTION, _DELETION, _SKIP, _SOFT_CLIP = (0, 7, 8), 1, 2, 3, 4
_FAMILY_TAGS = ("cD", "XV")
"""Reads behind a consensus read: fgbio (deepest base), DRAGEN."""

_REPEAT = 200
_NEAR = 20
_NO_FAMILIES = "no read tells its family size (cD, XV, MI): min_family_size needs it"


class Site(NamedTuple):
    """A variant as a VCF writes it; ``pos`` counts from 1."""

    chrom: str
    pos: int
    ref: str
    alt: str


class SiteCount(NamedTuple):
    """Molecules at a site; NaN where they could not be counted, with the reason.

    ``depth`` is all that could be read over the whole site, whatever they show.
    ``alt_forward`` and ``alt_reverse`` are the molecules seen with the variant on a
    read of that strand; one seen on both is in both. ``discordant`` molecules, whose
    reads contradict each other, are in none of them. ``family_size`` is the mean over
    the molecules that say theirs.
    """

    alt_count: float = nan
    depth: float = nan
    alt_forward: float = nan
    alt_reverse: float = nan
    discordant: float = nan
    family_size: float = nan
    reason: str | None = None
    is_refuted: bool = False


class Window(NamedTuple):
    """The reference bases that differ, from 0, and how each allele reads there.

    Where the alleles differ in length a read must show both bases beside the window
    too. ``is_whole`` tells whether it holds all of a repeat that an indel is in.
    """

    start: int
    end: int
    ref: str
    alt: str
    is_whole: bool

    @property
    def is_indel(self) -> bool:
        """Tell whether the alleles differ in length."""
        return len(self.ref) != len(self.alt)


class _Molecule(NamedTuple):
    alleles: set[str]
    names: set[str]
    strands: set[bool]
    sizes: list[float]


def count_site(
    file: "AlignmentFile", site: Site, *, reference: "Genome", counting: "Counting"
) -> SiteCount:
    """Count the molecules at a site.

    A molecule is what shares the tag ``MI``, or else the name of its reads, so mates
    that overlap count once. Its family size is that of ``cD`` or ``XV``, or else the
    number of its fragments where they carry ``MI``.

    Parameters
    ----------
    file
        An open, indexed `AlignmentFile`.
    reference
        An open `FastaFile`, or None. With it REF is compared with the genome
        and an indel is sought over the whole repeat it lies in, wherever an aligner
        puts it; without it a read with another indel nearby is not counted.
    counting
        ``min_base_quality``, ``min_mapping_quality``, ``min_family_size``.

    Raises
    ------
    CoverageError
        If the site is not in the file.
    """
    contig = find_contig(site.chrom, file.references)
    if contig is None:
        raise CoverageError(f"the alignments have no contig {site.chrom}")
    if site.pos - 1 + len(site.ref) > file.get_reference_length(contig):
        raise CoverageError(f"beyond the end of {contig} in the alignments")
    window = window_of(site, reference)
    reads = file.fetch(contig, max(window.start - 1, 0), window.end + 1)
    return _summarise(_group(reads, window, counting), counting["min_family_size"])


def window_of(site: Site, reference: "Genome") -> Window:
    """Return the bases by which the alleles of a site are told apart.

    Raises
    ------
    CoverageError
        If REF is not what the reference holds there.
    """
    ref, alt = site.ref, site.alt
    if reference is not None:
        _compare_with_genome(site, reference)
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    shared = 0
    while shared < min(len(ref), len(alt)) and ref[shared] == alt[shared]:
        shared += 1
    start = site.pos - 1 + shared
    ref, alt = ref[shared:], alt[shared:]
    window = Window(start, start + len(ref), ref, alt, is_whole=bool(ref and alt))
    if window.is_whole or reference is None:
        return window
    return _over_repeat(window, site.chrom, reference)


def read_allele(read: "Read", window: Window, *, min_base_quality: int) -> str | None:
    """Return what a read shows: ref, alt, other, or None if it cannot be told.

    It cannot where the read does not hold all of the window (and, for an indel, a
    base on both sides), where a base is N or below the quality, or where qualities
    are not given.
    """
    first, last = _query_span(read, window)
    bases, qualities = read.query_sequence, read.query_qualities
    if first is None or last is None or bases is None or qualities is None:
        return None
    beside = 1 if window.is_indel else 0
    lowest = min(qualities[first - beside : last + beside])
    shown = bases[first:last].upper()
    if "N" in shown or lowest < min_base_quality:
        return None
    if shown == window.alt:
        return "alt"
    if shown != window.ref:
        return "other"
    unclear = window.is_indel and not window.is_whole and _has_indel_near(read, window)
    return None if unclear else "ref"


def _compare_with_genome(site: Site, reference: "FastaFile") -> None:
    contig = find_contig(site.chrom, reference.references)
    if contig is None:
        raise CoverageError(f"study.reference has no contig {site.chrom}")
    start = site.pos - 1
    genome = reference.fetch(contig, start, start + len(site.ref)).upper()
    if genome != site.ref.upper():
        raise CoverageError(
            f"REF is {site.ref} and study.reference has {genome or 'nothing'} there"
        )


def _over_repeat(window: Window, chrom: str, reference: "FastaFile") -> Window:
    """Extend an insertion or deletion over all places it could be written at."""
    contig = find_contig(chrom, reference.references)
    moved = window.ref or window.alt
    first = max(window.start - _REPEAT, 0)
    before = reference.fetch(contig, first, window.start).upper()
    after = reference.fetch(contig, window.end, window.end + _REPEAT).upper()
    left = _shift(before[::-1], moved[::-1])
    right = _shift(after, moved)
    head, tail = before[len(before) - left :], after[:right]
    return Window(
        window.start - left,
        window.end + right,
        head + window.ref + tail,
        head + window.alt + tail,
        is_whole=True,
    )


def _shift(genome: str, moved: str) -> int:
    """Return by how many bases an indel of these can be moved along the genome."""
    n = 0
    while n < len(genome) and genome[n] == moved[n % len(moved)]:
        n += 1
    return n


def _query_span(read: "Read", window: Window) -> tuple[int | None, int | None]:
    """Return where in a read the window starts and ends; None where it is not read."""
    if window.is_indel:
        before = _query_place(read, window.start - 1)
        return (None if before is None else before + 1), _query_place(read, window.end)
    first = _query_place(read, window.start)
    last = _query_place(read, window.end - 1)
    return first, (None if last is None else last + 1)


def _query_place(read: "Read", position: int) -> int | None:
    """Return the base of a read that is aligned to a position, or None."""
    in_query, in_reference = 0, read.reference_start
    for operation, length in read.cigartuples or ():
        if in_reference > position:
            return None
        if operation in _MATCH:
            if position < in_reference + length:
                return int(in_query + position - in_reference)
            in_query += length
            in_reference += length
        elif operation in (_DELETION, _SKIP):
            in_reference += length
        elif operation in (_INSERTION, _SOFT_CLIP):
            in_query += length
    return None


def _has_indel_near(read: "Read", window: Window) -> bool:
    """Tell whether a read has an indel that may be the same, written elsewhere."""
    position = read.reference_start
    for operation, length in read.cigartuples or ():
        is_near = window.start - _NEAR <= position <= window.end + _NEAR
        if operation in (_INSERTION, _DELETION) and is_near:
            return True
        if operation in (*_MATCH, _DELETION, _SKIP):
            position += length
    return False


def _group(
    reads: Iterable[Any], window: Window, counting: "Counting"
) -> Iterator[_Molecule]:
    """Yield the molecules that can be read at a site."""
    molecules: dict[str, _Molecule] = {}
    for read in reads:
        low = read.mapping_quality < counting["min_mapping_quality"]
        if read.flag & _UNUSABLE or low:
            continue
        allele = read_allele(
            read, window, min_base_quality=counting["min_base_quality"]
        )
        if allele is None:
            continue
        has_family = read.has_tag("MI")
        # duplex tools tell the strands of one molecule by /A and /B
        key = str(read.get_tag("MI")).split("/")[0] if has_family else read.query_name
        found = molecules.setdefault(key, _Molecule(set(), set(), set(), []))
        found.alleles.add(allele)
        found.names.add(read.query_name)
        found.strands.add(read.is_reverse)
        found.sizes.extend(
            read.get_tag(tag) for tag in _FAMILY_TAGS if read.has_tag(tag)
        )
        if has_family:
            found.sizes.append(len(found.names))
    yield from molecules.values()


def _summarise(molecules: Iterable[_Molecule], min_family_size: int) -> SiteCount:
    found = list(molecules)
    if min_family_size > 1 and found and not any(one.sizes for one in found):
        return SiteCount(reason=_NO_FAMILIES)
    if min_family_size > 1:
        found = [one for one in found if max(one.sizes, default=0) >= min_family_size]
    clear = [one for one in found if len(one.alleles) == 1]
    alts = [one for one in clear if "alt" in one.alleles]
    n_other = sum("other" in one.alleles for one in clear)
    if 2 * n_other > len(clear):
        text = f"{n_other} of {len(clear)} molecules read neither REF nor ALT"
        return SiteCount(reason=f"{text}: another genome build?", is_refuted=True)
    sizes = [max(one.sizes) for one in clear if one.sizes]
    return SiteCount(
        alt_count=len(alts),
        depth=len(clear),
        alt_forward=sum(False in one.strands for one in alts),
        alt_reverse=sum(True in one.strands for one in alts),
        discordant=len(found) - len(clear),
        family_size=sum(sizes) / len(sizes) if sizes else nan,
    )
