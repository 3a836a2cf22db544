"""Reports with their size, and folders of analyses that left the config."""

from pathlib import Path

import pytest

from her2ctdna.terminal.reports_made import (
    describe_left,
    describe_report,
    find_left,
    find_reports,
    show_size,
)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (2460, "2.46 kB"), (6912345, "6.91 MB")],
)
def test_size_is_read_at_a_glance(number, shown):
    assert show_size(number) == shown


def test_reports_are_named_with_their_size_from_the_folder_on(tmp_path):
    report = tmp_path / "results" / "primary" / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("x" * 2000)
    missing = tmp_path / "results" / "strict" / "report.html"
    assert find_reports([report, missing, tmp_path / "results"]) == [report]
    assert describe_report(report, tmp_path) == (
        "The report: results/primary/report.html (2 kB)"
    )
    assert describe_report(report, Path("/elsewhere")) == f"The report: {report} (2 kB)"


def test_folders_of_analyses_that_left_are_found_and_kept(tmp_path):
    for name in ("primary", "metastasis"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "definitions.yaml").touch()
    (tmp_path / "cohort").mkdir()
    left = find_left(tmp_path, ["primary", "strict"])
    assert left == [tmp_path / "metastasis"]
    assert left[0].is_dir()
    assert find_left(tmp_path / "nowhere", ["primary"]) == []


def test_a_folder_that_left_is_named_with_what_to_do():
    assert describe_left(Path("results/metastasis")) == (
        "results/metastasis: no longer in the config; delete it if it is not needed"
    )
