"""The chapters on how it was done: methods, findings, provenance."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.findings import SEVERITIES
from her2ctdna.provenance.run_record import software_versions
from her2ctdna.report.blocks import Block, Column, Heading, Paragraph, Statements, Table
from her2ctdna.report.formats import write_integer
from her2ctdna.report.formulas import DEVIATIONS, FORMULAS
from her2ctdna.report.glossary import INPUTS
from her2ctdna.report.methods_as_run import flatten_definitions
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

HIDDEN_DATE = "(hidden: date)"
HIDDEN_TEXT = "(hidden: text)"
FREE_TEXT = ("term", "soc")

_REMARK = re.compile(r"\(.*\)|\[.*\]")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")


def methods_chapter(results: Results) -> Iterator[Block]:
    """Yield every threshold with its meaning, the formulas, and the software."""
    yield Statements([(text, []) for text in DEVIATIONS])
    yield Heading("Thresholds")
    definitions = {**results.definitions, "association": results.association}
    rows = [
        (meaning, value, key)
        for key, value, meaning in flatten_definitions(definitions)
    ]
    yield Paragraph(
        f"These definitions have the id {results.definitions_id}, as definitions.yaml "
        "beside this page does: of HER2, response and ctDNA, then of what is asked of "
        "them. Every figure carries it (figures of single patients its first part), so "
        "what was made under other definitions can be told."
    )
    columns = [Column("What it decides"), Column("Value"), Column("Key in the config")]
    yield Table("Every threshold of this analysis", columns, rows)
    yield Heading("Formulas in words")
    columns = [Column("Quantity"), Column("How it is computed")]
    yield Table("Formulas", columns, FORMULAS)
    versions = [(name, number) for name, number in sorted(software_versions().items())]
    yield Table("Software", [Column("Package"), Column("Version")], versions)


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
    titles = ("Severity", "Input", "Row", "Column", "Patient", "Value", "Finding")
    yield Table(
        "Every finding",
        [Column(title, is_number=title == "Row") for title in titles],
        [_finding_row(row) for row in findings.itertuples(index=False)],
        folded=len(findings) > 20,
    )


def _table_of_counts(findings: pd.DataFrame) -> Table:
    """Return how many findings of each severity each input has."""
    counts = findings.groupby(["table", "severity"]).size()
    rows = [
        (
            INPUTS.get(table, table),
            *(str(counts.get((table, severity), 0)) for severity in SEVERITIES),
        )
        for table in dict.fromkeys(findings["table"])
    ]
    columns = [Column(severity, is_number=True) for severity in SEVERITIES]
    return Table("Findings by input", [Column("Input"), *columns], rows)


def provenance_chapter(results: Results) -> Iterator[Block]:
    """Yield which inputs there were, and the digests of inputs and code."""
    given = [INPUTS[name] for name in INPUTS if name in results.inputs_given]
    absent = [INPUTS[name] for name in INPUTS if name not in results.inputs_given]
    yield Paragraph(
        f"Given were: {', '.join(given)}. Not given: {', '.join(absent) or 'nothing'}."
    )
    yield Paragraph(
        f"The code that wrote this page has the digest {results.code}, the definitions "
        f"of {results.analysis} have the id {results.definitions_id}. The file "
        "provenance.json in the folder of results names every input, VCFs included, "
        "and every output with its SHA-256, the whole config, and the code digest of "
        "the run. The folder is also an RO-Crate: ro-crate-metadata.json says the same "
        "without paths or names of input files."
    )
    if results.input_digests:
        columns = [Column("Input"), Column("SHA-256")]
        rows = [
            (INPUTS.get(name, name), digest)
            for name, digest in results.input_digests.items()
        ]
        yield Table("Inputs", columns, rows)


def hide_personal(value: str, *, column: str) -> str:
    """Return a value of an input, or why it is hidden: a date, or free text."""
    if column.endswith("_date") or _DATE.search(value):
        return HIDDEN_DATE
    if column in ("ihc", "ish"):
        return _REMARK.sub(HIDDEN_TEXT, value)
    return HIDDEN_TEXT if column in FREE_TEXT and value else value


def _finding_row(row: "ResultRow") -> tuple[str, ...]:
    column, value = text_or(row.column, ""), text_or(row.value, "")
    shown = hide_personal(value, column=column) if value else ""
    message = text_or(row.message, "")
    if shown != value:
        message = message.replace(value, shown)
    return (
        row.severity,
        INPUTS.get(row.table, row.table),
        write_integer(row.row) if row.row == row.row else "",
        column,
        text_or(row.patient_id, ""),
        shown,
        _DATE.sub(HIDDEN_DATE, message),
    )
