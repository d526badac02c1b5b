"""An edit made to a source notebook in JupyterLab comes back into the lesson text, and nothing is
lost on the way."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.app import main, nbgrader_configuration, points
from course.making.build import (
    BuildError,
    build,
    lesson_files,
    read_lesson,
    source_path,
    sync,
    write_lesson,
)

ROOT = Path(__file__).resolve().parents[1]
FOUR = "04-two-two-one"
MY_TEST = {
    "grade": True,
    "points": 3,
    "grade_id": "my-test",
    "locked": True,
    "solution": False,
    "schema_version": 3,
    "task": False,
}


@pytest.fixture
def root(tmp_path):
    """A copy of the course as it was built."""
    shutil.copytree(ROOT / "course" / "lessons", tmp_path / "course" / "lessons")
    for lesson in lesson_files(tmp_path):
        nb = read_lesson(lesson.read_text(encoding="utf-8"), lesson.stem, points)
        source_path(tmp_path, lesson).parent.mkdir(parents=True)
        save(nb, source_path(tmp_path, lesson))
    return tmp_path


def save(nb, path):
    path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")


def lesson_of(root):
    return root / "course" / "lessons" / f"{FOUR}.md"


def edit(root, *edits):
    """Open the source notebook of lesson 4 as JupyterLab does, edit it, run it, save it."""
    path = source_path(root, lesson_of(root))
    nb = nbformat.read(path, as_version=4)
    for one in edits:
        one(nb)
    save(nb, path)
    return nb


def run_and_save(nb):
    """What a run in JupyterLab leaves in the file."""
    for number, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), start=1):
        cell.execution_count = number
        cell.outputs = [
            new_output("stream", text="an output\n"),
            new_output("execute_result", {"text/plain": "1"}, execution_count=number),
        ]
        cell.metadata.update(
            trusted=True,
            collapsed=False,
            scrolled=True,
            execution={"iopub.execute_input": "2026-01-01T00:00:00Z"},
        )
    nb.metadata["language_info"] = {"name": "python", "version": "3.12.1"}


def change_text(nb):
    nb.cells[0].source += "\n\nA sentence with $\\frac{a}{b}$, “quotes” and a | bar."


def change_solution(nb):
    (cell,) = (
        c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "divergence"
    )
    cell.source = cell.source.replace("float(", "1.0 * float(")


def new_text(nb):
    nb.cells.insert(4, new_markdown_cell("## A new section\n\n- one\n- two", id="5f0a7c1e"))


def new_code(nb):
    nb.cells.insert(
        5, new_code_cell("%matplotlib inline\nx_new = 1\n\n\nprint(x_new)", id="d3adbeef")
    )


def own_test(nb):
    nb.cells.append(
        new_code_cell("assert x_new == 1", id="c0ffee00", metadata={"nbgrader": dict(MY_TEST)})
    )


def tagged(nb):
    nb.cells.append(
        new_code_cell(
            "1 + 1",
            id="0badcafe",
            metadata={"tags": ["hide-input"], "slideshow": {"slide_type": "slide"}},
        )
    )


EDITS = (change_text, change_solution, new_text, new_code, own_test, tagged, run_and_save)


def content(nb):
    """What a reader sees of a notebook and nbgrader reads: everything but ids, outputs and what the
    build adds."""
    kept = []
    for cell in nb.cells:
        metadata = {
            key: value
            for key, value in cell.metadata.items()
            if key not in ("trusted", "collapsed", "scrolled", "execution")
        }
        # what the build adds
        tags = [tag for tag in metadata.pop("tags", []) if tag != "raises-exception"]
        if tags:
            metadata["tags"] = tags
        kept.append((cell.cell_type, cell.source, metadata))
    return kept


def test_edits_come_back_into_the_lesson_and_nothing_is_lost(root):
    edited = edit(root, *EDITS)
    assert sync(root, points) == [lesson_of(root)]
    rebuilt = read_lesson(lesson_of(root).read_text(encoding="utf-8"), FOUR, points)
    assert content(rebuilt) == content(edited)


def test_an_edit_changes_only_its_own_lines_of_the_lesson(root):
    before = lesson_of(root).read_text(encoding="utf-8").splitlines()
    edit(root, change_solution, run_and_save)
    sync(root, points)
    after = lesson_of(root).read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before)
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        "    return 1.0 * float(0.5 * np.sum((np.asarray(y) - d) ** 2))    # ½ Σ (y - d)²"
    ]


def test_what_comes_back_is_canonical_and_stays_as_it_is(root):
    edit(root, *EDITS)
    sync(root, points)
    text = lesson_of(root).read_text(encoding="utf-8")
    assert write_lesson(read_lesson(text, FOUR, points), points) == text


def test_an_instructors_own_test_keeps_its_points_and_its_name(root):
    edit(root, own_test)
    sync(root, points)
    rebuilt = read_lesson(lesson_of(root).read_text(encoding="utf-8"), FOUR, points)
    assert rebuilt.cells[-1].metadata["nbgrader"] == MY_TEST
    assert rebuilt.cells[-1].id == "my-test"


def test_outputs_random_ids_and_derived_metadata_do_not_reach_the_lesson(root):
    edit(root, *EDITS)
    sync(root, points)
    text = lesson_of(root).read_text(encoding="utf-8")
    for trace in (
        "an output",
        "5f0a7c1e",
        "d3adbeef",
        "execution:",
        "trusted:",
        "checksum",
        "language_info",
        "backprop:",
    ):
        assert trace not in text
    assert text.count("nbgrader:") == 1  # that of the instructor's own test


def test_written_points_changed_in_the_notebook_come_back(root):
    def worth_more(nb):
        (cell,) = (
            c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "answer-2"
        )
        cell.metadata["nbgrader"]["points"] = 5

    edit(root, worth_more)
    assert sync(root, points) == [lesson_of(root)]
    assert '+++ {"tags": ["written"], "points": 5}' in lesson_of(root).read_text(encoding="utf-8")


def test_a_run_alone_is_no_edit(root):
    before = lesson_of(root).read_bytes()
    edit(root, run_and_save)
    assert sync(root, points) == []
    assert lesson_of(root).read_bytes() == before


def test_the_folding_of_plumbing_is_derived_and_opening_it_is_no_edit(root):
    nb = nbformat.read(source_path(root, lesson_of(root)), as_version=4)
    folded = [
        cell.source for cell in nb.cells if cell.metadata.get("jupyter") == {"source_hidden": True}
    ]
    setup = [cell.source for cell in nb.cells if "setup" in cell.metadata.get("tags", [])]
    rest = [source for source in folded if source not in setup]
    assert set(setup) <= set(folded)
    assert rest and all(source.startswith("predict") for source in rest)

    def open_them(nb):
        for cell in nb.cells:
            cell.metadata.pop("jupyter", None)

    edit(root, open_them)
    assert sync(root, points) == []
    edit(root, change_text)
    assert sync(root, points) == [lesson_of(root)]
    assert "source_hidden" not in lesson_of(root).read_text(encoding="utf-8")


def test_nothing_edited_changes_nothing(root):
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert sync(root, points) == []
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_lesson_and_its_notebook_both_edited_are_left_alone(root):
    edit(root, change_text)
    lesson_of(root).write_text(
        lesson_of(root).read_text(encoding="utf-8") + "\nA new line.\n", encoding="utf-8"
    )
    other = source_path(root, root / "course" / "lessons" / "05-mazur.md")
    nb = nbformat.read(other, as_version=4)
    nb.cells[0].source += " An edit that could come back."
    save(nb, other)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(
        BuildError,
        match=rf"source/{FOUR}/{FOUR}\.ipynb was edited, and so was course/lessons/{FOUR}\.md",
    ):
        sync(root, points)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_an_edit_that_does_not_build_is_not_written(root):
    def misspelt(nb):
        nb.cells.append(new_code_cell('check("two_two_one.backwards", backward)', id="0badcafe"))

    before = lesson_of(root).read_bytes()
    edit(root, misspelt)
    with pytest.raises(
        BuildError, match=rf"{FOUR}\.md, cell \d+ .*did you mean two_two_one\.backward"
    ):
        sync(root, points)
    assert lesson_of(root).read_bytes() == before


def test_the_command_syncs_and_builds_in_one_go(root, monkeypatch, capsys):
    for lesson in lesson_files(root):
        if lesson.stem != FOUR:
            lesson.unlink()
            shutil.rmtree(source_path(root, lesson).parent)
    edit(root, *EDITS)
    monkeypatch.chdir(root)
    assert main(["sync"]) == 0
    assert re.search(rf"brought the edit into course/lessons/{FOUR}\.md", capsys.readouterr().out)
    for kind in ("source", "release"):
        assert "x_new = 1" in (root / kind / FOUR / f"{FOUR}.ipynb").read_text(encoding="utf-8")
    assert main(["sync"]) == 0
    assert "No source/ notebook was edited" in capsys.readouterr().out
    build(root, points, nbgrader_configuration())  # does not refuse: nothing is edited any more
