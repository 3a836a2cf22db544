"""Lines of a step: which number, how long, and never wider than the terminal."""

import pytest

from her2ctdna.terminal.step_lines import (
    describe_running,
    describe_step,
    label_step,
    show_progress,
    show_time,
)


def test_a_step_is_named_by_its_rule_and_wildcards():
    assert label_step("check_inputs", {}) == "check_inputs"
    assert label_step("derive_her2", {"analysis": "primary"}) == "derive_her2 primary"
    assert label_step("read_variants", {"batch": "0"}) == "read_variants batch 0"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (750, "12:30"), (3723, "1:02:03")],
)
def test_time_is_shown_as_by_a_clock(seconds, shown):
    assert show_time(seconds) == shown


def test_time_left_is_told_once_it_is_known_and_until_the_end():
    assert show_progress(34, None) == "0:34 elapsed"
    assert show_progress(34, 80) == "0:34 elapsed, 1:20 left"
    assert show_progress(34, 0.2) == "0:34 elapsed"


def lines_of(label, width):
    progress = "1:02:34 elapsed, 1:20:00 left"
    return describe_step(
        label, 123.4, done=3, total=157, progress=progress, width=width
    )


def test_a_step_is_one_line_of_the_terminal():
    (line,) = lines_of("derive_her2 primary", 80)
    assert len(line) == 79
    assert line.startswith("  3/157 derive_her2 primary   ")
    assert line.endswith("   123.4 s  1:02:34 elapsed, 1:20:00 left")


@pytest.mark.parametrize("width", [80, 120, 50])
def test_a_long_name_takes_two_lines_and_none_is_cut(width):
    label = "estimate_associations an_analysis_of_many_words"
    lines = lines_of(label, max(width, 56))
    assert len(lines) == 2
    assert label in lines[0]
    assert "1:20:00 left" in lines[1]
    assert max(map(len, lines)) <= max(width, 56)


def test_steps_that_run_are_one_line_as_far_as_there_is_room():
    names = ["derive_her2 primary", "plot_response strict", "plot_ctdna primary"]
    line = describe_running(names[:2], "0:34 elapsed", width=80)
    assert line.startswith("now derive_her2 primary, plot_response strict   ")
    assert (len(line), line[-12:]) == (79, "0:34 elapsed")
    line = describe_running(names, "0:34 elapsed, 0:10 left", width=70)
    assert line.startswith("now derive_her2 primary, 2 more  ")
    for width in range(24, 90):
        assert len(describe_running(names, "0:34 elapsed", width=width)) <= width
