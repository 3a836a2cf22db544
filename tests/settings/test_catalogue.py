"""Which files and figures an analysis has, and where each stands; light to import."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from her2ctdna.settings.catalogue import (
    CAPTIONED,
    DESCRIBED,
    ENTRIES,
    FIGURES,
    FILES,
    SECTIONS,
    SHARED,
    chapters_of,
    exports_of,
    figure_files_of,
    figures_of,
    files_of,
    kind_of,
    modules_of,
    number_columns,
    section_of,
    tables_of,
)

EVERYTHING = [
    *["patients", "her2", "samples", "variants", "levels"],
    *["assessments", "lesions", "adverse_events", "ada", "adam"],
]
MODEL = [
    *["tables/model.tsv", "tables/model_predictions.tsv", "tables/model_selection.tsv"]
]


def figures(inputs):
    return set(figures_of(inputs))


BY_CLEARANCE = ["tables/clearance_survival.tsv", "tables/clearance_curves.tsv"]


def test_study_with_every_input_has_every_file_and_figure():
    assert files_of(EVERYTHING) == list(FILES)
    assert figures_of(EVERYTHING) == list(FIGURES)


def test_study_of_patients_alone_keeps_what_needs_no_other_input():
    assert sorted(files_of(["patients"])) == [
        "appendix.html",
        "ard.parquet",
        "definitions.yaml",
        "endpoints.tsv",
        "figures/captions.tsv",
        "flow.tsv",
        "patients.tsv",
        "report.html",
        "tables/baseline.tsv",
        "tables/competing.tsv",
        "tables/contrasts.tsv",
        "tables/detectable.tsv",
        "tables/durations.tsv",
        "tables/exaggeration.tsv",
        "tables/ledger.tsv",
        "tables/milestones.tsv",
        "tables/missing.tsv",
        "tables/rates.tsv",
        "tables/survival.tsv",
        "tables/survival_curves.tsv",
        "tables/tests.tsv",
    ]
    assert figures(["patients"]) == {
        *("patient_flow", "patient_profiles"),
        *("km_pfs", "km_os"),
    }


@pytest.mark.parametrize(
    ("table", "files"),
    [
        (
            "her2",
            {
                *["her2_status.tsv", "her2_readings.tsv"],
                *["tables/her2_agreement.tsv", "tables/her2_agreement_pairs.tsv"],
                *["tables/her2_dynamics.tsv", "tables/her2_trend.tsv"],
            },
        ),
        ("assessments", {"visits.tsv", *MODEL}),
        ("lesions", {"visits.tsv", *MODEL}),
        ("adverse_events", {"tables/adverse_events.tsv"}),
        ("ada", {"ada_patients.tsv", "tables/ada.tsv"}),
        (
            "levels",
            {
                *["ctdna_samples.tsv", "ctdna_landmarks.tsv", "ctdna_patients.tsv"],
                *["tables/biomarkers.tsv", "tables/kinetics.tsv", *BY_CLEARANCE],
                "tables/ctdna_response.tsv",
            },
        ),
        (
            "samples",
            {
                *["variant_status.parquet", "tables/kinetics.tsv"],
                *["tables/emergent.tsv", "tables/erbb2.tsv", "tables/background.tsv"],
                *["ctdna_samples.tsv", "ctdna_landmarks.tsv", "ctdna_patients.tsv"],
                *["tables/biomarkers.tsv", "tables/mutations.tsv", *BY_CLEARANCE],
                "tables/ctdna_response.tsv",
            },
        ),
    ],
)
def test_input_brings_the_files_of_its_chapter(table, files):
    assert set(files_of(["patients", table])) - set(files_of(["patients"])) == files


@pytest.mark.parametrize("table", ["assessments", "lesions"])
def test_response_has_its_figures_from_either_source(table):
    assert {"waterfall", "swimmer", "spider"} <= figures(["patients", table])
    assert "response_by_her2" not in figures(["patients", table])
    assert {"response_by_her2", "context"} <= figures(["patients", "her2", table])


def test_levels_have_no_figure_of_variants():
    assert "ctdna_clearance" in figures(["patients", "levels"])
    assert "oncoprint" not in figures(["patients", "levels"])
    assert "oncoprint" in figures(["patients", "samples"])


def test_figure_of_two_chapters_needs_both():
    assert "ctdna_by_her2" not in figures(["patients", "levels"])
    assert "ctdna_by_her2" in figures(["patients", "levels", "her2"])


@pytest.mark.parametrize("table", ["assessments", "lesions"])
def test_ctdna_against_the_scans_needs_both(table):
    for given in (["levels"], [table]):
        assert "tables/ctdna_recist.tsv" not in files_of(["patients", *given])
        assert "ctdna_recist" not in figures(["patients", *given])
    both = ["patients", "levels", table]
    assert "tables/ctdna_recist.tsv" in files_of(both)
    assert "ctdna_recist" in figures(both)


def test_tables_are_the_files_that_are_tsv_but_those_of_figures():
    tables = tables_of(EVERYTHING)
    assert {"patients.tsv", "flow.tsv", "tables/rates.tsv"} <= set(tables)
    others = {"figures/captions.tsv", "definitions.yaml", "ard.parquet"}
    assert not (others | {"variant_status.parquet", "report.html"}) & set(tables)


def test_columns_of_numbers_are_named_for_each_landmark():
    numbers = number_columns("patients.tsv", ["C2D1", "C3 D1"])
    assert {"pfs_days", "ratio_C2D1", "ratio_C3 D1"} <= set(numbers)
    assert not {"patient_id", "treated", "clearance_C2D1", "<covariate>"} & set(numbers)
    assert len(set(numbers)) == len(numbers)
    assert number_columns("tables/rates.tsv", []) == [
        *["n", "N", "rate", "ci_low", "ci_high"]
    ]


def test_forms_of_others_follow_the_inputs_and_are_no_targets_of_an_analysis():
    assert exports_of(["patients"]) == [
        *["adam/adtte.xpt", "cbioportal/", "slides.pptx", "tables.docx"]
    ]
    assert "adam/adrs.xpt" in exports_of(["patients", "lesions"])
    assert not set(exports_of(EVERYTHING)) & set(FILES)


def test_chapters_follow_the_inputs():
    assert chapters_of(["patients"]) == set()
    assert chapters_of(["patients", "samples", "ada"]) == {
        *["calls", "ctdna", "biomarker", "ada"]
    }


def test_needs_are_chapters():
    needs = {need for entry in ENTRIES for need in entry.needs}
    assert needs == chapters_of(EVERYTHING)


def test_a_figure_of_pages_is_a_pdf_and_its_numbers_alone():
    assert FIGURES["swimmer"].formats == ("svg", "pdf", "png", "tsv")
    assert figure_files_of(["patients"], "plot_profiles") == [
        *["patient_profiles.pdf", "patient_profiles.tsv"]
    ]
    assert len(figure_files_of(EVERYTHING)) == 4 * (len(FIGURES) - 1) + 2


def test_figures_of_one_module_name_it_once():
    modules = modules_of("plot_association")
    assert modules.count("her2ctdna.figures.kaplan_meier") == 1
    assert "her2ctdna.figures.forest" in modules
    assert modules_of("derive_her2") == []


def test_no_two_entries_are_of_one_file_and_what_has_one_name_has_one_caption():
    files = Counter((entry.file, entry.is_shared) for entry in DESCRIBED)
    assert max(files.values()) == 1
    for entry in (*FILES.values(), *SHARED.values(), *FIGURES.values()):
        assert CAPTIONED[entry.name].caption == entry.caption, entry.name


def test_no_column_stands_twice_in_a_table():
    for entry in ENTRIES:
        names = [column.name for column in entry.columns if hasattr(column, "name")]
        assert len(names) == len(set(names)), entry


def test_rules_of_the_catalogue_are_those_of_the_workflow_that_name_its_results(root):
    text = "".join(
        path.read_text() for path in (root / "workflow" / "rules").glob("*.smk")
    )
    bodies = dict(re.findall(r"^rule (\w+):\n(.*?)(?=^rule |\Z)", text, re.M | re.S))
    for entry in (*FILES.values(), *SHARED.values()):
        written = [bodies[rule].partition("output:")[2] for rule in entry.rules]
        name = entry.file.rpartition("/")[2]
        stem = name.partition(".")[0]
        assert any(
            re.search(rf'{re.escape(name)}"|unadjusted\(.*"{stem}"|OF_REPORT', body)
            for body in written
        ), entry.file
    for figure in FIGURES.values():
        assert f'figure_files("{figure.rule}")' in bodies[figure.rule]


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("report", "01 Report"),
        ("patient_flow", "02 Patients"),
        ("her2_status", "03 HER2"),
        ("waterfall", "04 Response"),
        ("variant_status", "05 ctDNA"),
        ("km_pfs_her2", "06 Association"),
        ("ada_patients", "08 Safety"),
        ("ro_crate", "10 Methods"),
    ],
)
def test_sections_are_numbered_as_they_are_shown_sorted(name, section):
    assert section_of(name) == section


def test_sections_are_in_reading_order_and_none_is_empty():
    used = {section_of(name) for name in CAPTIONED}
    assert [name[3:] for name in sorted(used)] == list(SECTIONS)


def test_kind_follows_the_ending():
    endings = ["a/b.tsv", "b.parquet", "c.svg", "profiles.pdf", "report.html", "d.json"]
    kinds = ["table", "table", "figure", "figure", "document", "document"]
    assert [kind_of(path) for path in endings] == kinds


def test_catalogue_imports_nothing_heavy():
    code = (
        "import sys, her2ctdna.settings.catalogue;"
        "print({'pandas', 'numpy', 'matplotlib', 'yaml', 'jinja2'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "set()", run.stderr
