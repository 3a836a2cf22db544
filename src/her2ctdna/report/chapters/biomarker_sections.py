"""Sections on continuous biomarkers, on genes, and on the model of response."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from her2ctdna.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Table,
    tabulate,
)
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.formats import (
    NOT_ESTIMABLE,
    is_number,
    write_coefficient,
    write_decimal,
    write_integer,
    write_p,
    write_ratio,
)
from her2ctdna.report.glossary import (
    MODEL_MEASURES,
    feature_label,
    group_label,
    origin_label,
    plain,
)
from her2ctdna.report.patient_sets import count_ids
from her2ctdna.report.question_tables import (
    count_of_rate,
    note_of,
    p_or_no_test,
    q_or_not_adjusted,
    rate_of,
    split_ids,
    text_or,
)
from her2ctdna.report.results import Results
from her2ctdna.report.starts import start_label
from her2ctdna.sets.groupings import FIRST_DOSE

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow

RATIOS = ("fold_in_her2_low", "fold_in_responders", "hazard_ratio_per_doubling")
BIOMARKER_MEASURES = {
    "fold_in_her2_low": "HER2-low over HER2-zero, Hodges-Lehmann",
    "fold_in_responders": "responders over others, Hodges-Lehmann",
    "auc": "area under the ROC curve, DeLong",
    "cutpoint_log2": "cut-off chosen from the data (log2)",
    "youden_apparent": "Youden index of that cut-off, apparent",
    "youden_corrected": "Youden index of that cut-off, optimism corrected",
    "spearman": "Spearman's correlation",
    "theil_sen_per_doubling": "points of change per doubling, Theil-Sen",
    "hazard_ratio_per_doubling": "hazard ratio per doubling, Cox",
    "departure_from_line": "spline against a line",
}


def biomarker_section(results: Results) -> Iterator[Block]:
    """Yield every estimate of a continuous biomarker, none of them cut into groups."""
    rows = list(results.rows("biomarkers"))
    if not rows:
        return
    yield Heading("Levels and ratios as they are")
    yield Paragraph(
        "No level is cut into high and low unless the config asks for it. Where "
        "nothing was detected the value lies somewhere below the detected ones: it "
        "takes part in the tests by rank, as tied with all others below detection, "
        "and is left out of slopes and of hazards per doubling. A sample that could "
        "not have seen enough is no value."
    )
    if "response" in results.chapters:
        yield Paragraph(
            "An area of 0.5 is that of a coin; below 0.5 responders have the lower "
            "values. A ratio at a landmark and the first scan fall into the same "
            "weeks: with response and tumour shrinkage it shows one change measured "
            "twice, not one ahead of the other."
        )
    columns = [
        Column("Outcome", lambda row: results.endpoint_label(row.endpoint)),
        Column("Biomarker", lambda row: results.grouping_label(row.biomarker)),
        Column("Time zero", lambda row: start_label(results, row)),
        Column("n", _with_value, is_number=True),
        Column(
            "Below detection",
            lambda row: write_integer(row.below_detection),
            is_number=True,
        ),
        Column("Measure", lambda row: BIOMARKER_MEASURES[row.measure]),
        Column(f"Estimate ({results.confidence} interval)", _estimate, is_number=True),
        Column("p", p_or_no_test, is_number=True),
        Column("q", _q_value, is_number=True),
        Column("Note", note_of),
    ]
    title = "Continuous biomarkers of ctDNA"
    yield tabulate(title, columns, rows, folded=len(rows) > 20)


def mutation_section(results: Results, *, by: str) -> Iterator[Block]:
    """Yield response by gene (``by`` response) or genes by HER2 class (``her2``)."""
    is_asked = {"response": "orr", "her2": "gene_"}[by]
    rows = [
        row for row in results.rows("mutations") if row.endpoint.startswith(is_asked)
    ]
    if not rows:
        return
    titles = {
        "response": "Response by gene found mutated at baseline",
        "her2": "Genes found mutated at baseline, by HER2 class",
    }
    yield Heading("Genes at baseline")
    yield Paragraph(
        "A gene counts as found if a tracked variant that changes the protein was "
        "seen in the baseline sample. Not found is not unmutated: the less ctDNA, "
        "the less of it can be seen, and who has nothing detected is among those "
        "without. Genes rarer than the config allows are not tested."
    )
    columns = [
        Column("Gene", lambda row: row.gene),
        Column("Group", _mutation_group),
        Column("n/N", count_of_rate, is_number=True),
        Column(f"Rate ({results.confidence} Clopper-Pearson)", rate_of, is_number=True),
        Column("p, Fisher", lambda row: write_p(row.p_value), is_number=True),
        Column("q", lambda row: write_p(row.q_value), is_number=True),
    ]
    yield tabulate(titles[by], columns, rows, folded=len(rows) > 10)


def model_section(results: Results) -> Iterator[Block]:
    """Yield what clinical covariates tell, alone and with biomarkers beside them."""
    rows = list(results.rows("model"))
    if not rows and "model_performance" not in results.figures:
        return
    yield Heading("A model of response")
    if rows and rows[0].n:
        yield Paragraph(_model_text(results, rows[0]))
    yield from figure_blocks(results, "model_performance")
    if not rows:
        return
    yield _measure_table(rows)
    features = list(results.rows("model_selection"))
    if features:
        yield _feature_table(features, results.landmarks)


_MODELS = {"model_clinical": "Clinical alone", "model_full": "With biomarkers"}


def _model_text(results: Results, row: "ResultRow") -> str:
    settings = results.association["model"]
    since = "from first dose"
    if row.origin != FIRST_DOSE:
        since = f"at the {origin_label(row.origin)}, to which all features belong"
    return (
        f"Penalised logistic regression of response in the {row.n:.0f} treated "
        f"patients still followed {since}, {row.events:.0f} of them responders. "
        "Missing values are filled with the median of the patients a fit may see; "
        "below detection counts as the lowest value that it sees. "
        "Penalty and fit are chosen anew without each fold "
        f"({settings['folds']} folds, {settings['repeats']} times). The area "
        "compares patients of one fold; 0.5 is that of a coin, and an area below "
        "0.5 is chance as much as one above. A calibration slope below 1 means "
        "probabilities that are too extreme. Apparent values are of the patients "
        "the model was fitted to and flatter it."
    )


def _measure_table(rows: list["ResultRow"]) -> Table:
    """Return one row a measure, with both models side by side."""
    found: dict[str, dict[str, ResultRow]] = {}
    for row in rows:
        found.setdefault(row.measure, {})[row.biomarker] = row

    def estimate(model: str, measure: str) -> str:
        return _model_cell(found[measure][model]) if model in found[measure] else ""

    columns = [
        Column("Measure", lambda name: MODEL_MEASURES.get(name, plain(name))),
        *(
            Column(title, partial(estimate, model), is_number=True)
            for model, title in _MODELS.items()
        ),
        Column("Note", lambda name: _measure_note(found[name].values())),
    ]
    return tabulate("How well the models tell responders", columns, found)


def _measure_note(rows: Iterable["ResultRow"]) -> str:
    """Return the p-values and the notes of both models."""
    told = list(rows)
    p = [f"p {write_p(row.p_value)}" for row in told if is_number(row.p_value)]
    notes = {note_of(row) for row in told} - {""}
    return "; ".join([*p, *sorted(notes)])


def _model_cell(row: "ResultRow") -> str:
    if not is_number(row.estimate):
        return NOT_ESTIMABLE
    text = write_decimal(row.estimate, 2)
    if not is_number(row.low):
        return text
    low, high = (write_decimal(value, 2) for value in (row.low, row.high))
    return f"{text} ({low} to {high} in {row.range_of})"


def _feature_table(rows: list["ResultRow"], landmarks: Sequence[str]) -> Table:
    columns = [
        Column("Model", lambda row: _MODELS[row.model]),
        Column("Feature", lambda row: feature_label(row.feature, landmarks=landmarks)),
        Column(
            "Patients with a value",
            lambda row: write_integer(row.n_known),
            is_number=True,
        ),
        Column(
            "Coefficient per SD",
            lambda row: write_decimal(row.coefficient, 2),
            is_number=True,
        ),
        Column("Range over fits", _range_over_fits, is_number=True),
        Column(
            "Fits with its sign",
            lambda row: _whole_percent(row.same_sign_share),
            is_number=True,
        ),
        Column(
            "Fits in which it leads",
            lambda row: _whole_percent(row.leading_share),
            is_number=True,
        ),
    ]
    caption = "Stability of the coefficients over the fits (leads: among the largest 3)"
    return tabulate(caption, columns, rows, folded=True)


def _range_over_fits(row: "ResultRow") -> str:
    return f"{write_decimal(row.low, 2)} to {write_decimal(row.high, 2)}"


def _whole_percent(share: float) -> str:
    return f"{write_decimal(100 * share, 0)} %"


def _with_value(row: "ResultRow") -> Cell:
    return count_ids(split_ids(row.patient_ids), label="with a value")


def _q_value(row: "ResultRow") -> str:
    return q_or_not_adjusted(row) if text_or(row.test, "") else ""


def _estimate(row: "ResultRow") -> str:
    limits = (row.estimate, row.ci_low, row.ci_high)
    if row.measure == "departure_from_line":
        return ""
    if row.measure in RATIOS:
        return write_ratio(*limits)
    if row.measure == "theil_sen_per_doubling" and is_number(row.estimate):
        low, high = (
            write_decimal(limit, 1) if is_number(limit) else NOT_ESTIMABLE
            for limit in limits[1:]
        )
        return f"{write_decimal(row.estimate, 1)} ({low} to {high})"
    return write_coefficient(*limits)


def _mutation_group(row: "ResultRow") -> str:
    if row.biomarker == "her2_class":
        return f"HER2 {group_label('her2_class', row.group)}"
    return plain(row.group)
