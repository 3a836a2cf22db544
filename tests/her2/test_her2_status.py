"""HER2 class of a reading and the choice of one reading per patient."""

import numpy as np
import pandas as pd
import pytest

from her2ctdna.her2.her2_scores import derive_results
from her2ctdna.her2.her2_status import (
    derive_her2_class,
    derive_her2_readings,
    derive_her2_status,
)

COLUMNS = [
    *["patient_id", "specimen_id", "collected_day", "specimen", "reader"],
    *["ihc", "ish", "stained_percent", "her2_copies", "cep17_ratio", "assay"],
]
RULE = {
    "reader": "central_first",
    "specimen": "most_recent",
    "zero": ["absent", "ultralow", "zero_unspecified"],
    "low": ["low"],
    "recode": {},
    "range_policy": "indeterminate",
}


def readings(*rows):
    """Return readings; a row gives what differs from a central one of a metastasis."""
    usual = dict.fromkeys(COLUMNS) | {"patient_id": "P1", "specimen_id": "A"}
    usual |= {"specimen": "metastasis", "reader": "central", "collected_day": -10}
    frame = pd.DataFrame([usual | row for row in rows], columns=COLUMNS, dtype=object)
    frame["stained_percent"] = frame["stained_percent"].map(str, na_action="ignore")
    numbers = ("collected_day", "her2_copies", "cep17_ratio")
    return frame.astype(dict.fromkeys(numbers, float))


def derive(*rows, patients=("P1",), **rule):
    """Return the status and the readings."""
    frame = pd.DataFrame({"patient_id": list(patients)})
    rule = RULE | rule
    choice = {"reader": rule.pop("reader"), "specimen": rule.pop("specimen")}
    derived = derive_her2_readings(readings(*rows), **rule)
    return derive_her2_status(derived, frame, **choice)


def status(*rows, **rule):
    return derive(*rows, **rule)[0]


def chosen(*rows, **rule):
    """Return the specimen and the reader chosen for one patient."""
    row = status(*rows, **rule).iloc[0]
    return row["specimen_id"], row["reader"]


@pytest.mark.parametrize(
    ("ihc", "ish", "stained", "her2_class", "level"),
    [
        ("0", None, 0, "absent", "absent"),
        ("0", "negative", 0, "absent", "absent"),
        ("0", None, 0.5, "ultralow", "ultralow"),
        ("0", None, 10, "ultralow", "ultralow"),
        ("0", None, 10.1, "zero_unspecified", None),
        ("0", None, None, "zero_unspecified", None),
        ("0-1+", "negative", 5, "indeterminate", None),
        ("1-2+", "positive", 40, "positive", None),
        ("1+", None, None, "low", "1+"),
        ("1+", "negative", 30, "low", "1+"),
        ("1+", "equivocal", 30, "low", "1+"),
        ("2+", "negative", 30, "low", "2+"),
        ("2+", None, 30, "indeterminate", None),
        ("2+", "equivocal", 30, "indeterminate", None),
        ("2+", "positive", 30, "positive", None),
        ("3+", None, 90, "positive", None),
        ("3+", "negative", 90, "positive", None),
        ("0", "positive", 0, "positive", None),
        ("1+", "positive", 20, "positive", None),
        (None, "positive", None, "positive", None),
        (None, "negative", None, "missing", None),
        (None, None, 5, "missing", None),
    ],
)
def test_class_and_level_of_a_reading(ihc, ish, stained, her2_class, level):
    frame = readings({"ihc": ihc, "ish": ish, "stained_percent": stained})
    read = derive_results(frame, recode={}, range_policy="indeterminate")
    row = derive_her2_class(read).iloc[0]
    assert (row["her2_class"], row["her2_level"]) == (her2_class, level)


def test_groups_hold_the_configured_classes_and_no_other():
    frame = status(
        {"patient_id": "absent", "ihc": "0", "stained_percent": 0},
        {"patient_id": "ultralow", "ihc": "0", "stained_percent": 5},
        {"patient_id": "unspecified", "ihc": "0"},
        {"patient_id": "low", "ihc": "1+"},
        {"patient_id": "indeterminate", "ihc": "2+"},
        {"patient_id": "positive", "ihc": "3+"},
        patients=(
            *["absent", "ultralow", "unspecified", "low"],
            *["indeterminate", "positive", "unread"],
        ),
        zero=["absent", "zero_unspecified"],
        low=["low", "ultralow"],
    )
    groups = frame["her2_group"].fillna("none")
    assert dict(zip(frame["patient_id"], groups, strict=True)) == {
        "absent": "zero",
        "ultralow": "low",
        "unspecified": "zero",
        "low": "low",
        "indeterminate": "none",
        "positive": "none",
        "unread": "none",
    }


def test_class_in_neither_group_has_no_group():
    frame = status({"ihc": "0", "stained_percent": 5}, zero=["absent"], low=["low"])
    assert frame["her2_class"].to_list() == ["ultralow"]
    assert frame["her2_group"].isna().all()


def test_one_row_per_patient_in_their_order_with_the_contract_columns():
    frame = status(
        {"patient_id": "P1", "ihc": "0"},
        {"patient_id": "P3", "ihc": "1+"},
        patients=("P3", "P2", "P1"),
    )
    assert frame["patient_id"].to_list() == ["P3", "P2", "P1"]
    assert frame["her2_class"].to_list() == ["low", "missing", "zero_unspecified"]
    np.testing.assert_array_equal(frame["collected_day"], [-10.0, np.nan, -10.0])
    assert {
        *["patient_id", "specimen_id", "reader", "ihc", "ish"],
        *["her2_class", "her2_level", "her2_group", "reason"],
    } <= set(frame.columns)


def test_no_readings_at_all_are_missing_for_everybody():
    frame = status(patients=("P1", "P2"))
    assert frame["her2_class"].to_list() == ["missing", "missing"]
    assert frame["reason"].to_list() == ["no HER2 reading"] * 2


def test_no_patients_give_no_rows():
    assert len(status({"ihc": "0"}, patients=())) == 0


@pytest.mark.parametrize(
    ("rule", "readers", "expected"),
    [
        ("central_first", ["local", "central", "Ann"], "central"),
        ("central_first", ["local", "Ann"], "local"),
        ("central_first", ["Bob", "Ann"], "Ann"),
        ("local_first", ["local", "central", "Ann"], "local"),
        ("local_first", ["central", "Ann"], "central"),
        ("central", ["local", "central"], "central"),
        ("local", ["local", "central"], "local"),
    ],
)
def test_reader_is_chosen_by_the_rule(rule, readers, expected):
    rows = [{"reader": name, "ihc": "1+"} for name in readers]
    assert chosen(*rows, reader=rule) == ("A", expected)


@pytest.mark.parametrize("rule", ["central", "local"])
def test_rule_of_one_reader_takes_no_other(rule):
    row = status({"reader": "Ann", "ihc": "1+"}, reader=rule).iloc[0]
    assert row["her2_class"] == "missing"
    assert row["reason"] == f"no readable result by the {rule} reader"


def test_reader_is_chosen_before_the_specimen():
    old_central = {"specimen_id": "OLD", "collected_day": -900, "ihc": "0"}
    new_local = {"specimen_id": "NEW", "reader": "local", "ihc": "1+"}
    assert chosen(old_central, new_local) == ("OLD", "central")
    assert chosen(old_central, new_local, reader="local_first") == ("NEW", "local")


def test_reading_without_a_score_does_not_make_its_reader_the_chosen_one():
    unread = {"reader": "central", "ihc": None, "ish": "negative"}
    assert chosen(unread, {"reader": "local", "ihc": "1+"}) == ("A", "local")
    assert status(unread).loc[0, "reason"] == "no reading with an IHC score"


def test_most_recent_specimen_is_taken_whatever_its_kind():
    rows = [
        {"specimen_id": "MET", "collected_day": -50, "ihc": "0"},
        {
            "specimen_id": "PRI",
            "collected_day": -20,
            "specimen": "primary",
            "ihc": "1+",
        },
        {"specimen_id": "UNK", "collected_day": -90, "specimen": "unknown", "ihc": "0"},
    ]
    assert chosen(*rows)[0] == "PRI"
    assert chosen(*rows, specimen="metastasis_first")[0] == "MET"
    assert chosen(*rows, specimen="primary_first")[0] == "PRI"
    assert status(*rows).loc[0, "reason"] == (
        "most recent of 3 specimens read by central"
    )


def test_most_recent_of_the_preferred_kind_is_taken():
    rows = [
        {"specimen_id": "P-OLD", "collected_day": -90, "specimen": "primary"},
        {"specimen_id": "M-OLD", "collected_day": -80},
        {"specimen_id": "P-NEW", "collected_day": -40, "specimen": "primary"},
        {"specimen_id": "M-NEW", "collected_day": -50},
    ]
    rows = [row | {"ihc": "1+"} for row in rows]
    assert chosen(*rows, specimen="metastasis_first")[0] == "M-NEW"
    assert chosen(*rows, specimen="primary_first")[0] == "P-NEW"


def test_preferred_kind_that_is_absent_leaves_the_most_recent():
    rows = [
        {"specimen_id": "OLD", "specimen": "unknown", "collected_day": -60, "ihc": "0"},
        {"specimen_id": "NEW", "specimen": "primary", "collected_day": -50, "ihc": "0"},
    ]
    assert chosen(*rows, specimen="metastasis_first")[0] == "NEW"


def test_specimens_of_one_day_go_by_kind_and_then_by_name():
    unknown = {"specimen_id": "A", "specimen": "unknown", "ihc": "0"}
    primary = {"specimen_id": "B", "specimen": "primary", "ihc": "0"}
    second = {"specimen_id": "D", "specimen": "metastasis", "ihc": "0"}
    first = {"specimen_id": "C", "specimen": "metastasis", "ihc": "1+"}
    assert chosen(unknown, primary, second, first)[0] == "C"
    assert chosen(unknown, primary)[0] == "B"


def test_specimen_without_a_date_comes_last():
    undated = {"specimen_id": "A", "collected_day": None, "ihc": "0"}
    dated = {"specimen_id": "B", "collected_day": -4000, "ihc": "1+"}
    assert chosen(undated, dated)[0] == "B"
    assert status(undated, dated).loc[0, "reason"].endswith("1 undated")
    assert chosen(undated, {**undated, "specimen_id": "C"})[0] == "A"


def test_highest_and_lowest_rank_by_score():
    rows = [
        {"specimen_id": "ONE", "ihc": "1+", "collected_day": -1},
        {"specimen_id": "TWO", "ihc": "2+", "collected_day": -900},
        {"specimen_id": "ZERO", "ihc": "0", "collected_day": -500},
    ]
    assert chosen(*rows, specimen="highest")[0] == "TWO"
    assert chosen(*rows, specimen="lowest")[0] == "ZERO"


def test_ish_positive_ranks_above_every_score():
    rows = [
        {"specimen_id": "ONE", "ihc": "1+"},
        {"specimen_id": "ONE-AMPLIFIED", "ihc": "1+", "ish": "positive"},
    ]
    assert chosen(*rows, specimen="highest")[0] == "ONE-AMPLIFIED"
    assert chosen(*rows, specimen="lowest")[0] == "ONE"


def test_equal_scores_rank_by_stained_cells_and_then_by_date():
    rows = [
        {"specimen_id": "A", "ihc": "0", "stained_percent": 0, "collected_day": -9},
        {"specimen_id": "B", "ihc": "0", "stained_percent": 8, "collected_day": -90},
        {"specimen_id": "C", "ihc": "0", "stained_percent": 8, "collected_day": -80},
    ]
    assert chosen(*rows, specimen="highest")[0] == "C"
    assert chosen(*rows, specimen="lowest")[0] == "A"


def test_order_of_the_rows_does_not_matter():
    rows = [
        {"specimen_id": name, "reader": reader, "ihc": ihc, "specimen": specimen}
        for name, specimen in (("A", "primary"), ("B", "metastasis"))
        for reader, ihc in (("central", "0"), ("local", "1+"))
    ]
    for rule in ("most_recent", "primary_first", "highest", "lowest"):
        assert chosen(*rows, specimen=rule) == chosen(*rows[::-1], specimen=rule)


def test_only_specimen_is_named_as_such():
    assert status({"ihc": "0"}).loc[0, "reason"] == "only specimen read by central"


@pytest.mark.parametrize(
    ("policy", "ihc", "her2_class", "group"),
    [
        ("lower", "0", "zero_unspecified", "zero"),
        ("higher", "1+", "low", "low"),
        ("indeterminate", "0-1+", "indeterminate", None),
    ],
)
def test_range_of_scores_follows_the_policy(policy, ihc, her2_class, group):
    row = status({"ihc": "0-1+"}, range_policy=policy).iloc[0]
    row = row.astype(object).where(row.notna(), None)
    found = (row["ihc_raw"], row["ihc"], row["her2_class"], row["her2_group"])
    assert found == ("0-1+", ihc, her2_class, group)


def test_recoded_score_decides_and_the_cell_is_kept_as_written():
    odd = {"ihc": "1+ (outside 3+)"}
    assert status(odd).loc[0, "reason"] == "no reading with an IHC score"
    row = status(odd, recode={"1+ (Outside  3+)": "1+"}).iloc[0]
    assert (row["ihc_raw"], row["ihc"]) == ("1+ (outside 3+)", "1+")
    assert status({"ihc": "1+"}, recode={"1+": None}).loc[0, "her2_class"] == "missing"


def test_range_ranks_by_its_lower_end():
    rows = [
        {"specimen_id": "RANGE", "ihc": "0-1+", "collected_day": -90},
        {"specimen_id": "ONE", "ihc": "1+", "collected_day": -80},
    ]
    assert chosen(*rows, specimen="lowest")[0] == "RANGE"
    assert chosen(*rows, specimen="highest")[0] == "ONE"


@pytest.mark.parametrize(
    ("other", "how"),
    [
        ({"specimen": "primary"}, "metastasis before primary"),
        ({"specimen": "metastasis"}, "the first specimen_id"),
    ],
)
def test_tie_of_specimens_is_stated(other, how):
    rows = [
        {"specimen_id": "A", "ihc": "0"},
        {"specimen_id": "B", "ihc": "1+", **other},
        {"specimen_id": "C", "ihc": "1+", "collected_day": -50},
    ]
    reason = "most recent of 3 specimens read by central, A and B tie: "
    assert status(*rows).loc[0, "reason"] == reason + how


def test_undated_specimens_tie():
    undated = {"collected_day": None, "ihc": "0"}
    rows = [undated | {"specimen_id": "A"}, undated | {"specimen_id": "B"}]
    expected = "most recent of 2 specimens read by central, 2 undated, A and B tie: "
    assert status(*rows).loc[0, "reason"] == expected + "the first specimen_id"


def test_specimen_after_the_first_dose_is_named_as_such():
    late = {"collected_day": 30, "ihc": "0"}
    expected = "only specimen read by central, collected after the first dose"
    assert status(late).loc[0, "reason"] == expected


def test_readings_are_all_kept_and_one_of_a_patient_is_chosen():
    rows = [
        {"specimen_id": "A", "ihc": "0", "stained_percent": 0},
        {"specimen_id": "A", "reader": "local", "ihc": "1+"},
        {"patient_id": "P2", "specimen_id": "B", "ihc": None},
    ]
    _, kept = derive(*rows, patients=("P1", "P2"))
    columns = ["specimen_id", "reader", "her2_class", "her2_group", "chosen"]
    assert kept[columns].fillna("").values.tolist() == [
        ["A", "central", "absent", "zero", "yes"],
        ["A", "local", "low", "low", "no"],
        ["B", "central", "missing", "", "no"],
    ]


@pytest.mark.parametrize(
    ("row", "group"),
    [
        ({"ihc": "0", "stained_percent": 0}, "absent"),
        ({"ihc": "0 (no staining)"}, "absent"),
        ({"ihc": "0", "stained_percent": "5%"}, "any_staining"),
        ({"ihc": "ultralow"}, "any_staining"),
        ({"ihc": "1+"}, "any_staining"),
        ({"ihc": "2+ (FISH-)"}, "any_staining"),
        ({"ihc": "0"}, None),
        ({"ihc": "0", "stained_percent": "<10%"}, None),
        ({"ihc": "2+"}, None),
        ({"ihc": "3+"}, None),
    ],
)
def test_any_staining_is_ultralow_or_low_against_absent(row, group):
    found = status(row)["her2_any_staining"]
    assert found.astype(object).where(found.notna(), None).to_list() == [group]


@pytest.mark.parametrize(
    ("ihc", "copies", "ratio", "her2_class"),
    [
        *[("2+", 6.0, 2.5, "positive"), ("2+", 3.0, 1.2, "low")],
        *[("2+", 3.0, 2.1, "indeterminate"), ("2+", 6.5, 1.5, "indeterminate")],
        *[("2+", 4.5, 1.5, "indeterminate"), ("1+", 4.5, 1.5, "low")],
        *[("0", 3.0, 2.1, "zero_unspecified"), ("3+", 6.5, 1.5, "positive")],
    ],
)
def test_dual_probe_makes_the_class(ihc, copies, ratio, her2_class):
    row = {"ihc": ihc, "her2_copies": copies, "cep17_ratio": ratio}
    assert status(row)["her2_class"].to_list() == [her2_class]


@pytest.mark.parametrize(
    ("stained", "her2_class"),
    [
        *[("<10%", "zero_unspecified"), ("\u226410%", "zero_unspecified")],
        *[("1-10%", "ultralow"), (">0-10%", "ultralow"), (">0", "ultralow")],
        *[(">10%", "zero_unspecified"), ("20-30%", "zero_unspecified")],
    ],
)
def test_bound_of_stained_cells_is_no_more_than_it_says(stained, her2_class):
    row = {"ihc": "0", "stained_percent": stained}
    assert status(row)["her2_class"].to_list() == [her2_class]


def test_any_staining_ranks_above_none_of_it():
    rows = [
        {"specimen_id": "A", "ihc": "null", "collected_day": -9},
        {"specimen_id": "B", "ihc": "ultralow", "collected_day": -90},
    ]
    assert chosen(*rows, specimen="highest")[0] == "B"
    assert chosen(*rows, specimen="lowest")[0] == "A"


def test_assay_is_carried():
    row = {"ihc": "1+", "assay": "4B5"}
    found, kept = derive(row)
    assert found["assay"].to_list() == kept["assay"].to_list() == ["4B5"]
