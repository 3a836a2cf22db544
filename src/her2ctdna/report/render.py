"""The page itself: the template filled in, one file that needs nothing else."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from her2ctdna.report.context import report_context
from her2ctdna.report.results import Results

_TEMPLATES = Path(__file__).parent / "templates"
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def render_report(results: Results) -> str:
    """Return the report as HTML."""
    return render_page(report_context(results))


def render_page(context: Mapping[str, Any]) -> str:
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
        finalize=_visible,
    )
    return environment.get_template("report.html.j2").render(context)


def _visible(value: Any) -> Any:
    """Return text with invisible characters as codes; anything else as it is."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(
        f"<U+{ord(character):04X}>"
        if unicodedata.category(character) in _INVISIBLE
        else character
        for character in value
    )
