"""A notebook in which somebody is at work: unfinished work is quiet, later cells go on, hints are
remembered."""

import json
import os
import re
from datetime import date, timedelta
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from autograder.notebook.ending import ending

SETUP = """import numpy as np
from autograder import check, hint, summary
x, W1, W2 = np.array([1.1, 0.4]), np.eye(2), np.ones((2, 1))"""
STUB = '''def forward(x, W1, W2):
    """Doc."""
    # YOUR CODE HERE
    raise NotImplementedError()'''
WRONG = """def forward(x, W1, W2):
    y1 = np.tanh(x @ W1)
    return {"z1": x @ W1, "y1": y1, "z2": y1 @ W2, "y2": np.tanh(y1 @ W2)}"""
OTHER = WRONG.replace("np.tanh(y1 @ W2)}", "y1 @ W2}")
RIGHT = WRONG.replace("np.tanh(y1 @ W2)}", "1 / (1 + np.exp(-(y1 @ W2)))}")
BACKWARD = """def backward(x, d, W1, W2):
    f = forward(x, W1, W2)
    dy2 = f["y2"] - d
    dz2 = f["y2"] * (1 - f["y2"]) * dy2
    dy1 = W2 @ dz2
    dz1 = (1 - f["y1"] ** 2) * dy1
    return {"y2": dy2, "z2": dz2, "W2": np.outer(f["y1"], dz2), "y1": dy1, "z1": dz1, "W1": np.outer(x, dz1)}"""
CHECK = 'check("two_two_one.forward", forward)'
HINT = 'hint("two_two_one.forward")'
USE = "print(forward(x, W1, W2)['y2'])"
pytestmark = pytest.mark.timeout(240)


def run(folder, *sources, tagged=True):
    """The code cells after one kernel has run them all, those that raise being tagged as in a
    lesson."""
    metadata = {"tags": ["raises-exception"]} if tagged else {}
    nb = new_notebook(
        cells=[new_code_cell(source, metadata=metadata) for source in (SETUP, *sources)]
    )
    NotebookClient(nb, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return nb.cells[1:]


def says(cell):
    return "\n".join(o.text if o.output_type == "stream" else o.ename if o.output_type == "error" else o.data.get("text/plain", "")
                     for o in cell.outputs)  # fmt: skip


def errors(cell):
    return [o.ename for o in cell.outputs if o.output_type == "error"]


def test_an_unwritten_function_is_one_quiet_line_and_the_courses_own_takes_its_place(tmp_path):
    stub, early, check, late, again, twice, mine, checked, alone = run(
        tmp_path, STUB, USE, CHECK, USE, CHECK, f"{STUB}\n{USE}", RIGHT, CHECK, USE)  # fmt: skip
    line = "`forward` is not written yet. Until it is, later cells use the course's own."
    assert says(stub) == "" and says(early).endswith("(with the course's own `forward`)")
    assert says(check).startswith(line) and errors(check) == [] and len(says(check)) < 200
    told = dict(check.outputs[0].metadata["backprop"])
    assert date.today() - date.fromisoformat(told.pop("when")) <= timedelta(days=1)
    assert told == {
        "exercise": "two_two_one.forward", "score": 0.0, "points": 3, "passed": False, "written": False}  # fmt: skip
    assert "0.7" in says(late) or "0.8" in says(late)
    assert says(again).startswith(line)
    assert says(twice).startswith(line) and errors(twice) == []
    assert says(checked).startswith(
        "two_two_one.forward: all right"
    ) and "course's own" not in says(alone)
    assert checked.outputs[0].metadata["backprop"]["passed"]


def test_work_that_leans_on_the_courses_own_is_told_that_grading_has_none(tmp_path):
    *_, check = run(tmp_path, STUB, BACKWARD, 'check("two_two_one.backward", backward)')
    assert "two_two_one.backward: all right" in says(check)
    assert "checked with the course's own `forward`: yours is still to be written" in says(check)


def test_only_unfinished_work_is_quiet(tmp_path):
    own = "def mine():\n    raise NotImplementedError('mine')\nmine()"
    ungraded = "def draw():\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    half = (
        "def divergence(y, d):\n    if len(y): raise NotImplementedError\n    return"
        " 0\ndivergence([1], [1])"
    )
    wrong, check, other, library, stub, used, partly = run(
        tmp_path, WRONG, CHECK, "1 / 0", own, ungraded, "draw()", half)  # fmt: skip
    assert (
        "The output unit is logistic" in says(check)
        and errors(check) == []
        and "Traceback" not in says(check)
    )
    assert errors(other) == ["ZeroDivisionError"] and errors(library) == ["NotImplementedError"]
    assert says(used) == "`draw` is not written yet." and errors(used) == []
    assert "`divergence` is not written yet. Until it is" in says(partly)


def test_a_quiet_cell_has_failed_all_the_same(tmp_path):
    with pytest.raises(CellExecutionError, match="NotYetRight"):
        run(tmp_path, STUB, CHECK, tagged=False)


def test_nothing_is_replaced_remembered_or_quiet_while_nbgrader_runs_the_notebook(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    _, use, check, hinted, ending = run(tmp_path, STUB, USE, CHECK, HINT, 'summary("two_two_one")')
    assert errors(use) == ["NotImplementedError"] and errors(check) == ["NotYetRight"]
    traceback = "\n".join(check.outputs[-1].traceback)
    assert (
        "Not written yet" in traceback
        and "hint(" not in traceback
        and "button for hint 1" in traceback
    )
    assert ending.outputs == [] and list(tmp_path.iterdir()) == []


def test_after_a_restart_hints_go_on_where_they_were(tmp_path):
    run(tmp_path, WRONG, CHECK, HINT, f"{OTHER}\n{CHECK}")
    kept = json.loads((tmp_path / "attempts.json").read_text())["two_two_one.forward"]
    assert (kept["failed"], kept["shown"]) == (2, 1)
    hinted, check = run(tmp_path, HINT, f"{WRONG}\n{CHECK}")
    assert "Hint 2 of 3" in says(hinted) and "Hint 3" not in says(hinted)
    assert "gives hint 3 of 3" in says(check)


def test_run_all_on_the_same_wrong_code_opens_nothing_whatever_else_is_run_or_restarted(tmp_path):
    # of an older version
    (tmp_path / "attempts.json").write_text('{"two_two_one.forward": {"failed": 0, "shown": 0}}')
    helped = WRONG.replace("np.tanh(x @ W1)", "half(x @ W1)")
    early, late = "def half(z):\n    return np.tanh(z)", "def half(z):\n    return np.tanh(z) / 2"
    for _ in range(3):
        *_, check, hinted = run(tmp_path, early, "# a comment\n" + helped, CHECK, HINT)
    assert "Hint 1 of 3" in says(hinted) and "Hint 2 of 3" not in says(hinted)
    assert "Change something and run the check again" in says(hinted)
    assert "Change something and run the check again: then there is hint 2 of 3." in says(check)
    *_, check, hinted = run(tmp_path, late, helped, CHECK, HINT)  # what it uses has changed
    assert "gives hint 2 of 3" in says(check) and "Hint 2 of 3: " in says(hinted)


def test_an_unwritten_function_allows_the_first_hint_only(tmp_path):
    *_, hinted, again = run(tmp_path, STUB, CHECK, CHECK, CHECK, HINT, HINT)
    assert "Hint 1 of 3" in says(again) and "Hint 2 of 3" not in says(again)


@pytest.mark.parametrize("trouble", ["broken", "a folder"])
def test_a_file_that_cannot_be_used_is_named_once_and_hints_go_on(tmp_path, trouble):
    if trouble == "broken":
        (tmp_path / "attempts.json").write_text("{ half")
    else:
        (tmp_path / "attempts.json").mkdir()
    cells = run(tmp_path, WRONG, CHECK, HINT, f"{OTHER}\n{CHECK}", HINT)
    text = "\n".join(map(says, cells))
    assert text.count("attempts.json") == 1 and "Hint 2 of 3" in says(cells[-1])
    assert (tmp_path / "attempts.broken.json").exists() == (trouble == "broken")


def test_buttons_give_the_next_hint_in_place_and_compare_only_in_self_study_after_an_attempt(
    tmp_path, monkeypatch
):
    press = """from autograder.notebook.buttons import Below
from autograder.check import _attempts, verdicts
from autograder.exercises import find_exercise
def row():
    return Below(find_exercise("two_two_one.forward"), (forward,), verdicts["two_two_one.forward"], _attempts)
below = row()
print([b.description for b in below.buttons])
"""
    click = "below.hint.click(); print(below.said.value, below.hint.disabled, below.hint.tooltip)"
    compare = "below.compare.click(); print(below.said.value)"
    _, check, pressed, hinted, _, _, again = run(
        tmp_path, WRONG, CHECK, press, click, CHECK + "\n", press, click
    )
    assert any(
        "application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in check.outputs
    )
    assert 'run hint("two_two_one.forward")' in says(check).replace("'", '"')
    assert says(pressed).strip() == "['Hint 1 of 3']"  # no model answer in a class
    assert "Hint 1 of 3: " in says(hinted) and "True Use it, run the check again" in says(hinted)
    assert "True Change something and run the check again" in says(
        again
    ) and "Hint 2 of 3: " not in says(again)

    monkeypatch.setenv("BACKPROP_SELF_STUDY", "1")
    both = f"{press}below.hint.click(); {compare}"
    _, _, pressed, compared, _, _, hinted, _, _, unwritten = run(
        tmp_path, WRONG, CHECK, press, compare, OTHER, CHECK, both, STUB, CHECK, press
    )
    assert "Compare with the model answer" in says(pressed)
    assert "y2&quot;: np.tanh(y1 @ W2)" in says(compared) and "The model answer" in says(compared)
    assert "BEGIN SOLUTION" not in says(compared) and "Compare" not in says(unwritten)
    # the hint stays when the answer comes below it
    assert "Hint 1 of 3: " in says(hinted) and "The model answer" in says(hinted)


def test_a_lesson_ends_with_what_was_done(tmp_path, monkeypatch):
    lesson = nbformat.read("release/04-two-two-one/04-two-two-one.ipynb", 4)
    answer = next(cell for cell in lesson.cells if cell.source == "YOUR ANSWER HERE")
    answer.source = "The backward pass begins at the output."
    nbformat.write(lesson, tmp_path / "04-two-two-one.ipynb")
    (tmp_path / "predictions.json").write_text(
        '{"04.output": {"question": "?", "answer": "above"}}'
    )
    *_, ending = run(tmp_path, RIGHT, CHECK, STUB.replace("forward(x, W1, W2)", "divergence(y, d)"),
                     'check("two_two_one.divergence", divergence)', 'summary("two_two_one")')  # fmt: skip
    lines = says(ending).splitlines()
    assert lines[0] == "1 of 6 right, 3 of 17 points"
    assert any(
        line.split() == "two_two_one.divergence not written yet 0 of 1".split() for line in lines
    )
    assert any(
        line.split() == "two_two_one.update not checked yet 0 of 2".split() for line in lines
    )
    assert "Written: How to compute this gradient?: an answer stands there" in lines
    assert "Written: What belongs in the blank?: no answer yet" in lines
    assert "1 of 5 predictions are kept." in lines and any(
        line.startswith("Next: 5 · ") for line in lines
    )
    page = ending.outputs[0].data["text/html"]
    assert 'href="#The-forward-pass"' in page and 'href="../05-mazur/05-mazur.ipynb"' in page


@pytest.mark.parametrize("path", sorted(Path("release").glob("*/*.ipynb")), ids=lambda p: p.stem)
def test_a_lessons_end_leads_to_where_each_check_and_question_stands(path):
    heading, stands, asked = "", {}, []
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ +(.+?) *$", cell.source, re.MULTILINE) or [heading])[-1]
        if found := re.match(r'check\("([\w.]+)"', cell.source):
            stands[found[1]] = heading
        if "written" in cell.metadata.get("tags", []):
            asked.append(heading)
    (lesson,) = {name.partition(".")[0] for name in stands}
    found = ending(lesson, {}, {"__vsc_ipynb_file__": str(path)})
    assert {line.name: line.heading for line in found.lines} == stands
    assert [title for title, _ in found.questions] == asked
    assert len(set(asked)) == len(asked), "each has a title of its own"


def test_an_endless_function_is_waited_for_once_when_nbgrader_validates(tmp_path, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    endless = "def forward(x, W1, W2):\n    while True:\n        pass"
    clock = "import time; started = time.monotonic()"
    *_, timed = run(
        tmp_path,
        endless,
        CHECK,
        clock,
        "forward(x, W1, W2)",
        "forward(x, W1, W2)",
        "print(time.monotonic() - started)",
    )
    assert 4 < float(says(timed)) < 20


def test_a_program_is_told_by_the_exception_alone(monkeypatch, tmp_path):
    from autograder import NotYetRight, check

    monkeypatch.chdir(tmp_path)

    def forward(x, W1, W2):
        raise NotImplementedError

    with pytest.raises(NotYetRight, match="two_two_one.forward: not yet right"):
        check("two_two_one.forward", forward)
    assert os.listdir(tmp_path) == [] and not hasattr(forward, "course_own")
