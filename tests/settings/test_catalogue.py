"""Which files and figures an analysis has, given the inputs of the study."""

import pytest

from her2ctdna.settings.catalogue import (
    FIGURES,
    FILES,
    chapters_of,
    figure_files_of,
    figures_of,
    files_of,
    formats_of,
)

EVERYTHING = [
    *["patients", "her2", "samples", "variants", "levels"],
    *["assessments", "lesions", "adverse_events", "ada"],
]
MODEL = [
    *["tables/model.tsv", "tables/model_predictions.tsv", "tables/model_selection.tsv"]
]


def figures(inputs):
    return {name for rule in FIGURES for name in figures_of(inputs, rule)}


def test_study_with_every_input_has_every_file_and_figure_of_the_contract():
    assert set(files_of(EVERYTHING)) == set(FILES)
    assert figures(EVERYTHING) == {
        *["patient_flow", "her2_distribution", "her2_agreement", "waterfall"],
        *["swimmer", "spider", "oncoprint", "ctdna_trajectories", "ctdna_clearance"],
        *["response_by_her2", "context", "forest", "km_pfs_her2", "km_os_her2"],
        *["km_pfs_clearance", "km_os_clearance", "ctdna_by_her2"],
        *["clearance_bias", "model_performance", "patient_profiles"],
    }


def test_study_of_patients_alone_keeps_what_needs_no_other_input():
    assert files_of(["patients"]) == [
        "definitions.yaml",
        "flow.tsv",
        "patients.tsv",
        "endpoints.tsv",
        "tables/rates.tsv",
        "tables/contrasts.tsv",
        "tables/tests.tsv",
        "tables/ledger.tsv",
        "tables/detectable.tsv",
        "tables/exaggeration.tsv",
        "tables/missing.tsv",
        "tables/survival.tsv",
        "tables/survival_curves.tsv",
        "figures/captions.tsv",
        "report.html",
    ]
    assert figures(["patients"]) == {"patient_flow", "forest", "patient_profiles"}


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
                *["tables/biomarkers.tsv", "tables/kinetics.tsv"],
            },
        ),
        (
            "samples",
            {
                *["variant_status.parquet", "tables/kinetics.tsv"],
                *["tables/emergent.tsv", "tables/erbb2.tsv", "tables/background.tsv"],
                *["ctdna_samples.tsv", "ctdna_landmarks.tsv", "ctdna_patients.tsv"],
                *["tables/biomarkers.tsv", "tables/mutations.tsv"],
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


def test_chapters_follow_the_inputs():
    assert chapters_of(["patients"]) == {"always"}
    assert chapters_of(["patients", "samples", "ada"]) == {
        *["always", "calls", "ctdna", "ada"]
    }


def test_a_figure_of_pages_is_a_pdf_and_its_numbers_alone():
    assert formats_of("patient_profiles") == ("pdf", "tsv")
    assert formats_of("swimmer") == ("svg", "pdf", "png", "tsv")
    assert figure_files_of(["patients"], "profiles") == [
        *["patient_profiles.pdf", "patient_profiles.tsv"]
    ]
    assert len(figure_files_of(EVERYTHING, *FIGURES)) == 4 * 19 + 2
