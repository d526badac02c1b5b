"""How long a lesson takes: one measure for all eight, which each lesson and README state."""

import re
from pathlib import Path

import pytest

from course import examples
from course.widgets import BackpropStepper
from course.widgets.graph_stepper import GraphStepper

ROOT = Path(__file__).resolve().parents[1]
LESSONS = {path.stem: path.read_text("utf-8") for path in ROOT.glob("course/lessons/*.md")}
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
MODEL_ANSWER = re.compile(
    r'^\+\+\+ \{"tags": \["written"\].*?(?=^\+\+\+)', re.MULTILINE | re.DOTALL
)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### (?:END SOLUTION|INSTEAD)", re.DOTALL)
PICTURES = re.compile(r"^from course\.widgets\S* import (.+)$", re.MULTILINE)
#: How many numbers the pencil asks for, where a lesson opens it.
ASKED = {"01-chain-rule": 7, "04-two-two-one": 19}


def minutes(name):
    """Words at 200 a minute; half a minute to run a cell and read what it says, or to predict;
    three to play with a picture; one for each number that a pencil asks for; for a function to write
    two and one for each of its lines, at most eight; seven for an answer in words."""
    text = LESSONS[name]
    cells, written = CELL.findall(text), len(MODEL_ANSWER.findall(text))
    words = len(MODEL_ANSWER.sub("", CELL.sub("", text)).split())
    imported = [one for line in PICTURES.findall(text) for one in line.split(", ")]
    shown = "|".join(one for one in imported if one[0].isupper())
    played = [cell for cell in cells if re.search(rf"\b({shown})\(", cell)]
    lines = [
        sum(bool(line.strip()) and line.strip()[0] != "#" for line in solution.splitlines())
        for solution in SOLUTION.findall(text)
    ]
    checks = [cell for cell in cells if re.search(r"^check\(", cell, re.MULTILINE)]
    predictions = sum(
        len(re.findall(r"^predict(?:\.sketch|\.point)?\(", cell, re.M)) for cell in cells
    )
    plain = sum("### BEGIN" not in cell for cell in cells) - len(checks)
    assert ("pencil=True" in text) == (name in ASKED)
    return (
        words / 200
        + (plain + predictions) / 2
        + 3 * len(played)
        + ASKED.get(name, 0)
        + sum(min(2 + each, 8) for each in lines)
        + 7 * written
    )


@pytest.mark.parametrize("name", sorted(LESSONS))
def test_a_lesson_takes_as_long_as_it_says(name):
    stated = int(re.search(r"\*\*Time\*\* about (\d+) minutes", LESSONS[name])[1])
    assert stated == pytest.approx(minutes(name), rel=0.05)
    table = re.search(rf"\| `{name}` \|[^|]*\| (\d+) \|", (ROOT / "README.md").read_text("utf-8"))
    assert int(table[1]) == stated


def test_the_pencil_asks_for_as_many_numbers_as_are_counted():
    graph = GraphStepper("(x + y) * max(z, w)", x=-2.0, y=5.0, z=-4.0, w=2.0)
    assert 'GraphStepper("(x + y) * max(z, w)", pencil=True' in LESSONS["01-chain-rule"]
    assert len(graph.walk.steps) == ASKED["01-chain-rule"]
    network = BackpropStepper(*examples.two_two_one())
    assert len(network.walk) == ASKED["04-two-two-one"]
    assert f"each of the {ASKED['04-two-two-one']} numbers" in LESSONS["04-two-two-one"]
