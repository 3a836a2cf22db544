"""Reading sheets: cells as text, lines of the file, and all that can be wrong."""

import pytest

from her2ctdna.inputs.sheet_maps import Written
from her2ctdna.inputs.sheets import (
    find_bare,
    list_absent,
    list_calls,
    list_coverage,
    names_in_sheet,
    read_sheet,
)


@pytest.fixture
def sheet(tmp_path):
    """Return a function that writes a sheet and reads it as table ``patients``."""

    def read(content, name="patients.tsv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_sheet(path, table="patients")

    return read


def brief(findings):
    return [(found.severity, found.row, found.column) for found in findings]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("patients.tsv", "patient_id\tnote\nP1\ta,b\n"),
        ("patients.csv", 'patient_id,note\nP1,"a,b"\n'),
        ("PATIENTS.TSV", "patient_id\tnote\nP1\ta,b\n"),
    ],
)
def test_cells_are_divided_as_the_ending_says(sheet, name, content):
    frame, findings = sheet(content, name)
    assert findings == []
    assert frame.to_dict("index") == {2: {"patient_id": "P1", "note": "a,b"}}


def test_other_ending_is_an_error(sheet):
    frame, (found,) = sheet("patient_id\nP1\n", "patients.docx")
    assert frame.empty
    assert found.severity == "error"
    assert "save it as one of .tsv, .csv, .txt, .xlsx" in found.message
    assert found.value.endswith("patients.docx")


def test_missing_file_is_an_error_of_the_file_as_a_whole(tmp_path):
    frame, (found,) = read_sheet(tmp_path / "absent.tsv", table="her2")
    assert frame.empty
    assert (found.severity, found.table, found.row) == ("error", "her2", None)
    assert "no such file" in found.message


def test_empty_file_is_an_error(sheet):
    frame, (found,) = sheet("\n\n")
    assert frame.empty
    assert found.message == "is empty; give at least a header"


def test_file_that_is_not_utf8_is_an_error(sheet):
    frame, (found,) = sheet("patient_id\tcity\nP1\tMünchen\n".encode("latin-1"))
    assert frame.empty
    assert found.message.startswith("is not UTF-8 (byte 20 is 0xFC); save it as UTF-8")
    assert "study.encoding" in found.message


def test_byte_order_mark_is_not_part_of_the_first_column(sheet):
    frame, findings = sheet(b"\xef\xbb\xbfpatient_id\nP1\n")
    assert findings == []
    assert list(frame.columns) == ["patient_id"]


def test_windows_line_ends_are_read(sheet):
    frame, findings = sheet("patient_id\tage\r\nP1\t50\r\nP2\t60\r\n")
    assert findings == []
    assert frame["age"].to_dict() == {2: "50", 3: "60"}


def test_rows_are_numbered_by_line_behind_a_quoted_line_break(sheet):
    frame, findings = sheet('patient_id\tnote\nP1\t"two\nlines"\nP2\tone\n')
    assert findings == []
    assert frame["note"].to_dict() == {2: "two\nlines", 4: "one"}


def test_blank_lines_are_passed_over_and_counted(sheet):
    frame, findings = sheet("\npatient_id\tage\n\nP1\t50\n\t\n \nP2\t60\n")
    assert findings == []
    assert frame["patient_id"].to_dict() == {4: "P1", 7: "P2"}


def test_only_an_empty_cell_is_missing(sheet):
    frame, _ = sheet("patient_id\ta\tb\tc\td\te\nP1\tNA\tnull\tnan\t\t  \n")
    assert frame.loc[2].to_list() == ["P1", "NA", "null", "nan", None, None]


def test_cells_and_names_lose_the_blanks_around_them(sheet):
    frame, _ = sheet(" patient_id ,\tnote\n P1 ,\t a b \n", "patients.csv")
    assert frame.to_dict("index") == {2: {"patient_id": "P1", "note": "a b"}}


def test_identifiers_stay_as_written(sheet):
    frame, _ = sheet("patient_id\n007\n1e5\n1.0\n")
    assert frame["patient_id"].to_list() == ["007", "1e5", "1.0"]


def test_header_alone_gives_a_table_of_no_rows(sheet):
    frame, findings = sheet("patient_id\tage\n")
    assert findings == []
    assert frame.shape == (0, 2)
    assert list(frame.columns) == ["patient_id", "age"]


def test_rows_of_the_wrong_length_are_errors(sheet):
    frame, findings = sheet("patient_id\tage\nP1\nP2\t50\t60\nP3\t70\n")
    assert brief(findings) == [("error", 2, ""), ("error", 3, "")]
    assert findings[0].message == "has 1 cells where the header has 2; mend the row"
    assert findings[1].message == "has 3 cells where the header has 2; mend the row"
    assert frame["age"].to_dict() == {2: None, 3: "50", 4: "70"}


def test_empty_cells_beyond_the_header_are_no_error(sheet):
    frame, findings = sheet("patient_id\tage\t\nP1\t50\t\t\nP2\t60\t\n")
    assert findings == []
    assert list(frame.columns) == ["patient_id", "age"]


def test_column_that_stands_twice_is_an_error_and_kept_once(sheet):
    frame, findings = sheet("patient_id\tage\tage\nP1\t50\t60\n")
    assert brief(findings) == [("error", 1, "age")]
    assert frame.to_dict("index") == {2: {"patient_id": "P1", "age": "50"}}


def test_cells_without_a_column_name_are_an_error(sheet):
    _, (found,) = sheet("patient_id\t\tage\nP1\tlost\t50\n")
    assert brief([found]) == [("error", 1, "")]
    assert found.message == "column 2 has no name; name it"


def test_empty_column_without_a_name_is_no_error(sheet):
    frame, findings = sheet("patient_id\t\t\tage\nP1\t\t\t50\n")
    assert findings == []
    assert list(frame.columns) == ["patient_id", "age"]


def test_open_quote_does_not_swallow_the_rows_behind_it(sheet):
    frame, (found,) = sheet('patient_id\tnote\nP1\tfine\nP2\t"open\nP3\tgone\n')
    assert frame.empty
    assert found.severity == "error"
    assert "from row 3 on" in found.message


def test_text_behind_a_closed_quote_is_an_error(sheet):
    _, (found,) = sheet('patient_id\tnote\nP1\t"Grade 3" rash\n')
    assert "from row 2 on" in found.message


def test_quote_inside_a_cell_is_text(sheet):
    frame, findings = sheet('patient_id\tnote\nP1\ta 5" scar\n')
    assert findings == []
    assert frame.loc[2, "note"] == 'a 5" scar'


@pytest.mark.parametrize("separator", ["\u2028", "\x0c", "\x85", "\x1c"])
def test_only_line_ends_end_a_row(sheet, separator):
    frame, findings = sheet(f"patient_id\tnote\nP1\ta{separator}b\nP2\tc\n")
    assert findings == []
    assert frame["note"].to_dict() == {2: f"a{separator}b", 3: "c"}


def test_calls_are_listed_with_their_line_and_path(tmp_path):
    path = tmp_path / "samples.tsv"
    path.write_text(
        "sample_id\tpatient_id\tcalls\tcalls_sample\n"
        "S1\tP1\tcalls/S1.vcf\tTUMOUR\n"
        "S2\tP1\t\t\n"
        "S3\tP2\t/data/S3.bcf\t\n"
        "S4\t\tS4.vcf\t\n"
    )
    assert list_calls(path) == [
        {
            "sample_id": "S1",
            "patient_id": "P1",
            "calls_sample": "TUMOUR",
            "row": 2,
            "value": "calls/S1.vcf",
            "path": str(tmp_path / "calls" / "S1.vcf"),
        },
        {
            "sample_id": "S3",
            "patient_id": "P2",
            "calls_sample": None,
            "row": 4,
            "value": "/data/S3.bcf",
            "path": "/data/S3.bcf",
        },
    ]


@pytest.mark.parametrize("content", ["sample_id\tpatient_id\nS1\tP1\n", ""])
def test_sheet_without_calls_lists_none(tmp_path, content):
    path = tmp_path / "samples.tsv"
    path.write_text(content)
    assert list_calls(path) == []


def test_study_without_samples_lists_no_calls():
    assert list_calls("") == []
    assert list_coverage("") == []
    assert list_absent("") == []


def test_alignments_and_depth_tracks_are_listed_with_their_indexes(tmp_path):
    path = tmp_path / "samples.tsv"
    path.write_text(
        "sample_id\tpatient_id\tcalls\talignments\tdepth_track\n"
        "S1\tP1\tS1.vcf\tS1.bam\tS1.bed.gz\n"
        "S2\tP1\t\tS2.cram\tabsent.bed\n"
        "S3\tP1\tS3.vcf\t\t\n"
    )
    names = ("S1.bam", "S1.bam.bai", "S1.bed.gz", "S1.bed.gz.csi", "S2.cram")
    for name in names:
        (tmp_path / name).touch()
    first, second = list_coverage(path)
    assert first == {
        "sample_id": "S1",
        "patient_id": "P1",
        "calls_sample": None,
        "depth_sample": None,
        "row": 2,
        "has_calls": True,
        "values": {"alignments": "S1.bam", "depth_track": "S1.bed.gz"},
        "alignments": str(tmp_path / "S1.bam"),
        "depth_track": str(tmp_path / "S1.bed.gz"),
        "files": [
            str(tmp_path / name)
            for name in ("S1.bam", "S1.bed.gz", "S1.bam.bai", "S1.bed.gz.csi")
        ],
    }
    assert (second["sample_id"], second["has_calls"]) == ("S2", False)
    assert (second["depth_track"], second["files"]) == (
        None,
        [str(tmp_path / "S2.cram")],
    )
    assert list_absent(path) == ["S1.vcf", "S3.vcf", "absent.bed"]


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        ("a\tb\n", True),
        ("\ufeffa\tb", True),
        ("a\tb\n\n  \n", True),
        ("# said above\na\tb\n", True),
        ("a\tb\n1\t2\n", False),
        ("", False),
    ],
)
def test_sheet_of_a_header_alone_is_found(tmp_path, text, is_bare):
    path = tmp_path / "ada.tsv"
    path.write_text(text)
    inputs = {"ada": str(path), "her2": str(tmp_path / "absent.tsv")}
    assert find_bare(inputs) == ({"ada": str(path)} if is_bare else {})
    assert find_bare({"patients": str(path)}) == {}


def test_samples_with_names_and_words_of_their_own_are_listed_alike(tmp_path):
    path = tmp_path / "samples.csv"
    text = "样本;受试者;文件;bam\nS1;P1;S1.vcf;x.bam\nS2;P1;none;\n"
    path.write_bytes(text.encode("gb18030"))
    (tmp_path / "x.bam").touch()
    names = {"sample_id": "样本", "patient_id": "受试者", "calls": ["文件", "file"]}
    written = Written(
        encoding="gb18030",
        columns={"samples": names | {"alignments": ["bam"]}},
        values={"samples": {"calls": {"none": None}}},
    )
    (call,) = list_calls(path, written=written)
    assert (call["sample_id"], call["row"], call["value"]) == ("S1", 2, "S1.vcf")
    (covered,) = list_coverage(path, written=written)
    assert covered["alignments"] == str(tmp_path / "x.bam")
    assert list_absent(path, written=written) == ["S1.vcf"]
    found = names_in_sheet(path, table="samples", written=written)
    assert found["calls"] == "文件"
    assert names_in_sheet(path, table="samples") == {}
