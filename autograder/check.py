"""What a notebook calls: `check` and `hint`; and `assess`, the same for programs.

In the student's own kernel probing and judging happen one after the other, in milliseconds.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from typing import Any

from autograder.apart import before, drawing
from autograder.drawn import probe_drawn, reached
from autograder.exercise import Exercise
from autograder.exercises import find_exercise
from autograder.judge import draw_cases, judge, standing
from autograder.probe import Evidence, probe
from autograder.verdict import Verdict


class NotYetRight(AssertionError):
    """Raised by `check` while the work is not right. The verdict shown before it says what is missing."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.headline)
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows instead of a traceback through our code."""
        if os.environ.get("NBGRADER_EXECUTION"):  # validation shows only this text, so it must say everything
            return str(self.verdict).split("\n")
        return [f"NotYetRight: {self.args[0]}. What is missing stands above."]


class _Session:
    """What this kernel remembers: failing attempts, hints shown, and which functions passed."""

    def __init__(self) -> None:
        self.failed: dict[str, int] = {}
        self.shown: dict[str, int] = {}
        self.passed: dict[str, dict[str, bool]] = {}


_session = _Session()


def _refusal(exercise: Exercise, functions: tuple) -> str | None:
    """Why nothing can be called, in words; None when all is well."""
    wanted = ", ".join(signature.text.split(" ->")[0] for signature in exercise.signatures)
    if len(functions) != len(exercise.signatures):
        return (f"{exercise.name} takes {len(exercise.signatures)} function{'s' * (len(exercise.signatures) > 1)}, "
                f"in this order: {wanted}. You handed over {len(functions)}.")
    for function, signature in zip(functions, exercise.signatures, strict=True):
        if not callable(function):
            return (f"{signature.name} should be a function, but it is {type(function).__name__}. Hand over the function "
                    f"itself, without calling it: {signature.name}, not {signature.name}(…).")
    return None


def _gather(exercise: Exercise, functions: tuple, seed: int) -> Evidence:
    problem = _refusal(exercise, functions)
    if problem:
        return Evidence(exercise.name, (), problem=problem)
    return probe(exercise.name, functions, draw_cases(exercise, seed), exercise.limit, exercise.repeat)


def _judge(exercise: Exercise, evidence: Evidence, functions: tuple, seed: int, earlier: dict[str, bool | None]) -> Verdict:
    """Judge functions; where an earlier one that they use is not right, also with drawn values in its place."""
    verdict = judge(exercise, evidence, earlier)
    drawn = drawing(exercise, seed) if not verdict.passed and not evidence.problem and not all(earlier.values()) else None
    if drawn is None:
        return verdict
    again = probe_drawn(exercise.name, functions, evidence.cases, exercise.limit, exercise.repeat, drawn)
    return judge(exercise, replace(evidence, drawn=again), earlier, drawn)


def _earlier(exercise: Exercise, evidence: Evidence, functions: tuple, seed: int) -> dict[str, bool | None]:
    """Judge the functions of earlier exercises that this one uses."""
    found: dict[str, bool | None] = {}
    scopes = [getattr(f, "__globals__", None) or getattr(getattr(f, "__func__", None), "__globals__", {}) for f in functions]
    for other in before(exercise):
        names = [signature.name for signature in other.signatures]
        missing = {name for name in names if not any(name in scope for scope in scopes)}  # its cell failed, or is gone
        if not (set(names) - missing) & set(evidence.uses) and not any(reached(f, tuple(missing)) for f in functions):
            continue
        handed = tuple(next((scope[name] for scope in scopes if name in scope), None) for name in names)
        verdict = _judge(other, _gather(other, handed, seed), handed, seed, found)
        found.update(dict.fromkeys(names, standing(verdict)))
    return found


def assess(name: str, *functions: Any, seed: int | None = None) -> Verdict:
    """Judge functions on an exercise.

    Parameters
    ----------
    name
        The exercise, such as ``"two_two_one.backward"``.
    *functions
        The functions that it asks for, in the order of its signatures.
    seed
        Draws the random inputs; fresh ones each time when left out.

    Returns
    -------
    Verdict
        With `score` (0…1), `passed`, `rows`, `diagnosis` and `hint`.

    Raises
    ------
    KeyError
        When there is no such exercise; near names are given.
    """
    exercise, seed = find_exercise(name), secrets.randbits(63) if seed is None else seed
    evidence = _gather(exercise, functions, seed)
    verdict = judge(exercise, evidence)
    if verdict.passed or evidence.problem:
        return verdict
    earlier = _earlier(exercise, evidence, functions, seed)
    return verdict if all(earlier.values()) else _judge(exercise, evidence, functions, seed, earlier)


def check(name: str, *functions: Any) -> None:
    """Judge functions on an exercise, show the verdict, and raise `NotYetRight` while something is wrong.

    Parameters
    ----------
    name
        The exercise, such as ``"two_two_one.backward"``.
    *functions
        The functions that it asks for, in the order of its signatures.

    Raises
    ------
    NotYetRight
        When the work is not right yet.
    KeyError
        When there is no such exercise.
    """
    from IPython.display import display

    verdict = assess(name, *functions)
    if not verdict.passed:
        _session.failed[name] = _session.failed.get(name, 0) + 1
        verdict = _held_back(replace(verdict, hint=_rung(name, verdict.hint or "")))
    display(verdict)
    if not verdict.passed:
        raise NotYetRight(verdict) from None


PATIENCE = 3


def _held_back(verdict: Verdict) -> Verdict:
    """Where a bug is to be found by measuring, the first checks do not name it."""
    if not find_exercise(verdict.exercise).planted or verdict.diagnosis is None or _session.failed[verdict.exercise] >= PATIENCE:
        return verdict
    first = next(row for row in verdict.rows if not row.ok)
    said = (f"{first.symbol or first.name} is the first wrong quantity. Find the cause by measuring: after "
            f"{PATIENCE - _session.failed[verdict.exercise]} more tries the check says what it thinks.")
    return replace(verdict, diagnosis=None, finding=said)


def _rung(name: str, given: str) -> str:
    """The hint below a failing check: what is blamed, the last rung that was asked for, and how to get the next one."""
    rungs, shown = find_exercise(name).hints, _session.shown.get(name, 0)
    blame = given.removesuffix(rungs[0] if rungs else "").strip()
    last = [rungs[shown - 1]] if shown else []
    more = [f"Run hint({name!r}) in a new cell for hint {shown + 1} of {len(rungs)}."] if shown < len(rungs) else []
    return " ".join([*([blame] if blame else []), *last, *more])


def hint(name: str) -> None:
    """Show the next rung of an exercise's hint ladder. Each failing check allows one rung more.

    Parameters
    ----------
    name
        The exercise, such as ``"two_two_one.backward"``.
    """
    rungs = find_exercise(name).hints
    allowed = min(_session.failed.get(name, 0), len(rungs))
    shown = _session.shown.get(name, 0)
    if allowed == 0:
        print(f"Try it first: run check({name!r}, …). After a failing check there is a hint.")
        return
    if shown < allowed:
        shown += 1
        _session.shown[name] = shown
    for i, text in enumerate(rungs[:shown], start=1):
        print(f"Hint {i} of {len(rungs)}: {text}")
    if shown == allowed < len(rungs):
        print("Use it, run the check again, and there is another one.")
