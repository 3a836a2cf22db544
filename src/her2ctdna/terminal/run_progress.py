"""Which steps of a run are done, which run now, and when it will be through."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from her2ctdna.terminal.step_lines import (
    describe_running,
    describe_step,
    label_step,
    show_progress,
)
from her2ctdna.terminal.time_left import estimate_left


@dataclass(frozen=True)
class Step:
    """A step that runs."""

    rule: str
    wildcards: Mapping[str, str]
    log: Path | None
    files: tuple[Path, ...]
    """What it reads and makes."""
    prints: bool
    """Whether it prints to the terminal itself, which its line would follow."""

    @property
    def label(self) -> str:
        """Return its name for the terminal."""
        return label_step(self.rule, self.wildcards)


@dataclass
class RunProgress:
    """The steps of a run, told by what happens to them, each at its time in seconds."""

    begun: float
    total: int = 0
    done: int = 0
    waiting: Counter[str] = field(default_factory=Counter)
    taken: dict[str, list[float]] = field(default_factory=dict)
    running: dict[int, Step] = field(default_factory=dict)
    begun_steps: dict[int, float] = field(default_factory=dict)
    first: float = inf
    """When the first step began."""

    def plan(self, counts: Mapping[str, int]) -> None:
        """Take the number of steps of each rule, and of all as ``total``."""
        self.total = counts["total"]
        self.waiting = Counter(counts)
        del self.waiting["total"]

    def start(self, number: int, step: Step, now: float) -> None:
        """Take a step that begins."""
        self.running[number] = step
        self.begun_steps[number] = now
        self.waiting[step.rule] -= 1
        self.first = min(self.first, now)

    def stop(self, number: int) -> Step | None:
        """Take a step that failed and return it, if it had begun."""
        self.begun_steps.pop(number, None)
        return self.running.pop(number, None)

    def finish(self, number: int, now: float, *, width: int) -> list[str]:
        """Take a step that is finished, and return its lines."""
        seconds = now - self.begun_steps[number]
        step = self.running[number]
        self.stop(number)
        self.done += 1
        self.taken.setdefault(step.rule, []).append(seconds)
        if step.prints:
            return []
        return describe_step(
            step.label,
            seconds,
            done=self.done,
            total=self.total,
            progress=self._progress(now),
            width=width,
        )

    def now_running(self, now: float, *, width: int) -> str:
        """Return a line of what runs now; none while a step prints by itself."""
        steps = self.running.values()
        if not steps or any(step.prints for step in steps):
            return ""
        labels = [step.label for step in steps]
        return describe_running(labels, self._progress(now), width=width)

    def _progress(self, now: float) -> str:
        running = [
            (step.rule, now - self.begun_steps[number])
            for number, step in self.running.items()
        ]
        left = estimate_left(
            +self.waiting, running, self.taken, elapsed=now - self.first
        )
        return show_progress(now - self.begun, left)
