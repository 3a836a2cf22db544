"""Published response rates and effects of ctDNA, pinned: for self-check and context.

``published.tsv`` holds rates as their source prints them, so that the digits tell how
far each was rounded. ``n_over_N`` says where n/N comes from: ``printed`` there, or
``derived``, the only integers that give the printed rate and interval. ``traced`` is
``yes`` where the source was read itself (abstract, slide or label) and ``secondary``
where it is known from a report of it. ``doses`` are ``one``, ``pooled`` or ``not
stated``; an empty ``confirmed`` or ``evaluator`` is not stated.

``published_ctdna.tsv`` holds hazard ratios and rates by ctDNA, all as printed.
"""

from pathlib import Path

import pandas as pd

from her2ctdna.statistics.method_names import CLOPPER_PEARSON
from her2ctdna.statistics.proportions import compute_rate_interval

FILE = Path(__file__).with_name("published.tsv")
CTDNA_FILE = Path(__file__).with_name("published_ctdna.tsv")
CLASSES = ("zero", "low", "positive")
"""HER2 as the publications have it, in the order of staining."""


def read_published() -> pd.DataFrame:
    """Return the published rates, one row a group of patients.

    All cells but ``n`` and ``N`` are text as it was printed; empty is not known.
    """
    table = pd.read_csv(FILE, sep="\t", dtype=str, keep_default_na=False)
    return table.astype({"n": int, "N": int})


def read_ctdna_effects() -> pd.DataFrame:
    """Return published effects of ctDNA, one row each, all cells text as printed.

    ``definition``, ``timepoint`` and ``landmark`` are what the groups are and when they
    were known; an empty ``low`` and ``high`` were not printed.
    """
    return pd.read_csv(CTDNA_FILE, sep="\t", dtype=str, keep_default_na=False)


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
