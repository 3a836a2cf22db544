"""Checks of the HER2 sheet: forms, eligibility, contradictions, one specimen twice.

What cannot be read and what contradicts itself are errors where the rules are read,
since an analysis may recode it (`judge_results`); all else is said of the sheet.
"""

from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding, find_rows
from her2ctdna.her2.her2_cells import parse_ihc, parse_ish
from her2ctdna.her2.her2_scores import (
    ULTRALOW_MAX_PERCENT,
    Recode,
    derive_results,
    describe_ihc,
    find_contradictions,
    find_unread,
    is_over_ultralow,
)
from her2ctdna.inputs.dates import Tables, empty_table

_ADVICE = {
    "ihc": (
        "take one of: 0, 1+, 2+, 3+ or a range such as 0-1+, "
        "or give its score in {where}.her2.recode"
    ),
    "ish": (
        "take one of: negative, positive, equivocal, "
        "or give its result in {where}.her2.recode"
    ),
}
_KEY = ["patient_id", "specimen_id", "reader"]
_ISH = ["ish", "her2_copies", "cep17_ratio"]


def check_her2(tables: Tables) -> Iterator[Finding]:
    """Yield the findings on the readings of HER2, none without their sheet."""
    if "her2" in tables:
        her2 = tables["her2"]
        read = derive_results(her2, recode={}, range_policy="higher")
        yield from _forms(her2)
        yield from _eligibility(her2, read)
        yield from _half_probes(her2)
        yield from _late_specimens(her2)


def judge_results(
    sheet: pd.DataFrame, *, recode: Recode, where: str
) -> Iterator[Finding]:
    """Yield what nobody can read in a sheet of HER2, and what contradicts itself.

    ``where`` is the part of the config that may recode it.
    """
    her2 = _with_numbers(sheet)
    for column, advice in _ADVICE.items():
        unread = find_unread(her2[column], recode=recode, column=column)
        rows = her2.loc[unread.index]
        yield from find_rows("error", "her2", rows, column, advice.format(where=where))
    for column, wrong, other in find_contradictions(her2, recode=recode):
        message = f"says another thing than {other}; correct one of them"
        yield from find_rows("error", "her2", her2[wrong], column, message)
    if recode:
        yield from _recoded_positive(her2, recode)


def join_specimens(sheet: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Join the rows of one specimen and reader of which one has IHC, the other ISH.

    They are joined where no column says different things; the row that comes first
    stays, and a note names the other.
    """
    if not {*_KEY, "ihc", "ish"} <= set(sheet.columns):
        return sheet, []
    tested = pd.DataFrame(
        {
            "ihc": sheet["ihc"].notna(),
            "ish": sheet.filter(items=_ISH).notna().any(axis=1),
        }
    )
    findings = []
    for _, rows in sheet.dropna(subset=_KEY).groupby(_KEY, sort=False):
        is_pair = len(rows) == 2 and tested.loc[rows.index].sum(axis=1).eq(1).all()
        if not is_pair or not tested.loc[rows.index].any().all():
            continue
        if (rows.nunique() > 1).any():
            continue
        first, second = rows.index
        sheet.loc[first] = rows.bfill().iloc[0]
        sheet = sheet.drop(index=second)
        message = f"IHC and ISH of one specimen: joined with row {first}"
        patient, specimen = rows["patient_id"].iloc[0], rows["specimen_id"].iloc[0]
        findings.append(
            Finding(
                "note", "her2", int(second), "specimen_id", patient, specimen, message
            )
        )
    return sheet, findings


def _with_numbers(sheet: pd.DataFrame) -> pd.DataFrame:
    """Return a sheet as read with all columns of HER2, numbers as numbers."""
    empty = empty_table("her2")
    wanted = {column: sheet.get(column) for column in empty.columns}
    her2 = pd.DataFrame(wanted, index=sheet.index, dtype=object)
    for column in ("her2_copies", "cep17_ratio"):
        her2[column] = pd.to_numeric(her2[column], errors="coerce").astype(float)
    return her2


def _forms(her2: pd.DataFrame) -> Iterator[Finding]:
    """Yield a note on each form of a result that is not the usual one."""
    for column in ("ihc", "ish"):
        for cell, count in her2[column].value_counts().items():
            word = _meaning(str(cell), column)
            if word not in (None, cell):
                text = f"read as {word} (rows: {count})"
                yield Finding("note", "her2", None, column, "", str(cell), text)


def _meaning(cell: str, column: str) -> str | None:
    """Return in words what a cell was read as, ``None`` where it was not."""
    if column == "ihc":
        told = parse_ihc(cell)
        return None if told is None else describe_ihc(told)
    word = parse_ish(cell)
    return "no result" if word == "" else word


def _recoded_positive(her2: pd.DataFrame, recode: Recode) -> Iterator[Finding]:
    read = derive_results(her2, recode=recode, range_policy="higher")
    usual = derive_results(her2, recode={}, range_policy="higher")
    message = "recoded as HER2-positive: check the eligibility"
    for column, word in (("ihc", "3+"), ("ish", "positive")):
        recoded = her2[(read[column] == word) & (usual[column] != word)]
        yield from find_rows("warning", "her2", recoded, column, message)


def _eligibility(her2: pd.DataFrame, read: pd.DataFrame) -> Iterator[Finding]:
    ihc, ish = read["ihc"], read["ish"]
    most = f"{ULTRALOW_MAX_PERCENT} %"
    positive = her2[(ihc == "3+") | (ish == "positive")]
    message = "HER2-positive in a HER2-negative trial: check the eligibility"
    yield from find_rows("warning", "her2", positive, "ihc", message)
    low_positive = her2[(ish == "positive") & ihc.isin(["0", "1+"])]
    message = "ISH is positive where IHC is 0 or 1+; check both"
    yield from find_rows("warning", "her2", low_positive, "ish", message)
    high_negative = her2[(ish == "negative") & (ihc == "3+")]
    message = "ISH is negative where IHC is 3+; check both"
    yield from find_rows("warning", "her2", high_negative, "ish", message)
    stained_zero = her2[(ihc == "0") & is_over_ultralow(read)]
    message = f"IHC 0 has staining in at most {most} of cells; check both"
    yield from find_rows("warning", "her2", stained_zero, "stained_percent", message)
    is_few = read["stained_high"] <= ULTRALOW_MAX_PERCENT
    unstained = her2[ihc.isin(["1+", "3+"]) & is_few]
    message = f"IHC 1+ and 3+ have staining in over {most} of cells; check both"
    yield from find_rows("warning", "her2", unstained, "stained_percent", message)


def _half_probes(her2: pd.DataFrame) -> Iterator[Finding]:
    """Yield the readings of a dual probe of which one number is missing."""
    pair = ("her2_copies", "cep17_ratio")
    for given, missing in (pair, pair[::-1]):
        alone = her2[her2[given].notna() & her2[missing].isna()]
        message = f"without {missing} it gives no group of ISH; add it"
        yield from find_rows("warning", "her2", alone, given, message)


def _late_specimens(her2: pd.DataFrame) -> Iterator[Finding]:
    late = her2[her2["collected_day"] > 0]
    message = "collected after the first dose; it may not show HER2 at baseline"
    yield from find_rows("warning", "her2", late, "collected_day", message)
