"""HER2-low versus zero and ctDNA clearance: logic of the her2-ctdna workflow.

Pure functions on tables; the package knows nothing of Snakemake. Import the
module that you need: nothing heavy is imported here.
"""

__version__ = "0.1.0"
