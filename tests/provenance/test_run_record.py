"""The provenance of a run of two inputs, one VCF and two outputs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from her2ctdna import __version__
from her2ctdna.provenance.run_record import (
    SOFTWARE,
    file_sha256,
    provenance_record,
    software_versions,
    workflow_digest,
    write_record,
)

# sha256sum of the bytes "abc", FIPS 180-2
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return make_record(tmp_path, monkeypatch)


def make_record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(folder)
    for name in ("samples.tsv", "patients.tsv", "calls/b.vcf", "results/primary/a.svg"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"abc")
    Path("results/flow.tsv").write_bytes(b"")
    return provenance_record(
        inputs=["patients.tsv", "samples.tsv", "calls/b.vcf"],
        outputs=["results/primary/a.svg", "results/flow.tsv"],
        tables={"samples": "samples.tsv", "patients": "patients.tsv"},
        folder="results",
        config={"study": {"id": "S1"}},
        code="c0de",
    )


def test_inputs_are_recorded_by_table_and_path(record: dict[str, Any]) -> None:
    assert record["inputs"] == [
        {"table": table, "path": path, "sha256": ABC, "bytes": 3}
        for table, path in (
            ("patients", "patients.tsv"),
            ("samples", "calls/b.vcf"),
            ("samples", "samples.tsv"),
        )
    ]


def test_outputs_are_recorded_relative_to_the_results(record: dict[str, Any]) -> None:
    assert [output["path"] for output in record["outputs"]] == [
        "flow.tsv",
        "primary/a.svg",
    ]
    assert record["outputs"][1]["sha256"] == ABC


def test_config_and_code_are_recorded_as_they_were(record: dict[str, Any]) -> None:
    assert record["config"] == {"study": {"id": "S1"}}
    assert record["code_digest"] == "c0de"
    assert set(record) == {"code_digest", "config", "inputs", "outputs", "versions"}


def test_versions_name_all_that_can_change_a_number() -> None:
    versions = software_versions()
    assert set(versions) == {*SOFTWARE, "her2ctdna", "python"}
    assert versions["her2ctdna"] == __version__
    assert "not installed" not in versions.values()


def test_record_is_the_same_in_every_folder(
    record: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    again = make_record(elsewhere, monkeypatch)
    for path, made in ((tmp_path / "1.json", record), (tmp_path / "2.json", again)):
        write_record(path, dict(reversed(made.items())))
    text = (tmp_path / "1.json").read_text(encoding="utf-8")
    assert text == (tmp_path / "2.json").read_text(encoding="utf-8")
    assert json.loads(text) == record
    assert str(tmp_path) not in text


def test_text_of_the_config_stays_readable(tmp_path: Path) -> None:
    write_record(tmp_path / "p.json", {"b": "乳腺癌", "a": 1})
    text = (tmp_path / "p.json").read_text(encoding="utf-8")
    assert text == '{\n  "a": 1,\n  "b": "乳腺癌"\n}\n'


def test_digest_of_the_workflow_follows_names_and_contents(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        root = tmp_path / name
        (root / "workflow/rules").mkdir(parents=True)
        (root / "Snakefile").write_text("rule all:\n")
        (root / "workflow/rules/a.smk").write_text("rule a:\n")
        digests.append(workflow_digest(root))
    assert digests[0] == digests[1]
    (root / "workflow/rules/notes.txt").write_text("not code")
    assert workflow_digest(root) == digests[0]
    (root / "workflow/rules/a.smk").rename(root / "workflow/rules/b.smk")
    renamed = workflow_digest(root)
    (root / "Snakefile").write_text("rule all: \n")
    edited = workflow_digest(root)
    assert len({digests[0], renamed, edited}) == 3
    shutil.rmtree(root / "workflow")
    assert workflow_digest(root) not in {digests[0], renamed, edited}


def test_digest_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert file_sha256(tmp_path / "abc") == ABC
