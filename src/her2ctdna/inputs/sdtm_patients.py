"""Patients from DM, with the times that EX, DS and the other domains tell of them."""

from collections.abc import Iterator
from typing import Literal

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.inputs.made import Made, as_sheet, cells_of, same_rows, upper
from her2ctdna.inputs.sdtm_domains import Domains
from her2ctdna.inputs.sdtm_times import Clock, is_whole_date
from her2ctdna.inputs.sdtm_words import NOT_DONE

COVARIATES = (
    *("AGE", "SEX", "RACE", "ETHNIC", "COUNTRY", "SITEID"),
    *("ARMCD", "ARM", "ACTARMCD", "ACTARM"),
)
"""Variables of DM that are kept, in lower case: none is a date or a name."""

CONTACT = {
    "EX": ("EXST", "EXEN"),
    "DS": ("DSST",),
    "RS": ("RS",),
    "TR": ("TR",),
    "TU": ("TU",),
    "AE": ("AEST", "AEEN"),
    "IS": ("IS",),
}
"""Domains whose records show that a subject was seen, and the stems of their times."""

NO_CONTACT = (
    *("DEATH", "LOST TO FOLLOW-UP", "STUDY TERMINATED BY SPONSOR"),
    *("SCREEN FAILURE", "SITE TERMINATED BY SPONSOR"),
)
"""Dispositions (DSDECOD) on whose day the subject need not have been seen alive."""


def given_doses(doses: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of EX in which a dose was given.

    That is an amount above 0, or 0 of a placebo; where the amount is empty, a dose in
    words (EXDOSTXT) that is not 0. Where no row of EX has an amount at all, each is a
    dose. What did not occur, or was not done, is none.
    """
    amount = pd.to_numeric(cells_of(doses, "EXDOSE"), errors="coerce")
    words = cells_of(doses, "EXDOSTXT")
    is_placebo = upper(cells_of(doses, "EXTRT")).str.contains("PLACEBO", na=False)
    is_in_words = amount.isna() & words.notna() & ~words.isin(["0", "0.0"])
    given = (amount > 0) | ((amount == 0) & is_placebo.astype(bool)) | is_in_words
    if amount.isna().all() and words.isna().all():
        given = cells_of(doses, "USUBJID").notna()
    is_refused = (upper(cells_of(doses, "EXOCCUR")) == "N") | (
        upper(cells_of(doses, "EXSTAT")) == NOT_DONE
    )
    return doses[given.astype(bool) & ~is_refused]


def make_patients(domains: Domains, clock: Clock) -> Made:
    """Make patients: one row for each of DM.

    - first dose: the earliest start of a dose given (`given_doses`), or RFXSTDTC of
      who had one without a start, or one whose start is a part of it. Who had no
      dose, as a screen failure, is not treated
    - last dose: the latest day of EX on which one was given
    - death: DTHDTC, else the disposition DEATH of DS
    - last alive: the latest whole date in `CONTACT`, dispositions of `NO_CONTACT`
      apart; the cutoff of the data is none
    - covariates: `COVARIATES`
    """
    subjects = domains["DM"]
    who = cells_of(subjects, "USUBJID")
    doses = given_doses(domains["EX"])
    start = _extreme(doses, clock.read(doses, "EXST"), clock, "min")
    exposure = cells_of(subjects, "RFXSTDTC")
    first = who.map(start)
    if clock.time == "date":
        is_dosed = who.isin(set(cells_of(doses, "USUBJID").dropna()))
        by_dm = clock.read(subjects, "RFXST").where(is_dosed)
        first = first.where(~_is_told_by(first, by_dm), by_dm)
    contacts = _contacts(domains, clock)
    columns = {
        "patient_id": who,
        clock.column("death"): _deaths(domains, clock),
        clock.column("last_alive"): who.map(_latest(contacts, clock)),
        clock.column("last_dose"): who.map(
            _latest(_days_of_doses(doses, clock), clock)
        ),
    }
    if clock.time == "date":
        columns["first_dose_date"] = first
    else:
        columns["treated"] = first.notna().map({True: "yes", False: "no"})
    covariates = {
        name.lower(): subjects[name] for name in COVARIATES if name in subjects
    }
    sheet = as_sheet(columns | covariates, subjects.index)
    variables = {name.lower(): name for name in COVARIATES}
    variables |= {"patient_id": "USUBJID", "first_dose_date": "EXSTDTC"}
    variables |= {"death_date": "DTHDTC", "last_dose_date": "EXENDTC"}
    findings = list(_undated_doses(sheet, domains["EX"], first))
    if clock.time == "date":
        findings += _other_first_dose(sheet, exposure)
    findings += _doses_without_amount(domains["EX"])
    findings += _undated_deaths(sheet, subjects, clock)
    findings += _partial_ends(sheet, doses, clock)
    findings.append(_how_alive(domains))
    return Made(sheet, same_rows(sheet), variables, findings)


def _is_told_by(partial: pd.Series, whole: pd.Series) -> pd.Series:
    """Return where a date is empty, or a part of another one (2024-01)."""
    pairs = zip(partial, whole, strict=True)
    told = [
        one is None or one != one or (isinstance(other, str) and other.startswith(one))
        for one, other in pairs
    ]
    return pd.Series(told, index=partial.index, dtype=bool)


def _extreme(
    frame: pd.DataFrame, times: pd.Series, clock: Clock, how: str
) -> dict[str, str]:
    """Return the earliest or latest time of each subject."""
    told = pd.DataFrame({"who": cells_of(frame, "USUBJID"), "time": times}).dropna()
    if told.empty:
        return {}
    told = told.assign(order=clock.order(told["time"])).sort_values("order")
    kept: Literal["first", "last"] = "first" if how == "min" else "last"
    chosen = told.drop_duplicates("who", keep=kept)
    return dict(zip(chosen["who"], chosen["time"], strict=True))


def _latest(told: pd.DataFrame, clock: Clock) -> dict[str, str]:
    """Return the latest whole time of each subject."""
    if clock.time == "date":
        told = told[is_whole_date(told["time"])]
    return _extreme(told, told["time"], clock, "max")


def _days_of_doses(doses: pd.DataFrame, clock: Clock) -> pd.DataFrame:
    return _told(doses, clock, ("EXST", "EXEN"))


def _contacts(domains: Domains, clock: Clock) -> pd.DataFrame:
    """Return every time on which a subject was seen."""
    seen = []
    for name, stems in CONTACT.items():
        if name not in domains:
            continue
        frame = domains[name]
        if name == "EX":
            frame = given_doses(frame)
        elif name == "DS":
            frame = frame[~upper(cells_of(frame, "DSDECOD")).isin(NO_CONTACT)]
        elif name == "AE":
            frame = frame[upper(cells_of(frame, "AEOCCUR")) != "N"]
        else:
            frame = frame[upper(cells_of(frame, f"{name}STAT")) != NOT_DONE]
        seen.append(_told(frame, clock, stems))
    return pd.concat(seen, ignore_index=True)


def _told(frame: pd.DataFrame, clock: Clock, stems: tuple[str, ...]) -> pd.DataFrame:
    """Return subject and time of some variables of a domain."""
    parts = [
        pd.DataFrame(
            {
                "USUBJID": cells_of(frame, "USUBJID"),
                "time": clock.read(frame, stem, is_end=stem.endswith("EN")),
            },
            dtype=object,
        )
        for stem in stems
    ]
    return pd.concat(parts, ignore_index=True)


def _deaths(domains: Domains, clock: Clock) -> pd.Series:
    subjects = domains["DM"]
    written = clock.read(subjects, "DTH")
    if "DS" not in domains:
        return written
    ends = domains["DS"]
    ends = ends[upper(cells_of(ends, "DSDECOD")) == "DEATH"]
    told = _extreme(ends, clock.read(ends, "DSST"), clock, "min")
    return written.where(written.notna(), cells_of(subjects, "USUBJID").map(told))


def _undated_doses(
    sheet: pd.DataFrame, doses: pd.DataFrame, first: pd.Series
) -> Iterator[Finding]:
    """Yield subjects who had a dose on a day that nobody knows."""
    dosed = set(cells_of(given_doses(doses), "USUBJID").dropna())
    rows = sheet[sheet["patient_id"].isin(dosed) & first.isna()]
    message = (
        "a dose was given, but its start is in neither EXSTDTC nor RFXSTDTC; without "
        "it the patient would count as not treated: add it"
    )
    yield from find_rows("error", "patients", rows, "first_dose_date", message)


def _doses_without_amount(doses: pd.DataFrame) -> Iterator[Finding]:
    """Yield a warning if EX has rows and no amount in any."""
    known = cells_of(doses, "EXDOSE", "EXDOSTXT")
    if len(known) and known.isna().all():
        message = (
            "no dose of EX has an amount (EXDOSE, EXDOSTXT), so each row counts as a "
            "dose given"
        )
        yield Finding("warning", "patients", None, "EXDOSE", "", "", message)


def _other_first_dose(sheet: pd.DataFrame, exposure: pd.Series) -> Iterator[Finding]:
    known = exposure.map(lambda cell: cell.partition("T")[0], na_action="ignore")
    differs = known.notna() & sheet["first_dose_date"].notna()
    differs &= known != sheet["first_dose_date"]
    message = "is not RFXSTDTC of DM; the first dose given in EX counts, check both"
    rows = sheet[differs]
    yield from find_rows("warning", "patients", rows, "first_dose_date", message)
    unseen = known.notna() & sheet["first_dose_date"].isna()
    message = "exposed by DM, but EX has no dose given; check both"
    yield from find_rows("warning", "patients", sheet[unseen], "patient_id", message)


def _undated_deaths(
    sheet: pd.DataFrame, subjects: pd.DataFrame, clock: Clock
) -> Iterator[Finding]:
    died = (upper(cells_of(subjects, "DTHFL")) == "Y").to_numpy()
    rows = sheet[died & sheet[clock.column("death")].isna().to_numpy()]
    message = (
        "died (DTHFL), but no date of it is in DTHDTC or DS, so the patient counts as "
        "alive when last seen; add the date"
    )
    yield from find_rows("warning", "patients", rows, "patient_id", message)


def _partial_ends(
    sheet: pd.DataFrame, doses: pd.DataFrame, clock: Clock
) -> Iterator[Finding]:
    """Yield subjects with an end of dosing that has no day."""
    if clock.time == "day":
        return
    ends = clock.read(doses, "EXEN", is_end=True)
    partial = ends.notna() & ~is_whole_date(ends)
    subjects = cells_of(doses, "USUBJID")[partial]
    rows = sheet[sheet["patient_id"].isin(set(subjects))]
    message = "an end of dosing has no day (EXENDTC); the last whole date of EX counts"
    yield from find_rows("warning", "patients", rows, "last_dose_date", message)


def _how_alive(domains: Domains) -> Finding:
    told = [name for name in CONTACT if name in domains]
    message = (
        f"last_alive is the last whole date of each subject in {', '.join(told)}; "
        f"dispositions such as {', '.join(NO_CONTACT[:3])} are no contact"
    )
    return Finding("note", "patients", None, "", "", "", message)
