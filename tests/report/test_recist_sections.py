"""ctDNA responses and ctDNA against the scans, as the report shows them."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pandas as pd
import pytest

from her2ctdna.association.scan_agreement import compare_with_scans
from her2ctdna.report.blocks import Block, Count, Figure, Paragraph, Table
from her2ctdna.report.chapters.recist_sections import response_blocks, scan_blocks
from her2ctdna.report.results import Results

RESPONSES = """\
sample_id,patient_id,day,response,reason,ratio,ratio_low,ratio_high,nadir_sample_id,\
nadir_ratio,nadir_ratio_low,nadir_ratio_high
A2,A,21,cPR,upper limit,0.2,0.13,0.4,A1,0.2,0.13,0.4
A3,A,42,cPD,lower limit,0.4,0.3,0.5,A2,,1.97,
B2,B,21,NE,sample failed QC,,,,,,,
"""
PATIENTS = """\
patient_id,treated,clearance_C2D1,able_C2D1,mr50_C2D1,late_C2D1,responder,\
response_evaluable
A,yes,not_cleared,yes,yes,no,yes,yes
B,yes,uninformative,no,not_evaluable,no,yes,yes
C,yes,cleared,yes,yes,no,no,yes
D,yes,cleared,yes,yes,yes,yes,yes
E,yes,cleared,yes,no,no,no,no
"""
RATES = "endpoint,group_by\norr,all\n"


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text))


@pytest.fixture
def results(defaults: dict[str, Any]) -> Results:
    patients, responses = read(PATIENTS), read(RESPONSES)
    samples = pd.DataFrame(
        {"patient_id": ["A", "B"], "landmark": "C2D1", "sample_id": ["A2", "B2"]}
    )
    visits = pd.DataFrame(
        {"patient_id": ["A", "C"], "overall": ["PR", "SD"], "used": "yes"}
    )
    compared = compare_with_scans(
        patients, samples, responses, visits, landmarks=["C2D1"], confidence=0.95
    )
    definitions = defaults["definitions"]
    return Results(
        tables={
            "patients": patients,
            "rates": read(RATES),
            "ctdna_response": responses,
            "ctdna_recist": compared,
            "ctdna_landmarks": samples,
        },
        figures={"ctdna_recist": "<svg/>"},
        definitions=definitions,
        study=defaults["study"],
        analysis="primary",
        analyses=["primary"],
        inputs_given=["patients", "assessments"],
        association=definitions["association"],
        code="c0de",
        input_digests={},
    )


def table_of(blocks: list[Block]) -> Table:
    (found,) = [block for block in blocks if isinstance(block, Table)]
    return found


def without(results: Results, name: str) -> Results:
    kept = {key: table for key, table in results.tables.items() if key != name}
    return replace(results, tables=kept)


def test_responses_are_shown_by_sample_with_both_ratios(results: Results) -> None:
    blocks = list(response_blocks(results))
    table = table_of(blocks)
    assert table.folded
    assert [row[1:-1] for row in table.rows] == [
        ["A2", "21", "cPR", "0.20 (0.13 to 0.40)", "A1", "0.20 (0.13 to 0.40)"],
        ["A3", "42", "cPD", "0.40 (0.30 to 0.50)", "A2", "at least 1.97"],
        ["B2", "21", "NE", "not estimable", "none", "not estimable"],
    ]
    assert table.rows[2][-1] == "sample failed QC"


def test_what_a_response_is_names_the_thresholds_of_the_study(results: Results) -> None:
    changed = results.definitions["ctdna"]["response"] | {"partial_max_ratio": 0.25}
    ctdna = results.definitions["ctdna"] | {"response": changed}
    definitions = results.definitions | {"ctdna": ctdna}
    blocks = list(response_blocks(replace(results, definitions=definitions)))
    assert isinstance(blocks[0], Paragraph)
    assert "upper limit is below 0.25" in blocks[0].text
    assert "lower limit is above 1" in blocks[0].text


def test_rates_against_the_scans_open_to_their_patients(results: Results) -> None:
    blocks = list(scan_blocks(results))
    assert any(isinstance(block, Figure) for block in blocks)
    table = table_of(blocks)
    assert not table.folded
    assert len(table.rows) == 6
    first = table.rows[0]
    assert first[:3] == [
        *["C2D1", "cleared, of those able to show it", "best response as defined"]
    ]
    # A not cleared and a response, C cleared and none
    sensitivity, specificity, ppv, _ = first[3:7]
    assert isinstance(sensitivity, Count)
    assert (sensitivity.text, sensitivity.detail) == ("0/1", "0.0 % (0.0 to 97.5)")
    assert [part.ids for part in sensitivity.sets] == [(), ("A",)]
    assert isinstance(ppv, Count)
    assert [part.ids for part in ppv.sets] == [(), ("C",)]
    assert isinstance(specificity, Count)
    assert specificity.text == "0/1"
    late, unknown = first[8:10]
    assert isinstance(late, Count)
    assert isinstance(unknown, Count)
    assert [part.ids for part in (*late.sets, *unknown.sets)] == [("D",), ("E",)]


def test_a_rate_of_nobody_is_not_estimable_and_the_note_says_why(
    results: Results,
) -> None:
    row = table_of(list(scan_blocks(results))).rows[4]
    assert row[1] == "cCR or cPR"
    specificity = row[4]
    assert isinstance(specificity, Count)
    assert (specificity.text, specificity.detail) == ("0/0", "not estimable")
    assert "specificity: nobody is negative by the reference" in str(row[-1])


def test_a_study_without_response_or_ctdna_has_no_such_section(
    results: Results,
) -> None:
    unassessed = without(results, "rates")
    (figure,) = scan_blocks(unassessed)
    assert isinstance(figure, Figure)
    assert list(scan_blocks(replace(unassessed, figures={}))) == []
    assert list(response_blocks(without(results, "ctdna_response"))) == []
