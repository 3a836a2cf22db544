"""Figures of the cohort: patient flow and HER2."""

import pandas as pd
from matplotlib.figure import Figure

from her2ctdna.figures.draw import Drawing, Inputs
from her2ctdna.figures.her2_agreement import (
    derive_her2_agreement,
    plot_her2_agreement,
)
from her2ctdna.figures.her2_distribution import (
    derive_her2_distribution,
    plot_her2_distribution,
)
from her2ctdna.figures.patient_flow import derive_patient_flow, plot_patient_flow


def _patient_flow(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_patient_flow(given.tables["flow"])
    return drawn, plot_patient_flow(drawn, study=given.study)


def _her2_distribution(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_her2_distribution(given.tables["her2_status"])
    return drawn, plot_her2_distribution(drawn, study=given.study)


def _her2_agreement(given: Inputs) -> tuple[pd.DataFrame, Figure]:
    drawn = derive_her2_agreement(
        given.tables["her2_agreement"], given.tables["her2_agreement_pairs"]
    )
    return drawn, plot_her2_agreement(
        drawn, confidence=given.confidence, study=given.study
    )


FIGURES: dict[str, Drawing] = {
    "patient_flow": _patient_flow,
    "her2_distribution": _her2_distribution,
    "her2_agreement": _her2_agreement,
}
