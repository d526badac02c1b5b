"""Run a student's function once more and note what its local variables hold, statement by
statement.

This module knows no answers. It traces one frame, that of the function itself, in one call of one
case; what other functions do is not looked at. What it keeps is bounded in number, size and time,
and is plain data: copies of numbers. Where something else traces already (a debugger, a coverage
tool), nothing is run at all.
"""

from __future__ import annotations

import inspect
import linecache
import sys
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograder.evidence.inputs import Case, KeyPath
from autograder.evidence.probe import as_usual, run_case

if TYPE_CHECKING:
    from autograder.evidence.plain import Holder

SECONDS = 1.5  # for a call that is run again: a busy machine may keep a quick one waiting
QUICK = 0.2  # seconds of computing that a call may have taken without a trace
MAX_STEPS = 1_500
MAX_NAMES = 40
MAX_SIZE = 2_000  # numbers of one variable
MAX_TOTAL = 200_000  # numbers altogether
MAX_PARTS = 60  # arrays in a list or dictionary
MAX_DEPTH = 3
EXACT = (np.float64, np.float32, np.float16, np.int64, np.int32, np.bool_, float, int, bool)

#: A variable as plain data: path inside it -> numbers. None where it holds no numbers, or too many.
Held = dict[KeyPath, np.ndarray] | None


class Step(NamedTuple):
    """A line that was executed, and the variables that are different after it."""

    line: int
    changed: dict[str, Held]


class Walk(NamedTuple):
    """What a function did on its way: its arguments as it got them, its steps, and what it
    returned.

    `source` is the text of the file (the cell) that the function stands in, `first` the line of it
    where its definition begins. `steps` are in the order of time; the last one is the line that
    returned. `parameters` are its own, in order and without ``self``, and `notebook` the functions
    of the same notebook whose names its code holds.
    """

    source: str
    first: int
    arguments: dict[str, Held]
    steps: tuple[Step, ...]
    returned: Held
    parameters: tuple[str, ...] = ()
    notebook: tuple[str, ...] = ()


class _Enough(Exception):
    """More than is kept."""


class _Traced:
    """A function that is traced in its `nth` call."""

    def __init__(self, function: Callable[..., Any], nth: int):
        self.function, self.left, self.room = function, nth, MAX_TOTAL
        self.code = code_of(function)
        self.frame: FrameType | None = None
        self.start: dict[str, Held] = {}
        self.seen: dict[str, Held] = {}
        self.steps: list[Step] = []
        self.line = 0
        self.returned: Held = None
        self.whole = False
        self.enter, self.follow = self._enter, self._follow  # one object each, to be known again

    def __call__(self, *arguments: Any) -> Any:
        self.left -= 1
        if self.left != 0 or in_use():
            return self.function(*arguments)
        sys.settrace(self.enter)
        try:
            return self.function(*arguments)
        finally:
            if sys.gettrace() is self.enter:
                sys.settrace(None)
            self.frame = None

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        """The trace function for new frames: it follows the first one of the function itself."""
        if self.frame is not None or frame.f_code is not self.code:
            return None
        self.frame, self.line = frame, 0
        frame.f_trace_opcodes = False
        return self.follow

    def _follow(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if event == "exception":
            return self.follow
        try:
            self._note(frame)
            if event == "return":
                self.returned = self._copied(argument)
                self.whole = True
        except _Enough:
            self.whole = False
            if sys.gettrace() is self.enter:
                sys.settrace(None)
            return None
        self.line = frame.f_lineno
        return self.follow

    def _note(self, frame: FrameType) -> None:
        """Keep what the line that has just ended did."""
        now: dict[str, Held] = {}
        local = frame.f_locals
        if len(local) > MAX_NAMES or len(self.steps) >= MAX_STEPS:
            raise _Enough
        for name in list(local):
            now[name] = self._copied(local[name])
        if self.line == 0:
            self.start = now
        else:
            changed = {
                name: held
                for name, held in now.items()
                if name not in self.seen or not _same(held, self.seen[name])
            }
            self.steps.append(Step(self.line, changed))
        self.seen = now

    def _copied(self, value: Any) -> Held:
        found: dict[KeyPath, np.ndarray] = {}
        if not _read(value, (), found):
            return None
        self.room -= sum(part.size for part in found.values())
        if self.room < 0:
            raise _Enough
        return found


def _read(
    value: Holder | np.ndarray | float | None, path: KeyPath, found: dict[KeyPath, np.ndarray]
) -> bool:
    """Copy the numbers of a value, calling nothing of the student's; whether there are any."""
    if type(value) in EXACT:
        if type(value) is int and abs(value) > 2**53:
            return False
        found[path] = np.asarray(value)
    elif type(value) is np.ndarray:
        if value.dtype.kind not in "bif" or value.size > MAX_SIZE:
            return False
        found[path] = value.copy()
    elif (type(value) is list or type(value) is tuple or type(value) is dict) and len(
        path
    ) < MAX_DEPTH:
        items: list[tuple[Any, Any]] = list(
            value.items() if type(value) is dict else enumerate(value)
        )
        if len(items) + len(found) > MAX_PARTS:
            return False
        for key, item in items:
            if type(key) in (str, int):
                _read(item, (*path, key), found)  # what is no number among numbers is left out
    else:
        return False
    return True


def _same(a: Held, b: Held) -> bool:
    if a is None or b is None:
        return a is b
    return a.keys() == b.keys() and all(
        part.shape == b[key].shape and np.array_equal(part, b[key], equal_nan=True)
        for key, part in a.items()
    )


def in_use() -> bool:
    """Whether something traces already: a debugger, a coverage tool, a profiler of lines."""
    monitoring = getattr(sys, "monitoring", None)
    debugger = monitoring and monitoring.get_tool(monitoring.DEBUGGER_ID)
    return sys.gettrace() is not None or bool(debugger)


def code_of(function: Any) -> CodeType | None:
    """The code of a function written in Python; None of anything else, and of a generator."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    lazy = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    return code if type(code) is CodeType and not code.co_flags & lazy else None


def walk(functions: Sequence[Any], case: Case, call: int) -> Walk | None:
    """Make the calls of a case up to one, and follow that one line by line.

    Parameters
    ----------
    functions
        The student's.
    case
        With fresh inputs, as for every call.
    call
        Which of its calls is followed: one of a student's function.

    Returns
    -------
    Walk or None
        None where the function cannot be followed: it has no text, it raised, it did more than is
        kept, or something else traces.
    """
    which = case.calls[call].function
    if not isinstance(which, int) or in_use():
        return None
    code = code_of(functions[which])
    source = "".join(linecache.getlines(code.co_filename)) if code else ""
    if code is None or not source:
        return None
    nth = sum(one.function == which for one in case.calls[: call + 1])
    traced = _Traced(functions[which], nth)
    stand = [traced if k == which else function for k, function in enumerate(functions)]
    with as_usual():
        records, _ = run_case(stand, case._replace(calls=case.calls[: call + 1]), SECONDS)
    if records[-1].error is not None or not traced.whole or not traced.steps:
        return None
    return Walk(
        source,
        code.co_firstlineno,
        traced.start,
        tuple(traced.steps),
        traced.returned,
        _parameters(functions[which], code),
        _of_the_notebook(functions[which], code),
    )


def _parameters(function: Any, code: CodeType) -> tuple[str, ...]:
    names = code.co_varnames[: code.co_argcount]
    return names[1:] if inspect.ismethod(function) else names


def _of_the_notebook(function: Any, code: CodeType) -> tuple[str, ...]:
    """Names in a function's code, or in one that stands in it, of functions of its notebook."""
    scope: dict[str, Any] = getattr(getattr(function, "__func__", function), "__globals__", {})
    named: set[str] = set()
    pending = [code]
    while pending:
        one = pending.pop()
        named.update(one.co_names)
        pending += [inner for inner in one.co_consts if type(inner) is CodeType]
    found = {name: scope.get(name) for name in sorted(named)}
    return tuple(n for n, f in found.items() if inspect.isfunction(f) and f.__globals__ is scope)
