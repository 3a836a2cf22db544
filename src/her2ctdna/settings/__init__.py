"""What is set and what follows: the config, definitions, the catalogue of results.

Nothing here looks into a sheet. Snakemake reads this room at every parse, so nothing
heavy is imported.

May import: no other room.
"""
