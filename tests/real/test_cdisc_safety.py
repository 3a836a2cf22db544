"""Emergent events and ADA of the CDISC pilot as SDTM has it, against another team's.

../shared/data/cdisc: AE, EX, DM and IS of pharmaversesdtm; TRTEMFL and the classes of
antibodies as pharmaverseadam derived them.
"""

from pathlib import Path

import pandas as pd
import pytest

from her2ctdna.inputs.study import check_inputs
from her2ctdna.safety.adverse_events import derive_emergent
from her2ctdna.safety.antibodies import derive_ada_patients
from her2ctdna.safety.exposure import derive_emergent_end

CDISC = Path(__file__).parents[3] / "shared" / "data" / "cdisc"
pytestmark = pytest.mark.skipif(not CDISC.exists(), reason="no ../shared/data")
WITHOUT_BASELINE = "01-704-1093"
"""Positive at week 2, no other sample: induced to them, not evaluable to us."""

SEVERITY = {"MILD": "1", "MODERATE": "2", "SEVERE": "3"}
RULES = {
    **dict.fromkeys(["patients", "ada"], "refuse"),
    "adverse_events": "first",
}


def domain(name: str) -> pd.DataFrame:
    return pd.read_sas(CDISC / "sdtm" / f"{name}.xpt", encoding="utf-8")


def day_of(cells: pd.Series) -> pd.Series:
    """Return the date of date-times, partial ones as they are."""
    return cells.str.partition("T")[0]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """Return the checked tables of sheets written from the domains."""
    folder = tmp_path_factory.mktemp("cdisc")
    subjects, doses = domain("dm"), domain("ex")
    last_dose = day_of(doses["EXENDTC"].fillna(doses["EXSTDTC"]))
    last_dose = last_dose.groupby(doses["USUBJID"]).max()
    events, antibodies = domain("ae"), domain("is")
    antibodies = antibodies[antibodies["ISTESTCD"] == "ADA_BAB"]
    written = antibodies["ISSTRESC"]
    is_negative = written == "NEGATIVE"
    sheets = {
        "patients": {
            "patient_id": subjects["USUBJID"],
            "first_dose_date": day_of(subjects["RFXSTDTC"]),
            "last_dose_date": subjects["USUBJID"].map(last_dose),
            "death_date": day_of(subjects["DTHDTC"]),
        },
        "adverse_events": {
            "patient_id": events["USUBJID"],
            "term": events["AEDECOD"],
            "soc": events["AESOC"],
            "grade": events["AESEV"].map(SEVERITY),
            "started_date": day_of(events["AESTDTC"]),
            "ended_date": day_of(events["AEENDTC"]),
            "aeseq": events["AESEQ"].astype(int),
        },
        "ada": {
            "patient_id": antibodies["USUBJID"],
            "sampled_date": day_of(antibodies["ISDTC"]),
            "result": is_negative.map({True: "negative", False: "positive"}),
            "titre": written.where(~is_negative & (written != "POSITIVE")),
        },
    }
    paths = {name: str(folder / f"{name}.tsv") for name in sheets}
    for name, columns in sheets.items():
        pd.DataFrame(columns).to_csv(paths[name], sep="\t", index=False)
    tables, findings = check_inputs(
        paths,
        data_cutoff=None,
        partial_dates=RULES,
        reference=None,
        baseline_window=None,
        origin="first dose",
        day_one=0,
    )
    assert [found for found in findings if found.severity == "error"] == []
    return tables


def test_emergence_of_every_event_is_theirs(study: dict[str, pd.DataFrame]) -> None:
    end = derive_emergent_end(study["patients"], emergent_days=30)
    ours = derive_emergent(study["adverse_events"], end)
    ours["aeseq"] = ours["aeseq"].astype(int)
    theirs = pd.read_csv(CDISC / "expected_ae.csv")
    both = theirs.merge(
        ours, left_on=["USUBJID", "AESEQ"], right_on=["patient_id", "aeseq"]
    )
    assert len(both) == len(theirs) == 299
    differing = both[(both["TRTEMFL"] == "Y") != (both["emergent"] == "yes")]
    shown = differing[["USUBJID", "AESEQ", "TRTEMFL", "started_day", "ended_day"]]
    assert shown.to_dict("records") == []


@pytest.mark.parametrize("fold", [4, 10**0.6])
def test_classes_and_persistence_of_antibodies_are_theirs(
    study: dict[str, pd.DataFrame], fold: float
) -> None:
    ours = derive_ada_patients(
        study["ada"],
        study["patients"],
        titre_scale="log10",
        titre_fold=fold,
        persistent_days=112,
    )
    theirs = pd.read_csv(CDISC / "expected_ada.csv")
    both = theirs.merge(ours, left_on="USUBJID", right_on="patient_id")
    assert len(both) == len(theirs) == 72
    told = pd.DataFrame(
        {
            "ENHANC1": both["class"] == "boosted",
            "INDUCD1": both["class"] == "induced",
            "PERSADA1": (both["class"] == "induced")
            & (both["persistence"] == "persistent"),
            "TRANADA1": (both["class"] == "induced")
            & (both["persistence"] == "transient"),
            "TRUNAFF1": both["class"] == "positive_not_boosted",
        }
    )
    differing = both[(told != (both[told.columns] == "Y")).any(axis=1)]
    assert list(differing["USUBJID"]) == [WITHOUT_BASELINE]
    assert list(differing["reason"]) == ["no_baseline"]


def test_read_on_a_linear_scale_nobody_would_be_enhanced(
    study: dict[str, pd.DataFrame],
) -> None:
    settings = {"titre_fold": 4, "persistent_days": 112}
    tables = study["ada"], study["patients"]
    linear, logarithmic = (
        derive_ada_patients(*tables, titre_scale=scale, **settings)["class"]
        for scale in ("linear", "log10")
    )
    assert not (linear == "boosted").any()
    assert (logarithmic == "boosted").any()
