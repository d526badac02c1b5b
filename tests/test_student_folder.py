"""The student's folder: what is missing is copied, nothing is overwritten, what cannot be done is
said."""

import json
import os
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from small_release import NAME, WORK, cell_of, put, ran, usual

from autograder import app
from course.folder import student_folder, whole_file
from course.folder.student_folder import FolderError, fill, prepare
from course.folder.update import update

OTHER = "05-other"


@pytest.fixture
def place(tmp_path):
    """(release, the student's folder) with two lessons, nothing copied yet."""
    for name in (NAME, OTHER):
        put(tmp_path / "release", usual(), name)
    work = tmp_path / "work"
    prepare(work, tmp_path)
    return tmp_path / "release", work


def everything(folder):
    """{path: bytes} of all files of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def notebook(folder, name=NAME):
    return json.loads((folder / name / f"{name}.ipynb").read_text("utf-8"))


def texts(nb):
    return ["".join(cell["source"]) for cell in nb["cells"]]


def write_work(folder, name=NAME):
    """The student writes the function, runs it, saves."""
    nb = usual()
    cell_of(nb, "f").source = WORK
    ran(cell_of(nb, "f"))
    return put(folder, nb, name)


def test_what_is_missing_is_copied_and_a_second_time_nothing_is(place):
    release, work = place
    assert (
        fill(release, work).said("work")[0]
        == f"Copied to work/: {NAME}, {OTHER}. Nothing there was overwritten."
    )
    before = everything(work)
    assert texts(notebook(work)) == texts(notebook(release))
    assert fill(release, work).said("work") == [
        "work/ holds every lesson already; nothing was copied or changed."
    ]
    assert everything(work) == before


def test_a_copy_names_the_python_that_runs_it_as_the_kernel_does(place):
    from ipykernel.ipkernel import IPythonKernel

    fill(*place)
    assert notebook(place[1])["metadata"]["language_info"] == IPythonKernel.language_info
    assert "version" not in json.dumps(
        notebook(place[0])["metadata"].get("language_info", {}).get("version", {})
    )


def test_work_is_never_overwritten_and_a_lesson_that_was_moved_away_comes_again(place):
    release, work = place
    fill(release, work)
    path = write_work(work)
    (work / NAME / "predictions.json").write_text("{}")
    shutil.rmtree(work / OTHER)
    before = path.read_bytes()
    assert fill(release, work).copied == [OTHER]
    path.rename(path.with_name("mine.ipynb"))
    assert fill(release, work).copied == [NAME]
    assert path.with_name("mine.ipynb").read_bytes() == before and texts(notebook(work)) == texts(
        notebook(release)
    )


def test_a_newer_course_is_said_and_changes_nothing_by_itself(place):
    release, work = place
    fill(release, work)
    put(release, usual("# Small\n\nA better text."))
    before = everything(work)
    said = fill(release, work).said("work")
    assert f"newer version of: {NAME}." in said[1] and "`backprop update`" in said[1]
    assert everything(work) == before


def test_work_done_in_the_release_comes_into_the_folder_with_all_that_lies_beside_it(place):
    release, work = place
    write_work(release)
    (release / NAME / "predictions.json").write_text('{"a": {"answer": 1}}')
    (release / NAME / "own.ipynb").write_text("{}")
    before = everything(release)
    done = fill(release, work)
    assert done.rescued == [NAME] and "git checkout release/" in done.said("work")[1]
    assert (
        WORK in texts(notebook(work))
        and (work / NAME / "predictions.json").exists()
        and (work / NAME / "own.ipynb").exists()
    )
    assert everything(release) == before
    assert fill(release, work).said("work")[1:] == []


def test_work_done_in_the_release_stands_beside_what_is_in_the_folder_once(place):
    release, work = place
    fill(release, work)
    mine = (work / NAME / f"{NAME}.ipynb").read_bytes()
    write_work(release)
    assert fill(release, work).beside == [f"{NAME}/{NAME}.from-release.ipynb"]
    assert fill(release, work).beside == []
    assert (work / NAME / f"{NAME}.ipynb").read_bytes() == mine
    assert WORK in (work / NAME / f"{NAME}.from-release.ipynb").read_text("utf-8").replace(
        '\\n",\n    "', "\\n"
    ).encode().decode("unicode_escape")


def test_a_run_alone_is_no_edit_of_the_release(place):
    release, work = place
    nb = usual()
    ran(cell_of(nb, "f"))
    nb.cells[1].metadata["jupyter"] = {"source_hidden": True}
    put(release, nb)
    assert fill(release, work).rescued == []


def test_a_release_without_fingerprints_is_compared_with_what_git_knows(place):
    release, work = place
    nb = usual()
    del nb.metadata["backprop"]["release"]
    put(release, nb)
    root = release.parent
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(root)]
    for words in (["init", "-q"], ["add", "release"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    assert not student_folder.is_edited(release, NAME)
    cell_of(nb, "f").source = WORK
    put(release, nb)
    assert student_folder.is_edited(release, NAME)


# ---- what cannot be done


@pytest.mark.parametrize(("where", "said"), [
    ("file", "is a file, not a folder"), ("file/below", "cannot be made"), ("release", "the course's own"),
    ("release/deeper", "the course's own"), (".", "own folder"),
])  # fmt: skip
def test_a_place_where_nobody_can_work_is_refused_in_one_sentence(tmp_path, where, said):
    (tmp_path / "file").touch()
    (tmp_path / "release").mkdir()
    with pytest.raises(FolderError, match=said) as caught:
        prepare(tmp_path / where, tmp_path)
    assert "--folder" in str(caught.value) and "\n" not in str(caught.value)


def test_a_read_only_place_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(FolderError, match="read-only: nothing could be saved there"):
        prepare(tmp_path / "work", tmp_path)


def test_a_file_where_a_lesson_belongs_is_named(place):
    (place[1] / NAME).touch()
    with pytest.raises(FolderError, match=f"{NAME} is a file where the lesson's folder belongs"):
        fill(*place)


def test_a_full_disk_leaves_no_half_lesson(place, monkeypatch):
    release, work = place

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FolderError, match=r"could not be copied .*\(No space left on device\)"):
        fill(release, work)
    monkeypatch.undo()
    assert not (work / NAME).exists()
    assert fill(release, work).copied == [NAME, OTHER]


@pytest.mark.parametrize(
    "broken",
    ['{"cells": [', "[]", '{"nbformat": 3}', "", '{"cells": [3], "nbformat": 4, "metadata": {}}'],
)
def test_a_broken_notebook_is_left_alone_and_named(place, broken):
    release, work = place
    fill(release, work)
    put(release, usual("# Small\n\nA better text."))
    put(release, usual("# Small\n\nA better text."), OTHER)
    (work / NAME / f"{NAME}.ipynb").write_text(broken)
    assert f"{NAME}/{NAME}.ipynb" in fill(release, work).said("work")[-1]
    said = update(release, work)
    assert any(
        f"{NAME}/{NAME}.ipynb is not a readable notebook; it was left alone" in line
        for line in said
    )
    assert (work / NAME / f"{NAME}.ipynb").read_text() == broken
    assert "A better text." in str(texts(notebook(work, OTHER)))


# ---- the update of files


@pytest.fixture
def newer(place):
    """(release, the student's folder) where lesson 4 has work and the course has a newer text."""
    release, work = place
    fill(release, work)
    write_work(work)
    put(
        release,
        usual(
            "# Small\n\nA better text.",
            stub=usual().cells[2].source.replace("def f(x):", "def f(x, n=1):"),
        ),
    )
    return release, work


def test_an_update_keeps_a_backup_and_says_where_and_a_second_changes_nothing(newer):
    release, work = newer
    before = (work / NAME / f"{NAME}.ipynb").read_bytes()
    (work / NAME / "predictions.json").write_text("{}")
    others = {path: content for path, content in everything(work).items() if NAME not in path}
    looked = update(release, work, check=True)
    assert (
        "would be brought forward" in looked[0]
        and (work / NAME / f"{NAME}.ipynb").read_bytes() == before
    )
    said = update(release, work)
    backup = work.parent / said[0].rpartition(" ")[2]
    assert (
        backup.read_bytes() == before
        and "brought forward: 2 cells of the course renewed" in said[0]
    )
    assert "both are in it" in said[1] and "close its tab" in said[2]
    after = texts(notebook(work))
    assert "A better text." in after[0] and after[2] == WORK.replace("def f(x):", "def f(x, n=1):")
    assert {
        path: content for path, content in everything(work).items() if NAME not in path
    } == others
    written = everything(work)
    assert update(release, work) == [
        "Every notebook in work/ is of this release already; nothing was changed."
    ]
    assert everything(work) == written


@pytest.mark.parametrize("lost", ["gone", "broken", "another release's"])
def test_without_a_sound_base_the_work_stays_and_the_new_stub_stands_below(newer, lost):
    release, work = newer
    base = student_folder.base(work, NAME)
    if lost == "gone":
        base.unlink()
    else:
        base.write_bytes(
            b"{" if lost == "broken" else (release / NAME / f"{NAME}.ipynb").read_bytes()
        )
    said = update(release, work)
    assert "stands as text below yours" in said[1]
    after = texts(notebook(work))
    assert after[2] == WORK and "def f(x, n=1):" in after[3]


def test_a_full_disk_leaves_the_notebook_as_it_was(newer, monkeypatch):
    release, work = newer
    before = everything(work)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_file.os, "fsync", full)
    assert update(release, work) == [
        f"{NAME} could not be written (No space left on device); it is as it was."
    ]
    assert everything(work) == before


def test_a_notebook_saved_meanwhile_is_not_overwritten(newer, monkeypatch):
    release, work = newer
    path, real = work / NAME / f"{NAME}.ipynb", student_folder.write_whole

    def save_too(target, content):
        real(target, content)
        path.write_text("saved by JupyterLab")

    monkeypatch.setattr("course.folder.update.write_whole", save_too)
    assert "written by another program" in update(release, work)[0]
    assert path.read_text() == "saved by JupyterLab"


def test_an_edited_release_is_no_newer_release(newer):
    release, work = newer
    nb = usual("# Small\n\nA better text.")
    nb.cells.append(new_code_cell("mine", id="own"))
    put(release, deepcopy(nb))
    before = everything(work)
    assert "was edited, so 04-small was left alone" in update(release, work)[0]
    assert everything(work) == before


def test_a_lesson_that_the_course_dropped_stays_and_is_named(newer):
    release, work = newer
    shutil.rmtree(release / OTHER)
    assert f"{OTHER} is no longer in the course; it stays as it is." in update(release, work)
    assert (work / OTHER / f"{OTHER}.ipynb").exists()


def test_without_a_folder_it_says_what_makes_one(place):
    with pytest.raises(FolderError, match="`backprop lab` makes it"):
        update(place[0], place[1] / "gone")


def test_the_commands_say_and_do_it(tmp_path, monkeypatch, capsys):
    """As typed in a clone: copy, work, a newer course, update; JupyterLab itself is another
    test's."""
    (tmp_path / "course" / "lessons").mkdir(parents=True)
    (tmp_path / "course" / "lessons" / f"{NAME}.md").write_text("# Small")
    put(tmp_path / "release", usual())
    opened = []
    monkeypatch.setattr(app, "open_lab", lambda folder, options: opened.append((folder, options)))
    monkeypatch.chdir(tmp_path)

    def backprop(*words):
        code, said = app.main(list(words)), capsys.readouterr()
        return code, said.out + said.err

    code, said = backprop("lab", "--folder", "my place", "--no-browser")
    assert (code, opened) == (0, [(tmp_path / "my place", ["--no-browser"])])
    assert said.splitlines() == [
        f"Copied to my place/: {NAME}. Nothing there was overwritten.",
        "JupyterLab opens my place/. Start with the first lesson; Ctrl-C here stops it.",
    ]
    assert backprop("lab")[0] == 0 and opened[-1] == (tmp_path / "work", [])
    write_work(tmp_path / "work")
    put(tmp_path / "release", usual("# Small\n\nA better text."))
    assert "`backprop update`" in backprop("lab", "--no-browser")[1]
    assert "would be brought forward" in backprop("update", "--check")[1]
    said = backprop("update")[1]
    assert (
        "brought forward: 1 cell of the course renewed. As it was: work/.backprop/backup/" in said
    )
    assert WORK in texts(notebook(tmp_path / "work"))
    assert "A better text." not in str(texts(notebook(tmp_path / "my place")))
    code, said = backprop("lab", "--folder", "release")
    assert code == 1 and said.startswith("backprop: release/ is the course's own")
    assert said.count("\n") == 1
