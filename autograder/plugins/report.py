"""Who got what, and why: the class report, also as an exporter for ``nbgrader export``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from nbgrader.plugins import ExportPlugin

from autograder.plugins.facts import facts
from autograder.plugins.intake.choosing import files_below, may_be_notebook, where_it_lies
from autograder.plugins.intake.submissions import look
from autograder.plugins.intake.reading import NotReadable, parse
from autograder.plugins.waiting import file_of, noted
from course.build import checked

KEY = "backprop"
NAMED = 3


class Line(NamedTuple):
    """One submission: its score (None when it could not be graded), why, and what else is to be seen in it."""

    student: str
    lesson: str
    score: float | None
    most: float
    by_hand: int
    why: tuple[str, ...]
    facts: tuple[str, ...] = ()


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
        why = (*reasons(graded), *not_used(folder, lesson))
        found.append(Line(student, lesson, submission.score, submission.max_score, waiting, why, _noted_and_facts(root, folder, graded)))
    return found


def _noted_and_facts(root: Path, folder: Path, graded: Path) -> tuple[str, ...]:
    """What was noted when a submission was graded, and facts about it; those that need a file which is gone are left out."""
    told: tuple[str, ...] = ()
    try:
        nb = parse(graded.read_bytes())
        told = tuple(noted(nb))
        given = root / "release" / folder.name / graded.name
        handed_in = parse(file_of(nb, folder / graded.name).read_bytes())
        return (*told, *facts(handed_in, parse(given.read_bytes()) if given.exists() else None, nb))
    except (OSError, NotReadable):
        return told


def _most(gradebook, lesson: str) -> float:
    return gradebook.find_assignment(lesson).max_score


def why_ungraded(folder: Path, lesson: str) -> str:
    """Why a submission could not be graded, from what was handed in."""
    found = look(folder, folder.parent.parent, lesson)
    if found.refused:
        return found.refused
    notebooks = [path for path in files_below(folder, found.left_out) if may_be_notebook(path)]
    if not notebooks:
        return where_it_lies(folder, found.left_out)
    path = next((p for p in notebooks if p.stem == lesson), notebooks[0])
    try:
        parse(path.read_bytes())
    except OSError as problem:
        return f"{path.name} cannot be read: {problem}"
    except NotReadable as problem:
        return f"{path.name} {problem}; ask for it again"
    if path.stem != lesson:
        return f"{path.name} is a notebook, but none of this lesson"
    return f"nbgrader could not process {path.name}; see nbgrader's log"


def not_used(folder: Path, lesson: str) -> list[str]:
    """What was handed in beside the notebook and was not used, in a few words."""
    left_out = look(folder, folder.parent.parent, lesson).left_out
    said = [f"{'some files' if path == folder else path.relative_to(folder)} not used: {why}" for path, why in sorted(left_out.items())]
    return said[:NAMED] + ([f"{len(said) - NAMED} more files not used"] if len(said) > NAMED else [])


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
        why += [f"seen in the notebook: {'. '.join(line.facts)}"] if line.facts else []
        rows.append((_plain(line.student), _plain(line.lesson), points, _plain("; ".join(why))))
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    text = ["| " + " | ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]]) + " |" for row in rows]
    return "\n".join([text[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|---|", *text[1:]])


def _plain(text: str) -> str:
    """A text that cannot break the table: in one line, without bars, and without what a browser takes for HTML."""
    line = re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", text)).replace("|", "/")
    return re.sub(r"<(?=[A-Za-z/!?])", r"\\<", line)
