"""One identity of a variant within a patient: what two records may both speak of.

Callers write the same molecules in several ways. A substitution of several bases (MNV)
is one record or one for each base; bases replaced by more or fewer (delins) are one
record, or substitutions beside an insertion or deletion; without a reference a deletion
or insertion in a repeat stands wherever its caller put it. So that no such record is
taken for another variant, each variant of a patient is held against the records of each
of their samples that write something else at its place.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from math import isnan, nan
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from her2ctdna.calls.all_calls import CALL_COLUMNS
from her2ctdna.calls.variant_form import Variant

KEYS = ["sample_id", "patient_id", *Variant._fields]
MATCH_COLUMNS = [*KEYS, "match", "matched", "alt_count", "depth", "filter"]

COUNTED, UNSETTLED, LINKED = "counted", "unsettled", "linked"
"""What a row of matches is: a count of a variant from other records; that it cannot be
counted, since another record may be it; a record that is linked to other variants."""

SHIFT = 50
"""Bases within which two indels of one length and kind may be one (definitions 15), and
an indel may be a part of a delins that changes the length as much."""

Atoms = frozenset[tuple[int, str, str]]


class Record(NamedTuple):
    """What a sample says of a variant."""

    alt_count: float
    depth: float
    filter: str | None

    @property
    def is_counted(self) -> bool:
        """Whether its molecules can be counted."""
        return not (isnan(self.alt_count) or isnan(self.depth))


class Match(NamedTuple):
    """What other records make of a variant in a sample, and which records these are."""

    match: str
    others: tuple[Variant, ...]
    record: Record


MATCHED_COLUMNS = [name for name in CALL_COLUMNS if name in (*KEYS, *Record._fields)]
"""Columns of the table of calls that are asked for."""

Records = Mapping[Variant, Record]
_UNKNOWN = Record(nan, nan, None)


def find_candidates(calls: pa.Table) -> pd.DataFrame:
    """Return the calls of patients who have a record of more than one base.

    With what `match_variants` asks of them; the others write each variant in one way.
    """
    is_long = pc.or_kleene(
        pc.greater(pc.utf8_length(calls["ref"]), 1),
        pc.greater(pc.utf8_length(calls["alt"]), 1),
    )
    for allele in ("ref", "alt"):
        is_long = pc.or_kleene(is_long, pc.equal(calls[allele], "-"))
    patients = calls.filter(is_long)["patient_id"].unique()
    own = calls.filter(pc.is_in(calls["patient_id"], patients))
    frame: pd.DataFrame = own.select(MATCHED_COLUMNS).to_pandas()
    return frame


def match_variants(calls: pd.DataFrame, *, is_aligned: bool) -> pd.DataFrame:
    """Match each variant of a patient with what their samples write in other words.

    Parameters
    ----------
    calls
        One row per sample and variant, chromosomes named in one way, with
        ``alt_count``, ``depth`` and ``filter``.
    is_aligned
        Whether insertions and deletions were left-aligned with a reference: then two
        places are two variants.

    Returns
    -------
    One row per sample and variant with a ``match``; ``matched`` names the other
    records, joined by ``;``. ``counted``: the variant has the counts given. From its
    parts an MNV has at most the fewest molecules of any, at the least depth, and none
    where a part has none; from an MNV each part has at least its molecules.
    ``unsettled``: other records hold molecules that may be of the variant, and its own
    cannot be counted. ``linked``: a record that says something of other variants of
    the patient. Without such records the table is empty.
    """
    rows: list[tuple[object, ...]] = []
    for patient_id, own in calls.groupby("patient_id", sort=False):
        rows += _match_patient(str(patient_id), _by_sample(own), is_aligned=is_aligned)
    table = pd.DataFrame(rows, columns=MATCH_COLUMNS)
    numbers = {"pos": "int64", "alt_count": "float64", "depth": "float64"}
    return table.astype(numbers)


def _by_sample(own: pd.DataFrame) -> dict[str, dict[Variant, Record]]:
    found: dict[str, dict[Variant, Record]] = {}
    columns = ["sample_id", *Variant._fields, *Record._fields]
    for sample_id, chrom, pos, ref, alt, count, depth, word in own[columns].itertuples(
        index=False, name=None
    ):
        variant = Variant(chrom, int(pos), ref, alt)
        record = Record(float(count), float(depth), word)
        found.setdefault(sample_id, {})[variant] = record
    return found


def _match_patient(
    patient_id: str, samples: Mapping[str, Records], *, is_aligned: bool
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a patient."""
    variants = {variant for records in samples.values() for variant in records}
    near = _neighbours(variants, is_aligned=is_aligned)
    for sample_id, records in samples.items():
        links: dict[Variant, list[Variant]] = {}
        for variant in sorted(near):
            around = {key: records[key] for key in near[variant] if key in records}
            if not around:
                continue
            found = _match(variant, records.get(variant), around)
            if found is not None:
                shown = "; ".join(map(str, found.others))
                keys = (sample_id, patient_id, *variant)
                yield (*keys, found.match, shown, *found.record)
            is_told = found is not None or variant not in records
            for other in around:
                # of two indels with molecules each may be a variant of its own, while
                # a substitution and its parts are the same molecules
                if is_told or not (is_indel(variant) and is_indel(other)):
                    links.setdefault(other, []).append(variant)
        for record, others in links.items():
            keys = (sample_id, patient_id, *record)
            yield (*keys, LINKED, "; ".join(map(str, others)), *records[record])


def _neighbours(
    variants: Iterable[Variant], *, is_aligned: bool
) -> dict[Variant, list[Variant]]:
    """Return the other variants that may speak of the same molecules, by variant."""
    near: dict[Variant, list[Variant]] = {}
    at_base: dict[tuple[str, int, str, str], list[Variant]] = {}
    by_kind: dict[tuple[str, str, int], list[Variant]] = {}
    for variant in sorted(variants):
        for atom in _atoms(variant):
            at_base.setdefault((variant.chrom, *atom), []).append(variant)
        kind, bases = _indel(variant)
        if kind and not is_aligned:
            by_kind.setdefault((variant.chrom, kind, len(bases)), []).append(variant)
    for variant, other in _of_delins(variants):
        near.setdefault(variant, []).append(other)
        near.setdefault(other, []).append(variant)
    for alike in at_base.values():
        for variant in alike:
            others = near.setdefault(variant, [])
            others += [other for other in alike if other not in (variant, *others)]
    for alike in by_kind.values():
        for variant in alike:
            others = [other for other in alike if _may_be_one(variant, other)]
            near.setdefault(variant, []).extend(others)
    return {variant: others for variant, others in near.items() if others}


def _of_delins(variants: Iterable[Variant]) -> Iterator[tuple[Variant, Variant]]:
    """Yield each delins with each variant that may be of it.

    That is, one that changes its bases or those beside them, or an indel within `SHIFT`
    bases that changes the length as much.
    """
    ordered = sorted(variants)
    around: dict[tuple[str, int], list[Variant]] = {}
    for delins in filter(_is_delins, ordered):
        for part in _stretches(delins, beyond=SHIFT):
            around.setdefault(part, []).append(delins)
    for other in ordered if around else ():
        parts = _stretches(other, beyond=0)
        for delins in sorted(
            {found for part in parts for found in around.get(part, ())}
        ):
            is_seen_before = _is_delins(other) and other <= delins
            if not is_seen_before and _may_be_of(other, delins):
                yield delins, other


def _stretches(variant: Variant, *, beyond: int) -> list[tuple[str, int]]:
    """Return the stretches of the genome over which a variant and more stand."""
    first, last = variant.pos - beyond, variant.pos + len(variant.ref) + beyond
    places = range(first // SHIFT, last // SHIFT + 1)
    return [(variant.chrom, place) for place in places]


def _may_be_of(other: Variant, delins: Variant) -> bool:
    """Tell whether a variant on the same chromosome may be of a delins."""
    gap = max(
        other.pos - (delins.pos + len(delins.ref)),
        delins.pos - (other.pos + len(other.ref)),
    )
    is_as_long = is_indel(other) and _growth(other) == _growth(delins)
    return gap <= (SHIFT if is_as_long else 0)


def _match(variant: Variant, own: Record | None, around: Records) -> Match | None:
    """Return what the records around a variant make of it, if anything."""
    atoms = _atoms(variant)
    if not atoms:
        return _match_length(variant, own, around)
    wider = {key: rec for key, rec in around.items() if _atoms(key) > atoms}
    parts = {
        key: rec for key, rec in around.items() if _atoms(key) and _atoms(key) < atoms
    }
    if wider and (found := _at_least(wider)).record.alt_count > 0:
        exceeds = own is None or not own.alt_count >= found.record.alt_count
        return found if exceeds else None
    at_most = _at_most(variant, parts)
    if own is not None and own.is_counted:
        hides = own.alt_count == 0 and at_most is not None and _may_hold(parts)
        is_hidden = hides and at_most is not None and at_most.record.alt_count != 0
        return Match(UNSETTLED, tuple(parts), _UNKNOWN) if is_hidden else None
    if at_most is not None:
        return at_most
    held = {key: rec for key, rec in around.items() if key not in wider}
    return Match(UNSETTLED, tuple(around), _UNKNOWN) if _may_hold(held) else None


def _match_length(
    variant: Variant, own: Record | None, around: Records
) -> Match | None:
    """Return whether the records around an indel or a delins leave it unsettled.

    Its own record at 0 is believed beside those that leave the length as it is.
    """
    if own is not None:
        around = {key: rec for key, rec in around.items() if _growth(key)}
    is_seen = own is not None and own.alt_count > 0
    is_settled = is_seen or not _may_hold(around)
    return None if is_settled else Match(UNSETTLED, tuple(around), _UNKNOWN)


def _at_least(wider: Records) -> Match:
    """Return what the MNVs that a variant is part of say: their most molecules."""
    counted = {key: rec for key, rec in wider.items() if rec.is_counted}
    if not counted:
        return Match(COUNTED, (), Record(0.0, nan, None))
    most = max(counted, key=lambda key: counted[key].alt_count)
    return Match(COUNTED, (most,), counted[most])


def _at_most(variant: Variant, parts: Records) -> Match | None:
    """Return what the parts of an MNV say of it, if they can.

    A part without a molecule leaves none for the whole; else all of it must be there.
    """
    counted = {key: rec for key, rec in parts.items() if rec.is_counted}
    absent = {key: rec for key, rec in counted.items() if rec.alt_count == 0}
    told = absent or counted
    covered: Atoms = frozenset().union(*map(_atoms, told))
    if not absent and covered != _atoms(variant):
        return None
    record = Record(
        min(rec.alt_count for rec in told.values()),
        min(rec.depth for rec in told.values()),
        _join_words(rec.filter for rec in told.values()),
    )
    return Match(COUNTED, tuple(told), record)


def _may_hold(records: Records) -> bool:
    """Tell whether a record holds a molecule, or cannot say that it holds none."""
    return any(rec.alt_count != 0 for rec in records.values())


def _join_words(filters: Iterable[str | None]) -> str | None:
    words = {word for text in filters for word in (text or "").split(";")}
    return ";".join(sorted(words - {"", "PASS", "."})) or None


@cache
def _atoms(variant: Variant) -> Atoms:
    """Return the single bases that a substitution changes; none for other variants."""
    if (
        len(variant.ref) != len(variant.alt)
        or not (variant.ref + variant.alt).isalpha()
    ):
        return frozenset()
    pairs = enumerate(zip(variant.ref, variant.alt, strict=True), variant.pos)
    return frozenset((pos, ref, alt) for pos, (ref, alt) in pairs if ref != alt)


@cache
def _indel(variant: Variant) -> tuple[str, str]:
    """Return whether bases are lost or gained, and which; empty for other variants."""
    ref, alt = (bases.replace("-", "") for bases in (variant.ref, variant.alt))
    if len(ref) > len(alt) and ref.startswith(alt) and len(alt) < 2:
        return "deletion", ref[len(alt) :]
    if len(alt) > len(ref) and alt.startswith(ref) and len(ref) < 2:
        return "insertion", alt[len(ref) :]
    return "", ""


def is_indel(variant: Variant) -> bool:
    """Tell whether bases are lost or gained and no other changed."""
    return bool(_indel(variant)[0])


def _growth(variant: Variant) -> int:
    """Return by how many bases a variant makes the sequence longer."""
    ref, alt = (bases.replace("-", "") for bases in (variant.ref, variant.alt))
    return len(alt) - len(ref)


def _is_delins(variant: Variant) -> bool:
    """Tell whether bases are replaced by more or fewer others."""
    return bool(_growth(variant)) and not is_indel(variant)


def _may_be_one(variant: Variant, other: Variant) -> bool:
    """Tell whether two indels of one length and kind may be one in a repeat.

    They stand within `SHIFT` bases; or the bases of one are those of the other turned
    round, and they are no further apart than that and their own length.
    """
    if variant == other:
        return False
    distance = abs(variant.pos - other.pos)
    bases, others = _indel(variant)[1], _indel(other)[1]
    return distance <= SHIFT or (
        others in bases + bases and distance <= SHIFT + len(bases)
    )
