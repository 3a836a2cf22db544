"""The section of the report on supplied endpoints, and what it hides of findings."""

import pandas as pd
import pytest

from her2ctdna.report.blocks import Heading, Table
from her2ctdna.report.chapters.how_it_was_done import (
    HIDDEN_DATE,
    HIDDEN_TEXT,
    hide_personal,
    provenance_chapter,
)
from her2ctdna.report.results import Results


def results(**tables):
    return Results(
        tables=tables,
        figures={},
        definitions={},
        study={"id": "S1", "title": "T", "synthetic": True},
        analysis="primary",
        analyses=["primary"],
        inputs_given=["patients"],
        association={"confidence": 0.95},
        code="c0de",
        input_digests={},
    )


def test_supplied_endpoints_are_counted_and_differences_listed():
    supplied = pd.DataFrame(
        [
            ("P1", "bor", "PR", "PR", "yes", None),
            ("P2", "bor", "PR", "SD", "no", "differs"),
            ("P3", "bor", None, "SD", None, "ours is missing"),
        ],
        columns=["patient_id", "endpoint", "ours", "supplied", "agrees", "why"],
    )
    blocks = list(provenance_chapter(results(supplied=supplied)))
    assert any(isinstance(block, Heading) for block in blocks)
    counts, differing = [block for block in blocks if isinstance(block, Table)][-2:]
    assert "1" in str(counts)
    assert "P2" in str(differing)
    assert "P3" not in str(differing)


def test_nothing_supplied_has_no_section():
    blocks = list(provenance_chapter(results()))
    assert not any(isinstance(block, Heading) for block in blocks)


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("AESTDTC", "2003", HIDDEN_DATE),
        ("TRDTC", "2014-02", HIDDEN_DATE),
        ("AETERM", "rash of the hand", HIDDEN_TEXT),
        ("AESER", "no", "no"),
    ],
)
def test_dates_and_words_of_domains_are_hidden(column, value, shown):
    assert hide_personal(value, column=column) == shown
