"""The chapters on how it was done: methods, findings, tests, provenance."""

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from her2ctdna.findings import SEVERITIES
from her2ctdna.provenance import software_versions
from her2ctdna.report.blocks import Block, Column, Heading, Paragraph, Statements, Table
from her2ctdna.report.formats import (
    is_number,
    write_decimal,
    write_integer,
    write_p,
    write_percent,
)
from her2ctdna.report.methods import DEVIATIONS, FORMULAS, flatten_definitions
from her2ctdna.report.results import Results
from her2ctdna.report.tabulate import table_of_tests, text_or
from her2ctdna.report.words import (
    INPUTS,
    POPULATIONS,
    group_label,
    grouping_label,
    plain,
)

HIDDEN_DATE = "(hidden: date)"
HIDDEN_TEXT = "(hidden: text)"
FREE_TEXT = ("term", "soc")

_REMARK = re.compile(r"\(.*\)|\[.*\]")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")


def sensitivity_chapter(results: Results) -> Iterator[Block]:
    """Yield which other analyses the study holds."""
    others = [name for name in results.analyses if name != results.analysis]
    if not others:
        yield Paragraph(
            f"This is the analysis {results.analysis}. The config holds no other, so "
            "nothing on this page tells how much its definitions matter."
        )
        return
    yield Paragraph(
        f"This is the analysis {results.analysis}. The same data were also analysed "
        f"under other definitions: {', '.join(others)}. Each has a page of its own in "
        "the folder of its name, with its own definitions in the chapter on methods. "
        "A result that changes with the definitions rests on them."
    )


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
        f"These definitions have the id {results.definitions_id}: the start of the "
        "SHA-256 of definitions.yaml beside this page. Every figure and every caption "
        "carries it, so what was made under other definitions can be told."
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


def tests_chapter(results: Results) -> Iterator[Block]:
    """Yield the ledger of tests, what they could have found, and every test."""
    tests = results.tables["tests"]
    known = tests["p_value"].notna()
    in_family = known & tests["family"].notna()
    n_families = tests.loc[in_family, "family"].nunique()
    yield Paragraph(
        f"{known.sum()} tests gave a p-value, {in_family.sum()} of them in "
        f"{n_families} families. q-values are adjusted within a family, by Benjamini "
        "and Hochberg; the families stand in the config. Of each question the primary "
        "test is in a family; the others (alternative, sensitivity, interaction, check "
        "of an assumption) are shown beside it without q-value. Tests are counted by "
        "the program as they are run. All of it is "
        "exploratory: look at the intervals first."
    )
    if results.has("ledger"):
        yield _table_of_families(results)
    if results.has("detectable"):
        yield _table_of_detectable(results)
    if len(tests):
        yield table_of_tests(tests, results=results)


def _table_of_families(results: Results) -> Table:
    """Return the ledger: what each family holds, and what chance alone would give."""
    alpha = next((row.alpha for row in results.rows("ledger")), float("nan"))
    below = f"p below {alpha:.2g}"
    columns = [
        Column("Adjusted together"),
        Column("Tests", is_number=True),
        Column("With a p-value", is_number=True),
        Column("Smallest p", is_number=True),
        Column("Smallest q", is_number=True),
        Column(below, is_number=True),
        Column(f"{below} expected by chance", is_number=True),
        Column("Note"),
    ]
    rows = [
        (
            plain(row.family),
            write_integer(row.n_tests),
            write_integer(row.n_p_values),
            write_p(row.smallest_p) if row.n_p_values else "",
            write_p(row.smallest_q) if is_number(row.smallest_q) else "",
            write_integer(row.n_below_alpha),
            write_decimal(row.expected_below_alpha, 1),
            text_or(row.note, ""),
        )
        for row in results.rows("ledger")
    ]
    return Table("Ledger of tests", columns, rows)


def _table_of_detectable(results: Results) -> Table:
    """Return which rates each comparison would have found, at its own sizes."""
    columns = [
        Column("Endpoint"),
        Column("Comparison"),
        Column("n", is_number=True),
        Column("n reference", is_number=True),
        Column("Rate of the reference", is_number=True),
        Column("Found from this rate down", is_number=True),
        Column("Found from this rate up", is_number=True),
    ]
    rows = [
        (
            results.endpoint_label(row.endpoint),
            f"{grouping_label(row.group_by)}: {group_label(row.group_by, row.group)} "
            f"versus {group_label(row.group_by, row.reference)}, "
            f"{POPULATIONS.get(row.population, plain(row.population))}",
            write_integer(row.n),
            write_integer(row.n_reference),
            write_percent(row.rate_reference),
            *(
                write_percent(rate) if is_number(rate) else "none"
                for rate in (row.detectable_low, row.detectable_high)
            ),
        )
        for row in results.rows("detectable")
    ]
    caption = (
        "Rates that Fisher's test would find in 80 of 100 such studies, the true rate "
        "of the reference being the observed one; one test alone, not adjusted"
    )
    return Table(caption, columns, rows, folded=True)


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


def _finding_row(row: Any) -> tuple[str, ...]:
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
