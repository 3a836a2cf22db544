"""HER2 results of a reading from its cells."""

import pandas as pd
import pytest

from her2ctdna.her2.her2_cells import parse_ihc
from her2ctdna.her2.her2_scores import (
    derive_results,
    describe_ihc,
    find_contradictions,
    find_unread,
    read_ihc,
    read_ish,
)

CELLS = ["ihc", "ish", "stained_percent", "her2_copies", "cep17_ratio"]


def readings(*rows):
    frame = pd.DataFrame([dict.fromkeys(CELLS) | row for row in rows], columns=CELLS)
    return frame.astype(object).astype({"her2_copies": float, "cep17_ratio": float})


def results(*rows, recode=None, range_policy="indeterminate"):
    table = derive_results(
        readings(*rows), recode=recode or {}, range_policy=range_policy
    )
    return table.astype(object).where(table.notna(), None)


def contradictions(row, recode=None):
    found = find_contradictions(readings(row), recode=recode or {})
    return [(column, other) for column, wrong, other in found if wrong.any()]


def series(*cells):
    return pd.Series(cells, dtype=object)


def test_score_of_a_cell_by_recode_and_policy():
    cells = ["0+", "0-1+", "odd", "3+", "nothing", None]
    recode = {"ODD": "2+", "3+": None, "nothing": 0}
    for policy, score in (("lower", "0"), ("higher", "1+"), ("indeterminate", "0-1+")):
        rows = [{"ihc": cell} for cell in cells]
        table = results(*rows, recode=recode, range_policy=policy)
        assert table["ihc"].to_list() == ["0", score, "2+", None, "0", None]
        assert table["ihc_raw"].to_list() == cells


def test_recode_tells_staining_too_and_is_for_the_column_of_its_word():
    recode = {"odd": "ultralow", "none": "absent", "grey": "positive"}
    told = read_ihc(series("odd", "none", "grey"), recode=recode)
    assert [cell and cell.staining for cell in told] == ["some", "none", None]
    assert [cell and cell.scores for cell in told] == [("0",), ("0",), None]
    assert read_ish(series("odd", "grey", None), recode=recode) == [
        None,
        "positive",
        None,
    ]


def test_recoded_cell_tells_nothing_else():
    [row] = results({"ihc": "2+ (FISH+)"}, recode={"2+ (fish+)": "2+"}).itertuples()
    assert (row.ihc, row.ish) == ("2+", None)


def test_cell_that_nobody_can_read_is_found_unless_recoded():
    cells = pd.Series(["1+", "odd", None, "4+"], index=[2, 3, 4, 5], dtype=object)
    unread = find_unread(cells, recode={}, column="ihc")
    assert unread.to_dict() == {3: "odd", 5: "4+"}
    unread = find_unread(cells, recode={"odd": "1+"}, column="ihc")
    assert unread.to_dict() == {5: "4+"}
    unread = find_unread(series("neg", "odd"), recode={}, column="ish")
    assert unread.to_dict() == {1: "odd"}
    assert find_unread(series("odd"), recode={"odd": None}, column="ish").empty


@pytest.mark.parametrize(
    ("row", "ish", "group"),
    [
        ({"ihc": "2+", "ish": "Neg"}, "negative", None),
        ({"ihc": "2+ (FISH+)"}, "positive", None),
        ({"ihc": "2+ (FISH-)", "ish": "not done"}, "negative", None),
        ({"ihc": "2+", "her2_copies": 6.1, "cep17_ratio": 2.4}, "positive", 1),
        ({"ihc": "2+", "her2_copies": 3.9, "cep17_ratio": 2.0}, "equivocal", 2),
        ({"ihc": "2+", "her2_copies": 6.0, "cep17_ratio": 1.9}, "equivocal", 3),
        ({"ihc": "2+", "her2_copies": 4.0, "cep17_ratio": 1.9}, "equivocal", 4),
        ({"ihc": "2+", "her2_copies": 3.9, "cep17_ratio": 1.9}, "negative", 5),
        ({"ihc": "2+", "her2_copies": 3.9}, None, None),
        ({"ihc": "2+", "cep17_ratio": 2.9}, None, None),
        (
            {"ihc": "2+", "ish": "negative", "her2_copies": 5, "cep17_ratio": 1.5},
            "negative",
            4,
        ),
    ],
)
def test_ish_is_that_of_its_cell_of_the_probe_or_of_the_ihc_cell(row, ish, group):
    [found] = results(row).itertuples()
    assert (found.ish, found.ish_group) == (ish, group)


@pytest.mark.parametrize(
    ("row", "staining", "low", "high", "exact"),
    [
        ({"ihc": "0", "stained_percent": "0"}, "none", 0, 0, 0),
        ({"ihc": "0", "stained_percent": "5"}, "some", 5, 5, 5),
        ({"ihc": "0", "stained_percent": "<10%"}, None, 0, 10, None),
        ({"ihc": "0 (ultralow)", "stained_percent": "<10%"}, "some", 0, 10, None),
        ({"ihc": "0 (faint staining in 5%)"}, "some", 5, 5, 5),
        ({"ihc": "ultralow"}, "some", None, None, None),
        ({"ihc": "null"}, "none", None, None, None),
        ({"ihc": "0"}, None, None, None, None),
    ],
)
def test_staining_is_that_of_its_cell_or_of_the_ihc_cell(
    row, staining, low, high, exact
):
    [found] = results(row).itertuples()
    told = (found.staining, found.stained_low, found.stained_high)
    assert (*told, found.stained_percent) == (staining, low, high, exact)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"ihc": "2+ (FISH-)", "ish": "positive"}, "ish"),
        ({"ihc": "2+", "ish": "+ve", "her2_copies": 2, "cep17_ratio": 1}, "ish"),
        ({"ihc": "2+ (FISH+)", "her2_copies": 2, "cep17_ratio": 1}, "ihc"),
        ({"ihc": "0 (ultralow)", "stained_percent": "0"}, "stained_percent"),
        ({"ihc": "0 (5%)", "stained_percent": "8"}, "stained_percent"),
        ({"ihc": "0 (5%)", "stained_percent": ">5-10%"}, None),
        ({"ihc": "2+ (FISH-)", "ish": "negative"}, None),
        ({"ihc": "2+ (FISH-)", "ish": "not done"}, None),
        ({"ihc": "2+", "ish": "negative", "her2_copies": 7, "cep17_ratio": 1}, None),
        ({"ihc": "0 (ultralow)", "stained_percent": "<10%"}, None),
    ],
)
def test_two_cells_that_say_different_things_are_found(row, column):
    assert [name for name, _ in contradictions(row)] == ([column] if column else [])


def test_recode_settles_a_contradiction():
    row = {"ihc": "2+ (FISH-)", "ish": "positive"}
    assert contradictions(row) == [("ish", "what the IHC cell tells")]
    assert contradictions(row, {"2+ (FISH-)": "2+"}) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *[("0+", "0"), ("0-1+", "0 to 1+"), ("2+ (FISH-)", "2+, ISH negative")],
        *[("nd", "no result"), ("ultralow", "0, some staining")],
        *[("null", "0, no staining"), ("0 (5%)", "0, 5 % stained")],
        *[("0 (<10%)", "0, 0 to 10 % stained"), ("1+ (weak)", "1+")],
    ],
)
def test_what_a_cell_was_read_as_is_said_in_words(text, words):
    assert describe_ihc(parse_ihc(text)) == words
