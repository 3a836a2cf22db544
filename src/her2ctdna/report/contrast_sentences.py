"""What sentences and tables say of a contrast: number, interval, patients."""

from typing import TYPE_CHECKING

from her2ctdna.report.formats import (
    is_number,
    write_decimal,
    write_hazard,
    write_points,
    write_ratio_alone,
    write_ratio_limits,
)
from her2ctdna.report.question_tables import median_text, note_of, text_or
from her2ctdna.report.results import Results
from her2ctdna.sets.few_patients import read_few
from her2ctdna.statistics.method_names import FIRTH_PROFILE

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_SAME = (
    *("endpoint", "population", "origin", "group_by", "group", "reference"),
    *("measure", "biased"),
)


def few_of(row: "ResultRow") -> str:
    """Return the mark of a result of few patients, as ``few: n = 3``, or nothing."""
    return read_few(note_of(row))


def median_with_mark(row: "ResultRow") -> str:
    """Return a median with its interval, and the mark of few patients at risk."""
    return "; ".join(filter(None, [median_text(row), few_of(row)]))


def excludes_no_effect(row: "ResultRow") -> bool:
    """Tell whether the interval of a contrast leaves out that there is no effect.

    That is 0 of a difference, 1 of a ratio. Without a limit on one side the interval
    is open there; without any there is none, and nothing is left out.
    """
    none = 0 if row.measure == "risk_difference" else 1
    is_above = is_number(row.ci_low) and row.ci_low > none
    return is_above or (is_number(row.ci_high) and row.ci_high < none)


def write_hazard_ratio(results: Results, row: "ResultRow") -> str:
    """Return a hazard ratio with its interval, as far as the likelihood has them.

    Where it is monotone the limit that there is, and beside it Firth's estimate of
    the same patients: ``below 0.07 (penalised 0.01, 0.00010 to 0.12)``.
    """
    written = write_hazard(row.estimate, row.ci_low, row.ci_high)
    penalised = None if is_number(row.estimate) else find_penalised(results, row)
    if penalised is None or not is_number(penalised.estimate):
        return written
    limits = write_ratio_limits(penalised.ci_low, penalised.ci_high)
    return f"{written} (penalised {write_ratio_alone(penalised.estimate)}, {limits})"


def find_penalised(results: Results, row: "ResultRow") -> "ResultRow | None":
    """Return the contrast of the same patients by Firth's penalty, or None."""
    same = {name: getattr(row, name) for name in _SAME}
    adjusted = text_or(row.adjusted_for, "")
    found = results.rows("contrasts", ci_method=FIRTH_PROFILE, **same)
    return next((x for x in found if text_or(x.adjusted_for, "") == adjusted), None)


def write_contrast(results: Results, row: "ResultRow") -> str:
    """Return a difference of ORR or a hazard ratio with its interval and patients."""
    sizes = f"{row.n:.0f} and {row.n_reference:.0f} patients"
    aside = "; ".join(filter(None, [sizes, few_of(row)]))
    if row.measure == "hazard_ratio":
        name = (
            f"{results.endpoint_label(row.endpoint)} from the {row.origin} landmark on"
        )
        return f"{name}, hazard ratio {_write_hazard(results, row, sizes, aside)}"
    if not is_number(row.estimate):
        return f"ORR not estimable ({_with_note(row, sizes)})"
    found, low, high = map(write_points, (row.estimate, row.ci_low, row.ci_high))
    return f"ORR {found}, interval {low} to {high} ({aside})"


def _write_hazard(results: Results, row: "ResultRow", sizes: str, aside: str) -> str:
    """Return a hazard ratio in the words of a sentence."""
    limits = (row.ci_low, row.ci_high)
    if not (is_number(row.estimate) or any(map(is_number, limits))):
        return f"not estimable ({_with_note(row, sizes)})"
    if not is_number(row.estimate):
        written = write_hazard_ratio(results, row)
        return f"{written}, from {sizes} ({note_of(row)})"
    found = write_decimal(row.estimate, 2)
    if not all(map(is_number, limits)):
        return f"{found}, no closed interval ({aside})"
    low, high = (write_decimal(limit, 2) for limit in limits)
    return f"{found}, interval {low} to {high} ({aside})"


def _with_note(row: "ResultRow", sizes: str) -> str:
    """Return why a number is missing, with the patients; the mark of few comes last."""
    few = few_of(row)
    why = note_of(row).removesuffix(few).removesuffix("; ")
    return "; ".join(filter(None, [why, sizes, few]))
