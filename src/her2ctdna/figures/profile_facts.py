"""The words at the head of a patient's profile."""

from collections.abc import Iterator, Sequence
from math import nan

from her2ctdna.figures.marks.levels import name_level, show_level
from her2ctdna.figures.marks.responses import mark_response
from her2ctdna.figures.marks.style import number
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.settings.landmark_columns import DAY, LandmarkColumn, name_clearance
from her2ctdna.tables import Record

Patient = Record
_UNKNOWN = "not known"


def describe_patient(
    patient: Patient, *, landmarks: Sequence[str], metric: str
) -> Iterator[tuple[str, str]]:
    """Yield the title, then each fact with its name; a chapter not given has none.

    ``patient`` is a row of ``patients.tsv``. Words come from its derived columns
    alone, so no free text of a sheet is among them.
    """
    if patient["treated"] != "yes":
        yield "title", "not treated, so in no analysis"
    else:
        yield "title", _title(patient)
    if "her2_class" in patient:
        yield "HER2", _her2(patient)
    if patient["treated"] != "yes":
        return
    if "bor" in patient:
        yield "Response", _response(patient)
    yield "Survival", _survival(patient)
    if "baseline_state" in patient:
        yield "ctDNA", _ctdna(patient, landmarks, metric)


def is_known(value: object) -> bool:
    """Tell whether a cell holds something."""
    return value is not None and value == value


def _word(patient: Patient, column: str) -> str:
    value = patient.get(column)
    return str(value).replace("_", " ") if is_known(value) else _UNKNOWN


def _day(patient: Patient, column: str) -> str:
    value = patient.get(column)
    return f"{value:.0f}" if is_known(value) else ""


def _title(patient: Patient) -> str:
    """Return best response and how the course ended, as far as it is known."""
    bor = patient.get("bor")
    seen = is_known(bor) and bor != "MISSING"
    parts = [f"best response {bor}" if seen else "response not assessed"]
    counts = patient.get("responder") == "yes"
    if seen and mark_response(str(bor), counts=counts) != bor:
        parts[0] += " (not confirmed)"
    if patient.get("pfs_reason") == "progression":
        day = _day(patient, "progression_day")
        parts.append(f"progression on day {day}" if day else "progression")
    if patient.get("os_event") == "yes":
        day = _day(patient, "death_day")
        parts.append(f"death on day {day}" if day else "death")
    elif len(parts) == 1:
        parts.append("no progression seen")
    return ", ".join(parts)


def _her2(patient: Patient) -> str:
    name = _word(patient, "her2_class")
    level = patient.get("her2_level")
    if is_known(level) and level != patient["her2_class"]:
        name = f"{name} {level}"
    ish = patient.get("ish")
    readings = (
        f"IHC {_word(patient, 'ihc')}, ISH {ish if is_known(ish) else 'not done'}"
    )
    parts = [f"{name} ({readings})"]
    if is_known(patient.get("specimen")):
        day = _day(patient, "her2_collected_day")
        collected = f" of day {number(float(day))}" if day else ""
        site = _word(patient, "specimen").replace("unknown", "specimen of unknown site")
        parts.append(f"{site}{collected}")
    if is_known(patient.get("her2_reason")):
        parts.append(_word(patient, "her2_reason"))
    return "; ".join(parts)


def _response(patient: Patient) -> str:
    """Return both best responses with their reasons, and the best change."""
    names = {"best": "bor", "confirmed": "confirmed_bor"}
    parts = []
    for name, column in names.items():
        word, reason = _word(patient, column), patient.get(f"{column}_reason")
        because = f" ({reason})" if is_known(reason) else ""
        parts.append(f"{name} {'not assessed' if word == 'MISSING' else word}{because}")
    change = patient.get("best_change_percent", nan)
    if is_known(change):
        day = _day(patient, "best_change_day")
        at = f" on day {day}" if day else ""
        parts.append(f"best change {number(change)}\N{NO-BREAK SPACE}%{at}")
    return "; ".join(parts)


def _survival(patient: Patient) -> str:
    parts = []
    for endpoint in SURVIVAL:
        days = patient.get(f"{endpoint}_days")
        if not is_known(days):
            parts.append(f"{endpoint.upper()} {_UNKNOWN}")
            continue
        kind = "event" if patient.get(f"{endpoint}_event") == "yes" else "censored"
        reason = _word(patient, f"{endpoint}_reason")
        parts.append(f"{endpoint.upper()} {days:.0f} days, {kind}: {reason}")
    return "; ".join(parts)


def _ctdna(patient: Patient, landmarks: Sequence[str], metric: str) -> str:
    state, level = _word(patient, "baseline_state"), _word(patient, "baseline_level")
    parts = [f"baseline {state}"]
    if state == "detected" and level != _UNKNOWN:
        parts[0] += f", {name_level(metric).lower().replace('vaf', 'VAF')} "
        parts[0] += show_level(float(level), metric)
    for name in landmarks:
        day = _day(patient, LandmarkColumn(DAY, name).name)
        at = f" (day {day})" if day else ""
        parts.append(f"{name} {_word(patient, name_clearance(name))}{at}")
    return "; ".join(parts)
