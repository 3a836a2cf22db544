"""Who is behind a row of a table of results."""

import pandas as pd
import pytest

from her2ctdna.exports.counted_patients import hash_counted, hash_patients
from her2ctdna.sets.flow import Flow

SETS = {
    "all_treated": "P1;P2;P3;P4",
    "her2_group=zero": "P1;P2",
    "her2_group=low": "P3",
    "responder=yes": "P1",
    "hr_status=positive": "P1;P3;P4",
    "hr_status=known": "P1;P2;P3",
    "pfs": "P1;P2;P3",
    "pfs@C2D1": "P2;P3",
    "pfs_event=yes": "P2",
    "pfs@draw=yes": "P3",
}
FLOW = Flow(pd.DataFrame({"set": [*SETS], "patient_ids": [*SETS.values()]}))
HER2 = {"group_by": "her2_group"}
ORR = {"endpoint": "orr", "population": "all_treated"}


def counted(name, *rows):
    found = hash_counted(name, pd.DataFrame(rows), FLOW)
    groups = ["", "1", "2", "3", "12", "13", "23", "34", "123", "1234"]
    known = {hash_patients(f"P{one}" for one in ids): ids for ids in groups}
    return [None if one is None else known[one] for one in found]


def test_hash_is_of_the_distinct_ids_in_order():
    assert hash_patients(["P2", "P1", "P2"]) == hash_patients(["P1", "P2"])
    # printf 'P1\nP2' | sha256sum
    assert hash_patients(["P1", "P2"]).startswith("bff3e6c20ec3ede3")


@pytest.mark.parametrize(
    ("name", "row", "ids"),
    [
        ("rates", ORR | HER2 | {"group": "zero", "N": 2.0}, "12"),
        ("rates", ORR | {"group_by": "all", "group": "all", "N": 4.0}, "1234"),
        (
            "contrasts",
            ORR
            | HER2
            | {"group": "low", "reference": "zero", "n": 1, "n_reference": 2},
            "123",
        ),
        (
            "contrasts",
            ORR
            | HER2
            | {"group": "low", "reference": "zero", "n": 1.0, "n_reference": 1.0}
            | {"subgroup": "hr_status=positive", "adjusted_for": None},
            "13",
        ),
        (
            "tests",
            ORR | {"biomarker": "her2_group", "groups": "zero;low", "n": 3.0},
            "123",
        ),
        (
            "survival",
            {"endpoint": "pfs", "origin": "C2D1", "group_by": "all", "group": "all"}
            | {"n": 2.0, "patient_ids": "P1"},
            "23",
        ),
        (
            "survival_curves",
            {"endpoint": "pfs", "origin": "first_dose", "biased": "no"}
            | {"group_by": "ever_cleared", "group": "yes", "at_risk": 1.0},
            "3",
        ),
        ("ctdna_response", {"patient_id": "P3", "ratio": 0.1}, "3"),
        ("kinetics", {"parameter": "half_life_days", "patient_ids": "P3;P4"}, "34"),
        ("mutations", {"n": 0.0, "N": 3.0, "patient_ids": None}, ""),
        (
            "ctdna_recist",
            {"N": 3.0, "both_ids": "P1", "ctdna_only_ids": None}
            | {"recist_only_ids": "P2", "neither_ids": "P3"},
            "123",
        ),
    ],
)
def test_patients_are_those_that_the_row_counts(name, row, ids):
    assert counted(name, row) == [ids]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("rates", ORR | HER2 | {"group": "zero", "N": 3.0}),
        (
            "milestones",
            {"endpoint": "ttnt", "origin": "first_dose", "group_by": "all"}
            | {"group": "all", "n": 4.0},
        ),
        (
            "tests",
            {"endpoint": "gene_TP53", "population": "all_treated", "n": 3.0}
            | {"biomarker": "her2_class", "groups": "zero;low"},
        ),
        ("ledger", {"family": "her2_response", "n_tests": 20.0}),
        ("kinetics", {"parameter": "half_life_days", "patient_ids": None}),
    ],
)
def test_patients_are_unknown_where_the_flow_has_no_such_set_or_another(name, row):
    assert counted(name, row) == [None]


def test_a_table_without_rows_has_nobody():
    assert hash_counted("rates", pd.DataFrame(columns=["endpoint"]), FLOW) == []
