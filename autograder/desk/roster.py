"""Who is in a class: a table of students, as a spreadsheet or a learning platform writes it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import NamedTuple

from autograder.desk import Refused
from autograder.lms.people import People, letters, of_participant
from autograder.lms.problem import Refused as NotTaken
from autograder.lms.sheets import (
    CANVAS,
    GRADES,
    WORKSHEET,
    Sheet,
    Who,
    is_test_student,
    sheet_of,
)
from autograder.lms.tables import read_table

NAMES = {
    "id": (
        "id",
        "student_id",
        "studentid",
        "student",
        "username",
        "user",
        "login",
        "sis_login_id",
        "matriculation",
        "netid",
    ),
    "first_name": ("first_name", "firstname", "given_name", "givenname", "first"),
    "last_name": ("last_name", "lastname", "surname", "family_name", "familyname", "last"),
    "email": ("email", "e_mail", "mail", "email_address", "e_mail_address"),
}
# A student's id becomes the name of a folder; "+" parts names in nbgrader's exchange, "*?[" are
# patterns.
FORBIDDEN = re.compile(r"[/\\+*?\[\]\x00-\x1f\x7f]|^\.|^-")


class Student(NamedTuple):
    """One student; what the table leaves open is empty.

    `lms_user_id` is the platform's own number of a person, `section` the group that it names, and
    `platform` the table that this was read from, where it is a platform's.
    """

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str = ""
    section: str = ""
    platform: str = ""


def read_roster(path: Path) -> tuple[list[Student], list[str]]:
    """The students of a table, and what is to be said about it.

    Parameters
    ----------
    path
        A text file with a heading line. Commas, semicolons or tabs part its columns; UTF-8 with or
        without a mark at its beginning, UTF-16 with one, or Windows' Western letters. Or what
        Canvas or Moodle exports of a course, as it comes.

    Returns
    -------
    students, remarks
        In the order of the table, each id once; the remarks name students that stand there twice.

    Raises
    ------
    Refused
        When the table cannot be understood; the message names the line.
    """
    heading, rows = _table(path)
    sheet = _platform(path, heading)
    if sheet is not None:
        return _of_platform(path, sheet)
    place = {field: _column(heading, names) for field, names in NAMES.items()}
    if place["id"] is None:
        raise Refused(
            f"{path} needs a column called id (its columns:"
            f" {', '.join(filter(None, heading)) or 'none'}). The others are first_name, last_name"
            " and email."
        )
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    remarks = []
    for number, row in rows:
        student = Student(*(_value(row, place[field]) for field in NAMES))
        if not any(student):
            continue
        if not student.id:
            raise Refused(f"{path}, line {number}: {' '.join(filter(None, student))} has no id.")
        if FORBIDDEN.search(student.id):
            raise Refused(
                f"{path}, line {number}: the id {student.id!r} cannot be the name of a folder."
                " Leave out / \\ + * ? [ ], and begin with no point or hyphen."
            )
        known = students.setdefault(student.id, student)
        if number != lines.setdefault(student.id, number):
            what = (
                "again"
                if known == student
                else f"again, as {_named(student)}; {_named(known)} counts"
            )
            remarks.append(
                f"line {number}: {student.id} of line {lines[student.id]} stands there {what}"
            )
    return list(students.values()), remarks


def _platform(path: Path, heading: list[str]) -> Sheet | None:
    """The table as Canvas or Moodle wrote it; None where it is somebody's own."""
    try:
        sheet = sheet_of(read_table(path.read_bytes()))
    except NotTaken:
        return None
    if sheet is None or sheet.kind == CANVAS or _column(heading, NAMES["id"]) is None:
        return sheet
    apart = any(_column(heading, NAMES[name]) is not None for name in ("first_name", "last_name"))
    return None if sheet.kind == GRADES or apart else sheet  # a worksheet has whole names


def _of_platform(path: Path, sheet: Sheet) -> tuple[list[Student], list[str]]:
    """The students of a platform's table. What identifies one is, in this order: the login, the
    institution's number, then the platform's (Canvas) or the email address (Moodle)."""
    students: dict[str, Student] = {}
    remarks, split = [], False
    for number in sheet.people:
        who, line = sheet.who(number), sheet.table.rows[number].line
        if is_test_student(who):
            remarks.append(f"line {line}: the test student is left out")
            continue
        names = [who.login, who.number, who.lms if sheet.kind == CANVAS else who.email]
        if who.participant and not any(names):
            names = [of_participant(who.participant)]
        name = next((each for each in names if each and not FORBIDDEN.search(each)), None)
        if name is None:
            raise Refused(f"{path}, line {line}: {who.name} has no id that can name a folder.")
        first, last = who.first, who.last
        if not (first or last):
            first, _, last = who.full.rpartition(" ")
            split = split or bool(first)
        student = Student(
            name, first.strip(), last.strip(), who.email, who.lms, who.section, sheet.kind
        )
        if name in students:
            remarks.append(f"line {line}: {name} stands there again, as {_named(student)}")
        students.setdefault(name, student)
    if split and sheet.kind == WORKSHEET:
        remarks.append(
            "it has whole names, which were parted before the last word. Moodle's export of the"
            " grades (Plain text file) has first and last names apart"
        )
    return list(students.values()), remarks


def as_known(students: list[Student], people: People) -> list[Student]:
    """The students of a platform's table under the ids that the gradebook has for them already, by
    number, login or email address: its two tables of one person are one person."""
    found = []
    for student in students:
        who = Who(lms=student.lms_user_id, login=student.id, email=student.email)
        fits = people.by_keys(who) if student.platform and student.id not in people.all else []
        found.append(student._replace(id=fits[0]) if len(fits) == 1 else student)
    return found


def same_name(one: str, other: str) -> bool:
    """Whether two names have the same letters; platforms part them at different places."""
    return letters(one) == letters(other)


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise Refused(f"The roster {path} cannot be read: {problem.strerror}.") from None
    text = _text(data).replace("\r\n", "\n").replace("\r", "\n")
    offset = 0
    if said := re.match(r"sep=(.)\n", text):  # Excel's own first line
        text, offset = text[said.end() :], 1
    first = text.partition("\n")[0]
    delimiter = said[1] if said else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        rows = [(reader.line_num + offset, row) for row in reader]
    except csv.Error as problem:
        raise Refused(f"{path}, line {reader.line_num + offset}: {problem}.") from None
    if not rows:
        raise Refused(f"The roster {path} is empty.")
    return rows[0][1], rows[1:]


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _column(heading: list[str], names: tuple[str, ...]) -> int | None:
    plain = [re.sub(r"[^a-z]+", "_", cell.strip().lower()).strip("_") for cell in heading]
    return next((plain.index(name) for name in names if name in plain), None)


def _value(row: list[str], place: int | None) -> str:
    return "" if place is None or place >= len(row) else " ".join(row[place].split())


def _named(student: Student) -> str:
    return " ".join(filter(None, student[1:3])) or student.email or "nobody"
