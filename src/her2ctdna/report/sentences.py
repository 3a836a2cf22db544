"""Sentences made from results: the answer, and what the data cannot show.

They state estimates with their intervals and patients, and never that something was
shown, foretold or absent: at this size the data seldom can.
"""

from statistics import NormalDist
from typing import Any

from her2ctdna.groupings import LEVELS
from her2ctdna.report.blocks import Count
from her2ctdna.report.formats import (
    NOT_REACHED,
    is_number,
    write_decimal,
    write_months,
    write_percent,
    write_points,
    write_rate,
    write_ratio_limits,
)
from her2ctdna.report.results import Results
from her2ctdna.report.sets import Members, as_numbers, count_share, everybody
from her2ctdna.report.tabulate import median_text
from her2ctdna.report.words import origin_label

POWER = 0.8
"""How often a study should find a difference for it to count as detectable."""

UNJUDGED = {
    "uninformative": "in a sample that could not have seen enough",
    "not_shedding": "with nothing detected at baseline",
    "missing": "without a usable sample or baseline",
}

Sentence = tuple[str, list[Count]]


def write_question(results: Results) -> str:
    """Return the question that the inputs of this study can be asked."""
    asked = []
    if results.has("her2_status") and results.has_response:
        asked.append("do HER2-low tumours respond more often than HER2-zero tumours")
    if results.has("ctdna_landmarks"):
        asked.append("how often does ctDNA clear early")
        asked.append("do patients whose ctDNA clears early fare better")
    question = ", and ".join(asked) or "how did the patients fare"
    return f"In this single-arm study: {question}?"


def write_answers(results: Results) -> list[Sentence]:
    """Return the answer in at most four sentences, each with its patients."""
    written = (_orr(results), _her2(results), _clearance(results), _pfs(results))
    return [sentence for sentence in written if sentence]


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


def write_missed(results: Results, landmark: str) -> str:
    """Return how many treated patients had each reason not to be judged."""
    clearance = results.members.label(f"clearance_{landmark}")[
        results.members.are_in("all_treated")
    ]
    counts = {name: int((clearance == name).sum()) for name in UNJUDGED}
    parts = [f"{n} {UNJUDGED[name]}" for name, n in counts.items() if n]
    return ", ".join(parts)


def write_same_window(results: Results, landmark: str) -> Sentence:
    """Return how many responses were seen before the sample that they are set against.

    Of those, sample and scan tell of the same shrinkage, and neither came first.
    """
    treated = results.treated
    judged = treated[f"clearance_{landmark}"].isin(LEVELS["clearance"])
    responded = Members(treated).have_event("orr") & judged
    before = as_numbers(treated, "response_day") <= as_numbers(
        treated, f"day_{landmark}"
    )
    count = count_share(treated, before, responded, label="response first")
    text = (
        f"Rates of response are not counted from the landmark: {count.text} responders "
        f"judged at {landmark} had responded by the day of its sample, which then "
        "comes too late to be an early sign."
    )
    return text, [count]


def write_response_kind(results: Results) -> str:
    """Return how a response counts under these definitions."""
    confirmed = "confirmed" if results.response["confirmed"] else "not confirmed"
    if results.response["source"] == "lesions":
        return f"{confirmed}, derived from the lesions"
    return f"{confirmed}, as reported by the {results.response['evaluator']}"


def detectable_difference(low: float, high: float, *, confidence: float) -> float:
    """Return the difference a study with this interval finds 80 times in 100.

    Half the width of the interval over z of its confidence is taken as the standard
    error; a true difference of z(confidence) + z(80 %) standard errors is found
    (its interval excludes zero) with that probability. A normal approximation.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return (high - low) / 2 * (1 + NormalDist().inv_cdf(POWER) / z)


def _rate(results: Results, endpoint: str, **equal: str) -> Any:
    wanted = {"population": "all_treated", "group_by": "all"} | equal
    method = "clopper_pearson"
    return results.row("rates", endpoint=endpoint, ci_method=method, **wanted)


def _orr(results: Results) -> Sentence | None:
    row = _rate(results, "orr")
    if row is None:
        return None
    text = (
        f"Of {row.N:.0f} treated patients {row.n:.0f} had a complete or partial "
        f"response ({write_response_kind(results)}): ORR "
        f"{write_rate(row.rate, row.ci_low, row.ci_high)}."
    )
    return text, [results.count_rate(row)]


def _difference(results: Results) -> Any:
    return results.row(
        "contrasts",
        endpoint="orr",
        population="all_treated",
        group_by="her2_group",
        group="low",
        measure="risk_difference",
    )


def _her2(results: Results) -> Sentence | None:
    row = _difference(results)
    if row is None:
        return None
    low, zero = (
        _rate(results, "orr", group_by="her2_group", group=name)
        for name in ("low", "zero")
    )
    text = (
        f"ORR was {write_rate(low.rate, low.ci_low, low.ci_high)} in "
        f"{low.N:.0f} HER2-low and {write_rate(zero.rate, zero.ci_low, zero.ci_high)} "
        f"in {zero.N:.0f} HER2-zero patients: "
    )
    if is_number(row.estimate):
        text += (
            f"low minus zero {write_points(row.estimate)}, interval "
            f"{write_points(row.ci_low)} to {write_points(row.ci_high)} (Newcombe)."
        )
    else:
        text += f"their difference is not estimable ({row.note})."
    return text, [results.count_rate(low), results.count_rate(zero)]


def _clearance(results: Results) -> Sentence | None:
    if not results.landmarks:
        return None
    landmark = results.landmarks[0]
    row = _rate(results, f"clearance_{landmark}", population="ctdna_evaluable")
    if row is None:
        return None
    missed = len(results.treated) - row.N
    text = (
        f"At {landmark} ctDNA was cleared in {row.n:.0f} of the {row.N:.0f} patients "
        f"in whom it could be judged: {write_rate(row.rate, row.ci_low, row.ci_high)}"
    )
    text += f"; in the other {missed:.0f} treated patients it could not be judged"
    reasons = write_missed(results, landmark)
    return f"{text}{f' ({reasons})' if reasons else ''}.", [results.count_rate(row)]


def _pfs(results: Results) -> Sentence | None:
    row = results.row("survival", endpoint="pfs", group_by="all")
    if row is None:
        return None
    followed = write_months(row.followup_median_days, missing=NOT_REACHED)
    text = (
        f"Median progression-free survival from first dose was {median_text(row)}, "
        f"with {row.events:.0f} events in {row.n:.0f} patients; median follow-up "
        f"{followed}."
    )
    return text, [results.count_survival(row)]


def _orr_width(results: Results) -> Sentence | None:
    row = _rate(results, "orr")
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
    row = _difference(results)
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
        return f"{where}the interval of the hazard ratio is open ({row.note}).", sides
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
    treated = results.treated
    unknown = ~treated["her2_group"].isin(LEVELS["her2_group"])
    count = count_share(treated, unknown, everybody(treated), label="unknown")
    text = (
        f"The patients without a HER2 group, {count.text} of the treated, are on "
        "neither side of the comparison."
    )
    return text, [count]


def _unknown_clearance(results: Results) -> Sentence | None:
    if not results.landmarks or not results.has_response:
        return None
    landmark, treated = results.landmarks[0], results.treated
    judged = treated[f"clearance_{landmark}"].isin(LEVELS["clearance"])
    responded = Members(treated).have_event("orr")
    shares = [
        count_share(treated, responded, among, label="responders")
        for among in (~judged, judged)
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
        f"{n} tests were run, in {families} families. If nothing were associated with "
        f"anything, about {write_decimal(0.05 * n, 0)} of them would still be expected "
        "to give p below 0.05."
    )
    return text, []
