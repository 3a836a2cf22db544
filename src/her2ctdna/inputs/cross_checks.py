"""Checks that look across cells, rows and tables of a study.

Each check takes the normalised tables, indexed by the line of the sheet, and
returns findings. Cells are checked before (`her2ctdna.inputs.study.check_cells`).
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.assessment_checks import check_assessments
from her2ctdna.inputs.call_checks import check_calls
from her2ctdna.inputs.dates import Tables, normalised_columns
from her2ctdna.inputs.follow_up_checks import check_follow_up
from her2ctdna.inputs.her2_checks import check_her2
from her2ctdna.inputs.lesion_checks import check_lesions
from her2ctdna.safety.titres import NOT_REPORTABLE
from her2ctdna.settings.results.patient_table import DERIVED


def check_tables(
    tables: Tables,
    *,
    inputs: Mapping[str, str],
    baseline_window: int | None,
    origin: str,
) -> list[Finding]:
    """Return the findings of every check that needs more than one cell.

    ``inputs`` has the paths of the sheets, ``baseline_window`` the last day on which a
    scan is still the baseline (``None``: 0), ``origin`` what supplied durations count
    from.
    """
    return [
        *_unknown_patients(tables),
        *_names_of_results(tables),
        *_two_sources(tables),
        *check_follow_up(tables, origin=origin),
        *check_her2(tables),
        *check_assessments(tables, baseline_window=baseline_window),
        *check_lesions(tables, baseline_window=baseline_window),
        *_adverse_events(tables),
        *_fatal_events(tables),
        *_antibodies(tables),
        *check_calls(tables, inputs),
        *_samples(tables),
        *_levels(tables),
        *_missing_days(tables),
    ]


def _unknown_patients(tables: Tables) -> Iterator[Finding]:
    patients = set(tables["patients"]["patient_id"].dropna())
    for table, frame in tables.items():
        if table != "patients" and "patient_id" in frame and patients:
            unknown = frame[frame["patient_id"].notna()]
            unknown = unknown[~unknown["patient_id"].isin(patients)]
            message = "this patient is not in the patients sheet; add or correct it"
            yield from find_rows("error", table, unknown, "patient_id", message)


def _names_of_results(tables: Tables) -> Iterator[Finding]:
    known = normalised_columns("patients")
    for column in tables["patients"].columns:
        if column not in known and column in DERIVED:
            message = "results use this name; rename the column (such as given_...)"
            yield Finding("error", "patients", 1, column, "", "", message)


def _two_sources(tables: Tables) -> Iterator[Finding]:
    """Yield a note on each pair of inputs of which the config takes one."""
    pairs = {
        ("assessments", "lesions"): "definitions.response.source",
        ("samples", "levels"): "definitions.ctdna.metric",
    }
    for pair, setting in pairs.items():
        if set(pair) <= set(tables):
            message = f"{pair[0]} and {pair[1]} are both given; {setting} decides"
            yield Finding("note", pair[1], None, "", "", "", message)


def _adverse_events(tables: Tables) -> Iterator[Finding]:
    if "adverse_events" not in tables:
        return
    events = tables["adverse_events"]
    reversed_times = events[events["ended_day"] < events["started_day"]]
    message = "ended before it started; check both"
    yield from find_rows(
        "warning", "adverse_events", reversed_times, "ended_day", message
    )
    ungraded = events[events["grade"].isna()]
    message = "has no grade; the event counts in any grade and as grade not recorded"
    yield from find_rows("warning", "adverse_events", ungraded, "grade", message)
    early = events[events["started_day"].isna() & (events["ended_day"] < 0)]
    message = "has no time, but ended before first dose; it is not treatment-emergent"
    yield from find_rows("warning", "adverse_events", early, "started_day", message)


def _fatal_events(tables: Tables) -> Iterator[Finding]:
    """Yield events of grade 5 in living patients, and those that are not serious."""
    if "adverse_events" not in tables:
        return
    events, patients = tables["adverse_events"], tables["patients"]
    fatal = events[events["grade"] == 5]
    is_alive = patients["death_day"].isna() & (patients["os_event"] != "yes")
    alive = patients.loc[is_alive & (patients["treated"] == "yes"), "patient_id"]
    of_living = fatal[fatal["patient_id"].isin(alive)]
    message = "grade 5 is death, but no death of this patient is given; check both"
    yield from find_rows("warning", "adverse_events", of_living, "grade", message)
    mild = fatal[fatal["serious"] == "no"]
    message = "an event of grade 5 is serious; check both"
    yield from find_rows("warning", "adverse_events", mild, "serious", message)


def _antibodies(tables: Tables) -> Iterator[Finding]:
    if "ada" not in tables:
        return
    samples = tables["ada"]
    known = samples[samples["result"] != NOT_REPORTABLE]
    dated = known[known["sampled_day"].notna()]
    results = dated.groupby(["patient_id", "sampled_day"])["result"]
    differing = dated[results.transform("nunique") > 1]
    message = "both results on one day; the positive one counts"
    yield from find_rows("warning", "ada", differing, "result", message)
    unknown = samples[samples["result"] == NOT_REPORTABLE]
    message = "is no result: it counts neither as positive nor as negative"
    yield from find_rows("warning", "ada", unknown, "result", message)
    positive = samples[samples["result"] == "positive"]
    if positive["titre"].notna().any():
        bare = positive[positive["titre"].isna()]
        message = "positive without a titre, so no rise over baseline can be seen in it"
        yield from find_rows("note", "ada", bare, "titre", message)


def _samples(tables: Tables) -> Iterator[Finding]:
    if "samples" not in tables:
        return
    samples = tables["samples"]
    called = set(tables["variants"]["sample_id"]) if "variants" in tables else set()
    bare = samples[samples["calls"].isna() & (samples["qc"] != "fail")]
    bare = bare[~bare["sample_id"].isin(called)]
    counted = bare["alignments"].notna()
    message = "no calls are given for this sample, so nothing in it is measured"
    yield from find_rows("warning", "samples", bare[~counted], "calls", message)
    message = (
        "no calls are given for this sample; what other samples show is counted in "
        "its alignments"
    )
    yield from find_rows("note", "samples", bare[counted], "calls", message)
    named = samples.dropna(subset=["alignments"])
    shared = named[named["alignments"].duplicated(keep=False)]
    message = "several samples name these alignments; each needs its own"
    yield from find_rows("error", "samples", shared, "alignments", message)
    yield from _repeated_timepoints("samples", samples[samples["qc"] != "fail"])


def _repeated_timepoints(table: str, drawn: pd.DataFrame) -> Iterator[Finding]:
    """Yield samples of one material that have the time point of an earlier one."""
    named = drawn.dropna(subset=["patient_id", "timepoint"])
    key = ["patient_id", "timepoint"]
    if "material" in named:
        named = named.fillna({"material": "plasma"})
        key.append("material")
    message = (
        "this timepoint of the patient stands twice; give each draw its own, or a "
        "landmark by timepoint takes one of them"
    )
    again = named[named.duplicated(key)]
    yield from find_rows("warning", table, again, "timepoint", message)


def _levels(tables: Tables) -> Iterator[Finding]:
    if "levels" not in tables:
        return
    levels = tables["levels"]
    detected = levels[(levels["detected"] == "yes") & ~(levels["level"] > 0)]
    message = "detected needs a level above 0; give it or correct `detected`"
    yield from find_rows("error", "levels", detected, "level", message)
    # a fraction of molecules; mtm_per_ml has no upper end
    of_all = levels[levels["unit"].isin(["vaf", "tumour_fraction"])]
    message = "is above 1, which is all molecules: per cent? give the fraction"
    for column in ("level", "lod"):
        above = of_all[of_all[column] > 1]
        yield from find_rows("error", "levels", above, column, message)
    yield from _repeated_timepoints("levels", levels)
    if levels["unit"].nunique() > 1:
        message = "levels of one study need one unit, as they are compared"
        yield from find_rows("error", "levels", levels, "unit", message)
    if "samples" in tables:
        shared = levels[levels["sample_id"].isin(tables["samples"]["sample_id"])]
        message = "this sample is in the samples sheet too; keep it in one"
        yield from find_rows("error", "levels", shared, "sample_id", message)


def _missing_days(tables: Tables) -> Iterator[Finding]:
    """Yield records of treated patients that have no time where one is needed."""
    patients = tables["patients"]
    treated = set(patients.loc[patients["treated"] == "yes", "patient_id"].dropna())
    wanted = {
        "samples": ("collected_day", "it belongs to no landmark by day"),
        "levels": ("collected_day", "it belongs to no landmark by day"),
        "assessments": ("assessed_day", "it cannot be used"),
        "lesions": ("assessed_day", "it cannot be used"),
        "ada": ("sampled_day", "it cannot be used"),
        "adverse_events": ("started_day", "it is taken as treatment-emergent"),
    }
    for table, (column, consequence) in wanted.items():
        if table in tables:
            frame = tables[table]
            undated = frame[frame[column].isna() & frame["patient_id"].isin(treated)]
            if table == "adverse_events":
                undated = undated[~(undated["ended_day"] < 0)]
            message = f"has no time; {consequence}"
            yield from find_rows("warning", table, undated, column, message)
