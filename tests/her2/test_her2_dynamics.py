"""How HER2 changed over a patient's specimens before treatment."""

import pandas as pd
import pytest

from her2ctdna.her2.her2_dynamics import DYNAMICS, derive_her2_dynamics
from her2ctdna.her2.her2_status import derive_her2_readings


def readings(*rows):
    usual = {"patient_id": "P1", "reader": "central", "her2_class": "low"}
    frame = pd.DataFrame(
        [usual | {"specimen_id": f"S{i}"} | row for i, row in enumerate(rows)],
        columns=[
            *("patient_id", "specimen_id", "reader", "collected_day"),
            *("her2_class", "her2_group"),
        ],
    )
    return frame.astype({"collected_day": float, "her2_group": object})


def derive(*rows, reader="central_first", patients=("P1",)):
    frame = pd.DataFrame({"patient_id": list(patients)})
    return derive_her2_dynamics(readings(*rows), frame, reader=reader)


def course(*groups, first=-100):
    return [
        {"her2_group": group, "collected_day": first + 10 * place}
        for place, group in enumerate(groups)
    ]


@pytest.mark.parametrize(
    ("groups", "dynamics"),
    [
        *[(["zero", "zero"], "stable_zero"), (["low", "low", "low"], "stable_low")],
        *[(["zero", "low"], "gained"), (["zero", "zero", "low", "low"], "gained")],
        *[(["low", "zero"], "lost"), (["low", "low", "zero"], "lost")],
        *[(["zero", "low", "zero"], "ever_low"), (["low", "zero", "low"], "ever_low")],
        *[(["zero"], "one_reading"), (["low"], "one_reading")],
        *[([None, "zero", None], "one_reading"), ([None, None], "unreadable")],
        *[(["zero", None, "low"], "gained")],
    ],
)
def test_course_has_a_name(groups, dynamics):
    [row] = derive(*course(*groups)).itertuples()
    assert row.dynamics == dynamics
    assert row.dynamics in DYNAMICS
    assert row.n_readings == sum(group is not None for group in groups)


def test_order_of_rows_does_not_matter():
    rows = course("zero", "low", "low")
    assert derive(*rows).equals(
        derive(*rows[::-1]).assign(reason=derive(*rows)["reason"])
    )


def test_both_on_one_day_have_no_order():
    rows = [{"her2_group": group, "collected_day": -5} for group in ("zero", "low")]
    assert derive(*rows)["dynamics"].to_list() == ["ever_low"]


def test_specimens_without_a_day_or_after_the_first_dose_are_left_out_and_named():
    rows = [
        *course("zero"),
        {"her2_group": "low", "collected_day": None},
        {"her2_group": "low", "collected_day": 1},
        {"her2_group": None, "her2_class": "indeterminate", "collected_day": -1},
    ]
    [row] = derive(*rows).itertuples()
    assert (row.dynamics, row.n_readings) == ("one_reading", 1)
    assert row.reason == (
        "central: zero on day -100; 1 undated; 1 after the first dose; "
        "1 without a group"
    )


def test_day_of_first_dose_is_before_treatment():
    rows = course("zero", "low", first=-10)
    assert derive(*rows)["dynamics"].to_list() == ["gained"]


def test_one_reader_makes_the_course():
    rows = [
        *course("zero", "zero"),
        *({**row, "reader": "local"} for row in course("low", "low")),
    ]
    assert derive(*rows)["dynamics"].to_list() == ["stable_zero"]
    assert derive(*rows, reader="local")["dynamics"].to_list() == ["stable_low"]
    [row] = derive(*course("zero"), reader="local").itertuples()
    assert (row.dynamics, row.n_readings) == ("unreadable", 0)


def test_every_patient_has_a_row_in_their_order():
    table = derive(*course("zero", "low"), patients=("P2", "P1"))
    assert table["patient_id"].to_list() == ["P2", "P1"]
    assert table["dynamics"].to_list() == ["unreadable", "gained"]
    assert table["reason"][0] == "no HER2 reading"
    assert list(derive(patients=())) == [
        "patient_id",
        "dynamics",
        "n_readings",
        "reason",
    ]


def test_a_derived_reading_without_a_group_is_none_of_the_course():
    scores = ["0", "2+", "1+"]
    written = pd.DataFrame(
        {
            "patient_id": "P1",
            "specimen_id": ["A", "B", "C"],
            "reader": "central",
            "specimen": "metastasis",
            "collected_day": [-30.0, -20.0, -10.0],
            "ihc": scores,
            **dict.fromkeys(["ish", "stained_percent", "assay"]),
            **dict.fromkeys(["her2_copies", "cep17_ratio"], float("nan")),
        }
    ).astype({"ish": object, "stained_percent": object, "assay": object})
    derived = derive_her2_readings(
        written,
        recode={},
        range_policy="indeterminate",
        zero=["zero_unspecified"],
        low=["low"],
    )
    patients = pd.DataFrame({"patient_id": ["P1"]})
    [row] = derive_her2_dynamics(derived, patients, reader="central").itertuples()
    assert (row.dynamics, row.n_readings) == ("gained", 2)
    assert row.reason.endswith("1 without a group")
