"""The differences of the response rate among the contrasts of an analysis."""

import pandas as pd


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
        & (contrasts["ci_method"] == "newcombe")
        & (contrasts["biased"] != "yes")
        & contrasts["adjusted_for"].isna()
        & contrasts["estimate"].notna()
    ]
