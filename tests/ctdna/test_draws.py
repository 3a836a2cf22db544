"""The draws of a patient: material, baseline, genomes."""

from math import nan

import pandas as pd
import pytest

from her2ctdna.ctdna.draws import compute_genomes_per_ml, derive_draws
from her2ctdna.inputs.dates import empty_table

WINDOW = [-28, 1]


def drawn(sample_id, day, **more):
    row = dict.fromkeys(empty_table("samples"))
    row |= {"sample_id": sample_id, "patient_id": "P1", "collected_day": day}
    return row | more


def draws_of(*rows, window=WINDOW):
    samples = pd.DataFrame(rows, columns=list(empty_table("samples")))
    return derive_draws(samples, baseline_window=window)


def baselines(*days, window=WINDOW, **more):
    draws = draws_of(*(drawn(f"S{d}", d, **more) for d in days), window=window)
    return list(draws.loc[draws["is_baseline"], "sample_id"])


@pytest.mark.parametrize(
    ("days", "baseline"),
    [
        ([-28, 21], ["S-28"]),
        ([-29, 21], []),
        ([1, 21], ["S1"]),
        ([2, 21], []),
        ([-14, 0, 21], ["S0"]),
        ([0, -14, 21], ["S0"]),
        ([nan, 21], []),
    ],
)
def test_the_baseline_is_the_last_sample_inside_the_window(days, baseline):
    assert baselines(*days) == baseline


def test_leukocytes_and_tissue_are_no_baseline():
    draws = draws_of(
        drawn("T", 0, material="tissue"),
        drawn("W", 0, material="leukocyte"),
        drawn("C1", -7, material="plasma"),
        drawn("C0", -9),
    )
    assert list(draws["is_baseline"]) == [False, False, True, False]
    assert list(draws["material"]) == ["tissue", "leukocyte", "plasma", "plasma"]


def test_each_patient_has_a_baseline_of_their_own():
    draws = draws_of(drawn("A", 0), drawn("B", -3, patient_id="P2"))
    assert list(draws["is_baseline"]) == [True, True]


@pytest.mark.parametrize(("ng", "ml"), [(nan, 4.0), (30.0, nan), (30.0, 0.0)])
def test_molecules_per_millilitre_need_mass_and_volume(ng, ml):
    assert compute_genomes_per_ml(pd.Series([ng]), pd.Series([ml])).isna().all()
