"""Printing the report: which browser, and what becomes of what it prints."""

from pathlib import Path

import pytest

from her2ctdna.report.printing import VARIABLE, find_browser, print_report

PDF = "%PDF-1.4 /CreationDate (D:20310506070809+00'00') (D:2031) %%EOF"


def stand_in(folder: Path, body: str) -> str:
    """Write a program that takes the place of a browser."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_browser_is_the_one_named_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = stand_in(tmp_path, "exit 0")
    monkeypatch.setenv(VARIABLE, named)
    assert find_browser() == named
    monkeypatch.setenv(VARIABLE, "")
    assert find_browser() is None
    monkeypatch.setenv(VARIABLE, str(tmp_path / "no-such-browser"))
    assert find_browser() is None


def test_first_browser_on_the_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() is None
    for name in ("google-chrome", "chromium"):
        Path(stand_in(tmp_path, "exit 0")).rename(tmp_path / name)
        assert find_browser() == str(tmp_path / name)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text('<a href="#a">a</a><a href="figures/b.pdf">figures/b.pdf</a>')
    return path


def test_links_out_of_the_page_are_text_on_paper(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = """for a; do case $a in
    --print-to-pdf=*) out=${a#*=};; file://*) page=${a#file://};; esac; done
    cp "$page" "$out\""""
    monkeypatch.setenv(VARIABLE, stand_in(tmp_path, body))
    print_report(page, tmp_path / "page.pdf")
    printed = (tmp_path / "page.pdf").read_text()
    assert printed == '<a href="#a">a</a><a>figures/b.pdf</a>'


def test_times_are_taken_out_of_what_is_printed(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "for a; do case $a in --print-to-pdf=*) out=${a#*=};; esac; done\n"
    browser = stand_in(tmp_path, f'{body}printf "%s" "$PDF" > "$out"')
    monkeypatch.setenv(VARIABLE, browser)
    monkeypatch.setenv("PDF", PDF)
    print_report(page, tmp_path / "page.pdf")
    printed = (tmp_path / "page.pdf").read_text()
    assert printed == PDF.replace("20310506070809", "19700101000000")


def test_browser_that_prints_nothing_is_quoted(
    tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, stand_in(tmp_path, "echo no display >&2; exit 1"))
    with pytest.raises(RuntimeError, match="printed nothing: no display"):
        print_report(page, tmp_path / "page.pdf")
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(FileNotFoundError, match=f"install one of .* {VARIABLE}"):
        print_report(page, tmp_path / "page.pdf")
