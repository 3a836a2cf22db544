"""Rows under headings, as of a forest plot."""

from collections.abc import Iterable

ROW_MM = 4.5
HEADING_MM = 6.2


def place_rows(sections: Iterable[str]) -> tuple[list[float], float]:
    """Return the top of each row and the height of all, in mm.

    A row of another section than the one before has room for a heading above it.
    """
    tops, y, last = [], 0.0, None
    for section in sections:
        y += HEADING_MM if section != last else 0.0
        tops.append(y)
        y += ROW_MM
        last = section
    return tops, y + 1
