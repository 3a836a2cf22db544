"""A cut-off that the data choose is shown with its optimism."""

from math import inf, isnan

import numpy as np

from her2ctdna.statistics.cutpoints import estimate_cutpoint

OPTIONS = {"bootstraps": 200, "seed": 1}


def test_cut_off_of_noise_has_no_youden_index_left_once_corrected() -> None:
    rng = np.random.default_rng(5)
    apparent, corrected = [], []
    for _ in range(30):
        values, responded = rng.normal(size=40), rng.random(40) < 0.4
        found = estimate_cutpoint(values, responded, bootstraps=50, seed=1)
        apparent.append(found["youden_apparent"].estimate)
        corrected.append(found["youden_corrected"].estimate)
    assert np.mean(apparent) > 0.2
    assert abs(np.mean(corrected)) < np.mean(apparent) / 2


def test_cut_off_between_the_outcomes_is_found_with_its_side() -> None:
    values = np.array([-inf, -3.0, -2.0, 0.0, 1.0, 2.0])
    responded = np.array([True, True, True, False, False, False])
    found = estimate_cutpoint(values, responded, **OPTIONS)
    assert found["cutpoint_log2"].estimate == 0.0
    assert found["cutpoint_log2"].note == "responders expected below it"
    assert found["youden_apparent"].estimate == 1
    assert found["youden_corrected"].estimate < 1
    assert isnan(found["youden_corrected"].p_value)


def test_one_outcome_or_one_value_has_no_cut_off() -> None:
    for values, responded in (
        (np.arange(5.0), np.ones(5, dtype=bool)),
        (np.ones(4), np.array([True, False, True, False])),
        (np.array([]), np.array([], dtype=bool)),
    ):
        found = estimate_cutpoint(values, responded, **OPTIONS)
        assert all(isnan(cut.estimate) for cut in found.values())
        assert all("nothing to cut" in (cut.note or "") for cut in found.values())
