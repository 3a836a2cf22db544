"""What a failed step, a refusal and a locked folder say, and to whom it matters."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from her2ctdna.logs import find_refusal


def describe_failure(label: str, log: str, text: str, said: str) -> str:
    """Return what a failed step has to say.

    Where inputs or statistics were refused, the words of the refusal alone; else the
    step, the path of its log and what stands there.

    Parameters
    ----------
    label
        The step.
    log
        The path of its log.
    text
        What the log holds.
    said
        What Snakemake says of the failure, told where the log is empty.
    """
    refusal = find_refusal(text)
    if refusal:
        return refusal
    if not text.strip():
        return f"{label} failed and left nothing in {log}\n{said}".rstrip()
    return f"{label} failed; {log} has\n{text.rstrip()}"


def read_log(log: Path | None) -> str:
    """Return what a log holds; nothing if there is none."""
    if log is None or not log.is_file():
        return ""
    return log.read_text(encoding="utf-8", errors="replace")


def describe_lock(folder: Path, arguments: Sequence[str]) -> str:
    """Return how to free a folder that an earlier run left locked.

    Parameters
    ----------
    folder
        Where the run would have worked.
    arguments
        The command line of the run.
    """
    program = [arguments[0]]
    if Path(arguments[0]).name == "__main__.py":
        program = ["python", "-m", "snakemake"]
    unlock = shlex.join([*program, "--unlock", *arguments[1:]])
    return (
        f"{folder} is locked: another run works there, or was killed.\n"
        f"If none does, free it, then give the same command again:\n  {unlock}"
    )


def describe_undecoded(folder: Path, arguments: Sequence[str]) -> str:
    """Return which config is not UTF-8, and where; empty if all are.

    Snakemake reads them before the workflow can check them.

    Parameters
    ----------
    folder
        Where the run works, with its ``config/config.yaml`` if it has one.
    arguments
        The command line of the run.
    """
    named = [part for part in arguments if part.endswith((".yaml", ".yml", ".json"))]
    told = []
    for name in dict.fromkeys([*named, "config/config.yaml"]):
        path = folder / name
        if not path.is_file():
            continue
        content = path.read_bytes()
        try:
            content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            told.append(
                f"{name}, line {line}: is not UTF-8 (byte 0x{content[error.start]:02X})"
                "; save it as UTF-8"
            )
    return "\n".join(told)
