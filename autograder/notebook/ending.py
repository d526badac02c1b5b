"""What was done in a lesson, shown at its end: every exercise, the written questions, the
predictions, and what is next."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from autograder.exercises import lesson_exercises
from autograder.exercises.exercise import Exercise
from autograder.notebook.found import (
    Lesson,
    heading_above,
    lesson_text,
    saved_notebook,
    told_by_outputs,
    written_questions,
)
from autograder.notebook.live import shell
from course.prediction.file import PredictionFile

UNCHECKED = "not checked yet"


class Line(NamedTuple):
    """One exercise: the heading it stands under, how it stands in words, and its points."""

    name: str
    heading: str
    said: str
    score: float | None
    points: float


@dataclass(frozen=True)
class Ending:
    """What was done in a lesson.

    `lines` are the exercises, `questions` the written questions with whether an answer stands there
    (None: not known), `predictions` how many of the lesson's are kept and how many there are.
    """

    lines: tuple[Line, ...]
    questions: tuple[tuple[str, bool], ...] | None
    predictions: tuple[int, int]
    lesson: Lesson | None

    @property
    def headline(self) -> str:
        """ "3 of 6 right, 8 of 21 points"."""
        return headline([(line.score, line.points) for line in self.lines])

    def sentences(self) -> list[str]:
        """What is said below the exercises."""
        made, asked = self.predictions
        said = [f"{made} of {asked} predictions are kept."] if asked else []
        if self.questions is None:
            said.append("Whether the written questions are answered cannot be seen from here.")
        elif self.questions:
            said.append("The written questions are as they were last saved.")
        return said

    def __str__(self) -> str:
        rows = [(line.name, line.said, _points(line)) for line in self.lines]
        widths = [max(len(row[k]) for row in rows) for k in (0, 1)]
        lines = [
            f"{name.ljust(widths[0])}  {said.ljust(widths[1])}  {points}"
            for name, said, points in rows
        ]
        lines += [f"Written: {title}: {_answered(there)}" for title, there in self.questions or ()]
        if self.lesson and self.lesson.next_stem:
            lines.append(f"Next: {self.lesson.next_title}")
        return "\n".join([self.headline, *lines, *self.sentences()])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))  # what a saved notebook keeps for a reader without HTML

    def _repr_html_(self) -> str:
        return _html(self)


def headline(scores: list[tuple[float | None, float]]) -> str:
    """ "3 of 6 right, 8 of 21 points".

    Parameters
    ----------
    scores
        For each exercise its score from 0 to 1 (None: not known) and its points.
    """
    right = sum(score == 1.0 for score, _ in scores)
    got = sum((score or 0.0) * points for score, points in scores)
    return (
        f"{right} of {len(scores)} right, {round(got, 2):g} of"
        f" {sum(points for _, points in scores):g} points"
    )


def in_words(told: Mapping[str, Any] | None) -> str:
    """How an exercise stands, from the entry that its verdict left."""
    if told is None:
        return UNCHECKED
    if told["passed"]:
        return "right"
    if not told.get("written", True):
        return "not written yet"
    return f"{told['score']:.0%} right" if told["score"] else "not yet right"


def ending(
    lesson: str, told: Mapping[str, Mapping[str, Any]], namespace: Mapping[str, Any]
) -> Ending:
    """Gather what was done.

    Parameters
    ----------
    lesson
        As exercises name it, ``"two_two_one"``.
    told
        Exercise -> what its check said in this kernel. What was not checked here is taken from the
        saved notebook.
    namespace
        The notebook's variables.

    Raises
    ------
    KeyError
        When there is no such lesson.
    """
    exercises, text = lesson_exercises(lesson), lesson_text(lesson)
    saved = saved_notebook(text.stem, namespace) if text else None
    cells = saved["cells"] if saved else []
    told = {**told_by_outputs(cells), **told}
    questions = (
        tuple((title, there) for title, there, _ in written_questions(cells)) if saved else None
    )
    return Ending(
        tuple(_line(one, told.get(one.name), text) for one in exercises),
        questions,
        _predictions(text),
        text,
    )


def _line(exercise: Exercise, told: Mapping[str, Any] | None, lesson: Lesson | None) -> Line:
    score = None if told is None else float(told["score"])
    where = heading_above(lesson.text, exercise.name) if lesson else ""
    return Line(exercise.name, where or exercise.section, in_words(told), score, exercise.points)


def _predictions(lesson: Lesson | None) -> tuple[int, int]:
    asked = (
        set(re.findall(r'\b(?:predict\w*|sketch\w*)\(\s*"(\d\d\.[^"]+)"', lesson.text))
        if lesson
        else set()
    )
    return len(asked & PredictionFile().read()[0].keys()), len(asked)


def summary(lesson: str) -> None:
    """Show what was done in a lesson; says nothing while work is graded or validated.

    Parameters
    ----------
    lesson
        As exercises name it, ``"two_two_one"``.

    Raises
    ------
    KeyError
        When there is no such lesson.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        return
    from IPython.display import display

    from autograder.check import data_of, verdicts

    ip = shell()
    told = {name: data_of(verdict) for name, verdict in verdicts.items()}
    display(ending(lesson, told, ip.user_ns if ip else {}))


def _points(line: Line) -> str:
    return f"{round((line.score or 0.0) * line.points, 2):g} of {line.points:g}"


def _answered(there: bool) -> str:
    return "an answer stands there" if there else "no answer yet"


def anchor(heading: str) -> str:
    """Where JupyterLab finds a heading of the notebook."""
    return "#" + heading.replace(" ", "-")


def _html(found: Ending) -> str:
    border = "border-bottom:1px solid var(--jp-border-color2,#bbb)"
    cell = (
        "padding:5px 12px 5px"
        f" 4px;text-align:left;vertical-align:top;white-space:normal;font-size:14px;{border}"
    )
    rows = [
        (line.heading, line.name.partition(".")[2], line.said, _points(line))
        for line in found.lines
    ]
    rows += [(title, "written", _answered(there), "") for title, there in found.questions or ()]
    parts = ['<div style="font-size:14px;line-height:1.5;max-width:1120px;color:var(--jp-ui-font-color1,#222)">',
             f'<div style="font-weight:600;font-size:16px">{escape(found.headline)}</div>',
             '<table style="border-collapse:collapse;margin:6px 0;max-width:100%"><thead><tr>']  # fmt: skip
    parts += [
        f'<th scope="col" style="{cell};font-weight:600">{head}</th>'
        for head in ("where", "exercise", "how it stands", "points")
    ]
    parts.append("</tr></thead><tbody>")
    for heading, name, said, points in rows:
        link = f'<a href="{escape(anchor(heading))}">{escape(heading)}</a>'
        mark = (
            f'<span aria-hidden="true">{"✓ " if said in ("right", _answered(True)) else ""}</span>'
        )
        parts.append(
            f'<tr><th scope="row" style="{cell};font-weight:400">{link}</th><td'
            f' style="{cell}">{escape(name)}</td><td style="{cell}">{mark}{escape(said)}</td><td'
            f' style="{cell};white-space:nowrap">{points}</td></tr>'
        )
    parts.append("</tbody></table>")
    parts += [f"<div>{escape(sentence)}</div>" for sentence in found.sentences()]
    if found.lesson and found.lesson.next_stem:
        stem = escape(found.lesson.next_stem)
        parts.append(
            "<div>Next: <a"
            f' href="../{stem}/{stem}.ipynb">{escape(found.lesson.next_title)}</a></div>'
        )
    return "".join([*parts, "</div>"])
