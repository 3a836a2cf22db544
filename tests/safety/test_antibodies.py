"""Anti-drug antibodies of single patients, each rule at its edge."""

from typing import Any

import pandas as pd
import pytest

from her2ctdna.safety.antibodies import derive_ada_patients, summarise_ada

NEG, POS = "negative", "positive"
OUT_OF_RANGE = "titre_out_of_range"
Rows = list[tuple[Any, ...]]


def samples_of(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return samples: patient, day, result, and the titre of some."""
    columns = ["patient_id", "sampled_day", "result", "titre", "titre_bound"]
    filled = [(*row, None, None)[:5] for row in rows]
    return pd.DataFrame(filled, columns=columns).astype(
        {"sampled_day": float, "titre": float}
    )


def courses_of(
    samples: pd.DataFrame, *patients: str, scale: str = "linear"
) -> pd.DataFrame:
    treated = pd.DataFrame({"patient_id": patients, "treated": "yes"})
    return derive_ada_patients(
        samples, treated, titre_scale=scale, titre_fold=4, persistent_days=112
    )


def course(*rows: tuple[Any, ...]) -> Any:
    """Return the course of one patient with these days, results and titres."""
    samples = samples_of(*(("P1", *row) for row in rows))
    return courses_of(samples, "P1").iloc[0]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([(0, NEG), (21, NEG)], "negative"),
        ([(0, NEG), (21, POS, 10)], "induced"),
        ([(0, NEG), (21, POS)], "induced"),
        ([(0, POS, 10), (21, POS, 40)], "boosted"),
        ([(0, POS, 10), (21, POS, 39)], "positive_not_boosted"),
        ([(0, POS, 10), (21, POS, 40), (42, NEG)], "boosted"),
        ([(0, POS, 10), (21, NEG)], "positive_not_boosted"),
        ([(-9, NEG), (0, POS, 10), (21, POS, 20)], "positive_not_boosted"),
        ([(-9, POS, 10), (0, NEG), (21, POS, 20)], "induced"),
    ],
)
def test_class_is_told_from_baseline_and_later_samples(rows: Rows, word: str) -> None:
    found = course(*rows)
    assert (found["evaluable"], found["class"]) == ("yes", word)
    assert pd.isna(found["reason"])


@pytest.mark.parametrize(
    ("rows", "word", "reason"),
    [
        ([(0, POS), (21, POS, 80)], "positive_not_boosted", "titre_missing"),
        ([(0, POS, 0), (21, POS, 80)], "positive_not_boosted", "titre_missing"),
        ([(0, POS, 10), (21, POS)], "positive_not_boosted", "titre_missing"),
        ([(0, POS), (21, NEG)], "positive_not_boosted", None),
        ([(0, POS, 10), (21, POS), (42, POS, 40)], "boosted", None),
    ],
)
def test_missing_titre_does_not_show_a_boost_and_is_said(
    rows: Rows, word: str, reason: str | None
) -> None:
    found = course(*rows)
    assert (found["class"], found["reason"]) == (word, reason)


@pytest.mark.parametrize(
    ("rows", "persistence"),
    [
        ([(0, NEG), (21, POS), (133, POS), (200, NEG)], "persistent"),
        ([(0, NEG), (21, POS), (132, POS), (200, NEG)], "transient"),
        ([(0, NEG), (21, POS), (60, NEG), (133, POS), (200, NEG)], "persistent"),
        ([(0, NEG), (21, NEG), (42, POS)], "persistent"),
        ([(0, NEG), (21, POS), (42, NEG)], "transient"),
        ([(0, NEG), (21, POS), (42, POS), (42, NEG)], "persistent"),
        ([(0, POS, 10), (21, POS, 40), (133, POS, 40), (150, POS, 10)], "persistent"),
        ([(0, POS, 10), (21, POS, 40), (132, POS, 40), (150, POS, 10)], "transient"),
        ([(0, POS, 10), (21, POS, 10), (42, POS, 40)], "persistent"),
        ([(0, POS, 10), (21, POS, 10)], None),
        ([(0, NEG), (21, NEG)], None),
        ([(21, POS), (200, POS)], None),
    ],
)
def test_persistent_lasts_112_days_or_to_the_last_sample(
    rows: Rows, persistence: str | None
) -> None:
    found = course(*rows)["persistence"]
    assert found == persistence if persistence else pd.isna(found)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(21, POS), (42, NEG)], "no_baseline"),
        ([(-5, NEG), (0, POS)], "no_later_sample"),
        ([], "no_sample"),
        ([(None, POS)], "no_sample"),
        ([(0, NEG), (None, POS)], "no_later_sample"),
        ([(0, NEG), (21, None)], "no_later_sample"),
    ],
)
def test_patient_who_is_not_evaluable_has_a_reason_and_no_class(
    rows: Rows, reason: str
) -> None:
    found = course(*rows)
    assert (found["evaluable"], found["reason"]) == ("no", reason)
    assert found[["class", "persistence"]].isna().all()


def test_course_is_described_from_baseline_on() -> None:
    found = course(
        *[(-20, POS, 99), (0, NEG, 5), (21, POS, 20), (42, POS, 80), (63, NEG)],
        (None, POS, 500),
    )
    shown = ["baseline", "baseline_day", "first_positive_day", "peak_titre"]
    assert found[shown].tolist() == [NEG, 0, 21, 80]
    assert found[["n_samples", "n_positive", "n_undated"]].tolist() == [4, 2, 1]
    assert pd.isna(found["baseline_titre"])


def test_of_several_samples_on_a_day_the_highest_positive_counts() -> None:
    found = course((0, POS, 10), (0, NEG), (0, POS, 20), (21, POS, 40), (21, POS, 79))
    assert (found["baseline_titre"], found["peak_titre"]) == (20, 79)
    assert found["class"] == "positive_not_boosted"
    assert (found["n_samples"], found["n_positive"]) == (2, 2)


SAMPLES = samples_of(
    *[("P1", 0, NEG), ("P1", 21, POS, 20), ("P1", 42, POS, 40), ("P1", 63, NEG)],
    *[("P2", 0, POS, 10), ("P2", 21, POS, 160)],
    *[("P3", 0, NEG), ("P3", 21, POS)],
    *[("P4", 0, POS, 10), ("P4", 21, NEG)],
    *[("P5", 0, NEG), ("P5", 21, NEG)],
    *[("P6", 21, POS, 80), ("P7", 0, POS, 80)],
    *[("P9", 0, NEG), ("P9", 21, POS, 80)],
)
EVERYBODY = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"]


def summary(samples: pd.DataFrame, *patients: str) -> pd.DataFrame:
    return summarise_ada(courses_of(samples, *patients), confidence=0.95)


def test_classes_are_counted_among_the_evaluable_and_those_among_the_treated() -> None:
    found = summary(SAMPLES, *EVERYBODY)
    assert found[["class", "n", "N", "patient_ids"]].to_numpy().tolist() == [
        ["evaluable", 5, 8, "P1;P2;P3;P4;P5"],
        ["not_evaluable_no_baseline", 1, 8, "P6"],
        ["not_evaluable_no_later_sample", 1, 8, "P7"],
        ["not_evaluable_no_sample", 1, 8, "P8"],
        ["baseline_positive", 2, 5, "P2;P4"],
        ["induced", 2, 5, "P1;P3"],
        ["induced_persistent", 1, 5, "P3"],
        ["induced_transient", 1, 5, "P1"],
        ["boosted", 1, 5, "P2"],
        ["boosted_persistent", 1, 5, "P2"],
        ["boosted_transient", 0, 5, None],
        ["incidence", 3, 5, "P1;P2;P3"],
        ["prevalence", 4, 5, "P1;P2;P3;P4"],
    ]
    incidence = found.set_index("class").loc["incidence"]
    # R 4.2.2: binom.test(3, 5)
    assert incidence["rate"] == 0.6
    assert incidence["ci_low"] == pytest.approx(0.146632799634673)
    assert incidence["ci_high"] == pytest.approx(0.947255049473683)


def test_peak_titres_are_of_the_members_that_have_one() -> None:
    found = summary(SAMPLES, *EVERYBODY).set_index("class")
    titres = found[["peak_titre_median", "peak_titre_min", "peak_titre_max"]]
    assert titres.loc["induced"].tolist() == [40, 40, 40]
    assert titres.loc["incidence"].tolist() == [100, 40, 160]
    assert titres.loc["induced_persistent"].isna().all()


def test_nobody_evaluable_has_no_rate_of_antibodies() -> None:
    found = summary(SAMPLES.head(0), "P1", "P2").set_index("class")
    assert found.loc["evaluable", ["n", "N"]].tolist() == [0, 2]
    assert found.loc["not_evaluable_no_sample", "n"] == 2
    assert found.loc["incidence", "N"] == 0
    assert pd.isna(found.loc["incidence", "rate"])


def test_untreated_patients_and_nobody_at_all_are_left_out() -> None:
    untreated = pd.DataFrame({"patient_id": ["P1"], "treated": ["no"]})
    found = derive_ada_patients(
        SAMPLES, untreated, titre_scale="linear", titre_fold=4, persistent_days=112
    )
    assert found.empty
    assert (summarise_ada(found, confidence=0.95)[["n", "N"]] == 0).all(axis=None)


def test_titres_on_a_logarithm_rise_by_what_the_multiples_do() -> None:
    samples = samples_of(
        *[("B1", 0, POS, 1.5), ("B1", 84, POS, 2.6)],
        *[("B2", 0, POS, 1.5), ("B2", 84, POS, 1.6)],
    )
    for scale, words in {
        "linear": ["positive_not_boosted", "positive_not_boosted"],
        "log10": ["boosted", "positive_not_boosted"],
        "log2": ["positive_not_boosted", "positive_not_boosted"],
    }.items():
        found = courses_of(samples, "B1", "B2", scale=scale)
        assert list(found["class"]) == words
    found = courses_of(samples, "B1", scale="log10").iloc[0]
    assert found["peak_titre"] == pytest.approx(10**2.6)
    assert found["baseline_titre"] == pytest.approx(10**1.5)


@pytest.mark.parametrize(
    ("rows", "word", "reason"),
    [
        ([(0, POS, 20, "<"), (21, POS, 80)], "boosted", None),
        ([(0, POS, 20, "<"), (21, POS, 40)], "positive_not_boosted", OUT_OF_RANGE),
        ([(0, POS, 10), (21, POS, 20, "<")], "positive_not_boosted", None),
        ([(0, POS, 10), (21, POS, 640, ">=")], "boosted", None),
        ([(0, POS, 200), (21, POS, 640, ">=")], "positive_not_boosted", OUT_OF_RANGE),
        ([(0, POS, 640, ">="), (21, POS, 80)], "positive_not_boosted", None),
    ],
)
def test_titre_out_of_range_shows_a_boost_only_where_it_must_be_one(
    rows: Rows, word: str, reason: str | None
) -> None:
    found = course(*rows)
    assert (found["class"], found["reason"]) == (word, reason)


def test_a_result_that_is_not_reportable_is_neither_positive_nor_negative() -> None:
    found = course((0, NEG), (21, POS, 10), (42, "not reportable"))
    assert (found["class"], found["persistence"]) == ("induced", "persistent")
    assert (found["n_samples"], found["n_not_reportable"]) == (2, 1)
    found = course((0, NEG), (42, "not reportable"))
    assert (found["evaluable"], found["reason"]) == ("no", "no_later_sample")
