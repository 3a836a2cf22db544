"""Random streams and shares of the synthetic study."""

from collections.abc import Mapping
from zlib import crc32

import numpy as np


def stream(seed: int, *key: str) -> np.random.Generator:
    """Return the random stream named by ``key``.

    Each patient and purpose has a stream of its own, so that a change to one part
    of the study leaves the draws of all others as they were.
    """
    return np.random.default_rng([seed, *(crc32(word.encode()) for word in key)])


def allot(n: int, shares: Mapping[str, float]) -> list[str]:
    """Return ``n`` labels whose counts are as near to ``shares`` as can be.

    Largest remainders; ties go to the label named first. With fewer places than
    labels the rarest are left out.
    """
    total = sum(shares.values())
    exact = {label: n * share / total for label, share in shares.items()}
    counts = {label: int(value) for label, value in exact.items()}
    by_remainder = sorted(exact, key=lambda label: counts[label] - exact[label])
    for label in by_remainder[: n - sum(counts.values())]:
        counts[label] += 1
    return [label for label, count in counts.items() for _ in range(count)]


def draw_one(rng: np.random.Generator, options: Mapping[str, float]) -> str:
    """Return one of ``options``, drawn with probabilities in proportion to them."""
    weights = np.array(list(options.values()), dtype=float)
    return list(options)[int(rng.choice(len(weights), p=weights / weights.sum()))]
