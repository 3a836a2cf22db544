"""What a study writes, made safe to stand in a page."""

import json
import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape

_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(value: object) -> object:
    """Return text with invisible characters as codes; anything else as it is."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(
        f"<U+{ord(character):04X}>"
        if unicodedata.category(character) in _INVISIBLE
        else character
        for character in value
    )


def write_ids(names: Iterable[str]) -> Markup:
    """Return identifiers in a line; one that could turn its direction is set apart.

    Only those, as a page of a thousand patients names a million identifiers.
    """
    shown = [(name, escape(visible(name))) for name in names]
    return Markup(", ").join(
        text if name.isascii() else Markup("<bdi>{}</bdi>").format(text)
        for name, text in shown
    )


def write_data(value: object) -> Markup:
    """Return data as JSON for a script element: no text in it can end the element."""
    text = json.dumps(_visible_within(value), allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _visible_within(value: object) -> object:
    if isinstance(value, dict):
        return {name: _visible_within(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_visible_within(part) for part in value]
    return visible(value)
