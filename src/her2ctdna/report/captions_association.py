"""Captions of the figures of association: how to read each one, with its numbers."""

from collections.abc import Callable
from typing import Any

from her2ctdna.report.formats import write_percent
from her2ctdna.report.glossary import group_label
from her2ctdna.report.question_tables import median_text
from her2ctdna.report.results import Results
from her2ctdna.report.starts import endpoint_start
from her2ctdna.sets.groupings import LEVELS

NOBODY = "nobody"
"""What stands where no group has a patient."""


def _response_by_her2(results: Results) -> str:
    shown = [
        f"{group_label('her2_group', row.group)} {row.n:.0f}/{row.N:.0f} "
        f"({write_percent(row.rate)})"
        for row in _rates_of_groups(results)
    ]
    return (
        f"ORR of all treated patients: {', '.join(shown) or NOBODY}. Points are rates, "
        f"lines their {results.confidence} intervals; the dashed line is the best fit "
        "that never falls from one level to the next, the shade its bootstrap band, "
        "which is too narrow with so few patients. The test of trend asks whether the "
        "rate rises or falls with the level. A HER2-zero without a stated level has no "
        "place on that axis and stands apart. Where intervals overlap widely, the "
        "order of the points says little."
    )


def _context(results: Results) -> str:
    shown = [
        f"{group_label('her2_group', row.group)} {row.n:.0f}/{row.N:.0f}"
        for row in _rates_of_groups(results)
    ]
    return (
        f"ORR of this study, shaded ({', '.join(shown) or NOBODY}), with published "
        "rates in grey below it: other patients, other lines, other assays, so not a "
        f"comparison. Lines are {results.confidence} Clopper-Pearson intervals. Where "
        "the published response was confirmed or read independently it says so; "
        "sources stand in the table below."
    )


def _forest(results: Results) -> str:
    return (
        "Each line is one comparison of ORR: the mark is the difference, the line its "
        f"{results.confidence} interval, the vertical line where both groups respond "
        "alike. An interval that crosses it holds both directions. They are not "
        "adjusted for other characteristics, nor independent: the same patients stand "
        "in all of them. An arrow says that an interval goes on beyond the axis; the "
        "two odds ratios below are of the first line. Within subgroups the p of "
        "interaction asks whether the odds ratio of HER2 is the same in all levels of "
        "a characteristic."
    )


def _ctdna_by_her2(results: Results) -> str:
    detected = ("all_treated", "baseline_state=detected")
    sizes = [
        f"{results.members.size(*detected, f'her2_group={name}')} HER2-{name}"
        for name in ("low", "zero")
    ]
    return (
        "One mark a patient: the level at baseline, and that at the first landmark "
        f"over it, of patients with ctDNA at baseline ({' and '.join(sizes)}). A ratio "
        "below 1 is a fall; an open triangle is an upper limit, the truth lying below. "
        "Above each panel stands how many times higher the HER2-low are: the median of "
        "all ratios of two patients, with its interval. "
        "HER2-low goes with hormone receptor status, and the amount of ctDNA with "
        "tumour burden: a contrast between groups may be theirs."
    )


def _kaplan_meier(endpoint: str, kind: str) -> Callable[[Results], str]:
    """Return the caption of curves of ``endpoint`` by ``her2_group`` or clearance."""

    def caption(results: Results) -> str:
        column, origin = "her2_group", endpoint_start(results, endpoint)
        if kind == "clearance" and not results.landmarks:
            return "Nothing is drawn, as no landmark is configured."
        if kind == "clearance":
            column = f"clearance_{results.landmarks[0]}"
            origin = f"the landmark {results.landmarks[0]}"
        medians = [
            f"{group_label(column, row.group)} {median_text(row)}, "
            f"{row.events:.0f}/{row.n:.0f} with the event"
            for row in results.rows("survival", endpoint=endpoint, group_by=column)
            if row.group in LEVELS[kind]
        ]
        event = "progression or death" if endpoint == "pfs" else "death"
        return (
            f"Share of patients without {event}, by time from {origin}. Marks on a "
            "curve are patients last seen without the event, the shade is its "
            f"{results.confidence} band; dotted lines lead to the medians. The numbers "
            "below are those still followed, and in brackets the events so far: where "
            "few are left the curve is uncertain. Medians: "
            f"{'; '.join(medians) or NOBODY}."
        )

    return caption


def _clearance_bias(results: Results) -> str:
    if not results.landmarks:
        at = "no landmark is configured"
    else:
        size = results.members.size(f"landmark_{results.landmarks[0]}")
        at = f"{size} judged at {results.landmarks[0]}"
    detected = results.members.size("all_treated", "baseline_state=detected")
    return (
        "Three ways to set those cleared against the others. Left, the naive one, not "
        "to be believed: whoever was cleared at any time counts as cleared from first "
        "dose, though they had to live without the event until that draw. Middle, from "
        f"the landmark on ({at}). Right, all {detected} treated patients with ctDNA at "
        "baseline, who move to the cleared at the draw: the right panel begins with "
        "nobody cleared. Below, the hazard ratios with their "
        f"{results.confidence} intervals; how far the first lies from the others is "
        "what immortal time alone can do."
    )


def _model_performance(results: Results) -> str:
    rows = list(results.rows("model", measure="auc"))
    known = [row for row in rows if row.estimate == row.estimate]
    if not known:
        return "The models could not be fitted; the figure says why."
    row = known[0]
    return (
        f"What two models tell of response in {row.n:.0f} patients, "
        f"{row.events:.0f} of them responders, each patient judged by fits that have "
        "not seen them. Left: "
        "in well calibrated groups the marks lie on the line. Middle: a curve on the "
        "diagonal, or below it, is that of chance. Right: a feature that leads in few "
        "fits, or whose sign changes, is not to be built on. With so few patients "
        "every part of it is uncertain."
    )


def _rates_of_groups(results: Results) -> list[Any]:
    """Return ORR of all treated patients in the HER2 groups that have any."""
    rows = results.rows(
        "rates",
        endpoint="orr",
        population="all_treated",
        group_by="her2_group",
        ci_method="clopper_pearson",
    )
    return [row for row in rows if row.N and row.group in LEVELS["her2_group"]]


ASSOCIATION: dict[str, tuple[str, Callable[[Results], str]]] = {
    "response_by_her2": ("Response by HER2", _response_by_her2),
    "context": ("Response by HER2, in context", _context),
    "forest": ("ORR in every comparison", _forest),
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
    "clearance_bias": ("Clearance, naive and guarded", _clearance_bias),
    "model_performance": (
        "What the models of response tell",
        _model_performance,
    ),
    "ctdna_by_her2": ("ctDNA by HER2", _ctdna_by_her2),
}
"""The title of each figure of association, and what its caption says."""
