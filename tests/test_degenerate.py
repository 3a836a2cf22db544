"""Studies that cannot tell: no number is made up, none is infinite, each has a reason.

Warnings are errors (pyproject.toml), so that none is swallowed on the way.
"""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2ctdna.association.associations import estimate_associations
from her2ctdna.association.continuous import estimate_continuous
from her2ctdna.association.detectable import list_detectable
from her2ctdna.association.exaggeration import list_exaggeration
from her2ctdna.association.features import ask_response
from her2ctdna.association.her2_trend import estimate_her2_trend
from her2ctdna.association.ledger import collect_tests
from her2ctdna.association.model import fit_model
from her2ctdna.sets.groupings import derive_landmark_origins
from her2ctdna.tables import read_table, write_table

Tables = dict[str, pd.DataFrame]
LANDMARKS = {"C2D1": {"day": 21, "window": 7}}
ASSOCIATION: dict[str, Any] = {
    **{"confidence": 0.95, "permutations": 200, "seed": 1, "trend_band_resamples": 20},
    **{"exact_divisions": 1000},
    **{"covariates": ["site", "lines"], "groups": []},
    **{"events_per_parameter": {"least": 2, "few": 5}, "rmst_days": None},
    "few_patients": {"contrast": 5, "median": 10, "curve": 5},
    **{"trend_scores": [[0, 1, 2, 3], [0, 0.5, 1, 2]], "spline_events": 30},
    **{"cutpoints": {"baseline_level": "orr"}, "cutpoint_resamples": 10},
}
MODEL: dict[str, Any] = {
    **{"repeats": 1, "folds": 2, "inner_folds": 2, "strengths": [0.1]},
    **{"bootstraps": 1, "permutations": 1},
}
# What HER2, response, PFS, OS, ctDNA at baseline and C2D1, and covariates are like.
STUDY = """\
her2_level responder pfs_days pfs_event os_days os_event baseline_level ratio_C2D1 \
site lines best_change_percent
absent yes 300 no 420 no 0.16 0 a 1 -60
absent no 60 yes 130 yes 0.08 0.9 b 2 10
ultralow no 90 yes 200 yes 0.02 1.8 a 3 5
ultralow yes 210 yes 330 no 0.05 0.1 b 1 -35
ultralow no 45 yes 60 yes 0.31 2.5 a 2 30
1+ yes 260 yes 400 no 0.01 0 a 1 -50
1+ yes 310 no 350 no 0.03 0 b 2 -44
1+ no 120 yes 180 yes 0.09 0.6 a 1 0
1+ no 75 yes 310 no 0.12 0.8 b 3 12
1+ yes 190 yes 290 yes 0.04 0.2 a 2 -31
2+ yes 280 no 300 no 0.02 0 a 1 -70
2+ no 110 yes 150 yes 0.2 1.1 b 2 4
2+ yes 230 yes 380 no 0.06 0 a 1 -38
2+ no 80 yes 260 yes 0.07 0.7 b 2 -5
"""


def study() -> pd.DataFrame:
    table = pd.read_csv(StringIO(STUDY), sep=" ")
    table.insert(0, "patient_id", [f"P{place:02}" for place in range(len(table))])
    table.insert(1, "treated", "yes")
    return table


def complete(table: pd.DataFrame) -> pd.DataFrame:
    """Add what follows from the columns of `STUDY`."""
    level, ratio = table["her2_level"], table["ratio_C2D1"]
    detected = table["baseline_level"] > 0
    cleared = detected & (ratio == 0)
    clearance = pd.Series("not_cleared", index=table.index).mask(cleared, "cleared")
    zero = level.isin(["absent", "ultralow"])
    responder = table["responder"]
    return table.assign(
        her2_class=level.where(zero, "low"),
        her2_group=pd.Series("low", index=table.index).mask(zero, "zero"),
        disease_control=responder,
        clinical_benefit=responder,
        clinical_benefit_registry=responder,
        response_evaluable="yes",
        ctdna_evaluable="yes",
        baseline_sample_id="S" + table["patient_id"],
        baseline_state=detected.map({True: "detected", False: "undetected"}),
        clearance_C2D1=clearance.where(detected, "not_shedding"),
        able_C2D1=pd.Series("yes", index=table.index).where(detected, None),
        state_C2D1=cleared.map({True: "undetected", False: "detected"}),
        ratio_C2D1=ratio.where(detected),
        mr50_C2D1=(ratio <= 0.5).map({True: "yes", False: "no"}),
        change_C2D1=(ratio < 1).map({True: "decrease", False: "increase"}),
        late_C2D1="no",
        ever_cleared=cleared.map({True: "yes", False: "no"}),
        first_cleared_day=np.where(cleared, 21.0, np.nan),
        dor_days=(table["pfs_days"] - 42).where(responder == "yes"),
        dor_event=table["pfs_event"].where(responder == "yes"),
    )


def as_files(tables: Tables, folder: Path) -> Tables:
    """Return tables as the next step of the workflow reads them."""
    for name, table in tables.items():
        write_table(table, folder / f"{name}.tsv")
    return {name: read_table(folder / f"{name}.tsv") for name in tables}


def analyse(table: pd.DataFrame, folder: Path) -> Tables:
    """Return every table of statistics, families and q-values included."""
    samples = pd.DataFrame({"sample_id": table["baseline_sample_id"]})
    samples["mean_vaf"] = table["baseline_level"]
    samples["max_vaf"] = 2 * samples["mean_vaf"]
    given = as_files({"patients": table, "samples": samples}, folder)
    patients = given["patients"]
    how: dict[str, Any] = {"landmarks": LANDMARKS, "count_first_day": True}
    how |= {"response": True, "association": ASSOCIATION}
    question = ask_response(
        patients,
        origins=derive_landmark_origins(patients, LANDMARKS),
        covariates=ASSOCIATION["covariates"],
        count_first_day=True,
    )
    fitted = fit_model(question, model=MODEL, seed=1)._asdict()
    found = {
        **estimate_associations(patients, survival=True, **how),
        "biomarkers": estimate_continuous(**given, metric="mean_vaf", **how),
        "her2_trend": estimate_her2_trend(
            patients, landmarks=["C2D1"], response=True, association=ASSOCIATION
        ),
        "model": fitted["model"],
        "model_predictions": fitted["predictions"],
        "model_selection": fitted["selection"],
    }
    read = as_files(found, folder)
    names = ("tests", "contrasts", "biomarkers", "model")
    collected = collect_tests(
        {name: read[name] for name in names}, families={}, predeclared=[], alpha=0.05
    )
    contrasts = collected["contrasts"]
    sizes = {
        "detectable": list_detectable(contrasts, alpha=0.05),
        "exaggeration": list_exaggeration(
            contrasts, differences=[0.2], hazard_ratios=[0.5], alpha=0.05
        ),
    }
    return found | collected | sizes


def everyone(**cells: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.assign(**cells)


def only_those_with(**changes: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table[
        np.logical_and.reduce(
            [table[name].isin(values) for name, values in changes.items()]
        )
    ]


STUDIES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "ordinary": everyone(),
    "nobody responds": everyone(responder="no"),
    "all respond": everyone(responder="yes"),
    "a group without responders": lambda table: table.assign(
        responder=table["responder"]
        .mask(table["her2_level"] < "3", "no")
        .where(table["her2_level"].isin(["1+", "2+"]), "no")
    ),
    "one HER2 group": only_those_with(her2_level=["1+", "2+"]),
    "one HER2 level": everyone(her2_level="1+"),
    "HER2 known of nobody": everyone(her2_level=None),
    "all censored": everyone(pfs_event="no", os_event="no"),
    "all censored on one day": everyone(
        pfs_event="no", os_event="no", pfs_days=100, os_days=100
    ),
    "all events on one day": everyone(
        pfs_event="yes", os_event="yes", pfs_days=100, os_days=100
    ),
    "all gone before the landmark": everyone(
        pfs_event="yes", os_event="yes", pfs_days=5, os_days=9
    ),
    "one event": lambda table: table.assign(
        pfs_event=["yes"] + ["no"] * 13, os_event="no"
    ),
    "events of one group": lambda table: table.assign(
        pfs_event=table["her2_level"].isin(["1+", "2+"]).map({True: "yes", False: "no"})
    ),
    "all levels alike": everyone(baseline_level=0.1, ratio_C2D1=0.5),
    "nobody sheds": everyone(baseline_level=0.0),
    "all cleared": everyone(ratio_C2D1=0.0),
    "none cleared": everyone(ratio_C2D1=1.0),
    "covariates of one value": everyone(site="a", lines=1),
    "covariates known of nobody": everyone(site=None, lines=np.nan),
    "no change measured": everyone(best_change_percent=np.nan),
    "all changes alike": everyone(best_change_percent=-10.0),
    "three patients": lambda table: table.head(3),
    "one patient": lambda table: table.head(1),
    "nobody treated": everyone(treated="no"),
}


@pytest.fixture(scope="module", params=STUDIES)
def analysed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Tables:
    folder = tmp_path_factory.mktemp("study")
    return analyse(complete(STUDIES[request.param](study())), folder)


def without_reason(table: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    """Return the rows that lack one of these numbers and do not say why."""
    lacking = table[list(columns)].apply(pd.to_numeric).isna().any(axis=1)
    unsaid = table["note"].isna() | (table["note"] == "")
    return table[lacking & unsaid].to_dict("records")


def test_no_number_is_infinite(analysed: Tables) -> None:
    for name, table in analysed.items():
        numbers = table.select_dtypes("number")
        assert not numbers.isin([np.inf, -np.inf]).any(axis=None), name


def test_every_missing_estimate_and_limit_has_its_reason(analysed: Tables) -> None:
    limits = ["estimate", "ci_low", "ci_high"]
    assert without_reason(analysed["contrasts"], *limits) == []
    biomarkers = analysed["biomarkers"]
    is_bare = biomarkers["ci_method"].isna()
    assert without_reason(biomarkers[~is_bare], *limits) == []
    assert without_reason(analysed["model"], "estimate") == []
    assert without_reason(analysed["survival"], "median_days") == []


def test_every_missing_p_value_has_its_reason(analysed: Tables) -> None:
    assert without_reason(analysed["tests"], "p_value") == []
    for name in ("contrasts", "biomarkers", "model"):
        tested = analysed[name][analysed[name]["test"].notna()]
        assert without_reason(tested, "p_value") == [], name


def test_no_rate_is_made_up_of_nobody(analysed: Tables) -> None:
    for name in ("rates", "her2_trend"):
        table = analysed[name]
        of_nobody = table[table["N"] == 0]
        assert of_nobody["rate"].isna().all()
        known = table[table["N"] > 0]
        assert known["rate"].between(0, 1).all()


def test_what_is_written_is_read_back_as_it_was(analysed: Tables, tmp_path) -> None:
    for name, table in analysed.items():
        path = tmp_path / f"{name}.tsv"
        write_table(table, path)
        cells = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        assert not cells.isin(["inf", "-inf", "nan", "NaN", "None"]).any(axis=None)
        assert len(read_table(path)) == len(table)


def test_estimates_of_an_ordinary_study_are_there(tmp_path: Path) -> None:
    """What is missing above is missing for what the study lacks."""
    found = analyse(complete(study()), tmp_path)
    plain = found["contrasts"].query("group_by == 'her2_group'")
    plain = plain[plain["adjusted_for"].isna() & plain["subgroup"].isna()]
    assert plain.loc[plain["endpoint"] != "dor", "estimate"].notna().all()
    measured = found["biomarkers"][found["biomarkers"]["ci_method"].notna()]
    assert measured["estimate"].notna().sum() >= len(measured) - 2
    assert found["model"]["estimate"].notna().all()
