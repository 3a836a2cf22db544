"""The captions that go with the figures, and how many patients a figure draws."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from jinja2 import Template

from her2ctdna.report.blocks import Chapter, Figure, Paragraph
from her2ctdna.report.captions_table import COLUMNS, count_drawn, derive_captions
from her2ctdna.report.results import CHAPTER_TABLES, Results
from her2ctdna.settings.catalogue import FIGURES, with_biomarker

EVERY_CHAPTER = with_biomarker({*CHAPTER_TABLES, "response"})


def numbers(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("name", "drawn", "n"),
    [
        ("spider", numbers(patient_id=["P1", "P1", "P2"], day=[0, 40, 0]), 2),
        ("waterfall", numbers(patient_id=["P1", "P2"], change_percent=[-30, None]), 1),
        ("her2_agreement", numbers(patient_ids=["P1;P2", None, "P2;P3"]), 3),
        (
            "km_pfs_her2",
            numbers(
                group=["zero", "zero", "low", "other"],
                is_drawn=["yes", "yes", "yes", "no"],
                n=[14, 14, 26, 2],
            ),
            40,
        ),
        (
            "response_by_her2",
            numbers(item=["level", "class", "group", "difference"], N=[7, 1, 8, None]),
            8,
        ),
        ("patient_flow", numbers(set=["enrolled", "all_treated"], n=[42, 40]), 42),
        ("her2_distribution", numbers(n=[7, 35], N=[42, 42]), 42),
        ("ctdna_clearance", numbers(her2_group=["all", "low"], N=[40, 26]), 40),
        (
            "context",
            numbers(group_by=["her2_group", "her2_class", None], N=[14, 7, 37]),
            14,
        ),
        (
            "ctdna_recist",
            numbers(measure=["ppv", "kappa", "npv", "kappa"], N=[9, 18, 30, 24]),
            24,
        ),
        (
            "clearance_bias",
            numbers(item=["curve", "hazard_ratio"], n=[99, 10], n_reference=[None, 23]),
            33,
        ),
        (
            "clearance_bias",
            numbers(item=["curve"], n=[99], n_reference=[None]),
            0,
        ),
        (
            "model_performance",
            numbers(
                item=["rug", "rug", "roc", "rug"],
                model=["model_full", "model_full", "model_full", "model_clinical"],
            ),
            2,
        ),
        ("forest", numbers(n=[10], N=[26], n_reference=[4], N_reference=[14]), None),
    ],
)
def test_patients_drawn_are_counted_from_the_numbers_drawn(name, drawn, n):
    assert count_drawn(name, drawn) == n


def results(figures: dict[str, str]) -> Results:
    return Results(
        tables={},
        figures=figures,
        definitions={"her2": {"reader": "central"}},
        study={"id": "S1", "title": "T", "synthetic": True},
        analysis="primary",
        analyses=["primary"],
        inputs_given=[],
        association={"confidence": 0.95},
        code="c0de",
        input_digests={},
    )


CHAPTERS = [
    Chapter("a", "A", [Paragraph("x"), Figure("spider", "S", "How to.", "data:", 1)]),
    Chapter("b", "B", [Figure("forest", "F", "Read it.", "data:", 1)]),
]


def test_captions_stand_in_the_order_of_the_report_with_the_finding_drawn():
    study = results(
        {
            "forest": "<svg/>",
            "spider": "<svg><dc:title>A &amp; B &lt; &quot;C&quot;</dc:title></svg>",
        }
    )
    table = derive_captions(study, CHAPTERS, {"spider": numbers(patient_id=["P1"])})
    # printf 'her2:\n  reader: central\nresponse: null\nctdna: null\n' | sha256sum
    # printf '{}\n' | sha256sum
    assert table.columns.tolist() == list(COLUMNS)
    assert table.astype(object).where(table.notna(), None).to_numpy().tolist() == [
        [
            *["spider", 1, 'A & B < "C"', 1, "b4351538", "primary", "How to."],
            "figures/spider",
        ],
        [
            *["forest", 2, "", None, "b4351538+ca3d", "primary", "Read it."],
            "figures/forest",
        ],
    ]


def test_figure_that_draws_nobody_has_n_zero():
    study = results({"forest": "<svg/>", "spider": "<svg/>"})
    empty = {"spider": numbers(patient_id=[]), "forest": numbers(n=[])}
    assert derive_captions(study, CHAPTERS, empty)["n"].tolist() == [0, 0]


def test_study_without_figures_has_no_caption():
    table = derive_captions(results({}), [], {})
    assert table.empty
    assert table.columns.tolist() == list(COLUMNS)


def test_other_definitions_have_another_id():
    one = results({})
    other = replace(one, definitions={"her2": {"reader": "local"}})
    assert one.definitions_id != other.definitions_id


@pytest.mark.parametrize("analysis", ["primary", "unconfirmed"])
def test_every_figure_of_the_demo_has_its_caption_title_and_n(demo, analysis):
    folder = demo.folder / "results" / analysis
    table = demo.table(f"{analysis}/figures/captions.tsv").set_index("figure")
    assert sorted(table.index) == sorted(FIGURES)
    assert table["number"].dropna().tolist() == list(range(1, len(table)))
    assert table.index[table["number"].isna()].tolist() == ["patient_profiles"]
    for name, row in table.drop("patient_profiles").iterrows():
        svg = (folder / f"{row['file']}.svg").read_text("utf-8")
        assert f"definitions {row['definitions_id']}" in svg, name
        how = Template(FIGURES[name].how_to_read).render(chapters=EVERY_CHAPTER)
        last = how.rpartition(". ")[2]
        assert row["caption"].endswith(last), name
    assert table.index[table["n"].isna()].tolist() == ["summary_forest", "forest"]
    patients = len(demo.table(f"{analysis}/patients.tsv"))
    assert table["n"].max() == patients


def test_report_of_the_demo_numbers_its_figures_as_the_captions_do(demo):
    page = (demo.folder / "results/primary/report.html").read_text("utf-8")
    table = demo.table("primary/figures/captions.tsv")
    shown = re.findall(r"<figcaption[^>]*>.*?Figure (\d+)", page, re.DOTALL)
    assert [int(number) for number in shown] == table["number"].dropna().tolist()
    first = table["definitions_id"].str.partition("+")[0].unique()
    assert len(first) == 1
    assert f"definitions {first[0]}+" in page
