"""Which questions were declared before the data were looked at."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import pandas as pd

from her2ctdna.association.rate_contrasts import PRIMARY

Patterns = Sequence[Mapping[str, Sequence[str]]]


def mark_predeclared(tests: pd.DataFrame, patterns: Patterns) -> pd.Series:
    """Return yes or no for each test: whether its question was declared beforehand.

    Only the primary test of a question can be: the others were chosen beside it.

    Parameters
    ----------
    tests
        With ``endpoint``, ``biomarker``, ``origin`` and ``role``.
    patterns
        The config: ``endpoints`` and ``group_by``, and ``origins`` if they are
        declared too; ``*`` and ``?`` are wildcards.
    """
    declared = [
        role == PRIMARY and is_declared(endpoint, biomarker, origin, patterns)
        for endpoint, biomarker, origin, role in zip(
            *(tests[name] for name in ("endpoint", "biomarker", "origin", "role")),
            strict=True,
        )
    ]
    words = pd.Series(declared, index=tests.index, dtype=bool)
    return words.map({True: "yes", False: "no"}).astype(object)


def is_declared(endpoint: str, group_by: str, origin: str, patterns: Patterns) -> bool:
    """Tell whether any pattern names all that it asks for of a question."""
    asked = {"endpoints": endpoint, "group_by": group_by, "origins": origin}
    return any(
        all(_is_named(asked[key], wanted) for key, wanted in pattern.items())
        for pattern in patterns
    )


def _is_named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
