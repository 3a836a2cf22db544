"""Cells of the page as text."""

from her2ctdna.report.blocks import Column, Count, Patients, Ranked, Table
from her2ctdna.report.office_text import (
    write_cell,
    write_grid,
    write_source,
    write_text,
)

COLUMNS = [Column("Rate", str), Column("n/N", str, is_number=True)]


def test_a_count_has_what_it_comes_to_on_a_line_of_its_own_and_no_patients():
    count = Count("1/2", (Patients("with it", ("P1",)),), detail="50.0 %")
    assert write_cell(count) == "1/2\n50.0 %"
    assert write_cell(Count("1/2", ())) == "1/2"
    assert write_cell(Ranked("3.0", 3.0)) == "3.0"
    assert write_cell("all\x00") == "all<U+0000>"


def test_text_keeps_what_can_be_seen():
    assert write_text("Ärzte <b> \N{MINUS SIGN}1") == "Ärzte <b> \N{MINUS SIGN}1"


def test_grid_has_headings_first_and_a_line_where_there_is_no_row():
    assert write_grid(Table("T", COLUMNS, [["ORR", "1/2"]])) == [
        ["Rate", "n/N"],
        ["ORR", "1/2"],
    ]
    assert write_grid(Table("T", COLUMNS, [])) == [["Rate", "n/N"], ["none", ""]]


def test_sources_are_named_by_their_path():
    table = Table("T", COLUMNS, [], sources=("flow", "rates"))
    assert write_source(table) == "Source: flow.tsv, tables/rates.tsv"
