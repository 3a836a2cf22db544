"""Which sites are counted in which sample, from which source, and why not."""

from math import nan

import pandas as pd
import pytest
from depth_files import GENOME, plain, write_alignments, write_fasta, write_packed

from her2ctdna.calls.all_calls import CALL_COLUMNS, complete_calls
from her2ctdna.depth.site_counts import (
    COUNT_COLUMNS,
    add_counts,
    check_coverage,
    collect_counts,
    count_sites,
)
from her2ctdna.findings import Finding

COUNTING = {"min_base_quality": 20, "min_mapping_quality": 30, "min_family_size": 1}
READS = [plain("a", at=30, base="T"), plain("b"), plain("c")]
BED = "chr7\t0\t60\t1500\n"


def call(sample_id, pos, alt_count, depth, **more):
    row = dict.fromkeys(CALL_COLUMNS) | {"patient_id": "P1", "chrom": "chr7"}
    row |= {"sample_id": sample_id, "pos": pos, "ref": GENOME[pos - 1], "alt": "T"}
    row |= {"alt_count": alt_count, "depth": depth, "filter": "PASS", "caller": "x"}
    return row | {"caller_vaf": nan, "population_af": nan} | more


def calls_of(*rows):
    return complete_calls(pd.DataFrame(rows, columns=CALL_COLUMNS))


def sample(sample_id="C2", patient_id="P1", **more):
    row = {"sample_id": sample_id, "patient_id": patient_id, "calls_sample": None}
    row |= {"row": 3, "has_calls": True, "alignments": None, "depth_track": None}
    row |= {"values": {"alignments": "c2.bam", "depth_track": "c2.bed.gz"}}
    return row | more


@pytest.fixture
def bam(tmp_path):
    return write_alignments(tmp_path / "c2.bam", READS)


@pytest.fixture
def bed(tmp_path):
    return write_packed(tmp_path / "c2.bed.gz", BED)


def count(*samples, calls, reference=None):
    return count_sites(samples, calls, reference=reference, counting=COUNTING)


def found(table):
    """Return position, source, count and depth of each row."""
    columns = ["pos", "source", "alt_count", "depth"]
    rows = table[columns].astype(object).where(table[columns].notna(), None)
    return list(rows.itertuples(index=False, name=None))


BASELINE = calls_of(call("C1", 30, 40, 2000), call("C1", 20, 20, 2000))


# Which sites


def test_sites_that_the_calls_do_not_count_are_counted_in_the_alignments(bam):
    table = count(sample(alignments=bam), calls=BASELINE)
    assert list(table.columns) == COUNT_COLUMNS
    assert found(table) == [(30, "alignments", 1, 3), (20, "alignments", 0, 3)]
    assert table["alt_forward"].tolist() == [1, 0]


def test_a_site_that_is_called_with_counts_is_left_alone(bam):
    calls = pd.concat([BASELINE, calls_of(call("C2", 30, 0, 900))], ignore_index=True)
    assert found(count(sample(alignments=bam), calls=calls)) == [
        (20, "alignments", 0, 3)
    ]


def test_a_record_without_counts_is_counted(bam):
    calls = pd.concat([BASELINE, calls_of(call("C2", 30, nan, 900))])
    table = count(sample(alignments=bam), calls=calls)
    assert (30, "alignments", 1, 3) in found(table)


def test_variants_of_other_patients_are_no_sites(bam):
    table = count(sample(patient_id="P2", alignments=bam), calls=BASELINE)
    assert table.empty
    assert list(table.columns) == COUNT_COLUMNS


def test_a_variant_that_no_sample_was_seen_to_have_is_no_site(bam):
    calls = calls_of(call("C1", 30, 0, 2000))
    assert count(sample(alignments=bam), calls=calls).empty


# Which source


def test_a_depth_track_gives_the_depth_where_nothing_was_called(bed):
    table = count(sample(depth_track=bed), calls=BASELINE)
    assert found(table) == [
        (30, "depth_track", None, 1500),
        (20, "depth_track", None, 1500),
    ]


def test_alignments_come_before_the_depth_track(bam, bed):
    table = count(sample(alignments=bam, depth_track=bed), calls=BASELINE)
    assert set(table["source"]) == {"alignments"}


def test_where_the_alignments_cannot_tell_the_depth_track_may(tmp_path, bed):
    other = write_alignments(tmp_path / "c2.bam", READS, contig="chr8")
    table = count(sample(alignments=other, depth_track=bed), calls=BASELINE)
    assert set(table["source"]) == {"depth_track"}
    table = count(sample(alignments=other), calls=BASELINE)
    assert table["source"].isna().all()
    assert set(table["reason"]) == {"the alignments have no contig chr7"}


def test_what_the_alignments_refute_no_depth_track_confirms(bam, bed):
    calls = calls_of(call("C1", 30, 40, 2000, ref="C", alt="A"))
    table = count(sample(alignments=bam, depth_track=bed), calls=calls)
    assert table["depth"].isna().all()
    assert table["reason"].str.contains("neither REF nor ALT").all()


def test_a_depth_says_nothing_where_no_caller_ran(bed):
    table = count(sample(depth_track=bed, has_calls=False), calls=BASELINE)
    assert table["source"].isna().all()
    assert table["depth"].isna().all()


def test_a_caller_whose_record_has_no_counts_was_not_silent(bed):
    calls = pd.concat([BASELINE, calls_of(call("C2", 30, nan, 900))])
    table = count(sample(depth_track=bed), calls=calls).set_index("pos")
    assert table.loc[30, "reason"] == "called without counts"
    assert table.loc[20, "source"] == "depth_track"


@pytest.mark.parametrize("chrom", ["chr7", "7"])
def test_another_variant_over_the_site_is_no_silence(bed, chrom):
    mnv = call("C2", 29, 9, 900, ref="AG", alt="CT", chrom=chrom)
    calls = pd.concat([BASELINE, calls_of(mnv)])
    table = count(sample(depth_track=bed), calls=calls).set_index("pos")
    assert table.loc[30, "reason"] == "another variant is called here"


def test_alignments_that_break_off_count_nothing(tmp_path):
    path = tmp_path / "c2.bam"
    many = [plain(f"r{n}") for n in range(20000)]
    write_alignments(path, many)
    content = path.read_bytes()
    broken = bytearray(content)
    middle = len(content) // 2
    broken[middle : middle + 400] = bytes(400)
    path.write_bytes(broken)
    table = count(sample(alignments=str(path)), calls=BASELINE)
    assert table["source"].isna().all()
    assert table["alt_count"].isna().all()
    assert table["reason"].str.startswith("the alignments cannot be read").all()


def test_a_cram_is_counted_with_its_reference(tmp_path):
    reference = write_fasta(tmp_path)
    path = write_alignments(tmp_path / "c2.cram", READS, reference=reference)
    table = count(sample(alignments=path), calls=BASELINE, reference=reference)
    assert found(table) == [(30, "alignments", 1, 3), (20, "alignments", 0, 3)]


# Findings before any site is known


def test_what_is_wrong_with_the_files_names_row_and_column(tmp_path):
    bare = write_alignments(tmp_path / "c2.bam", READS, index=False)
    text = write_packed(tmp_path / "c2.bed.gz", "chr7\t0\t60\t10:20\n")
    listed = [sample(alignments=bare), sample(depth_track=text, row=4)]
    findings = check_coverage(listed, reference=None)
    assert [found[:6] for found in findings] == [
        ("error", "samples", 3, "alignments", "P1", "c2.bam"),
        ("error", "samples", 4, "depth_track", "P1", "c2.bed.gz"),
    ]


def test_a_reference_that_is_not_there_is_said_once(bam):
    findings = check_coverage([sample(alignments=bam)] * 2, reference="no.fa")
    assert findings == [
        Finding(
            "error",
            "config",
            None,
            "study.reference",
            "",
            "no.fa",
            "no such file; correct the path in the config",
        )
    ]


# Together with the calls


def counts_of(*rows):
    """Return a table of counts from (sample, pos, source, alt_count, depth)."""
    made = [
        dict.fromkeys(COUNT_COLUMNS)
        | {"sample_id": sample_id, "patient_id": "P1", "chrom": "chr7", "pos": pos}
        | {"ref": GENOME[pos - 1], "alt": "T", "source": source}
        | {"alt_count": alt_count, "depth": depth}
        | {"reason": None if source else "not in the depth track"}
        for sample_id, pos, source, alt_count, depth in rows
    ]
    return collect_counts([pd.DataFrame(made, columns=COUNT_COLUMNS)])


def test_calls_without_counts_stay_as_they_are():
    unchanged = add_counts(BASELINE, None)
    pd.testing.assert_frame_equal(unchanged, BASELINE.assign(source="calls"))


def test_counted_sites_become_rows_that_were_not_called():
    counts = counts_of(("C2", 30, "alignments", 1, 4), ("C2", 20, None, nan, nan))
    joined = add_counts(BASELINE, counts)
    assert list(joined.columns) == [*CALL_COLUMNS, "source"]
    assert list(joined["sample_id"]) == ["C1", "C1", "C2"]
    row = joined.iloc[2]
    assert (row["alt_count"], row["depth"], row["vaf"]) == (1, 4, 0.25)
    assert (row["source"], row["caller"], row["filter"]) == ("alignments", None, None)
    assert list(joined["source"]) == ["calls", "calls", "alignments"]


def test_a_record_without_counts_takes_those_of_the_alignments():
    calls = calls_of(call("C2", 30, nan, nan, filter="weak"), call("C2", 20, 5, 1000))
    joined = add_counts(calls, counts_of(("C2", 30, "alignments", 2, 8)))
    assert len(joined) == 2
    row = joined.iloc[0]
    assert (row["alt_count"], row["depth"], row["vaf"]) == (2, 8, 0.25)
    assert (row["source"], row["caller"], row["filter"]) == ("alignments", "x", "weak")


def test_a_silent_site_has_a_depth_and_no_count():
    joined = add_counts(BASELINE, counts_of(("C2", 30, "depth_track", nan, 1500)))
    row = joined.iloc[2]
    assert row["depth"] == 1500
    assert pd.isna(row["alt_count"])
    assert pd.isna(row["vaf"])


def test_counts_of_batches_are_joined_in_the_order_of_calls():
    joined = collect_counts(
        [
            counts_of(("C3", 30, "alignments", 1, 4)),
            counts_of(("C2", 30, None, nan, nan), ("C2", 20, "alignments", 0, 4)),
        ]
    )
    assert list(zip(joined["sample_id"], joined["pos"], strict=True)) == [
        ("C2", 20),
        ("C2", 30),
        ("C3", 30),
    ]
    assert list(collect_counts([]).columns) == COUNT_COLUMNS
