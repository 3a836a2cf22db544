"""Read counts of each allele, from the FORMAT or INFO fields of a VCF record."""

from dataclasses import dataclass
from math import isnan, nan
from typing import Any, NamedTuple

from her2ctdna.variant_file import CallsError

CALLERS = {
    "mutect2": "Mutect2",
    "filtermutectcalls": "Mutect2",
    "mutectversion": "Mutect2",
    "mutect version": "Mutect2",
    "strelka": "Strelka2",
    "vardict": "VarDict",
    "varscan": "VarScan2",
    "lofreq": "LoFreq",
    "freebayes": "FreeBayes",
    "varlociraptor": "Varlociraptor",
    "dragen": "DRAGEN",
    "tnscope": "TNscope",
    "muse": "MuSE",
}
"""Callers by what they leave in the header of a VCF."""


class Counts(NamedTuple):
    """What a record says of a sample, by ALT allele; NaN where it does not.

    ``caller_vafs`` are the fractions that the caller itself gives.
    """

    alt_counts: list[float]
    depth: float
    caller_vafs: list[float]


@dataclass(frozen=True)
class CountFields:
    """Where the header of a file says that the counts of a sample stand.

    ``sample`` is the place of the sample's column, ``None`` in a file without
    sample columns; ``info`` the declared INFO fields; ``is_ad_of_alts`` whether
    ``AD`` leaves out the reference allele (``Number=A``).
    """

    sample: int | None
    info: frozenset[str]
    is_ad_of_alts: bool


def read_count_fields(header: Any, calls_sample: str) -> CountFields:
    """Return where the counts of a sample stand; an empty name takes the only one.

    Raises
    ------
    CallsError
        If the file has no such sample, or several and none is named.
    """
    names = list(header.samples)
    listed = ", ".join(names) or "no sample columns"
    if calls_sample and calls_sample not in names:
        text = f"the VCF has no such sample; it holds: {listed}"
        raise CallsError(text, "calls_sample")
    if not calls_sample and len(names) > 1:
        text = f"the VCF holds {len(names)} samples, name one of: {listed}"
        raise CallsError(text, "calls_sample")
    return CountFields(
        sample=names.index(calls_sample or names[0]) if names else None,
        info=frozenset(header.info),
        is_ad_of_alts="AD" in header.formats and header.formats["AD"].number == "A",
    )


def count_alleles(record: Any, fields: CountFields) -> Counts:
    """Return the counts of a sample in a pysam record with ALT alleles.

    In FORMAT, ``AD`` holds the reference and each ALT allele, or the ALT alleles
    alone where the header says ``Number=A``. VarScan, whatever its header says,
    gives there the ALT allele and the reference in ``RD``. An ``AD`` with any other
    number of numbers is no count, nor is one below 0.

    In a file without sample columns (LoFreq), INFO ``DP4`` counts reference and ALT
    reads, each forward and reverse; with several ALT it does not say whose.

    The depth is ``DP``, else the sum of the counts.
    """
    n_alts = len(record.alts)
    if fields.sample is not None:
        call = record.samples[fields.sample]
        return _count_sample(call, n_alts, is_ad_of_alts=fields.is_ad_of_alts)
    info = record.info
    # pysam raises at a tag that the header does not declare
    declared = fields.info.intersection(("DP4", "DP", "AF"))
    return _count_site({tag: info.get(tag) for tag in declared}, n_alts)


def read_caller(header: Any) -> str:
    """Return the caller that a header names, several joined by ``;``, or ``unknown``.

    Looked at are the first word of ``source``, keys that are a caller's own, and
    the tools of command lines. VarDict often names itself nowhere, but nobody else
    writes ``VD`` with ``ALD``.
    """
    words = {"vardict"} if {"VD", "ALD"} <= set(header.formats) else set()
    for record in header.records:
        if record.type == "STRUCTURED":
            words |= {record.key, record.get("ID", "")}
        elif record.type == "GENERIC":
            is_source = record.key == "source"
            words.add(record.value.split(" ")[0] if is_source else record.key)
    found = {
        caller
        for word in words
        for name, caller in CALLERS.items()
        if name in word.lower()
    }
    return ";".join(sorted(found)) or "unknown"


def numbers_of_alleles(value: Any, n_alts: int) -> list[float]:
    """Return a field's number for each ALT allele.

    One number an ALT (``Number=A``) or one an allele (``Number=R``); all NaN when
    the field holds any other number of numbers, since nothing says whose they are.
    """
    numbers = parse_numbers(value)
    if len(numbers) == n_alts + 1:
        return numbers[1:]
    return numbers if len(numbers) == n_alts else [nan] * n_alts


def parse_numbers(value: Any) -> list[float]:
    """Return the numbers in a pysam field value, NaN for a missing one.

    Fields that the header declares as text, or not at all, are read as well.
    """
    if value is None:
        return []
    if isinstance(value, str):
        value = value.split(",")
    elif not isinstance(value, tuple):
        value = (value,)
    return [parse_number(item) for item in value]


def parse_number(item: Any) -> float:
    """Return one value as a number, ``12.5%`` as 0.125, NaN if it is none."""
    if isinstance(item, int):
        return item
    if isinstance(item, float):
        # htslib holds single precision: 0.007 comes as 0.007000000216
        return float(f"{item:.7g}")
    if isinstance(item, str):
        text = item.strip()
        try:
            return float(f"{text[:-1]}e-2" if text.endswith("%") else text)
        except ValueError:
            return nan
    return nan


def _count_sample(call: Any, n_alts: int, *, is_ad_of_alts: bool) -> Counts:
    """Return the counts in the FORMAT fields of a sample."""
    counts = parse_numbers(call.get("AD"))
    reference = nan
    if len(counts) == n_alts + 1:
        reference, *counts = counts
    else:
        reads = parse_numbers(call.get("RD"))
        if len(reads) == 1:
            reference = reads[0]
        if len(counts) != n_alts or (isnan(reference) and not is_ad_of_alts):
            counts = [nan] * n_alts
    counts = [count if count >= 0 else nan for count in counts]
    fractions = call.get("AF")
    if fractions is None:
        fractions = call.get("FREQ")
    depth = _depth(call.get("DP"), reference + sum(counts))
    return Counts(counts, depth, numbers_of_alleles(fractions, n_alts))


def _count_site(info: dict[str, Any], n_alts: int) -> Counts:
    """Return the counts in the INFO fields of a file without sample columns."""
    counts, total = [nan] * n_alts, nan
    reads = parse_numbers(info.get("DP4"))
    if n_alts == 1 and len(reads) == 4:
        counts, total = [reads[2] + reads[3]], sum(reads)
    depth = _depth(info.get("DP"), total)
    return Counts(counts, depth, numbers_of_alleles(info.get("AF"), n_alts))


def _depth(value: Any, total: float) -> float:
    """Return the depth that a field gives, else the sum of the counts."""
    numbers = parse_numbers(value)
    return numbers[0] if len(numbers) == 1 and not isnan(numbers[0]) else total
