"""Figure ``waterfall``: the numbers it draws."""

from collections.abc import Sequence

import pandas as pd

from her2ctdna.figures.marks.responses import name_responses
from her2ctdna.figures.marks.strips import name_her2_categories
from her2ctdna.settings.landmark_columns import name_clearance

Clearances = dict[str, str]
"""The column of clearance at each landmark, in order."""


def derive_waterfall(
    patient_table: pd.DataFrame, *, landmarks: Sequence[str]
) -> pd.DataFrame:
    """Return best change, response, HER2 and clearance of the treated patients.

    From the largest growth to the largest shrinkage, ties by id; then those without
    a change, which the figure names below the bars. ``response`` is what the strip
    shows (`name_responses`). ``her2_category`` is the level
    where it is known, else the class, and empty without HER2. Clearance has a column
    a landmark, none where the study has no ctDNA.
    """
    treated = patient_table[patient_table["treated"] == "yes"]
    columns = ["patient_id", "her2_group", "bor", "confirmed_bor"]
    drawn = treated.reindex(columns=columns).assign(
        response=name_responses(treated),
        her2_category=name_her2_categories(treated),
        change_percent=treated["best_change_percent"].astype(float),
        **treated[[*find_clearances(treated, landmarks).values()]],
    )
    return drawn.sort_values(["patient_id"]).sort_values(
        "change_percent", ascending=False, kind="stable", ignore_index=True
    )


def find_clearances(table: pd.DataFrame, landmarks: Sequence[str]) -> Clearances:
    """Return the column of clearance at each landmark that the table has."""
    columns = {landmark: name_clearance(landmark) for landmark in landmarks}
    return {name: column for name, column in columns.items() if column in table}
