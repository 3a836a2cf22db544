"""Variants in plasma as a MAF."""

import pandas as pd
import pytest

from her2ctdna.calls.maf import from_maf
from her2ctdna.exports.portal_mutations import classify, derive_mutations, shorten

KEYS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
STATUS = pd.DataFrame(
    [
        ("B", "P1", "chr3", 100, "G", "A", "tracked", 100.0, 2000.0),
        ("C", "P1", "chr3", 100, "G", "A", "tracked", 7.0, 1000.0),
        ("D", "P1", "chr3", 100, "G", "A", "tracked", 0.0, 1000.0),
        ("C", "P1", "chr17", 200, "C", "CTT", "emergent", 5.0, 500.0),
        ("C", "P1", "chr17", 300, "C", "T", "germline", 500.0, 1000.0),
        ("T", "P1", "chr3", 100, "G", "A", "tracked", 50.0, 100.0),
        ("B", "P1", "chrX", 400, "CAG", "C", "tracked", None, None),
    ],
    columns=[*KEYS, "role", "alt_count", "depth"],
)
CALLS = pd.DataFrame(
    [
        ("C", "P1", "chr3", 100, "G", "A", None, None, None),
        ("B", "P1", "chr3", 100, "G", "A", "PIK3CA", "missense_variant", "p.Glu545Lys"),
        ("C", "P1", "chr17", 200, "C", "CTT", None, "frameshift_variant", None),
    ],
    columns=[*KEYS, "gene", "consequence", "protein_change"],
)


def derive(status=STATUS, calls=CALLS, build="hg38"):
    samples = {"B", "C", "D"}
    return derive_mutations(status, calls, samples=samples, build=build)


def test_rows_are_tracked_and_emergent_variants_where_molecules_were_counted():
    shown = ["Tumor_Sample_Barcode", "Chromosome", "t_alt_count", "t_ref_count"]
    assert derive()[[*shown, "HER2CTDNA.ROLE"]].to_numpy().tolist() == [
        ["B", "3", 100, 1900, "tracked"],
        ["C", "3", 7, 993, "tracked"],
        ["C", "17", 5, 495, "emergent"],
    ]


def test_gene_and_change_are_those_of_another_record_of_the_variant():
    table = derive()
    assert list(table["Hugo_Symbol"]) == ["PIK3CA", "PIK3CA", "Unknown"]
    assert list(table["HGVSp_Short"][:2]) == ["p.E545K", "p.E545K"]
    assert list(table["Variant_Classification"]) == [
        *["Missense_Mutation", "Missense_Mutation", "Frame_Shift_Ins"]
    ]


@pytest.mark.parametrize(
    ("build", "shown"), [("hg19", "GRCh37"), ("hg38", "GRCh38"), ("", "")]
)
def test_build_is_named_as_in_a_maf_where_it_is_known(build, shown):
    assert set(derive(build=build)["NCBI_Build"]) == {shown}


@pytest.mark.parametrize(
    ("pos", "ref", "alt", "cells"),
    [
        (100, "G", "A", ("SNP", 100, 100, "G", "A")),
        (100, "GC", "AT", ("DNP", 100, 101, "GC", "AT")),
        (100, "GCA", "ATT", ("TNP", 100, 102, "GCA", "ATT")),
        (100, "GCAT", "ATTC", ("ONP", 100, 103, "GCAT", "ATTC")),
        (100, "C", "CTT", ("INS", 100, 101, "-", "TT")),
        (100, "CTT", "C", ("DEL", 101, 102, "TT", "-")),
        (100, "CAG", "CT", ("DEL", 101, 102, "AG", "T")),
        (100, "CA", "CTTT", ("INS", 101, 101, "A", "TTT")),
        (100, "-", "TT", ("INS", 100, 101, "-", "TT")),
        (100, "T", "-", ("DEL", 100, 100, "T", "-")),
    ],
)
def test_alleles_and_positions_are_those_of_a_maf(pos, ref, alt, cells):
    status = STATUS[:1].assign(pos=pos, ref=ref, alt=alt)
    shown = ["Variant_Type", "Start_Position", "End_Position", "Reference_Allele"]
    (row,) = derive(status)[[*shown, "Tumor_Seq_Allele2"]].itertuples(index=False)
    assert tuple(row) == cells


@pytest.mark.parametrize(
    ("consequence", "kind", "word"),
    [
        ("stop_gained&splice_region_variant", "SNP", "Nonsense_Mutation"),
        ("splice_donor_variant", "SNP", "Splice_Site"),
        ("frameshift_variant", "DEL", "Frame_Shift_Del"),
        ("frameshift_variant&stop_gained", "INS", "Frame_Shift_Ins"),
        ("inframe_deletion", "DEL", "In_Frame_Del"),
        ("something_new&intron_variant", "SNP", "Intron"),
        ("something_new", "SNP", "Unknown"),
        (None, "SNP", "Unknown"),
    ],
)
def test_class_is_that_of_the_first_term_with_one(consequence, kind, word):
    assert classify(consequence, kind) == word


@pytest.mark.parametrize(
    ("change", "short"),
    [
        ("p.Asp538Gly", "p.D538G"),
        ("p.E545K", "p.E545K"),
        ("p.Pro224fs", "p.P224fs"),
        ("p.Gln1812Ter", "p.Q1812*"),
        ("p.Arg549=", "p.R549="),
        ("p.Val600Glu,p.Val28Glu", "p.V600E"),
    ],
)
def test_residues_have_one_letter(change, short):
    assert shorten(change) == short


def test_without_a_variant_the_columns_stay():
    table = derive(STATUS[:0])
    assert len(table) == 0
    assert list(table) == list(derive())


def test_our_own_reader_reads_the_same_calls():
    cells = derive().astype(object)
    sheet, findings = from_maf(cells.where(cells.isna(), cells.astype(str)))
    assert findings == []
    assert list(sheet["sample_id"]) == ["B", "C", "C"]
    assert list(sheet["depth"]) == ["2000", "1000", "500"]
    assert list(sheet["alt_count"]) == ["100", "7", "5"]
