"""What the types say of each key, held against config/config.yaml."""

import re
from itertools import pairwise

import pytest

from her2ctdna.settings.association_settings import AssociationSettings, TrendSettings
from her2ctdna.settings.config_types import Config
from her2ctdna.settings.key_list import keys_of, list_settings
from her2ctdna.settings.setting_key import IN_FILE

SETTINGS = {setting.path: setting.key for setting in list_settings(Config)}
NAMED_BY_STUDY = {
    *("landmarks", "special_interest", "special_interest_words", "families"),
    "error_rate",
}


def value_at(config, path):
    for name in path.split("."):
        config = config[name]
    return config


def paths_of(part, path=""):
    for name, value in part.items():
        inside = f"{path}.{name}" if path else name
        yield inside
        if isinstance(value, dict) and name not in NAMED_BY_STUDY:
            yield from paths_of(value, inside)


@pytest.mark.parametrize("path", SETTINGS)
def test_default_is_the_one_of_the_file(defaults, path):
    value, key = value_at(defaults, path), SETTINGS[path]
    if key.default is IN_FILE:
        assert isinstance(value, dict | list)
    else:
        assert value == key.default
        assert type(value) is type(key.default)


def test_every_key_of_the_file_is_one_of_the_types(defaults):
    parts = {
        "study",
        "definitions",
        *(f"definitions.{n}" for n in defaults["definitions"]),
    }
    shown = {name: defaults[name] for name in ("study", "definitions")}
    assert set(paths_of(shown)) == set(SETTINGS) | parts


def test_every_key_of_the_file_has_a_comment(root):
    lines = (root / "config" / "config.yaml").read_text().splitlines()
    uncommented = []
    for path in SETTINGS:
        names = {path.rpartition(".")[2]}
        if path.rpartition(".")[0] in SETTINGS:
            names.add(path.split(".")[-2])
        beside = [
            above * above.strip().startswith("#") + line
            for above, line in pairwise(lines)
            if any(re.search(rf"\b{name}:( |$)", line) for name in names)
        ]
        assert beside, path
        uncommented += [path] * (not any("#" in text for text in beside))
    assert uncommented == []


@pytest.mark.parametrize("path", SETTINGS)
def test_what_a_key_decides_is_one_sentence(path):
    says = SETTINGS[path].says
    assert says
    assert not says.endswith(".")
    assert "\n" not in says + SETTINGS[path].more
    assert "|" not in says + SETTINGS[path].more


def test_a_slice_has_keys_of_its_chapter():
    assert keys_of(TrendSettings) == (
        *("confidence", "seed", "trend_scores", "trend_band_resamples"),
    )
    assert set(keys_of(TrendSettings)) < set(keys_of(AssociationSettings))
