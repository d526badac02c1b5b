"""The lessons cover the five decks: every topic, every question put to students, every printed
number, every erratum.

`coverage.toml` says where; these tests hold it against the lesson texts.
"""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from autograder.app import points
from autograder.decks import DECKS, errata, number, numbers
from autograder.exercises import find_exercise
from course.making.build import checked, read_lesson

HERE = Path(__file__).resolve().parent
COVERAGE = tomllib.loads((HERE / "coverage.toml").read_text(encoding="utf-8"))
TOPICS, QUESTIONS = COVERAGE["topic"], COVERAGE["question"]
LESSONS = {
    path.name[:2]: path
    for path in sorted((HERE.parent / "course" / "lessons").glob("[0-9][0-9]-*.md"))
}
ENTRIES = {"000": 36, "001": 14, "002": 47, "003": 36, "004": 39}  # of the inventory of each deck
ASKED = {"question": 20, "exercise": 3, "open item": 1, "review question": 1}
REASONS = {"administrative", "page furniture", "illegible figure", "list of links"}
NAMED = {  # how the lessons speak of a deck
    "000": re.compile("how MLPs are trained"), "001": re.compile("Backpropagation & Multi Layer Neural Networks"),
    "002": re.compile("CAP 4453"), "003": re.compile("Inha University"), "004": re.compile("lecture series"),
}  # fmt: skip
every_lesson = pytest.mark.parametrize("lesson", [f"{k:02}" for k in range(1, 9)])


# ---- reading lessons


@cache
def notebook(lesson):
    """The instructor's notebook of a lesson."""
    path = LESSONS[lesson]
    return read_lesson(path.read_text(encoding="utf-8"), path.stem, points)


def plain(text):
    """Text without line breaks and without the marks of a quotation."""
    return " ".join(re.sub(r"^> ?", "", text, flags=re.MULTILINE).split())


@cache
def sections(lesson):
    """[(heading, level, cells)] of a lesson; a section ends where the next heading of its own level
    or above begins.

    A heading stands in front of its cell's own text, so the cell belongs to it.
    """
    found, open_ones = [], []
    for cell in notebook(lesson).cells:
        parts = (
            re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE)
            if cell.cell_type == "markdown"
            else [cell.source]
        )
        for part in filter(str.strip, parts):
            heading = re.match(r"(#{1,3}) +(.+)", part) if cell.cell_type == "markdown" else None
            if heading:
                level = len(heading[1])
                open_ones = [section for section in open_ones if section[1] < level]
                open_ones.append((heading[2].strip(), level, []))
                found.append(open_ones[-1])
            for section in open_ones:
                section[2].append((cell, part))
    return found


def section(lesson, heading):
    """The (cell, part of its text) pairs under the only heading of a lesson that reads so."""
    (found,) = [pairs for name, _, pairs in sections(lesson) if name == heading]
    return found


@cache
def strings(lesson):
    """All string constants in a lesson's code cells."""
    trees = [ast.parse(cell.source) for cell in notebook(lesson).cells if cell.cell_type == "code"]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def calls(pairs, function):
    """The calls of a function, by its name, in the code cells of a section."""
    trees = [ast.parse(part) for cell, part in pairs if cell.cell_type == "code"]
    nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [node for node in nodes if getattr(node.func, "id", "") == function]


def tagged(lesson, tag):
    """The cells of a lesson that have a tag."""
    return [cell for cell in notebook(lesson).cells if tag in cell.metadata.get("tags", [])]


# ---- topics


def test_every_entry_of_the_decks_inventory_is_accounted_for_once():
    assert [topic["n"] for topic in TOPICS] == list(range(1, 173))
    assert {deck: sum(topic["deck"] == deck for topic in TOPICS) for deck in DECKS} == ENTRIES
    assert sorted(LESSONS) == [f"{k:02}" for k in range(1, 9)]


@pytest.mark.parametrize(
    "topic", TOPICS, ids=lambda topic: f"{topic['n']}-{topic['topic']}".replace(" ", "-")[:50]
)
def test_every_topic_has_a_home_in_a_lesson_or_a_reason(topic):
    if "reason" in topic:
        assert topic["reason"] in REASONS and "lesson" not in topic
    else:
        home = section(topic["lesson"], topic["section"])
        assert len(plain(" ".join(part for _, part in home)).split()) > 25, (
            "the section is all but empty"
        )


def test_hardly_anything_is_left_out():
    left_out = [topic for topic in TOPICS if "reason" in topic]
    assert len(left_out) < 0.15 * len(TOPICS)
    asked = [topic["topic"] for topic in left_out if topic["kind"] in ASKED]
    assert asked == [], "a question to students is never left out"


# ---- questions


def test_every_question_and_exercise_of_the_decks_is_put_to_our_students():
    kinds = [topic["kind"] for topic in TOPICS]
    assert {kind: kinds.count(kind) for kind in ASKED} == ASKED
    asked = {(topic["n"], topic["deck"]) for topic in TOPICS if topic["kind"] in ASKED}
    assert {(question["n"], question["deck"]) for question in QUESTIONS} == asked


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda question: f"{question['n']}-{question['form']}"
)
def test_a_question_stands_where_it_is_said_to_stand_and_in_that_form(question):
    pairs = section(question["lesson"], question["section"])
    holding = [cell for cell, part in pairs if plain(question["where"]) in plain(part)]
    assert holding, f"{question['where']!r} does not occur under {question['section']!r}"
    form, cell = question["form"], holding[0]
    if form == "written":
        after = notebook(question["lesson"]).cells[
            notebook(question["lesson"]).cells.index(cell) + 1
        ]
        assert "question" in cell.metadata["tags"] and "written" in after.metadata["tags"]
    elif form == "exercise":
        assert calls(pairs, "check")
    elif form == "predict":
        said = [
            ast.literal_eval(argument)
            for call in calls(pairs, "predict")
            for argument in call.args[1:2]
        ]
        assert any(question["where"] in text for text in said)
    else:
        assert form == "text" and cell.cell_type == "markdown" and not cell.metadata.get("tags")


# ---- numbers and errata


@pytest.mark.parametrize("id", [row.id for row in numbers()])
def test_every_number_of_the_decks_appears_in_its_lesson(id):
    said = strings(number(id).lesson)
    assert id in said or any(
        id.startswith(prefix) and id[len(prefix) :] in said for prefix in said if prefix
    )


@pytest.mark.parametrize("erratum", errata(), ids=lambda erratum: str(erratum.n))
def test_every_erratum_belongs_to_a_lesson_that_speaks_of_its_deck(erratum):
    assert NAMED[erratum.deck].search(plain(LESSONS[erratum.lesson].read_text(encoding="utf-8")))


# ---- the shape of a lesson


@every_lesson
def test_a_lesson_has_the_rhythm_of_the_course(lesson):
    prose = "\n\n".join(
        cell.source for cell in notebook(lesson).cells if cell.cell_type == "markdown"
    )
    for words in (
        "**When you are done you can**",
        "**You need**",
        "**Time**",
        "**Where it comes from.**",
    ):
        assert prose.count(words) == 1
    names = [name for name, _, _ in sections(lesson)]
    order = [names.index("Predict"), next(k for k, name in enumerate(names) if name.startswith("Play")), names.index("Break it"),
             names.index("What you can now do")]  # fmt: skip
    assert order == sorted(order)
    assert names[-1] == "What you can now do"


@every_lesson
def test_every_prediction_comes_back_with_the_truth(lesson):
    code = [(cell, cell.source) for cell in notebook(lesson).cells if cell.cell_type == "code"]
    keys = [call.args[0].value for call in calls(code, "predict")]
    assert (
        keys and len(keys) == len(set(keys)) and all(key.startswith(f"{lesson}.") for key in keys)
    )
    assert [
        key for key in keys if not any(f'predict.show("{key}"' in text for _, text in code)
    ] == []


@every_lesson
def test_a_lesson_checks_every_exercise_once_and_one_of_them_is_a_planted_bug(lesson):
    names = [
        name
        for cell in notebook(lesson).cells
        if cell.cell_type == "code" and (name := checked(cell.source))
    ]
    (package,) = {name.partition(".")[0] for name in names}
    assert len(names) == len(set(names)) >= 5 and f"{package}.break_it" in names
    assert all(find_exercise(name).points > 0 for name in names)
    assert any("### INSTEAD" in part for _, part in section(lesson, "Break it"))


@every_lesson
def test_a_lesson_asks_one_or_two_questions_in_words_and_has_their_answers(lesson):
    answers = tagged(lesson, "written")
    assert 1 <= len(answers) <= 2 and len(tagged(lesson, "question")) == len(answers)
    assert all(len(answer.source.split()) > 60 for answer in answers)


@every_lesson
def test_a_lesson_is_worth_about_twenty_points(lesson):
    graded = [
        cell.metadata["nbgrader"]
        for cell in notebook(lesson).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert 17 <= sum(cell["points"] for cell in graded) <= 25
