"""Sentences on what so few patients cannot show, computed from the intervals."""

from math import nan
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.report.blocks import Count
from her2ctdna.report.contrast_sentences import excludes_no_effect
from her2ctdna.report.formats import (
    is_number,
    write_decimal,
    write_hazard,
    write_percent,
    write_points,
    write_ratio_limits,
)
from her2ctdna.report.glossary import plain
from her2ctdna.report.patient_sets import count_share
from her2ctdna.report.question_tables import note_of
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import (
    Sentence,
    headline_difference,
    headline_hazard,
    headline_molecular_response,
    headline_rate,
    name_molecular_response,
)
from her2ctdna.report.starts import start_label
from her2ctdna.sets.set_names import name_able
from her2ctdna.statistics.attainable_size import alpha_of
from her2ctdna.wording import count_of

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow


def write_limits(results: Results) -> list[Sentence]:
    """Return the few limits that matter most, for the first screen."""
    written = (
        _difference_width(results),
        _molecular_width(results),
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
    """Return what is open on HER2 and response: whether, or how much and why."""
    row = headline_difference(results)
    if row is None or not row.n + row.n_reference:
        return None
    sides = _sides(results, row)
    if not (row.n and row.n_reference):
        absent = "zero" if row.n else "low"
        text = f"Whether HER2-low and HER2-zero differ: nobody was HER2-{absent}."
        return text, sides
    agree = _write_agreeing(row)
    if excludes_no_effect(row):
        text = (
            f"How far HER2-low and HER2-zero differ, and why: {agree}. Nobody was "
            "assigned to a HER2 group, and the groups may differ in more than HER2."
        )
        return text, sides
    found = results.row(
        "detectable",
        endpoint=row.endpoint,
        population=row.population,
        origin=row.origin,
        group_by=row.group_by,
    )
    text = (
        f"Whether HER2-low and HER2-zero differ: {agree}. {_write_detectable(found)}"
        "The groups cannot be called alike."
    )
    return text, sides


def _molecular_width(results: Results) -> Sentence | None:
    """Return what is open on molecular response and ORR: whether, or how much."""
    row = headline_molecular_response(results)
    if row is None or not row.n + row.n_reference:
        return None
    name, sides = name_molecular_response(results, row), _sides(results, row)
    if not (row.n and row.n_reference):
        absent = "was without one" if row.n else "had one"
        return f"Whether response goes with {name}: nobody {absent}.", sides
    agree = _write_agreeing(row)
    if excludes_no_effect(row):
        text = (
            f"How much {'more' if row.estimate > 0 else 'less'} often patients with a "
            f"{name} respond: {agree}. A fall of ctDNA and a response may be one and "
            "the same thing seen twice."
        )
        return text, sides
    return f"Whether response goes with {name}: {agree}.", sides


def _write_agreeing(row: "ResultRow") -> str:
    """Return which differences of rates the interval holds."""
    return (
        f"differences from {write_points(row.ci_low)} to {write_points(row.ci_high)} "
        "agree with the data"
    )


def _sides(results: Results, row: "ResultRow") -> list[Count]:
    """Return the patients of both sides of a contrast, of those that there are."""
    return [
        results.count_contrast(row, is_reference=side)
        for side, n in ((False, row.n), (True, row.n_reference))
        if n
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
    """Return what is open on clearance and PFS: whether, or how much and why."""
    landmark = results.headline_landmark
    if landmark is None:
        return None
    row = headline_hazard(results, landmark)
    if row is None or row.n + row.n_reference == 0:
        return None
    where = f"Whether clearance at {landmark} goes with longer PFS: "
    sides = _sides(results, row)
    if len(sides) == 1:
        absent = "not cleared" if row.n else "cleared"
        return f"{where}nobody who was followed from there was {absent}.", sides
    if not (is_number(row.ci_low) or is_number(row.ci_high)):
        return f"{where}the hazard ratio has no interval ({note_of(row)}).", sides
    more = ""
    if excludes_no_effect(row):
        how = "longer" if is_number(row.ci_high) and row.ci_high < 1 else "shorter"
        where = f"How much {how} PFS is after clearance at {landmark}, and why: "
        more = " Who clears may differ from the others in more than that."
    text = (
        f"{where}{_write_hazards(row)}, from "
        f"{count_of(row.n + row.n_reference, 'patient')} with "
        f"{count_of(row.events + row.events_reference, 'event')} after the "
        f"{start_label(results, row)}.{more}"
    )
    return text, sides


def _write_hazards(row: "ResultRow") -> str:
    """Return which hazard ratios the interval holds; it may be open on one side."""
    if is_number(row.ci_low) and is_number(row.ci_high):
        return (
            f"hazard ratios from {write_ratio_limits(row.ci_low, row.ci_high)} agree "
            f"with the data, a {row.ci_high / row.ci_low:.0f}-fold range"
        )
    limit = write_hazard(nan, row.ci_low, row.ci_high)
    return f"any hazard ratio {limit} agrees with the data"


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
    """Return how many small p-values chance would give, and how many it cannot."""
    if not results.has("tests"):
        return None
    tests = results.tables["tests"]
    known = tests[tests["p_value"].notna()]
    if known.empty:
        return None
    alpha = alpha_of(results.association["confidence"])
    text = (
        f"{len(tests)} tests were run, {len(known)} of them with a p-value (families "
        f"adjusted together: {known['family'].nunique()}). If nothing were associated "
        "with anything, about "
        f"{write_decimal(known['attainable_size'].sum(), 1)} of them would still be "
        f"expected to give p of {alpha:g} or less{_write_out_of_reach(known)}."
    )
    return text, []


def _write_out_of_reach(known: pd.DataFrame) -> str:
    """Return how many tests cannot reach alpha, and in which family the most."""
    is_out = known["attainable_size"] == 0
    if not is_out.any():
        return ""
    said = f"; {is_out.sum()} of them cannot, however the events fall"
    counts = is_out.groupby(known["family"]).agg(["sum", "size"])
    if counts.empty or not counts["sum"].any():
        return said
    worst = counts["sum"].idxmax()
    n, size = counts.loc[worst]
    return f"{said} (of the family {plain(str(worst))} {n} of {size})"
