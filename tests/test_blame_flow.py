"""The picture that lesson 4 opens with: lines as wide as derivatives are large, and which of them
die."""

import numpy as np
import pytest

from course import examples
from course.gradcheck import numeric_gradient
from course.plots.blame_flow import WIDE, WIDEST, signed
from course.widgets.blame_flow import EDGES, BlameFlow, blame

W1 = np.array([[0.3, -0.3], [-0.4, 0.6]])


def divergence(x, first, second):
    return 0.5 * (1 / (1 + np.exp(-np.tanh(x @ first) @ second))[0] - 1) ** 2


def dead(picture):
    """The lines that the picture draws as dead."""
    numbers = picture._flow.numbers
    return [edge for edge in EDGES if "dead" in numbers[edge].get_text()]


def test_the_six_derivatives_are_those_that_are_measured():
    x, W2 = np.array([-0.7, 1.9]), np.array([[1.4], [-0.6]])
    found, _ = blame(x, W2)
    measured = [*numeric_gradient(lambda W: divergence(x, W, W2), W1).ravel(),
                *numeric_gradient(lambda W: divergence(x, W1, W), W2).ravel()]  # fmt: skip
    assert list(found.values()) == pytest.approx(measured, abs=1e-9)


def test_a_line_is_as_wide_as_its_derivative_is_large():
    picture = BlameFlow()
    found, _ = blame(np.array([-0.8, 1.4]), np.array([[1.5], [-1.0]]))
    for edge, value in found.items():
        width = picture._flow.lines[edge].get_linewidth()
        assert width == pytest.approx(np.clip(WIDE * abs(value), 0.6, WIDEST))


@pytest.mark.parametrize(
    "settings, wanted",
    [
        ({}, []),
        ({"x2": 0.0}, [("x2", "h1"), ("x2", "h2")]),
        ({"v1": 0.0}, [("x1", "h1"), ("x2", "h1")]),
        ({"x1": 0.0, "x2": 0.0}, EDGES),
    ],
)
def test_the_lines_that_the_lesson_says_die_do_and_no_other(settings, wanted):
    picture = BlameFlow()
    for name, value in settings.items():
        getattr(picture, name).value = value
    assert dead(picture) == wanted
    said = picture.text().splitlines()[-1]
    assert all(f"{start} to {end}" in said for start, end in wanted)


def test_a_derivative_that_is_merely_small_is_not_said_to_be_0():
    assert signed(3e-9) == "+3e-9" and signed(-3e-9) == "-3e-9" and signed(0.0) == "0"


def test_reset_brings_the_start_back_which_gives_no_prediction_of_the_lesson_away():
    picture = BlameFlow()
    before = picture.text()
    picture.x1.value, picture.v2.value = -2.0, 1.5
    assert picture.text() != before
    picture.reset.click()
    assert picture.text() == before
    _, x, _ = examples.two_two_one()
    assert (picture.x1.value, picture.x2.value) != tuple(x)
    shown = blame(np.array([-0.8, 1.4]), np.array([[1.5], [-1.0]]))[0]
    asked = blame(np.array(x), np.array([[0.9], [0.3]]))[0]
    signs = lambda found: sum(value > 0 for value in found.values())
    assert (signs(shown), signs(asked)) == (3, 1)
    assert max(shown, key=lambda e: abs(shown[e])) != max(asked, key=lambda e: abs(asked[e]))


def test_what_is_zero_but_for_rounding_is_dead():
    found, _ = blame(np.array([0.4, 0.3]), np.array([[1.5], [-1.0]]))  # z1 = 0.12 - 0.12
    assert [edge for edge, value in found.items() if value == 0] == [("h1", "y")]
    picture = BlameFlow()
    picture.x1.value, picture.x2.value = 0.4, 0.3
    assert "Dead: h1 to y." in picture.text() and "e-1" not in picture.text()
