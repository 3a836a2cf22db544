"""Sheets as Dataset-JSON."""

import json

import pytest

from her2ctdna.inputs.dataset_json import read_dataset_json
from her2ctdna.inputs.grids import UnreadableSheetError

COLUMNS = [
    {"itemOID": "IT.ID", "name": "USUBJID", "label": "id", "dataType": "string"},
    {"itemOID": "IT.DT", "name": "TRTSDT", "label": "date", "dataType": "date"},
    {"itemOID": "IT.N", "name": "AGE", "label": "age", "dataType": "float"},
    {"itemOID": "IT.B", "name": "FL", "label": "flag", "dataType": "boolean"},
]
HEAD = {"datasetJSONVersion": "1.1.0", "name": "ADSL", "columns": COLUMNS}
ROWS = [
    ["007", "2024-01-02", 50.0, True],
    [None, None, None, None],
    ["2", "", 1.5, None],
]
EXPECTED = [
    (1, ["USUBJID", "TRTSDT", "AGE", "FL"]),
    (2, ["007", "2024-01-02", "50", "TRUE"]),
    (4, ["2", "", "1.5", ""]),
]


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a file and reads it as Dataset-JSON."""

    def write_and_read(text, name="adsl.json"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_dataset_json(path)

    return write_and_read


def test_document_and_lines_hold_the_same_rows(read):
    assert read(json.dumps(HEAD | {"rows": ROWS}, indent=1)) == EXPECTED
    lines = [json.dumps(part) for part in (HEAD, *ROWS)]
    assert read("\n".join(lines) + "\n", "adsl.ndjson") == EXPECTED
    assert read(json.dumps(HEAD)) == EXPECTED[:1]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("[]", "a.json", "is no Dataset-JSON 1.1: it needs columns and rows"),
        ('{"rows": []}', "a.json", "its metadata have no columns"),
        ('{"columns": [{"label": "x"}], "rows": []}', "a.json", "needs a name"),
        ('{"columns": [], "rows": {}}', "a.json", "it needs columns and rows"),
        ("a,b\n", "a.json", "is no JSON"),
        ('{"columns": [{"name": "A"}], "rows": [["x"], 5]}', "a.json", "row 3 is no"),
        (
            '{"columns": [{"name": "A"}]}\n["x"]\n["y"\n',
            "a.ndjson",
            "line 3: is no JSON",
        ),
        ('{"columns": [{"name": "A"}]}\n[NaN]\n', "a.ndjson", "NaN is no number"),
        ('{"columns": [{"name": "A"}]}\n[["x"]]\n', "a.ndjson", "row 2 holds cells"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(read, text, name, said):
    with pytest.raises(UnreadableSheetError) as error:
        read(text, name)
    assert said in str(error.value)
