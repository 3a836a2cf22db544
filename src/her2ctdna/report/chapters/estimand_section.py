"""The estimands of this analysis as a table."""

from collections.abc import Iterator
from operator import attrgetter

from her2ctdna.report.blocks import Block, Column, Heading, Paragraph, tabulate
from her2ctdna.report.estimands import list_estimands
from her2ctdna.report.results import Results
from her2ctdna.report.starts import endpoint_start
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.settings.config_types import Definitions

_TITLES = {
    "endpoint": "Endpoint",
    "population": "Population",
    "variable": "Variable",
    "new_therapy": "New anticancer therapy",
    "death": "Death",
    "missed_assessments": "Missed assessments",
    "discontinuation": "Discontinuation of treatment",
    "missing_clearance": "Clearance not known",
    "summary": "Summary measure",
}


def estimand_section(results: Results) -> Iterator[Block]:
    """Yield the estimand of each endpoint, as these definitions make it."""
    definitions: Definitions = {
        **results.definitions,
        "association": results.association,
    }
    yield Heading("Estimands")
    yield Paragraph(
        "After ICH E9(R1), from the definitions of this analysis: they change with "
        "the thresholds below. The treatment is that of the study, from first dose; "
        "there is no control arm, so each estimand describes one arm. Durations that "
        "a study supplied as such stand as supplied."
    )
    has_ctdna = results.has("ctdna_landmarks")
    estimands = list_estimands(
        definitions,
        starts={
            endpoint: endpoint_start(results, endpoint)
            for endpoint in filter(results.members.resolve, SURVIVAL)
        },
        durations={row.endpoint for row in results.rows("durations")},
        has_response=results.has_response,
        has_ctdna=has_ctdna,
    )
    absent = {
        "missed_assessments": not results.has_response,
        "missing_clearance": not has_ctdna,
    }
    columns = [
        Column(title, attrgetter(name))
        for name, title in _TITLES.items()
        if not absent.get(name)
    ]
    caption = "Estimands: what is estimated, and how events on the way count"
    yield tabulate(caption, columns, estimands)
