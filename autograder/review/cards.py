"""A question with numbers drawn afresh: what is given, what is asked, and what an answer says.

The number that is right comes from the exercise's own solution, and a slip is named by the
exercise's own misconceptions: what the judge would say of a function is said of a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from autograder.exercises import find_exercise
from autograder.exercises.exercise import Exercise

#: An answer is right within this share of the exact number: three significant digits suffice. A whole number is
#: right only as it is.
CLOSE = 0.006
#: So far, as a share, what a slip gives must be from the exact number, or it is drawn again; where
#: it is the same to so many digits, the slip makes no difference here.
APART, SAME = 0.03, 1e-4
SMALLEST, LARGEST, DRAWS = 0.01, 1000.0, 500
UNREAD = (
    "That is no number to judge, so it does not count. Type a number such as −0.12, or a product or"
    " quotient of numbers such as 0.4 * -0.3 or 1/2."
)
NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)


class Drawn(NamedTuple):
    """What a question draws.

    Attributes
    ----------
    arguments : tuple
        Of the exercise's function.
    given : dict
        What is shown, by the name that the lesson uses.
    asked : str
        The quantity that is asked for.
    pick : callable
        ``result -> float``: that quantity in what the function returns.
    """

    arguments: tuple
    given: dict[str, Any]
    asked: str
    pick: Callable[[Any], float]


@dataclass(frozen=True)
class Question:
    """A kind of question.

    Attributes
    ----------
    name : str
        ``"04.hidden-weight"``.
    exercise : str
        Whose solution says what is right.
    draw : callable
        ``rng -> Drawn``.
    says : str
        What the reader should know beside the numbers: the activation functions, the loss.
    function : int
        Which of the exercise's functions.
    whole : bool
        Whether a whole number is asked for, which is right only as it is.
    """

    name: str
    exercise: str
    draw: Callable[[np.random.Generator], Drawn]
    says: str = ""
    function: int = 0
    whole: bool = False

    @property
    def of(self) -> Exercise:
        """The exercise itself."""
        return find_exercise(self.exercise)

    def card(self, seed: int) -> Card:
        """Draw a card: the same seed draws the same.

        It is drawn again while the exact number is tiny or huge, stands among what is given, or is
        close to what a slip would give: such a card could be answered rightly for a wrong reason.

        Raises
        ------
        RuntimeError
            When no such card is found in `DRAWS` attempts: the question's data is at fault.
        """
        rng = np.random.default_rng(seed)
        for _ in range(DRAWS):
            drawn = self.draw(rng)
            exact = _number(self.of.solution[self.function], drawn)
            if exact is None or not SMALLEST <= abs(exact) <= LARGEST:
                continue
            slips = dict(self._slips(drawn, exact))
            near = [*_numbers(drawn.given.values()), *slips.values()]
            if not any(_share(other, exact) < APART for other in near):
                return Card(
                    self, seed, drawn.given, drawn.asked, exact, slips, drawn.arguments, drawn.pick
                )
        raise RuntimeError(f"{self.name}: no card found in {DRAWS} attempts")

    def _slips(self, drawn: Drawn, exact: float):
        """What each misconception gives; those that make no difference here are left out."""
        for misconception in self.of.misconceptions:
            function = misconception.functions[self.function]
            value = _number(function, drawn) if function else None
            if value is not None and _share(value, exact) > SAME:
                yield misconception.name, value


class Said(NamedTuple):
    """What an answer is told: whether it is right, in words, the slip that is named, and whether
    there was a number to judge."""

    right: bool
    words: str
    slip: str = ""
    judged: bool = True


@dataclass(frozen=True)
class Card:
    """A question with its numbers.

    Attributes
    ----------
    question, seed
        What it was drawn from.
    given, asked
        What is shown.
    exact : float
        The right number.
    slips : dict
        Misconception -> the number that it gives.
    arguments, pick
        Of the exercise's function, as they were drawn.
    """

    question: Question
    seed: int
    given: Mapping[str, Any]
    asked: str
    exact: float
    slips: Mapping[str, float]
    arguments: tuple
    pick: Callable[[Any], float]

    def answer(self, typed: str) -> Said:
        """Judge what was typed: a number, or a product or quotient of numbers such as ``0.4 *
        -0.3`` and ``1/2``. What cannot be read is not judged."""
        value = read(typed)
        if value is None:
            return Said(False, UNREAD, judged=False)
        close = 1e-9 if self.question.whole else CLOSE
        if _share(value, self.exact) <= close:
            return Said(True, f"Right: {self.asked} = {_digits(self.exact)}.")
        named = [n for n, other in self.slips.items() if _share(value, other) <= close]
        if named:
            told = {m.name: m.explanation for m in self.question.of.misconceptions}
            return Said(False, told[named[0]], named[0])
        if _share(-value, self.exact) <= close:
            return Said(False, "The size is right, the sign is not.")
        return Said(False, "Not this number.")

    def solved(self) -> str:
        """The right number, and where the way to it stands."""
        section = self.question.of.section
        return f"{self.asked} = {_digits(self.exact)}. The way to it: “{section}”."


def read(typed: str) -> float | None:
    """A number, or what numbers with ``*`` and ``/`` between them give; a comma may stand for the
    point. None where it is neither."""
    text = typed.strip().replace("−", "-").translate(str.maketrans("·×÷∕⁄", "**///"))
    first, *others = re.split(r"([*/])", text)
    parts = [("*", first), *zip(others[::2], others[1::2], strict=True)]
    if not all(NUMBER.fullmatch(part.strip()) for _, part in parts):
        return None
    value = np.float64(1.0)
    with np.errstate(all="ignore"):
        for sign, part in parts:
            number = float(part.strip().replace(",", "."))
            value = value * number if sign == "*" else value / number
    return float(value) if np.isfinite(value) else None


def _number(function: Callable, drawn: Drawn) -> float | None:
    """What a function gives for the quantity that is asked; None where it gives no number."""
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in drawn.arguments]
    try:
        with np.errstate(all="ignore"):
            value = float(drawn.pick(function(*copies)))
    except Exception:  # a misconception may well raise
        return None
    return value if np.isfinite(value) else None


def _numbers(values) -> list[float]:
    return [float(x) for value in values for x in np.ravel(value)]


def _share(value: float, exact: float) -> float:
    """How far a value is from the exact one, as a share of it."""
    return abs(value - exact) / max(abs(exact), 1e-300)


def _digits(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def shown(value: Any) -> Sequence[Sequence[str]]:
    """What is given, as rows of numbers: a number and a list are one row. Each has two decimals, or
    each has none, so that they stand below each other."""
    table = np.atleast_2d(np.asarray(value, dtype=float))
    digits = 0 if np.all(table == np.round(table)) else 2
    return [[f"{x:.{digits}f}".replace("-", "−") for x in row] for row in table]
