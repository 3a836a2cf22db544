"""Whose sample could have shown a clearance, for tables that tell clearance alone."""

import pandas as pd


def with_able(patients: pd.DataFrame, *landmarks: str) -> pd.DataFrame:
    """Return patients with ``able_<landmark>``: yes of whoever is judged.

    No of who is uninformative, nothing of all others.
    """
    words = {"cleared": "yes", "not_cleared": "yes", "uninformative": "no"}
    able = {name: patients[f"clearance_{name}"].map(words) for name in landmarks}
    return patients.assign(
        **{
            f"able_{name}": values.astype(object).where(values.notna(), None)
            for name, values in able.items()
        }
    )
