"""Patients as cBioPortal has them."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.exports.portal_patients import derive_clinical_patients

PATIENTS = pd.DataFrame(
    {
        "patient_id": ["P1", "007"],
        "os_days": [30.4375, np.nan],
        "os_event": ["yes", None],
        "pfs_days": [100.0, np.nan],
        "pfs_event": ["no", None],
        "her2_group": ["low", None],
        "baseline_level": [0.05, np.nan],
        "clearance_C2D1": ["cleared", "missing"],
        "hr_status": ["positive", None],
        "age": [61.0, 50.0],
        "年龄": [1.0, 2.0],
        "bor": ["PR", "MISSING"],
        "BOR": ["x", "y"],
        "remark": ["free text", "more of it"],
    }
)


def derive(patients=PATIENTS, covariates=("hr_status", "age")):
    return derive_clinical_patients(patients, landmarks=["C2D1"], covariates=covariates)


def test_survival_is_in_months_with_a_status_by_number():
    table, _ = derive()
    assert table["OS_STATUS"][0] == "1:DECEASED"
    assert table["OS_MONTHS"][0] == 1.0
    assert table["PFS_STATUS"][0] == "0:CENSORED"
    assert table["PFS_MONTHS"][0] == 100 / 30.4375
    assert table.loc[1, ["OS_STATUS", "OS_MONTHS", "PFS_MONTHS"]].isna().all()


def test_attributes_are_of_what_the_table_has_and_covariates_of_the_config_alone():
    table, attributes = derive()
    assert list(table) == [attribute.name for attribute in attributes]
    assert list(table) == [
        *["PATIENT_ID", "OS_STATUS", "OS_MONTHS", "PFS_STATUS", "PFS_MONTHS"],
        *["BOR", "HER2_GROUP", "CTDNA_BASELINE_LEVEL", "CTDNA_CLEARANCE_C2D1"],
        *["HR_STATUS", "AGE"],
    ]
    kinds = {attribute.name: attribute.datatype for attribute in attributes}
    assert {name for name in kinds if kinds[name] == "NUMBER"} == {
        *["OS_MONTHS", "PFS_MONTHS", "CTDNA_BASELINE_LEVEL", "AGE"]
    }


@pytest.mark.parametrize("name", ["年龄", "BOR", "not_there"])
def test_covariate_without_a_name_of_its_own_stays(name):
    table, _ = derive(covariates=[name])
    assert list(table) == list(derive(covariates=[])[0])
    assert list(table["BOR"]) == ["PR", "MISSING"]


def test_nobody_is_a_table_with_its_attributes():
    table, attributes = derive(PATIENTS[:0])
    assert len(table) == 0
    assert len(attributes) == len(table.columns)
