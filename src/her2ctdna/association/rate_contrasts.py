"""Two rates against each other, and the tests that groups have one rate."""

from collections.abc import Iterator, Sequence

import pandas as pd

from her2ctdna.statistics.attainable_size import (
    compute_boschloo_size,
    compute_fisher_size,
    compute_trend_size,
)
from her2ctdna.statistics.firth import FIRTH_TEST, compute_firth_odds_ratio
from her2ctdna.statistics.method_names import (
    BOSCHLOO,
    COCHRAN_ARMITAGE,
    CONDITIONAL_EXACT,
    FIRTH_PROFILE,
    FISHER,
    FISHER_HALTON,
    MIETTINEN_NURMINEN,
    NEWCOMBE,
)
from her2ctdna.statistics.miettinen_nurminen import compute_score_interval
from her2ctdna.statistics.proportions import (
    Estimate,
    compute_boschloo_p,
    compute_fisher_p,
    compute_odds_ratio,
    compute_risk_difference,
)
from her2ctdna.statistics.trend import compute_trend
from her2ctdna.wording import join_names

PRIMARY = "primary"

Row = dict[str, object]


def contrast_rates(sides: pd.DataFrame, *, confidence: float) -> Iterator[Row]:
    """Yield the contrasts of a group with the reference, a row a method.

    The difference with the intervals of Newcombe and of Miettinen and Nurminen, the
    conditional odds ratio with the exact interval and Fisher's p, and the odds ratio
    by Firth's penalty with the profile interval. ``sides`` has ``events`` and ``n`` of
    the group, then of the reference.
    """
    counts = [int(count) for count in sides[["events", "n"]].to_numpy().ravel()]
    difference = compute_risk_difference(*counts, confidence=confidence)
    yield contrast_row("risk_difference", NEWCOMBE, None, difference, counts)
    if counts[1] and counts[3]:
        low, high = compute_score_interval(*counts, confidence=confidence)
        difference = difference._replace(low=low, high=high)
    method = MIETTINEN_NURMINEN
    yield contrast_row("risk_difference", method, None, difference, counts)
    ratio = compute_odds_ratio(*counts, confidence=confidence)
    yield contrast_row("odds_ratio", CONDITIONAL_EXACT, FISHER, ratio, counts)
    ratio = compute_firth_odds_ratio(*counts, confidence=confidence)
    yield contrast_row("odds_ratio", FIRTH_PROFILE, FIRTH_TEST, ratio, counts)


def contrast_row(
    measure: str,
    ci_method: str,
    test: str | None,
    estimate: Estimate,
    counts: Sequence[int],
) -> Row:
    """Return a row of contrasts; ``counts`` are events and n of both sides."""
    return {
        "measure": measure,
        "estimate": estimate.estimate,
        "ci_low": estimate.low,
        "ci_high": estimate.high,
        "ci_method": ci_method,
        "p_value": estimate.p_value,
        "test": test,
        "events": counts[0],
        "n": counts[1],
        "events_reference": counts[2],
        "n_reference": counts[3],
        "note": estimate.note,
    }


def estimate_rate_tests(
    counts: pd.DataFrame,
    *,
    scores: Sequence[Sequence[float]],
    pairs: Sequence[tuple[str, str]],
    permutations: int,
    seed: int,
    alpha: float,
) -> Iterator[Row]:
    """Yield the tests of one question, the primary one first.

    Of ordered groups (those with ``scores``) that is the exact trend test, with the
    first scores; the other scores are its sensitivity, and Fisher's test of any
    difference an alternative. Of all others it is Fisher's test, or of more than two
    groups Freeman and Halton's. Boschloo's test of each of ``pairs`` is an alternative;
    Fisher's of a pair goes with its odds ratio (`contrast_rates`).

    Parameters
    ----------
    counts
        ``events`` and ``n`` of each group.
    scores
        The scores of all groups, once for each trend test.
    pairs
        Reference and group, as in the index of ``counts``.
    permutations, seed
        See `compute_fisher_p` and `compute_trend`.
    alpha
        At or below which the attainable size of each lies.
    """
    events, totals = list(counts["events"]), list(counts["n"])
    told = {"n": sum(totals), "events": sum(events)}
    draws = {"permutations": permutations, "seed": seed}
    for place, values in enumerate(scores):
        statistic, p_value, note = compute_trend(events, totals, scores=values, **draws)
        shown = "scores " + ", ".join(f"{value:g}" for value in values)
        yield told | {
            "test": COCHRAN_ARMITAGE,
            "role": "sensitivity" if place else PRIMARY,
            "statistic": statistic,
            "p_value": p_value,
            "attainable_size": compute_trend_size(
                events, totals, scores=values, alpha=alpha
            ),
            "note": f"{note}; {shown}" if note else shown,
        }
    p_value, note = compute_fisher_p(events, totals, **draws)
    yield told | {
        "test": FISHER_HALTON if len(counts) > 2 else FISHER,
        "role": "alternative" if scores else PRIMARY,
        "p_value": p_value,
        "attainable_size": compute_fisher_size(events, totals, alpha=alpha),
        "note": note,
    }
    for reference, group in pairs:
        yield _test_pair(counts.loc[[group, reference]], alpha=alpha)


def _test_pair(sides: pd.DataFrame, *, alpha: float) -> Row:
    """Return Boschloo's test of a group and its reference."""
    counts = [int(count) for count in sides[["events", "n"]].to_numpy().ravel()]
    p_value, note = compute_boschloo_p(*counts)
    return {
        "groups": join_names(sides.index[::-1]),
        "test": BOSCHLOO,
        "role": "alternative",
        "p_value": p_value,
        "attainable_size": compute_boschloo_size(counts[1], counts[3], alpha=alpha),
        "n": int(sides["n"].sum()),
        "events": int(sides["events"].sum()),
        "note": note,
    }
