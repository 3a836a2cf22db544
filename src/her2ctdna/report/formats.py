"""How numbers are written on the page.

One rule each: rates have one decimal, always beside their n/N; months one decimal;
ratios and levels three digits; p and q three decimals. A number that is missing is
written as words, never as nan, inf or nothing.
"""

from collections.abc import Callable
from math import isfinite

DAYS_PER_MONTH = 30.4375
MINUS = "\N{MINUS SIGN}"
NOT_ESTIMABLE = "not estimable"
NOT_REACHED = "not reached"
NO_LIMIT = "no limit"
NO_INTERVAL = "no interval"


def is_number(value: object) -> bool:
    """Tell whether a cell holds a finite number."""
    return isinstance(value, int | float) and isfinite(value)


def write_decimal(value: float, places: int) -> str:
    """Return a number with fixed decimals, a true minus sign and no minus zero."""
    text = f"{value:.{places}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", MINUS)


def write_integer(value: float) -> str:
    """Return a count, or words if there is none."""
    return write_decimal(value, 0) if is_number(value) else NOT_ESTIMABLE


def write_digits(value: float) -> str:
    """Return a number with three significant digits, without an exponent if short."""
    if not is_number(value):
        return NOT_ESTIMABLE
    if value == 0 or 0.001 <= abs(value) < 1000:
        places = 2 if value == 0 else max(0, 2 - _magnitude(value))
        return write_decimal(value, places)
    if abs(value) < 1e6 and abs(value) >= 1000:
        return write_decimal(value, 0)
    mantissa, exponent = f"{value:.2e}".split("e")
    power = str(int(exponent)).replace("-", MINUS)
    return f"{mantissa.replace('-', MINUS)} \N{MULTIPLICATION SIGN} 10^{power}"


def write_percent(rate: float) -> str:
    """Return a rate as a percentage with one decimal."""
    return f"{write_decimal(100 * rate, 1)} %" if is_number(rate) else NOT_ESTIMABLE


def write_rate(rate: float, low: float, high: float) -> str:
    """Return a rate with its interval, as in ``30.0 % (11.9 to 54.3)``."""
    if not is_number(rate):
        return NOT_ESTIMABLE
    return f"{write_percent(rate)} ({_span(low, high, _hundredth, NOT_ESTIMABLE)})"


def write_points(difference: float) -> str:
    """Return a difference of rates in percentage points, with its sign."""
    if not is_number(difference):
        return NOT_ESTIMABLE
    text = write_decimal(100 * difference, 1)
    return f"{text if text.startswith(MINUS) else '+' + text} points"


def write_difference(difference: float, low: float, high: float) -> str:
    """Return a difference of rates with its interval, in percentage points."""
    if not is_number(difference):
        return NOT_ESTIMABLE
    return f"{write_points(difference)} ({_span(low, high, _hundredth, NOT_ESTIMABLE)})"


def write_days(days: float, low: float, high: float) -> str:
    """Return a difference of times with its interval, in days."""
    if not is_number(days):
        return NOT_ESTIMABLE
    return f"{_tenth(days)} days ({_span(low, high, _tenth, NOT_ESTIMABLE)})"


def write_ratio(ratio: float, low: float, high: float) -> str:
    """Return a ratio with its interval; without a ratio, the limit that is known."""
    if not (is_number(ratio) or is_number(low) or is_number(high)):
        return NOT_ESTIMABLE
    if is_number(ratio):
        return f"{_ratio(ratio)} ({_span(low, high, _ratio, NO_LIMIT)})"
    return f"at least {_ratio(low)}" if is_number(low) else f"at most {_ratio(high)}"


def write_hazard(ratio: float, low: float, high: float) -> str:
    """Return a hazard ratio with its interval.

    One of a monotone likelihood has a limit on one side alone, ``below 0.070`` or
    ``above 3.10``.
    """
    if is_number(ratio) or not (is_number(low) or is_number(high)):
        return write_ratio(ratio, low, high)
    return f"above {_ratio(low)}" if is_number(low) else f"below {_ratio(high)}"


def write_coefficient(estimate: float, low: float, high: float) -> str:
    """Return a coefficient between -1 and 1 with its interval, two decimals."""
    if not is_number(estimate):
        return NOT_ESTIMABLE
    has_limits = is_number(low) and is_number(high)
    limits = _span(low, high, _coefficient, NO_LIMIT) if has_limits else NO_INTERVAL
    return f"{_coefficient(estimate)} ({limits})"


def write_months(days: float, *, missing: str = NOT_REACHED) -> str:
    """Return days as months of 30.4375 days."""
    return f"{_months(days)} months" if is_number(days) else missing


def write_median(
    days: float, low: float, high: float, *, missing: str, beyond: str = NOT_REACHED
) -> str:
    """Return a median time with its interval, in months.

    An upper limit may lie beyond what was seen (``beyond`` says so); a lower one that
    was not found cannot be told.
    """
    least = _months(low) if is_number(low) else NOT_ESTIMABLE
    most = _months(high) if is_number(high) else beyond
    return f"{write_months(days, missing=missing)} ({least} to {most})"


def write_day(day: float) -> str:
    """Return a day since first dose, as in ``day 21``."""
    return f"day {write_decimal(day, 0)}" if is_number(day) else "day unknown"


def write_incidence(incidence: float, low: float, high: float) -> str:
    """Return an incidence with its interval, each with one decimal."""
    if not is_number(incidence):
        return NOT_ESTIMABLE
    return f"{_tenth(incidence)} ({_span(low, high, _tenth, NOT_ESTIMABLE)})"


def write_p(value: float) -> str:
    """Return a p- or q-value with three decimals."""
    if not is_number(value):
        return NOT_ESTIMABLE
    if value < 0.0005:
        return "< 0.001"
    return "> 0.999" if value > 0.9995 else f"{value:.3f}"


def level_unit(scale: str) -> str:
    """Return the unit of a ctDNA level (`find_level_scale`), if it has one of its own.

    Of results in several units of assays no one unit can be named.
    """
    if scale.endswith("vaf"):
        return "%"
    return {"mtm_per_ml": "MTM/mL", "tumour_fraction": "tumour fraction"}.get(scale, "")


def write_level(level: float, *, scale: str) -> str:
    """Return a ctDNA level with its unit: a VAF in percent."""
    if not is_number(level):
        return NOT_ESTIMABLE
    shown = write_digits(100 * level if scale.endswith("vaf") else level)
    return f"{shown} {level_unit(scale)}".strip()


def _span(low: float, high: float, write: Callable[[float], str], missing: str) -> str:
    """Return ``low to high``, with words for a limit that is missing."""
    shown = [write(limit) if is_number(limit) else missing for limit in (low, high)]
    return f"{shown[0]} to {shown[1]}"


def write_ratio_limits(low: float, high: float) -> str:
    """Return the limits of a ratio, as in ``0.10 to 2.38``."""
    return _span(low, high, _ratio, NO_LIMIT)


def write_ratio_alone(value: float) -> str:
    """Return a ratio without its interval."""
    return _ratio(value) if is_number(value) else NOT_ESTIMABLE


def _ratio(value: float) -> str:
    """Return a ratio: two decimals, fewer above 10, and below 0.1 two digits."""
    if 0 < value < 0.095:
        return write_decimal(value, 1 - _magnitude(value))
    return write_decimal(value, 2 if value < 9.995 else 1 if value < 99.95 else 0)


def _coefficient(value: float) -> str:
    return write_decimal(value, 2)


def _hundredth(rate: float) -> str:
    return write_decimal(100 * rate, 1)


def _tenth(value: float) -> str:
    return write_decimal(value, 1)


def _months(days: float) -> str:
    return write_decimal(days / DAYS_PER_MONTH, 1)


def _magnitude(value: float) -> int:
    return int(f"{abs(value):.2e}".split("e")[1])
