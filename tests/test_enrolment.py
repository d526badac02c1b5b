"""Who learns alone may see model answers; who is enrolled in a class never does."""

import os

import pytest

from course.opening import lab
from course.opening.enrolment import is_class, is_enrolled

STUDENTS = 'c = get_config()\nc.CourseDirectory.course_id = "backprop"\n'


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """``configured(text)`` gives this user an nbgrader configuration of that text."""
    folder = tmp_path / "configuration"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "")
    # so that it is forgotten afterwards, whatever is set meanwhile
    monkeypatch.setenv(lab.SELF_STUDY, "1")
    monkeypatch.delenv(lab.SELF_STUDY)
    return lambda text: (folder / "nbgrader_config.py").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "enrolled"),
    [(STUDENTS, True), ("c = get_config()\n", False), ("raise OSError('half a file')\n", True)],
    ids=["names a class", "names none", "cannot be read"],
)
def test_a_configuration_tells_whether_a_user_is_enrolled(configured, text, enrolled):
    assert not is_enrolled()
    configured(text)
    assert is_enrolled() is enrolled


def test_a_folder_with_a_gradebook_is_a_class(tmp_path):
    assert not is_class(tmp_path)
    (tmp_path / "gradebook.db").touch()
    assert is_class(tmp_path)


def test_the_model_answers_are_put_beside_the_work_of_who_learns_alone_and_of_nobody_else(
    configured, tmp_path, monkeypatch
):
    monkeypatch.setattr(lab, "launch", lambda folder, options=(): None)
    work = tmp_path / "work"
    work.mkdir()
    lab.open_lab(work)
    assert len(list((work / "about" / "answers").glob("*.ipynb"))) == 8
    assert os.environ[lab.SELF_STUDY] == "1"

    configured(STUDENTS)
    lab.open_lab(work)
    assert not (work / "about" / "answers").exists()
    assert lab.SELF_STUDY not in os.environ


def test_the_page_of_who_is_in_no_class_has_no_list_of_assignments(configured):
    off = lab.fitted({}, instructor=False, self_study=True)["disabledExtensions"]
    assert set(lab.CLASSES) <= set(off)
    configured(STUDENTS)
    assert not set(lab.CLASSES) & set(
        lab.fitted({}, instructor=False, self_study=False)["disabledExtensions"]
    )
    assert not set(lab.CLASSES) & set(
        lab.fitted({}, instructor=True, self_study=False)["disabledExtensions"]
    )
