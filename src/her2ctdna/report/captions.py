"""Captions of the figures: the numbers of the study, then how to read the figure.

How to read a figure stands in the catalogue of results, and in Snakemake's report too.
"""

from collections.abc import Callable
from functools import partial

from jinja2 import Environment

from her2ctdna.figures.clearance_bias_table import Sides, write_gaps
from her2ctdna.report.blocks import Block, Figure, Paragraph
from her2ctdna.report.contrast_sentences import median_with_mark
from her2ctdna.report.formats import write_level, write_percent
from her2ctdna.report.glossary import METRICS, group_label
from her2ctdna.report.patient_sets import as_numbers
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import headline_hazard
from her2ctdna.report.starts import endpoint_start, start_label
from her2ctdna.response.recist_criteria import PARTIAL_RESPONSE_PERCENT
from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE
from her2ctdna.sets.groupings import LEVELS
from her2ctdna.sets.set_names import name_able, name_clearance_set
from her2ctdna.settings.catalogue import FIGURES
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.statistics.method_names import COX_PROFILE
from her2ctdna.wording import count_of

_NOBODY = "nobody"
"""What stands where no group has a patient."""


def figure_blocks(results: Results, *names: str) -> list[Block]:
    """Return those of the figures that the study has.

    In place of one that shows nobody stands why.
    """
    blocks: list[Block] = []
    for name in names:
        title = FIGURES[name].title
        if not results.chapters.issuperset(FIGURES[name].needs):
            continue
        if name in results.not_drawn:
            blocks.append(Paragraph(f"{title}: {results.not_drawn[name]}"))
        elif name in results.figures:
            source, width = results.figure_source(name), results.figure_width(name)
            blocks.append(
                Figure(name, title, write_caption(name, results), source, width)
            )
        else:
            blocks.append(Paragraph(f"{title}: this figure was not drawn."))
    return blocks


def write_caption(name: str, results: Results) -> str:
    """Return the caption of a figure: its numbers, if any, and how to read it."""
    written = Environment(autoescape=False).from_string(FIGURES[name].how_to_read)
    how = written.render(
        confidence=results.confidence,
        landmarks=results.landmarks,
        chapters=results.chapters,
    )
    return f"{write_numbers(name, results)} {how}".strip()


def write_numbers(name: str, results: Results) -> str:
    """Return what a caption says of the study, if the figure has numbers of it."""
    if name not in _NUMBERS:
        return ""
    if name not in _OF_ENROLLED and not results.members.size("all_treated"):
        return "Nobody was treated."
    if "response" in FIGURES[name].needs and not results.has_response:
        return "No treated patient was assessed after first dose."
    return _NUMBERS[name](results)


def _patient_flow(results: Results) -> str:
    size = results.members.size
    enrolled, treated = size("enrolled"), size("all_treated")
    were = "was" if enrolled == 1 else "were"
    return f"{count_of(enrolled, 'patient')} {were} enrolled and {treated} treated."


def _patient_profiles(results: Results) -> str:
    return f"{count_of(results.members.size('enrolled'), 'patient')}."


def _her2_distribution(results: Results) -> str:
    groups = {
        name: results.members.size("enrolled", f"her2_group={name}")
        for name in ("low", "zero", "missing")
    }
    return (
        f"Of {results.members.size('enrolled')} enrolled patients {groups['low']} are "
        f"HER2-low, {groups['zero']} HER2-zero and {groups['missing']} in no group."
    )


def _waterfall(results: Results) -> str:
    change = as_numbers(results.treated, "best_change_percent")
    treated = results.members.size("all_treated")
    known = results.members.size("all_treated", "best_change_percent=known")
    if not known:
        return f"None of {count_of(treated, 'treated patient')} was measured."
    shrunk = (change <= PARTIAL_RESPONSE_PERCENT).sum()
    return (
        f"{known} of {treated} treated patients have a bar; {shrunk} fell by "
        f"{-PARTIAL_RESPONSE_PERCENT:g} % or more. {treated - known} without a bar are "
        "listed under Left out."
    )


def _swimmer(results: Results) -> str:
    treated, followed, events = (
        results.members.size("all_treated", *names)
        for names in ((), ("pfs",), ("pfs", "pfs_event=yes"))
    )
    return (
        f"Of {count_of(treated, 'treated patient')} {events} had progression or death; "
        f"{followed - events} were last seen without either."
    )


def _spider(results: Results) -> str:
    n = results.members.size("all_treated", "best_change_percent=known")
    return f"{count_of(n, 'patient')} with measured target lesions."


def _oncoprint(results: Results) -> str:
    with_plasma = set(results.tables["ctdna_samples"]["patient_id"])
    n = len(with_plasma.intersection(results.members.resolve("all_treated")))
    return f"{count_of(n, 'treated patient')} with plasma."


def _ctdna_trajectories(results: Results) -> str:
    scale = results.level_scale
    detected = results.treated["baseline_state"] == "detected"
    median = as_numbers(results.treated, "baseline_level")[detected].median()
    n = results.members.size("all_treated", "baseline_state=detected")
    if not n:
        return "No treated patient had ctDNA detected at baseline."
    return (
        f"{count_of(n, 'treated patient')} had ctDNA at baseline, with a "
        "median level of "
        f"{write_level(float(median), scale=scale)} ({METRICS[scale]})."
    )


def _ctdna_clearance(results: Results) -> str:
    size = results.members.size
    shares = [
        f"{name}: {size(name_clearance_set(CLEARANCE_ABLE, name, 'cleared'))} of "
        f"{size(name_able(name))} able to show it"
        for name in results.landmarks
        if size(name_able(name))
    ]
    able = "; ".join(shares) or "nobody was able to show it"
    return f"Cleared at each landmark: {able}."


def _ctdna_by_her2(results: Results) -> str:
    detected = ("all_treated", "baseline_state=detected")
    sizes = [
        f"{results.members.size(*detected, f'her2_group={name}')} HER2-{name}"
        for name in ("low", "zero")
    ]
    return f"With ctDNA at baseline: {' and '.join(sizes)}."


def _response_by_her2(results: Results, *, with_rate: bool) -> str:
    rows = results.rows(
        "rates",
        endpoint="orr",
        population="all_treated",
        group_by="her2_group",
        ci_method="clopper_pearson",
    )
    shown = [
        f"{group_label('her2_group', row.group)} {row.n:.0f}/{row.N:.0f}"
        + (f" ({write_percent(row.rate)})" if with_rate else "")
        for row in rows
        if row.N and row.group in LEVELS["her2_group"]
    ]
    return f"ORR of all treated patients: {', '.join(shown) or _NOBODY}."


def _kaplan_meier(results: Results, *, endpoint: str, kind: str) -> str:
    """Return medians of ``endpoint`` by ``her2_group`` or clearance."""
    landmark, column, table = results.headline_landmark, kind, "survival"
    wanted = {"endpoint": endpoint}
    if kind == "clearance":
        if landmark is None:
            return "Nothing is drawn, as no landmark is configured."
        column, table = name_clearance(landmark), "clearance_survival"
        wanted["population"] = CLEARANCE_ABLE
    medians = [
        f"{group_label(column, row.group)} {median_with_mark(row)}, "
        f"{row.events:.0f}/{row.n:.0f} with the event"
        for row in results.rows(table, group_by=column, **wanted)
        if row.group in LEVELS[kind] and row.n
    ]
    start = "the landmark" if kind == "clearance" else endpoint_start(results, endpoint)
    return f"Medians from {start}: {'; '.join(medians) or _NOBODY}."


def _kaplan_meier_of_all(results: Results, *, endpoint: str) -> str:
    """Return the median of all who are followed for ``endpoint``."""
    row = results.row("survival", endpoint=endpoint, group_by="all")
    if row is None or not row.n:
        return f"Median: {_NOBODY} was followed."
    return (
        f"Median from {start_label(results, row)}: {median_with_mark(row)}, "
        f"{row.events:.0f}/{row.n:.0f} with the event."
    )


def _clearance_bias(results: Results) -> str:
    detected = results.members.size("all_treated", "baseline_state=detected")
    treated = f"{count_of(detected, 'treated patient')} with ctDNA at baseline"
    name = results.headline_landmark
    if name is None:
        return f"{treated}."
    able = results.members.size(name_able(name))
    return f"{treated}; {able} able to show clearance at {name}. {_gaps(results, name)}"


def _gaps(results: Results, landmark: str) -> str:
    """Return what the naive hazard ratio of PFS differs from the others by."""
    wanted = {"endpoint": "pfs", "ci_method": COX_PROFILE, "group_by": "ever_cleared"}
    rows = {
        "naive": results.row("contrasts", biased="yes", **wanted),
        "moving": results.row("contrasts", biased="no", **wanted),
        "landmark": headline_hazard(results, landmark),
    }
    return write_gaps(
        {
            panel: Sides(row.n, row.n_reference, row.events, row.events_reference)
            for panel, row in rows.items()
            if row is not None
        }
    )


def _model_performance(results: Results) -> str:
    rows = list(results.rows("model", measure="auc"))
    known = [row for row in rows if row.estimate == row.estimate]
    if not known:
        return "The models could not be fitted; the figure says why."
    return (
        f"{count_of(known[0].n, 'patient')}, {known[0].events:.0f} of them responders."
    )


_NUMBERS: dict[str, Callable[[Results], str]] = {
    "patient_flow": _patient_flow,
    "patient_profiles": _patient_profiles,
    "her2_distribution": _her2_distribution,
    "waterfall": _waterfall,
    "swimmer": _swimmer,
    "spider": _spider,
    "oncoprint": _oncoprint,
    "ctdna_trajectories": _ctdna_trajectories,
    "ctdna_clearance": _ctdna_clearance,
    "ctdna_by_her2": _ctdna_by_her2,
    "response_by_her2": partial(_response_by_her2, with_rate=True),
    "context": partial(_response_by_her2, with_rate=False),
    "km_pfs": partial(_kaplan_meier_of_all, endpoint="pfs"),
    "km_os": partial(_kaplan_meier_of_all, endpoint="os"),
    "km_dor": partial(_kaplan_meier_of_all, endpoint="dor"),
    "km_pfs_her2": partial(_kaplan_meier, endpoint="pfs", kind="her2_group"),
    "km_os_her2": partial(_kaplan_meier, endpoint="os", kind="her2_group"),
    "km_pfs_clearance": partial(_kaplan_meier, endpoint="pfs", kind="clearance"),
    "km_os_clearance": partial(_kaplan_meier, endpoint="os", kind="clearance"),
    "clearance_bias": _clearance_bias,
    "model_performance": _model_performance,
}
"""What a caption says of the study; figures with none have nothing to add."""

_OF_ENROLLED = ("patient_flow", "patient_profiles", "her2_distribution")
"""Figures of all patients, treated or not."""
