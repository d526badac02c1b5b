"""Grades into the table that a learning platform gave: ``nbgrader export`` for Canvas and Moodle.

The platform's own table is the frame. Points go into one column of it, and every other byte stays,
also a name that looks like a formula: it is the platform's, and it must come back as it was to be
matched. What is written here is numbers alone. Only where no table is given is one made from the
gradebook; there the names are ours to write, and no spreadsheet takes them for formulas.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Enum, Unicode

from autograder.lms.people import People, Person, people_of
from autograder.lms.problem import Refused
from autograder.lms.sheets import (
    CANVAS,
    GRADES,
    WORKSHEET,
    Sheet,
    column_of,
    is_locked,
    is_test_student,
    maximum,
    read_sheet,
)
from autograder.lms.tables import FORMULA, is_formula, neutral
from autograder.plugins.directory import folder_of, open_class

NAMED = 20
WAITS = "waits for hand grading, so no grade is written"


@dataclass
class Grade:
    """What a student has for a lesson: points, or why there are none to give out."""

    points: float | None
    why: str = ""


@dataclass
class Told:
    """What came of filling one column: counts, and what is to be said."""

    new: int = 0
    changed: int = 0
    same: int = 0
    remarks: list[str] = field(default_factory=list)


class PlatformExporter(ExportPlugin):
    """What is common to the exporters for Canvas and Moodle."""

    platform, kinds = "", ()
    table = Unicode("", help="The table that the platform gave.").tag(config=True)
    column = Unicode("", help="The heading of the column that the points go into.").tag(config=True)
    scale = Bool(
        False, help="Write points in proportion to what the platform says can be had."
    ).tag(config=True)
    preliminary = Bool(
        False, help="Write the points of those too of whom something waits for hand grading."
    ).tag(config=True)
    decimal = Enum(
        ["", ".", ","], "", help="The decimal sign; the table's own where nothing is said."
    ).tag(config=True)

    def export(self, gradebook) -> None:
        """Write the table with the points in it, to ``--to`` or beside the gradebook; say whom it
        leaves out, and why."""
        try:
            self._export(gradebook)
        except (Refused, OSError) as problem:
            self.log.error("%s", problem)
            sys.exit(1)

    def _export(self, gradebook) -> None:
        directory = self.parent.coursedir if self.parent is not None else open_class(Path.cwd())
        known = [assignment.name for assignment in gradebook.assignments]
        lessons = [str(name) for name in self.assignment] or known
        if missing := sorted(set(lessons) - set(known)):
            raise Refused(f"The gradebook knows no {', '.join(missing)}, only {', '.join(known)}.")
        grades = {
            lesson: {
                person.id: grade_of(directory, gradebook, lesson, person.id, self.preliminary)
                for person in people_of(gradebook)
            }
            for lesson in lessons
        }
        most = {lesson: gradebook.find_assignment(lesson).max_score for lesson in lessons}
        target = Path(self.to or Path(directory.root) / f"for-{self.platform}.csv")
        people = People(people_of(gradebook))
        if not self.table:
            data, left = made(self.platform, people, grades, most)
            for line in left:
                self.log.warning("%s", line)
        else:
            source = Path(self.table).expanduser()
            if target.exists() and source.exists() and target.samefile(source):
                raise Refused(f"{target} is what the platform gave; name another file: --to=FILE")
            data = self._filled(source, people, grades, most)
        if any(each.why == WAITS for of_lesson in grades.values() for each in of_lesson.values()):
            self.log.warning(
                "To write the points so far of those who wait: --%s.preliminary=True",
                type(self).__name__,
            )
        target.write_bytes(data)
        self.log.info("Wrote %s", target)

    def _filled(self, source: Path, people: People, grades: dict, most: dict) -> bytes:
        sheet = read_sheet(source)
        if sheet.kind not in self.kinds:
            raise Refused(f"{source} is a {sheet.kind}. Use the other platform's exporter.")
        if len(grades) > 1 and (self.column or sheet.kind == WORKSHEET):
            raise Refused("One column is of one lesson. Name it: --assignment=LESSON")
        self._formulas(source, sheet)
        changes: dict[tuple[int, int], str] = {}
        for lesson, of_students in grades.items():
            try:
                column = column_of(sheet, lesson, self.column)
            except Refused as problem:
                if self.assignment or len(grades) == 1:
                    option = f"--{type(self).__name__}.column=HEADING"
                    raise Refused(f"{source}: {problem} To name one: {option}") from None
                self.log.warning("%s is left out. %s", lesson, problem)
                continue
            told = fill(sheet, column, people, of_students, most[lesson], changes, self)
            self.log.info(
                "%s: %d grades, of which %d are new and %d were another in %s",
                lesson,
                told.new + told.changed + told.same,
                told.new,
                told.changed,
                source.name,
            )
            for line in told.remarks:
                self.log.warning("%s: %s", lesson, line)
        return sheet.table.changed(changes)

    def _formulas(self, source: Path, sheet: Sheet) -> None:
        odd = [row.line for row in sheet.table.rows if any(is_formula(c.text) for c in row.cells)]
        if odd:
            self.log.warning(
                "%s, line%s %s: text that a spreadsheet takes for a formula. It is the platform's"
                " and stays as it is. Upload the new file without opening it in a spreadsheet.",
                source.name,
                "s" * (len(odd) > 1),
                ", ".join(map(str, odd[:NAMED])),
            )


class CanvasExporter(PlatformExporter):
    """Grades into a gradebook exported from Canvas: ``nbgrader export
    --exporter=autograder.lms.CanvasExporter --CanvasExporter.table=FILE --assignment=LESSON``."""

    platform, kinds = "canvas", (CANVAS,)


class MoodleExporter(PlatformExporter):
    """Grades into a grading worksheet or an export of grades from Moodle: ``nbgrader export
    --exporter=autograder.lms.MoodleExporter --MoodleExporter.table=FILE --assignment=LESSON``."""

    platform, kinds = "moodle", (WORKSHEET, GRADES)


def grade_of(directory, gradebook, lesson: str, student: str, preliminary: bool = False) -> Grade:
    """What a student has for a lesson, less the penalty for being late.

    Parameters
    ----------
    directory, gradebook
        Of the class.
    preliminary
        Also where something waits for hand grading.
    """
    handed_in = folder_of(directory, directory.submitted_directory, student, lesson).is_dir()
    graded = folder_of(directory, directory.autograded_directory, student, lesson)
    try:
        submission = gradebook.find_submission(lesson, student)
    except MissingEntry:
        submission = None
    if submission is None or not any(graded.glob("*.ipynb")):
        return Grade(None, "handed in and not graded" if handed_in else "")
    if submission.needs_manual_grade and not preliminary:
        return Grade(None, WAITS)
    return Grade(max(0.0, submission.score - submission.late_submission_penalty))


def fill(
    sheet: Sheet,
    column: int,
    people: People,
    grades: dict[str, Grade],
    most: float,
    changes: dict[tuple[int, int], str],
    asked: PlatformExporter,
) -> Told:
    """Put the points of a lesson into a column.

    Parameters
    ----------
    grades
        By the ids of the students.
    most
        What can be had for the lesson.
    changes
        What is to change in the table; it is added to.
    asked
        How numbers are written, and whether in proportion.
    """
    told, write = Told(), _number(sheet, column, asked.decimal)
    limits = {_read(text) for text in maximum(sheet, column)} - {None}
    limit = limits.pop() if len(limits) == 1 else None
    factor = limit / most if asked.scale and limit and most else 1.0
    if limit is not None and abs(limit - most) > 0.005:
        told.remarks.append(
            f"the platform says that {limit:g} points can be had, the lesson has {most:g}."
            + (
                " The points are written in proportion."
                if factor != 1.0
                else " The points are written as they are. In proportion:"
                f" --{type(asked).__name__}.scale=True"
            )
        )
    rows: dict[str, list[int]] = {}
    for number in sheet.people:
        who, line = sheet.who(number), sheet.table.rows[number].line
        fits = people.by_keys(who)
        if len(fits) == 1:
            rows.setdefault(fits[0], []).append(number)
        elif fits:
            told.remarks.append(
                f"line {line}, {who.name}: fits {' and '.join(fits)}, so no grade is written"
            )
        elif not is_test_student(who):
            told.remarks.append(f"line {line}, {who.name}: nobody in the gradebook")
    for student, grade in grades.items():
        found = rows.get(student, [])
        if grade.points is None:
            if grade.why:
                told.remarks.append(f"{student}: {grade.why}")
        elif not found:
            told.remarks.append(f"{student}: has {grade.points:g} points and no line of the table")
        elif len(found) > 1:
            lines = " and ".join(str(sheet.table.rows[number].line) for number in found)
            told.remarks.append(f"{student}: stands in the lines {lines}, so no grade is written")
        else:
            row = sheet.table.rows[found[0]]
            before, points = row.at(column), grade.points * factor
            if why := is_locked(sheet, row, before):
                told.remarks.append(f"line {row.line}, {student}: {why}; no grade is written")
            elif (known := _read(before)) is not None and abs(known - points) < 0.005:
                told.same += 1
            else:
                if limit is not None and points > limit + 0.005:
                    told.remarks.append(f"{student}: {points:g} is more than the platform takes")
                changes[found[0], column] = write(points)
                told.changed += bool(before) and before != "-"
                told.new += not before or before == "-"
    return told


def _read(text: str) -> float | None:
    """A number of a platform, with either decimal sign; None where there is none."""
    found = re.fullmatch(r"(-?\d+)(?:[.,](\d+))?", text.strip())
    return float(f"{found[1]}.{found[2] or 0}") if found else None


def _number(sheet: Sheet, column: int, decimal: str):
    """How a number is written: two digits after the decimal sign that the table has."""
    there = {row.at(column) for row in sheet.table.rows[1:]} | maximum(sheet, column)
    signs = {found[1] for text in there if (found := re.fullmatch(r"\d+([.,])\d+", text))}
    own = signs.pop() if len(signs) == 1 else "," if sheet.table.delimiter == ";" else "."
    return lambda points: f"{points:.2f}".replace(".", decimal or own)


def made(
    platform: str, people: People, grades: dict[str, dict[str, Grade]], most: dict[str, float]
) -> tuple[bytes, list[str]]:
    """A table for a platform from the gradebook alone, and whom it leaves out.

    Names are written so that no spreadsheet takes them for formulas. An id or an address that looks
    like one would no longer be found by the platform, so that person is left out and named.
    """
    out, left, lessons = io.StringIO(), [], list(grades)
    writer = csv.writer(out)
    if platform == "canvas":
        writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *lessons])
        writer.writerow(["    Points Possible", "", "", "", "", *(f"{most[x]:g}" for x in lessons)])
    else:
        writer.writerow(["Username", "First name", "Last name", "Email address", *lessons])
    for person in people.all.values():
        given = [grades[lesson][person.id] for lesson in lessons]
        left += [
            f"{lesson}: {person.id}: {grade.why}"
            for lesson, grade in zip(lessons, given)
            if grade.why
        ]
        if any(FORMULA.match(text) for text in (person.id, person.lms, person.email)):
            left.append(f"{person.id!r} looks like a formula, so this person is left out")
            continue
        points = ["" if grade.points is None else f"{grade.points:.2f}" for grade in given]
        writer.writerow([*_begin(platform, person), *points])
    return out.getvalue().encode("utf-8"), left


def _begin(platform: str, person: Person) -> list[str]:
    first, last = neutral(person.first), neutral(person.last)
    if platform == "canvas":
        name = neutral(", ".join(filter(None, (person.last, person.first))))
        return [name, person.lms, "", person.id, ""]
    return [person.id, first, last, person.email]
