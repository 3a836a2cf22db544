"""The whole synthetic study: sheets, calls and truth."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from her2ctdna.demo.course import Course, simulate_course
from her2ctdna.demo.molecule_counts import Record, simulate_calls
from her2ctdna.demo.pathology import simulate_her2
from her2ctdna.demo.patient_traits import Patient, simulate_patients
from her2ctdna.demo.safety_events import simulate_ada, simulate_adverse_events
from her2ctdna.demo.samples import Sample, simulate_samples
from her2ctdna.demo.scans import Scan
from her2ctdna.demo.true_variants import simulate_variants
from her2ctdna.demo.truth import (
    tabulate_true_patients,
    tabulate_true_samples,
    tabulate_true_variants,
)

DEFAULT_SEED = 6452706
DEFAULT_PATIENTS = 42


@dataclass(frozen=True)
class Study:
    """A synthetic study: ``sheets`` and ``truth`` by name, ``calls`` by sample."""

    seed: int
    n_patients: int
    sheets: dict[str, pd.DataFrame]
    calls: dict[str, list[Record]]
    truth: dict[str, pd.DataFrame]


def simulate_study(seed: int, *, n_patients: int) -> Study:
    """Return the study drawn from ``seed``."""
    patients = simulate_patients(seed, n_patients)
    courses = {p.patient_id: simulate_course(seed, p) for p in patients}
    samples = {
        p.patient_id: simulate_samples(seed, p, courses[p.patient_id]) for p in patients
    }
    variants = simulate_variants(seed, patients)
    calls: dict[str, list[Record]] = {}
    for patient_id, drawn in samples.items():
        calls |= simulate_calls(seed, drawn, variants[patient_id])
    sheets = {
        "patients": _tabulate_patients(patients, courses),
        "her2": simulate_her2(seed, patients),
        "samples": _tabulate_samples(samples),
        "assessments": _tabulate_assessments(courses),
        "lesions": _tabulate_lesions(courses),
        "adverse_events": simulate_adverse_events(seed, patients, courses),
        "ada": simulate_ada(seed, patients, courses),
    }
    truth = {
        "patients": tabulate_true_patients(patients),
        "samples": tabulate_true_samples(samples),
        "variants": tabulate_true_variants(variants),
    }
    dated = {name: _with_dates(sheet, patients) for name, sheet in sheets.items()}
    return Study(seed, n_patients, dated, calls, truth)


_TIMES = [
    "first_dose",
    "last_dose",
    "death",
    "last_alive",
    "new_therapy",
    "collected",
    "assessed",
    "started",
    "ended",
    "sampled",
]


def _with_dates(sheet: pd.DataFrame, patients: list[Patient]) -> pd.DataFrame:
    """Return a sheet whose days since first dose have become ISO dates."""
    first = {patient.patient_id: patient.first_dose for patient in patients}
    dated = sheet.copy()
    for column in dated.columns.intersection(_TIMES):
        dated[column] = [
            None
            if pd.isna(day)
            else (first[patient_id] + timedelta(days=int(day))).isoformat()
            for patient_id, day in zip(sheet["patient_id"], sheet[column], strict=True)
        ]
    return dated.rename(columns={column: f"{column}_date" for column in _TIMES})


def _tabulate_patients(
    patients: list[Patient], courses: dict[str, Course]
) -> pd.DataFrame:
    """Return the patients sheet; no last dose while treatment goes on."""
    rows = []
    for patient in patients:
        course = courses[patient.patient_id]
        dead, ongoing = course.death_day is not None, course.stop_day is None
        rows.append(
            {
                "patient_id": patient.patient_id,
                "first_dose": 0,
                "last_dose": None if ongoing else course.last_dose_day,
                "new_therapy": course.new_therapy_day,
                "death": course.death_day,
                "last_alive": None if dead else course.last_contact,
                "measurable": "yes" if patient.measurable else "no",
                "hr_status": patient.hr_status,
                "prior_lines": patient.prior_lines,
                "ecog": patient.ecog,
                "age": patient.age,
            }
        )
    return pd.DataFrame(rows)


def _tabulate_samples(samples: dict[str, list[Sample]]) -> pd.DataFrame:
    """Return the samples sheet; paths are relative to it."""
    return pd.DataFrame(
        {
            "sample_id": sample.sample_id,
            "patient_id": sample.patient_id,
            "collected": sample.day,
            "timepoint": sample.timepoint,
            "material": sample.material,
            "calls": f"calls/{sample.sample_id}.vcf.gz" if sample.has_calls else None,
            "plasma_ml": sample.plasma_ml,
            "cfdna_ng": sample.cfdna_ng,
            "qc": sample.qc,
        }
        for drawn in samples.values()
        for sample in drawn
    )


def _all_scans(courses: dict[str, Course]) -> list[tuple[str, str, Scan]]:
    """Return each scan with its patient and evaluator."""
    return [
        (patient_id, evaluator, scan)
        for patient_id, course in courses.items()
        for evaluator, scans in (
            ("investigator", course.scans),
            ("independent", course.independent_scans),
        )
        for scan in scans
    ]


def _tabulate_assessments(courses: dict[str, Course]) -> pd.DataFrame:
    """Return the assessments sheet; the baseline has a sum and no overall."""
    return pd.DataFrame(
        {
            "patient_id": patient_id,
            "assessed": scan.day,
            "overall": scan.overall,
            "evaluator": evaluator,
            "target_sum_mm": scan.target_sum_mm,
            "new_lesion": None
            if scan.overall is None
            else ("yes" if scan.new_lesion else "no"),
        }
        for patient_id, evaluator, scan in _all_scans(courses)
    )


def _tabulate_lesions(courses: dict[str, Course]) -> pd.DataFrame:
    """Return the lesions sheet: each reading behind the assessments."""
    return pd.DataFrame(
        {
            "patient_id": patient_id,
            "assessed": scan.day,
            "evaluator": evaluator,
            "lesion_id": reading.lesion_id,
            "kind": reading.kind,
            "organ": reading.organ,
            "is_node": "yes" if reading.is_node else "no",
            "diameter_mm": reading.diameter_mm,
            "state": reading.state,
        }
        for patient_id, evaluator, scan in _all_scans(courses)
        for reading in scan.readings
    )
