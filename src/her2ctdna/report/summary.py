"""The first two pages: each question with its answer, and what cannot be shown."""

from collections.abc import Iterator
from dataclasses import replace

from her2ctdna.report.blocks import Block, Figure, Heading, Paragraph, Statements
from her2ctdna.report.captions import figure_blocks, write_numbers
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
    yield from _drawn(results, "summary_forest")
    yield from _curves(results)
    yield flow_line(results)
    n = results.members.size("all_treated")
    whom = {0: "this study", 1: "this one patient"}.get(n, f"these {n} patients")
    yield Heading(f"What {whom} cannot show")
    yield Statements(write_limits(results))


def _curves(results: Results) -> Iterator[Figure]:
    """Yield the curves, without how to read them: a median is what is looked for."""
    curves = _drawn(results, *SURVIVAL_CURVES)
    for curve in curves:
        brief = write_numbers(curve.name, results)
        yield replace(curve, brief=brief, is_half=len(curves) > 1)


def _drawn(results: Results, *names: str) -> list[Figure]:
    """Return those of the figures that show somebody."""
    blocks = figure_blocks(
        results, *(name for name in names if name in results.figures)
    )
    return [block for block in blocks if isinstance(block, Figure)]
