"""The glossary holds what the lessons write, and says where it first stands."""

import json
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


def read_by_a_student(lesson):
    """The formulas of a lesson's text as it is handed out, without indices, powers and words."""
    (path,) = (ROOT / "release").glob(f"{lesson}-*/*.ipynb")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return [bare(formula) for formula in FORMULA.findall(text)]


def bare(formula):
    """A formula without indices, powers and words; a letter with a hat is one of its own."""
    formula = re.sub(r"\\(text|operatorname|texttt|mathsf)\s*\{[^}]*\}", "", formula)
    formula = re.sub(r"\\mathrm\{(\w+)\}", r" \1 ", formula)
    formula = re.sub(r"\\hat\s*\{?\s*([a-z])\}?", r" hat\1 ", formula)
    for _ in range(3):  # from the inside of nested ones outwards
        formula = re.sub(r"[_^](\{[^{}]*\}|\\\w+|\w)", "", formula)
    return formula


READ = {lesson: {*LETTER.findall(" ".join(read_by_a_student(lesson)))} for lesson in LESSONS}


def own(one):
    """The letters of an entry; of a derivative all that it is made of."""
    return {*LETTER.findall(bare(one.latex))} - {r"\frac", r"\partial"}


def lessons_named(words):
    """Every lesson that a sentence names: ``lesson 1``, ``lessons 2, 3 and 5``. A deck's own lessons
    are others."""
    words = re.sub(r"deck of lessons [\d–]+", "", words)
    found = re.findall(r"lessons? (\d(?:(?:, | and |, and )\d)*)", words)
    return {f"0{digit}" for group in found for digit in re.findall(r"\d", group)}


@pytest.mark.parametrize("one", symbols(), ids=lambda one: one.latex)
def test_a_symbol_stands_first_in_the_lesson_that_is_named(one):
    having = [lesson for lesson, letters in READ.items() if letters & own(one)]
    assert next(n for n in having if n not in one.elsewhere) == one.lesson
    # another meaning is claimed only of lessons before that have the letter, and is said
    assert {*one.elsewhere} <= {n for n in having if n < one.lesson}
    assert {*one.elsewhere} <= lessons_named(one.twice)
    # and what is said of another lesson is of one that has the letter
    assert lessons_named(one.twice) <= set(having)
    assert one.meaning and one.shape and set(one.decks) <= set(DECKS)


NAMED_LOSS = re.compile(r"([A-Z]\w*) in (?:lessons? )?(\d(?:(?:, | and )\d)*)")


def test_each_lesson_writes_the_loss_as_the_glossary_says():
    (loss,) = [one for one in symbols() if one.name.startswith("loss")]
    found = NAMED_LOSS.findall(loss.meaning)
    told = {f"0{digit}": letter for letter, group in found for digit in re.findall(r"\d", group)}
    assert set(told) == set(LESSONS)
    for lesson, letter in told.items():
        formulas = read_by_a_student(lesson)
        # of all letters for a loss it is the one that is differentiated most often
        times = {
            each: sum(rf"\partial {each}" in formula for formula in formulas)
            for each in ("J", "Div", "E", "L", "C")
        }
        assert max(times, key=times.get) == letter, (lesson, times)


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
