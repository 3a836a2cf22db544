"""Reasons of Snakemake in short, as it writes them, without the files of a step."""

import pytest

from her2ctdna.terminal.reasons import describe_planned, shorten_reason


@pytest.mark.parametrize(
    ("reason", "short"),
    [
        ("Missing output files: a.tsv, b.tsv", "its results are missing"),
        ("Updated input files: demo/her2.tsv", "changed: demo/her2.tsv"),
        (
            "Missing output files: a.tsv; Input files updated by another job: b, c",
            "its results are missing",
        ),
        ("Input files updated by another job: b, c", "after a step before it"),
        (
            "Set of input files has changed since last execution; Code has changed "
            "since last execution; Params have changed since last execution: before: "
            "<nothing exclusive>\n now: 'x; Y'; Software environment definition has "
            "changed since last execution",
            "another set of inputs; its code changed; its settings or code changed; "
            "other versions of software",
        ),
        ("Forced execution", "forced"),
        ("Something of a later version", "Something of a later version"),
        ("", ""),
    ],
)
def test_a_reason_is_told_without_its_files(reason, short):
    assert shorten_reason(reason) == short


def test_a_step_takes_two_lines_at_most():
    reason = "Updated input files: " + ", ".join(f"calls/{n}.vcf" for n in range(99))
    lines = describe_planned("read_variants batch 0", reason, width=80)
    assert len(lines) == 2
    assert max(map(len, lines)) <= 80
    assert lines[1].endswith(" ...")


def test_a_step_is_told_without_a_reason_where_none_is_asked_for():
    assert describe_planned("derive_her2 primary", "", width=80) == [
        "derive_her2 primary"
    ]
