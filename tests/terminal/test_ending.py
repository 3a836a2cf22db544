"""The last lines of a run: errors alone, else its reports."""

import pytest

from her2ctdna.terminal.ending import INTERRUPTED, Ending
from her2ctdna.terminal.run_progress import Step

STATUS = "RuleException:\nCalledProcessError in file a.smk, line 3: exit status 1"


@pytest.fixture
def step(tmp_path):
    return Step("derive_her2", {"analysis": "a"}, tmp_path / "step.log", (), False)


@pytest.fixture
def ending(tmp_path):
    report = tmp_path / "report.html"
    report.write_text("page")
    ending = Ending(tmp_path)
    ending.add_reports([report, report])
    return ending


def test_reports_of_a_run_come_last_and_once(ending):
    assert ending.lines() == ["The report: report.html (4 bytes)"]


def test_of_a_failure_the_log_is_told_in_place_of_a_status_and_of_reports(ending, step):
    ending.errors += ["another", STATUS]
    step.log.write_text("ValueError: no\n")
    ending.add_failure(step)
    failure = "derive_her2 a failed; step.log has\nValueError: no"
    assert ending.lines() == [failure, "another"]


def test_of_a_failure_without_a_log_the_status_is_told(ending, step):
    ending.errors.append(STATUS)
    ending.add_failure(step)
    (told,) = ending.lines()
    assert told.startswith("derive_her2 a failed and left nothing in step.log\n")
    assert told.endswith(STATUS)


def test_an_interruption_is_one_line(ending, step):
    ending.errors.append(STATUS)
    ending.add_failure(step)
    ending.interrupted = True
    assert ending.lines() == [INTERRUPTED]


def test_a_dry_run_ends_with_its_table(ending):
    ending.reports, ending.table = {}, "Job stats:\ntotal 3"
    assert ending.lines() == [
        "",
        "Job stats:\ntotal 3",
        "A dry run: nothing was done.",
    ]
