"""What a step's log holds: our records, and what others warn of."""

import logging
import os
import signal
import warnings

import pytest

from her2ctdna.logs import SHOWN, Refusal, end_in_silence, find_refusal, log_to
from her2ctdna.statistics.proportions import compute_boschloo_p


@pytest.fixture
def log(tmp_path):
    """Return the path of a log, and leave logging as it was."""
    root, package = logging.getLogger(), logging.getLogger("her2ctdna")
    kept = root.handlers[:], root.level, package.level
    yield tmp_path / "step.log"
    logging.captureWarnings(False)
    for handler in set(root.handlers) - set(kept[0]):
        root.removeHandler(handler)
        handler.close()
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    package.setLevel(kept[2])


def test_optimiser_tells_the_log_nothing(log) -> None:
    with log_to(log):
        assert 0 < compute_boschloo_p(3, 10, 5, 12)[0] < 1
    assert log.read_text() == ""


@pytest.mark.filterwarnings("default")
def test_log_holds_our_records_and_the_warnings_of_others(log) -> None:
    with log_to(log):
        logging.getLogger("her2ctdna.figures.draw").info("a: %d rows drawn", 3)
        logging.getLogger("another").warning("beware")
        warnings.warn("of this too", stacklevel=1)
    told = log.read_text()
    assert told.startswith("INFO her2ctdna.figures.draw: a: 3 rows drawn\n")
    assert "WARNING another: beware\n" in told
    assert "of this too" in told


def test_log_holds_what_a_step_failed_of(log) -> None:
    def fail() -> None:
        with log_to(log):
            raise ValueError("no such column")

    with pytest.raises(ValueError, match="no such column"):
        fail()
    assert "ValueError: no such column" in log.read_text()


def refuse(log) -> None:
    with log_to(log):
        logging.getLogger("her2ctdna.inputs").info("read")
        raise Refusal("1 error in the inputs:\n  row 5: µ is no unit")


def test_a_refusal_is_printed_and_stands_in_the_log(log, monkeypatch) -> None:
    monkeypatch.delenv(SHOWN, raising=False)
    with pytest.raises(SystemExit) as end:
        refuse(log)
    assert end.value.code == "1 error in the inputs:\n  row 5: µ is no unit"
    assert find_refusal(log.read_text(encoding="utf-8")) == end.value.code
    assert find_refusal("ERROR her2ctdna.logs: step failed") == ""


def test_a_step_prints_nothing_where_its_log_is_shown(log, monkeypatch) -> None:
    monkeypatch.setenv(SHOWN, "1")
    with pytest.raises(SystemExit) as refused:
        refuse(log)
    with pytest.raises(SystemExit) as failed, log_to(log):
        raise ValueError("no such column")
    assert (refused.value.code, failed.value.code) == (1, 1)
    assert "ValueError: no such column" in log.read_text(encoding="utf-8")


def test_an_interruption_is_silent_in_steps_of_such_a_run_alone(monkeypatch) -> None:
    set_to = []
    monkeypatch.setattr(signal, "signal", lambda *how: set_to.append(how))
    monkeypatch.delenv(SHOWN, raising=False)
    end_in_silence()
    monkeypatch.setenv(SHOWN, str(os.getpid()))
    end_in_silence()
    assert set_to == []
    monkeypatch.setenv(SHOWN, "1")
    end_in_silence()
    assert set_to == [(signal.SIGINT, signal.SIG_DFL)]
