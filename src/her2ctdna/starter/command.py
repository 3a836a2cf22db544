"""The command ``her2ctdna``: what is done once, before Snakemake runs a study."""

import argparse
import sys

from her2ctdna.starter.study_folder import write_study_folder


def main(arguments: list[str] | None = None) -> None:
    """Run the command with the arguments of the command line."""
    parser = argparse.ArgumentParser(prog="her2ctdna", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="write a study folder that runs")
    init.add_argument("folder", help="where to; made if it is not there")
    folder = parser.parse_args(arguments).folder
    try:
        written = write_study_folder(folder)
    except OSError as error:
        sys.exit(f"her2ctdna init: {error}")
    print(f"{len(written)} files are in {folder}: read its README.md, then")
    print(f"  snakemake validate --configfile {folder}/study.yaml --directory {folder}")
