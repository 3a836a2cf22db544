"""The tables of a step on what is known early, by the inputs of the study."""

import pandas as pd
import pytest
from test_continuous import ASSOCIATION, PATIENTS, SAMPLES, table

from her2ctdna.association.biomarker_tables import estimate_biomarkers

CTDNA = {
    "metric": "mean_vaf",
    "landmarks": {"C2D1": {"day": 21, "window": 7}},
    "min_alt_count": 3,
}


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    keys = {"chrom": "1", "ref": "A", "alt": "T"}
    calls = pd.DataFrame({"sample_id": ["S1", "S3"], "patient_id": ["P1", "P3"]})
    calls = calls.assign(pos=[5, 6], **keys)
    known = {"gene": "TP53", "consequence": "missense_variant", "alt_count": 8.0}
    return {
        "patients": table(PATIENTS),
        "ctdna_samples": table(SAMPLES),
        "variant_status": calls.assign(role="tracked"),
        "variants": calls.assign(**known),
    }


def estimate(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return estimate_biomarkers(
        tables,
        ctdna=CTDNA,
        count_first_day=True,
        response=True,
        association=ASSOCIATION | {"min_gene_frequency": 0.3},
    )


def test_study_with_calls_has_biomarkers_and_mutations(tables) -> None:
    found = estimate(tables)
    assert set(found) == {"biomarkers", "mutations"}
    assert len(found["biomarkers"]) > 0
    genes = found["mutations"][["gene", "group", "n", "N"]]
    assert genes.to_numpy().tolist() == [
        ["TP53", "not_found", 1, 4],
        ["TP53", "found", 1, 2],
    ]


def test_study_of_an_assay_s_levels_has_biomarkers_alone(tables) -> None:
    bare = {name: tables[name] for name in ("patients", "ctdna_samples")}
    found = estimate(bare)
    assert list(found) == ["biomarkers"]
    pd.testing.assert_frame_equal(found["biomarkers"], estimate(tables)["biomarkers"])
