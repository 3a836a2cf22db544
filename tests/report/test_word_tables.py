"""The clinical tables of the study of seven patients for Word, read back."""

from dataclasses import replace
from io import BytesIO
from math import isfinite

import pandas as pd
import pytest
import test_report
from docx import Document
from docx.oxml.ns import qn
from office_text import grids_of_word, lines_of_word, numbers_of, parts_of

from her2ctdna.report.formats import DAYS_PER_MONTH, write_digits, write_p, write_ratio
from her2ctdna.report.office_text import write_grid
from her2ctdna.report.page_context import write_chapters
from her2ctdna.report.results import TABLES
from her2ctdna.report.study_marks import write_mark, write_stamp
from her2ctdna.report.word_tables import list_tables, write_word_tables
from her2ctdna.settings.catalogue import FILES

definitions = test_report.definitions
associations = test_report.associations
results = test_report.results

COUNTED = {"flow", "patients", "ctdna_samples"}
"""What holds rows of patients or samples: numbers from it are counts of rows."""


@pytest.fixture(scope="module")
def chapters(results):
    return write_chapters(results)


@pytest.fixture(scope="module")
def made(results, chapters):
    return write_word_tables(results, chapters)


@pytest.fixture(scope="module")
def taken(chapters):
    return [table for chapter in chapters for table in list_tables(chapter)]


def test_each_clinical_table_is_there_with_number_caption_and_source(made, taken):
    lines = lines_of_word(made)
    captions = [line for line in lines if line.startswith("Table ")]
    assert captions == [f"Table {i}. {t.caption}" for i, t in enumerate(taken, 1)]
    assert len(grids_of_word(made)) == len(captions)
    assert sum(line.startswith("Source: ") for line in lines) == len(captions)
    said = "\n".join(captions)
    for name in (
        "Characteristics of the treated patients",
        "Rates of response and disease control",
        "Times to event, all treated patients",
        "Rates by HER2 group: all treated",
        "Clearance at each landmark",
        "Patients with an adverse event",
        "All events, by system organ class and term",
        "Anti-drug antibodies among the treated patients",
    ):
        assert name in said


def test_cells_are_those_of_the_page(made, taken):
    assert grids_of_word(made) == [write_grid(table) for table in taken]


def test_sources_are_results_of_the_report(taken):
    named = {name for table in taken for name in table.sources}
    assert named <= set(TABLES) & {entry.name for entry in FILES.values()}
    assert len(named) > 8


def test_every_number_stands_in_the_report(results, made):
    told = test_report.read(results).text
    cells = [cell for grid in grids_of_word(made) for row in grid for cell in row]
    numbers = numbers_of("\n".join([*lines_of_word(made), *cells]))
    captions = {str(i) for i in range(1, len(grids_of_word(made)) + 1)}
    assert len(numbers) > 100
    assert numbers - numbers_of(told) - captions == set()


def test_every_number_stands_in_a_table_that_is_named_as_its_source(results, taken):
    n = 0
    for table in taken:
        written = written_in(results, table.sources)
        for first, *cells in write_grid(table)[1:]:
            numbers = numbers_of("\n".join(cells))
            n += len(numbers)
            assert numbers - written == set(), (table.caption, first)
    assert n > 300


def written_in(results, sources):
    """Return every way in which numbers of tables of results may be written."""
    written = set()
    for name in sources:
        frame = results.tables[name]
        if name in COUNTED:
            written |= {str(i) for i in range(len(results.patients) + 1)}
        for column in frame:
            for cell in frame[column].dropna():
                written |= ways_of(cell)
    return written


def ways_of(cell):
    """Return the ways to write a cell: as it is, and of a number in other units."""
    value = pd.to_numeric(cell, errors="coerce")
    if not isfinite(value):
        ids = str(cell).split(";")
        return numbers_of(str(cell)) | {str(len(ids))}
    places = {
        f"{abs(part):.{i}f}"
        for part in (value, 100 * value, value / DAYS_PER_MONTH, value / 365.25)
        for i in range(4)
    }
    ratio = write_ratio(value, value, value)
    return places | numbers_of(f"{write_digits(value)} {write_p(value)} {ratio}")


def test_pages_carry_stamp_and_study(results, made):
    page = Document(BytesIO(made)).sections[0]
    assert page.page_width > page.page_height
    assert page.header.paragraphs[0].text == write_stamp(results)
    assert page.footer.paragraphs[0].text == write_mark(results)


def test_a_real_study_has_no_stamp(results, chapters):
    real = replace(results, study=dict(results.study) | {"synthetic": False})
    page = Document(BytesIO(write_word_tables(real, chapters))).sections[0]
    assert page.header.paragraphs[0].text == ""


def test_headings_stand_again_on_each_page_and_rows_are_not_split(made):
    for table in Document(BytesIO(made)).tables:
        repeated = [row._tr.trPr.find(qn("w:tblHeader")) for row in table.rows]
        assert [mark is not None for mark in repeated] == [
            *[True],
            *[False] * (len(table.rows) - 1),
        ]
        whole = [row._tr.trPr.find(qn("w:cantSplit")) for row in table.rows]
        assert all(mark is not None for mark in whole)


def test_no_patient_and_no_date_is_named(results, made):
    cells = [cell for grid in grids_of_word(made) for row in grid for cell in row]
    said = "\n".join([*lines_of_word(made), *cells])
    assert not any(name in said for name in results.patients["patient_id"])
    properties = parts_of(made)["docProps/core.xml"]
    assert b"created" not in properties
    assert b"modified" not in properties


def test_same_results_give_the_same_bytes(results, chapters, made, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert write_word_tables(results, chapters) == made


def test_study_without_safety_and_her2_has_the_other_tables(results):
    less = test_report.without(results, "adverse_events", "ada", "her2_status")
    chapters = write_chapters(less)
    lines = "\n".join(lines_of_word(write_word_tables(less, chapters)))
    assert "Safety" not in lines
    assert "Rates by HER2 group: all treated" not in lines
    assert "Rates of response and disease control" in lines


def test_table_without_rows_says_so(results, made, taken):
    empty = [grid for grid in grids_of_word(made) if grid[1][0] == "none"]
    assert all(set(grid[1][1:]) <= {""} for grid in empty)
    assert len(empty) == sum(not table.rows for table in taken)
