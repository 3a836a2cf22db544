"""From when a time counts, as words: first dose, a landmark, or what a study says."""

from typing import TYPE_CHECKING

from her2ctdna.report.glossary import origin_label
from her2ctdna.report.results import Results
from her2ctdna.sets.counting import find_starts, name_start
from her2ctdna.sets.groupings import FIRST_DOSE

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow


def start_label(results: Results, row: "ResultRow") -> str:
    """Return from when the time of a row of results counts; of rates, the first dose.

    Where a study supplied durations it is what it says that they count from.
    """
    if row.origin != FIRST_DOSE or f"{row.endpoint}_days" not in results.patients:
        return origin_label(row.origin)
    return endpoint_start(results, row.endpoint)


def endpoint_start(results: Results, endpoint: str) -> str:
    """Return what PFS or OS counts from in those who are followed for it."""
    patients = results.patients
    timed = patients[patients[f"{endpoint}_days"].notna()]
    return name_start(find_starts(timed, endpoint))
