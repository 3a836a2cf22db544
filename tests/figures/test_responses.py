"""A response that the ORR does not count is drawn as such, by one rule."""

import pandas as pd
import pytest

from her2ctdna.figures.marks.palette import RESPONSES
from her2ctdna.figures.marks.responses import (
    NOT_CONFIRMED,
    SHORT,
    mark_response,
    name_responses,
)


@pytest.mark.parametrize(
    ("bor", "responder", "drawn"),
    [
        ("PR", "yes", "PR"),
        ("PR", "no", "PR_unconfirmed"),
        ("CR", "no", "CR_unconfirmed"),
        ("CR", None, "CR_unconfirmed"),
        ("SD", "no", "SD"),
        ("MISSING", None, "MISSING"),
    ],
)
def test_cr_and_pr_that_do_not_count_are_marked(
    bor: str, responder: str | None, drawn: str
) -> None:
    patients = pd.DataFrame({"bor": [bor], "responder": [responder]})
    assert name_responses(patients).tolist() == [drawn]
    assert mark_response(bor, counts=responder == "yes") == drawn


def test_nobody_has_no_response() -> None:
    assert name_responses(pd.DataFrame({"patient_id": []})).empty


def test_every_mark_has_a_look_with_a_hatch_and_a_short_form() -> None:
    assert all(RESPONSES[name].hatch for name in NOT_CONFIRMED.values())
    assert {"CR*", "PR*"} == {SHORT[name] for name in NOT_CONFIRMED.values()}
