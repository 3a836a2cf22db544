"""Office files whose bytes depend on what they say alone.

What the templates of the packages bring from elsewhere is left out: the time, author
and picture of the template, and the printer of who made it.
"""

import re
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_PROPERTIES = "docProps/core.xml"
_OF_TEMPLATE = ("thumbnail.jpeg", "printerSettings1.bin")
_LINK_TO_IT = re.compile(
    rb'<Relationship [^>]*?Target="[^"]*(?:thumbnail\.jpeg|printerSettings1\.bin)"'
    rb"[^>]*?/>"
)
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"


def seal_file(made: bytes, *, title: str) -> bytes:
    """Return an office file without times and without what its template brought.

    Parameters
    ----------
    made
        As python-pptx or python-docx saves it.
    title
        Its title, the only one of its properties beside the program.
    """
    sealed = BytesIO()
    with ZipFile(BytesIO(made)) as parts, ZipFile(sealed, "w", ZIP_DEFLATED) as written:
        for name in parts.namelist():
            if not name.endswith(_OF_TEMPLATE):
                content = _seal_part(name, parts.read(name), title)
                written.writestr(_entry(name), content)
    return sealed.getvalue()


def _seal_part(name: str, content: bytes, title: str) -> bytes:
    if name == _PROPERTIES:
        return _write_properties(title)
    return _LINK_TO_IT.sub(b"", content) if name.endswith(".rels") else content


def _write_properties(title: str) -> bytes:
    """Return properties without author, revision and times."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="{_DUBLIN_CORE}">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>her2-ctdna</dc:creator>"
        "</cp:coreProperties>"
    ).encode()


def _entry(name: str) -> ZipInfo:
    """Return an entry of a zip with the zero of its clock, of no system in particular.

    A `ZipInfo` names the system that it is made on.
    """
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 0
    return entry
