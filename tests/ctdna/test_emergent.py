"""Emergent variants and ERBB2 in plasma: beside clearance, never in it."""

import pandas as pd
import pytest
import yaml

from her2ctdna.calls.all_calls import derive_calls
from her2ctdna.ctdna.dynamics import derive_ctdna
from her2ctdna.ctdna.emergent import EMERGENT_COLUMNS, ERBB2_COLUMNS, summarise_variants
from her2ctdna.inputs.dates import empty_table


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"]


def sheet(name, *rows):
    empty = empty_table(name)
    table = pd.DataFrame(rows, columns=list(empty))
    return table.astype(empty.dtypes.to_dict())


def draw(sample_id, day, patient_id="P1", **more):
    row = {"sample_id": sample_id, "patient_id": patient_id, "collected_day": day}
    return row | {"timepoint": sample_id} | more


def call(sample_id, pos, alt_count, depth=4000, gene="PIK3CA", **more):
    row = {"sample_id": sample_id, "chrom": "chr3", "pos": pos, "ref": "A", "alt": "G"}
    row |= {"gene": gene, "alt_count": alt_count, "depth": depth, "filter": "PASS"}
    return row | more


DRAWS = (draw("C1", 0), draw("C2", 21), draw("C3", 42))


def tables_of(draws, calls, *, classes=None, ctdna):
    samples = sheet("samples", *draws)
    variants = derive_calls(sheet("variants", *calls), samples)
    names = ("P1", "P2")
    patients = sheet("patients", *({"patient_id": name} for name in names))
    tables = {"patients": patients, "samples": samples, "variants": variants}
    found = derive_ctdna(tables, ctdna=ctdna)
    tables["variant_status"] = found.roles
    if classes:
        status = {"patient_id": names, "her2_class": classes, "her2_group": classes}
        tables["her2_status"] = pd.DataFrame(status)
    return summarise_variants(tables, ctdna=ctdna), found


def erbb2_of(draws, calls, *, ctdna, classes=None):
    tables, _ = tables_of(draws, calls, classes=classes, ctdna=ctdna)
    return tables["erbb2"].set_index("patient_id")


CALLS = (
    call("C1", 1, 80),
    call("C2", 1, 0),
    call("C3", 1, 0),
    call("C1", 2, 1, gene="TOP1", protein_change="p.Glu418Lys"),
    call("C2", 2, 12, gene="TOP1", protein_change="p.Glu418Lys"),
    call("C3", 2, 40, gene="TOP1", protein_change="p.Glu418Lys"),
    call("C3", 3, 9, gene="NF1"),
)


def test_each_emergent_variant_has_its_first_day_and_highest_vaf(ctdna):
    table = tables_of(DRAWS, CALLS, ctdna=ctdna)[0]["emergent"]
    assert list(table) == EMERGENT_COLUMNS
    columns = ["gene", "first_sample_id", "first_day", "last_day", "max_vaf"]
    columns += ["n_samples", "baseline_alt_count", "baseline_depth", "of_note"]
    first, second = table[columns].to_dict("records")
    assert list(first.values()) == ["TOP1", "C2", 21, 42, 0.01, 2, 1, 4000, "yes"]
    assert list(second.values())[:6] == ["NF1", "C3", 42, 42, 0.00225, 1]
    assert pd.isna(second["baseline_depth"])
    assert second["of_note"] == "no"


def test_an_emergent_variant_undoes_no_clearance(ctdna):
    _, found = tables_of(DRAWS, CALLS, ctdna=ctdna)
    own = found.landmarks[found.landmarks["patient_id"] == "P1"]
    assert list(own["clearance"]) == ["cleared", "cleared"]


def test_the_genes_of_note_are_those_of_the_config(ctdna):
    noted = ctdna | {"resistance_genes": ["NF1"]}
    table = tables_of(DRAWS, CALLS, ctdna=noted)[0]["emergent"]
    assert list(table["of_note"]) == ["no", "yes"]


def test_a_draw_that_failed_shows_nothing(ctdna):
    failed = (*DRAWS[:2], draw("C3", 42, qc="fail"))
    table = tables_of(failed, CALLS, ctdna=ctdna)[0]["emergent"]
    assert list(table["gene"]) == ["TOP1"]
    assert list(table["n_samples"]) == [1]


def test_what_the_baseline_held_is_not_emergent_where_nothing_emerged(ctdna):
    table = tables_of(DRAWS, CALLS[:3], ctdna=ctdna)[0]["emergent"]
    assert list(table) == EMERGENT_COLUMNS
    assert table.empty


def test_without_calls_the_tables_have_their_columns(ctdna):
    tables, _ = tables_of((), (), ctdna=ctdna)
    assert list(tables["emergent"]) == EMERGENT_COLUMNS
    assert list(tables["erbb2"]) == ERBB2_COLUMNS
    assert list(tables["erbb2"]["plasma_erbb2"]) == ["not_measured"] * 2
    assert list(tables["erbb2"]["reason"]) == ["no plasma sample"] * 2


@pytest.mark.parametrize(
    ("calls", "word", "variants", "day", "reason"),
    [
        (
            [call("C1", 5, 90, gene="ERBB2", protein_change="p.Leu755Ser")],
            *("mutated", "p.Leu755Ser", 0, "tracked"),
        ),
        (
            [call("C1", 1, 80), call("C2", 5, 9, gene="ERBB2")],
            *("mutated", "A>G", 21, "emergent"),
        ),
        (
            [call("C1", 5, 2, gene="ERBB2")],
            *("not_seen", None, None, "ERBB2 has a record, none of tumour"),
        ),
        (
            [call("C1", 5, 2, depth=999, gene="ERBB2")],
            *("not_measured", None, None, "no ERBB2 record: coverage unknown"),
        ),
        (
            [call("C1", 1, 80)],
            *("not_measured", None, None, "no ERBB2 record: coverage unknown"),
        ),
    ],
)
def test_erbb2_is_mutated_not_seen_or_not_measured(
    calls, word, variants, day, reason, ctdna
):
    row = erbb2_of(DRAWS, calls, ctdna=ctdna).loc["P1"]
    assert (row["plasma_erbb2"], row["reason"]) == (word, reason)
    assert row["variants"] == variants or pd.isna(row["variants"])
    assert row["first_day"] == day or pd.isna(row["first_day"])


def test_erbb2_of_leukocytes_is_not_that_of_the_tumour(ctdna):
    draws = (*DRAWS, draw("W", 0, material="leukocyte"))
    calls = [call("C1", 5, 40, gene="ERBB2"), call("W", 5, 40, gene="ERBB2")]
    assert erbb2_of(draws, calls, ctdna=ctdna).loc["P1", "plasma_erbb2"] == "not_seen"


@pytest.mark.parametrize(
    ("words", "expected", "day"),
    [
        ((None, None, None), "not_measured", None),
        (("no", None, "no"), "not_amplified", None),
        (("no", "yes", "yes"), "amplified", 21),
    ],
)
def test_amplification_is_what_the_samples_say(words, expected, day, ctdna):
    draws = [row | {"erbb2_amplified": w} for row, w in zip(DRAWS, words, strict=True)]
    row = erbb2_of(draws, [call("C1", 1, 80)], ctdna=ctdna).loc["P1"]
    assert row["plasma_amplification"] == expected
    assert row["amplified_day"] == day or pd.isna(row["amplified_day"])


def test_the_class_of_tissue_stands_beside_plasma(ctdna):
    calls = [call("C1", 5, 90, gene="ERBB2")]
    table = erbb2_of(DRAWS, calls, classes=("low", "absent"), ctdna=ctdna)
    assert list(table["her2_class"]) == ["low", "absent"]
    assert list(table["plasma_erbb2"]) == ["mutated", "not_measured"]
