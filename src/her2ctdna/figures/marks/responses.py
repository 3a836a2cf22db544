"""Which response a patient is drawn with: one that does not count is marked as such."""

import pandas as pd

NOT_CONFIRMED = {"CR": "CR_unconfirmed", "PR": "PR_unconfirmed"}
"""What stands for a response of a patient whom the ORR does not count."""

SHORT = {name: f"{word}*" for word, name in NOT_CONFIRMED.items()}
"""How it is written where there is no room for more."""


def mark_response(response: str, *, counts: bool) -> str:
    """Return a response as it is drawn.

    CR and PR of a patient who is no responder under the definitions (``counts``) were
    never confirmed. With confirmation not asked for everyone with CR or PR counts.
    """
    return response if counts else NOT_CONFIRMED.get(response, response)


def name_responses(patients: pd.DataFrame) -> pd.Series:
    """Return the best response of each patient as it is drawn.

    ``patients`` has ``bor``, and ``responder`` as the ORR counts it; missing without.
    """
    given = patients.reindex(columns=["bor", "responder"])
    drawn = [
        mark_response(bor, counts=responder == "yes")
        for bor, responder in given.itertuples(index=False)
    ]
    return pd.Series(drawn, index=patients.index, dtype=object)
