"""Published response rates: one pinned file, for the self-check and for the context.

``published.tsv`` holds only rates whose n/N was found in the source that its row
names, each as printed there, so that the digits tell how far it was rounded.
"""

from pathlib import Path

import pandas as pd

from her2ctdna.statistics.method_names import CLOPPER_PEARSON
from her2ctdna.statistics.proportions import compute_rate_interval

FILE = Path(__file__).with_name("published.tsv")
CLASSES = ("zero", "low", "positive")
"""HER2 as the publications have it, in the order of staining."""


def read_published() -> pd.DataFrame:
    """Return the published rates, one row a group of patients.

    All cells but ``n`` and ``N`` are text as it was printed; empty is not known.
    """
    table = pd.read_csv(FILE, sep="\t", dtype=str, keep_default_na=False)
    return table.astype({"n": int, "N": int})


def list_context(*, confidence: float) -> pd.DataFrame:
    """Return the published ORR by HER2 class, in its order, with exact intervals.

    ``rate``, ``ci_low`` and ``ci_high`` are recomputed from n/N (Clopper-Pearson), so
    that all rows beside each other have one method. Groups that are no HER2 class of
    breast cancer are left out.
    """
    table = read_published()
    shown = table[(table["shown"] == "yes") & (table["endpoint"] == "orr")]
    shown = shown.sort_values(
        "her2_class", key=lambda names: names.map(CLASSES.index), kind="stable"
    )
    limits = [
        compute_rate_interval(n, N, method=CLOPPER_PEARSON, confidence=confidence)
        for n, N in zip(shown["n"], shown["N"], strict=True)
    ]
    low, high = zip(*limits, strict=True)
    rate = shown["n"] / shown["N"]
    found = shown.drop(columns=["low", "high"])
    return found.assign(rate=rate, ci_low=low, ci_high=high).reset_index(drop=True)
