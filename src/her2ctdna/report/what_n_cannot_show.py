"""Sentences on what so few patients cannot show, computed from the intervals."""

from typing import TYPE_CHECKING

from her2ctdna.report.formats import (
    is_number,
    write_decimal,
    write_percent,
    write_points,
    write_ratio_limits,
)
from her2ctdna.report.patient_sets import count_share
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import (
    Sentence,
    headline_difference,
    headline_hazard,
    headline_rate,
)
from her2ctdna.report.starts import start_label
from her2ctdna.sets.set_names import name_able
from her2ctdna.wording import count_of

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow


def write_limits(results: Results) -> list[Sentence]:
    """Return the few limits that matter most, for the first screen."""
    written = (
        _difference_width(results),
        _hazard_width(results),
        _unknown_clearance(results),
        _chance(results),
    )
    control = (
        "There is no control arm. Nothing here tells how these patients would have "
        "fared under another treatment, and an association with outcome is no "
        "evidence that changing the one changes the other."
    )
    return [*(sentence for sentence in written if sentence), (control, [])]


def write_more_limits(results: Results) -> list[Sentence]:
    """Return the other limits, for the chapter on them."""
    written = (_orr_width(results), _unknown_her2(results))
    return [sentence for sentence in written if sentence]


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
    found = results.row(
        "detectable",
        endpoint=row.endpoint,
        population=row.population,
        origin=row.origin,
        group_by=row.group_by,
    )
    text = (
        f"Whether HER2-low and HER2-zero differ: differences from "
        f"{write_points(row.ci_low)} to {write_points(row.ci_high)} agree with the "
        f"data. {_write_detectable(found)}The groups cannot be called alike."
    )
    return text, [
        results.count_contrast(row, is_reference=False),
        results.count_contrast(row, is_reference=True),
    ]


def _write_detectable(found: "ResultRow") -> str:
    """Return from which true rates on a difference would be found, if any."""
    if found is None or not is_number(found.rate_reference):
        return ""
    rates = [
        f"{write_percent(rate)} or {word}"
        for rate, word in (
            (found.detectable_low, "less"),
            (found.detectable_high, "more"),
        )
        if is_number(rate)
    ]
    least = f"only a rate of {' or '.join(rates)}" if rates else "no rate, however far,"
    return (
        f"With {found.n:.0f} and {found.n_reference:.0f} patients, and a true rate of "
        f"{write_percent(found.rate_reference)} in the reference, {least} would be "
        f"found by Fisher's test in {100 * found.power:.0f} of 100 such studies. "
    )


def _hazard_width(results: Results) -> Sentence | None:
    landmark = results.headline_landmark
    if landmark is None:
        return None
    row = headline_hazard(results, landmark)
    if row is None or row.n + row.n_reference == 0:
        return None
    where = f"Whether clearance at {landmark} goes with longer PFS: "
    sides = [
        results.count_contrast(row, is_reference=side)
        for side, n in ((False, row.n), (True, row.n_reference))
        if n
    ]
    if len(sides) == 1:
        absent = "not cleared" if row.n else "cleared"
        return f"{where}nobody who was followed from there was {absent}.", sides
    if not (is_number(row.ci_low) and is_number(row.ci_high)):
        return f"{where}the hazard ratio has no closed interval ({row.note}).", sides
    text = (
        f"{where}hazard ratios from {write_ratio_limits(row.ci_low, row.ci_high)} "
        f"agree with the data, a {row.ci_high / row.ci_low:.0f}-fold range, from "
        f"{count_of(row.n + row.n_reference, 'patient')} with "
        f"{count_of(row.events + row.events_reference, 'event')} after the "
        f"{start_label(results, row)}."
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
    landmark, members = results.headline_landmark, results.members
    if landmark is None or not results.has_response:
        return None
    able = members.resolve(name_able(landmark))
    others = members.without(name_able(landmark))
    if not able or not others:
        return None
    responded = members.resolve("responder=yes")
    shares = [
        count_share(responded, among, label="responders") for among in (others, able)
    ]
    text = (
        f"The patients whose sample at {landmark} could not show a clearance need not "
        f"be like the others: {shares[0].text} of them responded, against "
        f"{shares[1].text} of those whose sample could. Missing ctDNA may itself tell "
        "of outcome."
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
        f"{len(tests)} tests were run, {n} of them with a p-value (families adjusted "
        f"together: {families}). If nothing were associated with anything, about "
        f"{write_decimal(0.05 * n, 1)} of them would still be expected to give "
        "p below 0.05."
    )
    return text, []
