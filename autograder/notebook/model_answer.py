"""The model answer beside one's own, for whoever learns alone: after an honest attempt, and never
in a class.

The answer is the lesson's own text. It is offered only where `SELF_STUDY` is set, which the
course's own JupyterLab does when it opens the lessons beside their sources.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import textwrap
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path

from autograder.exercises.exercise import Exercise
from autograder.judging.verdict import Verdict
from autograder.notebook import course_own
from course.opening import lab
from course.opening.lab import SELF_STUDY

LESSONS = Path(lab.__file__).parents[1] / "lessons"  # a folder `course` beside a class has no file
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REGION = re.compile(r"^[ \t]*### BEGIN SOLUTION\n(?P<right>.*?)(?:^[ \t]*### INSTEAD\n(?P<shown>.*?))?^[ \t]*### END SOLUTION[ \t]*\n?",
                    re.MULTILINE | re.DOTALL)  # fmt: skip


def allowed(exercise: Exercise, functions: tuple, verdict: Verdict) -> bool:
    """Whether the model answer may be shown: self-study, and a failing function that the student
    has written or changed."""
    if os.environ.get(SELF_STUDY) != "1" or verdict.passed or not verdict.written:
        return False
    if not functions or any(
        course_own.is_own(function) or not callable(function) for function in functions
    ):
        return False
    answers = solutions(exercise.name)
    return bool(answers) and not (exercise.planted and all(map(_as_given, functions, answers)))


@cache
def solutions(name: str) -> tuple[str, ...]:
    """The lesson's text of each function that is handed to an exercise's check, with the marks of
    its solution.

    Returns
    -------
    tuple of str
        In the order of the check. Empty where the lessons' texts are not there.
    """
    for lesson in sorted(LESSONS.glob("[0-9][0-9]-*.md")):
        cells = CELL.findall(lesson.read_text(encoding="utf-8"))
        handed = next((names for cell in cells if (names := _checked(cell, name))), ())
        found = [
            next((text for cell in cells if (text := _definition(cell, one))), "") for one in handed
        ]
        if found:
            return tuple(found) if all(found) else ()
    return ()


def _checked(cell: str, name: str) -> tuple[str, ...]:
    match = re.search(rf'^check\("{re.escape(name)}", (.*)\)', cell, re.MULTILINE)
    return tuple(part.strip() for part in match[1].split(",")) if match else ()


def _definition(cell: str, name: str) -> str:
    if f"def {name}(" not in cell:
        return ""
    body = ast.parse(cell).body
    node = next((n for n in body if isinstance(n, ast.FunctionDef) and n.name == name), None)
    if node is None:
        return ""
    lines = cell.splitlines(keepends=True)
    after = [n.lineno for n in body if n.lineno > node.lineno]
    return "".join(lines[node.lineno - 1 : min(after, default=len(lines) + 1) - 1]).rstrip() + "\n"


def answer(solution: str) -> str:
    """A lesson's function without the marks of its solution."""
    return REGION.sub(lambda match: match["right"], solution).rstrip()


def as_given(solution: str) -> str:
    """A lesson's function as the release shows it, where a bug was planted in it."""
    return REGION.sub(
        lambda match: re.sub(r"^([ \t]*)# ?", r"\1", match["shown"] or "", flags=re.MULTILINE),
        solution,
    ).rstrip()


def _as_given(function: Callable, solution: str) -> bool:
    try:
        return _meaning(_source(function)) == _meaning(as_given(solution))
    except SyntaxError:
        return False


def _meaning(source: str) -> str:
    return ast.dump(ast.parse(source))


def _source(function: Callable) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function)).rstrip()
    except (OSError, TypeError):
        return f"# the text of {getattr(function, '__name__', 'your function')} cannot be found"


def side_by_side(exercise: Exercise, functions: tuple) -> str:
    """The student's functions and the model answer as HTML: beside each other where every line of
    both fits, otherwise below one another."""
    yours = "\n\n\n".join(map(_source, functions))
    model = "\n\n\n".join(map(answer, solutions(exercise.name)))
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:8px 16px">'
        f"{_column('Yours', yours)}{_column('The model answer', model)}</div>"
        '<p style="margin:4px 0">It is one of several right ways. What counts is the row of the'
        " table that is wrong: "
        "find the line that computes it in both.</p>"
    )


def _column(title: str, source: str) -> str:
    pre = ("margin:2px 0;padding:6px 8px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4;font-size:13px;"
           "font-family:var(--jp-code-font-family,monospace);border:1px solid var(--jp-border-color2,#bbb)")  # fmt: skip
    return (f'<section aria-label="{title}" style="flex:1 1 max-content;min-width:0;max-width:100%"><b>{title}</b>'
            f'<pre tabindex="0" data-lm-suppress-shortcuts="true" style="{pre}">{escape(source)}</pre></section>')  # fmt: skip
