"""Names of columns that hold one result at one landmark, made and read here alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

ABLE = "able"
CLEARANCE = "clearance"
CHANGE = "change"
DAY = "day"
LATE = "late"
LOG2_RATIO = "log2_ratio"
MOLECULAR_RESPONSE = "mr"
NO_CTDNA = "no_ctdna"
RATIO = "ratio"
RESIDUAL_MAX = "residual_max"
STATE = "state"

_ALONE = frozenset(
    [
        *[ABLE, CLEARANCE, CHANGE, DAY, LATE, LOG2_RATIO, NO_CTDNA, RATIO],
        *[RESIDUAL_MAX, STATE],
    ]
)
_REDUCTION = re.compile(rf"{MOLECULAR_RESPONSE}(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class LandmarkColumn:
    """A column with one result of each patient at a landmark.

    ``result`` is one of the words above, or a molecular response with the reduction
    in per cent that it asks for (``mr90``, see `name_reduction`). Raises ValueError
    for any other word.
    """

    result: str
    landmark: str

    def __post_init__(self) -> None:
        """Refuse a word that names no result."""
        if not _is_known(self.result):
            raise ValueError(f"{self.result}: no result at a landmark has this name")

    @classmethod
    def parse(cls, column: str, landmarks: Iterable[str]) -> "LandmarkColumn | None":
        """Return what a column of that name holds; None if nothing of ``landmarks``.

        Names of landmarks may hold underscores, and a covariate of the study may
        begin with a word of a result, so the landmarks must be those of the study.
        """
        for landmark in landmarks:
            result = column.removesuffix(f"_{landmark}")
            if result != column and _is_known(result):
                return cls(result, landmark)
        return None

    @property
    def name(self) -> str:
        """The name of the column."""
        return f"{self.result}_{self.landmark}"

    @property
    def kind(self) -> str:
        """The result, all molecular responses being one kind."""
        return self.result if self.reduction is None else MOLECULAR_RESPONSE

    @property
    def reduction(self) -> str | None:
        """The per cent that a molecular response asks for; None of other results."""
        return read_reduction(self.result)


def name_reduction(ratio: float) -> str:
    """Return the result of a molecular response by its ratio: 0.1 is ``mr90``."""
    return f"{MOLECULAR_RESPONSE}{round(100 * (1 - ratio), 6):g}"


def read_reduction(result: str) -> str | None:
    """Return the per cent of a molecular response, as ``90``; None of other results."""
    found = _REDUCTION.fullmatch(result)
    return found[1] if found else None


def _is_known(result: str) -> bool:
    return result in _ALONE or read_reduction(result) is not None


def name_clearance(landmark: str) -> str:
    """Return the column of clearance at a landmark."""
    return LandmarkColumn(CLEARANCE, landmark).name


def read_clearance(endpoint: str) -> str | None:
    """Return the landmark of an endpoint that is a clearance; None of any other."""
    landmark = endpoint.removeprefix(f"{CLEARANCE}_")
    return landmark if landmark != endpoint else None
