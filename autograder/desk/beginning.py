"""A class from nothing: configuration, gradebook, lessons, exchange and roster, in a folder of its
own.

The folder lies outside the course's, so that git never sees a grade and an update of the course
changes no lesson that is being graded. What is there already is never changed: a second run adds
what is missing of what was asked for, and names what differs.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from autograder.desk import Refused
from autograder.desk.roster import Student, as_known, read_roster, same_name
from autograder.lms.people import People, people_of
from autograder.plugins.directory import CONFIG, configuration
from course.making.build import lesson_files

COURSE_ID = "backprop-by-hand"
KEPT = ("first_name", "last_name", "email", "lms_user_id")  # what a gradebook keeps of a student
HEAD = '''"""A class as nbgrader sees it. `backprop init` made this file; it is yours to change."""

from pathlib import Path

try:
    from autograder.plugins import configure
except Exception as problem:  # nbgrader alone would go on, with no wall around what students wrote
    raise SystemExit(f"The course's grading cannot be loaded, so nothing is done: {problem!r}") from None
'''
BODY = """
here = Path(__file__).resolve().parent
c = get_config()
configure(c)
c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.root = str(here)
c.GenerateAssignment.force = True  # release/ is made from source/, as often as you like
c.NbGrader.logfile = str(here / ".nbgrader.log")  # the class report quotes it where a submission has no grade
"""
WITHOUT = "without_exchange(c)  # lessons and submissions travel as files"
STUDENTS = '''"""For your students: they save this file as ~/.jupyter/nbgrader_config.py."""

c = get_config()
c.CourseDirectory.course_id = {course_id!r}
c.Exchange.root = {exchange!r}
'''


@dataclass(frozen=True)
class Asked:
    """What a run asks for; None where nothing is said.

    `exchange` is a folder, or False for a class without one; `lessons` are names of lessons or
    their numbers.
    """

    course_id: str | None = None
    exchange: Path | bool | None = None
    lessons: list[str] | None = None
    roster: Path | None = None


@dataclass
class Told:
    """What came of a run: what was made, what differs from what was asked, what else is to be
    known."""

    made: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    state: str = ""


def course_folder(start: Path) -> Path:
    """Where the course's own notebooks lie: upwards of a folder, or where the running program lies.

    Raises
    ------
    Refused
        When they are nowhere.
    """
    for folder in (start, *start.parents, Path(__file__).resolve().parents[2]):
        if lesson_files(folder) and (folder / "source").is_dir():
            return folder
    raise Refused("The course's source/ is not here. Run this inside the course's repository.")


def begin(course: Path, folder: Path, asked: Asked) -> Told:
    """Make a class, or complete one.

    Parameters
    ----------
    course
        The repository of the course; its ``source/`` is copied.
    folder
        Of the class.

    Raises
    ------
    Refused
        When something is in the way; nothing was changed then.
    """
    folder, told = folder.resolve(), Told()
    _may_lie(folder, course)
    lessons = chosen(course, asked.lessons)
    exchange = asked.exchange.resolve() if isinstance(asked.exchange, Path) else asked.exchange
    if asked.course_id is not None and not re.fullmatch(
        r"[A-Za-z0-9][A-Za-z0-9._-]*", asked.course_id
    ):
        raise Refused(
            f"The course id {asked.course_id!r} becomes a folder: letters, digits, point, hyphen"
            " and underscore."
        )
    students, remarks = read_roster(asked.roster) if asked.roster else ([], [])
    told.remarks += [f"{asked.roster}, {remark}" for remark in remarks]
    if (folder / CONFIG).exists():
        _compare(folder, asked, exchange, told)
    else:
        _configure(folder, asked.course_id or COURSE_ID, exchange or None, told)
    known = sorted(path.name for path in (folder / "source").glob("*") if path.is_dir())
    _lessons(course, folder, lessons if asked.lessons is not None or not known else known, told)
    _students(folder, students, told)
    told.state = _state(folder)
    return told


def _may_lie(folder: Path, course: Path) -> None:
    if folder == course.resolve() or course.resolve() in folder.parents:
        raise Refused(
            f"{folder} lies inside the course's repository. A class has a folder of its own, where"
            f" git sees no grade: backprop init {course.resolve().parent / 'my-class'}"
        )
    if (folder / "throw-away-class").exists():
        raise Refused(
            f"{folder} is the rehearsal of `make class`, which is deleted each time. Name another"
            " folder."
        )
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file. Name a folder.")
    if folder.exists() and any(folder.iterdir()) and not (folder / CONFIG).exists():
        raise Refused(f"{folder} holds something else. Name an empty or a new folder.")
    above = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(above, os.W_OK | os.X_OK):
        raise Refused(
            f"You may not write in {above}. Name a folder of your own: backprop init FOLDER"
        )


def chosen(course: Path, wanted: list[str] | None) -> list[str]:
    """The lessons of the course that are wanted by name or number; all where None.

    Raises
    ------
    Refused
        When one of them does not exist.
    """
    every = [path.stem for path in lesson_files(course)]
    if wanted is None:
        return every
    names = [name for text in wanted for name in text.split(",") if name]
    found = {
        name: [
            lesson
            for lesson in every
            if lesson == name or lesson.partition("-")[0] == name.zfill(2)
        ]
        for name in names
    }
    missing = [name for name, lessons in found.items() if not lessons]
    if missing or not names:
        raise Refused(
            f"There is no lesson {', '.join(missing or wanted)}. The lessons: {', '.join(every)}."
        )
    return sorted({lessons[0] for lessons in found.values()})


def one_lesson(course: Path, wanted: str) -> str:
    """The lesson of the course that is wanted by name or number.

    Raises
    ------
    Refused
        When it does not exist, or more than one is named.
    """
    found = chosen(course, [wanted])
    if len(found) != 1:
        raise Refused(f"{wanted} is {len(found)} lessons. Name one: {found[0]}")
    return found[0]


def _configure(folder: Path, course_id: str, exchange: Path | None, told: Told) -> None:
    """The configuration, and the exchange; the folder is closed to others, as it holds the
    solutions and the grades."""
    if exchange:
        _exchange(exchange, told)
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o700)
    imported = "" if exchange else "from autograder.plugins.exchangeless import without_exchange\n"
    last = f"c.Exchange.root = {str(exchange)!r}" if exchange else WITHOUT
    (folder / CONFIG).write_text(
        HEAD + imported + BODY.format(course_id=course_id) + last + "\n", encoding="utf-8"
    )
    told.made.append(
        f"{CONFIG}: course id {course_id},"
        f" {'the exchange ' + str(exchange) if exchange else 'no exchange'}"
    )
    if exchange:
        (folder / "for-students").mkdir(exist_ok=True)
        text = STUDENTS.format(course_id=course_id, exchange=str(exchange))
        (folder / "for-students" / CONFIG).write_text(text, encoding="utf-8")
        told.made.append(f"for-students/{CONFIG}: your students save it as ~/.jupyter/{CONFIG}")


def _exchange(exchange: Path, told: Told) -> None:
    if not exchange.exists():
        above = next(path for path in exchange.parents if path.exists())
        if not os.access(above, os.W_OK | os.X_OK):
            raise Refused(
                f"You may not make the exchange {exchange}: {above} is not yours to write in. Ask"
                " your administrator for a folder that everybody may write in, or name another"
                " one."
            )
        exchange.mkdir(parents=True)
        exchange.chmod(0o777)  # students put their work there
        told.made.append(f"the exchange {exchange}")
    if not exchange.is_dir() or not os.access(exchange, os.R_OK | os.W_OK | os.X_OK):
        raise Refused(f"The exchange {exchange} must be a folder that you may read and write.")
    if not exchange.stat().st_mode & stat.S_IWOTH:
        told.remarks.append(
            "other users may not write in the exchange, so only you can submit: chmod a+rwx"
            f" {exchange}"
        )
    for path in exchange.parents:
        if not path.stat().st_mode & stat.S_IXOTH:
            told.remarks.append(
                f"other users cannot reach the exchange, as {path} is closed to them: chmod a+x"
                f" {path}"
            )


def _compare(folder: Path, asked: Asked, exchange: Path | bool | None, told: Told) -> None:
    """Name what the class's own configuration says otherwise than what is asked for."""
    config, file = configuration(folder), folder / CONFIG
    here = str(config.CourseDirectory.get("course_id", ""))
    if asked.course_id is not None and asked.course_id != here:
        told.differs.append(
            f"The course id is {here!r}, not {asked.course_id!r}. To change it, edit"
            f" c.CourseDirectory.course_id in {file}."
        )
    root = None if "list" in config.ExchangeFactory else config.Exchange.get("root")
    if exchange is False and root:
        told.differs.append(
            f"The class has the exchange {root}. To leave it, put these lines in place of"
            f" c.Exchange.root in {file}: from autograder.plugins.exchangeless import"
            f" without_exchange; {WITHOUT}"
        )
    elif isinstance(exchange, Path) and str(exchange) != str(root):
        now = f"The class has the exchange {root}" if root else "The class has no exchange"
        told.differs.append(
            f"{now}. To use {exchange}, make that folder writable for all (mkdir -p, chmod a+rwx),"
            f" and write into {file}, in place of its last line: c.Exchange.root ="
            f" {str(exchange)!r}"
        )


def _lessons(course: Path, folder: Path, lessons: list[str], told: Told) -> None:
    """Copy what is missing of ``source/``, and let nbgrader make what is missing of ``release/``
    and of the gradebook."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    for lesson in lessons:
        source, own = course / "source" / lesson, folder / "source" / lesson
        if not own.exists():
            if not source.is_dir():
                raise Refused(
                    f"{source} is missing: `make build` makes it. Run the same command again"
                    " afterwards."
                )
            shutil.copytree(source, own, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        elif (
            source.is_dir()
            and filecmp.cmpfiles(
                source, own, [path.name for path in source.glob("*.ipynb")], shallow=False
            )[1]
        ):
            told.remarks.append(
                f"source/{lesson} is not as in the course (edited, or the course is newer); it"
                " stays as it is"
            )
    config = configuration(folder)
    directory = CourseDirectory(config=config)
    ready = _known(directory)
    for lesson in lessons:
        if lesson in ready and (folder / "release" / lesson).is_dir():
            continue
        config.NbGrader.log_level = 40
        made = NbGraderAPI(directory, config=config).generate_assignment(
            lesson, force=True, create=True
        )
        if not made["success"]:
            raise Refused(
                "nbgrader could not make the release of"
                f" {lesson}:\n{made.get('log') or made.get('error')}"
            )
        told.made.append(
            f"{lesson}: source/, release/, and in the gradebook with {_points(directory, lesson)}"
        )


def _gradebook(directory):
    from nbgrader.api import Gradebook

    return Gradebook(directory.db_url, directory.course_id)


def _known(directory) -> set[str]:
    """The lessons of the gradebook that have their notebooks; a gradebook is made where there is
    none."""
    with _gradebook(directory) as gradebook:
        return {assignment.name for assignment in gradebook.assignments if assignment.notebooks}


def _points(directory, lesson: str) -> str:
    with _gradebook(directory) as gradebook:
        assignment = gradebook.find_assignment(lesson)
        written = sum(
            cell.cell_type == "markdown"
            for notebook in assignment.notebooks
            for cell in notebook.grade_cells
        )
        return f"{assignment.max_score:g} points, {written} written answer{'s' * (written != 1)}"


def _students(folder: Path, students: list[Student], told: Told) -> None:
    from nbgrader.coursedir import CourseDirectory

    if not students:
        return
    with _gradebook(CourseDirectory(config=configuration(folder))) as gradebook:
        students = as_known(students, People(people_of(gradebook)))
        known = {student.id: student for student in gradebook.students}
        new = [student for student in students if student.id not in known]
        for student in new:
            gradebook.add_student(
                student.id, **{name: getattr(student, name) or None for name in KEPT}
            )
        for student in students:
            there = known.get(student.id)
            if there is None or (
                student.platform
                and student.email in ("", there.email)
                and same_name(
                    student.first_name + student.last_name,
                    (there.first_name or "") + (there.last_name or ""),
                )
                and student.lms_user_id in ("", there.lms_user_id)
            ):
                continue
            told.differs += [
                f"{student.id}: the gradebook has the {name.replace('_', ' ')}"
                f" {getattr(there, name) or 'empty'}, the roster {value}. To change it: nbgrader db"
                f" student add {student.id} --{name.replace('_', '-')}={value!r}"
                for name in KEPT
                if (value := getattr(student, name)) and value != (getattr(there, name) or "")
            ]
    if new:
        counts = Counter(student.section for student in new if student.section)
        parted = ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
        told.made.append(
            f"{len(new)} student{'s' * (len(new) != 1)} from the roster"
            + (f" ({parted})" if parted else "")
        )


def _state(folder: Path) -> str:
    from nbgrader.coursedir import CourseDirectory

    config = configuration(folder)
    with _gradebook(CourseDirectory(config=config)) as gradebook:
        lessons, students = len(gradebook.assignments), len(gradebook.students)
    root = None if "list" in config.ExchangeFactory else config.Exchange.get("root")
    return (
        f"{folder} is the class {config.CourseDirectory.get('course_id', '')}: {lessons}"
        f" lesson{'s' * (lessons != 1)}, {students} student{'s' * (students != 1)},"
        f" {f'the exchange {root}' if root else 'no exchange'}."
    )
