"""The statistics are held against known values, and a wrong one is found."""

import re
import time

import pandas as pd
import pytest

from her2ctdna.reference import published, r_checks, self_check
from her2ctdna.reference.failures import describe_failures
from her2ctdna.reference.published import read_published
from her2ctdna.reference.self_check import CHECK_COLUMNS, check_statistics


@pytest.fixture(scope="module")
def checks() -> pd.DataFrame:
    return check_statistics()


def test_every_statistic_comes_out_as_expected(checks: pd.DataFrame) -> None:
    assert list(checks.columns) == CHECK_COLUMNS
    assert set(checks["result"]) == {"pass"}
    assert describe_failures(checks) == ""
    assert checks["source"].str.len().gt(5).all()


def test_every_kind_of_interval_and_test_is_among_them(checks: pd.DataFrame) -> None:
    of_r = checks.loc[checks["check"].str.startswith("R: "), "check"]
    names = set(of_r.str.removeprefix("R: "))
    assert names == set(r_checks.CHECKS)
    assert len(names) == 13
    printed = checks[checks["check"].str.startswith("published")]
    assert printed.groupby("inputs").size().to_dict() == {
        **{"48/68": 3, "27/72": 3, "11/37": 3, "5/14": 3, "3/10": 3},
        **{"20/54": 3, "111/184": 3, "18/43": 3, "41/43": 3, "114/184": 3},
        **{"195/373": 3, "30/184": 3, "175/333": 3, "27/166": 3, "20/40": 3},
        **{"3/18": 3, "19/48": 3, "4/18": 3, "9/21": 3, "10/25": 3},
    }


def test_values_that_were_not_traced_are_not_among_them() -> None:
    trials = set(read_published()["trial"].str.partition(",")[0])
    assert trials == {
        *("DAISY", "DS8201-A-J101", "SHR-A1811", "RC48", "MRG002"),
        *("DESTINY-Breast01", "DESTINY-Breast04", "DESTINY-Breast06"),
        "TROPION-Breast01",
    }
    assert read_published()["source"].str.len().gt(5).all()


def test_checks_take_no_time(checks: pd.DataFrame) -> None:
    start = time.perf_counter()
    check_statistics()
    assert time.perf_counter() - start < 2


def test_values_of_r_are_those_of_made_up_patients_few_enough_to_read() -> None:
    patients = pd.read_csv(r_checks.PATIENTS, sep="\t")
    assert len(patients) < 30
    assert patients["days"].duplicated().any()


@pytest.mark.parametrize(
    ("printed", "tolerance"), [("81", 0.5), ("37.0", 0.05), ("62.29", 0.005)]
)
def test_tolerance_is_half_of_the_last_printed_digit(
    printed: str, tolerance: float
) -> None:
    assert self_check._half_of_last_digit(printed) == pytest.approx(tolerance)


def doctored(
    monkeypatch: pytest.MonkeyPatch, tmp_path, module, name: str, old: str, new: str
) -> pd.DataFrame:
    text = getattr(module, name).read_text()
    assert old in text
    copy = tmp_path / "doctored.tsv"
    copy.write_text(text.replace(old, new, 1))
    monkeypatch.setattr(module, name, copy)
    return check_statistics()


def test_interval_that_differs_in_its_last_digit_fails(monkeypatch, tmp_path) -> None:
    checks = doctored(monkeypatch, tmp_path, published, "FILE", "26.4", "26.5")
    failed = checks[checks["result"] == "fail"]
    assert failed[["quantity", "inputs"]].values.tolist() == [["ci_low", "27/72"]]
    text = describe_failures(checks)
    assert text.startswith(f"1 of {len(checks)} statistics differ from known values")
    assert "DAISY, cohort 2" in text
    assert "27/72" in text
    assert "26.36" in text
    assert "26.5 by doi:10.1038" in text


def test_value_of_r_that_differs_by_a_hundred_thousandth_fails(
    monkeypatch, tmp_path
) -> None:
    checks = doctored(monkeypatch, tmp_path, self_check, "VALUES", "8.28240", "8.28248")
    failed = checks[checks["result"] == "fail"]
    assert failed[["check", "quantity"]].values.tolist() == [
        ["R: log_rank", "chi_square"]
    ]


def test_value_that_is_not_computed_fails(monkeypatch) -> None:
    monkeypatch.setitem(r_checks.CHECKS, "wilson", lambda: {"ci_low": float("nan")})
    checks = check_statistics()
    failed = checks[checks["result"] == "fail"]
    assert failed["check"].tolist() == ["R: wilson"] * 2
    assert "R: wilson, ci_high (16/42): nan, but 0.53" in describe_failures(checks)


def test_failure_fails_the_run_and_names_every_value(
    repository, snakemake_spawned
) -> None:
    pinned = repository / "src/her2ctdna/reference/published.tsv"
    text = pinned.read_text()
    pinned.write_text(text.replace("26.4", "26.5"))
    target = "results/cohort/statistics_accepted.txt"
    run = snakemake_spawned(repository, target, root=repository)
    assert run.code != 0
    assert "1 of 100 statistics differ from known values; no report is written" in (
        run.output
    )
    assert re.search(r"DAISY, cohort 2.* 26\.36\d+, but 26\.5 by doi", run.output)
    assert "Traceback" not in run.output
    table = run.table("cohort/self_check.tsv")
    assert table["result"].value_counts().to_dict() == {"pass": 99, "fail": 1}
    assert not (repository / target).exists()
