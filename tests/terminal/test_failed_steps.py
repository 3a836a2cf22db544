"""What failures say: a refusal its words alone, a fault of the code all there is."""

from pathlib import Path

from her2ctdna.terminal.failed_steps import (
    describe_failure,
    describe_lock,
    describe_undecoded,
    read_log,
)

REFUSED = """\
INFO her2ctdna.inputs: read
ERROR her2ctdna.logs: refused:
1 error in the inputs; nothing was analysed:
  her2.tsv, row 2: 'x' give a score
"""


def test_a_refusal_stands_alone():
    told = describe_failure("accept_inputs", "logs/a.log", REFUSED, "status 1")
    assert told == (
        "1 error in the inputs; nothing was analysed:\n"
        "  her2.tsv, row 2: 'x' give a score"
    )


def test_a_fault_is_told_with_step_log_and_traceback():
    text = "ERROR her2ctdna.logs: step failed\nTraceback ...\nValueError: no\n"
    told = describe_failure("derive_her2 primary", "logs/a.log", text, "status 1")
    assert told == f"derive_her2 primary failed; logs/a.log has\n{text}".rstrip()


def test_an_empty_log_leaves_what_snakemake_says():
    told = describe_failure("derive_her2 primary", "logs/a.log", "\n", "status 137")
    assert (
        told == "derive_her2 primary failed and left nothing in logs/a.log\nstatus 137"
    )


def test_a_log_that_is_not_there_holds_nothing(tmp_path):
    assert read_log(None) == read_log(tmp_path / "a.log") == ""


def test_a_lock_comes_with_the_command_that_frees_it():
    command = [".venv/bin/snakemake", "--configfile", "my study.yaml"]
    told = describe_lock(Path("/data/study"), command).splitlines()
    assert told[0].startswith("/data/study is locked")
    assert told[-1] == "  .venv/bin/snakemake --unlock --configfile 'my study.yaml'"
    module = ["/venv/lib/snakemake/__main__.py", "validate"]
    told = describe_lock(Path("/data/study"), module).splitlines()
    assert told[-1] == "  python -m snakemake --unlock validate"


def test_configs_that_are_not_utf_8_are_named_with_line_and_byte(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_bytes(
        "study:\n  id: 病\n".encode("gb18030")
    )
    (tmp_path / "mine.yml").write_text("study: {id: 病}\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    command = ["snakemake", "--configfiles", "mine.yml", "other.yaml", "gone.yaml"]
    assert describe_undecoded(tmp_path, command).splitlines() == [
        "other.yaml, line 2: is not UTF-8 (byte 0xE9); save it as UTF-8",
        "config/config.yaml, line 2: is not UTF-8 (byte 0xB2); save it as UTF-8",
    ]
    assert describe_undecoded(tmp_path, ["snakemake", "mine.yml"]).count("\n") == 0
    assert describe_undecoded(tmp_path / "config", ["snakemake", "-n"]) == ""
