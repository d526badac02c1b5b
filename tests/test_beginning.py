"""`backprop init`: a class from nothing, completed by a second run, never changed by one; and the
roster it reads."""

import hashlib
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.desk import Refused
from autograder.desk.beginning import Asked, begin
from autograder.desk.roster import Student, read_roster
from autograder.exercises import lesson_exercises

ROOT = Path(__file__).resolve().parents[1]
FOUR, ONE = "04-two-two-one", "01-chain-rule"
ROSTER = 'id,first_name,last_name,email\nzoe,Zoë,"O\'Brien, jun.",z@example.org\nmax,Max,Müller,\n'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A class of one lesson with an exchange and a roster, and what the run said."""
    place = tmp_path_factory.mktemp("begin")
    (place / "students.csv").write_text(ROSTER, encoding="utf-8")
    told = begin(
        ROOT,
        place / "class",
        Asked("calculus-2", place / "exchange", ["4"], place / "students.csv"),
    )
    return place / "class", told


def state(folder):
    """A fingerprint of every file of a class, its exchange's included."""
    paths = sorted(path for path in folder.parent.rglob("*") if path.is_file())
    return [
        (path, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in paths
    ]


def test_a_class_knows_its_lessons_its_students_and_its_exchange(made):
    folder, told = made
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "calculus-2") as gradebook:
        (assignment,) = gradebook.assignments
        assert (
            assignment.max_score
            == sum(exercise.points for exercise in lesson_exercises("two_two_one")) + 4
        )
        assert {(s.id, s.first_name, s.last_name, s.email) for s in gradebook.students} == {
            ("zoe", "Zoë", "O'Brien, jun.", "z@example.org"), ("max", "Max", "Müller", None)}  # fmt: skip
    assert (folder / "source" / FOUR / f"{FOUR}.ipynb").exists() and (
        folder / "release" / FOUR / f"{FOUR}.ipynb"
    ).exists()
    assert "calculus-2: 1 lesson, 2 students, the exchange" in told.state
    # students put their work there
    assert stat.S_IMODE((folder.parent / "exchange").stat().st_mode) == 0o777
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700  # and do not read the solutions here
    assert (
        str(folder.parent / "exchange")
        in (folder / "for-students" / "nbgrader_config.py").read_text()
    )


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(lessons=["04-two-two-one"]), Asked(course_id="calculus-2")]
)
def test_a_second_run_changes_nothing(made, asked):
    folder, _ = made
    before = state(folder)
    told = begin(ROOT, folder, asked)
    assert (told.made, told.differs, state(folder)) == ([], [], before)


def test_what_is_asked_otherwise_is_named_with_the_way_to_change_it_and_not_done(made, tmp_path):
    folder, _ = made
    (tmp_path / "other.csv").write_text("id;surname\nmax;Maier\n", encoding="utf-8")
    before = state(folder)
    told = begin(
        ROOT, folder, Asked("physics", tmp_path / "elsewhere", None, tmp_path / "other.csv")
    )
    said = " ".join(told.differs)
    assert (
        "course id is 'calculus-2', not 'physics'" in said
        and "edit c.CourseDirectory.course_id" in said
    )
    assert f"To use {tmp_path / 'elsewhere'}" in said
    assert "nbgrader db student add max --last-name='Maier'" in said
    assert state(folder) == before and not (tmp_path / "elsewhere").exists()
    assert "has the exchange" in begin(ROOT, folder, Asked(exchange=False)).differs[0]


def test_a_lesson_that_is_asked_for_later_is_added_and_an_edited_one_stays(made):
    folder, _ = made
    source = folder / "source" / FOUR / f"{FOUR}.ipynb"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("How to compute this gradient?", "How?"), encoding="utf-8")
    told = begin(ROOT, folder, Asked(lessons=["1,4"]))
    assert [line.partition(":")[0] for line in told.made] == [ONE]
    assert any(f"source/{FOUR} is not as in the course" in remark for remark in told.remarks)
    assert "How?" in source.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("place", "said"),
    [("my-class", "lies inside the course's repository"), (".", "inside the course's repository")],
)
def test_the_courses_own_repository_is_no_place_for_grades(place, said):
    with pytest.raises(Refused, match=said):
        begin(ROOT, ROOT / place, Asked())


@pytest.mark.parametrize(("asked", "said"), [
    (Asked(lessons=["9"]), "There is no lesson 9. The lessons: 01-chain-rule"), (Asked(course_id="a/b"), "becomes a folder"),
    (Asked(roster=Path("nowhere.csv")), "nowhere.csv cannot be read"),
])  # fmt: skip
def test_a_refusal_says_what_to_do_and_makes_nothing(tmp_path, asked, said):
    with pytest.raises(Refused, match=said):
        begin(ROOT, tmp_path / "class", asked)
    assert not (tmp_path / "class").exists()


def test_a_folder_that_holds_something_else_stays_as_it_is(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(Refused, match="holds something else"):
        begin(ROOT, tmp_path, Asked())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_class_without_an_exchange_says_what_to_do_by_hand(tmp_path):
    folder = tmp_path / "class"
    begin(ROOT, folder, Asked(lessons=["4"]))
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "release_assignment", FOUR],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert (
        f"This class has no exchange. Give your students the folder release/{FOUR}/." in done.stderr
    )


# ---- the roster


@pytest.mark.parametrize("data", [
    "id,first_name,last_name,email\nzoe,Zoë,Müller,z@x\n".encode(), "\ufeffStudent ID;First name;Surname;E-mail\r\nzoe;Zoë;Müller;z@x\r\n".encode(),
    "sep=;\nemail;username;last name;given name\nz@x;zoe;Müller;Zoë\n".encode(), "ID\tFirst_Name\tLast_Name\tEmail\nzoe\tZoë\tMüller\tz@x".encode("utf-16"),
    "login,firstname,lastname,mail\nzoe,Zoë,Müller,z@x\n".encode("cp1252"), 'id,first_name,last_name,email\n"zoe"," Zoë ","Müller",z@x\n\n,,,\n'.encode(),
], ids=["plain", "mark and semicolons", "Excel", "UTF-16 and tabs", "Windows", "quotes and empty lines"])  # fmt: skip
def test_a_roster_is_read_as_spreadsheets_and_platforms_write_it(tmp_path, data):
    (tmp_path / "r.csv").write_bytes(data)
    assert read_roster(tmp_path / "r.csv") == ([Student("zoe", "Zoë", "Müller", "z@x")], [])


def test_a_student_who_stands_there_twice_counts_once_and_is_named(tmp_path):
    (tmp_path / "r.csv").write_text("id,last_name\nzoe,A\nmax,B\nzoe,A\nmax,C\n", encoding="utf-8")
    students, remarks = read_roster(tmp_path / "r.csv")
    assert [(student.id, student.last_name) for student in students] == [("zoe", "A"), ("max", "B")]
    assert remarks == [
        "line 4: zoe of line 2 stands there again",
        "line 5: max of line 3 stands there again, as C; B counts",
    ]


@pytest.mark.parametrize(("text", "said"), [
    ("name,mail\nA,b\n", "needs a column called id .its columns: name, mail."), ("id,last_name\n,Müller\n", "line 2: Müller has no id"),
    ("id\n../etc\n", "line 2: the id '../etc' cannot be the name of a folder"), ("", "is empty"), ("id\na+b\n", "cannot be the name of a folder"),
])  # fmt: skip
def test_a_roster_that_cannot_be_used_is_refused_by_line(tmp_path, text, said):
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=said):
        read_roster(tmp_path / "r.csv")


def test_a_class_whose_grading_cannot_be_loaded_grades_nothing(made, tmp_path):
    folder = tmp_path / "class"
    shutil.copytree(made[0], folder)
    (folder / "submitted" / "zoe" / FOUR).mkdir(parents=True)
    shutil.copy(folder / "release" / FOUR / f"{FOUR}.ipynb", folder / "submitted" / "zoe" / FOUR)
    (folder / "autograder").mkdir()  # found first by `python -m`, as anything beside the class is
    (folder / "autograder" / "__init__.py").write_text(
        "raise RuntimeError('half an update')\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "nbgrader", "autograde", FOUR]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "so nothing is done: RuntimeError('half an update')" in done.stderr
    assert not (folder / "autograded").exists()
