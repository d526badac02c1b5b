"""What a notebook calls: `check` and `hint`; and `assess`, the same for programs.

In the student's own kernel probing and judging happen one after the other, in milliseconds. What a
check leaves behind there (attempts, buttons, the course's own functions) is
`autograder.notebook`'s.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import date
from typing import Any

from autograder.evidence.drawn import probe_drawn, reached
from autograder.evidence.probe import Evidence, as_usual, probe
from autograder.exercises import find_exercise
from autograder.exercises.exercise import Exercise
from autograder.judging.apart import before
from autograder.judging.judge import judge, standings
from autograder.judging.trial import Trial
from autograder.judging.unwritten import unwritten
from autograder.judging.verdict import Verdict, listed
from autograder.judging.way.wayfinding import lost
from autograder.notebook import course_own, patience
from autograder.notebook.attempts import Attempts
from autograder.notebook.buttons import show_buttons
from autograder.notebook.live import say, shell
from autograder.notebook.quiet import not_written
from autograder.notebook.sameness import fingerprint


class NotYetRight(AssertionError):
    """Raised by `check` while the work is not right. The verdict shown before it says what is
    missing."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.headline)
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows instead of a traceback through our code."""
        # validation shows only this text, so it must say everything
        if os.environ.get("NBGRADER_EXECUTION"):
            return str(self.verdict).split("\n")
        return [f"NotYetRight: {self.args[0]}. What is missing stands above."]


_attempts = Attempts()

#: The verdicts of this kernel, the last of each exercise.
verdicts: dict[str, Verdict] = {}


def _refusal(exercise: Exercise, functions: tuple) -> str | None:
    """Why nothing can be called, in words; None when all is well."""
    wanted = ", ".join(signature.text.split(" ->")[0] for signature in exercise.signatures)
    if len(functions) != len(exercise.signatures):
        return (
            f"{exercise.name} takes {len(exercise.signatures)}"
            f" function{'s' * (len(exercise.signatures) > 1)}, in this order: {wanted}. You handed"
            f" over {len(functions)}."
        )
    for function, signature in zip(functions, exercise.signatures, strict=True):
        if not callable(function):
            return (
                f"{signature.name} should be a function, but it is {type(function).__name__}. Hand"
                f" over the function itself, without calling it: {signature.name}, not"
                f" {signature.name}(…)."
            )
    return None


def _gather(exercise: Exercise, functions: tuple, seed: int) -> tuple[Evidence, Trial | None]:
    """What came back on inputs of this seed, and their trial; None where nothing was called."""
    functions = tuple(course_own.as_written(function) for function in functions)
    problem = _refusal(exercise, functions)
    if problem:
        return Evidence(exercise.name, (), problem=problem), None
    trial = Trial.drawn(exercise, seed)
    return probe(exercise.name, functions, trial.cases, exercise.limit, exercise.repeat), trial


def _judge(
    exercise: Exercise,
    evidence: Evidence,
    functions: tuple,
    trial: Trial | None,
    earlier: dict[str, bool | None],
) -> Verdict:
    """Judge functions; where an earlier one that they use is not right, also with drawn values in
    its place."""
    verdict = judge(exercise, evidence, earlier, trial=trial)
    drawn = trial.drawing if trial and not verdict.passed and not all(earlier.values()) else None
    if drawn is None:
        return verdict
    again = probe_drawn(
        exercise.name, functions, evidence.cases, exercise.limit, exercise.repeat, drawn
    )
    return judge(exercise, replace(evidence, drawn=again), earlier, drawn, trial)


def _earlier(
    exercise: Exercise, evidence: Evidence, functions: tuple, seed: int
) -> dict[str, bool | None]:
    """Judge the functions of earlier exercises that this one uses."""
    found: dict[str, bool | None] = {}
    scopes = [
        getattr(f, "__globals__", None) or getattr(getattr(f, "__func__", None), "__globals__", {})
        for f in functions
    ]
    for other in before(exercise):
        names = [signature.name for signature in other.signatures]
        # its cell failed, or is gone
        missing = {name for name in names if not any(name in scope for scope in scopes)}
        if not (set(names) - missing) & set(evidence.uses) and not any(
            reached(f, tuple(missing)) for f in functions
        ):
            continue
        handed = tuple(
            next((scope[name] for scope in scopes if name in scope), None) for name in names
        )
        if any(map(course_own.is_own, handed)):
            continue
        theirs, trial = _gather(other, handed, seed)
        verdict = _judge(other, theirs, handed, trial, found)
        found.update(standings(other, verdict))
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
    return _assessed(find_exercise(name), functions, seed)[0]


def _assessed(exercise: Exercise, functions: tuple, seed: int | None) -> tuple[Verdict, Evidence]:
    seed = secrets.randbits(63) if seed is None else seed
    # what a notebook sets for numpy or for warnings changes neither the answers nor the judge
    with as_usual():
        evidence, trial = _gather(exercise, functions, seed)
        verdict = judge(exercise, evidence, trial=trial)
        if trial is None or evidence.problem or verdict.passed:
            return verdict, evidence
        earlier = _earlier(exercise, evidence, functions, seed)
        if not all(earlier.values()):
            verdict = _judge(exercise, evidence, functions, trial, earlier)
        return _with_line(exercise, verdict, trial.exact, evidence, functions), evidence


def _with_line(
    exercise: Exercise, verdict: Verdict, exact: Evidence, evidence: Evidence, functions: tuple
) -> Verdict:
    """A verdict that names no mistake, with the line at which the student's own computation leaves
    the right way."""
    if verdict.passed or verdict.diagnosis or verdict.blamed or not verdict.written:
        return verdict
    try:
        found = lost(exercise, exact, evidence, tuple(map(course_own.as_written, functions)))
    except Exception:  # whatever a student's function does in one more call, the verdict stands
        return verdict
    return replace(verdict, lost=found)


def check(name: str, *functions: Any) -> None:
    """Judge functions on an exercise, show the verdict, and raise `NotYetRight` while something is
    wrong.

    In a live notebook the course's own function takes the place of one that is not written, and
    buttons stand below the verdict.

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

    exercise = find_exercise(name)
    course_own.used.clear()
    verdict, evidence = _assessed(exercise, functions, None)
    borrowed, missing = [*course_own.used], _replaced(evidence, functions)
    course_own.used.clear()
    if borrowed:
        verdict = replace(verdict, notes=(*verdict.notes, _only_here(borrowed)))
    if not verdict.passed:
        _attempts.fail(name, fingerprint(functions), verdict.written)
        verdict = _held_back(replace(verdict, hint=_rung(name, verdict.hint or "")))
    if any(
        r.error and r.error.kind == "took too long"
        for records in evidence.observations
        for r in records
    ):
        patience.lose()
    verdicts[name] = verdict
    if verdict.written or shell() is None:
        display(verdict, metadata={"backprop": data_of(verdict)})
    if missing:
        say(not_written(missing), backprop=data_of(verdict))
    if not verdict.passed:
        show_buttons(exercise, functions, verdict, _attempts)
        raise NotYetRight(verdict) from None


def data_of(verdict: Verdict) -> dict[str, Any]:
    """What a program may want to know of a verdict: progress is derived from it."""
    return {"exercise": verdict.exercise, "score": verdict.score, "points": verdict.points, "passed": verdict.passed,
            "written": verdict.written, "when": date.today().isoformat()}  # fmt: skip


def _replaced(evidence: Evidence, functions: tuple) -> list[str]:
    """Names of the functions that are not written; in a live notebook the course's own stand in
    their place now."""
    ip = shell()
    if ip is None:
        return []
    written = [course_own.as_written(function) for function in functions]
    names = [getattr(function, "__name__", "") for function in written]
    missing = [
        k
        for k in unwritten(evidence, names)
        if course_own.is_own(functions[k]) or course_own.put_in_place(ip.user_ns, functions[k])
    ]
    return [names[k] for k in missing]


def _only_here(names: list[str]) -> str:
    own = listed([f"`{name}`" for name in names])
    return (
        f"This was checked with the course's own {own}: yours {'are' if len(names) > 1 else 'is'}"
        " still to be written."
    )


PATIENCE = 3


def _held_back(verdict: Verdict) -> Verdict:
    """Where a bug is to be found by measuring, the first checks name no cause: not the planted bug,
    nor what a mend did."""
    left = PATIENCE - _attempts.failed(verdict.exercise)
    wrong = (row for row in verdict.rows if not row.ok and row.yours not in ("", "—"))
    first = next(wrong, None)  # the rows stand in the order of the walk back
    if not find_exercise(verdict.exercise).planted or first is None or left <= 0:
        return verdict
    tries = "one more try" if left == 1 else f"{left} more tries"
    said = (
        f"{first.symbol or first.name} is the first wrong quantity. Find the cause by measuring:"
        f" after {tries}, each of changed code, the check says what it thinks."
    )
    return replace(verdict, diagnosis=None, finding=said, lost=None)


def _rung(name: str, given: str) -> str:
    """The hint below a failing check: what is blamed, the last rung that was asked for, and how to
    get the next one."""
    rungs, shown = find_exercise(name).hints, _attempts.shown(name)
    blame = given.removesuffix(rungs[0] if rungs else "").strip()
    last = [rungs[shown - 1]] if shown else []
    return " ".join([*([blame] if blame else []), *last, *_more(name, shown, len(rungs))])


def _more(name: str, shown: int, number: int) -> list[str]:
    if shown == number:
        return []
    if os.environ.get("NBGRADER_EXECUTION"):  # another kernel, which knows nothing of the attempts
        return [
            f"Run this check in the notebook: below it is a button for hint {shown + 1} of"
            f" {number}."
        ]
    if _attempts.same(name) and _attempts.failed(name) <= shown:
        return [
            f"Change something and run the check again: then there is hint {shown + 1} of {number}."
        ]
    if shell() is not None:
        return [
            f"The button below gives hint {shown + 1} of {number}; so does hint({name!r}) in a new"
            " cell."
        ]
    return [f"Run hint({name!r}) in a new cell for hint {shown + 1} of {number}."]


def hint(name: str) -> None:
    """Show the next rung of an exercise's hint ladder. Each failing check of changed code allows
    one rung more.

    Parameters
    ----------
    name
        The exercise, such as ``"two_two_one.backward"``.

    Raises
    ------
    KeyError
        When there is no such exercise.
    """
    said, why_no_more = _attempts.climb(find_exercise(name))
    if not said:
        why_no_more = (
            f"Try it first: run check({name!r}, …). After a failing check there is a hint."
        )
    print("\n".join([*said, *([why_no_more] if why_no_more else [])]))
