"""Hazard ratios with those by Firth's penalty beside them, for tables of figures."""

import pandas as pd

from her2ctdna.statistics.method_names import COX_PROFILE, FIRTH_PROFILE

_SAME = [
    *["endpoint", "population", "origin", "group_by", "group", "reference", "biased"],
]
PENALISED = {
    "estimate": "hazard_firth",
    "ci_low": "hazard_firth_low",
    "ci_high": "hazard_firth_high",
}


def take_hazards(contrasts: pd.DataFrame) -> pd.DataFrame:
    """Return the plain hazard ratios, not adjusted, with `PENALISED` of the same rows.

    Where the plain likelihood is monotone there is one limit and no estimate, and it is
    the penalised one that gives a number. A biased comparison has none.
    """
    hazards = contrasts[
        (contrasts["measure"] == "hazard_ratio") & contrasts["adjusted_for"].isna()
    ]
    plain = hazards[hazards["ci_method"] == COX_PROFILE]
    same = [name for name in _SAME if name in hazards]
    firth = hazards[hazards["ci_method"] == FIRTH_PROFILE].rename(columns=PENALISED)
    return plain.merge(firth[[*same, *PENALISED.values()]], on=same, how="left")
