"""Samples as cBioPortal has them: specimens of tissue with HER2, plasma with ctDNA."""

from collections.abc import Collection

import pandas as pd

from her2ctdna.exports.portal_form import Attribute
from her2ctdna.exports.portal_patients import IDENTITY, Clinical

PLASMA = "cfDNA"
"""The class of samples of plasma."""

TISSUE = "Tumor"
"""The class of specimens of tissue."""

_KINDS = {"primary": "Primary", "metastasis": "Metastasis", "unknown": "Unknown"}

ATTRIBUTES = [
    IDENTITY,
    Attribute("SAMPLE_ID", "Sample Identifier", "Identifier of the sample"),
    Attribute("SAMPLE_CLASS", "Sample Class", "Tumour tissue, or cfDNA of plasma"),
    Attribute("SAMPLE_TYPE", "Sample Type", "Primary, metastasis or cfDNA"),
    Attribute("TIMEPOINT", "Time Point", "Time point of a draw, as the study names it"),
    Attribute("HER2_IHC_SCORE", "HER2 IHC Score", "IHC of the chosen or first reading"),
    Attribute("HER2_FISH_STATUS", "HER2 ISH Status", "ISH of the same reading"),
    Attribute("CTDNA_STATE", "ctDNA State", "Whether ctDNA was detected"),
    Attribute("CTDNA_LEVEL", "ctDNA Level", "Level of ctDNA", "NUMBER"),
]
"""The attributes of samples."""


def derive_samples(
    readings: pd.DataFrame | None, draws: pd.DataFrame | None
) -> pd.DataFrame:
    """Return specimens of tissue, then samples of plasma, with what each showed.

    Parameters
    ----------
    readings
        As ``her2_readings.tsv``, of which a specimen gives one row: that of the chosen
        reading, else of the first. None without HER2.
    draws
        As ``ctdna_samples.tsv``. None without ctDNA.

    Returns
    -------
    A column for each of `ATTRIBUTES`, and ``day``, since first dose, missing where it
    is not known. A specimen whose id another patient or a draw has too is named after
    its patient and itself.
    """
    plasma = _plasma(draws) if draws is not None else None
    taken = set() if plasma is None else set(plasma["SAMPLE_ID"])
    tissue = _tissue(readings, taken) if readings is not None else None
    names = [*(attribute.name for attribute in ATTRIBUTES), "day"]
    empty = pd.DataFrame(columns=names, dtype=object)
    parts = [part for part in (tissue, plasma) if part is not None and not part.empty]
    return pd.concat(parts, ignore_index=True)[names] if parts else empty


def clinical_samples(samples: pd.DataFrame) -> Clinical:
    """Return the clinical file of samples, without attributes that no sample has."""
    told = [
        attribute for attribute in ATTRIBUTES if samples[attribute.name].notna().any()
    ]
    return Clinical(samples, told)


def _tissue(readings: pd.DataFrame, taken: Collection[str]) -> pd.DataFrame:
    is_chosen = readings["chosen"] == "yes"
    ordered = pd.concat([readings[is_chosen], readings[~is_chosen]])
    one = ordered.drop_duplicates(["patient_id", "specimen_id"]).sort_index()
    name = one["specimen_id"]
    is_shared = name.duplicated(keep=False) | name.isin(taken)
    return pd.DataFrame(
        {
            "PATIENT_ID": one["patient_id"],
            "SAMPLE_ID": name.mask(is_shared, one["patient_id"] + "_" + name),
            "SAMPLE_CLASS": TISSUE,
            "SAMPLE_TYPE": one["specimen"].map(_KINDS),
            "TIMEPOINT": None,
            "HER2_IHC_SCORE": one["ihc"],
            "HER2_FISH_STATUS": one["ish"],
            "CTDNA_STATE": None,
            "CTDNA_LEVEL": None,
            "day": one["collected_day"],
        },
        dtype=object,
    )


def _plasma(draws: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "PATIENT_ID": draws["patient_id"],
            "SAMPLE_ID": draws["sample_id"],
            "SAMPLE_CLASS": PLASMA,
            "SAMPLE_TYPE": PLASMA,
            "TIMEPOINT": draws["timepoint"],
            "HER2_IHC_SCORE": None,
            "HER2_FISH_STATUS": None,
            "CTDNA_STATE": draws["state"],
            "CTDNA_LEVEL": draws["level"],
            "day": draws["day"],
        },
        dtype=object,
    )
