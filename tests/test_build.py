"""From lesson text to notebooks: the same text gives the same bytes, and a release gives no answer
away."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.app import nbgrader_configuration, points
from autograder.exercises import find_exercise
from autograder.plugins.planted import ClearOrPlant
from course.making.build import (
    FORMAT,
    BuildError,
    build,
    build_into,
    checked,
    lesson_files,
    only_predicts,
    read_lesson,
    slug,
    source_path,
    stale,
    write_lesson,
)  # fmt: skip

ROOT = Path(__file__).resolve().parents[1]
LESSONS = {path.stem: path.read_text(encoding="utf-8") for path in lesson_files(ROOT)}
KINDS = ("source", "release")
pytestmark = pytest.mark.timeout(900)
every_lesson = pytest.mark.parametrize("lesson", LESSONS)
every_notebook = pytest.mark.parametrize(
    ("kind", "lesson"), [(kind, lesson) for kind in KINDS for lesson in LESSONS]
)


def notebook(kind, lesson):
    return nbformat.read(ROOT / kind / lesson / f"{lesson}.ipynb", as_version=4)


def by_grade_id(nb):
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in nb.cells
        if "nbgrader" in cell.metadata
    }


def regions(source):
    """The parts of a solution cell between its marks: (right lines, planted lines or None), each
    stripped."""
    for region in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL):
        right, instead, planted = region.partition("### INSTEAD\n")
        strip = lambda text: [line.strip() for line in text.splitlines() if line.strip()]
        yield (
            strip(right),
            ([line.removeprefix("# ") for line in strip(planted)] if instead else None),
        )


# ---- the same text gives the same bytes


@pytest.fixture(scope="module")
def built_twice(tmp_path_factory):
    folders = [tmp_path_factory.mktemp("built") for _ in range(2)]
    for folder in folders:
        build_into(folder, ROOT, points, nbgrader_configuration())
    return [
        {
            path.relative_to(folder): path.read_bytes()
            for kind in KINDS
            for path in (folder / kind).rglob("*.ipynb")
        }
        for folder in folders
    ]


def test_building_twice_gives_the_same_bytes(built_twice):
    first, second = built_twice
    assert len(first) == 2 * len(LESSONS)
    assert first == second


def test_the_committed_notebooks_are_fresh(built_twice):
    committed = {
        path.relative_to(ROOT): path.read_bytes()
        for kind in KINDS
        for path in (ROOT / kind).glob("*/*.ipynb")
    }
    differing = {
        str(path)
        for path in committed.keys() | built_twice[0].keys()
        if committed.get(path) != built_twice[0].get(path)
    }
    assert differing == set(), (
        "not what the lessons give: run `make build`, and `make sync` before it where a notebook"
        " was edited"
    )


@every_lesson
def test_the_text_of_a_lesson_is_canonical(lesson):
    text = LESSONS[lesson]
    assert write_lesson(read_lesson(text, lesson, points), points) == text
    assert jupytext.writes(jupytext.reads(text, FORMAT), FORMAT).count("\n") >= text.count("\n")


# ---- ids


@every_notebook
def test_cell_ids_are_valid_unique_and_made_from_names(kind, lesson):
    nb = notebook(kind, lesson)
    nbformat.validate(nb)
    ids = [cell.id for cell in nb.cells]
    assert [i for i in ids if not re.fullmatch(r"[a-z0-9_-]{1,64}", i)] == []
    assert [i for i, times in Counter(ids).items() if times > 1] == []
    section = lesson
    for cell in nb.cells:
        heading = (
            re.search(r"^#{1,3} +(.+)$", cell.source, re.MULTILINE)
            if cell.cell_type == "markdown"
            else None
        )
        section = heading[1] if heading else section
        graded = cell.metadata.get("nbgrader")
        if graded:
            assert cell.id == graded["grade_id"]
        else:
            assert re.fullmatch(re.escape(slug(section)) + r"-\d+", cell.id)


@every_lesson
def test_source_and_release_have_the_same_cells(lesson):
    source, release = notebook("source", lesson), notebook("release", lesson)
    assert [(cell.id, cell.cell_type) for cell in source.cells] == [
        (cell.id, cell.cell_type) for cell in release.cells
    ]


@every_lesson
def test_a_change_in_one_section_leaves_the_ids_of_the_others(lesson):
    text = LESSONS[lesson]
    place = text.rindex("\n## ")
    longer = text[:place] + "\nOne more cell.\n\n+++\n" + text[place:]
    before = [cell.id for cell in read_lesson(text, lesson, points).cells]
    after = [cell.id for cell in read_lesson(longer, lesson, points).cells]
    assert len(after) == len(before) + 1
    assert set(before) < set(after)


# ---- what nbgrader is told


@every_notebook
def test_the_points_of_a_test_cell_are_those_of_its_exercise(kind, lesson):
    tests = [
        cell
        for cell in notebook(kind, lesson).cells
        if cell.cell_type == "code" and checked(cell.source)
    ]
    assert tests
    for cell in tests:
        told = cell.metadata["nbgrader"]
        assert told["points"] == find_exercise(checked(cell.source)).points
        assert told["grade"] and told["locked"] and not told["solution"]


@every_lesson
def test_a_lesson_checks_every_exercise_that_it_names_once(lesson):
    names = [
        checked(cell.source)
        for cell in notebook("source", lesson).cells
        if cell.cell_type == "code" and checked(cell.source)
    ]
    assert len(set(names)) == len(names)
    assert len({name.partition(".")[0] for name in names}) == 1


@every_lesson
def test_a_solution_cell_can_be_edited_and_a_question_cannot(lesson):
    for grade_id, cell in by_grade_id(notebook("release", lesson)).items():
        told = cell.metadata["nbgrader"]
        assert told["locked"] == (not told["solution"]), grade_id
        assert (told["grade"] and told["solution"]) == grade_id.startswith("answer"), grade_id


# ---- a release gives no answer away


@every_lesson
def test_a_release_shows_no_line_of_a_solution(lesson):
    source, release = (by_grade_id(notebook(kind, lesson)) for kind in KINDS)
    found = 0
    for grade_id, cell in source.items():
        for right, planted in regions(cell.source):
            found += 1
            shown = [line.strip() for line in release[grade_id].source.splitlines()]
            if planted is None:
                assert [line for line in right if len(line) > 12 and line.strip() in shown] == [], (
                    grade_id
                )
                assert "raise NotImplementedError()" in shown
            else:
                assert any(line.strip() not in shown for line in right), (
                    f"{grade_id}: the right lines are all there"
                )
                assert [line for line in planted if line.strip() not in shown] == [], (
                    f"{grade_id}: the planted bug is not"
                )
    assert found


@every_lesson
def test_a_release_bears_no_mark_of_how_it_was_made(lesson):
    text = (ROOT / "release" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8")
    marks = (
        "BEGIN SOLUTION",
        "END SOLUTION",
        "INSTEAD",
        "BEGIN HIDDEN",
        "END HIDDEN",
        "BEGIN MARK",
        "END MARK",
        "Marking:",
    )
    assert [mark for mark in marks if mark in text] == []


@every_lesson
def test_a_release_holds_no_model_answer(lesson):
    source, release = (by_grade_id(notebook(kind, lesson)) for kind in KINDS)
    answers = [
        grade_id for grade_id, cell in source.items() if "written" in cell.metadata.get("tags", [])
    ]
    assert answers
    whole = "\n".join(cell.source for cell in notebook("release", lesson).cells)
    for grade_id in answers:
        assert release[grade_id].source == "YOUR ANSWER HERE"
        assert [
            line
            for line in source[grade_id].source.splitlines()
            if len(line) > 12 and line in whole
        ] == []


@every_lesson
def test_a_release_does_not_import_the_exercises(lesson):
    for cell in notebook("release", lesson).cells:
        assert cell.cell_type != "code" or not re.search(
            r"autograder\.(exercises|judge|check)\b", cell.source
        )


@every_lesson
def test_nothing_in_a_broken_function_marks_the_line_with_the_bug(lesson):
    for grade_id, cell in by_grade_id(notebook("source", lesson)).items():
        for right, planted in regions(cell.source):
            if planted is not None:
                body = by_grade_id(notebook("release", lesson))[grade_id].source
                ast.parse(body)
                differing = set(right) ^ set(planted)
                assert differing and [line for line in differing if "#" in line] == []
                assert len(set(right) & set(planted)) >= 3, (
                    "the lines around the bug are part of the region"
                )


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ('predict("k", "How many?")\npredict.show("j", 3)', True),
        ("def axes_of(axes):\n    pass\n\n\npredict.sketch('k', 'Which?', draw=axes_of)", True),
        ('predict.first("k", Picture())', False),
        ('x = 1\npredict.show("k", x)', False),
        ("from course.prediction import predict", False),
        ("run.predict(3)", False),
        ("def predict(x):\n    return x", False),
        ("predict(", False),
    ],
)
def test_a_cell_that_only_predicts_shows_no_code(source, folded):
    assert only_predicts(new_code_cell(source)) is folded


def test_a_cell_may_hold_a_planted_bug_and_a_function_to_write():
    source = """
def f(x):
    ### BEGIN SOLUTION
    return x + 1
    ### END SOLUTION

def g(x):
    if x:
        ### BEGIN SOLUTION
        return 2 * x
        ### INSTEAD
        # return 3 * x
        #     # a comment of the released text
        ### END SOLUTION
"""
    cell = new_code_cell(
        source,
        metadata={
            "nbgrader": {
                "grade": False,
                "solution": True,
                "locked": False,
                "grade_id": "f",
                "schema_version": 3,
            }
        },
    )
    released, _ = ClearOrPlant().preprocess_cell(cell, {"language": "python"}, 0)
    assert (
        released.source
        == """
def f(x):
    # YOUR CODE HERE
    raise NotImplementedError()

def g(x):
    if x:
        return 3 * x
            # a comment of the released text
"""
    )


# ---- source passes, release does not


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A function that gives a notebook after it was run to the end; all of them are started, one a
    processor."""
    folder = tmp_path_factory.mktemp("executed")
    wanted = [(kind, lesson) for kind in KINDS for lesson in LESSONS]

    def run(key):
        kind, lesson = key
        place = folder / kind / f"{lesson}.ipynb"
        place.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / kind / lesson / f"{lesson}.ipynb", place)
        command = [
            sys.executable,
            "-m",
            "nbconvert",
            "--to",
            "notebook",
            "--execute",
            *(["--allow-errors"] if kind == "source" else []),
            "--inplace",
            str(place),
        ]
        done = subprocess.run(
            command,
            cwd=place.parent,
            capture_output=True,
            text=True,
            timeout=280,
            env={**os.environ, "IPYTHONDIR": str(folder)},
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return nbformat.read(place, as_version=4)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = {key: pool.submit(run, key) for key in wanted}
        yield lambda kind, lesson: runs[kind, lesson].result()


def errors(nb):
    """(cell, error name) of every error that a run left."""
    return [
        (cell, output.ename)
        for cell in nb.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]


@every_lesson
def test_every_cell_of_a_source_notebook_runs_and_every_check_passes(executed, lesson):
    nb = executed("source", lesson)
    assert [(cell.id, name) for cell, name in errors(nb)] == []
    assert all(cell.execution_count for cell in nb.cells if cell.cell_type == "code")


@every_lesson
def test_a_release_runs_to_its_last_cell_past_all_that_is_not_written(executed, lesson):
    nb = executed("release", lesson)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    assert [(cell.id, name) for cell, name in errors(nb)] == []
    assert all(cell.execution_count for cell in code) and code[-1].source.startswith("summary(")
    assert re.search(r"^\d of \d+ right, [\d.]+ of \d+ points", shown(code[-1]), re.MULTILINE)
    assert [
        cell.id
        for cell in code
        for o in cell.outputs
        if o.output_type == "stream" and o.name == "stderr"
    ] == []
    for cell in (cell for cell in code if checked(cell.source)):
        told = [o.metadata["backprop"] for o in cell.outputs if "backprop" in o.get("metadata", {})]
        assert told[-1]["exercise"] == checked(cell.source) and not told[-1]["passed"]
        assert told[-1]["written"] or "not written yet. Until " in shown(cell)


@every_lesson
def test_a_release_shows_every_picture_that_the_solved_lesson_shows(executed, lesson):
    def pictures(kind):
        return [cell.id for cell in executed(kind, lesson).cells if cell.cell_type == "code" and not checked(cell.source)
                and any(_PICTURES & o.get("data", {}).keys() for o in cell.outputs)]  # fmt: skip

    assert pictures("release") == pictures("source")


_PICTURES = {"image/png", "application/vnd.jupyter.widget-view+json"}


def shown(cell):
    """All text that a cell shows."""
    return "\n".join(
        o.text if o.output_type == "stream" else o.get("data", {}).get("text/plain", "")
        for o in cell.outputs
    )


@every_lesson
def test_cells_that_unfinished_work_may_stop_are_tagged_and_the_text_is_not(lesson):
    for kind in KINDS:
        code = [
            cell
            for cell in nbformat.read(ROOT / kind / lesson / f"{lesson}.ipynb", 4).cells
            if cell.cell_type == "code"
        ]
        first = next(
            k for k, cell in enumerate(code) if cell.metadata.get("nbgrader", {}).get("solution")
        )
        assert {"raises-exception" in cell.metadata.get("tags", []) for cell in code[first:]} == {
            True
        }
        assert {"raises-exception" in cell.metadata.get("tags", []) for cell in code[:first]} == {
            False
        }
    assert "raises-exception" not in LESSONS[lesson]


@every_lesson
def test_nbgrader_finds_nothing_that_passes_in_a_release(lesson, tmp_path):
    path = ROOT / "release" / lesson / f"{lesson}.ipynb"
    command = [sys.executable, "-m", "nbgrader", "validate", "--invert", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert "Success! The notebook does not pass any tests." in done.stdout + done.stderr, (
        done.stdout[-2000:] + done.stderr[-2000:]
    )


# ---- a lesson that cannot be built


HEADER = LESSONS[next(iter(LESSONS))].split("---\n")[1]
BROKEN = {
    "a syntax error in a solution": (
        (
            "```{code-cell} ipython3\ndef f(:\n    ### BEGIN SOLUTION\n    pass\n    ### END"
            " SOLUTION\n```\n"
        ),
        "syntax",
    ),
    "a solution that defines nothing": (
        "```{code-cell} ipython3\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n```\n",
        "defines a function",
    ),
    "an unknown exercise": (
        '```{code-cell} ipython3\ncheck("two_two_one.backwards", f)\n```\n',
        "two_two_one.backward",
    ),
    "an unknown lesson": (
        '```{code-cell} ipython3\ncheck("nine.forward", f)\n```\n',
        "nine.forward",
    ),
    "a written answer without points": (
        '+++ {"tags": ["written"]}\n\nBecause.\n',
        "needs its points",
    ),
    "a check that is not alone": (
        '```{code-cell} ipython3\ny = 1\ncheck("two_two_one.forward", f)\n```\n',
        "alone",
    ),
    "a planted line that is no comment": (
        (
            "```{code-cell} ipython3\ndef f():\n    ### BEGIN SOLUTION\n    return 1\n    ###"
            " INSTEAD\n    return 2\n    ### END SOLUTION\n```\n"
        ),
        "is a comment",
    ),
    "instead of nothing": (
        (
            "```{code-cell} ipython3\ndef f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END"
            " SOLUTION\n    ### INSTEAD\n```\n"
        ),
        "stands between",
    ),
    "a solution that does not end": (
        "```{code-cell} ipython3\ndef f():\n    ### BEGIN SOLUTION\n    return 1\n```\n",
        "without ### END SOLUTION",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_cell_is_named_with_its_lesson_and_section(broken, tmp_path):
    cell, said = BROKEN[broken]
    write(
        tmp_path, "07-broken", f"---\n{HEADER}---\n\n# Broken\n\n+++\n\n## The bad place\n\n{cell}"
    )
    with pytest.raises(BuildError) as caught:
        build(tmp_path, points, nbgrader_configuration())
    assert "07-broken.md, cell 3" in str(caught.value)
    assert "The bad place" in str(caught.value)
    assert said in str(caught.value)
    assert not (tmp_path / "source").exists()
    assert not (tmp_path / "release").exists()


# ---- building over what is there


def write(root, name, text):
    (root / "course" / "lessons").mkdir(parents=True, exist_ok=True)
    path = root / "course" / "lessons" / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


SMALL = f"---\n{HEADER}---\n\n# Small\n\nA text.\n"


def test_a_build_refuses_to_overwrite_an_edited_notebook_and_loses_nothing(tmp_path):
    lesson = write(tmp_path, "01-small", SMALL)
    build(tmp_path, points, nbgrader_configuration())
    path = source_path(tmp_path, lesson)
    nb = nbformat.read(path, as_version=4)
    nb.cells[0].source += "\n\nAn edit."
    nbformat.write(nb, path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(BuildError, match=r"source/01-small/01-small\.ipynb was edited.*make sync"):
        build(tmp_path, points, nbgrader_configuration())
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    build(tmp_path, points, nbgrader_configuration(), force=True)
    assert "An edit." not in path.read_text(encoding="utf-8")


def test_an_unreadable_source_notebook_is_said_to_be_one(tmp_path):
    lesson = write(tmp_path, "01-small", SMALL)
    build(tmp_path, points, nbgrader_configuration())
    source_path(tmp_path, lesson).write_text("{", encoding="utf-8")
    with pytest.raises(BuildError, match="not a readable notebook"):
        build(tmp_path, points, nbgrader_configuration())


def test_a_build_after_a_change_of_the_text_gives_the_new_notebook_and_drops_what_has_no_lesson(
    tmp_path,
):
    lesson = write(tmp_path, "01-small", SMALL)
    other = write(tmp_path, "02-other", SMALL)
    build(tmp_path, points, nbgrader_configuration())
    lesson.write_text(SMALL + "\nMore.\n", encoding="utf-8")
    other.unlink()
    assert stale(tmp_path, points, nbgrader_configuration()) == [
        f"{kind}/{name}/{name}.ipynb"
        for kind in ("release", "source")
        for name in ("01-small", "02-other")
    ]
    build(tmp_path, points, nbgrader_configuration())
    assert stale(tmp_path, points, nbgrader_configuration()) == []
    assert "More." in source_path(tmp_path, lesson).read_text(encoding="utf-8")
    assert not (tmp_path / "release" / "02-other").exists()
