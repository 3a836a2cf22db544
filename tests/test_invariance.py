"""What can never change a result of a patient, whatever the study holds."""

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from her2ctdna.her2.her2_status import derive_her2_readings, derive_her2_status
from her2ctdna.inputs.dates import normalised_columns
from her2ctdna.response.endpoints import derive_endpoints
from her2ctdna.response.lesions import derive_assessments
from her2ctdna.response.treatment_times import NOT_RECORDED
from her2ctdna.response.visits import derive_visits

RESPONSE = {
    "evaluator": "investigator",
    "confirmed": True,
    "confirmation_days": 28,
    "sd_min_days": 42,
    "max_ne_between": 1,
    "accept_sd_between_pr": False,
    "clinical_benefit_days": 168,
    "ne_is_adequate": False,
    "new_therapy": "censor",
    "missed_assessment_days": None,
    "count_first_day": True,
    "truncate_days": {"pfs": None, "os": None},
    "baseline_window": None,
    "treatment_gap_days": 120,
}
IDS = ("P1", "P2", "P3")
CENSORED = ("os", "ttnt", "tot")
PARTS = ("days", "event", "reason")
OF_VISITS = (
    *["n_visits", "bor_reason", "confirmed_bor_reason"],
    *[f"pfs_{part}" for part in PARTS],
    *["responder", "disease_control", "clinical_benefit", "clinical_benefit_registry"],
)
LATER = st.integers(1, 9).map(lambda visit: 21.0 * visit)
DAYS = st.just(-7.0) | st.just(0.0) | LATER
PEOPLE = st.sampled_from(["investigator", "independent", None])


def rows_of(**cells):
    return st.lists(st.fixed_dictionaries(cells), max_size=12)


def maybe(strategy):
    return st.none() | strategy


STUDIES = st.fixed_dictionaries(
    {
        "patients": st.tuples(
            *[
                st.fixed_dictionaries(
                    {
                        "patient_id": st.just(name),
                        "treated": st.sampled_from(["yes", "yes", "no"]),
                        "death_day": maybe(LATER),
                        "last_alive_day": maybe(LATER),
                        "new_therapy_day": maybe(LATER),
                    }
                )
                for name in IDS
            ]
        ),
        "her2": st.lists(
            st.fixed_dictionaries(
                {
                    "patient_id": st.sampled_from(IDS),
                    "specimen_id": st.sampled_from("ABC"),
                    "collected_day": maybe(st.sampled_from([-90.0, -30.0, 5.0])),
                    "specimen": st.sampled_from(["primary", "metastasis", "unknown"]),
                    "reader": st.sampled_from(["central", "local", "Ann"]),
                    "ihc": maybe(st.sampled_from(["0", "0-1+", "1+", "2+", "3+"])),
                    "ish": maybe(st.sampled_from(["negative", "positive"])),
                    "stained_percent": maybe(st.sampled_from([0.0, 5.0, 40.0])),
                }
            ),
            max_size=12,
            unique_by=lambda row: (
                row["patient_id"],
                row["specimen_id"],
                row["reader"],
            ),
        ),
        "assessments": rows_of(
            patient_id=st.sampled_from(IDS),
            assessed_day=maybe(DAYS),
            overall=maybe(
                st.sampled_from(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"])
            ),
            evaluator=PEOPLE,
            target_sum_mm=maybe(st.sampled_from([0.0, 20.0, 40.0, 60.0])),
        ),
        "lesions": rows_of(
            patient_id=st.sampled_from(IDS),
            assessed_day=maybe(DAYS),
            lesion_id=st.sampled_from(["T1", "T2", "N1"]),
            kind=st.sampled_from(["target", "target", "non_target", "new"]),
            is_node=st.sampled_from(["yes", "no"]),
            diameter_mm=maybe(st.sampled_from([0.0, 9.0, 12.0, 30.0])),
            state=st.sampled_from(["present", "absent", "not_evaluable", "equivocal"]),
            evaluator=PEOPLE,
            visit_id=maybe(st.sampled_from(["W6", "W12"])),
        ),
    }
)


LAST_ONE_ASSESSED = {
    "patients": [
        {"patient_id": name, "treated": "yes", "last_alive_day": 63.0} for name in IDS
    ],
    "assessments": [
        {
            "patient_id": "P3",
            "assessed_day": 42.0,
            "overall": "SD",
            "evaluator": "investigator",
        }
    ],
    "lesions": [
        {
            "patient_id": "P3",
            "assessed_day": 21.0,
            "lesion_id": "T1",
            "kind": "target",
            "is_node": "yes",
            "state": "present",
            "evaluator": "investigator",
        }
    ],
    "her2": [],
}


def tables_of(study):
    """Return the normalised tables of a drawn study."""
    tables = {}
    for name, rows in study.items():
        columns = normalised_columns(name)
        frame = pd.DataFrame(list(rows), columns=list(columns))
        numbers = {column: float for column, is_one in columns.items() if is_one}
        tables[name] = frame.astype(numbers)
    return tables


def derive(tables):
    """Return every result of each patient as text, by name and source.

    The sources are HER2 (0), endpoints from reports (1) and from lesions (2).
    """
    patients = tables["patients"]
    readings = derive_her2_readings(
        tables["her2"],
        recode={},
        range_policy="indeterminate",
        zero=["absent", "ultralow", "zero_unspecified"],
        low=["low"],
    )
    status, _ = derive_her2_status(
        readings, patients, reader="central_first", specimen="most_recent"
    )
    results = [status]
    for rows in (
        tables["assessments"],
        derive_assessments(tables["lesions"], baseline_window=None),
    ):
        visits = derive_visits(rows, patients, response=RESPONSE)
        results.append(
            derive_endpoints(patients, visits, response=RESPONSE, origin="first dose")
        )
    cells: dict[str, dict[str, str]] = {name: {} for name in patients["patient_id"]}
    for place, frame in enumerate(results):
        known = frame.astype(object).where(frame.notna(), None)
        for row in known.to_dict("records"):
            named = {f"{key} {place}": str(cell) for key, cell in row.items()}
            cells[row["patient_id"]] |= named
    return cells


def only(tables, patient_ids):
    return {
        name: frame[frame["patient_id"].isin(patient_ids)]
        for name, frame in tables.items()
    }


def facts_of_all(cells):
    """Return what a patient's results take from the study they are part of.

    Times of treatment that nobody has are not recorded, and where nobody was assessed
    there is no response and no PFS: both are said of a study, not of a patient.
    """
    found = {}
    for place in (1, 2):
        for name in ("ttnt", "tot"):
            if cells[f"{name}_reason {place}"] == NOT_RECORDED:
                keys = [f"{name}_{part} {place}" for part in PARTS]
                found |= {key: cells[key] for key in keys}
        if cells[f"n_visits {place}"] == "None":
            keys = [f"{name} {place}" for name in OF_VISITS]
            found |= {key: cells[key] for key in keys}
    return found


@settings(max_examples=25, deadline=None)
@given(study=STUDIES, data=st.data())
def test_order_of_the_rows_of_any_sheet_changes_nothing(study, data):
    shuffled = {
        name: data.draw(st.permutations(list(rows))) for name, rows in study.items()
    }
    assert derive(tables_of(shuffled)) == derive(tables_of(study))


@settings(max_examples=25, deadline=None)
@given(study=STUDIES)
@example(study=LAST_ONE_ASSESSED)
def test_study_split_by_patients_gives_what_the_whole_gives(study):
    tables = tables_of(study)
    parts = [derive(only(tables, [patient])) for patient in IDS]
    whole = derive(tables)
    apart = {**parts[0], **parts[1], **parts[2]}
    for patient, cells in apart.items():
        assert cells == whole[patient] | facts_of_all(cells)


@settings(max_examples=25, deadline=None)
@given(study=STUDIES)
@example(study=LAST_ONE_ASSESSED)
def test_another_patient_changes_only_that_patients_results(study):
    tables = tables_of(study)
    two, three = derive(only(tables, IDS[:2])), derive(tables)
    for patient, cells in two.items():
        assert cells == three[patient] | facts_of_all(cells)
    assert set(three) == set(IDS)


@settings(max_examples=25, deadline=None)
@given(study=STUDIES, later=STUDIES)
def test_lesions_measured_after_progression_change_no_response_and_no_pfs(study, later):
    tables = tables_of(study)
    derived = derive_assessments(tables["lesions"], baseline_window=None)
    visits = derive_visits(derived, tables["patients"], response=RESPONSE)
    progressed = visits[(visits["used"] == "yes") & (visits["overall"] == "PD")]
    day = progressed.set_index("patient_id")["assessed_day"]
    added = tables_of(later)["lesions"].assign(visit_id=None)
    after = added["patient_id"].map(day).astype(float)
    added = added[(added["assessed_day"] > 0) & after.notna()]
    added = added.assign(assessed_day=added["assessed_day"] + after)
    both = tables | {"lesions": pd.concat([tables["lesions"], added])}
    before, now = derive(tables), derive(both)
    for patient in IDS:
        changed = {
            name
            for name, value in before[patient].items()
            if now[patient][name] != value
        }
        # what is censored at the last contact is, at a later one
        contact = {f"{name}_{part} 2" for name in CENSORED for part in PARTS}
        assert changed <= contact - {"os_event 2", "ttnt_event 2"}
