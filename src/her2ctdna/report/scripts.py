"""The scripts of the page, and the policy that lets these run and nothing else.

The page reads no file and no address: scripts stand in it as text. Sorting and
filtering is DataTables (kept in ``vendor``), the chart is Vega-Lite (bundled by
vl-convert). Both only add to what is there without them.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import altair
import vl_convert
from markupsafe import Markup

_FOLDER = Path(__file__).parent
_TABLES = ("dataTables.min.js", "dataTables.columnControl.min.js")
_STYLE = "columnControl.dataTables.min.css"
_EMBED = "window.vegaEmbed = vegaEmbed;"


def page_scripts(*, has_chart: bool) -> list[Markup]:
    """Return the scripts of a page, in the order they run."""
    texts = [_read("vendor", name) for name in _TABLES]
    if has_chart:
        texts.append(_chart_library())
    return [_inside_script(text) for text in [*texts, _read("templates", "page.js")]]


def vendor_style() -> Markup:
    """Return the style of the controls that DataTables makes."""
    return Markup(_read("vendor", _STYLE))


def script_policy(scripts: Iterable[str]) -> str:
    """Return the Content-Security-Policy under which only these scripts run.

    Nothing can be loaded from anywhere, no form sent, no text run as code.
    """
    hashes = " ".join(f"'sha256-{_hash(text)}'" for text in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _chart_library() -> str:
    """Return Vega-Embed with all it needs, of the version that the charts are for."""
    version = ".".join(altair.SCHEMA_VERSION.split(".")[:2])
    library: str = vl_convert.javascript_bundle(_EMBED, vl_version=version)
    return library


def _inside_script(text: str) -> Markup:
    """Return a script in which no text ends its element early."""
    kept = re.sub("</(?=script)", r"<\\/", text, flags=re.IGNORECASE)
    return Markup(kept.replace("<!--", r"<\!--").strip())


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _read(folder: str, name: str) -> str:
    return (_FOLDER / folder / name).read_text(encoding="utf-8")
