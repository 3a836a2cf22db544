"""Lists of sites without counts: tables with chrom, pos, ref and alt."""

import pytest
from reading import as_sample, read_batch

from her2ctdna.calls.site_list import find_columns


def read_text(tmp_path, text, name="sites.tsv"):
    path = tmp_path / name
    path.write_bytes(text)
    return read_batch([as_sample(path)])


def places(calls):
    return list(
        calls[["chrom", "pos", "ref", "alt"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sites.tsv", b"chrom\tpos\tref\talt\nchr1\t10\tA\tG\nchr2\t20\tAT\tA\n"),
        ("sites.csv", b"CHROM,POS,REF,ALT\nchr1,10,A,G\nchr2,20,AT,A\n"),
        ("sites.csv", b'gene;"chrom";pos;ref;alt\nX;chr1;10;A;G\r\nY;chr2;20;AT;A'),
        (
            "sites.txt",
            b"\xef\xbb\xbf#chrom\tpos\tref\talt\n\nchr1\t10\tA\tG\nchr2\t20\tAT\tA\n",
        ),
    ],
)
def test_a_table_of_sites_is_read_without_counts(tmp_path, name, text):
    calls, findings = read_text(tmp_path, text, name)
    assert places(calls) == [("chr1", 10, "A", "G"), ("chr2", 20, "AT", "A")]
    assert calls[["alt_count", "depth"]].isna().all(axis=None)
    (found,) = [found for found in findings if "no counts" in found.message]
    assert "as the calls of a tissue row they are a list of sites" in found.message


def test_a_list_of_no_sites_has_no_rows(tmp_path):
    calls, findings = read_text(tmp_path, b"chrom\tpos\tref\talt\n")
    assert calls.empty
    assert "no records" in findings[0].message


@pytest.mark.parametrize(
    "row", [b"chr1\tten\tA\tG\n", b"chr1\t10\n", b"chr1\t10\t\tG\n"]
)
def test_a_row_that_is_no_site_is_pointed_out(tmp_path, row):
    _, findings = read_text(tmp_path, b"chrom\tpos\tref\talt\n" + row)
    assert any(found.severity in ("error", "warning") for found in findings)


def test_a_vcf_without_samples_is_a_list_too(tmp_path):
    text = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    text += b"chr1\t10\t.\tA\tG\t.\t.\t.\n"
    calls, _ = read_text(tmp_path, text, "sites.vcf")
    assert places(calls) == [("chr1", 10, "A", "G")]


@pytest.mark.parametrize("line", [b"", b"chrom\tpos\tref\n", b"a b c\n"])
def test_another_table_is_no_list_of_sites(line):
    assert find_columns(line) is None
