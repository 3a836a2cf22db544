"""Error rates from records that hold nothing of the patient's own."""

from math import nan

import pandas as pd
import pytest
import yaml

from her2ctdna.calls.all_calls import CALL_COLUMNS, complete_calls
from her2ctdna.ctdna.background import COLUMNS, derive_background, rates_in_use
from her2ctdna.ctdna.error_rates import CLASSES


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    found = yaml.safe_load(text)["definitions"]["ctdna"]
    return found | {"error_source": "estimate"}


DRAWS = pd.DataFrame(
    [
        ("P1.C1", "plasma", None),
        ("P1.W", "leukocyte", None),
        ("P2.C1", "plasma", "pass"),
        ("P2.W", "leukocyte", "fail"),
        ("P2.T", "tissue", None),
    ],
    columns=["sample_id", "material", "qc"],
)


def call(sample_id, pos, alt_count, role, *, depth=5000, ref="C", alt="T", **more):
    row = dict.fromkeys(CALL_COLUMNS) | {"patient_id": sample_id[:2], "chrom": "chr3"}
    row |= {"sample_id": sample_id, "pos": pos, "ref": ref, "alt": alt, "role": role}
    row |= {"alt_count": alt_count, "depth": depth, "filter": "PASS", "caller": "x"}
    return row | {"caller_vaf": nan, "population_af": nan} | more


def background_of(*rows, ctdna):
    table = pd.DataFrame(rows, columns=[*CALL_COLUMNS, "role"])
    variants = complete_calls(table)
    roles = table[["sample_id", "patient_id", "chrom", "pos", "ref", "alt", "role"]]
    roles = roles.astype({"pos": "int64"})
    found = derive_background(variants, roles, DRAWS, ctdna=ctdna)
    return found.set_index("class")


TRACKED = [call("P1.C1", 1, 90, "tracked"), call("P2.C1", 2, 80, "tracked")]


def test_leukocytes_count_where_plasma_chose_the_variant(ctdna):
    row = background_of(
        *TRACKED,
        call("P1.W", 1, 1, "tracked"),
        call("P1.W", 7, 9, "filtered"),
        call("P1.W", 8, 2500, "germline"),
        call("P1.W", 9, 60, "clonal_haematopoiesis"),
        ctdna=ctdna,
    ).loc["C>T"]
    counts = row[["molecules_leukocyte", "errors_leukocyte", "molecules_plasma"]]
    assert list(counts) == [5000, 1, 0]
    # one error in 10 000 molecules by the config, and one in 5000 measured
    assert row["rate_estimated"] == row["rate"] == pytest.approx(2 / 15000)
    assert row["source"] == "estimate"


def test_plasma_counts_where_it_was_asked_about_the_loci_of_others(ctdna):
    asked = call("P1.C1", 2, 0, "filtered")
    seen = call("P1.C1", 2, 2, "filtered")
    zero = background_of(*TRACKED, asked, ctdna=ctdna).loc["C>T"]
    picked = background_of(*TRACKED, seen, ctdna=ctdna).loc["C>T"]
    assert (zero["molecules_plasma"], zero["errors_plasma"]) == (5000, 0)
    assert picked["molecules_plasma"] == 0


def test_a_sample_with_few_of_the_others_loci_was_not_asked(ctdna):
    others = [call("P2.C1", pos, 80, "tracked") for pos in (2, 3, 4, 5)]
    own = call("P1.C1", 1, 90, "tracked")
    held = [call("P1.C1", 2, 0, "filtered"), call("P1.C1", 3, 1, "filtered")]
    one = background_of(own, *others, held[0], ctdna=ctdna).loc["C>T"]
    two = background_of(own, *others, *held, ctdna=ctdna).loc["C>T"]
    assert one["molecules_plasma"] == 0
    assert (two["molecules_plasma"], two["errors_plasma"]) == (10000, 1)


def test_a_variant_that_passes_in_another_draw_of_the_patient_is_no_error(ctdna):
    draws = [call("P1.C1", 2, 0, "filtered"), call("P1.C1", 4, 0, "filtered")]
    tracked = [*TRACKED, call("P2.C1", 4, 80, "tracked")]
    before = background_of(*tracked, *draws, ctdna=ctdna).loc["C>T"]
    later = call("P1.C1", 2, 40, "emergent", alt="T")
    passing = background_of(*tracked, later, draws[1], ctdna=ctdna).loc["C>T"]
    assert before["molecules_plasma"] == 10000
    assert passing["molecules_plasma"] == 5000


@pytest.mark.parametrize(
    "change",
    [{"depth": 999}, {"alt_count": nan}, {"filter": "weak"}, {"sample_id": "P2.W"}],
)
def test_what_is_not_measured_or_failed_is_no_blank(change, ctdna):
    blank = call("P1.W", 1, 1, "tracked") | change
    blank |= {"patient_id": blank["sample_id"][:2]}
    strict = ctdna | {"filter_fail": ["weak"]}
    row = background_of(*TRACKED, blank, ctdna=strict).loc["C>T"]
    assert row["molecules_leukocyte"] == 0


def test_classes_are_estimated_apart_and_fall_back_to_the_config(ctdna):
    rates = ctdna | {"error_rate": {"T>C": 5e-5, "default": 1e-4}}
    table = background_of(
        *TRACKED,
        call("P1.C1", 6, 40, "tracked", ref="A", alt="AC"),
        call("P1.W", 6, 3, "tracked", ref="A", alt="AC", depth=10000),
        ctdna=rates,
    )
    assert list(table.index) == list(CLASSES)
    assert table.loc["insertion", "rate"] == pytest.approx(4 / 20000)
    assert table.loc["C>T", ["rate", "source"]].tolist() == [1e-4, "config"]
    assert table.loc["T>C", "rate_estimated"] == pytest.approx(5e-5)


def test_by_default_the_estimate_is_shown_and_not_used(ctdna):
    shown = ctdna | {"error_source": "config"}
    rows = [*TRACKED, call("P1.W", 1, 3, "tracked")]
    row = background_of(*rows, ctdna=shown).loc["C>T"]
    assert row["rate_estimated"] == pytest.approx(4 / 15000)
    assert (row["rate"], row["source"]) == (1e-4, "config")


def test_without_any_record_every_rate_is_that_of_the_config(ctdna):
    table = background_of(ctdna=ctdna).reset_index()
    assert list(table) == COLUMNS
    assert set(table["rate"]) == {1e-4}
    assert set(table["source"]) == {"config"}


@pytest.mark.parametrize(
    ("source", "rate"), [("config", 1e-4), ("estimate", 4 / 15000)]
)
def test_the_test_of_a_sample_takes_the_rates_of_the_chosen_source(source, rate, ctdna):
    rows = [*TRACKED, call("P1.W", 1, 3, "tracked")]
    table = pd.DataFrame(rows, columns=[*CALL_COLUMNS, "role"])
    roles = table[["sample_id", "patient_id", "chrom", "pos", "ref", "alt", "role"]]
    found = rates_in_use(
        complete_calls(table), roles, DRAWS, ctdna=ctdna | {"error_source": source}
    )
    assert found["C>T"] == pytest.approx(rate)
    assert found["C>A"] == pytest.approx(1e-4)
