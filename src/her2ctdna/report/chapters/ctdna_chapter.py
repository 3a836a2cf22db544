"""The chapter on ctDNA: samples, baseline, clearance, and what could not be judged."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    LeftOut,
    Paragraph,
    Table,
)
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.chapters.course_sections import (
    NO_LIMIT_GIVEN,
    course_blocks,
    half_lives_left_out,
)
from her2ctdna.report.chapters.variant_sections import (
    sample_statements,
    treatment_blocks,
)
from her2ctdna.report.formats import (
    is_number,
    write_integer,
    write_level,
    write_percent,
)
from her2ctdna.report.glossary import CLEARANCES, METRICS, STATES, grouping_label, plain
from her2ctdna.report.patient_sets import (
    as_numbers,
    count_share,
    ids_where,
)
from her2ctdna.report.question_tables import table_of_rates
from her2ctdna.report.results import Results
from her2ctdna.report.trajectories import chart_blocks

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow
    from her2ctdna.settings.ctdna_settings import CallerLimit

SOURCES = ("calls", "alignments", "depth_track")
SAMPLE_STATES = ("detected", "undetected", "not_evaluable", "failed_qc")
BASELINE_STATES = ("detected", "undetected", "not_evaluable", "missing")


def ctdna_chapter(results: Results) -> Iterator[Block]:
    """Yield samples, baseline, clearance at each landmark, and the courses."""
    metric = METRICS[results.ctdna["metric"]]
    yield Paragraph(
        f"The level of a sample is its {metric}. Not seen is not absent: what a sample "
        "could have seen depends on how many molecules were read, and is stated for "
        "each clearance below."
    )
    samples = results.tables["ctdna_samples"]
    yield _sample_table(samples)
    yield from _sources(samples, results.ctdna["caller_limit"])
    yield sample_statements(samples)
    yield from figure_blocks(results, "oncoprint", "ctdna_trajectories")
    yield from chart_blocks(results)
    yield _state_table(
        results, "baseline_state", BASELINE_STATES, caption="ctDNA at baseline"
    )
    yield Heading("Clearance")
    yield from figure_blocks(results, "ctdna_clearance")
    yield _clearance_table(results)
    rates = results.about("rates", "ctdna")
    yield table_of_rates(results, rates, caption="Clearance among those judged")
    yield _cleared_table(results)
    yield _reduction_table(results)
    yield from course_blocks(results)
    yield from treatment_blocks(results)
    left_out = [*_samples_left_out(samples), *_patients_left_out(results)]
    yield LeftOut([*left_out, *half_lives_left_out(results)])


def _sample_table(samples: pd.DataFrame) -> Table:
    """Return the plasma samples of each time point by state, in order of time."""
    days = as_numbers(samples, "day")
    order = days.groupby(samples["timepoint"].fillna("")).median().sort_values().index
    rows = []
    for timepoint in order:
        own = samples[samples["timepoint"].fillna("") == timepoint]
        row: list[Cell] = [timepoint or "no label"]
        row += [
            count_share(
                ids_where(own, own["state"] == state, column="sample_id"),
                own["sample_id"],
                label=STATES[state],
            )
            for state in SAMPLE_STATES
        ]
        rows.append(row)
    titles = [Column(STATES[state], is_number=True) for state in SAMPLE_STATES]
    caption = "Plasma samples by state, n/N samples of the time point"
    return Table(caption, [Column("Time point"), *titles], rows)


def _sources(samples: pd.DataFrame, caller_limit: "CallerLimit") -> Iterator[Block]:
    """Yield where the counts at tracked sites are from; nothing for a level's assay."""
    counted = samples[as_numbers(samples, "n_from_calls").notna()]
    total = as_numbers(counted, "n_tracked").sum()
    if not total:
        return
    n = {name: as_numbers(counted, f"n_from_{name}").sum() for name in SOURCES}
    text = (
        f"Of {write_integer(total)} tracked sites in {len(counted)} plasma samples, "
        f"{write_integer(n['calls'])} are counted in the calls, "
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
    rows = [
        (plain(word), results.members.count(f"{column}={word}", label=plain(word)))
        for word in words
    ]
    columns = [Column("State"), Column("n/N treated", is_number=True)]
    return Table(caption, columns, rows)


def _clearance_table(results: Results) -> Table:
    """Return every category of clearance at each landmark, of all treated."""
    rows: list[list[Cell]] = [
        [
            meaning,
            *(
                results.members.count(f"clearance_{landmark}={name}", label=meaning)
                for landmark in results.landmarks
            ),
        ]
        for name, meaning in CLEARANCES.items()
    ]
    columns = [
        Column(f"{name}, n/N treated", is_number=True) for name in results.landmarks
    ]
    caption = "Clearance at each landmark, every treated patient"
    return Table(caption, [Column("Clearance"), *columns], rows)


def _cleared_table(results: Results) -> Table:
    """Return each clearance with what its sample could and could not have seen."""
    limits = results.tables["ctdna_samples"].set_index("sample_id")["lod95_level"]
    columns = [
        Column("Patient"),
        Column("Landmark"),
        Column("Sample"),
        Column("Day", is_number=True),
        Column("LOD95", is_number=True),
        Column("Reference level", is_number=True),
        Column("Largest rest of reference not excluded", is_number=True),
    ]
    rows = [
        _cleared_row(row, limits[row.sample_id], metric=results.ctdna["metric"])
        for row in results.rows("ctdna_landmarks", clearance="cleared")
    ]
    return Table("Cleared: what each sample could have missed", columns, rows)


def _cleared_row(row: "ResultRow", limit: float, *, metric: str) -> list[Cell]:
    """Return one clearance; without a limit the assay is taken at its word."""
    known = is_number(limit) and is_number(row.residual_max)
    shown = [NO_LIMIT_GIVEN] * 3
    if known:
        reference = limit / row.residual_max
        shown = [write_level(level, metric=metric) for level in (limit, reference)]
        shown.append(write_percent(row.residual_max))
    return [row.patient_id, row.landmark, row.sample_id, write_integer(row.day), *shown]


def _reduction_table(results: Results) -> Table:
    """Return molecular responses of the treated patients at each landmark."""
    names = [
        str(column)
        for landmark in results.landmarks
        for column in results.patients
        if re.fullmatch(rf"mr[\d.]+_{re.escape(landmark)}", str(column))
    ]
    words = {"yes": "yes", "no": "no", "not_evaluable": "not evaluable"}
    rows: list[list[Cell]] = [
        [
            grouping_label(name),
            *(
                results.members.count(f"{name}={word}", label=label)
                for word, label in words.items()
            ),
        ]
        for name in names
    ]
    columns = [Column(word, is_number=True) for word in words.values()]
    caption = "Molecular response, n/N treated"
    return Table(caption, [Column("Fall of the level"), *columns], rows)


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
        for name in ("uninformative", "missing"):
            reason = f"Clearance at {landmark}: {CLEARANCES[name]}"
            missed = f"clearance_{landmark}={name}"
            yield reason, members.resolve("all_treated", missed)
