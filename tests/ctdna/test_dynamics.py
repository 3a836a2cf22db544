from math import nan

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from her2ctdna.calls.all_calls import CALL_COLUMNS, complete_calls, derive_calls
from her2ctdna.ctdna.clearance import derive_landmarks
from her2ctdna.ctdna.courses import PROGRESSION, derive_courses
from her2ctdna.ctdna.detection import SAMPLE_COLUMNS
from her2ctdna.ctdna.dynamics import derive_ctdna
from her2ctdna.depth.site_counts import COUNT_COLUMNS, collect_counts
from her2ctdna.inputs.dates import empty_table

NO_PROGRESSION = pd.DataFrame(columns=["patient_id", *PROGRESSION])


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"]


def sheet(name, *rows):
    """Return rows of a normalised input table; columns that are not given are empty."""
    empty = empty_table(name)
    table = pd.DataFrame(rows, columns=list(empty))
    return table.astype(empty.dtypes.to_dict())


def patients_of(*names):
    return sheet("patients", *({"patient_id": name} for name in names))


def draw(sample_id, day, patient_id="P1", **more):
    row = {"sample_id": sample_id, "patient_id": patient_id, "collected_day": day}
    return row | {"timepoint": sample_id} | more


def call(sample_id, pos, alt_count, depth=4000, **more):
    row = {"sample_id": sample_id, "chrom": "chr3", "pos": pos, "ref": "A", "alt": "G"}
    return row | {"alt_count": alt_count, "depth": depth, "filter": "PASS"} | more


def study_of(samples, calls, *patients):
    samples = sheet("samples", *samples)
    variants = derive_calls(sheet("variants", *calls), samples)
    names = patients or ("P1",)
    return {"patients": patients_of(*names), "samples": samples, "variants": variants}


SAMPLES = [draw("C1", 0), draw("C2", 21), draw("C3", 42)]


def counted(sample_id, pos, source, alt_count, depth=4000):
    row = {"sample_id": sample_id, "patient_id": "P1", "chrom": "chr3", "pos": pos}
    row |= {"ref": "A", "alt": "G", "source": source, "reason": None}
    return row | {"alt_count": alt_count, "depth": depth}


def counts_of(*rows):
    return collect_counts([pd.DataFrame(rows, columns=COUNT_COLUMNS)])


LEVELS = [
    draw("L1", 0) | {"level": 0.4, "unit": "vaf", "detected": "yes"},
    draw("L2", 21) | {"level": 0.1, "unit": "vaf", "detected": "yes"},
]


def test_calls_given_as_a_table_lead_to_clearance(ctdna):
    calls = [
        call("C1", 1, 80),
        call("C1", 2, 40),
        call("C1", 3, 2),
        call("C2", 1, 1, filter="low_support"),
        call("C2", 2, 20),
        call("C3", 1, 0),
        call("C3", 2, 1, filter="low_support"),
        call("C3", 3, 90),
    ]
    roles, samples, landmarks = derive_ctdna(study_of(SAMPLES, calls), ctdna=ctdna)
    words = ["tracked", "tracked", "filtered", *["tracked"] * 4, "emergent"]
    assert list(roles["role"]) == words
    assert list(samples["mean_vaf"]) == [0.015, 0.002625, 0.000125]
    assert list(samples["state"]) == ["detected", "detected", "undetected"]
    at_landmarks = landmarks[["landmark", "clearance", "mr50", "mr90"]]
    assert list(at_landmarks.itertuples(index=False, name=None)) == [
        ("C2D1", "not_cleared", "yes", "no"),
        ("C3D1", "cleared", "yes", "yes"),
    ]
    assert list(landmarks["ratio"]) == pytest.approx([0.175, 0.125 / 15])


def test_leukocytes_take_a_variant_out_of_every_measure(ctdna):
    samples = [*SAMPLES[:2], draw("W", 0, material="leukocyte")]
    calls = [call("C1", 1, 80), call("C1", 2, 40), call("C2", 1, 0), call("C2", 2, 40)]
    blood = [call("W", 1, 0), call("W", 2, 40)]
    without = derive_ctdna(study_of(SAMPLES[:2], calls), ctdna=ctdna).samples
    matched = derive_ctdna(study_of(samples, calls + blood), ctdna=ctdna).samples
    assert list(without["state"]) == ["detected", "detected"]
    assert list(matched["state"]) == ["detected", "undetected"]
    assert list(matched["n_tracked"]) == [1, 1]


@pytest.mark.parametrize(
    ("chapters", "metric", "taken"),
    [
        ({"samples", "variants"}, "mean_vaf", "C1"),
        ({"samples", "variants"}, "level", "C1"),
        ({"levels"}, "mean_vaf", "L1"),
        ({"levels"}, "level", "L1"),
        ({"samples", "variants", "levels"}, "mean_vaf", "C1"),
        ({"samples", "variants", "levels"}, "level", "L1"),
    ],
)
def test_the_metric_decides_between_calls_and_levels(chapters, metric, taken, ctdna):
    study = study_of(SAMPLES, [call("C1", 1, 80), call("C2", 1, 8)])
    study["levels"] = sheet("levels", *LEVELS)
    given_tables = {name: study[name] for name in chapters | {"patients"}}
    found = derive_ctdna(given_tables, ctdna=ctdna | {"metric": metric})
    assert found.samples["sample_id"][0] == taken
    assert (found.roles is None) == (chapters == {"levels"})
    ratio = {"C1": 0.1, "L1": 0.25}[taken]
    assert found.landmarks["ratio"][0] == pytest.approx(ratio)


def test_a_patient_without_samples_is_missing_at_every_landmark(ctdna):
    study = study_of(SAMPLES, [call("C1", 1, 80)], "P1", "P2")
    landmarks = derive_ctdna(study, ctdna=ctdna).landmarks
    of_second = landmarks[landmarks["patient_id"] == "P2"]
    assert list(of_second["landmark"]) == ["C2D1", "C3D1"]
    assert set(of_second["clearance"]) == {"missing"}
    assert set(of_second["baseline_state"]) == {"missing"}


@pytest.mark.parametrize("kind", ["samples", "levels"])
@pytest.mark.parametrize("patients", [(), ("P1", "P2")])
def test_a_study_without_any_sample_has_tables_with_their_columns(
    kind, patients, ctdna
):
    tables = {"patients": patients_of(*patients), kind: empty_table(kind)}
    tables["variants"] = complete_calls(pd.DataFrame(columns=CALL_COLUMNS))
    found = derive_ctdna(tables, ctdna=ctdna)
    courses = derive_courses(
        found.samples, tables["patients"], NO_PROGRESSION, ctdna=ctdna
    )
    assert list(found.samples) == SAMPLE_COLUMNS
    assert len(found.samples) == 0
    assert len(found.landmarks) == 2 * len(patients)
    assert list(courses["baseline_state"]) == ["missing"] * len(patients)
    columns = derive_landmarks(found.samples, patients_of("P1"), ctdna=ctdna).columns
    assert list(found.landmarks) == list(columns)


# Any study: draws that fail, are shallow, miss sites or never took place


GENES = [None, "TP53", "TET2", "PIK3CA"]
SEEDS = st.integers(0, 2**32 - 1)


def random_draws(rng, patient):
    """Return rows of samples and calls of a patient whose levels mostly fall."""
    samples, calls = [], []
    vafs = rng.choice([0.0, 0.002, 0.05, 0.5], size=len(GENES))
    for day in [-29, -7, 0, 14, 21, 28, 42, 90]:
        if rng.random() < 0.3:
            continue
        material = rng.choice(["plasma", "leukocyte"], p=[0.9, 0.1])
        sample_id = f"{patient}.{day}"
        row = draw(sample_id, day, patient, material=material)
        row |= {"qc": rng.choice(["pass", "fail"], p=[0.9, 0.1]), "plasma_ml": 4.0}
        samples.append(row | {"cfdna_ng": rng.choice([nan, 6.6, 30.0])})
        levels = vafs * rng.choice([0, 0.1, 1], size=len(GENES)) ** (day > 0)
        depths = rng.choice([900, 2000, 9000], size=len(GENES), p=[0.1, 0.5, 0.4])
        calls += [
            call(
                sample_id,
                place,
                rng.choice([nan, rng.binomial(depth, level)], p=[0.1, 0.9]),
                depth,
                filter=rng.choice(["PASS", "low_support"], p=[0.9, 0.1]),
                gene=gene,
            )
            for place, (gene, level, depth) in enumerate(
                zip(GENES, levels, depths, strict=True)
            )
            if rng.random() < 0.9
        ]
    return samples, calls


def random_study(**seeds):
    """Return the tables of a study; each patient is made from a seed of their own."""
    samples, calls = [], []
    for patient, seed in seeds.items():
        found = random_draws(np.random.default_rng(seed), patient)
        samples += found[0]
        calls += found[1]
    return study_of(samples, calls, *seeds)


def derive_all(study, ctdna):
    """Return the four tables of a study, each in an order of its own keys."""
    roles, samples, landmarks = derive_ctdna(study, ctdna=ctdna)
    courses = derive_courses(samples, study["patients"], NO_PROGRESSION, ctdna=ctdna)
    keys = ["patient_id", "sample_id", "pos"]
    tables = [roles.sort_values(keys), samples, landmarks, courses]
    return [table.reset_index(drop=True) for table in tables]


def assert_equal(left, right):
    for one, other in zip(left, right, strict=True):
        assert_frame_equal(one, other, check_dtype=False, rtol=1e-9)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(
    seed=SEEDS,
    other=SEEDS,
    metric=st.sampled_from(["mean_vaf", "max_vaf", "mtm_per_ml"]),
)
def test_the_order_of_rows_changes_nothing(seed, other, metric, ctdna):
    definitions = ctdna | {"metric": metric}
    study = random_study(P1=seed, P2=other)
    shuffled = study | {
        name: study[name].sample(frac=1, random_state=seed)
        for name in ("samples", "variants")
    }
    assert_equal(derive_all(study, definitions), derive_all(shuffled, definitions))


@settings(max_examples=6, deadline=None, derandomize=True)
@given(first=SEEDS, added=SEEDS, track=st.sampled_from(["baseline", "union"]))
def test_another_patient_changes_no_row_of_the_first(first, added, track, ctdna):
    definitions = ctdna | {"track": track}
    alone = derive_all(random_study(P1=first), definitions)
    both = derive_all(random_study(P0=added, P1=first), definitions)
    of_first = [
        table[table["patient_id"] == "P1"].reset_index(drop=True) for table in both
    ]
    assert_equal(alone, of_first)


# Where nothing was called


SHED = [call("C1", 1, 40), call("C1", 2, 20)]


def with_counts(*rows, ctdna, samples=SAMPLES, calls=SHED):
    study = study_of(samples, calls)
    return derive_ctdna(study | {"site_counts": counts_of(*rows)}, ctdna=ctdna)


def sample_of(tables, sample_id):
    return tables.samples.set_index("sample_id").loc[sample_id]


def test_a_tracked_site_without_any_source_is_not_measured(ctdna):
    row = sample_of(with_counts(ctdna=ctdna), "C2")
    assert (row["state"], row["n_informative"]) == ("not_evaluable", 0)


@pytest.mark.parametrize(("seen", "state"), [(0, "undetected"), (9, "detected")])
def test_counts_from_alignments_count_as_those_of_calls_do(ctdna, seen, state):
    rows = counted("C2", 1, "alignments", seen), counted("C2", 2, "alignments", 0)
    row = sample_of(with_counts(*rows, ctdna=ctdna), "C2")
    assert (row["state"], row["alt_count"], row["depth"]) == (state, seen, 8000)
    called = [*SHED, call("C2", 1, seen), call("C2", 2, 0)]
    same = sample_of(with_counts(ctdna=ctdna, calls=called), "C2")
    measures = ["mean_vaf", "level", "p_value", "lod95", "upper95"]
    assert list(row[measures]) == list(same[measures])
    sources = ["n_from_calls", "n_from_alignments", "n_from_depth_track"]
    assert list(row[sources]) == [0, 2, 0]
    assert list(same[sources]) == [2, 0, 0]


def test_silence_at_a_depth_is_undetected_with_the_limit_of_the_caller(ctdna):
    rows = [counted("C2", pos, "depth_track", nan) for pos in (1, 2)]
    row = sample_of(with_counts(*rows, ctdna=ctdna), "C2")
    assert (row["state"], row["level"], row["n_from_depth_track"]) == (
        "undetected",
        0,
        2,
    )
    zeros = [counted("C2", pos, "alignments", 0) for pos in (1, 2)]
    exact = sample_of(with_counts(*zeros, ctdna=ctdna), "C2")
    assert row["lod95"] > exact["lod95"]
    assert row["upper95"] > exact["upper95"]
    assert row["lod95_level"] == row["lod95"]
    generous = ctdna | {"caller_limit": {"alt_count": 40, "vaf": 0.0}}
    wider = sample_of(with_counts(*rows, ctdna=generous), "C2")
    assert wider["lod95"] > row["lod95"]


def test_a_silence_that_excludes_too_little_is_no_clearance(ctdna):
    rows = [counted("C2", pos, "depth_track", nan) for pos in (1, 2)]

    def clearance(vaf):
        limit = {"caller_limit": {"alt_count": 3, "vaf": vaf}}
        landmarks = with_counts(*rows, ctdna=ctdna | limit).landmarks
        return landmarks.set_index("landmark").loc["C2D1", "clearance"]

    assert clearance(0.0001) == "uninformative"
    deep = [counted("C2", pos, "depth_track", nan, 40000) for pos in (1, 2)]
    rows[:] = deep
    assert clearance(0.0001) == "cleared"
    assert clearance(0.005) == "uninformative"


def test_a_shallow_depth_is_not_informative(ctdna):
    rows = [counted("C2", 1, "depth_track", nan, 999)]
    assert sample_of(with_counts(*rows, ctdna=ctdna), "C2")["state"] == "not_evaluable"


def test_what_is_counted_but_not_called_is_never_tracked(ctdna):
    late = [call("C2", 7, 40), *SHED]
    tables = with_counts(counted("C1", 7, "alignments", 12), ctdna=ctdna, calls=late)
    status = tables.roles.set_index(["sample_id", "pos"])
    assert status.loc[("C2", 7), "role"] == "emergent"
    assert tuple(status.loc[("C1", 7), ["role", "reason", "source"]]) == (
        "filtered",
        "counted or covered, not called",
        "alignments",
    )


def test_a_variant_at_half_of_baseline_that_clears_is_not_germline(ctdna):
    half = [call("C1", 1, 2000)]
    stays = with_counts(counted("C2", 1, "alignments", 2000), ctdna=ctdna, calls=half)
    assert sample_of(stays, "C1")["n_tracked"] == 0
    gone = with_counts(counted("C2", 1, "alignments", 0), ctdna=ctdna, calls=half)
    assert sample_of(gone, "C1")["n_tracked"] == 1
    assert sample_of(gone, "C2")["state"] == "undetected"


def test_leukocytes_counted_in_alignments_tell_haematopoiesis(ctdna):
    samples = [*SAMPLES, draw("W", 0, material="leukocyte")]
    calls = [call("C1", 1, 40, gene="DNMT3A")]

    def role(*rows):
        tables = with_counts(*rows, ctdna=ctdna, samples=samples, calls=calls)
        return tables.roles.set_index("sample_id").loc["C1", "role"]

    assert role() == "clonal_haematopoiesis"
    assert role(counted("W", 1, "alignments", 0)) == "tracked"
    assert role(counted("W", 1, "alignments", 60)) == "clonal_haematopoiesis"
    assert role(counted("W", 1, "depth_track", nan)) == "clonal_haematopoiesis"
