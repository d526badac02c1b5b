"""Call a student's functions and write down what came back. This module knows no answers.

It is all of `autograder` that runs beside student code when a class is graded, so it imports
nothing but numpy and the standard library. Inputs arrive as plain data and are made anew for every
call; what a call did leaves as an `Evidence`: numbers, texts and flags, never live objects.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numpy as np

from autograder.evidence.deadline import Clock, TookTooLong, deadline
from autograder.evidence.inputs import SERVICES, Call, Case, Ref, make, remembered, same
from autograder.evidence.names import names_read, names_used
from autograder.evidence.overflow import told
from autograder.evidence.plain import MAX_ENTRIES, MAX_TEXT, arrays, plain

if TYPE_CHECKING:
    from autograder.evidence.inputs import Kept
    from autograder.evidence.plain import Holder

T = TypeVar("T")
MAX_PRINTED = 1_000_000
LATE = 3
LACKING = " of an earlier call is missing: does one `return a, b` give all that is asked for?"
# seconds that this thread has computed; a browser's tab has one thread, and counts none of its time
_computed: Callable[[], float] = getattr(time, "thread_time", time.perf_counter)
# seconds for our own part of a call, which may touch what a student's function gave
PREPARING = 30.0


class Raised(NamedTuple):
    """An exception: its type, message, and the student's line it came from."""

    kind: str
    message: str
    where: str


@dataclass(frozen=True)
class Record:
    """What one call did.

    `returned` is plain data (numbers, arrays, dicts with text keys, lists, None, texts, `Opaque`);
    `error` is set instead when the call raised. `changed` names the arguments that were modified,
    `shared` says whether a result shares memory with an argument, `warned` lists numpy's floating
    point warnings, `seconds` is how long the call computed (not how long it waited for its turn).
    """

    function: int | None
    returned: Any = None
    error: Raised | None = None
    changed: tuple[int, ...] = ()
    shared: bool = False
    warned: tuple[str, ...] = ()
    printed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Evidence:
    """What a student's functions returned on some cases.

    `observations[i]` are the records of `cases[i]`; `again` are the records of `cases[again_case]`
    called a second time after the first results had been modified. `problem` is set when nothing
    could be called at all. `uses` are the names of other functions that the student's code refers
    to, `reads` those of data of the notebook. `drawn` is what came back with drawn values in place
    of the earlier functions that its `uses` name (`autograder.evidence.drawn`), None where that was
    not tried.
    """

    exercise: str
    cases: tuple[Case, ...]
    observations: tuple[tuple[Record, ...], ...] = ()
    again_case: int | None = None
    again: tuple[Record, ...] = ()
    problem: str | None = None
    uses: tuple[str, ...] = field(default=())
    drawn: Evidence | None = None
    reads: tuple[str, ...] = field(default=())


class _Sink(io.TextIOBase):
    """Counts what is printed and keeps nothing."""

    count = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.count += len(text)
        return len(text)


def _student_line(error: BaseException) -> str:
    """The innermost line of the traceback that belongs to the student."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    foreign = (ours, sys.prefix, sys.base_prefix, os.path.dirname(os.__file__))
    found = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(foreign) or frame.filename == "<string>":
            continue
        text = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
        found = (
            f"line {frame.lineno} of {frame.name}: {text}"
            if text
            else f"line {frame.lineno} of {frame.name}"
        )
    return found[:MAX_TEXT]


def _raised(error: BaseException) -> Raised:
    try:
        with deadline(1.0):
            message = str(error)[:MAX_TEXT]
    except BaseException as broken:  # the message of a student's own exception is student code
        message = f"(its message could not be read: {type(broken).__name__})"
    return Raised(type(error).__name__, message, _student_line(error))


def _guarded(action: Callable[[], T], limit: float) -> tuple[T | None, BaseException | None]:
    """Run student code: what it gave, or what it raised. Only an interrupt by the user gets
    through.

    A block that caught its `TookTooLong` and went on took too long all the same.
    """
    value: T | None = None
    error: BaseException | None = None
    clock = Clock()
    try:
        with deadline(limit) as clock:
            value = action()
    except BaseException as problem:  # also SystemExit: exit() in an answer must not end the kernel
        error = problem
    if isinstance(error, KeyboardInterrupt) and clock.interrupted:
        raise error
    return value, TookTooLong() if clock.rang else error


def _call(
    function: Callable[..., Any], index: int | None, arguments: tuple[Any, ...], limit: float
) -> tuple[Record, Any]:
    """Call once; returns the record and the live result (which later calls of the case may
    need)."""
    # may be a student's object
    before, _ = _guarded(lambda: tuple(remembered(argument) for argument in arguments), PREPARING)
    sink, read = _Sink(), None
    started = _computed()
    with _quiet(sink) as caught:
        result, problem = _guarded(lambda: function(*arguments), limit)
        seconds = _computed() - started
        warned = tuple(
            sorted(
                {
                    w
                    for c in caught
                    for w in ("overflow", "invalid", "divide")
                    if w in str(c.message)
                }
            )
        )
        if problem is None:
            read, problem = _guarded(lambda: (plain(result), _shares(result, arguments)), limit)
    changed, _ = _guarded(lambda: _changed(arguments, before or ()), PREPARING)
    returned, shared = read or (None, False)
    error = None if problem is None else _failure(problem, function, arguments, limit)
    return (
        Record(index, returned, error, changed or (), shared, warned, sink.count, seconds),
        result,
    )


def _changed(arguments: tuple[Any, ...], before: tuple[Kept, ...]) -> tuple[int, ...]:
    return tuple(
        i for i, (new, old) in enumerate(zip(arguments, before, strict=False)) if not same(new, old)
    )


@contextlib.contextmanager
def _quiet(sink: io.TextIOBase) -> Iterator[list[warnings.WarningMessage]]:
    """Keep what a call prints and warns away from the reader, and what it does to numpy's settings
    away from the rest."""
    out = cast("IO[str]", sink)  # what `print` asks of it, it can
    with as_usual() as caught, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        yield caught


@contextlib.contextmanager
def as_usual() -> Iterator[list[warnings.WarningMessage]]:
    """numpy and Python's warnings as they are in a fresh kernel, whatever a notebook has set;
    afterwards as the notebook had them.

    Gives the list of the warnings that are raised in the block, none of which is shown or an error.
    """
    # numpy's own defaults
    numpys = np.errstate(call=None, divide="warn", over="warn", invalid="warn", under="ignore")  # pyright: ignore[reportArgumentType]  # None is one
    with numpys, warnings.catch_warnings(record=True) as caught, told():
        warnings.simplefilter("always")
        yield caught


def _shares(result: Any, arguments: tuple[Any, ...]) -> bool:
    given = arrays(arguments)
    return any(np.shares_memory(mine, theirs) for mine in arrays(result) for theirs in given)


def _failure(
    problem: BaseException, function: Callable[..., Any], arguments: tuple[Any, ...], limit: float
) -> Raised:
    """Why a call gave nothing: out of time, not to be called like this, or an exception of its
    own."""
    if isinstance(problem, TookTooLong):
        return Raised("took too long", f"{limit:g} s", "")
    if isinstance(problem, TypeError) and not _fits(function, arguments):
        inside = (
            frame
            for frame, _ in traceback.walk_tb(problem.__traceback__)
            if frame.f_code.co_filename != __file__
        )
        if next(inside, None) is None:  # raised by the call itself, not in the function
            return Raised("wrong parameters", _parameters(function), "")
    return _raised(problem)


def _fits(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    """Whether a function can take these arguments, as far as its signature says."""
    try:
        inspect.signature(function, follow_wrapped=False).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # some built-in functions have no signature to look at
        pass
    return True


def _parameters(function: Callable[..., Any]) -> str:
    try:
        return str(inspect.signature(function))
    except (TypeError, ValueError):
        return "(unknown)"


def _named(call: Call) -> str:
    """Which result of an earlier call is called, or cannot be: whatever it raises."""
    path: list[Any] = [*getattr(call.function, "path", ())]
    return f"result {path[0] + 1}" if [type(key) for key in path] == [int] else "a result"


def run_case(
    functions: Sequence[Callable[..., Any]], case: Case, limit: float
) -> tuple[tuple[Record, ...], list[Any]]:
    """Make the calls of one case. Returns the records and the live results."""
    records: list[Record] = []
    live: list[Any] = []
    for call in case.calls:
        index = call.function if isinstance(call.function, int) else None
        found, problem = _guarded(lambda call=call: _prepared(call, functions, live), PREPARING)
        if problem is not None or found is None:
            records.append(
                Record(
                    index,
                    error=Raised("no result", f"{_named(call)}{LACKING}", ""),
                )
            )
            live.append(None)
            continue
        function, arguments = found
        if not callable(function):
            kind = type(function).__name__
            records.append(
                Record(
                    index,
                    error=Raised(
                        "not a function", f"{_named(call)} should be a function and is a {kind}", ""
                    ),
                )
            )
            live.append(None)
            continue
        record, result = _call(function, index, arguments, limit)
        records.append(record)
        live.append(result)
    return tuple(records), live


def _prepared(
    call: Call, functions: Sequence[Callable[..., Any]], live: list[Any]
) -> tuple[Any, tuple[Any, ...]]:
    return _chosen(call.function, functions, live), tuple(
        make(argument, live) for argument in call.arguments
    )


def _chosen(
    wanted: int | Ref | str, functions: Sequence[Callable[..., Any]], live: list[Any]
) -> Any:
    if isinstance(wanted, str):
        return SERVICES[wanted]
    return functions[wanted] if isinstance(wanted, int) else make(wanted, live)


def _add_one_to_numbers(result: Holder, depth: int) -> None:
    items: list[tuple[Any, Any]] = (
        list(result.items())
        if type(result) is dict
        else list(enumerate(result))
        if type(result) in (list, tuple)
        else []
    )
    for key, item in items[:MAX_ENTRIES] if depth else []:
        if type(item) in (dict, list, tuple):
            _add_one_to_numbers(item, depth - 1)
        elif type(item) in (int, float) and isinstance(result, (dict, list)):
            result[key] = item + 1


def _spoil(result: Any) -> None:
    """Modify a result in place, as a careless caller might: its arrays, and the numbers in its
    lists and dictionaries."""
    _add_one_to_numbers(result, depth=4)
    for array in arrays(result):
        if array.flags.writeable and array.dtype.kind in "fiu":
            np.add(array, 1, out=array, casting="unsafe")


def probe(
    exercise: str,
    functions: Sequence[Any],
    cases: Sequence[Case],
    limit: float = 2.0,
    repeat: bool = True,
    named: bool = True,
) -> Evidence:
    """Call `functions` on every case and write down what came back.

    After a call that took too long no further case is tried: an endless loop costs one time limit,
    not one a case. Only cases that stand alone (`Case.alone`) go on, where one before was done in
    time. Where `named` is False, the names that the functions refer to are not looked for: of
    trusted functions nobody asks for them.
    """
    with as_usual():
        return _probe(exercise, functions, tuple(cases), limit, repeat, named)


def _probe(
    exercise: str,
    functions: Sequence[Any],
    cases: tuple[Case, ...],
    limit: float,
    repeat: bool,
    named: bool,
) -> Evidence:
    late = done = 0
    observations: list[tuple[Record, ...]] = []
    again: tuple[Record, ...] = ()
    again_case = len(cases) - 1 if repeat and cases else None
    for i, case in enumerate(cases):
        records, live = run_case(functions, case, limit)
        observations.append(records)
        timed_out = any(r.error is not None and r.error.kind == "took too long" for r in records)
        late += timed_out
        done += not timed_out
        if timed_out and late >= (LATE if case.alone and done else 1):
            skipped = Record(
                None, error=Raised("took too long", "not tried after the time-out", "")
            )
            observations += [(skipped,) * len(c.calls) for c in cases[i + 1 :]]
            again_case = None
            break
        if i == again_case:
            _guarded(lambda live=live: [_spoil(result) for result in live], PREPARING)
            again, _ = run_case(functions, case, limit)
    told = functions if named else ()
    uses = sorted(set[str]().union(*(names_used(f) for f in told)))
    reads = sorted(set[str]().union(*map(names_read, told)))
    return Evidence(
        exercise,
        cases,
        tuple(observations),
        again_case,
        again,
        None,
        tuple(uses),
        reads=tuple(reads),
    )
