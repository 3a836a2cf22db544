"""The chapter on ctDNA: samples, baseline, clearance, and what could not be judged."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.ctdna.loci import SOURCES
from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    LeftOut,
    Paragraph,
    Statements,
    Table,
    tabulate,
)
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.chapters.course_sections import (
    NO_LIMIT_GIVEN,
    course_blocks,
    half_lives_left_out,
)
from her2ctdna.report.chapters.recist_sections import response_blocks
from her2ctdna.report.chapters.variant_sections import (
    sample_statements,
    treatment_blocks,
)
from her2ctdna.report.formats import (
    is_number,
    write_integer,
    write_level,
    write_p,
    write_percent,
)
from her2ctdna.report.glossary import CLEARANCES, METRICS, STATES, plain
from her2ctdna.report.patient_sets import (
    as_numbers,
    count_share,
    ids_where,
)
from her2ctdna.report.question_tables import table_of_rates
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import NOT_ABLE, Sentence
from her2ctdna.report.trajectories import chart_blocks
from her2ctdna.sets.clearance_sets import explain_not_able
from her2ctdna.settings.landmark_columns import LandmarkColumn, name_clearance
from her2ctdna.wording import join_value

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow
    from her2ctdna.settings.ctdna_settings import CallerLimit

SAMPLE_STATES = ("detected", "undetected", "not_evaluable", "failed_qc")
BASELINE_STATES = ("detected", "undetected", "not_evaluable", "missing")


def ctdna_chapter(results: Results) -> Iterator[Block]:
    """Yield samples, baseline, clearance at each landmark, and the courses."""
    metric = METRICS[results.level_scale]
    depends = "how many molecules were read"
    if "calls" not in results.chapters:
        depends = "the limit of the assay"
    yield Paragraph(
        f"The level of a sample is its {metric}. Not seen is not absent: what a sample "
        f"could have seen depends on {depends}, and is stated for each clearance below."
    )
    samples = results.tables["ctdna_samples"]
    yield _sample_table(samples)
    yield from _sources(samples, results.ctdna["caller_limit"])
    yield from sample_statements(samples)
    yield from figure_blocks(results, "oncoprint", "ctdna_trajectories")
    yield from chart_blocks(results)
    yield _state_table(
        results, "baseline_state", BASELINE_STATES, caption="ctDNA at baseline"
    )
    yield Heading("Clearance")
    yield from figure_blocks(results, "ctdna_clearance")
    yield _clearance_table(results)
    yield Paragraph(
        "Clearance is counted among the patients whose sample could have seen "
        f"{100 * results.ctdna['clearance_max_fraction']:g} % of their level at "
        "baseline, whatever it showed. Beside it stand those labelled cleared or not, "
        "a choice by result that makes the rate too low, and bounds over all with "
        "ctDNA at baseline."
    )
    rates = results.about("rates", "ctdna")
    yield table_of_rates(results, rates, caption="Rate of clearance in each set")
    if "calls" in results.chapters:
        yield Statements([_unseen_in_cleared(results)])
    yield _cleared_table(results)
    yield _reduction_table(results)
    yield from response_blocks(results)
    yield from course_blocks(results)
    yield from treatment_blocks(results)
    left_out = [*_samples_left_out(samples), *_patients_left_out(results)]
    yield LeftOut([*left_out, *half_lives_left_out(results)])


def _sample_table(samples: pd.DataFrame) -> Table:
    """Return the plasma samples of each time point by state, in order of time."""
    timepoints = samples["timepoint"].fillna("")
    order = as_numbers(samples, "day").groupby(timepoints).median().sort_values().index

    def count(state: str, timepoint: str) -> Cell:
        own = samples[timepoints == timepoint]
        inside = ids_where(own, own["state"] == state, column="sample_id")
        return count_share(inside, own["sample_id"], label=STATES[state])

    columns = [
        Column("Time point", lambda timepoint: timepoint or "no label"),
        *(
            Column(STATES[state], partial(count, state), is_number=True)
            for state in SAMPLE_STATES
        ),
    ]
    caption = "Plasma samples by state, n/N samples of the time point"
    return tabulate(caption, columns, order, sources=("ctdna_samples",))


def _sources(samples: pd.DataFrame, caller_limit: "CallerLimit") -> Iterator[Block]:
    """Yield where the counts at tracked sites are from; nothing for a level's assay."""
    counted = samples[as_numbers(samples, "n_from_calls").notna()]
    total = as_numbers(counted, "n_tracked").sum()
    if not total:
        return
    n = {name: as_numbers(counted, f"n_from_{name}").sum() for name in SOURCES}
    others = f"{write_integer(n['other_records'])} by calls that write them otherwise, "
    otherwise = others if n["other_records"] else ""
    text = (
        f"Of {write_integer(total)} tracked sites in {len(counted)} plasma samples, "
        f"{write_integer(n['calls'])} are counted in the calls, "
        f"{otherwise}"
        f"{write_integer(n['alignments'])} in the alignments, "
        f"{write_integer(n['depth_track'])} are known by their depth alone, and "
        f"{write_integer(total - sum(n.values()))} are not measured or too shallow."
    )
    if n["depth_track"]:
        text += (
            " Where only the depth is known the caller reported nothing: fewer than "
            f"{caller_limit['alt_count']:g} molecules or a VAF below "
            f"{100 * caller_limit['vaf']:g} %, which is not none. The limits of "
            "these samples allow for it; their levels are the least they can be."
        )
    yield Paragraph(text)


def _state_table(
    results: Results, column: str, words: tuple[str, ...], *, caption: str
) -> Table:
    def count(word: str) -> Cell:
        return results.members.count(join_value(column, word), label=plain(word))

    columns = [
        Column("State", plain),
        Column("n/N treated", count, is_number=True),
    ]
    return tabulate(caption, columns, words, sources=("flow",))


def _clearance_table(results: Results) -> Table:
    """Return every category of clearance at each landmark, of all treated."""

    def count(landmark: str, name: str) -> Cell:
        column = name_clearance(landmark)
        return results.members.count(join_value(column, name), label=CLEARANCES[name])

    columns = [
        Column("Clearance", lambda name: CLEARANCES[name]),
        *(
            Column(f"{name}, n/N treated", partial(count, name), is_number=True)
            for name in results.landmarks
        ),
    ]
    caption = "Clearance at each landmark, every treated patient"
    return tabulate(caption, columns, CLEARANCES, sources=("flow",))


def _cleared_table(results: Results) -> Table:
    """Return each clearance with what its sample could and could not have seen.

    Without a limit the assay is taken at its word.
    """
    samples = results.tables["ctdna_samples"].set_index("sample_id")
    limits = results.tables["ctdna_samples"].set_index("sample_id")["lod95_level"]
    scale = results.level_scale
    p_values = samples["p_value"]

    def level(row: "ResultRow", *, share: float) -> str:
        limit = limits[row.sample_id]
        known = is_number(limit) and is_number(row.residual_max)
        return write_level(limit / share, scale=scale) if known else NO_LIMIT_GIVEN

    def rest(row: "ResultRow") -> str:
        known = is_number(limits[row.sample_id]) and is_number(row.residual_max)
        return write_percent(row.residual_max) if known else NO_LIMIT_GIVEN

    columns = [
        Column("Patient", lambda row: row.patient_id),
        Column("Landmark", lambda row: row.landmark),
        Column("Sample", lambda row: row.sample_id),
        Column("Day", lambda row: write_integer(row.day), is_number=True),
        Column(
            "Molecules seen at loci",
            lambda row: _seen(samples.loc[row.sample_id]),
            is_number=True,
        ),
        Column("p", lambda row: write_p(p_values[row.sample_id]), is_number=True),
        Column("LOD95", lambda row: level(row, share=1), is_number=True),
        Column(
            "Reference level",
            lambda row: level(row, share=row.residual_max),
            is_number=True,
        ),
        Column("Largest rest of reference not excluded", rest, is_number=True),
    ]
    cleared = results.rows("ctdna_landmarks", clearance="cleared")
    return tabulate("Cleared: what each sample could have missed", columns, cleared)


def _seen(sample: pd.Series) -> str:
    """Return the molecules of a sample and the loci that they were looked for at."""
    if not is_number(sample["alt_count"]):
        return "not counted"
    return f"{sample['alt_count']:.0f} at {sample['n_informative']:.0f}"


def _unseen_in_cleared(results: Results) -> Sentence:
    """Return in how many cleared samples not one molecule was seen."""
    samples = results.tables["ctdna_samples"].set_index("sample_id")
    rows = results.rows("ctdna_landmarks", clearance="cleared")
    cleared = list(dict.fromkeys(row.sample_id for row in rows))
    counted = [name for name in cleared if is_number(samples.loc[name, "alt_count"])]
    none = [name for name in counted if samples.loc[name, "alt_count"] == 0]
    count = count_share(none, counted, label="samples without a molecule")
    text = (
        "Cleared means that what was seen is not told from background at "
        f"alpha {results.ctdna['alpha']:g}, not that nothing was there: of the cleared "
        f"samples whose molecules were counted, {count.text} held none at all."
    )
    return text, [count]


def _reduction_table(results: Results) -> Table:
    """Return molecular responses of the treated patients at each landmark."""
    names = [
        str(column)
        for landmark in results.landmarks
        for column in results.patients
        if (found := LandmarkColumn.parse(str(column), [landmark])) and found.reduction
    ]

    def count(word: str, name: str) -> Cell:
        return results.members.count(join_value(name, word), label=plain(word))

    columns = [
        Column("Fall of the level", results.grouping_label),
        *(
            Column(plain(word), partial(count, word), is_number=True)
            for word in ("yes", "no", "not_evaluable")
        ),
    ]
    caption = "Molecular response, n/N treated"
    return tabulate(caption, columns, names, sources=("flow",))


def _samples_left_out(samples: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the samples that could not be judged, with the reason."""
    unclear = samples["state"] == "not_evaluable"
    nothing = as_numbers(samples, "n_tracked") == 0
    reasons = {
        "Samples that failed QC": samples["state"] == "failed_qc",
        "Samples not evaluable: nothing to track in this patient": unclear & nothing,
        "Samples not evaluable: no tracked site with enough depth": unclear & ~nothing,
    }
    for reason, mask in reasons.items():
        yield reason, ids_where(samples, mask, column="sample_id")
    sources = [as_numbers(samples, f"n_from_{name}") for name in SOURCES]
    some = ~unclear & (sum(sources) < as_numbers(samples, "n_tracked"))
    reason = "Samples judged without some tracked sites (not measured or too shallow)"
    yield reason, ids_where(samples, some, column="sample_id")


def _patients_left_out(results: Results) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the treated patients without a usable baseline or a judged landmark."""
    members = results.members
    yield "Patients without an evaluable baseline", members.without("ctdna_evaluable")
    for landmark in results.landmarks:
        why = explain_not_able(results.treated, landmark)
        for name, reason in NOT_ABLE.items():
            ids = ids_where(results.treated, why == name)
            yield f"Clearance at {landmark}: {reason}", ids
