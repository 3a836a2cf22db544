"""The file that `study.registry` names: wordings of an entry that have two readings."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from typing_extensions import TypedDict

from her2ctdna.findings import Finding

COUNTS: dict[str, str] = {
    "orr": "response",
    "orr_otherwise": "response",
    "cbr": "response",
    "cbr_any_duration": "response",
    "dcr": "response",
    "dor_events": "response",
    "pfs_events": "pfs",
    "os_events": "os",
    "her2_grouped": "her2",
    "her2_positive": "her2",
    "cleared_of_able": "ctdna",
    "cleared_of_treated": "ctdna",
    "adverse_events": "adverse_events",
    "ada_of_evaluable": "ada",
    "ada_of_treated": "ada",
}
"""What an entry may name to be counted, and what a study needs for it."""

NO_COUNT = "none"

FIELDS = (
    *("counted_responses", "other_responses", "benefit_days", "sd_min_days"),
    *("pfs_start", "os_start", "landmark", "emergent_days"),
)
"""What stands in braces in a text of an entry, to be filled in."""

_EXAMPLE = "config/registry/NCT06452706.yaml"
_FIELD = re.compile(r"{(\w*)}")
_TEXTS = {name: {"type": "string"} for name in ("wording", "problem", "computed")}
_READINGS = {
    "as_computed": {"enum": [*COUNTS]},
    "other_reading": {"enum": [*COUNTS, NO_COUNT]},
}
_SCHEMA = {
    "type": "object",
    "required": ["id", "wordings"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "wordings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [*_TEXTS, *_READINGS],
                "additionalProperties": False,
                "properties": _TEXTS | _READINGS,
            },
        },
    },
}


class Wording(TypedDict):
    """A wording of the entry, and which of its readings are counted."""

    wording: str
    problem: str
    computed: str
    as_computed: str
    other_reading: str


class RegistryEntry(TypedDict):
    """An entry of a registry of trials."""

    id: str
    wordings: list[Wording]


def find_registry(path: str | None, workflow: Path) -> str | None:
    """Return where the file is: as given, else in the folder of the workflow.

    The files that come with the workflow are so found from every working directory.
    """
    if path is None or Path(path).is_file():
        return path
    shipped = workflow / path
    return str(shipped) if shipped.is_file() else path


def read_registry(path: str | Path) -> RegistryEntry:
    """Return an entry that `check_registry` has found nothing wrong with."""
    entry: RegistryEntry = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    return entry


def check_registry(path: str | None) -> list[Finding]:
    """Return an error for all that keeps an entry from being read."""
    if path is None:
        return []
    return [
        Finding("error", "config", None, "study.registry", "", path, message)
        for message in _problems(Path(path))
    ]


def fill_fields(text: str, fields: Mapping[str, str]) -> str:
    """Return a text with what stands in braces filled in."""
    return _FIELD.sub(lambda found: fields[found[1]], text)


def _problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file, each with what to do."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        yield (
            "no such file, or it cannot be read; correct the path, or give null where "
            "the study has no registry entry"
        )
        return
    except (yaml.YAMLError, UnicodeDecodeError):
        yield f"is no YAML in UTF-8; write it as {_EXAMPLE} is"
        return
    wrong = list(Draft202012Validator(_SCHEMA).iter_errors(found))
    for error in wrong:
        where = ".".join(map(str, error.absolute_path)) or "the file"
        yield f"{where}: {' '.join(error.message.split())}; write it as {_EXAMPLE} is"
    if not wrong:
        yield from _unknown_fields(found)


def _unknown_fields(entry: RegistryEntry) -> Iterator[str]:
    """Yield the words in braces that nothing fills in."""
    texts = [text for wording in entry["wordings"] for text in wording.values()]
    named = {name for text in texts for name in _FIELD.findall(str(text))}
    for name in sorted(named - set(FIELDS)):
        yield (
            f"{{{name}}} is filled in by nothing; take it out, or one of "
            f"{', '.join(FIELDS)}"
        )
