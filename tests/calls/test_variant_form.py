"""The one form of a variant: trimmed, left-aligned, with `chr`."""

import numpy as np
import pysam
import pytest
from reading import FOLDER, read_calls

from her2ctdna.calls.variant_form import (
    Variant,
    contig_style,
    left_align,
    open_reference,
    trim,
    with_chr,
)

REFERENCE = str(FOLDER / "reference.fa")


def places(calls):
    return list(
        calls[["chrom", "pos", "ref", "alt"]].itertuples(index=False, name=None)
    )


def messages(findings):
    return [(found.severity, found.message) for found in findings]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1", "chr1"),
        ("chr22", "chr22"),
        ("CHRx", "chrX"),
        ("01", "chr1"),
        ("MT", "chrM"),
        ("chrMT", "chrM"),
        ("M", "chrM"),
        ("23", "chrX"),
        ("26", "chrM"),
        ("27", "27"),
        ("NC_000017.10", "chr17"),
        ("NC_000023.11", "chrX"),
        ("NC_012920.1", "chrM"),
        ("NC_000025.1", "NC_000025.1"),
        ("24", "chrY"),
        ("chr25", "chrM"),
        ("GL000191.1", "GL000191.1"),
        ("chrUn_KI270302v1", "chrUn_KI270302v1"),
    ],
)
def test_chromosomes_have_chr_and_other_contigs_their_name(name, expected):
    assert with_chr(name) == expected


def test_the_style_of_a_contig_is_told_of_chromosomes_only():
    names = ["1", "chr1", "MT", "GL000191.1", "chrUn_1"]
    assert [contig_style(name) for name in names] == ["bare", "chr", "bare", "", ""]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("CAG", "CTG"), (101, "A", "T")),
        (("CAG", "C"), (100, "CAG", "C")),
        (("TAAAC", "TAAC"), (100, "TA", "T")),
        (("AC", "GT"), (100, "AC", "GT")),
        (("ACGT", "ATTT"), (101, "CG", "TT")),
        (("GATA", "GA"), (100, "GAT", "G")),
        (("AA", "AA"), (100, "AA", "AA")),
        (("A", "T"), (100, "A", "T")),
    ],
)
def test_alleles_are_trimmed_to_the_shortest(given, expected):
    assert trim(Variant("chr1", 100, *given))[1:] == expected


def test_each_allele_of_a_record_is_trimmed_and_mnvs_stay_whole():
    calls, findings = read_calls("untrimmed_alleles")
    assert places(calls) == [
        ("chr1", 101, "A", "T"),
        ("chr1", 100, "CAG", "C"),
        ("chr1", 200, "AC", "GT"),
        ("chr1", 300, "TA", "T"),
        ("chr1", 401, "T", "G"),
    ]
    assert messages(findings) == [
        ("note", "3 variants were trimmed to their shortest alleles")
    ]


def test_the_same_variant_in_two_forms_is_the_same_variant():
    _, findings = read_calls("untrimmed_repeat")
    [found] = [found for found in findings if "more than once" in found.message]
    assert found.severity == "warning"
    assert found.message.startswith("chr1:101 A>T is there more than once")


def test_without_a_reference_indels_stay_where_they_are():
    calls, _ = read_calls("shifted_indels")
    assert calls["pos"].tolist() == [1, 9, 15, 20, 24, 38]


def norm(path):
    """The variants of a file by bcftools norm."""
    text = pysam.bcftools.norm("-f", REFERENCE, "-m", "-any", "-Ov", str(path))
    lines = [line.split("\t") for line in text.splitlines() if line[0] != "#"]
    return [(line[0], int(line[1]), line[3], line[4]) for line in lines]


def test_with_a_reference_indels_stand_where_bcftools_norm_puts_them():
    calls, findings = read_calls("shifted_indels", reference=REFERENCE)
    assert sorted(places(calls)) == sorted(norm(FOLDER / "shifted_indels.vcf"))
    assert messages(findings) == [
        ("note", "2 insertions or deletions were moved to their leftmost place"),
        ("note", "1 variants were trimmed to their shortest alleles"),
    ]


def test_indels_that_the_reference_does_not_hold_stay_and_are_told():
    calls, findings = read_calls("indels_of_another_genome", reference=REFERENCE)
    assert places(calls) == [
        ("chr1", 5, "C", "CA"),
        ("chr1", 31, "GG", "G"),
        ("chr7", 31, "GG", "G"),
    ]
    assert [severity for severity, _ in messages(findings)] == ["warning", "note"]
    assert messages(findings)[0][1].startswith("2 insertions or deletions have a REF")


def random_indels(random, sequence, n):
    """Insertions and deletions at random, with bases around them."""
    for _ in range(n):
        start = int(random.integers(1, len(sequence) - 20))
        length = int(random.integers(1, 5))
        around = int(random.integers(1, 4))
        ref = sequence[start - 1 : start - 1 + length + 2 * around]
        alt = ref[:around] + ref[around + length :]
        if random.random() < 0.5:
            ref, alt = alt, ref
            alt = sequence[start - 1 : start - 1 + around]
            more = "".join(random.choice(list("AC"), length))
            ref = sequence[start - 1 : start - 1 + 2 * around]
            alt = ref[:around] + more + ref[around:]
        yield start, ref, alt


@pytest.mark.parametrize("is_packed", [False, True])
def test_random_indels_stand_where_bcftools_norm_puts_them(tmp_path, is_packed):
    random = np.random.default_rng(20240601)
    sequence = "".join(random.choice(list("AC"), 2000))
    fasta, vcf = tmp_path / "genome.fa", tmp_path / "indels.vcf"
    fasta.write_text(f">chr1\n{sequence}\n")
    indels = sorted(random_indels(random, sequence, 400))
    header = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=2000>\n"
    header += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    rows = (f"chr1\t{pos}\t.\t{ref}\t{alt}\t.\t.\t.\n" for pos, ref, alt in indels)
    vcf.write_text(header + "".join(rows))
    text = pysam.bcftools.norm("-f", str(fasta), "-Ov", str(vcf))
    lines = [line.split("\t") for line in text.splitlines() if line[0] != "#"]
    expected = sorted((line[0], int(line[1]), line[3], line[4]) for line in lines)
    (tmp_path / "genome.fa.fai").unlink()
    if is_packed:
        pysam.tabix_compress(str(fasta), f"{fasta}.gz")
        fasta = f"{fasta}.gz"
    with open_reference(str(fasta)) as genome:
        found = sorted(
            left_align(trim(Variant("1", *indel)), genome)._replace(chrom="chr1")
            for indel in indels
        )
    assert found == expected
    # no index is left beside the genome
    assert sorted(tmp_path.glob("*.fai")) == sorted(tmp_path.glob("*.gzi")) == []
