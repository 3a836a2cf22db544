"""How wrong an estimate is that passed its test: type M and type S error.

Of studies of this size whose p lies below alpha, how many point the wrong way (type
S), and by what factor they overstate the effect on average (type M), if the true
effect is one that is plausible beforehand (Gelman and Carlin, Perspect Psychol Sci
2014;9:641). The observed effect takes no part.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import log, nan, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from her2ctdna.association.detectable import find_fisher_p
from her2ctdna.settings.landmark_columns import CLEARANCE, LandmarkColumn
from her2ctdna.statistics.method_names import COX_PROFILE, NEWCOMBE
from her2ctdna.tables import Record

EXAGGERATION_COLUMNS = [
    *["endpoint", "population", "origin", "group_by", "group", "reference"],
    *["measure", "n", "n_reference", "events", "events_reference"],
    *["rate_reference", "true_effect", "alpha", "power", "type_s", "type_m"],
    *["method", "note"],
]
ENDPOINTS = {
    "risk_difference": ("orr", NEWCOMBE),
    "hazard_ratio": ("pfs", COX_PROFILE),
}
"""The headline endpoint of a measure, and the rows of contrasts that stand for it."""

EXACT = "binomial_fisher"
NORMAL = "normal_log_hazard"
_KEYS = EXAGGERATION_COLUMNS[:7]
_COUNTS = EXAGGERATION_COLUMNS[7:11]


class ErrorRates(NamedTuple):
    """Power, and of the results that pass: share of wrong signs, exaggeration."""

    power: float = nan
    type_s: float = nan
    type_m: float = nan


def list_exaggeration(
    contrasts: pd.DataFrame,
    *,
    differences: Sequence[float],
    hazard_ratios: Sequence[float],
    alpha: float,
) -> pd.DataFrame:
    """Return the error rates of the headline contrasts at plausible true effects.

    ORR and PFS of HER2-low against zero and of cleared against not cleared, in each
    population; no subgroups, nothing adjusted or biased. The sizes are those of the
    contrast.

    Parameters
    ----------
    differences
        True differences of rates (group minus reference). The true rate of the
        reference is the observed one, as in `list_detectable`.
    hazard_ratios
        True hazard ratios.
    alpha
        Of the two-sided test of one question alone.
    """
    effects = {"risk_difference": differences, "hazard_ratio": hazard_ratios}
    rows = [
        row
        for contrast in _headlines(contrasts).to_dict("records")
        for row in _rows_of(contrast, effects[contrast["measure"]], alpha)
    ]
    return pd.DataFrame(rows, columns=EXAGGERATION_COLUMNS)


def compute_rate_errors(
    difference: float, rate_reference: float, *, n: int, n_reference: int, alpha: float
) -> ErrorRates:
    """Return the error rates of Fisher's two-sided test of two rates.

    Exact: the sum over all tables of the two groups, weighted by their binomial
    chances. Type M compares differences of rates. NaN where no true rate lies so far
    from the reference's, and apart from the power where no table can pass.
    """
    rate = rate_reference + difference
    if not (difference and 0 <= rate <= 1):
        return ErrorRates()
    chances = [
        stats.binom.pmf(np.arange(size + 1), size, share)
        for size, share in ((n, rate), (n_reference, rate_reference))
    ]
    passes = find_fisher_p(n, n_reference) <= alpha * (1 + 1e-12)
    chance = np.outer(*chances) * passes
    observed = np.arange(n + 1)[:, None] / n - np.arange(n_reference + 1) / n_reference
    power = float(chance.sum())
    if power == 0:
        return ErrorRates(0.0)
    is_wrong = np.sign(observed) == -np.sign(difference)
    type_m = float((chance * abs(observed)).sum()) / power / abs(difference)
    return ErrorRates(power, float(chance[is_wrong].sum()) / power, type_m)


def compute_normal_errors(
    effect: float, standard_error: float, *, alpha: float
) -> ErrorRates:
    """Return the error rates of a two-sided test of a normal estimate.

    The closed form of Lu, Qiu and Deng (Br J Math Stat Psychol 2019;72:1).
    """
    ratio = abs(effect) / standard_error
    critical = stats.norm.ppf(1 - alpha / 2)
    right, wrong = stats.norm.sf(critical - ratio), stats.norm.sf(critical + ratio)
    power = right + wrong
    size = (
        stats.norm.pdf(critical - ratio)
        + stats.norm.pdf(critical + ratio)
        + ratio * (right - wrong)
    )
    return ErrorRates(float(power), float(wrong / power), float(size / power / ratio))


def compute_hazard_errors(
    ratio: float, *, events: int, n: int, n_reference: int, alpha: float
) -> ErrorRates:
    """Return the error rates of a log hazard ratio, taken to be normal.

    Its variance is 1 / (events x share x (1 - share)), the share being that of the
    group among the patients (Schoenfeld, Biometrika 1981;68:316): an approximation,
    rough at few events. Type M compares log hazard ratios.
    """
    share = n / (n + n_reference)
    error = 1 / sqrt(events * share * (1 - share))
    return compute_normal_errors(log(ratio), error, alpha=alpha)


def _headlines(contrasts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a headline contrast, in the order of the table."""
    is_asked = [
        by == "her2_group" or LandmarkColumn(CLEARANCE, origin).name == by
        for by, origin in zip(contrasts["group_by"], contrasts["origin"], strict=True)
    ]
    methods = [
        (contrasts["measure"] == measure)
        & (contrasts["endpoint"] == endpoint)
        & (contrasts["ci_method"] == method)
        for measure, (endpoint, method) in ENDPOINTS.items()
    ]
    is_plain = contrasts["subgroup"].isna() & contrasts["adjusted_for"].isna()
    is_plain &= contrasts["biased"] == "no"
    chosen = contrasts[
        np.array(is_asked, bool) & is_plain & np.logical_or.reduce(methods)
    ]
    return chosen.drop_duplicates(_KEYS)


def _rows_of(
    contrast: Record, effects: Sequence[float], alpha: float
) -> Iterator[Record]:
    told = {name: contrast[name] for name in [*_KEYS, *_COUNTS]}
    sizes = {name: int(contrast[name]) for name in ("n", "n_reference")}
    for effect in effects:
        row = told | {"true_effect": effect, "alpha": alpha}
        if not all(sizes.values()):
            yield row | {"note": "a group without patients"}
        elif contrast["measure"] == "risk_difference":
            yield row | _rate_row(contrast, effect, sizes, alpha)
        else:
            yield row | _hazard_row(contrast, effect, sizes, alpha)


def _rate_row(
    contrast: Record, effect: float, sizes: Mapping[str, int], alpha: float
) -> Record:
    rate = contrast["events_reference"] / sizes["n_reference"]
    found = compute_rate_errors(effect, rate, **sizes, alpha=alpha)
    note = None
    if np.isnan(found.power):
        note = "no rate lies so far from that of the reference"
    elif found.power == 0:
        note = "no result of these sizes passes"
    return found._asdict() | {"rate_reference": rate, "method": EXACT, "note": note}


def _hazard_row(
    contrast: Record, effect: float, sizes: Mapping[str, int], alpha: float
) -> Record:
    events = int(contrast["events"] + contrast["events_reference"])
    if not events:
        return {"method": NORMAL, "note": "no events"}
    found = compute_hazard_errors(effect, events=events, **sizes, alpha=alpha)
    return found._asdict() | {"method": NORMAL}
