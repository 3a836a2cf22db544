"""What the repository promises about itself: environments, rules, documents."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
import yaml

from her2ctdna import __version__
from her2ctdna.inputs.columns import FIELDS

CONDA_NAMES = {"matplotlib-base": "matplotlib"}


def locked_versions(path):
    """Return package → versions in a lock file (several where a marker decides)."""
    versions = {}
    pattern = r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^ ;\\]+)"
    for name, version in re.findall(pattern, path.read_text(), re.MULTILINE):
        versions.setdefault(name.lower(), set()).add(version)
    return versions


@pytest.fixture(scope="module")
def lock(root):
    return locked_versions(root / "requirements.lock")


def test_conda_environments_have_the_versions_of_the_lock(root, lock):
    for path in (root / "envs").glob("*.yaml"):
        for pinned in yaml.safe_load(path.read_text())["dependencies"]:
            name, version = pinned.split("=")
            if name != "python":
                assert version in lock[CONDA_NAMES.get(name, name)], pinned


def test_conda_environment_has_every_package_that_is_needed(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[\[>=<]", name)[0] for name in project["dependencies"]}
    environment = yaml.safe_load((root / "envs/analysis.yaml").read_text())
    given = {pinned.split("=")[0] for pinned in environment["dependencies"]}
    given = {CONDA_NAMES.get(name, name) for name in given}
    # of a job's environment; Snakemake and what is plugged into it run outside
    outside = {name for name in needed if name.startswith("snakemake")}
    assert given - {"python"} == needed - outside


def imported(folder):
    """Return the names of the packages that the files of a folder import."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.module.split(".")[0]


def test_every_package_that_is_imported_is_declared_and_no_other(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[\[>=<]", name)[0] for name in project["dependencies"]}
    folders = (root / "src", root / "workflow" / "scripts")
    names = {name for folder in folders for name in imported(folder)}
    distributions = packages_distributions()
    needed = {
        distribution.lower().replace("_", "-")
        for name in names - sys.stdlib_module_names
        for distribution in distributions[name]
    }
    assert declared == needed - {"her2ctdna"}


def test_benchmarks_do_nothing_when_imported(root):
    scripts = [*root.glob("benchmarks/*.py"), *root.glob("docs/*.py")]
    assert len(scripts) > 5
    for script in scripts:
        _, *rest = ast.parse(script.read_text()).body
        for node in rest:
            acts = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            loops = isinstance(node, ast.For | ast.While | ast.With | ast.Try)
            assert not acts | loops, (script, node.lineno)
            if isinstance(node, ast.If):
                assert ast.unparse(node.test) == "__name__ == '__main__'", script


def test_tests_that_are_named_exist(root):
    folders = ("benchmarks", "config", "docs", "envs", "src", "tests", "workflow")
    files = [path for name in folders for path in (root / name).rglob("*")]
    named = {
        (file, test)
        for file in [*files, *root.glob("*.*")]
        if file.suffix in (".md", ".py", ".R", ".rst", ".smk", ".toml", ".yaml")
        for test in re.findall(r"\btests/[\w/]+\.py\b", file.read_text())
    }
    assert len(named) > 5
    assert [pair for pair in named if not (root / pair[1]).exists()] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_no_address(root, name):
    text = (root / name).read_text()
    assert "://" not in text
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, entry


def test_development_lock_agrees_with_the_lock(root, lock):
    development = locked_versions(root / "requirements-dev.lock")
    assert {name: development[name] for name in lock} == lock


def rules_of(root):
    for path in sorted((root / "workflow" / "rules").glob("*.smk")):
        yield from re.findall(
            r"^rule (\w+):\n(.*?)(?=^rule |\Z)", path.read_text(), re.M | re.S
        )


def test_every_rule_names_its_script_log_and_code_digest_alike(root):
    rules = list(rules_of(root))
    assert len(rules) > 15
    for name, body in rules:
        assert f'"../scripts/{name}.py"' in body, name
        digest = "workflow_digest(FOLDER)" if name == "write_provenance" else name
        assert f"code={digest}" in body or f'code=code_digest("{name}")' in body, name
        assert re.search(rf"<logs>/.*{name}", body), name


def test_every_script_belongs_to_a_rule_and_holds_no_function(root):
    names = {name for name, _ in rules_of(root)}
    for script in (root / "workflow" / "scripts").glob("*.py"):
        assert script.stem in names
        assert not re.search(r"^\s*(def|class) ", script.read_text(), re.M), script


def keys_of(part):
    for key, value in part.items():
        yield key
        if isinstance(value, dict) and key not in ("families", "landmarks"):
            yield from keys_of(value)


def test_every_setting_is_described(root, defaults):
    text = (root / "config" / "README.md").read_text()
    settings = [key for key in keys_of(defaults) if key not in defaults["analyses"]]
    assert [key for key in settings if not re.search(rf"\b{key}\b", text)] == []


def test_every_column_of_every_sheet_is_described(root):
    text = (root / "config" / "README.md").read_text()
    for table, fields in FIELDS.items():
        section = text.split(f"### `{table}`")[1].split("\n### ")[0]
        for name in fields:
            assert re.search(rf"\b{name}(_\*|_date)?`", section), (table, name)


def test_every_room_is_named_in_the_guide_for_contributors(root):
    text = (root / "CONTRIBUTING.md").read_text()
    rooms = [
        path.parent.name for path in (root / "src/her2ctdna").glob("*/__init__.py")
    ]
    assert [room for room in rooms if f"`{room}/`" not in text] == []


def test_scripts_are_wiring_only(root):
    for script in (root / "workflow" / "scripts").glob("*.py"):
        body = script.read_text().partition("with log_to")[2]
        assert len(body.splitlines()) <= 20, script


def test_citation_names_this_version_and_a_day_of_release(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert citation["version"] == __version__
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", citation["date-released"])
