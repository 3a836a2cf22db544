"""A made-up study whose later samples were not force-called, through the workflow."""

import json
from pathlib import Path

import pandas as pd
import pysam
import pytest
from depth_files import plain, write_alignments, write_fasta, write_packed

VCF = """##fileformat=VCFv4.2
##contig=<ID=chr7,length=60>
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="counts">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="depth">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	S
"""
SHED = "chr7\t30\t.\tG\tT\t.\tPASS\t.\tAD:DP\t30,10:40\n"
COLUMNS = "sample_id patient_id collected_day timepoint calls alignments depth_track"
SAMPLES = """\
P1-1\tP1\t0\tC1D1\tshed.vcf\t\t
P1-2\tP1\t21\tC2D1\tnothing.vcf\t\t
P2-1\tP2\t0\tC1D1\tshed.vcf\t\t
P2-2\tP2\t21\tC2D1\tnothing.vcf\tP2-2.bam\t
P2-3\tP2\t42\tC3D1\tnothing.vcf\tP2-3.cram\t
P3-1\tP3\t0\tC1D1\tshed.vcf\t\t
P3-2\tP3\t21\tC2D1\tnothing.vcf\t\tP3-2.per-base.bed.gz
P3-3\tP3\t42\tC3D1\tnothing.vcf\t\tP3-3.per-base.bed.gz
"""


def reads(n_alt, n):
    seen = [plain(f"a{one}", at=30, base="T") for one in range(n_alt)]
    return seen + [plain(f"r{one}") for one in range(n - n_alt)]


def write_study(folder):
    """Write the sheets and files of the study, and return its config."""
    (folder / "shed.vcf").write_text(VCF + SHED)
    (folder / "nothing.vcf").write_text(VCF)
    header = COLUMNS.replace(" ", "\t") + "\n"
    (folder / "samples.tsv").write_text(header + SAMPLES)
    patients = "patient_id\tlast_alive_day\nP1\t90\nP2\t90\nP3\t90\n"
    (folder / "patients.tsv").write_text(patients)
    reference = write_fasta(folder)
    write_alignments(folder / "P2-2.bam", reads(0, 50))
    write_alignments(folder / "P2-3.cram", reads(5, 50), reference=reference)
    write_packed(folder / "P3-2.per-base.bed.gz", "chr7\t0\t60\t50\n")
    write_packed(folder / "P3-3.per-base.bed.gz", "chr7\t0\t20\t50\n")
    return {
        "study": {"reference": reference},
        "inputs": {name: f"{name}.tsv" for name in ("patients", "samples")},
        "definitions": {"ctdna": {"min_depth": 20}},
        "analyses": {"primary": {}},
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory, snakemake_in):
    folder = tmp_path_factory.mktemp("depth")
    config = write_study(folder)
    run = snakemake_in(folder, config=config)
    assert run.code == 0, run.output
    return run, config


def test_a_site_that_was_not_called_counts_only_where_its_depth_is_known(study):
    run, _ = study
    samples = run.table("primary/ctdna_samples.tsv").set_index("sample_id")
    states = samples["state"].to_dict()
    assert states == {
        "P1-1": "detected",
        "P1-2": "not_evaluable",
        "P2-1": "detected",
        "P2-2": "undetected",
        "P2-3": "detected",
        "P3-1": "detected",
        "P3-2": "undetected",
        "P3-3": "not_evaluable",
    }
    sources = ["n_from_calls", "n_from_alignments", "n_from_depth_track"]
    assert samples.loc["P2-3", sources].to_list() == [0, 1, 0]
    assert samples.loc["P3-2", sources].to_list() == [0, 0, 1]
    assert samples.loc["P2-3", "mean_vaf"] == 0.1
    assert samples.loc["P3-2", "lod95"] > samples.loc["P2-2", "lod95"]


def test_what_was_counted_is_kept_by_site_with_source_or_reason(study):
    run, _ = study
    counts = pd.read_parquet(run.folder / "results/ctdna/site_counts.parquet")
    shown = counts.set_index("sample_id")[["source", "alt_count", "depth"]]
    assert shown.loc["P2-2"].to_list() == ["alignments", 0, 50]
    assert shown.loc["P2-3"].to_list() == ["alignments", 5, 50]
    assert shown.loc["P3-2", ["source", "depth"]].to_list() == ["depth_track", 50]
    assert counts.set_index("sample_id").loc["P3-3", "reason"] == (
        "not in the depth track"
    )
    status = pd.read_parquet(run.folder / "results/primary/variant_status.parquet")
    tracked = status[status["role"] == "tracked"].set_index("sample_id")["source"]
    assert tracked["P2-3"] == "alignments"
    assert "P3-3" not in tracked


def test_the_report_says_where_the_counts_are_from(study):
    page = (study[0].folder / "results/primary/report.html").read_text()
    assert (
        "Of 8 tracked sites in 8 plasma samples, 3 are counted in the calls, 2 in the "
        "alignments, 1 are known by their depth alone, and 2 are not measured"
    ) in page


def test_the_provenance_names_indexes_and_depth_tracks(study):
    record = json.loads((study[0].folder / "results/provenance.json").read_text())
    names = {Path(file["path"]).name for file in record["inputs"]}
    assert {"P2-2.bam.bai", "P2-3.cram.crai", "P3-2.per-base.bed.gz"} <= names


def test_definitions_do_not_have_the_sites_counted_again(study, snakemake_in):
    run, config = study
    other = config | {"definitions": {"ctdna": {"min_depth": 30}}}
    output = snakemake_in(run.folder, "--dry-run", config=other).output
    assert "derive_ctdna" in output
    assert "count_sites" not in output
    deeper = config | {"study": config["study"] | {"counting": {"min_base_quality": 9}}}
    output = snakemake_in(run.folder, "--dry-run", config=deeper).output
    assert "count_sites" in output
    assert "check_coverage" not in output


def test_files_that_cannot_be_counted_are_refused_until_they_can(
    tmp_path, snakemake_in
):
    config = write_study(tmp_path)
    (tmp_path / "P2-2.bam.bai").unlink()
    track = tmp_path / "P3-3.per-base.bed.gz"
    track.rename(tmp_path / "elsewhere.bed.gz")
    target = "results/primary/ctdna_samples.tsv"
    run = snakemake_in(tmp_path, target, config=config)
    assert run.code != 0
    refused = "samples.tsv, row 5, alignments: 'P2-2.bam' it has no index"
    assert refused in run.output
    refused = "samples.tsv, row 9, depth_track: 'P3-3.per-base.bed.gz' no such file"
    assert refused in run.output
    assert not (tmp_path / "results/ctdna/site_counts.parquet").exists()
    pysam.index(str(tmp_path / "P2-2.bam"))
    (tmp_path / "elsewhere.bed.gz").rename(track)
    run = snakemake_in(tmp_path, target, config=config)
    assert run.code == 0, run.output
