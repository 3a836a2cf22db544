"""Where lines go: below each other, and on a terminal with one that changes, last."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import TextIO

_CLEAR = "\r\x1b[K"


class Screen:
    """A stream with, on a terminal, a last line that tells what runs now.

    That line is written anew each second and begins at the first column again, so that
    what a step itself prints goes over it.

    Parameters
    ----------
    stream
        Where to write.
    tell
        Returns that line; it is empty while there is none.
    lock
        Held while a line is written.
    """

    def __init__(
        self, stream: TextIO, tell: Callable[[], str], lock: threading.RLock
    ) -> None:
        self._stream, self._tell, self._lock = stream, tell, lock
        self._shown = False
        self._ended = threading.Event()
        if is_terminal(stream):
            threading.Thread(target=self._renew, daemon=True).start()

    @property
    def width(self) -> int:
        """Return the columns of the terminal; 80 of anything else."""
        if not self._stream.isatty():
            return 80
        return os.get_terminal_size(self._stream.fileno()).columns or 80

    def write(self, lines: Iterable[str]) -> None:
        """Write lines below those that are there."""
        with self._lock:
            self._clear()
            for line in lines:
                self._stream.write(f"{line}\n")
            self._stream.flush()

    def end(self) -> None:
        """Leave no changing line behind."""
        self._ended.set()
        with self._lock:
            self._clear()

    def _renew(self) -> None:
        while not self._ended.wait(1):
            with self._lock:
                line = "" if self._ended.is_set() else self._tell()
                self._clear()
                if line:
                    self._stream.write(f"{line}\r")
                    self._shown = True
                self._stream.flush()

    def _clear(self) -> None:
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()
            self._shown = False


def is_terminal(stream: TextIO) -> bool:
    """Say whether a stream is a terminal on which a line can be written anew."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
