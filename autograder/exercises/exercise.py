"""An exercise is data: what is asked, what is right, what goes wrong, and how to help.

Nothing in this module decides anything. `autograder.evidence.probe` calls functions on cases,
`autograder.judging.judge` compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from autograder.evidence.inputs import (
    Call,
    Case,
    Digits,
    Function,
    Graph,
    Recorder,
    Ref,
    Rng,
    Strided,
)

__all__ = [
    "Call",
    "Case",
    "Close",
    "Digits",
    "Exercise",
    "Function",
    "Graph",
    "Misconception",
    "Recorder",
    "Ref",
    "Rng",
    "Signature",
    "Strided",
    "built_on",
]


class Signature(NamedTuple):
    """A function's name and its parameters, as a student reads them."""

    name: str
    parameters: tuple[str, ...]
    text: str

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read ``"backward(x, d, W1, W2) -> gradients"``."""
        match = re.fullmatch(r"(\w+)\((.*?)\)\s*(->.*)?", text.strip())
        if match is None:
            raise ValueError(f"not a signature: {text!r}")
        parameters = tuple(p.split("=")[0].strip() for p in match[2].split(",") if p.strip())
        return cls(match[1], parameters, text.strip())


class Misconception(NamedTuple):
    """A named wrong implementation, and what a good tutor would say about it.

    `functions` holds one callable for each of the exercise's functions, None where that function is
    right.
    """

    name: str
    explanation: str
    functions: tuple[Callable[..., Any] | None, ...]


class Close(NamedTuple):
    """Right means within ``tolerance * max(1, largest exact entry)``; `single` is the tolerance for
    float32."""

    tolerance: float = 1e-5
    single: float = 1e-4

    def __call__(self, yours: np.ndarray, exact: np.ndarray, is_single: bool) -> np.ndarray:
        """Entrywise verdict, a boolean array of the common shape."""
        scale = max(1.0, float(np.abs(exact).max(initial=0.0)))
        return np.abs(yours - exact) <= (self.single if is_single else self.tolerance) * scale


class Several(NamedTuple):
    """What is right where no single value is exact: `words` for it, `entries` that say for which
    entries of the quantity, and `where` they are.
    """

    words: str
    entries: np.ndarray
    where: str = ""


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Parameters
    ----------
    name
        ``"<lesson>.<exercise>"``.
    signatures
        One signature for each function that is handed in, in order.
    points
        Points of the test cell.
    section
        The heading of the lesson where the idea is taught.
    solution
        One trusted function for each signature.
    oracle
        The same computed by an independent path: finite differences wherever a gradient is asked,
        loops elsewhere. Only the tests use it.
    results
        For each function the name of its result, or a tuple of names where it returns several.
        Names of dictionary entries come from the dictionary.
    deck_cases
        The cases that a deck works through.
    draw
        ``rng -> list of cases`` of sizes and values that no deck shows.
    deck
        Row name -> ids of `autograder.decks` numbers, entry by entry (None where nothing is
        printed).
    symbols
        Row name -> the quantity as the lesson writes it.
    rules
        Row name -> rule of comparison; `Close` where nothing is said.
    misconceptions, hints
        What goes wrong, and the ladder nudge -> formula -> worked line.
    fresh
        Results must not share memory with what was handed in.
    limit
        Seconds that one call may take.
    properties
        For results that cannot be compared number by number (random training):
        ``evidence -> list of (row name, ok, yours, wanted, comment)``. A sixth entry names the
        misconception that the comment explains, where it is a known one.
    giveaways
        Rows of `properties` that an answer without any work can have right. They count only beside
        another right row.
    accept
        ``(call, yours, exact) -> yours``: where several answers are right (a subgradient at a kink,
        a number that may be broadcast), turns an acceptable answer into the exact one and leaves
        every other as it is. Plain data in and out: tuples are lists, and nothing is known about
        what `yours` looks like.
    accepted
        ``(call, row) -> Several``, or None: where no single value is exact, what is right in its
        place.
    quiet
        Whether numpy's overflow, invalid and divide warnings cost the row "no warning".
    mutable
        Parameters that the function may change (a state that is its own).
    draw_full
        Larger cases for the grading of a class, where the notebook's own check is a quick trial.
    planted
        For the exercises called “break it”: the functions as the release shows them. Only what is
        mended scores.
    repeat
        Whether one case is called twice to see that the answer stays the same.
    chain
        Where rows are computed one from another: row name -> ``(at, own) -> value``, in the order
        of the computation.
        ``at.x`` is an argument or a `known` quantity, ``own["z"]`` the student's value of an
        earlier row. A row whose value is that of its formula on wrong earlier values counts as
        right. None: computed from the arguments alone.
    known
        One for each signature: ``arguments -> dict`` of what the lesson names on the way to the
        result and the function does not return. With these and the arguments a verdict says how a
        wrong number is related to the exact one.
    backwards
        Rows whose entries are computed from the last to the first.
    looks
        Function name -> the form of its result, for drawn values in its place
        (`autograder.evidence.drawn`): an expression of its parameters, in which ``draw(a)`` is an
        array of a's shape.
    ways
        Function name -> the ways to build it on the lesson's earlier functions, each ``(own,
        *arguments) -> result``, where
        ``own.forward`` is the earlier ``forward``, or what stands in for it. Empty where it needs
        none.
    known_apart
        Function name -> `known` built on the earlier functions, ``(own, *arguments) -> dict``.
    draw_apart
        ``rng -> list of cases`` for drawn values where those of `draw` do not fit: where training
        is judged by what it learns, which with drawn values is nothing.
    story
        ``(case, records) -> text``: what the records of a wrong case show besides numbers; facts
        only, "" where nothing.
    """

    name: str
    signatures: tuple[Signature, ...]
    points: float
    section: str
    solution: tuple[Callable[..., Any], ...]
    oracle: tuple[Callable[..., Any], ...]
    results: tuple[str | tuple[str, ...], ...]
    draw: Callable[[np.random.Generator], Sequence[Case]]
    deck_cases: tuple[Case, ...] = ()
    deck: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Close] = field(default_factory=dict)
    misconceptions: tuple[Misconception, ...] = ()
    hints: tuple[str, ...] = ()
    fresh: bool = False
    limit: float = 2.0
    properties: Callable[..., list[tuple[Any, ...]]] | None = None
    giveaways: tuple[str, ...] = ()
    accept: Callable[[Call, Any, Any], Any] | None = None
    accepted: Callable[[Call, str], Several | None] | None = None
    quiet: bool = False
    mutable: tuple[str, ...] = ()
    draw_full: Callable[[np.random.Generator], Sequence[Case]] | None = None
    planted: tuple[Callable[..., Any], ...] = ()
    repeat: bool = True
    chain: Mapping[str, Callable[[Any, Mapping[str, Any]], Any]] = field(default_factory=dict)
    known: tuple[Callable[..., dict[str, Any]] | None, ...] = ()
    backwards: tuple[str, ...] = ()
    looks: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, tuple[Callable[..., Any], ...]] = field(default_factory=dict)
    known_apart: Mapping[str, Callable[..., dict[str, Any]]] = field(default_factory=dict)
    draw_apart: Callable[[np.random.Generator], Sequence[Case]] | None = None
    story: Callable[[Case, Sequence[Any]], str] | None = None

    @property
    def lesson(self) -> str:
        """The lesson's name, the part before the dot."""
        return self.name.partition(".")[0]

    def but(self, **changes: Any) -> Exercise:
        """The same exercise with some fields changed: how `break_it` is made from the exercise it
        is a version of."""
        return replace(self, **changes)


NEEDED = {
    "points": "what its test cell is worth",
    "section": "the heading of the lesson where the idea is taught",
    "solution": "a trusted function for each signature",
    "oracle": "the same computed by an independent path, for the tests",
    "results": "the name of each result",
    "draw": "rng -> random cases",
}


def built_on(
    exercises: Sequence[Exercise], looks: Mapping[str, str], ways: Mapping[str, tuple[Callable[..., Any], ...]],
    known: Mapping[str, Callable[..., Any]] | None = None,
    draw: Mapping[str, Callable[..., Any]] | None = None,
) -> list[Exercise]:  # fmt: skip
    """A lesson's exercises with how they are built on one another.

    `looks`, `ways`, `known` (for `Exercise.known_apart`) and `draw` (for `Exercise.draw_apart`) are
    given by function name.
    """
    found = []
    for one in exercises:
        names = [signature.name for signature in one.signatures]
        mine = lambda table, names=names: {
            name: table[name] for name in names if name in (table or {})
        }
        found.append(
            one.but(
                looks=mine(looks),
                ways=mine(ways),
                known_apart=mine(known),
                draw_apart=next(iter(mine(draw).values()), None),
            )
        )
    return found


def exercise(name: str, *signatures: str, misconceptions=(), known=(), **fields) -> Exercise:
    """Write an `Exercise` down with less punctuation.

    A single function, result name, misconception function or `known` may be given bare instead of
    in a tuple.

    Raises
    ------
    TypeError
        When something that every exercise has is missing, or a solution has no name of its own;
        says what to add.
    """
    missing = [f"{field} ({what})" for field, what in NEEDED.items() if field not in fields]
    if missing or not signatures:
        raise TypeError(f"{name} lacks {', '.join(missing) or 'a signature'}")
    solution, oracle, results = fields.pop("solution"), fields.pop("oracle"), fields.pop("results")
    parsed = tuple(Signature.parse(text) for text in signatures)
    as_tuple = lambda value: value if isinstance(value, tuple) else (value,)
    if len(parsed) == 1 and isinstance(results, tuple):
        results = (results,)
    bugs = tuple(
        Misconception(m, text, as_tuple(functions)) for m, text, functions in misconceptions
    )
    for function in as_tuple(solution):
        if getattr(function, "__name__", "") == "<lambda>":
            raise TypeError(f"{name}: write the solution with def; the tests read its text")
    return Exercise(
        name=name,
        signatures=parsed,
        solution=as_tuple(solution),
        oracle=as_tuple(oracle),
        results=as_tuple(results),
        misconceptions=bugs,
        known=as_tuple(known),
        **fields,
    )


def named(rows: Sequence[tuple], names: Mapping[str, str]) -> list[tuple]:
    """Rows of a property-judged exercise, with the name of the known slip that a comment explains.

    `names` maps a slip's name to words of its comment, which is given only where the evidence shows
    that slip.
    """
    return [
        (*row, next((name for name, words in names.items() if words in row[4]), "")) for row in rows
    ]
