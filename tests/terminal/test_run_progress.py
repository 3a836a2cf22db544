"""A run, told by the events of its steps."""

from pathlib import Path

from her2ctdna.terminal.run_progress import RunProgress, Step


def step(rule, *, prints=False, **wildcards):
    return Step(rule, wildcards, Path("a.log"), (), prints)


def begun():
    run = RunProgress(begun=0)
    run.plan({"a": 3, "b": 1, "validate": 1, "total": 5})
    return run


def test_steps_are_counted_and_timed():
    run = begun()
    run.start(7, step("a", analysis="primary"), 2)
    run.start(8, step("b"), 2)
    (line,) = run.finish(7, 4.5, width=80)
    assert line.split() == ["1/5", "a", "primary", "2.5", "s", "0:04", "elapsed"]
    (line,) = run.finish(8, 5, width=80)
    assert line.startswith("2/5 b ")
    run.start(9, step("a"), 5)
    (line,) = run.finish(9, 8, width=80)
    assert line.endswith("3.0 s  0:08 elapsed, 0:04 left")


def test_a_step_that_failed_is_not_counted():
    run = begun()
    assert run.stop(3) is None
    run.start(3, step("a"), 1)
    assert run.stop(3) == step("a")
    assert (run.done, run.now_running(2, width=80)) == (0, "")


def test_nothing_is_written_beside_a_step_that_prints_itself():
    run = begun()
    run.start(1, step("validate", prints=True), 0)
    assert run.now_running(1, width=80) == ""
    assert run.finish(1, 2, width=80) == []
    assert run.done == 1


def test_what_runs_is_told_until_it_is_finished():
    run = begun()
    run.start(1, step("a"), 0)
    assert run.now_running(3, width=80).split() == ["now", "a", "0:03", "elapsed"]
    run.finish(1, 4, width=80)
    assert run.now_running(5, width=80) == ""
