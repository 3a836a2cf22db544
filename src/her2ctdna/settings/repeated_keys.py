"""Keys that stand twice in a config file, of which YAML keeps the last in silence.

Snakemake has read the files by then, and does not tell.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from her2ctdna.findings import Finding


def find_repeated_keys(paths: Iterable[str | Path]) -> list[Finding]:
    """Return an error for each key that stands again, at any level, with both lines.

    Files in YAML or JSON. One that cannot be read has no finding: Snakemake has
    refused it before.
    """
    return [found for path in dict.fromkeys(paths) for found in _in_file(Path(path))]


def _in_file(path: Path) -> Iterator[Finding]:
    text = path.read_text(encoding="utf-8-sig")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        root = _compose_json(text)
    for key, first, again in _repeated(root, "", set()):
        message = (
            f"stands twice in {path.name}, in lines {first} and {again}, and only the "
            "second would count; keep one of them"
        )
        yield Finding("error", "config", again, key, "", path.name, message)


def _compose_json(text: str) -> yaml.Node | None:
    """Return the nodes of JSON that is no YAML for its tabs; nothing of other text."""
    try:
        json.loads(text)
    except ValueError:
        return None
    return yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)


def _repeated(
    node: yaml.Node | None, path: str, seen: set[int]
) -> Iterator[tuple[str, int, int]]:
    """Yield key and both lines (counted from 1) of what stands twice in a table."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield from _repeated(item, f"{path}.{place}", seen)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        name = str(key.value)
        inside, line = f"{path}.{name}".lstrip("."), key.start_mark.line + 1
        if name in lines:
            yield inside, lines[name], line
        lines.setdefault(name, line)
        yield from _repeated(value, inside, seen)
