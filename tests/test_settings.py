"""What a notebook sets for numpy, for warnings or for printing changes neither a right answer's
points nor the settings."""

import locale
import random
import warnings

import numpy as np
import pytest

from autograder.check import assess
from autograder.exercises import find_exercise


def overflowing(y, d):
    """Right, with an overflow, an underflow, a division by zero and a warning of its own on the
    way."""
    np.exp(np.array([1000.0, -1000.0]))
    np.array(1.0) / np.array(0.0)
    warnings.warn("my own", stacklevel=1)
    return 0.5 * np.sum((np.asarray(y) - d) ** 2)


def raising():
    np.seterr(all="raise")


def calling():
    np.seterrcall(lambda *what: 1 / 0)
    np.seterr(all="call")


SETTINGS = {
    "numpy raises": raising, "numpy calls": calling, "numpy says nothing": lambda: np.seterr(all="ignore"), "warnings are errors": lambda: warnings.simplefilter("error"),
    "three digits": lambda: np.set_printoptions(precision=1, suppress=True, threshold=3), "a seed": lambda: (np.random.seed(0), random.seed(0)),
    "another locale": lambda: locale.setlocale(locale.LC_ALL, "C"),
}  # fmt: skip


@pytest.fixture
def as_before():
    kept, printed, place = np.geterr(), np.get_printoptions(), locale.setlocale(locale.LC_ALL)
    called = np.geterrcall()
    with warnings.catch_warnings():
        yield
    np.seterrcall(called)
    np.seterr(**kept)
    np.set_printoptions(**printed)
    locale.setlocale(locale.LC_ALL, place)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_of_the_notebook_takes_no_point_from_a_right_answer(as_before, name):
    SETTINGS[name]()
    set_by_the_notebook = np.geterr()
    assert assess("two_two_one.divergence", overflowing, seed=1).score == 1.0
    solution = find_exercise("activations.sigmoid").solution
    assert (
        assess(
            "activations.sigmoid",
            *(solution if isinstance(solution, tuple) else (solution,)),
            seed=1,
        ).score
        == 1.0
    )
    assert np.geterr() == set_by_the_notebook
