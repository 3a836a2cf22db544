"""Keys that stand twice in a config file."""

import pytest

from her2ctdna.settings.repeated_keys import find_repeated_keys


@pytest.fixture
def found(tmp_path):
    def find(text):
        path = tmp_path / "study.yaml"
        path.write_text(text, encoding="utf-8")
        return [(f.column, f.row, f.message) for f in find_repeated_keys([path, path])]

    return find


def test_a_block_given_twice_is_an_error_with_both_lines(found):
    text = "definitions:\n  her2: {}\nanalyses: {a: {}}\ndefinitions:\n  safety: {}\n"
    ((key, row, message),) = found(text)
    assert (key, row) == ("definitions", 4)
    assert "lines 1 and 4" in message
    assert "study.yaml" in message


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a: {b: 1, c: {d: 1, d: 2}}", ["a.c.d"]),
        ("a: [{b: 1}, {b: 1, b: 1}]", ["a.1.b"]),
        ("a: 1\n'a': 2\n\"a\": 3\n", ["a", "a"]),
        ("1: x\n'1': y\n", ["1"]),
        ('{"a": 1,\n\t"b": {"c": 1,\n\t"c": 2}}', ["b.c"]),
        ("a: &same {b: 1}\nc: *same\n", []),
        ("a: {b: 1}\nc: {b: 1}\n", []),
        ("", []),
        ("\ufeffa: 1\na: 2\n", ["a"]),
    ],
)
def test_at_whatever_level_and_however_it_is_written(found, text, keys):
    assert [key for key, _, _ in found(text)] == keys


def test_a_file_that_holds_itself_does_not_hang(found):
    assert found("a: &a\n  b: 1\n  b: 2\n  c: *a\n")[0][0] == "a.b"
