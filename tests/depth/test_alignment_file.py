"""What is wrong with alignments comes out before any site is known."""

import os

import pysam
import pytest
from depth_files import GENOME, plain, write_alignments, write_fasta

from her2ctdna.calls.variant_file import quiet_htslib
from her2ctdna.depth.alignment_file import (
    CoverageError,
    check_alignments,
    open_alignments,
    open_reference,
)
from her2ctdna.depth.indexes import find_index


def said_of(path, reference=None):
    with quiet_htslib():
        return list(check_alignments(path, reference=reference))


def errors_of(path, reference=None):
    return [text for severity, text in said_of(path, reference) if severity == "error"]


def test_nothing_is_said_of_a_good_bam(tmp_path):
    path = write_alignments(tmp_path / "s.bam", [plain("a")])
    assert said_of(path) == []
    assert said_of(path, write_fasta(tmp_path)) == []


def test_a_file_without_index_is_an_error_that_says_what_to_run(tmp_path):
    path = write_alignments(tmp_path / "s.bam", [plain("a")], index=False)
    (error,) = errors_of(path)
    assert error.endswith(f"run samtools index {path}")


def test_an_index_may_have_the_name_of_the_file_without_its_ending(tmp_path):
    path = write_alignments(tmp_path / "s.bam", [plain("a")])
    (tmp_path / "s.bam.bai").rename(tmp_path / "s.bai")
    assert find_index(path) == tmp_path / "s.bai"
    assert said_of(path) == []


def test_a_truncated_file_is_an_error(tmp_path):
    path = tmp_path / "s.bam"
    write_alignments(path, [plain("a")])
    path.write_bytes(path.read_bytes()[:-28])
    (error,) = errors_of(path)
    assert error.startswith("it is truncated")


def test_a_file_of_another_kind_is_an_error(tmp_path):
    path = tmp_path / "s.bam"
    path.write_text("sample\tdepth\n")
    (error,) = errors_of(path)
    assert error.startswith("it is neither BAM nor CRAM")


def test_a_file_without_reads_is_a_warning(tmp_path):
    path = write_alignments(tmp_path / "s.bam", [])
    assert said_of(path) == [
        ("warning", "it holds no reads: nothing in it is measured")
    ]


def test_an_index_older_than_its_file_is_a_warning(tmp_path):
    path = write_alignments(tmp_path / "s.bam", [plain("a")])
    os.utime(f"{path}.bai", (1, 1))
    assert [severity for severity, _ in said_of(path)] == ["warning"]


def test_a_cram_needs_the_reference_of_the_config(tmp_path):
    reference = write_fasta(tmp_path)
    path = write_alignments(tmp_path / "s.cram", [plain("a")], reference=reference)
    assert said_of(path, reference) == []
    (error,) = errors_of(path)
    assert "study.reference" in error


def test_a_cram_of_another_genome_is_an_error(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    reference = write_fasta(first)
    path = write_alignments(tmp_path / "s.cram", [plain("a")], reference=reference)
    other = write_fasta(second, GENOME[::-1])
    (error,) = errors_of(path, other)
    assert error.startswith("its first read cannot be read")


def test_a_contig_of_another_length_is_another_genome_build(tmp_path):
    path = write_alignments(tmp_path / "s.bam", [plain("a")], contig="7")
    (error,) = errors_of(path, write_fasta(tmp_path, GENOME + "A"))
    assert error.startswith("7 is 60 bases long here and 61 in study.reference")


def test_a_reference_needs_its_index_and_is_never_given_one(tmp_path):
    with pytest.raises(CoverageError, match="no such file"):
        open_reference(tmp_path / "genome.fa")
    path = write_fasta(tmp_path)
    (tmp_path / "genome.fa.fai").unlink()
    with pytest.raises(CoverageError, match="samtools faidx"):
        open_reference(path)
    assert not (tmp_path / "genome.fa.fai").exists()


def test_an_open_file_can_be_read(tmp_path):
    path = write_alignments(tmp_path / "s.bam", [plain("a")])
    with open_alignments(path, reference=None) as file:
        assert isinstance(file, pysam.AlignmentFile)
        assert file.count("chr7", 0, 60) == 1


@pytest.mark.parametrize("name", ["a.bam", "a.cram"])
def test_a_text_that_names_an_address_is_never_given_to_htslib(
    tmp_path, monkeypatch, name
):
    """An htsget ticket made htslib open a connection."""
    path = tmp_path / name
    path.write_text('{"htsget": {"urls": [{"url": "http://localhost:9/"}]}}')
    monkeypatch.setattr("pysam.AlignmentFile", lambda *_, **__: pytest.fail("given"))
    with pytest.raises(CoverageError, match="neither BAM nor CRAM"):
        open_alignments(path, reference=None)
