"""Molecules at a site of a BAM or CRAM: each oddity of reads has a test."""

from math import isnan

import pysam
import pytest
from depth_files import GENOME, plain, read, write_alignments, write_fasta

from her2ctdna.depth.alignment_file import CoverageError
from her2ctdna.depth.molecules import Site, count_site, window_of

COUNTING = {"min_base_quality": 20, "min_mapping_quality": 30, "min_family_size": 1}
SNV = Site("chr7", 30, "G", "T")
RUN_DELETION = Site("chr7", 18, "CA", "C")


@pytest.fixture
def counted(tmp_path):
    """Return a function that counts a site in a BAM of these reads."""

    def count(*lines, site=SNV, genome=False, contig="chr7", **counting):
        path = write_alignments(tmp_path / "s.bam", lines, contig=contig)
        fasta = pysam.FastaFile(write_fasta(tmp_path)) if genome else None
        with pysam.AlignmentFile(path) as file:
            return count_site(file, site, reference=fasta, counting=COUNTING | counting)

    return count


def alt(name, *tags, **more):
    return plain(name, 11, 30, *tags, at=30, base="T", **more)


def numbers(count):
    return (count.alt_count, count.depth)


def test_molecules_with_and_without_the_variant_are_counted(counted):
    count = counted(alt("a"), plain("b"), plain("c"), alt("d", flag=16))
    assert numbers(count) == (2, 4)
    assert (count.alt_forward, count.alt_reverse) == (1, 1)
    assert isnan(count.family_size)
    assert count.reason is None


def test_a_site_that_nothing_covers_has_a_depth_of_zero(counted):
    assert numbers(counted(plain("a", 40, 15))) == (0, 0)


def test_a_read_that_ends_before_the_site_is_not_counted(counted):
    assert numbers(counted(plain("a", 10, 20), plain("b", 10, 21))) == (0, 1)


def test_mates_that_overlap_are_one_molecule_seen_on_both_strands(counted):
    count = counted(alt("a", flag=99), alt("a", flag=147), plain("b"))
    assert numbers(count) == (1, 2)
    assert (count.alt_forward, count.alt_reverse) == (1, 1)


def test_mates_that_contradict_each_other_are_not_counted(counted):
    count = counted(alt("a", flag=99), plain("a", flag=147), plain("b"))
    assert numbers(count) == (0, 1)
    assert count.discordant == 1


def test_a_mate_that_cannot_be_read_leaves_the_word_to_the_other(counted):
    dim = alt("a", flag=147, quality="#" * 30)
    assert numbers(counted(alt("a", flag=99), dim)) == (1, 1)


def test_a_base_of_low_quality_is_not_counted(counted):
    dim = alt("a", quality="I" * 19 + "4" + "I" * 10)
    dimmer = alt("b", quality="I" * 19 + "3" + "I" * 10)
    reads = [dim, dimmer, plain("c"), plain("d")]
    assert numbers(counted(*reads, min_base_quality=19)) == (1, 3)
    assert numbers(counted(*reads, min_base_quality=20)) == (0, 2)


def test_reads_without_qualities_or_with_an_n_are_not_counted(counted):
    bare, unknown = alt("a", quality="*"), plain("b", at=30, base="N")
    assert numbers(counted(bare, unknown, plain("c"))) == (0, 1)


def test_a_read_of_low_mapping_quality_is_not_counted(counted):
    assert numbers(counted(alt("a", mapping=29), alt("b", mapping=30))) == (1, 1)


@pytest.mark.parametrize("flag", [4, 256, 512, 1024, 2048])
def test_unmapped_secondary_failed_duplicate_and_supplementary_do_not_count(
    counted, flag
):
    assert numbers(counted(alt("a", flag=flag), plain("b"))) == (0, 1)


def test_soft_clips_and_deletions_before_the_site_move_it_in_the_read(counted):
    clipped = read("a", 21, "5S10M", "TTTTTAAAAGTCTAT")
    shorter = read("b", 11, "5M3D12M", "CCCGGAAAAAAGTCTAT")
    longer = read("c", 21, "4M2I6M", "AAAATTGTCTAG")
    assert numbers(counted(clipped, shorter, longer)) == (2, 3)


@pytest.mark.parametrize("tag", ["cD", "XV"])
def test_molecules_of_small_families_do_not_count(counted, tag):
    reads = [alt("a", f"{tag}:i:1"), alt("b", f"{tag}:i:3"), plain("c", 11, 30)]
    assert numbers(counted(*reads)) == (2, 3)
    assert counted(*reads).family_size == 2
    assert numbers(counted(*reads, min_family_size=2)) == (1, 1)


def test_a_family_size_that_no_read_tells_is_not_a_depth_of_zero(counted):
    count = counted(alt("a"), plain("b"), min_family_size=2)
    assert isnan(count.depth)
    assert "family size" in count.reason


def test_reads_of_one_molecular_identifier_are_one_molecule(counted):
    reads = [alt("a", "MI:Z:7/A"), alt("b", "MI:Z:7/B"), plain("c", 11, 30, "MI:Z:8")]
    assert numbers(counted(*reads)) == (1, 2)
    assert counted(*reads).family_size == 1.5
    assert numbers(counted(*reads, min_family_size=2)) == (1, 1)


def test_reads_of_a_molecule_that_contradict_each_other_are_not_counted(counted):
    reads = [alt("a", "MI:Z:7"), plain("b", 11, 30, "MI:Z:7"), plain("c")]
    assert numbers(counted(*reads)) == (0, 1)


# Variants of several bases


def test_an_mnv_is_counted_only_where_all_its_bases_are_read(counted):
    site = Site("chr7", 29, "AG", "CT")
    whole = read("a", 21, "10M", "AAAAGTCTCT")
    half = read("b", 21, "10M", "AAAAGTCTCG")
    cut = plain("c", 11, 19)
    count = counted(whole, half, cut, plain("d"), plain("e"), site=site)
    assert numbers(count) == (1, 4)


def test_a_base_shared_by_both_alleles_need_not_be_read(counted):
    site = Site("chr7", 29, "AGGA", "ATGA")
    assert numbers(counted(plain("a", 11, 20), alt("b"), site=site)) == (1, 2)


def test_an_anchored_insertion_is_counted_by_what_stands_between(counted):
    site = Site("chr7", 30, "G", "GTT")
    with_it = read("a", 21, "10M2I5M", "AAAAGTCTAGTTGACCT")
    another = read("b", 21, "10M2I5M", "AAAAGTCTAGTAGACCT")
    cut_off = plain("c", 11, 20)
    count = counted(with_it, another, cut_off, plain("d"), plain("e"), site=site)
    assert numbers(count) == (1, 4)


def test_an_anchored_deletion_is_counted_by_what_is_left(counted):
    site = Site("chr7", 29, "AGG", "A")
    with_it = read("a", 21, "9M2D8M", "AAAAGTCTAACCTTAGC")
    smaller = read("b", 21, "9M1D9M", "AAAAGTCTAGACCTTAGC")
    count = counted(with_it, smaller, plain("c"), plain("d"), site=site)
    assert numbers(count) == (1, 4)


def test_a_replacement_of_another_length_is_counted(counted):
    site = Site("chr7", 29, "AGG", "TC")
    with_it = read("a", 21, "8M3D2I8M", "AAAAGTCTTCACCTTAGC")
    assert numbers(counted(with_it, plain("b"), site=site)) == (1, 2)


def test_an_indel_in_a_repeat_is_found_wherever_the_aligner_put_it(counted):
    left = read("a", 11, "8M1D21M", GENOME[10:18] + GENOME[19:40])
    right = read("b", 11, "13M1D16M", GENOME[10:18] + GENOME[19:40])
    inside = plain("c", 11, 12)
    reads = [left, right, inside, plain("d")]
    assert numbers(counted(*reads, site=RUN_DELETION, genome=True)) == (2, 3)


def test_without_the_genome_an_indel_put_elsewhere_is_not_taken_for_ref(counted):
    left = read("a", 11, "8M1D21M", GENOME[10:18] + GENOME[19:40])
    right = read("b", 11, "13M1D16M", GENOME[10:18] + GENOME[19:40])
    count = counted(left, right, plain("d"), site=RUN_DELETION)
    assert numbers(count) == (1, 2)


def test_the_window_of_an_indel_holds_the_repeat_on_both_sides(tmp_path):
    fasta = pysam.FastaFile(write_fasta(tmp_path))
    whole = (18, 24, "AAAAAA", "AAAAA", True)
    assert window_of(RUN_DELETION, fasta) == whole
    assert window_of(Site("chr7", 20, "AA", "A"), fasta) == whole
    insertion = window_of(Site("chr7", 18, "C", "CAA"), fasta)
    assert insertion == (18, 24, "AAAAAA", "AAAAAAAA", True)


# What cannot be counted is not zero


def test_contigs_of_another_style_are_found(counted):
    assert numbers(counted(alt("a"), contig="7")) == (1, 1)


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        (Site("chr8", 30, "G", "T"), "no contig chr8"),
        (Site("chr7", 60, "AC", "A"), "beyond the end of chr7"),
        (Site("chr7", 4000, "A", "T"), "beyond the end of chr7"),
    ],
)
def test_a_site_that_is_not_in_the_file_is_an_error(counted, site, reason):
    with pytest.raises(CoverageError, match=reason):
        counted(plain("a"), site=site)


def test_a_ref_that_the_genome_does_not_have_is_an_error(counted):
    with pytest.raises(CoverageError, match=r"REF is C and study\.reference has G"):
        counted(plain("a"), site=Site("chr7", 30, "C", "T"), genome=True)


def test_where_most_molecules_read_neither_allele_nothing_is_counted(counted):
    count = counted(plain("a"), plain("b"), site=Site("chr7", 30, "C", "T"))
    assert isnan(count.alt_count)
    assert isnan(count.depth)
    assert count.is_refuted
    assert count.reason.startswith("2 of 2 molecules read neither REF nor ALT")
