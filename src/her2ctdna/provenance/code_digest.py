"""The digest of the code behind a rule: what its script imports, at any depth."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def source_digest(script: str | Path, modules: Iterable[str] = ()) -> str:
    """Return a digest of the package modules that a script imports, at any depth.

    Snakemake tracks a script but not what it imports, so each rule names this
    digest as a parameter: an edited module reruns the rules that depend on it, and
    only those. Templates, styles, scripts of the page, pinned values and types of
    columns count with the modules beside them.

    Parameters
    ----------
    modules
        What the script imports by names that it is given, which none of its sources
        shows.

    Raises
    ------
    ValueError
        If there is no such module.
    """
    named = {name: _files_of(_PACKAGE, name) for name in modules}
    for name, files in named.items():
        if name.rpartition(".")[2] not in {file.stem for file in files}:
            raise ValueError(f"{name} is no module of this package")
    found: set[Path] = set()
    queue = _imported_modules(Path(script)).union(*named.values())
    while queue:
        module = queue.pop()
        if module not in found:
            found.add(module)
            queue |= _imported_modules(module)
    files = sorted(found | {_PACKAGE / "__init__.py"} | _data_files(found))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _imported_modules(source: Path) -> set[Path]:
    """Return the files of this package that ``source`` imports by name."""
    names = _imported_names(source.read_text(encoding="utf-8"))
    return {path for name in names for path in _files_of(_PACKAGE, name)}


@cache
def _imported_names(code: str) -> frozenset[str]:
    """Return the dotted names that ``code`` imports; most modules serve many rules."""
    names: set[str] = set()
    for node in _run_at_all(ast.parse(code)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(name for name in names if name.split(".")[0] == _PACKAGE.name)


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


@cache
def _files_of(package: Path, name: str) -> list[Path]:
    """Return the files behind a dotted name of ``package``, parents included."""
    _, *rest = name.split(".")
    inside = [package.joinpath(*rest[:depth]) for depth in range(1, len(rest) + 1)]
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
