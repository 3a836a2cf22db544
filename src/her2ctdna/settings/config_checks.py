"""The checks of the config: findings that name the key and the nearest known one.

The schema (``workflow/schemas/config.schema.yaml``, made from the types) is checked by
jsonschema; this module says what its errors mean to somebody who edits the config.
"""

import copy
import difflib
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from her2ctdna.findings import Finding
from her2ctdna.settings.config import Data, analysis_definitions
from her2ctdna.settings.config_types import FOLDERS, STUDY_FOLDERS, Config
from her2ctdna.settings.setting_key import ONE_LINE_TEXT

_FEW_KEYS = 3

RENAMED = {
    "association.bootstrap": "trend_band_resamples",
    "association.bootstraps": "cutpoint_resamples",
}
"""Keys of earlier versions by their last two parts, and what they are called now."""


def check_config(config: Data, schema: Data) -> list[Finding]:
    """Return a finding for each key that the schema does not know or allow.

    A number that is none (NaN, infinite) is refused as a word would be, and so are
    names of analyses that are one folder where case does not count.
    """
    findings = [found for error in _errors(config, schema) for found in _explain(error)]
    given = config["inputs"]
    if isinstance(given, dict):
        findings += _one_source_of_patients(given)
    findings += _same_folder(config["analyses"])
    return findings + _overlapping_groups(config, schema)


def usable_config(config: Data, defaults: Data, schema: Data) -> Config:
    """Return the config with what the schema refuses taken out or set to default.

    So one wrong key does not keep the inputs from being checked: all problems come
    out in one run. Nothing is ever analysed with the result if there was a problem.
    """
    usable = copy.deepcopy(config)
    while errors := list(_errors(usable, schema)):
        for error in errors:
            _mend(usable, error, defaults)
    # nothing is left that the types do not allow
    sound = cast("Config", usable)
    if not sound["inputs"].keys() & set(STUDY_FOLDERS):
        sound["inputs"].setdefault("patients", "")
    return sound


def _one_source_of_patients(inputs: Data) -> Iterator[Finding]:
    """Yield an error if nothing gives the patients, or if two folders do."""
    folders = [key for key in STUDY_FOLDERS if key in inputs]
    if not folders and "patients" not in inputs:
        yield _config_error(["inputs", "patients"], "", "this key is needed")
    for key in folders[1:]:
        message = f"cannot be given beside {folders[0]}; keep one of them"
        yield _config_error(["inputs", key], inputs[key], message)


def _is_number(_checker: object, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isfinite(value)


_Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number),
)


def _errors(config: Data, schema: Data) -> Iterator[ValidationError]:
    return iter(_Validator(schema).iter_errors(config))


def _same_folder(analyses: object) -> Iterator[Finding]:
    """Yield names of analyses, or of the workflow's folders, that differ in case."""
    taken = {folder.casefold(): folder for folder in FOLDERS}
    for name in analyses if isinstance(analyses, dict) else ():
        first = taken.setdefault(name.casefold(), name)
        if first != name:
            message = (
                f"differs from {first} by case alone, so that both are one folder on "
                "some machines; give it another name"
            )
            yield _config_error(["analyses"], name, message)


def _explain(error: ValidationError) -> Iterator[Finding]:
    """Yield what a validation error means to somebody who edits the config."""
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for key in _unknown_keys(error):
            path = [*error.absolute_path, key]
            yield _config_error(path, "", _renamed(path) or _advice(key, known))
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        for key in missing:
            yield _config_error([*error.absolute_path, key], "", "this key is needed")
    elif error.validator == "anyOf":
        yield from _explain_alternatives(error)
    else:
        yield _config_error(error.absolute_path, error.instance, _constraint(error))


def _explain_alternatives(error: ValidationError) -> Iterator[Finding]:
    """Yield the keys that no alternative knows, else what the alternatives are."""
    options = error.validator_value
    known = sorted({key for option in options for key in option.get("properties", {})})
    given = error.instance if isinstance(error.instance, dict) and known else {}
    unknown = [key for key in given if key not in known]
    for key in unknown:
        yield _config_error([*error.absolute_path, key], "", _advice(key, known))
    if not unknown:
        shown = ", or ".join(_alternative(option) for option in options)
        yield _config_error(error.absolute_path, error.instance, f"give {shown}")


def _alternative(item: Mapping[str, object]) -> str:
    """Return what an alternative asks for: its few keys, else its description."""
    keys = item.get("properties")
    if isinstance(keys, dict) and len(keys) <= _FEW_KEYS:
        return "the keys " + ", ".join(keys)
    if "description" in item:
        return str(item["description"])
    kinds = {"null": "null", "integer": "a whole number", "number": "a number"}
    return (kinds | {"string": "text"}).get(str(item.get("type")), str(item))


def _constraint(error: ValidationError) -> str:
    if error.validator == "enum":
        allowed = [str(item) for item in error.validator_value]
        near = _nearest(str(error.instance), allowed)
        return f"allowed are {', '.join(allowed)}" + (f"; {near}" if near else "")
    if error.validator == "type":
        return f"must be of type {error.validator_value}"
    if error.validator == "pattern" and error.validator_value == ONE_LINE_TEXT:
        return "must be text of one line; take the line breaks out"
    if error.validator in ("pattern", "not"):
        return (
            "this name cannot be used; take letters, digits, . _ - "
            f"({', '.join(FOLDERS)} are folders of the workflow)"
        )
    return f"{error.message}: see config/README.md"


def _renamed(path: list[str | int]) -> str:
    """Return what a key of an earlier version is called now, or nothing."""
    now = RENAMED.get(".".join(map(str, path[-2:])))
    return f"has another name now: {now}; rename it" if now else ""


def _advice(key: str, known: list[str]) -> str:
    near = _nearest(key, known)
    return f"unknown key; {near or 'known here are ' + ', '.join(known)}"


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is spelt most like ``word``, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {found[0]}?" if found else ""


def _unknown_keys(error: ValidationError) -> list[str]:
    return [key for key in error.instance if key not in error.schema["properties"]]


def _config_error(path: Iterable[str | int], value: object, message: str) -> Finding:
    where = _one_line(".".join(map(str, path)))
    return Finding("error", "config", None, where, "", _one_line(str(value)), message)


def _one_line(text: str) -> str:
    """Return a text with its line breaks written out."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _overlapping_groups(config: Data, schema: Data) -> list[Finding]:
    """Return an error for each analysis whose zero and low groups share a class."""
    if next(_errors(config, schema), None):
        return []
    groups = {
        name: (definitions["her2"]["zero"], definitions["her2"]["low"])
        for name, definitions in analysis_definitions(cast("Config", config)).items()
    }
    return [
        _config_error(
            ["analyses", name, "her2"],
            ", ".join(sorted(shared)),
            "these classes stand in both zero and low; leave each in one of them",
        )
        for name, (zero, low) in groups.items()
        if (shared := set(zero) & set(low))
    ]


def _mend(config: Data, error: ValidationError, defaults: Data) -> None:
    """Take out or reset the part of ``config`` that ``error`` speaks of."""
    path = list(error.absolute_path)
    part = _at(config, path)
    if error.validator == "additionalProperties" and isinstance(part, dict):
        for key in _unknown_keys(error):
            part.pop(key)
    elif isinstance(part, dict) and isinstance(error.instance, str):
        # it is the name of an entry that is refused, not a value
        part.pop(error.instance)
    elif error.validator == "required" and isinstance(part, dict):
        for key in set(error.validator_value) - set(part):
            _reset(config, [*path, key], defaults)
    else:
        _reset(config, path, defaults)


def _reset(config: Data, path: list[str | int], defaults: Data) -> None:
    """Set the key at ``path`` to its default, or take it out where it has none."""
    *above, last = path
    parent = _at(config, above)
    try:
        default = copy.deepcopy(_at(defaults, path))
    except (KeyError, IndexError, TypeError):
        default = None
    if not isinstance(parent, dict):
        _reset(config, above, defaults)
    elif default is None:
        parent.pop(last, None)
    else:
        parent[last] = default


def _at(part: object, path: Iterable[str | int]) -> object:
    """Return the part of a config at a path; raise if it is not there."""
    for key in path:
        if isinstance(part, dict):
            part = part[key]
        elif isinstance(part, list):
            part = part[int(key)]
        else:
            raise TypeError(f"no table: {part!r}")
    return part
