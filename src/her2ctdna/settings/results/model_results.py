"""The models of response."""

from her2ctdna.settings.results.entries import Figure, Result, flag, number, text

RESULTS = (
    Result(
        "tables/model.tsv",
        section="Model",
        needs=("response",),
        rules=("fit_model", "collect_tests"),
        row=(
            "model of response and measure: estimate and its range (`range_of`), p, "
            "q, n, ids"
        ),
        columns=(
            *text("endpoint", "population", "origin", "biomarker", "measure"),
            *number("estimate", "low", "high"),
            *text("range_of", "test"),
            *number("p_value"),
            *text("family"),
            *number("q_value", "n", "events"),
            *text("patient_ids", "note"),
        ),
        caption="""
            How well a penalised logistic model tells responders, with clinical
            covariates alone and with HER2 and early ctDNA added. One row a model and
            ``measure``: area under the ROC curve, Brier score, calibration, each from
            patients that no fit has seen, unless named apparent. ``low`` and ``high``
            are what ``range_of`` says; they are no interval for new patients.
        """,
    ),
    Result(
        "tables/model_predictions.tsv",
        section="Model",
        needs=("response",),
        rules=("fit_model",),
        row=(
            "model and patient: mean probability out of fold, and its range over "
            "repeats"
        ),
        columns=(
            *text("patient_id", "model"),
            *flag("responder"),
            *number("probability", "low", "high"),
        ),
        caption="""
            The probability of response of each patient, from models that have not
            seen the patient: the mean over {{ snakemake.params.model["repeats"] }}
            repeats of cross-validation, and its range. One row a model and patient;
            ``responder`` is what was observed. With so few patients the probabilities
            describe this study and are no tool for the next patient.
        """,
    ),
    Result(
        "tables/model_selection.tsv",
        section="Model",
        needs=("response",),
        rules=("fit_model",),
        row=(
            "model and feature: coefficient per SD, its range over the outer fits, "
            "share with its sign, share in which it is among the largest three"
        ),
        columns=(
            *text("model", "feature"),
            *number(
                *("coefficient", "mean", "low", "high", "same_sign_share"),
                *("leading_share", "n_fits", "n_known"),
            ),
        ),
        caption="""
            The coefficients of the models, per standard deviation of the feature, and
            how they hold over all {{ snakemake.params.model["folds"] *
            snakemake.params.model["repeats"] }} fits of the cross-validation:
            ``same_sign_share`` is the share of fits with the sign of the whole,
            ``leading_share`` that in which the feature is among the three largest. A
            coefficient that changes its sign from fit to fit tells nothing.
        """,
    ),
    Figure(
        "model_performance",
        title="What the models of response tell",
        section="Association",
        rule="plot_association",
        needs=("response",),
        columns=(
            *text("item", "model", "name"),
            *number(
                *("n", "N", "probability", "estimate", "ci_low", "ci_high"),
                *("false_positive_rate", "p_value"),
            ),
            *text("note"),
        ),
        caption="""
            Two models of response, clinical covariates alone and with the biomarkers of
            the study beside them, each patient judged by fits that have not seen them.
            Left,
            calibration: patients in groups of equal size by the probability out of
            fold, with Clopper-Pearson limits at {{ confidence }}; well calibrated,
            the marks lie on the line. Middle, the ROC curve of the mean probability
            out of fold: on the diagonal, or below it, it is that of chance. Right, in
            how many fits each feature is among the three largest coefficients: one
            that leads in few fits, or whose sign changes, is not to be built on. Of
            the measures the range in brackets is over the repeats of the
            cross-validation and no confidence interval. A model that could not be
            fitted is named with the reason. With so few patients every part of it is
            uncertain.
        """,
    ),
)
