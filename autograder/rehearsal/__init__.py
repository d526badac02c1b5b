"""Rehearse a class: release, fetch, submit, collect, autograde, hand-grade, feedback and export,
with nbgrader's commands.

The class is thrown away and made anew each time. Every command is run as an instructor or student
would type it, in a process of its own that is forked from one that has nbgrader loaded. What takes
long runs side by side, one command a processor, while one process at a time has the gradebook.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import IO, NamedTuple

from tqdm import tqdm
from traitlets.config import Config

from autograder.exercises import all_exercises
from autograder.kernel.parent import shared
from autograder.plugins import configure, thrift
from autograder.plugins.handed_down import hand_down
from autograder.plugins.report import Line, lines, read_class, show
from autograder.rehearsal.cheats import CHEATS
from autograder.rehearsal.submissions import FOUR, LESSONS, hand_in
from autograder.rehearsal.submissions import STUDENTS as HONEST

STUDENTS = (*HONEST, *CHEATS)
MARKER = "throw-away-class"
CONFIG = '''"""A throw-away class. nbgrader reads this file when a command is run in this folder."""

from pathlib import Path

try:
    from autograder.plugins import configure
except Exception as problem:  # nbgrader alone would go on, with no wall around what students wrote
    raise SystemExit(f"The course's grading cannot be loaded, so nothing is done: {problem!r}") from None

here = Path(__file__).resolve().parent
c = get_config()
c.CourseDirectory.course_id = "backprop-by-hand"
c.CourseDirectory.root = str(here)
c.Exchange.root = str(here / "exchange")
configure(c)
'''
STUDENTS_CONFIG = '''"""What students of the throw-away class need to know: where the exchange is."""

from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = "backprop-by-hand"
c.Exchange.root = str(Path(__file__).resolve().parents[1] / "exchange")
'''


class Refused(Exception):
    """The rehearsal cannot start; the message says what to do."""


def rehearse(root: Path, folder: Path | None = None) -> int:
    """Run the rehearsal and print who got what and why.

    Parameters
    ----------
    root
        The repository; its ``source/`` is what the class gets.
    folder
        Where the class is made. ``<repository>-class`` beside the repository when left out.

    Returns
    -------
    int
        0 when every submission that can be graded was graded.
    """
    if not hasattr(os, "fork"):
        print(
            "The rehearsal needs nbgrader's exchange, which does not exist on Windows. Use WSL, or"
            " a Unix machine.",
            file=sys.stderr,
        )
        return 1
    folder = (folder or root.with_name(f"{root.name}-class")).resolve()
    started = time.monotonic()
    try:
        report = run(root, folder)
    except Refused as problem:
        print(f"backprop class: {problem}", file=sys.stderr)
        return 1
    print(show(read_class(folder)))
    stories = {student.name: student.story for student in STUDENTS}
    print("\nWho handed in what:")
    for name, story in stories.items():
        print(f"  {name:<8}{story}")
    graded = sum(line.score is not None for line in report)
    print(
        f"\n{graded} of {len(report)} submissions of {len(STUDENTS)} students graded in"
        f" {time.monotonic() - started:.0f} s; the others are named above."
    )
    print(
        f"The class is in {folder}. Look at it:  cd {folder} && jupyter lab   (Nbgrader >"
        " Formgrader)"
    )
    print(f"Feedback pages: {folder / 'feedback'}   Grades: {folder / 'grades.csv'}")
    print(f"\n{show_cheats(folder, report)}")
    return 0


def show_cheats(folder: Path, report: list[Line]) -> str:
    """What those who wanted points without the work got of them, and what is seen in their
    notebooks."""
    said = ["Points without the work: who tried how, and what came of it"]
    lines_of = {line.student: line for line in report}
    for student in CHEATS:
        (lesson,) = student.lessons
        got, sought = points_of(folder, student.name, lesson, student.tried)
        said.append(f"  {student.name:<8}{student.story}: {got:g} of the {sought:g} points sought")
        said += [f"          - {fact}" for fact in lines_of[student.name].facts]
    return "\n".join(said)


def points_of(
    folder: Path, student: str, lesson: str, exercises: Iterable[str]
) -> tuple[float, float]:
    """The points that a student got for some exercises, and the most that there were."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "backprop-by-hand") as gradebook:
        grades = [
            gradebook.find_grade(f"check-{name.partition('.')[2]}", lesson, lesson, student)
            for name in exercises
        ]
        return sum(grade.score for grade in grades), sum(grade.max_score for grade in grades)


def run(root: Path, folder: Path) -> list[Line]:
    """Make the class, let everybody hand in, grade, and return the report's lines.

    Raises
    ------
    Refused
        When the folder holds something else, or nbgrader's own set-up fails.
    """
    _make(root, folder)
    steps = [(student, lesson) for student in STUDENTS for lesson in student.lessons]
    _side_by_side(folder, [("generate_assignment", lesson) for lesson in LESSONS], "generate")
    for lesson in LESSONS:
        run_nbgrader(folder, "release_assignment", lesson)
    _enrol(folder)
    for student, lesson in tqdm(steps, desc="fetch and submit", file=sys.stderr, leave=False):
        home = folder / "students" / student.name
        home.mkdir(parents=True, exist_ok=True)
        run_nbgrader(home, "fetch_assignment", lesson, home=folder)
        hand_in(student, lesson, home / lesson, folder / "source" / lesson / f"{lesson}.ipynb")
        run_nbgrader(
            home, "submit", lesson, f"--CourseDirectory.student_id={student.name}", home=folder
        )
    for lesson in LESSONS:
        run_nbgrader(folder, "collect", lesson, "--CollectApp.check_owner=False")
    autograde(folder, [(student.name, lesson) for student, lesson in steps])
    _grade_by_hand(folder)
    most_first = sorted(LESSONS, key=lambda lesson: -sum(lesson == other for _, other in steps))
    _side_by_side(folder, [("generate_feedback", lesson) for lesson in most_first], "feedback")
    for lesson in LESSONS:
        run_nbgrader(folder, "release_feedback", lesson)
    run_nbgrader(folder, "export", "--to=grades.csv")
    run_nbgrader(
        folder, "export", "--exporter=autograder.plugins.report.ReportExporter", "--to=report.md"
    )
    return lines(folder)


def _load() -> None:
    """Import what the commands need once, here: each is forked from this process and has it
    then."""
    from nbgrader.apps import nbgraderapp  # noqa: F401 - for who is forked from here

    configure(Config())
    thrift.warm()
    all_exercises()


def _enrol(folder: Path) -> None:
    """Put everybody into the gradebook; the story as the family name, so that the formgrader's
    pages tell it."""
    with (folder / "roster.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "first_name", "last_name"])
        for student in STUDENTS:  # nbgrader's own CSV knows no commas
            rows.writerow(
                [student.name, student.name.title(), f"({student.story.replace(',', ' –')})"]
            )
    run_nbgrader(folder, "db", "student", "import", "roster.csv")


def _make(root: Path, folder: Path) -> None:
    above = next(path for path in (folder, *folder.parents) if path.exists())
    if not above.is_dir():
        raise Refused(f'{above} is a file. Name a folder: make class ARGS="--folder DIR"')
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise Refused(
            f'{folder} holds something else. Name another folder: make class ARGS="--folder DIR"'
        )
    if shutil.disk_usage(above).free < 200_000_000:
        raise Refused(
            f"Less than 200 MB are free in {above}. Make room, or name another folder: make"
            " class ARGS='--folder DIR'"
        )
    _remove(folder)
    (folder / "exchange").mkdir(parents=True)
    (folder / "exchange").chmod(0o777)
    (folder / MARKER).write_text("Made by `make class`, deleted and made anew each time.\n")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (folder / "jupyter").mkdir()
    (folder / "jupyter" / "nbgrader_config.py").write_text(STUDENTS_CONFIG)
    for lesson in LESSONS:
        shutil.copytree(root / "source" / lesson, folder / "source" / lesson)


def _remove(folder: Path) -> None:
    """Delete a class; nbgrader leaves read-only files behind."""
    for path in [folder, *folder.rglob("*")] if folder.exists() else []:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=False) if folder.exists() else None


class Running(NamedTuple):
    """An nbgrader command on its way: its arguments, its process, and what it says."""

    arguments: tuple[str, ...]
    child: int
    said: IO[bytes]


def run_nbgrader(cwd: Path, *arguments: str, home: Path | None = None) -> None:
    """Run one nbgrader command in a folder; what it says goes to ``nbgrader.log`` in `home` (`cwd`
    when left out).

    Raises
    ------
    Refused
        When it fails; with the end of what it said.
    """
    home = home or cwd
    running = _start(cwd, home, arguments)
    _, status = os.waitpid(running.child, 0)
    text = _log(home, running)
    if status != 0:
        raise Refused(f"`nbgrader {' '.join(arguments)}` failed:\n{text[-2000:]}")


def autograde(
    folder: Path,
    submissions: Collection[tuple[str, str]],
    home: Path | None = None,
    options: Callable[[str], list[str]] = lambda student: [],
    seeds: Mapping[str, int | None] | None = None,
) -> None:
    """Autograde submissions (student, lesson), as many at a time as there are processors; one that
    fails stays ungraded.

    Parameters
    ----------
    folder
        Of the class.
    submissions
        What is graded.
    home
        Where the log, the lock and Jupyter's own files go; `folder` when left out.
    options
        More options of a student's command.
    seeds
        Student -> the seed of an earlier grading, to draw the same inputs again.
    """
    drawn = hand_down(folder, submissions, seeds or {})
    seed = lambda key: [f"--DrawInputs.seed={drawn[key]}"] if key in drawn else []
    commands = [
        ("autograde", key[1], f"--student={key[0]}", *seed(key), *options(key[0]))
        for key in submissions
    ]
    with shared():
        _side_by_side(folder, commands, "autograde", may_fail=True, home=home)


def _side_by_side(
    folder: Path,
    commands: Iterable[tuple[str, ...]],
    what: str,
    may_fail: bool = False,
    home: Path | None = None,
) -> None:
    """Run nbgrader commands in the class, as many at a time as there are processors.

    Raises
    ------
    Refused
        When one fails, unless it `may_fail`.
    """
    _load()
    home, waiting, running = home or folder, list(commands), {}
    with tqdm(total=len(waiting), desc=what, file=sys.stderr, leave=False) as progress:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                started = _start(folder, home, waiting.pop(0), turns=home / "gradebook.lock")
                running[started.child] = started
            child, status = os.wait()
            ended = running.pop(child)
            text = _log(home, ended)
            if status != 0 and not may_fail:
                raise Refused(f"`nbgrader {' '.join(ended.arguments)}` failed:\n{text[-2000:]}")
            progress.update()


def _start(cwd: Path, home: Path, arguments: tuple[str, ...], turns: Path | None = None) -> Running:
    said = tempfile.TemporaryFile()
    child = os.fork()
    if child == 0:
        _in_child(cwd, home, list(arguments), said.fileno(), turns)
    return Running(arguments, child, said)


def _log(home: Path, ended: Running) -> str:
    with ended.said as said:
        said.seek(0)
        text = said.read().decode(errors="replace")
    with (home / "nbgrader.log").open("a", encoding="utf-8") as log:
        log.write(f"$ nbgrader {' '.join(ended.arguments)}\n{text}\n")
    return text


def _in_child(cwd: Path, home: Path, command: list[str], output: int, turns: Path | None) -> None:
    code = 1
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(cwd)
        os.environ.update(
            JUPYTER_CONFIG_DIR=str(home / "jupyter"),
            JUPYTER_DATA_DIR=str(home / "jupyter"),
            IPYTHONDIR=str(home / "jupyter" / "ipython"),
            JUPYTER_RUNTIME_DIR=str(home / "jupyter" / "runtime"),
        )
        from nbgrader.apps.nbgraderapp import NbGraderApp

        if turns:
            _take_turns(turns)
        NbGraderApp.launch_instance(command)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _take_turns(turns: Path) -> None:
    """Hold the lock on the gradebook in this process from the opening of one to its closing, and at
    no other time."""
    import fcntl

    from nbgrader.api import Gradebook

    lock, held = turns.open("w"), set()
    opened, closed = Gradebook.__init__, Gradebook.close

    def __init__(self, *arguments, **named):
        if not held:
            fcntl.flock(lock, fcntl.LOCK_EX)
        held.add(id(self))
        opened(self, *arguments, **named)

    def close(self):
        closed(self)
        held.discard(id(self))
        if not held:
            fcntl.flock(lock, fcntl.LOCK_UN)

    Gradebook.__init__, Gradebook.close = __init__, close


def _grade_by_hand(folder: Path) -> None:
    """Grade one written answer, as an instructor does on the formgrader's page."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "backprop-by-hand") as gradebook:
        grade = gradebook.find_grade("answer", FOUR, FOUR, "ada")
        grade.manual_score = 1.5
        grade.needs_manual_grade = False
        comment = gradebook.find_comment("answer", FOUR, FOUR, "ada")
        comment.manual_comment = "Right, and well put. Say also why the order matters."
        gradebook.db.commit()
