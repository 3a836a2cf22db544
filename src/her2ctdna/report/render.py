"""The pages themselves: the template filled in, two files that need nothing else."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from her2ctdna.report.blocks import Chart, Table
from her2ctdna.report.escape import visible, write_data, write_ids
from her2ctdna.report.page_context import Context, report_context
from her2ctdna.report.patient_lists import PatientLists
from her2ctdna.report.results import Results
from her2ctdna.report.scripts import (
    chart_library,
    page_scripts,
    script_policy,
    vendor_style,
)
from her2ctdna.report.two_pages import APPENDIX, REPORT, Section

_TEMPLATES = Path(__file__).parent / "templates"


class Pages(NamedTuple):
    """The report and its appendix, as HTML."""

    report: str
    appendix: str


def render_report(results: Results) -> Pages:
    """Return the report and its appendix."""
    return render_pages(report_context(results))


def render_pages(context: Context) -> Pages:
    """Return the pages of a `report_context`, with their styles and figures inside.

    Everything from the study is escaped, and characters that cannot be seen, such
    as those that turn the direction of writing, are shown by their code.
    """
    return Pages(
        _render(context, context["report"], is_appendix=False),
        _render(context, context["appendix"], is_appendix=True),
    )


def _render(context: Context, sections: Sequence[Section], *, is_appendix: bool) -> str:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    environment.filters |= {"data": write_data, "ids": write_ids}
    blocks = [placed.block for section in sections for placed in section.blocks]
    explores = any(isinstance(block, Table) and block.explored for block in blocks)
    has_chart = any(isinstance(block, Chart) for block in blocks)
    scripts = page_scripts(has_table=explores, has_chart=has_chart)
    return environment.get_template("page.html.j2").render(
        **context,
        sections=sections,
        is_appendix=is_appendix,
        other=REPORT if is_appendix else APPENDIX,
        lists=PatientLists(),
        scripts=scripts,
        policy=script_policy(scripts, has_chart=has_chart),
        chart_library=chart_library() if has_chart else "",
        vendor_style=vendor_style() if explores else "",
    )
