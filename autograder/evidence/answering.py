"""What a test cell runs when a class is graded: the probe, and nothing that judges.

The grader rewrites ``check("name", f)`` into a call of `answer` that carries the inputs; what comes
back is shown as display data of the type `MIME`, which the grader reads and judges in its own
process. Where something is wrong and nothing explains it, the grader asks once more, by `follow`,
how one of those calls goes line by line.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from autograder.evidence.drawn import Drawing, probe_drawn
from autograder.evidence.inputs import Case
from autograder.evidence.probe import Evidence, probe
from autograder.evidence.transport import dumps, loads, too_much
from autograder.evidence.walk import walk

MIME = "application/vnd.backprop.evidence"
MIME_WALK = "application/vnd.backprop.walk"


def answer(order: str, functions: Callable[[], tuple[Any, ...]]) -> None:
    """Call the student's functions on the inputs of an order and show the evidence.

    Parameters
    ----------
    order
        Written by the grader: the exercise's name, how many functions it takes, the cases, the time
        limit, whether a call is repeated, and what may stand in for earlier functions (a `Drawing`,
        or None).
    functions
        Evaluates to the functions that the test cell names. Evaluated here so that a missing name
        is evidence too.
    """
    name, wanted, cases, limit, repeat, drawing = loads(order)
    # the grader knows what it asked
    evidence = replace(_gather(name, wanted, cases, limit, repeat, drawing, functions), cases=())
    text = dumps(evidence)
    # what came first counts more than what came of drawn values
    if evidence.drawn is not None and too_much(text):
        text = dumps(replace(evidence, drawn=None))
    _show(MIME, text)


def follow(order: str, functions: Callable[[], tuple[Any, ...]]) -> None:
    """Make a call once more, followed line by line, and show what the variables held.

    Parameters
    ----------
    order
        Written by the grader: how many functions there are, the case, and which of its calls.
    functions
        As for `answer`. Nothing is shown where they cannot be followed.
    """
    wanted, case, call = loads(order)
    with suppress(Exception):  # whatever they do now: the answers were given before
        found = functions()
        if len(found) == wanted and (followed := walk(found, case, call)):
            _show(MIME_WALK, dumps(followed))


def _show(kind: str, text: str) -> None:
    from IPython.display import display  # pyright: ignore[reportUnknownVariableType]  # IPython leaves types out

    display({kind: text}, raw=True)


def _gather(
    name: str,
    wanted: int,
    cases: tuple[Case, ...],
    limit: float,
    repeat: bool,
    drawing: Drawing | None,
    functions: Callable[[], tuple[Any, ...]],
) -> Evidence:
    try:
        found = functions()
    except NameError as problem:
        missing = str(problem).split("'")[1] if "'" in str(problem) else str(problem)
        return Evidence(
            name,
            cases,
            problem=(
                f"{missing} is not defined: the cell that should define it is missing or failed."
            ),
        )
    if len(found) != wanted:
        return Evidence(
            name, cases, problem=f"{wanted} functions are wanted, {len(found)} were handed over."
        )
    for function in found:
        if not callable(function):
            return Evidence(
                name,
                cases,
                problem=f"A function is wanted; what was handed over is {type(function).__name__}.",
            )
    evidence = probe(name, found, cases, limit, repeat)
    drawn = probe_drawn(name, found, cases, limit, repeat, drawing) if drawing else None
    return replace(evidence, drawn=drawn and replace(drawn, cases=()))
