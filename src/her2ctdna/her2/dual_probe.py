"""ISH by dual probe: groups of ASCO-CAP 2018 from HER2 copies and HER2/CEP17 ratio.

The limits are the standard itself, not thresholds to choose.
"""

import numpy as np
import pandas as pd

RATIO = 2.0
COPIES = 4.0
MANY_COPIES = 6.0

RESULTS = {1: "positive", 2: "equivocal", 3: "equivocal", 4: "equivocal", 5: "negative"}
"""Result of each group by itself: groups 2 to 4 are settled by the IHC beside them."""


def derive_ish_group(copies: pd.Series, ratio: pd.Series) -> pd.Series:
    """Derive the group of each reading, NaN unless both numbers are given.

    Parameters
    ----------
    copies
        Mean HER2 copies per cell.
    ratio
        HER2/CEP17 ratio.

    Returns
    -------
    1: ratio at least 2.0 and copies at least 4.0; 2: the ratio but fewer copies; 3:
    ratio below 2.0 and copies at least 6.0; 4: copies from 4.0 to below 6.0; 5: below
    4.0. Source: Wolff 2018 (ASCO-CAP), affirmed 2023.
    """
    is_high = ratio >= RATIO
    places = [
        is_high & (copies >= COPIES),
        is_high & (copies < COPIES),
        ~is_high & (copies >= MANY_COPIES),
        ~is_high & (copies >= COPIES),
        ~is_high & (copies < COPIES),
    ]
    group = np.select(places, [1.0, 2.0, 3.0, 4.0, 5.0], np.nan)
    return pd.Series(group, copies.index).where(copies.notna() & ratio.notna())
