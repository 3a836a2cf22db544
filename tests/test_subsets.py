"""Studies with some of the inputs: each runs, and says what it has not."""

import pandas as pd
import pytest


@pytest.fixture
def study(root, tmp_path, snakemake_in):
    """Run a study with these sheets of the demo, and other definitions."""

    def run(*arguments, inputs, definitions=None, **sheets):
        paths = {name: str(root / f"config/demo/{name}.tsv") for name in inputs}
        config = {
            "inputs": paths | {name: str(path) for name, path in sheets.items()},
            "definitions": definitions or {},
            "analyses": {"primary": {}},
        }
        finished = snakemake_in(tmp_path, *arguments, config=config)
        assert finished.code == 0, finished.output
        return finished

    return run


def report_of(run):
    return (run.folder / "results/primary/report.html").read_text(encoding="utf-8")


def test_patients_alone_make_a_report_that_says_what_is_not_given(study):
    run = study(inputs=["patients"])
    page = report_of(run)
    for chapter in ("No HER2", "No ctDNA", "No adverse events"):
        assert chapter in page
    assert not (run.folder / "results/primary/her2_status.tsv").exists()


def test_without_a_landmark_no_clearance_is_compared(study):
    run = study(
        inputs=["patients", "her2", "samples", "assessments"],
        definitions={"ctdna": {"landmarks": {"C2D1": None, "C3D1": None}}},
    )
    contrasts = run.table("primary/tables/contrasts.tsv")
    assert not contrasts["group_by"].str.startswith("clearance").any()
    assert "no landmark is configured" in report_of(run)


def test_a_table_of_calls_gives_what_the_vcfs_give(demo, root, study, tmp_path):
    calls = pd.read_parquet(demo.folder / "results/ctdna/variants.parquet")
    columns = ["sample_id", "chrom", "pos", "ref", "alt", "alt_count", "depth"]
    columns += ["filter", "gene", "consequence", "protein_change"]
    counts = {"alt_count": "Int64", "depth": "Int64"}
    calls[columns].astype(counts).to_csv(tmp_path / "v.tsv", sep="\t", index=False)
    samples = pd.read_csv(root / "config/demo/samples.tsv", sep="\t", dtype=str)
    bare = samples.drop(columns="calls")
    bare.assign(calls="").to_csv(tmp_path / "s.tsv", sep="\t", index=False)
    run = study(
        "results/primary/ctdna_samples.tsv",
        inputs=["patients"],
        definitions={"ctdna": {"germline": {"max_population_af": 1}}},
        samples=tmp_path / "s.tsv",
        variants=tmp_path / "v.tsv",
    )
    ours = run.table("primary/ctdna_samples.tsv")
    theirs = demo.table("primary/ctdna_samples.tsv")
    pd.testing.assert_frame_equal(ours, theirs)
