"""Write the full definitions of an analysis after its overlay."""

from pathlib import Path
from typing import TYPE_CHECKING

from her2ctdna.logs import log_to
from her2ctdna.settings.definitions import dump_definitions

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    text = dump_definitions(snakemake.params.definitions)
    Path(snakemake.output.definitions).write_text(text, encoding="utf-8")
