"""The definitions of an analysis as text, and the ids that stand for them."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from her2ctdna.settings.config_types import Definitions

OF_PATIENTS = ("her2", "response", "ctdna")
"""The chapters that say what each patient is; the others say what is asked of them."""

_FIRST_LENGTH, _SECOND_LENGTH = 8, 4


def dump_definitions(definitions: "Definitions") -> str:
    """Return the text of ``definitions.yaml``, headed by the id of the definitions."""
    return f"# definitions {identify_definitions(definitions)}\n{_dump(definitions)}"


def identify_patients(definitions: "Definitions") -> str:
    """Return the id of the definitions of HER2, response and ctDNA.

    It is the start of their SHA-256. Figures of patients carry it, so that another
    family of tests or another seed does not draw them again.
    """
    chapters = {name: definitions.get(name) for name in OF_PATIENTS}
    return sha256(_dump(chapters).encode()).hexdigest()[:_FIRST_LENGTH]


def identify_definitions(definitions: "Definitions") -> str:
    """Return the id of all definitions: `identify_patients`, ``+``, that of the rest.

    Figures of association, captions and the report carry it.
    """
    rest = {name: part for name, part in definitions.items() if name not in OF_PATIENTS}
    second = sha256(_dump(rest).encode()).hexdigest()[:_SECOND_LENGTH]
    return f"{identify_patients(definitions)}+{second}"


def _dump(definitions: Mapping[str, object]) -> str:
    return yaml.safe_dump(definitions, sort_keys=False, allow_unicode=True)
