"""One genome build a study: told by each header, judged over all files."""

import pandas as pd
import pytest
from reading import FOLDER, as_sample, read_all, read_calls

from her2ctdna.calls.genome_build import LENGTHS, check_files, read_build, read_files
from her2ctdna.calls.variant_file import open_variants
from her2ctdna.tables import read_table, write_table


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("plain", "unknown"),
        ("bare_contigs", "hg19"),
        # the length decides, whatever the name of a file says
        ("hg38_lengths", "hg38"),
        ("build_named_only", "hg19"),
        ("contigs_of_two_builds", "hg19;hg38"),
    ],
)
def test_the_header_tells_the_build(name, build):
    with open_variants(FOLDER / f"{name}.vcf") as text:
        assert read_build(text.header) == build


def test_no_length_stands_for_two_builds():
    lengths = [length for known in LENGTHS.values() for length in known]
    assert len(lengths) == len(set(lengths)) == 46


def test_contigs_of_two_builds_in_one_file_are_an_error():
    calls, (found,) = read_calls("contigs_of_two_builds")
    assert len(calls) == 0
    assert found.message == (
        "has contigs of hg19 and hg38: call it again on one of them"
    )


def test_a_file_on_another_build_than_the_reference_is_an_error(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text(">17\nACGT\n")
    # what an index says of a genome on hg19
    (tmp_path / "genome.fa.fai").write_text("17\t81195210\t4\t4\t5\n")
    _, (found,) = read_calls("hg38_lengths", reference=str(path))
    assert found.message == (
        "is on hg38, but study.reference is hg19: "
        "give the FASTA of hg38, or lift the calls over"
    )
    assert read_calls("build_named_only", reference=str(path))[1] == []


def files_of(*names):
    samples = [as_sample(name, row=row) for row, name in enumerate(names, start=2)]
    return read_all(samples)[1]


def brief(findings):
    return [(f.severity, f.table, f.row, f.column, f.value) for f in findings]


def test_files_on_one_build_or_an_unknown_one_are_fine():
    assert check_files(files_of("hg38_lengths", "plain", "hg38_lengths"), None) == []
    assert check_files(files_of(), None) == []


def test_a_file_on_another_build_than_most_is_an_error_that_names_it():
    files = files_of("build_named_only", "hg38_lengths", "plain", "hg38_lengths")
    (found,) = check_files(files, None)
    assert brief([found]) == [
        ("error", "samples", 2, "calls", "calls/build_named_only.vcf")
    ]
    assert found.message == (
        "is on hg19, but 2 others are on hg38 (such as calls/hg38_lengths.vcf): "
        "lift it over or call it again on hg38"
    )


def test_of_two_builds_with_as_many_files_the_first_is_the_study_s():
    files = files_of("build_named_only", "hg38_lengths")
    assert brief(check_files(files, None)) == [
        ("error", "samples", 3, "calls", "calls/hg38_lengths.vcf")
    ]


def test_a_table_of_calls_counts_with_the_build_that_it_names():
    variants = pd.DataFrame({"build": ["37", "GRCh37", None, "37"]}, index=[2, 3, 4, 5])
    files = files_of("hg38_lengths", "hg38_lengths", "hg38_lengths")
    assert brief(check_files(files, variants)) == [
        ("error", "variants", 2, "build", "37"),
        ("error", "variants", 3, "build", "GRCh37"),
    ]
    assert check_files(files_of("build_named_only"), variants) == []


def test_bare_names_beside_names_with_chr_are_a_note():
    files = files_of("bare_contigs", "build_named_only")
    assert brief(check_files(files, None)) == [
        ("note", "samples", 2, "calls", "calls/bare_contigs.vcf")
    ]
    assert check_files(files_of("bare_contigs"), None) == []


def test_chromosomes_of_bare_files_get_chr():
    calls, _ = read_calls("bare_contigs")
    assert calls["chrom"].tolist() == ["chr1", "chrX", "chrM", "GL000191.1"]


def test_what_is_known_of_files_goes_through_a_table(tmp_path):
    files = files_of("bare_contigs", "plain", "short_record", "gvcf")
    assert files["n_records"].tolist() == [4, 4, 4]
    assert files["n_calls"].tolist() == [4, 4, 1]
    write_table(files, tmp_path / "files.tsv")
    assert brief(check_files(read_files([tmp_path / "files.tsv"]), None)) == brief(
        check_files(files, None)
    )
    assert read_table(tmp_path / "files.tsv")["contigs"].tolist() == [
        "bare",
        "chr",
        "chr",
    ]
