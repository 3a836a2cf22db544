"""Calls of a sample from a VCF or BCF file: one row per alternative allele.

Nothing is lost in silence: what a file says is kept as it stands, what cannot be
counted is missing and not zero, and a file that cannot be read rightly is an
`error` finding without rows.
"""

import gzip
import re
import shutil
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path
from typing import Any

import pandas as pd
import pysam

from her2ctdna.annotation import (
    AnnotationFields,
    annotate,
    numbers_of_alleles,
    parse_numbers,
    read_annotation_fields,
)
from her2ctdna.findings import Finding

CALL_COLUMNS = [
    "sample_id",
    "patient_id",
    "chrom",
    "pos",
    "ref",
    "alt",
    "gene",
    "consequence",
    "protein_change",
    "filter",
    "alt_count",
    "depth",
    "vaf",
    "caller_vaf",
    "caller",
    "population_af",
]
"""Columns of a table of calls, one row per sample and variant."""

VARIANT = ["chrom", "pos", "ref", "alt"]
"""What makes two calls the same variant."""

_MEASURED = ["filter", "alt_count", "depth", "caller_vaf"]
_ANNOTATED = ["gene", "consequence", "protein_change", "population_af"]
_NUMBERS = ["alt_count", "depth", "caller_vaf", "population_af"]

_SEQUENCE = re.compile("[ACGTN]+", re.IGNORECASE)

_CALLERS = {
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

_BGZF_BLOCK = b"\x1f\x8b\x08\x04"
_BGZF_BLOCK_SIZE = 2**16
_AGAIN = "copy the file again or re-run the caller"

Message = tuple[str, str]
"""Severity and text of a finding."""


class CallsError(Exception):
    """Say why the calls of a sample cannot be read rightly, and what to do."""

    def __init__(self, message: str, column: str = "calls") -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Layout:
    """Where the header of a file says that counts and annotations stand.

    ``sample`` is the place of the sample's column, ``None`` in a file without
    sample columns; ``info`` the declared INFO fields; ``is_ad_of_alts`` whether
    ``AD`` leaves out the reference allele (``Number=A``).
    """

    sample: int | None
    info: frozenset[str]
    is_ad_of_alts: bool
    annotations: AnnotationFields


def read_batch(
    samples: Iterable[dict[str, Any]],
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the calls of several samples, one after the other.

    Each of ``samples`` holds the arguments of `read_calls`; without any the table
    is empty.
    """
    tables, findings = [_calls_table([], "", "", "")], []
    for sample in samples:
        calls, found = read_calls(**sample)
        tables.append(calls)
        findings += found
    return pd.concat(tables, ignore_index=True), findings


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
    try:
        with _quiet_htslib(), _seekable(Path(path)) as seekable:
            rows, caller, messages = _read_file(seekable, calls_sample or None)
        calls = _calls_table(rows, sample_id, patient_id, caller)
        calls, more = _check_calls(calls)
        messages = [("calls", *message) for message in [*messages, *more]]
    except CallsError as problem:
        calls = _calls_table([], sample_id, patient_id, "")
        messages = [(problem.column, "error", str(problem))]
    cells = {"calls": value, "calls_sample": calls_sample or ""}
    return calls, [
        Finding(severity, "samples", row, column, patient_id, cells[column], text)
        for column, severity, text in messages
    ]


def sort_calls(calls: pd.DataFrame) -> pd.DataFrame:
    """Order calls by sample, chromosome (1 to 22, X, Y, M, others), pos, ref, alt."""
    chroms = sorted(calls["chrom"].unique(), key=_karyotype_rank)
    places = {chrom: place for place, chrom in enumerate(chroms)}
    return (
        calls.assign(place=calls["chrom"].map(places))
        .sort_values(["sample_id", "place", "pos", "ref", "alt"], kind="stable")
        .drop(columns="place")
        .reset_index(drop=True)
    )
