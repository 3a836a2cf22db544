"""What follows from the catalogue: captions, results/README.md, types of columns."""

import re

import pytest

from her2ctdna.report.captions import write_caption
from her2ctdna.settings.catalogue import CAPTIONED, DESCRIBED, FIGURES
from her2ctdna.settings.catalogue_files import (
    caption_file,
    catalogue_files,
    fill_readme,
    list_types,
    write_files,
)
from her2ctdna.settings.results.entries import Figure, Result

README = (
    "Kept.\n<!-- catalogue: shared -->\nold\n<!-- end of catalogue -->\nBetween.\n"
    "<!-- catalogue: of an analysis -->\nold\n<!-- end of catalogue -->\nLast.\n"
)


def test_repository_has_what_follows_from_the_catalogue(root):
    for path, content in catalogue_files(root).items():
        written = (root / path).read_text("utf-8")
        assert written == content, f"{path} is not as in the catalogue: make catalogue"


def test_no_caption_is_left_over(root):
    captions = {path.stem for path in (root / "workflow" / "report").glob("*.rst")}
    assert captions == {*CAPTIONED, "workflow"}


def test_files_are_written_where_they_are_read(root, tmp_path):
    for folder in ("results", "workflow/report", "src/her2ctdna"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "results/README.md").write_text(README)
    write_files(tmp_path)
    for path in ("workflow/report/rates.rst", "src/her2ctdna/column_types.tsv"):
        assert (tmp_path / path).read_bytes() == (root / path).read_bytes()


@pytest.mark.parametrize("name", CAPTIONED)
def test_every_result_has_a_caption_of_several_sentences(name):
    text = CAPTIONED[name].how_to_read
    assert len(re.findall(r"[.:;](?:\s|$)", text)) >= 2
    assert len(text.split()) >= 25


def test_caption_of_a_figure_takes_what_it_names_from_its_rule():
    figure = Figure(
        *("f", "F", "ctDNA", "plot_ctdna", "At {{ confidence }}. No landmarks.", ())
    )
    assert caption_file(figure) == (
        '{% set confidence = "%g %%" | format(100 * snakemake.params.confidence) %}\n'
        "At {{ confidence }}. No landmarks.\n"
    )


def test_caption_is_not_broken_within_jinja():
    caption = " ".join(["word"] * 16) + " {{ snakemake.params.landmarks[0] }} last."
    lines = caption_file(Result("a.tsv", ("a",), caption=caption)).splitlines()
    assert lines == [
        *[" ".join(["word"] * 16), "{{ snakemake.params.landmarks[0] }} last."]
    ]


@pytest.mark.parametrize("name", FIGURES)
def test_captions_of_figures_are_plain_text(name):
    without_jinja = re.sub(r"{{.*?}}|{%.*?%}", "", FIGURES[name].how_to_read)
    assert not re.search(r"[`{}<>|]|\*\w|\w_\b", without_jinja)
    assert "snakemake" not in FIGURES[name].caption


@pytest.mark.parametrize("name", FIGURES)
def test_rule_of_a_figure_has_what_its_caption_names(root, name):
    text = (root / "workflow/rules/figures.smk").read_text()
    rule = text.partition(f"rule {FIGURES[name].rule}:")[2].partition("\nrule ")[0]
    for used in re.findall(r"snakemake\.params\.(\w+)", caption_file(FIGURES[name])):
        assert f"        {used}=" in rule


def test_tables_of_the_readme_are_filled_and_all_else_is_kept():
    filled = fill_readme(README)
    assert filled.startswith("Kept.\n")
    assert filled.endswith("-->\nLast.\n")
    assert "\nold\n" not in filled
    shared, own = filled.split("Between.\n")
    assert "| `cohort/findings.tsv` | problem in the inputs" in shared
    assert "| `definitions.yaml` | \N{EN DASH} | `write_definitions` |" in own
    for entry in DESCRIBED:
        assert f"| `{entry.file}` |" in (shared if entry.is_shared else own)
    assert fill_readme(filled) == filled


def test_readme_without_its_marks_is_an_error_that_names_them():
    with pytest.raises(ValueError, match=r"has no <!-- catalogue: shared -->"):
        fill_readme("No mark.\n")


def test_types_are_of_columns_whose_names_are_known_beforehand():
    rows = [line.split("\t") for line in list_types().splitlines()[1:]]
    assert ["rates", "N", "number"] in rows
    assert ["visits", "used", "text"] in rows
    assert not [row for row in rows if "<" in row[1]]
    assert not [row for row in rows if row[:2] == ["patients", "clearance"]]
    kinds = {}
    for table, column, kind in rows:
        assert kinds.setdefault((table, column), kind) == kind


def test_caption_in_the_report_is_the_one_of_the_catalogue_after_its_numbers():
    """Figures without numbers of the study have no more than how to read them."""

    class Study:
        confidence = "90 %"
        landmarks = ()
        chapters = frozenset()

    caption = write_caption("forest", Study())
    how = re.sub(r"{% if .*?{% endif %}", "", FIGURES["forest"].how_to_read)
    assert caption == how.replace("{{ confidence }}", "90 %")
