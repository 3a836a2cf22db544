"""The report of a study of seven patients, read back as a browser would."""

import re
import time
from base64 import b64decode, b64encode
from dataclasses import replace
from functools import reduce
from gzip import decompress
from hashlib import sha256
from html import escape, unescape
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise
from math import inf, nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from her2ctdna.association.associations import estimate_associations
from her2ctdna.association.baseline import summarise_baseline
from her2ctdna.association.detectable import list_detectable
from her2ctdna.association.durations import summarise_durations
from her2ctdna.association.exaggeration import list_exaggeration
from her2ctdna.association.ledger import collect_tests
from her2ctdna.association.missing_data import count_missing
from her2ctdna.her2.agreement import estimate_agreement
from her2ctdna.her2.her2_status import derive_her2_readings
from her2ctdna.reference.self_check import check_statistics
from her2ctdna.report.chapters.course_sections import AGAIN
from her2ctdna.report.chapters.how_it_was_done import hide_personal
from her2ctdna.report.formats import (
    MINUS,
    write_coefficient,
    write_difference,
    write_digits,
    write_hazard,
    write_level,
    write_median,
    write_p,
    write_rate,
    write_ratio,
)
from her2ctdna.report.methods_as_run import flatten_definitions
from her2ctdna.report.render import Pages, render_report
from her2ctdna.report.results import ACROSS, Results
from her2ctdna.report.scripts import chart_library, script_policy
from her2ctdna.sets.flow import derive_flow
from her2ctdna.settings.catalogue import FIGURES
from her2ctdna.settings.registry_entry import (
    COUNTS,
    FIELDS,
    NO_COUNT,
    Wording,
    read_registry,
)

PATIENTS = """\
patient_id treated hr_status her2_class her2_group responder
P1 yes positive low low yes
P2 yes positive low low yes
P3 yes negative absent zero no
P4 yes negative ultralow zero no
P5 yes positive indeterminate . no
P6 yes positive low low no
P7 no positive low low .
"""
RESPONSES = """\
patient_id response_day bor confirmed_bor confirmed_bor_reason best_change_percent
P1 42 PR PR PR_on_day_42 -50
P2 20 CR PR PR_on_day_20 -100
P3 . SD SD SD_on_day_63 5
P4 . PD PD PD_on_day_42 30
P5 . MISSING MISSING no_assessment .
P6 . SD SD SD_on_day_63 -10
P7 . MISSING MISSING no_assessment .
"""
TIMES = """\
patient_id pfs_days pfs_event pfs_reason os_days os_event os_reason
P1 301 yes progression 401 no alive
P2 201 no alive 301 no alive
P3 101 yes progression 151 yes death
P4 43 yes progression 91 yes death
P5 1 no alive 20 yes death
P6 151 yes death 151 yes death
P7 . . . . . .
"""
CTDNA = """\
patient_id baseline_state baseline_level clearance_C2D1 able_C2D1 state_C2D1 day_C2D1 \
mr50_C2D1
P1 detected 0.02 cleared yes undetected 21 yes
P2 detected 0.01 cleared yes undetected 21 yes
P3 detected 0.03 not_cleared yes detected 22 no
P4 detected 0.04 not_cleared yes detected 20 no
P5 missing . missing . missing . not_evaluable
P6 undetected . not_shedding . undetected 21 not_evaluable
P7 missing . missing . missing . not_evaluable
"""
SAMPLES = """\
sample_id patient_id timepoint day state n_tracked lod95_level \
n_unsettled n_from_calls n_from_other_records n_from_alignments n_from_depth_track \
alt_count n_informative p_value
P1-C1 P1 C1D1 -1 detected 4 0.0004 0 4 0 0 0 . 4 .
P1-C2 P1 C2D1 21 undetected 4 0.0005 0 2 0 0 1 1 4 0.08
P2-C1 P2 C1D1 0 detected 3 0.0004 0 3 0 0 0 . 3 .
P2-C2 P2 C2D1 21 undetected 3 . 0 1 0 2 0 0 3 1
P3-C1 P3 C1D1 0 detected 2 0.0004 0 2 0 0 0 . 2 .
P3-C2 P3 C2D1 22 detected 2 0.0004 0 1 1 0 0 . 2 .
P4-C1 P4 C1D1 0 detected 2 0.0004 0 2 0 0 0 . 2 .
P4-C2 P4 C2D1 20 detected 2 0.0004 0 2 0 0 0 . 2 .
P6-C1 P6 C1D1 0 undetected 0 . 0 0 0 0 0 . 0 .
P6-C2 P6 C2D1 21 not_evaluable 0 . 0 0 0 0 0 . 0 .
P6-C3 P6 C3D1 42 failed_qc 0 . . . . . . . 0 .
"""
LANDMARKS = """\
patient_id landmark sample_id day clearance able residual_max
P1 C2D1 P1-C2 21 cleared yes 0.025
P2 C2D1 P2-C2 21 cleared yes .
P3 C2D1 P3-C2 22 not_cleared yes .
P4 C2D1 P4-C2 20 not_cleared yes .
P5 C2D1 . . missing . .
P6 C2D1 P6-C2 21 not_shedding . .
"""
FINDINGS = """\
severity table row column patient_id value message
warning her2 3 ihc P5 2+ HER2_is_indeterminate
note patients 4 death_date P3 2031-05-06 2031-05-06_is_late
warning adverse_events 9 term P4 =HYPERLINK("x") the_cell_=HYPERLINK("x")_starts_with_=
note samples 5 comment P4 seen_06.05.2031 odd
"""
EVENTS = """\
level soc term category grade n N rate ci_low ci_high patient_ids
any . . all any 2 6 0.33 0.04 0.78 P1;P4
any . . all >=3 1 6 0.17 0.00 0.64 P4
any . . all 5 0 6 0 0 0.46 .
any . . related any 1 6 0.17 0.00 0.64 P4
any . . related >=3 1 6 0.17 0.00 0.64 P4
any . . related 5 0 6 0 0 0.46 .
special_interest . lung_disease all any 0 6 0 0 0.46 .
special_interest . lung_disease all >=3 0 6 0 0 0.46 .
special_interest . lung_disease all 5 0 6 0 0 0.46 .
special_interest . lung_disease related any 0 6 0 0 0.46 .
"""
EVENT_ROWS = """\
term Blood <b>Anaemia</b> all any 1 6 0.17 0.00 0.64 P4
term Blood <b>Anaemia</b> all 1 0 6 0 0 0.46 .
term Blood <b>Anaemia</b> all 2 0 6 0 0 0.46 .
term Blood <b>Anaemia</b> all 3 1 6 0.17 0.00 0.64 P4
term Blood <b>Anaemia</b> all 4 0 6 0 0 0.46 .
term Blood <b>Anaemia</b> all 5 0 6 0 0 0.46 .
term Blood <b>Anaemia</b> all >=3 1 6 0.17 0.00 0.64 P4
"""
INCIDENCES = """\
incidence_n incidence_N time_at_risk_days
1 5 365.25
"""
PER_100_YEARS = """\
incidence_per_100_py incidence_low incidence_high
100 2.5318 557.1643
"""
COURSES = """\
patient_id first_cleared_day last_detected_day_before first_cleared_residual_max \
detected_again_day
P1 21 -1 0.025 63
P2 21 0 . 63
"""
REBOUNDS = """\
patient_id nadir_day nadir_state nadir_level nadir_upper95 rebound_day rebound_kind
P1 21 undetected 0 0.0005 63 detected_again
P2 21 undetected 0 . 63 rise
P3 22 detected 0.01 . 42 rise
"""
LEADS = """\
patient_id last_day_before_rebound rebound_level lead_time_days \
lead_time_low lead_time_high
P1 21 0.001 238 195 280
P2 21 0.003 . . .
P3 22 0.03 59 -42 79
"""
HALF_LIVES = """\
patient_id half_life_days half_life_low half_life_high half_life_points \
half_life_censored half_life_note
P1 . . . 2 1 not_estimable:_fewer
P3 12.25 8.5 . 3 0 no_upper_limit:_flat
P4 9.5 7 14 4 1 .
"""
KINETICS = """\
parameter estimate ci_low ci_high ci_method n_patients n_samples n_censored note
half_life_days 11.54 8.07 . profile_likelihood 4 12 3 no_upper_limit
decline_per_day 0.06 0.02 0.1 profile_likelihood 4 12 3 .
baseline_level 0.0079 0.005 0.012 profile_likelihood 4 12 3 .
sd_error . . . . 4 12 3 not_estimable:_no_patient
"""
ADA = """\
class n N rate ci_low ci_high patient_ids
evaluable 4 6 0.67 0.22 0.96 P1;P2;P3;P4
not_evaluable_no_baseline 1 6 0.17 0.00 0.64 P5
not_evaluable_no_later_sample 0 6 0 0 0.46 .
not_evaluable_no_sample 1 6 0.17 0.00 0.64 P6
incidence 1 4 0.25 0.01 0.81 P2
"""
PEAK_TITRES = """\
class peak_titre_median peak_titre_min peak_titre_max
evaluable 60 40 80
incidence 80 80 80
"""
ADA_COURSES = """\
patient_id class persistence reason
P1 negative . .
P2 induced transient .
P3 positive_not_boosted . titre_missing
P4 negative . .
P5 . . no_baseline
P6 . . no_sample
"""
ADA_SAMPLES = """\
patient_id baseline_titre first_positive_day n_samples n_positive peak_titre
P1 . . 3 0 .
P2 . 21 4 2 80
P3 . 42 3 2 40
P4 . . 2 0 .
P5 . 21 1 1 .
P6 . . 0 0 .
"""
READINGS = """\
patient_id specimen_id specimen collected_day reader ihc ish stained_percent
P1 A metastasis -9 central 1+ . .
P1 A metastasis -9 local 1+ . .
P1 B primary -99 central 0 . 0
P2 A metastasis -9 central 2+ negative .
P2 A metastasis -9 local 1+ . .
P3 A metastasis -9 central 0 . 0
P3 A metastasis -9 local 3+ . .
P4 A metastasis -9 central 0 . 5
P4 A metastasis -9 local . . .
"""
SCALES = """\
sample_id driving_loci outlying_loci scales_disagree
P1-C2 . . yes
P3-C2 chr3-1-A-G chr3-1-A-G no
P4-C2 . . .
"""
EMERGENT = """\
patient_id gene protein_change ref alt first_day max_vaf n_samples \
baseline_alt_count baseline_depth of_note
P3 NF1 . C T 22 0.01 2 1 3000 no
P4 TOP1 p.<b>Glu418Lys</b> G A 20 0.002 1 . . yes
"""
ERBB2 = """\
patient_id her2_class plasma_erbb2 variants first_day plasma_amplification reason
P1 low mutated p.Leu755Ser 21 amplified tracked
P2 low not_seen . . not_amplified none
P3 absent not_measured . . not_measured none
P4 . mutated p.Val777Leu;p.Leu755Ser 0 not_measured emergent
"""
BACKGROUND = """\
class molecules_leukocyte errors_leukocyte molecules_plasma errors_plasma \
rate_config rate_estimated rate source
C>T 1000 1 2000 2 0.0001 0.00031 0.0001 config
"""
SHOWN = [name for name, figure in FIGURES.items() if not figure.is_paged]
SVG_ADDRESS = "data:image/svg+xml,%3Csvg"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
CHAPTERS = [
    "At a glance",
    "Patients",
    "HER2",
    "Response and survival",
    "ctDNA",
    "HER2 and response",
    "Clearance and outcome",
    "ctDNA and HER2",
    "Sensitivity",
    "Safety",
    "What these data can and cannot show",
    "Findings in the inputs",
    "Methods as run",
    "Provenance",
]
VOID = {"meta", "img", "br", "link", "input", "hr"}


def table(text: str) -> pd.DataFrame:
    """Return a table written with blanks between its cells and ``.`` for missing."""
    frame = pd.read_csv(StringIO(text), sep=r"\s+", na_values=".", quoting=3)
    text_columns = frame.select_dtypes(object).columns
    cells = frame[text_columns].astype(object)
    return frame.assign(**cells.where(cells.notna(), None))


def events() -> pd.DataFrame:
    """Return adverse events with an incidence in the rows that have one."""
    rows = table(EVENTS + EVENT_ROWS)
    values = pd.concat([table(INCIDENCES), table(PER_100_YEARS)], axis=1).iloc[0]
    is_timed = rows["grade"].isin(["any", ">=3"])
    return rows.assign(
        terms_not_matched=None,
        **{
            name: pd.Series(value, index=rows.index).where(is_timed)
            for name, value in values.items()
        },
    )


def spaced(notes: pd.Series) -> pd.Series:
    return notes.str.replace("_", " ").astype(object).where(notes.notna(), None)


def patients() -> pd.DataFrame:
    parts = [table(part) for part in (PATIENTS, RESPONSES, TIMES, CTDNA)]
    parts += [table(part) for part in (COURSES, REBOUNDS, LEADS, HALF_LIVES)]
    frame = reduce(
        lambda left, right: left.merge(right, on="patient_id", how="left"), parts
    )
    frame = frame.astype(object).where(frame.notna(), None).infer_objects()
    shedding = frame["baseline_state"].isin(["detected", "undetected"])
    flags = {
        "disease_control": frame["confirmed_bor"].isin(["PR", "SD"]),
        "clinical_benefit_registry": frame["confirmed_bor"].isin(["PR", "SD"]),
        "clinical_benefit": frame["responder"] == "yes",
        "her2_evaluable": frame["her2_group"].notna() & (frame["treated"] == "yes"),
        "response_evaluable": frame["bor"] != "MISSING",
        "ctdna_evaluable": shedding,
        "ever_cleared": frame["clearance_C2D1"] == "cleared",
        "sustained": frame["clearance_C2D1"] == "cleared",
        "late_C2D1": frame["patient_id"] == "P3",
    }
    words = {name: mask.map({True: "yes", False: "no"}) for name, mask in flags.items()}
    return frame.assign(
        **words,
        measurable="yes",
        age=[51.0, 62, 47, 70, 58, 39, 66],
        specimen=["metastasis"] * 4 + ["primary"] * 3,
        her2_collected_day=[-9.0, -12, -15, -20, -30, -700, -1],
        reader="central",
        ttr_days=frame["response_day"] + 1,
        tot_days=[200.0, 300, 80, 40, 1, 100, nan],
        tot_event=["yes", "no", "yes", "yes", "yes", "yes", None],
        ttnt_days=nan,
        ttnt_event=None,
        n_visits=(frame["bor"] != "MISSING").astype(float),
        half_life_note=spaced(frame["half_life_note"]),
        first_cleared_day=frame["day_C2D1"].where(flags["ever_cleared"]),
        her2_reason="only specimen read by central",
        dor_days=frame["pfs_days"].where(frame["responder"] == "yes") - 41,
        dor_event=frame["pfs_event"].where(frame["responder"] == "yes"),
        her2_level=None,
        progression_day=frame["pfs_days"].where(frame["pfs_reason"] == "progression"),
    )


@pytest.fixture(scope="module")
def definitions(root: Path) -> dict[str, Any]:
    config = yaml.safe_load((root / "config" / "config.yaml").read_text())
    found = config["definitions"]
    found["ctdna"]["landmarks"] = {"C2D1": {"day": 21, "window": 7}}
    found["association"]["covariates"] = ["hr_status"]
    return found


@pytest.fixture(scope="module")
def associations(definitions: dict[str, Any]) -> dict[str, pd.DataFrame]:
    return associate(patients(), definitions)


def agreement() -> dict[str, pd.DataFrame]:
    readings = derive_her2_readings(
        table(READINGS),
        recode={},
        range_policy="indeterminate",
        zero=["absent", "ultralow", "zero_unspecified"],
        low=["low"],
    )
    return estimate_agreement(readings, confidence=0.95)


@pytest.fixture(scope="module")
def results(
    root: Path, definitions: dict[str, Any], associations: dict[str, pd.DataFrame]
) -> Results:
    tables = {
        "patients": patients(),
        "flow": flow(patients(), definitions),
        "findings": table(FINDINGS),
        "self_check": check_statistics(),
        "her2_status": patients()[["patient_id", "her2_class"]],
        "endpoints": patients()[["patient_id", "bor"]],
        "ctdna_samples": table(SAMPLES).merge(table(SCALES), how="left"),
        "emergent": table(EMERGENT),
        "erbb2": table(ERBB2),
        "background": table(BACKGROUND),
        "ctdna_landmarks": table(LANDMARKS),
        "ctdna_patients": patients()[["patient_id", "baseline_state"]],
        "kinetics": table(KINETICS).assign(
            note=lambda frame: spaced(frame["note"]), patient_ids="P1;P2;P3;P4"
        ),
        "adverse_events": events(),
        "ada": table(ADA).merge(table(PEAK_TITRES), on="class", how="left"),
        "ada_patients": table(ADA_COURSES).merge(table(ADA_SAMPLES), on="patient_id"),
    }
    return Results(
        tables={**tables, **agreement(), **associations},
        figures=dict.fromkeys(SHOWN, SVG),
        definitions=definitions,
        study={"id": "S1", "title": "Drug in cancer", "synthetic": True},
        analysis="primary",
        analyses=["primary", "unconfirmed"],
        inputs_given=["patients", "her2", "samples", "assessments"],
        association=definitions["association"],
        code="c0de",
        input_digests={"patients": "5ha256"},
        overlays={"primary": {}, "unconfirmed": {"response": {"confirmed": False}}},
        across={
            name: {part: (tables | associations)[part] for part in ACROSS}
            for name in ("primary", "unconfirmed")
        },
        registry=read_registry(root / "config/registry/NCT06452706.yaml"),
    )


@pytest.fixture(scope="module")
def pages(results: Results) -> Pages:
    return render_report(results)


@pytest.fixture(scope="module")
def page(pages: Pages) -> "Page":
    return Page(*pages)


def associate(
    frame: pd.DataFrame, definitions: dict[str, Any], *, response: bool = True
) -> dict[str, pd.DataFrame]:
    found = estimate_associations(
        frame,
        landmarks=definitions["ctdna"]["landmarks"],
        count_first_day=True,
        response=response,
        survival=True,
        association=definitions["association"],
    )
    found |= collect_tests(
        {name: found[name] for name in ("tests", "contrasts")},
        families=definitions["association"]["families"],
        predeclared=definitions["association"]["predeclared"],
        alpha=0.05,
    )
    found["baseline"] = summarise_baseline(
        frame,
        landmarks=definitions["ctdna"]["landmarks"],
        named=definitions["association"]["covariates"],
    )
    found["durations"] = summarise_durations(
        frame, count_first_day=True, confidence=0.95
    )
    found["missing"] = count_missing(
        flow(frame, definitions, response=response), confidence=0.95
    )
    found["exaggeration"] = list_exaggeration(
        found["contrasts"], differences=[0.3], hazard_ratios=[0.5], alpha=0.05
    )
    return found | {"detectable": list_detectable(found["contrasts"], alpha=0.05)}


def flow(
    frame: pd.DataFrame, definitions: dict[str, Any], *, response: bool = True
) -> pd.DataFrame:
    return derive_flow(
        frame,
        landmarks=definitions["ctdna"]["landmarks"],
        columns=definitions["association"]["covariates"],
        count_first_day=True,
        response=response,
    )


def of_patients(results: Results, frame: pd.DataFrame) -> Results:
    """Return results in which these are the patients, everywhere."""
    definitions = dict(results.definitions)
    tables = {**results.tables, **associate(frame, definitions)}
    tables |= {"patients": frame, "flow": flow(frame, definitions)}
    return replace(results, tables=tables)


def without(results: Results, *tables: str, **changes: Any) -> Results:
    """Return results as of a study that lacks these tables."""
    kept = {name: frame for name, frame in results.tables.items() if name not in tables}
    return replace(results, tables=kept, figures={}, **changes)


class Page(HTMLParser):
    """Pages read back: their tags checked for balance, their parts collected.

    A number that opens is followed by the patients that it opens to.
    """

    def __init__(self, *pages: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[str, str]] = []
        self.tables: list[list[list[str]]] = []
        self.text = ""
        for html in pages:
            self.lists: dict[str, str] = {}
            self.place = self.opens = ""
            n_before = len(self.tables)
            self.feed(html)
            assert self.open == [], f"not closed: {self.open}"
            self.text = self._with_lists(self.text)
            self.tables[n_before:] = [
                [[self._with_lists(cell) for cell in row] for row in table]
                for table in self.tables[n_before:]
            ]

    def _with_lists(self, text: str) -> str:
        return re.sub(r"\x00(_\d+)", lambda found: self.lists[found[1]].strip(), text)

    def _close(self, *tags: str) -> None:
        """Close what ends where the next begins."""
        while self.open and self.open[-1] in tags:
            self.open.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        self.tags.append((tag, own))
        self.text += " "
        if tag in ("tr", "td", "th"):
            self._close("td", "th", *(["tr"] if tag == "tr" else []))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((tag, ""))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag == "div" and (own.get("id") or "").startswith("_"):
            self.place = own["id"] or ""
            self.lists[self.place] = ""
        if tag == "a" and (own.get("href") or "").startswith("#_"):
            self.opens = (own["href"] or "")[1:]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("tbody", "thead", "table"):
            self._close("td", "th", "tr")
        assert self.open[-1:] == [tag], f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()
        if tag == "div":
            self.place = ""
        if tag == "a" and self.opens:
            self.text += " "
            self.handle_data(f"\x00{self.opens}")
            self.opens = ""

    def handle_data(self, data: str) -> None:
        if {"style", "script"} & set(self.open):
            return
        if self.place:
            self.lists[self.place] = f"{self.lists[self.place]} {data.strip()}"
            return
        self.text += data
        if {"h1", "h2", "h3"} & set(self.open):
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)
        if {"td", "th"} & set(self.open):
            row = self.tables[-1][-1]
            row[-1] = f"{row[-1]} {data.strip()}".strip()

    def rows(self, heading: str = "") -> list[list[str]]:
        """Return the rows of all tables with a column of this heading."""
        return [
            row
            for header, *body in self.tables
            if any(heading in title for title in header)
            for row in body
        ]

    def values(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def read(results: Results) -> Page:
    return Page(*render_report(results))


def said(page: Page) -> str:
    """Return the text of a page with single blanks."""
    return " ".join(page.text.split())


def test_pages_are_well_formed_and_need_nothing_else(pages: Pages) -> None:
    beside = {"figures/patient_profiles.pdf", "report.html"}
    appended = set(Page(pages.appendix).values("id"))
    for html in pages:
        page = Page(html)
        ids = page.values("id")
        assert len(ids) == len(set(ids))
        anchors = [href[1:] for href in page.values("href") if href[0] == "#"]
        assert set(anchors) <= set(ids)
        for address in {*page.values("href"), *page.values("src")} - beside:
            name, _, place = address.partition("#")
            assert name in ("", "appendix.html") or address.startswith(SVG_ADDRESS)
            assert name != "appendix.html" or place in {"", *appended}
        assert {"link", "iframe", "object"}.isdisjoint(tag for tag, _ in page.tags)
        scripts = [set(attrs) for tag, attrs in page.tags if tag == "script"]
        assert all(names <= {"type", "id"} for names in scripts)
        without = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
        without = without.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"url\(|@import|https?:", without)
    figures = {f"#figure-{name}" for name in SHOWN}
    assert figures <= set(Page(pages.report).values("href"))


def test_scripts_name_no_address_but_those_of_their_errors(pages: Pages) -> None:
    scripts = re.findall(r"<script.*?>(.*?)</script>", "".join(pages), re.DOTALL)
    scripts.append(decompress(b64decode(chart_library())).decode())
    known = r"datatables\.net/|www\.w3\.org/|github\.com/vega/|vega\.github\.io/"
    named = set(re.findall(r"https?://([^\s\"'`)]*)", "".join(scripts)))
    assert [address for address in named if not re.match(known, address)] == []


def test_only_the_scripts_of_the_page_may_run(pages: Pages) -> None:
    for html in pages:
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
        scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
        hashes = [b64encode(sha256(text.encode()).digest()) for text in scripts]
        allowed = " ".join(f"'sha256-{value.decode()}'" for value in hashes)
        assert policy
        assert unescape(policy[1]) == (
            f"default-src 'none'; script-src {allowed}; style-src "
            "'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
        )


def test_the_library_of_a_chart_may_run_from_a_blob_and_nothing_else_may() -> None:
    assert "blob:" not in script_policy([], has_chart=False)
    assert script_policy(["1"], has_chart=True).count("blob:") == 1


def test_pages_can_be_read_aloud(pages: Pages) -> None:
    for page in map(Page, pages):
        assert page.tags[0] == ("html", {"lang": "en-GB"})
        levels = [int(tag[1]) for tag, _ in page.headings]
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    images = [attrs for tag, attrs in Page(*pages).tags if tag == "img"]
    assert len(images) == len(SHOWN)
    assert all(len(attrs["alt"] or "") > 40 for attrs in images)


def test_chapters_come_in_the_order_of_the_science(pages: Pages) -> None:
    def titles(html: str) -> list[str]:
        found = [text.strip() for tag, text in Page(html).headings if tag == "h2"]
        return [title for title in found if title != "Contents"]

    numbered = [f"{n} {title}" for n, title in enumerate(CHAPTERS, 1)]
    lists = "The patients behind the numbers"
    assert titles(pages.report) == [CHAPTERS[0], *numbered[1:-2], lists]
    appended = titles(pages.appendix)
    assert appended[-3:] == [*numbered[-2:], lists]
    assert set(appended) <= {*numbered, lists}


def test_the_report_leads_to_what_stands_in_its_appendix(pages: Pages) -> None:
    report, appendix = map(Page, pages)
    links = [
        href for href in report.values("href") if href.startswith("appendix.html#")
    ]
    assert len(links) > 10
    assert "In the appendix: Every patient, one row each" in said(report)
    assert report.rows("Wilson")
    assert len(appendix.rows("Wilson")) > len(report.rows("Wilson"))


def test_answer_stands_in_few_sentences_with_intervals(page: Page) -> None:
    text = said(page)
    assert (
        "Of 6 treated patients 2 had a complete or partial response (confirmed, as "
        "reported by the investigator): ORR 33.3 % (4.3 to 77.7); median "
        "progression-free survival from first dose was 5.0 months (1.4 to not "
        "reached), with 4 events in 6 patients (few: n = 6)"
    ) in text
    assert (
        "ORR was 66.7 % (9.4 to 99.2) in 3 HER2-low and 0.0 % (0.0 to 84.2) in 2 "
        "HER2-zero patients: low minus zero +66.7 points, interval"
    ) in text
    assert (
        "At C2D1 only 4 of 6 treated patients had a sample that could show a clearance "
        "of ctDNA; 2 of them cleared (1 with nothing detected at baseline, 1 without a "
        "usable sample or baseline). No rate is told from so few."
    ) in text
    assert (
        "Cleared at C2D1 against not cleared: ORR +100.0 points, interval "
        "\N{MINUS SIGN}3.1 points to +100.0 points (2 and 1 patients; few: n = 1); "
        "PFS from the C2D1 landmark on, hazard ratio below"
    ) in text


def test_what_few_patients_cannot_show_is_exact_power_at_their_numbers(
    page: Page,
) -> None:
    text = said(page)
    assert (
        "With 3 and 2 patients, and a true rate of 0.0 % in the reference, no rate, "
        "however far, would be found by Fisher's test in 80 of 100 such studies."
    ) in text


def test_every_row_of_the_results_is_shown(results: Results, page: Page) -> None:
    rates = results.tables["rates"].query("ci_method == 'clopper_pearson'")
    contrasts, survival = results.tables["contrasts"], results.tables["survival"]
    assert len(page.rows("Wilson")) == len(rates)
    assert len(page.rows("Reference n/N")) == len(contrasts)
    assert len(page.rows("Events/n")) == len(survival)
    assert len(page.rows("Family")) == len(results.tables["tests"])


def test_rates_are_shown_with_their_counts(results: Results, page: Page) -> None:
    rates = results.tables["rates"].query("ci_method == 'clopper_pearson'")
    expected = sorted(
        (
            f"{rate.n}/{rate.N}",
            f"{100 * rate.rate:.1f} %" if rate.N else "not estimable",
        )
        for rate in rates.itertuples()
    )
    shown = [(row[3].split()[0], row[4].split(" (")[0]) for row in page.rows("Wilson")]
    assert sorted(shown) == expected


def test_counts_open_to_the_patients_behind_them(page: Page) -> None:
    low = next(row for row in page.rows("HER2-low") if row[0] == "ORR")
    opened = "2/3 with the endpoint (2): P1, P2 others of the denominator (1): P6"
    assert low[2].startswith(opened)


def test_equal_lists_of_patients_stand_once(pages: Pages) -> None:
    for html in pages:
        lists = re.findall(r'<div id="_\d+">(.*?)</div>', html, re.DOTALL)
        assert len(lists) == len(set(lists)) > 5
        assert html.count("<a href=#_") > len(lists)


def test_agreement_is_shown_with_its_pairs_and_those_left_out(page: Page) -> None:
    rows = page.rows("Weighted kappa, quadratic")
    assert [row[0] for row in rows[:4]] == ["central and local, one specimen"] * 4
    assert rows[0][1] == "IHC score (0 < 1+ < 2+ < 3+)"
    assert " ".join(rows[0][2].split()) == "3 patient of each pair (3): P1, P2, P3"
    assert " ".join(rows[0][3].split()) == "1 patient of each pair (1): P4"
    assert rows[0][4] == "33.3 % (0.8 to 90.6)"
    assert rows[3][6:] == ["", ""]  # categories without order have no weights
    specimens = [row for row in rows if row[0].startswith("primary and metastasis")]
    assert len(specimens) == 4
    assert specimens[0][5] == "0.00 (no interval)"


def test_matrices_open_to_the_patients_of_a_cell(page: Page) -> None:
    matrix = next(table for table in page.tables if table[0][0].endswith("across"))
    opened = [cell.split() for row in matrix[1:] for cell in row[1:] if cell != "0"]
    assert [(cell[0], cell[-1]) for cell in opened] == [
        *[("1", "P3"), ("1", "P1"), ("1", "P2")]
    ]


def test_readings_that_nothing_can_be_compared_with_are_said(results: Results) -> None:
    empty = {name: frame.head(0) for name, frame in agreement().items()}
    text = said(read(replace(results, tables={**results.tables, **empty})))
    assert "how far readings agree cannot be told" in text
    assert "Raw counts" not in text


def test_coefficients_without_interval_or_value_say_so() -> None:
    assert write_coefficient(0.447, 0.263, 0.631) == "0.45 (0.26 to 0.63)"
    assert write_coefficient(-0.2, -1.0, 0.5) == f"{MINUS}0.20 ({MINUS}1.00 to 0.50)"
    assert write_coefficient(1.0, nan, nan) == "1.00 (no interval)"
    assert write_coefficient(nan, nan, nan) == "not estimable"


def test_tables_that_disagree_stop_the_report(results: Results) -> None:
    rates = results.tables["rates"].assign(n=lambda frame: frame["n"] + 1)
    wrong = replace(results, tables={**results.tables, "rates": rates})
    with pytest.raises(ValueError, match=r"the results say 3/6, flow\.tsv 2/6"):
        render_report(wrong)


def test_landmark_leaves_out_who_was_not_followed_until_it(page: Page) -> None:
    text = said(page)
    assert "Landmark C2D1: time counted from day 28" in text
    assert "C2D1: no sample able to show clearance: 2 P5, P6" in text
    assert "C2D1: able, but PFS ended before its day: none" in text
    late = "able to show a clearance at C2D1, 1/4 had their sample drawn after the"
    assert late in text
    assert "C2D1: drawn after the first scan, not in rates by it: 1 P3" in text


def test_clearance_at_any_time_stands_beside_its_naive_comparison(
    results: Results, pages: Pages, page: Page
) -> None:
    html = pages.report
    start = html.index("Clearance at any time, from its draw on")
    part = html[start : html.index("</table>", start)]
    rows = results.tables["contrasts"].query("group_by == 'ever_cleared'")
    assert part.count("<th scope=row") == len(rows)
    assert part.count("biased: immortal time") == (rows["biased"] == "yes").sum() > 0
    assert "PFS: Mantel-Byar test" in said(page)


def test_checks_stand_among_the_tests_without_a_family(page: Page) -> None:
    assert any("proportional hazards (check)" in row for row in page.rows())


def test_naive_analyses_stand_apart_and_are_called_biased(
    results: Results, pages: Pages
) -> None:
    html = pages.appendix
    biased = html.index("Biased: immortal time. From first dose")
    end = html.index("</table>", biased)
    naive = results.tables["contrasts"].query(
        "biased == 'yes' and group_by != 'ever_cleared'"
    )
    assert html[biased:end].count("<th scope=row") == len(naive) > 0


def test_first_clearance_rebound_and_lead_time_are_intervals(page: Page) -> None:
    assert page.rows("First cleared, day") == [
        ["P1", f"{MINUS}1 to 21", "2.5 %", "yes"],
        ["P2", "0 to 21", "limit not given by the assay", "yes"],
    ]
    again, rise = (
        "detected again after a clearance",
        "risen over the nadir, intervals apart",
    )
    assert page.rows("What makes it one") == [
        [
            "P1",
            "undetected, at most 0.0500 %, day 21",
            "21 to 63",
            "0.100 %",
            again,
            "238 (above 195, below 280)",
        ],
        [
            "P2",
            "undetected, limit not given by the assay, day 21",
            "21 to 63",
            "0.300 %",
            rise,
            "no progression seen",
        ],
        [
            "P3",
            "1.00 %, day 22",
            "22 to 42",
            "3.00 %",
            rise,
            f"59 (above {MINUS}42, below 79)",
        ],
    ]


def test_patients_without_a_lead_time_are_counted_by_the_reason(page: Page) -> None:
    course = {row[0]: row[1] for row in page.rows("n/N detected at baseline")}
    assert course["Lead time: both rebound and radiological progression"].startswith(
        "2/4"
    )
    assert "others of the denominator" in said(page)
    assert course["No lead time: rebound, no radiological progression"].startswith(
        "1/4"
    )
    assert course["No lead time: radiological progression, no rebound"].startswith(
        "1/4"
    )
    assert course["No lead time: neither"].startswith("0/4")
    assert course[AGAIN].startswith("2/2")


def test_half_lives_have_an_interval_or_a_reason(page: Page) -> None:
    assert page.rows("Half-life, days") == [
        ["P3", "12.2 (8.50 to no limit)", "3", "0"],
        ["P4", "9.50 (7.00 to 14.0)", "4", "1"],
    ]
    assert "Half-life not estimable: fewer: 1 P1" in said(page)


def test_the_decline_over_the_cohort_has_an_interval_or_a_reason(page: Page) -> None:
    rows = {row[0]: row[1:] for row in page.rows("Parameter")}
    half_life = rows["half-life of the average decline, days"]
    assert half_life == [
        "11.5 (8.07 to no limit)",
        "4 patients in the model (4): P1, P2, P3, P4",
        "12",
        "3",
        "no upper limit",
    ]
    assert rows["level at baseline, geometric mean"][0] == "0.790 % (0.500 % to 1.20 %)"
    error = rows["error of a log level within a patient, SD"]
    assert (error[0], error[-1]) == ("not estimable", "not estimable: no patient")


def test_cleared_samples_say_what_they_could_have_missed(page: Page) -> None:
    rows = page.rows()
    limits = ["0.0500 %", "2.00 %", "2.5 %"]
    assert ["P1", "C2D1", "P1-C2", "21", "1 at 4", "0.080", *limits] in rows
    unknown = ["limit not given by the assay"] * 3
    assert ["P2", "C2D1", "P2-C2", "21", "0 at 3", "> 0.999", *unknown] in rows
    assert (
        "Cleared means that what was seen is not told from background at alpha 0.05, "
        "not that nothing was there: of the cleared samples whose molecules were "
        "counted, 1/2 held none at all."
    ) in said(page)


def test_emergent_variants_and_erbb2_are_shown_apart_from_clearance(page: Page) -> None:
    rows = page.rows()
    top1 = ["P4", "TOP1", "p.<b>Glu418Lys</b>", "yes", "20", "0.2 %", "1", "no record"]
    assert top1 in rows
    assert ["P3", "NF1", "C>T", "", "22", "1.0 %", "2", "1 of 3000"] in rows
    assert rows.index(top1) < rows.index(
        ["P3", "NF1", "C>T", "", "22", "1.0 %", "2", "1 of 3000"]
    )
    assert ["P4", "missing", "p.Val777Leu, p.Leu755Ser", "emergent", "0"] in rows
    low = next(row for row in rows if row[0] == "low" and len(row) == 7)
    shown = [cell.split()[0] for cell in low[1:]]
    assert shown == ["1/2", "1/2", "0/2", "1/2", "1/2", "0/2"]


def test_samples_whose_scales_disagree_name_their_patients(page: Page) -> None:
    text = said(page)
    assert "of those with both numbers; and patients: 1/2" in text
    assert "undetected without one of their loci: 1/6" in text


def test_left_out_names_samples_and_patients_with_reasons(page: Page) -> None:
    text = said(page)
    for reason in (
        "Not treated, so in no analysis: 1 P7",
        "No group, class indeterminate (only specimen read by central): 1 P5",
        "Not assessed after first dose (counted as not responding): 1 P5",
        "Samples that failed QC: 1 P6-C3",
        "Samples not evaluable: nothing to track in this patient: 1 P6-C2",
        "Samples judged without some tracked sites (not measured or too shallow): "
        "1 P1-C2",
        "Clearance at C2D1: in a sample that could not have seen enough: none",
    ):
        assert reason in text


def test_where_the_counts_at_tracked_sites_are_from_is_said(
    results: Results, page: "Page"
) -> None:
    text = said(page)
    assert (
        "Of 22 tracked sites in 10 plasma samples, 17 are counted in the calls, 1 by "
        "calls that write them otherwise, 2 in the alignments, 1 are known by their "
        "depth alone, and 1 are not measured or too shallow."
    ) in text
    assert "fewer than 3 molecules or a VAF below 0.05 %, which is not none" in text
    samples = results.tables["ctdna_samples"]
    otherwise = samples.assign(n_from_other_records=1.0)
    counted = replace(results, tables={**results.tables, "ctdna_samples": otherwise})
    assert "in the calls, 10 by calls that write them otherwise" in said(read(counted))
    called = samples.assign(n_from_depth_track=0.0)
    counted = replace(results, tables={**results.tables, "ctdna_samples": called})
    assert "depth alone, and 2 are not measured" in said(read(counted))
    assert "the caller reported nothing" not in said(read(counted))
    assay = samples.assign(n_from_calls=nan)
    levels = replace(results, tables={**results.tables, "ctdna_samples": assay})
    assert "tracked sites in" not in said(read(levels))


@pytest.mark.parametrize(
    ("missing", "chapters", "sentence"),
    [
        (["her2_status"], 3, "Not in this study: HER2 readings."),
        (
            ["ctdna_samples", "ctdna_landmarks", "ctdna_patients"],
            3,
            "Not in this study: ctDNA samples or levels.",
        ),
        (["adverse_events"], 0, "Not in this study: adverse events."),
        (
            ["adverse_events", "ada"],
            1,
            "Not in this study: adverse events, anti-drug antibodies.",
        ),
    ],
)
def test_chapters_without_input_are_left_out_and_that_is_said_once(
    results: Results, missing: list[str], chapters: int, sentence: str
) -> None:
    page = read(without(results, *missing))
    assert said(page).count(sentence) == 1
    titles = {text.strip() for tag, text in page.headings if tag == "h2"}
    # the contents, and the lists of patients
    assert len(titles) == len(CHAPTERS) - chapters + 2


def test_figure_that_shows_nobody_is_a_sentence_and_has_no_number(
    results: Results,
) -> None:
    why = "None of 6 patients treated has a <measured> change."
    described = f"<dc:description>{escape(why)}</dc:description>"
    figures = {**results.figures, "waterfall": SVG.replace("/>", f">{described}</svg>")}
    page = read(replace(results, figures=figures))
    assert f"Best change of target lesions: {why}" in said(page)
    assert "figure-waterfall" not in page.values("id")
    assert f"Figure {len(SHOWN) - 1}." in said(page)
    assert f"Figure {len(SHOWN)}." not in said(page)


@pytest.mark.parametrize(
    ("missing", "chapter"),
    [
        ([], "HER2 and response"),
        (["her2_status"], "Clearance and outcome"),
        (["her2_status", "ctdna_landmarks"], "Response and survival"),
    ],
)
def test_forest_of_all_comparisons_has_a_place_in_every_study(
    results: Results, missing: list[str], chapter: str
) -> None:
    drawn = replace(without(results, *missing), figures={"forest": SVG})
    html = render_report(drawn).report
    before = html[: html.index('id="figure-forest"')]
    assert re.findall(r"</span> (.*?)</h2>", before)[-1] == chapter


def test_study_without_assessments_still_has_survival(results: Results) -> None:
    tables = associate(patients(), results.definitions, response=False)
    tables["flow"] = flow(patients(), results.definitions, response=False)
    survival_only = replace(
        results,
        tables={**results.tables, **tables},
        figures={},
        inputs_given=["patients", "her2", "samples"],
    )
    text = said(read(survival_only))
    assert text.count("Not in this study: tumour assessments.") == 1
    assert "Median progression-free survival from first dose was 5.0 months" in text
    assert "; median follow-up for overall survival " in text


def test_where_all_have_died_follow_up_cannot_be_estimated(results: Results) -> None:
    died = patients().assign(os_event="yes")
    tables = associate(died, results.definitions, response=False)
    tables["flow"] = flow(died, results.definitions, response=False)
    told = replace(results, tables={**results.tables, **tables}, figures={})
    told = replace(told, tables=told.tables | {"patients": died})
    assert "overall survival not estimable, as all had the event." in said(read(told))


def test_special_interest_is_shown_below_all_events_also_at_none(page: Page) -> None:
    rows = page.rows("grade 3 or more, n/N")
    assert [row[0] for row in rows] == [
        "All events",
        "Related to treatment",
        "Lung_disease",
    ]
    assert rows[2][1:3] == ["0/6", "0.0 % (0.0 to 46.0)"]
    assert "Of special interest" not in said(page)


def test_incidence_is_shown_by_time_at_risk(page: Page) -> None:
    text = said(page)
    assert "The time at risk is known of 5 of 6 patients." in text
    headline = page.rows("grade 3 or more, patients")
    assert headline[0] == [
        *[
            "All events",
            "1 (and 1 untimed) patients, timed or not (2): P1, P4",
            "1.0",
            "100.0 (2.5 to 557.2)",
        ],
        *["1 patients (1): P4", "1.0", "100.0 (2.5 to 557.2)"],
    ]


def test_unknown_time_at_risk_gives_a_sentence_and_no_table(results: Results) -> None:
    untimed = events().assign(incidence_n=0, incidence_N=0, time_at_risk_days=nan)
    tables = {**results.tables, "adverse_events": untimed}
    page = read(replace(results, tables=tables))
    assert "How long patients were at risk is not known" in said(page)
    assert page.rows("patient-years") == []


def test_antibodies_are_defined_counted_and_followed(page: Page) -> None:
    text = said(page)
    assert "at least 112 days apart, or the last sample of the patient among" in text
    assert page.rows("Peak titre, median")[1] == [
        *["incidence: induced or boosted", "1/4 patients (1): P2"],
        *["25.0 % (1.0 to 81.0)", "80.0 (80.0 to 80.0)"],
    ]
    assert page.rows("First positive day") == [
        ["P2", "induced, transient", "2 of 4", "21", "none", "80.0", ""],
        [
            *["P3", "positive not boosted", "2 of 3", "42", "none", "40.0"],
            "titre missing",
        ],
        ["P5", "not evaluable", "1 of 1", "21", "none", "none", "no baseline"],
    ]
    assert "Not evaluable: no sample until the first dose: 1 P5" in text
    assert "Not evaluable: no sample after the first dose: none" in text
    assert "Not evaluable: no sample with a day: 1 P6" in text


def test_study_of_patients_alone_gives_a_page(results: Results) -> None:
    kept = {"patients", "flow", "findings"}
    text = said(read(without(results, *(set(results.tables) - kept))))
    assert "how did the patients fare?" in text
    assert "The inputs of this study hold no answer to it." in text
    assert "Flow of patients: this figure was not drawn." in text


def test_study_of_nobody_gives_a_page(results: Results) -> None:
    empty = {name: frame.iloc[:0] for name, frame in results.tables.items()}
    empty["flow"] = flow(empty["patients"], results.definitions)
    page = read(replace(results, tables=empty, figures={}))
    assert "What this study cannot show" in said(page)
    assert "Nothing remarkable was found in the inputs." in said(page)


def test_study_of_nobody_treated_gives_a_page(results: Results) -> None:
    flags = [name for name in patients() if name.endswith("_evaluable")]
    flags += ["treated"]
    untreated = patients().assign(**dict.fromkeys(flags, "no"))
    text = said(read(of_patients(results, untreated)))
    assert "Of 0 treated patients 0 had a complete or partial response" in text
    assert "not estimable: no patients" in text
    assert "Median progression-free survival" not in text


def test_landmark_at_which_nothing_could_be_judged_says_so(results: Results) -> None:
    unknown = patients().assign(clearance_C2D1="missing", able_C2D1=None)
    text = said(read(of_patients(results, unknown)))
    assert (
        "At C2D1 no patient's sample could show a clearance of ctDNA (6 without a "
        "usable sample or baseline)."
    ) in text


def test_where_nobody_cleared_there_is_nobody_to_compare(results: Results) -> None:
    cleared = patients()["clearance_C2D1"] == "cleared"
    none = patients().assign(
        clearance_C2D1=patients()["clearance_C2D1"].mask(cleared, "not_cleared")
    )
    text = said(read(of_patients(results, none)))
    where = "Whether clearance at C2D1 goes with longer PFS:"
    assert f"{where} nobody who was followed from there was cleared." in text


def test_groups_of_a_study_are_compared_side_by_side(results: Results) -> None:
    association = {**results.association, "groups": ["hr_status"]}
    page = read(replace(results, association=association))
    assert "Rates by HR status: all treated" in said(page)
    row = next(row for row in page.rows("negative (reference)") if row[0] == "ORR")
    assert re.fullmatch(r"0/2 .* 0\.0 % \(0\.0 to 84\.2\)", row[1])
    assert re.fullmatch(r"2/4 .* 50\.0 % \(6\.8 to 93\.2\)", row[2])


def test_page_never_claims_more_than_estimates(page: Page) -> None:
    text = said(page)
    claims = r"significan|predict|no difference|proves|\bnan\b|\binf\b|\bNone\b|\bNaN\b"
    assert re.findall(claims, text) == []


def test_dates_and_free_text_of_patients_are_hidden(page: Page) -> None:
    assert not re.search(r"\d{4}-\d{2}-\d{2}|06\.05\.2031|HYPERLINK", page.text)
    assert [row[5:] for row in page.rows() if row[0] in ("note", "warning")] == [
        ["2+", "HER2_is_indeterminate"],
        ["(hidden: date)", "(hidden: date)_is_late"],
        ["(hidden: text)", "the_cell_(hidden: text)_starts_with_="],
        ["(hidden: date)", "odd"],
    ]


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("ihc", "4+", "4+"),
        ("ihc", "3+ (seen by Who)", "3+ (hidden: text)"),
        ("death_date", "soon", "(hidden: date)"),
        ("soc", "her uncle's words", "(hidden: text)"),
        ("ihc", "scored 2031-02-30", "(hidden: date)"),
    ],
)
def test_values_that_tell_of_a_person_are_hidden(
    column: str, value: str, shown: str
) -> None:
    assert hide_personal(value, column=column) == shown


def test_hostile_words_are_shown_as_text(results: Results) -> None:
    hostile = '<script>alert("1")</script>\u202e=HYPERLINK'
    study = {"id": hostile, "title": hostile, "synthetic": False}
    patients = results.patients.assign(
        patient_id=results.patients["patient_id"].replace("P7", hostile)
    )
    named = replace(of_patients(results, patients), study=study, analysis=hostile)
    page = read(named)
    scripts = [attrs for tag, attrs in page.tags if tag == "script"]
    assert len([attrs for attrs in scripts if "type" not in attrs]) == 5
    assert page.text.count('<script>alert("1")</script><U+202E>=HYPERLINK') >= 5
    assert "<b>Anaemia</b>" in page.text
    assert "SYNTHETIC" not in "".join(render_report(named))


def test_synthetic_study_is_stamped_on_screen_and_paper(pages: Pages) -> None:
    for html in pages:
        assert re.search(
            '<aside class="stamp"[^>]*><p><strong>SYNTHETIC DATA</strong>', html
        )
        assert '@top-left { content: "SYNTHETIC DATA' in html


def test_page_does_not_depend_on_time_zone_or_order_of_figures(
    results: Results, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    time.tzset()
    turned = dict(reversed(results.figures.items()))
    assert render_report(replace(results, figures=turned)) == pages


def test_figure_without_a_place_stops_the_report(results: Results) -> None:
    with pytest.raises(ValueError, match="no chapter shows these figures: pie"):
        render_report(replace(results, figures={"pie": SVG}))


def test_every_threshold_of_the_default_config_has_a_meaning(
    defaults: dict[str, Any],
) -> None:
    thresholds = list(flatten_definitions(defaults["definitions"]))
    assert all(meaning for _, _, meaning in thresholds)
    assert ("ctdna.landmarks.C3D1", "day: 42; window: 10") in [
        threshold[:2] for threshold in thresholds
    ]
    with pytest.raises(KeyError, match=r"her2\.colour"):
        list(flatten_definitions({"her2": {"colour": "red"}}))


def test_numbers_are_written_by_one_rule() -> None:
    assert write_rate(0.3, 0.1189, 0.5428) == "30.0 % (11.9 to 54.3)"
    assert write_rate(nan, nan, nan) == "not estimable"
    assert (
        write_difference(-0.041, -0.2, 0.48)
        == f"{MINUS}4.1 points ({MINUS}20.0 to 48.0)"
    )
    assert write_difference(-0.0001, -0.2, 0.2) == f"+0.0 points ({MINUS}20.0 to 20.0)"
    assert write_ratio(1.413, 0.5642, 17.727) == "1.41 (0.56 to 17.7)"
    assert write_ratio(nan, 0.0482, inf) == "at least 0.048"
    assert write_ratio(nan, None, 0.62) == "at most 0.62"
    assert write_hazard(nan, nan, 0.62) == "below 0.62"
    assert write_hazard(nan, 3.1, inf) == "above 3.10"
    assert write_hazard(0.5, 0.2, 1.1) == "0.50 (0.20 to 1.10)"
    assert write_ratio(None, None, None) == "not estimable"
    assert write_median(213.0625, 30.4375, nan, missing="not reached") == (
        "7.0 months (1.0 to not reached)"
    )
    assert write_median(213.0625, nan, nan, missing="not reached") == (
        "7.0 months (not estimable to not reached)"
    )
    assert [write_p(p) for p in (0.0004, 0.0312, 0.99999, nan)] == [
        "< 0.001",
        "0.031",
        "> 0.999",
        "not estimable",
    ]
    assert write_level(0.000523, scale="mean_vaf") == "0.0523 %"
    assert write_level(0.05, scale="vaf") == "5.00 %"
    assert write_level(1234.5, scale="mtm_per_ml") == "1234 MTM/mL"
    assert write_level(0.05, scale="tumour_fraction") == "0.0500 tumour fraction"
    assert write_level(nan, scale="mtm_per_ml") == "not estimable"
    assert write_digits(0.0000123) == f"1.23 \N{MULTIPLICATION SIGN} 10^{MINUS}5"


def test_first_screen_has_the_flow_on_one_line(page: Page) -> None:
    header, row = next(rows for rows in page.tables if rows[0][0] == "Set")
    assert header == [
        *["Set", "Enrolled", "Treated (at least one dose)", "HER2 group known"],
        *["Response-evaluable", "ctDNA-evaluable", "Able to show clearance at C2D1"],
    ]
    assert [cell.split()[0] for cell in row] == ["Patients", *"765554"]
    assert "P5" not in row[3]
    limits = said(page).split("What these 6 patients cannot show")[1].split("2 Pat")[0]
    assert limits.count(". ") < 16
    assert "There is no control arm." in limits
    assert "are on neither side of the comparison" not in limits
    assert "are on neither side of the comparison" in said(page)


def test_missing_patients_are_set_against_those_known(page: Page) -> None:
    rows = {row[0]: row for row in page.rows("ORR, missing")}
    assert list(rows)[:4] == [
        *["HER2 group", "Response (response-evaluable)", "ctDNA at baseline"],
        "A sample able to show clearance at C2D1",
    ]
    clearance = rows["A sample able to show clearance at C2D1"]
    assert [cell.split()[0] for cell in clearance[1:6]] == [
        *["2/6", "2/4", "0/2", "3/4", "1/2"]
    ]
    assert "P5" in clearance[1]
    assert "P6" in clearance[1]
    assert "0.0 % (0.0 to 84.2)" in clearance[3]
    assert clearance[6] == "1 missing; 1 not shedding"
    assert [cell.split()[0] for cell in rows["HR status"][1:4]] == ["0/6", "2/6", "0/0"]


def test_missing_counts_that_disagree_with_the_flow_stop_the_report(
    results: Results,
) -> None:
    wrong = results.tables["missing"].assign(n=9)
    tables = {**results.tables, "missing": wrong}
    with pytest.raises(ValueError, match="orr where her2_evaluable is known"):
        render_report(replace(results, tables=tables))


def test_wording_of_the_registry_stands_with_both_counts(page: Page) -> None:
    rows = {row[0]: row for row in page.rows("Other reading")}
    assert len(rows) == 10
    ada = rows["Anti-drug antibodies, at five visits after the first dose"]
    assert [cell.split()[0] for cell in ada[3:]] == ["1/4", "1/6"]
    assert "P2" in ada[4]
    assert "until 30 days after" in rows["Adverse events: all events after the drug"][2]
    counts = {name: [cell.split()[0] for cell in row[3:]] for name, row in rows.items()}
    assert counts["CBR: CR, PR or SD"] == ["2/6", "4/6"]
    assert counts["ORR, by the investigator and RECIST 1.1"] == ["2/6", "2/6"]
    assert counts["ctDNA clearance (here at C2D1)"] == ["2/4", "2/6"]
    assert counts["HER2 negative by pathology"] == ["5/6", "0/6"]
    assert counts["PFS from randomization"] == ["4/6", "none"]
    assert "Nobody is randomised" in rows["OS from randomization"][1]


def test_registry_is_named_only_where_the_study_names_it(results: Results) -> None:
    page = read(replace(results, registry=None))
    assert re.findall(r"NCT\d+|\b[Rr]egistry", said(page)) == []


def test_everything_that_an_entry_may_name_is_counted_and_filled_in(
    results: Results,
) -> None:
    braces = " ".join(f"{{{name}}}" for name in FIELDS)
    wordings: list[Wording] = [
        {
            **{"wording": name, "problem": braces, "computed": ""},
            **{"as_computed": name, "other_reading": NO_COUNT},
        }
        for name in COUNTS
    ]
    named = replace(results, registry={"id": "NCT1", "wordings": wordings})
    rows = read(named).rows("Other reading")
    assert [row[0] for row in rows] == list(COUNTS)
    assert all("{" not in row[1] and re.match(r"\d+/\d+", row[3]) for row in rows)


def test_errors_of_sign_and_size_are_said_for_headlines_with_patients(
    page: Page, results: Results
) -> None:
    rows = page.rows("Of these, wrong sign")
    table = results.tables["exaggeration"]
    assert len(rows) == len(table)
    assert {row[0] for row in rows} == {"ORR", "PFS"}
    text = said(page)
    assert (
        "If the truth were a hazard ratio of 0.50 for PFS (HER2-low versus "
        "HER2-zero, all treated), 10 of 100 such studies would have p below 0.05; "
        "their estimates would, on the log scale, be"
    ) in text
    nobody_passes = next(row for row in rows if row[0] == "ORR")
    assert nobody_passes[6] == "0.0 %"
    assert nobody_passes[9] == "no result of these sizes passes"


def test_self_check_is_shown_as_it_came_out(results: Results, page: Page) -> None:
    text = said(page)
    assert "100 of 100 known values came out as expected: 60 published ones" in text
    rows = page.rows("Tolerance")
    assert len(rows) == 100
    assert {row[6] for row in rows} == {"pass"}
    without_check = said(read(without(results, "self_check")))
    assert "known values came out" not in without_check


def test_published_rates_stand_below_those_of_the_study(page: Page) -> None:
    rows = [
        row for row in page.rows("Denominator") if row[0].startswith(("This", "DAISY,"))
    ]
    assert [row[0] for row in rows] == [
        *["This study", "This study"],
        *["DAISY, cohort 3", "DAISY, cohort 2", "DAISY, cohort 1"],
    ]
    assert rows[0][3] == "HER2-zero"
    assert rows[0][8].startswith("0/2")
    assert rows[3][4:10] == [
        *["yes", "not stated", "full analysis set (enrolled 74)", "not stated"],
        *["27/72", "37.5 % (26.4 to 49.7)"],
    ]
    assert rows[3][10].endswith("n/N the only one that gives the printed rate")


def test_a_pooled_unconfirmed_rate_and_one_by_report_are_marked(page: Page) -> None:
    (pooled,) = [
        row
        for row in page.rows("Denominator")
        if row[0].startswith("SHR") and row[3] == "HER2-low"
    ]
    assert pooled[4:6] == ["not stated", "not stated"]
    assert pooled[7] == "pooled"
    (second,) = [row for row in page.rows("Denominator") if row[0].endswith("Breast04")]
    assert "known from a report of the source" in second[10]


def test_ctdna_effects_stand_below_those_of_the_study_with_their_landmark(
    page: Page,
) -> None:
    rows = page.rows("Definition")
    own = [row for row in rows if row[0] == "This study"]
    assert [row[5] for row in own] == ["from day 28"] * len(own)
    assert own
    others = rows[len(own) :]
    assert len(others) == 14
    assert {row[5] for row in others} == {"landmark not stated"}


def test_table_1_has_counts_by_group_that_open_to_patients(page: Page) -> None:
    rows = {row[0]: row[1:] for row in page.rows("All treated, n/N")}
    positive = rows["HR status: positive"]
    assert [cell.split()[0] for cell in positive] == ["4/6", "0/2", "3/3"]
    assert "P1, P2, P5, P6" in positive[0]
    age = rows["age: median (range), quartiles, of those known"]
    assert age[0].startswith("6/6")
    assert age[0].endswith("54.5 (39 to 70), 48 to 61")
    assert rows["HER2 specimen: primary"][0].startswith("2/6")
    (days,) = [cells for name, cells in rows.items() if name.startswith("days from")]
    assert days[0].endswith("17.5 (9 to 700), 12.8 to 27.5")
    assert rows["read by: central"][2].startswith("3/3")


def test_durations_have_medians_with_what_their_limits_are(page: Page) -> None:
    rows = {(row[0], row[1]): row[2:] for row in page.rows("With the event")}
    assert rows["Time to response", "all"][1] == "1.1 months (range 0.7 to 1.4)"
    assert rows["Time on treatment", "all"][0].startswith("5/6")
    assert "interval" in rows["Time on treatment", "HER2-low"][1]


def test_scores_stand_in_words_and_who_is_not_negative_is_counted(page: Page) -> None:
    text = said(page)
    assert (
        "faint, incomplete staining in more than 0 and up to 10 % of tumour cells"
    ) in text
    assert "Enrolled and indeterminate" in text
    assert "Enrolled and read as HER2-positive" not in text


def test_estimands_stand_with_the_methods(page: Page) -> None:
    rows = page.rows("New anticancer therapy")
    assert [row[0] for row in rows][:2] == ["ORR", "DCR"]
    assert "Clearance at C2D1" in [row[0] for row in rows]
    assert "context and not a comparison" in said(page)


def test_a_covariate_keeps_its_name_whatever_it_looks_like(results: Results) -> None:
    groups = {**results.association, "groups": ["change_ctdna_group"]}
    study = replace(results, association=groups)
    assert study.grouping_label("change_ctdna_group") == "change ctDNA group"
    assert study.grouping_label("change_C2D1") == "change of ctDNA at C2D1"


def test_headline_results_of_all_analyses_stand_side_by_side(page: Page) -> None:
    rows = page.rows("Its definitions")
    assert [row[:2] for row in rows] == [
        ["primary", "as in the config"],
        ["unconfirmed", "response.confirmed: no"],
    ]
    for row in rows:
        assert row[2].startswith("2/6")
        assert "33.3 % (4.3 to 77.7)" in row[2]
        assert row[3].startswith("+66.7 points")
        assert row[4].startswith("2/4")


def test_only_analysis_says_that_nothing_tells_what_definitions_matter(
    results: Results,
) -> None:
    alone = replace(results, analyses=["primary"], figures={})
    text = said(read(alone))
    assert "nothing on this page tells how much its definitions matter" in text
    assert "Its definitions" not in text


def test_study_without_her2_and_landmarks_sets_orr_alone_side_by_side(
    results: Results,
) -> None:
    none = results.definitions | {"ctdna": results.ctdna | {"landmarks": {}}}
    page = read(without(results, "her2_status", definitions=none))
    assert [len(row) for row in page.rows("Its definitions")] == [3, 3]
