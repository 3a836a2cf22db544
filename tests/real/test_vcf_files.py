"""Files of real callers, against the same files read as plain text."""

import gzip
from collections import Counter
from math import nan

import pandas as pd
import pytest
from reading import read_calls as read

# record counts as /work/shared/data/README.md gives them
RECORDS = {
    "somaticseq/paired.LoFreq.indel.vcf.gz": (None, 0),
    "somaticseq/paired.LoFreq.snv.vcf.gz": (None, 67),
    "somaticseq/paired.MuTect2.vcf.gz": ("TUMOR", 120),
    "somaticseq/tumoronly.MuTect2.vcf.gz": (None, 124),
    "somaticseq/tumoronly.Strelka.vcf.gz": (None, 125),
    "somaticseq/tumoronly.VarDict.vcf.gz": (None, 127),
    "umivar/CFDNA_02_monitoring.vcf": (None, 6),
    "umivar/cfdna_panel.vcf": (None, 30),
    "umivar/strelka2_vep_csq_dilution.hgmd_ngsd_removed.vcf": (
        "NA12877N1287820_02",
        129,
    ),
}


@pytest.fixture(scope="module")
def folder(real_data):
    return real_data / "vcf"


def lines_of(path):
    text = path.read_bytes()
    text = gzip.decompress(text) if path.suffix == ".gz" else text
    lines = text.decode().splitlines()
    header = next(line for line in lines if line.startswith("#CHROM"))
    body = [line.split("\t") for line in lines if not line.startswith("#")]
    return header.split("\t"), body


def number(text):
    return nan if text in (".", None) else float(text)


def expected_rows(path, calls_sample):
    """Variant, FILTER, count and depth of each ALT, by the letter of the contract."""
    header, body = lines_of(path)
    samples = header[9:]
    place = samples.index(calls_sample) if calls_sample else 0
    for cells in body:
        info = dict(entry.partition("=")[::2] for entry in cells[7].split(";"))
        fields = info
        if samples:
            values = cells[9 + place].split(":")
            fields = dict(zip(cells[8].split(":"), values, strict=False))
        counts = [number(cell) for cell in fields.get("AD", ".").split(",")]
        if "DP4" in fields and not samples:
            strands = [number(cell) for cell in fields["DP4"].split(",")]
            counts = [strands[0] + strands[1], strands[2] + strands[3]]
        alts = cells[4].split(",")
        if len(counts) != len(alts) + 1:
            counts = [nan] * (len(alts) + 1)
        depth = number(fields.get("DP"))
        for alt, count in zip(alts, counts[1:], strict=True):
            yield (
                cells[0],
                int(cells[1]),
                cells[3],
                alt,
                None if cells[6] == "." else cells[6],
                count,
                sum(counts) if pd.isna(depth) else depth,
            )


@pytest.mark.parametrize("name", RECORDS)
def test_records_and_alleles_are_those_of_the_file(folder, name):
    calls_sample, n_records = RECORDS[name]
    _, body = lines_of(folder / name)
    calls, findings = read(folder / name, calls_sample)
    assert len(body) == n_records
    assert len(calls) == sum(len(cells[4].split(",")) for cells in body)
    assert Counter(calls["alt"]) == Counter(
        alt for cells in body for alt in cells[4].split(",")
    )
    assert "error" not in {found.severity for found in findings}


@pytest.mark.parametrize("name", RECORDS)
def test_counts_are_those_of_the_file(folder, name):
    calls_sample, _ = RECORDS[name]
    columns = ["chrom", "pos", "ref", "alt", "filter", "alt_count", "depth"]
    calls, _ = read(folder / name, calls_sample)
    expected = pd.DataFrame(
        expected_rows(folder / name, calls_sample), columns=columns
    ).astype(dict(calls[columns].dtypes))
    pd.testing.assert_frame_equal(calls[columns], expected)


def test_the_fraction_is_the_callers_where_the_caller_divides_too(folder):
    vardict, _ = read(folder / "somaticseq/tumoronly.VarDict.vcf.gz")
    assert (vardict["vaf"] - vardict["caller_vaf"]).abs().max() <= 0.00005
    # LoFreq leaves a read out here and there, counted in DP4
    lofreq, _ = read(folder / "somaticseq/paired.LoFreq.snv.vcf.gz")
    reads = (lofreq["caller_vaf"] * lofreq["depth"]).round()
    assert set(lofreq["alt_count"] - reads) == {0, 1}


def test_the_posterior_fraction_of_mutect2_is_not_the_fraction(folder):
    calls, _ = read(folder / "somaticseq/tumoronly.MuTect2.vcf.gz")
    difference = (calls["vaf"] - calls["caller_vaf"]).abs()
    assert 0.05 < difference.max() < 0.07


@pytest.mark.parametrize(
    ("name", "caller"),
    [
        ("somaticseq/paired.LoFreq.snv.vcf.gz", "LoFreq"),
        ("somaticseq/tumoronly.MuTect2.vcf.gz", "Mutect2"),
        ("somaticseq/tumoronly.Strelka.vcf.gz", "Strelka2"),
        ("somaticseq/tumoronly.VarDict.vcf.gz", "VarDict"),
        ("umivar/cfdna_panel.vcf", "unknown"),
        ("vatools/input.no_gt_in_format.vcf", "Strelka2;VarScan2"),
    ],
)
def test_callers_are_recognised(folder, name, caller):
    assert set(read(folder / name)[0]["caller"]) == {caller}


def test_vep_annotations_are_read(folder):
    name = "umivar/strelka2_vep_csq_dilution.hgmd_ngsd_removed.vcf"
    calls, _ = read(folder / name, RECORDS[name][0])
    _, body = lines_of(folder / name)
    info = [dict(e.partition("=")[::2] for e in cells[7].split(";")) for cells in body]
    assert calls["consequence"].notna().all()
    for gene, cells in zip(calls["gene"], info, strict=True):
        symbols = {entry.split("|")[3] for entry in cells["CSQ"].split(",")}
        assert (gene or "") in symbols
    expected = [number(cells.get("gnomADg_AF")) for cells in info]
    known = calls["population_af"].notna().sum()
    assert known >= pd.Series(expected).notna().sum() > 100


def test_every_file_is_read_or_refused_with_a_reason(folder):
    paths = sorted(path for path in folder.glob("*/*.vcf*"))
    assert len(paths) >= 16
    for path in paths:
        calls, findings = read(path)
        errors = [found.message for found in findings if found.severity == "error"]
        assert len(calls) or findings
        assert not (len(calls) and errors)
        assert all(errors)


def test_a_header_without_the_info_column_is_refused(folder):
    calls, (found,) = read(folder / "umivar/CFDNA_01_monitoring.vcf")
    assert len(calls) == 0
    assert found.message.startswith("the file has no valid header")


def test_varscan_counts_beside_those_of_another_caller(folder):
    """The first record is VarScan's, with the ALT alone in AD; the second is not."""
    calls, _ = read(folder / "vatools/input.complex_indel.vcf.gz", "TUMOR")
    assert list(calls["alt_count"]) == [23, 39]
    assert list(calls["depth"]) == [82, 93]
    assert calls["caller_vaf"].iloc[0] == 0.2805


def test_a_count_for_one_of_two_alleles_is_nobodys(folder):
    calls, _ = read(folder / "vatools/input.multiallelic.vcf.gz")
    assert list(calls["alt"]) == ["T", "A"]
    assert list(calls["gene"]) == ["TP53", "TP53"]
    assert calls["alt_count"].isna().all()
    assert list(calls["depth"]) == [95, 95]
