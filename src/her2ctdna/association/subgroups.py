"""HER2-low against HER2-zero within subgroups, and whether these differ."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from her2ctdna.association.adjusted_ratios import (
    code_covariates,
    is_her2_rate,
    warn_of_few,
    why_not_carried,
)
from her2ctdna.association.comparisons import Comparison
from her2ctdna.association.rate_contrasts import Row, contrast_rates
from her2ctdna.sets.counting import RESPONSE_FLAGS, count_events, judge_patients
from her2ctdna.sets.groupings import Grouping, is_in_population, is_known
from her2ctdna.statistics.firth import Flags, compute_firth_test
from her2ctdna.statistics.method_names import FIRTH_INTERACTION
from her2ctdna.wording import join_names, join_value

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import EventsPerParameter


def contrast_subgroups(
    patients: pd.DataFrame,
    comparisons: Sequence[Comparison],
    splits: Sequence[Grouping],
    *,
    confidence: float,
) -> Iterator[Row]:
    """Yield the contrasts of HER2 groups within each level of each split.

    Rates of response of all treated patients; ``subgroup`` is ``column=level``. They
    have intervals and no p-value: what a subgroup is asked is whether it differs from
    the others (`estimate_interactions`), not whether it passes a test of its own.
    """
    several = [split for split in splits if len(split.levels) > 1]
    for asked, split in product(filter(_is_asked, comparisons), several):
        labels = split.label(patients)
        for level in split.levels:
            counts = count_events(
                patients[labels == level],
                asked.endpoint,
                population=asked.population,
                grouping=asked.grouping,
            )
            for reference, group in asked.grouping.pairs:
                told = asked.keys() | {
                    "group_by": asked.grouping.column,
                    "group": group,
                    "reference": reference,
                    "subgroup": join_value(split.column, level),
                    "biased": "no",
                }
                sides = counts.loc[[group, reference]]
                for row in contrast_rates(sides, confidence=confidence):
                    yield told | row | {"p_value": nan, "test": None}


def estimate_interactions(
    patients: pd.DataFrame,
    comparisons: Sequence[Comparison],
    splits: Sequence[Grouping],
    *,
    numbers: Sequence[str],
    needed: "EventsPerParameter",
) -> Iterator[Row]:
    """Yield the test whether the odds ratio of HER2 is the same in all subgroups.

    The penalised likelihood-ratio test of the products of HER2 and the levels of a
    split, in a model that holds both by themselves, in the patients whose level is
    known. ``numbers`` are further columns: of one with too many values for levels the
    product is that with the number itself. ``needed`` is that of `contrast_adjusted`.
    """
    modifiers = _find_modifiers(patients, splits, numbers)
    for asked in filter(_is_asked, comparisons):
        counted = patients[is_in_population(patients, asked.population)]
        event = judge_patients(counted, asked.endpoint)
        groups = asked.grouping.label(counted)
        for column, modifier in modifiers.items():
            known = is_known(modifier[event.index])
            is_in = groups.isin(asked.grouping.levels) & known
            in_group = (groups[is_in] == asked.grouping.levels[1]).to_numpy()
            outcome = event[is_in].to_numpy()
            told = asked.keys() | {
                "biomarker": asked.grouping.column,
                "groups": join_names(asked.grouping.levels),
                "subgroup": column,
                "test": FIRTH_INTERACTION,
                "role": "interaction",
                "n": len(outcome),
                "events": int(outcome.sum()),
            }
            values = modifier[event.index][is_in]
            yield told | _test(in_group, values, outcome, needed=needed)


def _find_modifiers(
    patients: pd.DataFrame, splits: Sequence[Grouping], numbers: Sequence[str]
) -> dict[str, pd.Series]:
    """Return the levels of each split of several, and the numbers that are no split."""
    found = {
        split.column: labels.where(labels.isin(split.levels))
        for split in splits
        if len(split.levels) > 1
        for labels in [split.label(patients)]
    }
    columns = {split.column for split in splits}
    for name in numbers:
        if name not in columns and _is_number(patients, name):
            found[name] = patients[name]
    return found


def _is_number(patients: pd.DataFrame, column: str) -> bool:
    return column in patients and pd.api.types.is_numeric_dtype(patients[column])


def _is_asked(asked: Comparison) -> bool:
    """Tell whether this is a rate of response by HER2 group."""
    is_response = asked.endpoint in RESPONSE_FLAGS
    return is_her2_rate(asked) and asked.grouping.column == "her2_group" and is_response


def _test(
    in_group: Flags, modifier: pd.Series, event: Flags, *, needed: "EventsPerParameter"
) -> Row:
    coded, _ = code_covariates(modifier.to_frame())
    if not coded.shape[1]:
        return {"p_value": nan, "note": "patients in fewer than two subgroups"}
    group = in_group.astype(float)[:, None]
    design = np.column_stack([group, coded, coded * group])
    if reason := why_not_carried(design, event, in_group, needed=needed):
        return {"p_value": nan, "note": reason}
    with_constant = np.column_stack([np.ones(len(event)), design])
    last = with_constant.shape[1]
    tested = list(range(last - coded.shape[1], last))
    statistic, p_value, note = compute_firth_test(with_constant, event, tested=tested)
    note = note or warn_of_few(event, design.shape[1], needed=needed)
    return {"statistic": statistic, "p_value": p_value, "note": note}
