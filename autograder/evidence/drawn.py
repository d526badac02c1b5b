"""Drawn values in the place of a student's earlier functions, so that one slip costs one slip.

A function that calls earlier ones is called a second time with a stand-in for each of them. A
stand-in knows no answer: it gives numbers drawn from a seed, in the shapes that the earlier
function's description names. They are a function of the arguments, so it does not matter in which
order or how often it is called, and wrong arguments show. Part of what runs beside student code:
numpy and the standard library only.
"""

from __future__ import annotations

import contextlib
import inspect
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograder.evidence.inputs import Case, Function
from autograder.evidence.probe import Evidence, probe

if TYPE_CHECKING:
    from autograder.evidence.inputs import Value

LOW, HIGH = 0.1, 0.9  # between 0 and 1: a drawn value may be an activation, a probability, a loss
FEATURES = 3
DEPTH = 4


class Drawing(NamedTuple):
    """What stands in for which function, and where its numbers come from.

    `looks` maps a function's name to the form of its result: an expression of its parameters in
    which ``draw(a)`` is an array of a's shape. `cases` are the inputs of the second probe, those of
    the first one where it is None.
    """

    seed: int
    looks: dict[str, Function]
    cases: tuple[Case, ...] | None = None


class StandIn:
    """A function with drawn values: the same for the same arguments, other ones for others.

    Parameters
    ----------
    name
        The function that it stands for.
    look
        The form of its result.
    seed
        Of the numbers.
    """

    def __init__(self, name: str, look: Function, seed: int):
        self.__name__, self.called = name, False
        self._key = (seed, zlib.crc32(name.encode()))
        self._result = eval(f"lambda draw, {look.parameters}: {look.expression}", {"np": np})
        parameters = list(inspect.signature(self._result).parameters.values())[1:]
        self.__signature__ = inspect.Signature(parameters)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Drawn numbers of the form that the result has: the same for the same arguments, others
        for others."""
        self.called = True
        bound = self.__signature__.bind(*arguments, **named)
        bound.apply_defaults()
        numbers = np.concatenate([np.zeros(0), *_numbers(list(bound.arguments.values()))])
        drawn = iter(range(1_000_000))
        at = _projection(*self._key, numbers.size) @ np.nan_to_num(numbers)

        def draw(like: Any) -> Any:
            rng = np.random.default_rng((*self._key, next(drawn)))
            shape = np.shape(like)
            phase = rng.uniform(0, 2 * np.pi, shape) + rng.uniform(-1, 1, (*shape, FEATURES)) @ at
            values = LOW + (HIGH - LOW) * (0.5 + 0.5 * np.sin(phase))
            return values if shape else float(values)

        return self._result(draw, **bound.arguments)


@lru_cache(maxsize=8)
def _projection(seed: int, name: int, size: int) -> np.ndarray:
    """How the numbers of the arguments move the drawn ones, (FEATURES, size)."""
    return (
        np.random.default_rng((seed, name, size)).normal(size=(FEATURES, size))
        * 2
        / np.sqrt(max(size, 1))
    )


def _numbers(value: Value) -> Iterator[np.ndarray]:
    """All numbers in an argument. A generator gives its next one: another call with it is another
    call."""
    if isinstance(value, np.random.Generator):
        yield np.array([value.random()])
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _numbers(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _numbers(item)
    elif value is not None and not callable(value) and not isinstance(value, str):
        yield np.ravel(np.asarray(value, dtype=float))


def reached(function: Any, names: Sequence[str], depth: int = DEPTH) -> set[str]:
    """Which of `names` a function's code refers to, itself or through helpers of the same notebook.

    What stands behind one of the names is not looked into: there the stand-in will be.
    """
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    scope: dict[str, Any] | None = getattr(function, "__globals__", None)
    found: set[str] = set()
    if not inspect.iscode(code) or type(scope) is not dict or depth == 0:
        return found
    pending, seen = [code], {function.__name__}
    while pending:
        block = pending.pop()
        pending += [constant for constant in block.co_consts if inspect.iscode(constant)]
        found |= set(block.co_names) & set(names)
        for name in set(block.co_names) - found - seen:
            seen.add(name)
            helper = scope.get(name)
            if inspect.isfunction(helper) and helper.__globals__ is scope:
                found |= reached(helper, names, depth - 1)
    return found


@contextlib.contextmanager
def standing(scope: dict[str, Any], stand_ins: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Put stand-ins into a namespace, and back what was there, whatever happens."""
    before = {name: scope[name] for name in stand_ins if name in scope}
    scope.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            scope.pop(name, None)
        scope.update(before)


def probe_drawn(
    exercise: str,
    functions: Sequence[Any],
    cases: Sequence[Case],
    limit: float,
    repeat: bool,
    drawing: Drawing,
) -> Evidence | None:
    """Call functions with drawn values in place of the earlier ones that they call.

    Returns
    -------
    Evidence or None
        Its `uses` are the functions for which a stand-in was called. None where none was: there is
        nothing to be had by a second probe, or the functions are out of reach (in a closure, under
        another name).
    """
    scopes: list[dict[str, Any] | None] = [
        getattr(getattr(f, "__func__", f), "__globals__", None) for f in functions
    ]
    names = sorted(set[str]().union(*(reached(f, tuple(drawing.looks)) for f in functions)))
    stand_ins = {name: StandIn(name, drawing.looks[name], drawing.seed) for name in names}
    if not stand_ins:
        return None
    with contextlib.ExitStack() as stack:
        for scope in {id(s): s for s in scopes if type(s) is dict}.values():
            stack.enter_context(
                standing(scope, {n: s for n, s in stand_ins.items() if callable(scope.get(n, s))})
            )
        found = probe(
            exercise, functions, cases if drawing.cases is None else drawing.cases, limit, repeat
        )
    called = tuple(name for name, stand_in in stand_ins.items() if stand_in.called)
    return replace(found, uses=called) if called else None
