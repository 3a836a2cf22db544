"""Best overall response by RECIST 1.1: one named test per rule."""

import numpy as np
import pytest

from her2ctdna.response.recist import (
    Visit,
    compute_best_response,
    compute_confirmed_response,
)

RULE = {
    "sd_min_days": 42,
    "confirmation_days": 28,
    "max_ne_between": 1,
    "accept_sd_between_pr": False,
}


def visits(*rows):
    return [Visit(float(day), overall) for day, overall in rows]


def best(*rows):
    """Return the unconfirmed response and its day."""
    return compute_best_response(visits(*rows), sd_min_days=42)[:2]


def confirmed(*rows, **rule):
    """Return the confirmed response and its day."""
    return compute_confirmed_response(visits(*rows), **(RULE | rule))[:2]


def test_no_assessment_at_all_is_missing():
    for response, day in (best(), confirmed()):
        assert response == "MISSING"
        assert np.isnan(day)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(42, "SD"), (84, "PR"), (126, "CR"), (168, "PD")], ("CR", 126)),
        ([(42, "SD"), (84, "PR"), (126, "PR"), (168, "PD")], ("PR", 84)),
        ([(42, "NON-CR/NON-PD"), (84, "SD"), (126, "PD")], ("SD", 84)),
        ([(42, "NE"), (84, "NON-CR/NON-PD"), (126, "PD")], ("NON-CR/NON-PD", 84)),
        ([(42, "NE"), (84, "PD")], ("PD", 84)),
        ([(42, "NE"), (84, "NE")], ("NE", 42)),
    ],
)
def test_best_is_the_first_of_the_best_kind(rows, expected):
    assert best(*rows) == expected


@pytest.mark.parametrize("overall", ["SD", "NON-CR/NON-PD"])
def test_stable_on_day_41_is_ne_and_on_day_42_stable(overall):
    assert best((41, overall)) == confirmed((41, overall)) == ("NE", 41)
    assert best((42, overall)) == confirmed((42, overall)) == (overall, 42)


def test_early_sd_before_pd_is_pd():
    assert best((21, "SD"), (42, "PD")) == ("PD", 42)
    assert confirmed((21, "SD"), (42, "PD")) == ("PD", 42)


def test_late_sd_before_pd_is_sd():
    assert best((42, "SD"), (84, "PD")) == ("SD", 42)
    assert confirmed((42, "SD"), (84, "PD")) == ("SD", 42)


def test_pd_needs_no_minimum_day():
    assert best((1, "PD")) == confirmed((1, "PD")) == ("PD", 1)


@pytest.mark.parametrize("overall", ["CR", "PR"])
def test_unconfirmed_response_counts_on_any_day(overall):
    assert best((21, overall), (42, "PD")) == (overall, 21)


@pytest.mark.parametrize("overall", ["CR", "PR"])
def test_response_seen_again_after_28_days_is_confirmed_and_after_27_is_not(overall):
    assert confirmed((42, overall), (69, overall)) == ("SD", 42)
    assert confirmed((42, overall), (70, overall)) == (overall, 42)


def test_confirmation_days_are_a_setting():
    rows = [(42, "PR"), (63, "PR")]
    assert confirmed(*rows, confirmation_days=28) == ("SD", 42)
    assert confirmed(*rows, confirmation_days=21) == ("PR", 42)


def test_confirmation_may_come_at_a_later_visit_than_the_next():
    assert confirmed((42, "PR"), (56, "PR"), (84, "PR")) == ("PR", 42)
    assert confirmed((42, "CR"), (56, "CR"), (84, "CR")) == ("CR", 42)


def test_cr_confirms_pr_and_pr_does_not_confirm_cr():
    assert confirmed((42, "PR"), (84, "CR")) == ("PR", 42)
    assert confirmed((42, "CR"), (84, "PR")) == ("SD", 42)


def test_pr_then_confirmed_cr_is_cr():
    assert confirmed((42, "PR"), (84, "CR"), (126, "CR")) == ("CR", 84)


@pytest.mark.parametrize("overall", ["CR", "PR"])
def test_one_ne_between_is_allowed_and_two_are_not(overall):
    one = [(42, overall), (84, "NE"), (126, overall)]
    two = [(42, overall), (70, "NE"), (98, "NE"), (126, overall)]
    assert confirmed(*one) == (overall, 42)
    assert confirmed(*two) == ("SD", 42)
    assert confirmed(*one, max_ne_between=0) == ("SD", 42)
    assert confirmed(*two, max_ne_between=2) == (overall, 42)


def test_response_after_too_many_ne_is_confirmed_by_itself():
    rows = [(42, "PR"), (70, "NE"), (98, "NE"), (126, "PR"), (168, "PR")]
    assert confirmed(*rows) == ("PR", 126)


def test_one_sd_between_two_pr_is_a_setting():
    rows = [(42, "PR"), (84, "SD"), (126, "PR")]
    assert confirmed(*rows) == ("SD", 42)
    assert confirmed(*rows, accept_sd_between_pr=True) == ("PR", 42)


def test_two_sd_between_two_pr_are_never_accepted():
    rows = [(42, "PR"), (63, "SD"), (84, "SD"), (126, "PR")]
    assert confirmed(*rows, accept_sd_between_pr=True) == ("SD", 42)


@pytest.mark.parametrize("accept", [True, False])
def test_sd_between_two_cr_is_never_accepted(accept):
    rows = [(42, "CR"), (84, "SD"), (126, "CR")]
    assert confirmed(*rows, accept_sd_between_pr=accept) == ("SD", 42)


def test_pr_between_two_cr_leaves_neither_confirmed():
    assert confirmed((42, "CR"), (84, "PR"), (126, "CR")) == ("PR", 84)
    assert confirmed((42, "CR"), (84, "PR")) == ("SD", 42)


def test_pr_after_cr_within_the_confirmation_period_does_not_confirm_pr():
    assert confirmed((42, "PR"), (56, "CR"), (84, "PR")) == ("SD", 42)
    assert confirmed((42, "PR"), (56, "PR"), (70, "CR"), (84, "PR")) == ("PR", 42)


def test_non_cr_non_pd_between_two_pr_is_not_accepted():
    rows = [(42, "PR"), (84, "NON-CR/NON-PD"), (126, "PR")]
    assert confirmed(*rows, accept_sd_between_pr=True) == ("SD", 42)


@pytest.mark.parametrize("overall", ["CR", "PR"])
def test_unconfirmed_late_response_is_sd(overall):
    assert confirmed((42, overall)) == ("SD", 42)
    assert confirmed((42, overall), (84, "SD")) == ("SD", 42)
    assert confirmed((42, overall), (84, "PD")) == ("SD", 42)
    assert confirmed((42, overall), (84, "NE")) == ("SD", 42)


@pytest.mark.parametrize("overall", ["CR", "PR"])
def test_unconfirmed_early_response_is_ne_or_pd_where_it_follows(overall):
    assert confirmed((41, overall)) == ("NE", 41)
    assert confirmed((41, overall), (60, "NE")) == ("NE", 41)
    assert confirmed((41, overall), (60, "PD")) == ("PD", 60)


def test_unconfirmed_early_response_before_late_sd_is_sd_of_that_day():
    assert confirmed((21, "PR"), (42, "SD"), (84, "PD")) == ("SD", 42)


def test_early_response_is_confirmed_like_a_late_one():
    assert confirmed((21, "PR"), (49, "PR")) == ("PR", 21)


def test_confirmed_non_target_disease_alone():
    rows = [(42, "NON-CR/NON-PD"), (84, "CR"), (126, "CR")]
    assert confirmed(*rows) == ("CR", 84)
    assert confirmed(*rows[:2]) == ("SD", 84)


@pytest.mark.parametrize(
    ("rows", "reason", "confirmed_reason"),
    [
        ([], "no assessment after the first dose", None),
        (
            [(42, "PR"), (84, "CR")],
            "CR on day 84",
            "PR on day 42, confirmed by CR on day 84",
        ),
        ([(42, "PR"), (63, "SD")], "PR on day 42", "PR on day 42, not confirmed"),
        ([(21, "PR")], "PR on day 21", "PR on day 21, not confirmed, before day 42"),
        ([(21, "SD"), (30, "NE")], "SD on day 21, before day 42", None),
        ([(42, "NE")], "NE on day 42", None),
        ([(21, "SD"), (42, "PD")], "PD on day 42", None),
        ([(42, "NON-CR/NON-PD")], "NON-CR/NON-PD on day 42", None),
    ],
)
def test_reason_names_the_visits_that_made_the_response(rows, reason, confirmed_reason):
    best_one = compute_best_response(visits(*rows), sd_min_days=42)
    confirmed_one = compute_confirmed_response(visits(*rows), **RULE)
    assert best_one.reason == reason
    assert confirmed_one.reason == (confirmed_reason or reason)
