"""The part of the ctDNA chapter on courses: clearance, rebound, lead time, decline."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.formats import (
    NO_LIMIT,
    is_number,
    write_digits,
    write_integer,
    write_level,
    write_percent,
)
from her2ctdna.report.patient_sets import as_numbers, count_ids, count_share, ids_where
from her2ctdna.report.question_tables import note_of, split_ids, text_or
from her2ctdna.report.results import Results

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

NO_LIMIT_GIVEN = "limit not given by the assay"
KINDS = {
    "rise": "risen over the nadir, intervals apart",
    "detected_again": "detected again after a clearance",
}
AGAIN = "Detected again after a clearance (of those cleared), however little"
PARAMETERS = {
    "half_life_days": "half-life of the average decline, days",
    "decline_per_day": "average decline of the log level per day",
    "baseline_level": "level at baseline, geometric mean",
    "sd_log_baseline": "spread of the log level at baseline between patients, SD",
    "sd_decline_per_day": "spread of the decline between patients, SD",
    "correlation": "correlation of level at baseline and decline",
    "sd_error": "error of a log level within a patient, SD",
}


def course_blocks(results: Results) -> Iterator[Block]:
    """Yield the courses of the patients and the decline over the cohort."""
    yield Heading("Course")
    yield _course_table(results)
    yield _first_clearance_table(results)
    yield _rebound_table(results)
    yield Heading("Decline")
    yield Paragraph(
        "Decline is looked at from baseline to the lowest level. A sample in which "
        "nothing was detected counts as a level somewhere below its limit; no number "
        "is put in its place. Three detected levels are needed for a half-life of one "
        "patient; over the cohort those with fewer take part too."
    )
    if results.has("kinetics"):
        yield _kinetics_table(results)
    yield _half_life_table(results)


def half_lives_left_out(results: Results) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the treated patients without a half-life, by the reason."""
    notes = results.treated["half_life_note"].fillna("")
    for note in sorted({note for note in notes if note.startswith("not estimable")}):
        ids = tuple(results.treated.loc[notes == note, "patient_id"])
        yield f"Half-life {note}", ids


def _course_table(results: Results) -> Table:
    """Return how many patients cleared, rebounded, and have a lead time or why not."""
    treated = results.treated
    detected = treated["baseline_state"] == "detected"
    rebounded = as_numbers(treated, "rebound_day").notna()
    progressed = as_numbers(treated, "progression_day").notna()
    cleared = treated["ever_cleared"] == "yes"
    events = {
        "Cleared at any evaluable sample": cleared,
        "Clearance sustained (two samples in a row that could tell, or until "
        "progression)": treated["sustained"] == "yes",
        AGAIN: as_numbers(treated, "detected_again_day").notna(),
        "Rebound: risen over the nadir, intervals apart": treated["rebound_kind"]
        == "rise",
        "Half-life could be estimated": as_numbers(treated, "half_life_days").notna(),
    }
    if results.has_response:
        events |= {
            "Lead time: both rebound and radiological progression": rebounded
            & progressed,
            "No lead time: rebound, no radiological progression": rebounded
            & ~progressed,
            "No lead time: radiological progression, no rebound": ~rebounded
            & progressed,
            "No lead time: neither": ~rebounded & ~progressed,
        }

    def count(name: str) -> Cell:
        among = ids_where(treated, cleared if name == AGAIN else detected)
        return count_share(ids_where(treated, events[name]), among, label="with it")

    columns = [
        Column("Course", str),
        Column("n/N detected at baseline, or cleared", count, is_number=True),
    ]
    return tabulate("Course of ctDNA", columns, events, sources=("patients",))


def _first_clearance_table(results: Results) -> Table:
    """Return the first clearance of each patient as an interval of days."""
    columns = [
        Column("Patient", lambda row: row.patient_id),
        Column(
            "First cleared, day",
            lambda row: _span(row.last_detected_day_before, row.first_cleared_day),
            is_number=True,
        ),
        Column("Largest rest of baseline not excluded", _first_rest, is_number=True),
        Column("Sustained", lambda row: text_or(row.sustained, "not known yet")),
    ]
    title = "First clearance: after the first day, by the second"
    return tabulate(title, columns, _treated_with(results, "first_cleared_day"))


def _first_rest(row: "ResultRow") -> str:
    rest = row.first_cleared_residual_max
    return write_percent(rest) if is_number(rest) else NO_LIMIT_GIVEN


def _rebound_table(results: Results) -> Table:
    """Return each rebound with its nadir and its lead over progression."""
    scale = results.level_scale
    columns = [
        Column("Patient", lambda row: row.patient_id),
        Column("Nadir, or its upper 95 % bound", partial(_nadir, scale=scale)),
        Column(
            "Rebound, day",
            lambda row: _span(row.last_day_before_rebound, row.rebound_day),
            is_number=True,
        ),
        Column(
            "Level",
            lambda row: write_level(row.rebound_level, scale=scale),
            is_number=True,
        ),
        Column("What makes it one", lambda row: KINDS[row.rebound_kind]),
        Column("Lead over radiological progression, days", _lead_time, is_number=True),
    ]
    caption = "Rebounds: after the first day, by the second; lead time with its bounds"
    return tabulate(caption, columns, _treated_with(results, "rebound_day"))


def _nadir(row: "ResultRow", *, scale: str) -> str:
    if row.nadir_state == "detected":
        return f"{write_level(row.nadir_level, scale=scale)}, day {row.nadir_day:.0f}"
    if not is_number(row.nadir_upper95):
        return f"undetected, {NO_LIMIT_GIVEN}, day {row.nadir_day:.0f}"
    bound = write_level(row.nadir_upper95, scale=scale)
    return f"undetected, at most {bound}, day {row.nadir_day:.0f}"


def _lead_time(row: "ResultRow") -> str:
    if not row.n_visits > 0:
        return "not assessed"
    if not is_number(row.lead_time_days):
        return "no progression seen"
    low, high = write_integer(row.lead_time_low), write_integer(row.lead_time_high)
    return f"{write_integer(row.lead_time_days)} (above {low}, below {high})"


def _kinetics_table(results: Results) -> Table:
    """Return the parameters of the decline over the cohort, or why there are none."""
    columns = [
        Column("Parameter", lambda row: PARAMETERS[row.parameter]),
        Column(
            f"Estimate ({results.confidence} interval)",
            partial(_estimate, scale=results.level_scale),
            is_number=True,
        ),
        Column("Patients", _in_model, is_number=True),
        Column("Samples", lambda row: write_integer(row.n_samples), is_number=True),
        Column(
            "of them undetected",
            lambda row: write_integer(row.n_censored),
            is_number=True,
        ),
        Column("Note", note_of),
    ]
    title = "Decline over the cohort, from baseline to nadir"
    return tabulate(title, columns, results.rows("kinetics"))


def _in_model(row: "ResultRow") -> Cell:
    return count_ids(split_ids(row.patient_ids), label="patients in the model")


def _estimate(row: "ResultRow", *, scale: str) -> str:
    """Return an estimate, with its interval where the model gives one."""

    def write(value: float) -> str:
        if row.parameter == "baseline_level":
            return write_level(value, scale=scale)
        return write_digits(value)

    if not is_number(row.estimate) or pd.isna(row.ci_method):
        return write(row.estimate)
    low, high = (
        write(limit) if is_number(limit) else NO_LIMIT
        for limit in (row.ci_low, row.ci_high)
    )
    return f"{write(row.estimate)} ({low} to {high})"


def _half_life_table(results: Results) -> Table:
    """Return the half-life of each patient in whom it could be estimated."""
    columns = [
        Column("Patient", lambda row: row.patient_id),
        Column("Half-life, days (95 % interval)", _half_life, is_number=True),
        Column(
            "Points", lambda row: write_integer(row.half_life_points), is_number=True
        ),
        Column(
            "of them undetected",
            lambda row: write_integer(row.half_life_censored),
            is_number=True,
        ),
    ]
    rows = _treated_with(results, "half_life_days")
    return tabulate("Half-life of each patient", columns, rows, folded=True)


def _half_life(row: "ResultRow") -> str:
    low, high = (
        write_digits(limit) if is_number(limit) else NO_LIMIT
        for limit in (row.half_life_low, row.half_life_high)
    )
    return f"{write_digits(row.half_life_days)} ({low} to {high})"


def _span(first: float, last: float) -> str:
    return f"{write_integer(first)} to {write_integer(last)}"


def _treated_with(results: Results, column: str) -> Iterator["ResultRow"]:
    """Yield the treated patients with a number in a column."""
    known = as_numbers(results.treated, column).notna()
    yield from results.treated[known].itertuples(index=False)
