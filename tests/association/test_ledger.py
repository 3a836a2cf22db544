"""All tests of an analysis are counted, in families, by the program."""

import json
from io import StringIO
from math import isnan, nan
from pathlib import Path

import pandas as pd
import pytest

from her2ctdna.association.associations import CONTRAST_COLUMNS, TEST_COLUMNS
from her2ctdna.association.continuous import BIOMARKER_COLUMNS
from her2ctdna.association.ledger import (
    COLLECTED_COLUMNS,
    LEDGER_COLUMNS,
    collect_tests,
)
from her2ctdna.association.model import MODEL_COLUMNS
from her2ctdna.association.multiplicity import adjust_within_families
from her2ctdna.association.mutations import MUTATION_COLUMNS

GOLDEN = Path(__file__).parents[3] / "shared/golden/02_proportions"
FAMILIES = {
    "her2": {"endpoints": ["orr"], "biomarkers": ["her2_*"]},
    "levels": {"endpoints": ["*"], "biomarkers": ["baseline_*"]},
    "genes": {"endpoints": ["*"], "biomarkers": ["gene_*"]},
    "unused": {"endpoints": ["none"], "biomarkers": ["none"]},
}
PREDECLARED = [{"endpoints": ["orr"], "group_by": ["her2_group"]}]
WHERE = {"population": "all_treated", "origin": "first_dose"}


def read(text: str, columns: list[str]) -> pd.DataFrame:
    table = pd.read_csv(StringIO(text), sep=" ", na_values=".")
    return table.assign(**WHERE).reindex(columns=columns)


def tables(*more: str) -> dict[str, pd.DataFrame]:
    known = {
        "tests": read(
            "endpoint biomarker groups subgroup test role p_value n\n"
            "orr her2_group zero;low . fisher primary 0.04 40\n"
            "orr her2_group zero;low . boschloo alternative 0.03 40\n"
            "orr her2_class absent;low . fisher_halton primary 0.02 39\n"
            "orr her2_class absent;low . boschloo alternative 0.2 39\n"
            "orr her2_class absent;ultralow . boschloo alternative 0.6 30\n"
            "orr her2_group zero;low ecog firth_interaction interaction 0.9 38\n"
            "orr her2_group zero;low site firth_interaction interaction . 37\n"
            "pfs her2_group zero;low . log_rank_permutation primary . 40\n",
            TEST_COLUMNS,
        ),
        "contrasts": read(
            "endpoint group_by group reference measure test p_value\n"
            "orr her2_group low zero odds_ratio fisher 0.04\n"
            "orr her2_group low zero risk_difference . .\n"
            "pfs her2_group low zero hazard_ratio likelihood_ratio 0.3\n",
            CONTRAST_COLUMNS,
        ),
        "biomarkers": read(
            "endpoint biomarker measure test p_value n\n"
            "orr baseline_level fold_in_responders rank_sum_exact 0.01 38\n"
            "orr baseline_level auc rank_sum_exact 0.01 38\n"
            "pfs baseline_level hazard_ratio_per_doubling likelihood_ratio 0.5 33\n"
            "pfs baseline_level departure_from_line spline_likelihood_ratio 0.8 33\n",
            BIOMARKER_COLUMNS,
        ),
        "mutations": read(
            "endpoint biomarker gene group n N test p_value\n"
            "orr gene_TP53 TP53 not_found 9 23 fisher 0.7\n"
            "orr gene_TP53 TP53 found 5 15 fisher 0.7\n",
            MUTATION_COLUMNS,
        ),
        "model": read(
            "endpoint biomarker measure estimate test p_value n\n"
            "orr model_full auc 0.6 . . 40\n"
            "orr model_full auc_of_shuffled_responses 0.5 permutation_auc 0.2 40\n",
            MODEL_COLUMNS,
        ),
    }
    return {name: known[name] for name in ("tests", "contrasts", *more)}


def collect(*more: str) -> dict[str, pd.DataFrame]:
    return collect_tests(
        tables(*more), families=FAMILIES, predeclared=PREDECLARED, alpha=0.05
    )


def test_every_test_of_every_step_stands_there_once_with_a_family() -> None:
    tests = collect("biomarkers", "mutations", "model")["tests"]
    assert list(tests.columns) == COLLECTED_COLUMNS
    primary = tests[tests["role"] == "primary"]
    shown = primary[["endpoint", "biomarker", "test", "family"]]
    assert list(shown.itertuples(index=False, name=None)) == [
        ("orr", "her2_group", "fisher", "her2"),
        ("orr", "her2_class", "fisher_halton", "her2"),
        ("pfs", "her2_group", "log_rank_permutation", "unassigned"),
        ("orr", "baseline_level", "rank_sum_exact", "levels"),
        ("pfs", "baseline_level", "likelihood_ratio", "levels"),
        ("orr", "gene_TP53", "fisher", "genes"),
        ("orr", "model_full", "permutation_auc", "unassigned"),
    ]
    others = tests[tests["role"] != "primary"]
    assert len(others) == 6
    assert others["family"].isna().all()
    assert others["q_value"].isna().all()
    spline = others[others["test"] == "spline_likelihood_ratio"]
    assert (spline["role"].item(), spline["p_value"].item()) == ("check", 0.8)
    gene = tests[tests["biomarker"] == "gene_TP53"].iloc[0]
    assert (gene["groups"], gene["n"], gene["events"]) == ("not_found;found", 38, 14)


def test_q_value_is_the_same_wherever_a_test_is_shown() -> None:
    found = collect("biomarkers", "mutations", "model")
    tests = found["tests"]
    in_family = tests[tests["family"] == "her2"]
    assert in_family["test"].tolist() == ["fisher", "fisher_halton"]
    assert in_family["q_value"].tolist() == [0.04, 0.04]
    first, second, last = found["contrasts"].itertuples(index=False)
    assert (first.family, first.q_value) == ("her2", 0.04)
    assert isnan(second.q_value)
    assert pd.isna(last.family)
    biomarkers = found["biomarkers"]
    assert biomarkers["q_value"].tolist()[:3] == [0.02, 0.02, 0.5]
    assert isnan(biomarkers["q_value"].iloc[3])
    assert list(biomarkers.columns) == BIOMARKER_COLUMNS
    assert found["mutations"]["q_value"].tolist() == [0.7, 0.7]
    assert found["model"]["family"].isna().tolist() == [True, False]


def test_ledger_counts_tests_p_values_and_what_chance_would_give() -> None:
    ledger = collect("biomarkers", "mutations", "model")["ledger"]
    assert list(ledger.columns) == LEDGER_COLUMNS
    rows = ledger.set_index("family")
    assert list(rows.index) == [
        *["her2", "levels", "genes", "unused", "unassigned"],
        *["no_family", "all", "unadjusted"],
    ]
    assert rows["n_tests"].tolist() == [2, 2, 1, 0, 2, 6, 13, 1]
    assert rows["n_p_values"].tolist() == [2, 2, 1, 0, 1, 5, 11, 1]
    assert rows["n_below_alpha"].tolist() == [2, 1, 0, 0, 0, 1, 4, 0]
    assert rows["n_predeclared"].tolist() == [1, 0, 0, 0, 0, 0, 1, 0]
    assert rows.loc["all", "expected_below_alpha"] == pytest.approx(0.55)
    assert rows["n_out_of_reach"].tolist() == [0] * 8
    assert rows.loc["her2", "smallest_p"] == 0.02
    assert isnan(rows.loc["unused", "smallest_p"])
    assert isnan(rows.loc["all", "smallest_q"])


def test_expected_by_chance_is_the_sum_of_the_attainable_sizes() -> None:
    given = tables("mutations")
    sizes = [0.02, 0.03, 0.0, nan, nan, nan, nan, nan]
    given["tests"]["attainable_size"] = sizes
    given["mutations"]["attainable_size"] = 0.0
    found = collect_tests(given, families=FAMILIES, predeclared=[], alpha=0.05)
    tests = found["tests"]
    assert tests["attainable_size"].tolist() == pytest.approx(
        [0.02, 0.03, 0.0, 0.05, 0.05, 0.05, nan, nan, 0.0], nan_ok=True
    )
    rows = found["ledger"].set_index("family")
    expected = rows["expected_below_alpha"]
    assert expected["her2"] == pytest.approx(0.02)
    assert expected["all"] == pytest.approx(0.2)
    assert rows["n_out_of_reach"][["her2", "genes", "all"]].tolist() == [1, 1, 2]


def test_fisher_tests_of_contrasts_count_by_their_margins() -> None:
    given = tables()
    counts = {"events": 1, "n": 3, "events_reference": 1, "n_reference": 4}
    given["contrasts"] = given["contrasts"].assign(**counts, endpoint="dcr")
    found = collect_tests(given, families=FAMILIES, predeclared=[], alpha=0.05)
    last = found["ledger"].set_index("family").loc["unadjusted"]
    assert (last["n_p_values"], last["n_out_of_reach"]) == (2, 1)
    assert last["expected_below_alpha"] == pytest.approx(0.05)


def test_study_without_other_steps_has_its_own_tests_alone() -> None:
    found = collect()
    assert set(found) == {"tests", "contrasts", "ledger"}
    assert len(found["tests"]) == 8


def test_study_without_any_test_has_a_ledger_of_zeros() -> None:
    empty = {name: table.iloc[:0] for name, table in tables("model").items()}
    found = collect_tests(empty, families=FAMILIES, predeclared=[], alpha=0.05)
    assert found["tests"].empty
    assert list(found["tests"].columns) == COLLECTED_COLUMNS
    assert found["ledger"]["n_tests"].tolist() == [0] * 7


@pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"needs the values of R in {GOLDEN}")
@pytest.mark.parametrize("name", ["bh1995", "ties", "one", "withna", "unsorted"])
def test_q_values_are_those_of_r(name: str) -> None:
    golden = json.loads((GOLDEN / "multiplicity.golden.json").read_text())[name]
    p_values = [nan if p is None else p for p in golden["p"]]
    tests = pd.DataFrame({"p_value": p_values})
    tests = tests.assign(endpoint="orr", biomarker="her2_group")
    found = adjust_within_families(tests, families=FAMILIES)["q_value"]
    expected = [nan if q is None else q for q in golden["BH"]]
    assert found.tolist() == pytest.approx(expected, rel=1e-12, nan_ok=True)
