"""Which HER2 readings are compared, and what the tables of agreement hold."""

from io import StringIO

import pandas as pd
import pytest

from her2ctdna.her2.agreement import (
    CATEGORIES,
    COLUMNS,
    PAIR_COLUMNS,
    SCALES,
    estimate_agreement,
    order_readers,
)
from her2ctdna.her2.her2_status import derive_her2_readings
from her2ctdna.tables import read_table, write_table

HEADER = "patient_id specimen_id specimen collected_day reader ihc ish stained_percent"


def readings(*rows: str) -> pd.DataFrame:
    """Return classed readings written with blanks between cells, ``.`` is missing."""
    text = "\n".join([HEADER, *rows])
    frame = pd.read_csv(StringIO(text), sep=" ", dtype=str, na_values=".")
    frame = frame.astype(object).where(frame.notna(), None)
    frame = frame.astype({"collected_day": float, "stained_percent": float})
    groups = {"zero": ["absent", "ultralow", "zero_unspecified"], "low": ["low"]}
    return derive_her2_readings(
        frame, recode={}, range_policy="indeterminate", **groups
    )


def pairs(frame, comparison="reader", scale="ihc", **equal):
    """Return the cells with pairs, as (first, second) → (n, patients)."""
    table = estimate_agreement(frame, confidence=0.95)["her2_agreement_pairs"]
    mask = (table["comparison"] == comparison) & (table["scale"] == scale)
    for column, value in equal.items():
        mask &= table[column] == value
    found = table[mask & (table["n"] > 0)]
    return {
        (row.first_value, row.second_value): (row.n, row.patient_ids)
        for row in found.itertuples()
    }


def coefficients(frame, comparison="reader", scale="ihc"):
    """Return the rows of the first comparison of a kind, by measure and method."""
    table = estimate_agreement(frame, confidence=0.95)["her2_agreement"]
    own = table[(table["comparison"] == comparison) & (table["scale"] == scale)]
    return {(row.measure, row.ci_method): row for row in own.itertuples()}


TWO_READERS = [
    "A A1 metastasis 0 central 1+ . .",
    "A A1 metastasis 0 local 0 . .",
    "A A2 metastasis 9 local 3+ . .",
    "B B1 metastasis 0 central 2+ negative .",
    "B B1 metastasis 0 local 2+ . .",
    "C C1 metastasis 0 central 2+ negative .",
    "C C1 metastasis 0 local . . .",
    "D A1 metastasis 0 local 1+ . .",
]


def test_readers_are_compared_on_the_same_specimen_of_the_same_patient():
    frame = readings(*TWO_READERS)
    assert pairs(frame) == {("1+", "0"): (1, "A"), ("2+", "2+"): (1, "B")}
    row = coefficients(frame)["percent_agreement", "clopper_pearson"]
    assert (row.first, row.second, row.reader) == ("central", "local", None)
    assert (row.estimate, row.n) == (0.5, 2)
    assert (row.patient_ids, row.n_left_out, row.excluded_ids) == ("A;B", 1, "C")


def test_a_reading_off_the_scale_is_left_out_there_and_counted():
    frame = readings(*TWO_READERS)
    # B: 2+ without ISH is indeterminate, on no level and in no group.
    for scale in ("her2_level", "her2_group"):
        row = coefficients(frame, scale=scale)["gwet_ac1", "gwet_linearised"]
        assert row.n_left_out == (3 if scale == "her2_level" else 2)
    assert pairs(frame, scale="her2_group") == {("low", "zero"): (1, "A")}
    assert pairs(frame, scale="her2_category") == {
        ("1+", "zero_unspecified"): (1, "A"),
        ("2+", "indeterminate"): (1, "B"),
    }


def test_a_range_of_scores_is_on_no_scale():
    frame = readings(*TWO_READERS)
    frame.loc[0, "ihc"] = "0-1+"
    row = coefficients(frame)["percent_agreement", "clopper_pearson"]
    assert (row.n, row.n_left_out, row.excluded_ids) == (1, 2, "A;C")


def test_a_patient_with_two_specimens_counts_twice_and_is_named_twice():
    frame = readings(
        "A A1 primary -9 central 1+ . .",
        "A A1 primary -9 local 1+ . .",
        "A A2 metastasis 0 central 1+ . .",
        "A A2 metastasis 0 local 1+ . .",
    )
    assert pairs(frame) == {("1+", "1+"): (2, "A;A")}


TWO_KINDS = [
    "A P1 primary -900 local 3+ . .",
    "A P1 primary -900 central 0 . 0",
    "A M0 metastasis -400 central 3+ . .",
    "A M1 metastasis -30 central 1+ . .",
    "A M1 metastasis -30 local 3+ . .",
    "B P2 primary -900 central 0 . 5",
    "B M2 metastasis -30 local 1+ . .",
    "C P3 primary . central 2+ . .",
    "C P4 primary -900 central 1+ . .",
    "C M3 metastasis -30 central 1+ . .",
    "C U1 unknown -3 central 3+ . .",
]


def test_specimens_are_compared_within_a_reader_and_the_most_recent_counts():
    frame = readings(*TWO_KINDS)
    central = pairs(frame, "specimen", reader="central")
    assert central == {("0", "1+"): (1, "A"), ("1+", "1+"): (1, "C")}
    assert pairs(frame, "specimen", reader="local") == {("3+", "3+"): (1, "A")}
    table = estimate_agreement(frame, confidence=0.95)["her2_agreement"]
    own = table[table["comparison"] == "specimen"]
    assert set(zip(own["first"], own["second"], strict=True)) == {
        ("primary", "metastasis")
    }
    assert list(dict.fromkeys(own["reader"])) == ["central", "local"]


def test_specimens_of_one_day_tie_by_their_name():
    frame = readings(
        "A P2 primary 0 local 2+ negative .",
        "A P1 primary 0 local 1+ . .",
        "A M1 metastasis 0 local 0 . .",
    )
    assert pairs(frame, "specimen") == {("1+", "0"): (1, "A")}


def test_an_undated_specimen_counts_where_there_is_no_other():
    frame = readings("A P1 primary . local 1+ . .", "A M1 metastasis . local 0 . .")
    assert pairs(frame, "specimen") == {("1+", "0"): (1, "A")}


def test_a_later_specimen_without_a_result_does_not_hide_an_earlier_one():
    frame = readings(
        "A P1 primary -9 local 1+ . .",
        "A P2 primary -1 local . . .",
        "A M1 metastasis 0 local 0 . .",
    )
    assert pairs(frame, "specimen") == {("1+", "0"): (1, "A")}


def test_a_positive_specimen_is_left_out_and_not_replaced_by_an_older_one():
    frame = readings(
        "A P1 primary -9 local 1+ . .",
        "A M1 metastasis -9 local 1+ . .",
        "A M2 metastasis 0 local 3+ . .",
    )
    assert pairs(frame, "specimen", "her2_level") == {}
    row = coefficients(frame, "specimen", "her2_level")["cohen_kappa", METHOD]
    assert (row.n, row.n_left_out, row.note) == (0, 1, "nothing to compare")
    assert pairs(frame, "specimen", "her2_category") == {("1+", "positive"): (1, "A")}


METHOD = "fleiss_cohen_everitt"
THREE_READERS = [
    f"{patient} S1 metastasis 0 {reader} {ihc} . ."
    for patient, scores in {"A": "012", "B": "111", "C": "000", "D": "22."}.items()
    for reader, score in zip(("Zhou", "local", "central"), scores, strict=True)
    for ihc in [{"0": "0", "1": "1+", "2": "2+", ".": "."}[score]]
]


def test_three_readers_are_compared_in_pairs_and_together():
    frame = readings(*THREE_READERS)
    table = estimate_agreement(frame, confidence=0.95)["her2_agreement"]
    named = table[["comparison", "first", "second", "reader"]].drop_duplicates()
    assert named.values.tolist() == [
        ["reader", "central", "local", None],
        ["reader", "central", "Zhou", None],
        ["reader", "local", "Zhou", None],
        ["all_readers", None, None, "central;local;Zhou"],
        ["any_readers", None, None, "central;local;Zhou"],
    ]
    together = coefficients(frame, "all_readers")
    share = together["percent_agreement", "clopper_pearson"]
    assert (share.estimate, share.n, share.n_left_out) == (2 / 3, 3, 1)
    # Units 2/6, 1, 1 of pairs agree on average 2/3; shares 4/9, 4/9, 1/9 by chance
    # agree in 33/81: (2/3 - 33/81) / (1 - 33/81).
    fleiss = together["fleiss_kappa", "gwet_linearised"]
    assert fleiss.estimate == pytest.approx(21 / 48)
    assert ("cohen_kappa", METHOD) not in together
    assert pairs(frame, "all_readers") == {}
    # D, which central could not score, counts among any two.
    alpha = coefficients(frame, "any_readers")
    (found,) = alpha.values()
    assert (found.measure, found.ci_method) == (
        "krippendorff_alpha_ordinal",
        "jackknife",
    )
    assert (found.n, found.n_left_out, found.patient_ids) == (4, 0, "A;B;C;D")
    assert found.ci_low < found.estimate < found.ci_high <= 1


def test_three_readers_without_a_specimen_in_common_are_not_compared_together():
    frame = readings(
        "A S1 primary 0 central 0 . .",
        "A S1 primary 0 local 0 . .",
        "B S1 primary 0 central 0 . .",
        "B S1 primary 0 Zhou 0 . .",
    )
    table = estimate_agreement(frame, confidence=0.95)["her2_agreement"]
    assert set(table["comparison"]) == {"reader", "any_readers"}
    assert set(table["second"].dropna()) == {"local", "Zhou"}
    together = coefficients(frame, "any_readers")
    assert together["krippendorff_alpha_ordinal", "jackknife"].note == (
        "all in one category: alpha is not defined"
    )
    assert set(table.loc[table["comparison"] == "any_readers", "measure"]) == {
        "krippendorff_alpha_ordinal",
        "krippendorff_alpha_nominal",
    }


def test_one_reader_of_one_specimen_each_gives_empty_tables_with_their_columns():
    frame = readings("A S1 primary 0 local 0 . .", "B S1 primary 0 local 1+ . .")
    tables = estimate_agreement(frame, confidence=0.95)
    assert list(tables["her2_agreement"].columns) == COLUMNS
    assert list(tables["her2_agreement_pairs"].columns) == PAIR_COLUMNS
    assert tables["her2_agreement"].empty
    assert tables["her2_agreement_pairs"].empty
    assert estimate_agreement(frame.head(0), confidence=0.95)["her2_agreement"].empty


def test_pairs_of_one_category_have_no_kappa_and_say_so():
    frame = readings(
        *[f"{p} S1 primary 0 {who} 0 . 0" for p in "ABC" for who in ("central", "X")]
    )
    found = coefficients(frame)
    kappa = found["cohen_kappa", METHOD]
    assert pd.isna(kappa.estimate)
    assert kappa.note == "all in one category: kappa is not defined"
    assert found["gwet_ac1", "gwet_linearised"].estimate == 1
    assert found["percent_agreement", "clopper_pearson"].ci_low == pytest.approx(
        0.025 ** (1 / 3)
    )


def test_each_scale_has_its_coefficients_and_its_whole_matrix():
    tables = estimate_agreement(readings(*TWO_READERS), confidence=0.95)
    measures = tables["her2_agreement"].groupby("scale", sort=False)["measure"]
    ordered = [
        *["percent_agreement", "cohen_kappa", "linear_kappa", "quadratic_kappa"],
        *["quadratic_kappa", "gwet_ac1", "gwet_ac2_linear", "gwet_ac2_quadratic"],
    ]
    assert measures.agg(list).to_dict() == {
        **dict.fromkeys(SCALES, ordered),
        "her2_category": ["percent_agreement", "cohen_kappa"],
    }
    cells = tables["her2_agreement_pairs"].groupby("scale").size()
    assert cells["ihc"] == 16
    assert cells["her2_group"] == 4
    assert cells["her2_category"] == len(CATEGORIES) ** 2
    assert "her2_level" not in cells  # none of the two pairs has two levels


def test_matrix_and_coefficients_count_the_same_pairs():
    tables = estimate_agreement(
        readings(*TWO_READERS, *TWO_KINDS[1:4]), confidence=0.95
    )
    keys = ["comparison", "first", "second", "reader", "scale"]
    shown = {name: table.fillna({"reader": ""}) for name, table in tables.items()}
    sums = shown["her2_agreement_pairs"].groupby(keys)["n"].sum()
    counts = shown["her2_agreement"].groupby(keys)["n"].first()
    assert sums.to_dict() == counts[counts > 0].to_dict()


def test_readers_come_central_local_then_by_name():
    names = pd.Series(["Zhou", "local", "Ahmed", "central", "Zhou"])
    assert order_readers(names) == ["central", "local", "Ahmed", "Zhou"]


def test_readings_that_look_like_numbers_survive_the_table(tmp_path):
    frame = readings("1 7 primary 0 1 0 . 0", "1 7 primary 0 2 0 . 0")
    write_table(frame, tmp_path / "readings.tsv")
    table = read_table(tmp_path / "readings.tsv")
    assert pairs(table) == {("0", "0"): (1, "1")}
    for name, found in estimate_agreement(table, confidence=0.95).items():
        write_table(found, tmp_path / f"{name}.tsv")
    cells = read_table(tmp_path / "her2_agreement_pairs.tsv")
    assert set(cells["first"]) == {"1"}
    assert set(cells.loc[cells["scale"] == "ihc", "first_value"]) == set(SCALES["ihc"])
