"""The chapter on what the data can and cannot show."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from her2ctdna.report.absent import endpoints_of
from her2ctdna.report.blocks import (
    Block,
    Column,
    Heading,
    Paragraph,
    Statements,
    tabulate,
)
from her2ctdna.report.formats import write_digits
from her2ctdna.report.glossary import grouping_label, name_all
from her2ctdna.report.missing_tables import missing_section
from her2ctdna.report.question_tables import table_of_tests, text_or
from her2ctdna.report.registry import registry_section
from her2ctdna.report.results import Results
from her2ctdna.report.test_tables import (
    table_of_detectable,
    table_of_exaggeration,
    table_of_families,
    write_exaggeration,
)
from her2ctdna.report.what_n_cannot_show import write_more_limits

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow


def honesty_chapter(results: Results) -> Iterator[Block]:
    """Yield what was tested, what it could have found, who is missing, what is ours."""
    yield from _tested(results)
    more = write_more_limits(results)
    if more:
        yield Statements(more)
    yield from _power(results)
    yield from missing_section(results)
    if results.registry is not None:
        yield Heading("What the registry entry leaves open")
        yield from registry_section(results, results.registry)
    yield from _every_test(results)
    yield from _self_check(results)


def _tested(results: Results) -> Iterator[Block]:
    """Yield how many tests there were, how adjusted, and which were declared."""
    if not results.has("tests"):
        yield Paragraph("No tests were given to this page.")
        return
    tests = results.tables["tests"]
    if tests.empty:
        yield Paragraph("Nothing was tested: no groups could be compared.")
        return
    known = tests["p_value"].notna()
    in_family = known & tests["family"].notna()
    n_families = tests.loc[in_family, "family"].nunique()
    yield Paragraph(
        f"{known.sum()} of {len(tests)} tests gave a p-value, {in_family.sum()} of "
        f"them in {n_families} families. q-values are adjusted within a family, by "
        "Benjamini and Hochberg; the families stand in the config. Of each question "
        "the primary test is in a family; the others (alternative, sensitivity, "
        "interaction, check of an assumption) are shown beside it without q-value. "
        "Tests are counted by the program as they are run. Look at the intervals first."
    )
    yield Paragraph(write_predeclared(results))
    if results.has("ledger"):
        yield table_of_families(results)


def write_predeclared(results: Results) -> str:
    """Return which of the tests were declared beforehand, and what else was."""
    tests = results.tables["tests"]
    declared = tests[tests["predeclared"] == "yes"]
    pairs = dict.fromkeys(zip(declared["endpoint"], declared["biomarker"], strict=True))
    named = [
        f"{results.endpoint_label(endpoint)} {_whom(results, biomarker)}"
        for endpoint, biomarker in pairs
    ]
    if named:
        text = (
            f"Of {len(tests)} tests {len(declared)} were declared beforehand: "
            f"{'; '.join(named)}. All others are exploratory."
        )
    else:
        text = (
            f"Of {len(tests)} tests none was declared beforehand: all are exploratory."
        )
    listed = [
        f"{_join(results, endpoints)} "
        f"{', '.join(_whom(results, name) for name in pattern['group_by'])}"
        for pattern in results.association["predeclared"]
        if (endpoints := endpoints_of(pattern["endpoints"], results.chapters))
    ]
    said = f"The config declares: {'; '.join(listed)}." if listed else ""
    return f"{text} {said or 'The config declares nothing.'}"


def _whom(results: Results, group_by: str) -> str:
    """Return by what, for a pattern of the config too: ``*`` may be any landmark."""
    if group_by == "all":
        return "in all patients"
    landmarks = [*results.landmarks, "*"]
    return f"by {grouping_label(group_by, landmarks=landmarks)}"


def _join(results: Results, endpoints: list[str]) -> str:
    """Return endpoints in words; of a wildcard its pattern."""
    return ", ".join(
        name_all(name.replace("_*", ""))
        if "*" in name
        else results.endpoint_label(name)
        for name in endpoints
    )


def _power(results: Results) -> Iterator[Block]:
    if results.has("detectable") or results.has("exaggeration"):
        yield Heading("What a test of this size tells")
    if results.has("exaggeration"):
        yield Paragraph(
            "A study too small for an effect finds it only where chance has made it "
            "look larger. So of the results that pass their test many overstate, and "
            "some point the wrong way. The true effects below are those that the "
            "config calls plausible, not those observed. Rates: exact, by Fisher's "
            "test over all tables of these groups, the true rate of the reference "
            "being the observed one. Hazard ratios: a normal approximation on the log "
            "scale from the number of events, rough where these are few."
        )
        said = write_exaggeration(results)
        if said:
            yield Statements(said)
        yield table_of_exaggeration(results)
    if results.has("detectable"):
        yield table_of_detectable(results)


def _every_test(results: Results) -> Iterator[Block]:
    if results.has("tests") and len(results.tables["tests"]):
        yield Heading("Every test")
        yield table_of_tests(results.tables["tests"], results=results)


def _name_check(row: "ResultRow") -> str:
    """Return what was checked; of a published rate the source says whose it is."""
    return "published rate" if row.check.startswith("published") else row.check


def _self_check(results: Results) -> Iterator[Block]:
    """Yield how the statistics did against known values."""
    rows = list(results.rows("self_check"))
    if not rows:
        return
    passed = sum(row.result == "pass" for row in rows)
    published = sum(row.check.startswith("published") for row in rows)
    yield Heading("The statistics, checked as this was run")
    yield Paragraph(
        f"{passed} of {len(rows)} known values came out as expected: {published} "
        "published ones, recomputed from their n/N to the last printed digit (the "
        f"tolerance is half of it), and {len(rows) - published} of R, to one part in a "
        "million. A value that differs fails the run, and no page is written."
    )
    columns = [
        Column("Check", _name_check),
        Column("Quantity", lambda row: row.quantity),
        Column("Inputs", lambda row: text_or(row.inputs, "")),
        Column("Expected", lambda row: write_digits(row.expected), is_number=True),
        Column("Computed", lambda row: write_digits(row.computed), is_number=True),
        Column("Tolerance", lambda row: write_digits(row.tolerance), is_number=True),
        Column("Result", lambda row: row.result),
        Column("Source", lambda row: row.source),
    ]
    yield tabulate("Self-check of the statistics", columns, rows, folded=True)
