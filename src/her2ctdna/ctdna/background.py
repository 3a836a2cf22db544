"""The error rate of each class of change, estimated from records without tumour.

Blank are records of leukocytes, and of plasma at other patients' tracked loci, where
the variant is neither tracked nor germline nor clonal haematopoiesis in that patient.
A record that stands in a file because something was seen there is no blank: leukocyte
records count where the variant was chosen elsewhere, in plasma or tissue, and those of
a plasma sample only if it was asked about the others' loci (`_asked`).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.ctdna.error_rates import CLASSES, classify_changes, configured_rates
from her2ctdna.ctdna.variant_roles import (
    KEYS,
    VARIANT,
    has_failing_filter,
    passes_thresholds,
)

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings

SITE = VARIANT[1:]
COLUMNS = [
    "class",
    "molecules_leukocyte",
    "errors_leukocyte",
    "molecules_plasma",
    "errors_plasma",
    "rate_config",
    "rate_estimated",
    "rate",
    "source",
]
_ASKED_SHARE = 0.5
"""Of the others' loci: a sample that holds fewer was not asked about them."""


def derive_background(
    variants: pd.DataFrame,
    roles: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    ctdna: "CtdnaSettings",
) -> pd.DataFrame:
    """Return the error rate of each class: configured, estimated, and as used.

    Returns
    -------
    One row per class. ``rate_estimated`` is (errors + 1) / (molecules + 1 /
    ``rate_config``): the configured rate weighs as much as the molecules that give
    one error by it, so it stands where nothing was measured, and no rate is 0.
    ``rate`` is the one that ``error_source`` chooses.
    """
    blanks = _blanks(variants, roles, draws, ctdna)
    counts = blanks.groupby(["class", "material"])[["depth", "alt_count"]].sum()
    table = pd.DataFrame({"class": CLASSES})
    for material in ("leukocyte", "plasma"):
        keys = pd.MultiIndex.from_product([CLASSES, [material]])
        found = counts.reindex(keys, fill_value=0.0)
        table[f"molecules_{material}"] = found["depth"].to_numpy()
        table[f"errors_{material}"] = found["alt_count"].to_numpy()
    table["rate_config"] = table["class"].map(configured_rates(ctdna["error_rate"]))
    molecules = table["molecules_leukocyte"] + table["molecules_plasma"]
    errors = table["errors_leukocyte"] + table["errors_plasma"]
    prior = 1 / table["rate_config"]
    table["rate_estimated"] = (errors + 1) / (molecules + prior)
    chosen = (ctdna["error_source"] == "estimate") & (molecules > 0)
    table["rate"] = table["rate_estimated"].where(chosen, table["rate_config"])
    table["source"] = np.where(chosen, "estimate", "config")
    return table[COLUMNS]


def rates_in_use(
    variants: pd.DataFrame,
    roles: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    ctdna: "CtdnaSettings",
) -> dict[str, float]:
    """Return the error rate of each class that the test of a sample takes."""
    if ctdna["error_source"] == "config":
        return configured_rates(ctdna["error_rate"])
    table = derive_background(variants, roles, draws, ctdna=ctdna)
    return dict(zip(table["class"], table["rate"], strict=True))


def _blanks(
    variants: pd.DataFrame,
    roles: pd.DataFrame,
    draws: pd.DataFrame,
    ctdna: "CtdnaSettings",
) -> pd.DataFrame:
    """Return the records that hold nothing but error, with material and class."""
    rows = variants.merge(draws[["sample_id", "material", "qc"]], on="sample_id")
    rows = rows.merge(roles[[*KEYS, "role"]], on=KEYS)
    rows = rows.assign(passes=passes_thresholds(rows, ctdna=ctdna))
    rows = rows[rows["alt_count"].notna() & (rows["depth"] >= ctdna["min_depth"])]
    rows = rows[rows["qc"].ne("fail")]
    rows = rows[~has_failing_filter(rows, filter_fail=ctdna["filter_fail"])]
    is_blank = (rows["material"] == "leukocyte") & (rows["role"] == "tracked")
    asked = _asked(rows[rows["material"] == "plasma"], roles)
    blanks = pd.concat([rows[is_blank], asked])
    return blanks.assign(**{"class": classify_changes(blanks)})


def _asked(plasma: pd.DataFrame, roles: pd.DataFrame) -> pd.DataFrame:
    """Return plasma records at the tracked loci of other patients, where asked about.

    A sample was asked if it holds half of the others' loci or more, one of them
    without a variant molecule. A variant that passes in any sample of the patient
    is left out.
    """
    tracked = roles.loc[roles["role"] == "tracked", VARIANT].drop_duplicates()
    loci = tracked[SITE].drop_duplicates()
    passes = plasma.groupby(VARIANT)["passes"].transform("any")
    others = plasma[(plasma["role"] == "filtered") & ~passes].merge(loci, on=SITE)
    own = others["patient_id"].map(tracked.groupby("patient_id").size()).fillna(0)
    counts = others.groupby("sample_id")["alt_count"]
    has_half = counts.transform("size") >= _ASKED_SHARE * (len(loci) - own)
    return others[has_half & (counts.transform("min") == 0)]
