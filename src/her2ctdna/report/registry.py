"""Wording of the registry entry that has two readings, and what was done with it."""

from collections.abc import Iterator
from typing import NamedTuple

from her2ctdna.report.blocks import Block, Cell, Column, Count, Paragraph, tabulate
from her2ctdna.report.patient_sets import count_share
from her2ctdna.report.question_tables import count_of_rate, split_ids
from her2ctdna.report.results import Results
from her2ctdna.report.sentences import headline_rate
from her2ctdna.report.starts import endpoint_start
from her2ctdna.sets.counting import SURVIVAL
from her2ctdna.sets.set_names import name_able
from her2ctdna.settings.landmark_columns import name_clearance
from her2ctdna.wording import join_value

NONE = "none counted"


class Row(NamedTuple):
    """A wording of the entry, and both of its readings."""

    wording: str
    problem: str
    computed: str
    as_computed: Cell
    other_reading: Cell


def registry_section(results: Results) -> Iterator[Block]:
    """Yield the wording, the problem, what is computed, and both counts."""
    yield Paragraph(
        "The endpoints are those of the registry entry NCT06452706. Where its words "
        "have two readings, one is computed under a name that says so, and the count "
        "of the other stands beside it."
    )
    rows = [
        *_response_rows(results),
        *_time_rows(results),
        *_ctdna_rows(results),
        *_safety_rows(results),
    ]
    columns = [
        Column("Wording of the entry", lambda row: row.wording),
        Column("Problem", lambda row: row.problem),
        Column("Computed here, and its name", lambda row: row.computed),
        Column("As computed", lambda row: row.as_computed, is_number=True),
        Column("Other reading", lambda row: row.other_reading, is_number=True),
    ]
    yield tabulate("Wording with two readings", columns, rows)


def _response_rows(results: Results) -> Iterator[Row]:
    if results.has_response:
        yield _orr_row(results)
        yield from _benefit_rows(results)
        yield Row(
            "Duration of disease remission",
            "The same as duration of response; who has no response has none.",
            "DoR, from the first response that counts, in responders: events of those "
            "followed.",
            _events(results, "dor"),
            NONE,
        )


def _orr_row(results: Results) -> Row:
    is_confirmed = results.response["confirmed"]
    confirmed, unconfirmed = (
        _best_response(results, column) for column in ("confirmed_bor", "bor")
    )
    return Row(
        "ORR, by the investigator and RECIST 1.1",
        "Silent on confirmation, which RECIST 1.1 asks for where response is the "
        "endpoint of a trial without control.",
        f"ORR counts {'confirmed responses only' if is_confirmed else 'all responses'}"
        "; the other count is that of "
        f"{'all responses' if is_confirmed else 'confirmed responses only'}.",
        confirmed if is_confirmed else unconfirmed,
        unconfirmed if is_confirmed else confirmed,
    )


def _benefit_rows(results: Results) -> Iterator[Row]:
    days = results.response["clinical_benefit_days"]
    yield Row(
        "CBR: CR, PR or SD",
        "Asks no duration of SD, and so is looser than DCR.",
        f"CBR ({days:g} days), which needs that long without progression; the literal "
        "reading is CBR (registry). The two are never mixed.",
        _rate(results, "cbr"),
        _rate(results, "cbr_registry"),
    )
    least = results.response["sd_min_days"]
    yield Row(
        "DCR: CR, PR or SD at 6 weeks or more",
        "SD that lasts 6 weeks, or the status at week 6; SD seen earlier only.",
        f"DCR counts SD assessed on day {least:g} or later; an earlier SD alone is not "
        "evaluable. The other count takes SD of any day.",
        _rate(results, "dcr"),
        _rate(results, "cbr_registry"),
    )


def _time_rows(results: Results) -> Iterator[Row]:
    for endpoint in filter(results.members.resolve, SURVIVAL):
        yield Row(
            f"{endpoint.upper()} from randomization",
            "Nobody is randomised in a single-arm study.",
            f"{endpoint.upper()} from {endpoint_start(results, endpoint)}: events of "
            "those followed.",
            _events(results, endpoint),
            NONE,
        )


def _ctdna_rows(results: Results) -> Iterator[Row]:
    if results.has("her2_status"):
        yield Row(
            "HER2 negative by pathology",
            "IHC 0 is not divided, the ISH result of 2+ is not asked for, and whose "
            "reading counts is open.",
            "HER2 group (zero, low) by the reading that the definitions choose. The "
            "other count is of those read as positive: a warning and no group.",
            results.members.count("her2_evaluable", label="in a HER2 group"),
            results.members.count("her2_class=positive", label="read as positive"),
        )
    for landmark in results.landmarks:
        column = name_clearance(landmark)
        cleared = join_value(column, "cleared")
        able = ("all_treated", name_able(landmark))
        yield Row(
            f"ctDNA clearance (here at {landmark})",
            "Defines neither clearance nor assay, schedule or denominator.",
            "Cleared among those whose sample could show it. The other count takes "
            "all treated patients, so that not judged is not cleared.",
            results.members.count(cleared, label="cleared", among=able),
            results.members.count(cleared, label="cleared"),
        )


def _safety_rows(results: Results) -> Iterator[Row]:
    days = results.definitions["safety"]["emergent_days"]
    event = results.row("adverse_events", level="any", category="all", grade="any")
    if event is not None:
        yield Row(
            "Adverse events: all events after the drug",
            "No last day, so that what comes long after treatment would count.",
            f"Events that emerge until {days} days after the last dose.",
            count_of_rate(event),
            NONE,
        )
    found = results.row("ada", **{"class": "incidence"})
    if found is not None:
        treated = results.members.resolve("all_treated")
        yield Row(
            "Anti-drug antibodies, at five visits after the first dose",
            "Who leaves early has no later sample; no denominator is given.",
            "Incidence among those with a sample before and after first dose. The "
            "other count takes all treated patients.",
            count_of_rate(found),
            count_share(
                split_ids(found.patient_ids), treated, label="induced or boosted"
            ),
        )


def _best_response(results: Results, column: str) -> Count:
    """Return who of the treated had CR or PR, confirmed or not as ``column`` has it."""
    members = results.members
    responded = [
        patient
        for word in ("CR", "PR")
        for patient in members.resolve("all_treated", join_value(column, word))
    ]
    return count_share(responded, members.resolve("all_treated"), label="CR or PR")


def _rate(results: Results, endpoint: str) -> Cell:
    row = headline_rate(results, endpoint)
    return NONE if row is None else results.count_rate(row)


def _events(results: Results, endpoint: str) -> Count:
    return results.members.count(
        f"{endpoint}_event=yes", among=(endpoint,), label="with the event"
    )
