"""A class whose gradebook is on a PostgreSQL server is graded as any other, also when the server is
killed in the middle."""

import os
import shutil
import threading

import pytest
from canned_workers import instead
from class_equal import rows
from graded_class import LESSON, eight, enrol
from nbgrader.api import Gradebook
from postgres_server import Server, programs, scratch

from autograder.classroom.progress import Silent
from autograder.desk import grading

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="grading needs a Unix machine"),
    pytest.mark.skipif(
        programs() is None and not os.environ.get("CI"),
        reason="no PostgreSQL server is installed (Debian, Ubuntu: apt install postgresql)",
    ),
]


@pytest.fixture(scope="module")
def server():
    assert programs() is not None, "CI has a PostgreSQL server: .ci/run installs it"
    place = scratch()
    made = Server(place)
    yield made
    made.stop()
    shutil.rmtree(place)


class Crashing(Silent):
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


def test_a_gradebook_on_a_server_is_written_like_a_file(server, tmp_path):
    small = eight(tmp_path / "file")
    for student in ("endless", "renamed", "deleted", "read"):
        shutil.rmtree(small.root / "submitted" / student)
    answers = {}
    with instead(answers):
        grading.grade(small.root, LESSON)
    there = tmp_path / "server"
    shutil.copytree(small.root, there, ignore=shutil.ignore_patterns("autograded", "gradebook.db"))
    with (there / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(f"\nc.CourseDirectory.db_url = {server.url!r}\n")
    small.root = there
    small.nbgrader("generate_assignment", LESSON, "--force")
    with Gradebook(server.url, "backprop-by-hand") as book:
        enrol(book)
    progress = Crashing(server)
    with instead(answers):
        found = grading.grade(there, LESSON, progress=progress)
        again = grading.grade(there, LESSON)
    assert sorted(found.graded) == ["late", "right", "wrong"] and list(found.failed) == ["none"]
    assert len(progress.waited) == 1 and "Waiting for it" in progress.waited[0]
    assert again.graded == [] and len(again.unchanged) == 3
    assert rows(server.url) == rows(f"sqlite:///{tmp_path / 'file' / 'gradebook.db'}")
