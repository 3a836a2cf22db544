"""Write an analysis as a study folder for cBioPortal."""

from typing import TYPE_CHECKING

from her2ctdna.calls.genome_build import read_files
from her2ctdna.exports.portal_form import write_files
from her2ctdna.exports.portal_study import PortalStudy, derive_files, find_build
from her2ctdna.logs import log_to
from her2ctdna.tables import read_tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    params, study = snakemake.params, snakemake.params.study
    described = PortalStudy(
        study["id"],
        study["title"],
        is_synthetic=study["synthetic"],
        analysis=study["analysis"],
        definitions_id=study["definitions"],
        metric=params.metric,
    )
    files = derive_files(
        read_tables(snakemake.input),
        described,
        landmarks=params.landmarks,
        covariates=params.covariates,
        build=find_build(read_files(snakemake.input.files)),
    )
    write_files(files, snakemake.output.cbioportal)
