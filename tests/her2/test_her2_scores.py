"""HER2 scores as pathologists write them."""

import pandas as pd
import pytest

from her2ctdna.her2.her2_scores import (
    find_unread_scores,
    normalise_ish,
    parse_ihc,
    parse_ish,
    read_scores,
)


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        *[("0", ("0",)), ("0+", ("0",)), ("1", ("1+",)), ("1+", ("1+",))],
        *[("2 +", ("2+",)), ("3+", ("3+",)), ("2.0", ("2+",))],
        *[("+", ("1+",)), ("++", ("2+",)), ("+++", ("3+",)), ("(2+)", ("2+",))],
        *[("\uff12\uff0b", ("2+",)), ("HER2 (1+)", ("1+",)), ("IHC: 2+", ("2+",))],
        *[("Score 3", ("3+",)), ("1+ (focal)", ("1+",)), ("1+(10%)", ("1+",))],
        ("3+ (heterogenous 70-80% pos)", ("3+",)),
        *[("0-1+", ("0", "1+")), ("1+/2+", ("1+", "2+")), ("2+ to 1+", ("1+", "2+"))],
        *[("1\u20132+", ("1+", "2+")), ("0~1+", ("0", "1+")), ("1-1+", ("1+",))],
        *[("Unk/ND", ()), ("not done", ()), ("Test Failure", ())],
    ],
)
def test_usual_forms_are_read(text, scores):
    assert parse_ihc(text) == scores


@pytest.mark.parametrize(
    "text",
    [
        *["4+", "negative", "-", "NA", "12", "0 1+", "++++", "1+2+3", "low", "0-1-2"],
        *["1+ (outside 3+)", "3+ (2+ outside)", "0 (ultralow)", "0 (null)"],
        *["1+ (score 2)", "1.5", "10 %"],
    ],
)
def test_what_is_no_score_or_two_different_ones_is_not_read(text):
    assert parse_ihc(text) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *[
            ("Negative", "negative"),
            ("POSITIVE", "positive"),
            ("amplified", "positive"),
        ],
        *[("Not amplified", "negative"), ("Equivocal", "equivocal")],
        *[("Negative (outside)", "negative"), ("Unk/ND", ""), ("Test Failure", "")],
        *[("2.1", None), ("NA", None), ("n", None)],
    ],
)
def test_ish_results_are_read_in_any_case(text, word):
    assert parse_ish(text) == word


def test_scores_of_cells_by_recode_and_policy():
    cells = pd.Series(["0+", "0-1+", "odd", "3+", "nothing", None], dtype=object)
    recode = {"ODD": "2+", "3+": None, "nothing": 0}
    for policy, score in (("lower", "0"), ("higher", "1+"), ("indeterminate", "0-1+")):
        scores = read_scores(cells, recode=recode, range_policy=policy)
        assert scores.to_list() == ["0", score, "2+", None, "0", None]


def test_cell_that_nobody_can_read_is_found_unless_recoded():
    cells = pd.Series(["1+", "odd", None, "4+"], index=[2, 3, 4, 5], dtype=object)
    assert find_unread_scores(cells, recode={}).to_dict() == {3: "odd", 5: "4+"}
    assert find_unread_scores(cells, recode={"odd": "1+"}).to_dict() == {5: "4+"}


def test_ish_is_put_into_words_and_each_odd_form_is_noted_once():
    cells = {"ihc": ["0+", "0+", "2+", "odd"], "ish": ["Neg", "nd", "negative", "odd"]}
    sheet, findings = normalise_ish(pd.DataFrame(cells, dtype=object))
    assert sheet["ihc"].to_list() == cells["ihc"]
    assert sheet["ish"].to_list() == ["negative", None, "negative", "odd"]
    assert {(found.column, found.value, found.message) for found in findings} == {
        ("ish", "Neg", "read as negative (rows: 1)"),
        ("ish", "nd", "read as no result (rows: 1)"),
    }


def test_sheet_without_results_has_nothing_to_note():
    sheet = pd.DataFrame({"ihc": [None], "ish": [None]}, dtype=object)
    assert normalise_ish(sheet)[1] == []
    assert normalise_ish(pd.DataFrame({"patient_id": ["P1"]}))[1] == []
