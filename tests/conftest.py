"""What all tests share: where the repository and the real data are."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# As in each job of Snakemake: on matrices this small threads only take time. It must be
# set before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pandas as pd
import pytest
import yaml
from one_process import run_here

from her2ctdna.tables import read_table

ROOT = Path(__file__).parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        pytest.skip(f"needs the real data in {REAL_DATA}")
    return REAL_DATA


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of what the workflow needs, whose package its jobs import."""
    copy = tmp_path / "repository"
    copy.mkdir()
    for name in ("config", "workflow", "profiles", "envs", "src"):
        shutil.copytree(ROOT / name, copy / name)
    for name in ("Snakefile", "CITATION.cff"):
        shutil.copy(ROOT / name, copy / name)
    monkeypatch.setenv("PYTHONPATH", str(copy / "src"))
    return copy


@pytest.fixture
def defaults() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    path = ROOT / "workflow" / "schemas" / "config.schema.yaml"
    return yaml.safe_load(path.read_text())


@dataclass(frozen=True)
class Run:
    """A finished run of the workflow."""

    folder: Path
    code: int
    output: str

    def table(self, name: str) -> pd.DataFrame:
        return read_table(self.folder / "results" / name)


def run_snakemake(folder: Path, *arguments: str, config: Any = None) -> Run:
    """Run the workflow in a folder of its own, with a config laid over the default.

    In this process, see `one_process`: to start a Python for each job takes most of the
    time of a small study.
    """
    code, output = run_here(*_named(folder, config), *arguments)
    return Run(folder, code, output)


def spawn_snakemake(
    folder: Path, *arguments: str, config: Any = None, root: Path = ROOT
) -> Run:
    """Run it as users do: a process for Snakemake, and one for each job."""
    command = [sys.executable, "-m", "snakemake", *_named(folder, config)]
    finished = subprocess.run(
        [*command, "--cores", "2", *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(folder, finished.returncode, finished.stdout)


def _named(folder: Path, config: Any) -> list[str]:
    if config is None:
        return ["--directory", str(folder)]
    study = folder / "study.yaml"
    study.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return ["--configfile", str(study), "--directory", str(folder)]


@pytest.fixture(scope="session")
def snakemake_in() -> Callable[..., Run]:
    return run_snakemake


@pytest.fixture(scope="session")
def snakemake_spawned() -> Callable[..., Run]:
    return spawn_snakemake


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep the other processes that run tests out until this one is through."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the whole demo study, once for all tests of all processes.

    What `make run` left in the repository is taken if Snakemake, which knows the
    code, the settings and the inputs of each file, finds nothing to do there.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, log = shared / "demo", shared / "demo.log"
    with alone(shared / "demo.lock"):
        if not log.exists():
            start_study(folder)
            run = spawn_snakemake(folder)
            assert run.code == 0, run.output
            log.write_text(run.output)
    return Run(folder, 0, log.read_text())


def start_study(folder: Path) -> None:
    """Copy the demo study, and what the repository has of its results, if current."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("demo", "registry"):
        shutil.copytree(ROOT / "config" / name, folder / "config" / name)
    has_results = (ROOT / "results" / "provenance.json").exists()
    if (
        has_results
        and "Nothing to be done" in spawn_snakemake(ROOT, "--dry-run").output
    ):
        tracked = shutil.ignore_patterns("README.md")
        for name in ("results", "logs", ".snakemake/metadata"):
            shutil.copytree(ROOT / name, folder / name, ignore=tracked)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that run the workflow: they take longest."""
    runs = {"demo", "snakemake_in", "snakemake_spawned"}
    slow = {item.path for item in items if runs & set(item.fixturenames)}
    items.sort(key=lambda item: item.path not in slow)
