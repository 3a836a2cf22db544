"""Patients as cBioPortal has them: survival in months, response, HER2, ctDNA."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from her2ctdna.exports.portal_form import Attribute, name_attribute
from her2ctdna.inputs.cbioportal_patients import DAYS_PER_MONTH
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.wording import spell

IDENTITY = Attribute("PATIENT_ID", "Patient Identifier", "Identifier of the patient")

STATUS = {
    "os": {"yes": "1:DECEASED", "no": "0:LIVING"},
    "pfs": {"yes": "1:PROGRESSION", "no": "0:CENSORED"},
}
"""Words of a status by whether the event was seen; the portal goes by the number."""

_SURVIVAL = {"os": "Overall Survival", "pfs": "Progression Free"}

_COLUMNS = {
    "bor": ("BOR", "Best overall response, unconfirmed"),
    "confirmed_bor": ("CONFIRMED_BOR", "Best overall response, confirmed"),
    "responder": ("RESPONDER", "Response as the analysis defines it"),
    "her2_class": ("HER2_CLASS", "Class of HER2 of the chosen reading"),
    "her2_level": ("HER2_LEVEL", "Level of HER2 of the chosen reading"),
    "her2_group": ("HER2_GROUP", "HER2-zero or HER2-low"),
    "her2_dynamics": ("HER2_DYNAMICS", "Course of HER2 over specimens"),
    "baseline_state": ("CTDNA_BASELINE_STATE", "ctDNA at baseline"),
    "baseline_level": ("CTDNA_BASELINE_LEVEL", "Level of ctDNA at baseline"),
    "ever_cleared": ("CTDNA_EVER_CLEARED", "ctDNA cleared in any sample"),
}
"""Columns of ``patients.tsv`` by the attribute that each becomes."""


class Clinical(NamedTuple):
    """A clinical file: a column for each attribute, and the attributes."""

    table: pd.DataFrame
    attributes: list[Attribute]


def derive_clinical_patients(
    patients: pd.DataFrame, *, landmarks: Iterable[str], covariates: Iterable[str]
) -> Clinical:
    """Return the attributes of patients, one row each, in the order of the table.

    Parameters
    ----------
    patients
        The analysis-ready table; what it has no column of has no attribute.
    landmarks
        Those whose clearance becomes ``CTDNA_CLEARANCE_<LANDMARK>``.
    covariates
        Columns of the study that leave as they are, in capitals: those that the config
        names. One whose name has no letter or is that of another attribute does not.

    Returns
    -------
    Months are days / 30.4375 at full precision, ``*_STATUS`` 1 for the event and 0 for
    censored; both are missing where the patient was not followed.
    """
    columns = {"PATIENT_ID": patients["patient_id"]}
    attributes = [IDENTITY]
    for attribute, cells in (
        *_survival(patients),
        *_results(patients, landmarks),
        *_covariates(patients, covariates),
    ):
        if attribute.name.isupper() and attribute.name not in columns:
            columns[attribute.name] = cells
            attributes.append(attribute)
    return Clinical(pd.DataFrame(columns), attributes)


def _survival(patients: pd.DataFrame) -> Iterator[tuple[Attribute, pd.Series]]:
    for name, label in _SURVIVAL.items():
        stem = name.upper()
        status = Attribute(f"{stem}_STATUS", f"{label} Status", f"{label}: the event")
        yield status, patients[f"{name}_event"].map(STATUS[name])
        why = f"{label} in months of {DAYS_PER_MONTH} days since first dose"
        months = Attribute(f"{stem}_MONTHS", f"{label} (Months)", why, "NUMBER")
        yield months, patients[f"{name}_days"] / DAYS_PER_MONTH


def _results(
    patients: pd.DataFrame, landmarks: Iterable[str]
) -> Iterator[tuple[Attribute, pd.Series]]:
    told = _COLUMNS | {
        name_clearance(name): (
            name_attribute("CTDNA_CLEARANCE", name),
            f"Clearance of ctDNA at {name}",
        )
        for name in landmarks
    }
    for column, (name, description) in told.items():
        if column in patients:
            cells = patients[column]
            yield _attribute(name, description, description, cells), cells


def _covariates(
    patients: pd.DataFrame, names: Iterable[str]
) -> Iterator[tuple[Attribute, pd.Series]]:
    for column in names:
        if column in patients:
            label, cells = spell(column), patients[column]
            described = f"{label}, as the study gives it"
            yield _attribute(name_attribute(column), label, described, cells), cells


def _attribute(name: str, label: str, description: str, cells: pd.Series) -> Attribute:
    is_number = pd.api.types.is_numeric_dtype(cells)
    return Attribute(name, label, description, "NUMBER" if is_number else "STRING")
