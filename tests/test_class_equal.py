"""`backprop grade` and plain `nbgrader autograde` with the course's preprocessors give the same
grades: gradebook row by row, folders file by file."""

import os

import pytest
from class_equal import ended, files, rows, same, twin, typed
from graded_class import LESSON, answered, eight, grade_by_hand, hand_in

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="grading needs a Unix machine"),
    pytest.mark.timeout(900),  # a minute alone; many processes on a machine that is busy
]


def both(plain, ours, *options):
    """Grade two classes at the same time, one by nbgrader; what `backprop grade` said."""
    theirs = typed(plain, "nbgrader", "autograde", LESSON, "--force", *options)
    status, said = ended(typed(ours, "backprop", "grade", LESSON))
    ended(theirs)
    return status, said


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    """The same class twice, graded both ways, and what was said."""
    place = tmp_path_factory.mktemp("equal")
    small = eight(place / "plain")
    ours = twin(small.root, place / "ours")
    return small, ours, both(small.root, ours)


def test_grades_and_folders_are_those_of_nbgrader(classes):
    small, ours, (status, said) = classes
    assert (status, "7 graded, 1 without a grade" in said) == (1, True), said
    compared, laid = same(small.root, ours)
    assert compared > 80 and laid > 20
    book = rows(f"sqlite:///{ours / 'gradebook.db'}")
    scores = {who: book["notebook", LESSON, who, LESSON] for who in ("right", "wrong", "late")}
    assert scores["right"][2] > scores["wrong"][2] > 0, "they are no empty books"
    assert scores["late"][0] == scores["late"][2] == scores["right"][2]
    assert book["submission", LESSON, "none"][0] == "2024-05-01 10:00:00"
    assert files(ours / "autograded")[f"right/{LESSON}/table.csv"] == ("-r--r--r--", b"1,2\n")


def test_what_a_person_gave_stays_and_waits_as_it_does_with_nbgrader(classes):
    small, ours, _ = classes
    for root in (small.root, ours):
        grade_by_hand(root, "read")
        grade_by_hand(root, "right")
    for words, student in (("Another answer altogether.", "read"),):
        folder = hand_in(small, student, answered(small, words))
        twin(folder, ours / "new")
        for path in (ours / "new").iterdir():
            path.replace(ours / "submitted" / student / LESSON / path.name)
        (ours / "new").rmdir()
    status, said = both(small.root, ours, "--student=read")
    assert "1 graded, 6 graded before and not changed since, 1 without a grade" in said, said
    same(small.root, ours)
    book = rows(f"sqlite:///{ours / 'gradebook.db'}")
    place = LESSON, LESSON, "answer"
    assert book["grade", LESSON, "read", *place[1:]] == (None, 1.5, 0.5, True), "it waits again"
    assert book["grade", LESSON, "right", *place[1:]] == (0, 1.5, 0.5, False), "it stays"
