"""What a student wrote is kept, wherever it was written and however it was handed in; in doubt a
person looks at it.

Everybody of `STUDENTS` hands in, one run of autograde grades them all, and the tests read
notebooks, gradebook and report.
"""

import copy
import json
import stat

import nbformat
import pytest
import small_class
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import compute_checksum
from small_class import LESSON, SmallClass, cell

from autograder.plugins.report import lines

pytestmark = pytest.mark.timeout(600)
TEXT = "".join([
    small_class.HEAD, "# Mini\n\n", small_class.SETUP, small_class.FORWARD, "Some words between.\n\n", small_class.DIVERGENCE,
    small_class.double("assert double(2) == 4", "assert double(-1.5) == -3"), small_class.written("Why?", "Because."),
    small_class.written("How?\n\nIn about 20 words.", "So."), '+++ {"tags": ["words"]}\n\nThe end of the lesson.\n',
])  # fmt: skip
FORWARD, DIVERGENCE, MY_TEST = 3, 1, 4
ALL = FORWARD + DIVERGENCE + MY_TEST
SOLVED = ("forward", "divergence", "double")
MINE = "An answer of my own."


# ---- what students do


def at(nb, grade_id):
    return next(
        i
        for i, c in enumerate(nb.cells)
        if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def typed(grade_id, *, above="", below="", answer=None):
    def edit(nb):
        found = cell(nb, grade_id)
        found.source = f"{above}{found.source}{below}"
        if answer:
            cell(nb, "answer").source = answer

    return edit


def merge(first, *others):
    """Merge cells as JupyterLab does: the first keeps its metadata, the texts stand below one
    another."""

    def edit(nb):
        for name in others:
            found = nb.cells.pop(at(nb, name))
            cell(nb, first).source += "\n\n" + found.source

    return edit


def both(*edits):
    def edit(nb):
        for one in edits:
            one(nb)

    return edit


def twin(grade_id, text=None, before=False, named=True):
    """A copy of a cell, above or below it, with another text or the text as it was given out."""

    def edit(nb):
        place = at(nb, grade_id)
        made = copy.deepcopy(nb.cells[place])
        made["id"] = f"{grade_id}-copy"
        made.source = GIVEN[grade_id] if text is None else text
        if not named:
            made.metadata = {}
        nb.cells.insert(place + (not before), made)

    return edit


def beside(grade_id, made, before=False):
    return lambda nb: nb.cells.insert(at(nb, grade_id) + (not before), copy.deepcopy(made))


def answered(text=MINE, grade_id="answer"):
    return lambda nb: cell(nb, grade_id).update(source=text)


def lines_above(grade_id, text):
    return lambda nb: cell(nb, grade_id).update(source=f"{text}\n{cell(nb, grade_id).source}")


def first(text):
    return lambda nb: nb.cells.insert(0, new_code_cell(text, id="mine"))


def stripped(nb):
    for c in nb.cells:
        c.metadata = {}
        c.pop("id")
    nb.metadata.pop("backprop")
    nb.nbformat_minor = 4


def line_ends(end):
    def edit(nb):
        for c in nb.cells:
            c.source = c.source.replace("\n", end)

    return edit


def given_out_as(text, grade_id="question"):
    """A locked cell as an earlier release had it, with that release's checksum."""

    def edit(nb):
        found = cell(nb, grade_id)
        found.source = text
        found.metadata["nbgrader"]["checksum"] = compute_checksum(found)

    return edit


GIVEN = {}
EARLIER = "### Why?\n\nAn earlier wording of the question."
OWN_WORDS = new_markdown_cell(MINE, id="own-words")
SETTINGS = (
    'import warnings, random, locale\nnp.seterr(all="raise")\nnp.seterrcall(lambda *a: 1 /'
    ' 0)\nwarnings.filterwarnings("error")\nnp.set_printoptions(precision=1,'
    ' suppress=True)\nnp.random.seed(0)\nrandom.seed(0)\nlocale.setlocale(locale.LC_ALL, "C")'
)
SHELL = (
    "!ls\n!pip install emoji\n%pip install emoji\n%conda install emoji\nfiles = !ls\nassert files"
    " == []\n!cd ..\n%cd .\n%timeit -n1 -r1 1 + 1\n%matplotlib widget\n%load_ext"
    " not_there\n%not_there\nif True:\n    !echo {files}\n"
)
MAGICS = ["%%bash\nls", "%%sh\nls", "%%script bash\nls", "%%time\nx = 1", "%%capture c\nprint(1)", "%%html\n<b>x</b>", "%who", "%matplotlib inline", "%env A=1",
          "!!ls", "%%latex\nx", "%pwd", "%precision 3", "%%writefile /tmp/a.txt\nx", "%lsmagic", "%sx ls", "import ipywidgets; ipywidgets.IntSlider()"]  # fmt: skip
UNDERFLOW = (
    "def divergence(y, d):\n    np.exp(np.array(-1000.0)); np.exp(np.array(1000.0)); import"
    " warnings; warnings.warn('mine')\n    return 0.5 * np.sum((y - d) ** 2)"
)
BELOW_CHECK = "\n\ndef double(number):\n    return 2 * number"

# name: (what is done to a notebook whose code is right, the points it must get, the answers that
# wait for a person)
STUDENTS = {
    "nothing": (lambda nb: None, ALL, 0),
    "in the question": (typed("question", below=f"\n\n{MINE}"), ALL, 1),
    "above the question": (typed("question", above=f"{MINE}\n\n"), ALL, 1),
    "in the question's last line": (typed("question", below=f" {MINE}"), ALL, 1),
    "in question and answer": (typed("question", below=f"\n\n{MINE}", answer="The answer."), ALL, 1),
    "question in earlier words": (given_out_as(EARLIER), ALL, 0),
    "question in earlier words and an answer": (both(given_out_as(EARLIER), answered()), ALL, 1),
    "earlier words and in the question": (both(given_out_as(EARLIER), typed("question", below=f"\n\n{MINE}")), ALL, 1),
    "question and answer merged": (both(answered(), merge("question", "answer")), ALL, 1),
    "question and no answer merged": (merge("question", "answer"), ALL, 0),
    "all questions merged": (both(answered(), answered("So.", "answer-2"), merge("question", "answer", "question-2", "answer-2")), ALL, 2),
    "answer and next question merged": (both(answered(), answered("So.", "answer-2"), merge("answer", "question-2", "answer-2")), ALL, 2),
    "test merged with solution": (merge("check-forward", "divergence"), ALL, 0),
    "solution merged with its test": (merge("double", "my-test"), ALL, 0),
    "all code merged": (merge("setup", "forward", "check-forward", "divergence", "check-divergence", "double", "my-test"), ALL, 0),
    "own lines above a test": (both(lambda nb: nb.cells.pop(at(nb, "double")), typed("my-test", above=f"{BELOW_CHECK.strip()}\n\n")), ALL, 0),
    "own lines below a test": (both(lambda nb: nb.cells.pop(at(nb, "double")), typed("check-divergence", below=BELOW_CHECK)), ALL, 0),
    "own line in the set-up": (both(typed("setup", below="\nfactor = 0.5"),
                                    lambda nb: cell(nb, "divergence").update(source="def divergence(y, d):\n    return factor * np.sum((y - d) ** 2)")), ALL, 0),
    "test that is no python": (typed("my-test", below="\n  ("), ALL, 0),
    "broken lines within a test": (both(lambda nb: nb.cells.pop(at(nb, "double")), lambda nb: cell(nb, "my-test").update(
        source=cell(nb, "my-test").source.replace("\n", BELOW_CHECK.replace(":", "") + "\n"))), ALL - MY_TEST, 1),
    "test edited away": (both(lambda nb: cell(nb, "my-test").update(source="assert True"),
                              lambda nb: cell(nb, "double").update(source="def double(number):\n    return 4")), ALL - MY_TEST, 0),
    "answer copied, second untouched": (both(answered(), twin("answer")), ALL, 1),
    "answer copied, first untouched": (both(answered(), twin("answer", before=True)), ALL, 1),
    "answer copied, both written": (both(answered(), twin("answer", "Another.")), ALL, 1),
    "answer copied, none written": (twin("answer"), ALL, 0),
    "solution copied, second untouched": (twin("double"), ALL, 0),
    "solution copied without its name": (twin("double", named=False), ALL, 0),
    "solution copied, first untouched": (twin("double", before=True), ALL, 0),
    "answer in a cell below": (beside("answer", OWN_WORDS), ALL, 1),
    "answer in a cell above": (beside("answer", OWN_WORDS, before=True), ALL, 1),
    "answer in a code cell": (beside("answer", new_code_cell("Because it is so.", id="own")), ALL, 1),
    "scratch beside an answer": (beside("answer", new_code_cell("1 + 1", id="own")), ALL, 0),
    "names and ids stripped": (both(answered(), stripped), ALL, 1),
    "CRLF": (both(answered(), line_ends("\r\n")), ALL, 1),
    "CR": (line_ends("\r"), ALL, 0),
    "shell lines": (both(lines_above("forward", SHELL), lines_above("divergence", "f = !ls"), lines_above("double", "%pip install x")), ALL, 0),
    "magics": (lambda nb: [nb.cells.insert(at(nb, "forward"), new_code_cell(text, id=f"m{k}")) for k, text in enumerate(MAGICS)], ALL, 0),
    "settings": (both(lines_above("forward", SETTINGS), lambda nb: cell(nb, "divergence").update(source=UNDERFLOW)), ALL, 0),
    "input": (first("input('Name? ')"), ALL, 0),
    "split cells": (lambda nb: (cell(nb, "double").update(source="factor = 2"), beside("double", new_code_cell(
        "def double(number):\n    return factor * number", id="own"))(nb)), ALL, 0),
    "test as markdown": (lambda nb: nb.cells.__setitem__(at(nb, "check-forward"), new_markdown_cell(
        cell(nb, "check-forward").source, id="check-forward", metadata=cell(nb, "check-forward").metadata)), ALL, 0),
    "setup as raw": (lambda nb: cell(nb, "setup").update(cell_type="raw"), ALL, 0),
}  # fmt: skip


# ---- how files are handed in: name: (what is done with the folder and the notebook, points, what
# the report says)


def put(nb, folder, name):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(nb), encoding="utf-8")


def named(name, **more):
    def files(nb, folder):
        put(nb, folder, name)
        for other, text in more.items():
            (folder / name).with_name(
                other.replace("_py", ".py").replace("_txt", ".txt").replace("_ipynb", ".ipynb")
            ).write_text(text, encoding="utf-8")

    return files


def beside_the_work(nb, folder):
    put(nbformat.from_dict(UNTOUCHED), folder, f"{LESSON}.ipynb")
    put(nb, folder, f"{LESSON}-Copy1.ipynb")


def helped(nb, folder, place=""):
    helper = nbformat.v4.new_notebook(
        cells=[new_code_cell("def twice(number):\n    return 2 * number")]
    )
    put(helper, folder, f"{place}helper.ipynb")
    (folder / place / "halves.py").write_text("half = 0.5\n")
    (folder / place / "factor.txt").write_text("1.0")
    (folder / place / "json.py").write_text("raise SystemExit\n")
    cell(nb, "double").source = "%run helper.ipynb\ndef double(number):\n    return twice(number)"
    cell(nb, "divergence").source = (
        "import halves\nfactor = float(open('factor.txt').read())\n"
        "def divergence(y, d):\n    return factor * halves.half * np.sum((y - d) ** 2)"
    )
    put(nb, folder, f"{place}{LESSON}.ipynb")


def read_only(nb, folder):
    put(nb, folder, f"{LESSON} (2).ipynb")
    (folder / "notes.txt").write_text("mine")
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)


UNTOUCHED = {}
FILES = {
    "untouched beside the copy": (
        beside_the_work,
        ALL,
        f"{LESSON}.ipynb holds no work and was not graded",
    ),
    "folder in the folder": (
        named(f"{LESSON}/{LESSON}.ipynb"),
        ALL,
        f"{LESSON}/{LESSON}.ipynb was graded as {LESSON}.ipynb",
    ),
    "text ending": (named(f"{LESSON}.ipynb.txt"), ALL, f"{LESSON}.ipynb.txt was graded"),
    "json": (named("mine.json"), ALL, "mine.json was graded"),
    "helpers": (
        helped,
        ALL,
        "json.py not used: it has the name of a module that grading uses itself",
    ),
    "helpers in the folder": (
        lambda nb, folder: helped(nb, folder, "my work/"),
        ALL,
        "my work/json.py not used",
    ),
    "read only": (read_only, ALL, ""),
    "archive": (
        lambda nb, folder: (folder / f"{LESSON}.zip").write_bytes(b"PK\3\4"),
        None,
        f"an archive, {LESSON}.zip; unpack it",
    ),
    "another lesson in a folder": (
        named("x/other.ipynb"),
        None,
        "other.ipynb is a notebook, but none of this lesson",
    ),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after one autograde of everybody."""
    made = SmallClass(tmp_path_factory.mktemp("course"), TEXT)
    untouched = made.solved()
    UNTOUCHED.update(untouched)
    GIVEN.update(
        {
            c.metadata["nbgrader"]["grade_id"]: c.source
            for c in untouched.cells
            if "nbgrader" in c.metadata
        }
    )
    for name, (edit, _, _) in STUDENTS.items():
        nb = made.solved(*SOLVED)
        edit(nb)
        (made.folder_of(name) / f"{LESSON}.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    for name, (hand_in, score, _) in FILES.items():
        nb = made.solved(*SOLVED)
        if score is None:
            nb.metadata["backprop"]["lesson"] = "another"
        hand_in(nb, made.folder_of(name))
    made.before = entries(made.root)
    made.log = made.run("-m", "nbgrader", "autograde", LESSON).stderr
    made.nbgrader("generate_feedback", LESSON)
    return made


def entries(root):
    return {
        path: (path.lstat().st_mtime_ns, stat.S_IMODE(path.lstat().st_mode))
        for path in (root / "submitted").rglob("*")
    }


@pytest.fixture(scope="module")
def report(course):
    return {line.student: line for line in lines(course.root)}


def graded(course, name):
    return nbformat.read(
        course.root / "autograded" / name / LESSON / f"{LESSON}.ipynb", as_version=4
    )


@pytest.mark.parametrize("name", [*STUDENTS, *FILES])
def test_the_work_gets_its_points_and_what_is_in_doubt_waits_for_a_person(course, report, name):
    line = report[name]
    assert line.score == {**STUDENTS, **FILES}[name][1], (line, course.log[-3000:])
    assert line.by_hand + line.checks == (STUDENTS[name][2] if name in STUDENTS else 0)


@pytest.mark.parametrize("name", [name for name in FILES if FILES[name][2]])
def test_what_became_of_the_files_is_said(report, name):
    assert FILES[name][2] in "; ".join((*report[name].why, *report[name].facts))


def test_nothing_that_was_handed_in_is_changed_and_nothing_written_beside_it(course):
    assert entries(course.root) == course.before


WRITTEN = [
    name
    for name, (_, _, waits) in STUDENTS.items()
    if waits and name not in ("answer in a code cell", "broken lines within a test")
]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_written_stands_in_the_graded_notebook_and_on_the_page_once(course, name):
    assert sum(c.source.count(MINE) for c in graded(course, name).cells) == 1
    page = (course.root / "feedback" / name / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert MINE in page


@pytest.mark.parametrize(
    "name", [name for name in WRITTEN if "question" in name and name != "in question and answer"]
)
def test_an_answer_that_was_written_into_a_question_stands_where_it_is_graded(course, name):
    assert MINE in cell(graded(course, name), "answer").source


@pytest.mark.parametrize(
    "name", ["question in earlier words", "question in earlier words and an answer"]
)
def test_a_text_that_was_given_out_in_other_words_is_no_work_of_a_student(course, report, name):
    assert not any("An earlier wording" in c.source for c in graded(course, name).cells)
    assert report[name].facts == ()


MERGED = {
    "test merged with solution": "check-forward",
    "in the question": "question",
    "own lines below a test": "check-divergence",
}


@pytest.mark.parametrize("name", MERGED)
def test_who_wrote_beside_a_given_text_is_not_said_to_have_changed_it(report, name):
    said = "; ".join(report[name].facts)
    assert f"something was written into the locked cell {MERGED[name]}, or merged with it" in said
    assert "was edited" not in said


def test_who_changed_a_given_text_is_said_to_have_changed_it(report):
    assert any("my-test was edited (text)" in fact for fact in report["test edited away"].facts)


def test_the_log_of_grading_holds_no_warnings_of_python(course):
    assert "Warning:" not in course.log


@pytest.mark.parametrize("name", STUDENTS)
def test_every_locked_cell_is_as_it_was_given_out(course, name):
    nb = graded(course, name)
    for grade_id in (
        "setup",
        "check-forward",
        "check-divergence",
        "my-test",
        "question",
        "question-2",
    ):
        assert cell(nb, grade_id).source == GIVEN[grade_id]
        assert (
            sum(c.metadata.get("nbgrader", {}).get("grade_id") == grade_id for c in nb.cells) == 1
        )


def test_both_answers_stand_in_the_notebook_when_both_copies_were_written(course, report):
    texts = [c.source for c in graded(course, "answer copied, both written").cells]
    assert MINE in texts and "Another." in texts
    assert "2 cells hold an answer" in report["answer copied, both written"].facts[0]


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "CRLF",
        "CR",
        "test as markdown",
        "split cells",
        "magics",
        "names and ids stripped",
    ],
)
def test_nobody_is_said_to_have_edited_what_was_not_edited(report, name):
    assert not [fact for fact in report[name].facts if "edited (text" in fact]


def test_a_shell_line_says_in_one_line_that_it_does_not_run(course):
    shown = [
        o.text
        for c in graded(course, "shell lines").cells
        for o in c.get("outputs", [])
        if o.output_type == "stream"
    ]
    assert any(
        "shell lines do not run while a submission is graded: !ls\n" in text for text in shown
    )
    assert any(
        "shell lines do not run while a submission is graded: %pip install x\n" in text
        for text in shown
    )
    assert not any(
        o.output_type == "error"
        for name in ("shell lines", "magics")
        for c in graded(course, name).cells
        for o in c.get("outputs", [])
    )
