"""Safety tables, on a few patients counted by hand."""

from math import isnan
from typing import Any

import pandas as pd
import pytest

from her2ctdna.safety import (
    derive_emergent,
    summarise_ada,
    summarise_adverse_events,
    summarise_safety,
)

PATIENTS = pd.DataFrame(
    [
        ("P1", "yes", 100.0, None),
        ("P2", "yes", 50.0, 60.0),
        ("P3", "yes", None, None),
        ("P4", "yes", 10.0, 5.0),
        ("P5", "no", None, None),
    ],
    columns=["patient_id", "treated", "last_dose_day", "new_therapy_day"],
)
BLOOD, GUT = "Blood disorders", "Gastrointestinal disorders"


def events_of(*rows: tuple[Any, ...]) -> pd.DataFrame:
    columns = ["patient_id", "soc", "term", "grade", "started_day"]
    columns += ["serious", "related", "of_interest"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"grade": float, "started_day": float}
    )


EVENTS = events_of(
    ("P1", GUT, "Nausea", 1, 3, "no", "yes", None),
    ("P1", GUT, "Nausea", 3, 24, "no", "no", None),
    ("P1", GUT, "Vomiting", 2, 24, "no", "yes", None),
    ("P2", GUT, "Nausea", 2, 1, "no", "yes", None),
    ("P3", BLOOD, "Anaemia", 4, 400, "yes", "yes", None),
    ("P3", GUT, "Nausea", None, None, None, None, None),
    ("P2", BLOOD, "Anaemia", 5, 61, "yes", "yes", None),
    ("P4", GUT, "Vomiting", 3, -1, "no", "no", None),
    ("P5", GUT, "Nausea", 3, 1, "no", "no", None),
)


def summary(events: pd.DataFrame = EVENTS) -> pd.DataFrame:
    return summarise_adverse_events(events, PATIENTS, emergent_days=30, confidence=0.95)


def count(table: pd.DataFrame, *, name: str, category: str, grade: str) -> object:
    """Return the patients of a row; ``name`` is a term, a class or ``any``."""
    label = table["term"].fillna(table["soc"]).fillna(table["level"])
    row = table[
        (label == name) & (table["category"] == category) & (table["grade"] == grade)
    ]
    assert len(row) == 1
    return row["patient_ids"].item()


@pytest.mark.parametrize(
    ("patient", "start_day", "emergent"),
    [
        ("P1", -1, "no"),
        ("P1", 0, "yes"),
        ("P1", 130, "yes"),
        ("P1", 131, "no"),
        ("P1", None, "yes"),
        ("P2", 60, "yes"),
        ("P2", 61, "no"),
        ("P3", 1000, "yes"),
        ("P4", 10, "yes"),
        ("P4", 11, "no"),
    ],
)
def test_event_is_emergent_from_first_dose_to_the_end_of_its_window(
    patient: str, start_day: float | None, emergent: str
) -> None:
    event = events_of((patient, GUT, "Nausea", 1, start_day, None, None, None))
    found = derive_emergent(event, PATIENTS, emergent_days=30)
    assert found["emergent"].item() == emergent


@pytest.mark.parametrize(
    ("name", "category", "grade", "patients"),
    [
        ("any", "all", "any", "P1;P2;P3"),
        ("any", "all", "3", "P1"),
        ("any", "all", "4", "P3"),
        ("any", "all", ">=3", "P1;P3"),
        ("any", "all", "5", None),
        ("any", "serious", "any", "P3"),
        (GUT, "all", "any", "P1;P2;P3"),
        ("Nausea", "all", "any", "P1;P2;P3"),
        ("Nausea", "all", "1", None),
        ("Nausea", "all", "3", "P1"),
        ("Nausea", "related", "1", "P1"),
        ("Nausea", "related", ">=3", None),
        ("Vomiting", "all", "any", "P1"),
        (BLOOD, "all", "any", "P3"),
    ],
)
def test_patient_counts_once_at_the_highest_grade(
    name: str, category: str, grade: str, patients: str | None
) -> None:
    assert count(summary(), name=name, category=category, grade=grade) == patients


def test_rate_is_of_all_treated_patients_with_an_exact_interval() -> None:
    row = summary().iloc[0]
    assert (row["n"], row["N"], row["rate"]) == (3, 4, 0.75)
    assert row["ci_low"] == pytest.approx(0.1941204, abs=1e-7)
    assert row["ci_high"] == pytest.approx(0.9936905, abs=1e-7)


def test_classes_and_their_terms_stand_by_falling_frequency() -> None:
    found = summary().drop_duplicates(["level", "soc", "term"])
    assert found[["level", "soc", "term"]].fillna("").to_numpy().tolist() == [
        ["any", "", ""],
        ["soc", GUT, ""],
        ["term", GUT, "Nausea"],
        ["term", GUT, "Vomiting"],
        ["soc", BLOOD, ""],
        ["term", BLOOD, "Anaemia"],
    ]


def test_category_whose_flag_is_never_filled_in_is_not_shown_as_none() -> None:
    assert set(summary()["category"]) == {"all", "related", "serious"}


def test_study_without_events_has_a_rate_of_zero() -> None:
    found = summary(events_of())
    assert set(found["category"]) == {"all"}
    assert (found["n"] == 0).all()
    assert (found["N"] == 4).all()
    assert found["ci_high"].iloc[0] == pytest.approx(1 - 0.025**0.25)


def test_nobody_treated_has_no_rate() -> None:
    found = summarise_adverse_events(
        EVENTS, PATIENTS.tail(1), emergent_days=30, confidence=0.95
    )
    assert (found["N"] == 0).all()
    assert found["rate"].isna().all()


SAMPLES = pd.DataFrame(
    [
        ("P1", 0, "negative", None),
        ("P1", 21, "negative", None),
        ("P1", 63, "positive", 20),
        ("P2", -3, "positive", 10),
        ("P2", 21, "positive", 20),
        ("P2", 63, "positive", 40),
        ("P3", 0, "positive", 10),
        ("P3", 21, "positive", 39),
        ("P4", 0, "negative", None),
        ("P4", 21, None, None),
        ("P5", 0, "negative", None),
        ("P5", 21, "positive", 80),
    ],
    columns=["patient_id", "sampled_day", "result", "titre"],
).astype({"sampled_day": float})


def ada(samples: pd.DataFrame = SAMPLES) -> pd.DataFrame:
    found = summarise_ada(samples, PATIENTS, ada_titre_fold=4, confidence=0.95)
    return found.set_index("class")


def test_antibodies_are_classified_among_patients_with_baseline_and_later_result() -> (
    None
):
    found = ada()
    shown = found[["n", "N", "patient_ids"]].to_dict("index")
    assert {name: tuple(row.values()) for name, row in shown.items()} == {
        "evaluable": (3, 4, "P1;P2;P3"),
        "baseline_positive": (2, 3, "P2;P3"),
        "induced": (1, 3, "P1"),
        "boosted": (1, 3, "P2"),
        "incidence": (2, 3, "P1;P2"),
        "prevalence": (3, 3, "P1;P2;P3"),
    }
    assert found.loc["incidence", "rate"] == 2 / 3


def test_last_sample_until_the_first_dose_is_the_baseline() -> None:
    samples = pd.DataFrame(
        {
            "patient_id": "P1",
            "sampled_day": [-10.0, 0, 0, 21],
            "result": ["negative", "positive", "negative", "positive"],
            "titre": [None, 10.0, None, 10.0],
        }
    )
    found = ada(samples)
    assert found.loc["baseline_positive", "n"] == 1
    assert found.loc["induced", "n"] == 0


def test_missing_titre_does_not_show_a_boost() -> None:
    samples = SAMPLES.assign(titre=None)
    assert ada(samples).loc["boosted", "n"] == 0


def test_nobody_evaluable_has_no_rate_of_antibodies() -> None:
    found = ada(SAMPLES.head(0))
    assert (found.loc["evaluable", "n"], found.loc["evaluable", "N"]) == (0, 4)
    assert found.loc["incidence", "N"] == 0
    assert isnan(found.loc["incidence", "rate"])


@pytest.mark.parametrize(
    ("events", "samples", "names"),
    [
        (EVENTS, SAMPLES, ["adverse_events", "ada"]),
        (EVENTS, None, ["adverse_events"]),
        (None, SAMPLES, ["ada"]),
    ],
)
def test_only_what_is_given_is_summarised(
    events: pd.DataFrame | None, samples: pd.DataFrame | None, names: list[str]
) -> None:
    found = summarise_safety(
        PATIENTS,
        adverse_events=events,
        ada=samples,
        emergent_days=30,
        ada_titre_fold=4,
        confidence=0.95,
    )
    assert list(found) == names
