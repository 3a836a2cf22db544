from math import nan

import pandas as pd
import pytest
import yaml

from her2ctdna.calls.all_calls import CALL_COLUMNS, complete_calls
from her2ctdna.ctdna.variant_roles import (
    derive_roles,
    has_failing_filter,
    passes_thresholds,
)

DRAWS = pd.DataFrame(
    [
        ("C1", "plasma", True),
        ("C2", "plasma", False),
        ("C3", "plasma", False),
        ("WBC", "leukocyte", False),
        ("FFPE", "tissue", False),
    ],
    columns=["sample_id", "material", "is_baseline"],
)
CH_REASON = "in leukocytes, plasma VAF below 5 times theirs"


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"]


def call(sample_id, alt_count, depth=2000, **more):
    row = dict.fromkeys(CALL_COLUMNS) | {"patient_id": "P1", "chrom": "chr3"}
    row |= {"pos": 100, "ref": "A", "alt": "G", "gene": "PIK3CA", "filter": "PASS"}
    row |= {"caller_vaf": nan, "population_af": nan, "caller": "x"}
    return row | {"sample_id": sample_id, "alt_count": alt_count, "depth": depth} | more


def calls_of(*rows):
    return complete_calls(pd.DataFrame(rows, columns=CALL_COLUMNS))


def roles_of(*rows, ctdna):
    return derive_roles(calls_of(*rows), DRAWS, ctdna=ctdna)


def words_of(*rows, ctdna):
    return list(roles_of(*rows, ctdna=ctdna)["role"])


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({}, True),
        ({"alt_count": 2}, False),
        ({"alt_count": nan}, False),
        ({"depth": 999}, False),
        ({"alt_count": 3, "depth": 6000}, True),
        ({"alt_count": 3, "depth": 6001}, False),
        ({"filter": None}, True),
        ({"filter": "."}, True),
        ({"filter": "low_support"}, False),
    ],
)
def test_tracking_needs_count_depth_fraction_and_filter(change, passes, ctdna):
    row = call("C1", 3, 1000) | change
    assert list(passes_thresholds(calls_of(row), ctdna=ctdna)) == [passes]


def test_without_pass_only_any_filter_will_do(ctdna):
    row = call("C1", 3, 1000, filter="low_support;weak")
    passing = passes_thresholds(calls_of(row), ctdna=ctdna | {"pass_only": False})
    assert list(passing) == [True]


def test_a_failing_filter_word_stops_a_variant_even_without_pass_only(ctdna):
    loose = ctdna | {"pass_only": False, "filter_fail": ["weak"]}
    row = call("C1", 3, 1000, filter="low_support;weak")
    assert list(passes_thresholds(calls_of(row), ctdna=loose)) == [False]


def test_a_failing_word_is_a_whole_word_of_the_filter():
    rows = [call("C1", 3, filter=f) for f in ("weak", "a;weak", "weakly", "PASS", None)]
    failing = has_failing_filter(calls_of(*rows), filter_fail=["weak"])
    assert list(failing) == [True, True, False, False, False]


def test_the_tracked_set_is_fixed_at_baseline(ctdna):
    roles = roles_of(
        call("C1", 20),
        call("C2", 0),
        call("C3", 1, filter="low_support"),
        call("C2", 20, pos=200),
        call("C3", 2, pos=200),
        call("C1", 2, pos=300),
        call("C2", 20, pos=300),
        ctdna=ctdna,
    )
    assert list(roles["role"]) == [
        *["tracked"] * 3,
        "emergent",
        "filtered",
        "filtered",
        "emergent",
    ]
    assert list(roles["reason"]) == [
        *["passes at baseline"] * 3,
        "passes here, not at baseline",
        "below the thresholds",
        "below the thresholds",
        "passes here, not at baseline",
    ]


def test_a_variant_is_tracked_in_the_patient_that_has_it_and_no_other(ctdna):
    draws = pd.concat([DRAWS, DRAWS.assign(sample_id="2" + DRAWS["sample_id"])])
    rows = calls_of(call("C1", 20), call("2C1", 1, patient_id="P2"))
    roles = derive_roles(rows, draws, ctdna=ctdna)
    assert list(roles["role"]) == ["tracked", "filtered"]


def test_alleles_of_one_site_are_variants_of_their_own(ctdna):
    rows = [call("C1", 20), call("C1", 1, alt="T")]
    assert words_of(*rows, ctdna=ctdna) == ["tracked", "filtered"]


@pytest.mark.parametrize(
    ("track", "in_both", "in_plasma", "in_tissue"),
    [
        ("baseline", "tracked", "tracked", "filtered"),
        ("tissue", "tracked", "filtered", "tracked"),
        ("union", "tracked", "tracked", "tracked"),
    ],
)
def test_what_is_tracked_may_come_from_baseline_tissue_or_both(
    track, in_both, in_plasma, in_tissue, ctdna
):
    rows = [
        call("C1", 20),
        call("C1", 20, pos=200),
        call("C1", 1, pos=300),
        call("FFPE", 40, 200),
        call("FFPE", 40, 200, pos=300),
    ]
    words = words_of(*rows, ctdna=ctdna | {"track": track})
    assert words == [in_both, in_plasma, in_tissue, in_both, in_tissue]


def test_tissue_needs_no_depth_of_plasma_but_the_other_thresholds(ctdna):
    rows = [
        call("FFPE", 3, 60),
        call("FFPE", 2, 60, pos=200),
        call("FFPE", 9, 60, pos=300, filter="low_support"),
    ]
    words = words_of(*rows, ctdna=ctdna | {"track": "tissue"})
    assert words == ["tracked", "filtered", "filtered"]


def test_a_list_of_sites_without_counts_is_what_is_tracked(ctdna):
    sites = [
        call("FFPE", nan, nan),
        call("FFPE", nan, nan, pos=200),
        call("FFPE", nan, nan, pos=300, filter="germline"),
    ]
    plasma = [call("C1", 0), call("C1", 20, pos=400)]
    words = words_of(*sites, *plasma, ctdna=ctdna | {"track": "tissue"})
    assert words == ["tracked", "tracked", "filtered", "tracked", "filtered"]


def test_a_call_without_counts_among_others_is_no_list_of_sites(ctdna):
    rows = [call("FFPE", nan, nan), call("FFPE", 40, 200, pos=200)]
    words = words_of(*rows, ctdna=ctdna | {"track": "tissue"})
    assert words == ["filtered", "tracked"]


def test_without_a_least_count_what_baseline_lists_is_tracked_and_nothing_emerges(
    ctdna,
):
    least = ctdna | {"min_alt_count": 0, "min_vaf": 0.0}
    rows = [call("C1", 0), call("C1", nan, pos=200), call("C2", 0, pos=300)]
    assert words_of(*rows, ctdna=least) == ["tracked", "filtered", "filtered"]


def test_the_reason_names_where_an_untracked_variant_was_sought(ctdna):
    (reason,) = roles_of(call("C1", 20), ctdna=ctdna | {"track": "tissue"})["reason"]
    assert reason == "passes here, not in tissue"


def test_only_plasma_shows_that_a_variant_emerges(ctdna):
    rows = [call("FFPE", 40, 2000), call("C2", 20), call("C1", 0)]
    roles = roles_of(*rows, ctdna=ctdna)
    assert list(roles["role"]) == ["filtered", "emergent", "filtered"]
    assert roles["reason"][0] == "passes here, but not in plasma"


@pytest.mark.parametrize("baseline", [[], [call("C1", 0, 999)]])
def test_nothing_emerges_where_no_baseline_could_have_shown_it(baseline, ctdna):
    roles = roles_of(call("C2", 20), *baseline, ctdna=ctdna)
    assert roles["role"][0] == "filtered"
    assert roles["reason"][0] == "passes here, no baseline to compare with"


@pytest.mark.parametrize(
    ("leukocytes", "role"), [((400, 1000), "germline"), ((399, 1000), "tracked")]
)
def test_a_high_fraction_in_leukocytes_is_germline(leukocytes, role, ctdna):
    rows = [call("C1", 1996, 2000), call("WBC", *leukocytes)]
    fold_one = ctdna | {"leukocyte_fold": 1}
    assert words_of(*rows, ctdna=fold_one) == [role, role]


@pytest.mark.parametrize(
    ("frequency", "role"), [(0.0011, "germline"), (0.001, "tracked"), (nan, "tracked")]
)
def test_a_population_frequency_above_the_limit_is_germline(frequency, role, ctdna):
    rows = [call("C1", 20, population_af=frequency), call("C2", 0)]
    assert words_of(*rows, ctdna=ctdna) == [role, role]


@pytest.mark.parametrize(
    ("counts", "role"),
    [
        ([900, 1000], "germline"),
        ([800, nan, 1200], "germline"),
        ([1800, 2000], "germline"),
        ([900, 799], "tracked"),
        ([900, 1201], "tracked"),
        ([1799, 2000], "tracked"),
        ([1000, 1900], "tracked"),
        ([900], "tracked"),
        ([900, nan], "tracked"),
    ],
)
def test_without_leukocytes_a_steady_half_or_all_of_two_draws_is_germline(
    counts, role, ctdna
):
    rows = [call(f"C{n}", count) for n, count in enumerate(counts, 1)]
    assert set(words_of(*rows, ctdna=ctdna)) == {role}


def test_a_high_fraction_is_not_germline_where_leukocytes_lack_it(ctdna):
    rows = [call("C1", 900), call("C2", 1000), call("WBC", 0, 3000)]
    assert set(words_of(*rows, ctdna=ctdna)) == {"tracked"}


def test_germline_comes_before_clonal_haematopoiesis(ctdna):
    rows = [call("C1", 900, gene="TET2"), call("WBC", 450, 1000, gene="TET2")]
    roles = roles_of(*rows, ctdna=ctdna)
    assert set(roles["role"]) == {"germline"}
    assert set(roles["reason"]) == {"VAF in leukocytes"}


@pytest.mark.parametrize(
    ("plasma", "leukocytes", "role"),
    [
        (20, (30, 3000), "clonal_haematopoiesis"),
        (99, (30, 3000), "clonal_haematopoiesis"),
        (100, (30, 3000), "tracked"),
        (20, (0, 3000), "tracked"),
    ],
)
def test_clonal_haematopoiesis_is_told_by_leukocyte_counts(
    plasma, leukocytes, role, ctdna
):
    rows = [call("C1", plasma), call("WBC", *leukocytes)]
    assert words_of(*rows, ctdna=ctdna) == [role, role]


def test_the_leukocyte_fold_is_that_of_the_config(ctdna):
    rows = [call("C1", 100), call("WBC", 30, 3000)]
    roles = roles_of(*rows, ctdna=ctdna | {"leukocyte_fold": 5.1})
    assert set(roles["role"]) == {"clonal_haematopoiesis"}
    assert roles["reason"][0] == "in leukocytes, plasma VAF below 5.1 times theirs"


@pytest.mark.parametrize(
    ("alt_count", "role"), [(1, "tracked"), (2, "clonal_haematopoiesis")]
)
def test_one_error_molecule_in_deep_leukocytes_is_no_proof(alt_count, role, ctdna):
    # at 3000 molecules P(X >= 1) = .26 and P(X >= 2) = .037
    rows = [call("C1", 4, 4000), call("WBC", alt_count, 3000)]
    assert set(words_of(*rows, ctdna=ctdna)) == {role}


@pytest.mark.parametrize(
    ("plasma", "leukocytes", "role", "reason"),
    [
        # 5 of 1000 against 2 of 2000: 5 times the VAF, P(X >= 5 | 7, 1/3) = .045
        ((5, 1000), (2, 2000), "tracked", "passes at baseline"),
        # 4 of 1000 against 2 of 3000: 6 times the VAF, P(X >= 4 | 6, 1/4) = .038
        ((4, 1000), (2, 3000), "tracked", "passes at baseline"),
        # 4 of 1000 against 2 of 2600: P(X >= 4 | 6, 1/3.6) = .053
        (
            (4, 1000),
            (2, 2600),
            "clonal_haematopoiesis",
            "in leukocytes, not shown to be more in plasma",
        ),
    ],
)
def test_a_ratio_without_the_counts_to_bear_it_out_is_not_tumour(
    plasma, leukocytes, role, reason, ctdna
):
    rows = [call("C1", *plasma), call("WBC", *leukocytes)]
    roles = roles_of(*rows, ctdna=ctdna)
    assert set(roles["role"]) == {role}
    assert set(roles["reason"]) == {reason}


@pytest.mark.parametrize(
    ("gene", "depth", "role", "reason"),
    [
        # 20 of 2000 against 0 of 300: P(X = 20 | 20, 20/23) = .061; of 400: .026
        (
            "TET2",
            300,
            "clonal_haematopoiesis",
            "possible: listed gene, leukocytes too few to tell",
        ),
        ("TET2", 400, "tracked", "passes at baseline"),
        (
            "TP53",
            300,
            "tracked",
            "passes at baseline, leukocytes too few to tell",
        ),
    ],
)
def test_too_few_leukocyte_molecules_tell_nothing(gene, depth, role, reason, ctdna):
    rows = [call("C1", 20, gene=gene), call("WBC", 0, depth, gene=gene)]
    roles = roles_of(*rows, ctdna=ctdna)
    assert set(roles["role"]) == {role}
    assert set(roles["reason"]) == {reason}


def test_a_stray_molecule_in_a_listed_gene_is_no_haematopoiesis(ctdna):
    rows = [call("C1", 1, gene="TET2"), call("WBC", 1, 3000, gene="TET2")]
    assert words_of(*rows, ctdna=ctdna) == ["filtered", "filtered"]


def test_what_leukocytes_hold_and_plasma_did_not_measure_is_haematopoiesis(ctdna):
    roles = roles_of(call("C1", 0, 0), call("WBC", 7, 1716), ctdna=ctdna)
    assert set(roles["role"]) == {"clonal_haematopoiesis"}
    assert set(roles["reason"]) == {"in leukocytes, no molecule in plasma"}


def test_leukocyte_noise_that_plasma_lacks_is_filtered(ctdna):
    noise = call("WBC", 7, 1716, filter="strand_bias")
    assert words_of(noise, ctdna=ctdna) == ["filtered"]


def test_a_clone_that_emerges_far_above_leukocytes_is_emergent(ctdna):
    rows = [call("C1", 0), call("C2", 200), call("WBC", 3, 3000)]
    assert words_of(*rows, ctdna=ctdna) == ["filtered", "emergent", "filtered"]


def test_tissue_is_compared_with_leukocytes_where_plasma_holds_nothing(ctdna):
    rows = [call("FFPE", 800), call("C1", 0), call("WBC", 3, 3000)]
    words = words_of(*rows, ctdna=ctdna | {"track": "tissue"})
    assert set(words) == {"tracked"}


def test_the_error_rate_of_the_class_decides_what_leukocytes_hold(ctdna):
    # 2 of 3000: P(X >= 2) is .037 at an error rate of 1e-4, .12 at 2e-4
    rows = [call("C1", 4, 4000), call("WBC", 2, 3000)]
    for rates, role in (
        ({"T>C": 2e-4, "default": 1e-4}, "tracked"),
        ({"C>T": 2e-4, "default": 1e-4}, "clonal_haematopoiesis"),
    ):
        words = words_of(*rows, ctdna=ctdna | {"error_rate": rates})
        assert set(words) == {role}, rates


def test_in_any_gene_what_leukocytes_hold_is_not_tumour(ctdna):
    rows = [call("C1", 20, gene="TP53"), call("WBC", 30, 3000, gene="TP53")]
    assert set(roles_of(*rows, ctdna=ctdna)["reason"]) == {CH_REASON}


def test_a_variant_of_leukocytes_that_emerges_in_plasma_is_not_tumour(ctdna):
    rows = [call("C2", 20), call("WBC", 30, 3000)]
    assert set(words_of(*rows, ctdna=ctdna)) == {"clonal_haematopoiesis"}


def test_a_listed_gene_is_possible_haematopoiesis_without_leukocytes(ctdna):
    roles = roles_of(
        call("C1", 20, gene="DNMT3A"), call("C2", 20, gene="DNMT3A"), ctdna=ctdna
    )
    assert set(roles["role"]) == {"clonal_haematopoiesis"}
    assert roles["reason"][0] == "possible: listed gene, leukocytes not measured"


@pytest.mark.parametrize("unmeasured", [call("WBC", nan, nan), call("WBC", 0, 0)])
def test_leukocytes_without_counts_at_the_site_prove_nothing(unmeasured, ctdna):
    rows = [call("C1", 20, gene="TET2"), unmeasured | {"gene": "TET2"}]
    assert set(words_of(*rows, ctdna=ctdna)) == {"clonal_haematopoiesis"}


def test_a_listed_gene_is_tracked_where_leukocytes_lack_the_variant(ctdna):
    rows = [call("C1", 20, gene="DNMT3A"), call("WBC", 0, 3000, gene="DNMT3A")]
    assert set(words_of(*rows, ctdna=ctdna)) == {"tracked"}


def test_the_tag_policy_keeps_a_possible_one_tracked_and_says_so(ctdna):
    tag = ctdna | {"ch_policy": "tag"}
    roles = roles_of(
        call("C1", 20, gene="DNMT3A"), call("C1", 1, pos=7, gene="DNMT3A"), ctdna=tag
    )
    assert list(roles["role"]) == ["tracked", "filtered"]
    assert roles["reason"][0].startswith("possible clonal haematopoiesis")


def test_the_tag_policy_does_not_keep_what_leukocytes_hold(ctdna):
    rows = [call("C1", 20, gene="DNMT3A"), call("WBC", 30, 3000, gene="DNMT3A")]
    words = words_of(*rows, ctdna=ctdna | {"ch_policy": "tag"})
    assert set(words) == {"clonal_haematopoiesis"}


@pytest.mark.parametrize("gene", ["TP53", "ATM", "CHEK2", None])
def test_by_default_no_ambiguous_gene_is_dropped_by_its_name(gene, ctdna):
    assert words_of(call("C1", 20, gene=gene), ctdna=ctdna) == ["tracked"]


def test_without_calls_there_are_no_roles(ctdna):
    roles = roles_of(ctdna=ctdna)
    keys = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
    assert list(roles) == [*keys, "role", "reason"]
    assert len(roles) == 0
