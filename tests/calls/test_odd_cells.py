"""Cells that no caller means, and headers that no library reads: one file each."""

import gzip
import subprocess
import sys

import pytest
from reading import FOLDER, read_calls

from her2ctdna.calls.annotation_fields import unread_gene_fields
from her2ctdna.calls.vcf_header import HeaderError, parse_header

NOT_READ = "not read; correct the record, or call again"


def places(name, calls_sample=None):
    calls, _ = read_calls(name, calls_sample)
    return list(zip(calls["pos"], calls["alt_count"], calls["depth"], strict=True))


def messages(name, calls_sample=None):
    _, findings = read_calls(name, calls_sample)
    return [(found.severity, found.message) for found in findings]


def test_odd_cells_are_warned_of_and_not_read():
    calls, findings = read_calls("odd_cells")
    assert calls[["chrom", "pos"]].to_numpy().tolist() == [
        ["chr1", 100],
        ["chr2", 2000],
    ]
    said = {found.message for found in findings}
    assert {found.severity for found in findings} == {"warning"}
    assert said == {
        f"1 variants have a REF that is no sequence, first chr1:600: {NOT_READ}",
        f"1 variants have an ALT of N alone, first chr1:300: {NOT_READ}",
        f"1 variants have an ALT that is their REF, first chr1:400: {NOT_READ}",
        f"1 variants have an empty ALT, first chr1:200: {NOT_READ}",
        f"1 variants have an empty REF, first chr1:500: {NOT_READ}",
        "2 variants have a POS below 1 or past the end of their contig, first "
        f"chr1:0: {NOT_READ}",
    }


def test_counts_that_are_no_whole_numbers_are_not_measured():
    calls, findings = read_calls("fractional_counts")
    assert calls["alt_count"].isna().tolist() == [True, False]
    assert findings[0].message == (
        "1 variants have counts that are no whole numbers, first chr1:100: not measured"
    )


def test_a_field_that_is_named_twice_counts_nothing():
    calls, findings = read_calls("field_named_twice")
    assert calls["alt_count"].isna().tolist() == [True, False]
    assert findings[0].message == (
        "1 variants stand in a record that names a FORMAT field twice, first chr1:100: "
        "not measured"
    )
    calls, _ = read_calls("info_twice")
    assert calls["alt_count"].isna().tolist() == [True]


@pytest.mark.parametrize("name", ["numbers_of_vcf45", "byte_order_mark"])
def test_headers_of_any_age_are_read(name):
    assert places(name) == [(100, 10, 100)]
    assert messages(name) == []


def test_latin1_is_read_in_any_line_and_in_the_name_of_a_sample():
    assert places("latin1_header", "Pröbe") == [(100, 10, 100)]
    assert messages("latin1_header", "P") == [
        ("error", "the VCF has no such sample; it holds: Pröbe")
    ]


def test_chromosomes_by_number_are_x_y_and_m():
    calls, _ = read_calls("chromosome_numbers")
    assert calls["chrom"].tolist() == ["chr22", "chrX", "chrY", "chrM"]


def test_genes_in_other_fields_are_told():
    ((severity, message),) = messages("gene_without_annotator")
    assert severity == "note"
    assert message.startswith("INFO/GENE, INFO/Gene.refGene may name the genes")


def test_nothing_is_said_of_genes_where_an_annotation_is_read():
    text = (FOLDER / "vep.vcf").read_bytes()
    extra = b'##INFO=<ID=GENE,Number=1,Type=String,Description="x">\n#CHROM'
    header = text[: text.index(b"\n", text.index(b"#CHROM")) + 1]
    assert unread_gene_fields(parse_header(header.replace(b"#CHROM", extra))) == ""


def test_a_header_keeps_the_first_of_two_declarations():
    lines = [
        b"##fileformat=VCFv4.2",
        b'##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a, \\"b\\" > c">',
        b"##FORMAT=<ID=AD,Number=A,Type=Float,Description=x>",
        b"##contig=<ID=chr1,length=9,assembly=hg38>",
        b"##contig=<ID=chr2,length=nine>",
        b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\r",
    ]
    header = parse_header(b"\n".join(lines) + b"\n")
    assert header.formats["AD"] == ("R", "Integer", 'a, \\"b\\" > c')
    assert header.contigs == {"chr1": 9, "chr2": None}
    assert (header.samples, header.n_columns) == (("S",), 10)


@pytest.mark.parametrize(
    "last", [b"#CHROM\tPOS", b"#CHROM\tPOS\tREF\tID\tALT\tQUAL\tFILTER\tINFO", b"##x=y"]
)
def test_a_header_without_its_columns_is_none(last):
    with pytest.raises(HeaderError):
        parse_header(b"##fileformat=VCFv4.2\n" + last + b"\n")


def test_a_missing_count_before_one_that_is_no_number_is_told(tmp_path):
    path = tmp_path / "text.vcf"
    head = (FOLDER / "plain.vcf").read_text().split("chr1\t")[0]
    rows = ["GT\t0/1", "GT:AD:DP\t0/1:90,10:ten"]
    lines = (f"chr1\t{n}\t.\tA\tT\t.\t.\t.\t{row}\n" for n, row in enumerate(rows, 1))
    path.write_text(head + "".join(lines))
    ((severity, message),) = messages(path)
    assert severity == "error"
    assert message.startswith("the file is truncated or damaged after chr1:1:")


def test_an_integer_has_no_exponent(tmp_path):
    path = tmp_path / "exponent.vcf"
    text = (FOLDER / "plain.vcf").read_text()
    path.write_text(text.replace("990,10:1000", "990,10:1e3"))
    assert messages(path)[0][0] == "error"


def test_records_without_any_alt_need_no_annotation(tmp_path):
    path = tmp_path / "no_alt.vcf"
    text = (FOLDER / "snpeff.vcf").read_text()
    head, last = text[: text.rindex("#CHROM")], text[text.rindex("#CHROM") :]
    names, record, *_ = last.splitlines(keepends=True)
    cells = record.split("\t")
    path.write_text(head + names + "\t".join([*cells[:4], ".", *cells[5:]]))
    assert messages(path) == [
        ("note", "not read as variants: 1 records without alternative allele")
    ]


# Ends of files


def test_a_whole_compressed_file_needs_no_final_newline(tmp_path):
    text = (FOLDER / "plain.vcf").read_bytes().removesuffix(b"\n")
    path = tmp_path / "plain.vcf.gz"
    path.write_bytes(gzip.compress(text))
    assert places(path) == places("plain")
    assert messages(path) == [
        (
            "warning",
            "the last line, at chr17:400, has no newline, but the file is whole by its "
            "own trailer: is the record complete?",
        )
    ]


# Memory

_LIMIT = 700 * 2**20
_READ = """
import re, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from reading import read_calls
calls, findings = read_calls(Path({path!r}))
print(len(calls), findings[0].message)
# not ru_maxrss, which a process takes over from the one that started it
print(re.search("VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\t" * 10**8, "a line is longer than 16 MB"),
        (
            b"chr1\t1\t.\tA\t" + b"T," * 10**6 + b"T\t.\t.\t.\tGT\t0/1\n",
            "over 1000 ALT",
        ),
        (b"#" * 10**8, "a line is longer than 16 MB"),
    ],
    ids=["tabs", "alts", "header"],
)
def test_no_line_takes_more_than_a_bound_of_memory(tmp_path, line, message):
    path = tmp_path / "packed.vcf.gz"
    head = (FOLDER / "plain.vcf").read_bytes().split(b"chr1\t")[0]
    path.write_bytes(gzip.compress(head + line, 1))
    code = _READ.format(tests=str(FOLDER.parent), path=str(path))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    said, kilobytes = done.stdout.splitlines()
    assert said.startswith("0 ")
    assert message in said
    assert int(kilobytes) * 1024 < _LIMIT


def test_a_ticket_that_names_an_address_is_no_file_of_calls(tmp_path):
    path = tmp_path / "a.vcf.gz"
    path.write_text('{"htsget": {"urls": [{"url": "http://localhost:9/"}]}}')
    ((severity, message),) = messages(path)
    assert (severity, message.partition(":")[0]) == (
        *("error", "the file is neither VCF nor BCF"),
    )
