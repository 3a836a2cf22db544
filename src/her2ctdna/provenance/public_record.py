"""What of the record of a run may be told to anyone.

Inputs are known by key, number and SHA-256, never by the name of a file, which may be
a patient's. Left out of the config are paths, the data cut-off (with the days to
censoring it gives away the date of a first dose) and IHC cells as they were written.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NotRequired, TypedDict

from her2ctdna.provenance.run_record import InputRecord, RunRecord

PRIVATE = frozenset(
    {
        "inputs",
        "values",
        "study.data_cutoff",
        "study.reference",
        "definitions.her2.recode",
    }
)
"""Keys of the config that hold paths, a date, or cells of a patient."""


class Author(TypedDict):
    """An author of the workflow."""

    name: str


Citation = TypedDict(
    "Citation",
    {
        "title": str,
        "version": str,
        "license": str,
        "authors": list[Author],
        "date-released": NotRequired[str],
    },
)
"""What is read of CITATION.cff."""


def inputs_by_key(
    record: RunRecord,
) -> dict[str, list[InputRecord]]:
    """Return the inputs by the key that names them, ordered by their SHA-256.

    A file that a sheet names, such as a VCF, is one of ``<sheet>_files``.
    """
    config = record["config"]
    found: dict[str, list[InputRecord]] = {}
    for file in sorted(record["inputs"], key=lambda file: str(file["sha256"])):
        key = f"{file['table']}_files"
        if _names_file(config["inputs"].get(file["table"]), file["path"]):
            key = file["table"]
        elif file["path"] == config["study"].get("reference"):
            key = "reference"
        elif file["table"] == "registry":
            key = "registry"
        found.setdefault(key, []).append(file)
    return found


def _names_file(given: object, path: str) -> bool:
    """Tell whether an input is a file, or a sheet of it, named behind ``#``."""
    if not isinstance(given, str):
        return False
    return given == path or str(Path(given)).startswith(f"{Path(path)}#")


def flat_config(
    value: object, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, object]]:
    """Yield the leaves of the config with their dotted keys, in order of the keys."""
    # what an analysis changes is as private as what it changes
    place = ("definitions", *path[2:]) if path[:1] == ("analyses",) else path
    if ".".join(place) in PRIVATE:
        return
    if isinstance(value, Mapping) and value:
        for name, part in sorted(value.items()):
            yield from flat_config(part, (*path, str(name)))
    else:
        yield ".".join(path), value


def hash_uri(sha256: str) -> str:
    """Return the name of a content by RFC 6920: equal wherever the content is."""
    digest = urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"


def publication_date(citation: "Citation", epoch: str | None) -> str:
    """Return the date that the crate is published under.

    It is that of ``SOURCE_DATE_EPOCH`` (seconds since 1970, in UTC), where whoever
    publishes the results sets it; else the release of the workflow that made them. The
    clock would make two equal runs differ, and the data cut-off is no date to publish.

    Raises
    ------
    ValueError
        If ``epoch`` is no number of seconds.
    """
    if not epoch:
        return str(citation["date-released"])
    if not epoch.isdecimal():
        raise ValueError(f"SOURCE_DATE_EPOCH is {epoch!r}; give seconds since 1970")
    return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
