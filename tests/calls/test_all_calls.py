from math import nan

import numpy as np
import pandas as pd

from her2ctdna.calls.all_calls import (
    CALL_COLUMNS,
    CALL_SCHEMA,
    as_calls,
    collect_calls,
    complete_calls,
    derive_calls,
    name_contigs,
    open_calls,
    sort_calls,
)

MADE = {"gene": None, "consequence": None, "protein_change": None, "filter": "PASS"}


def calls_of(rows):
    keys = ["sample_id", "chrom", "pos", "ref", "alt", "alt_count", "depth"]
    frame = pd.DataFrame(rows, columns=keys).assign(**MADE)
    return frame.assign(patient_id="P1", caller="x", caller_vaf=nan, population_af=nan)


def test_the_fraction_needs_a_count_and_a_depth():
    calls = complete_calls(
        calls_of(
            [
                ("S", "chr1", 1, "A", "T", 5, 100),
                ("S", "chr1", 2, "A", "T", nan, 100),
                ("S", "chr1", 3, "A", "T", 5, nan),
                ("S", "chr1", 4, "A", "T", 0, 0),
            ]
        )
    )
    assert list(calls.columns) == CALL_COLUMNS
    np.testing.assert_array_equal(calls["vaf"], [0.05, nan, nan, nan])
    np.testing.assert_array_equal(calls["alt_count"], [5, nan, 5, 0])


def test_calls_are_ordered_as_a_karyotype():
    rows = [
        ("S2", "chr1", 1, "A", "T", 1, 9),
        ("S1", "chrUn_1", 1, "A", "T", 1, 9),
        ("S1", "chrM", 1, "A", "T", 1, 9),
        ("S1", "chrX", 1, "A", "T", 1, 9),
        ("S1", "chr10", 1, "A", "T", 1, 9),
        ("S1", "chr2", 10, "A", "T", 1, 9),
        ("S1", "chr2", 9, "C", "T", 1, 9),
        ("S1", "chr2", 9, "C", "G", 1, 9),
    ]
    calls = as_calls(complete_calls(calls_of(rows)))
    ordered = sort_calls(calls).to_pandas()
    keys = ordered[["sample_id", "chrom", "pos", "alt"]]
    assert list(keys.itertuples(index=False, name=None)) == [
        ("S1", "chr2", 9, "G"),
        ("S1", "chr2", 9, "T"),
        ("S1", "chr2", 10, "T"),
        ("S1", "chr10", 1, "T"),
        ("S1", "chrX", 1, "T"),
        ("S1", "chrM", 1, "T"),
        ("S1", "chrUn_1", 1, "T"),
        ("S2", "chr1", 1, "T"),
    ]


def test_a_table_without_calls_can_be_ordered():
    calls = sort_calls(CALL_SCHEMA.empty_table()).to_pandas()
    assert (len(calls), list(calls.columns)) == (0, CALL_COLUMNS)
    assert calls["pos"].dtype == "int64"
    assert calls["vaf"].dtype == "float64"


def test_calls_that_are_in_order_are_not_moved():
    rows = [("S1", "chr2", 9, "C", alt, 1, 9) for alt in "AGT"]
    calls = as_calls(complete_calls(calls_of(rows)))
    assert sort_calls(calls) is calls
    assert name_contigs(calls, styles=["chr"]) is calls


def test_some_columns_of_the_calls_of_files_and_table_are_read(tmp_path):
    paths = [tmp_path / "0.arrow", tmp_path / "1.arrow"]
    for path, chroms in zip(paths, (["1", "2"], []), strict=True):
        rows = [("S", chrom, 1, "A", "T", 5, 100) for chrom in chroms]
        with open_calls(path) as writer:
            writer.write_table(as_calls(complete_calls(calls_of(rows))))
    rows = [("S2", "chr7", 2, "A", "T", 5, 100)]
    tables = {
        "samples": pd.DataFrame({"sample_id": ["S2"], "patient_id": ["P2"]}),
        "variants": calls_of(rows).drop(columns=["patient_id", "caller"]),
    }
    columns = ["patient_id", "chrom", "depth"]
    calls = collect_calls(paths, tables, styles=["bare"], columns=columns)
    expected = [("P1", "chr1", 100), ("P1", "chr2", 100), ("P2", "chr7", 100)]
    rows = calls.to_pandas()[columns].itertuples(index=False, name=None)
    assert list(rows) == expected
    assert collect_calls(paths, {}, styles=["bare"]).schema == CALL_SCHEMA


def test_calls_given_as_a_table_get_their_patient_and_fraction():
    variants = pd.DataFrame(
        [
            ("S1", "chr1", 5.0, "A", "T", 3.0, 1000.0),
            ("S2", "2", 7.0, "G", "C", nan, 9.0),
        ],
        columns=["sample_id", "chrom", "pos", "ref", "alt", "alt_count", "depth"],
    ).assign(population_af=[0.01, nan], **MADE)
    samples = pd.DataFrame({"sample_id": ["S2", "S1"], "patient_id": ["P2", "P1"]})
    calls = derive_calls(variants, samples)
    assert list(calls["patient_id"]) == ["P1", "P2"]
    assert list(calls["ref"] + ">" + calls["alt"]) == ["A>T", "G>C"]
    np.testing.assert_array_equal(calls["vaf"], [0.003, nan])
    assert set(calls["caller"]) == {"unknown"}
    np.testing.assert_array_equal(calls["population_af"], [0.01, nan])


def test_chromosomes_are_named_as_the_whole_study_names_them():
    rows = [("S", name, 1, "A", "T", 5, 100) for name in ("chr1", "X", "chrM", "GL1")]
    calls = as_calls(complete_calls(calls_of(rows)))
    for styles, names in (
        (["bare", ""], ["1", "X", "MT", "GL1"]),
        (["bare", "chr"], ["chr1", "chrX", "chrM", "GL1"]),
        (["chr"], ["chr1", "chrX", "chrM", "GL1"]),
        ([], ["chr1", "chrX", "chrM", "GL1"]),
    ):
        assert name_contigs(calls, styles=styles)["chrom"].to_pylist() == names
    assert len(name_contigs(CALL_SCHEMA.empty_table(), styles=["bare"])) == 0
