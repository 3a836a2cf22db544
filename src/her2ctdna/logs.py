"""Logging of a workflow step, and how it ends where it cannot go on."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)

SHOWN = "HER2CTDNA_LOGS_ARE_SHOWN"
"""Set in the environment, to the number of its process, by a run whose terminal shows
the logs of failed steps last: then a step prints nothing itself."""

_REFUSED = f"ERROR {__name__}: refused:\n"


class Refusal(Exception):
    """Words to the user on why a step does not go on; no fault of the code."""


@contextmanager
def log_to(path: str | Path) -> Iterator[None]:
    """Send log records, warnings and the traceback of a failure to ``path``.

    A `Refusal` leaves its words alone, there and on the terminal.

    Of other packages warnings and errors alone: scipy's optimiser would tell its
    bounds at each call.
    """
    file = logging.FileHandler(path, encoding="utf-8")
    logging.basicConfig(
        handlers=[file],
        level=logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.getLogger(__package__).setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        yield
    except Refusal as refusal:
        logger.error("refused:\n%s", refusal)
        sys.exit(1 if SHOWN in os.environ else str(refusal))
    except Exception:
        logger.exception("step failed")
        if SHOWN in os.environ:
            sys.exit(1)
        raise
    finally:
        logging.getLogger().removeHandler(file)
        file.close()


def end_in_silence() -> None:
    """Let an interruption end a step of such a run without telling where it was."""
    own = str(os.getpid())
    if os.environ.get(SHOWN, own) != own:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def find_refusal(log: str) -> str:
    """Return the words of a `Refusal` in the text of a log, if there are any."""
    return log.partition(_REFUSED)[2].rstrip()
