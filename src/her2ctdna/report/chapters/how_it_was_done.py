"""The chapters on how it was done: methods, findings, provenance."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.findings import SEVERITIES
from her2ctdna.provenance.run_record import software_versions
from her2ctdna.report.absent import is_setting_of
from her2ctdna.report.blocks import (
    Block,
    Column,
    Heading,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.chapters.estimand_section import estimand_section
from her2ctdna.report.formats import write_integer
from her2ctdna.report.formulas import FORMULAS
from her2ctdna.report.glossary import INPUTS
from her2ctdna.report.methods_as_run import flatten_definitions
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results
from her2ctdna.wording import DATE

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

HIDDEN_DATE = "(hidden: date)"
HIDDEN_TEXT = "(hidden: text)"
FREE_TEXT = ("term", "soc", "AETERM", "AEDECOD", "AESOC", "AEBODSYS")

_REMARK = re.compile(r"\(.*\)|\[.*\]")


def methods_chapter(results: Results) -> Iterator[Block]:
    """Yield every threshold with its meaning, the formulas, and the software."""
    yield from estimand_section(results)
    yield Heading("Thresholds")
    definitions = {**results.definitions, "association": results.association}
    yield Paragraph(
        f"These definitions have the id {results.definitions_id}, as definitions.yaml "
        "beside this page does: of what is known of each patient, then of what is "
        "asked of it. Every figure carries it (figures of single patients its first "
        "part), so what was made under other definitions can be told."
    )
    columns = [
        Column("What it decides", itemgetter(2)),
        Column("Value", itemgetter(1)),
        Column("Key in the config", itemgetter(0)),
    ]
    thresholds = [
        threshold
        for threshold in flatten_definitions(definitions)
        if _is_used(threshold[0], results)
    ]
    yield tabulate("Every threshold of this analysis", columns, thresholds)
    yield Heading("Formulas in words")
    formulas = [
        (formula.quantity, formula.how)
        for formula in FORMULAS
        if formula.needs <= results.chapters
    ]
    yield _pairs("Formulas", ("Quantity", "How it is computed"), formulas)
    versions = sorted(software_versions().items())
    yield _pairs("Software", ("Package", "Version"), versions)


def _is_used(key: str, results: Results) -> bool:
    """Tell whether a threshold matters to what the study has.

    What was declared beforehand is told with the tests, and a family that holds none
    of them is not.
    """
    family = key.removeprefix("association.families.")
    if family != key:
        tests = results.tables.get("tests")
        return tests is not None and family in set(tests["family"].dropna())
    is_told_elsewhere = key.startswith("association.predeclared")
    return not is_told_elsewhere and is_setting_of(key, results.chapters)


def _pairs(
    caption: str, titles: tuple[str, str], rows: Iterable[tuple[str, str]]
) -> Table:
    """Return a table of two columns of text."""
    columns = [Column(title, itemgetter(place)) for place, title in enumerate(titles)]
    return tabulate(caption, columns, rows)


def findings_chapter(results: Results) -> Iterator[Block]:
    """Yield what was remarkable in the inputs, without dates or words of patients."""
    findings = results.tables["findings"]
    if findings.empty:
        yield Paragraph("Nothing remarkable was found in the inputs.")
        return
    yield _table_of_counts(findings)
    yield Paragraph(
        "Dates and free text stand in the inputs and not here: a value that is or "
        "holds one is hidden. Row is the line in the file, the header being line 1."
    )
    columns = [
        Column("Severity", lambda row: row.severity),
        Column("Input", lambda row: INPUTS.get(row.table, row.table)),
        Column("Row", _line, is_number=True),
        Column("Column", lambda row: text_or(row.column, "")),
        Column("Patient", lambda row: text_or(row.patient_id, "")),
        Column("Value", _shown_value),
        Column("Finding", _shown_message),
    ]
    rows = findings.itertuples(index=False)
    yield tabulate("Every finding", columns, rows, folded=len(findings) > 20)


def _name_input(table: str) -> str:
    return INPUTS.get(table, table)


def _table_of_counts(findings: pd.DataFrame) -> Table:
    """Return how many findings of each severity each input has."""
    counts = findings.groupby(["table", "severity"]).size()

    def count(severity: str, table: str) -> str:
        return str(counts.get((table, severity), 0))

    columns = [
        Column("Input", _name_input),
        *(
            Column(severity, partial(count, severity), is_number=True)
            for severity in SEVERITIES
        ),
    ]
    return tabulate("Findings by input", columns, dict.fromkeys(findings["table"]))


def provenance_chapter(results: Results) -> Iterator[Block]:
    """Yield which inputs there were, and the digests of inputs and code."""
    given = [INPUTS[name] for name in INPUTS if name in results.inputs_given]
    yield Paragraph(f"Given were: {', '.join(given)}.")
    yield Paragraph(
        f"The code that wrote this page has the digest {results.code}, the definitions "
        f"of {results.analysis} have the id {results.definitions_id}. The file "
        "provenance.json in the folder of results names every input, VCFs included, "
        "and every output with its SHA-256, the whole config, and the code digest of "
        "the run. The folder is also an RO-Crate: ro-crate-metadata.json says the same "
        "without paths or names of input files."
    )
    if results.input_digests:
        rows = [
            (INPUTS.get(name, name), digest)
            for name, digest in results.input_digests.items()
        ]
        yield _pairs("Inputs", ("Input", "SHA-256"), rows)
    yield from _supplied(results)


def _supplied(results: Results) -> Iterator[Block]:
    """Yield how many supplied endpoints agree with ours, and those that do not."""
    rows = list(results.rows("supplied"))
    if not rows:
        return
    yield Heading("Ours and supplied")
    yield Paragraph(
        "ADaM data sets were supplied. They were compared and not used: every result "
        "rests on our derivation."
    )

    def count(word: str, endpoint: str) -> str:
        same = [row for row in rows if row.endpoint == endpoint]
        return str(sum(text_or(row.agrees, "") == word for row in same))

    columns = [
        Column("Endpoint", str),
        *(
            Column(title, partial(count, word), is_number=True)
            for title, word in (("Agree", "yes"), ("Differ", "no"), ("Not told", ""))
        ),
    ]
    endpoints = dict.fromkeys(row.endpoint for row in rows)
    yield tabulate("Supplied endpoints against ours, patients", columns, endpoints)
    differing = [row for row in rows if row.agrees == "no"]
    if differing:
        columns = [
            Column("Patient", lambda row: row.patient_id),
            Column("Endpoint", lambda row: row.endpoint),
            Column("Ours", lambda row: text_or(row.ours, "")),
            Column("Supplied", lambda row: text_or(row.supplied, "")),
            Column("Why", lambda row: text_or(row.why, "")),
        ]
        yield tabulate("Where they differ", columns, differing, folded=True)


def hide_personal(value: str, *, column: str) -> str:
    """Return a value of an input, or why it is hidden: a date, or free text."""
    if column.endswith(("_date", "DTC")) or DATE.search(value):
        return HIDDEN_DATE
    if column in ("ihc", "ish"):
        return _REMARK.sub(HIDDEN_TEXT, value)
    return HIDDEN_TEXT if column in FREE_TEXT and value else value


def _line(row: "ResultRow") -> str:
    return write_integer(row.row) if row.row == row.row else ""


def _shown_value(row: "ResultRow") -> str:
    value = text_or(row.value, "")
    return hide_personal(value, column=text_or(row.column, "")) if value else ""


def _shown_message(row: "ResultRow") -> str:
    """Return a message, without the value where that is hidden."""
    value, message = text_or(row.value, ""), text_or(row.message, "")
    shown = _shown_value(row)
    if shown != value:
        message = message.replace(value, shown)
    return DATE.sub(HIDDEN_DATE, message)
