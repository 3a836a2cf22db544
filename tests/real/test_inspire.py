"""INSPIRE (Bratman 2020) as a study: levels, response, and a supplied group."""

import re
from math import nan

import pandas as pd
import pytest

DAYS_PER_MONTH = 30.4375
GROUP = "change_ctdna_group"
DECREASE, INCREASE = "Decrease from baseline", "Increase from baseline"


def write_study(source, folder):
    """Write the authors' table as sheets of a study that counts days."""
    raw = pd.read_csv(source / "inspire" / "pembrolizumab.csv")
    raw = raw.rename(columns={"id": "patient_id"})
    patients = raw[["patient_id", "cohort", GROUP]].copy()
    for name in ("pfs", "os"):
        patients[f"{name}_days"] = raw[f"{name}_time"] * DAYS_PER_MONTH
        patients[f"{name}_event"] = raw[f"{name}_status"].map({1: "yes", 0: "no"})
    responded = raw["orr"] == "CR/PR"
    benefit = raw["cbr"] == "CR/PR/SD>=C6"
    overall = pd.Series("PD", index=raw.index).mask(benefit, "SD")
    assessments = pd.DataFrame(
        {
            "patient_id": raw["patient_id"],
            "assessed_day": 126,
            "overall": overall.mask(responded, "PR"),
        }
    )
    drawn = raw.dropna(subset=["baseline_ctdna"])
    levels = pd.DataFrame(
        {
            "sample_id": drawn["patient_id"] + "-C1",
            "patient_id": drawn["patient_id"],
            "collected_day": 0,
            "timepoint": "C1",
            "level": drawn["baseline_ctdna"],
            "unit": "mtm_per_ml",
            "detected": (drawn["baseline_ctdna"] > 0).map({True: "yes", False: "no"}),
        }
    )
    sheets = {"patients": patients, "assessments": assessments, "levels": levels}
    for name, sheet in sheets.items():
        sheet.to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    return raw


def study_config():
    return {
        "study": {"id": "INSPIRE", "title": "Pembrolizumab", "synthetic": False},
        "inputs": {n: f"{n}.tsv" for n in ("patients", "assessments", "levels")},
        "definitions": {
            "response": {"confirmed": False, "clinical_benefit_days": 126},
            "ctdna": {"metric": "level"},
            "association": {"covariates": [], "groups": [GROUP]},
        },
        "analyses": {"primary": {}},
    }


@pytest.fixture(scope="module")
def inspire(real_data, tmp_path_factory, snakemake_in):
    folder = tmp_path_factory.mktemp("inspire")
    raw = write_study(real_data, folder)
    run = snakemake_in(folder, "results/primary/report.html", config=study_config())
    assert run.code == 0, run.output
    return run, raw


def test_responders_by_change_group_with_the_missing_shown(inspire):
    run, _ = inspire
    rates = run.table("primary/tables/rates.tsv")
    rows = rates[
        (rates["endpoint"] == "orr")
        & (rates["population"] == "all_treated")
        & (rates["group_by"] == GROUP)
        & (rates["ci_method"] == "clopper_pearson")
    ].set_index("group")
    counts = {group: (row["n"], row["N"]) for group, row in rows.iterrows()}
    assert counts == {DECREASE: (14, 33), INCREASE: (1, 40), "missing": (1, 21)}


def test_fisher_p_is_that_of_r(inspire):
    run, _ = inspire
    tests = run.table("primary/tables/tests.tsv")
    row = tests[(tests["biomarker"] == GROUP) & (tests["endpoint"] == "orr")]
    assert row["test"].tolist() == ["fisher", "boschloo"]
    assert row["p_value"].iloc[0] == pytest.approx(2.323e-5, rel=1e-3)
    assert row["q_value"].notna().tolist() == [True, False]


def contrast_of_response(run, ci_method):
    """Return the contrast of response between the groups, with this interval."""
    rows = run.table("primary/tables/contrasts.tsv")
    return rows[
        (rows["endpoint"] == "orr")
        & (rows["population"] == "all_treated")
        & (rows["group_by"] == GROUP)
        & (rows["ci_method"] == ci_method)
    ].squeeze()


def test_conditional_odds_ratio_is_that_of_r(inspire):
    """R's own upper limit is 0.7 % off: its root finding stops early."""
    run, _ = inspire
    row = contrast_of_response(run, "conditional_exact")
    assert [row["group"], row["reference"]] == [INCREASE, DECREASE]
    estimate, low, high = 1 / row[["estimate", "ci_high", "ci_low"]].astype(float)
    assert estimate == pytest.approx(27.515, rel=1e-3)
    assert low == pytest.approx(3.688, rel=1e-3)
    assert high == pytest.approx(1236.8, rel=1e-2)


def test_firth_odds_ratio_is_that_of_r(inspire):
    run, _ = inspire
    row = contrast_of_response(run, "firth_profile")
    estimate, low, high = 1 / row[["estimate", "ci_high", "ci_low"]].astype(float)
    assert (estimate, low, high) == pytest.approx((19.58, 4.32, 187.9), rel=1e-3)


def test_clinical_benefit_by_change_group(inspire):
    run, _ = inspire
    rates = run.table("primary/tables/rates.tsv")
    rows = rates[
        (rates["endpoint"] == "cbr")
        & (rates["population"] == "all_treated")
        & (rates["group_by"] == GROUP)
        & (rates["ci_method"] == "clopper_pearson")
    ].set_index("group")
    assert rows.loc[DECREASE, ["n", "N"]].tolist() == [19, 33]
    assert rows.loc[INCREASE, ["n", "N"]].tolist() == [4, 40]


def test_all_patients_are_there_and_most_without_a_change_did_not_respond(inspire):
    run, raw = inspire
    rates = run.table("primary/tables/rates.tsv")
    rows = rates[
        (rates["endpoint"] == "orr")
        & (rates["population"] == "all_treated")
        & (rates["ci_method"] == "clopper_pearson")
    ].set_index(["group_by", "group"])
    assert rows.loc[("all", "all"), ["n", "N"]].tolist() == [16, 94]
    missing = rows.loc[(GROUP, "missing")]
    assert missing["N"] == 21
    assert missing["N"] - missing["n"] == 20
    unknown = raw.loc[raw[GROUP].isna(), "patient_id"]
    flow = run.table("primary/flow.tsv").set_index("set")["patient_ids"]
    assert set(flow[f"{GROUP}=missing"].split(";")) == set(unknown)


COX = {
    ("os", "cox_wald"): [3.058179134, 1.62012132, 5.77269091],
    ("pfs", "cox_wald"): [3.39903274, 1.982937384, 5.826418756],
    ("os", "cox_profile"): [3.058179, 1.653082, 5.952855],
    ("pfs", "cox_profile"): [3.399033, 1.996374, 5.894226],
}
"""R's coxph, Efron's ties. Published are Wald's: OS 3.058 (1.620-5.773), PFS 3.399
(1.983-5.826)."""


@pytest.mark.parametrize(("endpoint", "ci_method"), COX)
def test_hazard_ratio_of_increase_against_decrease_is_that_of_r(
    inspire, endpoint, ci_method
):
    run, _ = inspire
    rows = run.table("primary/tables/contrasts.tsv")
    row = rows[
        (rows["endpoint"] == endpoint)
        & (rows["group_by"] == GROUP)
        & (rows["ci_method"] == ci_method)
    ].squeeze()
    assert [row["group"], row["reference"]] == [INCREASE, DECREASE]
    found = row[["estimate", "ci_low", "ci_high"]].astype(float).tolist()
    assert found == pytest.approx(COX[endpoint, ci_method], rel=1e-6)


@pytest.mark.parametrize(
    ("endpoint", "chi_square", "p_value"),
    [("os", 13.06123619, 0.0003014704), ("pfs", 21.00924785, 4.5707182e-06)],
)
def test_log_rank_test_of_increase_against_decrease_is_that_of_r(
    inspire, endpoint, chi_square, p_value
):
    run, _ = inspire
    tests = run.table("primary/tables/tests.tsv")
    rows = tests[(tests["biomarker"] == GROUP) & (tests["endpoint"] == endpoint)]
    rows = rows.set_index("test")
    assert rows.loc["log_rank", "statistic"] == pytest.approx(chi_square, rel=1e-8)
    assert rows.loc["log_rank", "p_value"] == pytest.approx(p_value, rel=1e-7)
    assert rows.loc["log_rank_permutation", "statistic"] == pytest.approx(
        chi_square, rel=1e-8
    )


@pytest.mark.parametrize(
    ("endpoint", "group", "n_events", "months"),
    [
        ("os", DECREASE, (33, 14), [nan, 18.98973306, nan]),
        ("os", INCREASE, (40, 32), [9.52772074, 6.43942505, 14.2915811]),
        ("pfs", DECREASE, (33, 24), [7.85215606, 3.90965092, 16.16427105]),
        ("pfs", INCREASE, (40, 38), [1.90554415, 1.87268994, 1.93839836]),
    ],
)
def test_median_with_log_log_interval_is_that_of_r(
    inspire, endpoint, group, n_events, months
):
    run, _ = inspire
    survival = run.table("primary/tables/survival.tsv")
    row = survival[
        (survival["endpoint"] == endpoint)
        & (survival["group_by"] == GROUP)
        & (survival["group"] == group)
    ].squeeze()
    assert (row["n"], row["events"]) == n_events
    found = row[["median_days", "ci_low", "ci_high"]].astype(float) / DAYS_PER_MONTH
    assert found.tolist() == pytest.approx(months, rel=1e-8, nan_ok=True)


def test_survival_is_taken_as_supplied(inspire):
    run, raw = inspire
    endpoints = run.table("primary/endpoints.tsv").set_index("patient_id")
    months = raw.set_index("patient_id")
    for name in ("pfs", "os"):
        days = endpoints[f"{name}_days"].astype(float)
        expected = months[f"{name}_time"] * DAYS_PER_MONTH
        pd.testing.assert_series_equal(
            days, expected.loc[days.index], check_names=False, rtol=1e-9
        )
        assert set(endpoints[f"{name}_reason"]) == {"supplied"}


def test_baseline_level_of_every_patient_is_the_authors(inspire):
    run, raw = inspire
    samples = run.table("primary/ctdna_samples.tsv").set_index("patient_id")
    expected = raw.dropna(subset=["baseline_ctdna"]).set_index("patient_id")
    levels = samples["level"].loc[expected.index]
    pd.testing.assert_series_equal(
        levels, expected["baseline_ctdna"], check_names=False
    )
    silent = expected["baseline_ctdna"] == 0
    assert (samples["state"].loc[expected.index] == "undetected").tolist() == (
        silent.tolist()
    )


def test_report_says_that_there_is_no_her2(inspire):
    run, _ = inspire
    report = (run.folder / "results/primary/report.html").read_text()
    told = re.search("Not in this study: ([^<]*)", report)
    assert told is not None
    assert "HER2" in told[1]
    assert "SYNTHETIC" not in report
