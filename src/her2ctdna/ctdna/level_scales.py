"""VAF against molecules per millilitre: whether both scales move the same way.

VAF falls when blood cells shed more DNA of their own, with as many tumour molecules in
each millilitre as before; so where both scales are known both are looked at.
"""

import pandas as pd

DIRECTIONS = ["direction_vaf", "direction_mtm", "scales_disagree"]


def compare_directions(samples: pd.DataFrame) -> pd.DataFrame:
    """Add the direction of each sample from the patient's baseline on both scales.

    Parameters
    ----------
    samples
        One row per plasma sample with ``is_baseline``, ``state``, ``mean_vaf`` and
        ``mtm_per_ml``.

    Returns
    -------
    ``direction_vaf`` and ``direction_mtm`` are increase (at least the baseline value)
    or decrease; empty for the baseline itself, without a number in either sample, and
    where nothing was detected at baseline. ``scales_disagree`` is yes or no where
    both are known.
    """
    is_baseline = samples["is_baseline"].astype(bool)
    baseline = samples[is_baseline & (samples["state"] == "detected")]
    baseline = baseline.set_index("patient_id")
    moved = {}
    for name, metric in (("vaf", "mean_vaf"), ("mtm", "mtm_per_ml")):
        before = samples["patient_id"].map(baseline[metric])
        ratio = samples[metric] / before.where((before > 0) & ~is_baseline)
        rose = (ratio >= 1).map({True: "increase", False: "decrease"}).astype(object)
        moved[name] = rose.where(ratio.notna())
    both = moved["vaf"].notna() & moved["mtm"].notna()
    differ = (moved["vaf"] != moved["mtm"]).map({True: "yes", False: "no"})
    return samples.assign(
        direction_vaf=moved["vaf"],
        direction_mtm=moved["mtm"],
        scales_disagree=differ.astype(object).where(both),
    )
