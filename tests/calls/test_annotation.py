from math import nan

import numpy as np
import pytest
from reading import read_calls


def annotated(name):
    calls, _ = read_calls(name)
    columns = ["pos", "alt", "gene", "consequence", "protein_change"]
    return list(calls[columns].itertuples(index=False, name=None))


def population(name):
    calls, _ = read_calls(name)
    return list(calls["population_af"])


def test_vep_annotations_go_to_the_allele_that_vep_means():
    by_place = {(pos, alt): rest for pos, alt, *rest in annotated("vep")}
    assert by_place == {
        (100, "T"): ["TP53", "missense_variant", "p.Arg175His"],
        (100, "A"): ["TP53", "stop_gained", "p.Arg175Ter"],
        (200, "C"): ["TP53", "frameshift_variant", "p.Gln5fs"],
        (300, "G"): ["DEL", "intron_variant", None],
        (300, "GA"): ["INS", "splice_donor_variant", None],
        (400, "TA"): ["INS", "intron_variant", None],
        (400, "A"): ["SNV", "missense_variant", None],
        # canonical transcripts go first, then the more severe impact
        (500, "T"): ["TP53", "synonymous_variant", "p.Pro4="],
        # without a canonical one the more severe; the gene's id if it has no name
        (600, "T"): ["ENSG9", "missense_variant", None],
        # annotated before the record was split
        (701, "T"): ["TP53", "missense_variant", None],
        # nothing is said of this allele, or of any
        (800, "T"): [None, None, None],
        (900, "T"): [None, None, None],
        # the base that is lost comes first
        (1000, "C"): ["TP53", "frameshift_variant", None],
    }


def test_the_annotation_that_vep_picked_goes_first():
    assert annotated("vep_pick") == [(100, "T", "PICKED", "intron_variant", None)]


def test_snpeff_annotations_go_to_the_allele_as_written():
    assert annotated("snpeff") == [
        (100, "T", "TP53", "missense_variant&splice_region_variant", "p.Arg175His"),
        (100, "CA", "TP53", "frameshift_variant", "p.Met1fs"),
    ]


@pytest.mark.parametrize("name", ["snpeff_eff", "no_contig_lines"])
def test_without_annotation_the_gene_is_missing(name):
    assert annotated(name) == [(100, "T", None, None, None)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("popaf_log10", [0.01, 0.00001, nan]),
        ("pop_af_plain", [0.02]),
        # one number for two alleles is nobody's; above 1 it is no frequency
        ("population_frequencies", [0.007, nan, 0.03, 0.04, nan]),
        ("vep", [0.001, nan, 0.0002, *[nan] * 10]),
        ("no_contig_lines", [nan]),
    ],
)
def test_population_frequencies_are_those_of_the_allele(name, expected):
    np.testing.assert_allclose(population(name), expected, rtol=1e-12)
