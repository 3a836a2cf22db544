"""The reports of a run and their size, and folders of analyses that left the config."""

from collections.abc import Iterable
from pathlib import Path

REPORT = "report.html"


def find_reports(files: Iterable[Path]) -> list[Path]:
    """Return which of the files are reports and are there."""
    return [path for path in files if path.name == REPORT and path.is_file()]


def describe_report(report: Path, folder: Path) -> str:
    """Return the line that names a report, as seen from a folder, and its size."""
    size = show_size(report.stat().st_size)
    return f"The report: {show_path(report, folder)} ({size})"


def show_path(path: Path, folder: Path) -> str:
    """Return a path from a folder on if it is below, else as it is."""
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def show_size(number: float) -> str:
    """Return a number of bytes as people read it: ``6.9 MB``."""
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} GB"


def find_left(results: Path, analyses: Iterable[str]) -> list[Path]:
    """Return the folders of analyses that are no longer in the config."""
    known = set(analyses)
    made = sorted(path.parent for path in results.glob("*/definitions.yaml"))
    return [folder for folder in made if folder.name not in known]


def describe_left(folder: Path) -> str:
    """Return what is to be said of such a folder."""
    return f"{folder}: no longer in the config; delete it if it is not needed"
