"""The ctDNA chapter as a whole: from calls or levels to landmarks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from her2ctdna.ctdna.clearance import derive_landmarks
from her2ctdna.ctdna.detection import derive_level_samples, derive_samples
from her2ctdna.ctdna.draws import derive_draws
from her2ctdna.ctdna.loci import measure_loci
from her2ctdna.ctdna.variant_roles import KEYS, derive_roles
from her2ctdna.depth.site_counts import add_counts

if TYPE_CHECKING:
    from her2ctdna.settings.ctdna_settings import CtdnaSettings


class CtdnaTables(NamedTuple):
    """Roles of variants (``None`` without calls), plasma samples and landmarks."""

    roles: pd.DataFrame | None
    samples: pd.DataFrame
    landmarks: pd.DataFrame


def derive_ctdna(
    tables: Mapping[str, pd.DataFrame], *, ctdna: "CtdnaSettings"
) -> CtdnaTables:
    """Derive every table of the chapter.

    Parameters
    ----------
    tables
        ``patients`` and, as far as the study has them, ``samples`` with
        ``variants`` and ``site_counts``, and ``levels``.
    ctdna
        The definitions. With both calls and levels, ``metric: level`` takes the
        levels and every other metric the calls; with one of them, that one.

    Returns
    -------
    Samples and landmarks are of the kind that is taken; roles are given with calls
    and tell the ``source`` of each count, the ``alt_count`` and ``depth`` in use, and
    whether the locus is ``informative`` in that sample (yes, no).
    """
    window = ctdna["baseline_window"]
    samples, roles = None, None
    if "samples" in tables:
        draws = derive_draws(tables["samples"], baseline_window=window)
        variants = add_counts(tables["variants"], tables.get("site_counts"))
        roles = derive_roles(variants, draws, ctdna=ctdna)
        samples = derive_samples(variants, roles, draws, ctdna=ctdna)
        roles = roles.merge(_counts_of(variants, ctdna), on=KEYS)
    if "levels" in tables and (samples is None or ctdna["metric"] == "level"):
        samples = derive_level_samples(tables["levels"], baseline_window=window)
    landmarks = derive_landmarks(samples, tables["patients"], ctdna=ctdna)
    return CtdnaTables(roles, samples, landmarks)


def _counts_of(variants: pd.DataFrame, ctdna: "CtdnaSettings") -> pd.DataFrame:
    """Return what was counted at each locus, and whether it can be told from."""
    loci = measure_loci(variants, ctdna=ctdna)
    informative = loci["is_informative"].map({True: "yes", False: "no"}).astype(object)
    counts = loci[[*KEYS, "source", "alt_count", "depth"]]
    return counts.assign(informative=informative)
