"""The instructor's desk: grades follow changed points, written answers are graded in a row, the
report says what counts.

One small class is graded once; each test reads it, or works on a copy.
"""

import hashlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request

import nbformat
import pytest
import small_class
from class_equal import twin
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from small_class import LESSON, SmallClass, cell

from autograder.plugins.report import read_class, show

pytestmark = pytest.mark.timeout(600)  # a whole class is made and graded first
HIDDEN = [
    "assert double(2) == 4",
    "### BEGIN HIDDEN TESTS",
    "assert double(-1.5) == -3",
    "### END HIDDEN TESTS",
]
TEXT = "".join([
    small_class.HEAD, "# Mini\n\n", small_class.SETUP, small_class.FORWARD, small_class.DIVERGENCE, small_class.BACKWARD,
    small_class.double(*HIDDEN),
    small_class.written("## Why the sigmoid?\n\nSay why.", "Because it is *smooth*.\n\n*Marking: 1 point for smooth; 1 for bounded.*"),
])  # fmt: skip
FUNCTIONS = ("forward", "divergence", "backward", "double")
HOSTILE = (
    "It is bounded: $0 < y < 1$.\n\n<script>document.title = 'HIT'</script><img src=x"
    " onerror=\"document.title = 'HIT'\">"
)
STUB = "raise NotImplementedError()"


def untouched(nb):
    pass


def solved(*edits):
    def edit(nb):
        for one in edits:
            one(nb)

    return edit


def answered(text):
    return lambda nb: cell(nb, "answer").update(source=text)


def coded(name, source):
    return lambda nb: cell(nb, name).update(source=source)


def below_the_stub(nb):
    head, _, body = cell(nb, "backward").source.partition("\n")
    cell(nb, "backward").source = f"{head}\n    {STUB}\n{body}"


def windows(nb):
    for c in nb.cells:
        c.source = c.source.replace("\n", "\r\n")


def mac(nb):
    for c in nb.cells:
        c.source = c.source.replace("\n", "\r")


def test_as_markdown(nb):
    known = cell(nb, "check-divergence")
    nb.cells[nb.cells.index(known)] = new_markdown_cell(
        known.source, id=known["id"], metadata=known["metadata"]
    )


test_as_markdown.__test__ = False
NO_SLOPE = (
    small_class.BACKWARD.partition("\n")[2]
    .partition("```")[0]
    .replace('(1 - f["y1"] ** 2) * dy1', "dy1")
    .strip()
)
STUDENTS = {
    "ann": solved(answered("It is smooth.")),
    "ben": solved(
        answered(HOSTILE), lambda nb: nb.cells.append(new_markdown_cell("A note of mine."))
    ),
    "cleo": solved(coded("backward", NO_SLOPE)),
    "dan": solved(coded("backward", NO_SLOPE)),
    "eve": solved(below_the_stub, lambda nb: nb.cells.append(new_code_cell("1 + 1"))),
    "finn": solved(
        coded("divergence", "def divergence(y, d):\n    return 0.5 * np.sum((y - d) ** 2\n")
    ),
    "gus": solved(windows),
    "hal": solved(mac),
    "ida": solved(test_as_markdown),
    "late": solved(),
    "none": untouched,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The class after one autograde of everybody: its folder."""
    made = SmallClass(tmp_path_factory.mktemp("desk"), TEXT)
    with (made.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with Gradebook(f"sqlite:///{made.root / 'gradebook.db'}", "backprop-by-hand") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2026-03-01 12:00:00 UTC")
        gradebook.add_student("absent")
    for name, edit in STUDENTS.items():
        nb = made.solved(*(() if edit is untouched else FUNCTIONS))
        edit(nb)
        folder = made.folder_of(name)
        nbformat.write(nb, folder / f"{LESSON}.ipynb")
        if name == "late":
            (folder / "timestamp.txt").write_text("2026-03-01 14:00:00 UTC")
    made.autograde(STUDENTS)
    return made.root


@pytest.fixture
def own(course, tmp_path):
    """A copy of the class, to be changed."""
    return twin(course, tmp_path / "class")


def run(folder, *arguments, fails=False):
    """What a command says that is typed in a folder."""
    folders = {
        f"JUPYTER_{kind}_DIR": str(folder / "jupyter") for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, **folders},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr[-3000:]
    return done.stdout + (done.stderr if fails else "")


def given(folder, student, name="answer"):
    """(points by hand, by the grader, waits) of a cell."""
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        return gradebook.execute(
            "select g.manual_score, g.auto_score, g.needs_manual_grade from grade g join base_cell"
            " c on g.cell_id = c.id join submitted_notebook n on g.notebook_id = n.id join"
            " submitted_assignment a on n.assignment_id = a.id where a.student_id = ? and"
            " c.name = ?",
            (student, name),
        ).fetchone()


def by_hand(folder, student, score, comment=""):
    """Give points to the written answer, as a page would."""
    from autograder.desk.answers import answers, grade, questions
    from autograder.plugins.directory import open_class

    directory = open_class(folder)
    (question,) = questions(directory, LESSON)
    (answer,) = (one for one in answers(directory, LESSON, question) if one.student == student)
    grade(
        directory,
        LESSON,
        {
            "id": answer.id,
            "score": score,
            "comment": comment,
            "was_score": answer.score,
            "was_comment": answer.comment,
        },
    )


# ---- the report


def test_the_report_begins_with_the_class(course):
    text = show(read_class(course))
    whole = text.partition("**Each submission**")[0]
    assert "11 submissions, 11 graded, 1 student handed in nothing." in whole
    assert re.search(r"Points of 15: mean \d+\.\d, median \d+", whole)
    assert "- 2 × backward: hidden activation derivative forgotten (cleo, dan)" in whole
    assert re.search(r"\*\*Stuck.*?\*\*\n\n- none\n", whole)
    assert re.search(r"\*\*Handed in nothing\*\*\n\n- absent\n", whole)
    assert "backprop handgrade 04-mini" in whole


def test_the_lines_of_the_report_are_short_enough_to_read(course):
    assert [line for line in show(read_class(course)).splitlines() if len(line) > 100] == []


def test_a_late_submission_has_in_the_report_what_it_has_in_the_table(course):
    run(course, "nbgrader", "export", "--to=grades.csv")
    (row,) = (line for line in (course / "grades.csv").read_text().splitlines() if ",late," in line)
    assert row.split(",")[-3:-1] == ["13.0", "0.0"]
    (line,) = (line for line in read_class(course).lines if line.student == "late")
    assert (line.score, line.penalty) == (0, 13)
    assert "- **late** 0 of 15 points, 13 taken off for being late" in show(read_class(course))


def test_points_by_hand_are_taken_off_too_where_being_late_takes_off_all(own):
    by_hand(own, "late", 2)
    by_hand(own, "ann", 2)
    report = {line.student: line for line in read_class(own).lines}
    assert (report["late"].score, report["late"].penalty) == (0, 15)
    assert (report["ann"].score, report["ann"].penalty) == (15, 0)
    by_hand(own, "late", 1)
    assert {line.student: line for line in read_class(own).lines}["late"].penalty == 14
    worth(own, "check-backward", 9)
    said = run(own, "autograder.app", "regrade", LESSON, "late")
    assert "0 lose" in said


def grade_id_of(folder, student, name="answer"):
    """What the formgrader calls a grade."""
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        return gradebook.execute(
            "select g.id from grade g join base_cell c on g.cell_id = c.id join submitted_notebook"
            " n on g.notebook_id = n.id join submitted_assignment a on n.assignment_id = a.id where"
            " a.student_id = ? and c.name = ?",
            (student, name),
        ).fetchone()[0]


@pytest.mark.browser
def test_so_are_points_that_are_given_on_the_formgraders_own_page(own, browser_page, lab):
    server = lab(own)
    for student, points in (("late", 2), ("ann", 1.5)):
        answer = browser_page.request.put(
            f"{server.url}/formgrader/api/grade/{grade_id_of(own, student)}",
            headers={"Authorization": f"token {server.token}"},
            data={"manual_score": points, "extra_credit": None},
        )
        assert answer.ok, answer.text()
        assert answer.json()["manual_score"] == points
    report = {line.student: line for line in read_class(own).lines}
    assert (report["late"].score, report["late"].penalty) == (0, 15)
    assert (report["ann"].score, report["ann"].penalty) == (14.5, 0)


def test_nobody_is_said_to_have_edited_what_the_grader_hides_or_a_machine_ends_lines_with(course):
    facts = {line.student: line.facts for line in read_class(course).lines if line.facts}
    assert facts == {
        "ida": (
            (
                "the cell check-divergence was turned into a Markdown cell and put back as it was"
                " released"
            ),
        )
    }


@pytest.mark.parametrize("student", ["gus", "hal", "ida", "ann"])
def test_line_ends_and_a_changed_kind_of_cell_cost_nothing(course, student):
    (line,) = (line for line in read_class(course).lines if line.student == student)
    assert line.score == 13


def test_a_reason_names_the_cell_and_the_line_and_no_file_of_the_kernel(course):
    text = show(read_class(course))
    assert not re.search(r"\d{5,}\.py", text)
    assert re.search(
        r"divergence is not defined: line 2 of its cell cannot be read \(SyntaxError: [^()]*",
        " ".join(text.split()),
    )


def test_code_below_a_stub_that_was_left_is_named(course):
    assert "code stands below the line `raise NotImplementedError` of backward" in " ".join(
        show(read_class(course)).split()
    )


def test_what_lies_among_the_submissions_and_is_none_is_named_and_stops_nothing(
    own, browser_page, lab
):
    (own / "submitted" / "grades.xlsx").write_text("x")
    (own / "submitted" / "ann" / "99-unknown").mkdir()
    (own / "submitted" / "ann" / LESSON / "timestamp.txt").write_text("half past nine")
    said = run(
        own,
        "nbgrader",
        "export",
        "--exporter=autograder.plugins.report.ReportExporter",
        "--to=report.md",
    )
    text = (own / "report.md").read_text(encoding="utf-8")
    assert "submitted/grades.xlsx: a file, where a folder is expected" in text, said
    assert "submitted/ann/99-unknown: a lesson of that name is not in the gradebook" in text
    assert "- **ben** 13 of 15 points" in text
    server = lab(own)
    listed = browser_page.request.get(
        f"{server.url}/formgrader/api/submissions/{LESSON}?token={server.token}"
    )
    assert {one["student"] for one in listed.json()} >= set(STUDENTS)
    # the formgrader's page of a submission begins at the answer that waits, far down
    with sqlite3.connect(own / "gradebook.db") as gradebook:
        (page,) = gradebook.execute(
            "select n.id from submitted_notebook n join submitted_assignment a on n.assignment_id ="
            " a.id where a.student_id = 'ben'"
        ).fetchone()
    browser_page.goto(
        f"{server.url}/login?token={server.token}&next=/formgrader/submissions/{page}/"
    )
    browser_page.wait_for_function("() => document.activeElement.id === 'answer'")


# ---- points change after the release


def worth(folder, name, points):
    """Edit the points of a cell in the source notebook."""
    path = folder / "source" / LESSON / f"{LESSON}.ipynb"
    nb = nbformat.read(path, as_version=4)
    cell(nb, name).metadata["nbgrader"]["points"] = points
    nbformat.write(nb, path)


def print_of(folder):
    """A fingerprint of all that grading writes."""
    paths = sorted(
        path
        for step in ("autograded", "release", "feedback")
        for path in (folder / step).rglob("*")
        if path.is_file()
    )
    return hashlib.sha256(
        b"".join(path.read_bytes() for path in [*paths, folder / "gradebook.db"])
    ).hexdigest()


def test_changed_points_move_every_score_accuse_nobody_and_keep_what_was_given_by_hand(own):
    by_hand(own, "ann", 1.5, "Well put.")
    worth(own, "check-backward", 9)
    before, seeds = print_of(own), seeds_of(own)
    said = run(own, "autograder.app", "regrade", LESSON, "ann", "none")
    assert "check-backward is worth 9 points, before 5" in said
    assert re.search(r"ann +14\.5 of 15 → 18\.5 of 19 +\(\+4\) +backward 5 → 9", said)
    assert "1 score given by hand stays." in said and "Nothing was changed." in said
    assert print_of(own) == before
    assert "1 gains, 0 lose, 1 stay as they are." in said
    run(own, "autograder.app", "regrade", LESSON, "ann", "none", "--yes")
    report = {line.student: line for line in read_class(own).lines}
    assert {line.most for line in report.values()} == {19}
    # ben was not asked for
    assert (report["ann"].score, report["ben"].score, report["none"].score) == (18.5, 13, 0)
    assert {student for student, line in report.items() if line.facts} == {"ida"}
    assert given(own, "ann") == (1.5, None, 0)
    assert seeds_of(own) == seeds
    assert "by hand, answer: 1.5 of 2" in show(read_class(own))


def seeds_of(folder):
    """student -> the seed that the inputs were drawn with."""
    found = {}
    for path in sorted((folder / "autograded").glob("*/*/*.ipynb")):
        outputs = [
            output
            for c in json.loads(path.read_text(encoding="utf-8"))["cells"]
            for output in c.get("outputs", [])
        ]
        found[path.parts[-3]] = next(
            o["metadata"]["backprop"]["seed"]
            for o in outputs
            if "backprop" in o.get("metadata", {})
        )
    return found


def test_an_answer_that_changed_waits_again_and_one_that_did_not_stays_graded_under_nbgraders_own_autograde(
    own,
):
    for student in ("ann", "ben"):
        by_hand(own, student, 2)
    path = own / "submitted" / "ben" / LESSON / f"{LESSON}.ipynb"
    nb = nbformat.read(path, as_version=4)
    cell(nb, "answer").source = "Another answer."
    nbformat.write(nb, path)
    for student in ("ann", "ben"):
        run(own, "nbgrader", "autograde", LESSON, f"--student={student}", "--force")
    assert given(own, "ann") == (2, None, 0)
    assert given(own, "ben") == (2, None, 1)


@pytest.mark.parametrize(("arguments", "said"), [
    (("99-none",), "knows no lesson 99-none. It knows: 04-mini"), ((LESSON, "nobody"), f"Nothing of {LESSON} was handed in by nobody"),
])  # fmt: skip
def test_a_regrade_of_what_is_not_there_says_so(course, arguments, said):
    assert said in run(course, "autograder.app", "regrade", *arguments, fails=True)


# ---- by hand


@pytest.fixture
def desk(own):
    """The page of `backprop handgrade`: the class, and the address that was printed."""
    command = [sys.executable, "-m", "autograder.app", "handgrade", LESSON, "--no-browser"]
    process = subprocess.Popen(command, cwd=own, stdout=subprocess.PIPE, text=True)
    address = next(
        found[0]
        for line in process.stdout
        if (found := re.search(r"http://127\.0\.0\.1:\S+", line))
    )
    yield own, address
    process.send_signal(signal.SIGINT)
    assert f"backprop feedback {LESSON}" in process.communicate(timeout=30)[0]


@pytest.mark.browser
def test_all_answers_of_a_question_are_graded_by_keyboard_beside_scheme_and_model_and_reach_the_feedback(
    desk, browser_page
):
    folder, address = desk
    run(folder, "nbgrader", "generate_feedback", LESSON)
    page = browser_page
    page.goto(address)
    page.locator("#desk").wait_for()
    assert "token" not in page.url
    assert (
        "1 for bounded" in page.locator("#scheme").inner_text()
        and "Marking" not in page.locator("#model").inner_text()
    )
    assert (
        "Why the sigmoid?" in page.locator("#questions").inner_text()
        and "(2 waiting)" in page.locator("#questions").inner_text()
    )
    assert (
        "ann" not in page.locator("#who").inner_text()
        and "ben" not in page.locator("#who").inner_text()
    )
    for _ in range(2):
        text = page.locator("#answer").inner_text()
        page.keyboard.type("2" if "smooth" in text else "1.5")
        page.keyboard.press("Tab")
        page.locator("#comment").fill("Right." if "smooth" in text else "And smooth.")
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "text => document.getElementById('answer').innerText !== text || /No"
            " answer/.test(document.getElementById('state').textContent)",
            arg=text,
        )
    page.get_by_text("No answer of this lesson waits any more").wait_for()
    assert page.title() != "HIT" and page.errors == []
    for width in (1280, 900, 443):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width
    page.locator("#score").fill("7")
    page.keyboard.press("Enter")
    page.get_by_text("The points lie between 0 and 2.").wait_for()
    assert given(folder, "ann") == (2, None, 0) and given(folder, "ben") == (1.5, None, 0)
    run(folder, "nbgrader", "generate_feedback", LESSON)
    assert "And smooth." in (folder / "feedback" / "ben" / LESSON / f"{LESSON}.html").read_text(
        encoding="utf-8"
    )


def test_the_page_answers_nobody_without_its_token_and_under_no_other_name(desk):
    _, address = desk
    base, token = address.split("/?token=")

    def status(url, **headers):
        try:
            return urllib.request.urlopen(
                urllib.request.Request(url, headers=headers, data=headers.pop("data", None)),
                timeout=20,
            ).status
        except urllib.error.HTTPError as error:
            return error.code

    cookie = f"backprop-{base.rpartition(':')[2]}={token}"
    assert status(f"{base}/questions", Cookie=cookie) == 200
    assert status(f"{base}/questions") == status(f"{base}/?token=guess") == 403
    assert status(f"{base}/questions", Cookie=cookie, Host="evil.example") == 403
    assert status(f"{base}/grade", Cookie=cookie, data=b"{}") == 403


def test_an_answer_that_somebody_graded_meanwhile_is_not_overwritten(own):
    from autograder.desk.answers import Stale, answers, grade, questions
    from autograder.plugins.directory import open_class

    directory = open_class(own)
    (question,) = questions(directory, LESSON)
    (shown,) = (one for one in answers(directory, LESSON, question) if one.student == "ann")
    by_hand(own, "ann", 1)
    with pytest.raises(Stale, match="meanwhile, with 1 points"):
        grade(
            directory,
            LESSON,
            {
                "id": shown.id,
                "score": 2,
                "comment": "",
                "was_score": shown.score,
                "was_comment": shown.comment,
            },
        )
    assert given(own, "ann") == (1, None, 0)
