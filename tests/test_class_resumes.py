"""Whatever stops a grading, the next one finishes it: nothing is lost, nothing graded twice, and no
folder stands half written."""

import contextlib
import errno
import io
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from canned_workers import Recording, child, instead, waited
from class_equal import differences, ended, environment, files, rows, same, twin, typed
from graded_class import LESSON, answered, eight, enrol, gradebook
from nbgrader.api import Gradebook
from postgres_server import Server, programs, scratch

from autograder import rehearsal
from autograder.classroom import work, writing
from autograder.classroom.cluster import INSTALL
from autograder.classroom.progress import JsonLines, Progress
from autograder.classroom.run import alone
from autograder.desk import Refused, again, grading, regrading
from autograder.desk.grading import Stopped
from autograder.desk.regrading import tell as tell_plan
from autograder.kernel.parent import NoWarmParent
from autograder.kernel.provisioner import NotLocked
from autograder.plugins.rules import release

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="grading needs a Unix machine"),
    pytest.mark.timeout(900),  # a minute alone; many processes on a machine that is busy
]
HERE = Path(__file__).resolve().parent
KEPT: dict = {}
MOMENTS = int(os.environ.get("BACKPROP_MOMENTS", "8"))
"""How often the grader is killed. A long night: BACKPROP_MOMENTS=200 and pytest's --timeout=0."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A class that is not graded, the same graded without a stop, and what the workers answered."""
    place = tmp_path_factory.mktemp("resumes")
    small = eight(place / "bare")
    for student in ("endless", "renamed"):  # what takes long, and is no other to a writer
        shutil.rmtree(small.root / "submitted" / student)
    graded = twin(small.root, place / "graded")
    made = subprocess.run(
        [sys.executable, HERE / "canned_workers.py", graded, LESSON, place / "answers.json"],
        env=environment(place) | {"PYTHONPATH": f"{HERE.parent}:{HERE}"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert made.returncode == 0, made.stderr[-3000:]
    answers = json.loads((place / "answers.json").read_text(encoding="utf-8"))
    assert sorted(answers) == ["deleted", "late", "read", "right", "wrong"]
    with instead(answers):
        KEPT.update(answers)
        yield small, graded


def running_answers():
    """What the workers answer."""
    return dict(KEPT)


def standing(root):
    """Who has a graded folder that is seen."""
    return sorted(path.parent.name for path in root.glob(f"autograded/*/{LESSON}"))


def half(root):
    """Folders that are seen and are not whole."""
    bare = root.glob(f"autograded/*/{LESSON}")
    return [path for path in bare if not (path / f"{LESSON}.ipynb").is_file()]


def finishes(root, graded):
    """The next run: what it graded anew and left alone. Afterwards all is as without a stop."""
    found = grading.grade(root, LESSON)
    assert list(found.failed) == ["none"]
    same(graded, root)
    hidden = [path for path in (root / "autograded").rglob("*") if path.name.startswith(".")]
    assert hidden == []
    return found


def test_a_killed_grader_is_taken_up_where_it_was(whole, tmp_path):
    small, graded = whole
    begun = time.monotonic()
    root = twin(small.root, tmp_path / "timed")
    assert waited(child(lambda: grading.grade(root, LESSON), root)) == 0
    takes, chance, kept = time.monotonic() - begun, random.Random(8), set()
    for moment in range(MOMENTS):
        root = twin(small.root, tmp_path / f"class-{moment}")
        pid = child(lambda: grading.grade(root, LESSON), root)
        time.sleep(takes * (moment + chance.random()) / MOMENTS)
        os.kill(pid, signal.SIGKILL)
        waited(pid)
        assert half(root) == []
        before = standing(root)
        found = finishes(root, graded)
        assert set(found.unchanged) <= set(before)
        assert len(before) - len(found.unchanged) <= 1, "only what was being written is done again"
        kept.add(len(found.unchanged))
        shutil.rmtree(root)
    assert len(kept) > 2, "it was stopped early and late"


@pytest.mark.parametrize("when", ["commit", "away", "place"])
def test_between_gradebook_and_folder_nothing_is_lost(whole, tmp_path, monkeypatch, when):
    """A submission is handed in anew; the grader is killed at the three places of its writing."""
    small, _ = whole
    root, after = twin(small.root, tmp_path / "class"), twin(small.root, tmp_path / "after")
    answers, words = {}, answered(small, "Now with an answer.")
    for place in (root, after):
        grading.grade(place, LESSON)
        nbformat.write(words, place / "submitted" / "right" / LESSON / f"{LESSON}.ipynb")
    with instead(answers):
        assert grading.grade(after, LESSON).graded == ["right"]
    here = {"n": 0}

    def killed(path, target):
        here["n"] += 1
        if here["n"] == {"commit": 1, "away": 2, "place": 3}[when]:
            os.kill(os.getpid(), signal.SIGKILL)
        os.rename(path, target)

    def stopped():
        monkeypatch.setattr(Path, "rename", killed)
        if when == "place":
            monkeypatch.setattr(
                writing, "rmtree", lambda path: os.kill(os.getpid(), signal.SIGKILL)
            )
        grading.grade(root, LESSON)

    with instead(answers):
        assert waited(child(stopped, root)) == -signal.SIGKILL
        found = grading.grade(root, LESSON)
    assert found.graded == ([] if when == "place" else ["right"])
    same(after, root)


def test_a_full_disk_stops_it_and_nothing_is_half_written(whole, tmp_path):
    small, graded = whole
    root = twin(small.root, tmp_path / "class")
    most = 20_000  # bytes of a file: less than a graded notebook or the gradebook has

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with pytest.raises(Stopped, match="What is graded is kept"):
            grading.grade(root, LESSON)

    assert waited(child(full, root)) == 0, (tmp_path / "child.txt").read_text()
    assert half(root) == [] and standing(root) == []
    finishes(root, graded)


def test_a_locked_gradebook_is_waited_for_and_then_said(whole, tmp_path, monkeypatch):
    small, graded = whole
    root = twin(small.root, tmp_path / "class")
    monkeypatch.setattr(writing, "PATIENCE", 0.1)
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Stopped, match=r"gradebook cannot be used: database is locked"):
            grading.grade(root, LESSON)
        other.rollback()
    assert standing(root) == []
    finishes(root, graded)


@pytest.fixture(scope="module")
def server():
    if programs() is None and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL server is installed (Debian, Ubuntu: apt install postgresql)")
    assert programs() is not None, "CI has a PostgreSQL server: .ci/run installs it"
    place = scratch()
    made = Server(place)
    yield made
    made.stop()
    shutil.rmtree(place)


def test_what_would_change_is_said_and_then_written_or_left(whole, tmp_path):
    small, graded = whole
    root, kept = twin(small.root, tmp_path / "class"), running_answers()
    grading.grade(root, LESSON)
    plans = []
    with instead({**kept, "right": kept["wrong"]}):
        for agrees in (False, True):
            found = again.grade_again(
                root,
                LESSON,
                ["late", "right"],
                lambda plan, agrees=agrees: plans.append(tell_plan(plan)) or agrees,
                grading.Workers(),
                Progress(),
            )
            (late, right) = found.changes
            assert late.gain == 0 > right.gain and found.failed == []
            if not agrees:
                same(graded, root)
    assert plans[0] == plans[1] and "0 gain, 1 loses, 1 stay" in plans[0]
    with gradebook(root) as book:
        now = {each.student_id: each.score for each in book.find_assignment(LESSON).submissions}
    assert now["right"] == right.after.score < now["read"]


def test_a_worse_submission_after_a_better_one_is_named(whole, tmp_path):
    small, graded = whole
    root, kept = twin(small.root, tmp_path / "class"), running_answers()
    grading.grade(root, LESSON)
    for student in ("right", "wrong"):
        (root / "submitted" / student / LESSON / f"{LESSON}.ipynb").touch()
    with instead({**kept, "right": kept["wrong"]}):
        found = grading.grade(root, LESSON)
    ((student, (before, after)),) = found.fell.items()
    assert student == "right" and found.graded == ["right", "wrong"] and after < before
    assert f"right: {after:g} points, and {before:g} before this was handed in" in grading.tell(
        found
    )


def test_without_dask_it_says_how_to_get_it_and_grades_without(whole, tmp_path, monkeypatch):
    small, _ = whole
    root, said = twin(small.root, tmp_path / "class"), io.StringIO()
    for student in KEPT.keys() - {"right", "wrong"}:
        shutil.rmtree(root / "submitted" / student)
    monkeypatch.setattr(grading, "there_is_dask", lambda: False)
    found = grading.grade(root, LESSON, progress=JsonLines(said))
    assert found.graded == ["right", "wrong"] and list(found.failed) == ["none"]
    told = [json.loads(line) for line in said.getvalue().splitlines()]
    assert told[0] == {"event": "notice", "text": INSTALL} and "pip install distributed" in INSTALL
    assert told[1] == {"event": "begin", "lesson": LESSON, "to_grade": 3, "unchanged": 0}
    ended = {each["student"]: each["event"] for each in told[2:]}
    assert ended == {"right": "graded", "wrong": "graded", "none": "failed"}
    with pytest.raises(Refused, match="pip install distributed"):
        grading.grade(root, LESSON, on=grading.Workers("tcp://127.0.0.1:1"))


def test_a_machine_that_cannot_grade_takes_no_grade_away(whole, tmp_path, monkeypatch):
    """No wall where one is demanded, or a full disk, is no fault of what was handed in."""
    _, graded = whole
    root = twin(graded, tmp_path / "class")
    with (root / "nbgrader_config.py").open("a") as file:  # everything is graded by other rules now
        file.write("c.LockedProvisioner.required = ['all']\n")
    before = {path: path.read_bytes() for path in (root / "autograded").rglob("*.ipynb")}
    why = "the worker failed (NotLocked: files: bubblewrap is not installed)"
    with instead(running_answers()):
        monkeypatch.setattr(Recording, "answer", lambda self, seconds: (self.first(), None, why))
        found = grading.grade(root, LESSON)
    assert set(found.failed) == {*KEPT, "none"} and why in found.failed["right"]
    after = {path: path.read_bytes() for path in (root / "autograded").rglob("*.ipynb")}
    assert before and after == before


@pytest.mark.parametrize(
    "problem", [NotLocked("no walls"), NoWarmParent("no kernel"), OSError(errno.ENOSPC, "full")]
)
def test_a_worker_says_that_it_is_the_machine_and_not_the_submission(problem, monkeypatch):
    def fails(*told):
        raise problem

    monkeypatch.setattr(work, "_judged", fails)
    with pytest.raises(type(problem)):
        work.work(json.dumps({"release": release()}).encode(), b"")
    monkeypatch.setattr(work, "_judged", lambda *told: 1 / 0)
    answer = json.loads(work.work(json.dumps({"release": release()}).encode(), b""))
    assert answer["failed"] == "ZeroDivisionError: division by zero"


def test_what_jupyterlab_puts_beside_a_notebook_that_was_opened_changes_nothing(whole, tmp_path):
    _, graded = whole
    root = twin(graded, tmp_path / "class")
    for place in ("source", "submitted/right"):
        kept = root / place / LESSON / ".ipynb_checkpoints"
        kept.mkdir()
        (kept / f"{LESSON}-checkpoint.ipynb").write_text("{}")
    with instead({}):
        found = grading.grade(root, LESSON)
    assert found.graded == [] and sorted(found.unchanged) == sorted(KEPT)


def test_a_regrade_draws_new_inputs_for_who_handed_in_anew(whole, tmp_path, monkeypatch):
    """The feedback showed the old ones: an answer that only repeats what belongs to them is none."""
    _, graded = whole
    root, drawn = twin(graded, tmp_path / "class"), {}
    later = time.time() + 5
    os.utime(root / "submitted" / "wrong" / LESSON / f"{LESSON}.ipynb", (later, later))
    monkeypatch.setattr(rehearsal, "autograde", lambda *told, seeds, **named: drawn.update(seeds))
    with regrading.plan(root, LESSON, []):
        pass
    assert drawn.keys() == KEPT.keys() - {"wrong"} and None not in drawn.values()


def test_nothing_is_regraded_while_another_grading_of_the_class_goes_on(whole, tmp_path):
    _, graded = whole
    root = twin(graded, tmp_path / "class")
    with (
        alone(root),
        pytest.raises(Refused, match="Nothing was written: another grading"),
        regrading._held(root),
    ):
        pass


class Crashing(Progress):
    """Kills the server after the first grade, and starts it when the writer waits for it."""

    def __init__(self, server):
        super().__init__()
        self.server, self.waited = server, []

    def outcome(self, outcome, why):
        super().outcome(outcome, why)
        if self.done == 1:
            self.server.crash()

    def notice(self, text):
        self.waited.append(text)
        threading.Thread(target=self.server.start).start()


def test_a_server_that_is_killed_is_waited_for_and_its_gradebook_is_the_same(
    whole, server, tmp_path
):
    small, graded = whole
    root = tmp_path / "class"
    shutil.copytree(small.root, root, ignore=shutil.ignore_patterns("gradebook.db"))
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(f"\nc.CourseDirectory.db_url = {server.url!r}\n")
    status, said = ended(typed(root, "nbgrader", "generate_assignment", LESSON, "--force"))
    assert status == 0, said
    with Gradebook(server.url, "backprop-by-hand") as book:
        enrol(book)
    progress = Crashing(server)
    found = grading.grade(root, LESSON, progress=progress)
    again = grading.grade(root, LESSON)
    assert len(found.graded) == 5 and list(found.failed) == ["none"]
    assert len(progress.waited) == 1 and "Waiting for it" in progress.waited[0]
    assert again.graded == [] and len(again.unchanged) == 5
    assert differences(rows(server.url), rows(f"sqlite:///{graded / 'gradebook.db'}")) == []
    assert differences(files(root / "autograded"), files(graded / "autograded")) == []
