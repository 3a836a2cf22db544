"""What one cell of the HER2 sheet tells, in the many ways in which it is written."""

from math import isnan, nan

import pytest

from her2ctdna.her2.her2_cells import (
    IhcCell,
    parse_ihc,
    parse_ish,
    parse_percent,
)


def told(text):
    """Return the scores, ISH, staining and the bounds of a cell, if it is read."""
    cell = parse_ihc(text)
    if cell is None:
        return None
    bounds = () if isnan(cell.low) else (cell.low, cell.high)
    return (*cell[:3], *bounds)


def score(*scores, ish="", staining=""):
    return (scores, ish, staining)


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        *[("0", ("0",)), ("0+", ("0",)), ("1", ("1+",)), ("1+", ("1+",))],
        *[("2 +", ("2+",)), ("3+", ("3+",)), ("2.0", ("2+",))],
        *[("+", ("1+",)), ("++", ("2+",)), ("+++", ("3+",)), ("(2+)", ("2+",))],
        *[("\uff12\uff0b", ("2+",)), ("\uff08\uff12\uff0b\uff09", ("2+",))],
        *[("HER2 (1+)", ("1+",)), ("IHC: 2+", ("2+",)), ("Score 3", ("3+",))],
        *[("HER-2 1+", ("1+",)), ("HER2/neu 1+", ("1+",)), ("HER2 0", ("0",))],
        *[("C-erbB-2(1+)", ("1+",)), ("cerbB-2 2+", ("2+",)), ("HER2(+)", ("1+",))],
        *[("1+ (focal)", ("1+",)), ("3+ (outside)", ("3+",))],
        *[("0-1+", ("0", "1+")), ("1+/2+", ("1+", "2+")), ("2+ to 1+", ("1+", "2+"))],
        *[("1\u20132+", ("1+", "2+")), ("0~1+", ("0", "1+")), ("1-1+", ("1+",))],
        *[("Unk/ND", ()), ("not done", ()), ("Test Failure", ()), ("未检测", ())],
        *[("阴性\uff081+\uff09", ("1+",)), ("negative (0)", ("0",))],
        *[
            ("positive (3+)", ("3+",)),
            ("阳性(3+)", ("3+",)),
            ("2+ (equivocal)", ("2+",)),
        ],
        *[("1+ (HER2-low)", ("1+",)), ("1+\uff08低表达\uff09", ("1+",))],
    ],
)
def test_score_is_read_in_any_usual_form(text, scores):
    assert told(text) == score(*scores)


@pytest.mark.parametrize(
    ("text", "ihc", "ish"),
    [
        *[("2+ (FISH-)", "2+", "negative"), ("2+/FISH-", "2+", "negative")],
        *[("2+ (FISH+)", "2+", "positive"), ("HER2 2+/FISH+", "2+", "positive")],
        *[("1+ (FISH positive)", "1+", "positive"), ("2+;FISH(+)", "2+", "positive")],
        *[
            ("2+\uff08FISH阳性\uff09", "2+", "positive"),
            ("2+(未扩增)", "2+", "negative"),
        ],
        *[("2+, FISH未扩增", "2+", "negative"), ("2+ FISH 无扩增", "2+", "negative")],
        *[("1+ FISH阴性", "1+", "negative"), ("2+ FISH有扩增", "2+", "positive")],
        *[("2+ (ISH not amplified)", "2+", "negative")],
        *[
            ("2+ (amplified)", "2+", "positive"),
            ("2+ (no amplification)", "2+", "negative"),
        ],
        *[
            ("2+ (FISH: neg)", "2+", "negative"),
            ("2+ (FISH-negative)", "2+", "negative"),
        ],
        *[("2+ (FISH \u2212)", "2+", "negative"), ("2+ ISH=neg", "2+", "negative")],
        *[("2+ (negative by FISH)", "2+", "negative")],
        *[("2+ with negative FISH", "2+", "negative")],
        *[
            ("2+ DISH non-amplified", "2+", "negative"),
            ("2+ FISH+/-", "2+", "equivocal"),
        ],
        *[("2+ (HER2 gene amplification not detected)", "2+", "negative")],
        *[
            ("2+ - FISH equivocal", "2+", "equivocal"),
            ("2+ FISH临界值", "2+", "equivocal"),
        ],
        *[
            ("Her-2 (2+) FISH (-)", "2+", "negative"),
            ("3+ amplified", "3+", "positive"),
        ],
    ],
)
def test_result_of_ish_beside_a_score_is_read(text, ihc, ish):
    assert told(text) == score(ihc, ish=ish)


@pytest.mark.parametrize(
    "text",
    [
        *["2+ (FISH pending)", "2+ (FISH not done)", "2+\uff08待FISH\uff09"],
        *["2+ 建议FISH检测", "2+ (FISH recommended)", "2+, FISH 未做"],
    ],
)
def test_ish_without_a_result_is_none(text):
    assert told(text) == score("2+")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 (no staining)", score("0", staining="none")),
        ("0 with no membrane staining", score("0", staining="none")),
        ("0\uff08无着色\uff09", score("0", staining="none")),
        ("0 (无膜染色)", score("0", staining="none")),
        ("0 (null)", score("0", staining="none")),
        ("0 (absent)", score("0", staining="none")),
        ("null", score("0", staining="none")),
        ("HER2-null", score("0", staining="none")),
        ("No staining", score("0", staining="none")),
        ("0 (ultralow)", score("0", staining="some")),
        ("ultralow", score("0", staining="some")),
        ("Ultra-low", score("0", staining="some")),
        ("超低表达", score("0", staining="some")),
        ("0 (faint staining)", score("0", staining="some")),
        ("0 (weak)", score("0", staining="some")),
        ("0 (faint staining in 5%)", (*score("0", staining="some"), 5, 5)),
        ("0, 5%", (*score("0", staining="some"), 5, 5)),
        ("0 (0%)", (*score("0", staining="none"), 0, 0)),
        ("0 (<10%)", (*score("0"), 0, 10)),
        ("0 (\u226410% of tumour cells)", (*score("0"), 0, 10)),
        ("0 (staining in <10%)", (*score("0"), 0, 10)),
        ("0 (faint, <10%)", (*score("0", staining="some"), 0, 10)),
        ("1+\uff0c5%", (*score("1+", staining="some"), 5, 5)),
        ("1+(10%)", (*score("1+", staining="some"), 10, 10)),
        (
            "1+ (incomplete, faint, 20% of tumor cells)",
            (*score("1+", staining="some"), 20, 20),
        ),
        ("2+ (weak to moderate, 30%)", (*score("2+", staining="some"), 30, 30)),
        ("3+ (heterogenous 70-80% pos)", (*score("3+", staining="some"), 70, 80)),
        ("1+ (weak)", score("1+", staining="some")),
    ],
)
def test_staining_beside_a_score_is_read(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *["4+", "negative", "-", "NA", "12", "0 1+", "++++", "1+2+3", "low", "0-1-2"],
        *[
            "1+ (outside 3+)",
            "3+ (2+ outside)",
            "1+ (score 2)",
            "1.5",
            "10 %",
            "absent",
        ],
        *["HER2+", "HER2 +", "阴性", "positive", "0(-)", "2-", "0 (120%)"],
    ],
)
def test_what_is_no_score_or_two_different_ones_is_not_read(text):
    assert parse_ihc(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *["1+ (ultralow)", "1+ (no staining)", "2+ (null)", "0 (low)", "2+ (low)"],
        *["1+ (strong, complete)", "3+ (faint)", "0 (moderate)", "0 (focal)"],
        *["2+ (negative)", "阳性(2+)", "1+ (positive)", "0 (no staining or faint)"],
        *["2+ (FISH- / CISH+)", "2+ (FISH- amplified)", "0 (no staining, 5%)"],
        *["1+ (Dr. Wang)", "2+ (FISH ratio 1.2)", "2+ (FISH sent)", "1+ (repeat)"],
        *["1+ (4B5)", "0 (cytoplasmic)", "2+ (FISH?)", "1+ (10%, 20%)"],
    ],
)
def test_remark_that_contradicts_or_is_not_known_is_not_read(text):
    assert parse_ihc(text) is None


@pytest.mark.parametrize("ihc", ["0", "1+", "2+", "3+"])
@pytest.mark.parametrize(
    "name", ["FISH", "ISH", "DISH", "CISH", "原位杂交", "HER2 FISH"]
)
@pytest.mark.parametrize(
    ("word", "ish"),
    [
        *[("-", "negative"), ("negative", "negative"), ("未扩增", "negative")],
        *[("not amplified", "negative"), ("阴性", "negative"), (": neg.", "negative")],
        *[("+", "positive"), ("positive", "positive"), ("扩增", "positive")],
        *[("amplified", "positive"), ("阳性", "positive"), ("equivocal", "equivocal")],
    ],
)
@pytest.mark.parametrize(
    "form", ["{} ({} {})", "{}\uff08{} {}\uff09", "{}, {} {}", "{}/{} {}"]
)
def test_every_ish_beside_every_score_is_read(ihc, name, word, ish, form):
    assert told(form.format(ihc, name, word)) == score(ihc, ish=ish)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *[("Negative", "negative"), ("POSITIVE", "positive"), ("neg.", "negative")],
        *[("amplified", "positive"), ("Not amplified", "negative")],
        *[("non-amplified", "negative"), ("unamplified", "negative")],
        *[("Equivocal", "equivocal"), ("临界值", "equivocal"), ("可疑", "equivocal")],
        *[("Negative (outside)", "negative"), ("FISH-", "negative")],
        *[("FISH+", "positive"), ("ISH: equivocal", "equivocal")],
        *[("HER2 FISH: not amplified", "negative"), ("HER2基因无扩增", "negative")],
        *[("扩增", "positive"), ("基因扩增", "positive"), ("未扩增", "negative")],
        *[("无扩增", "negative"), ("阳性", "positive"), ("阴性", "negative")],
        *[("阴性\uff08未扩增\uff09", "negative"), ("阳性(扩增)", "positive")],
        *[("FISH阴性", "negative"), ("Unk/ND", ""), ("Test Failure", "")],
        *[("未检测", ""), ("待检", ""), ("pending", "")],
        *[("2.1", None), ("NA", None), ("n", None), ("+", None), ("-", None)],
        *[("negative (amplified)", None), ("negative (ratio 1.2)", None)],
    ],
)
def test_ish_is_read_in_english_and_chinese(text, word):
    assert parse_ish(text) == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[("0", (0, 0, "none")), ("0%", (0, 0, "none")), ("5", (5, 5, "some"))],
        *[("5 %", (5, 5, "some")), ("10.5", (10.5, 10.5, "some"))],
        *[("<10%", (0, 10, "")), ("\u226410%", (0, 10, "")), ("<=10", (0, 10, ""))],
        *[
            ("\uff1c10\uff05", (0, 10, "")),
            ("<1", (0, 1, "")),
            (">0", (0, 100, "some")),
        ],
        *[(">10%", (10, 100, "some")), ("1-5%", (1, 5, "some"))],
        *[("0-10%", (0, 10, "")), (">0-10%", (0, 10, "some")), ("~5", (5, 5, "some"))],
        *[("120", None), ("abc", None), ("-5", None), ("5-1", None), ("5 cells", None)],
    ],
)
def test_share_of_stained_cells_keeps_its_bounds(text, expected):
    assert parse_percent(text) == expected


def test_cell_that_tells_nothing_more_has_no_more():
    assert parse_ihc("not done")[:3] == IhcCell()[:3] == ((), "", "")
    assert isnan(parse_ihc("1+").high)
    assert nan not in parse_ihc("0 (5%)")
