"""Anti-drug antibodies from IS: the tests of a sample as one result."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.made import Made, as_sheet, cells_of, shown, upper
from her2ctdna.inputs.sdtm_domains import Domains
from her2ctdna.inputs.sdtm_times import Clock
from her2ctdna.inputs.sdtm_words import NOT_DONE
from her2ctdna.safety.titres import NOT_REPORTABLE

_NEUTRALISING = r"NAB\b|_NAB|NEUTRALI[SZ]"
_ANTIBODY = r"\bADA|ADA\b|ANTI-? ?DRUG|ANTIDRUG|BINDING ANTIBOD|IMMUNOGENICITY"
_TITRE = r"TIT(?:ER|RE)|\w*TIT\b"
_CONFIRMED = r"CONF"
_WORDS = {
    **dict.fromkeys(("NEGATIVE", "NEG", "N", "NOT DETECTED", "ABSENT"), "negative"),
    **dict.fromkeys(("POSITIVE", "POS", "P", "DETECTED", "PRESENT"), "positive"),
    **dict.fromkeys(("CONFIRMED POSITIVE", "REACTIVE"), "positive"),
    **dict.fromkeys(("CONFIRMED NEGATIVE", "NON-REACTIVE"), "negative"),
}
_NUMBER = re.compile(r"(?:[<>]=?|[≤≥])?\s*(?:1\s*[:/]\s*)?\d+(?:\.\d+)?")
_WITH_TITRE = re.compile(r"POS(?:ITIVE)?\W+(1\s*[:/]\s*\d+|\d+(?:\.\d+)?)\W*")


class _Row(NamedTuple):
    """A test of IS: its row, its sample, which kind of test it is and what it gave."""

    row: int
    patient_id: str | None
    sampled: str | None
    at: str | None
    visit: str | None
    drug: str | None
    kind: str
    result: str
    titre: str | None


def make_antibodies(domains: Domains, clock: Clock) -> Made:
    """Make antibodies: one row for each sample that was tested for binding ones.

    Tests are told by ISTESTCD, ISTEST, ISCAT and ISSCAT: titres, confirmations, all
    others; those of neutralising antibodies are left out. Rows of one subject, time,
    visit and drug (ISBDAGNT) are one sample: its result is that of the confirmation,
    else positive if any row is. A number is positive with that titre, the number 0
    negative; a test that was not done, or without a result, is not reportable.
    Titres are on the scale that they were written on
    (``definitions.safety.ada_titre_scale``).
    """
    tests = domains["IS"]
    kinds = _kinds(tests)
    chosen = tests[kinds.notna()]
    joined = _by_sample(chosen, kinds.dropna(), clock)
    columns = {
        "patient_id": joined["patient_id"],
        clock.column("sampled"): joined["sampled"],
        "result": joined["result"],
        "titre": joined["titre"],
    }
    sheet = as_sheet(columns, joined.index)
    dated = "ISDTC" if clock.time == "date" else "ISDY"
    written = "ISSTRESC" if "ISSTRESC" in tests else "ISORRES"
    variables = {"patient_id": "USUBJID", clock.column("sampled"): dated}
    variables |= {"result": written, "titre": written}
    findings = list(_told_of_tests(tests, kinds, chosen))
    return Made(
        sheet, {int(row): int(row) for row in joined.index}, variables, findings
    )


def _by_sample(chosen: pd.DataFrame, kind: pd.Series, clock: Clock) -> pd.DataFrame:
    """Return one row a sample of the tests chosen, at the row of one of them."""
    result, titre = _results(chosen)
    rows = pd.DataFrame(
        {
            "patient_id": cells_of(chosen, "USUBJID"),
            "sampled": clock.read(chosen, "IS"),
            "at": cells_of(chosen, "ISDTC", "ISDY"),
            "visit": cells_of(chosen, "VISITNUM", "VISIT"),
            "drug": cells_of(chosen, "ISBDAGNT"),
            "kind": kind,
            "result": result,
            "titre": titre,
        },
        dtype=object,
    )
    samples: dict[tuple[object, ...], list[_Row]] = {}
    for cells in rows.where(rows.notna(), None).itertuples(name=None):
        row = _Row(*cells)
        key = (row.patient_id, row.at, row.visit, row.drug)
        samples.setdefault(key, []).append(row)
    joined = pd.DataFrame(
        [_as_one(sample) for sample in samples.values()],
        columns=["row", "patient_id", "sampled", "result", "titre"],
    ).sort_values("row")
    return joined.set_index(pd.Index(joined["row"].astype(int)))


def _kinds(tests: pd.DataFrame) -> pd.Series:
    """Return titre, confirmed or result; None of what is no test of binding ones."""
    names = pd.DataFrame(
        {name: upper(cells_of(tests, name)) for name in ("ISTESTCD", "ISTEST")}
    ).fillna("")
    groups = pd.DataFrame(
        {name: upper(cells_of(tests, name)) for name in ("ISCAT", "ISSCAT")}
    ).fillna("")
    test = names["ISTESTCD"] + " " + names["ISTEST"]
    group = groups["ISCAT"] + " " + groups["ISSCAT"]
    all_words = test + " " + group
    is_binding = all_words.str.contains(_ANTIBODY)
    is_binding &= ~all_words.str.contains(_NEUTRALISING)
    kind = pd.Series("result", index=tests.index, dtype=object)
    kind[all_words.str.contains(_CONFIRMED)] = "confirmed"
    kind[all_words.str.contains(_TITRE)] = "titre"
    return kind.where(is_binding, None)


def _results(tests: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return result and titre of each row."""
    written = cells_of(tests, "ISSTRESC", "ISORRES", "ISSTRESN")
    words = upper(written)
    is_number = words.map(lambda cell: bool(cell and _NUMBER.fullmatch(cell)))
    is_number = is_number.astype(bool)
    is_zero = is_number & (pd.to_numeric(words, errors="coerce") == 0)
    inside = words.map(
        lambda cell: found[1] if (found := _WITH_TITRE.fullmatch(cell)) else None,
        na_action="ignore",
    )
    titre = written.where(is_number & ~is_zero, inside.astype(object))
    read = words.map(_WORDS).astype(object)
    # words that are no result are read by the check of the sheet
    read = read.where(read.notna(), written)
    read = read.where(~(is_number | inside.notna()), "positive").where(
        ~is_zero, "negative"
    )
    is_not_done = (upper(cells_of(tests, "ISSTAT")) == NOT_DONE) | written.isna()
    read = read.where(~is_not_done, NOT_REPORTABLE)
    return read, titre.where(titre.notna(), None)


def _as_one(sample: Sequence[_Row]) -> tuple[int, object, object, str, str | None]:
    """Return row, patient, time, result and titre of the rows of a sample."""
    tests = [row for row in sample if row.kind != "titre"]
    confirmed = [row for row in tests if row.kind == "confirmed"]
    for judged in (confirmed, tests, sample):
        told = [row for row in judged if row.result != NOT_REPORTABLE]
        if told:
            break
    told = told or list(sample)
    first = next((row for row in told if row.result == "positive"), told[0])
    titres = [row.titre for row in sample if row.titre is not None]
    titre = titres[0] if titres and first.result == "positive" else None
    return first.row, first.patient_id, first.sampled, first.result, titre


def _told_of_tests(
    tests: pd.DataFrame, kind: pd.Series, chosen: pd.DataFrame
) -> Iterator[Finding]:
    left_out = cells_of(tests, "ISTESTCD")[kind.isna()]
    if len(left_out):
        message = f"rows of IS are no test of binding antibodies: {shown(left_out)}"
        count = str(len(left_out))
        yield Finding("note", "ada", None, "ISTESTCD", "", count, message)
    drugs = cells_of(chosen, "ISBDAGNT")
    if drugs.nunique() > 1:
        message = (
            f"antibodies against several drugs ({shown(drugs)}) are taken together: of "
            "two results on one day the positive one counts"
        )
        yield Finding("warning", "ada", None, "ISBDAGNT", "", "", message)
