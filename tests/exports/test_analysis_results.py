"""All numbers of the tables, one row each."""

import json

import pandas as pd
import pytest

from her2ctdna.exports.analysis_results import ARD_SCHEMA, derive_ard
from her2ctdna.exports.counted_patients import hash_patients

FLOW = pd.DataFrame(
    {
        "set": ["all_treated", "her2_group=zero", "responder=yes"],
        "patient_ids": ["P1;P2;P3", "P1;P2", "P2"],
    }
)
RATES = pd.DataFrame(
    {
        "endpoint": ["orr", "orr"],
        "population": ["all_treated", "all_treated"],
        "group_by": ["all", "her2_group"],
        "group": ["all", "zero"],
        "n": [1.0, 1.0],
        "N": [3.0, 2.0],
        "rate": [1 / 3, 0.5],
        "ci_low": [0.01, None],
        "ci_method": ["wilson", "clopper_pearson"],
    }
)
BIOMARKERS = pd.DataFrame(
    {
        "endpoint": ["orr"],
        "biomarker": ["baseline_level"],
        "estimate": [2.0],
        "ci_method": ["hodges_lehmann"],
        "test": ["rank_sum_exact"],
        "p_value": [0.04],
        "patient_ids": ["P1;P3"],
        "note": ["of those with a level"],
    }
)
CURVES = pd.DataFrame(
    {
        "endpoint": ["pfs"],
        "group_by": ["all"],
        "group": ["all"],
        "origin": ["first_dose"],
        "time_days": [182.625],
        "survival": [1.0],
    }
)


def ard(**tables):
    files = {f"tables/{name}.tsv": table for name, table in tables.items()}
    return derive_ard({"flow.tsv": FLOW, "patients.tsv": RATES} | files).to_pandas()


def test_each_number_is_a_row_in_the_order_of_the_table():
    table = ard(rates=RATES)
    assert list(table["statistic"]) == ["n", "N", "rate", "ci_low", "n", "N", "rate"]
    assert list(table["row"]) == [1, 1, 1, 1, 2, 2, 2]
    assert list(table["value"]) == [1, 3, 1 / 3, 0.01, 1, 2, 0.5]
    assert set(table["table"]) == {"rates"}


def test_row_says_of_what_and_how_and_of_whom():
    first, *_, last = ard(rates=RATES).to_dict("records")
    assert (first["variable"], first["group_by"], first["group"]) == (
        *("orr", "all", "all"),
    )
    assert (first["method"], last["method"]) == ("wilson", "clopper_pearson")
    assert last["keys"] == (
        '{"endpoint":"orr","group":"zero","group_by":"her2_group",'
        '"population":"all_treated"}'
    )
    assert first["patients_sha256"] == hash_patients(["P1", "P2", "P3"])
    assert last["patients_sha256"] == hash_patients(["P1", "P2"])


def test_method_of_a_p_value_is_the_test_and_of_an_estimate_its_interval():
    table = ard(biomarkers=BIOMARKERS).set_index("statistic")
    assert table["method"].to_dict() == {
        "estimate": "hodges_lehmann",
        "p_value": "rank_sum_exact",
    }
    assert set(table["group_by"]) == {"baseline_level"}
    assert "note" not in json.loads(table["keys"].iloc[0])
    assert set(table["patients_sha256"]) == {hash_patients(["P1", "P3"])}


def test_time_tells_rows_of_a_curve_apart_and_is_a_number_of_its_own():
    table = ard(survival_curves=CURVES)
    assert list(table["statistic"]) == ["time_days", "survival"]
    assert json.loads(table["keys"].iloc[0])["time_days"] == 182.625


def test_whole_numbers_of_keys_have_no_point():
    table = ard(survival_curves=CURVES.assign(time_days=49.0))
    assert table["keys"].iloc[0].endswith('"time_days":49}')


@pytest.mark.parametrize(
    "tables", [{}, {"rates": RATES[:0]}, {"a": RATES[["endpoint"]]}]
)
def test_without_numbers_there_is_no_row_and_the_types_are_the_same(tables):
    files = {f"tables/{name}.tsv": table for name, table in tables.items()}
    found = derive_ard({"flow.tsv": FLOW} | files)
    assert found.num_rows == 0
    assert found.schema == ARD_SCHEMA
