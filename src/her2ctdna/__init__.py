"""HER2-low versus zero and ctDNA clearance: logic of the her2-ctdna workflow.

Pure functions on tables; the package knows nothing of Snakemake. Import the
module that you need: nothing heavy is imported here.
"""

import ast
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

__version__ = "0.1.0"

_PACKAGE = Path(__file__).parent


def source_digest(script: str | Path) -> str:
    """Return a digest of the package modules that a script imports, at any depth.

    Snakemake tracks a script but not what it imports, so each rule names this
    digest as a parameter: an edited module reruns the rules that depend on it, and
    only those. Templates, styles, scripts of the page and pinned values count with the
    modules beside them.
    """
    found: set[Path] = set()
    queue = _imported_modules(Path(script))
    while queue:
        module = queue.pop()
        if module not in found:
            found.add(module)
            queue |= _imported_modules(module)
    files = sorted(found | {_PACKAGE / "__init__.py"} | _data_files(found))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _imported_modules(source: Path) -> set[Path]:
    """Return the files of this package that ``source`` imports by name."""
    names: set[str] = set()
    for node in _run_at_all(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {path for name in names for path in _files_of(name)}


def _run_at_all(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a module but what stands under ``if TYPE_CHECKING:``.

    Types change no result, so that an edited sentence of a setting reruns no job.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            inside: list[ast.AST] = list(node.orelse)
        else:
            inside = [node]
        for part in inside:
            yield part
            yield from _run_at_all(part)


def _files_of(name: str) -> list[Path]:
    """Return the files behind a dotted name of this package, parents included."""
    first, *rest = name.split(".")
    if first != __name__:
        return []
    inside = [_PACKAGE.joinpath(*rest[:depth]) for depth in range(1, len(rest) + 1)]
    files = [path / "__init__.py" for path in inside]
    files += [path.with_suffix(".py") for path in inside]
    return [path for path in files if path.is_file()]


def _data_files(modules: set[Path]) -> set[Path]:
    """Return the files that are not Python in the folders of ``modules``."""
    folders = {module.parent for module in modules}
    patterns = ("*.mplstyle", "ttf/*", "templates/*", "vendor/*", "*.tsv")
    found = {
        path
        for folder in folders
        for pattern in patterns
        for path in folder.glob(pattern)
    }
    return {path for path in found if path.is_file()}
