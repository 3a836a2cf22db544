"""The configuration: defaults, what a study lays over them, and its analyses."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from her2ctdna.settings.config_types import Config, Definitions

Data = dict[str, object]
"""A config as it is read, before anything is known of it."""

KeyPath = tuple[str, ...]

REPLACED_WHOLE = (
    ("inputs",),
    ("analyses",),
    ("definitions", "ctdna", "landmarks"),
    ("definitions", "association", "families"),
)
"""Keys whose value is one thing: given, it replaces the default, entries and all."""

REMOVABLE = (("safety", "special_interest"),)
"""Parts of the definitions whose entries are laid over, and may be set to null."""

OF_INPUTS: Mapping[str, object] = {
    "id": "unnamed study",
    "title": "no title given (study.title)",
    "synthetic": False,
    "registry": None,
}
"""What the defaults of `study` say of their own inputs alone: what other inputs have
in its place unless the study says so."""

LOOSE_OVERLAY = tuple(path[1:] for path in REPLACED_WHOLE if path[0] == "definitions")


def merge_config(
    defaults: Mapping[str, object],
    overrides: Mapping[str, object],
    *,
    whole: Iterable[KeyPath] = REPLACED_WHOLE,
) -> Data:
    """Lay ``overrides`` over ``defaults``, key by key, and return a new config.

    Mappings are merged at every depth; all else is replaced, and so are the keys
    of ``whole``. Dates become ISO 8601 text, as YAML
    reads an unquoted date as one.
    """
    return _merge(_plain_table(defaults), _plain_table(overrides), tuple(whole), ())


def lay_study(defaults: Mapping[str, object], given: Mapping[str, object]) -> Data:
    """Lay the config of a study over the defaults, see `merge_config`.

    The defaults name their own study and say that its data are made up: other inputs
    take nothing of that (`OF_INPUTS`).
    """
    merged = merge_config(defaults, given)
    said, study = given.get("study", {}), merged["study"]
    if "inputs" in given and isinstance(said, Mapping) and isinstance(study, dict):
        study |= {key: value for key, value in OF_INPUTS.items() if key not in said}
    return merged


def analysis_definitions(config: Config) -> dict[str, Definitions]:
    """Return the full definitions of each analysis: its entry over `definitions`.

    What is in `REMOVABLE` and an entry sets to null is taken out.
    """
    definitions = {
        name: merge_config(config["definitions"], overlay or {}, whole=LOOSE_OVERLAY)
        for name, overlay in config["analyses"].items()
    }
    # the schema has been checked by then, and the defaults hold every key
    return {
        name: cast("Definitions", _without_removed(found))
        for name, found in definitions.items()
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return _plain_table(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _plain_table(table: Mapping[str, object]) -> Data:
    return {str(key): _plain(item) for key, item in table.items()}


def _merge(
    under: Data, over: Data, whole: tuple[KeyPath, ...], path: tuple[str, ...]
) -> Data:
    merged = dict(under)
    for key, value in over.items():
        below, inside = under.get(key), (*path, key)
        is_merged = inside not in whole
        if is_merged and isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _merge(below, value, whole, inside)
        else:
            merged[key] = value
    return merged


def _without_removed(definitions: Data) -> Data:
    for chapter, key in REMOVABLE:
        part = definitions[chapter]
        if isinstance(part, dict):
            entries = part[key].items()
            part[key] = {name: item for name, item in entries if item is not None}
    return definitions
