"""Captions of the figures: how to read each one, with the numbers it shows."""

from collections.abc import Callable

from her2ctdna.groupings import LEVELS
from her2ctdna.report.blocks import Block, Figure, Paragraph
from her2ctdna.report.formats import write_level, write_percent
from her2ctdna.report.results import Results
from her2ctdna.report.sets import as_numbers
from her2ctdna.report.tabulate import median_text
from her2ctdna.report.words import METRICS, group_label

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
    size = results.members.size
    return (
        f"{size('enrolled')} patients were enrolled and {size('all_treated')} "
        "treated. Read from top to bottom: each box is a set of patients, with those "
        "left out of it and the reason beside it. The evaluable sets are each taken "
        "from the treated patients, so one patient may be in several of them."
    )


def _her2_distribution(results: Results) -> str:
    groups = {
        name: results.members.size("enrolled", f"her2_group={name}")
        for name in ("low", "zero", "missing")
    }
    return (
        f"Of {results.members.size('enrolled')} enrolled patients {groups['low']} are "
        f"HER2-low, {groups['zero']} HER2-zero and {groups['missing']} in no group. "
        "From top to bottom staining grows; each patient stands in one class."
    )


def _her2_agreement(results: Results) -> str:
    return (
        "Left, the IHC score of one specimen by two readers: pairs on the outlined "
        "diagonal agree; the further off it, the further apart the two scores. Right, "
        "the HER2 class of a patient's most recent primary and metastasis, by one "
        "reader: dark ribbons keep their class, pale ones change it, by biology or by "
        f"reading. In brackets are {results.confidence} intervals. Where most pairs "
        "share a score, agreement by chance is high and kappa low: look at the counts."
    )


def _waterfall(results: Results) -> str:
    change = as_numbers(results.treated, "best_change_percent")
    shrunk = (change <= -30).sum()
    treated = results.members.size("all_treated")
    known = results.members.size("all_treated", "best_change_percent=known")
    return (
        f"One bar a patient, {known} of {treated} treated: the "
        "smallest sum of target lesions after first dose, as change from baseline. "
        "The colour is the HER2 class. "
        f"Bars below the axis are shrinkage; {shrunk} fell by 30 % or more, which a "
        "partial response needs but which does not make one: confirmation, other "
        "lesions and new lesions count too. The strips below give best response and "
        "ctDNA clearance at each landmark. "
        f"{treated - known} patients without a bar are "
        "listed under Left out."
    )


def _swimmer(results: Results) -> str:
    treated, followed, events = (
        results.members.size("all_treated", *names)
        for names in ((), ("pfs",), ("pfs", "pfs_event=yes"))
    )
    return (
        f"One lane a patient, {treated} treated, from first dose to the right. The "
        "thick bar is the time on treatment and its colour the response last seen, "
        "the thin bar that response after the last dose, the line follow-up. Marks on "
        "the bar are events, those in the row below it plasma samples. "
        f"{events} patients had progression or death; "
        f"{followed - events} were last seen without either."
    )


def _spider(results: Results) -> str:
    patients = results.members.size("all_treated", "best_change_percent=known")
    return (
        f"One line a patient, {patients} with measured target lesions: change of their "
        "sum from baseline over time. A line that falls and stays down is a lasting "
        "shrinkage; one that turns up is growth from the lowest point, which is what "
        "progression is measured from. Panels are HER2 groups, colours best responses."
    )


def _patient_profiles(results: Results) -> str:
    return (
        f"A page for each of {results.members.size('enrolled')} patients, on one axis "
        "of days since first dose: change of target lesions with the response at each "
        "assessment, the level of ctDNA with each sample's own limit of detection and "
        "the VAF of its variants, then treatment, adverse events and antibodies. An "
        "arrow is an upper limit: nothing was seen, and the truth lies below."
    )


def _oncoprint(results: Results) -> str:
    with_plasma = set(results.tables["ctdna_samples"]["patient_id"])
    n = len(with_plasma.intersection(results.members.resolve("all_treated")))
    return (
        "Rows are genes, columns are plasma draws, those of a patient side by side in "
        f"the order of time ({n} treated patients with plasma). A filled cell is a "
        "tracked variant that was detected, the darker the higher its VAF; an empty "
        "box one that was looked for deep enough and not seen; a cross one that was "
        "not measured, which says nothing; a diamond one that appeared later and is "
        "not tracked. Where there is no mark none is tracked, which does not say that "
        "the tumour has none: only what plasma at baseline showed is tracked."
    )


def _ctdna_trajectories(results: Results) -> str:
    detected = results.treated["baseline_state"] == "detected"
    median = as_numbers(results.treated, "baseline_level")[detected].median()
    level = write_level(float(median), metric=results.ctdna["metric"])
    n = results.members.size("all_treated", "baseline_state=detected")
    return (
        f"One line a patient: {METRICS[results.ctdna['metric']]} over time, on a "
        "logarithmic axis, so equal steps down are equal ratios. "
        f"{n} treated patients had ctDNA at baseline, with a median level "
        f"of {level}. A draw in which nothing was seen stands at its upper limit, not "
        "at zero: the truth lies somewhere along the arrow. Short grey ticks are the "
        "levels that each sample could have seen, light bands the landmarks' windows."
    )


def _ctdna_clearance(results: Results) -> str:
    size = results.members.size
    judged = [
        f"{name}: {size('all_treated', f'clearance_{name}=cleared')} of "
        f"{size(f'landmark_{name}')} judged"
        for name in results.landmarks
    ]
    return (
        f"Cleared at each landmark ({'; '.join(judged) or NOBODY}). Every treated "
        "patient stands in one category; only cleared and not cleared make up the "
        "denominator of the rate. Not shedding, uninformative and missing are neither. "
        "What each cleared sample cannot exclude is listed below."
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
        if row.N and row.group in LEVELS["her2_group"]
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
        for row in results.rows(
            "rates",
            endpoint="orr",
            population="all_treated",
            group_by="her2_group",
            ci_method="clopper_pearson",
        )
        if row.N and row.group in LEVELS["her2_group"]
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
        column, origin = "her2_group", "first dose"
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


CAPTIONS: dict[str, tuple[str, Callable[[Results], str]]] = {
    "patient_flow": ("Flow of patients", _patient_flow),
    "her2_distribution": ("HER2 classes", _her2_distribution),
    "her2_agreement": ("Agreement of HER2 readings", _her2_agreement),
    "waterfall": ("Best change of target lesions", _waterfall),
    "swimmer": ("Course of each patient", _swimmer),
    "spider": ("Target lesions over time", _spider),
    "patient_profiles": ("Profiles of patients", _patient_profiles),
    "oncoprint": ("Tracked variants by gene and draw", _oncoprint),
    "ctdna_trajectories": ("ctDNA over time", _ctdna_trajectories),
    "ctdna_clearance": ("ctDNA clearance at the landmarks", _ctdna_clearance),
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
    "model_performance": ("What the models of response tell", _model_performance),
    "ctdna_by_her2": ("ctDNA by HER2", _ctdna_by_her2),
}
"""The title of each figure, and what its caption says."""
