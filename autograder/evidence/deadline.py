"""A time limit for a call, on every platform.

In the main thread of a Unix process the interval timer interrupts even a `time.sleep`. Elsewhere
the exception is placed into the running thread, which notices it at its next Python instruction.
In a browser's tab there are neither timers nor threads: there Python looks at the clock itself,
each time a loop begins anew or a function is called. What stays within one call of numpy or of the
standard library is not stopped there.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import Any

IN_A_TAB = sys.platform == "emscripten"  # Python compiled for the browser

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep  # all of `autograder`


class TookTooLong(BaseException):
    """The time limit passed. Not an `Exception`, so that ``except Exception`` in an endless loop
    cannot swallow it."""


class Clock:
    """What happened during the block: whether its time ran out (`rang`), whether a user stopped it
    (`interrupted`)."""

    def __init__(self) -> None:
        self.rings, self.interrupted, self.over = 0, False, False

    @property
    def rang(self) -> bool:
        """Whether the time was up at least once."""
        return self.rings > 0


_trusted: ContextVar[bool] = ContextVar("trusted", default=False)


@contextlib.contextmanager
def trusted() -> Iterator[None]:
    """Set no time limit in the block: it calls the grader's own functions, which end by themselves,
    some hundred times in a drawing, and each limit costs more than the call."""
    before = _trusted.set(True)
    try:
        yield
    finally:
        _trusted.reset(before)


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[Clock]:
    """Raise `TookTooLong` inside the block once it has run for `seconds`; repeated while the block
    goes on. Inside `trusted` it does nothing, and an interrupt is always a user's."""
    clock = Clock()
    if _trusted.get():
        clock.interrupted = True
        yield clock
        return
    in_main_thread = threading.current_thread() is threading.main_thread()
    timer = _timer if in_main_thread and hasattr(signal, "setitimer") else _thread
    if IN_A_TAB:
        timer = _look
    with _interrupts(clock) if in_main_thread else contextlib.nullcontext(), timer(seconds, clock):
        yield clock


@contextlib.contextmanager
def _interrupts(clock: Clock) -> Iterator[None]:
    """Note a real interrupt, so that it is not mistaken for a `KeyboardInterrupt` that the block
    raises by itself."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return

    def note(signum: int, frame: FrameType | None) -> None:
        clock.interrupted = True
        before(signum, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _timer(seconds: float, clock: Clock) -> Iterator[None]:
    def ring(signum: int, frame: FrameType | None) -> None:
        if clock.over:
            return
        clock.rings += 1
        if frame is not None and frame.f_code.co_filename in (__file__, contextlib.__file__):
            return  # the block has ended, or is about to go on: not a place to raise
        if clock.rings > 1:
            _raise_at_next_line(frame)
        raise TookTooLong

    before, tracer = signal.signal(signal.SIGALRM, ring), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        clock.over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if clock.rings > 1:
            sys.settrace(tracer)


def _raise_at_next_line(frame: FrameType | None) -> None:
    """Let the next line of the block raise too: where a bare ``except:`` in a loop swallows one,
    that is its own first."""

    def stop(frame: FrameType, event: str, argument: Any) -> Any:
        if (
            frame.f_code.co_filename.startswith(HERE)
            or frame.f_code.co_filename == contextlib.__file__
        ):
            return None
        if event == "line":
            raise TookTooLong
        return stop

    sys.settrace(stop)
    while frame is not None and not frame.f_code.co_filename.startswith(HERE):
        frame.f_trace = stop
        frame = frame.f_back


@contextlib.contextmanager
def _thread(seconds: float, clock: Clock) -> Iterator[None]:
    target = ctypes.c_ulong(threading.get_ident())
    finished = threading.Event()

    def watch() -> None:
        wait = seconds
        while not finished.wait(wait):
            clock.rings += 1
            ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(TookTooLong))
            wait = 0.2

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()
        if clock.rings:
            _settle(target)


@contextlib.contextmanager
def _look(seconds: float, clock: Clock) -> Iterator[None]:
    """Look at the clock at each jump and call: Python 3.12 tells of them at little cost."""
    monitoring: Any = vars(sys)["monitoring"]
    events = monitoring.events
    end = time.monotonic() + seconds
    tool = next(k for k in range(6) if monitoring.get_tool(k) is None)

    def look(code: CodeType, *_: Any) -> None:
        if clock.over or time.monotonic() < end:
            return
        if code.co_filename in (__file__, contextlib.__file__):
            return  # the block has ended, or is about to go on: not a place to raise
        clock.rings += 1
        raise TookTooLong

    watched = (events.JUMP, events.PY_START, events.PY_RESUME)
    monitoring.use_tool_id(tool, "deadline")
    for event in watched:
        monitoring.register_callback(tool, event, look)
    monitoring.set_events(tool, sum(watched))
    try:
        yield
    finally:
        clock.over = True
        monitoring.set_events(tool, 0)
        for event in watched:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)


class _Nothing(BaseException):
    """Takes the place of an exception that has not been raised yet."""


def _settle(target: ctypes.c_ulong) -> None:
    """Let nothing stay behind of an exception that this thread was sent.

    Taking it back (with None) would leave Python's note that one is waiting: Python 3.11 then waits
    for ever as soon as something traces. So another one is sent after it, and caught.
    """
    try:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(_Nothing))
        while True:  # it is raised here
            pass
    except _Nothing:
        return
