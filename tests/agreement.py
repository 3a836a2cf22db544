"""Whether tables and figures count the patients that the flow names.

Written from the rule in results/README.md and not with the functions of the package,
so that the two are held against each other.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pandas as pd

FLAGS = {
    "orr": "responder",
    "dcr": "disease_control",
    "cbr_registry": "clinical_benefit_registry",
    "cbr": "clinical_benefit",
}
Sets = dict[str, frozenset[str]]
Names = tuple[str, ...]


class Claim(NamedTuple):
    """A number, and the sets whose intersection it counts; of several, their union."""

    what: str
    number: float
    intersections: list[Names]


def read_sets(flow: pd.DataFrame, analysis: str) -> Sets:
    """Return the sets of an analysis from the flow of all."""
    mine = flow[flow["analysis"].isna() | (flow["analysis"] == analysis)]
    assert mine["set"].is_unique
    return {
        name: frozenset(split(ids))
        for name, ids in zip(mine["set"], mine["patient_ids"], strict=True)
    }


def split(ids: Any) -> list[str]:
    return [] if pd.isna(ids) else [name for name in str(ids).split(";") if name]


def find(sets: Sets, intersections: Iterable[Names]) -> set[str]:
    """Return who is in all sets of any of these; a value that nobody has is empty."""
    found: set[str] = set()
    for names in intersections:
        assert all(name in sets or "=" in name for name in names), names
        found |= frozenset.intersection(
            *(sets.get(name, frozenset()) for name in names)
        )
    return found


def disagreements(claims: Iterable[Claim], sets: Sets) -> list[str]:
    """Return what is wrong with each claim that does not hold."""
    wrong = []
    for what, number, intersections in claims:
        ids = find(sets, intersections)
        if number != len(ids):
            wrong.append(
                f"{what}: {number}, but the flow has {len(ids)}: {sorted(ids)}"
            )
    return wrong


def in_group(column: str, group: str) -> Names:
    return () if column == "all" else (f"{column}={group}",)


def in_time(column: str, group: str) -> Names:
    """Return the sets of a group whose sample, if any, was not after the first scan."""
    known_at = re.fullmatch(r"(?:clearance|state|change|mr[\d.]+)_(.+)", column)
    if not known_at:
        return in_group(column, group)
    if group == "after_first_scan":
        return (f"late_{known_at[1]}=yes",)
    return (*in_group(column, group), f"late_{known_at[1]}=no")


def rate_of(
    endpoint: str, population: str, column: str, group: str, more: Names = ()
) -> tuple[Names, str]:
    if endpoint in FLAGS:
        among = (population, *in_time(column, group), *more)
        if population.startswith("clearance_"):
            landmark = column.removeprefix("clearance_")
            counted = f"{population}:{group}@{landmark}"
            among = (counted, f"late_{landmark}=no", *more)
            if group == "after_first_scan":
                among = (f"{population}@{landmark}", f"late_{landmark}=yes", *more)
        return among, f"{FLAGS[endpoint]}=yes"
    landmark = endpoint.removeprefix("clearance_")
    among = (f"{population}@{landmark}", *in_group(column, group), *more)
    return among, f"{population}:cleared@{landmark}"


def time_of(
    endpoint: str,
    origin: str,
    column: str,
    group: str,
    *,
    biased: str = "no",
    population: str = "all_treated",
) -> tuple[Names, str]:
    followed = endpoint
    if column == "ever_cleared" and biased == "no":
        return (f"{endpoint}@draw={group}",), f"{endpoint}_event=yes"
    if origin not in ("first_dose", "response"):
        followed = f"{endpoint}@{origin}"
    among = in_group(column, group)
    if population.startswith("clearance_"):
        among = (f"{population}:{group}@{column.removeprefix('clearance_')}",)
    return (followed, *among), f"{endpoint}_event=yes"


def claim_rates(rates: pd.DataFrame) -> Iterator[Claim]:
    for row in rates.itertuples():
        among, event = rate_of(row.endpoint, row.population, row.group_by, row.group)
        what = f"rates {row.endpoint} {among}"
        yield Claim(f"{what} N", row.N, [among])
        yield Claim(f"{what} n", row.n, [(*among, event)])


def claim_contrasts(contrasts: pd.DataFrame) -> Iterator[Claim]:
    for row in contrasts.itertuples():
        sides = (
            (row.group, row.n, row.events),
            (row.reference, row.n_reference, row.events_reference),
        )
        for group, n, events in sides:
            among, event = _asked(row, row.group_by, group)
            how = f"{row.ci_method} {row.measure}"
            what = f"contrasts {how} {row.endpoint} {row.origin} {among}"
            yield Claim(f"{what} n", n, [among])
            yield Claim(f"{what} events", events, [(*among, event)])


def claim_summary(drawn: pd.DataFrame) -> Iterator[Claim]:
    """Yield responders and patients of both groups, and those followed for PFS."""
    groups = {
        "her2_group": ("low", "zero"),
        "her2_any_staining": ("any_staining", "absent"),
    }
    for row in drawn[drawn["n"].notna()].itertuples():
        column = row.group_by
        cleared = ("cleared", "not_cleared")
        others = cleared if column.startswith("clearance_") else ("yes", "no")
        sides = zip(
            groups.get(column, others),
            ((row.n, row.events), (row.n_reference, row.events_reference)),
            (row.pfs_n, row.pfs_n_reference),
            strict=True,
        )
        for group, (n, events), pfs_n in sides:
            among, event = rate_of("orr", row.population, column, group)
            yield Claim(f"summary {among} n", n, [among])
            yield Claim(f"summary {among} events", events, [(*among, event)])
            followed, _ = time_of(
                "pfs", row.origin, column, group, population=row.population
            )
            yield Claim(f"summary {followed} n", pfs_n, [followed])


def claim_tests(tests: pd.DataFrame) -> Iterator[Claim]:
    """Yield the tests of groups; those of other steps are held to their tables."""
    for row in tests[~is_of_a_step(tests)].itertuples():
        asked = [_asked(row, row.biomarker, group) for group in row.groups.split(";")]
        what = f"tests {row.test} {row.endpoint} {row.origin} {row.biomarker}"
        yield Claim(f"{what} n", row.n, [among for among, _ in asked])
        yield Claim(f"{what} events", row.events, [(*a, event) for a, event in asked])


def is_of_a_step(tests: pd.DataFrame) -> pd.Series:
    """Tell which tests are of biomarkers, of genes or of the model."""
    words = r"^(?:baseline_|ratio_|gene_|model_)"
    return tests["biomarker"].str.match(words) | tests["endpoint"].str.match(words)


DETECTED_ONLY = (
    *["theil_sen_per_doubling", "hazard_ratio_per_doubling", "departure_from_line"],
)


def claim_biomarkers(biomarkers: pd.DataFrame) -> Iterator[Claim]:
    """Yield who has a value, who is below detection, and who has the event."""
    for row in biomarkers.itertuples():
        whole, seen, below = _values(row.biomarker)
        among = (*whole, *_with_outcome(row))
        what = f"biomarkers {row.measure} {row.endpoint} {row.biomarker}"
        counted = (*among, seen) if row.measure in DETECTED_ONLY else among
        yield Claim(f"{what} n", row.n, [counted])
        yield Claim(f"{what} named", len(split(row.patient_ids)), [counted])
        yield Claim(f"{what} below", row.below_detection, [(*among, below)])
        if row.endpoint != "best_change_percent":
            has_event = {"orr": "responder=yes", "her2_group": "her2_group=low"}.get(
                row.endpoint, f"{row.endpoint}_event=yes"
            )
            yield Claim(f"{what} events", row.events, [(*counted, has_event)])


def _values(biomarker: str) -> tuple[Names, str, str]:
    """Return the sets with a value, above detection, and below."""
    if biomarker.startswith("baseline_"):
        detected, undetected = "baseline_state=detected", "baseline_state=undetected"
        return ("ctdna_evaluable",), detected, undetected
    landmark = biomarker.removeprefix("ratio_")
    clearance = f"clearance_{landmark}"
    whole = ("ctdna_evaluable", f"clearance_judged@{landmark}")
    return whole, f"{clearance}=not_cleared", f"{clearance}=cleared"


def _with_outcome(row: Any) -> Names:
    if row.endpoint == "orr":
        return ()
    if row.endpoint == "her2_group":
        return ("her2_evaluable",)
    if row.endpoint == "best_change_percent":
        return ("best_change_percent=known",)
    at = "" if row.origin == "first_dose" else f"@{row.origin}"
    return (f"{row.endpoint}{at}",)


def claim_mutations(mutations: pd.DataFrame) -> Iterator[Claim]:
    """Yield the groups by HER2 class, and those by gene, which make up the whole."""
    evaluable = ("ctdna_evaluable",)
    for row in mutations[mutations["biomarker"] == "her2_class"].itertuples():
        group = (*evaluable, f"her2_class={row.group}")
        yield Claim(f"mutations {row.gene} {group}", row.N, [group])
    for gene, rows in mutations[mutations["endpoint"] == "orr"].groupby("gene"):
        responders = (*evaluable, "responder=yes")
        yield Claim(f"mutations {gene} N", rows["N"].sum(), [evaluable])
        yield Claim(f"mutations {gene} n", rows["n"].sum(), [responders])


def claim_model(model: pd.DataFrame) -> Iterator[Claim]:
    for row in model.itertuples():
        followed = "pfs" if row.origin == "first_dose" else f"pfs@{row.origin}"
        what = f"{row.biomarker} {row.measure}"
        yield Claim(f"{what} n", row.n, [(followed,)])
        yield Claim(f"{what} named", len(split(row.patient_ids)), [(followed,)])
        yield Claim(f"{what} events", row.events, [(followed, "responder=yes")])


def _asked(row: Any, column: str, group: str) -> tuple[Names, str]:
    if row.endpoint in ("pfs", "os", "dor"):
        biased = getattr(row, "biased", "no")
        population = getattr(row, "population", "all_treated")
        followed, event = time_of(
            row.endpoint,
            row.origin,
            column,
            group,
            biased=biased,
            population=population,
        )
        return (*followed, *_conditions(row)), event
    more = _conditions(row)
    return rate_of(row.endpoint, row.population, column, group, more)


def _conditions(row: Any) -> Names:
    """Return the sets of a subgroup (column=value; of an interaction the column),
    and of the covariates that are adjusted for."""
    subgroup = "" if pd.isna(row.subgroup) else row.subgroup
    within = [subgroup if "=" in subgroup else f"{subgroup}=known"] if subgroup else []
    adjusted = split(getattr(row, "adjusted_for", None))
    return (*within, *(f"{name}=known" for name in adjusted))


def claim_missing(missing: pd.DataFrame) -> Iterator[Claim]:
    """Yield outcomes with a measurement known; with it missing, those of all others."""
    outcomes = {"orr": ((), "responder=yes"), "pfs": (("pfs",), "pfs_event=yes")}
    keys = ["measured", "endpoint"]
    for (measured, endpoint), own in missing.groupby(keys, sort=False):
        followed, event = outcomes[endpoint]
        whole = ("all_treated", *followed)
        known = own[own["status"] == "known"].iloc[0]
        assert sorted(own["status"]) == ["known", "missing"]
        what = f"missing {measured} {endpoint}"
        yield Claim(f"{what} known N", known["N"], [(*whole, measured)])
        yield Claim(f"{what} known n", known["n"], [(*whole, measured, event)])
        yield Claim(f"{what} both N", own["N"].sum(), [whole])
        yield Claim(f"{what} both n", own["n"].sum(), [(*whole, event)])
        named = own["patient_ids"].map(split)
        yield Claim(f"{what} named", len(named.sum()), [(*whole, event)])


def claim_baseline(baseline: pd.DataFrame) -> Iterator[Claim]:
    """Yield the groups, who is named, and the levels that the flow has sets of."""
    for row in baseline.itertuples():
        column = "all" if row.group == "all" else "her2_group"
        among = ("all_treated", *in_group(column, row.group))
        what = f"baseline {row.variable} {row.level} {among}"
        yield Claim(f"{what} N", row.N, [among])
        if row.variable in ("hr_status", "baseline_state"):
            level = (*among, f"{row.variable}={row.level}")
            yield Claim(f"{what} n", row.n, [level])
            yield Claim(f"{what} named", len(split(row.patient_ids)), [level])


def claim_durations(durations: pd.DataFrame) -> Iterator[Claim]:
    """Yield whose time is asked: of a response the responders', else everybody's."""
    for row in durations.itertuples():
        responders = ("responder=yes",) if row.endpoint == "ttr" else ()
        among = ("all_treated", *in_group(row.group_by, row.group), *responders)
        yield Claim(f"durations {row.endpoint} {among} N", row.N, [among])


def claim_context(drawn: pd.DataFrame) -> Iterator[Claim]:
    """Yield the rates of the study itself; the published ones are of others."""
    own = drawn[drawn["group_by"].notna()]
    whole = {"endpoint": "orr", "population": "all_treated"}
    yield from claim_rates(own.assign(**whole))


def claim_survival(survival: pd.DataFrame) -> Iterator[Claim]:
    for row in survival.itertuples():
        among, event = time_of(
            row.endpoint,
            row.origin,
            row.group_by,
            row.group,
            population=getattr(row, "population", "all_treated"),
        )
        yield Claim(f"survival {among} n", row.n, [among])
        yield Claim(f"survival {among} events", row.events, [(*among, event)])


def claim_curves(curves: pd.DataFrame) -> Iterator[Claim]:
    """Yield at risk at the start, and all events, of each curve."""
    if "population" not in curves:
        curves = curves.assign(population="all_treated")
    keys = ["endpoint", "origin", "group_by", "group", "biased", "population"]
    for (endpoint, origin, column, group, biased, counted), own in curves.groupby(keys):
        if column == "ever_cleared" and biased == "no":
            yield from claim_moving_curve(endpoint, group, own)
            continue
        among, event = time_of(
            endpoint, origin, column, group, biased=biased, population=counted
        )
        yield Claim(f"curve {among} at risk", own["at_risk"].iloc[0], [among])
        if "is_drawn" not in own or (own["is_drawn"] == "yes").all():
            left = own["events"].sum() + own["censored"].sum()
            yield Claim(f"curve {among} events", own["events"].sum(), [(*among, event)])
            yield Claim(f"curve {among} patients", left, [among])


def claim_moving_curve(endpoint: str, group: str, own: pd.DataFrame) -> Iterator[Claim]:
    """Yield what is known of a curve between whose groups patients move."""
    ended = (f"{endpoint}@draw={group}",)
    everyone = [(f"{endpoint}@draw=no",), (f"{endpoint}@draw=yes",)]
    what = f"moving curve {ended}"
    events = own["events"].sum()
    yield Claim(f"{what} events", events, [(*ended, f"{endpoint}_event=yes")])
    left = events + own["censored"].sum()
    yield Claim(f"{what} patients", left, [ended] if group == "yes" else everyone)


def claim_kaplan_meier(drawn: pd.DataFrame, kind: str) -> Iterator[Claim]:
    """Yield the numbers of a figure ``km_*``; ``kind`` is all, her2 or clearance."""
    if kind in ("all", "her2"):
        column: Any = {"all": "all", "her2": "her2_group"}[kind]
    else:
        column = "clearance_" + drawn["origin"].astype(str)
        drawn = drawn.assign(population="clearance_able")
    drawn = drawn.assign(group_by=column, biased="no")
    yield from claim_curves(drawn)
    keys = ["endpoint", "origin", "group_by", "group"]
    summaries = drawn.drop_duplicates(keys).drop(columns="events")
    yield from claim_survival(summaries.rename(columns={"n_events": "events"}))


def claim_clearance_bias(drawn: pd.DataFrame) -> Iterator[Claim]:
    """Yield the curves and the hazard ratios of all three panels."""
    words = {"not_cleared": "no", "cleared": "yes"}
    is_ever = drawn["group_by"] == "ever_cleared"
    named = drawn.assign(
        group=drawn["group"].mask(is_ever, drawn["group"].map(words)),
        population=is_ever.map({True: "all_treated", False: "clearance_able"}),
    )
    yield from claim_curves(named[named["item"] == "curve"])
    hazards = named[named["item"] == "hazard_ratio"].assign(
        measure="hazard_ratio", subgroup=None
    )
    reference = hazards["group"].map({"yes": "no", "cleared": "not_cleared"})
    renamed = {"n_events": "events", "n_events_reference": "events_reference"}
    counted = hazards.drop(columns="events").rename(columns=renamed)
    yield from claim_contrasts(counted.assign(reference=reference))


def claim_model_performance(
    drawn: pd.DataFrame, model: pd.DataFrame
) -> Iterator[Claim]:
    """Yield, of each model, all patients and the responders of groups and of ticks."""
    (origin,) = set(model["origin"])
    followed = "pfs" if origin == "first_dose" else f"pfs@{origin}"
    counted = drawn[drawn["item"].isin(["calibration", "rug"])]
    for (name, item), own in counted.groupby(["model", "item"]):
        yield Claim(f"{name} {item} N", own["N"].sum(), [(followed,)])
        responders = (followed, "responder=yes")
        yield Claim(f"{name} {item} n", own["n"].sum(), [responders])
    for row in drawn[drawn["item"] == "measure"].itertuples():
        yield Claim(f"{row.model} {row.name} N", row.N, [(followed,)])
        yield Claim(f"{row.model} {row.name} n", row.n, [(followed, "responder=yes")])


def claim_flow(drawn: pd.DataFrame, flow: pd.DataFrame) -> Iterator[Claim]:
    """Yield the boxes of a flow that was drawn; every population must be there."""
    populations = flow.loc[flow["kind"] == "population", "set"]
    assert list(drawn["set"]) == list(dict.fromkeys(populations))
    for row in drawn.itertuples():
        yield Claim(f"box {row.set}", row.n, [(row.set,)])
        if isinstance(row.parent, str):
            total = row.n + row.excluded
            yield Claim(f"box {row.set} and its excluded", total, [(row.parent,)])


def claim_distribution(drawn: pd.DataFrame) -> Iterator[Claim]:
    levels = ("absent", "ultralow", "1+", "2+")
    for row in drawn.itertuples():
        column = "her2_level" if row.category in levels else "her2_class"
        group = ("enrolled", f"{column}={row.category}")
        yield Claim(f"distribution {group} n", row.n, [group])
        yield Claim(f"distribution {group} N", row.N, [("enrolled",)])


def claim_clearances(drawn: pd.DataFrame) -> Iterator[Claim]:
    strata = drawn["her2_group"].replace("", None).fillna("missing")
    for row in drawn.assign(her2_group=strata).itertuples():
        stratum = in_group(
            "all" if row.her2_group == "all" else "her2_group", row.her2_group
        )
        among = ("all_treated", *stratum)
        fate = f"clearance_{row.landmark}={row.clearance}"
        yield Claim(f"clearance {among} N", row.N, [among])
        if row.clearance in ("cleared", "not_cleared"):
            able = (*among, f"clearance_able:{row.clearance}@{row.landmark}")
            yield Claim(f"able {among} {fate}", row.n_able, [able])
        if row.clearance not in ("uninformative", "not_measured"):
            yield Claim(f"clearance {among} {fate}", row.n, [(*among, fate)])
    unknown = drawn[drawn["clearance"].isin(["uninformative", "not_measured"])]
    for (landmark, group), own in unknown.query("her2_group == 'all'").groupby(
        ["landmark", "her2_group"]
    ):
        fate = ("all_treated", f"clearance_{landmark}=uninformative")
        yield Claim(f"clearance {group} {fate}", own["n"].sum(), [fate])


def claim_recist(table: pd.DataFrame) -> Iterator[Claim]:
    """Yield what the flow knows of ctDNA against the scans.

    That is clearance and molecular response, best response, and who came late; of a
    first scan and of the ctDNA response of a sample it has no set.
    """
    for row in table[table["ctdna"] != "response"].itertuples():
        if row.ctdna == "clearance":
            sides = [f"clearance_able:{x}@{row.landmark}" for x in CLEARED]
        else:
            sides = [f"{row.ctdna}_{row.landmark}={x}" for x in ("yes", "no")]
        what = f"{row.ctdna} at {row.landmark} against {row.recist}"
        late = f"late_{row.landmark}"
        after = [("all_treated", side, f"{late}=yes") for side in sides]
        yield Claim(f"{what} after_first_scan", row.after_first_scan, after)
        if row.recist != "best_response":
            continue
        cells = (row.n_both, row.n_ctdna_only), (row.n_recist_only, row.n_neither)
        for side, counts in zip(sides, cells, strict=True):
            among = ("all_treated", "response_evaluable", side, f"{late}=no")
            yield Claim(f"{what} {side} N", sum(counts), [among])
            yield Claim(f"{what} {side} n", counts[0], [(*among, "responder=yes")])


CLEARED = ("cleared", "not_cleared")


def claim_responses(drawn: pd.DataFrame) -> Iterator[Claim]:
    rates = drawn[drawn["item"] != "difference"]
    group_by = "her2_" + rates["item"].astype(str)
    whole = {"endpoint": "orr", "population": "all_treated"}
    yield from claim_rates(rates.assign(group_by=group_by, **whole))


def claim_ids(number: float, ids: Iterable[str], *, what: str, sets: Sets) -> list[str]:
    """Return what is wrong with a number and the patients named beside it."""
    named = list(ids)
    wrong = []
    if number != len(named):
        wrong.append(f"{what}: {number}, but {len(named)} are named")
    if strange := set(named) - sets["enrolled"]:
        wrong.append(f"{what}: not in the flow: {sorted(strange)}")
    return wrong


def check_named(table: pd.DataFrame, sets: Sets, *, what: str) -> list[str]:
    """Return what is wrong with ``n`` beside ``patient_ids``, within the treated.

    A denominator is all treated patients or stands as an ``n`` in the same table.
    """
    treated = sets["all_treated"]
    wrong = []
    for place, row in enumerate(table.itertuples()):
        where = f"{what} row {place}"
        named = split(row.patient_ids)
        wrong += claim_ids(row.n, named, what=where, sets={"enrolled": treated})
        if len(named) != len(set(named)):
            wrong.append(f"{where}: a patient twice")
        if row.N not in {len(treated), *table["n"]}:
            wrong.append(f"{where}: {row.N} is no number of patients")
    return wrong


def check_rows(
    drawn: pd.DataFrame, sets: Sets, *, what: str, columns: Iterable[str], whole: Names
) -> list[str]:
    """Return what is wrong with a figure that draws patients: who, and in which set.

    With ``whole`` these are all who are drawn, else the treated at most.
    """
    found = set(drawn["patient_id"])
    wrong = []
    if whole and found != find(sets, [whole]):
        wrong.append(f"{what}: other patients than {whole}")
    if found - sets["all_treated"]:
        wrong.append(f"{what}: not treated: {sorted(found - sets['all_treated'])}")
    for column in columns:
        for value, own in drawn.groupby(drawn[column].fillna("missing")):
            name = f"{column}={value or 'missing'}"
            inside = found & sets.get(name, frozenset())
            if set(own["patient_id"]) != inside:
                wrong.append(f"{what}: other patients than {name}")
    return wrong
