"""The file and the sheet that a path names."""

from her2ctdna.inputs.sheet_paths import file_of, split_path


def test_name_of_a_sheet_stands_behind_the_file_that_exists(tmp_path):
    book, odd = tmp_path / "study.xlsx", tmp_path / "run #2.xlsx"
    for path in (book, odd):
        path.touch()
    assert split_path(book) == (book, None)
    assert split_path(f"{book}#HER2 (1#2)") == (book, "HER2 (1#2)")
    assert split_path(f"{odd}#A") == (odd, "A")
    assert file_of(odd) == odd


def test_path_of_which_nothing_exists_stays_whole(tmp_path):
    path = tmp_path / "absent.xlsx#A"
    assert split_path(path) == (path, None)
    assert str(file_of("")) == "."
