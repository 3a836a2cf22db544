"""The workflow as a module of another, twice, and as a part of another."""

import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml

from her2ctdna.tables import read_table

SCORES = {"early": "0", "late": "1+"}
"""The HER2 score of the one patient of each study."""

PREFIXES = ("first", "second")

MODULES = """
configfile: "studies.yaml"

module early:
    snakefile: "{root}/Snakefile"
    config: config["early"]
    prefix: "first"

use rule * from early as early_*

module late:
    snakefile: "{root}/Snakefile"
    config: config["late"]
    prefix: "second"

use rule * from late as late_*

rule both:
    default_target: True
    input: rules.early_all.input, rules.late_all.input
"""

PART = """
configfile: "study.yaml"

include: "{root}/Snakefile"

rule count_lines:
    default_target: True
    input: "results/primary/her2_status.tsv"
    output: "lines.txt"
    shell: "wc -l < {{input}} > {{output}}"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, root):
    """Two workflows that use this one, with two studies of one patient."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name, score in SCORES.items():
        study = folder / name
        study.mkdir()
        shutil.copy(root / "tests/vcf/shifted_indels.vcf", study / "calls.vcf")
        write(study / "patients.tsv", "patient_id treated", "P1 yes")
        write(
            study / "her2.tsv",
            "patient_id specimen_id collected_day specimen reader ihc ish",
            f"P1 B1 -9 primary central {score} negative",
        )
        write(
            study / "samples.tsv",
            "sample_id patient_id collected_day timepoint calls",
            "S1 P1 0 C1D1 calls.vcf",
        )
    studies = {name: config_of(name, "samples") for name in SCORES}
    (folder / "studies.yaml").write_text(yaml.safe_dump(studies))
    (folder / "study.yaml").write_text(yaml.safe_dump(config_of("late")))
    (folder / "Modules").write_text(MODULES.format(root=root))
    (folder / "Part").write_text(PART.format(root=root))
    return folder


def write(path, *rows):
    path.write_text("".join(row.replace(" ", "\t") + "\n" for row in rows))


def config_of(name, *others):
    tables = ("patients", "her2", *others)
    inputs = {table: f"{name}/{table}.tsv" for table in tables}
    return {"inputs": inputs, "analyses": {"primary": {}}}


def run_in(folder, snakefile, *arguments):
    command = [sys.executable, "-m", "snakemake", "--snakefile", snakefile]
    return subprocess.run(
        [*command, "--cores", "2", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def run(folder):
    """The HER2 status of both studies, through their modules."""
    targets = [f"{part}/results/primary/her2_status.tsv" for part in PREFIXES]
    return run_in(folder, "Modules", *targets)


def test_two_modules_give_each_study_its_own_results(run, folder):
    assert run.returncode == 0, run.stdout
    tables = [
        read_table(folder / part / "results/primary/her2_status.tsv")
        for part in PREFIXES
    ]
    assert [table["her2_group"].item() for table in tables] == ["zero", "low"]


def test_results_and_logs_stand_below_the_prefix(run, folder):
    assert not (folder / "results").exists()
    assert not (folder / "logs").exists()
    assert (folder / "second/logs/check_inputs.log").exists()


def test_modules_reach_to_the_provenance_of_each_study(run, folder):
    plan = run_in(folder, "Modules", "--dry-run")
    assert plan.returncode == 0, plan.stdout
    rules = set(re.findall(r"^rule (\w+):$", plan.stdout, re.MULTILINE))
    for name in SCORES:
        assert {f"{name}_derive_ctdna", f"{name}_write_provenance"} <= rules
        # what is there is not made again
        assert not {f"{name}_derive_her2", f"{name}_read_variants"} & rules


def test_results_of_modules_have_their_captions_in_a_report(run, folder):
    targets = [f"{part}/results/primary/her2_status.tsv" for part in PREFIXES]
    report = run_in(folder, "Modules", "--report", "report.zip", *targets)
    assert report.returncode == 0, report.stdout
    with zipfile.ZipFile(folder / "report.zip") as packed:
        page = packed.read("report/report.html").decode()
    start = page.index("var results = {") + len("var results = ")
    shown, _ = json.JSONDecoder().raw_decode(page, start)
    assert all(len(shown[target]["caption"]) > 100 for target in targets)


def test_a_wrong_key_of_one_module_is_named(folder):
    studies = yaml.safe_load((folder / "studies.yaml").read_text())
    studies["late"]["definitions"] = {"her2": {"zeroo": []}}
    (folder / "wrong.yaml").write_text(yaml.safe_dump(studies))
    plan = run_in(folder, "Modules", "--dry-run", "--configfile", "wrong.yaml")
    assert plan.returncode != 0
    assert "definitions.her2.zeroo: unknown key; did you mean zero?" in plan.stdout


def test_as_a_part_the_config_of_the_whole_is_that_of_the_study(folder):
    made = run_in(folder, "Part")
    assert made.returncode == 0, made.stdout
    table = read_table(folder / "results/primary/her2_status.tsv")
    assert table["her2_group"].item() == "low"
    assert (folder / "lines.txt").read_text().strip() == "2"
