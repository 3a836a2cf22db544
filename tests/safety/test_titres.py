"""Titres and results as laboratories write them."""

import pandas as pd
import pytest

from her2ctdna.safety.titres import is_scale_doubtful, normalise_antibodies


@pytest.mark.parametrize(
    ("cell", "titre", "bound"),
    [
        ("1:40", "40", None),
        ("1 : 40", "40", None),
        ("<20", "20", "<"),
        ("< 1:20", "20", "<"),
        ("≥1:640", "640", ">="),
        (">=640", "640", ">="),
        ("40", "40", None),
        ("high", "high", None),
    ],
)
def test_titres_are_read_with_their_bound(
    cell: str, titre: str, bound: str | None
) -> None:
    sheet = pd.DataFrame(
        {"patient_id": ["P1"], "result": ["positive"], "titre": [cell]}, index=[2]
    )
    read, findings = normalise_antibodies(sheet)
    assert read.loc[2, "titre"] == titre
    assert (read.loc[2, "titre_bound"] if "titre_bound" in read else None) == bound
    told = [(f.severity, f.row, f.column, f.value) for f in findings]
    assert told == ([] if cell == titre else [("note", 2, "titre", cell)])


@pytest.mark.parametrize("cell", ["NOT REPORTABLE", "Not done", "QNS", "haemolysed"])
def test_words_for_no_result_are_not_reportable(cell: str) -> None:
    sheet = pd.DataFrame({"patient_id": ["P1"], "result": [cell]}, index=[2])
    read, findings = normalise_antibodies(sheet)
    assert read.loc[2, "result"] == "not reportable"
    assert [finding.severity for finding in findings] == ["note"]


def test_titres_that_are_all_below_ten_look_like_logarithms() -> None:
    assert is_scale_doubtful(pd.Series(["1.5", "2.6"]))
    assert not is_scale_doubtful(pd.Series(["1.5", "20"]))
    assert not is_scale_doubtful(pd.Series([None, "high"]))
