"""Calls in other forms than the demo has them: as a table, as a MAF, of two builds.

What a study says of inputs that it has not is in test_small_studies.py.
"""

import pandas as pd
import pytest

from her2ctdna.ctdna.detection import LOCI


def as_table(calls, path):
    """Write calls as a table of the study."""
    columns = ["sample_id", "chrom", "pos", "ref", "alt", "alt_count", "depth"]
    columns += ["filter", "gene", "consequence", "protein_change", "population_af"]
    calls[columns].to_csv(path, sep="\t", index=False)


def as_maf(calls, path):
    """Write calls as a MAF: bases that are lost or won alone, and no depth."""
    with path.open("w") as file:
        file.write("#version 2.4\n")
        maf = pd.DataFrame(
            {
                "Hugo_Symbol": calls["gene"],
                "NCBI_Build": "GRCh38",
                "Chromosome": calls["chrom"].str.removeprefix("chr"),
                "Start_Position": calls["pos"],
                "Reference_Allele": calls["ref"],
                "Tumor_Seq_Allele2": calls["alt"],
                "Tumor_Sample_Barcode": calls["sample_id"],
                "Consequence": calls["consequence"].str.replace("&", ","),
                "HGVSp_Short": calls["protein_change"],
                "t_ref_count": calls["depth"] - calls["alt_count"],
                "t_alt_count": calls["alt_count"],
                "FILTER": calls["filter"],
                "gnomAD_AF": calls["population_af"],
            }
        )
        is_indel = calls["ref"].str.len() != calls["alt"].str.len()
        for row in maf.index[is_indel]:
            ref, alt = maf.loc[row, ["Reference_Allele", "Tumor_Seq_Allele2"]]
            assert ref[0] == alt[0]
            assert 1 in (len(ref), len(alt))
            maf.loc[row, "Reference_Allele"] = ref[1:] or "-"
            maf.loc[row, "Tumor_Seq_Allele2"] = alt[1:] or "-"
            maf.loc[row, "Start_Position"] += len(ref) > 1
        maf.to_csv(file, sep="\t", index=False)


@pytest.mark.parametrize(("write", "name"), [(as_table, "v.tsv"), (as_maf, "v.maf")])
def test_a_table_of_calls_gives_what_the_vcfs_give(
    demo, root, snakemake_in, tmp_path, write, name
):
    calls = pd.read_parquet(demo.folder / "results/ctdna/variants.parquet")
    write(calls.astype({"alt_count": "Int64", "depth": "Int64"}), tmp_path / name)
    samples = pd.read_csv(root / "config/demo/samples.tsv", sep="\t", dtype=str)
    bare = samples.drop(columns="calls")
    bare.assign(calls="").to_csv(tmp_path / "s.tsv", sep="\t", index=False)
    sheets = {"patients": f"{root}/config/demo/patients.tsv"}
    config = {
        "inputs": sheets | {"samples": "s.tsv", "variants": name},
        "analyses": {"primary": {}},
    }
    run = snakemake_in(tmp_path, "results/primary/ctdna_samples.tsv", config=config)
    assert run.code == 0, run.output
    ours = run.table("primary/ctdna_samples.tsv")
    theirs = demo.table("primary/ctdna_samples.tsv")
    # without a reference a MAF writes deletions in a form of its own
    for table in (ours, theirs):
        for column in LOCI:
            table[column] = table[column].str.count(";")
    pd.testing.assert_frame_equal(ours, theirs)
    roles = [
        pd.read_parquet(folder / "results/primary/variant_status.parquet")["role"]
        for folder in (run.folder, demo.folder)
    ]
    assert roles[0].value_counts().to_dict() == roles[1].value_counts().to_dict()


def test_calls_on_two_builds_are_refused_before_any_analysis(
    tmp_path, snakemake_in, root
):
    (tmp_path / "patients.tsv").write_text("patient_id\nP1\n")
    rows = [
        f"S{day}\tP1\t{day}\tT{day}\t{root}/tests/vcf/{name}.vcf\n"
        for day, name in enumerate(["hg38_lengths", "bare_contigs", "hg38_lengths"])
    ]
    header = "sample_id\tpatient_id\tcollected_day\ttimepoint\tcalls\n"
    (tmp_path / "samples.tsv").write_text(header + "".join(rows))
    config = {
        "inputs": {"patients": "patients.tsv", "samples": "samples.tsv"},
        "study": {"reference": "nowhere.fa"},
        "analyses": {"primary": {}},
    }
    run = snakemake_in(tmp_path, "results/primary/ctdna_samples.tsv", config=config)
    assert run.code != 0
    assert "Traceback" not in run.output
    assert "bare_contigs.vcf' is on hg19, but 2 others are on hg38" in run.output
    assert "study.reference: 'nowhere.fa' no such file" in run.output
    notes = run.table("cohort/findings.tsv")
    assert notes["message"].str.startswith("names chromosomes 1, 2").sum() == 1


def test_the_caller_and_the_reference_of_the_config_are_used(
    tmp_path, snakemake_in, root
):
    (tmp_path / "patients.tsv").write_text("patient_id\nP1\n")
    vcf = root / "tests/vcf/shifted_indels.vcf"
    (tmp_path / "samples.tsv").write_text(
        "sample_id\tpatient_id\tcollected_day\ttimepoint\tcalls\n"
        f"S1\tP1\t0\tC1D1\t{vcf}\n"
    )
    config = {
        "inputs": {"patients": "patients.tsv", "samples": "samples.tsv"},
        "study": {
            "reference": str(root / "tests/vcf/reference.fa"),
            "caller": "Mutect2",
        },
        "analyses": {"primary": {}},
    }
    run = snakemake_in(tmp_path, "results/ctdna/variants.parquet", config=config)
    assert run.code == 0, run.output
    calls = pd.read_parquet(tmp_path / "results/ctdna/variants.parquet")
    assert set(calls["caller"]) == {"Mutect2"}
    assert calls["pos"].tolist() == [1, 5, 11, 20, 24, 38]
