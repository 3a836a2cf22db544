"""Rows of contrasts and tests of times to event."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypedDict

import numpy as np
import pandas as pd

from her2ctdna.association.adjusted_ratios import code_covariates
from her2ctdna.association.comparisons import MovingComparison, TimeComparison
from her2ctdna.association.rate_contrasts import PRIMARY, Row, contrast_row
from her2ctdna.sets.groupings import is_known
from her2ctdna.statistics.hazards import (
    compute_adjusted_hazard_ratio,
    compute_hazard_ratio,
    compute_proportionality,
    compute_wald_interval,
)
from her2ctdna.statistics.log_rank import (
    compute_log_rank,
    compute_log_rank_permutation,
    compute_mantel_byar,
)
from her2ctdna.statistics.method_names import (
    COX_PROFILE,
    COX_WALD,
    COX_ZPH,
    FIRTH_PROFILE,
    GREENWOOD_NORMAL,
    LIKELIHOOD_RATIO,
    LOG_RANK,
    LOG_RANK_PERMUTATION,
    MANTEL_BYAR,
)
from her2ctdna.statistics.proportions import Estimate
from her2ctdna.statistics.rmst import compute_rmst_difference
from her2ctdna.wording import join_names

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import AssociationSettings

NAIVE_NOTE = "biased: immortal time"


class _Fitted(TypedDict):
    confidence: float
    entry: np.ndarray | None


def contrast_times(
    asked: TimeComparison | MovingComparison,
    group: str,
    reference: str,
    *,
    covariates: pd.DataFrame,
    association: "AssociationSettings",
) -> Iterator[Row]:
    """Yield the contrasts of the times of one group with those of the reference.

    Plain Cox with the interval of the profile, with Wald's, then Firth's; for the main
    questions these again adjusted for the ``covariates`` (`code_covariates`), in the
    patients of whom all are known; last the difference of restricted means, where
    nobody changes groups. A biased comparison has plain Cox by the profile alone.
    """
    rows = _rows_of(asked)
    pair = rows[rows["group"].isin([group, reference])]
    confidence = association["confidence"]
    row_of = partial(_row, pair, group)
    time, event, in_group, entry = _vectors(pair, group)
    how: _Fitted = {"confidence": confidence, "entry": entry}
    plain = compute_hazard_ratio(time, event, in_group, **how)
    if asked.is_biased:
        note = "; ".join(filter(None, [NAIVE_NOTE, plain.note]))
        yield row_of(_COX, plain._replace(note=note))
        return
    is_moving = isinstance(asked, MovingComparison)
    yield row_of(_COX_AT_DRAW if is_moving else _COX, plain)
    sides = in_group[:, None]
    wald = compute_wald_interval(time, event, sides, plain, **how)
    yield row_of(_WALD, wald)
    yield row_of(_FIRTH, _fit(time, event, sides, penalised=True, **how))
    names = [name for name in covariates if name != asked.grouping.column]
    if asked.is_adjusted and names:
        yield from _adjusted(pair, group, covariates[names], association)
    if not is_moving:
        difference = compute_rmst_difference(
            time,
            event,
            in_group,
            horizon=association["rmst_days"],
            confidence=confidence,
        )
        yield row_of(_RMST, difference)


def estimate_time_tests(
    asked: TimeComparison | MovingComparison,
    *,
    exact_divisions: int,
    permutations: int,
    seed: int,
    alpha: float,
) -> Iterator[Row]:
    """Yield the test of all groups that answers the question, then the checks.

    The first row answers: the log-rank test by permutation, or Mantel and Byar's
    where patients change groups. The asymptotic log-rank test is an alternative, and
    ``cox_zph`` a check of proportional hazards. The test by permutation tells its
    attainable size at ``alpha``; that of the others is alpha itself, as they are not
    exact.
    """
    data = _rows_of(asked)
    time, event, _, entry = _vectors(data, "")
    group = data["group"].to_numpy()
    last = data if entry is None else data[data["is_last"]]
    counts = {"n": len(last), "events": int(event.sum())}
    if entry is not None:
        in_group = group == asked.grouping.levels[1]
        moved = compute_mantel_byar(entry, time, event, in_group)
        yield _test(MANTEL_BYAR, PRIMARY, moved, counts)
    else:
        drawn = compute_log_rank_permutation(
            time,
            event,
            group,
            exact_divisions=exact_divisions,
            permutations=permutations,
            seed=seed,
            alpha=alpha,
        )
        answer = _test(LOG_RANK_PERMUTATION, PRIMARY, drawn[:3], counts)
        yield answer | {"attainable_size": drawn.attainable_size}
        asymptotic = compute_log_rank(time, event, group)
        yield _test(LOG_RANK, "alternative", asymptotic, counts)
    levels = [level for level in asked.grouping.levels if level in set(group)]
    check: tuple[float, float, str | None]
    check = np.nan, np.nan, "fewer than two groups with patients"
    if len(levels) > 1:
        covariates = np.column_stack([group == level for level in levels[1:]])
        check = compute_proportionality(time, event, covariates, entry=entry)
    yield _test(COX_ZPH, "check", check, counts)


_How = tuple[str, str, str | None]
_COX = ("hazard_ratio", COX_PROFILE, LIKELIHOOD_RATIO)
_COX_AT_DRAW = ("hazard_ratio", COX_PROFILE, "time_dependent_cox")
_WALD = ("hazard_ratio", COX_WALD, None)
_FIRTH = ("hazard_ratio", FIRTH_PROFILE, "penalised_likelihood_ratio")
_RMST = ("rmst_difference", GREENWOOD_NORMAL, "rmst")


def _rows_of(asked: TimeComparison | MovingComparison) -> pd.DataFrame:
    """Return a row a patient, or a row a stay where patients change groups."""
    return asked.stays if isinstance(asked, MovingComparison) else asked.followed


def _vectors(
    rows: pd.DataFrame, group: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
    """Return time, event, membership of a group, and entry where there is one."""
    entry = rows["entry_days"].to_numpy(dtype=float) if "entry_days" in rows else None
    return (
        rows["time_days"].to_numpy(dtype=float),
        rows["event"].to_numpy(dtype=bool),
        (rows["group"] == group).to_numpy(),
        entry,
    )


def _fit(
    time: np.ndarray,
    event: np.ndarray,
    covariates: np.ndarray,
    *,
    confidence: float,
    entry: np.ndarray | None,
    penalised: bool,
) -> Estimate:
    """Return the hazard ratio of the group, which is the first covariate."""
    if len(np.unique(covariates[:, 0])) < 2:
        return Estimate(note="a group without patients")
    return compute_adjusted_hazard_ratio(
        time,
        event,
        covariates,
        confidence=confidence,
        entry=entry,
        penalised=penalised,
    )


def _adjusted(
    pair: pd.DataFrame,
    group: str,
    covariates: pd.DataFrame,
    association: "AssociationSettings",
) -> Iterator[Row]:
    """Yield plain Cox regression, both intervals, and Firth's, all adjusted."""
    covariates = covariates.loc[pair.index]
    is_complete = covariates.apply(is_known).all(axis=1).to_numpy()
    known = pair[is_complete]
    coded, constant = code_covariates(covariates[is_complete])
    time, event, in_group, entry = _vectors(known, group)
    remarks = [f"{name} has one value" for name in constant]
    rows = np.column_stack([in_group, coded])
    how: _Fitted = {"confidence": association["confidence"], "entry": entry}
    plain = _fit(time, event, rows, penalised=False, **how)
    estimates = (
        (_COX if entry is None else _COX_AT_DRAW, plain),
        (_WALD, compute_wald_interval(time, event, rows, plain, **how)),
        (_FIRTH, _fit(time, event, rows, penalised=True, **how)),
    )
    for kind, estimate in estimates:
        note = "; ".join(filter(None, [estimate.note, *remarks])) or None
        row = _row(known, group, kind, estimate._replace(note=note))
        yield row | {"adjusted_for": join_names(covariates)}


def _row(pair: pd.DataFrame, group: str, how: _How, estimate: Estimate) -> Row:
    """Return a row of contrasts; who changes groups counts in the last."""
    last = pair[pair["is_last"]] if "is_last" in pair else pair
    in_group, event = last["group"] == group, last["event"]
    measure, ci_method, test = how
    counts = [
        *[int((event & in_group).sum()), int(in_group.sum())],
        *[int((event & ~in_group).sum()), int((~in_group).sum())],
    ]
    return contrast_row(measure, ci_method, test, estimate, counts)


def _test(
    name: str,
    role: str,
    found: tuple[float, float, str | None],
    counts: Mapping[str, int],
) -> Row:
    statistic, p_value, note = found
    row = {"test": name, "role": role, "statistic": statistic, "p_value": p_value}
    return row | dict(counts) | {"note": note}
