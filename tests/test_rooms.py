"""The folders are the way an answer travels, and imports go one way only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
STAND_INS = ROOT / "autograder" / "kernel" / "standin"

# what each room may import of the others; every room may import itself
ROOMS = {
    "evidence": set(),
    "decks": set(),
    "kernel": set(),
    "exercises": {"evidence"},
    "judging": {"evidence", "exercises", "decks"},
    "notebook": {"evidence", "exercises", "judging", "check"},
    "check": {"evidence", "exercises", "judging", "notebook"},
    "review": {"exercises", "judging", "notebook"},
    "plugins": {"evidence", "exercises", "judging", "kernel", "notebook"},
    "rehearsal": {"exercises", "kernel", "plugins"},
    "classroom": {"exercises", "kernel", "plugins"},
    "lms": {"plugins"},
    "desk": {"exercises", "plugins", "rehearsal", "lms", "classroom"},
    "bundle": {"plugins", "desk"},
    "app": {"decks", "exercises", "plugins", "rehearsal", "desk", "bundle"},
    "__init__": {"check", "notebook", "review"},
}


def modules(package):
    """The files of a package, without the stand-ins that a grading kernel holds under the same
    names."""
    return [path for path in (ROOT / package).rglob("*.py") if not path.is_relative_to(STAND_INS)]


def imported(path):
    """Every dotted name that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            bare = "." not in node.module
            yield from (
                (f"{node.module}.{each.name}" for each in node.names) if bare else [node.module]
            )
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


@pytest.mark.parametrize("package", ["autograder", "course"])
def test_no_module_is_longer_than_can_be_read_at_a_sitting(package):
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in modules(package)}
    assert [f"{path}: {n}" for path, n in lines.items() if n > LONGEST] == []


def room_of(path):
    return path.relative_to(ROOT / "autograder").parts[0].removesuffix(".py")


def test_every_room_is_known():
    assert {room_of(path) for path in modules("autograder")} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room):
    files = [path for path in modules("autograder") if room_of(path) == room]
    assert files
    for path in files:
        names = [name for name in imported(path) if name.startswith("autograder.")]
        entered = {name.split(".")[1] for name in names} - {room}
        assert entered <= ROOMS[room], path


def test_the_course_knows_nothing_of_the_judge():
    for path in modules("course"):
        assert not [name for name in imported(path) if name.split(".")[0] == "autograder"], path
