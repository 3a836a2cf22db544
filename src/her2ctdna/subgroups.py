"""HER2-low against HER2-zero within subgroups, and whether these differ."""

from collections.abc import Iterator, Mapping, Sequence
from math import nan

import numpy as np
import pandas as pd

from her2ctdna.adjusted import is_her2_rate, warn_of_few, why_not_carried
from her2ctdna.comparisons import Comparison
from her2ctdna.contrasts_of_rates import Row, contrast_rates
from her2ctdna.counting import RESPONSE_FLAGS, count_events, judge_patients
from her2ctdna.firth import Flags, compute_firth_test
from her2ctdna.groupings import Grouping


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
    for asked, split in _questions(comparisons, splits):
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
                    "subgroup": f"{split.column}={level}",
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
    needed: Mapping[str, float],
) -> Iterator[Row]:
    """Yield the test whether the odds ratio of HER2 is the same in all subgroups.

    The penalised likelihood-ratio test of the products of HER2 and the levels of a
    split, in a model that holds both by themselves, in the patients whose level is
    known. ``needed`` is that of `contrast_adjusted`.
    """
    for asked, split in _questions(comparisons, splits):
        event = judge_patients(patients, asked.endpoint, population=asked.population)
        members = patients.loc[event.index]
        groups, levels = asked.grouping.label(members), split.label(members)
        is_in = groups.isin(asked.grouping.levels) & levels.isin(split.levels)
        outcome = event[is_in].to_numpy()
        yield (
            asked.keys()
            | {
                "biomarker": asked.grouping.column,
                "groups": ";".join(asked.grouping.levels),
                "subgroup": split.column,
                "test": "firth_interaction",
                "role": "interaction",
                "n": len(outcome),
                "events": int(outcome.sum()),
            }
            | _test(
                (groups[is_in] == asked.grouping.levels[1]).to_numpy(),
                levels[is_in],
                outcome,
                needed=needed,
            )
        )


def _questions(
    comparisons: Sequence[Comparison], splits: Sequence[Grouping]
) -> Iterator[tuple[Comparison, Grouping]]:
    """Yield each rate of response by HER2 group with each split of several levels."""
    for asked in comparisons:
        if (
            is_her2_rate(asked)
            and asked.grouping.column == "her2_group"
            and asked.endpoint in RESPONSE_FLAGS
        ):
            for split in splits:
                if len(split.levels) > 1 and split.column != "her2_group":
                    yield asked, split


def _test(
    in_group: Flags, levels: pd.Series, event: Flags, *, needed: Mapping[str, float]
) -> Row:
    present = sorted(levels.unique())
    if len(present) < 2:
        return {"p_value": nan, "note": "patients in fewer than two subgroups"}
    group = in_group.astype(float)
    of_level = np.column_stack(
        [(levels == level).to_numpy(dtype=float) for level in present[1:]]
    )
    design = np.column_stack([group, of_level, of_level * group[:, None]])
    if reason := why_not_carried(design, event, in_group, needed=needed):
        return {"p_value": nan, "note": reason}
    tested = range(1 + len(present), 2 * len(present))
    with_constant = np.column_stack([np.ones(len(event)), design])
    statistic, p_value, note = compute_firth_test(
        with_constant, event, tested=list(tested)
    )
    note = note or warn_of_few(event, design.shape[1], needed=needed)
    return {"statistic": statistic, "p_value": p_value, "note": note}
