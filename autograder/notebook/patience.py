"""Validate of an endless function: it is waited for once, not again in every later cell that calls
it.

nbgrader interrupts a cell after half a minute. A function that never ends is then called from the
cells that show what it does, and each would cost as much. Once one call took too long, every later
cell but the checks, which have limits of their own, gets a few seconds.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

from autograder.evidence.deadline import TookTooLong

SECONDS = 3.0


class Patience:
    """Watches the cells of one kernel.

    Parameters
    ----------
    ip : IPython.core.interactiveshell.InteractiveShell
    seconds : float
        What a cell gets once a call took too long.
    """

    def __init__(self, ip: Any, seconds: float = SECONDS):
        self._ip, self._seconds = ip, seconds
        self.short = False
        ip.events.register("pre_run_cell", self._begin)
        ip.events.register("post_run_cell", self._end)

    def _begin(self, info: Any) -> None:
        if self.short and not info.raw_cell.lstrip().startswith("check("):
            self._before = signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def _end(self, result: Any) -> None:
        if hasattr(self, "_before"):
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
            del self._before
        self.short |= isinstance(result.error_in_exec, KeyboardInterrupt)

    def _ring(self, signum: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_globals is self._ip.user_global_ns:  # the cell is still at work
                raise TookTooLong(
                    f"stopped after {self._seconds:g} s, as an earlier call took too long"
                )
            frame = frame.f_back


_watching: Patience | None = None


def begin() -> None:
    """Watch the cells where nbgrader validates a notebook; does nothing elsewhere, or a second
    time."""
    global _watching
    if (
        _watching
        or os.environ.get("NBGRADER_EXECUTION") != "validate"
        or "IPython" not in sys.modules
    ):
        return
    from IPython import get_ipython

    if get_ipython() is not None and hasattr(signal, "setitimer"):
        _watching = Patience(get_ipython())


def lose() -> None:
    """A call took too long: be short with the cells to come."""
    if _watching:
        _watching.short = True
