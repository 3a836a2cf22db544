"""Methods as run: what each threshold means."""

import json
from collections.abc import Iterator, Mapping

from her2ctdna.settings.config_types import Definitions
from her2ctdna.settings.key_list import list_settings

_KEYS = {setting.path: setting.key for setting in list_settings(Definitions)}
MEANINGS = {path: key.says for path, key in _KEYS.items()}
"""What each key of ``definitions`` decides, for a reader who knows no YAML."""

NAMED_PARTS = {path: key.of_each for path, key in _KEYS.items() if key.of_each}
"""Keys whose parts the study names itself, and what such a part is."""


def flatten_definitions(
    definitions: Mapping[str, object],
) -> Iterator[tuple[str, str, str]]:
    """Yield key, value and meaning of each threshold; raise if one has no meaning."""
    for key, value in _flat(definitions, ()):
        named = next((part for part in NAMED_PARTS if key.startswith(f"{part}.")), None)
        yield key, _shown(value), NAMED_PARTS[named] if named else MEANINGS[key]


def list_overlay(overlay: Mapping[str, object]) -> list[str]:
    """Return what an analysis lays over the definitions, as ``key: value``."""
    return [f"{key}: {_shown(value)}" for key, value in _flat(overlay, ())]


def _flat(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """Yield the leaves of nested mappings; what a study named itself is one leaf."""
    key = ".".join(path)
    if isinstance(value, Mapping) and ".".join(path[:-1]) not in NAMED_PARTS:
        for name, part in value.items():
            yield from _flat(part, (*path, str(name)))
    else:
        yield key, value


def _shown(value: object) -> str:
    """Return a value of the definitions as text; nothing at all is ``(empty)``."""
    if value is None or value in ([], {}):
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_shown(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_shown(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value)
