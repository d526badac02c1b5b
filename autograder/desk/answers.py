"""Written answers of a class: each question with its model answer and marking scheme, and
everybody's answers in a row.

A question is a cell of the source notebook whose points a person gives: written answers, code that
is graded by hand, nbgrader's tasks. What a student wrote leaves this module as HTML that can do
nothing but be read.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearMarkScheme

from autograder.desk import Refused
from autograder.plugins.directory import folder_of
from autograder.plugins.intake.reading import NotReadable, parse
from autograder.plugins.lateness import penalty_of
from autograder.plugins.pages.safe import render

HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
MARKING = re.compile(r"^\*Marking:\s*((?:[^\n]|\n(?!\s*\n))*)\*\s*\Z", re.MULTILINE)
MARKERS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*(?:\n|\Z)", re.MULTILINE)
MOST_OWN = 20


class Question(NamedTuple):
    """A question as its instructor wrote it; `asked`, `model` and `scheme` are HTML."""

    notebook: str
    name: str
    title: str
    most: float
    asked: str
    model: str
    scheme: str


class Answer(NamedTuple):
    """What one student answered, and how it is graded so far; `html` and `own` are HTML."""

    id: str
    student: str
    shown: str
    html: str
    own: str
    empty: bool
    score: float | None
    waits: bool
    comment: str


class Stale(Exception):
    """Somebody else has graded the same answer meanwhile; holds what is there now."""


def questions(directory: CourseDirectory, lesson: str) -> list[Question]:
    """The questions of a lesson that a person grades, in the order of its notebooks.

    Raises
    ------
    Refused
        When the class has no such lesson, or nothing in it is graded by hand.
    """
    folder = folder_of(directory, directory.source_directory, ".", lesson)
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        nb = nbformat.read(path, as_version=4)
        for position, cell in enumerate(nb.cells):
            told = cell.metadata.get("nbgrader", {})
            if told.get("task") or told.get("grade") and told.get("solution"):
                found.append(_question(directory, path.stem, nb, position, str(folder)))
    if not folder.is_dir():
        raise Refused(
            f"There is no {folder}. Run this in a class's folder, with the name of one of its"
            " lessons."
        )
    if not found:
        raise Refused(f"Nothing in {lesson} is graded by hand.")
    return found


def _question(
    directory: CourseDirectory, notebook: str, nb: NotebookNode, position: int, path: str
) -> Question:
    cell = nb.cells[position]
    told = cell.metadata["nbgrader"]
    own, scheme = _parted(directory, cell.source)
    above = (
        nb.cells[position - 1]
        if position and nb.cells[position - 1].cell_type == "markdown"
        else None
    )
    asked, more = _parted(directory, above.source) if above is not None else ("", "")
    if told.get("task"):  # the task's text is the question; a student writes into cells of his own
        asked, own = own, ""
    heading = HEADING.search(asked) or re.match(r"\*\*(.+?)\.?\*\*", asked)
    title = re.sub(r"[*_`$]", "", heading[1]) if heading else told["grade_id"]
    attached = (above or cell).get("attachments") or {}
    model = (
        render(own, cell.get("attachments") or {}, path)
        if cell.cell_type == "markdown"
        else _code(MARKERS.sub("", own))
    )
    return Question(
        notebook,
        told["grade_id"],
        title,
        float(told["points"]),
        render(asked, attached, path),
        model if own.strip() else "",
        render("\n\n".join(filter(None, [more, scheme])), attached, path) if more or scheme else "",
    )


def _parted(directory: CourseDirectory, source: str) -> tuple[str, str]:
    """A cell's text without its marking scheme, and the scheme."""
    names = ("begin_mark_scheme_delimeter", "end_mark_scheme_delimeter")
    begin, end = (
        re.escape(
            directory.config.ClearMarkScheme.get(name, getattr(ClearMarkScheme, name).default_value)
        )
        for name in names
    )
    region = re.compile(
        rf"^[^\n]*{begin}[^\n]*\n(.*?)(?:^[^\n]*{end}[^\n]*(?:\n|\Z)|\Z)", re.MULTILINE | re.DOTALL
    )
    text, parts = region.sub("", source).strip(), [part.strip() for part in region.findall(source)]
    # the lessons of this course write it as the last paragraph of a model answer
    if said := MARKING.search(text):
        text, parts = text[: said.start()].strip(), [*parts, said[1].strip()]
    return text, "\n\n".join(parts)


def _code(source: str) -> str:
    return f"<pre><code>{escape(source)}</code></pre>"


def answers(directory: CourseDirectory, lesson: str, question: Question) -> list[Answer]:
    """Everybody's answers to one question, in an order that says nothing of who wrote them."""
    known = _given(directory, lesson, question.notebook)
    found = []
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        try:
            submitted = gradebook.notebook_submissions(question.notebook, lesson)
        except MissingEntry:
            raise Refused(
                f"The gradebook knows no lesson {lesson}: nbgrader generate_assignment {lesson}"
            ) from None
        for notebook in submitted:
            student = notebook.student
            path = (
                folder_of(directory, directory.autograded_directory, student.id, lesson)
                / f"{question.notebook}.ipynb"
            )
            grade = next((grade for grade in notebook.grades if grade.name == question.name), None)
            if grade is None or not path.exists():
                continue
            comment = next(
                (comment for comment in notebook.comments if comment.name == question.name), None
            )
            html, own = _written(path, question.name, known)
            empty = comment is not None and comment.auto_comment == "No response."
            shown = " ".join(filter(None, [student.first_name, student.last_name])) or student.id
            found.append(
                Answer(
                    grade.id,
                    student.id,
                    shown,
                    html,
                    own,
                    empty,
                    grade.manual_score if grade.manual_score is not None else grade.auto_score,
                    grade.needs_manual_grade,
                    (comment.manual_comment or "") if comment else "",
                )
            )
    return sorted(found, key=lambda answer: answer.id)


def _given(directory: CourseDirectory, lesson: str, notebook: str) -> set[str]:
    """The texts of a lesson's own Markdown cells."""
    found: set[str] = set()
    for step in (directory.source_directory, directory.release_directory):
        path = folder_of(directory, step, ".", lesson) / f"{notebook}.ipynb"
        if path.exists():
            found |= {
                cell.source.strip()
                for cell in nbformat.read(path, as_version=4).cells
                if cell.cell_type == "markdown"
            }
    return found


def _written(path: Path, name: str, known: set[str]) -> tuple[str, str]:
    """A student's answer, and what else the student wrote in Markdown cells of his own, as HTML."""
    try:
        nb = parse(path.read_bytes())
    except (OSError, NotReadable) as problem:
        return f"<p>{escape(path.name)} cannot be read: {escape(str(problem))}</p>", ""
    shown, own = "", []
    for cell in nb.cells:
        told = cell.metadata.get("nbgrader", {})
        # a task is answered in cells of the student's own
        if told.get("grade_id") == name and not told.get("task"):
            shown = (
                _code(cell.source)
                if cell.cell_type == "code"
                else render(cell.source, cell.get("attachments"), str(path.parent))
            )
        elif (
            cell.cell_type == "markdown"
            and not told
            and cell.source.strip()
            and cell.source.strip() not in known
        ):
            own.append(render(cell.source, cell.get("attachments"), str(path.parent)))
    more = "<hr>".join(own[:MOST_OWN])
    return (shown, more) if shown else (more, "")


def grade(directory: CourseDirectory, lesson: str, told: dict[str, Any]) -> None:
    """Write points and comment of one answer into the gradebook.

    Parameters
    ----------
    told
        ``id`` of the answer; ``score``, None while it still waits; ``comment``; and what the page
        showed of both before the change, ``was_score`` and ``was_comment``.

    Raises
    ------
    Refused
        When the points are none, or the answer is not there any more.
    Stale
        When the gradebook holds something else than the page showed.
    """
    score, comment = told.get("score"), str(told.get("comment") or "").strip()
    if score is not None and (isinstance(score, bool) or not isinstance(score, (int, float))):
        raise Refused("The points are no number.")
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        try:
            kept = gradebook.find_grade_by_id(str(told.get("id")))
        except MissingEntry:
            raise Refused(
                "This answer is no longer in the gradebook. Load the page again."
            ) from None
        if kept.assignment.name != lesson:
            raise Refused("This answer belongs to another lesson. Load the page again.")
        if score is not None and not 0 <= score <= kept.max_score:
            raise Refused(f"The points lie between 0 and {kept.max_score:g}.")
        said = next((found for found in kept.notebook.comments if found.name == kept.name), None)
        now = kept.manual_score if kept.manual_score is not None else kept.auto_score
        if (now, (said.manual_comment or "") if said else "") != (
            told.get("was_score"),
            told.get("was_comment") or "",
        ):
            raise Stale(
                "Somebody graded this answer meanwhile, with"
                f" {'no points' if now is None else f'{now:g} points'}. Load the page again to see"
                " it; copy what you typed first."
            )
        # nobody has to confirm a zero
        if score != kept.auto_score or kept.manual_score is not None or kept.needs_manual_grade:
            kept.manual_score, kept.needs_manual_grade = (
                score,
                score is None and kept.auto_score is None,
            )
        if said is not None:
            said.manual_comment = comment or None
        gradebook.db.commit()
        kept.notebook.late_submission_penalty = penalty_of(directory.config, kept.notebook)
        gradebook.db.commit()
