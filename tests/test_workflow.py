"""The whole workflow on the demo study, once; what is rerun; what is the same."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from small_studies import STUDIES

from her2ctdna.report.printing import find_browser
from her2ctdna.settings.catalogue import FIGURES, FILES, files_of, tables_of

ANALYSES = ["primary", "unconfirmed", "metastasis"]
OF_OTHERS = "tables/supplied.tsv"
"""What the demo does not have: others have derived nothing of it."""


def jobs_of(output):
    """Return how often each rule would run, from the job table of a dry run."""
    table = output.split("Job stats:")[-1].split("Reasons:")[0]
    return {
        name: int(count) for name, count in re.findall(r"^(\w+) +(\d+)$", table, re.M)
    }


def test_every_file_of_every_analysis_is_there(demo, defaults):
    results = demo.folder / "results"
    assert {*files_of(defaults["inputs"]), OF_OTHERS} == set(FILES)
    for analysis in ANALYSES:
        for file in files_of(defaults["inputs"]):
            assert (results / analysis / file).stat().st_size > 0, file
        for file in tables_of(defaults["inputs"]):
            typed = (results / analysis / file).with_suffix(".parquet")
            assert typed.stat().st_size > 0, file
        for name, figure in FIGURES.items():
            for ending in figure.formats:
                path = results / analysis / "figures" / f"{name}.{ending}"
                assert path.stat().st_size > 0, path
    for file in ("cohort/findings.tsv", "cohort/flow.tsv", "ctdna/variants.parquet"):
        assert (results / file).stat().st_size > 0
    assert (results / "provenance.json").stat().st_size > 0


def test_a_second_run_has_nothing_to_do(demo, snakemake_in):
    run = snakemake_in(demo.folder)
    assert run.code == 0
    assert "Nothing to be done" in run.output


def test_a_response_threshold_reruns_only_what_depends_on_it(demo, snakemake_in):
    config = {"definitions": {"response": {"sd_min_days": 35}}}
    jobs = jobs_of(snakemake_in(demo.folder, "--dry-run", config=config).output)
    assert jobs["derive_endpoints"] == 3
    unaffected = {"check_inputs", "collect_findings", "read_variants"}
    unaffected |= {
        "collect_variants",
        "derive_her2",
        "derive_ctdna",
        "summarise_safety",
    }
    assert not unaffected & set(jobs)


def test_a_her2_setting_of_one_analysis_reruns_that_analysis_only(demo, snakemake_in):
    overlays = {
        "primary": {},
        "unconfirmed": {"response": {"confirmed": False}},
        "metastasis": {"her2": {"specimen": "primary_first"}},
    }
    run = snakemake_in(demo.folder, "--dry-run", config={"analyses": overlays})
    jobs = jobs_of(run.output)
    assert jobs["derive_her2"] == jobs["estimate_associations"] == 1
    # each page sets the headline results of all analyses side by side
    assert jobs["write_report"] == 3
    assert not {"derive_endpoints", "derive_ctdna", "derive_courses"} & set(jobs)


def test_another_group_reruns_what_counts_by_it_and_nothing_else(demo, snakemake_in):
    config = {"definitions": {"association": {"groups": ["prior_lines"]}}}
    jobs = jobs_of(snakemake_in(demo.folder, "--dry-run", config=config).output)
    assert set(jobs) - {"all", "total"} == {
        *["derive_flow", "collect_flow", "estimate_associations", "collect_tests"],
        *["plot_cohort", "plot_association", "write_definitions", "write_report"],
        *["estimate_milestones", "estimate_competing", "write_provenance"],
        *["write_parquet", "summarise_baseline"],
    } | ({"print_report"} if find_browser() else set())


@pytest.mark.parametrize(
    ("definitions", "first"),
    [
        ({"response": {"source": "lesions"}}, "derive_endpoints"),
        ({"ctdna": {"metric": "max_vaf"}}, "derive_ctdna"),
        ({"association": {"confidence": 0.9}}, "estimate_associations"),
    ],
)
def test_a_setting_that_fits_does_not_have_the_inputs_checked_again(
    demo, snakemake_in, definitions, first
):
    config = {"definitions": definitions}
    jobs = jobs_of(snakemake_in(demo.folder, "--dry-run", config=config).output)
    assert jobs[first] == 3
    assert not {"check_inputs", "collect_findings", "accept_inputs"} & set(jobs)
    assert "derive_her2" not in jobs


def test_an_edited_module_reruns_what_imports_it(repository, snakemake_spawned):
    target = "results/primary/her2_status.tsv"
    run = snakemake_spawned(repository, target, root=repository)
    assert run.code == 0, run.output
    edited = {"safety/safety_tables": set(), "her2/her2_status": {"derive_her2"}}
    for module, rerun in edited.items():
        path = repository / "src" / "her2ctdna" / f"{module}.py"
        path.write_text(path.read_text() + "\n# edited\n")
        run = snakemake_spawned(repository, target, "--dry-run", root=repository)
        assert set(jobs_of(run.output)) - {"total"} == rerun


def test_another_folder_time_zone_and_locale_give_the_same_bytes(root, tmp_path):
    places = {
        "here": {"PYTHONHASHSEED": "1"},
        "another place": {
            "TZ": "Asia/Shanghai",
            "LC_ALL": "C",
            "PYTHONHASHSEED": "7",
        },
    }
    for place, settings in places.items():
        folder = tmp_path / place
        folder.mkdir()
        config = STUDIES["everything"].write(folder)
        (folder / "study.yaml").write_text(yaml.safe_dump(config))
        run = [sys.executable, root / "tests" / "one_process.py"]
        run += ["--configfile", folder / "study.yaml", "--directory", folder]
        run += ["results/primary/report.html", "results/primary/ard.parquet"]
        run += ["exports"]
        subprocess.run(run, env=os.environ | settings, check=True)
    compared = 0
    drawn, told = (".svg", ".pdf", ".png"), (".tsv", ".html", ".parquet")
    for path in sorted((tmp_path / "here" / "results").rglob("*")):
        if path.suffix in (*drawn, *told, ".xpt", ".txt"):
            other = tmp_path / "another place" / path.relative_to(tmp_path / "here")
            assert path.read_bytes() == other.read_bytes(), path.name
            compared += 1
    assert compared > 140


def test_no_calendar_date_leaves_the_workflow(demo, root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    released = str(citation["date-released"])
    date = re.compile(r"\b(19|20)\d\d-[01]\d-[0-3]\d\b")
    for folder in ("results", "logs"):
        for path in (demo.folder / folder).rglob("*"):
            if path.suffix in (".tsv", ".svg", ".html", ".json", ".log", ".yaml"):
                text = path.read_text(encoding="utf-8")
                # a crate says when the software was released: no date of a patient
                text = text.replace(f'"datePublished": "{released}"', "")
                found = date.search(text)
                assert found is None, (path, found)


def test_confirmation_is_what_differs_in_the_unconfirmed_analysis(demo):
    confirmed = demo.table("primary/endpoints.tsv")
    unconfirmed = demo.table("unconfirmed/endpoints.tsv")
    pd.testing.assert_series_equal(confirmed["bor"], unconfirmed["bor"])
    responders = [
        set(t.loc[t["responder"] == "yes", "patient_id"])
        for t in (confirmed, unconfirmed)
    ]
    assert responders[0] < responders[1]


def test_synthetic_data_are_stamped_everywhere(demo):
    for name, figure in FIGURES.items():
        if figure.is_paged:
            continue
        svg = demo.folder / "results" / "primary" / "figures" / f"{name}.svg"
        assert "synthetic" in svg.read_text(encoding="utf-8").lower(), name
    report = (demo.folder / "results/primary/report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" in report


def test_snakemake_report_holds_every_result_with_its_caption(demo, snakemake_in, root):
    archive = demo.folder / "report.zip"
    run = snakemake_in(demo.folder, "--report", str(archive))
    assert run.code == 0, run.output
    with zipfile.ZipFile(archive) as packed:
        page = packed.read("report/report.html").decode()
        start = page.index("var results = {") + len("var results = ")
        shown, _ = json.JSONDecoder().raw_decode(page, start)
        files = {
            path: packed.read(f"report/{entry['data_uri']}")
            for path, entry in shown.items()
        }
    expected = ["cohort/findings.tsv", "cohort/flow.tsv", "ctdna/variants.parquet"]
    expected += ["provenance.json", "ro-crate-metadata.json", "cohort/self_check.tsv"]
    for analysis in ANALYSES:
        expected += [f"{analysis}/{file}" for file in FILES if file != OF_OTHERS]
        expected += [
            f"{analysis}/figures/{name}.{figure.formats[0]}"
            for name, figure in FIGURES.items()
        ]
    assert sorted(shown) == sorted(f"results/{file}" for file in expected)
    for path, entry in shown.items():
        assert files[path] == (demo.folder / path).read_bytes(), path
        assert len(entry["caption"]) > 100, path
        assert "system-message" not in entry["caption"], path
        assert set(entry["labels"]) == {"item", "kind", "analysis"}, path
    assert os.fspath(demo.folder) not in page
    assert os.fspath(root) not in page


def test_provenance_lists_inputs_and_outputs_by_hash(demo):
    record = yaml.safe_load((demo.folder / "results/provenance.json").read_text())
    names = {Path(output["path"]).name for output in record["outputs"]}
    assert {"report.html", "patients.tsv", "waterfall.svg"} <= names
    assert len([i for i in record["inputs"] if i["path"].endswith(".vcf.gz")]) > 200
    assert os.fspath(demo.folder) not in str(record)
