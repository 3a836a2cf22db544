"""What ADaM data sets say of each patient, as rows to compare."""

import pandas as pd
import pytest
from sdtm_tables import domain

from her2ctdna.inputs.adam import check_folder, list_supplied, read_supplied


def rows(table):
    names = ["patient_id", "endpoint", "supplied", "unit"]
    return sorted(table[names].itertuples(index=False, name=None))


def test_treatment_responses_times_events_and_antibodies():
    sets = {
        "ADSL": domain("USUBJID | TRTSDT\nP1 | 2024-01-10\nP2 | ."),
        "ADRS": domain("""
        USUBJID | PARAMCD | AVALC            | ANL01FL
        P1      | BOR     | Partial Response | Y
        P1      | BOR     | SD               | .
        P1      | CBOR    | SD               | .
        P1      | OVR     | PD               | Y
        """),
        "ADTTE": domain("""
        USUBJID | PARAMCD | PARAM                            | AVALU | AVAL | CNSR
        P1      | PFS     | Progression-free survival (days) | .     | 100  | 0
        P1      | OS      | Overall survival                 | MONTHS | 5.2  | 1
        """),
        "ADAE": domain("USUBJID | TRTEMFL\nP1 | Y\nP1 | Y\nP1 | ."),
        "ADAB": domain("""
        USUBJID | PARAMCD | AVALC
        P1      | INDUCD1 | Y
        P1      | ENHANC1 | N
        P2      | INDUCD1 | N
        """),
    }
    assert rows(list_supplied(sets)) == [
        ("P1", "ada_class", "induced", ""),
        ("P1", "bor", "PR", ""),
        ("P1", "confirmed_bor", "SD", ""),
        ("P1", "os_days", "5.2", "months"),
        ("P1", "os_event", "no", ""),
        ("P1", "pfs_days", "100", "days"),
        ("P1", "pfs_event", "yes", ""),
        ("P1", "teae_count", "2", ""),
        ("P1", "treated", "yes", ""),
        ("P2", "ada_class", "none", ""),
        ("P2", "teae_count", "0", ""),
        ("P2", "treated", "no", ""),
    ]


def test_nothing_supplied_is_an_empty_table():
    assert list_supplied({}).empty
    assert list_supplied({"ADTTE": pd.DataFrame({"USUBJID": []})}).empty


def test_folder_is_read_and_other_data_sets_are_noted(tmp_path):
    (tmp_path / "adsl.csv").write_text("USUBJID,TRTSDT\nP1,2024-01-01\n")
    (tmp_path / "adlb.csv").write_text("USUBJID\n")
    assert rows(read_supplied(tmp_path)) == [("P1", "treated", "yes", "")]
    (found,) = check_folder(tmp_path)
    assert (found.severity, found.column) == ("note", "ADLB")
    (tmp_path / "adrs.xpt").write_text("broken")
    with pytest.raises(ValueError, match=r"adrs\.xpt cannot be read"):
        read_supplied(tmp_path)


def test_folder_without_a_data_set_is_an_error(tmp_path):
    for folder in (tmp_path, tmp_path / "absent"):
        (found,) = check_folder(folder)
        assert found.severity == "error"
