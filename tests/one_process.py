"""Snakemake and the scripts of its jobs in this process, where all is imported once.

Rules, jobs, their order and the command line are Snakemake's own; only what a job would
start a new Python for is run here.
"""

import contextlib
import gc
import io
import os
import runpy
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from subprocess import CalledProcessError
from unittest.mock import patch

from snakemake import cli
from snakemake.script import PythonScript

ROOT = Path(__file__).parents[1]


def run_here(*arguments: str) -> tuple[int, str]:
    """Call Snakemake on this repository; return its exit status and what it printed.

    A script that fails ends its job as it does elsewhere: what it says last, or its
    traceback, is among what was printed. The environment, the search path and the
    working directory are left as they were.
    """
    # a solver would be started anew to choose each job
    command = ["--snakefile", str(ROOT / "Snakefile"), "--scheduler", "greedy"]
    printed = io.StringIO()
    with (
        patch.dict(os.environ),
        patch.object(PythonScript, "execute_script", _run_script),
        contextlib.chdir(ROOT),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        code = _call([*command, *arguments, "--cores", "1"])
    return code, printed.getvalue()


def _call(arguments: Sequence[str]) -> int:
    with warnings.catch_warnings():
        # of Snakemake: it leaves what it opens to the garbage collector
        warnings.filterwarnings("ignore", category=ResourceWarning)
        warnings.filterwarnings("ignore", category=PendingDeprecationWarning)
        try:
            cli.main(list(arguments))
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
                return 1
            return int(end.code or 0)
        finally:
            gc.collect()
    raise AssertionError("Snakemake ends by an exit")


def _run_script(_: PythonScript, path: str, edit: bool = False) -> None:
    """Run a script with its preamble, which adds all of the search path to its end."""
    try:
        with patch.object(sys, "path", [*sys.path]):
            runpy.run_path(path)
    except SystemExit as refusal:
        if isinstance(refusal.code, str):
            print(refusal.code, file=sys.stderr)
        raise CalledProcessError(1, path) from refusal
    except Exception as failure:
        traceback.print_exc()
        raise CalledProcessError(1, path) from failure


if __name__ == "__main__":
    code, output = run_here(*sys.argv[1:])
    print(output)
    sys.exit(code)
