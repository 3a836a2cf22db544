"""The differences of the response rate among the contrasts of an analysis."""

import pandas as pd

from her2ctdna.statistics.method_names import NEWCOMBE


def select_differences(
    contrasts: pd.DataFrame, *, subgroups: bool = False
) -> pd.DataFrame:
    """Return the plain differences of the ORR, with Newcombe's interval.

    Adjusted and naive (biased) ones are not among them, nor those that cannot be
    estimated. With ``subgroups`` those within subgroups, otherwise those of all.
    """
    return contrasts[
        (contrasts["subgroup"].notna() == subgroups)
        & (contrasts["endpoint"] == "orr")
        & (contrasts["measure"] == "risk_difference")
        & (contrasts["ci_method"] == NEWCOMBE)
        & (contrasts["biased"] != "yes")
        & contrasts["adjusted_for"].isna()
        & contrasts["estimate"].notna()
    ]
