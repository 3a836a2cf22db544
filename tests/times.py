"""Times to event to test with: of tests/reference, and of ../shared/golden."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

REFERENCE = Path(__file__).parent / "reference"
GOLDEN = Path(__file__).parents[2] / "shared" / "golden" / "01_survival"
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason="no ../shared/golden")

DATA = pd.read_csv(REFERENCE / "survival_data.csv").astype({"event": bool})
TWO_GROUPS = pd.read_csv(REFERENCE / "two_groups.csv").to_dict("records")


def vectors(name: str, who: str = "all") -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time, event and membership of group 1 of a data set."""
    rows = DATA[DATA["set"] == name]
    if who != "all":
        rows = rows[rows["group"] == int(who)]
    return rows["time"].to_numpy(), rows["event"].to_numpy(), rows["group"] == 1


def veteran(*covariates: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time, event and covariates of the veteran data."""
    data = pd.read_csv(GOLDEN / "veteran.csv")
    rows = data[list(covariates)].to_numpy(dtype=float)
    return data["time"].to_numpy(dtype=float), data["event"].to_numpy() == 1, rows


def golden(name: str) -> Any:
    """Return the reference values of a file of ../shared/golden."""
    return json.loads((GOLDEN / f"{name}.golden.json").read_text())
