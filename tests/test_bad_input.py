"""Everything wrong at once: one list, non-zero exit, no traceback, no analysis."""

import shutil

import pytest


@pytest.fixture(scope="module")
def refused(root, tmp_path_factory, snakemake_spawned):
    """A copy of the demo study with one mistake of every kind."""
    folder = tmp_path_factory.mktemp("bad")
    shutil.copytree(root / "config" / "demo", folder / "demo")
    edit(folder / "demo/her2.tsv", "\t1+\t", "\t4+\t")
    edit(folder / "demo/assessments.tsv", "TQB-002\t", "TQB-X02\t")
    edit(folder / "demo/ada.tsv", "sampled_date\tresult", "sampled_date\tresults")
    cut = next((folder / "demo" / "calls").glob("TQB-003-C2D1*"))
    cut.write_bytes(cut.read_bytes()[:-200])
    rows = (folder / "demo/patients.tsv").read_text().splitlines()
    cells = rows[4].split("\t")
    cells[1] = "2024-02-30"
    rows[4] = "\t".join(cells)
    (folder / "demo/patients.tsv").write_text("\n".join(rows) + "\n")
    names = ["patients", "her2", "samples", "assessments", "lesions", "ada"]
    config = {
        "study": {"synthetic": True},
        "inputs": {name: f"demo/{name}.tsv" for name in names},
        "definitions": {"ctdna": {"min_dept": 500}},
        "analyses": {"primary": {}},
    }
    return snakemake_spawned(folder, config=config)


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_exit_is_not_zero_and_there_is_no_traceback(refused):
    assert refused.code != 0
    assert "Traceback" not in refused.output


@pytest.mark.parametrize(
    "words",
    [
        ("definitions.ctdna.min_dept", "did you mean min_depth?"),
        ("demo/her2.tsv, row", "'4+' take one of: 0, 1+, 2+, 3+"),
        ("demo/assessments.tsv, row", "'TQB-X02' this patient is not in"),
        ("demo/ada.tsv", "result: this column is needed"),
        ("demo/patients.tsv, row 5, first_dose_date", "'2024-02-30' give a date"),
        ("demo/samples.tsv, row", "calls/TQB-003-C2D1.vcf.gz"),
    ],
)
def test_each_mistake_stands_in_the_one_list(refused, words):
    start = refused.output.index("errors in the inputs; nothing was analysed")
    listed = refused.output[start:].split("\n[")[0]
    line = [row for row in listed.splitlines() if all(word in row for word in words)]
    assert line, listed


def test_the_list_is_printed_once(refused):
    assert refused.output.count("nothing was analysed") == 1


def test_findings_are_written_and_nothing_of_the_analysis(refused):
    findings = refused.table("cohort/findings.tsv")
    assert (findings["severity"] == "error").sum() >= 6
    assert not (refused.folder / "results" / "primary").exists()


def test_dry_run_names_a_misspelt_key(tmp_path, snakemake_in):
    config = {"definitions": {"response": {"sd_min_day": 30}}}
    run = snakemake_in(tmp_path, "--dry-run", config=config)
    assert run.code != 0
    assert "did you mean sd_min_days?" in run.output
    assert "Traceback" not in run.output
