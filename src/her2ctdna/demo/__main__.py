"""Write a synthetic study: ``python -m her2ctdna.demo OUT``."""

import argparse
from pathlib import Path

from her2ctdna.demo.whole_study import DEFAULT_PATIENTS, DEFAULT_SEED, simulate_study
from her2ctdna.demo.write import write_study


def main() -> None:
    """Read the command line and write the study."""
    parser = argparse.ArgumentParser(
        prog="python -m her2ctdna.demo", description=__doc__
    )
    parser.add_argument("out", type=Path, help="folder to write the study to")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--patients", type=int, default=DEFAULT_PATIENTS)
    given = parser.parse_args()
    write_study(simulate_study(given.seed, n_patients=given.patients), given.out)


if __name__ == "__main__":
    main()
