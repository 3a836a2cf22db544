"""The table of calls: one row per sample and variant, whatever they were read from."""

from collections.abc import Iterable, Mapping, Sequence
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from her2ctdna.calls.variant_form import contig_style, with_chr, without_chr

CALL_SCHEMA = pa.schema(
    [
        ("sample_id", pa.string()),
        ("patient_id", pa.string()),
        ("chrom", pa.string()),
        ("pos", pa.int64()),
        ("ref", pa.string()),
        ("alt", pa.string()),
        ("gene", pa.string()),
        ("consequence", pa.string()),
        ("protein_change", pa.string()),
        ("filter", pa.string()),
        ("alt_count", pa.float64()),
        ("depth", pa.float64()),
        ("vaf", pa.float64()),
        ("caller_vaf", pa.float64()),
        ("caller", pa.string()),
        ("population_af", pa.float64()),
    ]
)

CALL_COLUMNS = CALL_SCHEMA.names

_PLACE = ["chrom", "pos", "ref", "alt"]
_NUMBERS = ["alt_count", "depth", "caller_vaf", "population_af"]


def complete_calls(calls: pd.DataFrame) -> pd.DataFrame:
    """Return calls in the columns, order and types of the table of calls.

    ``vaf`` becomes ``alt_count / depth``, NaN where either is missing or the depth
    is 0. Without calls the table is empty, of the same types.
    """
    calls = calls.astype({"pos": "int64"} | dict.fromkeys(_NUMBERS, "float64"))
    vaf = calls["alt_count"] / calls["depth"].where(calls["depth"] > 0)
    return calls.assign(vaf=vaf)[CALL_COLUMNS]


def derive_calls(variants: pd.DataFrame, samples: pd.DataFrame) -> pd.DataFrame:
    """Return calls that were given as a table like those read from files.

    Parameters
    ----------
    variants
        The input table ``variants``, in the one form of a variant.
    samples
        The input table ``samples``, which says whose each sample is.
    """
    patient_of = samples.set_index("sample_id")["patient_id"]
    return complete_calls(
        variants.assign(
            patient_id=variants["sample_id"].map(patient_of),
            caller_vaf=nan,
            caller="unknown",
        )
    )


def open_calls(path: str | Path) -> ipc.RecordBatchFileWriter:
    """Open a file for calls on their way between two steps.

    Arrow's own format: of 200,000 calls Parquet takes four times as long to be written
    and read again.
    """
    options = ipc.IpcWriteOptions(compression="lz4")
    return ipc.new_file(str(path), CALL_SCHEMA, options=options)


def read_calls(path: str | Path, columns: Sequence[str] = CALL_COLUMNS) -> pa.Table:
    """Read columns, in the order of the table of calls, of a file of calls."""
    places = [CALL_SCHEMA.get_field_index(name) for name in columns]
    with pa.memory_map(str(path)) as file:
        options = ipc.IpcReadOptions(included_fields=places)
        return ipc.open_file(file, options=options).read_all()


def collect_calls(
    paths: Iterable[str | Path],
    tables: Mapping[str, pd.DataFrame],
    *,
    styles: Iterable[str],
    columns: Sequence[str] = CALL_COLUMNS,
) -> pa.Table:
    """Return the calls of a study from files and table, chromosomes named in one way.

    Parameters
    ----------
    paths
        Files of calls.
    tables
        ``samples`` and, if calls were given so, ``variants``; a row without its place
        or alleles, and a sample named twice, do no harm: they are errors elsewhere.
    styles
        How the files name chromosomes (see `contig_style`).
    columns
        Those that are asked for, in the order of the table of calls.
    """
    named = set(styles)
    calls = [CALL_SCHEMA.empty_table().select(columns)]
    calls += [read_calls(path, columns) for path in paths]
    if "variants" in tables:
        samples = tables["samples"].drop_duplicates("sample_id")
        whole = tables["variants"].dropna(subset=["sample_id", *_PLACE])
        table = derive_calls(whole, samples)
        named |= set(table["chrom"].map(contig_style))
        calls.append(as_calls(table).select(columns))
    return name_contigs(pa.concat_tables(calls).combine_chunks(), styles=named)


def as_calls(frame: pd.DataFrame) -> pa.Table:
    """Return calls in a data frame as a table that can be joined to others."""
    table = pa.Table.from_pandas(frame, CALL_SCHEMA, preserve_index=False)
    return table.replace_schema_metadata()


def name_contigs(calls: pa.Table, *, styles: Iterable[str]) -> pa.Table:
    """Name chromosomes in one way: ``1`` if all the study does so, else ``chr1``.

    ``styles`` are those of its files and tables (see `contig_style`).
    """
    is_bare = "bare" in (known := set(styles)) and "chr" not in known
    rename = without_chr if is_bare else with_chr
    names = calls["chrom"].unique()
    renamed = pa.array([rename(name) for name in names.to_pylist()], pa.string())
    if renamed.equals(names):
        return calls
    chroms = renamed.take(pc.index_in(calls["chrom"], names).combine_chunks())
    return calls.set_column(calls.schema.get_field_index("chrom"), "chrom", chroms)


def sort_calls(calls: pa.Table) -> pa.Table:
    """Order calls by sample, chromosome (1 to 22, X, Y, M, others), pos, ref, alt."""
    chroms = sorted(calls["chrom"].unique().to_pylist(), key=_karyotype_rank)
    samples = sorted(calls["sample_id"].unique().to_pylist())
    keys = {
        "sample": pc.index_in(calls["sample_id"], pa.array(samples, pa.string())),
        "place": pc.index_in(calls["chrom"], pa.array(chroms, pa.string())),
    } | {name: calls[name] for name in ("pos", "ref", "alt")}
    order = pc.sort_indices(pa.table(keys), [(key, "ascending") for key in keys])
    # of files that callers have sorted nothing has to be moved
    is_sorted = bool((order.to_numpy() == np.arange(len(order))).all())
    return calls if is_sorted else calls.take(order)


def _karyotype_rank(chrom: str) -> tuple[int, str, str]:
    """Return what orders chromosomes as in a karyotype, with ``chr`` or without."""
    name = chrom.removeprefix("chr")
    named = {"X": 23, "Y": 24, "M": 25, "MT": 25}
    # names of scaffolds after all numbers
    return (int(name) if name.isdecimal() else named.get(name, 10**9), name, chrom)
