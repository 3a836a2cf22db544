"""Clearance at its draw against R's coxph of the Stanford transplants, and by hand."""

from math import exp, log, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from times import REFERENCE

from her2ctdna.association.associations import estimate_associations
from her2ctdna.association.ledger import collect_tests
from her2ctdna.sets.time_dependent import split_at_clearance
from her2ctdna.statistics.cox import PartialLikelihood

FITS = pd.read_csv(REFERENCE / "jasa_fits.csv").iloc[0]
ASSOCIATION: dict[str, Any] = {
    "confidence": 0.95,
    "covariates": [],
    "events_per_parameter": {"least": 2, "few": 5},
    "few_patients": {"contrast": 1, "median": 1, "curve": 1},
    "trend_scores": [],
    "groups": [],
    "permutations": 100,
    "exact_divisions": 1000,
    "seed": 1,
    "rmst_days": None,
    "families": {"survival": {"endpoints": ["*"], "biomarkers": ["*"]}},
}


@pytest.fixture(scope="module")
def transplants() -> pd.DataFrame:
    """Return the patients of jasa; to be transplanted is to clear."""
    data = pd.read_csv(REFERENCE / "jasa.csv")
    words = {1: "yes", 0: "no"}
    return pd.DataFrame(
        {
            "patient_id": data["id"].astype(str),
            "treated": "yes",
            "baseline_state": "detected",
            "ever_cleared": data["moved"].map(words),
            "first_cleared_day": data["moved_day"],
            "pfs_days": np.nan,
            "pfs_event": None,
            "os_days": data["days"],
            "os_event": data["event"].map(words),
        }
    )


@pytest.fixture(scope="module")
def tables(transplants: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return estimate_associations(
        transplants,
        landmarks={},
        count_first_day=False,
        response=False,
        survival=True,
        association=ASSOCIATION,
    )


@pytest.fixture(scope="module")
def ratios(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    contrasts = tables["contrasts"]
    return contrasts[(contrasts["endpoint"] == "os")]


def test_naive_ratio_is_that_of_r_and_marked_biased(
    ratios: pd.DataFrame, transplants: pd.DataFrame
) -> None:
    naive = ratios[ratios["biased"] == "yes"]
    assert len(naive) == 1
    assert naive["estimate"].item() == pytest.approx(FITS["naive_ratio"], rel=1e-8)
    assert naive["estimate"].item() == pytest.approx(0.2662, abs=5e-5)
    assert "biased" in naive["note"].item()
    moved = (transplants["ever_cleared"] == "yes").to_numpy()
    fit = PartialLikelihood(
        transplants["os_days"].to_numpy(),
        (transplants["os_event"] == "yes").to_numpy(),
        moved,
    ).maximise()
    z = fit.beta[0] * sqrt(fit.information[0, 0])
    p_value = 2 * stats.norm.sf(abs(z))
    assert p_value == pytest.approx(FITS["naive_wald_p"], rel=1e-6)
    assert p_value == pytest.approx(5.7e-8, rel=0.01)


def test_time_dependent_ratio_is_that_of_r(ratios: pd.DataFrame) -> None:
    proper = ratios[ratios["test"] == "time_dependent_cox"].squeeze()
    assert proper["biased"] == "no"
    assert log(proper["estimate"]) == pytest.approx(FITS["coefficient"], rel=1e-7)
    assert log(proper["estimate"]) == pytest.approx(0.12515, abs=5e-6)
    assert proper["estimate"] == pytest.approx(1.1333, abs=5e-5)
    assert proper["ci_low"] == pytest.approx(FITS["low"], rel=1e-8)
    assert proper["ci_high"] == pytest.approx(FITS["high"], rel=1e-8)
    assert proper["p_value"] == pytest.approx(FITS["likelihood_p"], rel=1e-8)
    assert (proper["n"], proper["n_reference"]) == (69, 34)
    assert (proper["events"], proper["events_reference"]) == (45, 30)


def test_wald_p_of_the_time_dependent_ratio_is_that_of_r(
    transplants: pd.DataFrame,
) -> None:
    stays = split_at_clearance(transplants, "os", count_first_day=False)
    fit = PartialLikelihood(
        stays["time_days"].to_numpy(),
        stays["event"].to_numpy(dtype=bool),
        (stays["group"] == "yes").to_numpy(),
        entry=stays["entry_days"].to_numpy(),
    ).maximise()
    z = fit.beta[0] * sqrt(fit.information[0, 0])
    assert 2 * stats.norm.sf(abs(z)) == pytest.approx(FITS["wald_p"], rel=1e-6)
    assert exp(fit.beta[0]) == pytest.approx(exp(FITS["coefficient"]), rel=1e-8)


def test_mantel_byar_and_the_check_of_proportionality_are_those_of_r(
    tables: dict[str, pd.DataFrame],
) -> None:
    parts = {name: tables[name] for name in ("tests", "contrasts")}
    families = ASSOCIATION["families"]
    collected = collect_tests(parts, families=families, predeclared=[], alpha=0.05)
    tests = collected["tests"]
    tests = tests[tests["endpoint"] == "os"].set_index("test")
    assert list(tests.index) == ["mantel_byar", "cox_zph"]
    found = tests["statistic"].astype(float)
    assert found["mantel_byar"] == pytest.approx(FITS["mantel_byar"], rel=1e-8)
    assert found["cox_zph"] == pytest.approx(FITS["zph"], rel=1e-7)
    assert tests["family"].tolist()[0] == "survival"
    assert tests["family"].isna().tolist() == [False, True]
    assert tests["q_value"].isna().tolist() == [False, True]


@pytest.mark.parametrize(("group", "inside"), [("no", 0), ("yes", 1)])
def test_simon_makuch_curves_are_those_of_r(
    tables: dict[str, pd.DataFrame], group: str, inside: int
) -> None:
    curves = tables["survival_curves"]
    own = curves[(curves["group_by"] == "ever_cleared") & (curves["group"] == group)]
    own = own[own["biased"] == "no"]
    assert set(own["origin"]) == {"first_dose"}
    expected = pd.read_csv(REFERENCE / "jasa_curves.csv").query("group == @inside")
    found = own.set_index("time_days").loc[expected["time"]]
    columns = ["at_risk", "events", "survival", "ci_low", "ci_high"]
    wanted = expected[["at_risk", "events", "survival", "low", "high"]]
    np.testing.assert_allclose(
        found[columns].to_numpy(dtype=float), wanted.to_numpy(dtype=float), rtol=1e-9
    )


def test_naive_curves_are_biased_and_count_the_cleared_from_the_start(
    tables: dict[str, pd.DataFrame],
) -> None:
    curves = tables["survival_curves"]
    naive = curves[curves["biased"] == "yes"]
    assert set(naive["group_by"]) == {"ever_cleared"}
    contrasts = tables["contrasts"]
    hazard = contrasts[
        (contrasts["biased"] == "yes") & (contrasts["group_by"] == "ever_cleared")
    ].set_index("endpoint")
    for endpoint, own in naive.groupby("endpoint"):
        starts = own.groupby("group")["at_risk"].first()
        events = own.groupby("group")["events"].sum()
        row = hazard.loc[endpoint]
        assert starts.to_dict() == {"no": row["n_reference"], "yes": row["n"]}
        assert events.to_dict() == {
            "no": row["events_reference"],
            "yes": row["events"],
        }


# first_cleared_day, pfs_days (day of the end + 1), event
COHORT = [
    ("P1", "detected", 20, 61, "yes"),
    ("P2", "detected", None, 31, "yes"),
    ("P3", "detected", 40, 41, "yes"),
    ("P4", "detected", 90, 50, "no"),
    ("P5", "undetected", None, 80, "no"),
    ("P6", "detected", -3, 70, "no"),
    ("P7", "detected", 20, None, None),
]


def stays_of(rows: list[tuple]) -> list[tuple]:
    columns = ["patient_id", "baseline_state", "first_cleared_day"]
    patients = pd.DataFrame(rows, columns=[*columns, "pfs_days", "pfs_event"])
    patients["ever_cleared"] = patients["first_cleared_day"].notna()
    patients["ever_cleared"] = patients["ever_cleared"].map({True: "yes", False: "no"})
    stays = split_at_clearance(
        patients.assign(treated="yes"), "pfs", count_first_day=True
    )
    names = ["patient_id", "group", "entry_days", "time_days", "event", "is_last"]
    return list(stays[names].itertuples(index=False, name=None))


def test_patients_change_sides_on_the_day_of_the_draw() -> None:
    start = -np.inf
    assert stays_of(COHORT) == [
        ("P1", "no", start, 21, False, False),
        ("P2", "no", start, 31, True, True),
        ("P3", "no", start, 41, True, True),
        ("P4", "no", start, 50, False, True),
        ("P1", "yes", 21, 61, True, True),
        ("P6", "yes", start, 70, False, True),
    ]


def test_nobody_with_ctdna_gives_no_stays() -> None:
    assert stays_of([COHORT[4]]) == []


def test_patient_without_a_later_sample_is_not_cleared_and_not_left_out() -> None:
    unsampled = ("P8", "detected", None, 12, "yes")
    assert stays_of([unsampled]) == [("P8", "no", -np.inf, 12, True, True)]
