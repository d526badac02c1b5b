"""A time limit for a call, on every platform.

In the main thread of a Unix process the interval timer interrupts even a `time.sleep`. Elsewhere the exception is
placed into the running thread, which notices it at its next Python instruction.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
from collections.abc import Iterator


class TookTooLong(BaseException):
    """The time limit passed. Not an `Exception`, so that ``except Exception`` in an endless loop cannot swallow it."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `TookTooLong` inside the block once it has run for `seconds`; repeated while the block goes on."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    with _timer(seconds) if in_main_thread and hasattr(signal, "setitimer") else _thread(seconds):
        yield


@contextlib.contextmanager
def _timer(seconds: float) -> Iterator[None]:
    def ring(signum, frame):
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _thread(seconds: float) -> Iterator[None]:
    target = ctypes.c_ulong(threading.get_ident())
    finished = threading.Event()

    def watch() -> None:
        wait = seconds
        while not finished.wait(wait):
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
