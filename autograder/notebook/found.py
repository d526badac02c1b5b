"""What a saved notebook tells: which written questions have an answer, what its checks last said,
where the lesson lies.

The file is read as JSON, as it was last saved; nothing is written. Whatever cannot be found is left
out.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from course.opening import lab

LESSONS = Path(lab.__file__).parents[1] / "lessons"
UNANSWERED = "YOUR ANSWER HERE"
HEADING = re.compile(r"^#{1,4} +(.+?) *$", re.MULTILINE)


class Lesson(NamedTuple):
    """A lesson's text: the file's name without ending, its title, and the title and name of the
    next one."""

    stem: str
    title: str
    text: str
    next_stem: str = ""
    next_title: str = ""


def lesson_text(lesson: str) -> Lesson | None:
    """The text of the lesson that asks an exercise of this name, ``"two_two_one"``; None where it
    is not there."""
    files = sorted(LESSONS.glob("[0-9][0-9]-*.md"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    for k, (file, text) in enumerate(zip(files, texts, strict=True)):
        if f'check("{lesson}.' in text:
            later = (files[k + 1].stem, _title(texts[k + 1])) if k + 1 < len(files) else ()
            return Lesson(file.stem, _title(text), text, *later)
    return None


def _title(text: str) -> str:
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def saved_notebook(stem: str, namespace: Mapping[str, Any]) -> dict[str, Any] | None:
    """The notebook of a lesson, as it was last saved.

    Parameters
    ----------
    stem
        The lesson's file name without ending, which the notebook's metadata carry.
    namespace
        The notebook's variables: VS Code leaves the file's path there.

    Returns
    -------
    dict or None
        None where it cannot be found or read.
    """
    told = [os.environ.get("JPY_SESSION_NAME"), namespace.get("__vsc_ipynb_file__")]
    places = [Path(str(name)) for name in told if name and str(name).endswith(".ipynb")]
    for place in [*places, *sorted(Path.cwd().glob("*.ipynb"))]:
        try:
            found = json.loads(place.read_text(encoding="utf-8"))
            if found["metadata"]["backprop"]["lesson"] == stem:
                return found
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
        ):  # another notebook, or none: look at the next
            continue
    return None


def heading_above(text: str, exercise: str) -> str:
    """The heading of a lesson's text below which the check of an exercise stands, "" where it is
    not there."""
    heading, in_code = "", False
    for line in text.splitlines():
        if line.startswith("```"):
            in_code = not in_code
        elif in_code and line.startswith(f'check("{exercise}"'):
            return heading
        elif not in_code and (found := HEADING.match(line)):
            heading = found[1]
    return ""


def text_of(cell: Mapping[str, Any]) -> str:
    """A cell's source, which a file keeps as one text or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def written_questions(
    cells: Iterable[Mapping[str, Any]],
) -> list[tuple[str, bool, Mapping[str, Any]]]:
    """The questions answered in words: (title, whether an answer stands there, the answer's cell).

    A question's title is the nearest heading above its answer.
    """
    found, title = [], ""
    for cell in cells:
        if cell.get("cell_type") != "markdown":
            continue
        graded = cell.get("metadata", {}).get("nbgrader", {})
        if graded.get("grade") and graded.get("solution"):
            found.append((title, text_of(cell).strip() not in ("", UNANSWERED), cell))
        else:
            title = next(reversed(HEADING.findall(text_of(cell))), title)
    return found


def told_by_outputs(cells: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the checks last said: exercise -> the entry that a verdict leaves in its output's
    metadata."""
    found = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            told = output.get("metadata", {}).get("backprop")
            if isinstance(told, dict) and isinstance(told.get("exercise"), str):
                found[told["exercise"]] = told
    return found
