"""Captions of the figures: how to read each one, with the numbers it shows."""

from collections.abc import Callable

from her2ctdna.groupings import LEVELS, is_in_population
from her2ctdna.report.blocks import Block, Figure, Paragraph
from her2ctdna.report.formats import write_level, write_percent
from her2ctdna.report.results import Results
from her2ctdna.report.sets import as_numbers
from her2ctdna.report.tabulate import median_text
from her2ctdna.report.words import METRICS, group_label, grouping_label

NOBODY = "nobody"


def figure_blocks(results: Results, *names: str) -> list[Block]:
    """Return the figures of these names; of one that was not drawn, that it is not."""
    blocks: list[Block] = []
    for name in names:
        title, caption = CAPTIONS[name]
        if name in results.figures:
            source, width = results.figure_source(name), results.figure_width(name)
            blocks.append(Figure(name, title, caption(results), source, width))
        else:
            blocks.append(Paragraph(f"{title}: this figure was not drawn."))
    return blocks


def _patient_flow(results: Results) -> str:
    return (
        f"{len(results.patients)} patients were enrolled and {len(results.treated)} "
        "treated. Read from top to bottom: each box is a set of patients, with those "
        "left out of it and the reason beside it. The evaluable sets are each taken "
        "from the treated patients, so one patient may be in several of them."
    )


def _her2_distribution(results: Results) -> str:
    groups = results.treated["her2_group"]
    return (
        f"{(groups == 'low').sum()} treated patients are HER2-low, "
        f"{(groups == 'zero').sum()} HER2-zero and {groups.isna().sum()} in no group. "
        "Classes run from no staining at all to the strongest that still is "
        "HER2-negative; each patient stands in one class."
    )


def _her2_agreement(results: Results) -> str:
    return (
        "Read along the diagonal: patients on it were scored alike twice; the further "
        "off the diagonal, the further apart the two readings. Where most patients "
        "fall into one class, agreement by chance is high, so look at the cells and "
        "not only at a kappa."
    )


def _waterfall(results: Results) -> str:
    change = as_numbers(results.treated, "best_change_percent")
    shrunk = (change <= -30).sum()
    return (
        f"One bar a patient, {change.notna().sum()} of {len(change)} treated: the "
        "smallest sum of target lesions after first dose, as change from baseline. "
        f"Bars below the axis are shrinkage; {shrunk} fell by 30 % or more, which a "
        "partial response needs but which does not make one: confirmation, other "
        "lesions and new lesions count too. "
        f"{change.isna().sum()} patients without a bar are "
        "listed under Left out."
    )


def _swimmer(results: Results) -> str:
    events = results.treated["pfs_event"]
    return (
        f"One lane a patient, {len(events)} treated, from first dose to the right; the "
        "marks along a lane are what was seen at that time. "
        f"{(events == 'yes').sum()} patients had progression or death; "
        f"{(events == 'no').sum()} were last seen without either."
    )


def _spider(results: Results) -> str:
    patients = results.treated["best_change_percent"].notna().sum()
    return (
        f"One line a patient, {patients} with measured target lesions: change of their "
        "sum from baseline over time. A line that falls and stays down is a lasting "
        "shrinkage; one that turns up is growth from the lowest point, which is what "
        "progression is measured from."
    )


def _oncoprint(results: Results) -> str:
    return (
        "Rows are genes, columns are blood draws in order of time within a patient, "
        "not patients. A coloured cell is a tracked variant that was seen. An empty "
        "cell in a draw that was not evaluable means unknown, not absent."
    )


def _ctdna_trajectories(results: Results) -> str:
    metric = METRICS[results.ctdna["metric"]]
    detected = results.treated["baseline_state"] == "detected"
    median = as_numbers(results.treated, "baseline_level")[detected].median()
    level = write_level(float(median), metric=results.ctdna["metric"])
    return (
        f"One line a patient: {metric} over time, on a logarithmic axis, so equal "
        f"steps down are equal ratios. {detected.sum()} treated patients had ctDNA at "
        f"baseline, with a median level of {level}. A draw in which nothing was seen "
        "stands at what it could have seen, not at zero: the truth lies somewhere "
        "below the mark."
    )


def _ctdna_clearance(results: Results) -> str:
    judged = [
        f"{name}: {(results.treated[f'clearance_{name}'] == 'cleared').sum()} of "
        f"{results.treated[f'clearance_{name}'].isin(LEVELS['clearance']).sum()} judged"
        for name in results.landmarks
    ]
    return (
        f"Cleared at each landmark ({'; '.join(judged) or NOBODY}). Every treated "
        "patient stands in one category; only cleared and not cleared make up the "
        "denominator of the rate. Not shedding, uninformative and missing are neither."
    )


def _response_by_her2(results: Results) -> str:
    shown = [
        f"{group_label('her2_group', row.group)} {row.n:.0f}/{row.N:.0f} "
        f"({write_percent(row.rate)})"
        for row in results.rows(
            "rates",
            endpoint="orr",
            population="all_treated",
            group_by="her2_group",
            ci_method="clopper_pearson",
        )
        if row.N
    ]
    return (
        f"ORR by HER2: {', '.join(shown) or NOBODY}. Points are rates, lines their "
        f"{results.confidence} intervals. Where intervals overlap widely, the order of "
        "the points says little."
    )


def _forest(results: Results) -> str:
    return (
        "Each line is one comparison: the mark is the estimate, the line its "
        f"{results.confidence} interval, the vertical line where both groups fare "
        "alike. An interval that crosses it holds both directions; its width is what "
        "these patients leave open. Comparisons were not planned for power."
    )


def _ctdna_by_her2(results: Results) -> str:
    group = results.treated["her2_group"]
    evaluable = is_in_population(results.treated, "ctdna_evaluable")
    sizes = [
        f"{(group[evaluable] == name).sum()} HER2-{name}" for name in ("low", "zero")
    ]
    return (
        f"ctDNA at baseline and its clearance in the ctDNA-evaluable patients with a "
        f"HER2 group ({' and '.join(sizes)}). HER2-low goes with hormone receptor "
        "status, and the amount of ctDNA with tumour burden: a contrast between "
        "groups may be theirs."
    )


def _kaplan_meier(endpoint: str, kind: str) -> Callable[[Results], str]:
    """Return the caption of curves of ``endpoint`` by ``her2_group`` or clearance."""

    def caption(results: Results) -> str:
        columns = ["her2_group"]
        if kind == "clearance":
            columns = [f"clearance_{name}" for name in results.landmarks]
        medians = [
            f"{grouping_label(column)}, {group_label(column, row.group)}: "
            f"{median_text(row)}, {row.events:.0f} events in {row.n:.0f}"
            for column in columns
            for row in results.rows("survival", endpoint=endpoint, group_by=column)
            if row.group in LEVELS[kind]
        ]
        event = "progression or death" if endpoint == "pfs" else "death"
        origin = "first dose" if kind == "her2_group" else "the landmark"
        return (
            f"Share of patients without {event}, by time from {origin}; marks on a "
            "curve are patients last seen without the event, and the numbers below "
            "those still followed. To the right few are left and the curve is "
            f"uncertain. Medians: {'; '.join(medians) or NOBODY}."
        )

    return caption


CAPTIONS: dict[str, tuple[str, Callable[[Results], str]]] = {
    "patient_flow": ("Flow of patients", _patient_flow),
    "her2_distribution": ("HER2 classes", _her2_distribution),
    "her2_agreement": ("Agreement of HER2 readings", _her2_agreement),
    "waterfall": ("Best change of target lesions", _waterfall),
    "swimmer": ("Course of each patient", _swimmer),
    "spider": ("Target lesions over time", _spider),
    "oncoprint": ("Tracked variants in each draw", _oncoprint),
    "ctdna_trajectories": ("ctDNA over time", _ctdna_trajectories),
    "ctdna_clearance": ("ctDNA clearance at the landmarks", _ctdna_clearance),
    "response_by_her2": ("Response by HER2", _response_by_her2),
    "forest": ("All contrasts", _forest),
    "km_pfs_her2": (
        "Progression-free survival by HER2 group",
        _kaplan_meier("pfs", "her2_group"),
    ),
    "km_os_her2": (
        "Overall survival by HER2 group",
        _kaplan_meier("os", "her2_group"),
    ),
    "km_pfs_clearance": (
        "Progression-free survival by ctDNA clearance",
        _kaplan_meier("pfs", "clearance"),
    ),
    "km_os_clearance": (
        "Overall survival by ctDNA clearance",
        _kaplan_meier("os", "clearance"),
    ),
    "ctdna_by_her2": ("ctDNA by HER2", _ctdna_by_her2),
}
"""The title of each figure, and what its caption says."""
