"""The functions of a lesson's notebook, as a student has them: all in one namespace, some of them
replaced."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import numpy as np

from autograder.exercises import find_exercise

LESSONS = Path(__file__).parents[1] / "course" / "lessons"
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


@cache
def sources(lesson: str) -> dict[str, str]:
    """Function name -> its text in the lesson."""
    text = (
        LESSONS
        / next(
            p.name
            for p in LESSONS.glob("*.md")
            if f'check("{lesson}.' in p.read_text(encoding="utf-8")
        )
    ).read_text(encoding="utf-8")
    found = {}
    for cell in CELL.findall(text):
        code = re.sub(r"\A(:\w[^\n]*\n)+", "", cell)
        try:
            tree = ast.parse(code)
        except SyntaxError:  # a cell of magics
            continue
        lines = code.splitlines(keepends=True)
        for node, later in zip(tree.body, [*tree.body[1:], None], strict=True):
            if isinstance(node, ast.FunctionDef):  # with the comments after its last statement
                found[node.name] = "".join(
                    lines[node.lineno - 1 : later.lineno - 1 if later else None]
                )
    return found


@cache
def handed_over(exercise: str) -> tuple[str, ...]:
    """The names that the lesson's own cell hands over to `check`."""
    for path in LESSONS.glob("*.md"):
        match = re.search(
            rf'^check\("{re.escape(exercise)}", (.*?)\)$',
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        if match:
            return tuple(match[1].split(", "))
    raise KeyError(exercise)


def namespace(lesson: str, **replaced) -> dict:
    """A notebook's namespace with the lesson's solutions; `replaced` are functions, or texts of
    functions."""
    scope = {"np": np, "__name__": "__main__"}
    for name, source in sources(lesson).items():
        exec(replaced[name] if isinstance(replaced.get(name), str) else source, scope)
    scope.update({name: value for name, value in replaced.items() if not isinstance(value, str)})
    return scope


def functions(exercise: str, scope: dict) -> tuple:
    """What a notebook hands over for an exercise."""
    assert len(handed_over(exercise)) == len(find_exercise(exercise).signatures)
    return tuple(scope[name] for name in handed_over(exercise))
