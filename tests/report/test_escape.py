"""What a study writes, as it stands in a page."""

import json

from her2ctdna.report.escape import visible, write_data, write_ids

TURNED = "\u202eabc"


def test_characters_that_cannot_be_seen_are_shown_by_their_code() -> None:
    assert visible(TURNED) == "<U+202E>abc"
    assert visible("\u75c5 abc") == "\u75c5 abc"
    assert visible(3.5) == 3.5


def test_no_text_ends_the_script_that_holds_it() -> None:
    value = {"a": ["</script><!--", TURNED, "\u2028", 1.5, None], "b": "x & y"}
    text = write_data(value)
    assert not set("<>&") & set(text)
    assert text.isascii()
    assert json.loads(text) == {
        "a": ["</script><!--", "<U+202E>abc", "<U+2028>", 1.5, None],
        "b": "x & y",
    }


def test_identifiers_that_may_turn_the_line_are_set_apart() -> None:
    assert write_ids(["P1", "<b>", "\u05d0"]) == ("P1, &lt;b&gt;, <bdi>\u05d0</bdi>")
    assert write_ids([]) == ""
