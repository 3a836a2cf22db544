"""Tables of what was tested, and of what a test of this size tells."""

from typing import TYPE_CHECKING

from her2ctdna.report.blocks import Column, Count, Table, tabulate
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    is_number,
    write_decimal,
    write_integer,
    write_p,
    write_percent,
    write_points,
)
from her2ctdna.report.glossary import POPULATIONS, plain
from her2ctdna.report.question_tables import comparison_label, note_of
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import Sentence

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_QUESTION = ("endpoint", "population", "origin", "group_by", "group", "reference")


def table_of_families(results: Results) -> Table:
    """Return the ledger: what each family holds, and what chance alone would give.

    Out of reach are the tests whose p cannot be so small, however the events fall.
    """
    alpha = next((row.alpha for row in results.rows("ledger")), float("nan"))
    below = f"p of {alpha:.2g} or less"
    columns = [
        Column("Adjusted together", lambda row: plain(row.family)),
        Column("Tests", lambda row: write_integer(row.n_tests), is_number=True),
        Column(
            "With a p-value", lambda row: write_integer(row.n_p_values), is_number=True
        ),
        Column("Smallest p", _smallest_p, is_number=True),
        Column("Smallest q", _smallest_q, is_number=True),
        Column(below, lambda row: write_integer(row.n_below_alpha), is_number=True),
        Column(
            f"{below} expected by chance",
            lambda row: write_decimal(row.expected_below_alpha, 1),
            is_number=True,
        ),
        Column(
            f"{below} out of reach",
            lambda row: write_integer(row.n_out_of_reach),
            is_number=True,
        ),
        Column(
            "Declared beforehand",
            lambda row: write_integer(row.n_predeclared),
            is_number=True,
        ),
        Column("Note", note_of),
    ]
    held = (row for row in results.rows("ledger") if row.n_tests)
    return tabulate("Ledger of tests", columns, held)


def _smallest_p(row: "ResultRow") -> str:
    return write_p(row.smallest_p) if row.n_p_values else ""


def _smallest_q(row: "ResultRow") -> str:
    return write_p(row.smallest_q) if is_number(row.smallest_q) else ""


def table_of_detectable(results: Results) -> Table:
    """Return which rates each comparison would have found, at its own sizes."""
    columns = [
        *_comparison_columns(results),
        Column(
            "Rate of the reference",
            lambda row: write_percent(row.rate_reference),
            is_number=True,
        ),
        Column(
            "Found from this rate down",
            lambda row: _rate_or_none(row.detectable_low),
            is_number=True,
        ),
        Column(
            "Found from this rate up",
            lambda row: _rate_or_none(row.detectable_high),
            is_number=True,
        ),
    ]
    caption = (
        "Rates that Fisher's test would find in 80 of 100 such studies, the true rate "
        "of the reference being the observed one; one test alone, not adjusted"
    )
    return tabulate(caption, columns, results.rows("detectable"), folded=True)


def _rate_or_none(rate: float) -> str:
    return write_percent(rate) if is_number(rate) else "none"


def _comparison_columns(results: Results) -> list[Column]:
    """Return who is compared in what, and how many they are."""
    return [
        Column("Endpoint", lambda row: results.endpoint_label(row.endpoint)),
        Column("Comparison", lambda row: _comparison(results, row)),
        Column("n", lambda row: write_integer(row.n), is_number=True),
        Column(
            "n reference", lambda row: write_integer(row.n_reference), is_number=True
        ),
    ]


def write_exaggeration(results: Results) -> list[Sentence]:
    """Return for each headline comparison what passing its test would be worth.

    Of each endpoint and grouping the first population, at the middle of the effects.
    """
    rows: dict[tuple[str, str], list[ResultRow]] = {}
    for row in results.rows("exaggeration"):
        own = rows.setdefault((row.endpoint, row.group_by), [])
        if not own or own[0].population == row.population:
            own.append(row)
    chosen = [own[len(own) // 2] for own in rows.values()]
    return [
        (_worth(results, row), _sides(results, row))
        for row in chosen
        if is_number(row.type_m)
    ]


def _worth(results: Results, row: "ResultRow") -> str:
    effect = f"{write_points(row.true_effect)} of"
    scale = ""
    if row.measure == "hazard_ratio":
        effect = f"a hazard ratio of {write_decimal(row.true_effect, 2)} for"
        scale = ", on the log scale,"
    factor = write_decimal(row.type_m, 1)
    return (
        f"If the truth were {effect} {results.endpoint_label(row.endpoint)} "
        f"({_comparison(results, row)}), {write_decimal(100 * row.power, 0)} of 100 "
        f"such studies would have p below {row.alpha:.2g}; their estimates "
        f"would{scale} be {factor} times too large on average, and "
        f"{_share(row.type_s)} of them would point the wrong way."
    )


def _share(share: float) -> str:
    """Return a share that may be tiny; none at all is 0."""
    return "less than 0.1 %" if 0 < share < 0.0005 else write_percent(share)


def _sides(results: Results, row: "ResultRow") -> list[Count]:
    """Return n/N or events/n of the group and of the reference."""
    stated = results.row(
        "contrasts",
        **{name: getattr(row, name) for name in (*_QUESTION, "measure")},
        biased="no",
    )
    return [results.count_contrast(stated, is_reference=side) for side in (False, True)]


def table_of_exaggeration(results: Results) -> Table:
    """Return power and errors of sign and size at each plausible true effect."""
    columns = [
        *_comparison_columns(results),
        Column("Events in both", _events_in_both, is_number=True),
        Column("True effect, if", _true_effect, is_number=True),
        Column("Test passes", lambda row: write_percent(row.power), is_number=True),
        Column("Of these, wrong sign", lambda row: _share(row.type_s), is_number=True),
        Column("Of these, overstated", _overstated, is_number=True),
        Column("Note", note_of),
    ]
    caption = (
        "If the true effect were as stated: how often a study of this size has p below "
        "alpha, how often such a result points the wrong way, and by what factor it "
        "overstates on average"
    )
    return tabulate(caption, columns, results.rows("exaggeration"), folded=True)


def _events_in_both(row: "ResultRow") -> str:
    return write_integer(row.events + row.events_reference)


def _true_effect(row: "ResultRow") -> str:
    is_rate = row.measure == "risk_difference"
    return write_points(row.true_effect) if is_rate else f"HR {row.true_effect:.2f}"


def _overstated(row: "ResultRow") -> str:
    if not is_number(row.type_m):
        return NOT_ESTIMABLE
    scale = "" if row.measure == "risk_difference" else " (log HR)"
    return f"{write_decimal(row.type_m, 1)} times{scale}"


def _comparison(results: Results, row: "ResultRow") -> str:
    """Return who is compared with whom, in which patients."""
    population = POPULATIONS.get(row.population, plain(row.population))
    return f"{comparison_label(results, row)}, {population}"
