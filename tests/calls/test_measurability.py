"""Whether the files of a study could show that a tracked variant is gone."""

import pandas as pd
import pytest

from her2ctdna.calls.all_calls import CALL_COLUMNS, as_calls, complete_calls
from her2ctdna.calls.measurability import find_unmeasurable

SAMPLES = pd.DataFrame(
    {
        "sample_id": ["P1.1", "P1.2", "P1.T"],
        "patient_id": "P1",
        "material": ["plasma", None, "tissue"],
        "alignments": None,
    }
)


def calls_of(**counts):
    """Return a call of each sample, with its molecules; the depth is 2,000."""
    row = dict.fromkeys(CALL_COLUMNS) | {"patient_id": "P1", "chrom": "1", "pos": 1}
    row |= {"ref": "A", "alt": "G", "depth": 2000.0}
    names = {"first": "P1.1", "later": "P1.2", "tissue": "P1.T"}
    rows = [
        row | {"sample_id": names[name], "alt_count": count}
        for name, count in counts.items()
    ]
    return as_calls(complete_calls(pd.DataFrame(rows, columns=CALL_COLUMNS)))


def messages(calls, samples=SAMPLES):
    return [found.message for found in find_unmeasurable(calls, samples)]


def test_calls_without_a_zero_get_one_warning_with_the_ways_out():
    (text,) = messages(calls_of(first=5, later=3, tissue=0))
    for way in ("force-call", "depth_track", "alignments"):
        assert way in text


@pytest.mark.parametrize(
    "changes",
    [
        {"alignments": ["a.bam", None, None]},
        {"depth_track": [None, "b.bed.gz", None]},
    ],
)
def test_where_depth_can_be_read_elsewhere_nothing_is_said(changes):
    assert messages(calls_of(first=5, later=3), SAMPLES.assign(**changes)) == []


def test_a_record_of_none_shows_that_the_caller_reports_them():
    assert messages(calls_of(first=5, later=0)) == []


def test_with_one_sample_a_patient_no_clearance_is_asked():
    assert messages(calls_of(first=5)) == []
    assert messages(calls_of(first=5), SAMPLES.iloc[:0]) == []
