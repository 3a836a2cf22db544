"""The results of an analysis as the chapters read them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from her2ctdna.provenance.run_record import file_sha256
from her2ctdna.report.blocks import Count
from her2ctdna.report.glossary import endpoint_label, grouping_label, plain
from her2ctdna.report.page_figure import page_address
from her2ctdna.report.patient_sets import Members, check_agrees
from her2ctdna.sets.clearance_sets import find_headline_landmark
from her2ctdna.sets.counting import TIMES
from her2ctdna.sets.groupings import (
    HER2_GROUPINGS,
    derive_landmark_origins,
    is_in_population,
)
from her2ctdna.sets.level_scale import find_level_scale
from her2ctdna.settings.catalogue import with_biomarker
from her2ctdna.settings.definitions import identify_definitions
from her2ctdna.settings.landmark_columns import LandmarkColumn
from her2ctdna.settings.registry_entry import RegistryEntry, read_registry
from her2ctdna.tables import read_table

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow
    from her2ctdna.settings.association_settings import AssociationSettings
    from her2ctdna.settings.clinical_settings import ResponseSettings
    from her2ctdna.settings.config_types import Definitions, Overlay
    from her2ctdna.settings.ctdna_settings import CtdnaSettings
    from her2ctdna.settings.study_settings import StudySettings

SCREEN_SCALE = 1.75
"""Pixels for a point of print: text of 6.5 points is then read at 11 pixels."""

ACROSS = ("rates", "contrasts", "flow")
"""The tables of all analyses that a page reads."""

TABLES = (
    "adverse_events",
    "ada",
    "ada_patients",
    "background",
    "baseline",
    "biomarkers",
    "competing",
    "contrasts",
    "detectable",
    "durations",
    "ctdna_landmarks",
    "ctdna_patients",
    "ctdna_recist",
    "ctdna_response",
    "ctdna_samples",
    "ctdna_trajectories",
    "emergent",
    "endpoints",
    "erbb2",
    "exaggeration",
    "findings",
    "flow",
    "her2_agreement",
    "her2_agreement_pairs",
    "her2_status",
    "kinetics",
    "ledger",
    "milestones",
    "missing",
    "model",
    "model_selection",
    "mutations",
    "patients",
    "rates",
    "self_check",
    "supplied",
    "survival",
    "clearance_survival",
    "tests",
)
"""The tables that the chapters read; figures show the others."""

CHAPTER_TABLES = {
    "her2": "her2_status",
    "calls": "emergent",
    "ctdna": "ctdna_landmarks",
    "adverse_events": "adverse_events",
    "ada": "ada",
}
"""The chapters of a study other than response, each with a table that it alone has."""

_NOT_DRAWN = re.compile(r"<dc:description>(.*?)</dc:description>", re.DOTALL)
"""Why a figure shows nobody, as `save_figure` writes it into the SVG."""


@dataclass(frozen=True)
class Results:
    """Tables, figures and definitions of one analysis.

    Parameters
    ----------
    tables
        By name: ``patients``, ``flow`` and ``findings`` always, any of the others.
    figures
        SVG by the name of the figure.
    definitions
        The full definitions of the analysis.
    study
        ``id``, ``title``, ``synthetic`` and ``cycle_days``.
    analysis, analyses
        The name of this analysis, and of all that the config holds.
    inputs_given
        The keys under ``inputs`` of the config.
    association
        Its ``confidence`` and what is tested together.
    code
        Digest of the code that writes the page.
    input_digests
        SHA-256 of each sheet by its key.
    overlays
        What each analysis lays over the definitions, by its name.
    across
        The tables ``rates``, ``contrasts`` and ``flow`` of each analysis, by its name.
    registry
        The entry whose endpoints the study has, if it names one.
    """

    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, str]
    definitions: "Definitions"
    study: "StudySettings"
    analysis: str
    analyses: Sequence[str]
    inputs_given: Sequence[str]
    association: "AssociationSettings"
    code: str
    input_digests: Mapping[str, str]
    overlays: Mapping[str, "Overlay"] = field(default_factory=dict)
    across: Mapping[str, Mapping[str, pd.DataFrame]] = field(default_factory=dict)
    registry: RegistryEntry | None = None

    def under(self, analysis: str) -> "Results":
        """Return the results with rates, contrasts and flow of another analysis."""
        return replace(self, analysis=analysis, tables=self.across[analysis])

    def has(self, *names: str) -> bool:
        """Tell whether all these tables were given."""
        return all(name in self.tables for name in names)

    @cached_property
    def chapters(self) -> frozenset[str]:
        """The chapters of the inputs that this study has, see `chapters_of`."""
        found = {name for name, table in CHAPTER_TABLES.items() if self.has(table)}
        if self.has_response or {"assessments", "lesions"} & set(self.inputs_given):
            found.add("response")
        return with_biomarker(found)

    @cached_property
    def not_drawn(self) -> dict[str, str]:
        """Why they show nobody, of the figures that do."""
        found = {name: _NOT_DRAWN.search(svg) for name, svg in self.figures.items()}
        return {name: unescape(why[1]) for name, why in found.items() if why}

    @property
    def has_response(self) -> bool:
        """Tell whether response was assessed in this study."""
        return self.row("rates", endpoint="orr") is not None

    @property
    def patients(self) -> pd.DataFrame:
        """The analysis-ready table, one row a patient."""
        return self.tables["patients"]

    @cached_property
    def members(self) -> Members:
        """Who is in which set of the flow."""
        return Members(self.tables["flow"])

    @cached_property
    def treated(self) -> pd.DataFrame:
        """The patients with at least one dose."""
        return self.patients[is_in_population(self.patients, "all_treated")]

    @cached_property
    def definitions_id(self) -> str:
        """The id of the definitions, as every figure carries it."""
        return identify_definitions(self.definitions)

    @property
    def response(self) -> "ResponseSettings":
        """The definitions of response."""
        return self.definitions["response"]

    @property
    def ctdna(self) -> "CtdnaSettings":
        """The definitions of ctDNA."""
        return self.definitions["ctdna"]

    @cached_property
    def level_scale(self) -> str:
        """What a level of ctDNA is, and so its unit, see `find_level_scale`."""
        return find_level_scale(self.ctdna["metric"], self.tables["ctdna_samples"])

    @property
    def landmarks(self) -> list[str]:
        """The landmarks at which clearance was looked at, in their order."""
        return list(self.origins)

    @cached_property
    def headline_landmark(self) -> str | None:
        """The landmark that headlines name, see `find_headline_landmark`."""
        return find_headline_landmark(self.patients, self.landmarks)

    @property
    def confidence(self) -> str:
        """The confidence of the intervals, as in ``95 %``."""
        return f"{100 * self.association['confidence']:g} %"

    @cached_property
    def origins(self) -> dict[str, float]:
        """The day since first dose from which each landmark's time is counted."""
        return derive_landmark_origins(self.patients, self.ctdna["landmarks"])

    def rows(self, table: str, **equal: str) -> Iterator["ResultRow"]:
        """Yield the rows of a table in which all columns have the given values."""
        if table not in self.tables:
            return
        found = self.tables[table]
        for column, value in equal.items():
            found = found[found[column] == value]
        yield from found.itertuples(index=False)

    def row(self, table: str, **equal: str) -> Any:
        """Return the first such row, or None."""
        return next(self.rows(table, **equal), None)

    def count_rate(self, row: "ResultRow") -> Count:
        """Return the n/N of a row of the rates."""
        what = f"{row.endpoint} by {row.group_by} {row.group} ({row.population})"
        count = self.members.count_rate(row, group=row.group)
        return check_agrees(count, row.n, row.N, what=what)

    def count_contrast(self, row: "ResultRow", *, is_reference: bool) -> Count:
        """Return the n/N or events/n of one side of a contrast."""
        group = row.reference if is_reference else row.group
        events = row.events_reference if is_reference else row.events
        n = row.n_reference if is_reference else row.n
        if row.endpoint in TIMES:
            count = self.members.count_followed(row, group=group)
        else:
            count = self.members.count_rate(row, group=group)
        what = f"{row.measure} of {row.endpoint} by {row.group_by} {group}"
        return check_agrees(count, events, n, what=what)

    def count_survival(self, row: "ResultRow") -> Count:
        """Return the events/n of a row of the survival table."""
        what = f"{row.endpoint} by {row.group_by} {row.group}"
        count = self.members.count_followed(row, group=row.group)
        return check_agrees(count, row.events, row.n, what=what)

    def endpoint_label(self, endpoint: str) -> str:
        """Return the name of an endpoint, with the days that these definitions ask."""
        days = self.response["clinical_benefit_days"]
        return endpoint_label(endpoint, landmarks=self.landmarks, benefit_days=days)

    def grouping_label(self, column: str) -> str:
        """Return what a column that splits patients is about.

        A covariate of the study keeps its name, whatever it looks like.
        """
        own = (*self.association["covariates"], *self.association["groups"])
        if column in own:
            return plain(column)
        return grouping_label(column, landmarks=self.landmarks)

    def topic(self, endpoint: str, column: str) -> str:
        """Return the chapter that an endpoint by a column belongs to.

        ``ctdna`` (clearance of all), ``ctdna_by_her2`` (clearance by anything),
        ``clearance`` (grouped at a landmark, or by clearance at any time), ``her2``
        or ``response``.
        """
        if LandmarkColumn.parse(endpoint, self.landmarks):
            return "ctdna" if column == "all" else "ctdna_by_her2"
        if column == "ever_cleared":
            return "clearance"
        if LandmarkColumn.parse(column, self.landmarks):
            return "clearance"
        return "her2" if column in HER2_GROUPINGS else "response"

    @property
    def forest_topic(self) -> str:
        """The first chapter that has what the forest is about; empty without one."""
        if "forest" not in self.figures:
            return ""
        if self.has("her2_status"):
            return "her2"
        return "clearance" if self.has("ctdna_landmarks") else "response"

    def about(self, table: str, topic: str) -> list["ResultRow"]:
        """Return the rows of a table of results on a topic, biased ones apart."""
        return [
            row
            for row in self.rows(table)
            if self.topic(row.endpoint, row.group_by) == topic
            and getattr(row, "biased", "no") == "no"
        ]

    def figure_source(self, name: str) -> str:
        """Return a figure as an address that holds the figure itself."""
        return page_address(self.figures[name])

    def figure_width(self, name: str) -> int | None:
        """Return how wide a figure is shown, its print size being small on screen."""
        printed = re.search(r'<svg[^>]* width="([\d.]+)pt"', self.figures[name])
        return round(float(printed[1]) * SCREEN_SCALE) if printed else None


def read_results(
    files: Mapping[str, Any],
    *,
    inputs: Mapping[str, str] | None = None,
    **described: Any,
) -> Results:
    """Read the files of an analysis.

    Parameters
    ----------
    files
        Paths by name: ``definitions``, ``figures`` (a list), tables, and
        ``all_<table>``, a list in the order of ``analyses``.
    inputs
        Paths of the sheets by their key, to show their SHA-256.
    described
        Everything else that `Results` holds.
    """
    definitions = Path(files["definitions"]).read_text(encoding="utf-8")
    return Results(
        tables={name: read_table(files[name]) for name in files.keys() & set(TABLES)},
        figures={
            Path(path).stem: Path(path).read_text(encoding="utf-8")
            for path in files["figures"]
        },
        definitions=yaml.safe_load(definitions),
        registry=read_registry(files["registry"]) if "registry" in files else None,
        input_digests={
            name: file_sha256(path) for name, path in sorted((inputs or {}).items())
        },
        across=_read_across(files, described["analyses"]),
        **described,
    )


def _read_across(
    files: Mapping[str, object], analyses: Sequence[str]
) -> dict[str, dict[str, pd.DataFrame]]:
    paths = zip(*(files[f"all_{name}"] for name in ACROSS), strict=True)
    return {
        analysis: {
            name: read_table(path) for name, path in zip(ACROSS, own, strict=True)
        }
        for analysis, own in zip(analyses, paths, strict=True)
    }
