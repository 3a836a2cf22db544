"""What HER2 scores mean, on which specimens, and who is not HER2-negative."""

from collections.abc import Iterator
from operator import itemgetter

from her2ctdna.report.blocks import (
    Block,
    Column,
    Heading,
    Paragraph,
    Statements,
    tabulate,
)
from her2ctdna.report.chapters.baseline_sections import (
    OF_SPECIMEN,
    characteristics_tables,
)
from her2ctdna.report.glossary import HER2_CLASSES, HER2_CRITERIA
from her2ctdna.report.results import Results
from her2ctdna.wording import join_value

_NOT_NEGATIVE = {
    "positive": "Enrolled and read as HER2-positive: eligibility is to be checked",
    "indeterminate": "Enrolled and indeterminate: without a clear ISH result, or with "
    "a range of scores, HER2-negative cannot be told",
    "missing": "Enrolled without a readable result",
}


def scores_section() -> Iterator[Block]:
    """Yield what the pathologist saw for each class, and whose words these are."""
    yield Heading("Scores and classes in words")
    yield Paragraph(
        "Scores 0 to 3+ are those of ASCO-CAP 2018, affirmed in 2023, for which 0 and "
        "1+ are both negative: it holds result categories such as low or ultralow for "
        "premature, and asks for the distinction of 0 and 1+ because trials do. Low "
        "(DESTINY-Breast04) and ultralow (DESTINY-Breast06) are words of trials."
    )
    columns = [
        Column("HER2 class", lambda row: HER2_CLASSES[row[0]]),
        Column("Membrane staining of tumour cells", itemgetter(1)),
    ]
    yield tabulate("HER2 classes in words", columns, HER2_CRITERIA.items())


def eligibility_section(results: Results) -> Iterator[Block]:
    """Yield how many enrolled patients were not read as HER2-negative."""
    yield Heading("Eligibility by HER2")
    counts = {
        name: results.members.count(
            join_value("her2_class", name), label="in the class", among=("enrolled",)
        )
        for name in _NOT_NEGATIVE
        if results.members.size("enrolled", join_value("her2_class", name))
    }
    if counts:
        yield Statements(
            [(f"{_NOT_NEGATIVE[name]}.", [count]) for name, count in counts.items()]
        )
    else:
        yield Paragraph("Every enrolled patient was read as HER2-negative.")


def specimen_section(results: Results) -> Iterator[Block]:
    """Yield kind, age and reader of the specimens that count, by HER2 group."""
    caption = "Specimens that HER2 was read on"
    tables = list(characteristics_tables(results, OF_SPECIMEN, caption=caption))
    if tables:
        yield Paragraph(
            "The age of a specimen is the time from its collection to first dose, in "
            "days; below 0 it was taken under treatment."
        )
    yield from tables
