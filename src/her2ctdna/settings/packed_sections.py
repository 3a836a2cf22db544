"""Where each result stands in the report that Snakemake packs, in reading order.

A section follows from what a result needs (`outline`), so that a new one has its place
without being named here; only those that need nothing in particular are named.
"""

from her2ctdna.settings.catalogue import FIGURES, FILES

SECTIONS = (
    *("Report", "Patients", "HER2", "Response", "ctDNA", "Association", "Model"),
    *("Safety", "Tests", "Methods", "Inputs"),
)
_NAMED = {
    "report": "Report",
    "captions": "Report",
    "patients": "Patients",
    "flow": "Patients",
    "patient_flow": "Patients",
    "endpoints": "Response",
    "biomarkers": "Association",
    "mutations": "Association",
    "her2_trend": "Association",
    "model": "Model",
    "model_predictions": "Model",
    "model_selection": "Model",
    "tests": "Tests",
    "ledger": "Tests",
    "detectable": "Tests",
    "exaggeration": "Tests",
    "missing": "Tests",
    "definitions": "Methods",
    "self_check": "Methods",
    "provenance": "Methods",
    "ro_crate": "Methods",
    "findings": "Inputs",
    "variants": "ctDNA",
    "site_counts": "ctDNA",
}
_OF_INPUT = {
    "her2": "HER2",
    "response": "Response",
    "calls": "ctDNA",
    "ctdna": "ctDNA",
    "adverse_events": "Safety",
    "ada": "Safety",
}
_KINDS = {"tsv": "table", "parquet": "table", "svg": "figure", "pdf": "figure"}


def section_of(name: str) -> str:
    """Return the section of a result by its stem, numbered: they are shown sorted.

    What several inputs bring together, or none alone, is an association.
    """
    section = _NAMED.get(name) or _of_needs(name)
    return f"{SECTIONS.index(section) + 1:02d} {section}"


def kind_of(path: str) -> str:
    """Return what a file is: a table, a figure, or a document."""
    return _KINDS.get(path.rpartition(".")[2], "document")


def _of_needs(name: str) -> str:
    needs = {_stem(file): needed for file, needed in FILES.items()}
    for drawn in FIGURES.values():
        needs |= drawn
    if name in FIGURES["association"]:
        return "Association"
    found = {_OF_INPUT[need] for need in needs.get(name, ()) if need in _OF_INPUT}
    return found.pop() if len(found) == 1 else "Association"


def _stem(file: str) -> str:
    return file.rpartition("/")[2].partition(".")[0]
