"""Files of real callers, against an independent read by `bcftools query`."""

import re
from collections import Counter
from math import nan

import pandas as pd
import pysam
import pysam.bcftools
import pytest
from reading import as_sample, read_all
from reading import read_calls as read

# sample, records and calls of every file; None for a file that is refused
FILES = {
    "cyvcf2/test-no-genotypes.vcf": ("sampleb", 1, 1),
    "cyvcf2/test.snpeff.vcf": ("1094PC0012", 10, 10),
    "somaticseq/paired.LoFreq.indel.vcf.gz": (None, 0, 0),
    "somaticseq/paired.LoFreq.snv.vcf.gz": (None, 67, 67),
    "somaticseq/paired.MuTect2.vcf.gz": ("TUMOR", 120, 121),
    "somaticseq/tumoronly.MuTect2.vcf.gz": (None, 124, 125),
    "somaticseq/tumoronly.Strelka.vcf.gz": (None, 125, 125),
    "somaticseq/tumoronly.VarDict.vcf.gz": (None, 127, 127),
    "umivar/CFDNA_01_monitoring.vcf": None,
    "umivar/CFDNA_02_monitoring.vcf": (None, 6, 6),
    # 22 records of this panel have N as REF and ALT: places to tell samples apart
    "umivar/cfdna_panel.vcf": (None, 30, 8),
    "umivar/strelka2_vep_csq_dilution.hgmd_ngsd_removed.vcf": (
        "NA12877N1287820_02",
        129,
        129,
    ),
    "vatools/duplicate_entries.vcf": (None, 2, 2),
    "vatools/input.complex_indel.vcf.gz": ("TUMOR", 2, 2),
    "vatools/input.multiallelic.vcf.gz": (None, 1, 2),
    "vatools/input.no_gt_in_format.vcf": (None, 1, 1),
    "vatools/multiple_samples.vcf": ("H_NJ-HCC1395-HCC1396", 1, 2),
}
READ = [name for name, held in FILES.items() if held]
TAGS = ("AD", "RD", "DP", "AU", "CU", "GU", "TU", "TAR", "TIR", "GT", "FT")


@pytest.fixture(scope="module")
def folder(real_data):
    return real_data / "vcf"


def query(path, calls_sample):
    """The records of a file by bcftools: fixed columns, DP4, DP, and FORMAT fields."""
    header = pysam.bcftools.view("-h", "--no-version", str(path))
    declared = set(re.findall(r"^##(INFO|FORMAT)=<ID=(\w+)", header, re.MULTILINE))
    site = [tag for tag in ("DP4", "DP") if ("INFO", tag) in declared]
    sample = [tag for tag in TAGS if ("FORMAT", tag) in declared]
    names = header.splitlines()[-1].split("\t")[9:]
    text = r"%CHROM\t%POS\t%REF\t%ALT\t%FILTER"
    text += "".join(rf"\t%INFO/{tag}" for tag in site)
    text += "[" + "".join(rf"\t%{tag}" for tag in sample) + "]" if names else ""
    chosen = ("-s", calls_sample or names[0]) if names else ()
    table = pysam.bcftools.query(*chosen, "-f", text + r"\n", str(path))
    columns = ["chrom", "pos", "ref", "alt", "filter"]
    columns += [f"INFO/{tag}" for tag in site] + (sample if names else [])
    rows = [line.split("\t") for line in table.splitlines()]
    return [dict(zip(columns, row, strict=True)) for row in rows], bool(names)


def numbers(text):
    cells = (text or ".").split(",")
    return [nan if cell == "." else float(cell) for cell in cells]


def expected_counts(record, alt, nth, has_samples):
    """Count and depth of one ALT by the letter of the contract, in plain Python."""
    n_alts = len(record["alt"].split(","))
    if not has_samples:
        strands = numbers(record.get("INFO/DP4"))
        count = strands[2] + strands[3] if len(strands) == 4 else nan
        depth = numbers(record.get("INFO/DP"))[0]
        return count, sum(strands) if pd.isna(depth) else depth
    counts, reads = numbers(record.get("AD")), numbers(record.get("RD"))
    if len(record["ref"]) == len(alt) == 1 and record.get("AU", ".") != ".":
        bases = [record["ref"], *record["alt"].split(",")]
        tiers = [numbers(record[f"{base}U"])[0] for base in bases]
        count, total = tiers[nth + 1], sum(tiers)
    elif record.get("TIR", ".") != ".":
        count, reference = numbers(record["TIR"])[0], numbers(record["TAR"])[0]
        total = count + reference
    elif len(counts) == n_alts + 1:
        count, total = counts[nth + 1], sum(counts)
    elif len(counts) == n_alts and not pd.isna(reads[0]) and len(reads) == 1:
        count, total = counts[nth], sum(counts) + reads[0]
    else:
        count, total = nan, nan
    depth = numbers(record.get("DP"))[0]
    return count, total if pd.isna(depth) else depth


def trimmed(pos, ref, alt):
    """The shortest alleles, by regular expression."""
    if ref == alt:
        return pos, ref, alt
    *_, ref, alt = re.fullmatch(r"(\w+?)(\w*) (\w+?)\2", f"{ref} {alt}").group(0, 1, 3)
    start, ref, alt = re.fullmatch(r"(\w*)(\w+) \1(\w+)", f"{ref} {alt}").groups()
    return pos + len(start), ref, alt


def expected_rows(path, calls_sample):
    """The calls of a file, from what bcftools reads."""
    records, has_samples = query(path, calls_sample)
    for record in records:
        chrom = record["chrom"].removeprefix("chr")
        kept = None if record["filter"] == "." else record["filter"]
        # nobody's draw fails in these files
        assert record.get("FT", ".") in (".", "PASS")
        kept = kept or ("PASS" if record.get("FT", ".") != "." else None)
        for nth, alt in enumerate(alts_of(record)):
            form = trimmed(int(record["pos"]), record["ref"], alt)
            count, depth = expected_counts(record, alt, nth, has_samples)
            # called without a molecule: one of both is wrong
            is_called = str(nth + 1) in re.split("[/|]", record.get("GT", "."))
            count = nan if count == 0 and is_called else count
            yield (f"chr{chrom}", *form, kept, count, depth)


def alts_of(record):
    """The ALT alleles that are a sequence; N alone is none."""
    return [alt for alt in record["alt"].split(",") if alt != "N"]


def test_no_file_is_left_out(folder):
    held = {str(path.relative_to(folder)) for path in folder.glob("*/*.vcf*")}
    assert held == set(FILES)


@pytest.mark.parametrize("name", READ)
def test_records_and_alleles_are_those_of_the_file(folder, name):
    calls_sample, n_records, n_calls = FILES[name]
    records, _ = query(folder / name, calls_sample)
    sample = as_sample(folder / name, calls_sample)
    calls, files, findings = read_all([sample])
    assert len(records) == n_records == files["n_records"].iloc[0]
    assert len(calls) == n_calls == files["n_calls"].iloc[0]
    assert n_calls == sum(len(alts_of(record)) for record in records)
    assert "error" not in {found.severity for found in findings}


@pytest.mark.parametrize("name", READ)
def test_counts_are_those_of_the_file(folder, name):
    calls_sample, *_ = FILES[name]
    columns = ["chrom", "pos", "ref", "alt", "filter", "alt_count", "depth"]
    calls, _ = read(folder / name, calls_sample)
    rows = expected_rows(folder / name, calls_sample)
    expected = pd.DataFrame(rows, columns=columns).astype(dict(calls[columns].dtypes))
    expected["filter"] = expected["filter"].where(expected["filter"].notna(), None)
    pd.testing.assert_frame_equal(calls[columns], expected)


def test_the_same_file_as_bcf_gives_the_same_calls(folder, tmp_path):
    name = "somaticseq/paired.MuTect2.vcf.gz"
    path = tmp_path / "calls.bcf"
    pysam.bcftools.view("-Ob", "-o", str(path), str(folder / name), catch_stdout=False)
    expected, _ = read(folder / name, "TUMOR")
    calls, _ = read(path, "TUMOR")
    pd.testing.assert_frame_equal(calls, expected)


def test_counts_of_strelka_are_found_in_every_record(folder):
    name = "umivar/strelka2_vep_csq_dilution.hgmd_ngsd_removed.vcf"
    calls, findings = read(folder / name, FILES[name][0])
    assert calls["alt_count"].notna().all()
    assert findings == []
    assert Counter(calls["vaf"] > 0) == {True: 129}


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
    calls, _ = read(folder / name, FILES[name][0])
    text = pysam.bcftools.query(
        "-f", r"%CSQ\t%gnomADg_AF\n", str(folder / name)
    ).splitlines()
    assert calls["consequence"].notna().all()
    for gene, line in zip(calls["gene"], text, strict=True):
        entries = line.split("\t")[0].split(",")
        assert (gene or "") in {entry.split("|")[3] for entry in entries}
    expected = pd.Series([numbers(line.split("\t")[1])[0] for line in text])
    known = calls["population_af"].notna().sum()
    assert known >= expected.notna().sum() > 100


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
