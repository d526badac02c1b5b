"""`backprop grade`: a lesson of a class, side by side; or one notebook, with no class at all."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.desk import Refused
from autograder.desk.regrading import seed_of
from autograder.desk.single import grade_notebook

ROOT = Path(__file__).resolve().parents[1]
FOUR = "04-two-two-one"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="grading needs a Unix machine")


def backprop(cwd, *words):
    """Type a command; its exit status and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder.app", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def notebook(place, kind="source"):
    return nbformat.read(place / kind / FOUR / f"{FOUR}.ipynb", 4)


def test_a_class_is_graded_once_and_again_where_something_was_handed_in_anew(tmp_path):
    folder = tmp_path / "my class"
    assert backprop(ROOT, "init", folder, "--no-exchange", "--lessons", "4")[0] == 0
    status, said = backprop(folder, "grade", FOUR)
    assert status == 1 and "Nothing of 04-two-two-one was handed in yet" in said
    for student, text in (
        ("ada", (folder / "source" / FOUR / f"{FOUR}.ipynb").read_text(encoding="utf-8")),
        ("zoe", (folder / "release" / FOUR / f"{FOUR}.ipynb").read_text(encoding="utf-8")),
        ("max", "this is no notebook"),
    ):
        place = folder / "submitted" / student / FOUR
        place.mkdir(parents=True)
        (place / f"{FOUR}.ipynb").write_text(text, encoding="utf-8")

    there = {path.name for path in folder.iterdir()} | {".nbgrader.log"}
    status, said = backprop(folder, "grade", FOUR)
    assert status == 1, "one has no grade"
    assert "2 graded, 1 without a grade" in said
    assert "max: 04-two-two-one.ipynb is not a notebook" in said
    assert scores(folder) == {"ada": 17, "zoe": 0}

    # who has no grade is tried again, who has one is not, and who hands in anew is graded anew
    shutil.copyfile(
        folder / "source" / FOUR / f"{FOUR}.ipynb",
        folder / "submitted" / "zoe" / FOUR / f"{FOUR}.ipynb",
    )
    status, said = backprop(folder, "grade", FOUR)
    assert "1 graded, 1 graded before and not changed since, 1 without a grade" in said
    assert scores(folder) == {"ada": 17, "zoe": 17}

    # who was being graded when a machine lost its power has a cleared copy, and is graded anew
    graded = folder / "autograded" / "ada" / FOUR / f"{FOUR}.ipynb"
    graded.chmod(0o644)
    nb = nbformat.read(graded, 4)
    for cell in nb.cells:
        cell.update(outputs=[]) if cell.cell_type == "code" else None
    nbformat.write(nb, graded)
    status, said = backprop(folder, "grade", FOUR, "ada", "zoe")
    assert (status, "1 graded, 1 graded before" in said) == (0, True), said
    assert {path.name for path in folder.iterdir()} == there | {"autograded"}

    status, said = backprop(folder, "grade", FOUR, "ada")
    assert (status, "0 graded, 1 graded before" in said) == (0, True)
    for words, reason in (
        ((FOUR, "nobody"), "was handed in by nobody"),
        (("09-more",), "knows no lesson 09-more. It knows: 04-two-two-one."),
    ):
        status, said = backprop(folder, "grade", *words)
        assert status == 1 and reason in said and "Traceback" not in said


def test_a_run_that_is_stopped_keeps_what_is_graded_and_goes_on(tmp_path):
    folder = tmp_path / "class"
    assert backprop(ROOT, "init", folder, "--no-exchange", "--lessons", "4")[0] == 0
    for student in "abcdef":
        shutil.copytree(folder / "release" / FOUR, folder / "submitted" / student / FOUR)
    running = subprocess.Popen(
        [sys.executable, "-m", "autograder.app", "grade", FOUR],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    until = time.monotonic() + 120
    while not done(folder):
        assert time.monotonic() < until and running.poll() is None
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    said = running.communicate(timeout=60)[0]
    assert running.returncode == 1 and "backprop: Stopped. What is graded is kept" in said
    assert 1 <= (kept := done(folder)) < 6
    status, said = backprop(folder, "grade", FOUR)
    assert (status, f"{6 - kept} graded, {kept} graded before" in said) == (0, True), said
    assert done(folder) == 6


def done(folder):
    """How many submissions have a graded notebook that is whole."""
    return sum(seed_of(place) is not None for place in folder.glob(f"autograded/*/{FOUR}"))


def scores(folder):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "backprop-by-hand") as gradebook:
        return {
            each.student.id: each.score
            for each in gradebook.find_assignment(FOUR).submissions
            if each.student.id != "max"
        }


def test_one_notebook_is_graded_with_no_class(tmp_path):
    nb = notebook(ROOT)
    wrong = next(cell for cell in nb.cells if "(1 - y1**2) * dy1" in cell.source)
    wrong.source = wrong.source.replace("(1 - y1**2) * dy1", "dy1")
    nb.metadata.pop("backprop")  # known by its cells
    path = tmp_path / "my work, final.ipynb"
    nbformat.write(nb, path)
    before = path.read_bytes()

    status, said = backprop(
        tmp_path, "grade", path, "--json", tmp_path / "r.json", "--html", tmp_path / "r.html"
    )
    assert status == 1, said
    result = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    by_name = {each["name"]: each for each in result["exercises"]}
    backward = by_name["two_two_one.backward"]
    assert 0 < backward["points"] < backward["max_points"] == 5
    assert backward["why"] == "hidden activation derivative forgotten"
    assert result["score"] == 12 + backward["points"] and result["max_score"] == 17
    assert [each["name"] for each in result["written"]] == ["answer", "answer-2"]
    assert set(result["walls"]) == {"on", "off"} and any(result["walls"].values())
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "The step through the hidden tanh is missing" in page and "<script" not in page
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 3


def test_a_right_notebook_ends_in_0_and_what_cannot_be_graded_in_2(tmp_path):
    assert backprop(tmp_path, "grade", ROOT / "source" / FOUR / f"{FOUR}.ipynb")[0] == 0
    (tmp_path / "text.ipynb").write_text("no notebook", encoding="utf-8")
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(other, tmp_path / "other.ipynb")
    for name, reason in (
        ("text.ipynb", "is not a notebook"),
        ("other.ipynb", "none of this course's lessons"),
        ("absent.ipynb", "cannot be read: No such file"),
    ):
        status, said = backprop(tmp_path, "grade", tmp_path / name)
        assert status == 2 and reason in said and "Traceback" not in said, said


@pytest.mark.parametrize("damaged", [b"", b'{"cells": [', b"\xff", b"{}", b"[]", b'{"cells": [1]}'])
def test_a_graded_notebook_that_cannot_be_read_has_no_seed(tmp_path, damaged):
    """It is graded anew, and the others of the class with it."""
    (tmp_path / f"{FOUR}.ipynb").write_bytes(damaged)
    assert seed_of(tmp_path) is None


def test_a_lesson_that_is_named_must_be_one():
    with pytest.raises(Refused, match="There is no lesson 9"):
        grade_notebook(ROOT / "source" / FOUR / f"{FOUR}.ipynb", ROOT, "9")
