"""The config: merging, overlay, and findings that name the nearest key."""

import copy
from datetime import date

import pytest

from her2ctdna.settings.config import analysis_definitions, lay_study, merge_config
from her2ctdna.settings.config_checks import check_config, usable_config


def messages(findings):
    return {found.column: found.message for found in findings}


def test_default_config_has_no_finding(defaults, schema):
    assert check_config(defaults, schema) == []


def test_override_replaces_inputs_and_analyses_as_a_whole(defaults):
    merged = merge_config(
        defaults, {"inputs": {"patients": "p.tsv"}, "analyses": {"mine": {}}}
    )
    assert merged["inputs"] == {"patients": "p.tsv"}
    assert merged["analyses"] == {"mine": {}}
    assert merged["study"] == defaults["study"]


def test_override_of_one_threshold_keeps_its_neighbours(defaults):
    merged = merge_config(defaults, {"definitions": {"response": {"sd_min_days": 35}}})
    assert merged["definitions"]["response"]["sd_min_days"] == 35
    assert merged["definitions"]["response"]["confirmation_days"] == 28


def test_landmarks_that_are_given_are_all_that_there_are(defaults):
    merged = merge_config(
        defaults,
        {"definitions": {"ctdna": {"landmarks": {"C2D1": {"timepoint": "C2"}}}}},
    )
    landmarks = merged["definitions"]["ctdna"]["landmarks"]
    assert landmarks == {"C2D1": {"timepoint": "C2"}}


FAMILY = {"all": {"endpoints": ["*"], "biomarkers": ["*"]}}


@pytest.mark.parametrize(
    ("chapter", "key", "given"),
    [
        ("ctdna", "landmarks", {"T2": {"timepoint": "T2"}}),
        ("ctdna", "landmarks", {}),
        ("association", "families", FAMILY),
    ],
)
def test_landmarks_and_families_are_replaced_as_a_whole_in_an_analysis_too(
    defaults, schema, chapter, key, given
):
    overlay = {"one": {chapter: {key: given}}, "two": {}}
    config = merge_config(defaults, {"analyses": overlay})
    assert check_config(config, schema) == []
    definitions = analysis_definitions(config)
    assert definitions["one"][chapter][key] == given
    assert definitions["two"] == defaults["definitions"]


def test_landmark_set_to_null_says_what_to_give(defaults, schema):
    landmarks = {"definitions": {"ctdna": {"landmarks": {"C2D1": None}}}}
    found = messages(check_config(merge_config(defaults, landmarks), schema))
    assert "day, window" in found["definitions.ctdna.landmarks.C2D1"]


def test_special_interest_is_added_to_replaced_and_removed_by_name(defaults):
    special = {
        "fever": ["Pyrexia"],
        "neutropenia": None,
        "interstitial lung disease": ["Pneumonitis"],
    }
    overlay = {"one": {"safety": {"special_interest": special}}, "two": {}}
    definitions = analysis_definitions(merge_config(defaults, {"analyses": overlay}))
    found = definitions["one"]["safety"]["special_interest"]
    assert list(found) == [
        "interstitial lung disease",
        "left ventricular dysfunction",
        "infusion-related reaction",
        "fever",
    ]
    assert found["interstitial lung disease"] == ["Pneumonitis"]
    assert list(definitions["two"]["safety"]["special_interest"])[:2] == [
        "interstitial lung disease",
        "neutropenia",
    ]


def test_overlay_changes_one_analysis_only(defaults):
    definitions = analysis_definitions(defaults)
    assert definitions["primary"]["response"]["confirmed"] is True
    assert definitions["unconfirmed"]["response"]["confirmed"] is False


def test_unquoted_yaml_date_becomes_text(defaults):
    merged = merge_config(defaults, {"study": {"data_cutoff": date(2024, 5, 1)}})
    assert merged["study"]["data_cutoff"] == "2024-05-01"


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (("definitions", "response", "confirmation_day"), "confirmation_days"),
        (("definitions", "ctdna", "min_dept"), "min_depth"),
        (("definitions", "ctdna", "germline", "min_vf"), "min_vaf"),
        (("study", "titel"), "title"),
        (("inputs", "patient"), "patients"),
        (("analyses", "primary", "her2", "readers"), "reader"),
        (("definitions", "association", "family"), "families"),
    ],
)
def test_misspelt_key_names_the_nearest_known_one(defaults, schema, path, known):
    config = copy.deepcopy(defaults)
    part = config
    for key in path[:-1]:
        part = part.setdefault(key, {})
    part[path[-1]] = 1
    found = messages(check_config(config, schema))
    assert f"did you mean {known}?" in found[".".join(path)]


@pytest.mark.parametrize(
    ("overrides", "where"),
    [
        ({"definitions": {"ctdna": {"alpha": 1.5}}}, "definitions.ctdna.alpha"),
        ({"definitions": {"her2": {"reader": "both"}}}, "definitions.her2.reader"),
        ({"study": {"synthetic": "maybe"}}, "study.synthetic"),
        ({"analyses": {"cohort": {}}}, "analyses"),
        ({"analyses": {"a/b": {}}}, "analyses"),
        ({"inputs": {"her2": "x.tsv"}}, "inputs.patients"),
        ({"definitions": {"response": None}}, "definitions.response"),
        (
            {"definitions": {"safety": {"special_interest": {"fever": []}}}},
            "definitions.safety.special_interest.fever",
        ),
        ({"study": {"data_cutoff": "May 2024"}}, "study.data_cutoff"),
        (
            {"definitions": {"ctdna": {"landmarks": {"L": {"day": 3}}}}},
            "definitions.ctdna.landmarks.L",
        ),
    ],
)
def test_wrong_value_is_an_error_and_the_usable_config_is_valid(
    defaults, schema, overrides, where
):
    config = merge_config(defaults, overrides)
    assert where in messages(check_config(config, schema))
    usable = usable_config(config, defaults, schema)
    remaining = set(messages(check_config(usable, schema)))
    assert remaining <= {"inputs.patients"}


def test_class_in_both_groups_is_an_error(defaults, schema):
    config = merge_config(
        defaults, {"analyses": {"x": {"her2": {"low": ["low", "ultralow"]}}}}
    )
    assert "analyses.x.her2" in messages(check_config(config, schema))


def test_several_wrong_keys_come_out_together(defaults, schema):
    config = merge_config(
        defaults, {"definitions": {"ctdna": {"alfa": 1}}, "study": {"nme": 1}}
    )
    assert {"definitions.ctdna.alfa", "study.nme"} <= set(
        messages(check_config(config, schema))
    )


@pytest.mark.parametrize("rate", [1e-5, {"C>T": 2e-4, "default": 1e-4}])
def test_error_rates_are_one_number_or_by_class(defaults, schema, rate):
    config = merge_config(defaults, {"definitions": {"ctdna": {"error_rate": rate}}})
    assert check_config(config, schema) == []
    assert config["definitions"]["ctdna"]["error_rate"] == rate


@pytest.mark.parametrize(
    ("rate", "column", "message"),
    [
        ({"C>T": 2e-4}, "error_rate", "with a default"),
        (2, "error_rate", "a rate above 0 and below 1"),
        ({"insertions": 1e-4, "default": 1e-4}, "insertions", "insertion?"),
    ],
)
def test_a_wrong_error_rate_says_what_to_give(defaults, schema, rate, column, message):
    config = merge_config(defaults, {"definitions": {"ctdna": {"error_rate": rate}}})
    (found,) = check_config(config, schema)
    assert found.column.endswith(column)
    assert message in found.message


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("plausible_differences", [0.1, 0], "from -1 to 1, or other than 0"),
        ("plausible_differences", [0.1, 2], "from -1 to 1, or other than 0"),
        ("plausible_hazard_ratios", [0.5, 1], "above 0, or other than 1"),
        ("plausible_hazard_ratios", [0.5, 0], "above 0, or other than 1"),
    ],
)
def test_effect_of_nothing_is_no_plausible_effect(
    defaults, schema, key, values, message
):
    given = {"definitions": {"association": {key: values}}}
    found = messages(check_config(merge_config(defaults, given), schema))
    assert message in found[f"definitions.association.{key}.1"]


def test_declared_question_names_endpoints_and_groups(defaults, schema):
    given = {"endpoints": ["orr"], "origin": ["C2D1"]}
    config = merge_config(
        defaults, {"definitions": {"association": {"predeclared": [given]}}}
    )
    found = messages(check_config(config, schema))
    where = "definitions.association.predeclared.0"
    assert found == {
        f"{where}.group_by": "this key is needed",
        f"{where}.origin": "unknown key; did you mean origins?",
    }


@pytest.mark.parametrize(
    ("given", "synthetic"),
    [
        ({}, True),
        ({"study": {"id": "S"}}, True),
        ({"inputs": {"patients": "p.tsv"}}, False),
        ({"inputs": {"patients": "p.tsv"}, "study": {"id": "S"}}, False),
        ({"inputs": {"patients": "p.tsv"}, "study": {"synthetic": True}}, True),
        ({"inputs": {"patients": "p.tsv"}, "study": None}, None),
    ],
)
def test_inputs_of_a_study_are_made_up_only_if_it_says_so(given, synthetic, defaults):
    study = lay_study(defaults, given)["study"]
    assert (study and study["synthetic"]) is synthetic
