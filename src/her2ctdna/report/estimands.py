"""The estimands (ICH E9(R1)) that the definitions of an analysis make.

For each endpoint the population, the variable, what becomes of each intercurrent
event, and the summary measure, in words that follow from the config alone.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from her2ctdna.report.glossary import ENDPOINTS
from her2ctdna.wording import USUAL_START

if TYPE_CHECKING:
    from her2ctdna.settings.clinical_settings import ResponseSettings
    from her2ctdna.settings.config_types import Definitions
    from her2ctdna.settings.ctdna_settings import CtdnaSettings, Landmark

TREATED = "all treated (at least one dose)"
NONE = "does not arise"
_POLICY = "treatment policy"
_COMPOSITE = "composite"
_HYPOTHETICAL = "hypothetical"
_WHILE = "while on treatment"


class Estimand(NamedTuple):
    """An endpoint as it is estimated; each field is a cell of the table."""

    endpoint: str
    population: str
    variable: str
    new_therapy: str
    death: str
    missed_assessments: str
    discontinuation: str
    missing_clearance: str
    summary: str


def list_estimands(
    definitions: "Definitions",
    *,
    starts: Mapping[str, str],
    durations: Collection[str],
    has_response: bool,
    has_ctdna: bool,
) -> Iterator[Estimand]:
    """Yield the estimand of each endpoint that the study has.

    Where an intercurrent event is handled by a strategy of ICH E9(R1), its name stands
    in brackets.

    Parameters
    ----------
    definitions
        Of the analysis.
    starts
        What PFS and OS count from, of those of the two that the study has.
    durations
        The durations of treatment that the study has, as in ``durations.tsv``.
    has_response, has_ctdna
        Whether the study has tumour assessments, and ctDNA.
    """
    confidence = f"{100 * definitions['association']['confidence']:g} %"
    response = definitions["response"]
    if has_response:
        yield from _rates(response, confidence)
    yield from _times(response, confidence, starts, has_response=has_response)
    yield from _treatment(response, confidence, durations)
    if has_ctdna:
        for name, landmark in definitions["ctdna"]["landmarks"].items():
            yield from _clearance(
                definitions["ctdna"], name, landmark, confidence=confidence
            )


def _rates(response: "ResponseSettings", confidence: str) -> Iterator[Estimand]:
    """Yield the rates of response, which count the same assessments."""
    counts = _response_kind(response)
    stable = f"{counts}, or stable disease from day {response['sd_min_days']} on"
    benefit = response["clinical_benefit_days"]
    unseen = f"never evaluable is no success ({_COMPOSITE})"
    early = f"; SD before day {response['sd_min_days']} alone is not evaluable"
    variables = {
        "ORR": f"{counts}: CR or PR",
        "DCR": f"best response, {stable}",
        ENDPOINTS[
            "cbr_registry"
        ]: "any assessment without progression, whenever it was",
        f"CBR ({benefit} days)": f"{counts}, or an assessment without progression "
        f"from day {benefit} on",
    }
    for endpoint, variable in variables.items():
        yield Estimand(
            endpoint=endpoint,
            population=TREATED,
            variable=f"{variable}; {_assessed_by(response)}",
            new_therapy=_assessments_after(response),
            death=f"not a success unless reached before ({_COMPOSITE})",
            missed_assessments=unseen + (early if endpoint == "DCR" else ""),
            discontinuation=f"assessments after the last dose count ({_POLICY})",
            missing_clearance=NONE,
            summary=f"n/N with {confidence} Clopper-Pearson interval",
        )


def _response_kind(response: "ResponseSettings") -> str:
    """Return which response counts, and what confirms it."""
    if not response["confirmed"]:
        return "response, confirmed or not"
    between = response["max_ne_between"]
    stable = " or one SD" if response["accept_sd_between_pr"] else ""
    return (
        f"response confirmed after {response['confirmation_days']} days or more, with "
        f"at most {between} NE{stable} between"
    )


def _assessed_by(response: "ResponseSettings") -> str:
    source = response["source"]
    how = "derived from lesions of" if source == "lesions" else "as reported by"
    return f"{how} {response['evaluator']}"


def _assessments_after(response: "ResponseSettings") -> str:
    if response["new_therapy"] == "censor":
        return f"assessments after it do not count ({_WHILE})"
    return f"assessments after it count ({_POLICY})"


def _times(
    response: "ResponseSettings",
    confidence: str,
    starts: Mapping[str, str],
    *,
    has_response: bool,
) -> Iterator[Estimand]:
    """Yield PFS, OS and, of responders, DoR; PFS without assessments was supplied."""
    if "pfs" in starts and has_response:
        yield _progression(response, confidence, starts["pfs"])
    elif "pfs" in starts:
        yield _supplied(response, confidence, starts["pfs"])
    if "os" in starts:
        yield _survival(response, confidence, starts["os"])
    if has_response:
        progression = _progression(response, confidence, USUAL_START)
        yield progression._replace(
            endpoint="DoR",
            population=f"responders ({_response_kind(response)})",
            variable="from the first response to progression or death"
            f"{_first_day(response)}; ends with PFS",
        )


def _supplied(response: "ResponseSettings", confidence: str, start: str) -> Estimand:
    """Return PFS of a study that supplied it, and not what it is made from."""
    how = "as the study counted it"
    return _survival(response, confidence, start)._replace(
        endpoint="PFS",
        variable=f"from {start} to progression or death, as supplied"
        f"{_cut(response, 'pfs')}",
        new_therapy=how,
        death=f"the event, as progression is ({_COMPOSITE})",
        discontinuation=how,
    )


def _treatment(
    response: "ResponseSettings", confidence: str, durations: Collection[str]
) -> Iterator[Estimand]:
    """Yield time on treatment, and to the next one."""
    gap = response["treatment_gap_days"]
    on_treatment = Estimand(
        endpoint="Time on treatment",
        population=TREATED,
        variable=f"from first to last dose{_first_day(response)}",
        new_therapy="treatment has ended with the last dose before it",
        death="treatment has ended with the last dose before it",
        missed_assessments=NONE,
        discontinuation=f"the event; known after more than {gap} days without a dose",
        missing_clearance=NONE,
        summary=f"Kaplan-Meier median with {confidence} log-log interval",
    )
    if "tot" in durations:
        yield on_treatment
    if "ttnt" in durations:
        yield on_treatment._replace(
            endpoint="Time to next treatment",
            variable="from first dose to new anticancer therapy or death"
            f"{_first_day(response)}",
            new_therapy="the event",
            death=f"the event, as a new therapy is ({_COMPOSITE})",
            discontinuation=f"ignored: followed after the last dose ({_POLICY})",
        )


def _progression(response: "ResponseSettings", confidence: str, start: str) -> Estimand:
    ignored = f"ignored: progression or death after it is the event ({_POLICY})"
    censored = (
        f"censored at the last adequate assessment before it ({_HYPOTHETICAL}: had "
        "none been given)"
    )
    is_censored = response["new_therapy"] == "censor"
    return Estimand(
        endpoint="PFS",
        population=TREATED,
        variable=f"from {start} to progression or death"
        f"{_first_day(response)}; {_assessed_by(response)}{_cut(response, 'pfs')}",
        new_therapy=censored if is_censored else ignored,
        death=f"the event, as progression is ({_COMPOSITE})",
        missed_assessments=_gap(response),
        discontinuation=f"ignored: followed after the last dose ({_POLICY})",
        missing_clearance=NONE,
        summary=f"Kaplan-Meier median with {confidence} log-log interval",
    )


def _survival(response: "ResponseSettings", confidence: str, start: str) -> Estimand:
    return Estimand(
        endpoint="OS",
        population=TREATED,
        variable=f"from {start} to death{_first_day(response)}{_cut(response, 'os')}",
        new_therapy=f"ignored ({_POLICY})",
        death="the event",
        missed_assessments="ignored: censored when last known alive",
        discontinuation=f"ignored ({_POLICY})",
        missing_clearance=NONE,
        summary=f"Kaplan-Meier median with {confidence} log-log interval",
    )


def _first_day(response: "ResponseSettings") -> str:
    return ", the first day counted" if response["count_first_day"] else ""


def _cut(response: "ResponseSettings", endpoint: str) -> str:
    """Return after how long a time is cut off, if it is."""
    days = response["truncate_days"]["pfs" if endpoint == "pfs" else "os"]
    return "" if days is None else f"; cut off after {days} days"


def _gap(response: "ResponseSettings") -> str:
    """Return what assessments that were missed do to PFS, and what is adequate."""
    days = response["missed_assessment_days"]
    adequate = "counts" if response["ne_is_adequate"] else "does not count"
    found = f"an event after more than {days} days without one is censored at the last"
    if days is None:
        found = f"an event after any gap counts on its day ({_POLICY})"
    return f"{found}; a not-evaluable assessment {adequate} as adequate"


def _clearance(
    ctdna: "CtdnaSettings", name: str, landmark: "Landmark", *, confidence: str
) -> Iterator[Estimand]:
    """Yield clearance at a landmark, and outcome by it from there on."""
    share = f"{100 * ctdna['clearance_max_fraction']:g} %"
    able = f"treated, ctDNA at baseline, sample able to see {share} of it"
    unknown = (
        "not in the population; bounds count all unknown as not cleared, and as cleared"
    )
    cleared = f"not detected (alpha {ctdna['alpha']:g}) {_drawn(landmark)}"
    yield Estimand(
        endpoint=f"Clearance at {name}",
        population=able,
        variable=cleared,
        new_therapy=f"ignored: samples after it count ({_POLICY})",
        death=f"no sample: {unknown}",
        missed_assessments=NONE,
        discontinuation=f"ignored: samples after it count ({_POLICY})",
        missing_clearance=unknown,
        summary=f"n/N with {confidence} Clopper-Pearson interval",
    )
    yield Estimand(
        endpoint=f"PFS and OS by clearance at {name}",
        population=f"{able}, followed without the event at the landmark",
        variable=f"from the end of the landmark, by: {cleared}",
        new_therapy="as PFS and OS of all",
        death="with the event before: not in the population; after it the event",
        missed_assessments="as PFS and OS of all",
        discontinuation=f"ignored ({_POLICY})",
        missing_clearance=unknown,
        summary=f"hazard ratio (Cox) with {confidence} profile-likelihood interval",
    )


def _drawn(landmark: "Landmark") -> str:
    """Return which sample stands for a landmark."""
    if "day" in landmark:
        return f"on day {landmark['day']} \N{PLUS-MINUS SIGN} {landmark['window']}"
    against = f", against {landmark['reference']}" if "reference" in landmark else ""
    return f"at time point {landmark['timepoint']}{against}"
