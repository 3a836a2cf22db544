"""What others derived of a study: the values of ADaM data sets, one row each.

They are compared with ours (`her2ctdna.inputs.supplied`) and never used instead.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.made import RESPONSE_WORDS, cells_of, upper
from her2ctdna.inputs.sdtm_domains import ENDINGS, read_text

DATA_SETS = ("ADSL", "ADRS", "ADTTE", "ADAE", "ADAB")
KEY = "adam"
SUPPLIED_COLUMNS = ["patient_id", "endpoint", "supplied", "unit", "source"]

RESPONSES = {
    "bor": ("BOR", "BESTRESP", "BOVRLRSP"),
    "confirmed_bor": ("CBOR", "BORC", "CONFBOR"),
}
"""Parameters (PARAMCD) of ADRS that hold a best response, by our column."""

TIMES = {
    "pfs": ("PFS", "PFSINV"),
    "os": ("OS",),
    "dor": ("DOR", "RSD", "CDOR"),
}
"""Parameters of ADTTE that hold a time to event; CNSR 0 is the event."""

ANTIBODIES = {
    "INDUCD": "induced",
    "ENHANC": "boosted",
    "TRUNAFF": "positive_not_boosted",
}
"""Flags of ADAB (PARAMCD, a number behind it) that are a class of ours where Y."""

_UNITS = {"DAY": "days", "MONTH": "months", "WEEK": "weeks", "YEAR": "years"}


def list_data_sets(folder: str | Path) -> list[str]:
    """Return the files of a folder that are read."""
    return [str(path) for path in _files(Path(folder)) if _name(path) in DATA_SETS]


def check_folder(folder: str | Path) -> Iterator[Finding]:
    """Yield what of a folder is not read, and an error if nothing of it is."""
    if not list_data_sets(folder):
        message = f"has none of {', '.join(DATA_SETS)}; correct inputs.adam"
        yield Finding("error", KEY, None, "", "", str(folder), message)
    seen = set()
    for path in _files(Path(folder)):
        name = _name(path)
        if name not in DATA_SETS or name in seen:
            message = f"is not read (read are {', '.join(DATA_SETS)}, each once)"
            yield Finding("note", KEY, None, name, "", path.name, message)
        seen.add(name)


def read_supplied(folder: str | Path) -> pd.DataFrame:
    """Read what the ADaM data sets of a folder say of each patient.

    Returns `SUPPLIED_COLUMNS` as text, one row for each patient, endpoint and
    distinct value (see `list_supplied`). A file that cannot be read raises a
    ValueError that names it.
    """
    sets: dict[str, pd.DataFrame] = {}
    for path in list_data_sets(folder):
        name = _name(Path(path))
        if name in sets:
            continue
        try:
            sets[name] = read_text(Path(path))
        except Exception as error:
            message = f"{path} cannot be read ({error}); write the file again"
            raise ValueError(message) from error
    return list_supplied(sets)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)


def _name(path: Path) -> str:
    return path.stem.upper()


def list_supplied(sets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the values of ADaM data sets that have a counterpart of ours.

    ``treated`` of ADSL (TRTSDT), ``bor`` and ``confirmed_bor`` of ADRS, ``*_days``
    and ``*_event`` of ADTTE (``unit`` is that of the value: AVALU, or what PARAM
    says; days if neither does), ``teae_count`` of ADAE (rows whose TRTEMFL is Y; 0
    for subjects of ADSL without one), ``ada_class`` of ADAB. Where ANL01FL marks rows
    of a parameter, the others do not count. A subject with several values of one
    endpoint has a row for each.
    """
    rows = [
        *_treatment(sets.get("ADSL")),
        *_responses(sets.get("ADRS")),
        *_times(sets.get("ADTTE")),
        *_events(sets.get("ADAE"), sets.get("ADSL")),
        *_antibodies(sets.get("ADAB")),
    ]
    table = pd.DataFrame(rows, columns=SUPPLIED_COLUMNS, dtype=object)
    return table.dropna(subset=["patient_id"]).drop_duplicates(ignore_index=True)


Row = tuple[str | None, str, str, str, str]


def _treatment(subjects: pd.DataFrame | None) -> Iterator[Row]:
    if subjects is None or "TRTSDT" not in subjects:
        return
    starts = cells_of(subjects, "TRTSDT")
    for who, start in zip(cells_of(subjects, "USUBJID"), starts, strict=True):
        yield who, "treated", "yes" if start else "no", "", "ADSL TRTSDT"


def _of_parameters(
    frame: pd.DataFrame | None, names: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield our name, the parameter and its rows, of the first that is there."""
    if frame is None or "PARAMCD" not in frame:
        return
    code = upper(frame["PARAMCD"])
    for ours, codes in names.items():
        found = next((one for one in codes if (code == one).any()), None)
        if found is not None:
            rows = frame[code == found]
            marked = upper(cells_of(rows, "ANL01FL")) == "Y"
            yield ours, found, rows[marked] if marked.any() else rows


def _responses(frame: pd.DataFrame | None) -> Iterator[Row]:
    for ours, code, rows in _of_parameters(frame, RESPONSES):
        words = upper(cells_of(rows, "AVALC"))
        words = words.map(RESPONSE_WORDS).fillna(words)
        for who, word in zip(cells_of(rows, "USUBJID"), words, strict=True):
            if isinstance(word, str):
                yield who, ours, word, "", f"ADRS {code}"


def _times(frame: pd.DataFrame | None) -> Iterator[Row]:
    for ours, code, rows in _of_parameters(frame, TIMES):
        named = upper(cells_of(rows, "AVALU", "PARAM"))
        cells = zip(
            *(cells_of(rows, name) for name in ("USUBJID", "AVAL", "CNSR")),
            named,
            strict=True,
        )
        for who, value, censored, word in cells:
            unit = next((_UNITS[key] for key in _UNITS if key in (word or "")), "days")
            source = f"ADTTE {code}"
            if value is not None:
                yield who, f"{ours}_days", value, unit, source
            if censored is not None:
                event = "yes" if float(censored) == 0 else "no"
                yield who, f"{ours}_event", event, "", source


def _events(
    events: pd.DataFrame | None, subjects: pd.DataFrame | None
) -> Iterator[Row]:
    if events is None or "TRTEMFL" not in events:
        return
    emergent = events[upper(events["TRTEMFL"]) == "Y"]
    counts = cells_of(emergent, "USUBJID").value_counts().to_dict()
    known = pd.DataFrame() if subjects is None else subjects
    for who in {*counts, *cells_of(known, "USUBJID").dropna()}:
        yield who, "teae_count", str(counts.get(who, 0)), "", "ADAE TRTEMFL"


def _antibodies(frame: pd.DataFrame | None) -> Iterator[Row]:
    if frame is None or "PARAMCD" not in frame:
        return
    code = upper(frame["PARAMCD"]).fillna("")
    flag = upper(cells_of(frame, "AVALC")).fillna("")
    who = cells_of(frame, "USUBJID")
    is_flag = code.map(
        lambda name: re.sub(r"\d+$", "", name) in ANTIBODIES and not name.endswith("2")
    ).astype(bool)
    told = set(who[is_flag & (flag == "Y")])
    for name, word in ANTIBODIES.items():
        is_meant = is_flag & code.str.startswith(name) & (flag == "Y")
        for one in who[is_meant]:
            yield one, "ada_class", word, "", f"ADAB {name}"
    for one in set(who[is_flag].dropna()) - told:
        yield one, "ada_class", "none", "", "ADAB"
