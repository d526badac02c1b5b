"""Cells that were merged are cut where the given texts stand, and what was written into a text is
told from it."""

import pytest

from autograder.plugins.merged import (
    LONGEST,
    additions,
    contains,
    defined,
    is_prose,
    parses,
    parted,
)

CHECK = 'check("a", f)'


def test_a_text_is_cut_where_it_holds_a_given_one():
    assert parted(f"def f():\n    return 1\n\n{CHECK}  \n\ndef g():\n    return 2", [CHECK]) == [
        ("def f():\n    return 1", None), (f"{CHECK}  ", 0), ("def g():\n    return 2", None)]  # fmt: skip


def test_an_indented_line_and_a_part_of_a_line_are_no_given_text():
    for text in (f"if True:\n    {CHECK}", f"x = {CHECK}", "check"):
        assert parted(text, [CHECK]) == [(text, None)]


@pytest.mark.parametrize("text, expected", [
    ("a\nb", ("", "")), ("a\n\nb\n", ("", "")), ("a", ("", "")), ("a\nb\nmine", ("", "mine")), ("mine\na\nb", ("mine", "")),
    ("a\nmine\nb", ("", "mine")), ("a\nb and mine", ("", "and mine")), ("other", ("other", "")), ("a  \nb\t", ("", "")),
])  # fmt: skip
def test_what_was_written_into_a_text_is_told_from_it(text, expected):
    assert additions(text, "a\nb") == expected


def test_shell_lines_and_magics_are_python_as_a_notebook_has_it():
    assert parses("!ls\n%pip install x\nf = !ls\ndef g(): pass")
    assert defined("!ls\ndef g(): pass") == {"g"}
    assert not parses("def g(")


def test_words_in_a_code_cell_are_told_from_code():
    assert is_prose("Because it is so.") and is_prose("# Because") and is_prose('"""Because"""')
    assert not is_prose("1 + 1\nx = 2")


def test_an_enormous_cell_is_kept_as_it_is_and_not_looked_into():
    text = "a\n" * LONGEST
    assert parted(text, ["a"]) == [(text, None)]
    assert additions(text, "a\n" * 50) == ("", text)
    assert parses(text) and defined(text) == set()


@pytest.mark.parametrize("text, kept", [
    ("a\nb", True), ("mine\na\nmine\nb\nmine", True), ("  a\n\nb ", True), ("a", False), ("b\na", False), ("a\nb + 1", False), ("", False),
])  # fmt: skip
def test_whether_a_given_text_is_still_whole(text, kept):
    assert contains(text, "a\nb") == kept
