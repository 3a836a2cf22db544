"""Adverse events of a few patients, counted by hand."""

from typing import Any

import pandas as pd
import pytest

from her2ctdna.safety.adverse_events import derive_emergent, summarise_adverse_events
from her2ctdna.safety.exposure import derive_emergent_end

PATIENTS = pd.DataFrame(
    [
        ("P1", "yes", 100, None, 400, None),
        ("P2", "yes", 50, 60, None, 70),
        ("P3", "yes", None, None, 500, None),
        ("P4", "yes", 10, 5, 20, None),
        ("P5", "no", None, None, None, None),
    ],
    columns=[
        *["patient_id", "treated", "last_dose_day", "new_therapy_day"],
        *["last_alive_day", "death_day"],
    ],
)
BLOOD, GUT, CHEST = "Blood disorders", "Gastrointestinal disorders", "Chest disorders"
WORDS = {"lung disease": ["ILD", "interstitial lung", "间质性肺"]}
SPECIAL = {"lung disease": ["Pneumonitis", "Lung infiltration"], "fever": ["Pyrexia"]}


def events_of(*rows: tuple[Any, ...]) -> pd.DataFrame:
    columns = ["patient_id", "soc", "term", "grade", "started_day"]
    columns += ["serious", "related", "of_interest"]
    return (
        pd.DataFrame(rows, columns=columns)
        .assign(ended_day=None)
        .astype({"grade": float, "started_day": float, "ended_day": float})
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


def summary(
    events: pd.DataFrame = EVENTS, patients: pd.DataFrame = PATIENTS
) -> pd.DataFrame:
    return summarise_adverse_events(
        events,
        patients,
        emergent_days=30,
        special_interest=SPECIAL,
        special_interest_words=WORDS,
        confidence=0.95,
    )


def row(table: pd.DataFrame, *, name: str, category: str, grade: str) -> Any:
    """Return a row; ``name`` is a term, a class, a special interest or ``any``."""
    label = table["term"].fillna(table["soc"]).fillna(table["level"])
    found = table[
        (label == name) & (table["category"] == category) & (table["grade"] == grade)
    ]
    assert len(found) == 1
    return found.iloc[0]


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
    end = derive_emergent_end(PATIENTS, emergent_days=30)
    assert derive_emergent(event, end)["emergent"].item() == emergent


@pytest.mark.parametrize(
    ("start_day", "end_day", "emergent", "onset_day"),
    [
        (None, -1, "no", 0),
        (None, 0, "yes", 0),
        (None, None, "yes", 0),
        (7, None, "yes", 7),
    ],
)
def test_event_without_a_start_is_taken_to_begin_at_first_dose(
    start_day: float | None, end_day: float | None, emergent: str, onset_day: float
) -> None:
    event = events_of(("P1", GUT, "Nausea", 1, start_day, None, None, None))
    event["ended_day"] = pd.Series([end_day], dtype=float)
    found = derive_emergent(event, derive_emergent_end(PATIENTS, emergent_days=30))
    assert found["emergent"].item() == emergent
    assert found["onset_day"].item() == onset_day


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
    found = row(summary(), name=name, category=category, grade=grade)
    assert found["patient_ids"] == patients


def test_rate_is_of_all_treated_patients_with_an_exact_interval() -> None:
    found = summary().iloc[0]
    assert (found["n"], found["N"], found["rate"]) == (3, 4, 0.75)
    assert found["ci_low"] == pytest.approx(0.1941204, abs=1e-7)
    assert found["ci_high"] == pytest.approx(0.9936905, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "category", "grade", "n", "days"),
    [
        # to the first event: P1 day 3, P2 day 1, P3 undated; P4 to day 10
        ("any", "all", "any", 3, 4 + 2 + 1 + 11),
        # P1 day 24, P2 until new therapy, P3 day 400, P4
        ("any", "all", ">=3", 2, 25 + 61 + 401 + 11),
        # of the related nausea of grade 1 and 2 alone; P3 followed until day 500
        ("Nausea", "related", "any", 2, 4 + 2 + 501 + 11),
        ("Nausea", "related", ">=3", 0, 131 + 61 + 501 + 11),
        ("lung disease", "all", "any", 0, 131 + 61 + 501 + 11),
    ],
)
def test_incidence_is_of_first_events_of_the_row_by_time_at_risk(
    name: str, category: str, grade: str, n: int, days: float
) -> None:
    found = row(summary(), name=name, category=category, grade=grade)
    assert (found["incidence_n"], found["incidence_N"]) == (n, 4)
    assert found["time_at_risk_days"] == days
    assert found["incidence_per_100_py"] == pytest.approx(n / days * 36525)
    assert found["incidence_low"] <= n / days * 36525 < found["incidence_high"]


def test_single_grades_have_no_incidence() -> None:
    found = summary()
    single = found[~found["grade"].isin(["any", ">=3"])]
    assert single[["incidence_n", "time_at_risk_days"]].isna().all(axis=None)


def test_study_without_follow_up_has_no_incidence() -> None:
    days = ["last_dose_day", "new_therapy_day", "last_alive_day", "death_day"]
    found = summary(patients=PATIENTS.assign(**dict.fromkeys(days))).iloc[0]
    assert (found["n"], found["incidence_n"], found["incidence_N"]) == (3, 0, 0)
    assert pd.isna(found["time_at_risk_days"])
    assert pd.isna(found["incidence_per_100_py"])


def test_events_of_special_interest_are_found_by_their_terms() -> None:
    events = events_of(
        ("P1", CHEST, " pneumonitis ", 1, 10, None, "no", None),
        ("P1", CHEST, "LUNG  Infiltration", 3, 20, None, "yes", None),
        ("P2", CHEST, "Pneumonitis", 2, 30, None, "no", None),
        ("P3", CHEST, "Pneumonia", 2, 30, None, "no", None),
        ("P4", CHEST, "Pneumonitis", 2, 11, None, "no", None),
    )
    found = summary(events)
    for grade, patients in (("any", "P1;P2"), ("2", "P2"), ("3", "P1"), (">=3", "P1")):
        counted = row(found, name="lung disease", category="all", grade=grade)
        assert counted["patient_ids"] == patients
    related = row(found, name="lung disease", category="related", grade="any")
    assert (related["patient_ids"], related["incidence_n"]) == ("P1", 1)


def test_special_interest_is_shown_also_where_nobody_had_it() -> None:
    found = summary()
    special = found[found["level"] == "special_interest"]
    assert list(dict.fromkeys(special["term"])) == ["lung disease", "fever"]
    assert (special["category"] == "all").all()
    assert (special["n"] == 0).all()
    # 1 - 0.025 ** (1 / 4)
    assert special["ci_high"].tolist() == pytest.approx([0.6023646356] * 14)


def test_all_then_special_interest_then_classes_by_falling_frequency() -> None:
    found = summary().drop_duplicates(["level", "soc", "term"])
    assert found[["level", "soc", "term"]].fillna("").to_numpy().tolist() == [
        ["any", "", ""],
        ["special_interest", "", "lung disease"],
        ["special_interest", "", "fever"],
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


def test_nobody_treated_has_neither_rate_nor_incidence() -> None:
    found = summary(patients=PATIENTS.tail(1))
    assert (found["N"] == 0).all()
    assert found[["rate", "incidence_per_100_py"]].isna().all(axis=None)


def test_who_has_no_graded_event_is_in_a_row_of_its_own() -> None:
    found = summary()
    nausea = row(found, name="Nausea", category="all", grade="not_recorded")
    assert (nausea["n"], nausea["patient_ids"]) == (1, "P3")
    graded = [
        row(found, name="Nausea", category="all", grade=str(grade))["n"]
        for grade in range(1, 6)
    ]
    assert (
        sum(graded) + 1 == row(found, name="Nausea", category="all", grade="any")["n"]
    )
    assert "not_recorded" not in set(found.loc[found["term"] == "Anaemia", "grade"])


def test_terms_that_look_like_special_interest_stand_under_its_row() -> None:
    terms = [
        *["ILD", "ILD/pneumonitis", "Pneumonitis (drug-induced)", "间质性肺疾病"],
        *["Pneumonia", "Mild cough", "pneumonitis"],
    ]
    events = events_of(*(("P1", CHEST, term, 1, 3, None, None, None) for term in terms))
    found = summary(events)
    special = found[found["level"] == "special_interest"]
    lung = special[special["term"] == "lung disease"]
    assert set(lung["n_terms_not_matched"]) == {4}
    assert set(lung["terms_not_matched"]) == {
        "ILD;ILD/pneumonitis;Pneumonitis (drug-induced);间质性肺疾病"
    }
    fever = special[special["term"] == "fever"]
    assert set(fever["n_terms_not_matched"]) == {0}
    assert found.loc[found["level"] == "term", "n_terms_not_matched"].isna().all()
