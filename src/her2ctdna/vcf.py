"""Calls of a sample from a VCF or BCF file: one row per alternative allele.

Nothing is lost in silence: what a file says is kept as it stands, what cannot be
counted is missing and not zero, and a file that cannot be read rightly is an
`error` finding without rows.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd

from her2ctdna.allele_counts import count_sample, count_site, read_caller
from her2ctdna.annotation import AnnotationFields, annotate, read_annotation_fields
from her2ctdna.calls import VARIANT, complete_calls, join_calls
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

Row = tuple[Any, ...]
Message = tuple[str, str]
"""Severity and text of a finding."""

_ROW = [
    *VARIANT,
    *("filter", "alt_count", "depth", "caller_vaf"),
    *("gene", "consequence", "protein_change", "population_af"),
]
_SEQUENCE = re.compile("[ACGTN]+", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """What the header of a file says about its records.

    ``sample`` is the place of the sample's column, ``None`` in a file without
    sample columns; ``info`` the declared INFO fields; ``is_ad_of_alts`` whether
    ``AD`` leaves out the reference allele.
    """

    sample: int | None
    info: frozenset[str]
    is_ad_of_alts: bool
    annotations: AnnotationFields
    caller: str


def read_batch(
    samples: Iterable[dict[str, Any]],
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the calls of several samples, one after the other.

    Each of ``samples`` holds the arguments of `read_calls`; without any the table
    is empty.
    """
    tables, findings = [], []
    for sample in samples:
        calls, found = read_calls(**sample)
        tables.append(calls)
        findings += found
    return join_calls(tables), findings


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

    def finding(severity: str, text: str, column: str = "calls") -> Finding:
        cell = value if column == "calls" else calls_sample or ""
        return Finding(severity, "samples", row, column, patient_id, cell, text)

    try:
        with quiet_htslib(), seekable(Path(path)) as file:
            rows, caller, messages = _read_rows(file, calls_sample or None)
        calls = _calls_table(rows, sample_id, patient_id, caller)
        calls, remarks = _check_calls(calls)
    except CallsError as problem:
        return join_calls([]), [finding("error", str(problem), problem.column)]
    return calls, [finding(*message) for message in [*messages, *remarks]]


def _read_rows(
    path: Path, calls_sample: str | None
) -> tuple[list[Row], str, list[Message]]:
    """Return the rows of a file, its caller, and what is to be said of it."""
    skipped: Counter[str] = Counter()
    try:
        with open_variants(path) as variants:
            layout = _read_layout(variants.header, calls_sample)
            rows = [
                row
                for record in read_records(variants)
                for row in _rows_of_record(record, layout, skipped)
            ]
            is_text = variants.format == "VCF"
    except (OSError, ValueError) as error:
        raise CallsError(f"the file is damaged: {AGAIN}") from error
    messages = []
    if is_text and not ends_with_newline(path):
        messages.append(_judge_last_line(rows, layout))
    if skipped:
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(skipped.items()))
        messages.append(("note", f"not read as variants: {kinds}"))
    if not rows and not skipped:
        messages.append(("note", "the file holds no records: nothing is measured"))
    return rows, layout.caller, messages


def _judge_last_line(rows: list[Row], layout: Layout) -> Message:
    """Warn of a last line without newline; refuse it where counts may be cut."""
    text = "the last line has no newline and may be cut off"
    alt_count = _ROW.index("alt_count")
    if layout.sample is not None or any(not isnan(row[alt_count]) for row in rows):
        raise CallsError(f"{text}: {AGAIN}, or if it is whole, end it with a newline")
    return ("warning", f"{text}; the file has no counts that could suffer")


def _read_layout(header: Any, calls_sample: str | None) -> Layout:
    """Return what the header of a file says about its records."""
    return Layout(
        sample=_sample_place(list(header.samples), calls_sample),
        info=frozenset(header.info),
        is_ad_of_alts="AD" in header.formats and header.formats["AD"].number == "A",
        annotations=read_annotation_fields(header),
        caller=read_caller(header),
    )


def _sample_place(names: list[str], calls_sample: str | None) -> int | None:
    """Return the place of the sample among those of the file, ``None`` without any."""
    listed = ", ".join(names) or "no sample columns"
    if calls_sample is not None and calls_sample not in names:
        text = f"the VCF has no such sample; it holds: {listed}"
        raise CallsError(text, "calls_sample")
    if calls_sample is None and len(names) > 1:
        text = f"the VCF holds {len(names)} samples, name one of: {listed}"
        raise CallsError(text, "calls_sample")
    return names.index(calls_sample or names[0]) if names else None


def _rows_of_record(
    record: Any, layout: Layout, skipped: Counter[str]
) -> Iterator[Row]:
    """Yield a row for each ALT allele of a record, and count those that are none."""
    alts = record.alts
    if not alts:
        skipped["records without alternative allele"] += 1
        return
    if layout.sample is None:
        counts = count_site(record.info, layout.info, len(alts))
    else:
        call = record.samples[layout.sample]
        counts = count_sample(call, len(alts), is_ad_of_alts=layout.is_ad_of_alts)
    annotations = annotate(record, layout.annotations)
    chrom, pos, ref = record.chrom, record.pos, record.ref.upper()
    filters = ";".join(record.filter) or None
    for at, alt in enumerate(alts):
        if not _SEQUENCE.fullmatch(alt):
            skipped[_kind_of_allele(alt)] += 1
            continue
        variant = (chrom, pos, ref, alt.upper())
        measured = (counts.alt_counts[at], counts.depth, counts.caller_vafs[at])
        yield (*variant, filters, *measured, *annotations[at])


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


def _calls_table(
    rows: list[Row], sample_id: str, patient_id: str, caller: str
) -> pd.DataFrame:
    """Return the rows of a file as a table of calls."""
    calls = pd.DataFrame(rows, columns=_ROW, dtype=object)
    cells = {"sample_id": sample_id, "patient_id": patient_id, "caller": caller}
    for column, cell in cells.items():
        calls[column] = pd.Series(cell, index=calls.index, dtype=object)
    return complete_calls(calls)


def _check_calls(calls: pd.DataFrame) -> tuple[pd.DataFrame, list[Message]]:
    """Drop repeated variants, and say how many have no counts or impossible ones.

    Raises
    ------
    CallsError
        If a variant is there more than once with different counts or FILTER.
    """
    n, messages = len(calls), []
    repeated = calls.duplicated(VARIANT)
    is_new = ~calls.duplicated([*VARIANT, "filter", "alt_count", "depth"])
    if (repeated & is_new).any():
        which = _name_first(calls[repeated & is_new])
        text = f"{which} is there more than once with different counts or FILTER"
        raise CallsError(f"{text}: keep one of them")
    if repeated.any():
        text = f"{repeated.sum()} of {n} variants repeat another one: the first is kept"
        messages.append(("warning", text))
    unknown = calls["alt_count"].isna() | calls["depth"].isna()
    if unknown.any():
        text = (
            f"{unknown.sum()} of {n} variants have no counts (AD, or else DP4 in INFO)"
        )
        messages.append(("warning", f"{text}: they count as not measured"))
    above = calls["alt_count"] > calls["depth"]
    if above.any():
        text = f"{above.sum()} of {n} variants have more alternative reads than depth"
        which = _name_first(calls[above])
        messages.append(("warning", f"{text} (DP), first {which}: VAF above 1"))
    return calls[~repeated].reset_index(drop=True), messages


def _name_first(calls: pd.DataFrame) -> str:
    """Return the first variant as ``chr17:7675088 C>T``."""
    first = calls.iloc[0]
    return f"{first['chrom']}:{first['pos']} {first['ref']}>{first['alt']}"
