"""The numbers behind the figures of the cohort."""

import pandas as pd

from her2ctdna.figures.her2_agreement import derive_her2_agreement
from her2ctdna.figures.her2_distribution import derive_her2_distribution
from her2ctdna.figures.patient_flow import derive_patient_flow, plot_patient_flow
from her2ctdna.figures.style import figure_style

STUDY = {"id": "S", "title": "T", "synthetic": False}
REASONS = "1 missing; 2 not_shedding"


def reading(patient: str, specimen: str, kind: str, reader: str, ihc: str, day: float):
    return {
        "patient_id": patient,
        "specimen_id": specimen,
        "specimen": kind,
        "reader": reader,
        "ihc": ihc,
        "collected_day": day,
    }


def counts(drawn: pd.DataFrame, comparison: str) -> dict[tuple[str, str], int]:
    own = drawn[(drawn["comparison"] == comparison) & (drawn["n"] > 0)]
    cells = zip(own["row_score"], own["column_score"], strict=True)
    return dict(zip(cells, own["n"], strict=True))


def flow() -> pd.DataFrame:
    rows = [
        ("enrolled", "population", None, 5, 0, None),
        ("all_treated", "population", "enrolled", 4, 1, "1 not treated"),
        ("landmark_C2D1", "population", "all_treated", 1, 3, REASONS),
        ("her2_group=low", "group", "enrolled", 2, 3, "3 other"),
        ("responder=yes", "outcome", "enrolled", 1, 4, "4 no"),
        ("pfs", "followed", "all_treated", 4, 0, None),
    ]
    columns = ["set", "kind", "within", "n", "excluded", "reason"]
    return pd.DataFrame(rows, columns=columns)


def test_the_flow_draws_populations_each_with_the_set_it_is_taken_from():
    drawn = derive_patient_flow(flow())
    parents = [None if pd.isna(name) else name for name in drawn["parent"]]
    assert parents == [None, "enrolled", "all_treated"]
    assert list(drawn["label"]) == ["Enrolled", "Treated", "Clearance known at C2D1"]


def test_the_flow_writes_who_is_left_out_and_why():
    with figure_style():
        figure = plot_patient_flow(derive_patient_flow(flow()), study=STUDY)
    words = [text.get_text() for text in figure.texts]
    assert "3 excluded: 1 missing; 2 not shedding" in words
    assert "n = 4" in words
    assert figure.get_suptitle() == "4 of 5 patients were treated"


def test_her2_is_counted_by_level_and_where_there_is_none_by_class():
    status = pd.DataFrame(
        {
            "her2_class": ["absent", "low", "low", "zero_unspecified", "indeterminate"],
            "her2_level": ["absent", "1+", "1+", None, None],
            "her2_group": ["zero", "low", "low", "zero", None],
        }
    )
    drawn = derive_her2_distribution(status)
    assert drawn[["category", "n"]].values.tolist() == [
        ["absent", 1],
        ["ultralow", 0],
        ["zero_unspecified", 1],
        ["1+", 2],
        ["2+", 0],
        ["indeterminate", 1],
    ]
    assert list(drawn["N"]) == [5] * 6
    groups = drawn.set_index("category")["her2_group"]
    assert groups["zero_unspecified"] == "zero"
    assert pd.isna(groups["indeterminate"])


def test_readers_are_compared_on_the_same_specimen_only():
    readings = pd.DataFrame(
        [
            reading("A", "A1", "metastasis", "central", "1+", 0),
            reading("A", "A1", "metastasis", "local", "0", 0),
            reading("A", "A2", "metastasis", "local", "3+", 9),
            reading("B", "B1", "metastasis", "central", "2+", 0),
            reading("B", "B1", "metastasis", "local", "2+", 0),
            reading("C", "C1", "metastasis", "central", "2+", 0),
            reading("C", "C1", "metastasis", "local", None, 0),
        ]
    )
    drawn = derive_her2_agreement(readings)
    assert counts(drawn, "reader") == {("1+", "0"): 1, ("2+", "2+"): 1}
    assert set(drawn["comparison"]) == {"reader"}
    assert len(drawn) == 16


def test_specimens_are_compared_within_a_reader_central_first_and_most_recent():
    readings = pd.DataFrame(
        [
            reading("A", "P1", "primary", "local", "3+", -900),
            reading("A", "P1", "primary", "central", "0", -900),
            reading("A", "M0", "metastasis", "central", "3+", -400),
            reading("A", "M1", "metastasis", "central", "1+", -30),
            reading("A", "M1", "metastasis", "local", "3+", -30),
            reading("B", "P2", "primary", "central", "0", -900),
            reading("B", "M2", "metastasis", "local", "1+", -30),
        ]
    )
    drawn = derive_her2_agreement(readings)
    own = drawn[drawn["comparison"] == "specimen"]
    assert counts(drawn, "specimen") == {("0", "1+"): 1}
    assert set(own["row"]) == {"primary"}
    assert set(own["column"]) == {"metastasis"}


def test_readers_by_name_are_compared_when_nobody_is_central_or_local():
    readings = pd.DataFrame(
        [
            reading("A", "A1", "unknown", "Zhou", "1+", 0),
            reading("A", "A1", "unknown", "Ahmed", "0", 0),
        ]
    )
    drawn = derive_her2_agreement(readings)
    assert counts(drawn, "reader") == {("0", "1+"): 1}
    assert drawn["row"].iloc[0] == "Ahmed"
