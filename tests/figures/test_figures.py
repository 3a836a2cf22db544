"""What holds for every figure, and for the sheet that they are drawn on."""

import re
import time
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import figure_tables
import numpy as np
import pandas as pd
import pytest
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from her2ctdna import figures
from her2ctdna.figures.draw import Drawing, Inputs, draw_figures
from her2ctdna.figures.marks.fonts import FOLDER, build_fonts
from her2ctdna.figures.marks.save import save_figure
from her2ctdna.figures.marks.sheet import STAMP, open_sheet
from her2ctdna.figures.marks.style import (
    DOUBLE_COLUMN_MM,
    MM_PER_INCH,
    ONE_AND_A_HALF_COLUMN_MM,
    SINGLE_COLUMN_MM,
    figure_style,
    interval,
    number,
    percent,
    points,
    ratio,
    shorten,
    shown,
    text_width_mm,
    wrap,
)
from her2ctdna.figures.marks.windows import find_windows
from her2ctdna.settings.catalogue import FIGURES as ENTRIES
from her2ctdna.settings.catalogue import module_of
from her2ctdna.tables import read_table

FIGURES = [name for name, figure in ENTRIES.items() if not figure.is_paged]
MOST_MM = 247.0
"""The height of a page."""
HOSTILE = {
    "P001": "$x_1$",
    "P002": "<script>alert(1)</script>",
    "P003": '=HYPERLINK("x")',
    "P004": "患者",
    "P005": "\u202eabc\u05d0",
    "P006": "a" * 80,
    "P007": "one\ntwo\x07",
    "P008": "\\frac{1}{2}",
}


def inputs_of(tables: dict[str, pd.DataFrame], *, synthetic: bool = True) -> Inputs:
    return Inputs(
        tables,
        study=figure_tables.STUDY | {"synthetic": synthetic},
        landmarks=list(figure_tables.LANDMARKS),
        windows=find_windows(figure_tables.LANDMARKS),
        metric="mean_vaf",
        confidence=0.95,
    )


@cache
def tables_of(n: int) -> dict[str, pd.DataFrame]:
    return figure_tables.every_table(n)


def drawing_of(name: str) -> Drawing:
    return getattr(import_module(module_of(name)), f"draw_{name}")


def modules(*names: str) -> dict[str, str]:
    return {name: module_of(name) for name in names}


def draw(name: str, inputs: Inputs) -> tuple[pd.DataFrame, Figure]:
    with figure_style():
        drawn, figure = drawing_of(name)(inputs)
    return drawn, figure


def texts_of(figure: Figure) -> Iterator[Text]:
    """Give every text that is on the figure, once it is drawn."""
    FigureCanvasAgg(figure).draw()
    yield from figure.texts
    for axes in figure.axes:
        yield from axes.texts
        yield from (axes.title, axes._left_title, axes._right_title)
        if axes.axison:
            yield from (axes.xaxis.label, axes.yaxis.label)
            yield from (
                text for axis in (axes.xaxis, axes.yaxis) for text in ticks(axis)
            )


def ticks(axis: Axis) -> Iterator[Text]:
    low, high = sorted(axis.get_view_interval())
    slack = (high - low) * 1e-9
    for tick in axis.get_major_ticks():
        if low - slack <= tick.get_loc() <= high + slack and tick.label1.get_visible():
            yield tick.label1


def check_texts(figure: Figure) -> None:
    """Check that no text overlaps another or leaves the figure."""
    named = list(boxes_of(figure))
    words = [word for word, _ in named]
    boxes = np.array([box for _, box in named])
    width, height = figure.bbox.size
    outside = (boxes[:, :2] < -1).any(axis=1) | (boxes[:, 2] > width + 1)
    outside |= boxes[:, 3] > height + 1
    assert [words[i] for i in np.flatnonzero(outside)] == []
    # a box holds the space above and below the letters, which may touch
    slack = 0.2 * np.minimum(*(boxes[:, 2:] - boxes[:, :2]).T)
    low, high = boxes[:, :2] + slack[:, None], boxes[:, 2:] - slack[:, None]
    meet = (low[:, None] < high[None]).all(axis=2) & (high[:, None] > low[None]).all(
        axis=2
    )
    pairs = np.argwhere(np.triu(meet, k=1))
    assert [(words[i], words[j]) for i, j in pairs] == []


def boxes_of(figure: Figure) -> Iterator[tuple[str, np.ndarray]]:
    for text in texts_of(figure):
        if text.get_text().strip():
            yield text.get_text(), text.get_window_extent().extents


def test_every_drawing_of_a_module_is_in_the_catalogue():
    folder = Path(figures.__file__).parent
    drawings = {
        f"{path.stem}.{name}"
        for path in folder.glob("*.py")
        for name in re.findall(
            r"^(?:def )?draw_(\w+)(?: = |\(given)", path.read_text(), re.M
        )
    }
    assert drawings == {
        f"{module_of(name).rpartition('.')[2]}.{name}" for name in FIGURES
    }


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("n", [1, 10, 42, 200])
def test_no_text_overlaps_another_or_leaves_the_figure(name, n):
    with figure_style():
        _, figure = drawing_of(name)(inputs_of(tables_of(n)))
        check_texts(figure)


@pytest.mark.parametrize("name", FIGURES)
def test_without_patients_a_figure_says_why_it_is_empty(name):
    tables = {key: table.iloc[:0] for key, table in tables_of(10).items()}
    drawn, figure = draw(name, inputs_of(tables))
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    assert not figure.axes
    assert len(drawn.columns) > 1
    assert "No" in words or "no" in words


@pytest.mark.parametrize("name", FIGURES)
def test_the_table_beside_a_figure_holds_what_is_drawn(name, tmp_path):
    drawn, figure = draw(name, inputs_of(tables_of(10)))
    save_figure(figure, drawn, f"{tmp_path}/{name}")
    again = read_table(tmp_path / f"{name}.tsv")
    assert list(again.columns) == list(drawn.columns)
    for column in drawn.select_dtypes("number"):
        values = pd.to_numeric(again[column]).astype(float)
        np.testing.assert_allclose(values, drawn[column].astype(float), rtol=1e-12)


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_claims_more_than_it_shows(name):
    _, figure = draw(name, inputs_of(tables_of(42)))
    words = " ".join(text.get_text() for text in figure.findobj(Text)).lower()
    for claim in ("significan", "predict", "no difference"):
        assert claim not in words


@pytest.mark.parametrize("name", FIGURES)
def test_a_synthetic_study_is_stamped_and_a_real_one_is_not(name):
    for synthetic in (True, False):
        _, figure = draw(name, inputs_of(tables_of(10), synthetic=synthetic))
        words = [text.get_text() for text in figure.findobj(Text)]
        assert (STAMP in words) is synthetic


@pytest.mark.parametrize("rule", sorted({ENTRIES[name].rule for name in FIGURES}))
def test_files_are_the_same_in_another_folder_and_time_zone(
    rule, tmp_path, monkeypatch
):
    names = [name for name in FIGURES if ENTRIES[name].rule == rule][:2]
    for folder, zone in (("a", "UTC"), ("b", "Asia/Shanghai")):
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "0" if zone == "UTC" else "999999999")
        time.tzset()
        draw_figures(modules(*names), inputs_of(tables_of(10)), tmp_path / folder)
    written = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(written) == 4 * len(names)
    for file in written:
        one, other = ((tmp_path / folder / file).read_bytes() for folder in "ab")
        assert one == other, file


def test_a_users_own_matplotlib_settings_change_nothing(tmp_path, monkeypatch):
    draw_figures(modules("forest"), inputs_of(tables_of(10)), tmp_path / "a")
    monkeypatch.setitem(__import__("matplotlib").rcParams, "lines.linewidth", 9)
    monkeypatch.setitem(__import__("matplotlib").rcParams, "svg.fonttype", "path")
    draw_figures(modules("forest"), inputs_of(tables_of(10)), tmp_path / "b")
    one, other = ((tmp_path / name / "forest.svg").read_bytes() for name in "ab")
    assert one == other


def test_hostile_ids_and_names_are_shown_as_text(tmp_path):
    tables = {
        key: table.replace(HOSTILE).replace({"TP53": "<b>$基因$</b>"})
        for key, table in tables_of(10).items()
    }
    study = figure_tables.STUDY | {"id": "$N_C$", "title": "<script>\u202e题"}
    inputs = inputs_of(tables)
    draw_figures(
        modules("waterfall", "swimmer", "oncoprint"),
        Inputs(**{**vars(inputs), "study": study}),
        tmp_path,
    )
    svg = (tmp_path / "swimmer.svg").read_text()
    assert "<script" not in svg
    assert "&lt;script&gt;&lt;U+202E&gt;题" in svg
    for text in ("$N_C$", "$x_1$", "患者", "\\frac{1}{2}", '=HYPERLINK("x")'):
        assert text in svg
    assert "one&lt;U+000A&gt;two" in svg
    assert "&lt;b&gt;$基因$&lt;/b&gt;" in (tmp_path / "oncoprint.svg").read_text()
    assert "$x_1$" in (tmp_path / "waterfall.svg").read_text()


@pytest.mark.parametrize("name", FIGURES)
def test_hostile_words_of_a_study_are_text_in_every_figure(name, tmp_path):
    words = HOSTILE | {
        "TP53": "<b>$基因$</b>",
        "positive": "<img src=x onerror=alert()>",
    }
    tables = {key: table.replace(words) for key, table in tables_of(10).items()}
    study = figure_tables.STUDY | {
        "id": '"=$N_C$',
        "title": "<script>\u202e题</script>",
    }
    inputs = Inputs(**{**vars(inputs_of(tables)), "study": study})
    draw_figures(modules(name), inputs, tmp_path)
    svg = (tmp_path / f"{name}.svg").read_text("utf-8")
    assert not re.search("<script|<img|<b>|\u202e", svg)
    assert "&lt;script&gt;" in svg or '"=$N_C$' in svg


def test_the_svg_keeps_text_and_the_pdf_embeds_truetype(tmp_path):
    draw_figures(modules("forest"), inputs_of(tables_of(10)), tmp_path)
    svg = (tmp_path / "forest.svg").read_text()
    assert ">HER2-low vs HER2-zero</text>" in svg
    assert "'DejaVu Sans', 'Verdana', 'Arial', 'Helvetica', sans-serif" in svg
    pdf = (tmp_path / "forest.pdf").read_bytes()
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert b"/CreationDate" not in pdf


def test_the_fonts_are_what_build_fonts_makes_of_dejavu_sans(tmp_path):
    build_fonts(tmp_path)
    shipped = {path.name: path.read_bytes() for path in FOLDER.glob("*.ttf")}
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.ttf")}
    assert shipped == made


def test_a_long_title_is_wrapped_and_the_figure_grows():
    study = figure_tables.STUDY
    with figure_style():
        short = open_sheet(30, title="Short", subtitle="", study=study)
        long = open_sheet(30, title="Long " * 60, subtitle="", study=study)
    assert long.height_mm > short.height_mm
    assert long.figure.get_suptitle().count("\n") > 1


def test_wrap_breaks_at_spaces_and_cuts_a_word_that_fits_no_line():
    lines = wrap("one two " + "x" * 90, 20, size=6.5)
    assert lines[0] == "one two"
    assert lines[1].endswith("…")
    assert all(text_width_mm(line, size=6.5) <= 20 for line in lines)
    assert shorten("fits", 20, size=6.5) == "fits"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        ("a\tb", "a<U+0009>b"),
        ("\u200f", "<U+200F>"),
        ("Müller 患者", "Müller 患者"),
    ],
)
def test_what_prints_nothing_is_shown_as_its_code(value, text):
    assert shown(value) == text


def test_numbers_are_written_as_print_wants_them():
    assert percent(0.4) == "40\N{NO-BREAK SPACE}%"
    assert number(-3.14159, 1) == "\N{MINUS SIGN}3.1"
    assert number(-0.0001, 1) == "0.0"
    assert number(float("nan")) == "\N{EN DASH}"
    assert interval(-0.5, 1, 1).split() == ["(\N{MINUS SIGN}0.5", "to", "1.0)"]
    assert points(0.106, -0.18, 0.35).startswith("11 points (")
    assert ratio(0.036, 0.0008, 0.27).replace("\N{NO-BREAK SPACE}", " ") == (
        "0.036 (0.00080 to 0.27)"
    )


COLUMNS_MM = (SINGLE_COLUMN_MM, ONE_AND_A_HALF_COLUMN_MM, DOUBLE_COLUMN_MM)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_the_width_of_a_journal_and_fits_its_page(name):
    for n in (10, 42, 200):
        _, figure = draw(name, inputs_of(tables_of(n)))
        width, height = figure.get_size_inches() * MM_PER_INCH
        assert any(width == pytest.approx(column) for column in COLUMNS_MM)
        # a swimmer plot has a lane a patient
        assert height <= MOST_MM or name == "swimmer"


def test_a_missing_input_is_named_by_the_error(tmp_path: Path):
    with pytest.raises(KeyError, match="flow"):
        draw_figures(modules("patient_flow"), inputs_of({}), tmp_path)
