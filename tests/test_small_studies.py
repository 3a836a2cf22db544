"""Small studies end in a report that tells the truth, or in a refusal that says why.

Each is run by Snakemake's own command and jobs, all but `SPAWNED` in this process
(`one_process`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
import vl_convert
import yaml
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from opened import check_page
from small_studies import STUDIES, Study

from her2ctdna.reference import self_check
from her2ctdna.report.summary import SURVIVAL_CURVES
from her2ctdna.settings.catalogue import FIGURES, chapters_of, figure_files_of
from her2ctdna.tables import read_table

REPORT = "results/primary/report.html"
REFUSED = {
    "samples and variants": "has calls in a file and in the variants table; keep one",
    "variants without samples": "variants needs a samples sheet",
    "patients with a header alone": "has a header and no row",
}
"""The studies that no report is made of, and what they are told."""

TOLD = sorted(STUDIES.keys() - REFUSED)
SPAWNED = {
    "nobody treated, her2",
    "one patient",
    "assessments with a header alone",
    "levels and durations supplied",
    "adverse_events and ada",
}
"""The studies that are run as users do, with a process for each job."""

DRAWN = {
    name
    for name in TOLD
    if re.search("alone$|nobody treated|scans|screen|without|her2 and durations", name)
}
"""The studies whose figures are drawn, as SVG, and not laid out alone: a third."""

NOT_GIVEN = {
    "her2": ("her2", "her2-response", "ctdna-her2"),
    "response": (),
    "ctdna": ("ctdna", "clearance-outcome", "ctdna-her2"),
    "adverse_events": (),
    "ada": (),
}
"""The chapters that are left out where an input is not given."""

CLAIMS = {
    "her2": r"HER2-(low|zero)",
    "response": r"ORR|DCR|CBR|DoR|[Rr]esponders?\b",
    "ctdna": r"\bctDNA (was|detected)|[Cc]leared",
    "adverse_events": r"grade",
    "ada": r"[Ii]nduced|boosted",
}
"""Words that only an input can put into an answer or a row of a table."""

ANSWERS = ("glance", "response", "her2-response", "clearance-outcome", "safety")
"""The chapters that count the treated alone."""

IN_SUMMARY = {"summary_forest", *SURVIVAL_CURVES}
"""The figures of the first page, which has no words for one that shows nobody."""

ZERO = r"\b0/[1-9]|\b0 of \d|\b0\.0 %"
NOBODY_ASSESSED = "No treated patient was assessed after first dose"
SAID = {
    "nobody treated, her2": {"glance": "What this study cannot show"},
    "nobody treated, assessments": {"response": NOBODY_ASSESSED},
    "nobody treated, everything": {"response": NOBODY_ASSESSED},
    "screen failures only": {"her2": "Of 5 enrolled patients 1 are HER2-low"},
    "scans before first dose only": {"response": NOBODY_ASSESSED},
    "assessments with a header alone": {"patients": "tumour assessments"},
    "no landmark": {"clearance-outcome": "no landmark is configured"},
    "nobody responded": {"glance": "ORR 0.0 %", "response": "0/5"},
    "everybody responded": {"glance": "ORR 100.0 %", "response": "5/5"},
    "one patient": {"glance": "What this one patient cannot show"},
    "durations supplied": {"glance": "with 3 events in 5 patients"},
    "levels without limits": {"ctdna": "limit not given by the assay"},
    "levels that all failed": {"glance": "no patient's sample could show a clearance"},
    "samples without calls": {"glance": "no patient's sample could show a clearance"},
}
"""What a chapter says of a study."""


@dataclass(frozen=True)
class Report:
    """A report that a study ended in, with the results beside it."""

    name: str
    study: Study
    results: Path
    page: str
    appendix: str
    chapters: dict[str, str]
    """What is read of each, in the report and then in the appendix."""

    def table(self, name: str) -> pd.DataFrame:
        return read_table(self.results / name)

    @property
    def absent(self) -> list[str]:
        return [
            name for name in NOT_GIVEN if name not in chapters_of(self.study.inputs)
        ]


@pytest.fixture(scope="module")
def made_once() -> Iterator[None]:
    """Make once what is the same in all studies, and takes long."""
    with pytest.MonkeyPatch.context() as patched:
        check = cache(self_check.check_statistics)
        patched.setattr(self_check, "check_statistics", check)
        bundle = cache(vl_convert.javascript_bundle)
        patched.setattr(vl_convert, "javascript_bundle", bundle)
        patched.setattr(yaml, "SafeLoader", yaml.CSafeLoader)
        yield


@pytest.fixture(scope="module", params=TOLD)
def report(
    request, tmp_path_factory, snakemake_in, snakemake_spawned, made_once
) -> Report:
    name = request.param
    folder = tmp_path_factory.mktemp("study")
    config = STUDIES[name].write(folder)
    if name in SPAWNED:
        run = snakemake_spawned(folder, REPORT, config=config)
    else:
        with pytest.MonkeyPatch.context() as patched:
            formats = ["svg"] if name in DRAWN else []
            patched.setattr(Figure, "savefig", saving(*formats))
            run = snakemake_in(folder, REPORT, config=config)
    assert run.code == 0, run.output
    report = folder / REPORT
    pages = [
        path.read_text(encoding="utf-8")
        for path in (report, report.with_name("appendix.html"))
    ]
    chapters: dict[str, str] = {}
    for page in pages:
        parts = re.findall(
            r'(?s)<section [^>]*\bid="([^"]+)"[^>]*>(.*?)</section>', page
        )
        for anchor, html in parts:
            chapters[anchor] = chapters.get(anchor, "") + text_of(html)
    return Report(name, STUDIES[name], folder / "results", *pages, chapters)


EMPTY_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'


def saving(*formats: str) -> Callable[..., None]:
    """Return what saves a figure in these formats, else an empty one: that is fast."""
    save = Figure.savefig

    def save_some(figure: Figure, file: str | PdfPages, *, format: str, **how) -> None:
        if format in formats:
            save(figure, file, format=format, **how)
        elif isinstance(file, str):
            Path(file).write_text(EMPTY_SVG if format == "svg" else "")
        else:
            save(Figure(figsize=(1, 1)), file, format=format)

    return save_some


def text_of(html: str) -> str:
    """Return what is read: a line a paragraph, an item or a row of a table."""
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", html).replace("\n", " ")
    html = re.sub(r"</(p|li|h\d|tr|caption|figcaption)>", "\n", html)
    html = re.sub(r"</t[dh]>", " | ", html)
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_what_to_do(name, tmp_path, snakemake_in):
    run = snakemake_in(tmp_path, REPORT, config=STUDIES[name].write(tmp_path))
    assert run.code == 1
    assert REFUSED[name] in run.output
    findings = read_table(tmp_path / "results/cohort/findings.tsv")
    assert (findings["severity"] == "error").any()
    assert not (tmp_path / "results/primary").exists()


def test_a_report_is_made_of_no_input_with_an_error(report):
    findings = report.table("cohort/findings.tsv")
    assert (findings["severity"] != "error").all()
    bare = set(report.study.sheets) - set(report.study.inputs)
    told = findings["message"].str.startswith("has a header and no row")
    assert set(findings.loc[told, "table"]) == bare


def test_no_missing_number_is_shown_as_the_program_writes_it(report):
    for chapter, text in report.chapters.items():
        found = re.search(r"\b(nan|NaN|NaT|None|inf)\b(?! of)|<NA>|\(\)", text)
        assert found is None, (chapter, text[found.start() - 80 : found.end() + 80])


def test_every_figure_of_the_inputs_is_shown_and_stands_beside_the_page(report):
    shown = set(re.findall(r'<figure [^>]*id="figure-([^"]+)"', report.page))
    files = figure_files_of(report.study.inputs)
    named = {file.partition(".")[0] for file in files}
    drawn = {name for name in named if not FIGURES[name].is_paged}
    said = {name for name in drawn - shown if f"{FIGURES[name].title}: " in report.page}
    nobody = {
        name
        for name in IN_SUMMARY & drawn
        if report.table(f"primary/figures/{name}.tsv").empty
    }
    assert shown | said | nobody == drawn
    for file in files:
        assert (report.results / "primary/figures" / file).exists(), file


def test_every_number_opens_to_the_patients_that_it_counts(report):
    patients = set(report.table("primary/patients.tsv")["patient_id"])
    samples = {
        row.split()[0]
        for name in ("samples", "levels")
        for row in report.study.sheets.get(name, "").splitlines()[1:]
    }
    for page in (report.page, report.appendix):
        _, wrong = check_page(page, frozenset(patients | samples))
        assert wrong == []


def test_of_what_is_not_given_nothing_is_claimed(report):
    for absent in report.absent:
        assert report.chapters.keys().isdisjoint(NOT_GIVEN[absent])
        claims = [
            line
            for chapter in (*ANSWERS, "her2", "ctdna", "ctdna-her2")
            for line in report.chapters.get(chapter, "").splitlines()
            if (chapter == "glance" or " | " in line)
            and re.search(CLAIMS[absent], line)
        ]
        assert claims == []


def test_the_page_says_that_it_is_about_what_the_study_has(report):
    subject = re.search(r'<p class="kicker">([^<·]+): exploratory', report.page)[1]
    words = {"her2": "HER2", "response": "esponse", "ctdna": "ctDNA"}
    for name, word in words.items():
        assert name not in report.absent or word not in subject


def test_clearance_is_compared_at_the_landmarks_that_there_are(report):
    groups = report.table("primary/tables/contrasts.tsv")["group_by"]
    assert report.study.landmarks or not groups.str.startswith("clearance").any()


def test_there_is_no_rate_of_nobody(report):
    rates = report.table("primary/tables/rates.tsv")
    assert rates.loc[rates["N"] == 0, "rate"].isna().all()
    text = "\n".join(report.chapters.values())
    assert re.findall(r".*\| 0/0[^|\n]*%.*|.*\| 0/0 \|[^|/\n]*%.*", text) == []


def test_of_whom_nobody_looked_at_there_is_no_zero(report):
    chapters: tuple[str, ...] = ()
    zero = ZERO
    if report.name.startswith(("nobody treated", "screen failures")):
        chapters = ANSWERS
    if report.name == "scans before first dose only":
        chapters, zero = ("glance", "response", "her2-response"), r"\b0\.0 %|ORR 0"
    for chapter in chapters:
        assert re.search(zero, report.chapters.get(chapter, "")) is None


def test_what_a_study_is_said_to_show(report):
    for chapter, words in SAID.get(report.name, {}).items():
        assert words in report.chapters[chapter]
