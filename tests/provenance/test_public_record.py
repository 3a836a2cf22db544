"""What of a run may be published."""

import pytest

from her2ctdna.provenance.public_record import flat_config, inputs_by_key


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("data/study.xlsx", "her2"),
        ("data/study.xlsx#HER2 scores", "her2"),
        ("./data/study.xlsx#HER2 scores", "her2"),
        ("data/study.xls", "her2_files"),
        (None, "her2_files"),
    ],
)
def test_sheet_of_a_workbook_is_the_input_that_names_it(given, key):
    file = {"table": "her2", "path": "data/study.xlsx", "sha256": "a", "bytes": 1}
    config = {"inputs": {"her2": given} if given else {}, "study": {}}
    assert inputs_by_key({"config": config, "inputs": [file]}) == {key: [file]}


def test_words_of_the_sheets_are_no_part_of_it():
    config = {"columns": {"ada": {"result": "RES"}}, "values": {"ada": {"x": {"a": 1}}}}
    assert dict(flat_config(config)) == {"columns.ada.result": "RES"}
