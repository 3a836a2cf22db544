"""Tumour assessments from RS, and lesions from TR with what TU says of each."""

import re
from collections.abc import Iterator

import pandas as pd

from her2ctdna.findings import Finding
from her2ctdna.inputs.made import Made, as_sheet, cells_of, shown, upper
from her2ctdna.inputs.sdtm_domains import Domains
from her2ctdna.inputs.sdtm_times import Clock
from her2ctdna.inputs.sdtm_words import NOT_DONE, YES_NO

RESPONSES = {
    "COMPLETE RESPONSE": "CR",
    "PARTIAL RESPONSE": "PR",
    "STABLE DISEASE": "SD",
    "PROGRESSIVE DISEASE": "PD",
    "NOT EVALUABLE": "NE",
    "INEVALUABLE": "NE",
    "UNEVALUABLE": "NE",
    "NON-COMPLETE RESPONSE/NON-PROGRESSIVE DISEASE": "NON-CR/NON-PD",
    "NON-CR/NON-PD": "NON-CR/NON-PD",
    "NONCR/NONPD": "NON-CR/NON-PD",
    "NON CR/NON PD": "NON-CR/NON-PD",
}
INVESTIGATOR, INDEPENDENT = "investigator", "independent"
_SUMS = ("SUMDIAM", "SUMLDIAM", "SUMLDNLP")
_SHORT_AXIS = ("SAXIS", "LPERP", "DIAMETER")
_LONG_AXIS = ("LDIAM", "LAXIS", "DIAMETER")
_STATES = (
    (r"^NON?[- ].*PROG|NON-?PD|INCREAS|WORSEN", "present"),
    (r"PROGRESS|^PD$", "unequivocal_progression"),
    (r"^EQUIVOCAL", "equivocal"),
    (r"TOO SMALL|BELOW MEASUR|^TSTM$", "too_small"),
    (r"NOT EVAL|UNEVAL|INEVAL|^NE$|NOT ASSESS|NOT DONE|^NA$|UNKNOWN", "not_evaluable"),
    (r"ABSENT|DISAPPEAR|RESOLVED|^CR$|NOT PRESENT", "absent"),
    (r"PRESENT|UNCHANGED|STABLE|PERSIST|^UNEQUIVOCAL", "present"),
)
"""Words of the state of a lesion, the first that fits; a bare UNEQUIVOCAL is of a new
one, and an increase alone is no unequivocal progression."""

LONGEST_VISIT_DAYS = 28
"""A visit number whose scans lie further apart is of several visits."""

_OTHER_AXIS = 99
_TO_MM = {"MM": 1.0, "CM": 10.0}
_LESION = ["patient", "lesion", "role", "reader"]
_SEEN = [*_LESION, "at", "visit"]


def make_assessments(domains: Domains, clock: Clock) -> Made:
    """Make assessments: one row for each overall response (OVRLRESP) of RS.

    Where RS has responses by several criteria (RSCAT), those of RECIST 1.1 count.
    ``new_lesion`` comes from NEWLPROG of the same visit, ``target_sum_mm`` from the
    sum of diameters of TR, if they are there; sums of a visit without a response
    are rows of their own, as those of a baseline. Evaluators: see `_evaluators`.
    What was not done is no assessment.
    """
    tests = domains["RS"]
    is_done = upper(cells_of(tests, "RSSTAT")) != NOT_DONE
    code = upper(cells_of(tests, "RSTESTCD"))
    is_overall = code == "OVRLRESP"
    is_theirs, told = _by_criteria(tests, is_overall)
    responses = tests[is_overall & is_done & is_theirs]
    words = upper(cells_of(responses, "RSSTRESC", "RSORRES"))
    rows = _seen(responses, "RS", clock).assign(
        overall=words.map(RESPONSES).fillna(words)
    )
    news = tests[(code == "NEWLPROG") & is_done]
    told_new = _seen(news, "RS", clock).assign(
        new=upper(cells_of(news, "RSSTRESC", "RSORRES")).map(YES_NO)
    )
    key = ["patient", "role", "reader", "visit"]
    named = told_new.dropna(subset=["visit"]).drop_duplicates(key).set_index(key)["new"]
    rows["new_lesion"] = _looked_up(rows, named, key)
    rows, from_sums = _with_sums(rows, domains, clock)
    rows, copies = _evaluators(rows, several=_several_readers(rows))
    columns = {
        "patient_id": rows["patient"],
        clock.column("assessed"): rows["at"],
        "overall": rows["overall"],
        "evaluator": rows["evaluator"],
        "target_sum_mm": rows["target_sum_mm"],
        "new_lesion": rows["new_lesion"],
    }
    sheet = as_sheet(columns, rows.index)
    sheet = _without_empty(sheet, ("evaluator", "target_sum_mm", "new_lesion"))
    written = "RSSTRESC" if "RSSTRESC" in tests else "RSORRES"
    variables = {"patient_id": "USUBJID", "overall": written, "evaluator": "RSEVAL"}
    variables[clock.column("assessed")] = "RSDTC" if clock.time == "date" else "RSDY"
    findings = [*told, *_told_of_evaluators("assessments", rows, "RS")]
    if from_sums:
        message = "sums of diameters come from TR; those without a response are rows"
        where = ("note", "assessments", None, "target_sum_mm", "", str(from_sums))
        findings.append(Finding(*where, message))
    return Made(sheet, copies, variables, findings)


def make_lesions(domains: Domains, clock: Clock) -> Made:
    """Make lesions: one row for each lesion, visit and evaluator of TR.

    TU (or else TRGRPID) says whether it is a target, a non-target or new, and where:
    a node by its location (TULOC). Of a node the short axis counts (SAXIS or LPERP),
    of others the longest diameter (LDIAM), in mm. States come from words such as
    ABSENT or TOO SMALL TO MEASURE in any row of the lesion at the visit; what was
    not done is not evaluable. New lesions that TU alone has are rows as well.
    ``visit_id`` is TRLNKGRP, else the visit unless it was not scheduled.
    """
    results = domains["TR"]
    known = _identified(domains, clock)
    rows = _seen(results, "TR", clock).assign(
        lesion=cells_of(results, "TRLNKID"),
        test=upper(cells_of(results, "TRTESTCD")),
        size=_millimetres(results),
        word=_words_of(results),
        group=_kind(cells_of(results, "TRGRPID")),
    )
    rows = _without_long_visits(rows.dropna(subset=["lesion"]), clock)
    rows = _with_identity(rows, known)
    has_short_axis = bool(rows["test"].isin(_SHORT_AXIS).any())
    seen = _one_a_visit(rows, has_short_axis=has_short_axis)
    alone = _new_alone(known, seen)
    joined = pd.concat([seen, alone]) if len(alone) else seen
    left_out = joined[joined["kind"] == "other"]
    joined = joined[joined["kind"] != "other"].reset_index(drop=True)
    joined, copies = _evaluators(joined, several=_several_readers(joined))
    sheet, variables = _lesion_sheet(joined, clock)
    findings = [
        *_told_of_evaluators("lesions", joined, "TR"),
        *_told_of_words(rows),
        *_told_of_units(results),
        *_told_of_mixed_readers(joined),
        *_told_of_nodes(joined, domains, has_short_axis=has_short_axis),
        *_told_of_left_out(left_out),
    ]
    return Made(sheet, copies, variables, findings)


def _lesion_sheet(
    joined: pd.DataFrame, clock: Clock
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the sheet of lesions, and the variable that each column is."""
    columns = {
        "patient_id": joined["patient"],
        clock.column("assessed"): joined["at"],
        "lesion_id": joined["lesion"],
        "kind": joined["kind"],
        "is_node": joined["is_node"],
        "diameter_mm": joined["size"].map(_shown_size, na_action="ignore"),
        "state": joined["state"],
        "evaluator": joined["evaluator"],
        "visit_id": joined["visit"],
    }
    sheet = as_sheet(columns, joined.index)
    sheet = _without_empty(sheet, ("is_node", "evaluator", "visit_id"))
    variables = {"patient_id": "USUBJID", "lesion_id": "TRLNKID", "evaluator": "TREVAL"}
    variables |= {"diameter_mm": "TRSTRESN", "kind": "TUSTRESC", "is_node": "TULOC"}
    variables[clock.column("assessed")] = "TRDTC" if clock.time == "date" else "TRDY"
    return sheet, variables


def _told_of_nodes(
    rows: pd.DataFrame, domains: Domains, *, has_short_axis: bool
) -> Iterator[Finding]:
    """Yield what of nodes cannot be known from the domains there are."""
    if (rows["is_node"] == "yes").any() and not has_short_axis:
        message = (
            "no short axis is in TR (TRTESTCD SAXIS or LPERP), so the longest diameter "
            "of nodes stands for it; RECIST 1.1 counts the short axis"
        )
        yield Finding("warning", "lesions", None, "TRTESTCD", "", "", message)
    if "TU" not in domains:
        message = (
            "TU is not there, so kinds come from TRGRPID and no lesion is known to be "
            "a node: its longest diameter counts; add tu.xpt"
        )
        yield Finding("warning", "lesions", None, "", "", "", message)


def _told_of_left_out(rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield a note of the rows that are of no lesion that RECIST counts."""
    if len(rows):
        message = "rows are of no target, non-target or new lesion and are left out"
        yield Finding("note", "lesions", None, "kind", "", str(len(rows)), message)


def _seen(frame: pd.DataFrame, name: str, clock: Clock) -> pd.DataFrame:
    """Return who was seen when and by whom, of the rows of RS, TR or TU.

    ``row`` is that of the domain; ``role`` and ``reader`` are RSEVAL and RSEVALID in
    upper case ("" if empty), ``is_accepted`` RSACPTFL.
    """
    group = cells_of(frame, f"{name}LNKGRP")
    label = upper(cells_of(frame, "VISIT"))
    number = cells_of(frame, "VISITNUM")
    is_planned = ~label.fillna("").str.contains("UNSCH").astype(bool)
    visit = number.where(number.notna(), label).where(is_planned, None)
    return pd.DataFrame(
        {
            "row": frame.index,
            "patient": cells_of(frame, "USUBJID"),
            "at": clock.read(frame, name),
            "visit": group.where(group.notna(), visit),
            "role": upper(cells_of(frame, f"{name}EVAL")).fillna(""),
            "reader": cells_of(frame, f"{name}EVALID").fillna(""),
            "is_accepted": upper(cells_of(frame, f"{name}ACPTFL")) == "Y",
        },
        index=frame.index,
    )


def _several_readers(rows: pd.DataFrame) -> bool:
    """Return whether several independent readers judged a study."""
    independent = rows[rows["role"].str.startswith("INDEPENDENT")]
    readers = set(independent["reader"]) - {""}
    return len(readers) > 1


def _evaluators(
    rows: pd.DataFrame, *, several: bool
) -> tuple[pd.DataFrame, dict[int, int]]:
    """Name the evaluator of each row, and return the rows of the domain they are of.

    INVESTIGATOR is `investigator`; so is an empty role where others are named (nobody
    at all is named where none is). INDEPENDENT ASSESSOR is `independent`, but where
    there are several readers each has the name of --EVALID, and `independent` is what
    was accepted (--ACPTFL): such a row stands twice. Other roles keep their name.
    """
    role, reader = rows["role"], rows["reader"]
    is_independent = role.str.startswith("INDEPENDENT")
    name = role.str.lower().where(role != "INVESTIGATOR", INVESTIGATOR)
    name = name.where(~is_independent, INDEPENDENT)
    if several:
        name = name.where(~is_independent | (reader == ""), reader)
    name = name.where(role != "", INVESTIGATOR if (role != "").any() else None)
    named = rows.assign(evaluator=name)
    accepted = named[is_independent & rows["is_accepted"].astype(bool) & (reader != "")]
    if several and len(accepted):
        named = pd.concat([named, accepted.assign(evaluator=INDEPENDENT)])
    named = named.astype({"row": int})
    is_copy = named["row"].duplicated()
    start = int(named["row"].max()) + 1 if len(named) else 0
    index = named["row"].to_numpy().copy()
    index[is_copy.to_numpy()] = range(start, start + int(is_copy.sum()))
    named.index = pd.Index(index)
    return named, dict(zip(map(int, index), map(int, named["row"]), strict=True))


def _by_criteria(
    tests: pd.DataFrame, is_overall: pd.Series
) -> tuple[pd.Series, list[Finding]]:
    """Return which rows are by the criteria that count, and what is said of others."""
    category = upper(cells_of(tests, "RSCAT"))
    everything = pd.Series(True, index=tests.index)
    names = sorted(set(category[is_overall].dropna()))
    if len(names) <= 1:
        return everything, []
    is_recist = category.str.contains(r"(?:^|[^A-Z])RECIST", na=False).astype(bool)
    if not (is_recist & is_overall).any():
        message = f"overall responses are by {', '.join(names)}; give assessments as a "
        message += "sheet with those of one"
        where = ("warning", "assessments", None, "RSCAT", "", ", ".join(names))
        return everything, [Finding(*where, message)]
    others = sorted(set(category[is_overall & ~is_recist].dropna()))
    if not others:
        return everything, []
    message = "overall responses by other criteria than RECIST 1.1 are left out"
    where = ("note", "assessments", None, "RSCAT", "", ", ".join(others))
    return is_recist | category.isna(), [Finding(*where, message)]


def _with_sums(
    rows: pd.DataFrame, domains: Domains, clock: Clock
) -> tuple[pd.DataFrame, int]:
    """Join the sums of diameters of TR, and return how many there are.

    A sum belongs to the response of its visit, else of its day, by the same reader.
    """
    rows = rows.assign(target_sum_mm=None)
    results = domains.get("TR")
    if results is None or "TRTESTCD" not in results:
        return rows, 0
    results = results[upper(results["TRTESTCD"]).isin(_SUMS)]
    sums = _seen(results, "TR", clock).assign(size=_millimetres(results))
    sums = sums.dropna(subset=["size"]).assign(
        target_sum_mm=lambda found: found["size"].map(_shown_size)
    )
    if sums.empty:
        return rows, 0
    used: set[int] = set()
    for at in ("visit", "at"):
        key = ["patient", "role", "reader", at]
        told = sums.dropna(subset=[at]).drop_duplicates(key)
        by_key = told.set_index(key)
        found = _looked_up(rows, by_key["target_sum_mm"], key)
        rows["target_sum_mm"] = rows["target_sum_mm"].where(
            rows["target_sum_mm"].notna(), found
        )
        used |= set(_looked_up(rows, by_key["row"], key).dropna().astype(int))
    bare = sums[~sums["row"].isin(used)].assign(overall=None, new_lesion=None)
    kept = rows.columns
    return pd.concat([rows, bare.reindex(columns=kept)]), len(sums)


def _looked_up(rows: pd.DataFrame, told: pd.Series, key: list[str]) -> pd.Series:
    """Return what is told of each row by its key; None where nothing is."""
    wanted = pd.MultiIndex.from_frame(rows[key])
    found = told.reindex(wanted) if len(told) else pd.Series(None, index=wanted)
    cells = pd.Series(found.to_numpy(dtype=object), index=rows.index, dtype=object)
    is_keyed = rows[key].notna().all(axis="columns")
    return cells.where(cells.notna() & is_keyed, None)


def _without_long_visits(rows: pd.DataFrame, clock: Clock) -> pd.DataFrame:
    """Take the visit from rows whose visit lasts longer than a visit does."""
    if clock.time == "day":
        day = rows["at"].astype(float)
    else:
        first = rows["at"].map(lambda cell: f"{cell}-01-01"[:10], na_action="ignore")
        dates = pd.to_datetime(first, errors="coerce", format="%Y-%m-%d")
        day = (dates - pd.Timestamp("1970-01-01")).dt.days.astype(float)
    key = [rows[name] for name in ("patient", "role", "reader", "visit")]
    span = day.groupby(key).transform("max") - day.groupby(key).transform("min")
    return rows.assign(visit=rows["visit"].where(~(span > LONGEST_VISIT_DAYS), None))


def _identified(domains: Domains, clock: Clock) -> pd.DataFrame:
    """Return the lesions that TU identifies, the first row of each and reader."""
    found = domains.get("TU", pd.DataFrame(dtype=object))
    if "TUTESTCD" in found:
        found = found[upper(found["TUTESTCD"]).isin(["TUMIDENT", "LESIDENT"])]
    place = upper(cells_of(found, "TULOC"))
    rows = _seen(found, "TU", clock).assign(
        lesion=cells_of(found, "TULNKID"),
        kind=_kind(cells_of(found, "TUSTRESC", "TUORRES")),
        is_node=place.map(
            lambda cell: "yes" if "NODE" in cell or "NODAL" in cell else "no",
            na_action="ignore",
        ),
    )
    return rows.dropna(subset=["lesion"]).drop_duplicates(_LESION)


def _kind(cells: pd.Series) -> pd.Series:
    """Return target, non_target, new, or `other` of any other word."""
    words = upper(cells).map(
        lambda word: re.sub(r"[^A-Z]", "", word), na_action="ignore"
    )
    kinds = words.map(
        lambda word: (
            "new"
            if word.startswith("NEW")
            else {"TARGET": "target", "NONTARGET": "non_target"}.get(word, "other")
        ),
        na_action="ignore",
    )
    return kinds.astype(object).where(kinds.notna(), None)


def _with_identity(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Add kind and ``is_node``: as TU has them for the reader, else for anybody.

    A part of a lesion that was split (T1.2) is what the whole is.
    """
    whole = rows["lesion"].str.replace(r"\.\d+$", "", regex=True)
    told = {}
    for column in ("kind", "is_node"):
        cells = pd.Series(None, index=rows.index, dtype=object)
        for lesion in (rows["lesion"], whole):
            for key in (_LESION, ["patient", "lesion"]):
                named = known.dropna(subset=[column]).drop_duplicates(key)
                wanted = rows.assign(lesion=lesion)
                found = _looked_up(wanted, named.set_index(key)[column], key)
                cells = cells.where(cells.notna(), found)
        told[column] = cells.where(cells.notna(), None)
    group = rows["group"].where(rows["group"] != "other", None)
    told["kind"] = told["kind"].where(told["kind"].notna(), group)
    return rows.assign(**told)


def _words_of(results: pd.DataFrame) -> pd.Series:
    """Return what a result says that is no number, in upper case."""
    words = upper(cells_of(results, "TRSTRESC"))
    is_number = pd.to_numeric(words, errors="coerce").notna()
    other = upper(cells_of(results, "TRORRES"))
    words = words.where(words.notna() & ~is_number, other)
    is_number = pd.to_numeric(words, errors="coerce").notna()
    words = words.where(~is_number, None)
    is_not_done = upper(cells_of(results, "TRSTAT")) == NOT_DONE
    return words.where(~is_not_done, NOT_DONE)


def _millimetres(results: pd.DataFrame) -> pd.Series:
    """Return the size of each result in mm; NaN of what is no length."""
    size = pd.to_numeric(cells_of(results, "TRSTRESN", "TRSTRESC"), errors="coerce")
    unit = upper(cells_of(results, "TRSTRESU", "TRORRESU")).fillna("MM")
    return size.astype(float) * unit.map(_TO_MM).astype(float)


def _states(words: pd.Series) -> pd.Series:
    """Return the state that each word means; None of one that is not understood."""
    read = {word: _state_of(word) for word in set(words.dropna())}
    states = words.map(read)
    return states.astype(object).where(states.notna(), None)


def _state_of(word: str) -> str | None:
    return next((state for pattern, state in _STATES if re.search(pattern, word)), None)


def _one_a_visit(rows: pd.DataFrame, *, has_short_axis: bool) -> pd.DataFrame:
    """Return one row for each lesion, reader, time and visit, with size and state.

    Without any short axis in the study the longest diameter of a node stands for it.
    """
    tests = [*_SHORT_AXIS, *_LONG_AXIS]
    is_told = rows["test"].isin(tests) | (rows["test"] == "TUMSTATE")
    rows = rows[is_told].assign(state=lambda found: _states(found["word"]))
    of_nodes = _SHORT_AXIS if has_short_axis else _LONG_AXIS
    axes = [of_nodes if node == "yes" else _LONG_AXIS for node in rows["is_node"]]
    rank = [
        own.index(test) if test in own else _OTHER_AXIS
        for own, test in zip(axes, rows["test"], strict=True)
    ]
    # the axis that counts first, if it was measured; then a state in words
    rows = rows.assign(rank=rank, lacks=rows["size"].isna())
    rows = rows.sort_values(["lacks", "rank", "row"], kind="stable")
    rows["size"] = rows["size"].where(rows["rank"] < _OTHER_AXIS)
    grouped = rows.groupby(_SEEN, dropna=False, sort=False)
    seen = grouped.agg(
        row=("row", "first"),
        size=("size", "first"),
        kind=("kind", "first"),
        is_node=("is_node", "first"),
        state=("state", "first"),
        is_accepted=("is_accepted", "max"),
    ).reset_index()
    # a new lesion beyond doubt is there
    is_new = (seen["kind"] == "new") & (seen["state"] == "unequivocal_progression")
    seen["state"] = seen["state"].where(~is_new, "present")
    bare = seen["state"].isna() & seen["size"].notna()
    seen["state"] = seen["state"].where(~bare, "present")
    is_gone = (seen["size"] == 0) & (seen["state"] == "present")
    seen["state"] = seen["state"].where(~is_gone, "absent")
    seen["state"] = seen["state"].fillna("not_evaluable")
    return seen.sort_values("row").astype({"row": int})


def _new_alone(known: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Return the new lesions that TU identifies and TR has no row of."""
    new = known[known["kind"] == "new"].dropna(subset=["at"])
    measured = pd.MultiIndex.from_frame(seen[_LESION])
    alone = new[~pd.MultiIndex.from_frame(new[_LESION]).isin(measured)]
    return alone.assign(state="present", size=float("nan")).reindex(
        columns=seen.columns
    )


def _shown_size(size: float) -> str:
    return f"{size:.12g}"


def _without_empty(sheet: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return a sheet without those of some columns in which nothing is told."""
    return sheet.drop(columns=[name for name in names if sheet[name].isna().all()])


def _told_of_evaluators(table: str, rows: pd.DataFrame, name: str) -> Iterator[Finding]:
    names = shown(rows["evaluator"])
    if rows["evaluator"].nunique() > 1:
        message = (
            f"evaluators are {names}; definitions.response.evaluator chooses one. "
            f"independent is INDEPENDENT ASSESSOR, of several readers what was "
            f"accepted ({name}ACPTFL)"
        )
        yield Finding("note", table, None, "evaluator", "", "", message)


def _told_of_mixed_readers(rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield a note on patients whose accepted lesions several readers measured."""
    accepted = rows[rows["evaluator"] == INDEPENDENT]
    readers = accepted.groupby("patient")["reader"].nunique()
    count = int((readers > 1).sum())
    if count:
        message = (
            "patients have accepted measurements (TRACPTFL) of several readers, whose "
            "lesions need not be the same; a reader's name as evaluator follows one"
        )
        yield Finding("note", "lesions", None, "evaluator", "", str(count), message)


def _told_of_words(rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield words on a lesion that are not understood, each once."""
    words = rows["word"].dropna()
    for word in sorted(set(words)):
        if _state_of(word) is None:
            row = int(rows.loc[words.index[words == word][0], "row"])
            message = (
                "is not understood as the state of a lesion, which counts as not "
                "evaluable unless it has a size; give lesions as a sheet"
            )
            yield Finding("warning", "lesions", row, "TRSTRESC", "", word, message)


def _told_of_units(results: pd.DataFrame) -> Iterator[Finding]:
    unit = upper(cells_of(results, "TRSTRESU", "TRORRESU"))
    size = pd.to_numeric(cells_of(results, "TRSTRESN", "TRSTRESC"), errors="coerce")
    tests = [*_SHORT_AXIS, *_LONG_AXIS, *_SUMS]
    is_length = upper(cells_of(results, "TRTESTCD")).isin(tests)
    wrong = unit[unit.notna() & ~unit.isin(_TO_MM) & size.notna() & is_length]
    for word in sorted(set(wrong)):
        row = int(wrong.index[wrong == word][0])
        message = "is no unit of a diameter (mm or cm); correct it"
        yield Finding("error", "lesions", row, "TRSTRESU", "", word, message)
