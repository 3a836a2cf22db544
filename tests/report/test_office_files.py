"""Office files without the time, the author and the picture of their template."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from office_text import parts_of
from pptx import Presentation

from her2ctdna.report.office_files import seal_file


def saved(document):
    made = BytesIO()
    document.save(made)
    return made.getvalue()


FILES = {"pptx": saved(Presentation()), "docx": saved(Document())}
READERS = {"pptx": Presentation, "docx": Document}


@pytest.fixture(params=FILES)
def kind(request):
    return request.param


def test_what_a_template_brings_is_left_out_with_the_links_to_it(kind):
    before, after = parts_of(FILES[kind]), parts_of(seal_file(FILES[kind], title="T"))
    gone = set(before) - set(after)
    assert "docProps/thumbnail.jpeg" in gone
    assert gone <= {
        *["docProps/thumbnail.jpeg", "ppt/printerSettings/printerSettings1.bin"]
    }
    links = b"".join(after[name] for name in after if name.endswith(".rels"))
    assert b"thumbnail" not in links
    assert b"printerSettings" not in links
    assert b"officeDocument" in links


def test_properties_are_a_title_and_the_program_alone(kind):
    sealed = seal_file(FILES[kind], title="S1 <&> “primary”")
    properties = READERS[kind](BytesIO(sealed)).core_properties
    assert properties.title == "S1 <&> “primary”"
    assert properties.author == "her2-ctdna"
    assert properties.created is properties.modified is None
    assert properties.last_modified_by == ""


def test_entries_have_no_time_and_stand_in_their_order(kind):
    with ZipFile(BytesIO(seal_file(FILES[kind], title="T"))) as sealed:
        entries = sealed.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.create_system for entry in entries} == {0}
    assert len({entry.external_attr for entry in entries}) == 1
    names = [entry.filename for entry in entries]
    assert names == [name for name in parts_of(FILES[kind]) if name in names]
    assert names[0] == "[Content_Types].xml"


def test_all_else_is_kept(kind):
    before, after = parts_of(FILES[kind]), parts_of(seal_file(FILES[kind], title="T"))
    same = [name for name in after if after[name] == before[name]]
    changed = {name for name in after if name not in same}
    assert changed <= {
        *["_rels/.rels", "ppt/_rels/presentation.xml.rels", "docProps/core.xml"]
    }
    assert len(same) > 5
