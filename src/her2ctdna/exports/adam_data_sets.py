"""Endpoints as analysis data sets in the manner of CDISC ADaM: ADRS and ADTTE.

They hold study days and no date: of ADaM they lack what needs one.
"""

import pandas as pd

from her2ctdna.exports.transport_file import DataSet
from her2ctdna.inputs.adam import RESPONSES as PARAMETERS
from her2ctdna.inputs.adam import TIMES
from her2ctdna.response.recist import RESPONSES
from her2ctdna.wording import COUNTED_FROM

ADRS_LABELS = {
    "STUDYID": "Study Identifier",
    "USUBJID": "Unique Subject Identifier",
    "PARAMCD": "Parameter Code",
    "PARAM": "Parameter",
    "AVAL": "Analysis Value (1 = CR to 7 = MISSING)",
    "AVALC": "Analysis Value (C)",
    "ADY": "Analysis Relative Day (first dose = 1)",
    "ANL01FL": "Analysis Flag 01 (counts for response)",
    "RSEVAL": "Evaluator",
    "REASON": "Reason of the Value, or Why Not Counted",
    "SRCDOM": "Source Data (table of results)",
    "SRCVAR": "Source Variable",
}
"""The variables of ADRS and their labels."""

ADTTE_LABELS = {
    "STUDYID": "Study Identifier",
    "USUBJID": "Unique Subject Identifier",
    "PARAMCD": "Parameter Code",
    "PARAM": "Parameter",
    "AVAL": "Analysis Value",
    "AVALU": "Analysis Value Unit",
    "ADY": "Analysis Relative Day (first dose = 1)",
    "CNSR": "Censor (0 = event, 1 = censored)",
    "EVNTDESC": "Event or Censoring Description",
    "CNSDTDSC": "Censor Date Description",
    "SRCDOM": "Source Data (table of results)",
    "SRCVAR": "Source Variable",
}
"""The variables of ADTTE and their labels."""

RESPONSE_CODES = {word: float(code) for code, word in enumerate(RESPONSES, start=1)}
"""Words of RECIST as numbers, from the best to none."""

_BEST = {
    "bor": "Best Overall Response",
    "confirmed_bor": "Confirmed Best Overall Response",
}
_LASTING = {
    "pfs": "Progression-Free Survival (days)",
    "os": "Overall Survival (days)",
    "dor": "Duration of Response (days)",
}


def derive_data_sets(
    endpoints: pd.DataFrame,
    visits: pd.DataFrame | None,
    *,
    study_id: str,
    is_synthetic: bool,
    count_first_day: bool,
) -> dict[str, DataSet]:
    """Return the data sets that a study has by the stem of their files.

    ``adtte`` always, ``adrs`` of a study with assessments (``visits``, else None). Of
    a synthetic study their labels say so.
    """
    stamp = " (synthetic)" if is_synthetic else ""
    times = derive_adtte(endpoints, study_id=study_id, count_first_day=count_first_day)
    made = {"adtte": DataSet(times, f"Time to Event{stamp}", ADTTE_LABELS)}
    if visits is not None:
        responses = derive_adrs(endpoints, visits, study_id=study_id)
        made["adrs"] = DataSet(responses, f"Response{stamp}", ADRS_LABELS)
    return made


def derive_adrs(
    endpoints: pd.DataFrame, visits: pd.DataFrame, *, study_id: str
) -> pd.DataFrame:
    """Return responses as ADRS, with the variables of `ADRS_LABELS`.

    A row for each assessment with an overall response (``OVR``, ``ANL01FL`` Y where it
    counts), then one a patient for the best response (``BOR``) and the confirmed one
    (``CBOR``), both for every patient, MISSING where nobody was assessed. ``ADY`` has
    no day 0 (first dose is day 1), and is missing where no visit made the response.
    """
    seen = visits[visits["overall"].notna()]
    overall = pd.DataFrame(
        {
            "USUBJID": seen["patient_id"],
            "PARAMCD": "OVR",
            "PARAM": "Overall Response",
            "AVALC": seen["overall"],
            "ADY": count_from_one(seen["assessed_day"]),
            "ANL01FL": seen["used"].map({"yes": "Y"}),
            "RSEVAL": seen["evaluator"],
            "REASON": seen["reason"],
            "SRCDOM": "VISITS",
            "SRCVAR": "OVERALL",
        }
    )
    best = [_best_rows(endpoints, column) for column in _BEST]
    table = pd.concat([overall, *best], ignore_index=True)
    table["AVAL"] = table["AVALC"].map(RESPONSE_CODES).astype(float)
    return _typed(table.assign(STUDYID=study_id), ADRS_LABELS)


def derive_adtte(
    endpoints: pd.DataFrame, *, study_id: str, count_first_day: bool
) -> pd.DataFrame:
    """Return times to event as ADTTE, with the variables of `ADTTE_LABELS`.

    Parameters
    ----------
    endpoints
        One row a patient; who has no such time has no row of it.
    study_id
        That of the config.
    count_first_day
        Whether durations are end - start + 1.

    Returns
    -------
    By parameter, then patient: days (``AVAL``), ``CNSR`` 0 for the event and 1 for
    censored, and our reason as ``EVNTDESC``, that of censoring as ``CNSDTDSC`` too.
    ``ADY`` is the study day on which the time ends, missing where it is no whole day
    or counts from something other than the first dose.
    """
    parts = [_time_rows(endpoints, name, int(count_first_day)) for name in _LASTING]
    table = pd.concat(parts, ignore_index=True)
    return _typed(table.assign(STUDYID=study_id), ADTTE_LABELS)


def count_from_one(days: pd.Series) -> pd.Series:
    """Return days since first dose as CDISC counts them: 1, and before it -1."""
    return days.where(days < 0, days + 1)


def _best_rows(endpoints: pd.DataFrame, column: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": endpoints["patient_id"],
            "PARAMCD": PARAMETERS[column][0],
            "PARAM": _BEST[column],
            "AVALC": endpoints[column],
            "ADY": count_from_one(endpoints[f"{column}_day"]),
            "ANL01FL": "Y",
            "RSEVAL": None,
            "REASON": endpoints[f"{column}_reason"],
            "SRCDOM": "ENDPOINTS",
            "SRCVAR": column.upper(),
        }
    )


def _time_rows(endpoints: pd.DataFrame, name: str, first: int) -> pd.DataFrame:
    rows = endpoints[endpoints[f"{name}_days"].notna()]
    reason = rows[f"{name}_reason"]
    is_event = rows[f"{name}_event"] == "yes"
    return pd.DataFrame(
        {
            "USUBJID": rows["patient_id"],
            "PARAMCD": TIMES[name][0],
            "PARAM": _LASTING[name],
            "AVAL": rows[f"{name}_days"],
            "AVALU": "DAYS",
            "ADY": _end_days(rows, name, first),
            "CNSR": 1.0 - is_event,
            "EVNTDESC": reason,
            "CNSDTDSC": reason.mask(is_event),
            "SRCDOM": "ENDPOINTS",
            "SRCVAR": f"{name.upper()}_DAYS",
        }
    )


def _end_days(rows: pd.DataFrame, name: str, first: int) -> pd.Series:
    """Return the study day on which times end, where it is a whole one."""
    start = rows["response_day"] if name == "dor" else 0
    end = rows[f"{name}_days"] + start - first
    told = rows[f"{name}_reason"].fillna("").astype(str)
    is_usual = ~told.str.contains(COUNTED_FROM, regex=False)
    return count_from_one(end.where((end % 1 == 0) & is_usual))


def _typed(table: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return the variables in their order, text as objects and numbers as floats."""
    numbers = ("AVAL", "ADY", "CNSR")
    columns = {
        name: table[name].astype(float if name in numbers else object)
        for name in labels
    }
    return pd.DataFrame(columns).reset_index(drop=True)
