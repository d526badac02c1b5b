"""A class of eight whose submissions are what really comes: right, wrong, endless, mended, misnamed,
no notebook at all, late, and graded by hand before."""

import datetime

import nbformat
from nbgrader.api import Gradebook
from small_class import BACKWARD, DIVERGENCE, FORWARD, HEAD, LESSON, SETUP, SmallClass, cell, double
from small_class import written as question

SEED = 20_240_517
TEXT = (
    HEAD
    + SETUP
    + FORWARD
    + DIVERGENCE
    + BACKWARD
    + double("assert double(2) == 4")
    + question("Why backwards?", "Because each step needs the one after it.")
)
SETTINGS = f"""
c.DrawInputs.seed = {SEED}
c.LateSubmissionPlugin.penalty_method = "zero"
c.ExecuteWithLimits.timeout = 2
c.NbGrader.logfile = str(here / ".nbgrader.log")
"""
ALL = ("forward", "divergence", "backward", "double")
WRONG = "def forward(x, W1, W2):\n    z1 = x @ W1\n    return {'z1': z1, 'y1': z1, 'z2': z1 @ W2, 'y2': z1 @ W2}"


def hand_in(small, student, nb, name=LESSON, given="2024-05-01 10:00:00 UTC"):
    """Lay down what a student hands in."""
    folder = small.root / "submitted" / student / LESSON
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(nb, str):
        (folder / f"{name}.ipynb").write_text(nb, encoding="utf-8")
    else:
        nbformat.write(nb, folder / f"{name}.ipynb")
    (folder / "timestamp.txt").write_text(given, encoding="utf-8")
    return folder


def gradebook(root):
    """The class's gradebook."""
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", "backprop-by-hand")


def eight(root):
    """Make the class; nothing is graded yet."""
    small = SmallClass(root, TEXT)
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    with gradebook(root) as book:
        enrol(book)
    (root / "source" / LESSON / "table.csv").write_text("1,2\n", encoding="utf-8")
    hand_in(small, "right", small.solved(*names(small)))
    wrong = small.solved(*names(small))
    cell(wrong, "forward").source = WRONG
    place = hand_in(small, "wrong", wrong)
    (place / "deeper").mkdir()
    (place / "deeper" / "notes.txt").write_text("mine\n", encoding="utf-8")
    endless = small.solved(*names(small))
    endless.cells.insert(1, nbformat.v4.new_code_cell("while True: pass", id="mine"))
    hand_in(small, "endless", endless)
    deleted = small.solved(*names(small))
    deleted.cells.remove(cell(deleted, "check-backward"))
    hand_in(small, "deleted", deleted)
    hand_in(small, "renamed", small.solved("forward"), "my homework (final)")
    hand_in(small, "none", "this is no notebook")
    hand_in(small, "late", small.solved(*names(small)), given="2024-05-03 10:00:00 UTC")
    hand_in(small, "read", answered(small, "Each step needs the one after it."))
    return small


def enrol(book):
    """The day on which it is due, and a student who is known before."""
    book.update_or_create_assignment(LESSON, duedate=datetime.datetime(2024, 5, 2))
    book.add_student("right", first_name="Ada", last_name="L.")


def names(small):
    """The cells that hold a solution."""
    nb = nbformat.read(small.root / "source" / LESSON / f"{LESSON}.ipynb", as_version=4)
    told = (each.metadata.get("nbgrader", {}) for each in nb.cells if each.cell_type == "code")
    return [each["grade_id"] for each in told if each.get("solution")]


def answered(small, words):
    """A right notebook with a written answer."""
    nb = small.solved(*names(small))
    cell(nb, "answer").source = words
    return nb


def grade_by_hand(root, student):
    """What a person gives: points, more points, a comment."""
    with gradebook(root) as book:
        grade = book.find_grade("answer", LESSON, LESSON, student)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
        book.find_comment("answer", LESSON, LESSON, student).manual_comment = "Well put."
        book.db.commit()
