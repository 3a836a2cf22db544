"""The JSON schema of the config, made from its types.

Only this module imports pydantic: a run reads the schema that was made.
"""

from collections.abc import Mapping

import yaml
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from her2ctdna.settings.config_types import Config, Definitions
from her2ctdna.settings.key_list import hints_of
from her2ctdna.settings.setting_key import Key

_HEAD = "# Made from the types in src/her2ctdna/settings by `make settings`.\n"
_SHARED = tuple(section.__name__ for section in hints_of(Definitions).values())


def dump_schema() -> str:
    """Return the text of ``workflow/schemas/config.schema.yaml``."""
    return _HEAD + yaml.dump(
        make_schema(), Dumper=_NoAliases, sort_keys=False, allow_unicode=True
    )


def make_schema() -> dict[str, object]:
    """Return the schema: unknown keys are errors at every level.

    A key that has a default may be left out. What a study names itself, such as a
    landmark or a family, is one thing and needs each key that its type asks for.
    """
    made = TypeAdapter(Config).json_schema(schema_generator=_Strict)
    parts = made.pop("$defs")
    shared = {name: _within(parts[name], parts) for name in _SHARED}
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "Configuration of her2-ctdna",
        **_within(made, parts),
        "$defs": shared,
    }


class _Strict(GenerateJsonSchema):
    """No unknown key, no needed key that has a default, and no titles."""

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        made = super().typed_dict_schema(schema)
        made["additionalProperties"] = False
        hints = hints_of(schema["cls"])
        if schema["cls"].__name__ in ("Definitions", "Overlay") or any(
            isinstance(item, Key)
            for hint in hints.values()
            for item in getattr(hint, "__metadata__", ())
        ):
            made.pop("required", None)
        made.pop("title", None)
        return made

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _within(value: object, parts: Mapping[str, object]) -> dict[str, object]:
    """Return a schema with what it refers to inside, the shared parts apart."""
    found = _resolved(value, parts)
    if not isinstance(found, dict):
        raise TypeError(f"no schema: {found!r}")
    return found


def _resolved(value: object, parts: Mapping[str, object]) -> object:
    if isinstance(value, list):
        return [_resolved(item, parts) for item in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("$ref", "")).rpartition("/")[2]
    own = {key: item for key, item in value.items() if key != "$ref"}
    if not name or name in _SHARED:
        return {key: _resolved(item, parts) for key, item in value.items()}
    return _within(parts[name], parts) | {
        key: _resolved(item, parts) for key, item in own.items()
    }
