"""The rehearsal of a class: every submission gets what a careful person would give, and comes back
with its feedback.

`SCORES` was written by reading each student's work, not by running the grader.
"""

import csv
import re
import sqlite3
from html import escape
from pathlib import Path

import pytest

from autograder.exercises import find_exercise, lesson_exercises
from autograder.plugins.report import lines, read_class, show
from autograder.rehearsal import STUDENTS
from autograder.rehearsal.cheats import CHEATS
from autograder.rehearsal.submissions import EIGHT, FIVE, FOUR, LESSONS, ONE, SEVEN, SIX, THREE, TWO

pytestmark = pytest.mark.timeout(900)

# Lesson 4: forward 3, divergence 1, backward 5, update 2, layers 4, break_it 2; two written answers
# of 2 each. Lesson 5: forward 3, total_error 1, deltas 3, gradients 4, update 2, train 3, break_it
# 2, xor 3; two written of 2 each.
FOUR_ALL, FIVE_ALL = 17, 21
SCORES = {
    ("ada", FOUR): (FOUR_ALL + 1.5, "all right; one written answer was graded by hand with 1.5"),
    ("ada", FIVE): (FIVE_ALL, "all right; the written answers wait"),
    ("basil", FOUR): (FOUR_ALL, "lists and loops are as right as arrays"),
    ("carla", FOUR): (FOUR_ALL, "float32 is exact enough"),
    ("dora", FOUR): (3 + 1, "forward and divergence; the untouched break_it is still broken"),
    ("dora", FIVE): (3 + 1, "forward and total_error"),
    ("emil", FOUR): (0, "nothing was done, and a released bug is no work"),
    ("emil", FIVE): (0, "nothing was done"),
    ("fritz", FOUR): (
        FOUR_ALL - 5 + 5 * 5 / 6,
        "z1 lacks the slope, one of six gradients; W1 is right given that z1",
    ),
    ("greta", FOUR): (
        FOUR_ALL - 5 + 5 * 5 / 6,
        "z2 lacks the slope; the four gradients after it are right given that z2",
    ),
    ("hugo", FOUR): (
        FOUR_ALL - 2 + 2 * 4 / 6,
        "right numbers; of six rows “inputs unchanged” and “new arrays” fail",
    ),
    ("ida", FOUR): (FOUR_ALL - 5, "the deck's digits are no function"),
    ("jan", FOUR): (
        FOUR_ALL - 1,
        "the cell of divergence does not run; nothing else is judged by it",
    ),
    ("kira", FOUR): (FOUR_ALL - 1, "divergence never ends; nothing else is judged by it"),
    ("leo", FOUR): (FOUR_ALL - 2, "update raises for every input"),
    ("mona", FOUR): (FOUR_ALL, "the deleted test is put back"),
    ("nils", FOUR): (
        3 + 1 + 2,
        "forward, divergence, update; the edited test is put back and finds nothing written",
    ),
    ("olga", FOUR): (FOUR_ALL, "a cell twice is no mistake"),
    ("paul", FOUR): (FOUR_ALL, "a renamed file is found"),
    ("quinn", FOUR): (None, "half a file cannot be graded"),
    ("rosa", FIVE): (
        FIVE_ALL - 3,
        "deltas fails on every network that is not square; what calls it is right",
    ),
    ("samir", FIVE): (FIVE_ALL - 1, "one of two new matrices is right; train does not use update"),
    ("tilda", FIVE): (FIVE_ALL, "a failing cell of her own is nothing to the tests"),
    ("ulla", FOUR): (0, "an object that says yes to everything is no number"),
    ("viktor", FOUR): (0, "what stands in place of check and np.allclose is asked by nobody"),
    ("wanda", FOUR): (0, "the course's network and the solutions are not there"),
    ("xenia", FOUR): (0, "made-up results answer no question that was asked"),
    ("yannis", FOUR): (0, "there is nothing to find, and nothing of his own"),
    ("zora", FOUR): (
        3,
        (
            "forward is her own work; the edited tests are put back, and what she does when graded"
            " is wrong"
        ),
    ),
}
# What all exercises of a lesson are worth, and its written answers (two each, one in lesson 2).
MODULES = dict(
    zip(
        LESSONS,
        (
            "chain_rule",
            "activations",
            "logistic_neuron",
            "two_two_one",
            "mazur",
            "softmax",
            "mnist",
            "practice",
        ),
        strict=True,
    )
)
ALL = {
    lesson: sum(e.points for e in lesson_exercises(module)) for lesson, module in MODULES.items()
}
ANSWERS = {lesson: 1 if lesson == TWO else 2 for lesson in LESSONS}
SCORES |= {
    ("ada", lesson): (ALL[lesson], "all right") for lesson in LESSONS if lesson not in (FOUR, FIVE)
}
SCORES |= {
    ("vera", ONE): (
        ALL[ONE] - 1 / 2,
        "linear: of f and three gradients those of w and x are exchanged",
    ),
    ("vera", TWO): (ALL[TWO] - 1 / 2, "collapse: W is right, b lacks b1 W2"),
    ("vera", THREE): (
        ALL[THREE] - 3,
        "gradients sums instead of averaging; train, which calls it, is right",
    ),
    ("vera", SIX): (
        ALL[SIX] - 2 * 5 / 7,
        (
            "softmax has one of three quantities, and warns; jacobian and two_classes, which call"
            " it, are right"
        ),
    ),
    ("vera", SEVEN): (
        ALL[SEVEN] - 1 - 4,
        "one_hot is transposed; train_network, which calls it, raises for every batch",
    ),
    ("vera", EIGHT): (ALL[EIGHT] - 2, "best_epoch never stops early"),
}
SUBMISSIONS = [(student.name, lesson) for student in STUDENTS for lesson in student.lessons]
GRADED = [key for key, (score, _) in SCORES.items() if score is not None]


@pytest.fixture(scope="module")
def report(graded_class):
    return {(line.student, line.lesson): line for line in lines(graded_class)}


def test_every_submission_is_accounted_for(report):
    assert set(report) == set(SUBMISSIONS) == set(SCORES)


@pytest.mark.parametrize("key", SCORES, ids="-".join)
def test_a_student_gets_what_a_careful_person_would_give(report, key):
    score, why = SCORES[key]
    if score is None:
        assert report[key].score is None, why
    else:
        assert report[key].score == pytest.approx(score, abs=0.005), (
            f"{why}; the report says {report[key].why}"
        )


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_points_of_a_lesson_are_those_of_its_exercises_and_written_answers(report, lesson):
    most = ALL[lesson] + 2 * ANSWERS[lesson]
    assert {line.most for (_, other), line in report.items() if other == lesson} == {most}


DIAGNOSES = {
    ("fritz", FOUR): "hidden activation derivative forgotten",
    ("greta", FOUR): "output activation derivative forgotten",
    ("hugo", FOUR): "update in place",
    ("ida", FOUR): "The same ∂Div/∂y⁽²⁾ comes back for different inputs",
    ("jan", FOUR): "divergence is not defined",
    ("kira", FOUR): "is there a loop that never ends?",
    ("leo", FOUR): "KeyError: 'w1'",
    ("nils", FOUR): "not written: backward, layers",
    ("rosa", FIVE): "`W2` where `W2.T` belongs",
    ("samir", FIVE): "output weights updated before the hidden deltas",
}


@pytest.mark.parametrize("key", DIAGNOSES, ids="-".join)
def test_the_report_says_what_cost_the_points(report, key):
    assert DIAGNOSES[key] in "; ".join(report[key].why)


FACTS = {
    "ulla": ("Agreeable) that say yes to every comparison",),
    "viktor": (
        (
            "in place of check, np.allclose, np.testing.assert_allclose,"
            " np.testing.assert_array_equal, autograder.check"
        ),
    ),
    "wanda": (
        "imports course.network, not there when a class is graded",
        "imports course.losses",
        "imports autograder.exercises",
    ),
    "xenia": (
        "makes up answers in the form that the grader reads",
        "in place of session.send",
        "calls the display hook itself",
    ),
    "yannis": ("names submitted, gradebook.db, which a graded notebook is not meant to see",),
    "zora": (
        "check-divergence was edited (locked, points, text) and put back",
        "check-backward was edited",
        "asks whether it is being graded",
    ),
    "nils": ("check-backward was edited (text) and put back",),
}


@pytest.mark.parametrize("name", FACTS)
def test_the_report_says_what_is_to_be_seen_in_a_notebook(report, name):
    seen = ". ".join(report[name, FOUR].facts)
    assert [fact for fact in FACTS[name] if fact not in seen] == []


def test_nothing_is_said_about_the_notebooks_of_all_others(report):
    assert {student for (student, _), line in report.items() if line.facts} == set(FACTS)


@pytest.mark.parametrize("student", CHEATS, ids=lambda student: student.name)
def test_nobody_gets_a_point_that_was_sought_without_the_work(graded_class, student):
    (lesson,) = student.lessons
    page = (graded_class / "feedback" / student.name / lesson / f"{lesson}.html").read_text(
        encoding="utf-8"
    )
    for name in student.tried:
        assert f"0 of {find_exercise(name).points} points" in page


def test_the_printed_output_ends_with_what_came_of_the_points_sought_without_the_work(
    graded_class, report
):
    last = (graded_class / "printed.txt").read_text(encoding="utf-8").rpartition("\n\n")[2]
    for student in CHEATS:
        sought = sum(find_exercise(name).points for name in student.tried)
        assert f"{student.name:<8}{student.story}: 0 of the {sought} points sought" in last
        assert all(fact in last for fact in report[student.name, FOUR].facts)


def test_who_has_everything_right_reads_no_reason(report):
    full = {key for key, (score, _) in SCORES.items() if score is not None and score >= ALL[key[1]]}
    assert {key for key in GRADED if not report[key].why} == full


def test_a_submission_that_cannot_be_read_is_named_with_its_reason(report):
    line = report["quinn", FOUR]
    assert line.score is None
    assert "is not a notebook (not valid JSON" in line.why[0]


def test_feedback_exists_for_every_graded_submission_and_holds_the_verdicts(graded_class):
    for student, lesson in GRADED:
        page = (graded_class / "feedback" / student / lesson / f"{lesson}.html").read_text(
            encoding="utf-8"
        )
        # one verdict each, whose name is read aloud
        for exercise in lesson_exercises(MODULES[lesson]):
            assert len(re.findall(rf'aria-label="{re.escape(exercise.name)}: ', page)) == 1, (
                exercise.name
            )
    pages = {path.parent.parent.name for path in (graded_class / "feedback").glob("*/*/*.html")}
    assert pages == {student for student, _ in GRADED}


def test_feedback_reached_the_exchange_for_every_graded_submission(graded_class):
    released = list((graded_class / "exchange").glob("*/feedback/*.html"))
    assert len(released) == len(GRADED)


def test_feedback_names_the_mistake_in_words(graded_class):
    page = (graded_class / "feedback" / "fritz" / FOUR / f"{FOUR}.html").read_text(encoding="utf-8")
    (known,) = (
        m
        for m in find_exercise("two_two_one.backward").misconceptions
        if m.name == DIAGNOSES["fritz", FOUR]
    )
    assert escape(known.explanation) in page


def test_the_exported_grades_are_the_reports(graded_class, report):
    with (graded_class / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {(row["student_id"], row["assignment"]): row for row in csv.DictReader(file)}
    for key in GRADED:
        assert float(rows[key]["score"]) == pytest.approx(report[key].score)
        assert float(rows[key]["max_score"]) == report[key].most
    assert float(rows.get(("quinn", FOUR), {"score": 0})["score"]) == 0


def test_a_grade_given_by_hand_is_kept_and_the_others_wait(graded_class, report):
    with sqlite3.connect(graded_class / "gradebook.db") as gradebook:
        given = gradebook.execute(
            "select manual_score from grade where manual_score is not null"
        ).fetchall()
    assert given == [(1.5,)]
    written = {key for key, (score, _) in SCORES.items() if score} - {
        ("dora", FOUR),
        ("dora", FIVE),
        ("nils", FOUR),
        ("zora", FOUR),
    }
    waiting = {key: ANSWERS[key[1]] - (key == ("ada", FOUR)) for key in written}
    assert {key: line.by_hand for key, line in report.items() if line.by_hand} == waiting


def test_the_comment_given_by_hand_is_on_the_feedback_page(graded_class):
    page = (graded_class / "feedback" / "ada" / FOUR / f"{FOUR}.html").read_text(encoding="utf-8")
    assert "Say also why the order matters." in page


def test_the_report_file_is_what_was_printed(graded_class):
    printed = (graded_class / "printed.txt").read_text(encoding="utf-8")
    written = (graded_class / "report.md").read_text(encoding="utf-8")
    assert written == show(read_class(graded_class)) + "\n"
    assert printed.startswith(written)
    assert (
        f"{len(GRADED)} of {len(SUBMISSIONS)} submissions of {len(STUDENTS)} students graded"
        in printed
    )


def test_the_readme_counts_the_same_students():
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    said = " ".join(readme.split())
    assert (
        f"with a throw-away class beside the repository: {len(STUDENTS)} students go through"
        in said
    )


def test_the_report_names_the_slips_that_more_than_one_made(graded_class):
    lesson = (
        (graded_class / "report.md")
        .read_text(encoding="utf-8")
        .partition(f"## {FOUR}")[2]
        .partition("**Each submission**")[0]
    )
    four = [key for key in SUBMISSIONS if key[1] == FOUR]
    assert f"{len(four)} submissions, {len(four) - 1} graded" in lesson
    assert "**Most common slips**" in lesson and "**Stuck (below half of the points)**" in lesson


def test_the_printed_stories_name_every_student(graded_class):
    printed = (graded_class / "printed.txt").read_text(encoding="utf-8")
    assert all(
        re.search(rf"^  {student.name} +{re.escape(student.story)}$", printed, re.M)
        for student in STUDENTS
    )
