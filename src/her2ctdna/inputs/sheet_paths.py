"""The path of a sheet: a file, and behind ``#`` the name of a sheet of a workbook."""

from pathlib import Path


def file_of(path: str | Path) -> Path:
    """Return the file of a sheet, without the sheet that is named behind ``#``."""
    return split_path(path)[0]


def split_path(path: str | Path) -> tuple[Path, str | None]:
    """Return the file and the sheet named behind ``#``, ``None`` where none is.

    Names of files may hold ``#`` too: what exists counts. A path of which no part
    exists is returned whole.
    """
    text = str(path)
    if Path(text).is_file():
        return Path(text), None
    for place, letter in enumerate(text):
        if letter == "#" and Path(text[:place]).is_file():
            return Path(text[:place]), text[place + 1 :]
    return Path(text), None
