"""Write which inputs, config, code and software gave which results."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.provenance import provenance_record, write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    record = provenance_record(
        **snakemake.input,
        tables=snakemake.params.inputs,
        folder=Path(snakemake.output.provenance).parent,
        config=snakemake.params.config,
        code=snakemake.params.code,
    )
    write_provenance(snakemake.output.provenance, record)
