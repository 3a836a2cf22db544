"""Provenance: which inputs, config, code and software gave which results.

The record holds no time, no machine and nothing of a patient, so equal runs give
equal bytes wherever they are made.
"""

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from hashlib import file_digest, sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from her2ctdna import __version__

if TYPE_CHECKING:
    from her2ctdna.settings.config_types import Config

SOFTWARE = (
    "altair",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "pandera",
    "pyarrow",
    "pyreadstat",
    "pysam",
    "python-calamine",
    "rocrate",
    "scikit-learn",
    "scipy",
    "snakemake",
    "statsmodels",
    "vl-convert-python",
)
"""Packages that can change a result, a figure or the order of the work."""

NOT_INSTALLED = "not installed"
_SOURCES = {".py", ".mplstyle", ".j2", ".css", ".js", ".smk", ".yaml", ".rst"}
_PACKAGE = Path(__file__).parents[1]


class FileRecord(TypedDict):
    """The SHA-256 and the size of a file."""

    sha256: str
    bytes: int


class InputRecord(FileRecord):
    """A file that was read: the key that names it, and its path."""

    table: str
    path: str


class OutputRecord(FileRecord):
    """A file that was made, by its path below the folder of results."""

    path: str


class RunRecord(TypedDict):
    """What made the results."""

    code_digest: str
    config: "Config"
    inputs: list[InputRecord]
    outputs: list[OutputRecord]
    versions: dict[str, str]


def provenance_record(
    *,
    inputs: Iterable[str],
    outputs: Iterable[str],
    tables: Mapping[str, str | Sequence[str]],
    folder: str | Path,
    config: "Config",
    code: str,
) -> RunRecord:
    """Return what made the results, ready to be written as JSON.

    Parameters
    ----------
    inputs
        Every file that was read: the sheets, and the files that the sheets name.
    outputs
        Every file that was made, below ``folder``.
    tables
        The key under ``inputs`` of the config and the path it gives, or its files.
    code
        `workflow_digest` of the run.
    """
    return {
        "code_digest": code,
        "config": config,
        "inputs": _input_records(inputs, tables),
        "outputs": [
            describe_output(output, folder)
            for output in sorted(set(outputs), key=lambda path: _below(path, folder))
        ],
        "versions": software_versions(),
    }


def write_record(path: str | Path, record: RunRecord) -> None:
    """Write a record as UTF-8 JSON whose bytes depend on the record alone."""
    text = json.dumps(
        record, allow_nan=False, ensure_ascii=False, indent=2, sort_keys=True
    )
    Path(path).write_text(text + "\n", encoding="utf-8", newline="\n")


def software_versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of what it rests on.

    A package that is not there is said to be "not installed".
    """
    found = {name: _version(name) for name in SOFTWARE}
    return found | {"her2ctdna": __version__, "python": platform.python_version()}


def describe_file(path: str | Path) -> FileRecord:
    """Return the SHA-256 and the size of a file."""
    return {"sha256": file_sha256(path), "bytes": Path(path).stat().st_size}


def describe_output(path: str | Path, folder: str | Path) -> OutputRecord:
    """Return the same of a file below ``folder``, with its path from there."""
    return {"path": _below(path, folder), **describe_file(path)}


def file_sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with Path(path).open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def workflow_digest(root: str | Path) -> str:
    """Return a digest of all that is code: the package and the workflow at ``root``.

    Names count as well as contents, relative to the package and to ``root`` (the
    folder of the Snakefile), so the digest is the same in every folder.
    """
    root = Path(root)
    sources = {
        f"her2ctdna/{path.relative_to(_PACKAGE).as_posix()}": path
        for path in _PACKAGE.rglob("*")
    }
    sources |= {
        path.relative_to(root).as_posix(): path
        for path in [root / "Snakefile", *(root / "workflow").rglob("*")]
    }
    digest = sha256()
    for name, path in sorted(sources.items()):
        if path.is_file() and (path.suffix in _SOURCES or path.name == "Snakefile"):
            digest.update(f"{name}\0".encode())
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _input_records(
    files: Iterable[str], tables: Mapping[str, str | Sequence[str]]
) -> list[InputRecord]:
    """Return a record per file; one that no key names is named by the samples sheet."""
    named = {
        (table, str(path))
        for table, given in tables.items()
        for path in ([given] if isinstance(given, str) else given)
    }
    paths = {path for _, path in named}
    rows = named | {("samples", str(path)) for path in files if str(path) not in paths}
    return [
        {"table": table, "path": path, **describe_file(path)}
        for table, path in sorted(rows)
    ]


def _below(path: str | Path, folder: str | Path) -> str:
    return Path(path).relative_to(folder).as_posix()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return NOT_INSTALLED
