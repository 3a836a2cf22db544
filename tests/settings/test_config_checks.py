"""Values that are no setting, names that cannot be used, keys of earlier versions."""

import math

import pytest

from her2ctdna.settings.config import merge_config
from her2ctdna.settings.config_checks import check_config, usable_config


@pytest.fixture
def found(defaults, schema):
    """Return what is found where, once it is sure that the rest can be used."""

    def check(overrides):
        config = merge_config(defaults, overrides)
        findings = check_config(config, schema)
        usable_config(config, defaults, schema)
        return {finding.column: finding.message for finding in findings}

    return check


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "0.05", None])
@pytest.mark.parametrize(
    ("chapter", "key"),
    [
        *(("ctdna", "alpha"), ("ctdna", "min_vaf"), ("ctdna", "leukocyte_fold")),
        *(("ctdna", "min_depth"), ("association", "confidence")),
        *(("association", "seed"), ("safety", "ada_titre_fold")),
    ],
)
def test_what_is_no_number_is_refused(found, chapter, key, value):
    assert f"definitions.{chapter}.{key}" in found(
        {"definitions": {chapter: {key: value}}}
    )


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize(
    ("part", "where"),
    [
        ("rmst_days", "rmst_days"),
        ("trend_scores", "trend_scores.0.1"),
        ("plausible_hazard_ratios", "plausible_hazard_ratios.0"),
    ],
)
def test_no_number_hides_in_a_list(found, part, where, value):
    given = {
        "rmst_days": value,
        "trend_scores": [[0, value, 2, 3]],
        "plausible_hazard_ratios": [value],
    }
    wrong = found({"definitions": {"association": {part: given[part]}}})
    assert f"definitions.association.{where}" in wrong


@pytest.mark.parametrize(
    "name", ["two\nlines", "two\rlines", "end\n", "a\u2028b", "a\tb"]
)
@pytest.mark.parametrize(
    ("overrides", "where"),
    [
        (lambda name: {"study": {"id": name}}, "study.id"),
        (lambda name: {"study": {"title": name}}, "study.title"),
        (lambda name: {"analyses": {name: {}}}, "analyses"),
        (
            lambda name: {
                "definitions": {"ctdna": {"landmarks": {name: {"day": 1, "window": 1}}}}
            },
            "definitions.ctdna.landmarks",
        ),
        (
            lambda name: {
                "definitions": {
                    "association": {
                        "families": {name: {"endpoints": ["orr"], "biomarkers": ["*"]}}
                    }
                }
            },
            "definitions.association.families",
        ),
        (
            lambda name: {
                "definitions": {"safety": {"special_interest": {name: ["a"]}}}
            },
            "definitions.safety.special_interest",
        ),
        (
            lambda name: {"definitions": {"association": {"groups": [name]}}},
            "definitions.association.groups.0",
        ),
    ],
)
def test_a_name_is_one_line(found, overrides, where, name):
    assert where in found(overrides(name))


def test_a_finding_is_one_line_whatever_is_wrong(defaults, schema):
    config = merge_config(defaults, {"study": {"id": "a\nb", "x\ny": 1}})
    cells = [cell for found in check_config(config, schema) for cell in found]
    assert cells
    assert not any("\n" in str(cell) for cell in cells)


@pytest.mark.parametrize(
    ("names", "is_refused"),
    [
        (["primary", "Primary"], True),
        (["COHORT"], True),
        (["cohort"], True),
        (["primary", "primary2"], False),
    ],
)
def test_names_that_differ_by_case_alone_are_one_folder(found, names, is_refused):
    assert (
        "analyses" in found({"analyses": {name: {} for name in names}})
    ) is is_refused


@pytest.mark.parametrize(
    ("old", "new"),
    [("bootstrap", "trend_band_resamples"), ("bootstraps", "cutpoint_resamples")],
)
def test_the_old_name_of_a_key_names_the_new(found, old, new):
    for overrides, where in (
        ({"definitions": {"association": {old: 100}}}, "definitions"),
        ({"analyses": {"one": {"association": {old: 100}}}}, "analyses.one"),
    ):
        assert new in found(overrides)[f"{where}.association.{old}"]
    assert found({"definitions": {"association": {"model": {"bootstraps": 20}}}}) == {}


def test_maps_of_names_and_words_are_checked(found):
    assert (
        found(
            {
                "study": {"encoding": "gb18030", "date_order": "dmy"},
                "columns": {"patients": {"age": ["AGE", "Age"], "patient_id": "ID"}},
                "values": {
                    "assessments": {"overall": {"Partial": "PR", 1: None, "x": True}}
                },
            }
        )
        == {}
    )
    wrong = found(
        {
            "study": {"date_order": "dym"},
            "columns": {"patient": {}, "her2": {"ihc": 5}},
            "values": {"ada": {"result": "pos"}},
        }
    )
    assert wrong["study.date_order"].startswith("allowed are dmy, mdy, ymd")
    assert "did you mean patients?" in wrong["columns.patient"]
    assert wrong["columns.her2.ihc"].startswith("give the name of a column")
    assert "values.ada.result" in wrong


def test_a_study_has_one_source_of_its_patients(defaults, schema):
    def errors(inputs):
        config = defaults | {"inputs": inputs}
        usable_config(config, defaults, schema)
        findings = check_config(config, schema)
        return {found.column: found.message for found in findings}

    for key in ("patients", "sdtm", "cbioportal"):
        assert errors({key: "data/x"}) == {}
    assert set(errors({"her2": "her2.tsv"})) == {"inputs.patients"}
    two = errors({"sdtm": "data/sdtm", "cbioportal": "data/brca_x"})
    assert two == {"inputs.cbioportal": "cannot be given beside sdtm; keep one of them"}
