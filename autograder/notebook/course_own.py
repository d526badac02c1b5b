"""The course's own function in the place of one that is not written yet, so that later cells have
something to show.

It stands in the notebook's namespace from the moment at which the stub is run until the student's
own definition takes its place. It is marked, it says where it is used, and for `check` it is the
stub that it stands for.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograder.exercises import all_exercises
from autograder.exercises.exercise import Exercise

MARK = "course_own"  # the pictures know it too: course.widgets.stepper.yours

#: Names of the course's own functions that were called since somebody last looked.
used: dict[str, None] = {}


def own_function(exercise: Exercise, index: int, stub: Callable) -> Callable:
    """The course's own function for one of an exercise's, to be called as the student's would be.

    Parameters
    ----------
    exercise
    index
        Which of its functions.
    stub
        The student's function in whose place it stands: name, parameters and docstring are its.

    Returns
    -------
    function
        With the attributes `course_own` (True) and `stub`.
    """
    solution, name, shape = (
        exercise.solution[index],
        exercise.signatures[index].name,
        inspect.signature(stub),
    )

    def own(*arguments: Any, **named: Any) -> Any:
        used[name] = None
        bound = shape.bind(*arguments, **named)
        bound.apply_defaults()
        with np.errstate(all="ignore"):  # a warning would name our files
            return solution(*bound.args, **bound.kwargs)

    own.__name__ = own.__qualname__ = name
    own.__doc__ = stub.__doc__
    vars(own).update({"__signature__": shape, "stub": stub, MARK: True})
    return own


def is_own(value: Any) -> bool:
    """Whether something is a function of the course that stands for an unwritten one."""
    return inspect.isfunction(value) and getattr(value, MARK, False) is True


def as_written(value: Any) -> Any:
    """What the student wrote: the stub where the course's own function stands in its place, else
    the value itself."""
    return value.stub if is_own(value) else value


@cache
def _asked() -> dict[tuple[str, tuple[str, ...]], tuple[Exercise, int]]:
    """(name, parameters) -> the exercise that asks for such a function, and which of its functions
    it is."""
    return {(signature.name, signature.parameters): (exercise, k)
            for exercise in reversed(all_exercises()) if not exercise.planted
            for k, signature in enumerate(exercise.signatures)}  # fmt: skip


def asked_for(function: Any) -> tuple[Exercise, int] | None:
    """The exercise that asks for a function of this name and with these parameters, and its place
    there."""
    code = getattr(function, "__code__", None)
    if not inspect.isfunction(function) or code is None:
        return None
    return _asked().get((function.__name__, code.co_varnames[: code.co_argcount]))


def put_in_place(namespace: dict[str, Any], function: Callable) -> bool:
    """Put the course's own function in the place of an unwritten one; whether there is one."""
    found = asked_for(function)
    if found is None or namespace.get(function.__name__) is not function:
        return False
    namespace[function.__name__] = own_function(*found, function)
    return True


def stubs(source: str) -> list[str]:
    """Names of the functions, defined at the top of a cell, that can only raise
    NotImplementedError.

    Parameters
    ----------
    source
        Python text. One that does not parse has none.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    return [
        node.name for node in body if isinstance(node, ast.FunctionDef) and _never_answers(node)
    ]


def _never_answers(function: ast.FunctionDef) -> bool:
    last = function.body[-1]
    raised = (
        last.exc.func
        if isinstance(last, ast.Raise) and isinstance(last.exc, ast.Call)
        else getattr(last, "exc", None)
    )
    if getattr(raised, "id", "") != "NotImplementedError":
        return False
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Return, ast.Yield, ast.YieldFrom)):
            return False
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending += ast.iter_child_nodes(node)
    return True
