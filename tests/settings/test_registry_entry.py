"""The file of a registry entry: where it is looked for, and what is said of it."""

from pathlib import Path

import pytest
import yaml

from her2ctdna.settings.registry_entry import (
    check_registry,
    fill_fields,
    find_registry,
    read_registry,
)

SHIPPED = "config/registry/NCT06452706.yaml"
WORDING = {
    **{"wording": "ORR", "problem": "Two readings.", "computed": "One."},
    **{"as_computed": "orr", "other_reading": "none"},
}


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "entry.yaml"
    path.write_text(text, encoding="utf-8")
    found = check_registry(str(path))
    assert {(item.severity, item.column) for item in found} <= {
        ("error", "study.registry")
    }
    return [item.message for item in found]


def entry(**changes: str) -> str:
    return yaml.safe_dump({"id": "NCT1", "wordings": [WORDING | changes]})


def test_shipped_entry_is_sound_and_found_from_everywhere(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = find_registry(SHIPPED, root)
    assert path == str(root / SHIPPED)
    assert check_registry(path) == []
    assert read_registry(path)["id"] == "NCT06452706"


def test_file_of_the_study_comes_before_the_shipped_one(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = tmp_path / SHIPPED
    own.parent.mkdir(parents=True)
    own.write_text(entry())
    assert find_registry(SHIPPED, root) == SHIPPED


def test_study_without_an_entry_has_no_finding(root):
    assert find_registry(None, root) is None
    assert check_registry(None) == []


def test_file_that_is_not_there_says_what_to_do(root):
    (found,) = check_registry(find_registry("nowhere.yaml", root))
    assert found.value == "nowhere.yaml"
    assert "no such file" in found.message
    assert "null" in found.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry(), None),
        ("id: [", "is no YAML in UTF-8"),
        ("", "the file: None is not of type"),
        ("id: NCT1\n", "'wordings' is a required property"),
        (entry(as_computed="rate"), "wordings.0.as_computed: 'rate' is not one of"),
        (entry(other_reading="many"), "wordings.0.other_reading: 'many' is not one of"),
        (entry(colour="red"), "('colour' was unexpected)"),
        (entry(computed="On day {day}."), "{day} is filled in by nothing"),
        (entry(computed="On day {sd_min_days}."), None),
    ],
)
def test_each_thing_that_keeps_it_from_being_read_is_an_error(tmp_path, text, said):
    found = problems(tmp_path, text)
    assert bool(found) == bool(said)
    assert all(said in message for message in found)


def test_fields_are_filled_in():
    assert fill_fields("from day {sd_min_days} on", {"sd_min_days": "42"}) == (
        "from day 42 on"
    )
