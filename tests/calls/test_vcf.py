import gzip

import pandas as pd
import pysam
import pytest
from reading import FOLDER, as_sample, read_batch
from reading import read_calls as read

from her2ctdna.calls.all_calls import CALL_COLUMNS
from her2ctdna.findings import Finding


@pytest.fixture(autouse=True)
def _nothing_is_printed(capfd):
    yield
    assert capfd.readouterr() == ("", "")


def values(calls, *columns):
    cells = calls[list(columns)].astype(object)
    return list(cells.where(cells.notna(), None).itertuples(index=False, name=None))


def counts(name, calls_sample=None):
    """Position, ALT, counts and VAF of the calls of a file."""
    calls, _ = read(name, calls_sample)
    return values(calls, "pos", "alt", "alt_count", "depth", "vaf")


def messages(name, calls_sample=None):
    _, findings = read(name, calls_sample)
    return [(found.severity, found.message) for found in findings]


def error_of(path, calls_sample=None):
    """The message of the only finding, an error, of a file without rows."""
    calls, (found,) = read(path, calls_sample)
    assert len(calls) == 0
    assert list(calls.columns) == CALL_COLUMNS
    assert found.severity == "error"
    return found.message


def compressed(name, folder):
    path = folder / f"{name}.vcf.gz"
    pysam.tabix_compress(str(FOLDER / f"{name}.vcf"), str(path))
    return path


def as_bcf(name, folder):
    path = folder / f"{name}.bcf"
    verbosity = pysam.set_verbosity(0)
    with (
        pysam.VariantFile(str(FOLDER / f"{name}.vcf")) as source,
        pysam.VariantFile(str(path), "wb", header=source.header) as target,
    ):
        for record in source:
            target.write(record)
    pysam.set_verbosity(verbosity)
    return path


def numbered(number, path, calls_sample=None):
    ids = {"sample_id": f"S{number}", "patient_id": f"P{number}", "row": number + 1}
    return as_sample(path, calls_sample, **ids)


def test_every_record_is_a_row_with_counts_and_filter():
    calls, findings = read("plain")
    assert findings == []
    assert list(calls.columns) == CALL_COLUMNS
    assert values(
        calls, "chrom", "pos", "ref", "alt", "filter", "alt_count", "depth", "vaf"
    ) == [
        ("chr1", 100, "A", "T", "PASS", 10, 1000, 0.01),
        ("chr1", 200, "C", "G", "weak;strand", 4, 1000, 0.004),
        ("chr1", 300, "G", "GA", None, 0, 2000, 0.0),
        ("chr17", 400, "CTT", "C", "PASS", 50, 50, 1.0),
    ]
    assert set(values(calls, "sample_id", "patient_id", "caller")) == {
        ("P1-C1D1", "P1", "unknown")
    }
    assert list(calls["caller_vaf"]) == [0.01, 0.004, 0, 1]
    assert calls["population_af"].isna().all()


@pytest.mark.parametrize("write", [compressed, as_bcf])
def test_compressed_files_give_the_same_calls(write, tmp_path):
    expected, _ = read("plain")
    calls, findings = read(write("plain", tmp_path))
    assert findings == []
    pd.testing.assert_frame_equal(calls, expected)


def test_plain_gzip_gives_the_same_calls(tmp_path):
    path = tmp_path / "plain.vcf.gz"
    path.write_bytes(gzip.compress((FOLDER / "plain.vcf").read_bytes()))
    calls, findings = read(path)
    assert findings == []
    pd.testing.assert_frame_equal(calls, read("plain")[0])


def test_windows_line_ends_give_the_same_calls(tmp_path):
    path = tmp_path / "plain.vcf"
    path.write_bytes((FOLDER / "plain.vcf").read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(read(path)[0], read("plain")[0])


def test_a_file_without_records_gives_an_empty_table_of_the_same_types():
    calls, findings = read("no_records")
    assert len(calls) == 0
    assert dict(calls.dtypes) == dict(read("plain")[0].dtypes)
    assert [(found.severity, found.message) for found in findings] == [
        ("note", "the file holds no records: nothing is measured")
    ]


def test_a_finding_names_the_cell_of_the_sheet():
    _, findings = read("negative_count")
    assert findings == [
        Finding(
            "warning",
            "samples",
            7,
            "calls",
            "P1",
            "calls/negative_count.vcf",
            "1 of 1 variants have no counts "
            "(looked for AD or AD with RD or AO with RO): not measured; "
            "as the calls of a tissue row they are a list of sites",
        )
    ]


def test_a_header_without_contigs_or_with_undeclared_fields_is_read():
    assert counts("no_contig_lines") == [(100, "T", 1, 10, 0.1)]
    assert counts("undeclared_fields") == [(100, "T", 1, 10, 0.1)]


# Samples


def test_a_named_sample_is_taken():
    assert counts("two_samples", "NORMAL") == [(100, "T", 1, 100, 0.01)]
    assert counts("two_samples", "TUMOR") == [(100, "T", 20, 100, 0.2)]
    assert counts("plain", "S1") == counts("plain")


def test_several_samples_need_a_name():
    calls, (found,) = read("two_samples")
    assert len(calls) == 0
    assert found.severity == "error"
    assert found.column == "calls_sample"
    assert found.value == ""
    assert found.message.endswith("holds 2 samples, name one of: NORMAL, TUMOR")


@pytest.mark.parametrize(
    ("name", "held"), [("plain", "S1"), ("no_sample_column", "no sample columns")]
)
def test_an_unknown_sample_is_an_error_that_names_those_there(name, held):
    calls, (found,) = read(name, "S2")
    assert len(calls) == 0
    assert (found.severity, found.column, found.value) == (
        "error",
        "calls_sample",
        "S2",
    )
    assert found.message.endswith(f"it holds: {held}")


# Counts


def test_each_allele_of_a_multiallelic_record_has_its_own_count():
    assert counts("multiallelic") == [
        (100, "T", 15, 100, 0.15),
        (100, "G", 5, 100, 0.05),
        (200, "CA", 0, 100, 0.0),
        (200, "CAA", 30, 100, 0.3),
    ]
    assert list(read("multiallelic")[0]["caller_vaf"]) == [0.15, 0.05, 0, 0.3]


def test_a_missing_count_is_not_zero():
    assert counts("missing_counts") == [
        (100, "T", None, 1000, None),
        (200, "T", None, None, None),
        (300, "T", 7, 1000, 0.007),
        (400, "T", 0, 500, 0.0),
        (500, "T", None, None, None),
        (600, "T", 7, None, None),
    ]
    assert messages("missing_counts") == [
        (
            "warning",
            "4 of 6 variants have no counts "
            "(looked for AD or AD with RD or AO with RO): not measured",
        )
    ]


def test_no_reads_give_no_fraction():
    assert counts("depth_zero") == [(100, "T", 0, 0, None)]
    assert messages("depth_zero") == []


def test_a_negative_count_is_missing():
    assert counts("negative_count") == [(100, "T", None, 10, None)]


def test_more_reads_than_depth_are_kept_and_reported():
    assert counts("reads_beyond_depth")[1] == (200, "T", 12, 10, 1.2)
    assert messages("reads_beyond_depth") == [
        (
            "warning",
            "1 of 2 variants have more alternative reads than depth (DP), "
            "first chr1:200 A>T: VAF above 1",
        )
    ]


def test_counts_that_do_not_fit_the_alleles_are_not_guessed():
    assert counts("too_few_counts") == [
        (100, "T", None, 100, None),
        (100, "G", None, 100, None),
    ]


def test_counts_of_any_number_are_read_where_they_fit_the_alleles():
    assert counts("counts_without_number") == [
        (100, "T", 15, 100, 0.15),
        (100, "G", 5, 100, 0.05),
        (200, "T", None, 100, None),
    ]
    assert counts("counts_as_text") == [(100, "T", 10, 100, 0.1)]


def test_counts_of_the_alt_alleles_alone_need_a_depth():
    assert counts("counts_of_alt_alleles") == [
        (100, "T", 15, 100, 0.15),
        (100, "G", 5, 100, 0.05),
        (200, "T", 15, None, None),
    ]


def test_varscan_counts_the_reference_apart():
    assert counts("varscan") == [
        (100, "T", 123, 1000, 0.123),
        (200, "T", 20, 80, 0.25),
    ]
    assert list(read("varscan")[0]["caller_vaf"]) == [0.123, 0.25]


def test_vardict_strands_are_no_reference_count():
    assert counts("vardict") == [(100, "T", 20, 100, 0.2)]


def test_a_file_without_sample_column_is_counted_by_strand():
    assert counts("no_sample_column") == [
        (100, "T", 11, 44, 0.25),
        (200, "G", 10, 100, 0.1),
        (300, "G", None, 50, None),
        (300, "T", None, 50, None),
        (400, "T", None, 50, None),
    ]
    calls, (found,) = read("no_sample_column")
    assert values(calls, "caller_vaf") == [(0.25,), (0.1,), (None,), (None,), (0.5,)]
    assert found.message.startswith("3 of 5 variants have no counts")


@pytest.mark.parametrize(
    ("name", "caller"),
    [
        ("plain", "unknown"),
        ("no_sample_column", "LoFreq"),
        ("popaf_log10", "Mutect2"),
        ("pop_af_plain", "Mutect2"),
        ("varscan", "VarScan2"),
        ("vardict", "VarDict"),
        ("strelka_somatic", "Strelka2"),
    ],
)
def test_the_caller_is_the_one_that_the_header_names(name, caller):
    assert set(read(name)[0]["caller"]) == {caller}


# What is no variant


def test_alleles_that_are_no_sequence_are_counted_in_a_note():
    assert counts("symbolic_alleles") == [(100, "T", 15, 100, 0.15)]
    assert messages("symbolic_alleles") == [
        (
            "note",
            "not read as variants: 1 alleles with other letters than ACGTN, "
            "2 breakends, 1 spanning deletions (*), "
            "1 symbolic alleles (such as <DEL>)",
        )
    ]


def test_reference_blocks_are_counted_in_a_note():
    assert counts("gvcf") == [(200, "T", 90, 1000, 0.09)]
    assert messages("gvcf") == [
        (
            "note",
            "not read as variants: 1 records without alternative allele, "
            "3 reference blocks (<NON_REF>)",
        )
    ]


def test_a_repeated_variant_is_kept_once():
    assert counts("repeated_variant") == [
        (100, "T", 10, 100, 0.1),
        (100, "G", 10, 100, 0.1),
    ]
    assert messages("repeated_variant") == [
        ("warning", "1 of 3 variants repeat another one: the first is kept")
    ]


def test_a_variant_with_two_counts_is_not_measured():
    calls, (found, uncounted) = read("contradictory_variant")
    assert uncounted.message.startswith("1 of 1 variants have no counts")
    assert calls[["alt_count", "depth", "vaf"]].isna().to_numpy().all()
    assert len(calls) == 1
    assert (found.severity, found.message) == (
        "warning",
        "chr1:100 A>T is there more than once with different counts or FILTER: "
        "it is not measured; keep one of them",
    )


def test_of_a_record_that_passes_and_one_that_fails_the_first_counts(tmp_path):
    text = (FOLDER / "contradictory_variant.vcf").read_text()
    path = tmp_path / "failed.vcf"
    path.write_text(text.replace("PASS", "weak", 1))
    calls, (found,) = read(path)
    assert calls[["alt_count", "depth"]].to_numpy().tolist() == [[20, 110]]
    assert found.message == (
        "chr1:100 A>T is there more than once, and one record passes its filter: "
        "that is kept"
    )


@pytest.mark.parametrize("word", ["weak", "."])
@pytest.mark.parametrize("second", ["40", "."])
def test_molecules_are_not_hidden_by_a_record_at_0_that_passes(word, second, tmp_path):
    text = (FOLDER / "contradictory_variant.vcf").read_text()
    header = text[: text.index("chr1\t100")]
    place = "chr1\t100\t.\tA\tT\t."
    path = tmp_path / "forced.vcf"
    path.write_text(
        f"{header}{place}\tPASS\t.\tGT:AD:DP:AF\t0/0:3000,0:3000:0\n"
        f"{place}\t{word}\t.\tGT:AD:DP:AF\t0/1:2960,{second}:3000:0.013\n"
    )
    calls, _ = read(path)
    numbers = ["alt_count", "depth", "vaf", "caller_vaf"]
    assert calls[numbers].isna().to_numpy().tolist() == [[True] * 4]


# Files that cannot be read


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_chrom_line", "the file has no valid header"),
        ("no_info_column", "the file has no valid header"),
        ("same_sample_twice", "the file has no valid header"),
        ("not_a_vcf", "the file is neither VCF nor BCF"),
        ("short_record", "the file is truncated or damaged after chr1:100"),
        ("blank_line", "the file is truncated or damaged after chr1:100"),
        ("letters_in_count", "the file is truncated or damaged after the header"),
        ("no_sample_cell", "the record at chr1:200 lacks columns"),
        ("nowhere", "cannot open the file (No such file or directory)"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_without_rows(name, message):
    assert error_of(name).startswith(message)


def test_an_empty_file_and_a_folder_are_errors(tmp_path):
    empty = tmp_path / "empty.vcf"
    empty.touch()
    assert error_of(empty).startswith("the file is empty")
    assert error_of(tmp_path).startswith("cannot open the file (Is a directory)")


def cut_anywhere(whole, folder):
    """Read a file cut at each byte; return the ends at which that is no error."""
    samples = []
    for end in range(len(whole)):
        path = folder / str(end)
        path.write_bytes(whole[:end])
        samples.append(numbered(end, path))
    calls, findings = read_batch(samples)
    refused = {found.row - 1 for found in findings if found.severity == "error"}
    assert refused.isdisjoint(calls["sample_id"].str[1:].astype(int))
    return sorted(set(range(len(whole))) - refused)


def test_a_plain_file_cut_anywhere_but_after_a_line_is_an_error(tmp_path):
    text = (FOLDER / "plain.vcf").read_bytes()
    body = text.index(b"\n", text.index(b"#CHROM"))
    ends = [at + 1 for at in range(body, len(text) - 1) if text[at] == ord("\n")]
    assert cut_anywhere(text, tmp_path) == ends


@pytest.mark.parametrize("write", [compressed, as_bcf])
def test_a_compressed_file_cut_anywhere_is_an_error(write, tmp_path):
    whole = write("plain", tmp_path).read_bytes()
    assert cut_anywhere(whole, tmp_path) == []


def test_a_plain_gzip_cut_anywhere_is_an_error(tmp_path):
    whole = gzip.compress((FOLDER / "plain.vcf").read_bytes())
    assert cut_anywhere(whole, tmp_path) == []


def test_a_damaged_block_is_an_error(tmp_path):
    path = compressed("plain", tmp_path)
    damaged = bytearray(path.read_bytes())
    damaged[60] ^= 255
    path.write_bytes(damaged)
    assert "damaged" in error_of(path) or "neither" in error_of(path)


def test_half_a_record_with_an_end_of_file_mark_is_an_error(tmp_path):
    cut = tmp_path / "cut.vcf"
    cut.write_bytes((FOLDER / "plain.vcf").read_bytes()[:-25])
    path = tmp_path / "cut.vcf.gz"
    pysam.tabix_compress(str(cut), str(path))
    assert error_of(path).startswith("the record at chr17:400 lacks columns")


def test_a_last_line_of_a_large_compressed_file_is_looked_at(tmp_path):
    header, record = (FOLDER / "plain.vcf").read_text().split("S1\n", maxsplit=1)
    text = f"{header}S1\n" + "".join(
        record.splitlines(keepends=True)[0].replace("100", str(pos), 1)
        for pos in range(1, 20_001)
    )
    for cut in (len(text), -1):
        plain = tmp_path / "large.vcf"
        plain.write_text(text[:cut])
        path = tmp_path / "large.vcf.gz"
        pysam.tabix_compress(str(plain), str(path), force=True)
        calls, findings = read(path)
        assert len(calls) == 20_000
        assert len(findings) == (0 if cut > 0 else 1)


def test_a_missing_newline_harms_no_file_without_counts(tmp_path):
    path = tmp_path / "sites.vcf"
    header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    path.write_text(f"{header}chr1\t100\t.\tA\tT\t.\tPASS\tAF=0.01")
    calls, findings = read(path)
    assert list(calls["pos"]) == [100]
    assert [found.severity for found in findings] == ["warning", "warning"]
    assert findings[0].message.startswith("the last line has no newline")


def test_a_missing_newline_may_cut_the_count_of_a_site(tmp_path):
    path = tmp_path / "sites.vcf"
    path.write_text((FOLDER / "no_sample_column.vcf").read_text()[:-1])
    assert error_of(path).startswith("the last line has no newline")


# Blocks


@pytest.fixture
def small_blocks(monkeypatch):
    """Read files in blocks of a line or two."""
    monkeypatch.setattr("her2ctdna.calls.variant_file.BLOCK_SIZE", 50)


@pytest.mark.parametrize(
    "name",
    ["plain", "multiallelic", "vep", "gvcf", "repeated_variant", "untrimmed_alleles"],
)
def test_blocks_give_the_calls_and_findings_of_the_whole(name, request):
    expected, told = read(name)
    request.getfixturevalue("small_blocks")
    calls, findings = read(name)
    pd.testing.assert_frame_equal(calls, expected)
    assert findings == told


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("short_record", "the file is truncated or damaged after chr1:100"),
        ("letters_in_count", "the file is truncated or damaged after the header"),
        ("no_sample_cell", "the record at chr1:200 lacks columns"),
        ("no_chrom_line", "the file has no valid header"),
    ],
)
def test_a_later_block_is_refused_as_the_first_is(name, message):
    assert error_of(name).startswith(message)


@pytest.mark.usefixtures("small_blocks")
def test_a_variant_that_comes_again_in_a_later_block_is_kept_once(tmp_path):
    header, records = (FOLDER / "plain.vcf").read_text().split("S1\n", maxsplit=1)
    path = tmp_path / "twice.vcf"
    path.write_text(f"{header}S1\n{records}{records}")
    calls, (found,) = read(path)
    pd.testing.assert_frame_equal(calls, read("plain")[0])
    assert found.message == "4 of 8 variants repeat another one: the first is kept"


def test_letters_that_are_no_utf8_are_replaced(tmp_path):
    path = tmp_path / "latin.vcf"
    text = (FOLDER / "snpeff.vcf").read_bytes()
    path.write_bytes(text.replace(b"|TP53|", b"|T\xfc53|"))
    calls, findings = read(path)
    assert findings == []
    assert set(calls["gene"]) == {"T\ufffd53"}


# Batches


def test_a_batch_keeps_the_order_of_samples_and_all_findings():
    calls, findings = read_batch(
        [
            numbered(2, "no_contig_lines"),
            numbered(1, "short_record"),
            numbered(3, "two_samples", "TUMOR"),
        ]
    )
    assert values(calls, "sample_id", "patient_id", "pos") == [
        ("S2", "P2", 100),
        ("S3", "P3", 100),
    ]
    assert list(calls.index) == [0, 1]
    assert [(found.row, found.patient_id) for found in findings] == [(2, "P1")]


def test_an_empty_batch_gives_an_empty_table():
    calls, findings = read_batch([])
    assert (len(calls), list(calls.columns), findings) == (0, CALL_COLUMNS, [])


def test_the_verbosity_of_htslib_is_left_as_it_was():
    before = pysam.get_verbosity()
    read("short_record")
    assert pysam.get_verbosity() == before
