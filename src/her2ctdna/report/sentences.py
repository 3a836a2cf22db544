"""Sentences made from results: the question and the answer.

They state estimates with their intervals and patients, and never that something was
shown, foretold or absent: at this size the data seldom can.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from her2ctdna.report.blocks import Count
from her2ctdna.report.contrast_sentences import (
    few_of,
    write_contrast,
    write_hazard_ratio,
)
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    NOT_REACHED,
    is_number,
    write_months,
    write_p,
    write_points,
    write_rate,
)
from her2ctdna.report.glossary import group_label
from her2ctdna.report.patient_sets import count_share
from her2ctdna.report.question_tables import median_text
from her2ctdna.report.results import Results
from her2ctdna.sets.clearance_sets import (
    CLEARANCE_ABLE,
    CLEARANCE_BEST,
    CLEARANCE_WORST,
    FEW_ABLE,
    NOT_MEASURED,
    NOT_SEEN_ENOUGH,
    explain_not_able,
)
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.sets.few_patients import FEW
from her2ctdna.sets.groupings import FIRST_DOSE
from her2ctdna.sets.set_names import name_able
from her2ctdna.settings.landmark_columns import (
    LATE,
    LandmarkColumn,
    name_clearance,
    name_reduction,
)
from her2ctdna.statistics.method_names import (
    CLOPPER_PEARSON,
    COX_PROFILE,
    MANTEL_BYAR,
    NEWCOMBE,
)
from her2ctdna.wording import count_of, join_value

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

NOT_ABLE = {
    NOT_SEEN_ENOUGH: "in a sample that could not have seen enough",
    NOT_MEASURED: "in a sample in which nothing could be counted",
    "not_shedding": "with nothing detected at baseline",
    "missing": "without a usable sample or baseline",
}
"""Why a patient's sample could not show a clearance, see `explain_not_able`."""

Sentence = tuple[str, list[Count]]


def write_question(results: Results) -> str:
    """Return the question that the inputs of this study can be asked."""
    asked = []
    if results.has("her2_status"):
        better = (
            "respond more often" if results.has_response else "go with better outcome"
        )
        asked.append(f"do HER2-low tumours {better} than HER2-zero tumours")
    if results.has("ctdna_landmarks"):
        asked.append("how often does ctDNA clear early")
        asked.append("do patients whose ctDNA clears early fare better")
    question = ", and ".join(asked) or "how did the patients fare"
    return f"In this single-arm study: {question}?"


def write_subject(results: Results) -> str:
    """Return what the report is about, from the inputs of this study."""
    markers = [
        name
        for name, table in (("HER2", "her2_status"), ("ctDNA", "ctdna_landmarks"))
        if results.has(table)
    ]
    outcome = "response" if results.has_response else "survival"
    if not markers:
        return "Response and survival" if results.has_response else "Survival"
    return f"{' and '.join(markers)} in relation to {outcome}"


def write_answers(results: Results) -> list[Sentence]:
    """Return the answer in at most five sentences, each with its patients.

    How all fared; HER2 and response, or times; clearance; response by molecular
    response; clearance and outcome. What rests on few patients comes last.
    """
    written = (
        _join(_orr(results), _survival(results)),
        _her2(results) or _her2_times(results),
        _clearance(results),
        _molecular_response(results),
        _clearance_outcome(results),
    )
    said = [sentence for sentence in written if sentence]
    return said[:1] + sorted(said[1:], key=lambda sentence: FEW in sentence[0])


def write_missed(results: Results, landmark: str) -> str:
    """Return how many treated patients' samples could not show a clearance, and why."""
    why = explain_not_able(results.treated, landmark)
    counts = {name: int((why == name).sum()) for name in NOT_ABLE}
    return ", ".join(f"{n} {NOT_ABLE[name]}" for name, n in counts.items() if n)


def write_same_window(results: Results, landmark: str) -> Sentence:
    """Return how many samples came too late to be set against a response.

    What is drawn after a scan may tell what the scan had shown.
    """
    able = results.members.resolve(name_able(landmark))
    late = results.members.resolve(
        join_value(LandmarkColumn(LATE, landmark).name, "yes")
    )
    count = count_share(late, able, label="drawn after the first scan")
    text = (
        f"Rates of response are not counted from the landmark. Of those able to show a "
        f"clearance at {landmark}, {count.text} had their sample drawn after the first "
        "scan; such a sample is no early sign of a response and is left out of these "
        "rates."
    )
    return text, [count]


def write_mantel_byar(results: Results) -> list[Sentence]:
    """Return what Mantel and Byar's test gave for each time to event."""
    found: list[Sentence] = []
    for test in results.rows("tests", test=MANTEL_BYAR):
        name = results.endpoint_label(test.endpoint)
        gave = f"chi-square {test.statistic:.2f}, p {write_p(test.p_value)}"
        if not is_number(test.p_value):
            gave = f"not possible ({test.note})"
        found.append((f"{name}: Mantel-Byar test {gave}.", []))
    return found


def write_response_kind(results: Results) -> str:
    """Return how a response counts under these definitions."""
    is_confirmed = results.response["confirmed"]
    confirmed = "confirmed" if is_confirmed else "confirmed or not"
    if results.response["source"] == "lesions":
        return f"{confirmed}, derived from the lesions"
    evaluator = results.response["evaluator"]
    by = {"investigator": "the investigator", "independent": "independent review"}
    return f"{confirmed}, as reported by {by.get(evaluator, evaluator)}"


def headline_rate(results: Results, endpoint: str, **equal: str) -> Any:
    """Return a rate of all treated patients, or as ``equal`` says, or None."""
    wanted = {"population": "all_treated", "group_by": "all"} | equal
    method = CLOPPER_PEARSON
    return results.row("rates", endpoint=endpoint, ci_method=method, **wanted)


def _join(first: Sentence | None, second: Sentence | None) -> Sentence | None:
    """Return two sentences as one, or the one that there is."""
    if first is None or second is None:
        return first or second
    text = f"{first[0].removesuffix('.')}; {second[0][0].lower()}{second[0][1:]}"
    return text, [*first[1], *second[1]]


def _orr(results: Results) -> Sentence | None:
    row = headline_rate(results, "orr")
    if row is None:
        return None
    text = (
        f"Of {count_of(row.N, 'treated patient')} {row.n:.0f} had a complete "
        "or partial "
        f"response ({write_response_kind(results)}): ORR "
        f"{write_rate(row.rate, row.ci_low, row.ci_high)}."
    )
    return text, [results.count_rate(row)]


def headline_difference(
    results: Results,
    *,
    group_by: str = "her2_group",
    group: str = "low",
    population: str = "all_treated",
) -> Any:
    """Return a difference of ORR, that of HER2-low and HER2-zero at first, or None."""
    return results.row(
        "contrasts",
        endpoint="orr",
        population=population,
        group_by=group_by,
        group=group,
        measure="risk_difference",
        ci_method=NEWCOMBE,
    )


def headline_hazard(results: Results, landmark: str) -> Any:
    """Return the hazard ratio of PFS by clearance from a landmark on, or None."""
    return results.row(
        "contrasts",
        endpoint="pfs",
        group_by=name_clearance(landmark),
        origin=landmark,
        population=CLEARANCE_ABLE,
        ci_method=COX_PROFILE,
        biased="no",
    )


def headline_her2_hazard(results: Results, endpoint: str) -> Any:
    """Return the hazard ratio of HER2-low over HER2-zero, not adjusted, or None."""
    return results.row(
        "contrasts",
        endpoint=endpoint,
        group_by="her2_group",
        ci_method=COX_PROFILE,
        biased="no",
    )


def headline_molecular_response(results: Results) -> Any:
    """Return the difference of ORR by the least molecular response, or None.

    Of the config's the one that asks for the smallest fall, at the headline's landmark.
    """
    ratios, landmark = results.ctdna["molecular_response"], results.headline_landmark
    if landmark is None or not ratios:
        return None
    column = LandmarkColumn(name_reduction(max(ratios)), landmark).name
    population = "ctdna_evaluable"
    return headline_difference(
        results, group_by=column, group="yes", population=population
    )


def _write_follow_up(row: "ResultRow", names: Mapping[str, str]) -> str:
    """Return how long patients were followed: to death or last contact, where known."""
    of_what = f"median follow-up for {names[row.endpoint]}"
    if row.n == row.events:
        return f"{of_what} {NOT_ESTIMABLE}, as all had the event"
    return f"{of_what} {write_months(row.followup_median_days, missing=NOT_REACHED)}"


def _her2(results: Results) -> Sentence | None:
    row = headline_difference(results)
    if row is None:
        return None
    low, zero = (
        headline_rate(results, "orr", group_by="her2_group", group=name)
        for name in ("low", "zero")
    )
    if not (low.N and zero.N):
        return _her2_alone(results, low if low.N else zero)
    text = (
        f"ORR was {write_rate(low.rate, low.ci_low, low.ci_high)} in "
        f"{low.N:.0f} HER2-low and {write_rate(zero.rate, zero.ci_low, zero.ci_high)} "
        f"in {zero.N:.0f} HER2-zero patients: "
    )
    how = "; ".join(filter(None, ["Newcombe", few_of(row)]))
    text += (
        f"low minus zero {write_points(row.estimate)}, interval "
        f"{write_points(row.ci_low)} to {write_points(row.ci_high)} ({how})."
    )
    return text, [results.count_rate(low), results.count_rate(zero)]


def _her2_alone(results: Results, row: "ResultRow") -> Sentence | None:
    """Return the ORR of the one HER2 group that has patients, nothing without any."""
    if not row.N:
        return None
    absent = "zero" if row.group == "low" else "low"
    text = (
        f"ORR was {write_rate(row.rate, row.ci_low, row.ci_high)} in {row.N:.0f} "
        f"{group_label('her2_group', row.group)} patients; nobody was "
        f"{group_label('her2_group', absent)}."
    )
    return text, [results.count_rate(row)]


def _her2_times(results: Results) -> Sentence | None:
    """Return PFS by HER2 group, or OS, for studies that no response is known of."""
    asked = [headline_her2_hazard(results, endpoint) for endpoint in SURVIVAL]
    row = next(
        (row for row in asked if row is not None and row.n and row.n_reference), None
    )
    if row is None:
        return None
    sides = [(row.group, False), (row.reference, True)]
    medians = [
        f"{median_text(found)} in {found.n:.0f} {group_label('her2_group', name)} "
        f"patients{f' ({few_of(found)})' if few_of(found) else ''}"
        for name, _ in sides
        for found in results.rows(
            "survival", endpoint=row.endpoint, group_by="her2_group", group=name
        )
    ]
    text = (
        f"Median {row.endpoint.upper()} was {' and '.join(medians)}: hazard "
        f"ratio, low over zero, {write_hazard_ratio(results, row)}"
    )
    mark = f" ({few_of(row)})" if few_of(row) else ""
    counts = [
        results.count_contrast(row, is_reference=is_reference)
        for _, is_reference in sides
    ]
    return f"{text}{mark}.", counts


def _molecular_response(results: Results) -> Sentence | None:
    """Return the ORR with and without a fall of ctDNA, and their difference."""
    row = headline_molecular_response(results)
    if row is None or not (row.n and row.n_reference):
        return None
    counts = [results.count_contrast(row, is_reference=side) for side in (False, True)]
    how = "; ".join(filter(None, ["Newcombe", few_of(row)]))
    text = (
        f"ORR by {name_molecular_response(results, row)}: {counts[0].text} against "
        f"{counts[1].text}, difference {write_points(row.estimate)}, interval "
        f"{write_points(row.ci_low)} to {write_points(row.ci_high)} ({how})."
    )
    return text, counts


def name_molecular_response(results: Results, row: "ResultRow") -> str:
    """Return a molecular response with the fall that it asks for and its landmark."""
    column = LandmarkColumn.parse(row.group_by, results.landmarks)
    least = f"\N{GREATER-THAN OR EQUAL TO} {column.reduction if column else ''} % fall"
    return f"molecular response ({least}) at {row.origin}"


def _clearance(results: Results) -> Sentence | None:
    landmark = results.headline_landmark
    if landmark is None:
        return None
    row = clearance_rate(results, landmark, CLEARANCE_ABLE)
    if row is None:
        return None
    others = results.members.without(name_able(landmark))
    treated = results.members.resolve("all_treated")
    missed = count_share(others, treated, label="not able to show a clearance")
    reasons = write_missed(results, landmark)
    if row.N == 0:
        text = f"At {landmark} no patient's sample could show a clearance of ctDNA"
        return f"{text} ({reasons or 'none was treated'}).", [missed]
    if row.N < FEW_ABLE:
        count = results.count_rate(row)
        text = (
            f"At {landmark} only {row.N:.0f} of "
            f"{count_of(len(treated), 'treated patient')} had a "
            f"sample that could show a clearance of ctDNA; {row.n:.0f} of them cleared"
            f"{f' ({reasons})' if reasons else ''}. No rate is told from so few."
        )
        return text, [count, missed]
    text = (
        f"At {landmark} ctDNA was cleared in {row.n:.0f} of the {row.N:.0f} patients "
        f"whose sample could show it: {write_rate(row.rate, row.ci_low, row.ci_high)}"
    )
    worst = clearance_rate(results, landmark, CLEARANCE_WORST)
    best = clearance_rate(results, landmark, CLEARANCE_BEST)
    bounds = []
    if reasons:
        text += f"; the other {len(others)} treated had no such sample ({reasons})"
    if worst.n < best.n:
        bounds = [results.count_rate(worst), results.count_rate(best)]
        text += (
            f". Of all with ctDNA at baseline it is from {bounds[0].text} to "
            f"{bounds[1].text}, if nobody or everybody not judged had cleared"
        )
    return f"{text}.", [results.count_rate(row), missed, *bounds]


def clearance_rate(results: Results, landmark: str, population: str) -> Any:
    """Return the rate of clearance in one of its sets, or None."""
    return headline_rate(results, name_clearance(landmark), population=population)


def _clearance_outcome(results: Results) -> Sentence | None:
    """Return how response and PFS went with clearance at the headline's landmark."""
    landmark = results.headline_landmark
    if landmark is None:
        return None
    rows = (
        headline_difference(
            results,
            group_by=name_clearance(landmark),
            group="cleared",
            population=CLEARANCE_ABLE,
        ),
        headline_hazard(results, landmark),
    )
    said = [
        (
            write_contrast(results, row),
            results.count_contrast(row, is_reference=is_reference),
        )
        for row in rows
        if row is not None and row.n and row.n_reference
        for is_reference in (False, True)
    ]
    if not said:
        return None
    texts = dict.fromkeys(text for text, _ in said)
    text = f"Cleared at {landmark} against not cleared: {'; '.join(texts)}."
    return text, [count for _, count in said]


def _survival(results: Results) -> Sentence | None:
    """Return the median of PFS, or of OS where no patient has a PFS."""
    names = {"pfs": "progression-free survival", "os": "overall survival"}
    rows = [
        results.row("survival", endpoint=name, group_by="all", origin=FIRST_DOSE)
        for name in names
    ]
    known = [row for row in rows if row is not None and row.n]
    if not known:
        return None
    row = known[0]
    text = (
        f"Median {names[row.endpoint]} from {row.counted_from} was {median_text(row)}, "
        f"with {count_of(row.events, 'event')} in {count_of(row.n, 'patient')}"
        f"{f' ({few_of(row)})' if few_of(row) else ''}; "
        f"{_write_follow_up(known[-1], names)}."
    )
    return text, [results.count_survival(row)]
