"""All keys of a part of the config, as its types define them."""

from collections.abc import Iterator
from typing import NamedTuple

from typing_extensions import get_type_hints, is_typeddict

from her2ctdna.settings.setting_key import Key


class Setting(NamedTuple):
    """A key by its dotted path, and what is said of it."""

    path: str
    key: Key


def list_settings(section: type, path: str = "") -> Iterator[Setting]:
    """Yield the keys of a section, those of its parts after each."""
    for name, hint in hints_of(section).items():
        inside = f"{path}.{name}" if path else name
        beside = getattr(hint, "__metadata__", ())
        yield from (Setting(inside, key) for key in beside if isinstance(key, Key))
        value = getattr(hint, "__origin__", hint) if beside else hint
        if is_typeddict(value):
            yield from list_settings(value, inside)


def keys_of(section: type) -> tuple[str, ...]:
    """Return the names of the keys of a section, or of a slice of one."""
    return tuple(hints_of(section))


def hints_of(section: type) -> dict[str, type]:
    """Return the type of each key of a section, with what is said beside it."""
    return dict(get_type_hints(section, include_extras=True))
