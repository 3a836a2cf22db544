"""Growth and death of a synthetic tumour under treatment."""

import math
from typing import NamedTuple


class Kinetics(NamedTuple):
    """How a tumour answers treatment.

    A fraction ``resistant`` of the cells grows on at ``growth`` per day; the others
    die at ``kill`` per day and what they leave is removed at ``resolution`` per day.
    """

    resistant: float
    kill: float
    growth: float
    resolution: float


def live_cells(kinetics: Kinetics, day: float) -> float:
    """Return the living cells on ``day`` as a fraction of those at first dose."""
    sensitive = (1 - kinetics.resistant) * math.exp(-kinetics.kill * max(day, 0))
    return sensitive + resistant_cells(kinetics, day)


def resistant_cells(kinetics: Kinetics, day: float) -> float:
    """Return the resistant cells on ``day`` as a fraction of all at first dose."""
    return kinetics.resistant * math.exp(kinetics.growth * max(day, 0))


def dead_tissue(kinetics: Kinetics, day: float) -> float:
    """Return the dead tissue not yet removed, as a fraction of the tumour."""
    kill, resolution, elapsed = kinetics.kill, kinetics.resolution, max(day, 0)
    flow = (1 - kinetics.resistant) * kill / (kill - resolution)
    return flow * (math.exp(-resolution * elapsed) - math.exp(-kill * elapsed))


def diameter_factor(kinetics: Kinetics, day: float) -> float:
    """Return the diameter on ``day`` relative to that at first dose.

    Scans see living and dead tissue, and the cube root of the volume: a plasma
    sample, which sees living cells only, is ahead of them both ways.
    """
    return float((live_cells(kinetics, day) + dead_tissue(kinetics, day)) ** (1 / 3))


def tumour_fraction(baseline: float, kinetics: Kinetics, day: float) -> float:
    """Return the tumour fraction of cell-free DNA on ``day``.

    The odds of a molecule being the tumour's are in proportion to the living cells;
    ``baseline`` is the fraction at first dose.
    """
    odds = baseline / (1 - baseline) * live_cells(kinetics, day)
    return odds / (1 + odds)
