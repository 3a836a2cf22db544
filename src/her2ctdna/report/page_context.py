"""What the template gets: the chapters in the order of the science, on two pages."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypedDict

from her2ctdna.figures.marks.sheet import STAMP
from her2ctdna.report.blocks import (
    Block,
    Chapter,
    Figure,
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
    """A chapter as planned, and of what a study must have all, or any, to have it.

    The title is another where there is no response. One that tells how it was done
    stands in the appendix as a whole.
    """

    anchor: str
    title: str
    write: Callable[[Results], Iterator[Block]]
    needs: frozenset[str] = frozenset()
    needs_any: frozenset[str] = frozenset()
    title_without_response: str = ""
    is_appended: bool = False

    def is_in(self, results: Results) -> bool:
        """Tell whether a study has the chapter."""
        has = results.chapters
        return self.needs <= has and (not self.needs_any or bool(self.needs_any & has))

    def name(self, results: Results) -> str:
        """Return its title in a study."""
        if "response" in results.chapters:
            return self.title
        return self.title_without_response or self.title


HER2, CTDNA = frozenset({"her2"}), frozenset({"ctdna"})

PARTS = (
    Part("glance", "At a glance", summary),
    Part("patients", "Patients", patients_chapter),
    Part("her2", "HER2", her2_chapter, HER2),
    Part(
        "response",
        "Response and survival",
        response_chapter,
        title_without_response="Survival",
    ),
    Part("ctdna", "ctDNA", ctdna_chapter, CTDNA),
    Part(
        "her2-response",
        "HER2 and response",
        her2_response_chapter,
        HER2,
        title_without_response="HER2 and survival",
    ),
    Part(
        "clearance-outcome", "Clearance and outcome", clearance_outcome_chapter, CTDNA
    ),
    Part("ctdna-her2", "ctDNA and HER2", ctdna_her2_chapter, HER2 | CTDNA),
    Part("sensitivity", "Sensitivity", sensitivity_chapter),
    Part(
        "safety",
        "Safety",
        safety_chapter,
        needs_any=frozenset({"adverse_events", "ada"}),
    ),
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
    if unplaced := sorted(results.figures.keys() - results.not_drawn.keys() - shown):
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
    """Return the chapters of a study in their order, the summary first."""
    return [
        Chapter(part.anchor, part.name(results), list(part.write(results)))
        for part in PARTS
        if part.is_in(results)
    ]
