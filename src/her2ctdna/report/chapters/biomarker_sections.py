"""Sections on continuous biomarkers, on genes, and on the model of response."""

from collections.abc import Iterator
from typing import Any

from her2ctdna.report.blocks import Block, Cell, Column, Heading, Paragraph, Table
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
    FEATURES,
    MODEL_MEASURES,
    group_label,
    grouping_label,
    origin_label,
    plain,
)
from her2ctdna.report.patient_sets import count_ids
from her2ctdna.report.question_tables import rate_cells, split_ids, text_or
from her2ctdna.report.results import Results
from her2ctdna.report.starts import start_label

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
        "not have seen enough is no value. An area of 0.5 is that of a coin; below "
        "0.5 responders have the lower values. A ratio at a landmark and the first "
        "scan fall into the same weeks: with response and tumour shrinkage it shows "
        "one change measured twice, not one ahead of the other."
    )
    columns = [
        Column("Outcome"),
        Column("Biomarker"),
        Column("Time zero"),
        Column("n", is_number=True),
        Column("Below detection", is_number=True),
        Column("Measure"),
        Column(f"Estimate ({results.confidence} interval)", is_number=True),
        Column("p", is_number=True),
        Column("q", is_number=True),
        Column("Note"),
    ]
    shown = [_biomarker_row(results, row) for row in rows]
    yield Table("Continuous biomarkers of ctDNA", columns, shown, len(rows) > 20)


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
        Column("Gene"),
        Column("Group"),
        Column("n/N", is_number=True),
        Column(f"Rate ({results.confidence} Clopper-Pearson)", is_number=True),
        Column("p, Fisher", is_number=True),
        Column("q", is_number=True),
    ]
    shown = [_mutation_row(row) for row in rows]
    yield Table(titles[by], columns, shown, folded=len(rows) > 10)


def model_section(results: Results) -> Iterator[Block]:
    """Yield what clinical covariates, and HER2 and early ctDNA beside them, tell."""
    rows = list(results.rows("model"))
    if not rows and "model_performance" not in results.figures:
        return
    yield Heading("A model of response")
    if rows:
        yield Paragraph(_model_text(results, rows[0]))
    yield from figure_blocks(results, "model_performance")
    if not rows:
        return
    columns = [
        Column("Measure"),
        *(Column(name, is_number=True) for name in _MODELS.values()),
        Column("Note"),
    ]
    yield Table("How well the models tell responders", columns, _measures(rows))
    features = list(results.rows("model_selection"))
    if features:
        yield _feature_table(features)


_MODELS = {"model_clinical": "Clinical alone", "model_full": "With HER2 and ctDNA"}


def _model_text(results: Results, row: Any) -> str:
    settings = results.association["model"]
    since = "from first dose"
    if row.origin != "first_dose":
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


def _measures(rows: list[Any]) -> list[list[Cell]]:
    """Return one row a measure, with both models side by side."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row.measure, {})[row.biomarker] = row
    shown: list[list[Cell]] = []
    for measure, own in found.items():
        notes = {text_or(row.note, "") for row in own.values()} - {""}
        cells = [_model_cell(own[name]) if name in own else "" for name in _MODELS]
        p = [write_p(row.p_value) for row in own.values() if is_number(row.p_value)]
        note = "; ".join([*(f"p {value}" for value in p), *sorted(notes)])
        shown.append([MODEL_MEASURES.get(measure, plain(measure)), *cells, note])
    return shown


def _model_cell(row: Any) -> str:
    if not is_number(row.estimate):
        return NOT_ESTIMABLE
    text = write_decimal(row.estimate, 2)
    if not is_number(row.low):
        return text
    low, high = (write_decimal(value, 2) for value in (row.low, row.high))
    return f"{text} ({low} to {high} in {row.range_of})"


def _feature_table(rows: list[Any]) -> Table:
    columns = [
        Column("Model"),
        Column("Feature"),
        Column("Patients with a value", is_number=True),
        Column("Coefficient per SD", is_number=True),
        Column("Range over fits", is_number=True),
        Column("Fits with its sign", is_number=True),
        Column("Fits in which it leads", is_number=True),
    ]
    shown: list[list[Cell]] = [
        [
            _MODELS[row.model],
            feature_label(row.feature),
            write_integer(row.n_known),
            write_decimal(row.coefficient, 2),
            f"{write_decimal(row.low, 2)} to {write_decimal(row.high, 2)}",
            f"{write_decimal(100 * row.same_sign_share, 0)} %",
            f"{write_decimal(100 * row.leading_share, 0)} %",
        ]
        for row in rows
    ]
    caption = "Stability of the coefficients over the fits (leads: among the largest 3)"
    return Table(caption, columns, shown, folded=True)


def feature_label(feature: str) -> str:
    """Return what a feature of the model is."""
    for stem, label in FEATURES.items():
        if feature == stem or feature.startswith(f"{stem}_"):
            landmark = feature.removeprefix(stem).removeprefix("_")
            return f"{label} at {landmark}" if landmark else label
    return plain(feature)


def _biomarker_row(results: Results, row: Any) -> list[Cell]:
    note = text_or(row.note, "")
    return [
        results.endpoint_label(row.endpoint),
        grouping_label(row.biomarker),
        start_label(results, row),
        count_ids(split_ids(row.patient_ids), label="with a value"),
        write_integer(row.below_detection),
        BIOMARKER_MEASURES[row.measure],
        _estimate(row),
        write_p(row.p_value) if text_or(row.test, "") else "no test",
        _q_value(row),
        note,
    ]


def _q_value(row: Any) -> str:
    if not text_or(row.test, ""):
        return ""
    return write_p(row.q_value) if text_or(row.family, "") else "not adjusted"


def _estimate(row: Any) -> str:
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


def _mutation_row(row: Any) -> list[Cell]:
    group = plain(row.group)
    if row.biomarker == "her2_class":
        group = f"HER2 {group_label('her2_class', row.group)}"
    count, rate = rate_cells(row)
    return [row.gene, group, count, rate, write_p(row.p_value), write_p(row.q_value)]
