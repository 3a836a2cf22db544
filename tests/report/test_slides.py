"""The summary of the study of seven patients as slides, read back."""

from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import pytest
import test_report
from office_text import (
    grids_of_slides,
    numbers_of,
    parts_of,
    text_of_slides,
    texts_of_slides,
)
from pptx import Presentation
from pptx.util import Inches

from her2ctdna.report.blocks import Figure
from her2ctdna.report.office_text import write_grid
from her2ctdna.report.page_context import write_chapters
from her2ctdna.report.sentences import write_answers, write_question
from her2ctdna.report.slides import choose_size, share_width, write_slides
from her2ctdna.report.study_marks import write_mark, write_stamp
from her2ctdna.report.what_n_cannot_show import write_limits

definitions = test_report.definitions
associations = test_report.associations
results = test_report.results

DOT = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAADklEQVR42mP4jwQYkDkANvEX6T1/i7QA"
    "AAAASUVORK5CYII="
)
"""A picture, twice as wide as it is high."""


@pytest.fixture(scope="module")
def chapters(results):
    return write_chapters(results)


@pytest.fixture(scope="module")
def made(results, chapters):
    return write(results, chapters)


def write(results, chapters):
    return write_slides(results, chapters, dict.fromkeys(results.figures, DOT))


def pages_of(made):
    return list(Presentation(BytesIO(made)).slides)


def pictures_of(made):
    shapes = (shape for page in pages_of(made) for shape in page.shapes)
    return [shape for shape in shapes if hasattr(shape, "image")]


def description_of(shape):
    return shape.element.xpath("./*/p:cNvPr")[0].get("descr")


def sentence_lines(sentences):
    return [
        " ".join(filter(None, [text, ", ".join(count.text for count in counts)]))
        for text, counts in sentences
    ]


def test_answers_and_limits_stand_as_on_the_page_a_paragraph_each(results, made):
    _, answers, *_, limits = texts_of_slides(made)
    assert answers[1].split("\n") == [
        write_question(results),
        *sentence_lines(write_answers(results)),
    ]
    assert limits[0] == "What these 6 patients cannot show"
    assert limits[1].split("\n") == sentence_lines(write_limits(results))


def test_first_slide_names_study_analysis_and_definitions(results, made):
    title, about, *_ = texts_of_slides(made)[0]
    assert title == "Drug in cancer"
    assert about.split("\n")[0] == write_mark(results)
    assert "S1 · analysis “primary”, definitions " in write_mark(results)
    assert results.definitions_id in about


def test_every_slide_of_a_made_up_study_has_its_stamp_and_none_of_a_real_one(
    results, chapters, made
):
    stamp = write_stamp(results)
    assert stamp.startswith("SYNTHETIC DATA")
    assert all(stamp in texts for texts in texts_of_slides(made))
    assert all(write_mark(results) in texts for texts in texts_of_slides(made))
    real = replace(results, study=dict(results.study) | {"synthetic": False})
    assert "SYNTHETIC" not in text_of_slides(write(real, chapters))


def test_tables_are_native_and_those_of_the_page(chapters, made):
    tables = {
        block.caption: block
        for chapter in chapters
        for block in chapter.blocks
        if block.kind == "table"
    }
    captions = (
        "Rates of response and disease control",
        "Times to event, all treated patients",
        "Flow of patients; the sets from the third on are each of the treated",
    )
    assert grids_of_slides(made) == [write_grid(tables[name]) for name in captions]
    texts = [text for slide in texts_of_slides(made) for text in slide]
    sources = [text for text in texts if text.startswith("Source: ")]
    assert [source.removeprefix("Source: ") for source in sources] == [
        *["tables/rates.tsv", "tables/survival.tsv", "flow.tsv"]
    ]


def test_every_number_of_the_slides_stands_in_the_report(results, made):
    told = test_report.read(results).text
    numbers = numbers_of(text_of_slides(made))
    assert len(numbers) > 40
    assert numbers - numbers_of(told) == set()


def test_pictures_say_what_they_show_and_keep_their_shape(made):
    forest, *curves = pictures_of(made)
    assert len(curves) == 2
    assert description_of(forest) == (
        "Biomarkers and outcome "
        "(a drawing of the numbers in figures/summary_forest.tsv)"
    )
    assert forest.width / forest.height == pytest.approx(2, rel=1e-3)
    assert forest.left >= 0
    assert forest.left + forest.width <= Inches(13.333)
    assert forest.top + forest.height <= Inches(7.05)
    noted = [page for page in pages_of(made) if page.has_notes_slide]
    assert "ORR" in noted[0].notes_slide.notes_text_frame.text


def test_two_curves_stand_side_by_side_and_do_not_touch(results, chapters):
    curves = [
        Figure(name, name, f"Caption of {name}.", "", None, is_half=True)
        for name in ("km_pfs", "km_os")
    ]
    summary = replace(chapters[0], blocks=[*curves, *chapters[0].blocks])
    pictures = {curve.name: DOT for curve in curves} | {"summary_forest": DOT}
    made = write_slides(results, [summary, *chapters[1:]], pictures)
    first, second = pictures_of(made)[:2]
    assert first.left + first.width < second.left
    assert (first.top, first.width, first.height) == (
        *[second.top, second.width, second.height],
    )
    assert second.left + second.width <= Inches(13.333)
    notes = pages_of(made)[1].notes_slide.notes_text_frame.text
    assert notes == "Caption of km_pfs.\nCaption of km_os."


def test_tables_say_what_they_show_too(made):
    shapes = (shape for page in pages_of(made) for shape in page.shapes)
    assert all(description_of(shape) for shape in shapes if shape.has_table)


def test_nothing_stands_outside_of_its_slide(made):
    for page in pages_of(made):
        for shape in page.shapes:
            assert shape.top + shape.height <= Inches(7.5), shape.name
            assert shape.left + shape.width <= Inches(13.334), shape.name


def test_no_patient_and_no_date_is_named(results, made):
    said = text_of_slides(made)
    assert not any(name in said for name in results.patients["patient_id"])
    parts = b"".join(parts_of(made).values())
    assert b"datetime" not in parts
    assert b"/16<" not in parts


def test_same_results_give_the_same_bytes(results, chapters, made, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert write(results, chapters) == made


def test_study_of_patients_alone_has_its_slides_too(results):
    kept = {"patients", "flow", "findings"}
    bare = test_report.without(results, *(set(results.tables) - kept))
    made = write(bare, write_chapters(bare))
    assert "The inputs of this study hold no answer to it." in text_of_slides(made)
    assert len(grids_of_slides(made)) == 1
    assert pictures_of(made) == []


def test_what_cannot_be_seen_in_a_title_is_written_as_its_code(results, chapters):
    study = dict(results.study) | {"title": "Drug\N{RIGHT-TO-LEFT OVERRIDE}\x0b <b>"}
    made = write(replace(results, study=study), chapters)
    assert texts_of_slides(made)[0][0] == "Drug<U+202E><U+000B> <b>"


@pytest.mark.parametrize(("n", "size"), [(7, 20), (8, 18), (10, 14), (90, 12)])
def test_more_text_is_smaller(n, size):
    texts = ["x" * 150] * n
    assert choose_size(texts, wide=Inches(12), high=Inches(6)) == size


def test_a_column_is_as_wide_as_its_longest_line():
    grid = [["n", "Rate\nof a long name"], ["x" * 14, "1"]]
    assert share_width(grid, wide=Inches(2)) == [Inches(1), Inches(1)]
    narrow, wide = share_width([["n", "x" * 900]], wide=Inches(4))
    assert narrow / wide == pytest.approx(6 / 34, rel=1e-3)
