"""Fit the models of response, and judge them in patients they have not seen."""

from typing import TYPE_CHECKING

from her2ctdna.association.features import ask_response
from her2ctdna.association.model import fit_model
from her2ctdna.logs import log_to
from her2ctdna.sets.groupings import derive_landmark_origins
from her2ctdna.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params = snakemake.params
    patients = read_table(snakemake.input.patients)
    question = ask_response(
        patients,
        origins=derive_landmark_origins(patients, params.landmarks),
        covariates=params.covariates,
        count_first_day=params.count_first_day,
    )
    fitted = fit_model(question, model=params.model, seed=params.seed)
    write_table(fitted.model, snakemake.output.model)
    write_table(fitted.predictions, snakemake.output.model_predictions)
    write_table(fitted.selection, snakemake.output.model_selection)
