from math import exp, nan

import numpy as np
import pandas as pd
import pytest
import yaml
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import poisson

from her2ctdna.calls.all_calls import CALL_COLUMNS, complete_calls
from her2ctdna.ctdna.detection import (
    SAMPLE_COLUMNS,
    derive_level_samples,
    derive_samples,
)
from her2ctdna.ctdna.draws import compute_genomes_per_ml, derive_draws
from her2ctdna.ctdna.pooled_test import compute_background_p
from her2ctdna.ctdna.sample_limits import (
    compute_critical_count,
    compute_lod95,
    compute_lower95,
    compute_upper95,
)
from her2ctdna.depth.site_counts import add_counts
from her2ctdna.inputs.dates import empty_table

WINDOW = [-28, 1]
CONTRACT = """sample_id patient_id timepoint day state n_tracked n_informative
n_detected alt_count depth mean_vaf max_vaf pooled_vaf mtm_per_ml level p_value lod95
upper95"""


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"]


def drawn(sample_id, day, **more):
    row = dict.fromkeys(empty_table("samples")) | {"plasma_ml": nan, "cfdna_ng": nan}
    row |= {"sample_id": sample_id, "patient_id": "P1", "collected_day": day}
    return row | {"timepoint": sample_id} | more


def draws_of(*rows, window=WINDOW):
    samples = pd.DataFrame(rows, columns=list(empty_table("samples")))
    return derive_draws(samples, baseline_window=window)


def call(sample_id, pos, alt_count, depth, **more):
    row = dict.fromkeys(CALL_COLUMNS) | {"patient_id": "P1", "chrom": "chr3"}
    row |= {"sample_id": sample_id, "pos": pos, "ref": "A", "alt": "G"}
    row |= {"alt_count": alt_count, "depth": depth, "filter": "PASS", "caller": "x"}
    return row | {"caller_vaf": nan, "population_af": nan} | more


def samples_of(calls, draws, *, tracked, ctdna):
    """Return the sample table by sample, with these positions tracked."""
    table = complete_calls(pd.DataFrame(calls, columns=CALL_COLUMNS))
    variants = add_counts(table, None)
    roles = variants.assign(
        role=np.where(variants["pos"].isin(tracked), "tracked", "filtered")
    )
    return derive_samples(variants, roles, draws, ctdna=ctdna).set_index("sample_id")


BASELINE = drawn("C1", 0)
LATER = drawn("C2", 21)


def later_sample(*calls, ctdna, **more):
    """Return the row of a later sample of a patient who shed at two loci."""
    shed = [call("C1", 1, 40, 2000), call("C1", 2, 20, 2000)]
    draws = draws_of(BASELINE, drawn("C2", 21, **more))
    table = samples_of([*shed, *calls], draws, tracked=[1, 2, 4], ctdna=ctdna)
    return table.loc["C2"]


# What counts at a tracked site


def test_means_are_over_all_informative_loci_zeros_included(ctdna):
    sites = [call("C2", 1, 9, 1000), call("C2", 2, 0, 3000), call("C2", 4, 3, 1000)]
    row = later_sample(*sites, ctdna=ctdna)
    assert row["mean_vaf"] == pytest.approx(0.004)
    assert row["max_vaf"] == 0.009
    assert row["pooled_vaf"] == 0.0024
    assert (row["alt_count"], row["depth"]) == (12, 5000)
    counts = row[["n_tracked", "n_informative", "n_detected"]]
    assert list(counts) == [3, 3, 2]


def test_thresholds_hide_nothing_at_a_tracked_site(ctdna):
    one = call("C2", 1, 1, 5000, filter="low_support")
    row = later_sample(one, call("C2", 2, 0, 5000), ctdna=ctdna)
    assert (row["alt_count"], row["n_detected"], row["n_informative"]) == (1, 1, 2)
    assert row["mean_vaf"] == 0.0001


def test_variants_that_are_not_tracked_count_nowhere(ctdna):
    row = later_sample(call("C2", 1, 0, 2000), call("C2", 3, 90, 2000), ctdna=ctdna)
    assert (row["alt_count"], row["depth"], row["state"]) == (0, 2000, "undetected")


@pytest.mark.parametrize(("depth", "n_informative"), [(999, 1), (1000, 2)])
def test_a_shallow_site_is_not_informative(depth, n_informative, ctdna):
    row = later_sample(call("C2", 1, 0, 2000), call("C2", 2, 9, depth), ctdna=ctdna)
    assert row["n_informative"] == n_informative
    assert row["depth"] == 2000 + depth * (n_informative == 2)


def test_a_shallow_site_is_outside_the_means_of_the_baseline_too(ctdna):
    calls = [call("C1", 1, 40, 2000), call("C1", 2, 900, 900)]
    row = samples_of(calls, draws_of(BASELINE), tracked=[1, 2], ctdna=ctdna).loc["C1"]
    assert (row["n_informative"], row["mean_vaf"]) == (1, 0.02)


def test_a_failing_filter_word_removes_a_record_at_a_tracked_site(ctdna):
    calls = [call("C2", 1, 9, 2000, filter="weak"), call("C2", 2, 0, 2000)]
    kept = later_sample(*calls, ctdna=ctdna)
    removed = later_sample(*calls, ctdna=ctdna | {"filter_fail": ["weak"]})
    assert (kept["n_informative"], kept["state"]) == (2, "detected")
    assert (removed["n_informative"], removed["state"]) == (1, "undetected")


@pytest.mark.parametrize(
    "unknown",
    [[], [call("C2", 2, nan, 2000)], [call("C2", 2, 0, nan)], [call("C2", 2, 0, 0)]],
)
def test_an_absent_or_uncounted_site_is_unknown_and_never_zero(unknown, ctdna):
    row = later_sample(call("C2", 1, 10, 1000), *unknown, ctdna=ctdna)
    assert (row["n_tracked"], row["n_informative"]) == (2, 1)
    assert (row["mean_vaf"], row["depth"]) == (0.01, 1000)


# States


def test_a_sample_is_detected_where_error_alone_does_not_explain_it(ctdna):
    # expected by error: 0.4; P(X >= 2) = .0616, P(X >= 3) = .0079
    sites = [call("C2", 1, 1, 2000), call("C2", 2, 1, 2000)]
    two = later_sample(*sites, ctdna=ctdna)
    three = later_sample(sites[0], call("C2", 2, 2, 2000), ctdna=ctdna)
    assert (two["state"], three["state"]) == ("undetected", "detected")
    assert two["p_value"] == pytest.approx(1 - exp(-0.4) * 1.4)
    assert three["p_value"] == pytest.approx(1 - exp(-0.4) * 1.48)


def test_an_undetected_sample_keeps_its_measures_and_limits(ctdna):
    row = later_sample(call("C2", 1, 0, 1000), call("C2", 2, 0, 1000), ctdna=ctdna)
    assert (row["state"], row["level"], row["p_value"]) == ("undetected", 0, 1)
    assert row["upper95"] == pytest.approx(1 - 0.05 ** (1 / 2000))
    # expected by error: 0.2; P(X >= 2) = .0175, so two molecules are needed
    assert row["lod95"] == pytest.approx(4.7439 / 2000, rel=1e-4)


@pytest.mark.parametrize("calls", [[], [call("C2", 1, 0, 999)], [call("C2", 9, 0, 9)]])
def test_without_an_informative_site_a_sample_is_not_evaluable(calls, ctdna):
    row = later_sample(*calls, ctdna=ctdna)
    assert (row["state"], row["n_informative"]) == ("not_evaluable", 0)
    empty = ["alt_count", "depth", "level", "p_value", "lod95", "upper95"]
    assert row[empty].isna().all()


@pytest.mark.parametrize("alt_count", [0, 50])
def test_a_failed_assay_is_neither_detected_nor_undetected(alt_count, ctdna):
    row = later_sample(call("C2", 1, alt_count, 2000), qc="fail", ctdna=ctdna)
    assert (row["state"], row["n_tracked"]) == ("failed_qc", 2)
    measures = ["n_informative", "alt_count", "depth", "level", "p_value", "lod95"]
    assert row[measures].isna().all()


def test_a_deep_baseline_with_nothing_to_track_is_undetected(ctdna):
    draws = draws_of(BASELINE, LATER)
    calls = [call(s, pos, 0, 1000) for s in ("C1", "C2") for pos in (7, 8)]
    table = samples_of(calls, draws, tracked=[], ctdna=ctdna)
    assert list(table["state"]) == ["undetected", "not_evaluable"]
    assert table["level"].isna().all()


@pytest.mark.parametrize("calls", [[], [call("C1", 7, 0, 999)]])
def test_a_shallow_baseline_with_nothing_to_track_is_not_evaluable(calls, ctdna):
    table = samples_of(calls, draws_of(BASELINE), tracked=[], ctdna=ctdna)
    assert list(table["state"]) == ["not_evaluable"]


def test_plasma_cannot_say_that_nothing_of_the_tissue_is_there_to_track(ctdna):
    calls = [call("C1", 7, 0, 2000)]
    table = samples_of(
        calls, draws_of(BASELINE), tracked=[], ctdna=ctdna | {"track": "tissue"}
    )
    assert list(table["state"]) == ["not_evaluable"]


def test_leukocytes_and_tissue_have_no_state(ctdna):
    draws = draws_of(BASELINE, drawn("W", 0, material="leukocyte"))
    calls = [call("C1", 1, 40, 2000), call("W", 1, 0, 2000)]
    table = samples_of(calls, draws, tracked=[1], ctdna=ctdna)
    assert list(table.index) == ["C1"]


# Metrics


@pytest.mark.parametrize(
    ("metric", "level"),
    [("mean_vaf", 0.005), ("max_vaf", 0.01), ("pooled_vaf", 0.0025), ("level", 0.005)],
)
def test_the_level_is_the_chosen_metric(metric, level, ctdna):
    calls = [call("C2", 1, 10, 1000), call("C2", 2, 0, 3000)]
    row = later_sample(*calls, ctdna=ctdna | {"metric": metric})
    assert row["level"] == level
    assert row["lod95_level"] == row["lod95"]


def test_molecules_per_millilitre_are_fraction_times_genomes(ctdna):
    genomes = compute_genomes_per_ml(pd.Series([30.0]), pd.Series([4.0]))
    assert genomes[0] == pytest.approx(2272.7, abs=0.05)
    assert 0.01 * genomes[0] == pytest.approx(22.73, abs=0.005)
    calls = [call("C2", 1, 20, 1000), call("C2", 2, 0, 1000)]
    row = later_sample(
        *calls,
        ctdna=ctdna | {"metric": "mtm_per_ml"},
        cfdna_ng=30.0,
        plasma_ml=4.0,
    )
    assert row["mtm_per_ml"] == row["level"] == pytest.approx(0.01 * genomes[0])
    assert row["lod95_level"] == pytest.approx(row["lod95"] * genomes[0])
    assert row["upper95_level"] == pytest.approx(row["upper95"] * genomes[0])


@pytest.mark.parametrize(
    ("cfdna_ng", "molecules"), [(nan, 6000), (0, 6000), (33.0, 6000), (6.6, 2000 * 2)]
)
def test_a_sample_cannot_see_more_molecules_than_it_holds(cfdna_ng, molecules, ctdna):
    # 6.6 ng are 2000 haploid genomes: no more molecules of any one locus
    calls = [call("C2", 1, 0, 3000), call("C2", 2, 0, 3000)]
    row = later_sample(*calls, ctdna=ctdna, cfdna_ng=cfdna_ng)
    assert row["depth"] == 6000
    assert row["upper95"] == pytest.approx(1 - 0.05 ** (1 / molecules))
    # expected by error: 0.6; P(X >= 3) = .0231, so three molecules are needed
    assert row["lod95"] == pytest.approx(6.2958 / molecules, rel=1e-4)


# Formulas


def test_the_background_p_is_that_of_the_definitions():
    expected = sum([1200, 900, 1500, 1100, 1000]) * 1e-4
    assert expected == pytest.approx(0.57)
    assert compute_background_p(3, expected) == pytest.approx(0.020255, abs=5e-7)


def test_no_molecule_is_never_evidence_and_an_unknown_count_has_no_p():
    assert_array_equal(compute_background_p([0, nan, 0], [0.5, 0.5, 100]), [1, nan, 1])


def test_the_critical_count_is_the_first_that_would_be_called():
    # P(X >= 1 | .0512) = .0499; P(X >= 3 | .57) = .0203, P(X >= 2 | .57) = .112
    assert_array_equal(
        compute_critical_count([0.0512, 0.0514, 0.57, nan], alpha=0.05), [1, 2, 3, nan]
    )


@pytest.mark.parametrize(
    ("expected", "lambda95"),
    [(0.01, 2.9957), (0.1, 4.7439), (0.5, 6.2958), (1.0, 7.7537), (1.5, 9.1535)],
)
def test_the_limit_of_detection_is_lambda95_over_n(expected, lambda95):
    limit = compute_lod95([4000], [expected], alpha=0.05)
    assert_allclose(limit * 4000, [lambda95], atol=5e-5)


@pytest.mark.parametrize("n", [1000, 3571, 20_000, 150_000])
def test_the_limit_is_detected_nineteen_times_in_twenty_and_error_seldom(n):
    needed = compute_critical_count(n * 1e-4, alpha=0.05)
    limit = compute_lod95(n, n * 1e-4, alpha=0.05)
    assert_allclose(poisson.sf(needed - 1, n * limit), 0.95)
    assert poisson.sf(needed - 1, n * 1e-4) < 0.05 <= poisson.sf(needed - 2, n * 1e-4)


def test_the_limit_of_detection_is_no_fraction_above_one_and_needs_depth():
    assert_array_equal(
        compute_lod95([1, 0, nan], [0, 0, nan], alpha=0.05), [1, nan, nan]
    )


@pytest.mark.parametrize("n", [1, 42, 1000, 57_000])
def test_the_upper_bound_of_nothing_seen_is_one_sided(n):
    assert compute_upper95(0, n) == pytest.approx(1 - 0.05 ** (1 / n), rel=1e-12)


def test_the_bounds_are_one_sided_clopper_pearson():
    # limits of the two-sided 90 % intervals 2/40 and 38/40, R binom.test
    assert_allclose(compute_upper95([2, 38], 40), [0.14915196127, 0.99104305441])
    assert_allclose(compute_lower95([2, 38], 40), [0.00895694559, 0.85084803873])


def test_the_bounds_end_at_zero_and_one_and_need_depth():
    assert_array_equal(compute_upper95([10, 0, nan], [10, 0, nan]), [1, nan, nan])
    assert_array_equal(compute_lower95([0, 0, nan], [10, 0, nan]), [0, nan, nan])


# Levels of a commercial assay


def level_of(sample_id, day, detected, level, lod=nan, unit="vaf"):
    row = dict.fromkeys(empty_table("levels")) | {"patient_id": "P1", "unit": unit}
    row |= {"sample_id": sample_id, "collected_day": day, "timepoint": sample_id}
    return row | {"detected": detected, "level": level, "lod": lod}


def level_samples_of(*rows):
    levels = pd.DataFrame(rows, columns=list(empty_table("levels")))
    table = derive_level_samples(levels, baseline_window=WINDOW)
    return table.set_index("sample_id")


def test_states_of_levels_are_the_words_of_the_assay():
    table = level_samples_of(
        level_of("C1", 0, "yes", 0.02),
        level_of("C2", 21, "no", 0.0, lod=0.001),
        level_of("C3", 42, "failed", 0.5, lod=0.001),
        level_of("C4", 63, "no", nan),
    )
    states = ["detected", "undetected", "failed_qc", "undetected"]
    assert list(table["state"]) == states
    assert list(table["is_baseline"]) == ["yes", "no", "no", "no"]
    assert_array_equal(table["level"], [0.02, 0, nan, nan])
    assert_array_equal(table["lod95"], [nan, 0.001, nan, nan])
    assert_array_equal(table["upper95"], [nan, 0.001, nan, nan])


@pytest.mark.parametrize(
    ("unit", "mean_vaf", "mtm_per_ml"),
    [("vaf", 0.5, nan), ("mtm_per_ml", nan, 0.5), ("tumour_fraction", nan, nan)],
)
def test_a_level_stands_in_the_column_of_its_unit_too(unit, mean_vaf, mtm_per_ml):
    table = level_samples_of(level_of("C1", 0, "yes", 0.5, unit=unit))
    columns = ["level", "mean_vaf", "mtm_per_ml", "max_vaf"]
    assert_array_equal(table[columns], [[0.5, mean_vaf, mtm_per_ml, nan]])


# Shape


def test_samples_stand_by_patient_and_day_with_the_columns_of_the_contract(ctdna):
    draws = draws_of(
        drawn("B2", 21, patient_id="P2"), drawn("A2", 42), drawn("A1", 0), LATER
    )
    table = samples_of([], draws, tracked=[], ctdna=ctdna).reset_index()
    assert list(table["sample_id"]) == ["A1", "C2", "A2", "B2"]
    assert list(table)[: len(CONTRACT.split())] == CONTRACT.split()


def test_without_samples_the_tables_are_empty_with_their_columns(ctdna):
    samples = samples_of([], draws_of(), tracked=[], ctdna=ctdna).reset_index()
    levels = level_samples_of().reset_index()
    for table in (samples, levels):
        assert list(table) == SAMPLE_COLUMNS
        assert len(table) == 0
        assert table["level"].dtype == float


# Which test decides, and what drives it


def test_the_likelihood_ratio_may_decide_in_place_of_the_count(ctdna):
    # baseline 2 % and 1 %; 2 molecules at the first locus: p .062 by count
    sites = [call("C2", 1, 2, 2000), call("C2", 2, 0, 2000)]
    count = later_sample(*sites, ctdna=ctdna)
    ratio = later_sample(*sites, ctdna=ctdna | {"test": "likelihood_ratio"})
    assert (count["state"], ratio["state"]) == ("undetected", "detected")
    assert count["lr_p_value"] == ratio["lr_p_value"] < 0.05 < count["p_value"]
    # 2 molecules among 2000 x (.02 + .01) of multiple 1, less the error
    multiple = (2 * 0.02 / (2000 * 0.03) - 1e-4) / 0.02
    assert count["lr_multiple"] == pytest.approx(multiple, rel=1e-3)


def test_the_loci_that_drive_a_detected_sample_are_named(ctdna):
    many = [call("C2", 1, 9, 2000), call("C2", 2, 9, 2000)]
    one = [call("C2", 1, 9, 2000), call("C2", 2, 0, 2000)]
    none = [call("C2", 1, 0, 2000), call("C2", 2, 0, 2000)]
    rows = [later_sample(*calls, ctdna=ctdna) for calls in (many, one, none)]
    named = [row["driving_loci"] for row in rows]
    assert named == [None, "chr3-1-A-G", None]


def test_an_outlying_locus_is_named_and_set_aside_only_if_so_configured(ctdna):
    sites = [call("C2", 1, 0, 4000), call("C2", 2, 9, 2000), call("C2", 4, 0, 4000)]
    kept = later_sample(*sites, ctdna=ctdna)
    aside = later_sample(*sites, ctdna=ctdna | {"suppress_outliers": True})
    assert kept["outlying_loci"] == aside["outlying_loci"] == "chr3-2-A-G"
    columns = ["state", "n_suppressed", "n_informative", "alt_count", "depth"]
    assert list(kept[columns]) == ["detected", 0, 3, 9, 10000]
    assert list(aside[columns]) == ["undetected", 1, 2, 0, 8000]
    assert aside["driving_loci"] is None


def test_a_failed_sample_names_no_locus(ctdna):
    sites = [call("C2", 1, 0, 4000), call("C2", 2, 9, 2000)]
    row = later_sample(*sites, qc="fail", ctdna=ctdna)
    assert row[["driving_loci", "outlying_loci"]].tolist() == [None, None]
    assert row[["lr_p_value", "n_suppressed", "expected"]].isna().all()


def test_the_expected_molecules_are_by_class_of_change(ctdna):
    # A>G is T>C
    rates = ctdna | {"error_rate": {"T>C": 3e-4, "default": 1e-4}}
    sites = [call("C2", 1, 0, 2000), call("C2", 2, 0, 2000)]
    sites[1] |= {"pos": 4, "alt": "T"}
    shed = [call("C1", 1, 40, 2000), call("C1", 4, 40, 2000, alt="T")]
    table = samples_of(
        [*shed, *sites], draws_of(BASELINE, LATER), tracked=[1, 4], ctdna=rates
    )
    assert table.loc["C2", "expected"] == pytest.approx(2000 * 4e-4)


def test_the_limit_above_error_is_less_by_the_error_rate(ctdna):
    # expected by error: .4, so three molecules are needed, of 2000 genomes
    row = later_sample(call("C2", 1, 0, 4000), ctdna=ctdna, cfdna_ng=6.6)
    assert row["lod95"] == pytest.approx(6.2958 / 2000, rel=1e-4)
    assert row["lod95_above_error"] == pytest.approx(row["lod95"] - 1e-4)


def test_both_scales_are_compared_with_the_baseline(ctdna):
    shed = [call("C1", 1, 40, 2000), call("C1", 2, 20, 2000)]
    draws = draws_of(
        drawn("C1", 0, plasma_ml=4.0, cfdna_ng=10.0),
        drawn("C2", 21, plasma_ml=4.0, cfdna_ng=100.0),
        drawn("C3", 42, plasma_ml=4.0),
    )
    later = [call(s, 1, 10, 2000) for s in ("C2", "C3")]
    table = samples_of([*shed, *later], draws, tracked=[1, 2], ctdna=ctdna)
    assert table["hge_per_ml"].round(1).tolist()[:2] == [757.6, 7575.8]
    words = table[["direction_vaf", "direction_mtm", "scales_disagree"]]
    assert words.to_numpy().tolist() == [
        [None, None, None],
        ["decrease", "increase", "yes"],
        ["decrease", None, None],
    ]
