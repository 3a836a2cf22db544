"""Calls of a sample from a VCF or BCF file: one row per alternative allele.

Nothing is lost in silence: what a file says is kept as it stands, what cannot be
counted is missing and not zero, and a file that cannot be read rightly is an
`error` finding without rows.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from her2ctdna.allele_counts import (
    CountFields,
    count_alleles,
    read_caller,
    read_count_fields,
)
from her2ctdna.annotation import AnnotationFields, annotate, read_annotation_fields
from her2ctdna.calls import complete_calls
from her2ctdna.findings import Finding
from her2ctdna.variant_file import (
    AGAIN,
    CallsError,
    ends_with_newline,
    open_variants,
    quiet_htslib,
    read_records,
    seekable,
)

Message = tuple[str, str]
"""Severity and text of a finding."""

_SEQUENCE = re.compile("[ACGTN]+", re.IGNORECASE)


class Call(NamedTuple):
    """One ALT allele of a record; NaN or ``None`` where the file says nothing."""

    chrom: str
    pos: int
    ref: str
    alt: str
    filter: str | None
    alt_count: float
    depth: float
    caller_vaf: float
    gene: str | None
    consequence: str | None
    protein_change: str | None
    population_af: float


class SampleCalls(NamedTuple):
    """The calls of a sample, and what is to be said of its file."""

    sample_id: str
    patient_id: str
    caller: str
    calls: list[Call]
    findings: list[Finding]


def read_batch(
    samples: Iterable[dict[str, Any]],
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the calls of several samples, one after the other.

    Each of ``samples`` holds the arguments of `read_calls`; without any the table
    is empty.
    """
    read = [_read_sample(sample) for sample in samples]
    return _as_table(read), [found for sample in read for found in sample.findings]


def read_calls(
    path: str | Path,
    *,
    sample_id: str,
    patient_id: str,
    calls_sample: str | None,
    row: int | None,
    value: str,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the calls of one sample from a VCF, VCF.gz or BCF; no index is needed.

    Each ALT allele that is a sequence is a row, whatever its genotype and FILTER,
    in the order of the file. ``alt_count`` comes from ``AD`` (in a file without
    sample columns from ``DP4``) and is NaN where the file gives no count; ``depth``
    is ``DP``, else the sum of ``AD``; ``vaf`` is ``alt_count / depth``, NaN at a
    depth of 0; ``caller_vaf`` is what the caller says. ``filter`` is ``None`` where
    none was applied, several are joined by ``;``. A file without records gives no
    rows. A file that cannot be read rightly gives none either, and an error.

    Parameters
    ----------
    calls_sample
        The sample's name in the file; ``None`` takes the only one.
    row, value
        Line of the sample in its sheet, and the path as written there.
    """
    return read_batch(
        [
            {
                "path": path,
                "sample_id": sample_id,
                "patient_id": patient_id,
                "calls_sample": calls_sample,
                "row": row,
                "value": value,
            }
        ]
    )


def _as_table(samples: list[SampleCalls]) -> pd.DataFrame:
    """Return the calls of samples as one table."""
    calls = pd.DataFrame(
        [call for sample in samples for call in sample.calls],
        columns=Call._fields,
        dtype=object,
    )
    n_calls = [len(sample.calls) for sample in samples]
    for column in ("sample_id", "patient_id", "caller"):
        cells = np.array([getattr(sample, column) for sample in samples], dtype=object)
        calls[column] = np.repeat(cells, n_calls)
    return complete_calls(calls)


def _read_sample(sample: dict[str, Any]) -> SampleCalls:
    """Return the calls of one sample, none if its file cannot be read rightly."""
    patient_id, named = sample["patient_id"], sample["calls_sample"] or ""
    cells = {"calls": sample["value"], "calls_sample": named}

    def finding(severity: str, text: str, column: str = "calls") -> Finding:
        where = ("samples", sample["row"], column, patient_id, cells[column])
        return Finding(severity, *where, text)

    try:
        with quiet_htslib(), seekable(Path(sample["path"])) as file:
            calls, caller, messages = _read_file(file, named)
        calls, remarks = _check_calls(calls)
        findings = [finding(*message) for message in [*messages, *remarks]]
    except CallsError as problem:
        calls, caller = [], ""
        findings = [finding("error", str(problem), problem.column)]
    return SampleCalls(sample["sample_id"], patient_id, caller, calls, findings)


def _read_file(path: Path, calls_sample: str) -> tuple[list[Call], str, list[Message]]:
    """Return the calls in a file, the caller, and what was left out."""
    skipped: Counter[str] = Counter()
    try:
        with open_variants(path) as variants:
            fields = read_count_fields(variants.header, calls_sample)
            annotations = read_annotation_fields(variants.header)
            caller = read_caller(variants.header)
            calls = [
                call
                for record in read_records(variants)
                for call in _calls_of_record(record, fields, annotations, skipped)
            ]
            is_text = variants.format == "VCF"
    except (OSError, ValueError) as error:
        raise CallsError(f"the file is damaged: {AGAIN}") from error
    messages = []
    if is_text and not ends_with_newline(path):
        messages.append(_judge_last_line(calls, fields.sample))
    if skipped:
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(skipped.items()))
        messages.append(("note", f"not read as variants: {kinds}"))
    if not calls and not skipped:
        messages.append(("note", "the file holds no records: nothing is measured"))
    return calls, caller, messages


def _judge_last_line(calls: list[Call], sample: int | None) -> Message:
    """Warn of a last line without newline; refuse it where more than text is cut.

    Raises
    ------
    CallsError
        If the file has sample columns or counts, or the line is of the header.
    """
    text = "the last line has no newline and may be cut off"
    is_counted = any(not isnan(call.alt_count) for call in calls)
    if is_counted or sample is not None or not calls:
        raise CallsError(f"{text}: {AGAIN}, or if it is whole, end it with a newline")
    return ("warning", f"{text}; the file has no counts that could suffer")


def _calls_of_record(
    record: Any,
    fields: CountFields,
    annotation_fields: AnnotationFields,
    skipped: Counter[str],
) -> Iterator[Call]:
    """Yield each ALT allele of a record that is a sequence, and count the others."""
    alts = record.alts
    if not alts:
        skipped["records without alternative allele"] += 1
        return
    counts = count_alleles(record, fields)
    annotations = annotate(record, annotation_fields)
    chrom, pos, ref = record.chrom, record.pos, record.ref.upper()
    filters = ";".join(record.filter) or None
    for at, alt in enumerate(alts):
        if not _SEQUENCE.fullmatch(alt):
            skipped[_kind_of_allele(alt)] += 1
            continue
        yield Call(
            chrom,
            pos,
            ref,
            alt.upper(),
            filters,
            counts.alt_counts[at],
            counts.depth,
            counts.caller_vafs[at],
            *annotations[at],
        )


def _kind_of_allele(alt: str) -> str:
    """Return what an ALT that is no sequence is."""
    if alt == "*":
        return "spanning deletions (*)"
    if alt in ("<NON_REF>", "<*>"):
        return "reference blocks (<NON_REF>)"
    if alt.startswith("<"):
        return "symbolic alleles (such as <DEL>)"
    if set("[].") & set(alt):
        return "breakends"
    return "alleles with other letters than ACGTN"


def _check_calls(calls: list[Call]) -> tuple[list[Call], list[Message]]:
    """Drop repeated variants, and say how many have no counts or impossible ones.

    Raises
    ------
    CallsError
        If a variant is there more than once with different counts or FILTER.
    """
    kept = _drop_repeated(calls)
    messages = []
    if len(kept) < len(calls):
        text = f"{len(calls) - len(kept)} of {len(calls)} variants repeat another one"
        messages.append(("warning", f"{text}: the first is kept"))
    unknown = [call for call in kept if isnan(call.alt_count) or isnan(call.depth)]
    if unknown:
        text = f"{len(unknown)} of {len(kept)} variants have no counts"
        reason = "(AD, or else DP4 in INFO): they count as not measured"
        messages.append(("warning", f"{text} {reason}"))
    above = [call for call in kept if call.alt_count > call.depth]
    if above:
        text = f"{len(above)} of {len(kept)} variants have more alternative reads than"
        reason = f"depth (DP), first {_name(above[0])}: VAF above 1"
        messages.append(("warning", f"{text} {reason}"))
    return kept, messages


def _drop_repeated(calls: list[Call]) -> list[Call]:
    """Return each variant once."""
    first: dict[tuple[str, int, str, str], Call] = {}
    for call in calls:
        known = first.setdefault(call[:4], call)
        if known is not call and _measures(known) != _measures(call):
            text = "is there more than once with different counts or FILTER"
            raise CallsError(f"{_name(call)} {text}: keep one of them")
    return list(first.values())


def _measures(call: Call) -> tuple[str | None, str, str]:
    """Return what two calls of a variant must share; as text NaN equals NaN."""
    return (call.filter, str(call.alt_count), str(call.depth))


def _name(call: Call) -> str:
    """Return a variant as ``chr17:7675088 C>T``."""
    return f"{call.chrom}:{call.pos} {call.ref}>{call.alt}"
