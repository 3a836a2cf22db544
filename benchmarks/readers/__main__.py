"""One reader, in its own process: the same fields of a VCF, as Parquet.

Run: python benchmarks/readers READER FILE SMALL_FILE; prints seconds, seconds of
processor time and the highest memory in MB. Only what a reader needs is imported: those
of other projects have an environment of their own. It reads the small file before the
clock starts, so that nothing is loaded by then.
"""

import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

Step = Callable[[Path], None]

QUERY = r"%CHROM\t%POS\t%REF\t%ALT\t%FILTER\t%CSQ\t%gnomAD_AF[\t%AD\t%DP\t%AF]\n"
COLUMNS = ("chrom", "pos", "ref", "alt", "filter", "CSQ", "gnomAD_AF", "AD", "DP", "AF")
INFO, FORMAT = ["CSQ", "gnomAD_AF"], ["AD", "DP", "AF"]


def bcftools_query() -> Step:
    """Write the fields as text with bcftools."""
    import pysam.bcftools

    def query(path: Path) -> None:
        target = str(path.with_suffix(".txt"))
        # not save_stdout: pysam 0.24 frees it twice
        pysam.bcftools.query("-o", target, "-f", QUERY, str(path), catch_stdout=False)

    return query


def bcftools_into_arrow() -> Step:
    """Write the fields as text, and read that with Arrow."""
    import pyarrow.csv as pcsv
    import pyarrow.parquet as pq

    query = bcftools_query()

    def read(path: Path) -> None:
        query(path)
        table = pcsv.read_csv(
            path.with_suffix(".txt"),
            read_options=pcsv.ReadOptions(column_names=COLUMNS),
            parse_options=pcsv.ParseOptions(delimiter="\t", quote_char=False),
        )
        pq.write_table(table, _target(path))

    return read


def ours() -> Step:
    """Read the calls as the first step of the workflow does, annotation included."""
    from her2ctdna.calls.vcf import read_variants

    def read(path: Path) -> None:
        read_variants([_sample(path)], _batch(path), caller=None, reference=None)

    return read


def ours_to_the_end() -> Step:
    """Go on as far as `variants.parquet`: what three scripts of the workflow do."""
    import pandas as pd

    from her2ctdna.calls.all_calls import collect_calls, sort_calls
    from her2ctdna.calls.identity_findings import describe_matches
    from her2ctdna.calls.measurability import find_unmeasurable
    from her2ctdna.calls.variant_identity import (
        MATCHED_COLUMNS,
        find_candidates,
        match_variants,
    )
    from her2ctdna.calls.vcf import read_variants
    from her2ctdna.tables import write_parquet

    def read(path: Path) -> None:
        sample = _sample(path)
        files, findings = read_variants(
            [sample], _batch(path), caller=None, reference=None
        )
        tables = {"samples": pd.DataFrame([sample | {"material": "plasma"}])}
        styles = set(files["contigs"])
        calls = collect_calls(
            [_batch(path)], tables, styles=styles, columns=MATCHED_COLUMNS
        )
        matches = match_variants(find_candidates(calls), is_aligned=False)
        findings += describe_matches(matches, files)
        findings += find_unmeasurable(calls, tables["samples"])
        del calls
        calls = collect_calls([_batch(path)], tables, styles=styles)
        write_parquet(sort_calls(calls), _target(path))
        if findings or list(files["n_records"]) != [len(calls)]:
            raise RuntimeError(f"read {len(calls)} calls: {findings}")

    return read


def polars_bio() -> Step:
    """Scan with polars-bio, lists left as they are."""
    import polars_bio as pb

    def read(path: Path) -> None:
        scan = pb.scan_vcf(str(path), info_fields=INFO, format_fields=FORMAT)
        names = ["chrom", "start", "ref", "alt", "filter", *INFO, *FORMAT]
        scan.select(names).sink_parquet(_target(path))

    return read


def oxbow() -> Step:
    """Stream batches of oxbow, fields left as it nests them."""
    import oxbow as ox
    import pyarrow.parquet as pq

    fields = ["chrom", "pos", "ref", "alt", "filter"]

    def read(path: Path) -> None:
        given: dict[str, Any] = {"genotype_fields": FORMAT, "samples": "*"}
        source = ox.from_vcf(str(path), fields=fields, info_fields=INFO, **given)
        reader = source.dataset().scanner().to_reader()
        with pq.ParquetWriter(_target(path), reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)

    return read


def cyvcf2() -> Step:
    """Take the fields in a loop over the records of cyvcf2."""
    from cyvcf2 import VCF

    write = _rows_writer()

    def read(path: Path) -> None:
        rows = []
        for record in VCF(str(path)):
            place = (record.CHROM, record.POS, record.REF, record.ALT[0])
            site = (record.FILTER, record.INFO["CSQ"], record.INFO["gnomAD_AF"])
            counts = [record.format(tag)[0] for tag in FORMAT]
            of_draw = (counts[0].tolist(), int(counts[1][0]), float(counts[2][0]))
            rows.append((*place, *site, *of_draw))
        write(rows, _target(path))

    return read


def pysam_loop() -> Step:
    """Take the fields in a loop over the records of pysam."""
    import pysam

    write = _rows_writer()

    def read(path: Path) -> None:
        rows = []
        with pysam.VariantFile(str(path)) as variants:
            for record in variants:
                call = record.samples[0]
                place = (record.chrom, record.pos, record.ref, record.alts[0])
                info = (record.filter.keys()[0], record.info["CSQ"][0])
                frequency = record.info["gnomAD_AF"][0]
                of_draw = (list(call["AD"]), call["DP"], call["AF"][0])
                rows.append((*place, *info, frequency, *of_draw))
        write(rows, _target(path))

    return read


def _rows_writer() -> Callable[[list[tuple[Any, ...]], Path], None]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(rows: list[tuple[Any, ...]], path: Path) -> None:
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        pq.write_table(pa.table(columns, list(COLUMNS)), path)

    return write


def _sample(path: Path) -> dict[str, Any]:
    ids = {"sample_id": "S1", "patient_id": "P1", "calls_sample": None}
    return ids | {"row": 2, "path": str(path), "value": path.name}


def _batch(path: Path) -> Path:
    return path.with_suffix(".arrow")


def _target(path: Path) -> Path:
    return path.with_suffix(".parquet")


READERS: dict[str, Callable[[], Step]] = {
    reader.__name__: reader
    for reader in (
        *(bcftools_query, ours, ours_to_the_end, bcftools_into_arrow),
        *(polars_bio, oxbow, cyvcf2, pysam_loop),
    )
}


def main(name: str, path: Path, small: Path) -> None:
    """Do a step, and print what it took."""
    step = READERS[name]()
    step(small)
    start, work = perf_counter(), process_time()
    step(path)
    seconds, work = perf_counter() - start, process_time() - work
    print(seconds, work, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
