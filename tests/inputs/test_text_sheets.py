"""Sheets of text: encodings, what divides the cells, and files of other forms."""

import gzip

import pytest

from her2ctdna.inputs.grids import UnreadableSheetError
from her2ctdna.inputs.text_sheets import count_text_lines, read_text_sheet

CHINESE = "patient_id,病理\nP1,阴性\n"


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a file and reads it as a sheet of text."""

    def write_and_read(content, name="patients.csv", encoding=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_text_sheet(path, encoding=encoding)

    return write_and_read


@pytest.mark.parametrize(
    ("header", "name", "cells"),
    [
        ("a;b;c", "x.csv", ["a", "b", "c"]),
        ("a;b;c", "x.tsv", ["a", "b", "c"]),
        ("a,b", "x.tsv", ["a", "b"]),
        ("a\tb", "x.csv", ["a", "b"]),
        ("a\tb", "x.txt", ["a", "b"]),
        ("a,b", "x.txt", ["a", "b"]),
        ('a;"b, or c"', "x.csv", ["a", "b, or c"]),
        # open: the ending decides, else what divides more
        ("a, or b\tc", "x.tsv", ["a, or b", "c"]),
        ("a;b,c", "x.csv", ["a;b", "c"]),
        ("a;b;c, or d", "x.tsv", ["a", "b", "c, or d"]),
        ("a", "x.csv", ["a"]),
        ("sep=;\na, b;c", "x.csv", ["a, b", "c"]),
    ],
)
def test_header_tells_what_divides_the_cells(read, header, name, cells):
    rows, warnings = read(header + "\n", name)
    assert [found for _, found in rows] == [cells]
    assert warnings == []


def test_lines_above_the_header_that_start_with_a_hash_are_passed_over(read):
    text = '#exported, 2024\n\n# by "hand"\r\na,b\n1,2\n#3,4\n'
    assert read(text)[0] == [(4, ["a", "b"]), (5, ["1", "2"]), (6, ["#3", "4"])]


def test_line_ends_of_every_system_are_one(read):
    rows = [(1, ["a", "b"]), (2, ["x\ny", "1"]), (4, ["z", "2"])]
    for end in ("\n", "\r\n", "\r"):
        assert read(f'a,b{end}"x{end}y",1{end}z,2{end}')[0] == rows


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_tells_the_encoding_whatever_the_setting(read, codec):
    for encoding in (None, "gb18030"):
        rows, warnings = read(CHINESE.encode(codec), encoding=encoding)
        assert rows == [(1, ["patient_id", "病理"]), (2, ["P1", "阴性"])]
        assert warnings == []


def test_both_orders_of_utf16_are_read_by_their_mark(read):
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert read(mark + CHINESE.encode(codec))[0][1] == (2, ["P1", "阴性"])


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "gbk"])
def test_encoding_is_the_one_of_the_setting(read, codec):
    assert read(CHINESE.encode(codec), encoding=codec)[0][1] == (2, ["P1", "阴性"])


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        (CHINESE.encode("gb18030"), None, "is not UTF-8 (byte 11 is 0xB2)"),
        (b"a,b\n1,\x81\n", "windows-1252", "is not windows-1252 (byte 6 is 0x81)"),
        (CHINESE.encode(), "klingon", "names no encoding of text: klingon"),
        (CHINESE.encode(), "base64", "names no encoding of text: base64"),
        ("a,b\n".encode("utf-16-le"), None, "set study.encoding: utf-16"),
    ],
)
def test_bytes_that_cannot_be_read_are_an_error(read, content, encoding, said):
    with pytest.raises(UnreadableSheetError) as error:
        read(content, encoding=encoding)
    assert said in str(error.value)
    assert "study.encoding" in str(error.value)


def test_utf8_that_is_read_in_another_encoding_is_warned_of(read):
    _, (warning,) = read("a\n你好\n", encoding="gb18030")
    assert "though it is UTF-8 too" in warning
    assert read("a\nb\n", encoding="gb18030")[1] == []
    assert read("a\n你好\n", encoding="utf-8")[1] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00", "name it .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "name it .xls"),
        (gzip.compress(b"a,b\n", mtime=0), "unpack it"),
        (b"PAR1\x15\x04", "name it .parquet"),
        (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000", "name it .xpt"),
        (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14", "name it .sas7bdat"),
        (b"%PDF-1.7", "save its table as .csv"),
    ],
)
def test_other_form_under_the_ending_of_text_is_named(read, tmp_path, content, said):
    with pytest.raises(UnreadableSheetError, match=said):
        read(content)
    assert count_text_lines(tmp_path / "patients.csv", 2, encoding=None) == 0


@pytest.mark.parametrize(
    ("content", "encoding", "count"),
    [
        ("病\n", "gb18030", 1),
        ("病\n死\n", "utf-16", 2),
        ("sep=;\na;b\n", "utf-8", 1),
    ],
)
def test_lines_are_counted_in_the_encoding(tmp_path, content, encoding, count):
    path = tmp_path / "ada.csv"
    path.write_bytes(content.encode(encoding))
    assert count_text_lines(path, 9, encoding=encoding) == count


def test_lines_in_an_unknown_encoding_are_not_counted(tmp_path):
    path = tmp_path / "ada.csv"
    path.write_text("a\n")
    assert count_text_lines(path, 9, encoding="klingon") == 0
