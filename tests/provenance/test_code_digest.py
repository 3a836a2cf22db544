"""The digest by which a rule reruns when the modules behind its script change."""

import ast
import shutil

import pytest

from her2ctdna.provenance import code_digest
from her2ctdna.provenance.code_digest import source_digest
from her2ctdna.settings.catalogue import FIGURES, module_of, modules_of

MODULES = {
    "__init__.py": "",
    "alone.py": "import math\n",
    "typed.py": "from typing import TYPE_CHECKING\n"
    "if TYPE_CHECKING:\n    from her2ctdna.types_only import Kind\n"
    "else:\n    from her2ctdna.not_types import Kind\n",
    "types_only.py": "",
    "not_types.py": "",
    "lowest.py": "VALUE = 1\n",
    "middle.py": "def late():\n    from her2ctdna.lowest import VALUE\n",
    "top.py": "from her2ctdna import middle\n",
    "drawn/__init__.py": "",
    "drawn/sheet.py": "",
    "drawn/look.mplstyle": "lines.linewidth: 1\n",
    "drawn/ttf/letters.ttf": "",
    "pinned/__init__.py": "",
    "pinned/values.py": "",
    "pinned/values.tsv": "1\n",
    "written/__init__.py": "import her2ctdna.lowest\n",
    "written/page.py": "",
    "written/templates/page.html": "<p>\n",
}
SCRIPTS = {
    "none": "import json\n",
    "alone": "import her2ctdna.alone\n",
    "typed": "import her2ctdna.typed\n",
    "top": "from her2ctdna.top import middle\n",
    "drawn": "from her2ctdna.drawn import sheet\n",
    "pinned": "from her2ctdna.pinned.values import read\n",
    "written": "from her2ctdna.written.page import render\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return the folder of a small package that stands in for this one."""
    folder = tmp_path / "her2ctdna"
    for name, text in MODULES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name, text in SCRIPTS.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(code_digest, "_PACKAGE", folder)
    return folder


def digests(package):
    return {name: source_digest(package.parent / f"{name}.py") for name in SCRIPTS}


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        ("alone.py", {"alone"}),
        ("typed.py", {"typed"}),
        ("types_only.py", set()),
        ("not_types.py", {"typed"}),
        ("top.py", {"top"}),
        ("middle.py", {"top"}),
        ("lowest.py", {"top", "written"}),
        ("drawn/sheet.py", {"drawn"}),
        ("drawn/look.mplstyle", {"drawn"}),
        ("drawn/ttf/letters.ttf", {"drawn"}),
        ("drawn/__init__.py", {"drawn"}),
        ("pinned/values.tsv", {"pinned"}),
        ("written/page.py", {"written"}),
        ("written/templates/page.html", {"written"}),
        ("__init__.py", set(SCRIPTS)),
    ],
)
def test_edit_changes_the_digest_of_the_scripts_behind_it_only(
    package, edited, changed
):
    before = digests(package)
    with (package / edited).open("a") as module:
        module.write("# edited\n")
    after = digests(package)
    assert {name for name in SCRIPTS if before[name] != after[name]} == changed


def test_edit_of_a_module_that_is_told_changes_the_digest(package):
    def digest(*modules):
        return source_digest(package.parent / "none.py", modules)

    before = digest("her2ctdna.middle"), digest("her2ctdna.drawn.sheet"), digest()
    (package / "lowest.py").write_text("VALUE = 2\n")
    after = digest("her2ctdna.middle"), digest("her2ctdna.drawn.sheet"), digest()
    assert [one != other for one, other in zip(before, after, strict=True)] == [
        *(True, False, False)
    ]


@pytest.mark.parametrize("name", ["her2ctdna.absent", "her2ctdna.drawn.absent"])
def test_a_module_that_is_told_and_is_not_there_is_an_error(package, name):
    with pytest.raises(ValueError, match=f"{name} is no module"):
        source_digest(package.parent / "none.py", [name])


@pytest.fixture
def copied(root, tmp_path, monkeypatch):
    """Return a copy of this package, which digests are of."""
    copy = tmp_path / "her2ctdna"
    shutil.copytree(root / "src" / "her2ctdna", copy)
    monkeypatch.setattr(code_digest, "_PACKAGE", copy)
    return copy


def edit(package, module):
    path = package.joinpath(*module.split(".")[1:]).with_suffix(".py")
    path.write_text(path.read_text() + "# edited\n")


def digest_of_rule(root, rule):
    """Return the digest of a rule as `code_digest` has it."""
    return source_digest(root / f"workflow/scripts/{rule}.py", modules_of(rule))


def test_an_edited_figure_changes_the_digest_of_the_rule_that_draws_it(root, copied):
    rules = {figure.rule for figure in FIGURES.values()}
    digests = {rule: digest_of_rule(root, rule) for rule in rules}
    for name, figure in FIGURES.items():
        edit(copied, module_of(name))
        after = digest_of_rule(root, figure.rule)
        assert after != digests[figure.rule], name
        digests[figure.rule] = after


def test_an_edited_figure_leaves_the_digest_of_other_rules(root, copied):
    others = ["plot_cohort", "plot_response", "plot_profiles", "derive_her2"]
    before = [digest_of_rule(root, rule) for rule in others]
    edit(copied, "her2ctdna.figures.forest")
    assert [digest_of_rule(root, rule) for rule in others] == before


def test_an_edited_caption_leaves_the_digest_of_what_reads_no_catalogue(root, copied):
    scripts = sorted((root / "workflow" / "scripts").glob("*.py"))
    before = {path.stem: digest_of_rule(root, path.stem) for path in scripts}
    edit(copied, "her2ctdna.settings.results.her2_results")
    after = {path.stem: digest_of_rule(root, path.stem) for path in scripts}
    changed = {rule for rule in after if after[rule] != before[rule]}
    assert changed == {"write_report", "write_take_away"}


def test_rules_tell_their_digest_the_figures_of_the_catalogue(root):
    wiring = (root / "workflow/rules/wiring.smk").read_text()
    assert "source_digest(script, modules_of(rule_name))" in wiring


def test_digest_is_short_text_and_does_not_depend_on_the_folder(
    package, tmp_path, monkeypatch
):
    before = digests(package)
    moved = package.rename(tmp_path / "elsewhere")
    monkeypatch.setattr(code_digest, "_PACKAGE", moved)
    assert digests(moved) == before
    assert {len(digest) for digest in before.values()} == {12}


def test_modules_that_import_each_other_have_a_digest(package):
    (package / "lowest.py").write_text("import her2ctdna.top\n")
    assert len(digests(package)["top"]) == 12


def test_every_import_within_the_package_is_absolute(root):
    relative = [
        path.name
        for path in (root / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_every_script_has_the_digest_of_what_it_imports(root):
    scripts = sorted((root / "workflow" / "scripts").glob("*.py"))
    found = {script.stem: source_digest(script) for script in scripts}
    assert found["derive_her2"] != found["derive_endpoints"]
    assert len(found) == len(scripts) > 10
