"""The report on paper: printed to PDF by a browser, where the machine has one."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "HER2CTDNA_BROWSER"
_SECONDS = 120
_LINK = re.compile(r' href="(?!#)[^"]*"')
_OPTIONS = (
    "--headless",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pdf-header-footer",
)
"""A browser that asks nothing, looks no name up and writes nothing of its own."""


def find_browser() -> str | None:
    """Return the path of a browser that can print, or None.

    The environment variable ``HER2CTDNA_BROWSER`` names another; empty, none is used.
    """
    named = os.environ.get(VARIABLE)
    candidates = BROWSERS if named is None else (named,)
    return next((path for name in candidates if (path := shutil.which(name))), None)


def print_report(page: str | Path, pdf: str | Path) -> None:
    """Print a page to PDF, with its time of making taken out.

    Links to files beside the page are text on paper: the browser would write where on
    this machine they lie.

    Raises
    ------
    FileNotFoundError
        If no browser is found.
    RuntimeError
        If the browser prints nothing, with what it said.
    """
    browser = find_browser()
    if browser is None:
        raise FileNotFoundError(
            f"no browser to print with: install one of {', '.join(BROWSERS)}, or give "
            f"its path in {VARIABLE}"
        )
    with TemporaryDirectory() as folder:
        copy, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        text = Path(page).read_text(encoding="utf-8")
        copy.write_text(_LINK.sub("", text), encoding="utf-8", newline="\n")
        command = [browser, *_OPTIONS, f"--user-data-dir={folder}/profile"]
        # As root, as in a container, Chromium starts only without its sandbox.
        command += ["--no-sandbox"] if os.geteuid() == 0 else []
        command += [f"--print-to-pdf={printed}", copy.as_uri()]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        if not printed.is_file():
            raise RuntimeError(f"{browser} printed nothing: {done.stderr[-2000:]}")
        Path(pdf).write_bytes(_without_times(printed.read_bytes()))


def _without_times(content: bytes) -> bytes:
    """Return a PDF whose dates are all the same, at unchanged length."""
    return re.sub(rb"\(D:\d{14}(?=[^)]*\))", b"(D:" + b"19700101000000", content)
