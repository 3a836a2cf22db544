"""Settings that must fit what the sheets hold."""

import pytest

from her2ctdna.config import merge_config
from her2ctdna.settings import check_settings, relevant_settings
from her2ctdna.timing import empty_table


def tables_of(*names, **columns):
    tables = {name: empty_table(name) for name in ("patients", *names)}
    for table, frame in columns.items():
        tables[table] = frame
    return tables


def found(defaults, overrides, tables):
    settings = relevant_settings(merge_config(defaults, overrides))
    return {(f.severity, f.column) for f in check_settings(tables, settings)}


def test_thresholds_are_no_relevant_setting(defaults):
    edited = merge_config(defaults, {"definitions": {"ctdna": {"min_depth": 1}}})
    assert relevant_settings(edited) == relevant_settings(defaults)


def test_group_that_is_no_column_is_an_error_and_a_covariate_a_note(defaults):
    groups = {"definitions": {"association": {"groups": ["arm"]}}}
    assert found(defaults, groups, tables_of()) == {
        ("error", "definitions.association.groups"),
        ("note", "definitions.association.covariates"),
    }


@pytest.mark.parametrize(
    ("column", "is_refused"),
    [("bor", True), ("clearance_C2D1", True), ("change_ctdna_group", False)],
)
def test_covariate_with_the_name_of_a_result_is_refused(defaults, column, is_refused):
    patients = empty_table("patients").assign(**{column: None})
    tables = tables_of(patients=patients)
    assert (("error", column) in found(defaults, {}, tables)) is is_refused


def test_time_point_that_no_sample_has_is_an_error(defaults):
    landmark = {"ctdna": {"landmarks": {"T2": {"timepoint": "T2"}}}}
    overrides = {"analyses": {"late": landmark}}
    where = "analyses.late.ctdna.landmarks.T2.timepoint"
    assert ("error", where) in found(defaults, overrides, tables_of("samples"))


def test_evaluator_without_a_row_is_an_error(defaults):
    assessments = empty_table("assessments")
    assessments["evaluator"] = ["investigator"]
    overrides = {"definitions": {"response": {"evaluator": "independent"}}}
    tables = tables_of(assessments=assessments)
    where = "definitions.response.evaluator"
    assert ("error", where) in found(defaults, overrides, tables)


def test_lesions_alone_need_the_source_to_say_so(defaults):
    where = "definitions.response.source"
    assert ("error", where) in found(defaults, {}, tables_of("lesions"))
    overrides = {"definitions": {"response": {"source": "lesions"}}}
    assert ("error", where) not in found(defaults, overrides, tables_of("lesions"))


def test_calls_and_levels_together_say_which_is_taken(defaults):
    tables = tables_of("samples", "levels")
    assert ("warning", "definitions.ctdna.metric") in found(defaults, {}, tables)
