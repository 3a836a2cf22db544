"""Snakemake and the scripts of its jobs in this process, where all is imported once.

Rules, jobs and their order are Snakemake's own; only what a job would start a new
Python for is run here.
"""

import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from snakemake.api import SnakemakeApi
from snakemake.exceptions import WorkflowError
from snakemake.scheduling.greedy import SchedulerSettings
from snakemake.script import PythonScript
from snakemake.settings.enums import Quietness
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    OutputSettings,
    ResourceSettings,
    SchedulingSettings,
)

ROOT = Path(__file__).parents[1]


def run_here(folder: Path, *targets: str, config: dict[str, Any]) -> str:
    """Run the workflow in a folder; return why it refused to go on, if it did.

    An exception of a job is raised as it was. The environment, the search path and the
    working directory are left as they were.
    """
    study = folder / "study.yaml"
    study.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    refusals: list[str] = []
    failures: list[Exception] = []
    with (
        patch.dict(os.environ),
        patch.object(PythonScript, "execute_script", _runner(refusals, failures)),
        SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api,
    ):
        dag = api.workflow(
            ResourceSettings(cores=1),
            ConfigSettings(configfiles=[study]),
            snakefile=ROOT / "Snakefile",
            workdir=folder,
        ).dag(DAGSettings(targets=set(targets)))
        try:
            # a solver would be started anew to choose each job
            dag.execute_workflow(
                scheduling_settings=SchedulingSettings(scheduler="greedy"),
                scheduler_settings=SchedulerSettings(),
            )
        except WorkflowError:
            if failures:
                raise failures[0] from None
            if not refusals:
                raise
    return "\n".join(refusals)


def _runner(refusals: list[str], failures: list[Exception]) -> Callable[..., None]:
    """Return what runs a script with its preamble, and keeps how it ended."""

    def run(_: PythonScript, path: str, edit: bool = False) -> None:
        try:
            # the preamble of each script adds all of the search path to its end
            with patch.object(sys, "path", [*sys.path]):
                runpy.run_path(path)
        except SystemExit as refusal:
            refusals.append(str(refusal.code))
            raise WorkflowError(refusal.code) from refusal
        except Exception as failure:
            failures.append(failure)
            raise

    return run
