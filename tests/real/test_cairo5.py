"""Roles against the authors' calls: CAIRO5, plasma and leukocyte counts by variant.

166 variants of 46 patients, each with molecules in plasma and in white cells; ``type``
is the authors' call (plasmut, PMID 36534496). Tumour-confirmed, likely tumour-specific
and circulating tumour cell are all tumour; a variant of tumour is one that is tracked.
"""

from math import nan

import numpy as np
import pandas as pd
import pytest
import yaml

from her2ctdna.calls.all_calls import CALL_COLUMNS, complete_calls
from her2ctdna.ctdna.variant_roles import derive_roles

COUNTS = {
    "plasma": ("cfDNA distinct reads", "cfDNA distinct mutant reads"),
    "leukocyte": ("wbc distinct reads", "wbc distinct mutant reads"),
}
OURS = {"Germline": "germline", "WBC variant": "clonal_haematopoiesis"}


@pytest.fixture(scope="module")
def ctdna(root):
    """Return the defaults, with every variant that has a molecule tracked.

    The authors' table holds chosen variants of any depth; which of them an assay
    should track is not the question here.
    """
    text = (root / "config" / "config.yaml").read_text()
    found = yaml.safe_load(text)["definitions"]["ctdna"]
    return found | {"min_depth": 1, "min_alt_count": 1, "min_vaf": 0}


@pytest.fixture(scope="module")
def table(real_data):
    raw = pd.read_csv(real_data / "chip" / "cairo5" / "cairo5-matched-sequencing.csv")
    raw = raw.rename(columns={"Gene": "gene", "Patient": "patient_id"})
    return raw.assign(expected=raw["type"].map(OURS).fillna("tracked"))


def calls_of(table, materials=("plasma", "leukocyte")):
    """Return the calls; the row of the table stands for the position."""
    parts = []
    for material in materials:
        part = pd.DataFrame(index=table.index, columns=CALL_COLUMNS)
        depth, alt_count = (table[column] for column in COUNTS[material])
        patients = table["patient_id"].astype(str)
        part = part.assign(patient_id=patients, sample_id=f"{material}-" + patients)
        part = part.assign(chrom="chr1", pos=table.index, ref="A", alt="G")
        part = part.assign(gene=table["gene"], filter="PASS", caller_vaf=nan)
        part = part.assign(caller="unknown", source="calls")
        parts.append(part.assign(alt_count=alt_count, depth=depth, population_af=nan))
    return complete_calls(pd.concat(parts, ignore_index=True))


def roles_of(table, ctdna, **kept):
    calls = calls_of(table, **kept)
    names = calls["sample_id"].drop_duplicates()
    material = names.str.partition("-")[0]
    draws = pd.DataFrame({"sample_id": names, "material": material})
    draws = draws.assign(is_baseline=material == "plasma")
    roles = derive_roles(calls, draws, ctdna=ctdna)
    plasma = roles[roles["sample_id"].str.startswith("plasma")].set_index("pos")
    return table.join(plasma[["role", "reason"]])


def test_roles_agree_with_the_authors_in_163_of_166_variants(table, ctdna):
    found = roles_of(table, ctdna)
    counts = pd.crosstab(found["expected"], found["role"])
    assert counts.to_dict("index") == {
        "clonal_haematopoiesis": {
            "clonal_haematopoiesis": 9,
            "filtered": 2,
            "germline": 0,
            "tracked": 1,
        },
        "germline": {
            "clonal_haematopoiesis": 0,
            "filtered": 0,
            "germline": 16,
            "tracked": 0,
        },
        "tracked": {
            "clonal_haematopoiesis": 0,
            "filtered": 0,
            "germline": 0,
            "tracked": 138,
        },
    }


def test_what_disagrees_is_one_leukocyte_molecule_each(table, ctdna):
    found = roles_of(table, ctdna)
    apart = found[found["expected"] != found["role"]]
    assert list(apart["gene"]) == ["CDH1", "BRAF", "PDGFRA"]
    assert set(apart["wbc distinct mutant reads"]) == {1}
    assert list(apart["cfDNA distinct mutant reads"]) == [0, 4, 0]
    braf = apart.iloc[1]
    assert braf["reason"] == "passes at baseline, leukocytes too few to tell"


def test_a_bare_ratio_of_vafs_would_miss_five_of_twelve_leukocyte_variants(table):
    vaf = {
        material: table[alt_count] / table[depth].where(table[depth] > 0)
        for material, (depth, alt_count) in COUNTS.items()
    }
    shared = vaf["plasma"] < 5 * vaf["leukocyte"]
    by_truth = shared.groupby(table["expected"]).sum()
    assert by_truth["clonal_haematopoiesis"] == 7
    assert by_truth["tracked"] == 0


def test_no_tumour_variant_is_lost_at_any_fold(table, ctdna):
    for fold, found in ((1, 8), (2, 8), (5, 9), (10, 9)):
        roles = roles_of(table, ctdna | {"leukocyte_fold": fold})
        by_role = roles.groupby(["expected", "role"]).size()
        assert by_role["tracked", "tracked"] == 138, fold
        assert by_role["clonal_haematopoiesis", "clonal_haematopoiesis"] == found, fold


def test_one_draw_without_leukocytes_makes_nothing_germline(table, ctdna):
    """Near 50 or 100 % lie 9 of 16 germline and 16 of 138 tumour variants."""
    plasma = table["cfDNA distinct reads"]
    vaf = table["cfDNA distinct mutant reads"] / plasma.where(plasma > 0)
    near = vaf.between(0.4, 0.6) | (vaf >= 0.9)
    by_truth = near.groupby(table["expected"]).sum()
    assert by_truth.to_dict() == {
        "clonal_haematopoiesis": 0,
        "germline": 9,
        "tracked": 16,
    }
    found = roles_of(table, ctdna, materials=("plasma",))
    assert "germline" not in set(found["role"])
    assert np.all(found.loc[found["expected"] == "tracked", "role"] == "tracked")
