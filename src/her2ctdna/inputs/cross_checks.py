"""Checks that look across cells, rows and tables of a study.

Each check takes the normalised tables, indexed by the line of the sheet, and
returns findings. Cells are checked before (`her2ctdna.inputs.study.check_cells`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from her2ctdna.findings import Finding
from her2ctdna.findings import find_rows as _found
from her2ctdna.inputs.dates import Tables, normalised_columns
from her2ctdna.inputs.her2_checks import check_her2
from her2ctdna.inputs.lesion_checks import check_lesions
from her2ctdna.inputs.sheets import FILE_COLUMNS
from her2ctdna.settings.results.patient_table import DERIVED


def check_tables(tables: Tables, *, inputs: Mapping[str, str]) -> list[Finding]:
    """Return the findings of every check that needs more than one cell."""
    return [
        *_unknown_patients(tables),
        *_names_of_results(tables),
        *_two_sources(tables),
        *_follow_up(tables),
        *_supplied_durations(tables),
        *check_her2(tables),
        *_assessments(tables),
        *check_lesions(tables),
        *_adverse_events(tables),
        *_fatal_events(tables),
        *_antibodies(tables),
        *_calls(tables, inputs),
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
            yield from _found("error", table, unknown, "patient_id", message)


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


def _follow_up(tables: Tables) -> Iterator[Finding]:
    patients = tables["patients"]
    treated = patients[patients["treated"] == "yes"]
    early = treated[treated["death_day"] < 0]
    yield from _found(
        "error", "patients", early, "death_day", "died before the first dose"
    )
    beyond = treated[treated["last_alive_day"] > treated["death_day"]]
    message = "known alive after the death; check both"
    yield from _found("warning", "patients", beyond, "last_alive_day", message)
    if "assessments" not in tables:
        return
    last = tables["assessments"].groupby("patient_id")["assessed_day"].max()
    last_day = treated["patient_id"].map(last).astype(float)
    short = treated[treated["last_alive_day"] < last_day]
    message = "before the last assessment; overall survival is censored at the later"
    yield from _found("warning", "patients", short, "last_alive_day", message)
    assessed_dead = treated[treated["death_day"] < last_day]
    message = "assessed after the death; check both"
    yield from _found("warning", "patients", assessed_dead, "death_day", message)


def _supplied_durations(tables: Tables) -> Iterator[Finding]:
    patients = tables["patients"]
    for name in ("pfs", "os"):
        days, event = f"{name}_days", f"{name}_event"
        one = patients[patients[days].notna() != patients[event].notna()]
        message = f"give {days} and {event} together or neither"
        yield from _found("error", "patients", one, days, message)


def _assessments(tables: Tables) -> Iterator[Finding]:
    if "assessments" not in tables:
        return
    rows = tables["assessments"]
    unread = rows[rows["overall"].isna() & (rows["assessed_day"] > 0)]
    message = "an assessment after the first dose needs a response (or NE)"
    yield from _found("error", "assessments", unread, "overall", message)
    judged = rows[rows["overall"].notna()].fillna({"evaluator": ""})
    visit = ["patient_id", "assessed_day", "evaluator"]
    differing = judged.groupby(visit)["overall"].transform("nunique") > 1
    message = "several responses on one day; the worst counts"
    yield from _found("warning", "assessments", judged[differing], "overall", message)


def _adverse_events(tables: Tables) -> Iterator[Finding]:
    if "adverse_events" not in tables:
        return
    events = tables["adverse_events"]
    reversed_times = events[events["ended_day"] < events["started_day"]]
    message = "ended before it started; check both"
    yield from _found("warning", "adverse_events", reversed_times, "ended_day", message)


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
    yield from _found("warning", "adverse_events", of_living, "grade", message)
    mild = fatal[fatal["serious"] == "no"]
    message = "an event of grade 5 is serious; check both"
    yield from _found("warning", "adverse_events", mild, "serious", message)


def _antibodies(tables: Tables) -> Iterator[Finding]:
    if "ada" not in tables:
        return
    samples = tables["ada"]
    dated = samples[samples["sampled_day"].notna()]
    results = dated.groupby(["patient_id", "sampled_day"])["result"]
    differing = dated[results.transform("nunique") > 1]
    message = "both results on one day; the positive one counts"
    yield from _found("warning", "ada", differing, "result", message)
    positive = samples[samples["result"] == "positive"]
    if positive["titre"].notna().any():
        bare = positive[positive["titre"].isna()]
        message = "positive without a titre, so no rise over baseline can be seen in it"
        yield from _found("note", "ada", bare, "titre", message)


def _calls(tables: Tables, inputs: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with the calls, as files or as a table."""
    if "variants" in tables:
        yield from _call_table(tables)
    if "samples" not in tables:
        return
    samples = tables["samples"]
    for column in FILE_COLUMNS:
        named = samples.dropna(subset=[column])
        folder = Path(inputs["samples"]).parent
        absent = named[[not (folder / cell).is_file() for cell in named[column]]]
        message = "no such file; paths in a sheet start at the folder of the sheet"
        yield from _found("error", "samples", absent, column, message)


def _call_table(tables: Tables) -> Iterator[Finding]:
    calls = tables["variants"]
    more = calls[calls["alt_count"] > calls["depth"]]
    message = "more variant molecules than depth; correct one of them"
    yield from _found("error", "variants", more, "alt_count", message)
    key = ["sample_id", "chrom", "pos", "ref", "alt"]
    named = calls.dropna(subset=key)
    message = "is the same variant as an earlier row, once both are trimmed"
    again = named[named.duplicated(key)]
    yield from _found("error", "variants", again, "sample_id", message)
    if "samples" not in tables:
        message = "variants needs a samples sheet, which says whose each sample is"
        yield Finding("error", "variants", None, "sample_id", "", "", message)
        return
    samples = tables["samples"]
    unknown = calls[
        calls["sample_id"].notna() & ~calls["sample_id"].isin(samples["sample_id"])
    ]
    message = "this sample is not in the samples sheet; add or correct it"
    yield from _found("error", "variants", unknown, "sample_id", message)
    twice = samples[
        samples["calls"].notna() & samples["sample_id"].isin(calls["sample_id"])
    ]
    message = "this sample has calls in a file and in the variants table; keep one"
    yield from _found("error", "samples", twice, "calls", message)


def _samples(tables: Tables) -> Iterator[Finding]:
    if "samples" not in tables:
        return
    samples = tables["samples"]
    called = set(tables["variants"]["sample_id"]) if "variants" in tables else set()
    bare = samples[samples["calls"].isna() & (samples["qc"] != "fail")]
    bare = bare[~bare["sample_id"].isin(called)]
    counted = bare["alignments"].notna()
    message = "no calls are given for this sample, so nothing in it is measured"
    yield from _found("warning", "samples", bare[~counted], "calls", message)
    message = (
        "no calls are given for this sample; what other samples show is counted in "
        "its alignments"
    )
    yield from _found("note", "samples", bare[counted], "calls", message)
    named = samples.dropna(subset=["alignments"])
    shared = named[named["alignments"].duplicated(keep=False)]
    message = "several samples name these alignments; each needs its own"
    yield from _found("error", "samples", shared, "alignments", message)


def _levels(tables: Tables) -> Iterator[Finding]:
    if "levels" not in tables:
        return
    levels = tables["levels"]
    detected = levels[(levels["detected"] == "yes") & ~(levels["level"] > 0)]
    message = "detected needs a level above 0; give it or correct `detected`"
    yield from _found("error", "levels", detected, "level", message)
    if levels["unit"].nunique() > 1:
        message = "levels of one study need one unit, as they are compared"
        yield from _found("error", "levels", levels, "unit", message)
    if "samples" in tables:
        shared = levels[levels["sample_id"].isin(tables["samples"]["sample_id"])]
        message = "this sample is in the samples sheet too; keep it in one"
        yield from _found("error", "levels", shared, "sample_id", message)


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
            message = f"has no time; {consequence}"
            yield from _found("warning", table, undated, column, message)
