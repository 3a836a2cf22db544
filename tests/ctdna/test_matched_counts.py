"""Samples whose records write a tracked variant in other words."""

import pandas as pd
import pytest
import yaml

from her2ctdna.calls.all_calls import as_calls, derive_calls
from her2ctdna.calls.variant_identity import find_candidates, match_variants
from her2ctdna.ctdna.dynamics import derive_ctdna
from her2ctdna.depth.site_counts import COUNT_COLUMNS, collect_counts
from her2ctdna.inputs.dates import empty_table


@pytest.fixture(scope="module")
def ctdna(root):
    text = (root / "config" / "config.yaml").read_text()
    return yaml.safe_load(text)["definitions"]["ctdna"]


def sheet(name, *rows):
    empty = empty_table(name)
    table = pd.DataFrame(rows, columns=list(empty))
    return table.astype(empty.dtypes.to_dict())


def draw(sample_id, day, material="plasma"):
    row = {"sample_id": sample_id, "patient_id": "P1", "timepoint": sample_id}
    return row | {"collected_day": day, "material": material}


def call(sample_id, pos, ref, alt, alt_count, depth=3000, word="PASS"):
    row = {"sample_id": sample_id, "chrom": "chr17", "pos": pos, "ref": ref}
    row |= {"alt": alt, "alt_count": alt_count, "depth": depth, "filter": word}
    return row


SNV = [call("C1", 1, "C", "T", 90), call("C2", 1, "C", "T", 0)]


def study_of(*calls, materials=()):
    samples = [draw("C1", 0), draw("C2", 21)]
    samples = sheet("samples", *samples, *(draw(m, 0, m) for m in materials))
    variants = derive_calls(sheet("variants", *calls), samples)
    matches = match_variants(find_candidates(as_calls(variants)), is_aligned=False)
    patients = sheet("patients", {"patient_id": "P1"})
    tables = {"patients": patients, "samples": samples, "variants": variants}
    return tables | {"matches": matches}


def derived(*calls, ctdna, **more):
    return derive_ctdna(study_of(*calls, **more), ctdna=ctdna)


def at_c2d1(found):
    landmarks = found.landmarks.set_index("landmark")
    return landmarks.loc["C2D1", "state"], landmarks.loc["C2D1", "clearance"]


def role(found, sample_id, pos, alt):
    rows = found.roles[found.roles["sample_id"] == sample_id]
    return tuple(rows.set_index(["pos", "alt"]).loc[(pos, alt), ["role", "reason"]])


SPLIT = [call("C2", 8, "G", "T", 40), call("C2", 9, "G", "C", 41)]
JOINED = [call("C1", 8, "G", "T", 120), call("C1", 9, "G", "C", 121)]


def test_an_mnv_that_later_stands_as_its_parts_is_not_cleared(ctdna):
    found = derived(*SNV, call("C1", 8, "GG", "TC", 120), *SPLIT, ctdna=ctdna)
    assert at_c2d1(found) == ("detected", "not_cleared")
    later = found.samples.set_index("sample_id").loc["C2"]
    assert [later["alt_count"], later["n_from_other_records"]] == [40, 1]


def test_parts_that_later_stand_as_an_mnv_are_not_cleared(ctdna):
    found = derived(*SNV, *JOINED, call("C2", 8, "GG", "TC", 40), ctdna=ctdna)
    assert at_c2d1(found) == ("detected", "not_cleared")


def test_what_is_linked_to_a_tracked_variant_does_not_emerge(ctdna):
    found = derived(*SNV, call("C1", 8, "GG", "TC", 120), *SPLIT, ctdna=ctdna)
    assert role(found, "C2", 8, "TC") == ("tracked", "passes at baseline")
    parts = found.roles[found.roles["pos"].isin([8, 9]) & (found.roles["ref"] == "G")]
    assert "emergent" not in set(parts["role"])
    assert role(found, "C2", 9, "C") == ("filtered", "linked to chr17:8 GG>TC")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([call("C1", 8, "GG", "TC", 120)], [call("C2", 8, "GG", "TC", 40), *SPLIT]),
        (JOINED, [*SPLIT, call("C2", 8, "GG", "TC", 40)]),
    ],
    ids=["parts beside it", "the whole beside its parts"],
)
def test_what_a_file_says_twice_does_not_emerge(before, after, ctdna):
    found = derived(*SNV, *before, *after, ctdna=ctdna)
    assert at_c2d1(found) == ("detected", "not_cleared")
    assert "emergent" not in set(found.roles["role"])


def test_counts_from_other_records_track_nothing(ctdna):
    found = derived(*SNV, *JOINED, call("C2", 8, "GG", "TC", 40), ctdna=ctdna)
    assert found.samples.set_index("sample_id").loc["C1", "n_tracked"] == 3


def test_forced_parts_without_molecules_clear_an_mnv(ctdna):
    forced = [call("C2", 8, "G", "T", 0), call("C2", 9, "G", "C", 0)]
    found = derived(*SNV, call("C1", 8, "GG", "TC", 120), *forced, ctdna=ctdna)
    assert at_c2d1(found) == ("undetected", "cleared")


UNSETTLED = [call("C1", 5000, "AT", "A", 120), call("C2", 5004, "TT", "T", 40)]


def test_nothing_is_cleared_over_what_may_be_the_tracked_variant(ctdna):
    found = derived(*SNV, *UNSETTLED, ctdna=ctdna)
    assert at_c2d1(found) == ("not_evaluable", "uninformative")
    later = found.samples.set_index("sample_id").loc["C2"]
    assert [later["n_informative"], later["n_unsettled"]] == [1, 1]
    emergent = found.roles["role"] == "emergent"
    assert not emergent.any()


def test_a_delins_that_later_stands_as_its_parts_is_not_cleared(ctdna):
    parts = [call("C2", 8, "G", "T", 40), call("C2", 9, "GA", "G", 41)]
    found = derived(*SNV, call("C1", 8, "GGA", "TG", 120), *parts, ctdna=ctdna)
    assert at_c2d1(found) == ("not_evaluable", "uninformative")
    assert not (found.roles["role"] == "emergent").any()


def test_an_indel_forced_to_0_beside_its_other_place_is_not_cleared(ctdna):
    forced = call("C2", 5000, "AT", "A", 0)
    found = derived(*SNV, *UNSETTLED, forced, ctdna=ctdna)
    assert at_c2d1(found) == ("not_evaluable", "uninformative")
    assert not (found.roles["role"] == "emergent").any()


def test_what_is_detected_by_other_loci_stays_detected(ctdna):
    seen = [call("C1", 1, "C", "T", 90), call("C2", 1, "C", "T", 20)]
    assert at_c2d1(derived(*seen, *UNSETTLED, ctdna=ctdna))[0] == "detected"


def test_alignments_settle_it(ctdna):
    study = study_of(*SNV, *UNSETTLED)
    row = {"sample_id": "C2", "patient_id": "P1", "chrom": "chr17", "pos": 5000}
    row |= {"ref": "AT", "alt": "A", "source": "alignments", "reason": None}
    counts = collect_counts(
        [pd.DataFrame([row | {"alt_count": 0, "depth": 3000}], columns=COUNT_COLUMNS)]
    )
    found = derive_ctdna(study | {"site_counts": counts}, ctdna=ctdna)
    assert at_c2d1(found) == ("undetected", "cleared")


def test_tissue_and_plasma_that_write_it_otherwise_track_it_once(ctdna):
    tissue = call("tissue", 8, "GG", "TC", 500, 1000)
    union = ctdna | {"track": "union"}
    found = derived(*SNV, *JOINED, tissue, ctdna=union, materials=["tissue"])
    assert found.samples.set_index("sample_id").loc["C1", "n_tracked"] == 3


@pytest.mark.parametrize(
    ("word", "state"), [("PASS", "not_evaluable"), ("weak", "undetected")]
)
def test_a_baseline_whose_call_cannot_be_counted_is_not_evaluable(word, state, ctdna):
    calls = [call("C1", 1, "C", "T", None, word=word), call("C1", 2, "A", "G", 0)]
    found = derived(*calls, ctdna=ctdna)
    assert found.samples.set_index("sample_id").loc["C1", "state"] == state


def test_the_depth_of_what_was_not_counted_shows_no_silence(ctdna):
    calls = [call("C1", 1, "C", "T", None, word="weak"), call("C1", 2, "A", "G", 0, 9)]
    found = derived(*calls, ctdna=ctdna)
    assert found.samples.set_index("sample_id").loc["C1", "state"] == "not_evaluable"


def test_a_tracked_site_called_without_a_count_clears_nothing(ctdna):
    uncounted = call("C2", 2, "A", "G", None)
    found = derived(*SNV, call("C1", 2, "A", "G", 60), uncounted, ctdna=ctdna)
    assert at_c2d1(found) == ("not_evaluable", "uninformative")
