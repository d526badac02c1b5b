"""A build and a sync overwrite nothing that somebody wrote in release/, and touch nothing that they
did not make."""

import json
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.app import main, nbgrader_configuration, points
from autograder.plugins.planted import plant
from course.making.build import BuildError, build, lesson_files, source_path, stale, sync
from course.making.guard import edited

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---
"""
BROKEN = """
```{code-cell}
def f(x):
    ### BEGIN SOLUTION
    return 1
    ### INSTEAD
    # return 2
    ### END SOLUTION
```
"""
pytestmark = pytest.mark.timeout(600)


def write(root, name, text):
    path = root / "course" / "lessons" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}\n{text}", encoding="utf-8")
    return path


def everything(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def edit(path, change):
    nb = nbformat.read(path, as_version=4)
    change(nb)
    nbformat.write(nb, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of two small lessons, built."""
    folder = tmp_path_factory.mktemp("course")
    write(folder, "01-small", f"# Small\n\nA text.\n{BROKEN}")
    write(folder, "02-other", "# Other\n")
    build(folder, points, nbgrader_configuration())
    return folder


@pytest.fixture
def root(course, tmp_path):
    """A copy of it."""
    return shutil.copytree(course, tmp_path / "course copied")


def released(root, name="01-small"):
    return root / "release" / name / f"{name}.ipynb"


def test_work_in_a_release_stops_the_build_and_the_sync_before_they_write(root):
    edit(released(root), lambda nb: nb.cells[1].update(source="def f(x):\n    return 3"))
    edit(released(root, "02-other"), lambda nb: nb.cells.append(new_code_cell("mine")))
    edit(
        source_path(root, lesson_files(root)[0]),
        lambda nb: nb.cells.append(new_markdown_cell("An edit.")),
    )
    before = everything(root)
    for refuse in (
        lambda: build(root, points, nbgrader_configuration()),
        lambda: sync(root, points),
    ):
        with pytest.raises(BuildError) as caught:
            refuse()
        for said in ("release/01-small/01-small.ipynb, release/02-other/02-other.ipynb were edited",
                     "`backprop lab` copies it to work/", "git pull", "Nothing was changed."):  # fmt: skip
            assert said in str(caught.value)
        assert everything(root) == before
    build(root, points, nbgrader_configuration(), force=True)
    assert "return 3" not in released(root).read_text("utf-8")


def test_a_run_alone_does_not_stop_a_build(root):
    def run(nb):
        nb.cells[1].execution_count = 3
        nb.cells[1].metadata["trusted"] = True

    edit(released(root), run)
    assert edited(root) == ""


def test_a_broken_notebook_in_release_stops_a_build_and_is_named(root):
    released(root).write_text("{")
    with pytest.raises(
        BuildError, match=r"release/01-small/01-small\.ipynb is not a readable notebook"
    ):
        build(root, points, nbgrader_configuration())
    assert released(root).read_text() == "{"


def test_what_the_build_did_not_make_is_left_alone(root, monkeypatch, capsys):
    own = [root / "release" / "02-other" / "predictions.json", root / "release" / "02-other" / "tries.ipynb",
           root / "release" / "02-other" / ".ipynb_checkpoints" / "a.ipynb", root / "release" / "01-small" / "notes.txt",
           root / "release" / "mine" / "mine.ipynb", root / "source" / "09-own" / "09-own.ipynb"]  # fmt: skip
    for path in own:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        )
    (root / "course" / "lessons" / "02-other.md").unlink()
    monkeypatch.chdir(root)
    assert main(["build"]) == 0
    assert (
        "left alone, as the build did not make them: release/02-other/.ipynb_checkpoints/a.ipynb, "
        in capsys.readouterr().out
    )
    assert all(path.exists() for path in own)
    assert not released(root, "02-other").exists() and not (root / "source" / "02-other").exists()
    assert stale(root, points, nbgrader_configuration()) == []


def test_a_vanished_lesson_that_holds_work_stops_the_build(root):
    edit(released(root, "02-other"), lambda nb: nb.cells.append(new_code_cell("mine")))
    (root / "course" / "lessons" / "02-other.md").unlink()
    with pytest.raises(BuildError, match=r"02-other\.ipynb was edited"):
        build(root, points, nbgrader_configuration())
    assert "mine" in released(root, "02-other").read_text("utf-8")


def test_attachments_come_into_the_lesson_and_into_both_notebooks(root, monkeypatch):
    picture = {"a.png": {"image/png": "iVBORw0KGgo="}}
    edit(source_path(root, lesson_files(root)[0]),
         lambda nb: nb.cells.append(new_markdown_cell("![a](attachment:a.png)", attachments=picture)))  # fmt: skip
    monkeypatch.chdir(root)
    assert main(["sync"]) == 0
    for path in (source_path(root, lesson_files(root)[0]), released(root)):
        assert nbformat.read(path, 4).cells[-1].attachments == picture
    assert sync(root, points) == []


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_newlines_in_a_source_notebook_are_no_edit_and_the_planted_bug_is_released(
    root, newline
):
    path = source_path(root, lesson_files(root)[0])

    def other(nb):
        for cell in nb.cells:
            cell.source = cell.source.replace("\n", newline)

    edit(path, other)
    assert sync(root, points) == []
    edit(path, lambda nb: nb.cells.append(new_markdown_cell(f"one{newline}two")))
    lesson = lesson_files(root)[0]
    before = lesson.read_text("utf-8")
    assert sync(root, points) == [lesson]
    assert lesson.read_text("utf-8").startswith(before.rstrip()) and "one\ntwo" in lesson.read_text(
        "utf-8"
    )
    build(root, points, nbgrader_configuration(), synced=[lesson])
    assert "return 2" in nbformat.read(released(root), 4).cells[1].source


def test_nbgraders_own_release_of_a_source_with_other_newlines_plants_the_bug_too():
    from autograder.plugins.planted import ClearOrPlant

    source = (
        "def f(x):\n    ### BEGIN SOLUTION\n    return 1\n    ### INSTEAD\n    # return 2\n    ###"
        " END SOLUTION"
    )
    told = {"grade": False, "solution": True, "locked": False, "grade_id": "f", "schema_version": 3}
    for newline in ("\r\n", "\r"):
        cell = new_code_cell(source.replace("\n", newline), metadata={"nbgrader": told})
        assert ClearOrPlant().preprocess_cell(cell, {"language": "python"}, 0)[0].source == plant(
            source
        )


def test_a_lesson_keeps_the_newlines_that_git_gave_it(root):
    lesson = lesson_files(root)[0]
    before = lesson.read_bytes().replace(b"\n", b"\r\n")
    lesson.write_bytes(before)
    assert sync(root, points) == [] and lesson.read_bytes() == before
    edit(source_path(root, lesson), lambda nb: nb.cells.append(new_markdown_cell("New.")))
    sync(root, points)
    assert lesson.read_bytes() == before.rstrip() + b"\r\n\r\nNew.\r\n"
