"""Captions of the figures: how to read each one, with the numbers it shows."""

from collections.abc import Callable

from her2ctdna.report.blocks import Block, Figure, Paragraph
from her2ctdna.report.captions_association import ASSOCIATION, NOBODY
from her2ctdna.report.formats import write_level
from her2ctdna.report.glossary import METRICS
from her2ctdna.report.patient_sets import as_numbers
from her2ctdna.report.results import Results
from her2ctdna.response.recist_criteria import PARTIAL_RESPONSE_PERCENT
from her2ctdna.sets.set_names import name_judged
from her2ctdna.settings.landmark_columns import name_clearance


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
    shrunk = (change <= PARTIAL_RESPONSE_PERCENT).sum()
    treated = results.members.size("all_treated")
    known = results.members.size("all_treated", "best_change_percent=known")
    return (
        f"One bar a patient, {known} of {treated} treated: the "
        "smallest sum of target lesions after first dose, as change from baseline. "
        "The colour is the HER2 class. "
        f"Bars below the axis are shrinkage; {shrunk} fell by "
        f"{-PARTIAL_RESPONSE_PERCENT:g} % or more, which a partial response needs but "
        "which does not make one: confirmation, other lesions and new lesions count "
        "too. The strips below give best response and ctDNA clearance at each "
        "landmark. "
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
        f"{name}: {size('all_treated', name_clearance(name) + '=cleared')} of "
        f"{size(name_judged(name))} judged"
        for name in results.landmarks
    ]
    return (
        f"Cleared at each landmark ({'; '.join(judged) or NOBODY}). Every treated "
        "patient stands in one category; only cleared and not cleared make up the "
        "denominator of the rate. Not shedding, uninformative and missing are neither. "
        "What each cleared sample cannot exclude is listed below."
    )


CAPTIONS: dict[str, tuple[str, Callable[[Results], str]]] = {
    "patient_flow": ("Flow of patients", _patient_flow),
    "her2_distribution": ("HER2 classes", _her2_distribution),
    "her2_agreement": ("Agreement of HER2 readings", _her2_agreement),
    "waterfall": ("Best change of target lesions", _waterfall),
    "swimmer": ("Course of each patient", _swimmer),
    "spider": ("Target lesions over time", _spider),
    "oncoprint": ("Tracked variants by gene and draw", _oncoprint),
    "ctdna_trajectories": ("ctDNA over time", _ctdna_trajectories),
    "ctdna_clearance": ("ctDNA clearance at the landmarks", _ctdna_clearance),
    **ASSOCIATION,
}
"""The title of each figure, and what its caption says."""

OF_PAGES: dict[str, Callable[[Results], str]] = {"patient_profiles": _patient_profiles}
"""What the captions of figures say that have pages, and are not in the report."""
