"""Write the full definitions of an analysis after its overlay."""

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from her2ctdna.logs import log_to

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with log_to(snakemake.log[0]):
    text = yaml.safe_dump(snakemake.params.definitions, sort_keys=False)
    Path(snakemake.output.definitions).write_text(text, encoding="utf-8")
