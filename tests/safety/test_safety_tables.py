"""Which tables of safety a study has."""

import pandas as pd
import pytest

from her2ctdna.inputs.dates import empty_table
from her2ctdna.safety.safety_tables import summarise_safety

PATIENTS = empty_table("patients")
EVENTS, SAMPLES = empty_table("adverse_events"), empty_table("ada")


@pytest.mark.parametrize(
    ("events", "samples", "names"),
    [
        (EVENTS, SAMPLES, ["adverse_events", "ada_patients", "ada"]),
        (EVENTS, None, ["adverse_events"]),
        (None, SAMPLES, ["ada_patients", "ada"]),
    ],
)
def test_only_what_is_given_is_summarised(
    events: pd.DataFrame | None, samples: pd.DataFrame | None, names: list[str]
) -> None:
    found = summarise_safety(
        PATIENTS,
        adverse_events=events,
        ada=samples,
        emergent_days=30,
        special_interest={"lung disease": ["Pneumonitis"]},
        special_interest_words={},
        ada_titre_scale="linear",
        ada_titre_fold=4,
        ada_persistent_days=112,
        confidence=0.95,
    )
    assert list(found) == names
