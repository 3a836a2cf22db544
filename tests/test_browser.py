"""The report in a browser, as its reader has it: opened from a file, offline."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import groupby
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from matplotlib.colors import to_rgb
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from her2ctdna.figures.marks.palette import HER2_CATEGORIES, HER2_GROUPS
from her2ctdna.report import render
from her2ctdna.report.blocks import Chapter, Column, Ranked, tabulate
from her2ctdna.report.chapters.each_patient import NOTHING
from her2ctdna.report.formats import MINUS
from her2ctdna.report.printing import find_browser
from her2ctdna.report.results import ACROSS, TABLES, Results, read_results
from her2ctdna.report.two_pages import split_pages

ANALYSIS = "results/primary"
CHART = "#chart-ctdna_trajectories"
TABLE = "details.folded:has(.explored)"
UNFOLD = "all => all.forEach((each) => { each.open = true; })"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'=HYPERLINK 病\u202e"
SHOWN = HOSTILE.replace("\u202e", "<U+202E>")
LANDMARK = '<b onclick="alert(3)">C2D1</b>&amp;'
INK_OF_ABSENT, INK_OF_LOW = (
    tuple(round(255 * part) for part in to_rgb(look.ink))
    for look in (HER2_CATEGORIES["absent"], HER2_GROUPS["low"])
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def report(demo: Any) -> Path:
    return demo.folder / ANALYSIS / "report.html"


@pytest.fixture(scope="module")
def appendix(report: Path) -> Path:
    return report.with_name("appendix.html")


@pytest.fixture(scope="module")
def patients(demo: Any) -> pd.DataFrame:
    return demo.table("primary/patients.tsv")


@contextmanager
def reading(browser: Browser, report: Path, **context: Any) -> Iterator[Page]:
    """Open a page; at the end nothing was complained of or asked from anywhere."""
    page = browser.new_page(**{"viewport": {"width": 1300, "height": 1000}} | context)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(report.as_uri())
    try:
        yield page
    finally:
        page.close()
    allowed = ("data:", "blob:", report.parent.as_uri())
    assert [text for text in heard if not text.startswith(allowed)] == []


def wait_until(page: Page, script: str, given: Any = None) -> None:
    """Wait until a script is true; Playwright's own wait needs eval, barred here."""
    for _ in range(100):
        if page.evaluate(script, given):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {script}")


def open_chapters(page: Page) -> None:
    """Unfold every chapter, as a reader who prints the page does."""
    page.locator("details.chapter").evaluate_all(UNFOLD)


def open_table(page: Page) -> Locator:
    """Unfold the table of patients; it is then one to search, sort and filter."""
    open_chapters(page)
    page.locator(f"{TABLE} > summary").click()
    expect(page.locator(".dt-container")).to_be_visible()
    return page.locator(TABLE)


def open_chart(page: Page) -> Locator:
    """Unfold the chart and wait until it is drawn."""
    open_chapters(page)
    page.locator(f"{CHART} > summary").click()
    canvas = page.locator(f"{CHART} canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    wait_until(page, COUNT_INK, INK_OF_LOW)
    return canvas


def cells(table: Locator, title: str) -> list[str]:
    """Return the cells of a column from top to bottom."""
    titles = [text.strip() for text in table.locator("thead th").all_text_contents()]
    place = next(i for i, text in enumerate(titles) if text.startswith(title))
    rows = table.locator("tbody tr")
    shown = rows.locator(f":scope > :nth-child({place + 1})").all_text_contents()
    return [text.strip() for text in shown]


def header(table: Locator, title: str) -> Locator:
    return table.locator("thead th").filter(has_text=title).first


def sort_by(table: Locator, title: str, way: str = "ascending") -> list[str]:
    header(table, title).locator(".dt-column-order").click()
    expect(header(table, title)).to_have_attribute("aria-sort", way)
    return cells(table, title)


@pytest.mark.parametrize(("name", "n_chapters"), [("report", 12), ("appendix", 11)])
def test_every_chapter_is_seen_and_says_words(
    browser: Browser, report: Path, name: str, n_chapters: int
) -> None:
    with reading(browser, report.with_name(f"{name}.html")) as page:
        open_chapters(page)
        chapters = page.locator("main section")
        assert chapters.count() == n_chapters
        for chapter in chapters.all():
            box = chapter.bounding_box()
            assert box
            assert box["height"] > 20
            words = chapter.inner_text()
            assert not re.search(r"undefined|\bNaN\b|\bNone\b|\bnull\b|\{\{", words)
        pictures = page.locator("main img")
        widths = pictures.evaluate_all("all => all.map((each) => each.naturalWidth)")
        assert min(widths, default=200) > 100
        assert bool(widths) == (name == "report")


def test_numbers_sort_by_size_and_what_is_missing_comes_last(
    browser: Browser, appendix: Path, patients: pd.DataFrame
) -> None:
    best = patients["best_change_percent"]
    with reading(browser, appendix) as page:
        table = open_table(page)
        for way in ("ascending", "descending"):
            expected = best.dropna().sort_values(ascending=way == "ascending")
            shown = sort_by(table, "Best change", way)
            assert shown[-best.isna().sum() :] == [NOTHING] * best.isna().sum()
            numbers = [
                float(text.replace(MINUS, "-")) for text in shown if text != NOTHING
            ]
            assert numbers == [float(f"{value:.0f}") for value in expected]


def test_words_sort_by_what_they_mean(
    browser: Browser, appendix: Path, patients: pd.DataFrame
) -> None:
    with reading(browser, appendix) as page:
        table = open_table(page)
        responses = sort_by(table, "Confirmed")
        classes = sort_by(table, "HER2 class")
        order = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING"]
        assert responses == sorted(patients["confirmed_bor"], key=order.index)
        kinds = [name for name, _ in groupby(classes)]
        assert kinds == ["absent", "ultralow", "zero unspecified", "low", *kinds[4:]]
        assert len(kinds) == len(set(classes))


def test_filters_leave_the_patients_of_the_results(
    browser: Browser, appendix: Path, patients: pd.DataFrame
) -> None:
    low = patients["her2_class"] == "low"
    shrunk = patients["best_change_percent"] <= -30
    with reading(browser, appendix) as page:
        table = open_table(page)
        info = table.locator(".dt-info")
        page.get_by_role("button", name="Filter HER2 class").click()
        choice = page.get_by_role("button", name="low", exact=True)
        choice.click()
        expect(choice).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Escape")
        expect(info).to_have_text(f"{low.sum()} of {len(patients)} patients")
        assert set(cells(table, "Patient")) == set(patients["patient_id"][low])

        page.get_by_role("button", name="Filter Best change, %").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("select").select_option("lessOrEqual")
        dialog.get_by_role("textbox").fill("-30")
        expect(info).to_have_text(f"{(low & shrunk).sum()} of {len(patients)} patients")
        both = set(patients["patient_id"][low & shrunk])
        assert set(cells(table, "Patient")) == both

        dialog.get_by_role("button", name="Clear this filter").click()
        page.keyboard.press("Escape")
        expect(info).to_have_text(f"{low.sum()} of {len(patients)} patients")
        table.get_by_role("searchbox").fill("TQB-002")
        expect(table.locator("tbody tr")).to_have_count(1)
        assert cells(table, "Patient") == ["TQB-002"]
        table.get_by_role("searchbox").fill("no such patient")
        expect(table.get_by_text("No patient fits these filters.")).to_be_visible()


def test_a_filter_of_numbers_never_finds_a_missing_one(
    browser: Browser, appendix: Path, patients: pd.DataFrame
) -> None:
    known = int(patients["best_change_percent"].notna().sum())
    assert known < len(patients)
    with reading(browser, appendix) as page:
        table = open_table(page)
        page.get_by_role("button", name="Filter Best change, %").click()
        dialog = page.get_by_role("dialog")
        for way, bound in (("less", "1000"), ("greater", "-1000")):
            dialog.locator("select").select_option(way)
            dialog.get_by_role("textbox").fill(bound)
            expect(table.locator("tbody tr")).to_have_count(known)
            assert NOTHING not in cells(table, "Best change")


def test_table_is_used_by_keyboard_alone(browser: Browser, appendix: Path) -> None:
    with reading(browser, appendix) as page:
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        page.locator("details.chapter:has(.explored) > summary").focus()
        page.keyboard.press("Enter")
        page.locator(f"{TABLE} > summary").focus()
        page.keyboard.press("Enter")
        table = page.locator(TABLE)
        header(table, "Patient").locator(".dt-column-order").focus()
        assert page.evaluate(OUTLINE) != "none"
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(header(table, "Patient")).to_have_attribute("aria-sort", "descending")
        shown = cells(table, "Patient")
        assert shown == sorted(shown, reverse=True)
        opener = page.get_by_role("button", name="Filter HER2 group")
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(opener).to_be_focused()


def test_a_long_table_is_shown_in_pages(browser: Browser, tmp_path: Path) -> None:
    columns = [
        Column("Patient", lambda i: f"P{i}"),
        Column("Change", lambda i: Ranked(str(-i), float(-i)), is_number=True),
    ]
    table = tabulate("All", columns, range(150), folded=True, explored=True)
    chapters = [Chapter("patients", "Patients", [table])]
    of_one, appendix = split_pages(chapters, ())
    context: Any = {
        "study": {"id": "S", "title": "T", "synthetic": False},
        **{"analysis": "a", "mark": "S", "stamp": ("", ""), "scope": "Survival."},
        "chapters": chapters,
        **{"report": of_one, "appendix": appendix},
    }
    path = tmp_path / "long.html"
    path.write_text(render.render_pages(context).appendix, encoding="utf-8")
    with reading(browser, path) as page:
        shown = open_table(page)
        assert len(cells(shown, "Patient")) == 100
        assert sort_by(shown, "Change")[:2] == ["-149", "-148"]
        shown.get_by_role("link", name="Next").click()
        assert len(cells(shown, "Patient")) == 50


def test_pointing_at_a_mark_tells_its_sample(
    browser: Browser, appendix: Path, demo: Any
) -> None:
    drawn = demo.table("primary/figures/ctdna_trajectories.tsv").astype(str)
    with reading(browser, appendix) as page:
        canvas = open_chart(page)
        canvas.hover(position=page.evaluate(FIND_MARK, [*INK_OF_LOW, 5]))
        tip = page.locator(".vg-tooltip.visible")
        expect(tip).to_be_visible()
        keys, values = (
            tip.locator(f"td.{part}").all_text_contents() for part in ("key", "value")
        )
        told = dict(zip(keys, values, strict=True))
        assert list(told) == [
            *["Patient", "HER2 class", "Day since first dose", "Sample", "State"],
            *["Level", "Upper limit, if undetected"],
        ]
        row = drawn[drawn["sample_id"] == told["Sample"]].iloc[0]
        assert told["HER2 class"] == "low"
        assert (told["Patient"], told["State"]) == (row["patient_id"], row["state"])
        assert float(told["Day since first dose"]) == float(row["day"])
        level = float(told["Level"].removesuffix(" %")) / 100
        assert level == pytest.approx(float(row["level"]), rel=0.01)


def test_a_class_or_a_patient_is_picked_out_of_the_chart(
    browser: Browser, appendix: Path
) -> None:
    def inks(page: Page) -> tuple[int, int]:
        page.wait_for_timeout(200)
        counts = [page.evaluate(COUNT_INK, ink) for ink in (INK_OF_ABSENT, INK_OF_LOW)]
        return counts[0], counts[1]

    with reading(browser, appendix) as page:
        canvas = open_chart(page)
        absent, low = inks(page)
        assert min(absent, low) > 500
        canvas.click(position=page.evaluate(FIND_LEGEND, INK_OF_ABSENT))
        shown = inks(page)
        assert shown[0] > 0.9 * absent
        assert shown[1] < 0.1 * low
        canvas.dblclick(position={"x": 500, "y": 70})
        page.get_by_role("combobox", name="HER2 class").select_option("low")
        shown = inks(page)
        assert shown[0] < 0.1 * absent
        assert shown[1] > 0.9 * low
        page.get_by_role("combobox", name="HER2 class").select_option("all")
        page.get_by_role("combobox", name="Patient").select_option("TQB-002")
        of_one = inks(page)
        assert of_one[0] < 0.1 * absent
        assert 50 < of_one[1] < 0.3 * low


def violations(page: Page, part: str | None = None) -> str:
    """Return what axe finds wrong with a page or a part of it."""
    options = {"resultTypes": ["violations"]}
    found = Axe().run(page, context=part, options=options)
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("name", ["report", "appendix"])
def test_pages_can_be_read_by_everyone(
    browser: Browser, report: Path, name: str
) -> None:
    with reading(browser, report.with_name(f"{name}.html")) as page:
        page.locator("tbody").evaluate_all(KEEP_ROWS, 8)
        assert violations(page) == ""
        page.locator("main details:not(.chart)").evaluate_all(UNFOLD)
        for part in page.locator("main > *").all():
            part.evaluate("each => { each.id ||= 'part' }")
            assert violations(page, f'[id="{part.get_attribute("id")}"]') == ""
            part.evaluate("each => { if (each.id === 'part') each.id = '' }")


def test_what_is_explored_can_be_read_and_used_by_everyone(
    browser: Browser, appendix: Path
) -> None:
    with reading(browser, appendix) as page:
        open_table(page)
        page.get_by_role("button", name="Filter HER2 group").click()
        page.get_by_role("button", name="low", exact=True).click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Filter HER2 class").click()
        assert violations(page, ".dtcc-dropdown") == ""
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Filter Best change, %").click()
        assert violations(page, TABLE) == ""
        page.keyboard.press("Escape")
        open_chart(page)
        page.get_by_role("combobox", name="HER2 class").select_option("low")
        assert violations(page, CHART) == ""


def test_a_number_opens_to_its_patients_and_the_keyboard_comes_back(
    browser: Browser, report: Path
) -> None:
    with reading(browser, report) as page:
        number = page.locator("ul.answers a").first
        n, total = (int(part) for part in number.inner_text().split("/"))
        number.focus()
        page.keyboard.press("Enter")
        opened = page.get_by_role("dialog", name="Patients behind")
        expect(opened).to_be_visible()
        assert violations(page, ".box") == ""
        inside, others = opened.locator("p").all_inner_texts()
        assert inside.count(",") == n - 1
        assert others.count(",") == total - n - 1
        box = opened.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        page.keyboard.press("Escape")
        expect(opened).to_be_hidden()
        expect(number).to_be_focused()


def test_pages_work_without_scripts(
    browser: Browser, report: Path, appendix: Path, patients: pd.DataFrame
) -> None:
    with reading(browser, report, java_script_enabled=False) as page:
        number = page.locator("ul.answers a").first
        number.click()
        place = number.get_attribute("href") or ""
        expect(page.locator(f'[id="{place[1:]}"]')).to_be_visible()
        page.locator("details.chapter:has(#ctdna) > summary").click()
        expect(page.locator("#figure-ctdna_trajectories img")).to_be_visible()
    with reading(browser, appendix, java_script_enabled=False) as page:
        expect(page.locator(CHART)).to_be_hidden()
        page.locator("details.chapter:has(.explored) > summary").click()
        page.locator(f"{TABLE} > summary").click()
        table = page.locator(TABLE)
        expect(table.locator("table")).to_be_visible()
        assert cells(table, "Patient") == list(patients["patient_id"])
        assert page.locator("button, input, select").count() == 0


def test_paper_has_every_chapter_those_left_out_and_no_controls(
    browser: Browser, report: Path, appendix: Path
) -> None:
    with reading(browser, report) as page:
        page.emulate_media(media="print")
        for control in (".anchor", ".skip", "nav", ".box", ".lists"):
            expect(page.locator(control).first).to_be_hidden()
        expect(page.locator(".left-out .printed").first).to_be_visible()
        assert all(box.bounding_box() for box in page.locator("main img").all())
    with reading(browser, appendix) as page:
        table = open_table(page)
        open_chart(page)
        page.emulate_media(media="print")
        for control in (".dt-search", ".dtcc", CHART):
            expect(page.locator(control).first).to_be_hidden()
        expect(table.locator("tbody tr").last).to_be_visible()


def test_the_summary_prints_on_two_pages(
    browser: Browser, report: Path, tmp_path: Path
) -> None:
    with reading(browser, report) as page:
        page.locator("main > details").evaluate_all(
            "all => all.forEach((e) => e.remove())"
        )
        page.pdf(path=tmp_path / "summary.pdf", prefer_css_page_size=True)
    printed = (tmp_path / "summary.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", printed)) <= 2


def test_report_is_printed_where_there_is_a_browser(
    browser: Browser, demo: Any
) -> None:
    for analysis in ("primary", "unconfirmed", "metastasis"):
        pdf = (demo.folder / "results" / analysis / "report.pdf").read_bytes()
        assert pdf.startswith(b"%PDF-")
        assert len(re.findall(rb"/Type /Page\b", pdf)) > 20
        assert re.findall(rb"/(?:URI|Launch|JavaScript)\b|https?:|file:", pdf) == []
        assert set(re.findall(rb"\(D:(\d{8})", pdf)) == {b"19700101"}


def test_nothing_can_be_loaded_sent_or_run(browser: Browser, appendix: Path) -> None:
    reached: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(appendix.as_uri())
        page.evaluate(LISTEN)
        page.evaluate(TRY_ALL, f"http://127.0.0.1:{server.server_port}/")
        wait_until(page, "window.refused.size >= 5")
        refused = page.evaluate("[...window.refused].sort()")
        page.close()
        server.shutdown()
    assert refused == [
        *["connect-src", "form-action", "img-src", "script-src", "script-src-elem"]
    ]
    assert reached == []


def test_pages_fit_a_phone_and_a_mail(
    browser: Browser, report: Path, appendix: Path
) -> None:
    assert report.stat().st_size + appendix.stat().st_size < 3_000_000
    small = {"width": 390, "height": 800}
    with reading(browser, report, viewport=small) as page:
        open_chapters(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with reading(browser, appendix, viewport=small) as page:
        open_table(page)
        open_chart(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_contents_mark_the_chapter_in_view_and_links_open_what_is_folded(
    browser: Browser, report: Path
) -> None:
    with reading(browser, report) as page:
        page.get_by_role("navigation").get_by_text("Safety").click()
        marked = page.locator("nav [aria-current]")
        expect(marked).to_have_text("Safety")
        expect(page.locator("#safety")).to_be_visible()
        link = page.locator("#safety .elsewhere a").first
        link.click()
        place = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        expect(page.locator(f'[id="{place}"] table')).to_be_visible()


def read_demo(folder: Path) -> Results:
    """Read the primary analysis as the rule of the report does."""
    files: dict[str, Any] = {
        path.stem: path
        for path in [*folder.glob("*.tsv"), *folder.glob("tables/*.tsv")]
        if path.stem in TABLES
    }
    drawn = "ctdna_trajectories"
    files[drawn] = folder / "figures" / f"{drawn}.tsv"
    files["definitions"] = folder / "definitions.yaml"
    files["findings"] = folder.parent / "cohort" / "findings.tsv"
    files["figures"] = sorted((folder / "figures").glob("*.svg"))
    files |= {f"all_{name}": [files[name]] * 2 for name in ACROSS}
    definitions = yaml.safe_load(files["definitions"].read_text())
    results = read_results(
        files,
        study={"id": HOSTILE, "title": HOSTILE, "synthetic": False},
        analysis=HOSTILE,
        analyses=[HOSTILE, "other"],
        overlays={HOSTILE: {}, "other": {"her2": {"recode": {HOSTILE: "0"}}}},
        inputs_given=["patients", "samples"],
        association=definitions["association"],
        code="c0de",
    )
    landmarks = {
        name.replace("C2D1", LANDMARK): days
        for name, days in definitions["ctdna"]["landmarks"].items()
    }
    ctdna = definitions["ctdna"] | {"landmarks": landmarks}
    return replace(results, definitions=definitions | {"ctdna": ctdna})


def with_hostile_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with one patient, HER2 class and event named to do harm."""
    frame = frame.rename(columns=lambda name: name.replace("C2D1", LANDMARK))
    words = {word: word + HOSTILE for word in ("TQB-002", "ultralow", "Anaemia")}
    words["C2D1"] = LANDMARK

    def rename(cell: Any) -> Any:
        for word, hostile in words.items() if isinstance(cell, str) else ():
            # the name of a set has a backslash before an `=` of its column
            is_column = word == "C2D1" and "=" in cell
            shown = hostile.replace("=", "\\=") if is_column else hostile
            cell = cell.replace(word, shown)
        return cell

    return frame.assign(**frame.select_dtypes(object).map(rename))


def test_hostile_words_stay_words(browser: Browser, demo: Any, tmp_path: Path) -> None:
    results = read_demo(demo.folder / ANALYSIS)
    hostile = {name: with_hostile_words(part) for name, part in results.tables.items()}
    drawn = results.tables["ctdna_trajectories"].query("patient_id == 'TQB-002'")
    hostile["ctdna_trajectories"] = with_hostile_words(drawn)
    n_ultralow = int(results.patients["her2_class"].eq("ultralow").sum())
    report = tmp_path / "hostile.html"
    page_text = render.render_report(replace(results, tables=hostile)).appendix
    report.write_text(page_text, encoding="utf-8", newline="\n")
    with reading(browser, demo.folder / ANALYSIS / "appendix.html") as page:
        scripts = page.locator("script").count()
    with reading(browser, report) as page:
        table = open_table(page)
        expect(page.locator("h1")).to_have_text(f"{SHOWN}: appendix")
        table.get_by_role("searchbox").fill("TQB-002")
        expect(table.locator("tbody tr")).to_have_count(1)
        assert cells(table, "Patient") == [f"TQB-002{SHOWN}"]
        table.get_by_role("searchbox").fill("")
        page.get_by_role("button", name="Filter HER2 class").click()
        page.get_by_role("button", name=f"ultralow{SHOWN}").click()
        expect(table.locator("tbody tr")).to_have_count(n_ultralow)
        assert set(cells(table, "HER2 class")) == {f"ultralow{SHOWN}"}
        page.keyboard.press("Escape")
        title = header(table, f"Clearance at {LANDMARK}")
        expect(title).to_be_visible()
        title.locator(".dtcc-button").click()
        expect(table.locator(".dtcc-list-title")).to_have_text(
            f"Clearance at {LANDMARK}"
        )
        page.keyboard.press("Escape")
        canvas = open_chart(page)
        page.get_by_role("combobox", name="Patient").select_option(f"TQB-002{SHOWN}")
        page.wait_for_timeout(200)
        canvas.hover(position=page.evaluate(FIND_MARK, [*INK_OF_LOW, 5]))
        tip = page.locator(".vg-tooltip.visible")
        expect(tip).to_be_visible()
        told = tip.locator("td.value").all_text_contents()
        assert told[0] == f"TQB-002{SHOWN}"
        library = 1
        assert page.locator("script").count() == scripts + library
        assert page.locator("b[onclick]").count() == 0
        assert page.locator("img:not([src^='data:'])").count() == 0


KEEP_ROWS = """(all, most) => all.forEach((body) =>
  [...body.rows].slice(most).forEach((row) => row.remove()))"""
"""Rows of a table are alike, and axe takes minutes for thousands."""

OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"
# How near a pixel is to an ink drawn at 85 % on white.
IS_INK = """
  const canvas = document.querySelector("details.chart canvas");
  const { width, height } = canvas;
  const copy = Object.assign(document.createElement("canvas"), { width, height });
  const drawn = copy.getContext("2d", { willReadFrequently: true });
  drawn.drawImage(canvas, 0, 0);
  const { data } = drawn.getImageData(0, 0, width, height);
  const isInk = (x, y, ink) =>
    [0, 1, 2].every((c) => {
      const value = data[4 * (y * width + x) + c];
      return value > ink[c] - 20 && value < ink[c] + 0.15 * (255 - ink[c]) + 20;
    });
"""
COUNT_INK = f"""(ink) => {{{IS_INK}
  let count = 0;
  for (let y = 0; y < height - 60; y++)
    for (let x = 0; x < width; x++) count += isInk(x, y, ink);
  return count;
}}"""
# A square of one ink is a mark: lines are thinner.
FIND_MARK = f"""([r, g, b, size]) => {{{IS_INK}
  const ink = [r, g, b];
  for (let y = 60; y < height - 100; y++)
    for (let x = 60; x < width - size; x++) {{
      let all = true;
      for (let i = 0; all && i < size * size; i++)
        all = isInk(x + (i % size), y + Math.floor(i / size), ink);
      if (all) return {{ x: x + size / 2, y: y + size / 2 }};
    }}
}}"""
FIND_LEGEND = f"""(ink) => {{{IS_INK}
  for (let y = height - 1; y > height - 60; y--)
    for (let x = 0; x < width; x++)
      if (isInk(x, y, ink)) return {{ x: x + 2, y: y - 1 }};
}}"""
LISTEN = """() => {
  window.refused = new Set();
  document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.add(event.effectiveDirective));
}"""
TRY_ALL = """(address) => {
  const add = (tag, values) =>
    document.body.append(Object.assign(document.createElement(tag), values));
  fetch(address).catch(() => {});
  add("img", { src: address });
  add("script", { src: address });
  add("script", { textContent: "window.refused.add('ran')" });
  // Later, as what the test itself asks for is exempt from the policy.
  setTimeout(() => { try { window.eval("window.refused.add('ran')"); } catch {} }, 0);
  const form = Object.assign(document.createElement("form"), { action: address });
  document.body.append(form);
  form.submit();
}"""
