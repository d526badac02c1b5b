"""What a cell of a lesson is: an exercise, a check, a prediction, a written answer; and its ids."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

from nbformat import NotebookNode

from course.making.fingerprints import digest

SOLUTION = "### BEGIN SOLUTION"


class BuildError(Exception):
    """A lesson or notebook that cannot be built; the message says what to do."""


def derive(cell: NotebookNode, points: Callable[[str], float]) -> dict | None:
    """What nbgrader has to know about a cell, or None for a cell that it may ignore."""
    tags = cell.metadata.get("tags", [])
    if cell.cell_type == "markdown":
        if "written" in tags:
            if "points" not in cell.metadata:
                raise BuildError(
                    'a written answer needs its points: +++ {"tags": ["written"], "points": 2}'
                )
            return _nbgrader("answer", grade=True, solution=True, points=cell.metadata["points"])
        return _nbgrader("question", locked=True) if "question" in tags else None
    if cell.cell_type != "code":
        return None
    if SOLUTION in cell.source:
        _check_regions(cell.source)
        return _nbgrader(_defined(cell.source), solution=True)
    exercise = checked(cell.source)
    if exercise:
        return _nbgrader(
            f"check-{exercise.partition('.')[2]}", grade=True, locked=True, points=points(exercise)
        )
    return _nbgrader("setup", locked=True) if "setup" in tags else None


def _nbgrader(grade_id: str, grade=False, locked=False, solution=False, points=None) -> dict:
    found = {
        "grade": grade,
        "grade_id": slug(grade_id),
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return found if points is None else {**found, "points": points}


def checked(source: str) -> str | None:
    """The exercise that a cell checks: the first argument of its ``check("…", …)`` call."""
    if "check(" not in source:
        return None
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "check" and call.args:
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                if len(tree.body) > 1:
                    raise BuildError("a check stands alone in its cell")
                return first.value
    return None


def is_plumbing(cell: NotebookNode) -> bool:
    """Whether a cell's code is of no use to the reader: the lesson's imports, so that the first
    screen has room for something to touch, or predictions."""
    return "setup" in cell.metadata.get("tags", []) or only_predicts(cell)


def only_predicts(cell: NotebookNode) -> bool:
    """Whether a cell does nothing but ask for predictions or show them, so that its code is of no
    use to the reader.

    What it defines for them, such as the background of a sketch, belongs to it.
    """
    if cell.cell_type != "code" or "predict" not in cell.source:
        return False
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:
        return False
    calls = [
        node.value
        for node in body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    rest = [node for node in body if not isinstance(node, ast.FunctionDef)]
    names = [
        getattr(call.func, "value", call.func)
        for call in calls
        if getattr(call.func, "attr", "") != "first"
    ]
    return (
        bool(calls)
        and len(names) == len(calls) == len(rest)
        and all(getattr(name, "id", "") == "predict" for name in names)
    )


def _defined(source: str) -> str:
    """The name that a solution cell defines."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return node.name
    raise BuildError("a solution cell defines a function")


def _check_regions(source: str) -> None:
    """Solution regions are closed, and what the release shows instead of one is written as
    comments."""
    inside = instead = False
    for line in map(str.strip, source.splitlines()):
        if line in (SOLUTION, "### END SOLUTION"):
            if inside == (line == SOLUTION):
                raise BuildError("### BEGIN SOLUTION and ### END SOLUTION come in pairs")
            inside, instead = not inside, False
        elif line == "### INSTEAD":
            if not inside:
                raise BuildError(
                    "### INSTEAD stands between ### BEGIN SOLUTION and ### END SOLUTION"
                )
            instead = True
        elif instead and line and not line.startswith("#"):
            raise BuildError(
                f"after ### INSTEAD every line is a comment, but this one is not: {line!r}"
            )
    if inside:
        raise BuildError("### BEGIN SOLUTION without ### END SOLUTION")


def slug(text: str) -> str:
    """A name for ids: letters, digits, hyphens and underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-")[:56] or "cell"


def valid_id(grade_id: str) -> str:
    """A grade id as a cell's id, for which fewer letters will do."""
    return (
        grade_id
        if re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", grade_id)
        else f"{slug(grade_id)}-{digest(grade_id)[:6]}"
    )


def unique(name: str, used: Counter, first_plain: bool = False) -> str:
    """A name with its number among equal ones; the first may go without."""
    used[name] += 1
    return name if first_plain and used[name] == 1 else f"{name}-{used[name]}"
