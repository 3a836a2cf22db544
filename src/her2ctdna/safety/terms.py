"""Terms of adverse events, as the sheet has them and as the config names them."""

import difflib
from collections.abc import Iterable, Iterator

_ALMOST = 0.9
"""Share of letters in common; pneumonia against pneumonitis has 0.8."""


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
