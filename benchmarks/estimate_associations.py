"""Time the association tables of a trial of 42 patients, imports included.

Run: .venv/bin/python benchmarks/estimate_associations.py
"""

from importlib import import_module
from time import process_time

import numpy as np
import pandas as pd

N = 42
LANDMARKS = {"C2D1": {"day": 21, "window": 7}, "C3D1": {"day": 42, "window": 10}}
ASSOCIATION = {
    "confidence": 0.95,
    "covariates": ["hr_status", "prior_lines"],
    "groups": [],
    "events_per_parameter": {"least": 2, "few": 5},
    "few_patients": {"contrast": 5, "median": 10, "curve": 5},
    "trend_scores": [[0, 1, 2, 3], [0, 0.5, 1, 2]],
    "permutations": 10000,
    "rmst_days": None,
    "seed": 20240601,
    "families": {"all": {"endpoints": ["*"], "biomarkers": ["*"]}},
}
RESPONSES = ("disease_control", "clinical_benefit_registry", "clinical_benefit")


def simulate_patients(seed: int) -> pd.DataFrame:
    """Return patients at random, with every column that is grouped by."""
    random = np.random.default_rng(seed)

    def choose(*words: str) -> np.ndarray:
        return random.choice(words, N)

    def wait(mean: float) -> np.ndarray:
        return random.exponential(mean, N).round() + 1

    classes = choose("absent", "ultralow", "low", "low", "low")
    is_low = classes == "low"
    columns = {
        "patient_id": [f"P{number:02d}" for number in range(N)],
        "treated": "yes",
        "response_evaluable": choose("yes", "yes", "yes", "no"),
        "ctdna_evaluable": choose("yes", "yes", "yes", "no"),
        "hr_status": choose("negative", "positive"),
        "prior_lines": random.choice([1.0, 2.0, 3.0], N),
        "her2_class": classes,
        "her2_group": np.where(is_low, "low", "zero"),
        "her2_level": np.where(is_low, choose("1+", "2+"), classes),
        "responder": choose("yes", "no"),
        **dict.fromkeys(RESPONSES, choose("yes", "yes", "no")),
        "pfs_days": wait(200),
        "os_days": wait(400),
        "dor_days": wait(150),
        **{
            f"{name}_event": choose("yes", "yes", "no") for name in ("pfs", "os", "dor")
        },
    }
    for landmark in ("C2D1", "C3D1"):
        columns[f"clearance_{landmark}"] = choose("cleared", "not_cleared", "missing")
        columns[f"state_{landmark}"] = choose("detected", "undetected")
        columns[f"mr50_{landmark}"] = choose("yes", "no")
        columns[f"mr90_{landmark}"] = choose("yes", "no", "no")
        columns[f"change_{landmark}"] = choose("increase", "decrease")
    return pd.DataFrame(columns)


def main() -> None:
    """Print seconds of processor time, and how many rows each table has."""
    started = process_time()
    association = import_module("her2ctdna.association.associations")
    imported = process_time()
    tables = association.estimate_associations(
        simulate_patients(20240601),
        landmarks=LANDMARKS,
        count_first_day=True,
        response=True,
        survival=True,
        association=ASSOCIATION,
    )
    print(
        f"numpy and pandas {started:.1f} s, package {imported - started:.1f} s,"
        f" tables {process_time() - imported:.1f} s of processor time"
    )
    print("rows:", {name: len(table) for name, table in tables.items()})


if __name__ == "__main__":
    main()
