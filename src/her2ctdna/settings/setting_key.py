"""What the definition of a setting says beside its type, and words of JSON schema.

Both stand in `typing.Annotated`. They know how to write themselves into the schema that
pydantic makes, without importing it: the types are read wherever Snakemake parses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Lt

Schema = dict[str, object]

IN_FILE = object()
"""Default of what a study names itself: its entries stand in config.yaml alone."""

ONE_LINE = r"^(?![\s\S]*[\x00-\x1f\x7f\x85\u2028\u2029])"
"""Start of a pattern for names: no line break, tab or other control character."""

ONE_LINE_TEXT = f"{ONE_LINE}.+$"


@dataclass(frozen=True, eq=False)
class Key:
    """The definition of a setting, beside its type.

    Parameters
    ----------
    says
        What it decides, in one sentence that needs no YAML: the report shows it.
    default
        Its value in config.yaml (a test holds them equal).
    unit
        What its number counts, such as days.
    more
        What somebody who sets it must know further: config/README.md shows it.
    of_each
        What an entry says, where the study names the entries itself.
    """

    says: str
    default: object = IN_FILE
    unit: str = ""
    more: str = ""
    of_each: str = ""

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], Schema]
    ) -> Schema:
        """Return the schema of the value, with what it decides."""
        unit = f" ({self.unit})" if self.unit else ""
        return handler(core) | {"description": self.says + unit}


@dataclass(frozen=True, eq=False)
class Words:
    """Words of JSON schema that no type of Python says."""

    words: Schema

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], Schema]
    ) -> Schema:
        """Return the schema of the value, with these words."""
        return handler(core) | self.words


@dataclass(frozen=True, eq=False)
class NullRemoves:
    """Entries that null takes out of the table when it is laid over another."""

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], Schema]
    ) -> Schema:
        """Return the schema of the table, whose entries may be null."""
        found = handler(core)
        entry = found["additionalProperties"]
        entries = entry.get("anyOf", [entry]) if isinstance(entry, dict) else [entry]
        either = {"anyOf": [*entries, {"type": "null"}]}
        return found | {"additionalProperties": either}


UNIQUE = Words({"uniqueItems": True})
NAMED = Words({"propertyNames": {"pattern": ONE_LINE_TEXT}})
"""A table whose keys are names that the study gives."""

Text = Annotated[str, Words({"pattern": ONE_LINE_TEXT})]
Names = Annotated[list[Text], UNIQUE]
Count = Annotated[int, Ge(0)]
Positive = Annotated[int, Ge(1)]
Fraction = Annotated[float, Gt(0), Lt(1)]
DaysOrNever = Positive | None
