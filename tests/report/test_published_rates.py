"""Published response rates, and the figure that shows them beside the study's own."""

from pathlib import Path

import figure_tables
import pandas as pd
import pytest

from her2ctdna.figures.marks.style import figure_style
from her2ctdna.figures.published_context import COLUMNS, derive_context, plot_context
from her2ctdna.reference.published import (
    list_context,
    read_ctdna_effects,
    read_published,
)

PUBLISHED = list_context(confidence=0.95)


def rates(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    columns = ["group_by", "group", "n", "N"]
    return pd.DataFrame(rows, columns=columns).assign(
        endpoint="orr",
        population="all_treated",
        rate=0.25,
        ci_low=0.1,
        ci_high=0.5,
        ci_method="clopper_pearson",
    )


def test_context_holds_breast_cancer_by_class_with_exact_intervals() -> None:
    shown = PUBLISHED[["her2_class", "trial", "n", "N"]]
    assert list(shown.itertuples(index=False, name=None)) == [
        ("zero", "DAISY, cohort 3", 11, 37),
        ("low", "DAISY, cohort 2", 27, 72),
        ("low", "DS8201-A-J101", 20, 54),
        ("low", "SHR-A1811, phase 1", 55, 91),
        ("low", "DESTINY-Breast04", 195, 373),
        ("low", "RC48, C001 and C003", 19, 48),
        ("low", "MRG002, phase 2", 22, 56),
        ("positive", "DAISY, cohort 1", 48, 68),
        ("positive", "DESTINY-Breast01", 111, 184),
        ("positive", "SHR-A1811, phase 1", 90, 118),
    ]
    row = PUBLISHED.iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.1587, 0.4698), abs=1e-4)


def test_rates_agree_with_what_was_printed() -> None:
    table = read_published()
    assert len(table) == 26
    assert set(table["n_over_N"]) == {"printed", "derived"}
    assert set(table["traced"]) == {"yes", "secondary"}
    assert set(table["doses"]) == {"one", "pooled", "not stated"}
    computed = 100 * table["n"] / table["N"]
    assert (abs(computed - table["rate"].astype(float)) <= 0.0501).all()


def test_facts_are_those_of_the_traced_context(real_data: Path) -> None:
    traced = pd.read_csv(real_data / "context" / "response.tsv", sep="\t", dtype=str)
    own = read_published().astype(str).drop_duplicates(["n", "N", "rate"])
    told = traced.merge(
        own, left_on=["n", "N", "percent"], right_on=["n", "N", "rate"], how="left"
    )
    assert told["name"].notna().all()
    assert (told["published_low"].fillna("") == told["low"]).all()
    assert (told["traced_x"] == told["traced_y"]).all()
    assert (
        told["confirmed_y"] == told["confirmed_x"].where(lambda it: it == "yes", "")
    ).all()
    effects = real_data / "context" / "ctdna_effects.tsv"
    context = pd.read_csv(effects, sep="\t", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(read_ctdna_effects(), context)


def test_own_rates_stand_above_the_published_ones_of_their_class() -> None:
    own = rates(
        ("her2_group", "zero", 3, 12),
        ("her2_group", "low", 5, 20),
        ("her2_class", "ultralow", 1, 5),
        ("her2_class", "absent", 0, 0),
        ("her2_class", "low", 5, 20),
        ("all", "all", 8, 32),
    )
    drawn = derive_context(own, PUBLISHED)
    assert list(drawn.columns) == COLUMNS
    shown = drawn[["her2_class", "trial", "group"]].fillna("").values.tolist()
    assert shown[:6] == [
        ["zero", "This study", "zero"],
        ["zero", "This study", "ultralow"],
        ["zero", "DAISY, cohort 3", ""],
        ["low", "This study", "low"],
        ["low", "DAISY, cohort 2", ""],
        ["low", "DS8201-A-J101", ""],
    ]
    assert len(drawn) == 3 + len(PUBLISHED)


def test_response_says_no_more_than_its_source() -> None:
    drawn = derive_context(rates(("her2_group", "zero", 3, 12)), PUBLISHED)
    said = drawn.groupby("trial")["response"].first()
    assert said["DS8201-A-J101"] == "confirmed, independent, doses pooled"
    assert said["DESTINY-Breast04"] == "confirmed, independent"
    assert said["DAISY, cohort 1"] == "confirmed"
    assert said["SHR-A1811, phase 1"] == "not stated, doses pooled"


def test_published_rates_alone_are_not_drawn() -> None:
    for own in (rates(), rates(("her2_group", "zero", 0, 0))):
        drawn = derive_context(own, PUBLISHED)
        assert drawn.empty
        assert list(drawn.columns) == COLUMNS


def test_figure_says_that_it_is_no_comparison() -> None:
    drawn = derive_context(rates(("her2_group", "low", 5, 20)), PUBLISHED)
    with figure_style():
        figure = plot_context(drawn, confidence=0.9, study=figure_tables.STUDY)
    words = " ".join(text.get_text() for text in figure.texts)
    assert "Other patients, other lines, other assays: not a comparison." in words
    assert "90\N{NO-BREAK SPACE}%" in words
    assert figure.get_suptitle() == (
        "ORR 25\N{NO-BREAK SPACE}% in HER2-low; published rates beside it"
    )
