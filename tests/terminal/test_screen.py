"""Lines on a stream: plain on anything but a terminal that can write one anew."""

import io
import threading

import pytest

from her2ctdna.terminal.screen import Screen


class Terminal(io.StringIO):
    """Text that a terminal was sent."""

    def isatty(self):
        return True


def show(stream):
    told = threading.Event()

    def tell():
        told.set()
        return "now a"

    screen = Screen(stream, tell, threading.RLock())
    screen.write(["1/2 a"])
    told.wait(1.5)
    screen.write(["2/2 b"])
    screen.end()
    return stream.getvalue()


def test_a_file_gets_lines_alone(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    assert show(io.StringIO()) == "1/2 a\n2/2 b\n"


@pytest.mark.parametrize("kind", ["dumb", None])
def test_a_terminal_that_cannot_go_back_gets_lines_alone(monkeypatch, kind):
    monkeypatch.delenv("TERM", raising=False)
    if kind:
        monkeypatch.setenv("TERM", kind)
    assert show(Terminal()) == "1/2 a\n2/2 b\n"


def test_what_runs_is_written_over(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    assert show(Terminal()) == "1/2 a\nnow a\r\r\x1b[K2/2 b\n"


def test_anything_but_a_terminal_is_80_columns_wide():
    assert Screen(io.StringIO(), str, threading.RLock()).width == 80
