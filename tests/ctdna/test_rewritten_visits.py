"""Patients of known truth whose files are rewritten at random: the small simulation."""

import importlib
import sys

import pytest

PATIENTS = 60


@pytest.fixture(scope="module")
def simulation(root):
    folder = str(root / "benchmarks")
    sys.path.insert(0, folder)
    yield importlib.import_module("rewrite_visits")
    sys.path.remove(folder)


@pytest.fixture(scope="module")
def study(simulation, tmp_path_factory):
    return simulation.make_study(PATIENTS, tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def with_reference(simulation, study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("with") / "files"
    return simulation.run(study, folder, is_plain=False, is_aligned=True)


@pytest.fixture(scope="module")
def without_reference(simulation, study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("without") / "files"
    return simulation.run(study, folder, is_plain=False, is_aligned=False)


@pytest.fixture(params=["with_reference", "without_reference"])
def visits(request):
    return request.getfixturevalue(request.param).visits


def test_nothing_is_cleared_while_tracked_molecules_stand_in_the_file(visits):
    held = visits[~visits["is_clear"]]
    assert len(held) > PATIENTS / 2
    assert set(held["clearance"]) == {"not_cleared", "uninformative"}


def test_nothing_is_detected_where_there_is_nothing(visits):
    empty = visits[visits["is_clear"]]
    assert len(empty) > PATIENTS / 4
    assert set(empty["clearance"]) == {"cleared", "uninformative"}


def test_with_a_reference_what_emerges_is_new_and_what_is_new_emerges(with_reference):
    assert len(with_reference.new) > PATIENTS / 10
    assert with_reference.emergent["is_true"].all()
    assert with_reference.new["is_found"].all()
