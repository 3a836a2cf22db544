"""Who is modelled, and by what: nothing later than the landmark."""

from io import StringIO
from math import inf

import numpy as np
import pandas as pd
import pytest

from her2ctdna.association.features import ask_response

PATIENTS = """\
patient_id treated responder pfs_days pfs_event hr_status prior_lines her2_group \
baseline_state baseline_level clearance_C2D1 ratio_C2D1 late_C2D1
P1 yes yes 200 yes positive 1 low detected 0.25 cleared 0.01 no
P2 yes no 100 yes negative 2 zero detected 0.5 not_cleared 0.5 no
P3 yes no 20 yes positive 3 low detected 0.5 missing . no
P4 yes no 90 no positive 4 . undetected . not_shedding . no
P5 yes no 80 yes negative 2 zero not_evaluable . uninformative . no
P6 yes yes 150 no positive 1 low detected 0.125 not_cleared 2 yes
P7 no . . . positive 1 low missing . missing . no
"""


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), sep=" ", na_values=".")


def ask(**changes):
    options = {
        "origins": {"C3D1": 52, "C2D1": 28},
        "covariates": ["hr_status", "prior_lines", "absent"],
        "count_first_day": True,
    }
    patients = table(PATIENTS).assign(clearance_C3D1="missing", late_C3D1="no")
    return ask_response(patients, **(options | changes))


def test_only_who_is_still_followed_at_the_earliest_landmark_is_modelled() -> None:
    asked = ask()
    assert asked.landmark == "C2D1"
    assert asked.patient_ids == ["P1", "P2", "P4", "P5", "P6"]
    assert asked.responded.tolist() == [True, False, False, False, True]


def test_features_are_numbers_with_missing_and_below_detection_kept_apart() -> None:
    asked = ask()
    assert asked.clinical == ["hr_status=positive", "prior_lines"]
    shown = asked.features.set_axis(asked.patient_ids)
    expected = {
        "hr_status=positive": [1, 0, 1, 0, 1],
        "prior_lines": [1, 2, 4, 2, 1],
        "her2_low": [1, 0, np.nan, 0, 1],
        "baseline_log2_level": [-2, -1, -inf, np.nan, -3],
        "log2_ratio_C2D1": [-inf, -1, np.nan, np.nan, np.nan],
        "no_ctdna_C2D1": [0, 0, 1, 1, 1],
    }
    assert list(shown) == list(expected)
    for name, values in expected.items():
        assert shown[name].to_numpy() == pytest.approx(values, nan_ok=True), name


def test_sample_drawn_after_the_first_scan_is_not_used() -> None:
    shown = ask().features.set_axis(ask().patient_ids)
    assert np.isnan(shown.loc["P6", "log2_ratio_C2D1"])
    assert shown.loc["P6", "no_ctdna_C2D1"] == 1


def test_study_without_ctdna_and_her2_has_clinical_features_alone() -> None:
    patients = table(PATIENTS).iloc[:, :7]
    asked = ask_response(
        patients,
        origins={},
        covariates=["prior_lines"],
        count_first_day=True,
    )
    assert asked.landmark is None
    assert list(asked.features) == asked.clinical == ["prior_lines"]
    assert len(asked.patient_ids) == 6
