"""The report of a study names nothing of what the study does not have.

Eight studies, each made otherwise, are run in this process; their reports and the text
of their figures are searched for the words of every input that is not there.
"""

import re
from base64 import b64decode
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest
import vl_convert
import yaml
from matplotlib.figure import Figure
from small_studies import EVERYTHING, LEVELS, SUPPLIED, Study, give
from test_small_studies import REPORT, saving, text_of

from her2ctdna.reference import self_check
from her2ctdna.settings.catalogue import chapters_of

OWN_VISITS = LEVELS.replace("C1D1", "T0").replace("C2D1", "T2").replace("vaf", "{unit}")
STUDIES = {
    "HER2": give("her2"),
    "safety": give("adverse_events", "ada"),
    "levels and PFS": give(
        patients=SUPPLIED,
        levels=OWN_VISITS.format(unit="mtm_per_ml"),
        landmarks={"T4": 42, "T2": 21},
    ),
    "response": give("assessments"),
    "HER2 and response": give("her2", "assessments"),
    "calls and response": give("samples", "assessments"),
    "durations supplied": give(patients=SUPPLIED),
    "everything": give(*EVERYTHING),
}
ORIGINS = {"levels and PFS": "diagnosis", "durations supplied": "randomisation"}
WORDS = {
    "her2": r"HER2|\bIHC\b|\bISH\b|DESTINY|DAISY",
    "ctdna": r"ctDNA|[Cc]lear(ed|ance)|[Pp]lasma|\bVAF\b|[Mm]olecul|LOD95|[Ll]andmark",
    "response": r"RECIST|\b(ORR|DCR|CBR|DoR)\b|[Ww]aterfall|[Ll]esion|[Rr]esponder"
    r"|[Bb]est (overall )?response|[Aa]ssess|\b[Ss]cans?\b",
    "adverse_events": r"[Aa]dverse event|lung disease|[Nn]eutropenia",
    "ada": r"[Aa]ntibod|\bADA\b|[Tt]itre",
}
"""Words that only an input can bring into a report."""

NEVER = r"NCT\d+|\b[Rr]egistry|\bC3D1\b|nan\b"
"""What none of these studies has: a registry entry, and the landmarks of the demo."""

ID = r"\b(response|association|ctdna|safety|her2)\.[\w.]+|\w+_\w+"
"""Keys of the config, names of columns and files."""

PUBLISHED = r"HR\+/HER2-"
"""Whom a published study treated, in its own words."""


class Pages(NamedTuple):
    report: str
    appendix: str

    @property
    def text(self) -> str:
        return "\n".join(map(text_of, self))


@pytest.fixture(scope="module")
def pages(tmp_path_factory, snakemake_in) -> dict[str, Pages]:
    """Return report and appendix of each study; what all share is made once."""
    with pytest.MonkeyPatch.context() as patched:
        check = cache(self_check.check_statistics)
        patched.setattr(self_check, "check_statistics", check)
        bundle = cache(vl_convert.javascript_bundle)
        patched.setattr(vl_convert, "javascript_bundle", bundle)
        patched.setattr(yaml, "SafeLoader", yaml.CSafeLoader)
        patched.setattr(Figure, "savefig", saving("svg"))
        return {
            name: run(tmp_path_factory.mktemp("study"), name, study, snakemake_in)
            for name, study in STUDIES.items()
        }


def run(folder: Path, name: str, study: Study, snakemake_in) -> Pages:
    config = study.write(folder)
    if name in ORIGINS:
        config["study"] = {"synthetic": False, "origin": ORIGINS[name]}
    made = snakemake_in(folder, REPORT, config=config)
    assert made.code == 0, made.output
    report = folder / REPORT
    appendix = report.with_name("appendix.html")
    return Pages(*(path.read_text(encoding="utf-8") for path in (report, appendix)))


def text_of_figures(page: str) -> str:
    """Return what is written in the figures of a page."""
    coded = re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", page)
    drawn = (b64decode(figure).decode() for figure in coded)
    written = (re.findall(r"<text[^>]*>([^<]*)</text>", svg) for svg in drawn)
    return "\n".join(unescape(text) for texts in written for text in texts)


def without_absent(text: str) -> tuple[str, list[str]]:
    """Return the text without the line that says what is not there, and that line."""
    lines = text.splitlines()
    told = [line for line in lines if line.startswith("Not in this study: ")]
    return "\n".join(line for line in lines if line not in told), told


@pytest.mark.parametrize("name", STUDIES)
def test_report_names_nothing_that_the_study_does_not_have(pages, name):
    text, told = without_absent(pages[name].text)
    written = f"{text}\n{text_of_figures(pages[name].report)}"
    shown = re.sub(f"{ID}|{PUBLISHED}", "", written)
    absent = WORDS.keys() - chapters_of(STUDIES[name].inputs)
    for chapter in absent:
        found = re.search(WORDS[chapter], shown)
        assert found is None, shown[found.start() - 150 : found.end() + 80]
    found = re.search(NEVER, shown)
    assert found is None, shown[found.start() - 150 : found.end() + 80]
    assert len(told) == bool(absent)


@pytest.mark.parametrize("name", STUDIES)
def test_figures_are_numbered_in_order_and_none_is_empty(pages, name):
    page = pages[name].report
    numbers = re.findall(r"<figcaption>.*?Figure (\d+)\.", page, re.DOTALL)
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert not re.search(r"0 of \d+ treated patients have a bar|None of", page)


@pytest.mark.parametrize("name", ORIGINS)
def test_without_response_pfs_leads_and_says_what_it_counts_from(pages, name):
    glance = text_of(pages[name].report).split("At a glance\n")[-1]
    origin = ORIGINS[name]
    first = glance.splitlines()[1]
    assert first.startswith(f"Median progression-free survival from {origin} was")
    assert f"PFS from {origin}, months" in pages[name].text
    assert "PFS | all | first dose" not in pages[name].text


def test_levels_have_their_unit_and_landmarks_stand_by_their_days(pages):
    text = pages["levels and PFS"].text
    assert "0.0400 MTM/mL (mutant molecules per mL plasma)" in text
    assert "Level at baseline, MTM/mL" in text
    assert text.index("Clearance at T2") < text.index("Clearance at T4")
    assert "At T2 only 3 of 5 treated patients" in text
