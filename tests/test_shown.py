"""What a cell makes to be looked at is looked at: a notebook shows the value of a cell's last line only."""

from __future__ import annotations

import ast
import re

import pytest
from lesson_functions import CELL, LESSONS

#: A table or a picture, by the name of the function or class that makes it.
TABLES = {"compare"}
FROM_WIDGETS = re.compile(r"^from course\.widgets\.\w+(?:\.\w+)* import (.+)$", re.MULTILINE)


def makers(text: str) -> set[str]:
    """What a lesson calls to get something that is shown."""
    names = {name.strip() for line in FROM_WIDGETS.findall(text) for name in line.split(",")}
    return TABLES | {name for name in names if name[:1].isupper()}


def called(node: ast.AST) -> str:
    """The name of what a statement calls, "" where it calls nothing by name; `predict.first` hands on the picture
    it is given."""
    if not isinstance(node, ast.Call):
        return ""
    if ast.unparse(node.func) == "predict.first":
        return called(node.args[-1])
    return node.func.id if isinstance(node.func, ast.Name) else ""


def unseen(code: str, names: set[str]) -> list[str]:
    """The statements of a cell whose table or picture nobody sees."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a cell of magics
        return []
    last = tree.body[-1] if tree.body else None
    lost = [s for s in ast.walk(tree) if isinstance(s, ast.Expr) and called(s.value) in names]
    hidden = code.rstrip().endswith(";")
    return [ast.unparse(statement) for statement in lost if statement is not last or hidden]


@pytest.mark.parametrize("path", sorted(LESSONS.glob("*.md")), ids=lambda path: path.stem)
def test_every_table_and_picture_of_a_lesson_is_shown(path):
    text = path.read_text(encoding="utf-8")
    cells = [re.sub(r"\A(:\w[^\n]*\n)+", "", cell) for cell in CELL.findall(text)]
    asked = [cell for cell in cells if any(f"{name}(" in cell for name in makers(text))]
    assert asked, path.stem
    assert [lost for cell in asked for lost in unseen(cell, makers(text))] == []


@pytest.mark.parametrize(
    "code",
    [
        "compare({1: 2})\nprint(3)",
        "if True:\n    compare({1: 2})",
        "for x in ():\n    Picture(x)",
        "compare({1: 2});",
        "predict.first('a', Picture())\nprint(1)",
    ],
)
def test_a_table_or_picture_that_nobody_sees_is_found(code):
    assert unseen(code, {"compare", "Picture"})


def test_what_stands_last_or_is_handed_on_is_seen():
    assert not unseen("print(1)\ncompare({1: 2})", {"compare"})
    assert not unseen("table = compare({1: 2})\nprint(table)", {"compare"})
