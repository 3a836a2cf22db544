"""HER2 as clinicians wrote it (MSK 2018): each string is classed or reported."""

import pandas as pd
import pytest

SCORE = "HER2 IHC Score of Sequenced Sample"
FISH = "HER2 FISH Status of Sequenced Sample"
SAYS_TWO_SCORES = {"1+ (outside 3+)": "3+", "1-2+ (outside 3+)": "3+"}
"""The strings that no rule can read; what they are recoded to in these tests."""


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
            "ish": raw[FISH],
        }
    )
    patients = raw[["Patient ID"]].drop_duplicates()
    patients = patients.rename(columns={"Patient ID": "patient_id"})
    patients.to_csv(folder / "patients.tsv", sep="\t", index=False)
    her2.to_csv(folder / "her2.tsv", sep="\t", index=False)
    return folder, her2


@pytest.fixture(scope="module")
def read(msk, snakemake_in):
    folder, _ = msk
    policies = ("indeterminate", "lower", "higher")
    config = {
        "study": {"id": "MSK", "title": "Razavi 2018", "synthetic": False},
        "inputs": {"patients": "patients.tsv", "her2": "her2.tsv"},
        "definitions": {
            "her2": {"recode": SAYS_TWO_SCORES},
            "association": {"covariates": []},
        },
        "analyses": {name: {"her2": {"range_policy": name}} for name in policies},
    }
    targets = [f"results/{name}/her2_readings.tsv" for name in policies]
    run = snakemake_in(folder, *targets, config=config)
    assert run.code == 0, run.output
    return run


def test_strings_that_say_two_scores_are_reported_with_their_rows(msk, snakemake_in):
    folder, her2 = msk
    config = {
        "inputs": {"patients": "patients.tsv", "her2": "her2.tsv"},
        "definitions": {"association": {"covariates": []}},
        "analyses": {"refused": {}},
    }
    target = "results/refused/her2_status.tsv"
    run = snakemake_in(folder, target, config=config)
    assert run.code != 0
    assert not (folder / target).exists()
    findings = run.table("cohort/findings.tsv")
    errors = findings[findings["severity"] == "error"]
    assert set(errors["column"]) == {"ihc"}
    odd = her2[her2["ihc"].isin(list(SAYS_TWO_SCORES))]
    reported = dict(zip(errors["row"].astype(int), errors["value"], strict=True))
    assert reported == {index + 2: cell for index, cell in odd["ihc"].items()}
    assert len(reported) == 3


def test_every_string_has_a_class_and_each_odd_form_is_listed(msk, read, capsys):
    _, her2 = msk
    readings = read.table("indeterminate/her2_readings.tsv")
    assert readings["ihc_raw"].fillna("").to_list() == her2["ihc"].to_list()
    counts = readings["her2_class"].value_counts().to_dict()
    with capsys.disabled():
        print("\nMSK 2018, readings by HER2 class:", counts)
    assert sum(counts.values()) == 1918
    is_bare = (her2["ihc"] == "") & (her2["ish"] != "Positive")
    assert counts["missing"] == is_bare.sum()
    notes = read.table("cohort/findings.tsv")
    notes = notes[(notes["severity"] == "note") & (notes["column"] == "ihc")]
    counted = her2["ihc"].value_counts()
    usual = {"", "0", "1+", "2+", "3+", *SAYS_TWO_SCORES}
    odd = {
        f"{form}: {notes_of(form)} (rows: {count})"
        for form, count in counted.items()
        if form not in usual
    }
    assert {f"{n.value}: {n.message}" for n in notes.itertuples()} == odd


def notes_of(form):
    meanings = {
        **{"0+": "0", "0-1+": "0 to 1+", "1-2+": "1+ to 2+", "2-3+": "2+ to 3+"},
        "3+ (heterogenous 70-80% pos)": "3+, 70 to 80 % stained",
    }
    return f"read as {meanings.get(form, form.partition(' ')[0])}"


@pytest.mark.parametrize(
    ("policy", "low", "high"),
    [("lower", "0", "1+"), ("higher", "1+", "2+"), ("indeterminate", None, None)],
)
def test_ranges_follow_the_policy(msk, read, policy, low, high):
    _, her2 = msk
    readings = read.table(f"{policy}/her2_readings.tsv")
    for form, score in (("0-1+", low), ("1-2+", high)):
        own = readings[(her2["ihc"] == form) & (her2["ish"] != "Positive")]
        if score is None:
            assert set(own["ihc"]) == {form}
            assert set(own["her2_class"]) == {"indeterminate"}
        else:
            assert set(own["ihc"]) == {score}


def test_classes_agree_with_a_count_by_hand(msk, read):
    _, her2 = msk
    readings = read.table("indeterminate/her2_readings.tsv")
    amplified = her2["ish"] == "Positive"
    score = her2["ihc"].str.partition(" (")[0].replace("0+", "0")
    score = score.mask(her2["ihc"].isin(list(SAYS_TWO_SCORES)), "3+")
    not_amplified = her2["ish"].isin(["Negative", "Negative (outside)"])
    low = (score == "1+") | ((score == "2+") & not_amplified)
    expected = {
        "positive": amplified | (score == "3+"),
        "low": low & ~amplified,
        "zero_unspecified": (score == "0") & ~amplified,
    }
    for name, rows in expected.items():
        assert (readings["her2_class"] == name).to_list() == rows.to_list(), name
