"""Names of columns: as a reader knows them, and as results join them to one text.

Columns and values are the study's own, so that they may hold the very signs that they
are joined by: there a backslash goes before the sign.
"""

import re
from collections.abc import Iterable

USUAL_START = "first dose"
"""What times count from, unless a study supplies durations from something else."""

COUNTED_FROM = ", from "
"""Between the reason of such a duration and what it counts from."""

DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
"""A calendar date inside a text."""

_SHORT_DATE = re.compile(
    r"(19|20)\d{2}[-/]\d{1,2}|\d{1,2}/(19|20)\d{2}"
    r"|(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
)
"""A cell that is a month of a year, or a date in eight digits."""

ABBREVIATIONS = {
    name.lower(): name
    for name in ("HR", "ER", "PR", "ECOG", "HER2", "IHC", "ISH", "ctDNA", "BMI", "LDH")
}


def spell(name: str) -> str:
    """Return a name as words: ``hr_status`` is HR status, ``prior_lines`` prior lines.

    Words that are abbreviations of the field are written as such; all else stays.
    """
    words = name.replace("_", " ").split(" ")
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def holds_date(text: str) -> bool:
    """Tell whether a text holds a calendar date, or is one in short form."""
    return bool(DATE.search(text) or _SHORT_DATE.fullmatch(text.strip()))


def count_of(n: float, noun: str) -> str:
    """Return how many: ``1 patient``, ``0 patients``, ``12 treated patients``."""
    return f"{n:.0f} {noun}{'' if n == 1 else 's'}"


def join_value(column: str, value: str) -> str:
    """Return ``column=value``; an equals sign of the column gets a backslash."""
    return f"{_escape(column, '=')}={value}"


def split_value(name: str) -> tuple[str, str]:
    """Return column and value of a text of `join_value`; without ``=`` no value."""
    found = re.fullmatch(r"((?:[^\\=]|\\.)*)=(.*)", name, re.S)
    return (_unescape(found[1]), found[2]) if found else (_unescape(name), "")


def join_names(names: Iterable[str]) -> str:
    """Return names joined by ``;``; a semicolon of a name gets a backslash."""
    return ";".join(_escape(name, ";") for name in names)


def split_names(joined: str) -> list[str]:
    """Return the names of a text of `join_names`; none of an empty one."""
    return [_unescape(name) for name in re.findall(r"(?:[^\\;]|\\.)+", joined, re.S)]


def _escape(name: str, sign: str) -> str:
    return name.replace("\\", "\\\\").replace(sign, f"\\{sign}")


def _unescape(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name, flags=re.S)
