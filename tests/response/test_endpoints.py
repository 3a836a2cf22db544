"""Endpoints of a patient: response and its duration, PFS, OS; one test per rule."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2ctdna.response.endpoints import COLUMNS, derive_endpoints
from her2ctdna.response.recist import NOT_PROGRESSED
from her2ctdna.response.visits import derive_visits

RESPONSE = {
    "evaluator": "investigator",
    "source": "reported",
    "confirmed": True,
    "confirmation_days": 28,
    "sd_min_days": 42,
    "max_ne_between": 1,
    "accept_sd_between_pr": False,
    "clinical_benefit_days": 168,
    "ne_is_adequate": False,
    "new_therapy": "censor",
    "missed_assessment_days": None,
    "count_first_day": False,
    "truncate_days": {"pfs": None, "os": None},
    "baseline_window": None,
    "treatment_gap_days": 120,
}
PATIENT = {
    "patient_id": "P1",
    "treated": "yes",
    "death_day": np.nan,
    "last_alive_day": np.nan,
    "last_dose_day": np.nan,
    "new_therapy_day": np.nan,
    "pfs_days": np.nan,
    "pfs_event": None,
    "os_days": np.nan,
    "os_event": None,
}
ASSESSMENT = ["patient_id", "assessed_day", "overall", "evaluator", "target_sum_mm"]


def assessments(*rows):
    """Return assessments of P1 from rows of (day, overall, evaluator, sum)."""
    filled = [("P1", *row, *[None] * (4 - len(row))) for row in rows]
    frame = pd.DataFrame(filled, columns=ASSESSMENT)
    return frame.astype({"assessed_day": float, "target_sum_mm": float})


def derive(*rows, patient=None, **changes):
    """Return the endpoints of one patient who was seen as ``rows`` say.

    P2 is assessed too, as endpoints are those of a study in which somebody was.
    """
    patients = pd.DataFrame([PATIENT | (patient or {}), PATIENT | {"patient_id": "P2"}])
    of_other = assessments((42, "SD", changes.get("evaluator"))).assign(patient_id="P2")
    seen = pd.concat([assessments(*rows), of_other])
    return assess(patients, seen, **changes).iloc[0].to_dict()


def assess(patients, rows, origin="first dose", **changes):
    """Return the endpoints of patients who were assessed as ``rows`` say."""
    response = RESPONSE | changes
    visits = derive_visits(rows, patients, response=response)
    return derive_endpoints(patients, visits, response=response, origin=origin)


def pfs(*rows, **given):
    found = derive(*rows, **given)
    return found["pfs_days"], found["pfs_event"], found["pfs_reason"]


def survival(*rows, **given):
    found = derive(*rows, **given)
    return found["os_days"], found["os_event"], found["os_reason"]


def dor(*rows, **given):
    found = derive(*rows, **given)
    return found["dor_days"], found["dor_event"], found["dor_reason"]


def is_missing(*values):
    return all(pd.isna(value) for value in values)


class TestProgressionFreeSurvival:
    def test_ends_with_the_first_pd(self):
        rows = [(42, "SD"), (84, "PD"), (126, "PD")]
        assert pfs(*rows) == (84, "yes", "progression")

    def test_ends_with_death_without_pd(self):
        found = pfs((42, "SD"), patient={"death_day": 100})
        assert found == (100, "yes", "death")

    def test_ends_with_pd_before_death(self):
        found = pfs((84, "PD"), patient={"death_day": 100})
        assert found == (84, "yes", "progression")

    def test_ends_with_death_where_pd_is_dated_after_it(self):
        found = pfs((84, "PD"), patient={"death_day": 80})
        assert found == (80, "yes", "death")

    def test_is_censored_at_the_last_adequate_assessment(self):
        found = pfs((42, "SD"), (84, "PR"), patient={"last_alive_day": 300})
        assert found == (84, "no", "last adequate assessment")

    @pytest.mark.parametrize("overall", NOT_PROGRESSED)
    def test_every_response_but_ne_is_adequate(self, overall):
        assert pfs((42, overall))[0] == 42

    def test_ne_as_last_assessment_is_adequate_if_so_defined(self):
        rows = [(42, "SD"), (84, "NE")]
        assert pfs(*rows) == (42, "no", "last adequate assessment")
        assert pfs(*rows, ne_is_adequate=True) == (84, "no", "last adequate assessment")

    def test_is_censored_at_day_0_without_assessment(self):
        found = pfs(patient={"last_alive_day": 300})
        assert found == (0, "no", "no post-baseline assessment")

    def test_is_censored_at_day_0_with_ne_alone(self):
        assert pfs((42, "NE")) == (0, "no", "no post-baseline assessment")

    def test_death_without_assessment_is_an_event(self):
        assert pfs(patient={"death_day": 30}) == (30, "yes", "death")

    def test_counts_the_first_day_if_so_defined(self):
        assert pfs((84, "PD"), count_first_day=True)[0] == 85
        assert pfs((84, "PD"), count_first_day=False)[0] == 84
        assert pfs(count_first_day=True)[0] == 1

    def test_new_therapy_before_pd_censors_at_the_last_assessment_before_it(self):
        rows = [(42, "SD"), (84, "SD"), (126, "PD")]
        found = pfs(*rows, patient={"new_therapy_day": 100})
        assert found == (84, "no", "new therapy")

    def test_new_therapy_before_pd_is_ignored_if_so_defined(self):
        rows = [(42, "SD"), (126, "PD")]
        started = {"new_therapy_day": 100}
        found = pfs(*rows, patient=started, new_therapy="ignore")
        assert found == (126, "yes", "progression")

    def test_new_therapy_on_the_day_of_pd_or_later_does_not_censor(self):
        for day in (84, 85):
            found = pfs((84, "PD"), patient={"new_therapy_day": day})
            assert found == (84, "yes", "progression")

    def test_new_therapy_before_death_censors(self):
        both = {"new_therapy_day": 60, "death_day": 90}
        assert pfs((42, "SD"), patient=both) == (42, "no", "new therapy")
        ignored = pfs((42, "SD"), patient=both, new_therapy="ignore")
        assert ignored == (90, "yes", "death")

    def test_new_therapy_before_any_assessment_censors_at_day_0(self):
        found = pfs((42, "PD"), patient={"new_therapy_day": 20})
        assert found == (0, "no", "new therapy")

    def test_new_therapy_without_an_event_is_the_reason(self):
        rows = [(42, "SD"), (126, "SD")]
        found = pfs(*rows, patient={"new_therapy_day": 60})
        assert found == (42, "no", "new therapy")

    @pytest.mark.parametrize(
        ("gap", "expected"),
        [
            (None, (200, "yes", "progression")),
            (158, (200, "yes", "progression")),
            (157, (42, "no", "missed assessments")),
        ],
    )
    def test_gap_before_pd_longer_than_allowed_censors(self, gap, expected):
        found = pfs((42, "SD"), (200, "PD"), missed_assessment_days=gap)
        assert found == expected

    def test_gap_before_death_longer_than_allowed_censors(self):
        late = {"death_day": 300}
        found = pfs((42, "SD"), patient=late, missed_assessment_days=90)
        assert found == (42, "no", "missed assessments")
        found = pfs(patient=late, missed_assessment_days=90)
        assert found == (0, "no", "missed assessments")

    def test_ne_within_the_gap_bridges_it_only_if_adequate(self):
        rows = [(42, "SD"), (120, "NE"), (200, "PD")]
        found = pfs(*rows, missed_assessment_days=90)
        assert found == (42, "no", "missed assessments")
        found = pfs(*rows, missed_assessment_days=90, ne_is_adequate=True)
        assert found == (200, "yes", "progression")

    def test_gap_without_an_event_does_not_censor_earlier(self):
        found = pfs((42, "SD"), (400, "SD"), missed_assessment_days=90)
        assert found == (400, "no", "last adequate assessment")

    @pytest.mark.parametrize(
        ("limit", "expected"),
        [
            (84, (84, "yes", "progression")),
            (83, (83, "no", "truncated")),
        ],
    )
    def test_is_truncated_at_the_limit(self, limit, expected):
        found = pfs((84, "PD"), truncate_days={"pfs": limit, "os": None})
        assert found == expected

    def test_supplied_duration_is_taken_as_it_is(self):
        given = {"pfs_days": 55.5, "pfs_event": "yes", "death_day": 10}
        found = pfs((42, "SD"), patient=given, count_first_day=True)
        assert found == (55.5, "yes", "supplied")


class TestOverallSurvival:
    def test_ends_with_death(self):
        given = {"death_day": 100, "last_alive_day": 90}
        assert survival(patient=given) == (100, "yes", "death")

    def test_is_censored_at_the_last_day_known_alive(self):
        found = survival((42, "SD"), patient={"last_alive_day": 90})
        assert found == (90, "no", "alive")

    def test_is_censored_at_the_later_of_last_alive_and_last_assessment(self):
        found = survival((42, "SD"), (84, "NE"), patient={"last_alive_day": 60})
        assert found == (84, "no", "alive")

    def test_assessment_by_anybody_and_after_pd_shows_life(self):
        rows = [(42, "PD", "investigator"), (126, "PD", "independent")]
        given = {"last_alive_day": 60, "new_therapy_day": 50}
        assert survival(*rows, patient=given) == (126, "no", "alive")

    def test_is_censored_at_the_last_dose_if_nothing_else_is_known(self):
        dosed = {"last_dose_day": 63}
        assert survival(patient=dosed) == (63, "no", "alive")
        assert survival((42, "SD"), patient=dosed) == (42, "no", "alive")

    def test_is_censored_at_day_0_without_follow_up(self):
        assert survival() == (0, "no", "no follow-up")
        assert survival(patient={"last_alive_day": -5}) == (0, "no", "alive")

    def test_counts_the_first_day_if_so_defined(self):
        assert survival(patient={"death_day": 100}, count_first_day=True)[0] == 101

    @pytest.mark.parametrize(
        ("limit", "expected"),
        [(100, (100, "yes", "death")), (99, (99, "no", "truncated"))],
    )
    def test_is_truncated_at_the_limit(self, limit, expected):
        cut = {"pfs": None, "os": limit}
        assert survival(patient={"death_day": 100}, truncate_days=cut) == expected

    def test_truncation_counts_the_first_day_too(self):
        cut = {"pfs": None, "os": 100}
        found = survival(
            patient={"death_day": 100}, truncate_days=cut, count_first_day=True
        )
        assert found == (100, "no", "truncated")

    def test_supplied_duration_is_taken_as_it_is(self):
        given = {"os_days": 500, "os_event": "no", "death_day": 10}
        found = survival(patient=given, count_first_day=True)
        assert found == (500, "no", "supplied")

    def test_supplied_duration_is_truncated(self):
        given = {"os_days": 500, "os_event": "yes"}
        found = survival(patient=given, truncate_days={"pfs": None, "os": 400})
        assert found == (400, "no", "truncated")


class TestResponse:
    def test_confirmed_response_counts_if_so_defined(self):
        rows = [(42, "PR"), (84, "SD"), (126, "PR"), (168, "PR")]
        found = derive(*rows)
        assert (found["bor"], found["bor_day"]) == ("PR", 42)
        assert (found["confirmed_bor"], found["confirmed_bor_day"]) == ("PR", 126)
        assert (found["responder"], found["response_day"]) == ("yes", 126)
        found = derive(*rows, confirmed=False)
        assert (found["responder"], found["response_day"]) == ("yes", 42)

    def test_unconfirmed_response_is_no_responder_but_keeps_its_bor(self):
        found = derive((42, "PR"), (84, "SD"))
        assert (found["bor"], found["confirmed_bor"]) == ("PR", "SD")
        assert found["responder"] == "no"
        assert is_missing(found["response_day"], found["ttr_days"], found["dor_days"])

    def test_response_starts_with_the_confirmed_pr_before_a_cr(self):
        found = derive((42, "PR"), (84, "CR"), (126, "CR"))
        assert (found["confirmed_bor"], found["confirmed_bor_day"]) == ("CR", 84)
        assert found["response_day"] == 42

    @pytest.mark.parametrize("rows", [[], [(42, "NE")], [(21, "SD")], [(84, "PD")]])
    def test_every_treated_patient_counts_as_responder_or_not(self, rows):
        found = derive(*rows)
        assert found["responder"] == "no"
        assert found["disease_control"] == "no"
        assert found["clinical_benefit"] == "no"

    def test_patient_without_assessment_is_missing_and_with_ne_alone_is_ne(self):
        assert derive()["bor"] == derive()["confirmed_bor"] == "MISSING"
        assert derive((0, "SD"))["bor"] == "MISSING"
        assert derive((42, "NE"))["bor"] == "NE"

    def test_new_therapy_cuts_what_counts_for_response(self):
        rows = [(42, "PR"), (84, "PR")]
        started = {"new_therapy_day": 60}
        assert derive(*rows, patient=started)["confirmed_bor"] == "SD"
        ignored = derive(*rows, patient=started, new_therapy="ignore")
        assert ignored["confirmed_bor"] == "PR"

    def test_response_is_that_of_the_chosen_evaluator(self):
        rows = [(42, "PD", "investigator"), (42, "CR", "independent")]
        assert derive(*rows)["bor"] == "PD"
        assert derive(*rows, evaluator="independent")["bor"] == "CR"

    @pytest.mark.parametrize(
        ("rows", "controlled"),
        [
            ([(41, "SD")], "no"),
            ([(42, "SD"), (84, "PD")], "yes"),
            ([(42, "NON-CR/NON-PD")], "yes"),
            ([(21, "PR"), (49, "PR")], "yes"),
            ([(21, "PR"), (42, "PD")], "no"),
        ],
    )
    def test_disease_control_is_a_response_or_stable_from_the_minimum_day(
        self, rows, controlled
    ):
        assert derive(*rows)["disease_control"] == controlled

    def test_unconfirmed_early_response_is_disease_control_only_if_it_counts(self):
        rows = [(21, "PR"), (42, "PD")]
        assert derive(*rows, confirmed=False)["disease_control"] == "yes"

    @pytest.mark.parametrize(
        ("rows", "benefit"),
        [
            ([(42, "SD"), (167, "SD"), (210, "PD")], "no"),
            ([(42, "SD"), (168, "SD"), (210, "PD")], "yes"),
            ([(168, "NON-CR/NON-PD")], "yes"),
            ([(42, "SD"), (84, "PD"), (168, "SD")], "no"),
            ([(42, "SD"), (168, "NE")], "no"),
            ([(42, "PR"), (84, "PR"), (126, "PD")], "yes"),
            ([(42, "PR"), (84, "PD")], "no"),
        ],
    )
    def test_clinical_benefit_is_a_response_or_no_pd_through_week_24(
        self, rows, benefit
    ):
        assert derive(*rows)["clinical_benefit"] == benefit

    def test_clinical_benefit_of_the_registry_needs_no_duration(self):
        assert derive((21, "SD"))["clinical_benefit_registry"] == "yes"
        assert derive((21, "PR"), (42, "PD"))["clinical_benefit_registry"] == "yes"
        assert derive((21, "PD"))["clinical_benefit_registry"] == "no"
        assert derive((21, "NE"))["clinical_benefit_registry"] == "no"

    def test_visits_with_a_response_are_counted_up_to_pd(self):
        rows = [(42, "SD"), (84, "NE"), (126, "PD"), (168, "PD")]
        found = derive(*rows)
        assert (found["n_visits"], found["progression_day"]) == (2, 126)

    @pytest.mark.parametrize(
        ("rows", "day"),
        [
            ([(42, "SD"), (84, "NE"), (126, "PD"), (168, "SD")], 42),
            ([(42, "NON-CR/NON-PD"), (84, "PR")], 84),
            ([(-7, "SD"), (42, "PD")], np.nan),
            ([(42, "NE")], np.nan),
        ],
    )
    def test_the_last_visit_that_ruled_progression_out_is_kept(self, rows, day):
        np.testing.assert_equal(derive(*rows)["progression_free_day"], day)


class TestDurationOfResponse:
    def test_runs_from_the_response_to_pd(self):
        rows = [(42, "PR"), (84, "PR"), (126, "PD")]
        assert dor(*rows) == (84, "yes", "progression")
        assert derive(*rows)["ttr_days"] == 42

    def test_and_time_to_response_count_the_first_day_if_so_defined(self):
        rows = [(42, "PR"), (84, "PR"), (126, "PD")]
        assert dor(*rows, count_first_day=True)[0] == 85
        assert derive(*rows, count_first_day=True)["ttr_days"] == 43

    def test_ends_with_death(self):
        found = dor((42, "PR"), (84, "PR"), patient={"death_day": 100})
        assert found == (58, "yes", "death")

    def test_is_censored_as_pfs_is(self):
        rows = [(42, "PR"), (84, "PR"), (126, "PR")]
        found = dor(*rows, patient={"new_therapy_day": 100})
        assert found == (42, "no", "new therapy")

    def test_of_a_single_assessment_is_0_or_1_day(self):
        rows = [(42, "PR")]
        assert dor(*rows, confirmed=False) == (0, "no", "last adequate assessment")
        assert dor(*rows, confirmed=False, count_first_day=True)[0] == 1

    def test_is_of_responders_only(self):
        assert is_missing(*dor((42, "SD"), (84, "PD")))

    def test_is_truncated_with_pfs(self):
        rows = [(42, "PR"), (84, "PR"), (126, "PD")]
        cut = {"pfs": 100, "os": None}
        assert dor(*rows, truncate_days=cut) == (58, "no", "truncated")

    def test_is_missing_where_pfs_was_truncated_before_the_response(self):
        rows = [(42, "PR"), (84, "PR"), (126, "PD")]
        days, event, reason = dor(*rows, truncate_days={"pfs": 30, "os": None})
        assert is_missing(days, event)
        assert reason == "PFS ends before the response"


class TestTargetChange:
    def test_best_change_is_the_smallest_up_to_pd(self):
        found = derive(
            (-7, None, None, 100),
            (42, "SD", None, 80),
            (84, "SD", None, 75),
            (126, "PD", None, 90),
            (168, "PD", None, 10),
        )
        assert found["best_change_percent"] == pytest.approx(-25)
        assert found["best_change_day"] == 84

    def test_pd_visit_itself_counts_and_growth_may_be_the_best_change(self):
        found = derive((0, None, None, 50), (42, "PD", None, 65))
        assert found["best_change_percent"] == pytest.approx(30)

    def test_first_day_of_equal_changes_is_given(self):
        found = derive((0, None, None, 50), (84, "PR", None, 25), (42, "PR", None, 25))
        assert found["best_change_day"] == 42

    def test_sums_after_a_new_therapy_are_cut_if_it_censors(self):
        rows = [(0, None, None, 50), (42, "SD", None, 45), (84, "PR", None, 20)]
        started = {"new_therapy_day": 60}
        assert derive(*rows, patient=started)["best_change_day"] == 42
        ignored = derive(*rows, patient=started, new_therapy="ignore")
        assert ignored["best_change_day"] == 84

    @pytest.mark.parametrize("baseline", [[], [(0, None, None, 0)]])
    def test_without_a_baseline_above_0_there_is_no_change(self, baseline):
        found = derive(*baseline, (42, "SD", None, 40))
        assert is_missing(found["best_change_percent"], found["best_change_day"])

    def test_sums_of_another_evaluator_are_not_mixed_in(self):
        rows = [(0, None, "independent", 90), (0, None, "investigator", 50)]
        rows += [(42, "SD", "investigator", 45), (42, "SD", "independent", 30)]
        assert derive(*rows)["best_change_percent"] == pytest.approx(-10)


def test_untreated_patient_has_only_a_missing_response():
    found = derive((42, "PR"), patient={"treated": "no", "death_day": 9})
    assert found["treated"] == "no"
    assert found["bor"] == found["confirmed_bor"] == "MISSING"
    given = {"patient_id", "treated", "bor", "confirmed_bor"}
    assert is_missing(*(found[column] for column in COLUMNS if column not in given))


def test_study_without_assessments_has_survival_and_no_pfs():
    table = derive_endpoints(
        pd.DataFrame([PATIENT | {"death_day": 50}]),
        None,
        response=RESPONSE,
        origin="first dose",
    )
    row = table.iloc[0]
    assert (row["bor"], row["os_days"], row["os_event"]) == ("MISSING", 50, "yes")
    assert is_missing(*row[["responder", "pfs_days", "pfs_event", "pfs_reason"]])


def test_study_without_assessments_takes_the_supplied_pfs():
    patient = PATIENT | {"pfs_days": 77, "pfs_event": "no"}
    table = derive_endpoints(
        pd.DataFrame([patient]), None, response=RESPONSE, origin="first dose"
    )
    row = table.iloc[0]
    assert (row["pfs_days"], row["pfs_event"], row["pfs_reason"]) == (
        77,
        "no",
        "supplied",
    )


def test_one_row_per_patient_in_their_order_and_types():
    patients = pd.DataFrame([PATIENT | {"patient_id": name} for name in ("P9", "P1")])
    rows = assessments((42, "PD")).assign(patient_id="P9")
    table = assess(patients, rows)
    assert list(table.columns) == COLUMNS
    assert table["patient_id"].to_list() == ["P9", "P1"]
    assert table["bor"].to_list() == ["PD", "MISSING"]
    assert table["bor_day"].dtype == float


def test_where_nobody_is_assessed_after_first_dose_nobody_failed_to_respond():
    patients = pd.DataFrame([PATIENT | {"death_day": 90.0}])
    row = assess(patients, assessments((-7, None))).iloc[0]
    assert row["bor"] == "MISSING"
    assert is_missing(row["responder"], row["disease_control"], row["pfs_days"])
    assert row["os_days"] == 90


def test_no_patients_give_no_rows():
    patients = pd.DataFrame([PATIENT]).iloc[:0]
    table = assess(patients, assessments())
    assert list(table.columns) == COLUMNS
    assert len(table) == 0


RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
SETTLED = [
    *["bor", "bor_day", "confirmed_bor", "confirmed_bor_day", "responder"],
    *["response_day", "disease_control", "clinical_benefit", "dor_days"],
    *["pfs_days", "pfs_event", "pfs_reason"],
]
DAYS = st.integers(1, 12).map(lambda cycle: 21 * cycle)
SEEN = st.lists(st.tuples(DAYS, st.sampled_from(RESPONSES)), max_size=8)
CHANGES = st.fixed_dictionaries(
    {
        "confirmed": st.booleans(),
        "new_therapy": st.sampled_from(["censor", "ignore"]),
        "ne_is_adequate": st.booleans(),
        "missed_assessment_days": st.sampled_from([None, 60]),
    }
)
COURSES = st.fixed_dictionaries(
    {"death_day": st.none() | DAYS, "new_therapy_day": st.none() | DAYS}
)


@settings(max_examples=40, deadline=None)
@given(seen=SEEN, later=SEEN, course=COURSES, changes=CHANGES, data=st.data())
def test_order_of_rows_and_assessments_after_pd_never_change_response_and_pfs(
    seen, later, course, changes, data
):
    known = {key: np.nan if day is None else day for key, day in course.items()}
    progressed = [day for day, overall in seen if overall == "PD"]
    added = [(day + min(progressed), overall) for day, overall in later if progressed]
    shuffled = data.draw(st.permutations(seen + added))
    rows = pd.concat(
        [assessments(*seen), assessments(*shuffled).assign(patient_id="P2")]
    )
    patients = pd.DataFrame([PATIENT | known, PATIENT | known | {"patient_id": "P2"}])
    table = assess(patients, rows, **changes)
    before, after = (table.loc[place, SETTLED].fillna("none") for place in (0, 1))
    assert before.to_list() == after.to_list()


def test_supplied_durations_of_another_origin_say_so_and_give_no_duration_of_response():
    supplied = {"pfs_days": 400, "pfs_event": "yes", "os_days": 500, "os_event": "no"}
    patients = pd.DataFrame([PATIENT | supplied])
    rows = assessments((42, "PR"), (84, "PR"))
    row = assess(patients, rows, origin="diagnosis").iloc[0]
    assert row["pfs_reason"] == row["os_reason"] == "supplied, from diagnosis"
    assert (row["pfs_days"], row["ttr_days"]) == (400, 42)
    assert is_missing(row["dor_days"], row["dor_event"])
    assert row["dor_reason"] == "PFS is supplied, from diagnosis"
    cut = {"pfs": 365, "os": None}
    row = assess(patients, rows, origin="diagnosis", truncate_days=cut).iloc[0]
    assert row["pfs_reason"] == "truncated, from diagnosis"
    assert assess(patients, rows).iloc[0]["dor_days"] == 400 - 42
