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
import pyarrow
import vl_convert
from markupsafe import Markup

_FOLDER = Path(__file__).parent
_TABLES = ("dataTables.min.js", "dataTables.columnControl.min.js")
_STYLE = "columnControl.dataTables.min.css"
_EMBED = "window.vegaEmbed = vegaEmbed;"


def page_scripts(*, has_table: bool, has_chart: bool) -> list[Markup]:
    """Return the scripts of a page, in the order they run: those that it has use for.

    Parameters
    ----------
    has_table
        It has a table to search, sort and filter.
    has_chart
        It has a chart to point at.
    """
    texts = [_read("templates", "page.js")]
    if has_table:
        texts += [_read("vendor", name) for name in _TABLES]
        texts.append(_read("templates", "explore.js"))
    if has_chart:
        texts.append(_read("templates", "chart.js"))
    return [_inside_script(text) for text in texts]


def vendor_style() -> Markup:
    """Return the style of the controls that DataTables makes."""
    return Markup(_read("vendor", _STYLE))


def script_policy(scripts: Iterable[str], *, has_chart: bool) -> str:
    """Return the Content-Security-Policy under which only these scripts run.

    Nothing can be loaded from anywhere, no form sent, no text run as code. The library
    of a chart runs from a blob, which only a script that runs can make.
    """
    sources = [f"'sha256-{_hash(text)}'" for text in scripts]
    sources += ["blob:"] if has_chart else []
    return (
        f"default-src 'none'; script-src {' '.join(sources)}; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def chart_library() -> str:
    """Return Vega-Embed with all it needs, of the version that the charts are for.

    Packed (gzip, base64), for ``chart.js`` to unpack where a chart is opened. Arrow
    brings its own zlib: that of the machine may give other bytes.
    """
    version = ".".join(altair.SCHEMA_VERSION.split(".")[:2])
    library = vl_convert.javascript_bundle(_EMBED, vl_version=version)
    packed = pyarrow.compress(library.encode(), codec="gzip", asbytes=True)
    return b64encode(packed).decode()


def _inside_script(text: str) -> Markup:
    """Return a script in which no text ends its element early."""
    kept = re.sub("</(?=script)", r"<\\/", text, flags=re.IGNORECASE)
    return Markup(kept.replace("<!--", r"<\!--").strip())


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _read(folder: str, name: str) -> str:
    return (_FOLDER / folder / name).read_text(encoding="utf-8")
