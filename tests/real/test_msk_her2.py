"""HER2 as clinicians wrote it (MSK 2018): each string is read or reported."""

import pandas as pd
import pytest

SCORE = "HER2 IHC Score of Sequenced Sample"
FISH = "HER2 FISH Status of Sequenced Sample"
READABLE = {"0", "1+", "2+", "3+"}


def config_of(sheet):
    return {
        "study": {"id": "MSK", "title": "Razavi 2018", "synthetic": False},
        "inputs": {"patients": "patients.tsv", "her2": sheet},
        "definitions": {"association": {"covariates": []}},
        "analyses": {"primary": {}},
    }


@pytest.fixture(scope="module")
def msk(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("msk")
    path = real_data / "her2" / "msk2018" / "her2_clinical.tsv"
    raw = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    kinds = {"Primary": "primary", "Metastasis": "metastasis"}
    her2 = pd.DataFrame(
        {
            "patient_id": raw["Patient ID"],
            "specimen_id": raw["Sample ID"],
            "collected_day": "",
            "specimen": raw["Sample Type"].map(kinds).fillna("unknown"),
            "reader": "local",
            "ihc": raw[SCORE],
            "ish": raw[FISH].str.lower(),
        }
    )
    known = her2["ish"].isin(["negative", "positive", "equivocal"])
    her2["ish"] = her2["ish"].where(known, "")
    patients = raw[["Patient ID"]].drop_duplicates()
    patients = patients.rename(columns={"Patient ID": "patient_id"})
    patients.to_csv(folder / "patients.tsv", sep="\t", index=False)
    her2.to_csv(folder / "all.tsv", sep="\t", index=False)
    readable = her2[her2["ihc"].isin(READABLE | {""})]
    readable.to_csv(folder / "readable.tsv", sep="\t", index=False)
    return folder, her2, readable


def test_every_unreadable_string_is_reported_with_its_row(msk, snakemake_in):
    folder, her2, _ = msk
    target = "results/primary/her2_status.tsv"
    run = snakemake_in(folder, target, config=config_of("all.tsv"))
    assert run.code != 0
    assert not (folder / target).exists()
    findings = run.table("cohort/findings.tsv")
    errors = findings[findings["severity"] == "error"]
    assert set(errors["column"]) == {"ihc"}
    unreadable = her2[~her2["ihc"].isin(READABLE | {""})]
    reported = dict(zip(errors["row"].astype(int), errors["value"], strict=True))
    assert reported == {index + 2: cell for index, cell in unreadable["ihc"].items()}


def test_every_readable_string_has_a_class(msk, snakemake_in, capsys):
    folder, _, readable = msk
    target = "results/primary/her2_status.tsv"
    run = snakemake_in(folder, target, config=config_of("readable.tsv"))
    assert run.code == 0, run.output
    status = run.table("primary/her2_status.tsv")
    counts = status["her2_class"].value_counts().to_dict()
    with capsys.disabled():
        print("\nMSK 2018, patients by HER2 class:", counts)
    assert len(status) == 1756
    read = readable[readable["ihc"] != ""]
    positive = read[(read["ihc"] == "3+") | (read["ish"] == "positive")]
    single = read.groupby("patient_id").size() == 1
    once = status.set_index("patient_id").loc[single.index[single]]
    one_positive = once.index.isin(positive["patient_id"])
    assert (once["her2_class"][one_positive] == "positive").all()
    untested = read[(read["ihc"] == "2+") & (read["ish"] == "")]
    one_untested = once.index.isin(untested["patient_id"])
    assert (once["her2_class"][one_untested] == "indeterminate").all()
    shown = read["patient_id"].nunique()
    by_ish_alone = set(readable.loc[readable["ish"] == "positive", "patient_id"])
    by_ish_alone -= set(read["patient_id"])
    assert counts["missing"] == 1756 - shown - len(by_ish_alone)
