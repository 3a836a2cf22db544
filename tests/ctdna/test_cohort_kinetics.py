from math import log, nan

import numpy as np
import pandas as pd
import pytest
import yaml

from her2ctdna.ctdna.cohort_kinetics import COLUMNS, PARAMETERS, estimate_kinetics
from her2ctdna.ctdna.courses import PROGRESSION, derive_courses
from her2ctdna.ctdna.detection import SAMPLE_COLUMNS

NEVER = pd.DataFrame(columns=["patient_id", *PROGRESSION])
LIMIT = 0.0006


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"]


def row(patient, day, level, lod=LIMIT, **more):
    """Return a sample of an assay with a limit; a level below it is not detected."""
    state = "detected" if level >= lod else "undetected"
    found = dict.fromkeys(SAMPLE_COLUMNS, nan) | {"patient_id": patient, "day": day}
    found |= {"sample_id": f"{patient}-{day}", "state": state, "timepoint": None}
    found |= {"level": level if state == "detected" else 0.0, "lod95": lod}
    found |= {"lod95_level": lod, "upper95": lod, "upper95_level": lod}
    return found | {"is_baseline": "yes" if day <= 0 else "no"} | more


def cohort_of(n, seed=0, *, days=(0.0, 21.0, 42.0), decline=0.03, noise=0.3):
    rng = np.random.default_rng(seed)
    return [
        row(
            f"P{i:02d}",
            day,
            float(np.exp(level - decline * day + rng.normal(0, noise))),
        )
        for i, level in enumerate(rng.normal(log(0.01), 0.6, n))
        for day in days
    ]


def kinetics_of(samples, ctdna, *, untreated=()):
    table = pd.DataFrame(samples, columns=SAMPLE_COLUMNS)
    patients = pd.DataFrame({"patient_id": table["patient_id"].unique()}, dtype=object)
    treated = ~patients["patient_id"].isin(untreated)
    patients["treated"] = treated.map({True: "yes", False: "no"})
    courses = derive_courses(table, patients, NEVER, ctdna=ctdna)
    found = estimate_kinetics(table, courses, patients, confidence=0.95)
    assert list(found) == COLUMNS
    assert tuple(found["parameter"]) == PARAMETERS
    return found.set_index("parameter")


def test_a_cohort_has_a_half_life_with_limits(ctdna):
    found = kinetics_of(cohort_of(20), ctdna)
    half_life, decline = found.loc["half_life_days"], found.loc["decline_per_day"]
    assert half_life["estimate"] == pytest.approx(log(2) / decline["estimate"])
    assert half_life["ci_low"] == pytest.approx(log(2) / decline["ci_high"])
    assert half_life["ci_low"] < log(2) / 0.03 < half_life["ci_high"]
    assert 0.005 < found.loc["baseline_level", "estimate"] < 0.02
    assert half_life["ci_method"] == "profile_likelihood"
    assert found.loc[list(PARAMETERS[:3]), "note"].isna().all()


def test_spread_on_the_edge_of_the_model_is_called_degenerate(ctdna):
    notes = kinetics_of(cohort_of(20), ctdna)["note"]
    assert notes["correlation"].startswith("degenerate")
    rng = np.random.default_rng(5)
    apart = [
        sample
        for place, fall in enumerate(rng.uniform(0.005, 0.08, 40))
        for sample in cohort_of(1, place, decline=fall, days=(0.0, 14.0, 28.0, 42.0))
    ]
    names = [f"P{place // 4:02d}" for place in range(len(apart))]
    named = [row | {"patient_id": name} for row, name in zip(apart, names, strict=True)]
    told = kinetics_of(named, ctdna)
    assert abs(told.loc["correlation", "estimate"]) < 0.999
    assert pd.isna(told.loc["correlation", "note"])


def test_who_and_what_takes_part_is_counted(ctdna):
    samples = cohort_of(12, noise=0.0, decline=0.05)
    samples += [
        # no detected baseline, no later sample, one without a usable limit, untreated
        row("N1", 0.0, 0.0),
        row("N1", 21.0, 0.02),
        row("N2", 0.0, 0.02),
        row("N3", 0.0, 0.02),
        row("N3", 21.0, 0.0, lod95_level=nan),
        row("N4", 0.0, 0.02),
        row("N4", 21.0, 0.01),
        # a failed and a shallow sample on the way down, and what follows the nadir
        row("M1", 0.0, 0.02),
        row("M1", 10.0, 0.01, state="failed_qc"),
        row("M1", 15.0, nan, state="not_evaluable"),
        row("M1", 21.0, 0.005),
        row("M1", 42.0, 0.3),
    ]
    found = kinetics_of(samples, ctdna, untreated=["N4"])
    table = pd.DataFrame(samples)
    own = table[table["patient_id"].str.startswith("P")]
    censored = (own["state"] == "undetected").sum()
    assert censored > 0
    assert set(found["n_patients"]) == {13}
    assert set(found["n_samples"]) == {len(own) + 2}
    assert set(found["n_censored"]) == {censored}


def test_days_are_counted_from_each_patients_baseline(ctdna):
    samples = cohort_of(10)
    shifted = [
        sample | {"day": sample["day"] - 7 * (sample["patient_id"] > "P04")}
        for sample in samples
    ]
    one, other = kinetics_of(samples, ctdna), kinetics_of(shifted, ctdna)
    pd.testing.assert_frame_equal(one, other, rtol=1e-6)


def test_five_patients_are_too_few_and_it_says_so(ctdna):
    found = kinetics_of(cohort_of(5), ctdna)
    assert found["estimate"].isna().all()
    assert set(found["note"]) == {
        "not estimable: fewer than 6 patients with two detected levels from baseline "
        "to nadir"
    }
    assert set(found["n_patients"]) == {5}


def test_patients_who_all_clear_at_once_give_no_number(ctdna):
    samples = [
        row(f"P{i}", day, 0.02 * (day == 0)) for i in range(9) for day in (0, 21)
    ]
    found = kinetics_of(samples, ctdna)
    assert set(found["n_censored"]) == {9}
    assert found["note"].str.startswith("not estimable: fewer than 6").all()


def test_a_cohort_that_rises_has_no_half_life_and_says_so(ctdna):
    found = kinetics_of(cohort_of(12, decline=-0.04, days=(0.0, 21.0)), ctdna)
    assert found.loc["decline_per_day", "ci_high"] < 0
    half_life = found.loc["half_life_days"]
    assert np.isnan(half_life[["estimate", "ci_low", "ci_high"]].astype(float)).all()
    assert half_life["note"] == "not estimable: the level does not fall over the cohort"


def test_a_fall_that_may_be_none_has_no_upper_limit(ctdna):
    found = kinetics_of(cohort_of(8, 3, decline=0.012, days=(0.0, 21.0)), ctdna)
    half_life = found.loc["half_life_days"]
    assert half_life["estimate"] > 0
    assert np.isnan(half_life["ci_high"])
    assert half_life["note"].startswith("no upper limit")


def test_two_points_a_patient_do_not_part_error_from_spread(ctdna):
    found = kinetics_of(cohort_of(10, days=(0.0, 21.0)), ctdna)
    assert found.loc["half_life_days", "estimate"] > 0
    spreads = found.loc[list(PARAMETERS[3:])]
    assert spreads["estimate"].isna().all()
    assert spreads["note"].str.startswith("not estimable: no patient has three").all()


def test_levels_on_a_line_without_error_are_not_estimable(ctdna):
    found = kinetics_of(cohort_of(8, noise=0.0), ctdna)
    assert set(found["note"]) == {
        "not estimable: the likelihood has no maximum that the search agrees on"
    }


def test_a_study_without_samples_has_the_table(ctdna):
    found = kinetics_of([], ctdna)
    assert set(found["n_patients"]) == {0}
    assert found["note"].str.startswith("not estimable").all()
