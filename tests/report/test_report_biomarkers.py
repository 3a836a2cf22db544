"""The sections on biomarkers, genes and the model, and the ledger, as they are said."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pandas as pd
import pytest

from her2ctdna.report.blocks import Count, Paragraph, Table
from her2ctdna.report.chapters.biomarker_sections import (
    biomarker_section,
    model_section,
    mutation_section,
)
from her2ctdna.report.chapters.what_it_cannot_show import write_predeclared
from her2ctdna.report.glossary import feature_label
from her2ctdna.report.results import Results
from her2ctdna.report.test_tables import table_of_detectable, table_of_families

BIOMARKERS = """\
endpoint,origin,biomarker,measure,estimate,ci_low,ci_high,test,p_value,family,q_value,n,\
below_detection,patient_ids,note
orr,first_dose,baseline_level,fold_in_responders,1.331,0.367,4.133,rank_sum_exact,\
0.58,levels,0.6,3,1,P1;P2;P3,
orr,C2D1,ratio_C2D1,auc,0.127,0,0.265,rank_sum_exact,0.003,levels,0.006,2,0,P1;P2,
best_change_percent,C2D1,ratio_C2D1,theil_sen_per_doubling,10.95,8.1,15.3,,,,,2,0,\
P1;P2,
pfs,C2D1,ratio_C2D1,departure_from_line,,,,spline_likelihood_ratio,,,,2,0,P1;P2,\
fewer than 30 events
"""
MUTATIONS = """\
endpoint,biomarker,gene,group,n,N,rate,ci_low,ci_high,patient_ids,p_value,q_value
orr,gene_TP53,TP53,not_found,1,2,0.5,0.013,0.987,P1,0.7,0.9
orr,gene_TP53,TP53,found,0,1,0,0,0.975,,0.7,0.9
gene_TP53,her2_class,TP53,low,1,3,0.333,0.008,0.906,P3,,
"""
MODEL = """\
origin,biomarker,measure,estimate,low,high,range_of,p_value,n,events,note
C2D1,model_clinical,auc,0.29,0.22,0.39,10 repeats,,40,16,
C2D1,model_full,auc,0.56,0.49,0.70,10 repeats,,40,16,
C2D1,model_full,auc_of_shuffled_responses,0.5,0.18,0.82,99 permutations,0.33,40,16,\
one-sided
"""
SELECTION = """\
model,feature,coefficient,mean,low,high,same_sign_share,leading_share,n_fits,n_known
model_full,log2_ratio_C2D1,-0.6,-0.28,-0.69,-0.05,1,0.98,50,23
"""
TESTS = """\
endpoint,population,origin,biomarker,subgroup,test,role,p_value,family,q_value,n,note,\
predeclared
orr,ctdna_evaluable,C2D1,ratio_C2D1,,rank_sum_exact,primary,0.003,levels,0.006,25,,no
"""
LEDGER = """\
family,n_tests,n_p_values,smallest_p,smallest_q,alpha,n_below_alpha,\
expected_below_alpha,n_out_of_reach,n_predeclared,note
levels,1,1,0.003,0.006,0.05,1,0.05,0,0,
all,1,1,0.003,,0.05,1,0.05,0,0,
"""
DETECTABLE = """\
endpoint,population,group_by,group,reference,n,n_reference,rate_reference,\
detectable_low,detectable_high
orr,all_treated,her2_group,low,zero,26,14,0.2857,0.0018,0.7497
orr,all_treated,her2_group,low,zero,2,2,0.5,,
"""


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text))


@pytest.fixture
def results(defaults: dict[str, Any]) -> Results:
    tables = {
        "biomarkers": BIOMARKERS,
        "mutations": MUTATIONS,
        "model": MODEL,
        "model_selection": SELECTION,
        "tests": TESTS,
        "ledger": LEDGER,
        "detectable": DETECTABLE,
    }
    definitions = defaults["definitions"]
    patients = pd.DataFrame(columns=["patient_id", "clearance_C2D1", "clearance_C3D1"])
    return Results(
        tables={name: read(text) for name, text in tables.items()}
        | {"patients": patients},
        figures={},
        definitions=definitions,
        study=defaults["study"],
        analysis="primary",
        analyses=["primary"],
        inputs_given=["patients"],
        association=definitions["association"],
        code="c0de",
        input_digests={},
    )


def tables_of(blocks) -> list[list[list[str]]]:
    """Return the rows of each table; a number that opens stands with its patients."""
    return [
        [[written(cell) for cell in row] for row in block.rows]
        for block in blocks
        if isinstance(block, Table)
    ]


def written(cell: Any) -> str:
    if not isinstance(cell, Count):
        return cell
    return " ".join([cell.text, *(i for group in cell.sets for i in group.ids)])


def test_biomarkers_are_shown_in_their_own_units(results: Results) -> None:
    (rows,) = tables_of(biomarker_section(results))
    shown = [[row[0], row[1], row[3], row[6], row[7], row[9]] for row in rows]
    assert shown == [
        [
            *["ORR", "ctDNA level at baseline", "3 P1 P2 P3"],
            *["1.33 (0.37 to 4.13)", "0.580", ""],
        ],
        [
            *["ORR", "ctDNA ratio to baseline at C2D1", "2 P1 P2"],
            *["0.13 (0.00 to 0.27)", "0.003", ""],
        ],
        [
            *["best change of target lesions", "ctDNA ratio to baseline at C2D1"],
            *["2 P1 P2", "10.9 (8.1 to 15.3)", "no test", ""],
        ],
        [
            *["PFS", "ctDNA ratio to baseline at C2D1", "2 P1 P2", ""],
            *["not estimable", "fewer than 30 events"],
        ],
    ]


def test_genes_are_shown_by_question(results: Results) -> None:
    (rows,) = tables_of(mutation_section(results, by="response"))
    assert [row[:4] for row in rows] == [
        ["TP53", "not found", "1/2 P1", "50.0 % (1.3 to 98.7)"],
        ["TP53", "found", "0/1", "0.0 % (0.0 to 97.5)"],
    ]
    (rows,) = tables_of(mutation_section(results, by="her2"))
    assert rows == [
        *[
            ["TP53", "HER2 low", "1/3 P3", "33.3 % (0.8 to 90.6)"]
            + ["not estimable"] * 2
        ]
    ]


def test_models_stand_side_by_side_with_the_test_of_the_procedure(
    results: Results,
) -> None:
    blocks = list(model_section(results))
    text = next(block.text for block in blocks if isinstance(block, Paragraph))
    assert "40 treated patients still followed at the landmark C2D1" in text
    assert "16 of them responders" in text
    measures, features = tables_of(blocks)
    assert [row[1:] for row in measures] == [
        ["0.29 (0.22 to 0.39 in 10 repeats)", "0.56 (0.49 to 0.70 in 10 repeats)", ""],
        ["", "0.50 (0.18 to 0.82 in 99 permutations)", "p 0.330; one-sided"],
    ]
    assert features[0][1:] == [
        *["ctDNA ratio to baseline (log2) at C2D1", "23", "\N{MINUS SIGN}0.60"],
        *["\N{MINUS SIGN}0.69 to \N{MINUS SIGN}0.05", "100 %", "98 %"],
    ]


def test_ledger_and_detectable_rates_are_shown_as_counted(results: Results) -> None:
    blocks = [table_of_families(results), table_of_detectable(results)]
    ledger, detectable = tables_of(blocks)
    assert ledger == [
        ["levels", "1", "1", "0.003", "0.006", "1", "0.1", "0", "0", ""],
        ["all", "1", "1", "0.003", "", "1", "0.1", "0", "0", ""],
    ]
    assert [row[2:] for row in detectable] == [
        ["26", "14", "28.6 %", "0.2 %", "75.0 %"],
        ["2", "2", "50.0 %", "none", "none"],
    ]


def test_tests_that_were_declared_are_named_and_counted(results: Results) -> None:
    assessed = replace(results, inputs_given=["patients", "assessments"])
    assert write_predeclared(assessed) == (
        "Of 1 tests none was declared beforehand: all are exploratory. The config "
        "declares: ORR, DCR, CBR (any duration), DoR, PFS, OS in all patients."
    )
    tests = results.tables["tests"].assign(predeclared="yes")
    pattern = {"endpoints": ["orr"], "group_by": ["ratio_C2D1"]}
    association = {**results.association, "predeclared": [pattern]}
    declared = replace(
        assessed, tables={**results.tables, "tests": tests}, association=association
    )
    assert write_predeclared(declared) == (
        "Of 1 tests 1 were declared beforehand: ORR by ctDNA ratio to baseline at "
        "C2D1. All others are exploratory. The config declares: ORR by ctDNA ratio to "
        "baseline at C2D1."
    )


def test_study_without_these_tables_has_none_of_the_sections(results: Results) -> None:
    bare = Results(**{**vars(results), "tables": {}})
    for section in (biomarker_section, model_section):
        assert list(section(bare)) == []
    assert list(mutation_section(bare, by="her2")) == []


@pytest.mark.parametrize(
    ("feature", "label"),
    [
        ("her2_low", "HER2-low"),
        ("no_ctdna_T2", "ctDNA could not be judged at T2"),
        ("no_ctdna_T3", "no ctDNA T3"),
        ("hr_status=positive", "HR status=positive"),
        ("prior_lines", "prior lines"),
    ],
)
def test_features_have_names_that_are_read(feature: str, label: str) -> None:
    assert feature_label(feature, landmarks=["T2"]) == label
