"""Who got what, and why: the class report, also as an exporter for ``nbgrader export``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from nbgrader.plugins import ExportPlugin

from course.build import checked

KEY = "backprop"


class Line(NamedTuple):
    """One submission: its score (None when it could not be graded), and why."""

    student: str
    lesson: str
    score: float | None
    most: float
    by_hand: int
    why: tuple[str, ...]


class ReportExporter(ExportPlugin):
    """Write the class report: ``nbgrader export --exporter=autograder.plugins.report.ReportExporter --to=report.md``."""

    def export(self, gradebook) -> None:
        root = Path(self.parent.coursedir.root) if self.parent is not None else Path.cwd()
        target = root / (self.to or "report.md")
        target.write_text(show(_lines(root, gradebook)) + "\n", encoding="utf-8")
        self.log.info("Wrote the class report to %s", target)


def lines(root: Path, course: str = "backprop-by-hand") -> list[Line]:
    """The report on the class in a folder: a line for every submission, in the order of students and lessons."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", course) as gradebook:
        return _lines(root, gradebook)


def _lines(root: Path, gradebook) -> list[Line]:
    found = []
    for folder in sorted((root / "submitted").glob("*/*")):
        student, lesson = folder.parent.name, folder.name
        graded = root / "autograded" / student / lesson / f"{lesson}.ipynb"
        if not graded.exists():
            found.append(Line(student, lesson, None, _most(gradebook, lesson), 0, (why_ungraded(folder, lesson),)))
            continue
        submission = gradebook.find_submission(lesson, student)
        waiting = sum(g.needs_manual_grade for n in submission.notebooks for g in n.grades)
        found.append(Line(student, lesson, submission.score, submission.max_score, waiting, tuple(reasons(graded))))
    return found


def _most(gradebook, lesson: str) -> float:
    return gradebook.find_assignment(lesson).max_score


def why_ungraded(folder: Path, lesson: str) -> str:
    """Why a submission could not be graded, from what was handed in."""
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        return "no notebook was handed in"
    path = next((p for p in notebooks if p.stem == lesson), notebooks[0])
    try:
        nb = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        return f"{path.name} cannot be read: {problem}"
    except ValueError as problem:
        return f"{path.name} is not a notebook (not valid JSON: {problem}); ask for it again"
    if not isinstance(nb, dict) or "cells" not in nb:
        return f"{path.name} is JSON but no notebook; ask for it again"
    return f"nbgrader could not process {path.name}; see nbgrader's log"


def reasons(path: Path) -> list[str]:
    """What cost points in a graded notebook, one text for each exercise that is not right."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    found, unwritten = [], []
    for cell in nb["cells"]:
        graded = cell["metadata"].get("nbgrader", {})
        judged = graded.get("grade") and graded.get("locked") and checked("".join(cell["source"]))
        for output in cell.get("outputs", []) if judged else []:  # an ordinary cell's outputs are the student's
            told = output.get("metadata", {}).get(KEY, {})
            if told.get("score", 1.0) == 1.0:
                continue
            exercise = told["exercise"].partition(".")[2]
            if told["why"].startswith("Not written yet"):
                unwritten.append(exercise)
            else:
                found.append(f"{exercise} {told['score']:.0%}: {told['why']}")
    return [*found, *([f"not written: {', '.join(unwritten)}"] if unwritten else [])]


def show(report: list[Line]) -> str:
    """The report as a Markdown table that is readable as text."""
    rows = [("student", "lesson", "points", "why")]
    for line in report:
        points = "not graded" if line.score is None else f"{line.score:g} of {line.most:g}"
        why = list(line.why) or ["all right"]
        if line.by_hand:
            why.append(f"{line.by_hand} written answer{'s' * (line.by_hand > 1)} to grade by hand")
        rows.append((line.student, line.lesson, points, re.sub(r"\s+", " ", "; ".join(why)).replace("|", "/")))
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    text = ["| " + " | ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]]) + " |" for row in rows]
    return "\n".join([text[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|---|", *text[1:]])
