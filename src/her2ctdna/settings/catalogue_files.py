"""What is written from the catalogue of results, for those who do not read Python.

``make catalogue`` (``python -m her2ctdna.settings.catalogue_files .``) writes in a copy
of the repository the captions of the packed report, the tables of results/README.md and
the types by which tables are read back. A test holds them equal.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from her2ctdna.settings.catalogue import CAPTIONED, DESCRIBED
from her2ctdna.settings.results.entries import Column, Entry, Figure, Result

CAPTIONS = "workflow/report"
README = "results/README.md"
TYPES = "src/her2ctdna/column_types.tsv"
_PARAMETERS = {
    "confidence": '"%g %%" | format(100 * snakemake.params.confidence)',
    "landmarks": "snakemake.params.landmarks",
    "chapters": "snakemake.params.chapters",
}
"""Where a rule has what captions of figures name."""


def write_files(root: Path) -> None:
    """Write all that follows from the catalogue into a copy of the repository."""
    for path, content in catalogue_files(root).items():
        (root / path).write_text(content, encoding="utf-8", newline="\n")


def catalogue_files(root: Path) -> dict[str, str]:
    """Return what follows from the catalogue, by path in the repository.

    Of results/README.md everything outside of its marks is kept.
    """
    readme = (root / README).read_text(encoding="utf-8")
    captions = {
        f"{CAPTIONS}/{name}.rst": caption_file(entry)
        for name, entry in CAPTIONED.items()
    }
    return captions | {README: fill_readme(readme), TYPES: list_types()}


def caption_file(entry: Entry) -> str:
    """Return the caption of a result as Snakemake fills it in.

    What the caption of a figure names is taken from the parameters of its rule.
    """
    caption = entry.how_to_read
    named = _PARAMETERS if isinstance(entry, Figure) else {}
    used = [name for name in named if re.search(rf"{{[{{%][^}}]*\b{name}\b", caption)]
    given = "".join(f"{{% set {name} = {named[name]} %}}\n" for name in used)
    # no line break within Jinja
    whole = re.sub(
        r"{{.*?}}|{%.*?%}", lambda found: found[0].replace(" ", "\0"), caption
    )
    wrapped = fill(whole, 88, break_long_words=False, break_on_hyphens=False)
    return given + wrapped.replace("\0", " ") + "\n"


def fill_readme(readme: str) -> str:
    """Return results/README.md with its tables between the marks written anew."""
    for mark, is_shared in (("shared", True), ("of an analysis", False)):
        rows = [_row(entry) for entry in DESCRIBED if entry.is_shared is is_shared]
        head = "| file | one row per | made by |\n|---|---|---|\n"
        begin, end = f"<!-- catalogue: {mark} -->\n", "<!-- end of catalogue -->"
        before, found, rest = readme.partition(begin)
        if not found or end not in rest:
            raise ValueError(f"{README} has no {begin.strip()} ... {end}; put it back")
        after = rest.partition(end)[2]
        readme = f"{before}{begin}{head}{''.join(rows)}{end}{after}"
    return readme


def list_types() -> str:
    """Return what the cells of each column are, by table, as TSV.

    Columns whose names come from the config or a sheet are not known beforehand.
    """
    kinds = {
        (entry.name, column.name): "number" if column.kind == "number" else "text"
        for entry in DESCRIBED
        for column in _columns_of(entry)
    }
    rows = [f"{table}\t{column}\t{kind}\n" for (table, column), kind in kinds.items()]
    return "table\tcolumn\ttype\n" + "".join(sorted(rows))


def _columns_of(entry: Result) -> Iterator[Column]:
    for column in entry.columns:
        if isinstance(column, Column) and "<" not in column.name:
            yield column


def _row(entry: Result) -> str:
    rules = ", ".join(f"`{rule}`" for rule in entry.rules)
    return f"| `{entry.file}` | {entry.row or chr(0x2013)} | {rules} |\n"


if __name__ == "__main__":
    write_files(Path(sys.argv[1]))
