"""The first two pages: each question with its answer, and what cannot be shown."""

from collections.abc import Iterator
from dataclasses import replace

from her2ctdna.figures.summary_forest import derive_summary_forest
from her2ctdna.report.blocks import Block, Figure, Heading, Paragraph, Statements
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.flow_line import flow_line
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import write_answers, write_question
from her2ctdna.report.what_n_cannot_show import write_limits

SURVIVAL_CURVES = ("km_pfs", "km_os")
"""The curves of all treated, side by side."""


def summary(results: Results) -> Iterator[Block]:
    """Yield question, answers, one forest, survival, the flow, and the limits."""
    yield Paragraph(write_question(results))
    answers = write_answers(results)
    if answers:
        yield Statements(answers, style="answers")
    else:
        yield Paragraph("The inputs of this study hold no answer to it.")
    yield from _forest(results)
    yield from _curves(results)
    yield flow_line(results)
    n = results.members.size("all_treated")
    whom = {0: "this study", 1: "this one patient"}.get(n, f"these {n} patients")
    yield Heading(f"What {whom} cannot show")
    yield Statements(write_limits(results))


def _forest(results: Results) -> Iterator[Block]:
    """Yield the questions against response and PFS, where any was asked."""
    if "summary_forest" in results.figures and results.has("contrasts", "tests"):
        tables = (results.tables["contrasts"], results.tables["tests"])
        if len(derive_summary_forest(*tables, results.landmarks)):
            yield from figure_blocks(results, "summary_forest")


def _curves(results: Results) -> Iterator[Block]:
    drawn = [name for name in SURVIVAL_CURVES if name in results.figures]
    for block in figure_blocks(results, *drawn):
        is_pair = isinstance(block, Figure) and len(drawn) > 1
        yield replace(block, is_half=True) if is_pair else block
