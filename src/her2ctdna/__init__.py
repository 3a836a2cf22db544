"""HER2-low versus zero and ctDNA clearance: logic of the her2-ctdna workflow.

Pure functions on tables; the package knows nothing of Snakemake. Import the
module that you need: nothing heavy is imported here.
"""

from her2ctdna.logs import end_in_silence

__version__ = "0.1.0"

# Here, for to import what a step needs takes longer than most steps.
end_in_silence()
