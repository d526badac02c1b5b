"""The instructor's part of README is typed, command by command, in a fresh clone, by an ordinary
user.

The commands are read out of README's code blocks, so README cannot drift. Between them students
hand in, as people do.
"""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.plugins.directory import open_class
from autograder.rehearsal.edits import cell, ids
from autograder.rehearsal.submissions import FOUR

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65534
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        os.name == "nt", reason="nbgrader's exchange and the locked kernel need a Unix machine"
    ),
]


def blocks():
    """The code blocks of README's part for instructors: lists of lines."""
    part = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .partition("## If you are an instructor\n")[2]
        .partition("\n## ")[0]
    )
    return [
        found.strip().splitlines()
        for found in re.findall(r"^```\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
    ]


BEGIN, FILES, PLATFORM, EXCHANGE, STUDENT = blocks()


# Where the interpreter lies in a folder that is closed to others (root's own, in a container), that
# folder is opened for this process alone, with nothing but the interpreter in it; then root becomes
# an ordinary user.
DROP = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
OPENED = """set -e
aside=$(mktemp -d); mount --bind "$1" "$aside"; mount -t tmpfs -o mode=755 tmpfs "$2"; mkdir -p "$1"; mount --move "$aside" "$1"
shift 2; exec "$@"
"""


def as_an_ordinary_user():
    """What stands before a command so that it runs as an ordinary user; nothing where the tests are
    run by one."""
    if os.geteuid() != 0:
        return []
    prefix = Path(sys.base_prefix).resolve()
    closed = [
        folder for folder in reversed(prefix.parents) if not folder.stat().st_mode & stat.S_IXOTH
    ]
    return (
        [
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "bash",
            "-c",
            OPENED,
            "opened",
            str(prefix),
            str(closed[0]),
            *DROP,
        ]
        if closed
        else DROP
    )


class Person:
    """An ordinary user at a shell of a fresh clone: what is typed stays typed (activated
    environment, folder)."""

    def __init__(self, place):
        self.place, self.clone, self.home = place, place / "backprop", place / "home"
        self.clone.mkdir()
        self.home.mkdir()
        listed = subprocess.run(
            ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True
        ).stdout
        for name in filter(None, listed.split("\0")):
            (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).exists():
                shutil.copy2(ROOT / name, self.clone / name)
        (self.clone / ".venv").symlink_to(Path(sys.prefix))
        self.typed = [f"cd '{self.clone}'"]
        place.chmod(0o755)
        if os.geteuid() == 0:
            for path in [place, *place.rglob("*")]:
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        self.run(
            "git init -q && echo .venv >> .git/info/exclude && git add -A && git -c user.name=a -c"
            " user.email=a@b.c commit -qm clone"
        )

    def start(self, command):
        """Type a command; its process."""
        private = {
            f"JUPYTER_{kind}_DIR": str(self.home / ".jupyter")
            for kind in ("CONFIG", "DATA", "RUNTIME")
        }
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "BROWSER": "true",
            "IPYTHONDIR": str(self.home),
            **private,
        }
        return subprocess.Popen(
            [
                *as_an_ordinary_user(),
                "bash",
                "-ec",
                "\n".join(
                    [
                        *self.typed,
                        f"exec {command}" if " " in command and "&&" not in command else command,
                    ]
                ),
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command):
        """Type a command and wait; what it said. It must succeed."""
        if command.startswith(("cd ", "source ")):
            self.typed.append(command)
            return ""
        process = self.start(command)
        said, _ = process.communicate(timeout=400)
        assert process.returncode == 0, f"$ {command}\n{said[-4000:]}"
        return said

    def look(self, command):
        """Type a command that serves until Ctrl-C; what it said until it gave its address."""
        process, said = self.start(command), ""
        for line in process.stdout:
            said += line
            if "http://127.0.0.1" in line:
                break
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=60)[0]
        assert process.returncode == 0 and "http://127.0.0.1" in said, said
        return said

    def elsewhere(self, folder):
        """What a new shell in another folder is told first."""
        return [f"source '{self.clone}/.venv/bin/activate'", f"cd '{folder}'"]

    def own(self, path):
        """Let a file that the test made be this person's."""
        if os.geteuid() == 0:
            for each in [path, *path.rglob("*")]:
                os.chown(each, NOBODY, NOBODY, follow_symlinks=False)


@pytest.fixture
def person():
    """A person with a clone in a folder that everybody can reach (pytest's own folders are closed
    to other users)."""
    place = Path(tempfile.mkdtemp(prefix="clone of the course é "))
    yield Person(place)
    shutil.rmtree(place, ignore_errors=True)


def solved(released):
    """A student's notebook with every solution in it."""
    nb = nbformat.read(released, as_version=4)
    source = nbformat.read(ROOT / "source" / FOUR / f"{FOUR}.ipynb", as_version=4)
    for grade_id in ids(nb, solution=True):
        cell(nb, grade_id).source = cell(source, grade_id).source
    return nb


def test_the_part_without_an_exchange_as_it_is_typed(person):
    for command in BEGIN:
        said = person.run(command)
    folder = person.place / "my-class"
    assert (folder / "gradebook.db").exists() and (
        folder / "release" / FOUR / f"{FOUR}.ipynb"
    ).exists()
    again = person.run("backprop init .")
    assert "8 lessons" in again and "Nothing was changed." in again
    person.run(f"nbgrader generate_assignment {FOUR}")
    handed_in = folder / "submitted" / "ada" / FOUR
    handed_in.mkdir(parents=True)
    nbformat.write(solved(folder / "release" / FOUR / f"{FOUR}.ipynb"), handed_in / f"{FOUR}.ipynb")
    person.own(folder / "submitted")
    for command in FILES:
        said = (
            person.look(command)
            if command.startswith("backprop handgrade")
            else person.run(command)
        )
        assert "Traceback" not in said, said
    assert "- **ada** 17 of 21 points: all checks right" in (folder / "report.md").read_text(
        encoding="utf-8"
    )
    assert ",ada," in (folder / "grades.csv").read_text(encoding="utf-8")
    assert (folder / "feedback" / "ada" / FOUR / f"{FOUR}.html").exists()
    assert (
        subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", person.clone, "status", "--porcelain"],
            capture_output=True,
            text=True,
        ).stdout
        == ""
    )


def test_the_part_through_a_platform_as_it_is_typed(person):
    """Two students handed in through Canvas; one of them was late and wrote nothing."""
    downloads, folder = person.place / "downloads", person.place / "my-class"
    downloads.mkdir()
    table = ROOT / "tests" / "files" / "canvas-gradebook.csv"
    shutil.copy(table, downloads / "gradebook.csv")
    release = person.clone / "release" / FOUR / f"{FOUR}.ipynb"
    with zipfile.ZipFile(downloads / "submissions.zip", "w") as archive:
        archive.writestr(
            f"okonkwobrandtamara_50101_901_{FOUR}.ipynb", nbformat.writes(solved(release))
        )
        archive.writestr(f"quillquinjonas_LATE_50103_902_{FOUR}-1.ipynb", release.read_bytes())
    person.own(downloads)
    typed = [line for line in PLATFORM if line.startswith(("backprop", "nbgrader"))]
    assert len(typed) == 6
    for command in PLATFORM:
        if not command.startswith("backprop handgrade"):
            said = person.run(command)
        else:
            said = person.look(command)
            grade_by_hand(folder)
        assert "Traceback" not in said, said
    before = table.read_text(encoding="utf-8").splitlines()
    after = (downloads / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert {old: new for old, new in zip(before, after, strict=True) if old != new} == {
        before[3]: before[3].replace(",17.50,,,", ",17.50,21.00,,"),
        before[5]: before[5].replace(",18.00,,,", ",18.00,0.00,,"),
    }
    with zipfile.ZipFile(folder / "returned" / f"{FOUR}-for-canvas.zip") as packed:
        assert packed.namelist() == [
            f"okonkwobrandtamara_50101_901_{FOUR}.ipynb",
            f"quillquinjonas_LATE_50103_902_{FOUR}-1.ipynb",
        ]


def grade_by_hand(folder):
    """Give every point to who wrote something, as the page for hand grading does."""
    directory = open_class(folder)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        waiting = [
            grade
            for submission in gradebook.assignment_submissions(FOUR)
            for grade in submission.notebooks[0].grades
            if grade.needs_manual_grade
        ]
        assert waiting
        for grade in waiting:
            first = grade.notebook.assignment.student_id == "aokonkwo"
            grade.manual_score, grade.needs_manual_grade = first * grade.max_score, False
        gradebook.db.commit()


def test_the_part_with_an_exchange_as_it_is_typed_and_the_students(person):
    desk = person.home / "desk"
    fetch, submit, feedback = STUDENT
    for command in EXCHANGE:
        if command.startswith("nbgrader collect"):
            (person.home / ".jupyter").mkdir(exist_ok=True)
            shutil.copy(
                person.place / "my-class" / "for-students" / "nbgrader_config.py",
                person.home / ".jupyter",
            )
            desk.mkdir()
            person.own(person.home)
            instructor, person.typed = person.typed, person.elsewhere(desk)
            person.run(fetch)
            nbformat.write(solved(desk / FOUR / f"{FOUR}.ipynb"), desk / FOUR / f"{FOUR}.ipynb")
            person.run(submit)
            person.typed = instructor
        assert "Traceback" not in person.run(command)
    person.typed = person.elsewhere(desk)
    person.run(feedback)
    (page,) = (desk / FOUR / "feedback").rglob("*.html")
    assert "<strong>17</strong> of 21 points" in page.read_text(encoding="utf-8")
