"""Depth from BED and gVCF: what a track does not hold is not measured."""

import gzip
import re
from math import isnan

import pysam
import pytest
from depth_files import GVCF_HEAD, write_gvcf, write_packed

from her2ctdna.depth.alignment_file import CoverageError
from her2ctdna.depth.depth_track import check_depth_track, is_gvcf, read_depths
from her2ctdna.depth.molecules import Site

SNV = Site("chr7", 30, "G", "T")
BED = "chr7\t0\t29\t900\nchr7\t29\t31\t1500\nchr7\t31\t40\t1200\nchr7\t45\t60\t0\n"


def depths_of(path, *sites):
    found = read_depths(path, sites, sample="")
    return [None if isnan(count.depth) else count.depth for count in found]


def reasons_of(path, *sites):
    return [count.reason for count in read_depths(path, sites, sample="")]


def said_of(path):
    return list(check_depth_track(path, sample=""))


@pytest.fixture(params=["plain", "gzip", "bgzip", "indexed"])
def bed(request, tmp_path):
    path = tmp_path / "s.per-base.bed"
    if request.param == "plain":
        path.write_text(BED)
        return str(path)
    packed = f"{path}.gz"
    if request.param == "gzip":
        with gzip.open(packed, "wt") as file:
            file.write(BED)
        return packed
    write_packed(packed, BED)
    if request.param == "indexed":
        pysam.tabix_index(packed, preset="bed", csi=True)
    return packed


# BED


def test_the_depth_is_that_of_the_interval_that_holds_the_site(bed):
    first, last = Site("chr7", 29, "A", "T"), Site("chr7", 31, "G", "T")
    past = Site("chr7", 32, "A", "T")
    assert depths_of(bed, SNV, first, last, past) == [1500, 900, 1500, 1200]


def test_the_depth_of_a_longer_site_is_the_least_over_its_bases(bed):
    assert depths_of(bed, Site("chr7", 29, "AGG", "A")) == [900]
    assert depths_of(bed, Site("chr7", 30, "GGA", "TTT")) == [1200]


def test_a_gap_is_not_measured_and_a_zero_is_zero(bed):
    gap, zero, edge = (Site("chr7", pos, "A", "T") for pos in (42, 50, 40))
    assert depths_of(bed, gap, zero, edge) == [None, 0, 1200]
    assert depths_of(bed, Site("chr7", 40, "AA", "A")) == [None]
    assert reasons_of(bed, gap) == ["not in the depth track"]


def test_another_contig_and_a_site_beyond_the_end_are_not_measured(bed):
    sites = Site("chr8", 30, "G", "T"), Site("chr7", 61, "G", "T")
    assert depths_of(bed, *sites) == [None, None]


def test_contigs_of_another_style_are_found(bed):
    assert depths_of(bed, Site("7", 30, "G", "T")) == [1500]


def test_sites_on_several_contigs_keep_their_order(tmp_path):
    path = write_packed(tmp_path / "s.bed.gz", "chr2\t0\t9\t5\nchr10\t0\t9\t7\n")
    sites = [Site("chr10", 3, "A", "T"), Site("chr2", 3, "A", "T")]
    assert depths_of(path, *sites, sites[0]) == [7, 5, 7]


def test_lines_of_a_browser_are_passed_over(tmp_path):
    path = tmp_path / "s.bedgraph"
    path.write_text("track type=bedGraph\n#chrom\n" + BED)
    assert depths_of(path, SNV) == [1500]
    assert said_of(path) == []


def test_nothing_is_said_of_a_good_bed(bed):
    assert said_of(bed) == []


def test_means_over_regions_are_taken_and_noted(tmp_path):
    text = "chr7\t20\t40\texon 5\t1234.56\n"
    path = write_packed(tmp_path / "s.regions.bed.gz", text)
    assert depths_of(path, SNV) == [1234.56]
    (severity, message) = said_of(path)[0]
    assert severity == "note"
    assert "means over regions" in message


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("s.quantized.bed.gz", "chr7\t0\t60\t100:inf\n", "quantized.bed"),
        ("s.thresholds.bed.gz", "#chrom\nchr7\t0\t9\tx\t9\t8\n", "no BED of depths"),
        ("panel.bed.gz", "chr7\t0\t60\tTP53\t1000\n", "no BED of depths"),
        ("s.bed.gz", "chr7\t0\t60\n", "no BED of depths"),
        ("s.bed.gz", "chr7\tstart\tend\t9\n", "whole numbers"),
        ("s.bed.gz", "chr7\t0\t60\t-1\n", "below 0"),
        ("s.bed.gz", "", "no rows"),
    ],
)
def test_a_bed_that_holds_no_depths_is_an_error(tmp_path, name, text, message):
    ((severity, said),) = said_of(write_packed(tmp_path / name, text))
    assert severity == "error"
    assert message in said


def test_a_truncated_track_is_an_error(tmp_path):
    path = tmp_path / "s.bed.gz"
    write_packed(path, BED)
    path.write_bytes(path.read_bytes()[:-28])
    ((severity, said),) = said_of(path)
    assert severity == "error"
    assert "truncated" in said


def test_a_track_that_breaks_off_cannot_be_read(tmp_path):
    path = tmp_path / "s.bed.gz"
    with gzip.open(path, "wt") as file:
        file.write(BED * 1000)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CoverageError, match="damaged"):
        depths_of(path, SNV)


def test_text_among_the_depths_cannot_be_read(tmp_path):
    path = tmp_path / "s.bed"
    path.write_text(BED + "chr7\t60\t61\tmany\n")
    with pytest.raises(CoverageError, match="damaged"):
        depths_of(path, SNV)


# gVCF


def test_a_reference_block_gives_its_least_depth(tmp_path):
    path = write_gvcf(
        tmp_path / "s.g.vcf.gz",
        (1, "A", "<NON_REF>", "END=29", "GT:DP:MIN_DP", "0/0:900:850"),
        (30, "G", "<NON_REF>", "END=40", "GT:DP:MIN_DP", "0/0:1500:1400"),
    )
    assert is_gvcf(path)
    assert said_of(path) == []
    edge, beyond = Site("chr7", 40, "A", "T"), Site("chr7", 41, "A", "T")
    assert depths_of(path, SNV, edge, beyond) == [1400, 1400, None]
    assert depths_of(path, Site("chr7", 29, "AG", "CT")) == [850]


def test_without_a_least_depth_a_block_gives_its_depth(tmp_path):
    block = (1, "A", "<*>", "END=60", "GT:DP", "0/0:900")
    path = write_gvcf(tmp_path / "s.g.vcf.gz", block)
    assert depths_of(path, SNV) == [900]


def test_a_block_without_a_depth_is_not_measured(tmp_path):
    block = (1, "A", "<NON_REF>", "END=60", "GT:DP:MIN_DP", "0/0:.:.")
    path = write_gvcf(tmp_path / "s.g.vcf.gz", block)
    assert reasons_of(path, SNV) == ["not in the depth track"]


def test_a_record_of_the_very_variant_gives_its_counts(tmp_path):
    record = (30, "G", "A,T,<NON_REF>", ".", "GT:AD:DP", "0/0:990,1,2,0:1000")
    path = write_gvcf(tmp_path / "s.g.vcf.gz", record)
    (count,) = read_depths(path, [SNV], sample="")
    assert (count.alt_count, count.depth) == (2, 1000)


def test_a_record_of_the_variant_without_counts_is_not_measured(tmp_path):
    record = (30, "G", "T,<NON_REF>", ".", "GT:DP", "0/0:1000")
    path = write_gvcf(tmp_path / "s.g.vcf.gz", record)
    assert reasons_of(path, SNV) == ["the gVCF has the variant without counts"]


def test_another_variant_over_the_site_is_no_silence(tmp_path):
    record = (29, "AG", "A,<NON_REF>", ".", "GT:AD:DP", "0/1:900,100,0:1000")
    path = write_gvcf(tmp_path / "s.g.vcf.gz", record)
    assert reasons_of(path, SNV) == ["the gVCF has another variant over this site"]


def test_a_gvcf_of_several_samples_needs_a_name(tmp_path):
    path = tmp_path / "s.g.vcf"
    block = "chr7\t1\t.\tA\t<NON_REF>\t.\t.\tEND=60\tGT:DP\t0/0:900\t0/0:70\n"
    path.write_text(GVCF_HEAD.replace("\tS\n", "\tS\tW\n") + block)
    assert [count.depth for count in read_depths(path, [SNV], sample="W")] == [70]
    ((severity, said),) = said_of(path)
    assert severity == "error"
    assert "name one of: S, W" in said


def test_the_only_sample_of_a_track_counts_whatever_its_name(tmp_path):
    path = write_gvcf(
        tmp_path / "s.g.vcf.gz", (1, "A", "<*>", "END=60", "GT:DP", "0/0:900")
    )
    (count,) = read_depths(path, [SNV], sample="a name of the calls")
    assert count.depth == 900


def test_a_track_that_is_cut_in_its_last_line_is_an_error(tmp_path):
    path = tmp_path / "s.g.vcf"
    whole = GVCF_HEAD + "chr7\t1\t.\tA\t<*>\t.\t.\tEND=60\tGT:DP\t0/0:900\n"
    for cut, text in ((-1, "cut off"), (-20, "truncated|cut off|lacks columns")):
        path.write_text(whole[:cut])
        ((severity, said),) = said_of(path)
        assert severity == "error"
        assert re.search(text, said)
        with pytest.raises(CoverageError, match=text):
            depths_of(path, SNV)


def test_a_block_may_tell_its_length_in_format(tmp_path):
    path = write_gvcf(
        tmp_path / "s.g.vcf.gz", (1, "A", "<*>", ".", "GT:DP:LEN", "0/0:900:35")
    )
    inside, beyond = Site("chr7", 35, "A", "T"), Site("chr7", 36, "A", "T")
    assert depths_of(path, inside, beyond) == [900, None]


def test_a_track_is_read_whatever_its_header_holds(tmp_path):
    """Latin-1 and a byte-order mark, as a file of calls is."""
    path = tmp_path / "s.g.vcf"
    text = GVCF_HEAD.replace("#CHROM", "##center=H\xf4pital\n#CHROM")
    text += "chr7\t1\t.\tA\t<*>\t.\t.\tEND=60;X=\xe9\tGT:DP\t0/0:900\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode("latin-1"))
    assert is_gvcf(path)
    assert said_of(path) == []
    assert depths_of(path, SNV) == [900]


def test_a_field_named_twice_in_a_track_measures_nothing(tmp_path):
    path = write_gvcf(
        tmp_path / "s.g.vcf.gz", (1, "A", "<*>", "END=60", "GT:DP:DP", "0/0:900:9")
    )
    assert depths_of(path, SNV) == [None]


def test_an_empty_track_cannot_be_read(tmp_path):
    path = tmp_path / "s.bed"
    path.touch()
    with pytest.raises(CoverageError, match="no rows"):
        depths_of(path, SNV)


def test_a_packed_row_of_tabs_alone_is_no_depths(tmp_path):
    path = tmp_path / "s.bed.gz"
    path.write_bytes(gzip.compress(b"\t" * 10**7))
    ((severity, said),) = said_of(path)
    assert (severity, "no BED of depths" in said) == ("error", True)


def test_a_vcf_without_depths_is_no_depth_track(tmp_path):
    path = tmp_path / "s.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    )
    ((severity, said),) = said_of(path)
    assert severity == "error"
    assert "without depths" in said
