"""Sentences on what so few patients cannot show, computed from the intervals."""

from statistics import NormalDist

from her2ctdna.report.formats import (
    is_number,
    write_decimal,
    write_percent,
    write_points,
    write_ratio_limits,
)
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import Sentence, headline_difference, headline_rate
from her2ctdna.report.sets import count_share
from her2ctdna.report.words import origin_label

POWER = 0.8
"""How often a study should find a difference for it to count as detectable."""


def write_limits(results: Results) -> list[Sentence]:
    """Return what so few patients cannot show, computed from the intervals."""
    written = (
        _orr_width(results),
        _difference_width(results),
        _hazard_width(results),
        _unknown_her2(results),
        _unknown_clearance(results),
        _chance(results),
    )
    control = (
        "There is no control arm. Nothing here tells how these patients would have "
        "fared under another treatment, and an association of ctDNA with outcome is "
        "no evidence that changing the one changes the other."
    )
    return [*(sentence for sentence in written if sentence), (control, [])]


def detectable_difference(low: float, high: float, *, confidence: float) -> float:
    """Return the difference a study with this interval finds 80 times in 100.

    Half the width of the interval over z of its confidence is taken as the standard
    error; a true difference of z(confidence) + z(80 %) standard errors is found
    (its interval excludes zero) with that probability. A normal approximation.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return (high - low) / 2 * (1 + NormalDist().inv_cdf(POWER) / z)


def _orr_width(results: Results) -> Sentence | None:
    row = headline_rate(results, "orr")
    if row is None or not is_number(row.ci_low):
        return None
    width = write_decimal(100 * (row.ci_high - row.ci_low), 1)
    text = (
        f"The ORR itself: its interval is {width} points wide. True rates from "
        f"{write_percent(row.ci_low)} to {write_percent(row.ci_high)} agree with these "
        f"{row.N:.0f} patients."
    )
    return text, [results.count_rate(row)]


def _difference_width(results: Results) -> Sentence | None:
    row = headline_difference(results)
    if row is None or not is_number(row.ci_low):
        return None
    least = detectable_difference(
        row.ci_low, row.ci_high, confidence=results.association["confidence"]
    )
    detectable = "no true difference, however large,"
    if least < 1:
        points = write_decimal(100 * least, 0)
        detectable = f"only a true difference of about {points} points or more"
    text = (
        f"Whether HER2-low and HER2-zero differ: differences from "
        f"{write_points(row.ci_low)} to {write_points(row.ci_high)} agree with the "
        f"data. With {row.n:.0f} and {row.n_reference:.0f} patients {detectable} would "
        "be found in 80 of 100 such studies (normal approximation from the width of "
        "this interval): the groups cannot be called alike."
    )
    return text, [
        results.count_contrast(row, is_reference=False),
        results.count_contrast(row, is_reference=True),
    ]


def _hazard_width(results: Results) -> Sentence | None:
    if not results.landmarks:
        return None
    landmark = results.landmarks[0]
    row = results.row(
        "contrasts",
        endpoint="pfs",
        group_by=f"clearance_{landmark}",
        origin=landmark,
        measure="hazard_ratio",
        biased="no",
    )
    if row is None:
        return None
    where = f"Whether clearance at {landmark} goes with longer PFS: "
    sides = [results.count_contrast(row, is_reference=side) for side in (False, True)]
    if not (is_number(row.ci_low) and is_number(row.ci_high)):
        return f"{where}the hazard ratio has no closed interval ({row.note}).", sides
    text = (
        f"{where}hazard ratios from {write_ratio_limits(row.ci_low, row.ci_high)} "
        f"agree with the data, a {row.ci_high / row.ci_low:.0f}-fold range, from "
        f"{row.n + row.n_reference:.0f} patients with "
        f"{row.events + row.events_reference:.0f} events after the "
        f"{origin_label(row.origin)}."
    )
    return text, sides


def _unknown_her2(results: Results) -> Sentence | None:
    if not results.has("her2_status"):
        return None
    unknown = results.members.without("her2_evaluable")
    if not unknown:
        return None
    treated = results.members.resolve("all_treated")
    count = count_share(unknown, treated, label="unknown")
    text = (
        f"The patients without a HER2 group, {count.text} of the treated, are on "
        "neither side of the comparison."
    )
    return text, [count]


def _unknown_clearance(results: Results) -> Sentence | None:
    if not results.landmarks or not results.has_response:
        return None
    landmark, members = results.landmarks[0], results.members
    judged = members.resolve(f"landmark_{landmark}")
    unjudged = members.without(f"landmark_{landmark}")
    if not judged or not unjudged:
        return None
    responded = members.resolve("responder=yes")
    shares = [
        count_share(responded, among, label="responders")
        for among in (unjudged, judged)
    ]
    text = (
        f"The patients whose clearance at {landmark} could not be judged need not be "
        f"like the others: {shares[0].text} of them responded, against "
        f"{shares[1].text} of those judged. Missing ctDNA may itself tell of outcome."
    )
    return text, shares


def _chance(results: Results) -> Sentence | None:
    if not results.has("tests"):
        return None
    tests = results.tables["tests"]
    n = int(tests["p_value"].notna().sum())
    if n == 0:
        return None
    families = tests.loc[tests["p_value"].notna(), "family"].nunique()
    text = (
        f"{n} tests were run (families adjusted together: {families}). If nothing were "
        f"associated with anything, about {write_decimal(0.05 * n, 1)} of them would "
        "still be expected to give p below 0.05."
    )
    return text, []
