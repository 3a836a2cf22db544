"""Every result has a section, a kind and a caption in Snakemake's report."""

import re

import pytest

from her2ctdna.settings.catalogue import FIGURES, FILES
from her2ctdna.settings.packed_sections import SECTIONS, kind_of, section_of

SHARED = [
    *["findings", "flow", "variants", "site_counts", "provenance", "ro_crate"],
    "self_check",
]
STEMS = [file.rpartition("/")[2].partition(".")[0] for file in FILES]
DRAWN = [name for names in FIGURES.values() for name in names]


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("report", "01 Report"),
        ("patient_flow", "02 Patients"),
        ("her2_status", "03 HER2"),
        ("waterfall", "04 Response"),
        ("variant_status", "05 ctDNA"),
        ("ctdna_clearance", "05 ctDNA"),
        # needs ctDNA and HER2
        ("ctdna_by_her2", "06 Association"),
        # needs HER2 alone, and is about survival
        ("km_pfs_her2", "06 Association"),
        ("rates", "06 Association"),
        ("ada_patients", "08 Safety"),
        ("provenance", "10 Methods"),
        # in no list: what nobody has placed is still shown
        ("something_new", "06 Association"),
    ],
)
def test_result_stands_in_the_section_of_what_it_needs(name, section):
    assert section_of(name) == section


def test_sections_sort_in_reading_order_and_none_is_empty():
    used = {section_of(name) for name in (*STEMS, *DRAWN, *SHARED)}
    assert [name[3:] for name in sorted(used)] == list(SECTIONS)


def test_kind_follows_the_ending():
    endings = ["a/b.tsv", "b.parquet", "c.svg", "profiles.pdf", "report.html", "d.json"]
    kinds = ["table", "table", "figure", "figure", "document", "document"]
    assert [kind_of(path) for path in endings] == kinds


def test_every_result_has_a_caption_of_several_sentences(root):
    folder = root / "workflow" / "report"
    for name in (*STEMS, *DRAWN, *SHARED):
        text = (folder / f"{name}.rst").read_text("utf-8")
        sentences = re.findall(r"[.:;](?:\s|$)", text)
        assert len(sentences) >= 2, name
        assert len(text.split()) >= 25, name


def test_no_caption_is_left_over(root):
    captions = {path.stem for path in (root / "workflow" / "report").glob("*.rst")}
    assert captions == {*STEMS, *DRAWN, *SHARED, "workflow"}
