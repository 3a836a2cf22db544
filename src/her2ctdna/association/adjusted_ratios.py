"""Odds ratios of HER2 adjusted for covariates, where the data can carry it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.association.comparisons import Comparison, RateComparison
from her2ctdna.association.rate_contrasts import Row, contrast_row
from her2ctdna.sets.counting import judge_patients, take_population
from her2ctdna.sets.groupings import HER2_GROUPINGS, is_known
from her2ctdna.statistics.firth import (
    FIRTH_TEST,
    Flags,
    Matrix,
    fit_firth,
    why_not_identifiable,
)
from her2ctdna.statistics.method_names import FIRTH_PROFILE
from her2ctdna.statistics.proportions import Estimate
from her2ctdna.wording import join_names

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import EventsPerParameter


def contrast_adjusted(
    patients: pd.DataFrame,
    comparisons: Sequence[Comparison],
    *,
    covariates: Sequence[str],
    confidence: float,
    needed: "EventsPerParameter",
) -> Iterator[Row]:
    """Yield the adjusted odds ratio of each HER2 group against its reference.

    By Firth's penalty, in the patients of the two groups of whom every covariate is
    known; these are n and events of the row. Each rate is adjusted in the population
    in which it is tested. Columns that the patients lack are not adjusted for.

    Parameters
    ----------
    patients
        The analysis-ready table.
    comparisons
        Of which those of rates by HER2 are adjusted.
    covariates
        Numbers enter as they are, words as one indicator each but the smallest.
    confidence
        Of the intervals.
    needed
        Patients with the rarer outcome per parameter: with fewer than ``least`` there
        is no estimate, with fewer than ``few`` a note.
    """
    for asked in comparisons:
        column = asked.grouping.column
        names = [name for name in covariates if name in patients and name != column]
        if not names or not is_her2_rate(asked):
            continue
        counted = take_population(
            patients, asked.population, asked.endpoint, asked.grouping
        )
        event = judge_patients(counted, asked.endpoint)
        complete = counted[counted[names].apply(is_known).all(axis=1)]
        for reference, group in asked.grouping.pairs:
            labels = asked.grouping.label(complete)
            pair = complete[labels.isin([group, reference])]
            yield (
                asked.keys()
                | {
                    "group_by": column,
                    "group": group,
                    "reference": reference,
                    "adjusted_for": join_names(names),
                    "biased": "no",
                }
                | _contrast(
                    (labels[pair.index] == group).to_numpy(),
                    event[pair.index].to_numpy(),
                    pair[names],
                    confidence=confidence,
                    needed=needed,
                )
            )


def is_her2_rate(asked: Comparison) -> bool:
    """Tell whether this is a rate by HER2 in the population in which it is tested."""
    is_rate = isinstance(asked, RateComparison) and asked.is_tested
    return is_rate and asked.grouping.column in HER2_GROUPINGS


def _contrast(
    in_group: Flags,
    event: Flags,
    covariates: pd.DataFrame,
    *,
    confidence: float,
    needed: "EventsPerParameter",
) -> Row:
    coded, constant = code_covariates(covariates)
    design = np.column_stack([in_group.astype(float), coded])
    reason = why_not_carried(design, event, in_group, needed=needed)
    if reason:
        estimate = Estimate(note=reason)
    else:
        estimate = fit_firth(design, event, column=0, confidence=confidence)
    remarks = [f"{name} has one value" for name in constant]
    if not reason and (warning := warn_of_few(event, design.shape[1], needed=needed)):
        remarks.append(warning)
    notes = [estimate.note, *remarks] if estimate.note else remarks
    estimate = estimate._replace(note="; ".join(notes) or None)
    counts = [
        int(number)
        for side in (in_group, ~in_group)
        for number in ((event & side).sum(), side.sum())
    ]
    return contrast_row("odds_ratio", FIRTH_PROFILE, FIRTH_TEST, estimate, counts)


def code_covariates(covariates: pd.DataFrame) -> tuple[Matrix, list[str]]:
    """Return covariates as numbers, and the names of those that have one value.

    Numbers stay as they are; of words each but the smallest is an indicator. What
    does not vary is left out.
    """
    columns: list[Matrix] = []
    constant = []
    for name, values in covariates.items():
        distinct = sorted(values.unique())
        if len(distinct) < 2:
            constant.append(str(name))
        elif pd.api.types.is_numeric_dtype(values):
            columns.append(values.to_numpy(dtype=float))
        else:
            columns += [(values == word).to_numpy(float) for word in distinct[1:]]
    coded = np.column_stack(columns) if columns else np.empty((len(covariates), 0))
    return coded, constant


def why_not_carried(
    design: Matrix, event: Flags, in_group: Flags, *, needed: "EventsPerParameter"
) -> str | None:
    """Return why the data cannot carry a model of these columns, or nothing."""
    if in_group.all() or not in_group.any():
        return "a group without patients"
    if reason := why_not_identifiable(design, event):
        return reason
    few = _tell_few(event, design.shape[1], asked=needed["least"])
    return f"not estimated: {few}" if few else None


def warn_of_few(
    event: Flags, parameters: int, *, needed: "EventsPerParameter"
) -> str | None:
    """Return that events are few for so many parameters, or nothing."""
    few = _tell_few(event, parameters, asked=needed["few"])
    return f"read with care: {few}" if few else None


def _tell_few(event: Flags, parameters: int, *, asked: float) -> str | None:
    """Return how many have the rarer outcome if that is less than is asked."""
    rarer = int(min(event.sum(), (~event).sum()))
    if rarer >= asked * parameters:
        return None
    patients = "patient" if rarer == 1 else "patients"
    return (
        f"{rarer} {patients} with the rarer outcome for {parameters} parameters, "
        f"fewer than {asked:g} each"
    )
