"""What is known early: the tables of continuous biomarkers and of mutations."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from her2ctdna.association.continuous import estimate_continuous
from her2ctdna.association.mutations import estimate_mutations, find_mutated
from her2ctdna.sets.counting import is_response_known

if TYPE_CHECKING:
    from her2ctdna.settings.association_settings import BiomarkerSettings
    from her2ctdna.settings.ctdna_settings import OfBiomarkers


def estimate_biomarkers(
    tables: Mapping[str, pd.DataFrame],
    *,
    ctdna: "OfBiomarkers",
    count_first_day: bool,
    response: bool,
    association: "BiomarkerSettings",
) -> dict[str, pd.DataFrame]:
    """Return the table ``biomarkers``, and ``mutations`` where there are calls.

    Parameters
    ----------
    tables
        ``patients`` and ``ctdna_samples``; ``variant_status`` and ``variants`` where
        the study has calls.
    ctdna, association
        The config.
    count_first_day, response
        As in `estimate_continuous`.
    """
    patients = tables["patients"]
    response = response and is_response_known(patients)
    found = {
        "biomarkers": estimate_continuous(
            patients,
            tables["ctdna_samples"],
            landmarks=ctdna["landmarks"],
            metric=ctdna["metric"],
            count_first_day=count_first_day,
            response=response,
            association=association,
        )
    }
    if "variant_status" in tables:
        mutated = find_mutated(
            patients,
            tables["variant_status"],
            tables["variants"],
            min_alt_count=ctdna["min_alt_count"],
        )
        found["mutations"] = estimate_mutations(
            patients,
            mutated,
            response=response,
            min_frequency=association["min_gene_frequency"],
            association=association,
        )
    return found
