"""The last lines of a run, gathered while it goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from her2ctdna.terminal.failed_steps import describe_failure, read_log
from her2ctdna.terminal.reports_made import describe_report, find_reports, show_path
from her2ctdna.terminal.run_progress import Step

INTERRUPTED = "Interrupted. The same command goes on where this run stopped."
_BY_STATUS = "CalledProcessError"
"""Of a script Snakemake knows that it failed, by its exit status; its log knows why."""


@dataclass
class Ending:
    """What there is to say at the end of a run; paths are as seen from ``folder``."""

    folder: Path
    table: str = ""
    interrupted: bool = False
    errors: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    reports: dict[Path, None] = field(default_factory=dict)

    def add_reports(self, files: Iterable[Path]) -> None:
        """Take those files of a finished step that are reports."""
        self.reports.update(dict.fromkeys(find_reports(files)))

    def add_failure(self, step: Step) -> None:
        """Take a failed step, with the errors told of it before, which it replaces."""
        said = [error for error in self.errors if _BY_STATUS in error]
        self.errors = [error for error in self.errors if _BY_STATUS not in error]
        log = show_path(step.log, self.folder) if step.log else "a log"
        text = read_log(step.log)
        told = describe_failure(step.label, log, text, "\n".join(said))
        (self.failures if text.strip() else self.errors).append(told)

    def lines(self) -> list[str]:
        """Return the last lines: errors alone, else what came of the run.

        Steps that an interruption ended have nothing in their logs and are not told.
        """
        lines = ["", self.table, "A dry run: nothing was done."] if self.table else []
        if self.interrupted:
            return [*lines, *self.failures, INTERRUPTED]
        if self.failures or self.errors:
            return [*lines, *self.failures, *self.errors]
        return lines + [describe_report(path, self.folder) for path in self.reports]
