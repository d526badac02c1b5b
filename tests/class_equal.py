"""Two classes that were graded on different ways, compared: gradebooks row by row, folders file by
file. `class_equal_all` does it for a large class."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Base, Gradebook
from sqlalchemy import text

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_240_517


def rows(url, course="backprop-by-hand"):
    """Everything that a gradebook says, with names in the place of its random ids.

    Returns
    -------
    dict
        Place of a row -> what stands in it.
    """
    found = {}
    with Gradebook(url, course) as book:
        for student in book.students:
            found["student", student.id] = (
                student.first_name, student.last_name, student.email, student.lms_user_id,
            )  # fmt: skip
        for lesson in book.assignments:
            found["lesson", lesson.name] = str(lesson.duedate)
            for given in lesson.submissions:
                place = lesson.name, given.student_id
                found["submission", *place] = str(given.timestamp), str(given.extension)
                for notebook in given.notebooks:
                    told = notebook.late_submission_penalty, notebook.flagged, notebook.score
                    found["notebook", *place, notebook.name] = told
                    for grade in notebook.grades:
                        found["grade", *place, notebook.name, grade.name] = (
                            grade.auto_score,
                            grade.manual_score,
                            grade.extra_credit,
                            grade.needs_manual_grade,
                        )
                    for comment in notebook.comments:
                        found["comment", *place, notebook.name, comment.name] = (
                            comment.auto_comment,
                            comment.manual_comment,
                        )
        for table in Base.metadata.sorted_tables:  # nothing beside what is named above
            count = text(f"SELECT COUNT(*) FROM {table.name}")
            found["table", table.name] = book.db.execute(count).scalar()
    return found


def files(folder):
    """What lies in the graded folders: path -> kind and permissions, and what stands in it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = stat.filemode(path.stat().st_mode)
        place = str(path.relative_to(folder))
        if path.is_dir():
            found[place] = mode, ""
        elif path.suffix == ".ipynb":
            found[place] = mode, timeless(json.loads(path.read_text(encoding="utf-8")))
        else:
            found[place] = mode, path.read_bytes()
    return found


def timeless(notebook):
    """A notebook without the times at which its cells ran."""
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)
    return notebook


def differences(one, other):
    """The places in which two tables differ, with both values; cells instead of whole notebooks."""
    found = []
    for place in sorted({*one, *other}, key=str):
        a, b = one.get(place), other.get(place)
        if a == b:
            continue
        if a and b and isinstance(a[-1], dict) and isinstance(b[-1], dict) and a[0] == b[0]:
            cells = zip(a[-1]["cells"], b[-1]["cells"])
            parts = [(place, x, y) for x, y in cells if x != y]
            found += parts or [(place, a[-1]["metadata"], b[-1]["metadata"])]
        else:
            found.append((place, a, b))
    return found


def same(one, other):
    """See to it that the classes in two folders are graded alike; what was compared, in numbers."""
    urls = [f"sqlite:///{folder / 'gradebook.db'}" for folder in (one, other)]
    books = [rows(url) for url in urls]
    folders = [files(folder / "autograded") for folder in (one, other)]
    assert differences(*books) == []
    assert differences(*folders) == []
    return len(books[0]), len(folders[0])


def environment(home):
    """That of a person who has no settings of their own."""
    folders = {
        f"JUPYTER_{kind}_DIR": str(home / "jupyter") for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    return {
        **os.environ,
        **folders,
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }


def typed(cwd, *words, **options):
    """Type a command of nbgrader or of the course in a folder."""
    program = ["-m", "nbgrader"] if words[0] == "nbgrader" else ["-m", "autograder.app"]
    return subprocess.Popen(
        [sys.executable, *program, *map(str, words[1:])],
        cwd=cwd,
        env=environment(cwd.parent),
        stdout=subprocess.PIPE,
        text=True,
        **{"stderr": subprocess.STDOUT, **options},
    )


def ended(running, seconds=280):
    """What a command said, and its exit status."""
    said = running.communicate(timeout=seconds)[0]
    return running.returncode, said


def twin(folder, place):
    """A copy of a class, times and all. What was handed in is there before it is graded: a copy of a
    file is a new one, and a grade does not stand when something came after it."""
    shutil.copytree(folder, place, symlinks=True)
    for path in place.glob("autograded/*/*/*.ipynb"):
        path.touch()
    return place
