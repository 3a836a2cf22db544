"""The catalogue of results: which an analysis has, given the inputs of the study.

An input that is not given takes its chapter out of the results. What each result is
stands in its entry (`her2ctdna.settings.results`), in the order in which it is read.
"""

from collections.abc import Iterable, Set

from her2ctdna.settings.landmark_columns import LandmarkColumn
from her2ctdna.settings.results import (
    association_figures,
    association_results,
    baseline_results,
    ctdna_figures,
    ctdna_results,
    export_results,
    her2_results,
    ledger_results,
    model_results,
    patient_table,
    report_results,
    response_results,
    safety_results,
    study_results,
)
from her2ctdna.settings.results.entries import Column, Entry, Figure, Result

SECTIONS = (
    *("Report", "Patients", "HER2", "Response", "ctDNA", "Association", "Model"),
    *("Safety", "Tests", "Methods", "Inputs"),
)
"""The sections of the report that Snakemake packs, in reading order."""

ENTRIES: tuple[Entry, ...] = (
    *study_results.RESULTS,
    *patient_table.RESULTS,
    *baseline_results.RESULTS,
    *her2_results.RESULTS,
    *response_results.RESULTS,
    *ctdna_results.RESULTS,
    *ctdna_figures.RESULTS,
    *association_results.RESULTS,
    *association_figures.RESULTS,
    *model_results.RESULTS,
    *safety_results.RESULTS,
    *ledger_results.RESULTS,
    *report_results.RESULTS,
    *export_results.RESULTS,
)

DESCRIBED = tuple(entry for entry in ENTRIES if isinstance(entry, Result))
"""All files but figures, those among them that stand beside the results."""

FILES: dict[str, Result] = {
    entry.file: entry for entry in DESCRIBED if entry.section and not entry.is_shared
}
"""The results of an analysis by their file, figures apart."""

SHARED: dict[str, Result] = {
    entry.file: entry for entry in DESCRIBED if entry.section and entry.is_shared
}
"""The results that all analyses share, by their file."""

_ASKED = (*export_results.EXPORTED, *report_results.TAKEN_AWAY)

EXPORTS: dict[str, Result] = {entry.file: entry for entry in _ASKED}
"""What is made when asked, by its file in the folder of an analysis: the forms of
others, and what is taken away of the report."""

FIGURES: dict[str, Figure] = {
    entry.name: entry for entry in ENTRIES if isinstance(entry, Figure)
}
"""The figures by their name."""

CAPTIONED: dict[str, Entry] = (
    {entry.name: entry for entry in SHARED.values()}
    | {entry.name: entry for entry in FILES.values()}
    | FIGURES
)
"""What the packed report shows, by name; a table of all analyses has the caption of
the table of one."""

_KINDS = {"tsv": "table", "parquet": "table", "svg": "figure", "pdf": "figure"}


def chapters_of(inputs: Iterable[str]) -> frozenset[str]:
    """Return the chapters that a study with these inputs has."""
    given = set(inputs)
    chapters = given & {"her2", "adverse_events", "ada", "adam"}
    if given & {"assessments", "lesions"}:
        chapters.add("response")
    if "samples" in given:
        chapters.add("calls")
    if given & {"samples", "levels"}:
        chapters.add("ctdna")
    return with_biomarker(chapters)


def with_biomarker(chapters: Set[str]) -> frozenset[str]:
    """Return chapters with ``biomarker`` among them where HER2 or ctDNA is."""
    has_one = not chapters.isdisjoint({"her2", "ctdna"})
    return frozenset({*chapters, *(["biomarker"] if has_one else [])})


def files_of(inputs: Iterable[str]) -> list[str]:
    """Return the files of an analysis, relative to its folder, figures apart."""
    chapters = chapters_of(inputs)
    return [file for file, entry in FILES.items() if chapters.issuperset(entry.needs)]


def tables_of(inputs: Iterable[str]) -> list[str]:
    """Return the tables of an analysis that are TSV, what is of figures apart."""
    return [
        file
        for file in files_of(inputs)
        if file.endswith(".tsv") and not file.startswith("figures/")
    ]


def number_columns(file: str, landmarks: Iterable[str]) -> list[str]:
    """Return the columns of a table that are numbers, once for each landmark.

    Columns of which the catalogue knows a part of the name alone are not among them.
    """
    names = list(landmarks)
    found: list[str] = []
    for entry in FILES[file].columns:
        if isinstance(entry, Column):
            found += [entry.name] if entry.kind == "number" else []
        else:
            numbers = [column for column in entry.columns if column.kind == "number"]
            found += [
                LandmarkColumn(column.name, name).name
                for name in names
                for column in numbers
            ]
    return found


def exports_of(inputs: Iterable[str]) -> list[str]:
    """Return what an analysis has when asked, relative to its folder."""
    chapters = chapters_of(inputs)
    return [file for file, entry in EXPORTS.items() if chapters.issuperset(entry.needs)]


def figures_of(inputs: Iterable[str], rule: str | None = None) -> list[str]:
    """Return the names of the figures of a study, or of those that a rule draws."""
    chapters = chapters_of(inputs)
    return [
        name
        for name, figure in FIGURES.items()
        if chapters.issuperset(figure.needs) and rule in (None, figure.rule)
    ]


def figure_files_of(inputs: Iterable[str], rule: str | None = None) -> list[str]:
    """Return the files of such figures, relative to their folder."""
    return [
        f"{name}.{ending}"
        for name in figures_of(inputs, rule)
        for ending in FIGURES[name].formats
    ]


def module_of(figure: str) -> str:
    """Return the module that draws a figure."""
    return f"her2ctdna.figures.{FIGURES[figure].module or figure}"


def modules_of(rule: str) -> list[str]:
    """Return the modules of all figures that a rule can draw, none twice."""
    drawn = [name for name, figure in FIGURES.items() if figure.rule == rule]
    return list(dict.fromkeys(map(module_of, drawn)))


def section_of(name: str) -> str:
    """Return the section of a result by its name, numbered: they are shown sorted."""
    section = CAPTIONED[name].section
    return f"{SECTIONS.index(section) + 1:02d} {section}"


def kind_of(path: str) -> str:
    """Return what a file is: a table, a figure, or a document."""
    return _KINDS.get(path.rpartition(".")[2], "document")
