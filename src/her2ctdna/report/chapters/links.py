"""The chapters that link HER2, ctDNA and outcome."""

from collections.abc import Iterator, Sequence

from her2ctdna.report.blocks import Block, Heading, LeftOut, Paragraph, Statements
from her2ctdna.report.captions import figure_blocks
from her2ctdna.report.chapters.biomarker_sections import (
    biomarker_section,
    model_section,
    mutation_section,
)
from her2ctdna.report.chapters.recist_sections import scan_blocks
from her2ctdna.report.formats import write_day
from her2ctdna.report.her2_rates import her2_rate_tables
from her2ctdna.report.published_ctdna import ctdna_context_section
from her2ctdna.report.published_rates import context_section
from her2ctdna.report.question_tables import (
    table_of_contrasts,
    table_of_rates,
    table_of_survival,
)
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import write_mantel_byar, write_same_window
from her2ctdna.report.two_groups import comparison_tables
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.sets.groupings import HER2_GROUPINGS
from her2ctdna.sets.set_names import name_able
from her2ctdna.settings.landmark_columns import LATE, LandmarkColumn, name_clearance
from her2ctdna.wording import join_value

KINDS = ("rates", "contrasts", "survival")


def her2_response_chapter(results: Results) -> Iterator[Block]:
    """Yield response and survival by HER2 group; class and level folded."""
    yield Paragraph(
        "Groups are compared as they are, unless a row says adjusted. HER2-low tumours "
        "are more often hormone receptor positive, and lines of earlier therapy "
        "differ: a contrast here may be theirs and not that of HER2."
    )
    if "response_by_her2" in results.figures:
        yield from figure_blocks(results, "response_by_her2")
    yield from comparison_tables(results, "her2_group", topic="her2")
    any_staining = list(comparison_tables(results, "her2_any_staining", topic="her2"))
    if any_staining:
        yield Paragraph(
            "DESTINY-Breast06 asks another question: any staining (ultralow or "
            "low) against none. IHC 0 without record of staining is in neither group."
        )
    yield from any_staining
    yield from her2_rate_tables(results)
    yield from figure_blocks(results, "km_pfs_her2", "km_os_her2")
    if results.forest_topic == "her2":
        yield from figure_blocks(results, "forest")
    if "context" in results.figures:
        yield from context_section(results)
    yield from _every_row(results, "her2", HER2_GROUPINGS, by="HER2")
    members = results.members
    left_out = [("Treated, but in no HER2 group", members.without("her2_evaluable"))]
    if results.has_response:
        reason = "Not response-evaluable (in the all treated rows only)"
        left_out.append((reason, members.without("response_evaluable")))
    yield LeftOut(left_out)


def clearance_outcome_chapter(results: Results) -> Iterator[Block]:
    """Yield outcome by ctDNA from each landmark, and the biased rows apart."""
    yield Paragraph(
        "Clearance is known only once the sample is drawn, and to be sampled a patient "
        "must still be followed. So PFS and OS are counted from the landmark (the last "
        "day on which its sample may be drawn), in the patients still followed "
        "without the event on that day."
    )
    for landmark in results.landmarks:
        day = results.origins[landmark]
        yield Heading(f"Landmark {landmark}: time counted from {write_day(day)}")
        column = name_clearance(landmark)
        if results.has_response:
            yield Statements([write_same_window(results, landmark)])
        yield from comparison_tables(results, column, topic="clearance")
        yield from _every_row(
            results, "clearance", (column,), by=results.grouping_label(column)
        )
    yield from figure_blocks(results, "km_pfs_clearance", "km_os_clearance")
    yield from scan_blocks(results)
    yield from _at_any_time(results)
    yield from ctdna_context_section(results)
    if results.forest_topic == "clearance":
        yield from figure_blocks(results, "forest")
    others = _other_columns(results)
    by = "ctDNA state, change and molecular response"
    yield from _every_row(results, "clearance", others, by=by)
    yield from biomarker_section(results)
    yield from mutation_section(results, by="response")
    yield from model_section(results)
    yield LeftOut(list(_left_out_at_landmarks(results)))
    yield from _biased(results)


def ctdna_her2_chapter(results: Results) -> Iterator[Block]:
    """Yield clearance by HER2, and by the other characteristics folded."""
    yield from figure_blocks(results, "ctdna_by_her2")
    yield from comparison_tables(results, "her2_group", topic="ctdna_by_her2")
    columns = tuple(row.group_by for row in results.about("rates", "ctdna_by_her2"))
    by = "HER2 and other characteristics"
    yield from _every_row(results, "ctdna_by_her2", columns, by=by)
    yield from mutation_section(results, by="her2")
    yield LeftOut(
        [
            ("In no HER2 group", results.members.without("her2_evaluable")),
            ("Not ctDNA-evaluable", results.members.without("ctdna_evaluable")),
        ]
    )


def _at_any_time(results: Results) -> Iterator[Block]:
    """Yield clearance at any time, from its draw on, and the naive rows beside it."""
    rows = list(results.rows("contrasts", group_by="ever_cleared"))
    if not rows:
        if "clearance_bias" in results.figures:
            yield from figure_blocks(results, "clearance_bias")
        return
    yield Heading("Clearance at any time, from its draw on")
    yield Paragraph(
        "Time runs from first dose, in all whose ctDNA was detected at baseline. "
        "Until the first cleared sample is drawn a patient counts as not cleared, "
        "after it as cleared; patients and events are counted where their time ended. "
        "The rows marked as biased count them as cleared from the start, though they "
        "had to live without the event until the draw. Simon and Makuch's curves, "
        "and the naive ones as biased, stand in survival_curves.tsv."
    )
    caption = "Times to event by clearance at any time, with the naive comparison"
    yield table_of_contrasts(results, rows, caption=caption)
    yield Statements(write_mantel_byar(results))
    yield from figure_blocks(results, "clearance_bias")
    undetected = results.members.without("baseline_state=detected")
    yield LeftOut([("ctDNA not detected at baseline, or unknown", undetected)])


def _every_row(
    results: Results, topic: str, columns: Sequence[str], *, by: str
) -> Iterator[Block]:
    """Yield, folded, every rate, contrast and time to event of a topic."""
    captions = ("Every rate", "Every contrast", "Every time to event")
    makers = (table_of_rates, table_of_contrasts, table_of_survival)
    for kind, caption, table_of in zip(KINDS, captions, makers, strict=True):
        rows = [row for row in results.about(kind, topic) if row.group_by in columns]
        if rows:
            yield table_of(results, rows, caption=f"{caption} by {by}", folded=True)


def _other_columns(results: Results) -> tuple[str, ...]:
    """Return what else splits patients at a landmark: state, change, responses."""
    main = [name_clearance(landmark) for landmark in results.landmarks]
    found = (row.group_by for row in results.about("rates", "clearance"))
    more = (row.group_by for row in results.about("survival", "clearance"))
    return tuple(name for name in dict.fromkeys([*found, *more]) if name not in main)


def _left_out_at_landmarks(results: Results) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield who was able at a landmark but not followed from it, and who was not."""
    members = results.members
    for landmark in results.landmarks:
        able = name_able(landmark)
        yield f"{landmark}: no sample able to show clearance", members.without(able)
        if results.has_response:
            late = members.resolve(
                "all_treated", join_value(LandmarkColumn(LATE, landmark).name, "yes")
            )
            yield f"{landmark}: drawn after the first scan, not in rates by it", late
        for endpoint in SURVIVAL:
            gone = members.without(f"{endpoint}@{landmark}", among=able)
            reason = f"{landmark}: able, but {endpoint.upper()} ended before its day"
            yield reason, gone


def _biased(results: Results) -> Iterator[Block]:
    biased = results.rows("contrasts", biased="yes")
    rows = [row for row in biased if row.group_by != "ever_cleared"]
    if rows:
        yield Heading("Biased: immortal time")
        yield Paragraph(
            "The rows below count time from first dose by a group that is only known "
            "later. A patient had to live without the event until the sample to be in "
            "the group of those cleared, which makes that group look better than it "
            "is. "
            "They are shown to be recognised elsewhere, not to be used, and are in no "
            "family of tests."
        )
        caption = "Biased: immortal time. From first dose, by what was known later"
        yield table_of_contrasts(results, rows, caption=caption, folded=True)
