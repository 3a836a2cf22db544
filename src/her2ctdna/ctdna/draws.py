"""The draws of a patient: what each is of, which is the baseline, and its DNA."""

import pandas as pd

PICOGRAMS_PER_GENOME = 3.3
"""Mass of one haploid human genome, pg; some texts take 3.03."""


def derive_draws(samples: pd.DataFrame, *, baseline_window: list[int]) -> pd.DataFrame:
    """Return the samples with ``day``, ``material`` filled in and ``is_baseline``.

    Material is plasma unless given. The baseline is a patient's last plasma sample
    with a day inside the window, both ends included (of several on that day the last
    in the sheet).
    """
    draws = samples.rename(columns={"collected_day": "day"})
    draws = draws.assign(material=draws["material"].fillna("plasma"))
    first, last = baseline_window
    inside = draws[(draws["material"] == "plasma") & draws["day"].between(first, last)]
    latest = inside.sort_values("day", kind="stable").groupby("patient_id").tail(1)
    return draws.assign(is_baseline=draws["sample_id"].isin(latest["sample_id"]))


def compute_genomes_per_ml(cfdna_ng: pd.Series, plasma_ml: pd.Series) -> pd.Series:
    """Return haploid genome equivalents per millilitre of plasma."""
    return cfdna_ng / plasma_ml.where(plasma_ml > 0) * 1000 / PICOGRAMS_PER_GENOME


def compute_genomes(cfdna_ng: pd.Series) -> pd.Series:
    """Return haploid genome equivalents; NaN where no mass above 0 is given."""
    return cfdna_ng.where(cfdna_ng > 0) * 1000 / PICOGRAMS_PER_GENOME
