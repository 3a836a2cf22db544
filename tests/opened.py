"""Whether the numbers of a page open to as many patients as they say."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser


class Counts(HTMLParser):
    """The numbers of a page that open: text, and identifiers by their label."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._texts: list[tuple[str, str]] = []
        self._lists: dict[str, dict[str, list[str]]] = {}
        self._tag = self._place = self._opens = ""
        self.feed(html)

    @property
    def counts(self) -> list[tuple[str, dict[str, list[str]]]]:
        """Each number with the lists that it leads to."""
        return [(text, self._lists[place]) for place, text in self._texts]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        own = dict(attrs)
        if tag == "div" and (own.get("id") or "").startswith("_"):
            self._place = own["id"] or ""
            self._lists[self._place] = {"": []}
        if tag == "a" and (own.get("href") or "").startswith("#_"):
            self._opens = (own["href"] or "")[1:]
            self._texts.append((self._opens, ""))

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""
        if tag == "div":
            self._place = ""
        if tag == "a":
            self._opens = ""

    def handle_data(self, data: str) -> None:
        if self._opens:
            self._texts[-1] = (self._opens, self._texts[-1][1] + data)
        elif self._place and self._tag == "b":
            self._lists[self._place][data] = []
        elif self._place:
            names = [name for name in re.split(r",?\s+|,", data) if name]
            sets = self._lists[self._place]
            sets[list(sets)[-1]] += names


PAIRS = "patient of each pair"
OTHERS = "others of the denominator"


def check_page(html: str, known: frozenset[str]) -> tuple[int, list[str]]:
    """Return how many numbers of a page open, and what is wrong with them.

    n/N opens to n and to the others, and if those are not named N is no smaller.
    Of pairs of readings a patient may have several.
    ``known`` are the identifiers that may stand there.
    """
    wrong = []
    page = Counts(html)
    for text, sets in page.counts:
        numbers = re.fullmatch(r"(\d+)(?:/(\d+))?", text.strip())
        assert numbers, text
        n, total = int(numbers[1]), int(numbers[2] or numbers[1])
        others = [i for name, ids in sets.items() if OTHERS in name for i in ids]
        inside = [i for name, ids in sets.items() if OTHERS not in name for i in ids]
        wrong += _labels(text, sets)
        if n != len(inside):
            wrong.append(f"{text} opens to {len(inside)}")
        is_whole = any(OTHERS in name for name in sets) or n == total
        if is_whole and total != len(inside) + len(others):
            wrong.append(f"{text} opens to {len(inside)} and {len(others)} others")
        if strange := {*inside, *others} - known:
            wrong.append(f"{text} opens to strangers: {sorted(strange)}")
        is_pairs = all(name.startswith(PAIRS) for name in sets if name)
        if not is_pairs and len({*inside, *others}) != len(inside) + len(others):
            wrong.append(f"{text} names one twice")
    return len(page.counts), wrong


def _labels(text: str, sets: dict[str, list[str]]) -> Iterator[str]:
    """Yield the labels, such as ``others (3):``, that miscount their patients."""
    for label, ids in sets.items():
        stated = re.search(r"\((\d+)\):$", label)
        if label and (not stated or int(stated[1]) != len(ids)):
            yield f"{text}: {label} is followed by {len(ids)}"
