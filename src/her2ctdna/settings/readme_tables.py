"""The tables of settings in ``config/README.md``, made from the types.

Each stands between two marks, ``<!-- keys of study -->`` and ``<!-- end of keys -->``.
"""

import json
import re
from collections.abc import Iterator

from her2ctdna.settings.config_schema import make_schema
from her2ctdna.settings.config_types import Config, Definitions
from her2ctdna.settings.key_list import hints_of, list_settings
from her2ctdna.settings.setting_key import IN_FILE, Key

_MARKED = re.compile(r"(<!-- keys of (\S+) -->\n\n).*?(\n<!-- end of keys -->)", re.S)
_BOUNDS = {
    "minimum": "≥",
    "exclusiveMinimum": ">",
    "maximum": "≤",
    "exclusiveMaximum": "<",
}
_KINDS = {
    "boolean": "true, false",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "null": "null",
}


def write_tables(readme: str) -> str:
    """Return the text of ``config/README.md`` with the tables that the types give."""
    schema = make_schema()
    chapters = hints_of(Definitions)

    def table(found: re.Match[str]) -> str:
        name = found[2].rpartition(".")[2]
        section = chapters.get(name) or hints_of(Config)[name]
        part = _at(schema, ["$defs", section.__name__] if name in chapters else [name])
        return found[1] + "".join(_rows(section, part)) + found[3]

    return _MARKED.sub(table, readme)


def _rows(section: type, schema: object) -> Iterator[str]:
    yield "| key | default | allowed | |\n|---|---|---|---|\n"
    for path, key in list_settings(section):
        allowed = _allowed(_at(schema, path.split(".")))
        unit = f" ({key.unit})" if key.unit else ""
        told = ". ".join(part for part in (key.says, key.more) if part)
        yield f"| `{path}` | {_default(key)} | {allowed}{unit} | {told} |\n"


def _default(key: Key) -> str:
    """Return a default as YAML has it on one line; nothing for what has parts."""
    if key.default is IN_FILE:
        return "as in the file" if key.of_each or "[]" in key.more else ""
    if key.default in ([], {}):
        return "none"
    if isinstance(key.default, list) and all(isinstance(i, str) for i in key.default):
        return ", ".join(key.default)
    return key.default if isinstance(key.default, str) else _flow(key.default)


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + " }"
    return json.dumps(value)


def _allowed(schema: dict[str, object]) -> str:
    """Return in words what a schema allows; nothing for a part with keys."""
    if isinstance(words := schema.get("enum"), list):
        return ", ".join("null" if word is None else str(word) for word in words)
    if isinstance(options := schema.get("anyOf"), list):
        return ", or ".join(_option(option) for option in options)
    if isinstance(items := schema.get("items"), dict):
        return f"list of {_allowed(items) or 'tables'}"
    if schema.get("type") == "object":
        return "" if "properties" in schema else "table by name"
    bounds = [f"{sign} {schema[key]}" for key, sign in _BOUNDS.items() if key in schema]
    return " ".join([_KINDS[str(schema["type"])], " and ".join(bounds)]).strip()


def _option(schema: dict[str, object]) -> str:
    return str(schema.get("description") or _allowed(schema))


def _at(schema: object, path: list[str]) -> dict[str, object]:
    """Return the schema of a key by its path, through ``properties``."""
    for name in path:
        tables = [schema, schema.get("properties")] if isinstance(schema, dict) else []
        inside = [
            part[name] for part in tables if isinstance(part, dict) and name in part
        ]
        schema = inside[-1]
    if not isinstance(schema, dict):
        raise KeyError(".".join(path))
    return schema
