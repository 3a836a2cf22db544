"""The scripts of the page: which they are, and that they may run."""

import re
from base64 import b64decode, b64encode
from gzip import decompress
from hashlib import sha256
from pathlib import Path

from her2ctdna.report import scripts as module
from her2ctdna.report.scripts import chart_library, page_scripts, script_policy

VENDOR = Path(module.__file__).parent / "vendor"


def test_kept_files_are_those_of_their_packages() -> None:
    lines = (VENDOR / "sha256sum.txt").read_text().splitlines()
    digests = dict(reversed(line.split("  ")) for line in lines)
    kept = {path.name for path in VENDOR.iterdir()} - {"sha256sum.txt", "README.md"}
    assert set(digests) == kept
    for name, digest in digests.items():
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_kept_file_has_its_package_version_licence_and_integrity() -> None:
    readme = (VENDOR / "README.md").read_text()
    for name in (path.name for path in VENDOR.iterdir() if ".min." in path.name):
        row = next(line for line in readme.splitlines() if f"| `{name}`" in line)
        assert re.search(r"\d+\.\d+\.\d+ \| MIT .*`sha512-[A-Za-z0-9+/]{86}==`", row)
        version = re.search(r"\d+\.\d+\.\d+", row)
        assert version
        if name.endswith(".js"):
            assert f" {version[0]}" in (VENDOR / name).read_text()[:60]
    assert not any("registry." in path.read_text() for path in VENDOR.iterdir())
    styles = [path.read_text() for path in VENDOR.glob("*.css")]
    assert not re.search(r"https?:|@import|url\(", "".join(styles))


def test_chart_library_comes_only_with_a_chart_and_is_always_the_same() -> None:
    without, with_chart = (
        page_scripts(has_table=True, has_chart=has) for has in (False, True)
    )
    assert with_chart[:-1] == without
    assert len(page_scripts(has_table=False, has_chart=False)) == 1
    assert all("</script" not in text and "<!--" not in text for text in with_chart)
    assert "vegaEmbed" in decompress(b64decode(chart_library())).decode()
    assert chart_library() == chart_library()


def test_policy_names_each_script_by_its_hash() -> None:
    digest = b64encode(sha256(b"run()").digest()).decode()
    assert script_policy(["run()"], has_chart=False) == (
        f"default-src 'none'; script-src 'sha256-{digest}'; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
