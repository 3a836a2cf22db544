"""Terms of adverse events, as the sheet has them and as the config names them."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

_ALMOST = 0.9
"""Share of letters in common; pneumonia against pneumonitis has 0.8."""

_SHORT = 4


def fold_term(term: str) -> str:
    """Return a term without its differences in case and blanks."""
    return " ".join(term.casefold().split())


def find_misspelt(
    terms: Iterable[str], wanted: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield each term that is almost, but not quite, one that is wanted, and that."""
    known = {fold_term(term): term for term in wanted}
    for term in terms:
        folded = fold_term(term)
        near = difflib.get_close_matches(folded, known, n=1, cutoff=_ALMOST)
        if near and folded not in known:
            yield term, known[near[0]]


def find_lookalikes(
    terms: Iterable[str],
    special_interest: Mapping[str, Sequence[str]],
    words: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, str]]:
    """Yield terms that look like an event of special interest, and its name.

    On none of the lists, but almost a listed term, or with one of them or one of the
    event's ``words`` in it. Latin words match from their beginning, those of four
    letters or fewer (ILD) as a whole.
    """
    names = {
        fold_term(t): name for name, listed in special_interest.items() for t in listed
    }
    unlisted = [term for term in terms if fold_term(term) not in names]
    near = {
        term: names[fold_term(like)] for term, like in find_misspelt(unlisted, names)
    }
    for term in unlisted:
        for name, listed in special_interest.items():
            asked = [*listed, *words.get(name, ())]
            if near.get(term) == name or any(_is_in(word, term) for word in asked):
                yield term, name


def _is_in(word: str, term: str) -> bool:
    word, term = fold_term(word), fold_term(term)
    if not word.isascii():
        return word in term
    end = r"\b" if len(word) <= _SHORT else ""
    return bool(re.search(rf"\b{re.escape(word)}{end}", term, re.ASCII))
