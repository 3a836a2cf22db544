"""What ctDNA said of outcome in this study beside published effects."""

from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from her2ctdna.reference.published import read_ctdna_effects
from her2ctdna.report.blocks import Block, Cell, Column, Heading, Paragraph, tabulate
from her2ctdna.report.formats import write_day, write_ratio
from her2ctdna.report.question_tables import text_or
from her2ctdna.report.results import Results
from her2ctdna.sets.clearance_sets import CLEARANCE_ABLE
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.statistics.method_names import COX_PROFILE

if TYPE_CHECKING:
    from her2ctdna.report.result_row import ResultRow


class _Effect(NamedTuple):
    """An effect of this study or a published one, in words."""

    trial: str
    drug: str
    patients: str
    definition: str
    timepoint: str
    landmark: str
    endpoint: str
    measure: str
    estimate: str
    source: str
    cleared: Cell = ""
    not_cleared: Cell = ""


_NONE_OF_THE_KIND = " No effect under a HER2-directed conjugate was traced."


def ctdna_context_section(results: Results) -> Iterator[Block]:
    """Yield the hazard ratios by clearance of this study beside published effects."""
    own = list(_own_effects(results))
    if not own:
        return
    yield Heading("Beside published effects of ctDNA")
    yield Paragraph(
        "Other drugs, other assays, and each its own definition of a change of ctDNA, "
        "at its own time: context, not a comparison. No published one "
        "states a landmark; without one, who had to live to be sampled is counted as "
        "if the result had been known before, and cuts chosen on the same patients "
        "flatter." + (_NONE_OF_THE_KIND if "her2" in results.chapters else "")
    )
    published = (_published(row) for row in read_ctdna_effects().itertuples())
    columns = [
        Column("Trial", attrgetter("trial")),
        Column("Drug", attrgetter("drug")),
        Column("Patients", attrgetter("patients")),
        Column("Definition", attrgetter("definition")),
        Column("Time point", attrgetter("timepoint")),
        Column("Landmark", attrgetter("landmark")),
        Column("Endpoint", attrgetter("endpoint")),
        Column("Measure", attrgetter("measure")),
        Column("Cleared, events/n", attrgetter("cleared"), is_number=True),
        Column("Not cleared, events/n", attrgetter("not_cleared"), is_number=True),
        Column("Estimate (interval)", attrgetter("estimate"), is_number=True),
        Column("Source", attrgetter("source")),
    ]
    caption = "ctDNA and outcome in this study, then published"
    yield tabulate(caption, columns, [*own, *published])


def _own_effects(results: Results) -> Iterator[_Effect]:
    """Yield PFS and OS of the cleared over the others from each landmark."""
    asked = {"population": CLEARANCE_ABLE, "ci_method": COX_PROFILE, "biased": "no"}
    for landmark in results.landmarks:
        column = name_clearance(landmark)
        for row in results.rows("contrasts", group_by=column, **asked):
            if not (text_or(row.adjusted_for, "") or text_or(row.subgroup, "")):
                yield _own(results, row, landmark)


def _own(results: Results, row: "ResultRow", landmark: str) -> _Effect:
    share = f"{100 * results.ctdna['clearance_max_fraction']:g} %"
    return _Effect(
        trial="This study",
        drug="as treated here",
        patients="able to show clearance, followed at the landmark",
        definition="cleared: nothing detected in a sample that could have seen "
        f"{share} of baseline",
        timepoint=landmark,
        landmark=f"from {write_day(results.origins[landmark])}",
        endpoint=results.endpoint_label(row.endpoint),
        measure="HR (cleared v not)",
        estimate=write_ratio(row.estimate, row.ci_low, row.ci_high),
        source="this page",
        cleared=results.count_contrast(row, is_reference=False),
        not_cleared=results.count_contrast(row, is_reference=True),
    )


def _published(row: "ResultRow") -> _Effect:
    limits = f" ({row.low} to {row.high})" if row.low else ""
    return _Effect(
        trial=row.trial,
        drug=row.drug,
        patients=str(row.n),
        definition=row.definition,
        timepoint=row.timepoint,
        landmark=f"landmark {row.landmark}",
        endpoint=row.endpoint,
        measure=row.measure,
        estimate=f"{row.estimate}{limits}",
        source=row.source,
    )
