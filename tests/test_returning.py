"""Feedback pages made in one go are those of `nbgrader generate_feedback`, and who gets none is
named. (`test_feedback` compares the pages of real submissions.)"""

import filecmp
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile

import pytest
from nbconvert.filters import Highlight2HTML
from written_class import LESSON, Got, Student, slips_of, write_class

from autograder.app import main
from autograder.desk import returning
from autograder.desk.returning import feedback, tell
from autograder.plugins.pages.feedback import _IMG, NO_DESCRIPTION, FeedbackPage, _described
from autograder.plugins.pages.safe import render

SLIP = {"backward": Got(0.5, slips_of("two_two_one.backward")[0])}


def pages(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A class of ten: enough for two processes. One of them handed in nothing."""
    names = ["ann", "ben", "cleo", "dan", "eve", "finn", "gus", "hal", "ida"]
    students = [Student(name, SLIP if name == "ben" else {}, code=f"'{name}'") for name in names]
    folder = tmp_path_factory.mktemp("returning") / "class"
    return write_class(folder, [*students, Student("jan", None)])


@pytest.fixture
def three(written, tmp_path):
    """The class in which three are graded."""
    for name in ("ann", "ben", "cleo"):
        shutil.copytree(written / "autograded" / name, tmp_path / "autograded" / name)
    for name in ("gradebook.db", "nbgrader_config.py"):
        shutil.copy(written / name, tmp_path / name)
    return tmp_path


def test_every_page_is_byte_by_byte_that_of_nbgrader(written):
    for command, kept in (
        (["nbgrader", "generate_feedback"], "theirs"),
        (["autograder.app", "feedback"], "ours"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command, LESSON],
            cwd=written, capture_output=True, text=True, timeout=280,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        (written / "feedback").rename(written / kept)
    assert f"{LESSON}: 9 feedback pages made" in done.stdout
    made = pages(written / "ours")
    assert made == pages(written / "theirs") and len(made) == 9
    for path in made:
        ours, theirs = written / "ours" / path, written / "theirs" / path
        assert filecmp.cmp(ours, theirs, shallow=False), path
        assert os.stat(ours).st_mode == os.stat(theirs).st_mode, path


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ('<img src="a.png">', f'<img alt="{NO_DESCRIPTION}" src="a.png">'),
        ('<img src="a.png" alt="">', '<img src="a.png" alt="">'),
        ('<img alt="a > b" src="c">', '<img alt="a > b" src="c">'),
        ('<img title=" alt= " src="c">', f'<img alt="{NO_DESCRIPTION}" title=" alt= " src="c">'),
        ("&lt;img src=a&gt;", "&lt;img src=a&gt;"),
    ],
)
def test_a_picture_without_a_description_says_so(tag, shown):
    assert _IMG.sub(_described, tag) == shown


def test_a_text_is_rendered_once_and_one_with_pictures_each_time(tmp_path):
    (tmp_path / "a").mkdir()
    png = b"\x89PNG\r\n\x1a\n" + bytes(20)
    (tmp_path / "a" / "p.png").write_bytes(png)
    for source in ("![x](p.png)", '<IMG src="p.png">', "![x][p]\n\n[p]: p.png"):
        assert "data:image/png" not in render(source, {}, str(tmp_path))
        assert "data:image/png" in render(source, {}, str(tmp_path / "a")), source
    assert render("$x$ *y*", {}, str(tmp_path)) == render("$x$ *y*", {}, str(tmp_path / "a"))


def test_code_is_highlighted_by_its_language_also_where_it_was_met_before():
    highlight = FeedbackPage()._remembered(Highlight2HTML())
    told = [highlight("a = 1", metadata={"magics_language": name}) for name in ("c", "css", "c")]
    assert told[0] == told[2] != told[1]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("times", [1, 9])
def test_a_worker_that_is_killed_costs_nobody_elses_page_and_is_said(
    written, tmp_path, monkeypatch, times
):
    """Once by chance; or each time, as where a page needs more memory than there is."""
    for name in ("gradebook.db", "nbgrader_config.py", "source", "autograded"):
        copy = shutil.copytree if (written / name).is_dir() else shutil.copy
        copy(written / name, tmp_path / name)
    here, killed, start = os.getpid(), tmp_path / "killed", returning._Pages.start
    killed.write_text("")

    def dies(pages):
        if "dan" in pages.wanted and os.getpid() != here and killed.stat().st_size < times:
            killed.write_text(killed.read_text() + "x")
            half = tmp_path / "feedback" / "dan" / LESSON
            half.mkdir(parents=True, exist_ok=True)
            (half / f"{LESSON}.html").write_text("<p>half a page")
            os.kill(os.getpid(), signal.SIGKILL)
        start(pages)

    monkeypatch.setattr(returning._Pages, "start", dies)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    found = feedback(tmp_path, LESSON)
    lost = ["dan"] if times > 1 else []
    assert len(found.made) == 9 - len(lost) and list(found.failed) == lost
    for page in (tmp_path / "feedback").rglob("*.html"):
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>"), page
    assert len(list((tmp_path / "feedback").rglob("*.html"))) == len(found.made)
    assert bool(lost) == ("dan: no page: its process was killed" in tell(found))


def test_a_page_counts_as_made_whatever_the_clocks_say(three, monkeypatch):
    """A file server's clock is behind, or this machine's was put back meanwhile."""
    real = returning._Pages.write_single_notebook

    def behind(pages, output, resources):
        real(pages, output, resources)
        for page in (three / "feedback").rglob("*.html"):
            os.utime(page, (1, 1))

    monkeypatch.setattr(returning._Pages, "write_single_notebook", behind)
    found = feedback(three, LESSON)
    assert (found.made, found.failed) == (["ann", "ben", "cleo"], {})


@pytest.mark.parametrize("damaged", ["ann", "cleo"])
def test_who_gets_no_page_is_named_with_the_reason_and_the_others_get_theirs(three, damaged):
    (three / "autograded" / damaged / LESSON / f"{LESSON}.ipynb").write_text('{"cells": [')
    found = feedback(three, LESSON)
    assert set(found.made) == {"ann", "ben", "cleo"} - {damaged}
    assert list(found.failed) == [damaged] and "JSON" in found.failed[damaged]
    assert re.search(rf"2 feedback pages made in .*\n  {damaged}: no page: .*JSON", tell(found))
    assert not (three / "feedback" / damaged).exists()
    assert (three / "feedback" / "ben" / LESSON / f"{LESSON}.html").exists()


def test_only_those_who_are_named_get_a_page(three, monkeypatch, capsys):
    monkeypatch.chdir(three)
    assert main(["feedback", LESSON, "ben"]) == 0
    assert [path.name for path in (three / "feedback").iterdir()] == ["ben"]
    assert "1 feedback page made" in capsys.readouterr().out
    assert main(["feedback", LESSON, "jan"]) == 1
    assert f"Nothing of {LESSON} is graded of jan." in capsys.readouterr().err


def test_return_makes_the_pages_as_feedback_does_and_packs_those_that_could_be_made(
    three, monkeypatch, capsys
):
    archive = three / "downloaded" / LESSON / "archive" / "submissions.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as packed:
        for number in (1, 2, 3):
            packed.writestr(f"X_{number}_assignsubmission_file_/{LESSON}.ipynb", "{}")
    (three / "autograded" / "cleo" / LESSON / f"{LESSON}.ipynb").write_text('{"cells": [')
    monkeypatch.chdir(three)
    assert main(["return", LESSON, "--who", "1=ann", "2=ben", "3=cleo"]) == 1
    said = capsys.readouterr().out
    assert re.search(r"2 feedback pages made in .*\n  cleo: no page: .*JSON", said)
    with zipfile.ZipFile(three / "returned" / f"{LESSON}-for-moodle.zip") as packed:
        for student, name in zip(("ann", "ben"), packed.namelist(), strict=True):
            page = three / "feedback" / student / LESSON / f"{LESSON}.html"
            assert packed.read(name) == page.read_bytes()
