"""Do the tables of a run have the columns that the catalogue says they have?"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from her2ctdna.settings.catalogue import FIGURES, FILES, SHARED, chapters_of
from her2ctdna.settings.results.entries import Column, Columns, Entry, PerLandmark


def check_columns(results: Path, inputs: list[str]) -> int:
    """Check every table of the catalogue that a run wrote; return their number."""
    checked = 0
    folders = [path.parent for path in results.glob("*/definitions.yaml")]
    tables = [(results / file, entry, []) for file, entry in SHARED.items()]
    for folder in folders:
        definitions = yaml.safe_load((folder / "definitions.yaml").read_text("utf-8"))
        landmarks = list(definitions["ctdna"]["landmarks"])
        tables += [
            *((folder / file, entry, landmarks) for file, entry in FILES.items()),
            *(
                (folder / f"figures/{name}.tsv", entry, landmarks)
                for name, entry in FIGURES.items()
            ),
        ]
    for path, entry, landmarks in tables:
        if path.suffix == ".tsv" and path.is_file():
            check_table(path, entry, landmarks, inputs)
            checked += 1
    return checked


def check_table(
    path: Path, entry: Entry, landmarks: list[str], inputs: list[str]
) -> None:
    header = path.read_text("utf-8").partition("\n")[0]
    chapters = chapters_of(inputs)
    pattern = "".join(patterns_of(entry.columns, landmarks, chapters))
    assert re.fullmatch(pattern, f"{header}\t"), (path, header, pattern)


def patterns_of(
    columns: Columns, landmarks: list[str], chapters: frozenset[str]
) -> Iterator[str]:
    """Give what the header of a table must match, a pattern a column."""
    for column in columns:
        if not chapters.issuperset(column.needs):
            continue
        if isinstance(column, PerLandmark):
            for landmark in landmarks:
                yield from (pattern(one, f"_{landmark}") for one in column.columns)
        else:
            yield pattern(column)


def pattern(column: Column, ending: str = "") -> str:
    stem, varies, rest = column.name.partition("<")
    if not varies:
        return re.escape(f"{stem}{ending}") + "\t"
    after = re.escape(rest.partition(">")[2] + ending)
    return f"(?:{re.escape(stem)}[^\\t]+{after}\t)*"
