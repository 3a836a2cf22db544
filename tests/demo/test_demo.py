import gzip
import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from pysam import VariantFile, set_verbosity

from her2ctdna.demo.patient_traits import CUTOFF
from her2ctdna.demo.scan_response import Reading, compute_overall
from her2ctdna.demo.tumour import Kinetics, live_cells, tumour_fraction
from her2ctdna.demo.whole_study import DEFAULT_PATIENTS, DEFAULT_SEED, simulate_study
from her2ctdna.demo.write import write_study
from her2ctdna.tables import read_table

COMMITTED = Path(__file__).parents[2] / "config" / "demo"
RECIST_WORDS = {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"}


def files_below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unpacked(files):
    # Compressors differ between builds of the library; what they hold must not.
    return {
        name: gzip.decompress(content) if name.endswith(".gz") else content
        for name, content in files.items()
    }


def read_calls(folder, sample_id):
    path = folder / "calls" / f"{sample_id}.vcf.gz"
    verbosity = set_verbosity(0)
    with VariantFile(str(path)) as file:
        assert list(file.header.samples) == [sample_id]
        rows = [
            {
                "sample_id": sample_id,
                "chrom": record.chrom,
                "pos": record.pos,
                "ref": record.ref,
                "alt": alt,
                "filter": ";".join(record.filter),
                "alt_count": record.samples[0]["AD"][place],
                "allele_total": sum(record.samples[0]["AD"]),
                "depth": record.samples[0]["DP"],
                "af": record.samples[0]["AF"][place - 1],
                "annotations": len(record.info["ANN"]),
                "alleles": len(record.alts),
            }
            for record in file
            for place, alt in enumerate(record.alts, start=1)
        ]
    set_verbosity(verbosity)
    return rows


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_study(simulate_study(DEFAULT_SEED, n_patients=DEFAULT_PATIENTS), folder)
    return folder


@pytest.fixture(scope="module")
def samples(demo):
    return read_table(demo / "samples.tsv")


@pytest.fixture(scope="module")
def calls(demo, samples):
    rows = [
        row
        for sample_id in samples.loc[samples["calls"].notna(), "sample_id"]
        for row in read_calls(demo, sample_id)
    ]
    return pd.DataFrame(rows).merge(samples, on="sample_id", validate="many_to_one")


@pytest.fixture(scope="module")
def labelled(demo, calls):
    variants = read_table(demo / "truth" / "variants.tsv")
    keys = ["patient_id", "chrom", "pos", "ref", "alt"]
    return calls.merge(variants, on=keys, how="left", validate="many_to_one")


def test_same_seed_gives_the_same_bytes(demo, tmp_path):
    # A process of its own has another hash seed: no order may come from a set.
    subprocess.run(
        [sys.executable, "-m", "her2ctdna.demo", tmp_path / "again"], check=True
    )
    assert files_below(tmp_path / "again") == files_below(demo)


def test_committed_study_is_what_the_generator_writes(demo):
    assert unpacked(files_below(COMMITTED)) == unpacked(files_below(demo))
    assert sum(map(len, files_below(COMMITTED).values())) < 3_000_000


def test_calls_of_an_earlier_study_are_removed(tmp_path):
    stale = tmp_path / "calls" / "TQB-999-C1D1.vcf.gz"
    stale.parent.mkdir()
    stale.write_bytes(b"")
    write_study(simulate_study(1, n_patients=2), tmp_path)
    assert not stale.exists()


@pytest.mark.parametrize(("seed", "n"), [(1, 10), (2, 80), (3, 1)])
def test_another_seed_and_size_give_another_study(demo, seed, n):
    study = simulate_study(seed, n_patients=n)
    patients = study.sheets["patients"]
    assert list(patients["patient_id"]) == [f"TQB-{i:03d}" for i in range(1, n + 1)]
    assert list(patients["age"][:10]) != list(
        read_table(demo / "patients.tsv")["age"][: min(n, 10)]
    )
    for name, sheet in study.sheets.items():
        assert set(sheet["patient_id"]) <= set(patients["patient_id"]), name
    assert set(study.sheets["samples"]["patient_id"]) == set(patients["patient_id"])
    with_calls = study.sheets["samples"].dropna(subset="calls")
    assert set(study.calls) == set(with_calls["sample_id"])


def test_columns_are_those_of_the_contract(demo):
    expected = {
        "patients": "patient_id first_dose_date last_dose_date new_therapy_date "
        "death_date last_alive_date measurable hr_status prior_lines ecog age",
        "her2": "patient_id specimen_id collected_date specimen reader ihc ish "
        "stained_percent",
        "samples": "sample_id patient_id collected_date timepoint material calls "
        "plasma_ml cfdna_ng qc",
        "assessments": "patient_id assessed_date overall evaluator target_sum_mm "
        "new_lesion",
        "lesions": "patient_id assessed_date evaluator lesion_id kind organ is_node "
        "diameter_mm state",
        "adverse_events": "patient_id term soc grade started_date ended_date serious "
        "related of_interest",
        "ada": "patient_id sampled_date result titre",
    }
    for name, columns in expected.items():
        assert list(read_table(demo / f"{name}.tsv").columns) == columns.split(), name


def test_nothing_happens_after_death_or_cutoff(demo):
    patients = read_table(demo / "patients.tsv").set_index("patient_id")
    last = patients["death_date"].fillna(patients["last_alive_date"])
    assert (last <= CUTOFF.isoformat()).all()
    seen = {
        "samples": "collected_date",
        "assessments": "assessed_date",
        "adverse_events": "started_date",
        "ada": "sampled_date",
    }
    for name, column in seen.items():
        sheet = read_table(demo / f"{name}.tsv")
        assert (sheet[column] <= sheet["patient_id"].map(last)).all(), name
    for column in ("last_dose_date", "new_therapy_date"):
        known = patients[column].dropna()
        assert (known <= last[known.index]).all()
        assert (known >= patients.loc[known.index, "first_dose_date"]).all()


def test_specimens_precede_treatment_and_ish_follows_2_plus(demo):
    her2 = read_table(demo / "her2.tsv")
    first = read_table(demo / "patients.tsv").set_index("patient_id")["first_dose_date"]
    dated = her2.dropna(subset="collected_date")
    assert (dated["collected_date"] < dated["patient_id"].map(first)).all()
    assert 0 < her2["collected_date"].isna().sum() < 12
    assert set(her2.loc[her2["ish"].notna(), "ihc"]) == {"2+"}
    assert "positive" not in set(her2["ish"])
    positive = her2[her2["ihc"] == "3+"]
    assert list(positive["reader"] + " " + positive["specimen"]) == ["local primary"]
    stained = her2.dropna(subset="stained_percent")
    assert ((stained["stained_percent"] <= 10) == (stained["ihc"] == "0")).all()


def test_central_readings_give_about_14_zero_and_26_low(demo):
    her2 = read_table(demo / "her2.tsv")
    central = her2[her2["reader"] == "central"].sort_values(
        "collected_date", na_position="first"
    )
    latest = central.groupby("patient_id").tail(1)
    undecided = (latest["ihc"] == "2+") & (latest["ish"] != "negative")
    assert undecided.sum() == 2
    assert (latest["ihc"] == "0").sum() == 14
    assert (latest["ihc"].isin(["1+", "2+"]) & ~undecided).sum() == 25


def simple_overall(scan, baseline, nadir):
    kinds = dict(list(scan.groupby("kind")))
    targets, others = kinds.get("target"), kinds.get("non_target")
    if "new" in kinds and (kinds["new"]["state"] == "present").any():
        return "PD"
    if others is not None and (others["state"] == "unequivocal_progression").any():
        return "PD"
    if targets is None:
        if (others["state"] == "not_evaluable").any():
            return "NE"
        return "CR" if (others["state"] == "absent").all() else "NON-CR/NON-PD"
    if targets["diameter_mm"].isna().any():
        return "NE"
    total = targets["diameter_mm"].sum()
    normal = targets["diameter_mm"] < targets["is_node"].map({"yes": 10, "no": 1})
    if normal.all():
        gone = others is None or (others["state"] == "absent").all()
        return "CR" if gone else "PR"
    if total - nadir >= 5 and (nadir == 0 or (total - nadir) / nadir > 0.19999):
        return "PD"
    return "PR" if (baseline - total) / baseline > 0.29999 else "SD"


def test_overall_responses_follow_from_the_lesions(demo):
    lesions = read_table(demo / "lesions.tsv")
    assessments = read_table(demo / "assessments.tsv")
    scans = dict(list(lesions.groupby(["patient_id", "evaluator", "assessed_date"])))
    assert len(scans) == len(assessments)
    for _, reader in assessments.groupby(["patient_id", "evaluator"]):
        sums = []
        for row in reader.sort_values("assessed_date").itertuples():
            scan = scans[row.patient_id, row.evaluator, row.assessed_date]
            targets = scan.loc[scan["kind"] == "target", "diameter_mm"]
            total = targets.sum(skipna=False) if len(targets) else math.nan
            assert total == row.target_sum_mm or (
                math.isnan(total) and math.isnan(row.target_sum_mm)
            )
            if sums:
                known = [size for size in sums if not math.isnan(size)]
                nadir = min(known, default=math.nan)
                assert row.overall == simple_overall(scan, sums[0], nadir), row
                new = (scan["kind"] == "new") & (scan["state"] == "present")
                assert row.new_lesion == ("yes" if new.any() else "no")
            else:
                assert row.overall is None
            sums.append(total)


def test_assessments_show_every_kind_of_response(demo):
    assessments = read_table(demo / "assessments.tsv")
    first = read_table(demo / "patients.tsv").set_index("patient_id")["first_dose_date"]
    assert set(assessments["overall"].dropna()) == RECIST_WORDS
    baseline = assessments[assessments["overall"].isna()]
    assert (baseline["assessed_date"] < baseline["patient_id"].map(first)).all()
    assert len(baseline) == 2 * DEFAULT_PATIENTS
    read = assessments.dropna(subset="overall")
    assert DEFAULT_PATIENTS - read["patient_id"].nunique() == 2


def test_low_patients_respond_more_often_than_zero_ones(demo):
    truth = read_table(demo / "truth" / "patients.tsv").set_index("patient_id")
    zero = truth["her2_biology"].isin(["absent", "ultralow"])
    read = read_table(demo / "assessments.tsv").query("evaluator == 'investigator'")
    best = read[read["overall"].isin(["CR", "PR"])]["patient_id"].unique()
    responded = truth.index.isin(best)
    assert (zero.sum(), (~zero).sum()) == (14, 28)
    assert 0.2 <= responded[zero].mean() <= 0.4
    assert 0.45 <= responded[~zero].mean() <= 0.6


def test_depth_is_limited_by_the_molecules_in_the_tube(calls):
    plasma = calls[calls["material"] == "plasma"]
    assert (plasma["depth"] <= 330 * plasma["cfdna_ng"]).all()
    assert 3500 < plasma["depth"].median() < 4500
    assert (plasma["depth"] < 1000).any()


def test_counts_agree_within_a_record(calls):
    assert (calls["allele_total"] == calls["depth"]).all()
    assert (calls["annotations"] == calls["alleles"]).all()
    assert (calls["af"] - calls["alt_count"] / calls["depth"]).abs().max() < 1e-5
    assert (calls["alleles"] > 1).any()
    assert set(calls["filter"]) == {
        "PASS",
        "low_support",
        "strand_bias",
        "low_mapq",
        "homopolymer",
    }


def test_what_passes_at_baseline_is_called_in_every_later_sample(calls):
    keys = ["patient_id", "chrom", "pos", "ref", "alt"]
    plasma = calls["material"] == "plasma"
    baseline = calls[plasma & (calls["timepoint"] == "C1D1")]
    tracked = baseline[(baseline["filter"] == "PASS") & (baseline["alt_count"] >= 3)]
    others = calls[~calls["sample_id"].isin(baseline["sample_id"])]
    pairs = tracked[keys].merge(
        others[["sample_id", "patient_id"]].drop_duplicates(), on="patient_id"
    )
    found = pairs.merge(others, on=[*keys, "sample_id"], how="left")
    missing = found["depth"].isna()
    assert 0 < missing.mean() < 0.03
    assert set(found.loc[~missing, "filter"]) == {"PASS"}
    assert (found["alt_count"] == 0).sum() > 50


def test_every_passed_allele_at_baseline_is_true_or_one_stray_molecule(labelled):
    passed = labelled[
        (labelled["filter"] == "PASS") & (labelled["timepoint"] == "C1D1")
    ]
    assert (passed.loc[passed["origin"].isna(), "alt_count"] == 1).all()


def test_tumour_molecules_are_as_many_as_the_truth_says(demo, labelled):
    truth = read_table(demo / "truth" / "samples.tsv")[["sample_id", "tumour_fraction"]]
    # Only sites called whatever they hold: the others are there because they were seen.
    later = labelled[
        (labelled["origin"] == "somatic") & (labelled["timepoint"] != "C1D1")
    ].merge(truth, on="sample_id")
    mean = later["depth"] * (later["tumour_fraction"] * later["clonality"] / 2 + 7.5e-5)
    known = mean > 5
    z = (later["alt_count"] - mean)[known] / mean[known] ** 0.5
    assert known.sum() > 300
    assert abs(z.mean()) < 0.15
    assert 0.8 < z.std() < 1.2


def test_unshed_tumours_leave_errors_only(demo, labelled):
    patients = read_table(demo / "truth" / "patients.tsv").set_index("patient_id")
    unshed = patients.index[patients["sheds"] == "no"]
    seen = labelled[
        labelled["patient_id"].isin(unshed) & (labelled["origin"] == "somatic")
    ]
    assert len(unshed) == 5
    assert (seen["alt_count"] <= 3).all()


def test_germline_and_blood_clones_are_in_the_leukocytes_and_flat(labelled):
    white = labelled[labelled["material"] == "leukocyte"]
    assert set(white.loc[white["alt_count"] >= 5, "origin"].dropna()) == {
        "germline",
        "clonal_haematopoiesis",
    }
    inherited = labelled[(labelled["origin"] == "germline")]
    assert (inherited["af"] - inherited["clonality"]).abs().max() < 0.1
    clones = labelled[
        (labelled["origin"] == "clonal_haematopoiesis")
        & (labelled["daily_growth"] == 0)
    ]
    assert {"TP53"} < set(clones["gene"])
    error = (clones["clonality"] * 5 / clones["depth"] / 0.25) ** 0.5
    assert ((clones["af"] - clones["clonality"]).abs() < 3 * error).all()


def test_resistance_appears_under_treatment_only(labelled):
    resistance = labelled[labelled["origin"] == "resistance"]
    later = resistance[
        (resistance["filter"] == "PASS") & (resistance["timepoint"] != "C1D1")
    ]
    first = resistance[resistance["timepoint"] == "C1D1"]
    assert later["patient_id"].nunique() >= 5
    assert (first["alt_count"] < 3).all()


def test_vcfs_are_bgzip_without_a_time(demo):
    for path in (demo / "calls").iterdir():
        head = path.read_bytes()[:16]
        assert head[:4] == b"\x1f\x8b\x08\x04"
        assert head[4:8] == bytes(4)
        assert head[12:14] == b"BC"


def test_draws_are_labelled_by_cycle_and_some_are_poor(samples):
    plasma = samples[samples["material"] == "plasma"]
    assert set(plasma["timepoint"]) == {
        *(f"C{cycle}D1" for cycle in (1, 2, 3, 5, 7, 9, 11)),
        "EOT",
    }
    assert plasma.groupby("patient_id").size().max() == 8
    assert (plasma["qc"] == "fail").sum() == 3
    assert plasma.loc[plasma["calls"].isna(), "qc"].eq("fail").all()
    assert plasma["plasma_ml"].between(3, 5).all()


def test_antibodies_are_induced_boosted_and_steady(demo):
    ada = read_table(demo / "ada.tsv").sort_values("sampled_date", kind="stable")
    positive = ada["result"] == "positive"
    assert (positive == ada["titre"].notna()).all()
    first = ada.groupby("patient_id")[["result", "titre"]].first()
    highest = ada.groupby("patient_id")["titre"].max()
    before = ada.groupby("patient_id")["result"].first() == "positive"
    assert len(first) == DEFAULT_PATIENTS
    assert (~before & highest.notna()).sum() == 3
    assert before.sum() == 3
    assert (before & (highest >= 40)).sum() == 1


def test_adverse_events_of_interest_include_lung_disease(demo):
    events = read_table(demo / "adverse_events.tsv")
    lungs = events[events["term"] == "Interstitial lung disease"]
    assert 2 <= lungs["patient_id"].nunique() <= 3
    assert set(lungs["of_interest"]) == {"yes"}
    assert set(events["grade"].astype(int)) == {1, 2, 3, 4, 5}
    ended = events.dropna(subset="ended_date")
    assert (ended["ended_date"] >= ended["started_date"]).all()


@pytest.mark.parametrize(
    ("sizes", "baseline", "nadir", "expected"),
    [
        ([0, 0], 50, 50, "CR"),
        ([35, 0], 50, 50, "PR"),
        ([36, 0], 50, 50, "SD"),
        ([24, 0], 50, 20, "PR"),
        ([25, 0], 50, 20, "PD"),
        ([60, 0], 60, 50, "PD"),
        ([59, 0], 60, 50, "SD"),
        ([math.nan, 10], 50, 50, "NE"),
    ],
)
def test_recist_of_target_lesions(sizes, baseline, nadir, expected):
    readings = [
        Reading(f"T{i}", "target", "liver", False, "present", size)
        for i, size in enumerate(sizes)
    ]
    overall = compute_overall(readings, baseline_mm=baseline, nadir_mm=nadir)
    assert overall == expected


def test_a_tumour_halves_and_regrows_as_its_formula_says():
    kinetics = Kinetics(
        resistant=0.25, kill=math.log(2), growth=math.log(2), resolution=1
    )
    assert live_cells(kinetics, -3) == 1
    assert live_cells(kinetics, 1) == pytest.approx(0.375 + 0.5)
    assert tumour_fraction(0.5, kinetics, 1) == pytest.approx(0.875 / 1.875)
