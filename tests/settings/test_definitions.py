import yaml

from her2ctdna.settings.definitions import (
    dump_definitions,
    identify_definitions,
    identify_patients,
)

DEFINITIONS = {
    "her2": {"zero": ["absent"]},
    "response": {"confirmed": True},
    "association": {"seed": 1},
}


def test_the_file_is_headed_by_its_id_and_reads_back():
    text = dump_definitions(DEFINITIONS)
    assert text.startswith(f"# definitions {identify_definitions(DEFINITIONS)}\n")
    assert yaml.safe_load(text) == DEFINITIONS


def test_another_threshold_is_another_id_of_patients():
    other = DEFINITIONS | {"response": {"confirmed": False}}
    assert identify_patients(other) != identify_patients(DEFINITIONS)
    assert identify_definitions(other) != identify_definitions(DEFINITIONS)


def test_another_seed_is_another_id_but_not_of_patients():
    other = DEFINITIONS | {"association": {"seed": 2}}
    assert identify_patients(other) == identify_patients(DEFINITIONS)
    assert identify_definitions(other) != identify_definitions(DEFINITIONS)


def test_the_id_of_patients_begins_that_of_all():
    both = identify_definitions(DEFINITIONS)
    assert both.split("+")[0] == identify_patients(DEFINITIONS)


def test_words_in_any_script_stay_readable():
    assert "未知" in dump_definitions({"her2": {"recode": {"0?": "未知"}}})
