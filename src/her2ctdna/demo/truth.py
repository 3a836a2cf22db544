"""What is true of the synthetic study and no sheet says."""

import pandas as pd

from her2ctdna.demo.patient_traits import Patient
from her2ctdna.demo.samples import Sample
from her2ctdna.demo.true_variants import Variant


def tabulate_true_patients(patients: list[Patient]) -> pd.DataFrame:
    """Return HER2 level, latent response and kinetics of each patient."""
    return pd.DataFrame(
        {
            "patient_id": patient.patient_id,
            "her2_biology": patient.biology,
            "latent_response": patient.latent,
            "fate": patient.fate,
            "sheds": "yes" if patient.sheds else "no",
            "baseline_tumour_fraction": _rounded(patient.baseline_fraction),
            "resistant_fraction": _rounded(patient.kinetics.resistant),
            "kill_per_day": _rounded(patient.kinetics.kill),
            "growth_per_day": _rounded(patient.kinetics.growth),
            "resolution_per_day": _rounded(patient.kinetics.resolution),
        }
        for patient in patients
    )


def tabulate_true_samples(samples: dict[str, list[Sample]]) -> pd.DataFrame:
    """Return the tumour fraction of each plasma sample."""
    return pd.DataFrame(
        {
            "sample_id": sample.sample_id,
            "patient_id": sample.patient_id,
            "day": sample.day,
            "tumour_fraction": _rounded(sample.fraction),
            "resistant_share": _rounded(sample.resistant),
        }
        for drawn in samples.values()
        for sample in drawn
        if sample.material == "plasma"
    )


def tabulate_true_variants(variants: dict[str, list[Variant]]) -> pd.DataFrame:
    """Return each patient's variants with their origin and clonality."""
    return pd.DataFrame(
        {
            "patient_id": patient_id,
            "chrom": variant.chrom,
            "pos": variant.pos,
            "ref": variant.ref,
            "alt": variant.alt,
            "gene": variant.gene,
            "protein_change": variant.protein_change or None,
            "origin": variant.origin,
            "clonality": variant.clonality,
            "daily_growth": variant.daily_growth,
            "emerges_day": variant.emerges_day,
        }
        for patient_id, found in variants.items()
        for variant in found
    )


def _rounded(value: float) -> float:
    """Return a value to six significant digits, as it stands in the truth."""
    return float(f"{value:.6g}")
