"""A lesson as a teacher looks for something in it: what is explained where, which picture stands
there, what is asked.

It is read from the class's own ``source/`` notebook, which an instructor may have changed.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from course.making.cells import checked

HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$")
TASK = re.compile(r"^\*\*Your turn", re.MULTILINE)
WIDGETS = "course.widgets"
LONGEST = 12_000


class Picture(NamedTuple):
    """A picture that moves: the widget's name, how the lesson calls it, and where."""

    name: str
    module: str
    call: str
    section: str
    place: int


class Question(NamedTuple):
    """A question that the lesson asks: a prediction with its choices, or a written question."""

    text: str
    choices: tuple[str, ...]
    section: str
    place: int


@dataclass
class Lesson:
    """What is where in a lesson; a place counts the cells.

    `sections` are headings with the place at which each begins, `texts` heading -> what is
    explained below it, in Markdown; `checks` exercise -> place; `written` grade id -> question.
    """

    title: str = ""
    sections: list[tuple[str, int]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    predictions: list[Question] = field(default_factory=list)
    checks: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)

    def begins(self, section: str) -> int | None:
        """The place of a heading; None where the lesson has none of that name."""
        return next((place for name, place in self.sections if name == section), None)

    def named(self, picture: str) -> Picture | None:
        """A picture by its widget's name."""
        return next((found for found in self.pictures if found.name == picture), None)

    def picture_for(self, section: str, check: int | None) -> Picture | None:
        """The picture that is nearest to an explanation: between the heading and the check, else
        the last one before the heading, else the first one after."""
        return _nearest(self.pictures, self.begins(section), check)

    def question_for(self, section: str) -> Question | None:
        """A prediction that is asked in a section; None where there is none."""
        return next((asked for asked in self.predictions if asked.section == section), None)


def _nearest(pictures: list[Picture], start: int | None, check: int | None) -> Picture | None:
    if start is None:
        start = check
    if start is None:
        return None
    # a picture that shows the student's own function is none to show to a class
    pictures = [found for found in pictures if "yours=" not in found.call] or pictures
    between = [found for found in pictures if check is not None and start <= found.place < check]
    before = [found for found in pictures if found.place < start]
    after = [found for found in pictures if found.place >= start]
    return (between or before[-1:] or after or [None])[0]


def read_lesson(path: Path) -> Lesson:
    """Read what a teacher needs from a source notebook.

    Parameters
    ----------
    path
        Of the notebook. An empty `Lesson` comes back where there is none.
    """
    found = Lesson()
    if not path.is_file():
        return found
    section, widgets = "", {}
    cells = nbformat.read(path, as_version=4).cells
    for place, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            section = _markdown(found, cells, place, section)
        elif cell.cell_type == "code":
            _code(found, cell.source, place, section, widgets)
    return found


def _markdown(found: Lesson, cells: list[NotebookNode], place: int, section: str) -> str:
    """Note the headings and the text of a cell; the section that it ends in comes back."""
    cell, fenced = cells[place], False
    told = cell.metadata.get("nbgrader", {})
    if told.get("grade") and told.get("solution") or told.get("task"):
        found.written[told["grade_id"]] = section  # the question stands above, under its heading
        return section
    for line in cell.source.splitlines():
        fenced ^= line.lstrip().startswith("```")
        match = None if fenced else HEADING.match(line)
        if match:
            section = re.sub(r"[*_`$]", "", match[2])
            if len(match[1]) == 1 and not found.title:
                found.title = section
            found.sections.append((section, place))
            found.texts.setdefault(section, "")
        elif section and len(found.texts[section]) < LONGEST:
            found.texts[section] += line + "\n"
    return section


def _code(found: Lesson, source: str, place: int, section: str, widgets: dict[str, str]) -> None:
    if name := checked(source):
        found.checks.setdefault(name, place)
        return
    try:
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE))
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(WIDGETS):
            widgets |= {
                alias.asname or alias.name: node.module
                for alias in node.names
                if _is_class(alias.name)
            }
    for node in tree.body:
        call = node.value if isinstance(node, ast.Expr) else None
        if not isinstance(call, ast.Call):
            continue
        if getattr(call.func, "id", "") == "predict":
            if asked := _prediction(call, section, place):
                found.predictions.append(asked)
            continue
        # what is shown stands by itself, or as `predict.first(…, Widget())`
        for shown in (call, *call.args):
            name = getattr(getattr(shown, "func", None), "id", "")
            if name in widgets:
                told = Picture(name, widgets[name], ast.unparse(shown), section, place)
                found.pictures.append(told)


def _is_class(name: str) -> bool:
    return name[:1].isupper() and not name.isupper()


def _prediction(call: ast.Call, section: str, place: int) -> Question | None:
    """What `predict("key", "question", ["choice", …])` asks."""
    texts = [
        part.value
        for part in call.args[:2]
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    if len(texts) < 2:
        return None
    given = call.args[2] if len(call.args) > 2 else None
    choices = [
        part.value
        for part in getattr(given, "elts", [])
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return Question(texts[1], tuple(choices), section, place)


def explained(lesson: Lesson, section: str) -> str:
    """What a section explains before it sets a task, in Markdown."""
    text = lesson.texts.get(section, "")
    task = TASK.search(text)
    return (text[: task.start()] if task else text).strip()
