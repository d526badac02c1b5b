"""A class of lesson 4 whose students come from a platform's table, for the tests of its doors."""

import shutil
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograder.desk.beginning import Asked, begin
from autograder.plugins.directory import open_class

ROOT = Path(__file__).resolve().parents[1]
FILES = ROOT / "tests" / "files"
FOUR = "04-two-two-one"


_MADE = {}


def a_class(base, place, roster=None):
    """A class of lesson 4 in a folder of its own, with the students of a table of ``tests/files``.

    Parameters
    ----------
    base
        pytest's ``tmp_path_factory``; each kind of class is made once and copied from then on.
    place
        The folder that it is made in.
    roster
        The name of the table; a class without students where it is None.
    """
    if None not in _MADE:
        _MADE[None] = base.mktemp("lms") / "class"
        begin(ROOT, _MADE[None], Asked(lessons=["4"]))
    if roster not in _MADE:
        _MADE[roster] = base.mktemp("lms") / "class"
        shutil.copytree(_MADE[None], _MADE[roster])
        begin(ROOT, _MADE[roster], Asked(roster=FILES / roster))
    return shutil.copytree(_MADE[roster], place / "class")


def gradebook_of(folder):
    """The gradebook of a class, open."""
    directory = open_class(folder)
    return Gradebook(directory.db_url, directory.course_id)


def give_points(folder, student, points, waits=False):
    """Write into the gradebook that a student's lesson was graded."""
    place = folder / "autograded" / student / FOUR
    place.mkdir(parents=True)
    (place / f"{FOUR}.ipynb").write_text("{}", encoding="utf-8")
    with gradebook_of(folder) as gradebook, gradebook.db.no_autoflush:
        submission = gradebook.update_or_create_submission(FOUR, student)
        left = points
        for grade in submission.notebooks[0].grades:
            grade.auto_score = grade.manual_score = min(left, grade.max_score)
            left -= grade.manual_score
            grade.needs_manual_grade = waits
        gradebook.db.commit()
        assert gradebook.find_submission(FOUR, student).score == points


def notebook(*written):
    """A student's notebook of lesson 4 with the model solutions of some cells in it, as bytes."""
    source = nbformat.read(ROOT / "source" / FOUR / f"{FOUR}.ipynb", as_version=4)
    nb = nbformat.read(ROOT / "release" / FOUR / f"{FOUR}.ipynb", as_version=4)
    named = {c.metadata.nbgrader.grade_id: c for c in source.cells if "nbgrader" in c.metadata}
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in written:
            cell.source = named[cell.metadata.nbgrader.grade_id].source
    return nbformat.writes(nb).encode("utf-8")
