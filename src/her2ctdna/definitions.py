"""The definitions of an analysis as text, and the id that stands for them."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import yaml

ID_LENGTH = 8


def dump_definitions(definitions: Mapping[str, Any]) -> str:
    """Return the definitions as the text of ``definitions.yaml``."""
    return yaml.safe_dump(definitions, sort_keys=False, allow_unicode=True)


def identify_definitions(definitions: Mapping[str, Any]) -> str:
    """Return the id that figures and captions carry.

    It is the start of the SHA-256 of ``definitions.yaml``, so that anyone can tell by
    ``sha256sum`` whether a figure was drawn under the definitions at hand.
    """
    return sha256(dump_definitions(definitions).encode()).hexdigest()[:ID_LENGTH]
