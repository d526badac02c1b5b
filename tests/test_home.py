"""Jupyter where the home folder cannot be written."""

import os

import pytest

from course.opening import home

VARIABLES = ("HOME", *home.FOLDERS)


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """A home folder of its own, and no variable that names another place; all as before
    afterwards."""
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def chosen():
    return {variable: os.environ[variable] for variable in home.FOLDERS if variable in os.environ}


def test_a_home_that_can_be_written_is_left_alone():
    assert home.lend_a_home() == ""
    assert chosen() == {}


def test_where_there_is_no_home_every_program_is_lent_a_folder_and_one_sentence_says_so(
    monkeypatch,
):
    monkeypatch.setenv("HOME", "/dev/null/nowhere")
    said = home.lend_a_home()
    assert said.startswith(
        "/dev/null/nowhere/.local/share/jupyter/runtime cannot be written, so Jupyter's settings"
        " are kept in "
    )
    assert set(chosen()) == set(home.FOLDERS)
    for place in chosen().values():
        os.makedirs(place)


def test_only_what_cannot_be_written_is_lent(tmp_path):
    """Left by a `sudo` of old, say: a file, or a folder of root's, where Jupyter's folder should
    be."""
    (tmp_path / "home" / ".ipython").write_text("not a folder")
    assert ".ipython cannot be written" in home.lend_a_home()
    assert set(chosen()) == {"IPYTHONDIR"}


def test_a_place_that_the_user_has_named_counts(monkeypatch, tmp_path):
    for variable in home.FOLDERS:
        monkeypatch.setenv(variable, str(tmp_path / "mine"))
    monkeypatch.setenv("HOME", "/dev/null/nowhere")
    assert home.lend_a_home() == ""


def test_a_user_without_a_home_folder_gets_one(monkeypatch):
    monkeypatch.delenv("HOME")
    # as for a number without an entry in the user list
    monkeypatch.setattr(home.os.path, "expanduser", lambda path: path)
    assert home.lend_a_home()
    assert set(chosen()) == set(home.FOLDERS)
    assert os.path.isdir(os.environ["HOME"])
