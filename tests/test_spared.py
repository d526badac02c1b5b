"""Cells that only show something at length are not run again for grading; whatever is needed is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from autograder.kernel import provisioner
from autograder.plugins import configure, evidence
from autograder.plugins.evidence import ExecuteWithLimits
from autograder.plugins.spared import DEMONSTRATION, SAID, demonstrations, spared

RELEASE = Path(__file__).resolve().parents[1] / "release"
LESSONS = sorted(path.stem for path in RELEASE.glob("*/*.ipynb"))


def tagged(source):
    cell = new_code_cell(source)
    cell.metadata["tags"] = [DEMONSTRATION]
    return cell


def left_out(*cells, given=("long = run()",)):
    """The sources of the cells that are not run."""
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return [
        made[k].source
        for k in sorted(spared(made, demonstrations([tagged(text) for text in given])))
    ]


def test_a_demonstration_that_nobody_reads_is_not_run():
    assert left_out("a = 1", "long = run()", "print(a)") == ["long = run()"]


def test_blanks_at_the_ends_of_lines_change_no_cell():
    assert left_out("long = run()  \n\n") == ["long = run()  \n\n"]


@pytest.mark.parametrize(
    "reader",
    [
        "print(long)",
        "other = long + 1",
        "def f():\n    return long",
        "f = lambda: long",
        "[long for _ in range(3)]",
        "[k for k in long]",
        "class A:\n    b = long",
        "long += 1",
        "del long",
        "def f(x=long):\n    return x",
        "@long\ndef f(): pass",
        "if True:\n    long = 1\nprint(long)",
        "for k in long:\n    pass",
        "with long as f:\n    pass",
        "try:\n    pass\nexcept long:\n    pass",
        "eval('long')",
        "globals()['long']",
        "%time long",
        "!echo {long}",
        "print(long",  # no Python, but who knows
    ],
)
def test_one_whose_name_another_cell_reads_is_run(reader):
    assert left_out("long = run()", reader) == []


@pytest.mark.parametrize(
    "other",
    [
        "long = 2\nprint(long)",
        "def f(long):\n    return long",
        "def f():\n    long = 3\n    return long",
        "for long in (1, 2):\n    print(long)",
        "[long for long in (1, 2)]",
        "with open('x') as long:\n    long.read()",
        "def long():\n    pass\nlong()",
        "'long'",
        "a.long",
        "f(long=3)",
        "longer = 3",
    ],
)
def test_a_name_of_the_other_cell_s_own_is_another_name(other):
    assert left_out("long = run()", other) == ["long = run()"]


def test_what_stands_above_cannot_need_it_but_a_function_can():
    assert left_out("print(long)", "long = run()") == ["long = run()"]
    assert left_out("def f():\n    return long", "long = run()", "f()") == []


def test_what_a_needed_one_reads_is_needed():
    given = ("first = run()", "second = first + 1", "third = run()")
    assert left_out(*given, "print(second)", given=given) == ["third = run()"]
    assert left_out(*given, given=given) == [*given]


@pytest.mark.parametrize("changed", ["long = run(30)", "long = run()\nmine = 3", "# long = run()"])
def test_one_that_was_changed_is_run(changed):
    assert left_out(changed) == []


def test_a_tag_in_what_was_handed_in_means_nothing():
    assert spared([tagged("mine = 3")], demonstrations([new_code_cell("mine = 3")])) == frozenset()


def test_only_cells_of_code_count():
    text = new_markdown_cell("long = run()")
    text.metadata["tags"] = [DEMONSTRATION]
    assert spared([new_code_cell("long = run()")], demonstrations([text])) == frozenset()
    assert spared([new_markdown_cell("long = run()")], ["long = run()"]) == frozenset()


@pytest.mark.parametrize("given", ["from x import *", "print = 3", "def sum(): pass", "%run it"])
def test_one_that_makes_names_of_everybody_s_is_run(given):
    assert left_out(given, given=(given,)) == []


def _read(lesson, folder="release"):
    return nbformat.read(RELEASE.parent / folder / lesson / f"{lesson}.ipynb", 4)


@pytest.mark.parametrize("folder", ["release", "source"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_demonstration_of_a_lesson_can_be_spared(lesson, folder):
    """Else its tag promises what does not hold: some other cell reads what it makes."""
    given, handed_in = _read(lesson), _read(lesson, folder)
    marked = {c.id for c in given.cells if DEMONSTRATION in c.metadata.get("tags", [])}
    assert {
        handed_in.cells[k].id for k in spared(handed_in.cells, demonstrations(given.cells))
    } == marked


def test_there_are_demonstrations_and_none_is_graded_or_locked():
    cells = [cell for lesson in LESSONS for cell in _read(lesson).cells]
    marked = [c for c in cells if DEMONSTRATION in c.metadata.get("tags", [])]
    assert len(marked) > 10
    assert [c.id for c in marked if "nbgrader" in c.metadata] == []


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """Runs cells as grading does, beside a release with one demonstration."""
    given = new_notebook(cells=[tagged("print('shown'); long = 3")])
    monkeypatch.setattr(evidence, "released", lambda coursedir, lesson: given)

    def run(*cells, **settings):
        nb, config = new_notebook(cells=[*map(new_code_cell, cells)]), Config()
        configure(config)
        config.ExecuteWithLimits.update(settings)
        told = {"metadata": {"path": str(tmp_path)}, "nbgrader": {"assignment": "a-lesson"}}
        nb, _ = ExecuteWithLimits(config=config).preprocess(nb, told)
        return [SimpleNamespace(text="".join(o.get("text", o.get("evalue", "")) for o in c.outputs))
                for c in nb.cells]  # fmt: skip

    yield run
    for parent in provisioner._parents.values():
        parent.close()
    provisioner._parents.clear()


@pytest.mark.parametrize("fast", [True, False], ids=["shell", "kernel"])
def test_it_says_so_where_its_output_would_stand(graded, fast):
    shown = graded("a = 1", "print('shown'); long = 3", "print(a)", fast=fast)
    assert [cell.text for cell in shown] == ["", SAID, "1\n"]


@pytest.mark.parametrize("fast", [True, False], ids=["shell", "kernel"])
def test_what_is_needed_is_run(graded, fast):
    shown = graded("print('shown'); long = 3", "print(long)", fast=fast)
    assert [cell.text for cell in shown] == ["shown\n", "3\n"]


def test_all_are_run_where_the_instructor_wants_it(graded):
    (cell,) = graded("print('shown'); long = 3", demonstrations=True)
    assert cell.text == "shown\n"


@pytest.mark.parametrize("fast", [True, False], ids=["shell", "kernel"])
def test_it_is_no_cell_that_a_dead_kernel_left_out(graded, fast):
    shown = graded("print('shown'); long = 3", "import os; os._exit(1)", "1", fast=fast)
    assert shown[0].text == SAID
    assert all("kernel died" in cell.text for cell in shown[1:])
