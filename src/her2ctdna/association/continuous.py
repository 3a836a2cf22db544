"""Continuous biomarkers against HER2, response, change of the tumour, time to event.

No biomarker is cut into groups unless the config asks for it (`cutpoints`). Values
below detection take part by rank; the slopes and hazards per doubling are of the
patients above detection, and each row says how many were below.
"""

from collections.abc import Iterator, Mapping
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.association.continuous_values import Biomarker, find_biomarkers
from her2ctdna.sets.counting import RESPONSE_FLAGS, find_followed, follow_groups
from her2ctdna.sets.groupings import ALL, LEVELS, derive_landmark_origins
from her2ctdna.statistics.attainable_size import alpha_of, compute_rank_sum_size
from her2ctdna.statistics.correlation import estimate_slope, estimate_spearman
from her2ctdna.statistics.cutpoints import estimate_cutpoint
from her2ctdna.statistics.hazard_per_doubling import (
    compute_nonlinearity_p,
    estimate_hazard_per_doubling,
)
from her2ctdna.statistics.method_names import COX_PROFILE, LIKELIHOOD_RATIO, RANK_SUM
from her2ctdna.statistics.proportions import Estimate
from her2ctdna.statistics.ranks import estimate_auc, estimate_shift

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import BiomarkerSettings
    from her2ctdna.settings.ctdna_settings import Landmark

BIOMARKER_COLUMNS = [
    *["endpoint", "population", "origin", "biomarker", "measure"],
    *["estimate", "ci_low", "ci_high", "ci_method", "test", "statistic", "p_value"],
    *["attainable_size", "family", "q_value", "n", "events", "below_detection"],
    *["patient_ids", "note"],
]
RESPONSE = "orr"
CHANGE = "best_change_percent"
HER2 = "her2_group"
POPULATION = "ctdna_evaluable"

Row = dict[str, object]


def estimate_continuous(
    patients: pd.DataFrame,
    samples: pd.DataFrame,
    *,
    landmarks: Mapping[str, "Landmark"],
    metric: str,
    count_first_day: bool,
    response: bool,
    association: "BiomarkerSettings",
) -> pd.DataFrame:
    """Return every estimate of a continuous biomarker, one row each.

    Against HER2: how many times higher the HER2-low are than the HER2-zero
    (Hodges-Lehmann), with the exact rank-sum test. Against response: how many times
    higher responders are and the area under the ROC curve, with one exact rank-sum
    test for both; a response that is not known counts as none. Against the best
    change: Spearman, and the Theil-Sen slope in percentage points per doubling.
    Against PFS and OS, from first dose or from the landmark in those still followed:
    the hazard ratio per doubling, and whether a straight line is enough if there are
    events for it.

    Parameters
    ----------
    patients, samples, metric
        As in `find_biomarkers`.
    landmarks
        The config.
    count_first_day
        Whether durations are end - start + 1.
    response
        Whether the study has response.
    association
        The config: ``confidence``, ``permutations``, ``seed``, ``spline_events``
        (fewer events allow no spline), ``cutpoints`` and ``cutpoint_resamples``.
    """
    origins = derive_landmark_origins(patients, landmarks)
    rows: list[Row] = []
    biomarkers = list(
        find_biomarkers(patients, samples, origins=origins, metric=metric)
    )
    _check_cutpoints(association["cutpoints"], biomarkers)
    for biomarker in biomarkers:
        found: list[Row] = []
        if HER2 in patients and patients[HER2].notna().any():
            found += _against_her2(biomarker, patients, association)
        if response:
            found += _against_response(biomarker, patients, association)
            found += _against_change(biomarker, patients, association)
        for endpoint in find_followed(patients):
            followed = follow_groups(
                patients,
                endpoint,
                ALL,
                origin_day=origins.get(biomarker.origin),
                count_first_day=count_first_day,
            )
            found += _against_time(biomarker, endpoint, followed, association)
        common = {"origin": biomarker.origin, "biomarker": biomarker.name}
        rows += [{"population": POPULATION} | common | row for row in found]
    return pd.DataFrame(rows, columns=BIOMARKER_COLUMNS)


def _check_cutpoints(cutpoints: Mapping[str, str], biomarkers: list[Biomarker]) -> None:
    """Raise if the config cuts a biomarker that the study does not have."""
    known = [biomarker.name for biomarker in biomarkers]
    if unknown := sorted(set(cutpoints) - set(known)):
        raise ValueError(
            f"association.cutpoints: no biomarker {', '.join(unknown)}; "
            f"this study has {', '.join(known)}"
        )


def _against_her2(
    biomarker: Biomarker, patients: pd.DataFrame, association: "BiomarkerSettings"
) -> Iterator[Row]:
    """Yield how the HER2-low compare with the HER2-zero; who is in neither is out."""
    groups = patients.loc[biomarker.values.index, HER2]
    groups = groups[groups.isin(LEVELS[HER2])]
    values = biomarker.values[groups.index]
    low, zero = (values[groups == name].to_numpy() for name in ("low", "zero"))
    shift = estimate_shift(low, zero, confidence=association["confidence"])
    about = _about(patients.loc[groups.index, "patient_id"], values)
    about |= {"endpoint": HER2, "events": len(low)}
    about |= _size_of(low, zero, association)
    fold = _as_fold(shift)
    yield about | _cells("fold_in_her2_low", fold, "hodges_lehmann", RANK_SUM)


def _as_fold(shift: Estimate) -> Estimate:
    """Return a shift of logarithms as a ratio."""
    limits = (2.0**value for value in (shift.estimate, shift.low, shift.high))
    return shift._replace(**dict(zip(("estimate", "low", "high"), limits, strict=True)))


def _against_response(
    biomarker: Biomarker, patients: pd.DataFrame, association: "BiomarkerSettings"
) -> Iterator[Row]:
    members = patients.loc[biomarker.values.index]
    responded = (members[RESPONSE_FLAGS[RESPONSE]] == "yes").to_numpy()
    values = biomarker.values.to_numpy()
    about = _about(members["patient_id"], biomarker.values)
    about |= {"endpoint": RESPONSE, "events": int(responded.sum())}
    groups = values[responded], values[~responded]
    about |= _size_of(*groups, association)
    confidence = association["confidence"]
    test = RANK_SUM
    shift = estimate_shift(*groups, confidence=confidence)
    fold = _as_fold(shift)
    yield about | _cells("fold_in_responders", fold, "hodges_lehmann", test)
    area = estimate_auc(*groups, confidence=confidence)
    yield about | _cells("auc", area, "delong", test)
    if biomarker.name in association["cutpoints"]:
        for measure, cut in estimate_cutpoint(
            values,
            responded,
            bootstraps=association["cutpoint_resamples"],
            seed=association["seed"],
        ).items():
            cells = _cells(measure, cut, None, None)
            yield about | cells | {"attainable_size": nan}


def _size_of(
    group: np.ndarray, reference: np.ndarray, association: "BiomarkerSettings"
) -> Row:
    """Return the attainable size of the rank-sum test of two groups."""
    alpha = alpha_of(association["confidence"])
    size = compute_rank_sum_size(group, reference, alpha=alpha)
    return {"attainable_size": size}


def _against_change(
    biomarker: Biomarker, patients: pd.DataFrame, association: "BiomarkerSettings"
) -> Iterator[Row]:
    change = pd.to_numeric(patients.loc[biomarker.values.index, CHANGE]).dropna()
    values = biomarker.values[change.index]
    correlation = estimate_spearman(
        values.to_numpy(),
        change.to_numpy(dtype=float),
        confidence=association["confidence"],
        permutations=association["permutations"],
        seed=association["seed"],
    )
    about = _about(patients.loc[values.index, "patient_id"], values)
    about |= {"endpoint": CHANGE}
    test = "spearman_permutation"
    yield about | _cells("spearman", correlation, "bonett_wright", test)
    seen = values[np.isfinite(values)]
    slope = estimate_slope(
        seen.to_numpy(),
        change[seen.index].to_numpy(dtype=float),
        confidence=association["confidence"],
    )
    about |= _about(patients.loc[seen.index, "patient_id"], values)
    yield about | _cells("theil_sen_per_doubling", slope, "sen", None)


def _against_time(
    biomarker: Biomarker,
    endpoint: str,
    followed: pd.DataFrame,
    association: "BiomarkerSettings",
) -> Iterator[Row]:
    """Yield the hazard ratio per doubling, and whether a line is enough."""
    known = followed.dropna(subset="time_days")
    values = biomarker.values[biomarker.values.index.isin(known.index)]
    seen = values[np.isfinite(values)]
    own = known.loc[seen.index]
    time, event = own["time_days"].to_numpy(), own["event"].to_numpy(dtype=bool)
    about = _about(own["patient_id"], values)
    about |= {"endpoint": endpoint, "events": int(event.sum())}
    ratio = estimate_hazard_per_doubling(
        time, event, seen.to_numpy(), confidence=association["confidence"]
    )
    yield about | _cells(
        "hazard_ratio_per_doubling", ratio, COX_PROFILE, LIKELIHOOD_RATIO
    )
    fewest = association["spline_events"]
    statistic, bend = nan, Estimate(note=f"fewer than {fewest} events")
    if event.sum() >= fewest:
        statistic, p_value, why = compute_nonlinearity_p(time, event, seen.to_numpy())
        bend = Estimate(p_value=p_value, note=why)
    cells = _cells("departure_from_line", bend, None, "spline_likelihood_ratio")
    yield about | cells | {"statistic": statistic}


def _about(ids: pd.Series, values: pd.Series) -> Row:
    """Return who takes part, and how many have a value below detection."""
    below = int(np.isneginf(values).sum())
    return {
        "n": len(ids),
        "below_detection": below,
        "patient_ids": ";".join(ids) or None,
    }


def _cells(
    measure: str, estimate: Estimate, ci_method: str | None, test: str | None
) -> Row:
    return {
        "measure": measure,
        "estimate": estimate.estimate,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "ci_method": ci_method,
        "test": test,
        "p_value": estimate.p_value,
        "note": estimate.note,
    }
