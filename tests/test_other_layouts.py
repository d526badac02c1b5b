"""A class whose folders have other names and another order, and whose lesson has two notebooks."""

import nbformat
import pytest
import small_class
from small_class import LESSON, SmallClass, cell

from autograder.app import points
from autograder.plugins.report import read_class, show
from course.making.build import read_lesson

pytestmark = pytest.mark.timeout(600)  # a whole class is made and graded first
TEXT = "".join([small_class.HEAD, "# Mini\n\n", small_class.SETUP, small_class.DIVERGENCE])
MORE = "".join([
    small_class.HEAD, "# More\n\n", small_class.SETUP, small_class.double("assert double(2) == 4"),
    small_class.written("## Why?\n\nSay why.", "Because."), '+++ {"tags": ["words"]}\n\nThe end of the second notebook.\n',
])  # fmt: skip
LAYOUT = """
c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"
c.CourseDirectory.submitted_directory = "handed in"
c.CourseDirectory.autograded_directory = "graded"
c.CourseDirectory.feedback_directory = "given back"
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Ann did all, Ben handed in one of the two notebooks, Cem left the second untouched."""
    made = SmallClass(tmp_path_factory.mktemp("course"), TEXT)
    root = made.root
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(LAYOUT)
    more = root / "source" / LESSON / "more.ipynb"
    nbformat.write(read_lesson(MORE, "more", points), more)
    made.nbgrader("generate_assignment", LESSON, "--force")
    source = nbformat.read(more, as_version=4)
    for student, notebooks in {"ann": 2, "ben": 1, "cem": 2}.items():
        folder = root / "handed in" / LESSON / student
        folder.mkdir(parents=True)
        nbformat.write(made.solved("divergence"), folder / f"{LESSON}.ipynb")
        nb = nbformat.read(root / "release" / LESSON / "more.ipynb", as_version=4)
        if student == "ann":
            cell(nb, "double").source = cell(source, "double").source
            cell(nb, "answer").source = "An answer."
        if notebooks == 2:
            nbformat.write(nb, folder / "more.ipynb")
    made.nbgrader("autograde", LESSON)
    made.nbgrader("generate_feedback", LESSON)
    return root


@pytest.fixture(scope="module")
def report(course):
    return {line.student: line for line in read_class(course).lines}


def test_the_report_reads_the_folders_that_the_class_has(course, report):
    assert {name: line.score for name, line in report.items()} == {"ann": 5, "ben": 1, "cem": 1}
    assert {line.most for line in report.values()} == {7}
    pages = sorted(path.name for path in (course / "given back" / LESSON / "ann").glob("*.html"))
    assert pages == [f"{LESSON}.html", "more.html"]


def test_the_report_speaks_of_each_notebook(report):
    assert "more" in "; ".join(report["ben"].why)
    assert "not among what was handed in" in "; ".join(report["ben"].why)
    assert report["ann"].why == ()


def test_given_words_of_a_second_notebook_are_nobodys_answer(report):
    assert {name: line.by_hand for name, line in report.items() if line.by_hand} == {"ann": 1}
    assert {name: line.facts for name, line in report.items() if line.facts} == {}


def test_the_report_can_be_shown(course):
    assert "- **ann** 5 of 7 points" in show(read_class(course))
