"""The rooms of the package: which may import which, and that no two go in a circle."""

import ast
import re
from graphlib import TopologicalSorter

import pytest


@pytest.fixture(scope="module")
def package(root):
    return root / "src" / "her2ctdna"


@pytest.fixture(scope="module")
def rooms(package):
    """Return the rooms, and what the docstring of each says that it may import."""
    allowed = {}
    for path in sorted(package.glob("*/__init__.py")):
        said = re.search(r"^May import: ([^.]+)\.$", path.read_text(), re.M)
        names = set(re.split(r",\s+", said[1])) - {"no other room"}
        allowed[path.parent.name] = names
    return allowed


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            first, *rest = node.module.split(".")
            if first == "her2ctdna" and rest:
                yield rest[0]


def imported_rooms(package, room, rooms):
    modules = (package / room).rglob("*.py")
    found = {name for path in modules for name in imports_of(path)}
    return (found & set(rooms)) - {room}


def test_each_room_imports_the_rooms_that_it_says(package, rooms):
    assert len(rooms) > 12
    actual = {room: imported_rooms(package, room, rooms) for room in rooms}
    assert actual == rooms


def test_rooms_stand_above_each_other(rooms):
    assert set(TopologicalSorter(rooms).static_order()) == set(rooms)


def test_foundation_imports_no_room(package, rooms):
    imported = {name for path in package.glob("*.py") for name in imports_of(path)}
    assert imported & set(rooms) == set()


def test_a_file_name_stands_once(package):
    names = [path.name for path in package.rglob("*.py") if path.stem[0] != "_"]
    assert sorted(names) == sorted(set(names))


def test_every_room_has_its_tests(root, rooms):
    tests = {path.parent.name for path in (root / "tests").glob("*/test_*.py")}
    assert rooms.keys() <= tests
