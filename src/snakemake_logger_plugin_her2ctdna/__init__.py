"""What Snakemake tells of a run, as lines that people read (``--logger her2ctdna``).

The lines are of `her2ctdna.terminal`; here each event of Snakemake finds its own.
Errors come last. Who asks for more (``--verbose``, ``--printshellcmds``,
``--debug-dag``) has Snakemake's own lines.
"""

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from her2ctdna.logs import SHOWN
from her2ctdna.terminal.ending import Ending
from her2ctdna.terminal.failed_steps import describe_lock, describe_undecoded
from her2ctdna.terminal.reasons import describe_planned
from her2ctdna.terminal.run_progress import RunProgress, Step
from her2ctdna.terminal.screen import Screen
from her2ctdna.terminal.step_lines import label_step
from her2ctdna.wording import count_of

_UNSAID = (
    "Assuming unrestricted shared filesystem",
    "Building DAG of jobs",
    "Complete log",
    "Conda environments: ignored",
    "Elapsed time:",
    "Exiting because a job execution failed",
    "Reasons:",
    "Rules with provenance triggered jobs:",
    "Select jobs to execute",
    "Shutting down",
    "Some jobs were triggered by provenance",
    "This was a dry-run",
    "Using shell:",
    "WorkflowError:\nAt least one job did not complete",
)
"""How messages of Snakemake begin that say nothing beside our lines."""

_ENDED_BY_USER = (
    "Cancelling snakemake on user request",
    "Terminating processes on user request",
    "Will exit after finishing",
)

_WITHOUT_STEPS = {Quietness.ALL, Quietness.RULES, Quietness.PROGRESS}


class LogHandler(LogHandlerBase):
    """Writes a line a step, and last what went wrong or which reports there are."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Take what the command line asks for."""
        asked = self.common_settings
        stream = sys.stdout if asked.stdout else sys.stderr
        detailed = asked.verbose or asked.printshellcmds or asked.debug_dag
        self._own = _own_lines(asked, stream) if detailed else None
        self._quiet = set(asked.quiet or ())
        self._lists_steps = not self._quiet & _WITHOUT_STEPS
        self._progress = RunProgress(begun=time.monotonic())
        assert self.lock  # which `logging` gives each handler
        self._screen = Screen(stream, self._now_running, self.lock)
        self._cores = 0
        self._ending = Ending(Path.cwd())
        if not detailed:
            os.environ[SHOWN] = str(os.getpid())

    def emit(self, record: logging.LogRecord) -> None:
        """Write what an event comes to, if anything."""
        events = {
            None: self._say,
            LogEvent.ERROR: self._say,
            LogEvent.RESOURCES_INFO: self._take_cores,
            LogEvent.RUN_INFO: self._plan,
            LogEvent.JOB_INFO: self._take_step,
            LogEvent.JOB_FINISHED: self._finish_step,
            LogEvent.PROGRESS: self._take_total,
            LogEvent.JOB_ERROR: self._fail_step,
        }
        event = getattr(record, "event", None)
        try:
            if self._own:
                self._own.handle(record)
            elif event in events:
                events[event](record)
        except Exception:  # or all that follows would not be told
            self.handleError(record)

    def close(self) -> None:
        """Write what comes last; Snakemake calls this more than once."""
        self._screen.end()
        self._screen.write(self._ending.lines())
        self._ending = Ending(self._ending.folder)
        os.environ.pop(SHOWN, None)
        super().close()

    def _say(self, record: Any) -> None:
        text = record.getMessage().strip("\n")
        if text.startswith(_ENDED_BY_USER):
            self._ending.interrupted = True
        elif text.startswith(_UNSAID):
            return
        elif getattr(record, "exception", "") == "LockException":
            self._ending.errors.append(describe_lock(Path.cwd(), sys.argv))
        elif record.levelno >= logging.ERROR:
            undecoded = ""
            if "UnicodeDecodeError" in text:
                undecoded = describe_undecoded(Path.cwd(), sys.argv)
            self._ending.errors.append(undecoded or text)
        elif Quietness.ALL not in self._quiet:
            self._screen.write([text])

    def _take_cores(self, record: Any) -> None:
        self._cores = getattr(record, "cores", self._cores)

    def _plan(self, record: Any) -> None:
        if self.common_settings.dryrun:
            self._ending.table = record.getMessage().rstrip()
            return
        self._progress.plan(record.stats)
        on = f" on {count_of(self._cores, 'core')}" if self._cores else ""
        self._list([count_of(self._progress.total, "step") + on])

    def _take_step(self, record: Any) -> None:
        if self.common_settings.dryrun:
            label = label_step(record.rule_name, record.wildcards)
            reason = "" if Quietness.REASON in self._quiet else record.reason
            self._list(describe_planned(label, reason, width=self._screen.width))
            return
        self._progress.start(record.jobid, _step_of(record), time.monotonic())

    def _take_total(self, record: Any) -> None:
        self._progress.total = record.total

    def _finish_step(self, record: Any) -> None:
        step = self._progress.running[record.job_id]
        self._ending.add_reports(step.files)
        width = self._screen.width
        lines = self._progress.finish(record.job_id, time.monotonic(), width=width)
        self._list(lines)

    def _fail_step(self, record: Any) -> None:
        step = self._progress.stop(record.jobid) or _step_of(record)
        self._ending.add_failure(step)

    def _list(self, lines: list[str]) -> None:
        if self._lists_steps:
            self._screen.write(lines)

    def _now_running(self) -> str:
        if not self._lists_steps:
            return ""
        width = self._screen.width
        return self._progress.now_running(time.monotonic(), width=width)


def _own_lines(asked: Any, stream: TextIO) -> logging.Handler:
    """Return what writes Snakemake's own lines, as without this plugin."""
    handler: logging.Handler = ColorizingTextHandler(
        nocolor=asked.nocolor, stream=stream
    )
    handler.setFormatter(DefaultFormatter(asked.quiet, asked.show_failed_logs))
    handler.addFilter(
        DefaultFilter(
            asked.quiet,
            asked.debug_dag,
            asked.verbose,
            asked.dryrun,
            asked.printshellcmds,
        )
    )
    return handler


def _step_of(record: Any) -> Step:
    """Return the step that an event is about, with paths as seen from anywhere."""
    folder = Path.cwd()
    log = folder / record.log[0] if record.log else None
    files = tuple(folder / name for name in (*record.input, *record.output))
    wildcards = getattr(record, "wildcards", {})
    prints = bool(log) and not record.output
    return Step(record.rule_name, wildcards, log, files, prints)
