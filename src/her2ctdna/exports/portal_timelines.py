"""Timelines of cBioPortal: events of each patient in days since first dose."""

import pandas as pd

from her2ctdna.exports.portal_samples import PLASMA, TISSUE
from her2ctdna.inputs.cbioportal_times import SPECIMEN, STATUS, TREATMENT

LAB_TEST = "LAB_TEST"
SUBSEQUENT = "SUBSEQUENT_THERAPY"

_FIRST = ["PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE"]
_BLOOD = {PLASMA: "blood", TISSUE: "tissue"}


def derive_timelines(
    patients: pd.DataFrame,
    *,
    samples: pd.DataFrame,
    visits: pd.DataFrame | None,
    draws: pd.DataFrame | None,
    metric: str,
) -> dict[str, pd.DataFrame]:
    """Return the events of patients by kind, none without a single event.

    Parameters
    ----------
    patients
        The analysis-ready table. Who was treated has a TREATMENT from day 0 to the
        last dose, and what came after it is of a kind of its own, as it is no study
        treatment.
    samples
        As `derive_samples` gives them.
    visits
        As ``visits.tsv``; those that count become a STATUS each.
    draws
        As ``ctdna_samples.tsv``; its level and its state are a LAB_TEST each.
    metric
        What the level of a draw is.

    Returns
    -------
    ``PATIENT_ID``, ``START_DATE``, ``STOP_DATE`` and ``EVENT_TYPE`` first, as the
    portal asks; the order is that of the tables given. What has no day is left out.
    """
    kinds = {
        TREATMENT: _treatments(patients),
        SUBSEQUENT: _events(
            SUBSEQUENT, patients["patient_id"], patients["new_therapy_day"]
        ),
        STATUS: _statuses(patients, visits),
        SPECIMEN: _specimens(samples),
        LAB_TEST: _tests(draws, metric) if draws is not None else pd.DataFrame(),
    }
    return {kind: events for kind, events in kinds.items() if not events.empty}


def _events(
    kind: str, who: pd.Series, days: pd.Series, **columns: "pd.Series | str"
) -> pd.DataFrame:
    """Return events of one day, with further columns; those without a day left out."""
    told = {"PATIENT_ID": who, "START_DATE": days, "STOP_DATE": None}
    table = pd.DataFrame(told | {"EVENT_TYPE": kind} | columns, dtype=object)
    return table[days.notna()].reset_index(drop=True)


def _treatments(patients: pd.DataFrame) -> pd.DataFrame:
    treated = patients[patients["treated"] == "yes"]
    first = pd.Series(0.0, index=treated.index)
    named = {"TREATMENT_TYPE": "Medical Therapy", "AGENT": "Study treatment"}
    events = _events(TREATMENT, treated["patient_id"], first, **named)
    return events.assign(STOP_DATE=treated["last_dose_day"].to_numpy())


def _statuses(patients: pd.DataFrame, visits: pd.DataFrame | None) -> pd.DataFrame:
    """Return responses that count, then when last seen alive, then deaths."""
    parts = []
    if visits is not None:
        counted = visits[(visits["used"] == "yes") & visits["overall"].notna()]
        who, days = counted["patient_id"], counted["assessed_day"]
        words = {"STATUS": counted["overall"], "OVERALL_RESPONSE": counted["overall"]}
        parts.append(_events(STATUS, who, days, **words))
    for word, column in (("ALIVE", "last_alive_day"), ("DECEASED", "death_day")):
        who, days = patients["patient_id"], patients[column]
        parts.append(_events(STATUS, who, days, STATUS=word))
    known = [part for part in parts if not part.empty]
    return pd.concat(known, ignore_index=True) if known else pd.DataFrame()


def _specimens(samples: pd.DataFrame) -> pd.DataFrame:
    return _events(
        SPECIMEN,
        samples["PATIENT_ID"],
        samples["day"],
        SAMPLE_ID=samples["SAMPLE_ID"],
        SPECIMEN_SITE=samples["SAMPLE_TYPE"],
        SPECIMEN_TYPE=samples["SAMPLE_CLASS"].map(_BLOOD),
    )


def _tests(draws: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the known levels as one test, all of them numbers, the states as another.

    The portal draws a line of a test whose results are numbers alone.
    """
    known = draws[draws["level"].notna()]
    parts = [_results(known, f"ctDNA {metric}", known["level"])]
    parts.append(_results(draws, "ctDNA state", draws["state"]))
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _results(draws: pd.DataFrame, test: str, results: pd.Series) -> pd.DataFrame:
    return _events(
        LAB_TEST,
        draws["patient_id"],
        draws["day"],
        TEST=test,
        RESULT=results,
        LEVEL=draws["level"],
        STATE=draws["state"],
        LOD95_LEVEL=draws["lod95_level"],
        UPPER95_LEVEL=draws["upper95_level"],
        TIMEPOINT=draws["timepoint"],
        SAMPLE_ID=draws["sample_id"],
    )
