"""What other records of a sample say of a variant."""

from math import nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2ctdna.calls.identity_findings import describe_matches
from her2ctdna.calls.variant_identity import match_variants

CALLS = ["sample_id", "patient_id", "chrom", "pos", "ref", "alt"]
CALLS += ["alt_count", "depth", "filter"]


def call(sample_id, pos, ref, alt, alt_count, depth=3000.0, word="PASS", who="P1"):
    return (sample_id, who, "chr17", pos, ref, alt, alt_count, depth, word)


def matches_of(*rows, is_aligned=False):
    calls = pd.DataFrame(rows, columns=CALLS)
    return match_variants(calls, is_aligned=is_aligned)


def told(*rows, sample_id="L", is_aligned=False):
    """Return what is made of each variant of a sample, links apart."""
    found = matches_of(*rows, is_aligned=is_aligned)
    own = found[(found["sample_id"] == sample_id) & (found["match"] != "linked")]
    return {
        f"{row.pos} {row.ref}>{row.alt}": (row.match, row.alt_count, row.depth)
        for row in own.itertuples()
    }


def linked(*rows, sample_id="L", is_aligned=False):
    found = matches_of(*rows, is_aligned=is_aligned)
    own = found[(found["sample_id"] == sample_id) & (found["match"] == "linked")]
    return {f"{row.pos} {row.ref}>{row.alt}": row.matched for row in own.itertuples()}


MNV = call("B", 8, "GG", "TC", 120)
FIRST, SECOND = call("L", 8, "G", "T", 40), call("L", 9, "G", "C", 41, 2900)


def test_the_parts_of_an_mnv_count_it_by_the_fewest_molecules_and_least_depth():
    assert told(MNV, FIRST, SECOND) == {"8 GG>TC": ("counted", 40, 2900)}


def test_parts_with_a_base_between_them_count_it_too():
    whole = call("B", 8, "GAG", "TAC", 120)
    last = call("L", 10, "G", "C", 41)
    assert told(whole, FIRST, last) == {"8 GAG>TAC": ("counted", 40, 3000)}


def test_an_mnv_counts_each_of_its_parts():
    parts = [call("B", 8, "G", "T", 120), call("B", 9, "G", "C", 121)]
    found = told(*parts, call("L", 8, "GG", "TC", 40))
    assert found == {"8 G>T": ("counted", 40, 3000), "9 G>C": ("counted", 40, 3000)}


@pytest.mark.parametrize("own", [0, 5])
def test_a_part_has_at_least_the_molecules_of_the_mnv(own):
    before = call("B", 8, "G", "T", 120)
    rows = [before, call("L", 8, "G", "T", own), call("L", 8, "GG", "TC", 40)]
    assert told(*rows)["8 G>T"] == ("counted", 40, 3000)


def test_a_part_that_counts_more_keeps_its_count():
    before = call("B", 8, "G", "T", 120)
    rows = [before, call("L", 8, "G", "T", 60), call("L", 8, "GG", "TC", 40)]
    assert "8 G>T" not in told(*rows)


def test_an_mnv_without_molecules_says_nothing_of_its_parts():
    assert told(call("B", 8, "G", "T", 120), call("L", 8, "GG", "TC", 0)) == {}


def test_a_part_without_molecules_leaves_none_for_the_whole():
    assert told(MNV, call("L", 8, "G", "T", 0))["8 GG>TC"] == ("counted", 0, 3000)


@pytest.mark.parametrize(
    "parts",
    [
        [FIRST],
        [call("L", 8, "G", "T", nan), SECOND],
        [call("L", 9, "GT", "CC", 40)],
    ],
    ids=["one part alone", "a part without count", "an overlap"],
)
def test_what_may_be_of_an_mnv_leaves_it_unsettled(parts):
    match, alt_count, depth = told(MNV, *parts)["8 GG>TC"]
    assert match == "unsettled"
    assert pd.isna(alt_count)
    assert pd.isna(depth)


def test_a_count_of_0_beside_parts_with_molecules_is_not_believed():
    forced = call("L", 8, "GG", "TC", 0)
    assert told(MNV, forced, FIRST, SECOND)["8 GG>TC"][0] == "unsettled"


def test_failing_filters_of_parts_are_those_of_the_whole():
    parts = [call("L", 8, "G", "T", 40, word="weak"), SECOND]
    found = matches_of(MNV, *parts)
    assert found.set_index(["sample_id", "alt"]).loc[("L", "TC"), "filter"] == "weak"


def test_records_that_say_something_of_others_are_linked():
    expected = {"8 G>T": "chr17:8 GG>TC", "9 G>C": "chr17:8 GG>TC"}
    assert linked(MNV, FIRST, SECOND) == expected


def test_an_mnv_and_its_parts_in_one_file_are_linked_and_keep_their_counts():
    rows = [call("L", 8, "GG", "TC", 40), FIRST, SECOND]
    assert told(*rows) == {}
    expected = {
        "8 GG>TC": "chr17:8 G>T; chr17:9 G>C",
        "8 G>T": "chr17:8 GG>TC",
        "9 G>C": "chr17:8 GG>TC",
    }
    assert linked(*rows) == expected


DELETION = call("B", 5000, "AT", "A", 120)


@pytest.mark.parametrize(
    ("before", "after", "is_one"),
    [
        (DELETION, call("L", 5004, "TT", "T", 40), True),
        (DELETION, call("L", 5050, "TT", "T", 40), True),
        (DELETION, call("L", 5052, "TT", "T", 40), False),
        (DELETION, call("L", 5004, "TTT", "T", 40), False),
        (DELETION, call("L", 5004, "T", "TT", 40), False),
        (call("B", 10, "A", "ACAG", 9), call("L", 12, "A", "AAGC", 9), True),
        (call("B", 10, "A", "ACAG", 9), call("L", 62, "A", "AAGC", 9), True),
        (call("B", 10, "A", "ACAG", 9), call("L", 62, "A", "ATGC", 9), False),
        (call("B", 11, "T", "-", 9), call("L", 14, "TT", "T", 9), True),
    ],
)
def test_two_indels_of_a_repeat_may_be_one(before, after, is_one):
    expected = ["unsettled"] if is_one else []
    assert [match for match, *_ in told(before, after).values()] == expected


def test_an_indel_at_0_beside_another_that_may_be_it_is_not_believed():
    forced, moved = call("L", 5000, "AT", "A", 0), call("L", 5004, "TT", "T", 40)
    (match, alt_count, _) = told(DELETION, forced, moved)["5000 AT>A"]
    assert match == "unsettled"
    assert pd.isna(alt_count)
    assert linked(DELETION, forced, moved) == {"5004 TT>T": "chr17:5000 AT>A"}


def test_an_indel_with_molecules_of_its_own_keeps_them():
    own, other = call("L", 5000, "AT", "A", 3), call("L", 5004, "TT", "T", 40)
    assert told(DELETION, own, other) == {}
    assert linked(DELETION, own, other) == {}


def test_with_a_reference_two_places_are_two_variants():
    after = call("L", 5004, "TT", "T", 40)
    assert told(DELETION, after, is_aligned=True) == {}


def test_an_indel_beside_another_without_molecules_stays_unknown():
    assert told(DELETION, call("L", 5004, "TT", "T", 0)) == {}


DELINS = call("B", 100, "ATT", "GC", 120)
PARTS = [call("L", 100, "A", "G", 40), call("L", 101, "TT", "T", 41)]


@pytest.mark.parametrize("is_aligned", [True, False])
def test_the_parts_of_a_delins_leave_it_unsettled_and_are_linked(is_aligned):
    assert told(DELINS, *PARTS, is_aligned=is_aligned)["100 ATT>GC"][0] == "unsettled"
    expected = dict.fromkeys(["100 A>G", "101 TT>T"], "chr17:100 ATT>GC")
    assert linked(DELINS, *PARTS, is_aligned=is_aligned) == expected


def test_a_delins_leaves_its_parts_unsettled():
    before = [call("B", 100, "A", "G", 120), call("B", 101, "TT", "T", 120)]
    found = told(*before, call("L", 100, "ATT", "GC", 40), is_aligned=True)
    assert {key: match for key, (match, *_) in found.items()} == {
        "100 A>G": "unsettled",
        "101 TT>T": "unsettled",
    }


@pytest.mark.parametrize(
    ("after", "is_of_it"),
    [
        (call("L", 103, "C", "G", 40), True),
        (call("L", 104, "C", "G", 40), False),
        (call("L", 60, "CA", "C", 40), True),
        (call("L", 40, "CA", "C", 40), False),
        (call("L", 60, "CAA", "C", 40), False),
        (call("L", 60, "C", "CA", 40), False),
        (call("L", 100, "A", "G", 0), False),
    ],
)
def test_of_a_delins_is_what_touches_it_or_an_indel_close_by_that_is_as_long(
    after, is_of_it
):
    expected = ["unsettled"] if is_of_it else []
    found = told(DELINS, after, is_aligned=True)
    assert [match for match, *_ in found.values()] == expected


def test_a_delins_at_0_is_believed_beside_a_substitution_and_not_beside_an_indel():
    forced, (substitution, deletion) = call("L", 100, "ATT", "GC", 0), PARTS
    assert "100 ATT>GC" not in told(DELINS, forced, substitution)
    assert told(DELINS, forced, deletion)["100 ATT>GC"][0] == "unsettled"


def test_records_of_another_patient_say_nothing():
    other = call("L", 8, "G", "T", 40, who="P2")
    assert matches_of(MNV, other).empty


def test_without_calls_there_are_no_matches():
    assert matches_of().empty


BASES = st.text("ACGT", min_size=3, max_size=3)


@given(ref=BASES, alt=BASES, count=st.integers(0, 50), extra=st.integers(0, 9))
def test_split_and_joined_again_an_mnv_keeps_its_count(ref, alt, count, extra):
    parts = [(pos, a, b) for pos, (a, b) in enumerate(zip(ref, alt, strict=True), 100)]
    parts = [part for part in parts if part[1] != part[2]]
    if len(parts) < 2 or ref[0] == alt[0] or ref[-1] == alt[-1]:
        return
    whole = call("B", 100, ref, alt, 100)
    split = [call("L", *part, count + extra * n) for n, part in enumerate(parts)]
    assert told(whole, *split)[f"100 {ref}>{alt}"] == ("counted", count, 3000)


def test_each_pair_that_cannot_be_told_apart_is_one_warning_with_the_remedy():
    matches = matches_of(DELETION, call("L", 5004, "TT", "T", 40))
    files = pd.DataFrame(
        [("B", 2, "b.vcf"), ("L", 3, "l.vcf")], columns=["sample_id", "row", "value"]
    )
    (finding,) = describe_matches(matches, files)
    assert (finding.severity, finding.row, finding.value) == ("warning", 3, "l.vcf")
    assert "chr17:5004 TT>T in L may be chr17:5000 AT>A" in finding.message
    assert "study.reference" in finding.message


def test_what_a_reference_does_not_settle_has_another_remedy():
    files = pd.DataFrame(columns=["sample_id", "row", "value"])
    findings = describe_matches(matches_of(DELINS, *PARTS), files)
    assert len(findings) == 3
    for finding in findings:
        assert "study.reference" not in finding.message
        assert "called alike" in finding.message


def test_counts_from_other_records_are_noted_once():
    files = pd.DataFrame(columns=["sample_id", "row", "value"])
    (finding,) = describe_matches(matches_of(MNV, FIRST, SECOND), files)
    assert finding.severity == "note"
    assert finding.message.startswith("3 counts of variants in 1 patients")
