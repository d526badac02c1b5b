"""Who got what, and why: the class report, also as an exporter for ``nbgrader export``.

`lines` reads the class, `report_text` says it: the class first, then each submission.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from autograder.plugins import ungraded
from autograder.plugins.directory import Submission, folder_of, open_class, strays, submissions
from autograder.plugins.facts import facts
from autograder.plugins.intake.reading import NotReadable, parse
from autograder.plugins.intake.submissions import look, submitted_folder
from autograder.plugins.report_text import Class, Line, Slip, show
from autograder.plugins.waiting import file_of, noted
from course.making.cells import checked

__all__ = ["Class", "Line", "ReportExporter", "Slip", "lines", "read_class", "show"]

KEY = "backprop"
NAMED = 3
UNWRITTEN = "not written"


class ReportExporter(ExportPlugin):
    """Write the class report: ``nbgrader export --exporter=autograder.plugins.report.ReportExporter
    --to=report.md``."""

    def export(self, gradebook) -> None:
        """Write the class report, to `report.md` in the class's folder where nothing else is
        said."""
        directory = self.parent.coursedir if self.parent is not None else open_class(Path.cwd())
        target = Path(directory.root) / (self.to or "report.md")
        target.write_text(show(_read(directory, gradebook)) + "\n", encoding="utf-8")
        self.log.info("Wrote the class report to %s", target)


def lines(root: Path) -> list[Line]:
    """The report on the class in a folder: a line for every submission, in the order of students
    and lessons."""
    return read_class(root).lines


def read_class(root: Path) -> Class:
    """The class in a folder, as its configuration describes it."""
    directory = open_class(root)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        return _read(directory, gradebook)


def _read(directory: CourseDirectory, gradebook: Gradebook) -> Class:
    known = {assignment.name for assignment in gradebook.assignments}
    handed_in = [submission for submission in submissions(directory) if submission.lesson in known]
    found = [_line(directory, gradebook, submission) for submission in handed_in]
    begun = {submission.lesson for submission in handed_in}
    there = {(submission.student, submission.lesson) for submission in handed_in}
    absent = {
        lesson: [
            student.id
            for student in sorted(gradebook.students, key=lambda student: student.id)
            if (student.id, lesson) not in there
        ]
        for lesson in begun
    }
    return Class(found, absent, strays(directory, known))


def _line(directory: CourseDirectory, gradebook: Gradebook, submission: Submission) -> Line:
    student, lesson, folder = submission
    assignment = gradebook.find_assignment(lesson)
    most, names = assignment.max_score, sorted(notebook.name for notebook in assignment.notebooks)
    graded = {
        name: (
            folder_of(directory, directory.autograded_directory, student, lesson) / f"{name}.ipynb"
        )
        for name in names
    }
    submitted = submitted_folder(directory)
    try:
        kept = gradebook.find_submission(lesson, student)
    except MissingEntry:
        kept = None
    if kept is None or not any(path.exists() for path in graded.values()):
        why = ungraded.reason(folder, submitted, lesson, Path(directory.root))
        return Line(student, lesson, None, most, 0, (why,))
    grades = {
        notebook.name: {grade.name: grade for grade in notebook.grades}
        for notebook in kept.notebooks
    }
    slips, seen = [], []
    for name, path in graded.items():
        label = name if len(names) > 1 else ""
        if path.exists():
            slips += _slips(path, grades.get(name, {}), label)
            seen += _facts(directory, submission, path)
        else:
            why = (
                "it is not among what was handed in"
                if not (folder / path.name).exists()
                else "nbgrader could not process it"
            )
            slips.append(Slip(name, f"no points, as {why}", None, None))
    waiting = [
        grade
        for notebook in grades.values()
        for grade in notebook.values()
        if grade.needs_manual_grade
    ]
    checks = sum(
        grade.cell.cell_type == "code" and grade.auto_score is not None for grade in waiting
    )
    given = tuple(
        _by_hand(grade)
        for notebook in grades.values()
        for grade in notebook.values()
        if _settled(grade)
    )
    score = max(0.0, kept.score - kept.late_submission_penalty)
    return Line(
        student,
        lesson,
        score,
        most,
        len(waiting) - checks,
        (*map(str, slips), *not_used(folder, lesson, submitted)),
        tuple(seen),
        tuple(slips),
        kept.late_submission_penalty,
        checks,
        given,
    )


def _settled(grade) -> bool:
    return grade.manual_score is not None and not grade.needs_manual_grade


def _by_hand(grade) -> str:
    extra = f" and {grade.extra_credit:g} extra" if grade.extra_credit else ""
    return (
        f"{grade.name.removeprefix('check-')}: {grade.manual_score:g} of {grade.max_score:g}{extra}"
    )


def _facts(directory: CourseDirectory, submission: Submission, graded: Path) -> tuple[str, ...]:
    """What was noted when a notebook was graded, and facts about it; those that need a file that is
    gone are left out."""
    told: tuple[str, ...] = ()
    try:
        nb = parse(graded.read_bytes())
        told = tuple(noted(nb))
        given = (
            folder_of(directory, directory.release_directory, ".", submission.lesson) / graded.name
        )
        handed_in = parse(file_of(nb, submission.folder / graded.name).read_bytes())
        return (*told, *facts(handed_in, parse(given.read_bytes()) if given.exists() else None, nb))
    except (OSError, NotReadable):
        return told


def not_used(folder: Path, lesson: str, submitted: Path | None = None) -> list[str]:
    """What was handed in beside the notebook and was not used, in a few words."""
    left_out = look(folder, submitted or folder.parent.parent, lesson).left_out
    said = [
        f"{'some files' if path == folder else path.relative_to(folder)} not used: {why}"
        for path, why in sorted(left_out.items())
    ]
    return said[:NAMED] + (
        [f"{len(said) - NAMED} more files not used"] if len(said) > NAMED else []
    )


def _slips(path: Path, grades: dict, label: str) -> Iterator[Slip]:
    """What cost points in a graded notebook. What a person gave points for is that person's word,
    and no slip."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    unwritten = []
    for position, cell in enumerate(nb["cells"]):
        graded = cell["metadata"].get("nbgrader", {})
        judged = graded.get("grade") and graded.get("locked") and checked("".join(cell["source"]))
        grade = grades.get(graded.get("grade_id"))
        if not judged or (grade is not None and _settled(grade)):
            continue
        for output in cell.get("outputs", []):  # an ordinary cell's outputs are the student's
            told = output.get("metadata", {}).get(KEY, {})
            if told.get("score", 1.0) == 1.0:
                continue
            exercise = " ".join(filter(None, [label, told["exercise"].partition(".")[2]]))
            if not told["why"].startswith("Not written yet"):
                yield Slip(exercise, told["why"], told["score"], float(graded["points"]))
            elif below := _code_below_the_stub(
                nb["cells"][:position], told["exercise"].partition(".")[2]
            ):
                yield Slip(exercise, below, told["score"], float(graded["points"]))
            else:
                unwritten.append(exercise)
    yield from [Slip(", ".join(unwritten), UNWRITTEN, 0.0, None)] if unwritten else []


def _code_below_the_stub(before: list[dict], name: str) -> str | None:
    """That code stands below the line that stops a function, where it does; `before` are the cells
    above its check."""
    told = (
        "code stands below the line `raise NotImplementedError` of {}, which stops it; without that"
        " line it would run"
    )
    for cell in reversed(before):
        if cell["cell_type"] != "code" or cell["metadata"].get("nbgrader", {}).get("locked"):
            continue
        try:
            tree = ast.parse(
                re.sub(r"^\s*[%!].*$", "", "".join(cell["source"]), flags=re.MULTILINE)
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and (
                cell["metadata"].get("nbgrader", {}).get("grade_id") == name or node.name == name
            ):
                for inner in ast.walk(node):
                    body = getattr(inner, "body", [])
                    stops = (
                        [k for k, line in enumerate(body) if _stops(line)]
                        if isinstance(body, list)
                        else []
                    )
                    if stops and len(body) > stops[0] + 1:
                        return told.format(node.name)
    return None


def _stops(line: ast.stmt) -> bool:
    raised = line.exc if isinstance(line, ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
