"""The figure of ctDNA against the scans, of studies large, odd and empty."""

from math import nan

import figure_tables
import pandas as pd
import pytest
from matplotlib.text import Text
from test_figures import check_texts

from her2ctdna.association.scan_agreement import COLUMNS
from her2ctdna.figures.ctdna_recist import derive_ctdna_recist, plot_ctdna_recist
from her2ctdna.figures.marks.style import figure_style
from her2ctdna.statistics.accuracy import (
    FourCells,
    compute_accuracy,
    compute_pair_kappa,
)

CELLS = ["n_both", "n_ctdna_only", "n_recist_only", "n_neither"]
MEASURES = ["sensitivity", "specificity", "ppv", "npv", "kappa"]


def row(landmark, ctdna, recist, *counts, late=0):
    cells = FourCells(*counts)
    found = compute_accuracy(cells, confidence=0.95)
    found["kappa"] = compute_pair_kappa(cells, confidence=0.95)
    named = dict(zip(CELLS, cells, strict=True))
    values = {
        f"{name}{end}": value
        for name, estimate in found.items()
        for end, value in zip(("", "_ci_low", "_ci_high"), estimate, strict=False)
    }
    words = {"landmark": landmark, "ctdna": ctdna, "recist": recist}
    return words | named | values | {"N": sum(cells), "after_first_scan": late}


def compared(*landmarks, able=True):
    rows = [
        row(name, ctdna, recist, *(counts if able else (0, 0, 0, 0)), late=3)
        for name in landmarks
        for ctdna, counts in (
            ("clearance", (2, 1, 5, 10)),
            ("mr50", (10, 3, 0, 14)),
            ("mr99.5", (0, 0, 0, 0)),
            ("response", (4, 0, 0, 0)),
        )
        for recist in ("best_response", "first_scan")
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def draw(table):
    drawn = derive_ctdna_recist(table)
    with figure_style():
        figure = plot_ctdna_recist(drawn, confidence=0.95, study=figure_tables.STUDY)
        check_texts(figure)
    words = [text.get_text() for text in figure.findobj(Text)]
    return drawn, figure, words


def test_each_rate_stands_beside_its_n_and_cells():
    drawn, figure, words = draw(compared("C2D1"))
    assert drawn["measure"].tolist() == 8 * MEASURES
    assert drawn["recist"].tolist() == 20 * ["best_response"] + 20 * ["first_scan"]
    first = drawn[:5].set_index("measure")
    assert first["n"].tolist()[:4] == [2, 10, 2, 10]
    assert first["N"].tolist() == [7, 11, 3, 15, 18]
    assert first.loc["sensitivity", "estimate"] == pytest.approx(2 / 7)
    assert figure.get_suptitle() == (
        "ctDNA cleared at C2D1 in 2 of 7 with and 1 of 11 without a response"
    )
    assert {"C2D1 against best response", "C2D1 against the first scan"} <= set(words)
    assert {"ctDNA down by 50 %", "ctDNA down by 99.5 %", "cCR or cPR"} <= set(words)
    assert len(figure.axes) == 4


def test_a_rate_of_nobody_is_a_dash_and_a_comparison_of_nobody_says_so():
    drawn, _, words = draw(compared("C2D1"))
    assert words.count("no patients") == 2
    # all four rates of nobody, specificity and NPV where all are in one corner
    assert words.count("\N{EN DASH}") == 2 * (4 + 2 + 1)
    nobody = drawn[drawn["N"] == 0]
    assert nobody["estimate"].isna().all()


@pytest.mark.parametrize("names", [("C2D1",), ("A", "B", "C", "D")])
def test_every_landmark_has_its_lines_in_their_order(names):
    drawn, _, _ = draw(compared(*names))
    assert drawn["landmark"].drop_duplicates().tolist() == list(names)


def test_names_that_are_long_or_odd_stay_in_their_place():
    long = "Before the second cycle of treatment, in the first plasma sample of the day"
    _, _, words = draw(compared(long, "$x_1$ <b>\u202e"))
    assert "$x_1$ <b><U+202E> against the first scan" in words
    assert any(word.endswith("… against best response") for word in words)


def test_the_first_comparison_with_patients_is_the_title():
    table = compared("C2D1")
    is_able = table["ctdna"] != "clearance"
    numbers = table.columns.difference(["landmark", "ctdna", "recist"])
    empty = row("", "", "", 0, 0, 0, 0)
    for name in numbers:
        table[name] = table[name].where(is_able, empty.get(name, nan))
    _, figure, _ = draw(table)
    assert figure.get_suptitle() == (
        "ctDNA down by 50 % at C2D1 in 10 of 10 with and 3 of 17 without a response"
    )


@pytest.mark.parametrize(
    "table", [compared(), compared("C2D1")[:0], compared("C2D1", able=False)]
)
def test_without_anybody_in_both_the_figure_says_so(table):
    _, figure, words = draw(table)
    assert not figure.axes
    assert any("No patient was judged both" in word for word in words)
