"""Tables of what was tested, and of what a test of this size tells."""

from typing import TYPE_CHECKING

from her2ctdna.report.blocks import Cell, Column, Count, Table
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
from her2ctdna.report.question_tables import comparison_label, text_or
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import Sentence

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

_QUESTION = ("endpoint", "population", "origin", "group_by", "group", "reference")


def table_of_families(results: Results) -> Table:
    """Return the ledger: what each family holds, and what chance alone would give."""
    alpha = next((row.alpha for row in results.rows("ledger")), float("nan"))
    below = f"p below {alpha:.2g}"
    columns = [
        Column("Adjusted together"),
        Column("Tests", is_number=True),
        Column("With a p-value", is_number=True),
        Column("Smallest p", is_number=True),
        Column("Smallest q", is_number=True),
        Column(below, is_number=True),
        Column(f"{below} expected by chance", is_number=True),
        Column("Declared beforehand", is_number=True),
        Column("Note"),
    ]
    rows = [
        (
            plain(row.family),
            write_integer(row.n_tests),
            write_integer(row.n_p_values),
            write_p(row.smallest_p) if row.n_p_values else "",
            write_p(row.smallest_q) if is_number(row.smallest_q) else "",
            write_integer(row.n_below_alpha),
            write_decimal(row.expected_below_alpha, 1),
            write_integer(row.n_predeclared),
            text_or(row.note, ""),
        )
        for row in results.rows("ledger")
    ]
    return Table("Ledger of tests", columns, rows)


def table_of_detectable(results: Results) -> Table:
    """Return which rates each comparison would have found, at its own sizes."""
    columns = [
        Column("Endpoint"),
        Column("Comparison"),
        Column("n", is_number=True),
        Column("n reference", is_number=True),
        Column("Rate of the reference", is_number=True),
        Column("Found from this rate down", is_number=True),
        Column("Found from this rate up", is_number=True),
    ]
    rows = [
        (
            results.endpoint_label(row.endpoint),
            _comparison(results, row),
            write_integer(row.n),
            write_integer(row.n_reference),
            write_percent(row.rate_reference),
            *(
                write_percent(rate) if is_number(rate) else "none"
                for rate in (row.detectable_low, row.detectable_high)
            ),
        )
        for row in results.rows("detectable")
    ]
    caption = (
        "Rates that Fisher's test would find in 80 of 100 such studies, the true rate "
        "of the reference being the observed one; one test alone, not adjusted"
    )
    return Table(caption, columns, rows, folded=True)


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
        Column("Endpoint"),
        Column("Comparison"),
        Column("n", is_number=True),
        Column("n reference", is_number=True),
        Column("Events in both", is_number=True),
        Column("True effect, if", is_number=True),
        Column("Test passes", is_number=True),
        Column("Of these, wrong sign", is_number=True),
        Column("Of these, overstated", is_number=True),
        Column("Note"),
    ]
    rows = [_exaggeration_row(results, row) for row in results.rows("exaggeration")]
    caption = (
        "If the true effect were as stated: how often a study of this size has p below "
        "alpha, how often such a result points the wrong way, and by what factor it "
        "overstates on average"
    )
    return Table(caption, columns, rows, folded=True)


def _exaggeration_row(results: Results, row: "ResultRow") -> list[Cell]:
    is_rate = row.measure == "risk_difference"
    effect = write_points(row.true_effect) if is_rate else f"HR {row.true_effect:.2f}"
    scale = "" if is_rate else " (log HR)"
    factor = f"{write_decimal(row.type_m, 1)} times" if is_number(row.type_m) else ""
    return [
        results.endpoint_label(row.endpoint),
        _comparison(results, row),
        write_integer(row.n),
        write_integer(row.n_reference),
        write_integer(row.events + row.events_reference),
        effect,
        write_percent(row.power),
        _share(row.type_s),
        f"{factor}{scale}" if factor else NOT_ESTIMABLE,
        text_or(row.note, ""),
    ]


def _comparison(results: Results, row: "ResultRow") -> str:
    """Return who is compared with whom, in which patients."""
    population = POPULATIONS.get(row.population, plain(row.population))
    return f"{comparison_label(results, row)}, {population}"
