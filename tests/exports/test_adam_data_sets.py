"""Endpoints as ADRS and ADTTE, and read back by our own reader."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.exports.adam_data_sets import (
    ADRS_LABELS,
    ADTTE_LABELS,
    count_from_one,
    derive_adrs,
    derive_adtte,
    derive_data_sets,
)
from her2ctdna.exports.transport_file import write_transport
from her2ctdna.inputs.adam import read_supplied
from her2ctdna.inputs.supplied import compare_supplied

ENDPOINTS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2", "007", "P4"],
        "bor": ["PR", "NON-CR/NON-PD", "MISSING", "SD"],
        "bor_day": [42.0, 40.0, np.nan, 41.0],
        "bor_reason": ["PR on day 42", "NON-CR/NON-PD on day 40", None, "SD"],
        "confirmed_bor": ["SD", "NON-CR/NON-PD", "MISSING", "SD"],
        "confirmed_bor_day": [42.0, 40.0, np.nan, 41.0],
        "confirmed_bor_reason": ["PR without a second", None, None, None],
        "response_day": [42.0, np.nan, np.nan, np.nan],
        "pfs_days": [90.0, 30.0, np.nan, 21.7 * 30.4375],
        "pfs_event": ["yes", "no", None, "yes"],
        "pfs_reason": ["progression", "new therapy", None, "supplied"],
        "os_days": [400.0, 60.0, np.nan, 1000.123456],
        "os_event": ["no", "yes", None, "no"],
        "os_reason": ["alive", "death", None, "supplied, from diagnosis"],
        "dor_days": [49.0, np.nan, np.nan, np.nan],
        "dor_event": ["yes", None, None, None],
        "dor_reason": ["progression", None, None, None],
    }
)
VISITS = pd.DataFrame(
    {
        "patient_id": ["P1", "P1", "P1"],
        "assessed_day": [-7.0, 0.0, 42.0],
        "evaluator": ["investigator", "independent", "investigator"],
        "overall": [None, "SD", "PR"],
        "used": ["no", "no", "yes"],
        "reason": ["baseline", "by another evaluator", "counts"],
    }
)


def adtte(endpoints=ENDPOINTS, count_first_day=True):
    return derive_adtte(endpoints, study_id="S", count_first_day=count_first_day)


def adrs(endpoints=ENDPOINTS, visits=VISITS):
    return derive_adrs(endpoints, visits, study_id="S")


def data_sets(endpoints=ENDPOINTS, visits=VISITS, is_synthetic=True):
    return derive_data_sets(
        endpoints,
        visits,
        study_id="S",
        is_synthetic=is_synthetic,
        count_first_day=True,
    )


def test_days_of_cdisc_have_no_zero():
    days = pd.Series([-2.0, -1.0, 0.0, 1.0, np.nan])
    assert list(count_from_one(days)[:4]) == [-2, -1, 1, 2]
    assert np.isnan(count_from_one(days)[4])


def test_overall_response_is_a_row_for_each_assessment_with_one():
    rows = adrs()[adrs()["PARAMCD"] == "OVR"]
    shown = ["USUBJID", "AVAL", "AVALC", "ADY", "ANL01FL", "RSEVAL"]
    assert rows[shown].fillna("").to_numpy().tolist() == [
        ["P1", 3.0, "SD", 1.0, "", "independent"],
        ["P1", 2.0, "PR", 43.0, "Y", "investigator"],
    ]


def test_best_response_is_a_row_for_each_patient_confirmed_or_not():
    best = adrs()[adrs()["PARAMCD"] != "OVR"]
    table = best.set_index(["PARAMCD", "USUBJID"])
    assert table.loc[("BOR", "P1"), "AVALC"] == "PR"
    assert table.loc[("CBOR", "P1"), "AVALC"] == "SD"
    assert table.loc[("CBOR", "P1"), "REASON"] == "PR without a second"
    missing = table.loc[("BOR", "007")]
    assert (missing["AVALC"], missing["AVAL"]) == ("MISSING", 7.0)
    assert np.isnan(missing["ADY"])


def test_event_is_cnsr_0_and_reason_of_censoring_stands_twice():
    table = adtte().set_index(["PARAMCD", "USUBJID"])
    event, censored = table.loc[("PFS", "P1")], table.loc[("PFS", "P2")]
    assert (event["CNSR"], event["AVAL"], event["EVNTDESC"]) == (
        *(0.0, 90.0, "progression"),
    )
    assert pd.isna(event["CNSDTDSC"])
    assert (censored["CNSR"], censored["CNSDTDSC"]) == (1.0, "new therapy")
    assert "0 = event" in ADTTE_LABELS["CNSR"]


def test_who_was_not_followed_has_no_row():
    pairs = set(adtte()[["PARAMCD", "USUBJID"]].itertuples(index=False, name=None))
    assert pairs == {
        *[("PFS", "P1"), ("PFS", "P2"), ("PFS", "P4"), ("OS", "P1"), ("OS", "P2")],
        *[("OS", "P4"), ("DOR", "P1")],
    }


@pytest.mark.parametrize(("count_first_day", "day"), [(True, 90.0), (False, 91.0)])
def test_study_day_is_that_on_which_the_time_ends(count_first_day, day):
    table = adtte(count_first_day=count_first_day).set_index(["PARAMCD", "USUBJID"])
    assert table.loc[("PFS", "P1"), "ADY"] == day
    # from day 42 on for 49 days, which is a day after PFS here
    assert table.loc[("DOR", "P1"), "ADY"] == day + 1
    assert np.isnan(table.loc[("PFS", "P4"), "ADY"])
    assert np.isnan(table.loc[("OS", "P4"), "ADY"])


def test_variables_have_labels_that_a_transport_file_holds():
    for labels in (ADRS_LABELS, ADTTE_LABELS):
        assert all(len(name) <= 8 for name in labels)
        assert all(0 < len(label) <= 40 for label in labels.values())
        assert not [name for name in labels if name.endswith(("DT", "DTC", "DTM"))]
    assert list(adrs()) == list(ADRS_LABELS)
    assert list(adtte()) == list(ADTTE_LABELS)


def test_data_sets_are_those_that_the_study_has_and_synthetic_ones_say_so():
    made = data_sets()
    assert {name: data_set.label for name, data_set in made.items()} == {
        "adtte": "Time to Event (synthetic)",
        "adrs": "Response (synthetic)",
    }
    assert list(data_sets(visits=None, is_synthetic=False)) == ["adtte"]


@pytest.mark.parametrize("endpoints", [ENDPOINTS, ENDPOINTS[2:3], ENDPOINTS[:0]])
def test_round_trip_by_our_own_reader_agrees_in_every_endpoint(tmp_path, endpoints):
    for name, data_set in data_sets(endpoints, VISITS[:0]).items():
        write_transport(data_set, tmp_path / f"{name}.xpt")
    compared = compare_supplied(endpoints, read_supplied(tmp_path))
    assert set(compared["agrees"]) <= {"yes"}
    times = endpoints[["pfs_days", "os_days", "dor_days"]].notna().sum().sum()
    assert len(compared) == 2 * len(endpoints) + 2 * times
