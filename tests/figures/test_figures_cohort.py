"""The numbers behind the figures of the cohort."""

import figure_tables
import pandas as pd

from her2ctdna.figures.her2_agreement import (
    derive_her2_agreement,
    plot_her2_agreement,
)
from her2ctdna.figures.her2_distribution import derive_her2_distribution
from her2ctdna.figures.marks.alluvial import least_numbered, spread
from her2ctdna.figures.marks.style import figure_style
from her2ctdna.figures.patient_flow import derive_patient_flow, plot_patient_flow
from her2ctdna.her2.agreement import estimate_agreement
from her2ctdna.her2.her2_status import derive_her2_readings

STUDY = figure_tables.STUDY | {"id": "S", "title": "T", "synthetic": False}
REASONS = "1 missing; 2 not_shedding"


def agreement(*rows: tuple[str, str, str, str, str, str | None]) -> pd.DataFrame:
    """Return what is drawn of readings: patient, specimen, kind, reader, IHC, ISH."""
    columns = ["patient_id", "specimen_id", "specimen", "reader", "ihc", "ish"]
    readings = pd.DataFrame(rows, columns=columns, dtype=object)
    readings = readings.assign(collected_day=0.0, stained_percent=0.0)
    groups = {"zero": ["absent", "ultralow", "zero_unspecified"], "low": ["low"]}
    classed = derive_her2_readings(
        readings, recode={}, range_policy="indeterminate", **groups
    )
    tables = estimate_agreement(classed, confidence=0.95)
    return derive_her2_agreement(
        tables["her2_agreement"], tables["her2_agreement_pairs"]
    )


def counts(drawn: pd.DataFrame, panel: str) -> dict[tuple[str, str], int]:
    own = drawn[(drawn["panel"] == panel) & drawn["measure"].isna() & (drawn["n"] > 0)]
    cells = zip(own["first_value"], own["second_value"], strict=True)
    return dict(zip(cells, own["n"], strict=True))


def texts(drawn: pd.DataFrame) -> tuple[str, str]:
    """Return the title of the figure, and all its other words."""
    with figure_style():
        figure = plot_her2_agreement(drawn, confidence=0.95, study=STUDY)
    words = "\n".join(text.get_text() for text in figure.texts)
    return figure.get_suptitle(), words.replace("\N{NO-BREAK SPACE}", " ")


def flow() -> pd.DataFrame:
    rows = [
        ("enrolled", "population", None, 5, 0, None),
        ("all_treated", "population", "enrolled", 4, 1, "1 not treated"),
        ("clearance_able@C2D1", "population", "all_treated", 1, 3, REASONS),
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
    assert list(drawn["label"]) == [
        "Enrolled",
        "Treated",
        "Able to show clearance at C2D1",
    ]


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


MARKED = [
    ("A", "P", "primary", "central", "0", None),
    ("A", "M", "metastasis", "central", "1+", None),
    ("A", "M", "metastasis", "local", "1+", None),
    ("B", "P", "primary", "central", "1+", None),
    ("B", "M", "metastasis", "central", "3+", None),
    ("B", "M", "metastasis", "local", "2+", "negative"),
    ("C", "M", "metastasis", "Zhou", "2+", None),
]


def test_the_matrix_is_of_readers_and_the_flow_of_specimens():
    drawn = agreement(*MARKED)
    assert counts(drawn, "matrix") == {("1+", "1+"): 1, ("3+", "2+"): 1}
    assert counts(drawn, "flow") == {("absent", "1+"): 1, ("1+", "positive"): 1}
    cells = drawn[drawn["measure"].isna()]
    assert (cells["panel"] == "matrix").sum() == 16
    assert set(cells.loc[cells["panel"] == "matrix", "first"]) == {"central"}
    measures = drawn.dropna(subset=["measure"]).groupby("panel", sort=False)["measure"]
    assert measures.agg(list).to_dict() == {
        "matrix": ["percent_agreement", "cohen_kappa", "quadratic_kappa"],
        "flow": ["percent_agreement", "cohen_kappa"],
    }


def test_the_numbers_written_are_those_of_the_table():
    title, words = texts(agreement(*MARKED))
    assert title.replace("\n", " ") == (
        "IHC score: central and local agree in 1 of 2 specimens; HER2 class: primary "
        "and metastasis agree in 0 of 2 patients"
    )
    assert "1 of 2 agree: 50 % (1 to 99)" in words
    assert "In brackets: 95 % intervals." in words
    assert "positive, n = 1" in words


def test_where_central_and_local_share_no_specimen_the_pair_with_most_is_drawn():
    drawn = agreement(
        ("A", "A1", "unknown", "central", "1+", None),
        ("A", "A1", "unknown", "Zhou", "1+", None),
        ("B", "B1", "unknown", "local", "0", None),
        *[(p, "S", "unknown", "Zhou", "0", None) for p in "CD"],
        *[(p, "S", "unknown", "Ahmed", "1+", None) for p in "CD"],
    )
    assert counts(drawn, "matrix") == {("1+", "0"): 2}
    assert drawn["first"].iloc[0] == "Ahmed"
    assert set(drawn["panel"]) == {"matrix"}


def test_where_the_central_reader_has_no_pair_the_reader_with_most_is_drawn():
    drawn = agreement(
        ("A", "P", "primary", "central", "1+", None),
        *[(p, "P", "primary", "Zhou", "0", None) for p in "BC"],
        *[(p, "M", "metastasis", "Zhou", "0", None) for p in "BC"],
        ("D", "P", "primary", "Ahmed", "0", None),
        ("D", "M", "metastasis", "Ahmed", "1+", None),
    )
    assert counts(drawn, "flow") == {("absent", "absent"): 2}
    assert set(drawn["reader"]) == {"Zhou"}


def test_a_panel_without_a_pair_says_so():
    _, words = texts(agreement(*[row for row in MARKED if row[3] == "central"]))
    assert "No specimen was scored by two readers." in words
    assert "Right: a ribbon" in words
    assert "Left: cells" not in words
    _, words = texts(agreement(*[row for row in MARKED if row[1] == "M"]))
    assert "No patient has a primary and a metastasis read by one reader." in words


def test_kappa_of_one_category_is_written_as_not_defined():
    same = [("A", "S", "primary", who, "0", None) for who in ("central", "local")]
    _, words = texts(agreement(*same))
    assert "Cohen's kappa not defined, quadratic kappa not defined" in words


def test_labels_that_are_too_close_are_spread_around_their_places():
    assert spread([1.0, 9.0], 2.0, low=0.0) == [1.0, 9.0]
    assert spread([4.0, 5.0, 6.0, 20.0], 2.0, low=0.0) == [3.0, 5.0, 7.0, 20.0]
    assert spread([0.0, 1.0], 2.0, low=0.0) == [1.0, 3.0]
    assert spread([], 2.0, low=0.0) == []


def test_a_ribbon_too_thin_for_its_number_has_none_and_the_figure_says_so():
    moves = [("0", "0", 60), ("0", "1+", 1), ("1+", "1+", 60)]
    rows = [
        (f"{a}{b}{i}", kind[0], kind, "X", ihc, None)
        for a, b, n in moves
        for i in range(n)
        for kind, ihc in (("primary", a), ("metastasis", b))
    ]
    drawn = agreement(*rows)
    assert least_numbered(drawn[drawn["measure"].isna()]) == 3
    _, words = texts(drawn)
    assert "One of fewer than 3 has no number." in words.replace("\n", " ")
    assert words.split("\n").count("60") == 2
    assert "1" not in words.split("\n")
