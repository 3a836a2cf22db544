"""Tables as the workflow writes them, of a cohort of any size, to draw from."""

from typing import Any

import numpy as np
import pandas as pd
from able import with_able

from her2ctdna.association.associations import estimate_associations
from her2ctdna.association.features import ask_response
from her2ctdna.association.her2_trend import estimate_her2_trend
from her2ctdna.association.model import fit_model
from her2ctdna.association.scan_agreement import compare_with_scans
from her2ctdna.her2.agreement import estimate_agreement
from her2ctdna.her2.her2_status import derive_her2_readings
from her2ctdna.response.visits import derive_target_changes

LANDMARKS = {"C2D1": {"day": 21, "window": 7}, "C3D1": {"day": 42, "window": 10}}
STUDY = {
    "id": "NCT06452706",
    "title": "TQB2102 in breast cancer",
    "synthetic": True,
    "analysis": "primary",
    "definitions": "0123abcd",
}
GENES = ["PIK3CA", "TP53", "ESR1", "GATA3", "CDH1", "AKT1", "PTEN", "ERBB2", "NF1"]
TERMS = ["missense_variant", "stop_gained", "frameshift_variant", "inframe_deletion"]
CLASSES = ["absent", "ultralow", "zero_unspecified", "low", "low", "low"]
DRAW_DAYS = [0, 21, 42, 84, 126, 168]
LIMIT = 4e-4


def flow(n: int) -> pd.DataFrame:
    """Return a patient flow in which one patient in seven leaves at each step."""
    left = n // 7
    rows = [
        ("enrolled", None, n, 0, None),
        ("all_treated", "enrolled", n - left, left, "not treated"),
        ("her2_evaluable", "all_treated", n - 2 * left, left, "HER2 class positive"),
        ("response_evaluable", "all_treated", n - 2 * left, left, "not measurable"),
        ("ctdna_evaluable", "all_treated", n - 3 * left, 2 * left, "baseline missing"),
        ("clearance_able@C2D1", "all_treated", n - 3 * left, 2 * left, "missing"),
        ("clearance_able@C3D1", "all_treated", n - 4 * left, 3 * left, "missing"),
    ]
    table = pd.DataFrame(rows, columns=["set", "within", "n", "excluded", "reason"])
    return table.assign(kind="population", patient_ids="P001;P002")


def patients(n: int, seed: int = 1) -> pd.DataFrame:
    """Return the analysis-ready table of ``n`` patients, the last one untreated."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame([_patient(i, n, rng) for i in range(n)], columns=COLUMNS)
    return with_able(table, *LANDMARKS)


COLUMNS = (
    "patient_id treated hr_status prior_lines her2_class her2_level her2_group ihc "
    "bor confirmed_bor responder response_day best_change_percent best_change_day "
    "pfs_days pfs_event pfs_reason os_days os_event os_reason dor_days dor_event "
    "disease_control clinical_benefit_registry clinical_benefit "
    "response_evaluable ctdna_evaluable her2_evaluable baseline_state baseline_level "
    "baseline_sample_id n_samples last_dose_day ever_cleared first_cleared_day "
    + " ".join(
        f"clearance_{name} state_{name} ratio_{name} mr50_{name} mr90_{name} "
        f"change_{name}"
        for name in LANDMARKS
    )
).split()


def _patient(i: int, n: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return one patient; who responds lives longer and clears more often."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {"patient_id": f"P{i + 1:03d}", "treated": "yes"}
    row |= {"hr_status": rng.choice(["positive", "negative"]), "prior_lines": 2.0}
    row |= _her2(str(rng.choice(CLASSES)), rng)
    if i == n - 1 and n > 1:
        return row | {"treated": "no"}
    bor = str(rng.choice(["CR", "PR", "SD", "PD", "NE"], p=[0.05, 0.4, 0.3, 0.2, 0.05]))
    bor = "MISSING" if i % 17 == 16 else bor
    row |= {"baseline_sample_id": f"P{i + 1:03d}_0"} | _endpoints(bor, rng)
    return row | _ctdna(bor, rng)


def _her2(her2_class: str, rng: np.random.Generator) -> dict[str, Any]:
    if her2_class == "low":
        level = str(rng.choice(["1+", "2+"]))
        return {
            "her2_class": "low",
            "her2_level": level,
            "her2_group": "low",
            "ihc": level,
        }
    level = her2_class if her2_class != "zero_unspecified" else None
    return {
        "her2_class": her2_class,
        "her2_level": level,
        "her2_group": "zero",
        "ihc": "0",
    }


def _endpoints(bor: str, rng: np.random.Generator) -> dict[str, Any]:
    middle = {"CR": -100, "PR": -50, "SD": -8, "PD": 35}.get(bor)
    change = None if middle is None else float(middle + 12 * rng.uniform(-1, 1))
    scale = {"CR": 500, "PR": 330, "SD": 180, "PD": 50}.get(bor, 30)
    pfs = float(round(scale * rng.uniform(0.6, 1.5)))
    os_days = pfs + float(round(rng.uniform(0, 250)))
    event, death = rng.uniform() < 0.75, rng.uniform() < 0.4
    responds = bor in {"CR", "PR"}
    return {
        "bor": bor,
        "confirmed_bor": bor,
        "responder": "yes" if responds else "no",
        "response_day": float(rng.choice([42, 84])) if responds else None,
        "best_change_percent": max(change, -100.0) if change is not None else None,
        "best_change_day": 84.0,
        "pfs_days": pfs,
        "pfs_event": "yes" if event else "no",
        "pfs_reason": "progression" if event else "last adequate assessment",
        "os_days": os_days,
        "os_event": "yes" if death else "no",
        "os_reason": "death" if death else "alive",
        "last_dose_day": pfs - 10 if event else None,
        "dor_days": pfs - 42 if responds else None,
        "dor_event": ("yes" if event else "no") if responds else None,
        "disease_control": "yes" if bor in {"CR", "PR", "SD"} else "no",
        "clinical_benefit_registry": "yes" if bor in {"CR", "PR", "SD"} else "no",
        "clinical_benefit": "yes" if responds else "no",
        "response_evaluable": "no" if bor == "MISSING" else "yes",
        "ctdna_evaluable": "yes",
        "her2_evaluable": "yes",
    }


def _ctdna(bor: str, rng: np.random.Generator) -> dict[str, Any]:
    level = float(10 ** rng.uniform(-3, -0.7))
    shed = rng.uniform() < 0.9
    row: dict[str, Any] = {
        "baseline_state": "detected" if shed else "undetected",
        "baseline_level": level if shed else 0.0,
        "n_samples": 6.0,
        "first_cleared_day": None,
    }
    for name, day in ((name, known["day"]) for name, known in LANDMARKS.items()):
        odds = {"CR": 0.9, "PR": 0.6, "SD": 0.25}.get(bor, 0.05)
        clears = rng.uniform() < odds
        fate = "cleared" if clears else "not_cleared"
        fate = str(rng.choice([fate, "uninformative", "missing"], p=[0.84, 0.08, 0.08]))
        fate = fate if shed else "not_shedding"
        states = {"cleared": "undetected", "not_cleared": "detected"}
        ratio = {"cleared": 0.0, "not_cleared": float(10 ** rng.uniform(-1.6, 0.4))}
        if fate == "cleared":
            row |= {"first_cleared_day": min(row["first_cleared_day"] or 999, day)}
        row |= {
            f"clearance_{name}": fate,
            f"state_{name}": states.get(fate, "missing"),
            f"ratio_{name}": ratio.get(fate),
            f"change_{name}": None,
        }
    has_cleared = row["first_cleared_day"] is not None
    return row | {"ever_cleared": "yes" if has_cleared else "no"}


def ctdna_samples(cohort: pd.DataFrame, seed: int = 2) -> pd.DataFrame:
    """Return six draws a treated patient; levels fall, then rise."""
    rng = np.random.default_rng(seed)
    rows = []
    for patient in cohort[cohort["treated"].eq("yes")].itertuples():
        for number, day in enumerate(DRAW_DAYS):
            level = float(patient.baseline_level) * 10 ** (-0.8 * min(number, 3))
            level *= 1 if number < 4 else 10 ** (0.5 * (number - 3))
            state = "detected" if level > LIMIT else "undetected"
            state = str(rng.choice([state, "not_evaluable", "failed_qc"], p=P_STATE))
            rows.append(
                {
                    "sample_id": f"{patient.patient_id}_{day}",
                    "patient_id": patient.patient_id,
                    "timepoint": f"D{day}",
                    "day": float(day),
                    "state": state,
                    "level": {"detected": level, "undetected": 0.0}.get(state),
                    "upper95_level": None if state == "failed_qc" else LIMIT,
                    "lod95_level": None if state == "failed_qc" else 1.3 * LIMIT,
                }
            )
    columns = [
        "sample_id",
        "patient_id",
        "timepoint",
        "day",
        "state",
        "level",
        "upper95_level",
        "lod95_level",
    ]
    return pd.DataFrame(rows, columns=columns)


P_STATE = [0.94, 0.04, 0.02]


def ctdna_landmarks(cohort: pd.DataFrame) -> pd.DataFrame:
    """Return the landmarks of the treated patients of ``cohort``."""
    treated = cohort[cohort["treated"].eq("yes")]
    parts = []
    for name, landmark in LANDMARKS.items():
        ratio = treated[f"ratio_{name}"].astype(float)
        parts.append(
            pd.DataFrame(
                {
                    "patient_id": treated["patient_id"],
                    "landmark": name,
                    "sample_id": treated["patient_id"] + name,
                    "day": landmark["day"],
                    "baseline_state": treated["baseline_state"],
                    "state": treated[f"state_{name}"],
                    "clearance": treated[f"clearance_{name}"],
                    "able": treated[f"able_{name}"],
                    "residual_max": 0.05,
                    "ratio": ratio,
                    "ratio_upper95": ratio.where(
                        ratio > 0, LIMIT / treated["baseline_level"].astype(float)
                    ),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def visits(cohort: pd.DataFrame, seed: int = 3) -> pd.DataFrame:
    """Return a sum of target diameters every six weeks until progression."""
    rng = np.random.default_rng(seed)
    rows = []
    for patient in cohort[cohort["treated"].eq("yes")].itertuples():
        start = float(rng.uniform(20, 120))
        best = patient.best_change_percent
        rows.append((patient.patient_id, -7.0, None, start, None))
        for visit in range(1, int(patient.pfs_days // 42) + 1):
            if best is None or best != best:
                continue
            size = start * (1 + best / 100 * min(1.0, visit / 2)) * 1.02**visit
            seen = patient.bor if visit > 1 or patient.bor == "PD" else "SD"
            rows.append((patient.patient_id, 42.0 * visit, seen, size, "no"))
    columns = ["patient_id", "assessed_day", "overall", "target_sum_mm", "new_lesion"]
    table = pd.DataFrame(rows, columns=columns).assign(evaluator="investigator")
    table["used"] = np.where(table["overall"].isna(), "no", "yes")
    return table.join(
        derive_target_changes(table, evaluator="investigator", baseline_window=None)
    )


def her2_readings(cohort: pd.DataFrame, seed: int = 4) -> pd.DataFrame:
    """Return a metastasis read twice and, in half, a primary read centrally."""
    rng = np.random.default_rng(seed)
    rows = []
    for i, patient in enumerate(cohort.itertuples()):
        local = str(rng.choice([patient.ihc, "1+"], p=[0.7, 0.3]))
        for kind, reader, ihc in [
            ("metastasis", "central", patient.ihc),
            ("metastasis", "local", local),
            ("primary", "central", str(rng.choice(["0", "1+", "2+"]))),
        ]:
            if kind == "primary" and i % 2:
                continue
            rows.append(
                {
                    "patient_id": patient.patient_id,
                    "specimen_id": f"{patient.patient_id}_{kind}",
                    "collected_day": -20.0 if kind == "metastasis" else -900.0,
                    "specimen": kind,
                    "reader": reader,
                    "ihc": ihc,
                    "ish": "negative" if ihc == "2+" else None,
                    "stained_percent": None,
                }
            )
    columns = (
        "patient_id specimen_id collected_day specimen reader ihc ish stained_percent"
    )
    return pd.DataFrame(rows, columns=columns.split())


def agreement(cohort: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return how far the readings of ``cohort`` agree."""
    groups = {"zero": ["absent", "ultralow", "zero_unspecified"], "low": ["low"]}
    readings = derive_her2_readings(
        her2_readings(cohort), recode={}, range_policy="indeterminate", **groups
    )
    return estimate_agreement(readings, confidence=0.95)


def samples(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet of the plasma samples that ``ctdna_samples`` holds."""
    sheet = drawn[["sample_id", "patient_id"]]
    return sheet.assign(material="plasma", collected_day=drawn["day"])


def variants(
    cohort: pd.DataFrame, drawn: pd.DataFrame, seed: int = 5
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return calls and their status: some tracked, a few emergent, some germline.

    What is tracked is looked for in every draw; in one of ten it is not measured.
    """
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(1, len(GENES) + 1)
    days = drawn.groupby("patient_id")["sample_id"].agg(list)
    rows = []
    for patient in cohort[cohort["treated"].eq("yes")].itertuples():
        for i in range(int(rng.integers(0, 6))):
            gene = str(rng.choice(GENES, p=weight / weight.sum()))
            consequence = str(rng.choice(TERMS, p=[0.6, 0.15, 0.15, 0.1]))
            role = str(
                rng.choice(["tracked", "emergent", "germline"], p=[0.8, 0.1, 0.1])
            )
            found = days[patient.patient_id]
            for sample in found[-1:] if role == "emergent" else found:
                seen = int(10 ** rng.uniform(-0.5, 2.7)) if rng.uniform() < 0.7 else 0
                rows.append(
                    {
                        "sample_id": sample,
                        "patient_id": patient.patient_id,
                        "chrom": "chr1",
                        "pos": 100 + i,
                        "ref": "A",
                        "alt": "T",
                        "gene": gene,
                        "protein_change": f"p.Arg{100 + i}Trp",
                        "consequence": consequence,
                        "role": role,
                        "vaf": seen / 4000,
                        "alt_count": float(seen),
                        "depth": 4000.0,
                        "informative": "yes" if rng.uniform() < 0.9 else "no",
                    }
                )
    keys = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
    counts = ["alt_count", "depth", "informative"]
    named = ["gene", "protein_change", "consequence", "vaf"]
    names = [*keys, *named, "role", *counts]
    table = pd.DataFrame(rows, columns=names)
    status = table[[*keys, "role", *counts]].assign(reason=None)
    return table[[*keys, *named]], status


def biomarkers(cohort: pd.DataFrame) -> pd.DataFrame:
    """Return how many times higher the HER2-low of ``cohort`` are, as if estimated."""
    names = ["baseline_level", *(f"ratio_{name}" for name in LANDMARKS)]
    found = {"estimate": 1.14, "ci_low": 0.4, "ci_high": 3.03, "p_value": 0.83}
    about = {"endpoint": "her2_group", "measure": "fold_in_her2_low", "note": None}
    rows = [{"biomarker": name, "n": len(cohort), **about, **found} for name in names]
    return pd.DataFrame(rows)


def adverse_events(cohort: pd.DataFrame, seed: int = 6) -> pd.DataFrame:
    """Return events of a few terms and all grades, some without an end."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            "patient_id": patient.patient_id,
            "term": str(rng.choice(["Neutropenia", "Nausea", "Pneumonitis"])),
            "grade": float(rng.integers(1, 6)),
            "started_day": float(start),
            "ended_day": float(start + 9) if rng.uniform() < 0.8 else None,
            "of_interest": str(rng.choice(["yes", "no"])),
        }
        for patient in cohort[cohort["treated"].eq("yes")].itertuples()
        for start in rng.integers(0, 150, size=int(rng.integers(0, 9)))
    ]
    columns = "patient_id term grade started_day ended_day of_interest"
    return pd.DataFrame(rows, columns=columns.split())


def ada(cohort: pd.DataFrame) -> pd.DataFrame:
    """Return three samples a treated patient, the last one positive."""
    treated = cohort.loc[cohort["treated"].eq("yes"), "patient_id"]
    rows = [
        (patient, float(day), "positive" if day > 60 else "negative", 20.0 * (day > 60))
        for patient in treated
        for day in (0, 21, 84)
    ]
    table = pd.DataFrame(rows, columns=["patient_id", "sampled_day", "result", "titre"])
    return table.assign(titre=table["titre"].where(table["titre"] > 0))


def associations(cohort: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return rates, contrasts, survival and survival_curves of ``cohort``."""
    return estimate_associations(
        cohort,
        landmarks=LANDMARKS,
        count_first_day=True,
        response=True,
        survival=True,
        association=ASSOCIATION,
    )


ASSOCIATION: dict[str, Any] = {
    "confidence": 0.95,
    "covariates": ["hr_status"],
    "groups": [],
    "events_per_parameter": {"least": 2, "few": 5},
    "few_patients": {"contrast": 5, "median": 10, "curve": 5},
    "trend_scores": [[0, 1, 2, 3], [0, 0.5, 1, 2]],
    "exact_divisions": 1000,
    "permutations": 100,
    "trend_band_resamples": 100,
    "rmst_days": None,
    "seed": 1,
    "families": {},
}


def ctdna_recist(cohort: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Return ctDNA at the landmarks against best response and the first scan."""
    at_landmarks = ctdna_landmarks(cohort)
    words = {"cleared": "cCR", "not_cleared": "cSD"}
    responses = at_landmarks[["patient_id", "sample_id"]].assign(
        response=at_landmarks["clearance"].map(words).fillna("NE")
    )
    flags = {
        f"{name}_{landmark}": np.where(known, "yes", "no")
        for landmark in LANDMARKS
        for name, known in (
            ("able", cohort[f"clearance_{landmark}"].isin(words)),
            ("late", cohort.index % 9 == 8),
        )
    }
    return compare_with_scans(
        cohort.assign(**flags),
        at_landmarks,
        responses,
        seen,
        landmarks=list(LANDMARKS),
        confidence=0.95,
    )


def her2_trend(cohort: pd.DataFrame) -> pd.DataFrame:
    """Return the rates along the HER2 levels with their monotone fit."""
    return estimate_her2_trend(
        cohort, landmarks=list(LANDMARKS), response=True, association=ASSOCIATION
    )


MODEL: dict[str, Any] = {
    "repeats": 1,
    "folds": 3,
    "inner_folds": 2,
    "strengths": [0.1, 1.0],
    "permutations": 9,
    "bootstraps": 4,
}


def response_model(cohort: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of the model of response, fitted with little effort."""
    question = ask_response(
        cohort.assign(late_C2D1="no"),
        origins={"C2D1": 28.0},
        covariates=["hr_status", "prior_lines"],
        count_first_day=True,
    )
    fitted = fit_model(question, model=MODEL, seed=1)
    return {
        "model": fitted.model,
        "model_predictions": fitted.predictions,
        "model_selection": fitted.selection,
    }


def every_table(n: int) -> dict[str, pd.DataFrame]:
    """Return all tables that the figures can be given, of ``n`` > 0 patients."""
    cohort = patients(n)
    drawn = ctdna_samples(cohort)
    calls, status = variants(cohort, drawn)
    seen = visits(cohort)
    return {
        "flow": flow(n),
        "her2_status": cohort[["patient_id", "her2_class", "her2_level", "her2_group"]],
        "patients": cohort,
        "visits": seen,
        "variants": calls,
        "variant_status": status,
        "samples": samples(drawn),
        "ctdna_samples": drawn,
        "ctdna_landmarks": ctdna_landmarks(cohort),
        "adverse_events": adverse_events(cohort),
        "ada": ada(cohort),
        "biomarkers": biomarkers(cohort),
        "ctdna_recist": ctdna_recist(cohort, seen),
        "her2_trend": her2_trend(cohort),
        **agreement(cohort),
        **associations(cohort),
        **response_model(cohort),
    }
