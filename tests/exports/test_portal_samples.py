"""Specimens and draws as samples of cBioPortal."""

import numpy as np
import pandas as pd

from her2ctdna.exports.portal_samples import clinical_samples, derive_samples

READINGS = pd.DataFrame(
    {
        "patient_id": ["P1", "P1", "P1", "P2"],
        "specimen_id": ["M1", "M1", "P1-P", "M1"],
        "specimen": ["metastasis", "metastasis", "primary", "unknown"],
        "collected_day": [-40.0, -40.0, np.nan, -10.0],
        "ihc": ["0", "1+", "2+", None],
        "ish": [None, None, "negative", None],
        "chosen": ["no", "yes", "no", "no"],
    }
)
DRAWS = pd.DataFrame(
    {
        "patient_id": ["P1", "P2"],
        "sample_id": ["P1-B", "P2-B"],
        "timepoint": ["C1D1", "C1D1"],
        "day": [0.0, -1.0],
        "state": ["detected", "failed_qc"],
        "level": [0.05, np.nan],
    }
)


def test_specimen_has_the_chosen_reading_else_the_first():
    samples = derive_samples(READINGS, None)
    assert list(samples["HER2_IHC_SCORE"][:2]) == ["1+", "2+"]
    assert list(samples["SAMPLE_TYPE"]) == ["Metastasis", "Primary", "Unknown"]
    assert set(samples["SAMPLE_CLASS"]) == {"Tumor"}
    assert list(samples["day"][[0, 2]]) == [-40, -10]
    assert pd.isna(samples["day"][1])


def test_specimen_whose_id_another_has_is_named_after_its_patient():
    samples = derive_samples(READINGS, DRAWS.assign(sample_id=["P1-P", "P2-B"]))
    assert list(samples["SAMPLE_ID"]) == ["P1_M1", "P1_P1-P", "P2_M1", "P1-P", "P2-B"]


def test_draws_are_plasma_with_state_and_level():
    samples = derive_samples(None, DRAWS)
    assert list(samples["SAMPLE_TYPE"]) == ["cfDNA", "cfDNA"]
    assert list(samples["CTDNA_STATE"]) == ["detected", "failed_qc"]
    assert samples["CTDNA_LEVEL"][0] == 0.05
    assert pd.isna(samples["CTDNA_LEVEL"][1])


def test_attributes_that_no_sample_has_are_left_out():
    names = [
        one.name for one in clinical_samples(derive_samples(None, DRAWS)).attributes
    ]
    assert "CTDNA_STATE" in names
    assert not {"HER2_IHC_SCORE", "day"} & set(names)


def test_without_readings_and_draws_there_is_no_sample():
    assert derive_samples(None, None).empty
    assert derive_samples(READINGS[:0], DRAWS[:0]).empty
