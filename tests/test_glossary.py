"""The glossary holds what the lessons write, and says where it is introduced."""

import re
from pathlib import Path

import pytest

from autograder.app import pages
from autograder.decks import DECKS
from autograder.decks.glossary_page import glossary_page, symbols

ROOT = Path(__file__).parents[1]
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "course" / "lessons").glob("*.md"))}
FORMULA = re.compile(r"(?<!\$)\$[^$\n]+\$(?!\$)|\$\$[^$]+\$\$")
LETTER = re.compile(r"\\[a-zA-Z]+|[A-Za-z]+")


def letters(latex):
    """The letters of a formula without its indices: ``z_j^{(k)} = …`` is z."""
    first = latex.split("=")[0]
    bare = re.sub(r"[_^](\{[^{}]*\}|\w|\\\w+)", "", first)
    return {word for word in LETTER.findall(bare) if word not in (r"\hat", r"\bar", r"\mathrm")}


@pytest.mark.parametrize("one", symbols(), ids=lambda one: one.latex)
def test_a_symbol_stands_in_the_lesson_that_introduces_it(one):
    formulas = " ".join(FORMULA.findall(LESSONS[one.lesson].read_text("utf-8")))
    wanted = letters(one.latex) - {r"\frac", r"\partial"}
    assert wanted & set(LETTER.findall(formulas))
    assert one.meaning and one.shape and set(one.decks) <= set(DECKS)


def test_every_letter_that_a_lesson_explains_in_a_table_is_in_the_glossary():
    known = set().union(*(letters(one.latex) for one in symbols()))
    known |= {"X", "Y", "Z", "P", "T", "A", "N"}  # the same for n rows; the number of layers
    explained = 0
    for path in LESSONS.values():
        text = path.read_text("utf-8")
        for table in re.findall(r"^\| symbol \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, flags=re.M):
            for row in table.splitlines():
                for formula in re.findall(r"\$([^$]+)\$", row.split("|")[1]):
                    explained += 1
                    assert letters(formula) - {r"\partial"} <= known, f"{path.name}: {formula}"
    assert explained > 15


def test_the_page_is_the_one_in_the_site_and_explains_every_deck():
    page = glossary_page()
    assert pages(ROOT)[ROOT / "site" / "glossary.md"] == page
    assert page == (ROOT / "site" / "glossary.md").read_text("utf-8")
    assert all(title in page for title in DECKS.values())
    assert page.count("\n## ") == len(symbols()) + 1
