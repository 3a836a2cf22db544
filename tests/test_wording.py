"""Names are spelt as in the field; no text claims more than an estimate."""

import ast
import re
from pathlib import Path

import pytest

from her2ctdna.wording import spell

FORBIDDEN = re.compile(
    r"significan|\bpredicts?\b|\bpredicti(?:ve|ng)\b|no difference", re.I
)
PACKAGE = Path(__file__).parents[1] / "src" / "her2ctdna"
CAPTIONS = Path(__file__).parents[1] / "workflow" / "report"


def texts_of(source: str) -> list[str]:
    """Return the strings of a module that can reach a reader: all but docstrings."""
    tree = ast.parse(source)
    documented = {
        id(parent.body[0].value)
        for parent in ast.walk(tree)
        if isinstance(parent, ast.Module | ast.ClassDef | ast.FunctionDef)
        and ast.get_docstring(parent) is not None
        and isinstance(parent.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
    ]


def test_scan_reads_texts_and_not_docstrings() -> None:
    source = (
        '"""It predicts."""\n'
        "def f():\n"
        '    """No difference."""\n'
        '    return f"is significant {1}"\n'
    )
    found = [text for text in texts_of(source) if FORBIDDEN.search(text)]
    assert found == ["is significant "]


def test_package_claims_no_more_than_estimates() -> None:
    found = {
        path.name: [text for text in texts_of(source) if FORBIDDEN.search(text)]
        for path in PACKAGE.rglob("*.py")
        if (source := path.read_text(encoding="utf-8"))
    }
    assert len(found) > 100
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_captions_and_templates_claim_no_more_than_estimates() -> None:
    files = [*CAPTIONS.glob("*.rst"), *(PACKAGE / "report" / "templates").iterdir()]
    assert len(files) > 20
    for file in files:
        assert FORBIDDEN.findall(file.read_text(encoding="utf-8")) == [], file


def test_results_of_the_demo_study_claim_no_more_than_estimates(demo) -> None:
    results = demo.folder / "results"
    files = [*results.rglob("*.html"), *results.rglob("*.tsv"), *results.rglob("*.svg")]
    assert len(files) > 50
    # the scripts of a page are those of libraries
    script = re.compile(r"<script\b.*?</script>", re.S)
    for file in files:
        text = script.sub("", file.read_text(encoding="utf-8"))
        assert FORBIDDEN.findall(text) == [], file


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hr_status", "HR status"),
        ("prior_lines", "prior lines"),
        ("ecog", "ECOG"),
        ("her2_level", "HER2 level"),
        ("threshold", "threshold"),
        ("", ""),
    ],
)
def test_names_are_spelt_as_the_field_does(name: str, words: str) -> None:
    assert spell(name) == words
