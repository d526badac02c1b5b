"""What happens to a submission in nbgrader's autograde with our preprocessors, whatever a student
did to the notebook.

A small course is made from a lesson of three exercises, a written question, and an instructor's own
assert cell. Every student of `STUDENTS` hands in, one run of nbgrader's autograde grades them all,
and the tests read the gradebook.
"""

import copy
import re
import shutil
import subprocess
import sys
from collections import Counter

import nbformat
import pytest
import small_class
from nbformat.v4 import new_code_cell, new_markdown_cell
from small_class import LESSON, SmallClass, cell

from autograder.plugins.evidence import DrawInputs
from autograder.plugins.report import lines, show

pytestmark = pytest.mark.timeout(600)  # a whole class is made and graded first
TEXT = "".join([
    small_class.HEAD, "# Mini\n\n", small_class.SETUP, small_class.FORWARD, small_class.DIVERGENCE, small_class.BACKWARD,
    small_class.double("assert double(2) == 4", "assert double(-1.5) == -3"), small_class.written("Why?", "Because."),
])  # fmt: skip
FORWARD, DIVERGENCE, BACKWARD, MY_TEST = 3, 1, 5, 4
ALL = FORWARD + DIVERGENCE + BACKWARD + MY_TEST


# ---- what students do


def nothing(nb):
    pass


def delete(*grade_ids):
    def edit(nb):
        nb.cells = [
            c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in grade_ids
        ]

    return edit


def duplicate(grade_id):
    def edit(nb):
        place = nb.cells.index(cell(nb, grade_id))
        nb.cells.insert(place + 1, copy.deepcopy(nb.cells[place]))
        nb.cells[place + 1]["id"] = f"{grade_id}-twin"

    return edit


def replace(grade_id, source, **told):
    def edit(nb):
        cell(nb, grade_id).source = source
        cell(nb, grade_id).metadata["nbgrader"].update(told)

    return edit


def strip(ids=False):
    def edit(nb):
        for c in nb.cells:
            c.metadata.clear()
            if ids:
                del c["id"]
        nb.metadata.pop("backprop")
        nb.nbformat_minor = 4 if ids else 5

    return edit


def first(source, **metadata):
    return lambda nb: nb.cells.insert(0, new_code_cell(source, id="mine", metadata=metadata))


def last_before(grade_id, source):
    return lambda nb: nb.cells.insert(
        nb.cells.index(cell(nb, grade_id)), new_code_cell(source, id="mine")
    )


def within(grade_id, line):
    """Run a line at the start of every call of a function that is right otherwise."""

    def edit(nb):
        head, _, body = cell(nb, grade_id).source.partition("\n")
        cell(nb, grade_id).source = f"{head}\n    {line}\n{body}"

    return edit


def divergence(body):
    return replace("divergence", f"def divergence(y, d):\n    {body}")


MIME = "application/vnd.backprop.evidence"
FORGED = (
    '{"$":"Evidence","fields":{"exercise":"two_two_one.divergence","cases":[],"observations":[]}}'
)
SHOW_FORGED = f"__import__('IPython.display').display.display({{{MIME!r}: {FORGED!r}}}, raw=True)"
NOISE = (
    "import sys, os, warnings; print('noise', file=sys.stderr); warnings.warn('noise'); os.write(2,"
    " b'noise'); np.log(np.zeros(1)); print(9)"
)

BACKWARD_CELL = new_code_cell(
    "def backward" + TEXT.partition("def backward")[2].partition("```")[0], id="own-code"
)
ANSWER_CELL = new_markdown_cell("Because it is so.", id="own-text")

# name: (what is done to a right notebook, the points it must get, why)
STUDENTS = {
    "right": (nothing, ALL, "everything is right"),
    "duplicated_solution": (duplicate("backward"), ALL, "the twin is an ordinary cell"),
    "duplicated_test": (duplicate("check-backward"), ALL, "a test counts once"),
    "deleted_test": (delete("check-backward"), ALL, "the test is put back"),
    "deleted_exercise": (delete("backward", "check-backward"), ALL - BACKWARD, "nothing was handed in for it"),
    "deleted_all_but_one": (delete("forward", "check-forward", "divergence", "check-divergence", "backward", "check-backward", "my-test",
                                   "question", "answer"), 4, "double is still there, and its test is put back after it"),
    "deleted_setup": (delete("setup"), ALL, "the imports are put back at the top"),
    "edited_test": (lambda nb: (replace("check-divergence", "assert True", points=50)(nb), divergence("return 0")(nb)),
                    ALL - DIVERGENCE, "the test is put back as it was"),
    "renamed": (nothing, ALL, "found by what the build wrote into it"),
    "metadata_stripped": (strip(), ALL, "the cells are recognised by their ids"),
    "ids_stripped": (strip(ids=True), ALL, "the cells are recognised by what stands in them"),
    "noise_at_top_level": (last_before("check-forward", NOISE), ALL, "stderr of another cell is nothing to a test"),
    "noise_in_a_call": (within("forward", NOISE), ALL, "neither is stderr in the test"),
    "overflow": (within("divergence", "np.exp(np.array(1000.0))"), ALL, "numpy's warnings cost nothing here"),
    "nan": (divergence("return float('nan')"), ALL - DIVERGENCE, "nan is no right number"),
    "negative": (divergence("return -1"), ALL - DIVERGENCE, "the number returned is no score"),
    "a_text": (divergence("return '4.0'"), ALL - DIVERGENCE, "a text is no score"),
    "numpy_number": (divergence("return np.float64(0.5 * np.sum((y - d) ** 2))"), ALL, "a numpy number is a number"),
    "equal_to_all": (divergence("return type('Sly', (), {'__eq__': lambda s, o: True, '__le__': lambda s, o: True})()"),
                     ALL - DIVERGENCE, "no comparison runs the student's code"),
    "displayhook": (divergence("__import__('sys').displayhook(4.0)"), ALL - DIVERGENCE, "only the evidence is read"),
    "error_after_result": (first("def boom(*a): raise ValueError('late')\nget_ipython().events.register('post_run_cell', boom)"),
                           ALL - MY_TEST, "what follows the evidence is nothing; stderr in an assert cell is nbgrader's zero, as ever"),
    "exit": (divergence("exit()"), ALL - DIVERGENCE, "leaving is no answer"),
    "imports_ours": (replace("divergence", "from course.network import Network\ndef divergence(y, d):\n    return Network([[[1.0]]], ['linear']).backward(y, d).div"),
                     ALL - DIVERGENCE, "what could compute an answer is not there; the rest is graded"),
    "forged_by_print": (divergence(f"print({FORGED!r})"), ALL - DIVERGENCE, "what is printed is not read"),
    "forged_by_display": (divergence(SHOW_FORGED), ALL - DIVERGENCE, "evidence for no cases is no answer"),
    "forged_in_own_cell": (lambda nb: (first(SHOW_FORGED)(nb), divergence("return 0")(nb)), ALL - DIVERGENCE, "no test cell, no evidence"),
    "broken_evidence": (divergence(f"__import__('IPython.display').display.display({{{MIME!r}: 'x'}}, raw=True)"),
                        ALL - DIVERGENCE, "what cannot be read is no answer"),
    "no_evidence": (first("import autograder.evidence.answering; autograder.evidence.answering.answer = lambda *a: 5.0"), MY_TEST, "nothing came"),
    "kernel_dies": (last_before("check-backward", "import os; os._exit(0)"), FORWARD + DIVERGENCE,
                    "what was answered before counts"),
    "partly_right": (replace("backward", "def backward(x, d, W1, W2):\n    f = forward(x, W1, W2)\n    dy2 = f['y2'] - d\n"
                             "    dz2 = f['y2'] * (1 - f['y2']) * dy2\n    dy1 = W2 @ dz2\n"
                             "    return {'y2': dy2, 'z2': dz2, 'W2': np.outer(f['y1'], dz2), 'y1': dy1, 'z1': dy1, 'W1': np.outer(x, dy1)}"),
                     ALL - BACKWARD + round(BACKWARD * 5 / 6, 2), "one slip of six quantities: what follows from it is right"),
    "html_returned": (divergence("return '<script>alert(1)</script>'"), ALL - DIVERGENCE, "a text is no number"),
    "html_as_key": (replace("forward", "def forward(x, W1, W2):\n    return {'<b onclick=x>': 1}"), ALL - FORWARD, "no key is right; what calls it is judged by itself"),
    "html_raised": (divergence("raise ValueError('<img src=x onerror=alert(1)>')"), ALL - DIVERGENCE, "an exception is no answer"),
    "half_a_character": (divergence("raise ValueError(chr(0xD800))"), ALL - DIVERGENCE, "it can still be written to a file"),
    "endless_list": (divergence("a = []; a.append(a); return a"), ALL - DIVERGENCE, "a list that holds itself is no number"),
    "own_metadata": (first("1", backprop={"source": "1"}), ALL, "an entry of ours in another cell means nothing"),
    "fake_report": (first("from IPython.display import display\ndisplay(1, metadata={'backprop': 'x'})"), ALL, "the report reads test cells"),
    "my_test_fails": (replace("double", "def double(number):\n    return 4"), ALL - MY_TEST, "the instructor's assert fails"),
    "written_elsewhere": (lambda nb: (delete("backward", "check-backward", "answer")(nb), nb.cells.extend([BACKWARD_CELL, ANSWER_CELL])), ALL,
                          "a cell of her own holds the work"),
    "written": (replace("answer", "Since it is so."), ALL, "a person will read the answer"),
}  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after one autograde of everybody: its folder."""
    made = SmallClass(tmp_path_factory.mktemp("course"), TEXT)
    for name, (edit, _, _) in STUDENTS.items():
        nb = made.solved("forward", "divergence", "backward", "double")
        edit(nb)
        nbformat.write(
            nb,
            made.folder_of(name)
            / (f"{LESSON} (1).ipynb" if name == "renamed" else f"{LESSON}.ipynb"),
        )
    made.autograde(STUDENTS)
    return made.root


@pytest.fixture(scope="module")
def report(course):
    return {line.student: line for line in lines(course)}


def outputs(course, name, grade_id):
    """The outputs of a test cell in the graded notebook."""
    nb = nbformat.read(course / "autograded" / name / LESSON / f"{LESSON}.ipynb", as_version=4)
    return cell(nb, grade_id).outputs


def page(course, name, grade_id):
    (output,) = outputs(course, name, grade_id)
    return output["data"]["text/html"]


# ---- the scores


@pytest.mark.parametrize("name", STUDENTS)
def test_a_submission_gets_what_the_work_is_worth(course, report, name):
    _, expected, why = STUDENTS[name]
    line = report[name]
    assert line.score is not None, (course / "nbgrader.log").read_text(encoding="utf-8")[-3000:]
    assert line.score == pytest.approx(expected), f"{why}; the report says: {line.why}"
    assert line.most == ALL + 2


def test_every_submission_is_graded(course, report):
    assert set(report) == set(STUDENTS)
    assert [name for name, line in report.items() if line.score is None] == []


@pytest.mark.parametrize("name", STUDENTS)
def test_every_test_cell_holds_one_clean_result_and_nothing_else(course, name):
    for grade_id in ("check-forward", "check-divergence", "check-backward"):
        (output,) = outputs(course, name, grade_id)
        assert output["output_type"] == "execute_result"
        assert 0 <= float(output["data"]["text/plain"]) <= 5
        assert output["data"]["text/html"].startswith("<div")


def test_a_restored_test_cell_reads_as_it_was_released(course):
    released = nbformat.read(course / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for name in ("deleted_test", "edited_test", "ids_stripped", "no_evidence", "right"):
        graded = nbformat.read(
            course / "autograded" / name / LESSON / f"{LESSON}.ipynb", as_version=4
        )
        for grade_id in ("check-forward", "check-divergence", "check-backward", "my-test"):
            assert cell(graded, grade_id).source == cell(released, grade_id).source


# ---- the reasons


REASONS = {
    "no_evidence": ("check-divergence", "The cell gave no answer."),
    "kernel_dies": ("check-backward", "The kernel died before this cell had finished."),
    "deleted_exercise": ("check-backward", "backward is not defined"),
    "broken_evidence": ("check-divergence", "The answer could not be read"),
    "forged_by_display": ("check-divergence", "The answer could not be read"),
    "imports_ours": (
        "check-divergence",
        (
            "divergence is not defined: its cell failed with ModuleNotFoundError: course.network is"
            " not there while a submission is graded"
        ),
    ),
    "nan": ("check-divergence", "nan (not a number)"),
    "html_returned": ("check-divergence", "numbers are wanted"),
    "html_raised": ("check-divergence", "ValueError"),
    "partly_right": ("check-backward", "What happened"),
}


@pytest.mark.parametrize("name", REASONS)
def test_a_lost_point_has_its_reason_on_the_feedback_page(course, name):
    grade_id, reason = REASONS[name]
    assert reason in page(course, name, grade_id)


def test_partial_credit_reaches_the_gradebook(report):
    assert report["partly_right"].score == pytest.approx(ALL - BACKWARD + 4.17)
    assert any(why.startswith("backward 83%") for why in report["partly_right"].why)


@pytest.mark.parametrize("name", ["html_returned", "html_as_key", "html_raised"])
def test_html_of_a_student_is_text_in_the_verdict(course, name):
    text = page(course, name, "check-forward" if name == "html_as_key" else "check-divergence")
    assert "&lt;" in text
    for dangerous in ("<script", "<img", "<b onclick"):
        assert dangerous not in text


def test_a_wrong_earlier_function_is_named_where_it_was_used(course):
    assert "the slip is in <code>forward</code>" in page(course, "html_as_key", "check-backward")


def test_an_instructors_own_assert_cell_works_as_ever(course, report):
    assert outputs(course, "right", "my-test") == []
    assert [output["output_type"] for output in outputs(course, "my_test_fails", "my-test")] == [
        "error"
    ]


def test_a_written_answer_waits_for_a_person_also_when_its_cell_is_lost_and_an_unwritten_one_does_not(
    report,
):
    lost = {"written_elsewhere", "deleted_all_but_one"}
    assert {name for name, line in report.items() if line.by_hand} == {"written"} | lost


def test_the_report_names_every_student_once_with_the_points(report):
    text = show(list(report.values())).partition("**Each submission**")[2]
    assert all(
        len(re.findall(rf"^- \*\*{name}\*\* \d", text, re.MULTILINE)) == 1 for name in STUDENTS
    )


def test_the_inputs_differ_from_student_to_student(course):
    """As many different inputs as the pool holds, and each of them about equally often."""
    seeds = [
        output["metadata"]["backprop"]["seed"]
        for name in STUDENTS
        for output in outputs(course, name, "check-forward")
    ]
    often = Counter(seeds)
    assert len(seeds) == len(STUDENTS)
    assert len(often) == min(DrawInputs.pool.default_value, len(STUDENTS)) > 1
    assert max(often.values()) - min(often.values()) <= 1


def test_a_grading_is_reproduced_by_its_seed(course, tmp_path):
    """The seed that is kept with a result draws the same inputs again; without it, others are
    drawn."""
    folder = tmp_path / "class"
    shutil.copytree(course, folder)
    kept = outputs(course, "partly_right", "check-backward")[0]["metadata"]["backprop"]["seed"]
    orders = []
    for option in (
        f"--DrawInputs.seed={kept}",
        f"--DrawInputs.seed={kept}",
        "--DrawInputs.enabled=True",
    ):
        command = [
            sys.executable,
            "-m",
            "nbgrader",
            "autograde",
            LESSON,
            "--student=partly_right",
            "--force",
            option,
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, done.stderr[-2000:]
        found = outputs(folder, "partly_right", "check-backward")[0]
        orders.append((found["metadata"]["backprop"]["seed"], found["data"]["text/html"]))
    assert orders[0] == orders[1]
    assert orders[0][0] == kept and orders[2][0] != kept
    assert orders[0][1] == page(course, "partly_right", "check-backward")
