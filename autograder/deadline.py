"""A time limit for a call, on every platform.

In the main thread of a Unix process the interval timer interrupts even a `time.sleep`. Elsewhere the exception is
placed into the running thread, which notices it at its next Python instruction.
"""

from __future__ import annotations

import contextlib
import ctypes
import random
import signal
import threading
from collections.abc import Iterator

PATIENCE = 5  # rings that may be swallowed before they come too fast for a bare `except:` in a loop


class TookTooLong(BaseException):
    """The time limit passed. Not an `Exception`, so that ``except Exception`` in an endless loop cannot swallow it."""


class Clock:
    """What happened during the block: whether its time ran out (`rang`), whether a user stopped it (`interrupted`)."""

    def __init__(self) -> None:
        self.rings, self.interrupted, self.over = 0, False, False

    @property
    def rang(self) -> bool:
        return self.rings > 0


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[Clock]:
    """Raise `TookTooLong` inside the block once it has run for `seconds`; repeated while the block goes on."""
    clock = Clock()
    in_main_thread = threading.current_thread() is threading.main_thread()
    timer = _timer if in_main_thread and hasattr(signal, "setitimer") else _thread
    with _interrupts(clock) if in_main_thread else contextlib.nullcontext(), timer(seconds, clock):
        yield clock


@contextlib.contextmanager
def _interrupts(clock: Clock) -> Iterator[None]:
    """Note a real interrupt, so that it is not mistaken for a `KeyboardInterrupt` that the block raises by itself."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield
        return

    def note(signum, frame):
        clock.interrupted = True
        before(signum, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _timer(seconds: float, clock: Clock) -> Iterator[None]:
    def ring(signum, frame):
        if clock.over:
            return
        clock.rings += 1
        # Each ring may be caught by the very `try` that it falls into. At random microseconds one falls between two.
        signal.setitimer(signal.ITIMER_REAL, 0.2 if clock.rings < PATIENCE else random.uniform(1e-6, 3e-5))
        if frame is None or frame.f_code.co_filename not in (__file__, contextlib.__file__):
            raise TookTooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        clock.over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


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
        ctypes.pythonapi.PyThreadState_SetAsyncExc(target, None)
