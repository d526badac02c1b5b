"""A class on a Dask cluster of its own: scheduler and workers are separate processes, and any of them
may be killed."""

import io
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from class_equal import ended, environment, typed
from graded_class import LESSON, gradebook, hand_in, names
from small_class import FORWARD, HEAD, SETUP, SmallClass
from traitlets.config import Config

from autograder.classroom import travel
from autograder.classroom.cluster import NoCluster, _agree
from autograder.classroom.progress import JsonLines, Lines, clock
from autograder.classroom.run import Outcome
from autograder.classroom.work import work
from autograder.exercises import find_exercise
from autograder.plugins import configure
from autograder.plugins.rules import release

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="grading needs a Unix machine"),
    pytest.mark.timeout(900),  # a minute alone; many processes on a machine that is busy
]
WORTH = find_exercise("two_two_one.forward").points
STUDENTS = ("ann", "ben", "cai", "dee")


class Cluster:
    """A scheduler and two workers."""

    def __init__(self, place):
        self.place, self.file = place, place / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--host", "127.0.0.1")
        until = time.monotonic() + 60
        while not self.file.exists() or not self.file.read_text():
            assert time.monotonic() < until and self.scheduler.poll() is None
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]
        one_slot = "--nthreads", "1", "--no-nanny", "--local-directory", str(place)
        self.workers = [self._start("worker", *one_slot) for _ in range(2)]

    def _start(self, kind, *options):
        program = f"from distributed.cli.dask_{kind} import main; main()"
        return subprocess.Popen(
            [
                sys.executable,
                "-c",
                program,
                "--scheduler-file",
                self.file,
                "--no-dashboard",
                *options,
            ],
            cwd=self.place,
            env=environment(self.place),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def events(running, until):
    """The JSON lines of a command, up to one of a kind."""
    found = []
    for line in running.stdout:
        found.append(json.loads(line))
        if found[-1]["event"] in until:
            break
    return found


def graded(root):
    with gradebook(root) as book:
        return {each.student_id: each.score for each in book.find_assignment(LESSON).submissions}


def test_workers_and_scheduler_may_be_killed(tmp_path):
    small = SmallClass(tmp_path / "class", HEAD + SETUP + FORWARD)
    for student in STUDENTS:
        hand_in(small, student, small.solved(*names(small)))
    cluster = Cluster(tmp_path)
    try:
        on = "grade", LESSON, "--scheduler", cluster.address, "--json"
        running = typed(small.root, "backprop", *on, stderr=subprocess.DEVNULL)
        first = events(running, {"graded"})
        cluster.workers[0].kill()
        rest = events(running, {"end"})
        assert running.wait(60) == 0
        kinds = [each["event"] for each in first + rest]
        assert kinds[0] == "begin" and kinds.count("graded") == 4 and kinds[-1] == "end"
        assert (rest[-1]["graded"], rest[-1]["failed"]) == (4, {})
        assert graded(small.root) == dict.fromkeys(STUDENTS, WORTH)

        for student in ("ann", "ben"):
            shutil.rmtree(small.root / "autograded" / student)
        running = typed(small.root, "backprop", *on, stderr=subprocess.DEVNULL)
        events(running, {"workers"})
        cluster.scheduler.kill()
        said = events(running, {"stopped", "end"})
        assert running.wait(60) == 1 and said[-1]["event"] == "stopped"
        assert "The scheduler has gone. What is graded is kept" in said[-1]["text"]
    finally:
        cluster.close()
    status, said = ended(typed(small.root, "backprop", "grade", LESSON, "--workers", "1"))
    assert status == 0 and " graded before and not changed since" in said, said
    assert graded(small.root) == dict.fromkeys(STUDENTS, WORTH)
    folders = list(small.root.glob(f"autograded/*/{LESSON}/*.ipynb"))
    assert len(folders) == 4


def test_a_worker_of_another_release_is_refused_and_judges_nothing():
    told = json.loads(work(travel.sent({"release": "another"}), b""))
    assert set(told) == {"release", "where"} and told["release"] == release()

    class Client:
        nthreads = staticmethod(lambda: {"tcp://10.0.0.1:99": 1})
        run = staticmethod(lambda asked: {"tcp://10.0.0.1:99": travel.sent({"release": said})})

    said = release()
    _agree(Client)
    said = "another"
    with pytest.raises(NoCluster, match=r"10\.0\.0\.1:99 has another release of the course"):
        _agree(Client)


def test_the_settings_of_a_class_travel_as_text():
    config = Config()
    configure(config)
    config.LimitOutput.max_lines = 7
    config.CourseDirectory.ignore.append("*.tmp")
    told = json.loads(json.dumps(travel.packed(config)))
    back = travel.unpacked(told)
    assert back.Autograde == config.Autograde and back.LimitOutput.max_lines == 7
    assert back.CourseDirectory.ignore.to_dict() == {"extend": ["*.tmp"]}
    config.ExecuteWithLimits.on_cell_start = lambda **told: None
    with pytest.raises(travel.CannotTravel, match=r"c\.ExecuteWithLimits\.on_cell_start"):
        travel.packed(config)


def test_links_do_not_travel(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "data.csv").write_text("1")
    (tmp_path / "secret").write_text("2")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "secret")
    archive, dropped = travel.packed_files(tmp_path / "in")
    travel.unpack_files(archive, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["data.csv"] and dropped == []


def test_progress_says_what_is_done_how_fast_and_what_was_slowest():
    out = io.StringIO()
    progress = Lines(out, seldom=0.0)
    progress.begin("01-one", 4, 0)
    progress.slots(2)
    progress._started -= 10
    progress.outcome(Outcome("ann", "graded", "", 3.0), None)
    progress.outcome(Outcome("ben", "failed", "no", 9.0), "no")
    last = out.getvalue().splitlines()[-1]
    assert last.startswith("01-one: 2 of 4 done (1 graded, 1 failed), 0.2 a second, 0:10 left")
    assert last.endswith("slowest ben (9 s)")
    out = io.StringIO()
    progress = JsonLines(out)
    progress.begin("01-one", 1, 2)
    progress.outcome(Outcome("ann", "refused", "", 0.0), "a link")
    begin, refused = map(json.loads, out.getvalue().splitlines())
    assert begin == {"event": "begin", "lesson": "01-one", "to_grade": 1, "unchanged": 2}
    assert (refused["event"], refused["why"], refused["done"]) == ("refused", "a link", 1)
    assert [clock(each) for each in (0, 61, 3700)] == ["0:00", "1:01", "1:01:40"]
