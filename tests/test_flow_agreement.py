"""Every n and N of the demo study is the size of sets of its flow of patients."""

from functools import partial

import figure_tables
import pandas as pd
import pytest
from agreement import (
    check_named,
    check_rows,
    claim_baseline,
    claim_biomarkers,
    claim_clearance_bias,
    claim_clearances,
    claim_context,
    claim_contrasts,
    claim_curves,
    claim_distribution,
    claim_durations,
    claim_flow,
    claim_ids,
    claim_kaplan_meier,
    claim_missing,
    claim_model,
    claim_model_performance,
    claim_mutations,
    claim_rates,
    claim_recist,
    claim_responses,
    claim_summary,
    claim_survival,
    claim_tests,
    disagreements,
    find,
    is_of_a_step,
    read_sets,
    split,
)
from opened import check_page

from her2ctdna.figures.ctdna_clearance import derive_ctdna_clearance
from her2ctdna.figures.her2_distribution import derive_her2_distribution
from her2ctdna.sets.flow import Flow, collect_flow, derive_flow

ANALYSES = ["primary", "unconfirmed", "metastasis"]
COUNTED = {"n", "N", "n_reference", "events", "at_risk", "n_events", "patient_id"}
CLAIMS = {
    "tables/rates": claim_rates,
    "tables/contrasts": claim_contrasts,
    "tables/tests": claim_tests,
    "tables/her2_trend": claim_rates,
    "tables/biomarkers": claim_biomarkers,
    "tables/mutations": claim_mutations,
    "tables/model": claim_model,
    "tables/missing": claim_missing,
    "tables/ctdna_recist": claim_recist,
    "tables/baseline": claim_baseline,
    "tables/durations": claim_durations,
    "tables/survival": claim_survival,
    "tables/survival_curves": claim_curves,
    "tables/clearance_survival": claim_survival,
    "tables/clearance_curves": claim_curves,
    "figures/her2_distribution": claim_distribution,
    "figures/ctdna_clearance": claim_clearances,
    "figures/response_by_her2": claim_responses,
    "figures/context": claim_context,
    "figures/km_pfs": partial(claim_kaplan_meier, kind="all"),
    "figures/km_os": partial(claim_kaplan_meier, kind="all"),
    "figures/km_dor": partial(claim_kaplan_meier, kind="all"),
    "figures/km_pfs_her2": partial(claim_kaplan_meier, kind="her2"),
    "figures/km_os_her2": partial(claim_kaplan_meier, kind="her2"),
    "figures/km_pfs_clearance": partial(claim_kaplan_meier, kind="clearance"),
    "figures/km_os_clearance": partial(claim_kaplan_meier, kind="clearance"),
    "figures/summary_forest": claim_summary,
    "figures/clearance_bias": claim_clearance_bias,
}
ROWS = {
    "figures/waterfall": (["her2_group", "bor", "confirmed_bor"], ("all_treated",)),
    "figures/swimmer": (["her2_group", "bor"], ("all_treated",)),
    "figures/spider": (
        ["her2_group", "bor"],
        ("all_treated", "best_change_percent=known"),
    ),
    "figures/oncoprint": (["her2_group", "bor"], ()),
    "tables/ctdna_response": ([], ()),
    "tables/emergent": ([], ()),
    "tables/her2_dynamics": ([], ("enrolled",)),
    "tables/erbb2": (["her2_class"], ()),
    "figures/ctdna_trajectories": (["her2_group", "bor"], ()),
    "figures/ctdna_by_her2": (["her2_group"], ()),
    "figures/patient_profiles": ([], ("enrolled",)),
}
NAMED = ("tables/adverse_events", "tables/ada")
PAIRS = (
    *("tables/her2_agreement", "tables/her2_agreement_pairs"),
    "figures/her2_agreement",
)
OF_THEIR_OWN = (
    *(*PAIRS, "figures/patient_flow", "figures/forest"),
    *("tables/detectable", "tables/exaggeration", "tables/model_predictions"),
    # Milestones repeat the n of survival.tsv; times on treatment are no such sets.
    *("tables/milestones", "tables/competing"),
    # Rates of the cells of ctdna_recist.tsv, each with an N of its own.
    *("figures/model_performance", "figures/captions", "figures/ctdna_recist"),
)


@pytest.fixture(scope="module", params=ANALYSES)
def analysis(request):
    return request.param


@pytest.fixture(scope="module")
def sets(demo, analysis):
    return read_sets(demo.table("cohort/flow.tsv"), analysis)


def test_every_table_with_a_number_of_patients_is_held_to_the_flow(demo, analysis):
    folder = demo.folder / "results" / analysis
    counted = {
        path.relative_to(folder).with_suffix("").as_posix()
        for path in [*folder.glob("tables/*.tsv"), *folder.glob("figures/*.tsv")]
        if COUNTED & set(demo.table(path.relative_to(folder.parent)).columns)
    }
    assert counted == {*CLAIMS, *ROWS, *NAMED, *OF_THEIR_OWN}


@pytest.mark.parametrize("name", CLAIMS)
def test_numbers_are_the_sizes_of_sets(demo, analysis, sets, name):
    table = demo.table(f"{analysis}/{name}.tsv")
    claims = list(CLAIMS[name](table))
    assert len(claims) >= 2
    assert any(claim.number > 0 for claim in claims)
    assert disagreements(claims, sets) == []


@pytest.mark.parametrize("name", ROWS)
def test_figures_draw_the_patients_of_sets(demo, analysis, sets, name):
    table = demo.table(f"{analysis}/{name}.tsv")
    columns, whole = ROWS[name]
    wrong = check_rows(table, sets, what=name, columns=columns, whole=whole)
    assert wrong == []


@pytest.mark.parametrize("name", NAMED)
def test_safety_names_as_many_treated_patients_as_it_counts(demo, analysis, sets, name):
    table = demo.table(f"{analysis}/{name}.tsv")
    assert (table["n"] > 0).any()
    assert check_named(table, sets, what=name) == []


def test_flow_is_drawn_as_it_is(demo, analysis, sets):
    flow = demo.table("cohort/flow.tsv")
    drawn = demo.table(f"{analysis}/figures/patient_flow.tsv")
    assert disagreements(claim_flow(drawn, flow), sets) == []


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_of_readings_are_those_of_enrolled_patients(demo, analysis, sets, name):
    table = demo.table(f"{analysis}/{name}.tsv")
    counted = table[table["n"].notna()]
    assert counted["n"].sum() > 0
    for row in counted.itertuples():
        ids = split(row.patient_ids)
        assert claim_ids(row.n, ids, what=name, sets=sets) == []


def test_genes_name_as_many_evaluable_patients_as_they_count(demo, analysis, sets):
    table = demo.table(f"{analysis}/tables/mutations.tsv")
    assert (table["n"] > 0).any()
    evaluable = {"enrolled": sets["ctdna_evaluable"]}
    for row in table.itertuples():
        ids = split(row.patient_ids)
        assert claim_ids(row.n, ids, what=row.gene, sets=evaluable) == []
    found = table[table["group"] == "found"].set_index("gene")["N"]
    by_class = table[table["biomarker"] == "her2_class"].groupby("gene")["n"].sum()
    assert (by_class <= found[by_class.index]).all()


def test_model_has_a_probability_for_whom_it_counts(demo, analysis, sets):
    predictions = demo.table(f"{analysis}/tables/model_predictions.tsv")
    model = demo.table(f"{analysis}/tables/model.tsv")
    (origin,) = set(model["origin"])
    assert set(predictions["model"]) == {"model_clinical", "model_full"}
    for _, own in predictions.groupby("model"):
        assert own["patient_id"].is_unique
        assert set(own["patient_id"]) == sets[f"pfs@{origin}"]
        responders = set(own.loc[own["responder"] == "yes", "patient_id"])
        assert responders == sets[f"pfs@{origin}"] & sets["responder=yes"]


def test_model_is_drawn_of_the_patients_it_was_fitted_to(demo, analysis, sets):
    drawn = demo.table(f"{analysis}/figures/model_performance.tsv")
    model = demo.table(f"{analysis}/tables/model.tsv")
    claims = list(claim_model_performance(drawn, model))
    assert {row.what.split()[1] for row in claims} >= {"calibration", "rug", "auc"}
    assert disagreements(claims, sets) == []


def test_detectable_rates_are_of_the_contrasts_and_their_numbers(demo, analysis):
    contrasts = demo.table(f"{analysis}/tables/contrasts.tsv")
    table = demo.table(f"{analysis}/tables/detectable.tsv")
    keys = ["endpoint", "population", "origin", "group_by", "group", "reference"]
    is_asked = (contrasts["ci_method"] == "newcombe") & contrasts["subgroup"].isna()
    differences = contrasts[is_asked]
    numbers = [*keys, "n", "n_reference"]
    merged = table.merge(differences, on=numbers, validate="1:1")
    assert len(merged) == len(table) == len(differences) > 0


def test_errors_of_sign_and_size_are_of_headline_contrasts_and_their_numbers(
    demo, analysis
):
    contrasts = demo.table(f"{analysis}/tables/contrasts.tsv")
    table = demo.table(f"{analysis}/tables/exaggeration.tsv")
    keys = ["endpoint", "population", "origin", "group_by", "group", "reference"]
    numbers = [*keys, "measure", "n", "n_reference", "events", "events_reference"]
    stated = contrasts[contrasts["subgroup"].isna() & (contrasts["biased"] == "no")]
    stated = stated[stated["ci_method"].isin(["newcombe", "cox_profile"])]
    stated = stated[stated["adjusted_for"].isna()]
    merged = table.merge(stated[numbers], on=numbers, validate="m:1")
    assert len(merged) == len(table) > 10
    assert table.groupby(keys).size().eq(3).all()
    asked = {("orr", "her2_group"), ("pfs", "her2_group"), ("pfs", "clearance_C2D1")}
    assert asked <= set(zip(table["endpoint"], table["group_by"], strict=True))
    known = table[table["power"] > 0]
    assert known["type_s"].between(0, 0.5).all()
    assert (known["type_m"] > 1).all()
    assert set(known["method"]) == {"binomial_fisher", "normal_log_hazard"}


def test_missing_patients_have_outcomes_named_in_the_flow(demo, analysis, sets):
    table = demo.table(f"{analysis}/tables/missing.tsv")
    for row in table.itertuples():
        ids = set(split(row.patient_ids))
        assert len(ids) == row.n
        assert ids & sets[row.measured] == (ids if row.status == "known" else set())
    unknown = table[(table["status"] == "missing") & (table["endpoint"] == "orr")]
    sizes = unknown.set_index("measured")["N"]
    able = sets["clearance_able@C2D1"]
    assert sizes["clearance_able@C2D1"] == len(sets["all_treated"] - able)


def test_tests_of_the_other_steps_count_whom_their_tables_count(demo, analysis):
    tests = demo.table(f"{analysis}/tables/tests.tsv")
    mine = tests[is_of_a_step(tests)]
    keys = ["endpoint", "origin", "biomarker", "test"]
    steps = []
    for name in ("biomarkers", "model"):
        table = demo.table(f"{analysis}/tables/{name}.tsv")
        steps.append(table[table["test"].notna()])
    genes = demo.table(f"{analysis}/tables/mutations.tsv")
    summed = genes.groupby(keys)[["n", "N"]].sum().reset_index()
    steps.append(summed.rename(columns={"n": "events", "N": "n"}))
    stated = pd.concat(steps).drop_duplicates(keys)
    merged = mine.merge(stated, on=keys, suffixes=("", "_stated"), validate="1:1")
    assert len(merged) == len(mine) == len(stated) > 20
    assert (merged["n"] == merged["n_stated"]).all()
    assert merged["events"].equals(merged["events_stated"])


def test_ledger_counts_the_tests(demo, analysis):
    tests = demo.table(f"{analysis}/tables/tests.tsv")
    ledger = demo.table(f"{analysis}/tables/ledger.tsv").set_index("family")
    assert set(tests["family"].dropna()) <= set(ledger.index)
    assert (tests["role"] == "primary").equals(tests["family"].notna())
    assert ledger.loc["all", "n_tests"] == len(tests)
    sizes = tests.groupby("family").size()
    assert ledger.loc[sizes.index, "n_tests"].tolist() == sizes.tolist()
    known = tests[tests["p_value"].notna()]
    assert ledger.loc["all", "n_p_values"] == len(known)
    assert known["q_value"].notna().equals(known["role"] == "primary")
    assert ledger.loc["no_family", "n_tests"] == tests["family"].isna().sum() > 0
    assert "unassigned" not in set(tests["family"])


def test_decline_over_the_cohort_names_its_patients(demo, analysis, sets):
    kinetics = demo.table(f"{analysis}/tables/kinetics.tsv")
    assert (kinetics["n_patients"] > 5).all()
    detected = find(sets, [("all_treated", "baseline_state=detected")])
    for row in kinetics.itertuples():
        ids = split(row.patient_ids)
        assert len(set(ids)) == len(ids) == row.n_patients
        assert set(ids) <= detected


def test_forest_draws_rows_of_the_contrasts(demo, analysis):
    contrasts = demo.table(f"{analysis}/tables/contrasts.tsv")
    renamed = {"events": "n", "n": "N"}
    renamed |= {f"{name}_reference": f"{to}_reference" for name, to in renamed.items()}
    differences = contrasts[
        (contrasts["endpoint"] == "orr") & (contrasts["measure"] == "risk_difference")
    ].rename(columns=renamed)
    columns = ["population", *renamed.values(), "ci_low", "ci_high"]
    drawn = demo.table(f"{analysis}/figures/forest.tsv")
    assert len(drawn) > 5
    merged = drawn.merge(differences[columns].drop_duplicates(), on=columns)
    assert len(merged) == len(drawn)


def test_difference_and_waterfall_show_what_the_sets_hold(demo, analysis, sets):
    marked = demo.table(f"{analysis}/figures/waterfall.tsv")
    bars = marked.loc[marked["change_percent"].notna(), "patient_id"]
    assert set(bars) == find(sets, [("all_treated", "best_change_percent=known")])
    strips = [name for name in marked if name.startswith("clearance_")]
    assert strips
    assert check_rows(marked, sets, what="strips", columns=strips, whole=()) == []
    swimmer = demo.table(f"{analysis}/figures/swimmer.tsv")
    for item, name in (("response", "responder=yes"), ("death", "os_event=yes")):
        is_drawn = (swimmer["item"] == "event") & (swimmer["value"] == item)
        drawn = swimmer.loc[is_drawn, "patient_id"]
        assert set(drawn) == find(sets, [("all_treated", name)])


def test_times_that_are_not_counted_are_those_of_the_group_who_are_not_followed(
    demo, analysis, sets
):
    survival = demo.table(f"{analysis}/tables/survival.tsv")
    assert (survival["excluded"] > 0).any()
    for row in survival.itertuples():
        group = () if row.group_by == "all" else (f"{row.group_by}={row.group}",)
        is_early = row.origin in ("first_dose", "response")
        time = row.endpoint if is_early else f"{row.endpoint}@{row.origin}"
        of = "responder=yes" if row.endpoint == "dor" else "all_treated"
        missing = find(sets, [("all_treated", of, *group)]) - sets[time]
        assert set(split(row.patient_ids)) == missing
        assert row.excluded == len(missing)


def test_numbers_of_the_report_open_to_as_many_patients_of_the_flow(
    demo, analysis, sets
):
    samples = demo.table(f"{analysis}/ctdna_samples.tsv")["sample_id"]
    folder = demo.folder / "results" / analysis
    known = sets["enrolled"] | frozenset(samples)
    for name, least in (("report.html", 500), ("appendix.html", 2000)):
        html = (folder / name).read_text(encoding="utf-8")
        opened, wrong = check_page(html, known)
        assert wrong == []
        assert opened > least


def test_flow_of_all_analyses_holds_that_of_each(demo, analysis, sets):
    own = demo.table(f"{analysis}/flow.tsv")
    flow = Flow(own)
    assert set(own["set"]) == set(sets)
    for name, ids in sets.items():
        assert set(flow.resolve(name)) == ids
        assert own.set_index("set").loc[name, "n"] == len(ids)
    sizes = own.set_index("set")["n"]
    inside = own[own["within"].notna()]
    parents = sizes[inside["within"]].to_list()
    assert (inside["n"] + inside["excluded"]).to_list() == parents


def test_cohort_with_untreated_and_unknown_patients_agrees_with_its_flow():
    cohort = figure_tables.patients(60).assign(measurable="yes")
    flags = [name for name in cohort if name.endswith("_evaluable")]
    cohort.loc[::7, ["treated", *flags]] = "no"
    cohort.loc[1::9, ["hr_status", "her2_group", "pfs_event"]] = None
    cohort.loc[1::9, "her2_evaluable"] = "no"
    late = cohort.index % 5 == 0
    cohort["late_C2D1"] = pd.Series(late).map({True: "yes", False: "no"})
    cohort["first_cleared_day"] = 30.0 + 20 * (cohort.index % 9)
    cohort.loc[::2, "first_cleared_day"] = None
    is_cleared = cohort["first_cleared_day"].notna()
    cohort["ever_cleared"] = is_cleared.map({True: "yes", False: "no"})
    flow = derive_flow(
        cohort,
        landmarks=figure_tables.LANDMARKS,
        columns=["hr_status"],
        count_first_day=True,
        response=True,
    )
    sets = read_sets(collect_flow({"primary": flow}), "primary")
    tables = figure_tables.associations(cohort)
    landmarks = figure_tables.ctdna_landmarks(cohort)
    claims = [
        *claim_rates(tables["rates"]),
        *claim_contrasts(tables["contrasts"]),
        *claim_tests(tables["tests"]),
        *claim_survival(tables["survival"]),
        *claim_curves(tables["survival_curves"]),
        *claim_survival(tables["clearance_survival"]),
        *claim_curves(tables["clearance_curves"]),
        *claim_distribution(derive_her2_distribution(cohort)),
        *claim_clearances(derive_ctdna_clearance(landmarks, cohort)),
    ]
    assert 0 < len(sets["pfs"]) < len(sets["all_treated"]) < len(sets["enrolled"])
    assert len(claims) > 1000
    assert disagreements(claims, sets) == []


SETS = {
    "enrolled": frozenset({"P1", "P2", "P3", "P4"}),
    "all_treated": frozenset({"P1", "P2", "P3"}),
    "her2_group=low": frozenset({"P1", "P2", "P4"}),
    "her2_group=zero": frozenset({"P3"}),
    "responder=yes": frozenset({"P1"}),
    "pfs": frozenset({"P1", "P2"}),
    "pfs_event=yes": frozenset({"P2"}),
    "hr_status=known": frozenset({"P1", "P3"}),
    "hr_status=positive": frozenset({"P1"}),
    "pfs@draw=no": frozenset({"P1"}),
    "pfs@draw=yes": frozenset({"P2"}),
    "clearance_C2D1=cleared": frozenset({"P1", "P2"}),
    "late_C2D1=no": frozenset({"P2", "P3", "P4"}),
    "late_C2D1=yes": frozenset({"P1"}),
}
RATE = {
    **{"endpoint": "orr", "population": "all_treated", "group_by": "her2_group"},
    **{"group": "low", "n": 1, "N": 2},
}
CONTRAST = RATE | {
    **{"origin": "first_dose", "reference": "zero", "measure": "odds_ratio"},
    **{"ci_method": "firth_profile"},
    **{"subgroup": None, "adjusted_for": None},
    **{"n": 2, "events": 1, "n_reference": 1, "events_reference": 0},
}
ADJUSTED_TIME = CONTRAST | {
    **{"endpoint": "pfs", "measure": "hazard_ratio", "biased": "no"},
    **{"n": 1, "events": 0, "n_reference": 0, "adjusted_for": "hr_status"},
}
MOVING = ADJUSTED_TIME | {
    **{"group_by": "ever_cleared", "group": "yes", "reference": "no"},
    **{"events": 1, "n_reference": 1, "adjusted_for": None},
}
TEST = {
    **{"endpoint": "orr", "population": "all_treated", "origin": "first_dose"},
    **{"biomarker": "her2_group", "groups": "zero;low", "test": "fisher"},
    **{"subgroup": None, "n": 3, "events": 1},
}
ADJUSTED = CONTRAST | {"adjusted_for": "hr_status", "n": 1}
WITHIN = CONTRAST | {"subgroup": "hr_status=positive", "n": 1, "n_reference": 0}
INTERACTION = TEST | {"subgroup": "hr_status", "n": 2}
TIME = {
    **{"endpoint": "pfs", "group_by": "her2_group", "group": "low"},
    **{"origin": "first_dose", "n": 2, "events": 1},
}
EARLY = RATE | {"group_by": "clearance_C2D1", "group": "cleared", "n": 0, "N": 1}
LATE = EARLY | {"group": "after_first_scan", "n": 1}


@pytest.mark.parametrize(
    ("claims_of", "row", "doctored"),
    [
        (claim_rates, RATE, {"n": 2}),
        (claim_rates, RATE, {"N": 3}),
        (claim_rates, RATE, {"group": "zero"}),
        (claim_rates, RATE, {"endpoint": "orr", "group_by": "all", "group": "all"}),
        (claim_rates, EARLY, {"n": 1, "N": 2}),
        (claim_rates, LATE, {"n": 0}),
        (claim_contrasts, ADJUSTED_TIME, {"n_reference": 1}),
        (claim_contrasts, ADJUSTED_TIME, {"events": 1}),
        (claim_contrasts, ADJUSTED_TIME, {"adjusted_for": None}),
        (claim_contrasts, MOVING, {"n": 2}),
        (claim_contrasts, MOVING, {"events_reference": 1}),
        (claim_contrasts, CONTRAST, {"n": 3}),
        (claim_contrasts, CONTRAST, {"n_reference": 2}),
        (claim_contrasts, CONTRAST, {"events": 0}),
        (claim_contrasts, CONTRAST, {"events_reference": 1}),
        (claim_contrasts, CONTRAST, {"reference": "low"}),
        (claim_contrasts, ADJUSTED, {"n": 2}),
        (claim_contrasts, ADJUSTED, {"adjusted_for": None}),
        (claim_contrasts, WITHIN, {"subgroup": "hr_status=negative"}),
        (claim_contrasts, WITHIN, {"n_reference": 1}),
        (claim_tests, INTERACTION, {"n": 3}),
        (claim_tests, INTERACTION, {"subgroup": None}),
        (claim_tests, TEST, {"n": 4}),
        (claim_tests, TEST, {"events": 0}),
        (claim_tests, TEST, {"groups": "low"}),
        (claim_survival, TIME, {"n": 1}),
        (claim_survival, TIME, {"events": 2}),
    ],
)
def test_table_that_counts_others_is_found_out(claims_of, row, doctored):
    assert disagreements(claims_of(pd.DataFrame([row])), SETS) == []
    assert disagreements(claims_of(pd.DataFrame([row | doctored])), SETS) != []


NAMED_ROWS = pd.DataFrame(
    {"n": [2, 1], "N": [3, 2], "patient_ids": ["P1;P2", "P2"], "class": ["all", "own"]}
)


@pytest.mark.parametrize(
    ("doctored", "said"),
    [
        ({"n": [2, 2]}, "row 1: 2, but 1 are named"),
        ({"patient_ids": ["P1;P4", "P2"]}, "row 0: not in the flow: ['P4']"),
        ({"patient_ids": ["P1;P1", "P2"]}, "row 0: a patient twice"),
        ({"N": [4, 2]}, "row 0: 4 is no number of patients"),
    ],
)
def test_names_that_do_not_fit_their_number_are_found_out(doctored, said):
    assert check_named(NAMED_ROWS, SETS, what="t") == []
    assert check_named(NAMED_ROWS.assign(**doctored), SETS, what="t") == [f"t {said}"]


def test_figure_of_other_patients_is_found_out():
    drawn = pd.DataFrame(
        {"patient_id": ["P1", "P2", "P3"], "her2_group": ["low", "low", "zero"]}
    )
    check = partial(
        check_rows, sets=SETS, what="f", columns=["her2_group"], whole=("all_treated",)
    )
    assert check(drawn) == []
    assert check(drawn.iloc[:2]) == ["f: other patients than ('all_treated',)"]
    swapped = drawn.assign(her2_group=["low", "zero", "zero"])
    assert check(swapped) == [
        "f: other patients than her2_group=low",
        "f: other patients than her2_group=zero",
    ]


PAGE = (
    "<tr><td><a href=#_1>1/3</a></tr><li><a href=#_2>1</a></li>"
    '<div id="_1"><p><b>responders (1):</b> <bdi>P1</bdi></p>'
    "<p><b>others of the denominator (2):</b> <bdi>P2</bdi>, <bdi>P3</bdi></p></div>"
    '<div id="_2"><p><bdi>P4</bdi></p></div>'
)


@pytest.mark.parametrize(
    ("true", "doctored"),
    [
        ("1/3", "2/3"),
        ("1/3", "1/2"),
        (">1<", ">2<"),
        ("<bdi>P1</bdi>", "<bdi>P9</bdi>"),
        ("<bdi>P3</bdi>", "<bdi>P1</bdi>"),
        ("(2):", "(3):"),
        (", <bdi>P3</bdi>", ""),
    ],
)
def test_page_that_opens_to_others_is_found_out(true, doctored):
    assert check_page(PAGE, SETS["enrolled"]) == (2, [])
    assert PAGE.count(true) == 1
    opened, wrong = check_page(PAGE.replace(true, doctored), SETS["enrolled"])
    assert opened == 2
    assert wrong != []


def test_patient_may_stand_twice_among_pairs_of_readings_alone():
    page = (
        '<a href=#_1>2</a><div id="_1"><p>'
        "<b>patient of each pair (2):</b> <bdi>P1</bdi>, <bdi>P1</bdi></p></div>"
    )
    assert check_page(page, SETS["enrolled"]) == (1, [])
    others = page.replace("patient of each pair", "patients")
    assert check_page(others, SETS["enrolled"]) == (1, ["2 names one twice"])
