"""Write which inputs, config, code and software gave which results, in two forms."""

from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.provenance.crate import derive_crate
from her2ctdna.provenance.public_record import publication_date
from her2ctdna.provenance.run_record import (
    describe_output,
    provenance_record,
    write_record,
)

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    made, params = snakemake.output, snakemake.params
    folder = Path(made.provenance).parent
    record = provenance_record(
        inputs=snakemake.input.inputs,
        outputs=snakemake.input.outputs,
        folder=folder,
        **params.run,
    )
    write_record(made.provenance, record)
    copyfile(
        Path(snakemake.scriptdir).resolve().parents[1] / "Snakefile", made.snakefile
    )
    crate = derive_crate(
        record,
        citation=params.citation,
        workflow=describe_output(made.snakefile, folder),
        published=publication_date(params.citation, params.epoch),
    )
    write_record(made.crate, crate)
