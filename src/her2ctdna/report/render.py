"""The page itself: the template filled in, one file that needs nothing else."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from her2ctdna.report.escape import visible, write_data, write_ids
from her2ctdna.report.page_context import report_context
from her2ctdna.report.results import Results
from her2ctdna.report.scripts import page_scripts, script_policy, vendor_style

_TEMPLATES = Path(__file__).parent / "templates"


def render_report(results: Results) -> str:
    """Return the report as HTML."""
    return render_page(report_context(results))


def render_page(context: Mapping[str, object]) -> str:
    """Return the page of a `report_context`, with its style and figures inside.

    Everything from the study is escaped, and characters that cannot be seen, such
    as those that turn the direction of writing, are shown by their code.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    environment.filters |= {"data": write_data, "ids": write_ids}
    scripts = page_scripts(has_chart=bool(context["has_chart"]))
    return environment.get_template("report.html.j2").render(
        **context,
        scripts=scripts,
        policy=script_policy(scripts),
        vendor_style=vendor_style(),
    )
