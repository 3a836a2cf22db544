"""Logging of a workflow step."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)


@contextmanager
def log_to(path: str | Path) -> Iterator[None]:
    """Send log records, warnings and the traceback of a failure to ``path``.

    Of other packages warnings and errors alone: scipy's optimiser would tell its
    bounds at each call.
    """
    logging.basicConfig(
        filename=path,
        level=logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.getLogger(__package__).setLevel(logging.INFO)
    logging.captureWarnings(True)
    try:
        yield
    except Exception:
        logger.exception("step failed")
        raise
