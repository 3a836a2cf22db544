"""Which genes are found at baseline, and whom the tests of them compare."""

from io import StringIO

import pandas as pd
import pytest
from scipy import stats

from her2ctdna.association.mutations import (
    MUTATION_COLUMNS,
    estimate_mutations,
    find_mutated,
)

VARIANTS = """\
sample_id patient_id chrom pos ref alt gene consequence alt_count
S1 P1 1 10 A T TP53 missense_variant 12
S1 P1 1 11 A T TP53 stop_gained 5
S1 P1 1 12 A T ESR1 synonymous_variant 9
S1 P1 1 13 A T NF1 missense_variant 2
S1 P1 1 14 A T BRCA2 missense_variant 400
S9 P1 1 15 A T PTEN missense_variant 30
S2 P2 1 16 A T GATA3 . 7
S2 P2 1 17 A T . missense_variant 7
S3 P3 1 18 A T CDH1 frameshift_variant&splice_region_variant .
"""
ROLES = ["tracked"] * 4 + ["germline"] + ["tracked"] * 4
SAMPLES = {"P1": "S1", "P2": "S2", "P3": "S3"}
ASSOCIATION = {"confidence": 0.95, "permutations": 100, "seed": 1}


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), sep=" ", na_values=".", dtype={"chrom": str})


def test_gene_is_found_by_a_tracked_change_of_protein_with_enough_molecules() -> None:
    variants = table(VARIANTS)
    variants = variants.astype({"gene": object}).where(variants.notna(), None)
    patients = pd.DataFrame(
        {"patient_id": list(SAMPLES), "baseline_sample_id": list(SAMPLES.values())}
    )
    status = variants.drop(columns=["gene", "consequence", "alt_count"])
    found = find_mutated(
        patients,
        status.assign(role=ROLES),
        variants.astype({"alt_count": float}),
        min_alt_count=3,
    )
    # ESR1 silent, NF1 too few, BRCA2 germline, PTEN later, CDH1 not measured
    assert found.to_numpy().tolist() == [["P2", "GATA3"], ["P1", "TP53"]]


def cohort(n: int = 12) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": [f"P{number}" for number in range(n)],
            "ctdna_evaluable": ["no" if number == 0 else "yes" for number in range(n)],
            "responder": ["yes" if number < 5 else "no" for number in range(n)],
            "her2_class": [["absent", "low", "missing"][i % 3] for i in range(n)],
        }
    )


def mutated(**genes: list[int]) -> pd.DataFrame:
    rows = [(f"P{i}", gene) for gene, ids in genes.items() for i in ids]
    return pd.DataFrame(rows, columns=["patient_id", "gene"])


def estimate(found: pd.DataFrame, **changes) -> pd.DataFrame:
    options = {"response": True, "min_frequency": 0.25, "association": ASSOCIATION}
    return estimate_mutations(cohort(), found, **(options | changes))


def test_response_and_her2_class_are_compared_in_evaluable_patients() -> None:
    rows = estimate(mutated(TP53=[0, 1, 2, 3, 6]))
    shown = rows[["endpoint", "biomarker", "group", "n", "N"]].to_numpy().tolist()
    assert shown == [
        ["orr", "gene_TP53", "not_found", 1, 7],
        ["orr", "gene_TP53", "found", 3, 4],
        ["gene_TP53", "her2_class", "absent", 2, 3],
        ["gene_TP53", "her2_class", "low", 1, 4],
    ]
    expected = stats.fisher_exact([[1, 6], [3, 1]]).pvalue
    assert rows["p_value"][0] == rows["p_value"][1] == pytest.approx(expected)
    assert rows["patient_ids"].tolist() == ["P4", "P1;P2;P3", "P3;P6", "P1"]
    assert set(rows["population"]) == {"ctdna_evaluable"}


def test_rare_genes_are_not_tested_and_the_most_frequent_come_first() -> None:
    rows = estimate(mutated(ESR1=[1, 2, 3], TP53=[1, 2, 3, 4], NF1=[5, 6]))
    assert list(rows["gene"].unique()) == ["TP53", "ESR1"]
    rows = estimate(mutated(NF1=[0, 1, 2]))  # P0 is not evaluable
    assert rows.empty
    assert list(rows.columns) == MUTATION_COLUMNS


def test_study_without_response_compares_her2_classes_alone() -> None:
    rows = estimate(mutated(TP53=[1, 2, 3]), response=False)
    assert set(rows["biomarker"]) == {"her2_class"}


def test_gene_that_all_have_leaves_nothing_to_compare() -> None:
    rows = estimate(mutated(TP53=list(range(1, 12))))
    found = rows[rows["endpoint"] == "orr"]
    assert found["p_value"].isna().all()
    assert set(found["note"]) == {"fewer than two groups with patients"}
