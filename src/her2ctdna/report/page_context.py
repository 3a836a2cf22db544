"""What the template gets: the chapters in the order of the science, on two pages."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypedDict

from her2ctdna.figures.marks.sheet import STAMP
from her2ctdna.report.blocks import (
    Block,
    Chapter,
    Figure,
    Paragraph,
)
from her2ctdna.report.chapters.ctdna_chapter import ctdna_chapter
from her2ctdna.report.chapters.her2_chapter import her2_chapter
from her2ctdna.report.chapters.how_it_was_done import (
    findings_chapter,
    methods_chapter,
    provenance_chapter,
)
from her2ctdna.report.chapters.links import (
    clearance_outcome_chapter,
    ctdna_her2_chapter,
    her2_response_chapter,
)
from her2ctdna.report.chapters.patients_chapter import patients_chapter
from her2ctdna.report.chapters.response_chapter import response_chapter
from her2ctdna.report.chapters.safety_chapter import safety_chapter
from her2ctdna.report.chapters.sensitivity import sensitivity_chapter
from her2ctdna.report.chapters.what_it_cannot_show import honesty_chapter
from her2ctdna.report.results import Results
from her2ctdna.report.study_marks import MADE, write_mark, write_scope
from her2ctdna.report.summary import summary
from her2ctdna.report.two_pages import Section, split_pages
from her2ctdna.settings.study_settings import StudySettings


class Context(TypedDict):
    """What the template of the pages is given; ``chapters`` are those of both."""

    study: StudySettings
    mark: str
    stamp: tuple[str, str]
    scope: str
    analysis: str
    chapters: Sequence[Chapter]
    report: Sequence[Section]
    appendix: Sequence[Section]


class Part(NamedTuple):
    """A chapter as planned: the tables it needs, and what is said without them.

    One that tells how it was done stands in the appendix as a whole.
    """

    anchor: str
    title: str
    write: Callable[[Results], Iterator[Block]]
    needs: tuple[str, ...] = ()
    absent: str = ""
    is_appended: bool = False


NO_HER2 = "No HER2 readings were given for this study:"
NO_CTDNA = "No ctDNA samples or levels were given for this study:"

PARTS = (
    Part("glance", "At a glance", summary),
    Part("patients", "Patients", patients_chapter),
    Part(
        "her2",
        "HER2",
        her2_chapter,
        ("her2_status",),
        f"{NO_HER2} classes and groups cannot be told.",
    ),
    Part("response", "Response and survival", response_chapter),
    Part(
        "ctdna",
        "ctDNA",
        ctdna_chapter,
        ("ctdna_samples", "ctdna_landmarks", "ctdna_patients"),
        f"{NO_CTDNA} baseline, clearance and courses cannot be told.",
    ),
    Part(
        "her2-response",
        "HER2 and response",
        her2_response_chapter,
        ("her2_status",),
        f"{NO_HER2} response cannot be compared between HER2 groups.",
    ),
    Part(
        "clearance-outcome",
        "Clearance and outcome",
        clearance_outcome_chapter,
        ("ctdna_landmarks",),
        f"{NO_CTDNA} outcome cannot be related to clearance.",
    ),
    Part(
        "ctdna-her2",
        "ctDNA and HER2",
        ctdna_her2_chapter,
        ("her2_status", "ctdna_landmarks"),
        "No HER2 readings, or no ctDNA samples or levels, were given for this study: "
        "ctDNA cannot be compared between HER2 groups.",
    ),
    Part("sensitivity", "Sensitivity", sensitivity_chapter),
    Part("safety", "Safety", safety_chapter),
    Part("honesty", "What these data can and cannot show", honesty_chapter),
    Part("findings", "Findings in the inputs", findings_chapter),
    Part("methods", "Methods as run", methods_chapter, is_appended=True),
    Part("provenance", "Provenance", provenance_chapter, is_appended=True),
)


def report_context(results: Results) -> Context:
    """Return what the template shows; the same results give the same page.

    Raises
    ------
    ValueError
        If a figure has no place in any chapter, so that none is left out silently.
    """
    chapters = write_chapters(results)
    shown = {
        block.name
        for chapter in chapters
        for block in chapter.blocks
        if isinstance(block, Figure)
    }
    if unplaced := sorted(set(results.figures) - shown):
        raise ValueError(f"no chapter shows these figures: {', '.join(unplaced)}")
    appended = {part.anchor for part in PARTS if part.is_appended}
    report, appendix = split_pages(chapters, appended)
    return {
        "study": results.study,
        "mark": write_mark(results),
        "stamp": (STAMP, MADE),
        "scope": write_scope(results),
        "analysis": results.analysis,
        "chapters": chapters,
        "report": report,
        "appendix": appendix,
    }


def write_chapters(results: Results) -> list[Chapter]:
    """Return the chapters in their order, the summary first."""
    return [Chapter(part.anchor, part.title, _blocks(part, results)) for part in PARTS]


def _blocks(part: Part, results: Results) -> list[Block]:
    if not results.has(*part.needs):
        return [Paragraph(part.absent)]
    return list(part.write(results))
