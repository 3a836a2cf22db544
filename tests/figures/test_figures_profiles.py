"""The page of each patient: what is on it, and that it can be read."""

import time
from functools import cache

import figure_tables
import numpy as np
import pandas as pd
import pytest
from test_figures import HOSTILE, check_texts, inputs_of

from her2ctdna.figures.marks.style import MM_PER_INCH, figure_style
from her2ctdna.figures.marks.windows import find_windows
from her2ctdna.figures.patient_profiles import (
    PAGE_MM,
    draw_patient_profiles,
    plot_patient_profiles,
)
from her2ctdna.figures.profile_lanes import name_lanes
from her2ctdna.figures.profile_panels import order_variants, spread
from her2ctdna.figures.profile_table import derive_patient_profiles
from her2ctdna.tables import read_table

INTEREST = {"neutropenia": ["Neutropenia"], "lung disease": ["Pneumonitis"]}
WINDOWS = find_windows(figure_tables.LANDMARKS)


@cache
def tables_of(n):
    cohort = figure_tables.patients(n)
    drawn = figure_tables.ctdna_samples(cohort)
    calls, status = figure_tables.variants(cohort, drawn)
    return {
        "patients": cohort,
        "visits": figure_tables.visits(cohort),
        "variants": calls,
        "variant_status": status,
        "ctdna_samples": drawn,
        "adverse_events": figure_tables.adverse_events(cohort),
        "ada": figure_tables.ada(cohort),
    }


def derive(tables, metric="mean_vaf"):
    return derive_patient_profiles(
        tables,
        landmarks=list(figure_tables.LANDMARKS),
        metric=metric,
        special_interest=INTEREST,
    )


def pages_of(drawn, metric="mean_vaf", windows=WINDOWS):
    study = figure_tables.STUDY
    return plot_patient_profiles(drawn, metric=metric, windows=windows, study=study)


def words_of(figure):
    inner = [text for axes in figure.axes for text in axes.texts]
    return [text.get_text() for text in (*figure.texts, *inner)]


def patient_tables(**cells):
    row = {
        "patient_id": "A",
        "treated": "yes",
        "pfs_days": 100.0,
        "pfs_event": "yes",
        "pfs_reason": "progression",
        "progression_day": 99.0,
        "os_days": 300.0,
        "os_event": "no",
        "os_reason": "alive",
        "last_dose_day": 90.0,
    }
    return {"patients": pd.DataFrame([row | cells])}


def facts_of(drawn, patient="A"):
    own = drawn[(drawn["part"] == "facts") & (drawn["patient_id"] == patient)]
    return dict(zip(own["item"], own["word"], strict=True))


@pytest.mark.parametrize("n", [1, 10, 42])
def test_no_text_of_a_page_overlaps_another_or_leaves_it(n):
    drawn = derive(tables_of(n))
    few = drawn["patient_id"].drop_duplicates()[:8]
    with figure_style():
        for figure in pages_of(drawn[drawn["patient_id"].isin(few)]):
            check_texts(figure)


def test_hostile_ids_and_genes_are_shown_as_text():
    tables = {
        name: table.replace(HOSTILE).replace({"TP53": "<b>$基因$</b>" * 9})
        for name, table in tables_of(10).items()
    }
    with figure_style():
        pages = list(pages_of(derive(tables)))
        for figure in pages:
            check_texts(figure)
    titles = [page.get_suptitle() for page in pages]
    for text in ("$x_1$", "<script>", "患者", "<U+202E>abc", "one<U+000A>two"):
        assert any(title.startswith(text) for title in titles), text


def test_every_patient_has_a_page_of_one_size():
    drawn = derive(tables_of(10))
    with figure_style():
        pages = list(pages_of(drawn))
    assert len(pages) == 10
    sizes = {tuple((page.get_size_inches() * MM_PER_INCH).round(6)) for page in pages}
    assert sizes == {(183.0, PAGE_MM)}


def test_a_patient_with_nothing_but_a_row_has_a_page_that_says_so():
    tables = patient_tables(treated="no", pfs_days=np.nan, os_days=np.nan)
    with figure_style():
        (page,) = pages_of(derive(tables))
    assert page.get_suptitle() == "A: not treated, so in no analysis"
    assert not page.axes


def test_without_patients_there_is_one_page_that_says_so():
    empty = {name: table.iloc[:0] for name, table in tables_of(10).items()}
    with figure_style():
        (page,) = pages_of(derive(empty))
    assert page.get_suptitle() == "No patient was enrolled"


def test_parts_without_data_are_named_and_parts_not_given_are_not():
    tables = patient_tables() | {"ada": tables_of(10)["ada"]}
    facts = facts_of(derive(tables))
    assert facts["Left out"] == "ADA (no sample with a day)"
    with figure_style():
        (page,) = pages_of(derive(tables))
    assert len(page.axes) == 1


def test_facts_tell_events_from_censored_times_with_their_reasons():
    facts = facts_of(derive(patient_tables(bor="PR", confirmed_bor="SD")))
    title = "best response PR (not confirmed), progression on day 99"
    assert facts["title"] == title
    assert facts["Survival"] == (
        "PFS 100 days, event: progression; OS 300 days, censored: alive"
    )
    assert facts["Response"] == "best PR; confirmed SD"
    assert "HER2" not in facts


def test_facts_give_the_specimen_that_counts_and_the_verdict_of_each_landmark():
    cells = {"her2_class": "low", "her2_level": "2+", "ihc": "2+", "ish": "negative"}
    cells |= {"specimen": "metastasis", "her2_collected_day": -39.0}
    cells |= {"her2_reason": "only specimen", "baseline_state": "detected"}
    cells |= {"baseline_level": 0.0123, "clearance_C2D1": "not_cleared"}
    cells |= {"day_C2D1": 20.0, "clearance_C3D1": "missing"}
    facts = facts_of(derive(patient_tables(**cells)))
    assert facts["HER2"] == (
        "low 2+ (IHC 2+, ISH negative); metastasis of day "
        "\N{MINUS SIGN}39; only specimen"
    )
    assert facts["ctDNA"] == (
        "baseline detected, mean VAF of tracked variants 1.2\N{NO-BREAK SPACE}%; "
        "C2D1 not cleared (day 20); C3D1 missing"
    )


def events(*rows):
    columns = ["term", "grade", "started_day", "ended_day", "of_interest"]
    return pd.DataFrame(rows, columns=columns).assign(patient_id="A")


def test_adverse_events_are_named_by_the_config_and_their_terms_stay_behind():
    tables = patient_tables() | {
        "adverse_events": events(
            ("neutropenia ", 1.0, 5.0, 9.0, "no"),
            ("Seen by Dr Who", 4.0, 7.0, None, "no"),
            ("Rash of Mr X", 2.0, 8.0, 9.0, "yes"),
            ("Nausea", 2.0, 8.0, 9.0, "no"),
        )
    }
    drawn = derive(tables)
    safety = drawn[drawn["part"] == "safety"]
    assert safety[["item", "day", "value"]].values.tolist() == [
        ["neutropenia", 5, 1],
        ["other, grade 3 or higher", 7, 4],
        ["flagged of interest", 8, 2],
    ]
    assert name_lanes(drawn) == [
        *["treatment", "neutropenia"],
        *["flagged of interest", "other, grade 3 or higher"],
    ]
    assert (
        not drawn.astype(str)
        .apply(lambda c: c.str.contains("Dr Who|Mr X"))
        .any(axis=None)
    )


def test_lanes_beyond_eight_are_joined_and_not_lost():
    names = {f"kind {i}": [f"Term {i}"] for i in range(12)}
    rows = [(f"Term {i}", 1.0, 5.0 + i, 6.0 + i, "no") for i in range(12)]
    tables = patient_tables() | {"adverse_events": events(*rows)}
    drawn = derive_patient_profiles(
        tables, landmarks=[], metric="level", special_interest=names
    )
    lanes = name_lanes(drawn)
    assert len(lanes) == 8
    assert lanes[-1] == "further of interest"
    with figure_style():
        (page,) = pages_of(drawn, metric="level", windows={})
        check_texts(page)
    boxes = sum(len(drawn.get_paths()) for drawn in page.axes[0].collections)
    assert boxes >= 1 + 12


def ctdna(*rows):
    columns = ["sample_id", "day", "state", "level", "upper95_level", "lod95_level"]
    return pd.DataFrame(rows, columns=columns).assign(patient_id="A")


def test_undetected_samples_have_a_bound_and_unreadable_ones_neither():
    table = ctdna(
        ("a", 0.0, "detected", 0.01, 0.02, 0.001),
        ("b", 21.0, "undetected", 0.0, 0.002, 0.0015),
        ("c", 42.0, "failed_qc", np.nan, np.nan, np.nan),
        ("d", np.nan, "detected", 0.01, 0.02, 0.001),
    )
    drawn = derive(patient_tables() | {"ctdna_samples": table})
    own = drawn[drawn["part"] == "ctdna"]
    kept = (
        own[["item", "label", "value"]].astype(object).where(own["value"].notna(), None)
    )
    named = list(zip(own["item"], own["label"], kept["value"], strict=True))
    assert named == [
        ("sample", "a", 0.01),
        ("sample", "b", None),
        ("sample", "c", None),
        ("upper_bound", "b", 0.002),
        ("limit", "a", 0.001),
        ("limit", "b", 0.0015),
    ]


def test_a_panel_without_any_level_has_no_numbers_on_its_axis():
    table = ctdna(("a", 0.0, "not_evaluable", np.nan, np.nan, np.nan))
    with figure_style():
        (page,) = pages_of(derive(patient_tables() | {"ctdna_samples": table}))
    assert list(page.axes[0].get_yticks()) == []


def variant_tables(*rows):
    columns = ["sample_id", "pos", "gene", "protein_change", "vaf", "role"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.assign(patient_id="A", chrom="chr1", ref="A", alt="T")
    return {
        "variants": table.drop(columns="role"),
        "variant_status": table.drop(columns=["gene", "protein_change", "vaf"]),
        "ctdna_samples": ctdna(
            ("a", 0.0, "detected", 0.01, 0.02, 0.001),
            ("b", 21.0, "detected", 0.01, 0.02, 0.001),
        ),
    }


def test_variants_keep_zero_apart_from_not_looked_for_and_name_what_is_known():
    drawn = derive(
        patient_tables()
        | variant_tables(
            ("a", 1, "TP53", "p.Arg175His", 0.02, "tracked"),
            ("b", 1, "TP53", "p.Arg175His", 0.0, "tracked"),
            ("a", 2, None, None, 0.01, "tracked"),
            ("b", 3, "ESR1", "p.Asp538Gly", 0.001, "emergent"),
            ("b", 4, "DNMT3A", "p.Arg882His", 0.1, "clonal_haematopoiesis"),
        )
    )
    own = drawn[drawn["part"] == "variant"]
    assert own[["item", "label", "day", "value"]].values.tolist() == [
        ["emergent", "ESR1 p.Asp538Gly", 21, 0.001],
        ["tracked", "TP53 p.Arg175His", 0, 0.02],
        ["tracked", "TP53 p.Arg175His", 21, 0.0],
        ["tracked", "chr1:2 A>T", 0, 0.01],
    ]
    assert [key[1] for key, _ in order_variants(own)] == [
        *["chr1:3:A>T", "chr1:1:A>T", "chr1:2:A>T"]
    ]


def test_variants_beyond_what_can_be_read_are_counted():
    rows = [("a", i, f"G{i}", "p.X", 0.01 / (i + 1), "tracked") for i in range(60)]
    drawn = derive(patient_tables() | variant_tables(*rows))
    with figure_style():
        (page,) = pages_of(drawn)
        check_texts(page)
    words = words_of(page)
    named = [word for word in words if word.endswith("p.X")]
    (rest,) = [word for word in words if word.startswith("and ")]
    assert rest == f"and {60 - len(named)} more"
    assert "G0 p.X" in named


def test_variants_have_a_panel_of_their_own_where_the_level_is_no_vaf():
    tables = patient_tables() | variant_tables(("a", 1, "TP53", "p.X", 0.02, "tracked"))
    with figure_style():
        (shared,) = pages_of(derive(tables))
        (apart,) = pages_of(derive(tables, "mtm_per_ml"), metric="mtm_per_ml")
    assert (len(shared.axes), len(apart.axes)) == (2, 3)
    assert any("VAF of each" in word.replace("\n", " ") for word in words_of(apart))


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([5.0, 5.0, 5.0], [5.0, 7.0, 9.0]),
        ([0.0, 9.9], [1.0, 9.0]),
        ([9.0, 9.0, 9.0], [5.0, 7.0, 9.0]),
        ([], []),
    ],
)
def test_labels_are_spread_within_their_room(wanted, places):
    assert spread(wanted, low=0, high=10, step=2) == places


def test_files_are_a_deterministic_pdf_of_text_and_its_table(tmp_path, monkeypatch):
    for folder, zone in (("a", "UTC"), ("b", "Asia/Shanghai")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        inputs = inputs_of(tables_of(10))
        draw_patient_profiles(inputs, tmp_path / folder, special_interest=INTEREST)
    written = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert written == ["patient_profiles.pdf", "patient_profiles.tsv"]
    for file in written:
        one, other = ((tmp_path / folder / file).read_bytes() for folder in "ab")
        assert one == other
    pdf = (tmp_path / "a" / "patient_profiles.pdf").read_bytes()
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert b"/CreationDate" not in pdf
    assert b"/Count 10" in pdf
    drawn = read_table(tmp_path / "a" / "patient_profiles.tsv")
    assert list(drawn.columns) == list(derive(tables_of(10)).columns)
    assert drawn["patient_id"].nunique() == 10


def test_pages_claim_no_more_than_they_show_and_are_stamped():
    with figure_style():
        words = [
            word for page in pages_of(derive(tables_of(10))) for word in words_of(page)
        ]
    text = " ".join(words).lower()
    for claim in ("significan", "predict", "no difference"):
        assert claim not in text
    assert words.count("SYNTHETIC DATA") == 10
