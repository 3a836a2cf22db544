"""Time the association tables of a trial of 42 patients, imports included.

Run: .venv/bin/python benchmarks/estimate_associations.py
"""

from time import perf_counter

started = perf_counter()

import numpy as np
import pandas as pd

from her2ctdna.association import estimate_associations

imported = perf_counter()
random = np.random.default_rng(20240601)
N = 42


def flags(rate: float) -> np.ndarray:
    """Return yes with the given chance."""
    return np.where(random.random(N) < rate, "yes", "no")


pfs = random.exponential(200, N).round() + 1
patients = pd.DataFrame(
    {
        "patient_id": [f"P{number:02d}" for number in range(N)],
        "treated": "yes",
        "response_evaluable": flags(0.95),
        "ctdna_evaluable": flags(0.9),
        "hr_status": random.choice(["positive", "negative"], N),
        "prior_lines": random.choice([1.0, 2.0, 3.0], N),
        "her2_class": random.choice(
            ["absent", "ultralow", "low"], N, p=[0.2, 0.2, 0.6]
        ),
        "pfs_days": pfs,
        "pfs_event": flags(0.7),
        "os_days": pfs + random.exponential(200, N).round(),
        "os_event": flags(0.5),
        "dor_days": random.exponential(150, N).round(),
        "dor_event": flags(0.6),
    }
)
low = patients["her2_class"] == "low"
patients["her2_group"] = np.where(low, "low", "zero")
patients["her2_level"] = patients["her2_class"].where(
    ~low, random.choice(["1+", "2+"], N)
)
for flag in (
    "responder",
    "disease_control",
    "clinical_benefit_registry",
    "clinical_benefit",
):
    patients[flag] = flags(0.5)
for landmark in ("C2D1", "C3D1"):
    patients[f"clearance_{landmark}"] = random.choice(
        ["cleared", "not_cleared", "missing", "not_shedding"], N, p=[0.4, 0.4, 0.1, 0.1]
    )
    patients[f"state_{landmark}"] = random.choice(["detected", "undetected"], N)
    patients[f"mr50_{landmark}"] = flags(0.5)
    patients[f"mr90_{landmark}"] = flags(0.3)
    patients[f"change_{landmark}"] = random.choice(["increase", "decrease"], N)

built = perf_counter()
tables = estimate_associations(
    patients,
    origins={"C2D1": 28.0, "C3D1": 52.0},
    count_first_day=True,
    response=True,
    survival=True,
    association={
        "confidence": 0.95,
        "covariates": ["hr_status", "prior_lines"],
        "groups": [],
        "permutations": 10000,
        "seed": 20240601,
        "families": {"all": {"endpoints": ["*"], "biomarkers": ["*"]}},
    },
)
done = perf_counter()
print(f"import {imported - started:.2f} s, tables {done - built:.2f} s")
print({name: len(table) for name, table in tables.items()})
