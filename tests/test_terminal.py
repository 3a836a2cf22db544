"""What people read of a run: on a terminal of 80 columns, and without one."""

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios

import pytest
import yaml

from her2ctdna.starter.study_folder import write_study_folder
from her2ctdna.terminal.ending import INTERRUPTED

TARGET = "results/primary/her2_status.tsv"
BY_SNAKEMAKE = "Using workflow specific profile"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminal") / "study"
    write_study_folder(folder)
    return folder


def command(study, *arguments):
    where = ["--configfile", str(study / "study.yaml"), "--directory", str(study)]
    return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments, *where]


def record(root, words, **environment):
    """Run a command on a terminal of 80 columns; return its exit and what it saw."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        words,
        cwd=root,
        env={**os.environ, "TERM": "xterm", **environment},
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    seen = b""
    while chunk := read_some(ours):
        seen += chunk
    os.close(ours)
    return process.wait(), seen.decode().replace("\r\n", "\n")


def read_some(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux tells so that all others have closed it
        return b""


def told(output):
    """Return the lines but for the one that Snakemake prints before it loads us."""
    lines = output.splitlines()
    return [line for line in lines if not line.startswith(BY_SNAKEMAKE)]


@pytest.fixture(scope="module")
def recording(root, study):
    code, seen = record(root, command(study, TARGET))
    assert code == 0, seen
    return seen


def test_each_step_is_one_line_of_a_terminal_of_80_columns(recording):
    lines = told(re.sub(r"now [^\r\n]*\r+\x1b\[K", "", recording))
    assert re.fullmatch(r"\d steps on 2 cores", lines[0])
    steps = int(lines[0][0])
    assert len(lines) == 1 + steps
    assert max(map(len, lines)) < 80
    for number, line in enumerate(lines[1:], start=1):
        assert re.match(rf"{number}/{steps} \w+ .* s  0:\d\d elapsed", line), line
    assert lines[-1].startswith(f"{steps}/{steps} derive_her2 primary ")


def test_what_runs_stands_in_one_line_that_is_written_over(recording):
    running = re.findall(r"now [^\r\n]*(?=\r+\x1b\[K)", recording)
    assert 0 < max(map(len, running)) < 80
    assert len(running) == recording.count("now ")


def test_without_a_terminal_lines_are_plain(study, snakemake_spawned):
    run = snakemake_spawned(
        study, TARGET, "--forcerun", "derive_her2", config=study_config(study)
    )
    first, *steps = told(run.output)
    assert (run.code, first) == (0, "1 step on 2 cores")
    assert len(steps) == 1
    assert re.match(r"1/1 derive_her2 primary +\d+\.\d s  0:\d\d elapsed$", steps[0])


def study_config(study):
    return yaml.safe_load((study / "study.yaml").read_text())


@pytest.mark.parametrize("kind", [{"TERM": "dumb"}, {"NO_COLOR": "1", "TERM": "dumb"}])
def test_a_terminal_of_few_talents_sees_plain_lines(root, study, kind, recording):
    code, seen = record(root, command(study, TARGET), **kind)
    assert code == 0
    assert told(seen) == [
        "Nothing to be done (all requested files are present and up to date)."
    ]


def test_a_dry_run_tells_reasons_and_not_files(root, study, recording):
    code, seen = record(root, command(study, "-n"))
    assert code == 0
    steps, _, table = seen.partition("\n\nJob stats:\n")
    lines = told(steps)
    assert "write_definitions primary: its results are missing" in lines
    assert "results/" not in steps
    assert max(map(len, lines)) <= 80
    assert table.endswith("A dry run: nothing was done.\n")


def test_a_lock_is_told_with_the_command_that_frees_it(study, snakemake_in, recording):
    locks = study / ".snakemake/locks"
    locks.mkdir(exist_ok=True)
    (locks / "0.output.lock").write_text(f"{TARGET}\n")
    config = study_config(study)
    try:
        run = snakemake_in(study, TARGET, "-R", "derive_her2", config=config)
    finally:
        shutil.rmtree(locks)
    *_, first, second, unlock = run.output.splitlines()
    assert run.code == 1
    assert first.startswith(f"{study} is locked")
    assert second.startswith("If none does, free it")
    assert "--unlock" in unlock


def test_findings_come_last_and_alone(study, tmp_path, snakemake_in):
    folder = tmp_path / "wrong"
    shutil.copytree(study, folder, ignore=shutil.ignore_patterns("results", ".*"))
    sheet = folder / "her2.tsv"
    text = sheet.read_text()
    sheet.write_text(text.replace("2023-12-01\tmetastasis", "2023-12-01\tnode"))
    for target in (TARGET, "validate"):
        run = snakemake_in(folder, target, config=study_config(study))
        assert run.code == 1
        before, last = run.output.split("1 error in the inputs; nothing was analysed:")
        assert re.match(r"\n  her2.tsv, row \d+, specimen: 'node' take one of", last)
        assert last.splitlines()[-2] == "values:"
        assert not re.search("Error|rule|log", before)


def test_a_fault_of_the_code_is_told_with_rule_log_and_traceback(
    repository, snakemake_spawned
):
    script = repository / "workflow/scripts/check_statistics.py"
    script.write_text(script.read_text().replace("with log_to(", "1 / 0\nwith log_to("))
    module = repository / "src/her2ctdna/reference/self_check.py"
    target = "results/cohort/self_check.tsv"
    run = snakemake_spawned(repository, target, root=repository)
    assert run.code == 1
    assert "ZeroDivisionError" in run.output
    assert "check_statistics failed and left nothing in logs/check" in run.output
    script.write_text(script.read_text().replace("1 / 0\n", ""))
    module.write_text(f"{module.read_text()}\n\ndef check_statistics():\n    1 / 0\n")
    run = snakemake_spawned(repository, target, root=repository)
    before, failure = run.output.split("check_statistics failed; ")
    assert run.code == 1
    assert "Traceback" not in before
    assert failure.startswith("logs/check_statistics.log has\n")
    assert failure.count("Traceback") == 1
    assert failure.endswith("ZeroDivisionError: division by zero\n")


def test_who_asks_for_more_has_the_lines_of_snakemake(study, snakemake_in, recording):
    force = ["-R", "derive_her2"]
    config = study_config(study)
    said = snakemake_in(study, TARGET, *force, "--verbose", config=config).output
    assert "localrule derive_her2:" in said
    assert "jobid: 0" in said
    quiet = snakemake_in(study, TARGET, *force, "--quiet", config=config)
    assert (quiet.code, told(quiet.output)) == (0, [])


def test_an_analysis_that_left_the_config_is_named_and_kept(
    study, snakemake_in, recording
):
    left = study / "results/metastasis/definitions.yaml"
    left.parent.mkdir()
    left.touch()
    config = study_config(study)
    run = snakemake_in(study, TARGET, "-R", "derive_her2", config=config)
    assert told(run.output)[-1] == (
        "results/metastasis: no longer in the config; delete it if it is not needed"
    )
    assert left.exists()


def test_an_interruption_is_told_in_one_line_and_the_same_command_goes_on(
    root, study, recording
):
    words = command(study, TARGET, "-R", "derive_her2")
    script = (
        "import os, pathlib, signal, subprocess, sys, time\n"
        "run = subprocess.Popen(sys.argv[2:], stderr=subprocess.STDOUT)\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "while not any(folder.iterdir()): time.sleep(0.1)\n"
        "time.sleep(0.8)\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "os.killpg(0, signal.SIGINT)\n"
        "sys.exit(run.wait())\n"
    )
    begun = study / ".snakemake/incomplete"
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir()
    stopped = subprocess.run(
        [sys.executable, "-c", script, str(begun), *words],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert stopped.returncode == 1
    assert told(stopped.stdout)[-1] == INTERRUPTED
    code, seen = record(root, command(study, TARGET))
    assert code == 0
    assert "1/1 derive_her2 primary" in seen
