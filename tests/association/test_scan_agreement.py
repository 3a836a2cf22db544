"""ctDNA at a landmark against the scans: who is counted, and where."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from her2ctdna.association.scan_agreement import COLUMNS, compare_with_scans
from her2ctdna.tables import read_table, write_table

# ctDNA of the sample at C2D1, and what RECIST says.
PATIENTS = """\
patient_id treated clearance_C2D1 able_C2D1 mr50_C2D1 late_C2D1 responder \
response_evaluable response first
A yes cleared yes yes no yes yes cCR PR
B yes cleared yes yes no no yes cCR SD
C yes not_cleared yes yes no yes yes cPR SD
D yes not_cleared yes no no no yes cPD PD
E yes not_cleared yes no no no yes cSD NE,CR
F yes not_cleared no no no no yes cSD SD
G yes uninformative no not_evaluable no yes yes NE PR
H yes cleared yes yes yes yes yes cCR PR
I yes cleared yes yes no no no cCR .
J yes not_shedding . not_evaluable no yes yes NE CR
K no cleared yes yes no yes yes cCR PR
"""


def study(text=PATIENTS):
    """Return patients, samples at the landmark, their responses, and visits."""
    table = pd.read_csv(StringIO(text), sep=" ", na_values=".").astype(object)
    table = table.where(table.notna(), None)
    samples = pd.DataFrame(
        {
            "patient_id": table["patient_id"],
            "landmark": "C2D1",
            "sample_id": table["patient_id"] + "2",
        }
    )
    responses = samples.assign(response=table["response"]).drop(columns="landmark")
    rows = [
        (row.patient_id, 42.0 * i, word, "yes")
        for row in table.itertuples()
        for i, word in enumerate((row.first or "").split(","), start=1)
        if word
    ]
    visits = pd.DataFrame(
        rows, columns=["patient_id", "assessed_day", "overall", "used"]
    )
    return table.drop(columns=["response", "first"]), samples, responses, visits


def compared(*tables, landmarks=("C2D1",)):
    found = compare_with_scans(
        *(tables or study()), landmarks=landmarks, confidence=0.95
    )
    assert list(found) == COLUMNS
    return found


def row_of(table, ctdna, recist):
    (row,) = table[(table["ctdna"] == ctdna) & (table["recist"] == recist)].to_dict(
        "records"
    )
    return row


def ids_of(row):
    names = ("both", "ctdna_only", "recist_only", "neither")
    return ["".join((row[f"{name}_ids"] or "").split(";")) for name in names]


@pytest.mark.parametrize(
    ("ctdna", "recist", "ids", "late", "unknown"),
    [
        # F's sample was weak whatever it saw, G's and J's could not show a clearance
        ("clearance", "best_response", ["A", "B", "C", "DE"], "H", "I"),
        # E's first scan that could be evaluated is the second, and a response
        ("clearance", "first_scan", ["A", "B", "E", "CD"], "H", "I"),
        ("mr50", "best_response", ["AC", "B", "", "DEF"], "H", "I"),
        ("mr50", "first_scan", ["A", "BC", "E", "DF"], "H", "I"),
        ("response", "best_response", ["AC", "B", "", "DEF"], "H", "I"),
        ("response", "first_scan", ["A", "BC", "E", "DF"], "H", "I"),
    ],
)
def test_each_patient_stands_in_one_cell(ctdna, recist, ids, late, unknown):
    row = row_of(compared(), ctdna, recist)
    assert ids_of(row) == ids
    assert (row["after_first_scan_ids"], row["recist_unknown_ids"]) == (late, unknown)
    counts = [row[f"n_{n}"] for n in ("both", "ctdna_only", "recist_only", "neither")]
    assert counts == [len(each) for each in ids]
    assert row["N"] == sum(counts)
    assert (row["after_first_scan"], row["recist_unknown"]) == (1, 1)


def test_measures_by_hand():
    row = row_of(compared(), "clearance", "best_response")
    # A both, B ctDNA alone, C RECIST alone, D and E neither
    assert row["sensitivity"] == 1 / 2
    assert row["specificity"] == pytest.approx(2 / 3)
    assert (row["ppv"], row["npv"]) == (1 / 2, pytest.approx(2 / 3))
    # agreement 3/5, by chance 2/5 x 2/5 + 3/5 x 3/5 = 13/25
    assert row["kappa"] == pytest.approx((3 / 5 - 13 / 25) / (1 - 13 / 25))
    # R 4.2.2: binom.test(1, 2)$conf.int
    limits = row["sensitivity_ci_low"], row["sensitivity_ci_high"]
    assert limits == pytest.approx((0.0125791170934, 0.9874208829066))
    assert row["note"] is None


def test_rows_stand_by_landmark_ctdna_and_recist():
    patients, samples, *others = study()
    again = {
        f"{name}_C2D1": patients[f"{name}_C2D1"]
        for name in ("clearance", "able", "mr50", "late")
    }
    renamed = {name.replace("C2D1", "C3_x"): own for name, own in again.items()}
    both = pd.concat([samples, samples.assign(landmark="C3_x")])
    table = compared(
        patients.assign(**renamed), both, *others, landmarks=("C3_x", "C2D1")
    )
    keys = table[["landmark", "ctdna", "recist"]].agg(" ".join, axis=1).tolist()
    assert keys[:3] == [
        "C3_x clearance best_response",
        "C3_x clearance first_scan",
        "C3_x mr50 best_response",
    ]
    assert len(keys) == 12
    numbers = table.drop(columns="landmark")
    assert numbers[:6].equals(numbers[6:].reset_index(drop=True))


def test_populations_are_named_by_both_sides():
    table = compared()
    assert table["population"].tolist() == [
        f"{ctdna};{recist}"
        for ctdna in ("clearance_able", "mr50_judged", "response_judged")
        for recist in ("response_evaluable", "first_scan_judged")
    ]


def test_a_visit_that_does_not_count_is_no_first_scan():
    patients, samples, responses, visits = study()
    visits = visits.assign(used=np.where(visits["patient_id"] == "A", "no", "yes"))
    row = row_of(
        compared(patients, samples, responses, visits), "clearance", "first_scan"
    )
    assert (row["recist_unknown_ids"], row["n_both"]) == ("A;I", 0)


def test_a_sample_without_a_response_is_not_judged():
    patients, samples, responses, visits = study()
    early = responses[responses["patient_id"] != "A"]
    row = row_of(
        compared(patients, samples, early, visits), "response", "best_response"
    )
    assert ids_of(row) == ["C", "B", "", "DEF"]


def test_without_patients_numbers_are_empty_and_a_note_says_so(tmp_path):
    patients, samples, responses, visits = study()
    table = compared(patients[:0], samples[:0], responses[:0], visits[:0])
    assert (table["N"] == 0).all()
    assert set(table["note"]) == {"no patients"}
    measures = [name for name in COLUMNS if name.startswith(("sens", "spec", "kappa"))]
    assert table[measures].isna().all(axis=None)
    write_table(table, tmp_path / "ctdna_recist.tsv")
    assert len(read_table(tmp_path / "ctdna_recist.tsv")) == len(table)


def test_without_responders_the_note_says_which_numbers_are_missing():
    patients, *others = study()
    row = row_of(
        compared(patients.assign(responder="no"), *others), "mr50", "best_response"
    )
    assert np.isnan([row["sensitivity"], row["sensitivity_ci_high"]]).all()
    assert (row["specificity"], row["ppv"]) == (0.5, 0)
    assert row["note"] == (
        "sensitivity: nobody is positive by the reference; "
        "kappa: no spread from unit to unit: no interval"
    )


def test_without_landmarks_there_is_no_row():
    assert compared(*study(), landmarks=()).empty
