"""From sheets to normalised tables: read, check every cell, convert, cut off.

All problems of all sheets are collected; a bad cell becomes a missing one so that
the checks go on, and the errors found keep the study from being analysed at all.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date

import pandas as pd
from pandera.errors import SchemaErrors

from her2ctdna.calls.call_tables import in_one_form
from her2ctdna.calls.maf import as_in_maf, from_maf, is_maf
from her2ctdna.findings import Finding
from her2ctdna.inputs.columns import (
    Field,
    schema_of,
    sheet_columns,
)
from her2ctdna.inputs.cross_checks import check_tables
from her2ctdna.inputs.dates import (
    Tables,
    apply_cutoff,
    cutoff_days,
    days_since_first_dose,
    detect_time,
    empty_table,
    fill_partial_dates,
    first_doses,
    read_written_dates,
    refuse_day_zero,
    since_first_dose,
)
from her2ctdna.inputs.her2_checks import join_specimens
from her2ctdna.inputs.lost_zeros import find_lost_zeros
from her2ctdna.inputs.ready_maps import NEEDED, Headers, propose_maps
from her2ctdna.inputs.sheet_maps import PLAIN, Written, apply_maps, as_written
from her2ctdna.inputs.sources import as_in_sources, parse_source, read_raw_source
from her2ctdna.inputs.written_words import read_words
from her2ctdna.safety.titres import normalise_antibodies

FORMULA = re.compile(r"^[=+\-@].*\w", re.DOTALL)
FREE_TEXT = ("term", "soc")


def check_inputs(
    inputs: Mapping[str, str],
    *,
    data_cutoff: str | int | None,
    partial_dates: Mapping[str, str],
    reference: str | None,
    baseline_window: int | None,
    origin: str,
    day_one: int,
    written: Written = PLAIN,
    ready_maps: Mapping[str, Headers] | None = None,
) -> tuple[Tables, list[Finding]]:
    """Read and check all sheets of a study.

    Parameters
    ----------
    inputs
        Path of the sheet of each key of the contract's section 2.
    data_cutoff
        A date or a day, as the study counts time; later records are set aside.
    partial_dates
        Which day a date without one takes, by table (see `fill_partial_dates`).
    reference
        A FASTA, to bring calls given as a table into the one form of a variant.
    baseline_window
        Last day on which a scan is still the baseline; ``None`` is day 0.
    origin
        What supplied durations count from.
    day_one
        The day of first dose in a study that gives days: 0, or 1 if its days have
        no 0 (the day before is -1). Tables from folders know theirs.
    written
        How the sheets are written: encoding, order of dates, names and words.
    ready_maps
        Names of columns in sheets of known kinds (`read_ready_maps`), which a sheet
        that lacks needed columns is compared with.

    Returns
    -------
    The normalised tables (times as days since first dose) and every finding, with the
    names and words of the sheets.
    """
    raw, sheets, told = _read_all(inputs, written)
    findings = find_lost_zeros(sheets)
    time, mixed = detect_time(sheets)
    findings += mixed
    worded, words = read_words(sheets)
    dated, forms = read_written_dates(worded, order=written.date_order)
    whole, partial = fill_partial_dates(dated, rules=partial_dates)
    findings += words + forms + partial
    is_from_one = time == "day" and day_one == 1
    from_one = _name_sheets(whole, inputs) if is_from_one else set()
    clean, found = _check_sheets(whole, time=time, from_one=from_one)
    findings += found
    first_dose = first_doses(clean["patients"])
    tables = {
        table: since_first_dose(
            _convert(sheet, table=table, time=time, first_dose=first_dose),
            table=table,
            day_one=int(table in from_one),
        )
        for table, sheet in clean.items()
    }
    if "variants" in tables:
        tables["variants"], found = in_one_form(tables["variants"], reference)
        findings += found
    across = check_tables(
        tables, inputs=inputs, baseline_window=baseline_window, origin=origin
    )
    findings += _shown_once(across, told + findings, worded, time)
    if isinstance(data_cutoff, int) and day_one == 1:
        data_cutoff -= data_cutoff > 0
    cutoff, misfit = cutoff_days(tables["patients"], data_cutoff, first_dose, time=time)
    tables, late = apply_cutoff(tables, cutoff)
    findings = propose_maps(findings + misfit + late, told, raw, ready_maps or {})
    findings = _as_in_maf(findings, inputs, raw)
    findings = as_written(findings, worded, raw, written)
    # what was told in reading names rows and columns of the files already
    return tables, told + _beside(told, as_in_sources(findings, inputs))


def _check_sheets(
    sheets: Tables, *, time: str, from_one: Collection[str]
) -> tuple[Tables, list[Finding]]:
    """Check each cell of all sheets; ``from_one`` names those without a day 0."""
    clean: Tables = {}
    findings: list[Finding] = []
    for table, sheet in sheets.items():
        clean[table], found = check_cells(sheet, table=table, time=time)
        findings += found
        if table in from_one:
            clean[table], found = refuse_day_zero(clean[table], table=table)
            findings += found
    return clean, findings + _contradicted_treatment(clean["patients"], time)


def _name_sheets(tables: Iterable[str], inputs: Mapping[str, str]) -> set[str]:
    """Return which tables are sheets of the study.

    Those from folders have first dose = 0 whatever the sheets beside them have.
    """
    return {name for name in tables if not parse_source(inputs.get(name, ""))}


def check_cells(
    sheet: pd.DataFrame, *, table: str, time: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Check each cell of a sheet; return it with the bad ones blanked, and why."""
    sheet, findings = _defuse_formulas(sheet, table, time)
    if table == "her2":
        sheet, joined = join_specimens(sheet)
        findings += joined
    if table == "ada":
        sheet, forms = normalise_antibodies(sheet)
        findings += forms
    findings += _nearly_named(sheet, table, time)
    if sheet.columns.empty:
        return sheet, findings
    try:
        schema_of(table, time=time).validate(sheet, lazy=True)
    except SchemaErrors as errors:
        sheet, found = _blank_failures(sheet, errors.failure_cases, table)
        findings += found
    return sheet, findings


def _read_all(
    inputs: Mapping[str, str], written: Written
) -> tuple[Tables, Tables, list[Finding]]:
    """Return the sheets as they are written and as we read them, and findings."""
    sheets: Tables = {"patients": pd.DataFrame(dtype=object)}
    raw = dict(sheets)
    findings: list[Finding] = []
    for table, path in inputs.items():
        raw[table], found = read_raw_source(path, table=table, written=written)
        sheets[table], wrong = apply_maps(raw[table], table=table, written=written)
        findings += found + wrong
    if sheets["patients"].empty and len(sheets["patients"].columns):
        message = "has a header and no row; a study has at least one patient"
        findings.append(Finding("error", "patients", 1, "", "", "", message))
    if is_maf(inputs.get("variants", "")) and not sheets["variants"].columns.empty:
        sheets["variants"], found = from_maf(sheets["variants"])
        findings += found
    return raw, sheets, findings


def _beside(told: list[Finding], findings: list[Finding]) -> list[Finding]:
    """Return findings, without the errors on cells that could not be read at all."""
    unread = {
        found[1:4] for found in told if found.severity == "error" and found.column
    }
    return [
        found
        for found in findings
        if found.severity != "error" or found[1:4] not in unread
    ]


def _as_in_maf(
    findings: list[Finding], inputs: Mapping[str, str], raw: Tables
) -> list[Finding]:
    """Return findings on calls in a MAF with the columns of the MAF."""
    if not is_maf(inputs.get("variants", "")):
        return findings
    return as_in_maf(findings, raw["variants"].columns)


def _blank_failures(
    sheet: pd.DataFrame, failures: pd.DataFrame, table: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Turn pandera's failure cases into findings and blank the cells they name."""
    sheet = sheet.copy()
    findings = []
    absent = failures.loc[failures["check"] == "column_in_dataframe", "failure_case"]
    for column in absent:
        findings.append(Finding("error", table, 1, column, "", "", NEEDED))
    repeated = failures["check"] == "multiple_fields_uniqueness"
    if absent.empty:
        findings += _repeated_rows(sheet, failures[repeated], table)
    cells = failures[~repeated & failures["index"].notna()]
    cells = cells.drop_duplicates(["index", "column"])
    for case in cells.itertuples():
        row, column = int(case.index), str(case.column)
        empty = case.check == "not_nullable"
        advice = "is empty; fill it in" if empty else str(case.check)
        value = "" if empty else str(case.failure_case)
        patient = _patient(sheet, row)
        findings.append(Finding("error", table, row, column, patient, value, advice))
    for case in cells.itertuples():
        sheet.loc[int(case.index), str(case.column)] = None
    return sheet, findings


def _repeated_rows(
    sheet: pd.DataFrame, failures: pd.DataFrame, table: str
) -> list[Finding]:
    """Return one error for each row whose key stands above it already."""
    findings = []
    for row, cases in failures.groupby("index"):
        key = ", ".join(f"{c.column} {c.failure_case}" for c in cases.itertuples())
        column = str(cases["column"].iloc[0])
        message = f"stands in an earlier row already ({key}); keep one of them"
        line = int(row)
        value = str(sheet.loc[line, column])
        findings.append(
            Finding("error", table, line, column, _patient(sheet, line), value, message)
        )
    return findings


def _patient(sheet: pd.DataFrame, row: int) -> str:
    patient = sheet.loc[row, "patient_id"] if "patient_id" in sheet else None
    return patient or ""


def _nearly_named(sheet: pd.DataFrame, table: str, time: str) -> list[Finding]:
    """Return a warning for each extra column that is named almost as a known one."""
    known = sheet_columns(table, time=time)
    unused = [name for name in known if name not in sheet]
    findings = []
    for column in sheet.columns:
        near = difflib.get_close_matches(column.lower(), unused, n=1, cutoff=0.8)
        if column not in known and near:
            message = f"kept as an extra column; did you mean {near[0]}?"
            findings.append(Finding("warning", table, 1, column, "", "", message))
    return findings


def _defuse_formulas(
    sheet: pd.DataFrame, table: str, time: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Warn of each text that a spreadsheet would take for a formula.

    In free text (terms and extra columns) such a cell gets an apostrophe before it,
    as a spreadsheet does, so that no table of results holds a formula.
    """
    known = sheet_columns(table, time=time)
    sheet = sheet.copy()
    findings = []
    for column in sheet.columns:
        if known.get(column, Field("text")).kind not in ("text", "identifier"):
            continue
        cells = sheet[column].dropna()
        suspect = cells[cells.str.contains(FORMULA)]
        suspect = suspect[pd.to_numeric(suspect, errors="coerce").isna()]
        if column not in known or column in FREE_TEXT:
            suspect = "'" + suspect
            sheet.loc[suspect.index, column] = suspect
        for row, value in suspect.items():
            message = "starts as a spreadsheet formula does; it is shown as text"
            patient = _patient(sheet, int(row))
            findings.append(
                Finding("warning", table, int(row), column, patient, value, message)
            )
    return sheet, findings


def _convert(
    sheet: pd.DataFrame, *, table: str, time: str, first_dose: Mapping[str, date]
) -> pd.DataFrame:
    """Return a checked sheet with numbers as numbers and times as days.

    Columns of the contract come first and are all there; extra columns stay text.
    """
    converted = empty_table(table).reindex(sheet.index)
    for name, field in sheet_columns(table, time=time).items():
        if name not in sheet or name == "first_dose_date":
            continue
        if field.kind == "time" and time == "date":
            patients = sheet.get("patient_id", pd.Series(index=sheet.index))
            days = days_since_first_dose(sheet[name], patients, first_dose)
            converted[name.removesuffix("date") + "day"] = days
        elif field.kind in ("time", "number", "integer"):
            converted[name] = sheet[name].map(float, na_action="ignore").astype(float)
        else:
            converted[name] = sheet[name]
    if table == "patients":
        converted["treated"] = _treated(sheet, time)
    known = {*converted.columns, *sheet_columns(table, time=time), "first_dose_day"}
    extra = [column for column in sheet.columns if column not in known]
    text = converted.select_dtypes(object).columns
    converted[text] = (
        converted[text].astype(object).where(converted[text].notna(), None)
    )
    return converted.join(sheet[extra])


def _shown_once(
    across: list[Finding], found: list[Finding], sheets: Tables, time: str
) -> list[Finding]:
    """Return the findings across cells, but for cells that are in error already."""
    wrong = {finding[1:4] for finding in found if finding.severity == "error"}
    # of a table with errors, blanked cells are no news
    wrong |= {
        ("variants", None, "alt_count") for table, *_ in wrong if table == "variants"
    }
    shown = [_as_in_sheet(finding, sheets, time) for finding in across]
    return [finding for finding in shown if finding[1:4] not in wrong]


def _as_in_sheet(finding: Finding, sheets: Tables, time: str) -> Finding:
    """Return a finding on a normalised cell with the column and value of the sheet."""
    column = re.sub("_day$", f"_{time}", finding.column)
    sheet = sheets.get(finding.table)
    if sheet is None or finding.row not in sheet.index or column not in sheet:
        return finding
    value = sheet.loc[finding.row, column] or ""
    return finding._replace(column=column, value=value)


def _contradicted_treatment(patients: pd.DataFrame, time: str) -> list[Finding]:
    """Warn where ``treated`` and the first dose of a study with dates disagree."""
    if time != "date" or not {"treated", "first_dose_date"} <= set(patients.columns):
        return []
    dosed = patients["first_dose_date"].notna()
    differing = patients[(patients["treated"] == "yes") != dosed]
    message = "contradicts first_dose_date, which decides; correct one of them"
    return [
        Finding(
            "warning",
            "patients",
            int(row),
            "treated",
            _patient(patients, row),
            cell,
            message,
        )
        for row, cell in differing["treated"].dropna().items()
    ]


def _treated(sheet: pd.DataFrame, time: str) -> pd.Series:
    """Return yes or no: by the first dose if times are dates, else by the column."""
    if time == "date" and "first_dose_date" in sheet:
        return sheet["first_dose_date"].notna().map({True: "yes", False: "no"})
    if "treated" in sheet:
        return sheet["treated"].fillna("yes")
    return pd.Series("yes", index=sheet.index, dtype=object)
