"""What all tests share: where the repository and the real data are."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

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


def run_snakemake(
    folder: Path, *arguments: str, config: Any = None, root: Path = ROOT
) -> Run:
    """Run the workflow in a folder of its own, with a config laid over the default."""
    command = [sys.executable, "-m", "snakemake"]
    if config is not None:
        study = folder / "study.yaml"
        study.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        command += ["--configfile", str(study)]
    command += ["--directory", str(folder), "--cores", "2"]
    finished = subprocess.run(
        [*command, *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(folder, finished.returncode, finished.stdout)


@pytest.fixture(scope="session")
def snakemake_in() -> Callable[..., Run]:
    return run_snakemake


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the whole demo study, once for all tests."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(ROOT / "config" / "demo", folder / "config" / "demo")
    run = run_snakemake(folder)
    assert run.code == 0, run.output
    return run
