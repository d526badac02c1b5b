"""No wall of traceback for what is only unfinished, and a word where the course's own functions
were used.

IPython's own doors are used: a handler for two kinds of exceptions, and events before and after
each cell. The cell has failed all the same. Every other exception looks as ever.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable
from typing import Any

from autograder.judging.verdict import listed
from autograder.notebook import course_own
from autograder.notebook.live import say, shell

INSTALLED = "_backprop_quiet"
RELEASED = "YOUR CODE HERE"  # nbgrader's mark in what is to be written


def begin(not_yet_right: type[Exception]) -> None:
    """Make a live kernel quiet about unfinished work; does nothing elsewhere, or a second time.

    Parameters
    ----------
    not_yet_right
        What `check` raises once it has shown its verdict.
    """
    ip = shell()
    if ip is None or getattr(ip, INSTALLED, False):
        return
    setattr(ip, INSTALLED, True)
    stubs: set[Any] = set()  # functions as the release gives them, no exercise's among them

    def handle(
        self: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None
    ) -> list[str]:
        if isinstance(error, not_yet_right):
            return _told(self, f"{kind.__name__}: {error}")
        function = _raised_in(self, trace)
        if function is not None and course_own.put_in_place(self.user_ns, function):
            say(not_written([function.__name__]))
        elif function is not None and function in stubs:
            say(f"`{function.__name__}` is not written yet.")
        else:
            self.showtraceback(
                (kind, error, trace), tb_offset=tb_offset, running_compiled_code=True
            )
            return _lines(self._last_traceback)
        return _told(self, f"{function.__name__} is not written yet")

    ip.set_custom_exc((not_yet_right, NotImplementedError), handle)
    ip.events.register("pre_run_cell", lambda *_: course_own.used.clear())
    ip.events.register("post_run_cell", lambda result: _after(ip, result, stubs))


def not_written(names: list[str]) -> str:
    """The line for functions that are not written yet and were replaced."""
    are, they, their = ("are", "they are", "own ones") if len(names) > 1 else ("is", "it is", "own")
    return (
        f"{_in_code(names)} {are} not written yet. Until {they}, later cells use the course's"
        f" {their}."
    )


def _in_code(names: Iterable[str]) -> str:
    return listed([f"`{name}`" for name in names])


def _told(ip: Any, text: str) -> list[str]:
    """What the reply of the cell carries: programs that run notebooks read it. A browser's tab has
    none, and its kernel would show it below the verdict.
    """
    if sys.platform != "emscripten":
        ip._last_traceback = [text]
    return [text]


def _lines(kept: Any) -> list[str]:
    """The lines of a traceback that a kernel has kept."""
    return list(kept["traceback"] if isinstance(kept, dict) else kept or [])


def _raised_in(ip: Any, trace: Any) -> Any | None:
    """The notebook's function in which an exception was raised; None where it was elsewhere."""
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    code, scope = frames[-1].f_code, frames[-1].f_globals
    function = scope.get(code.co_name)
    return (
        function
        if scope is ip.user_global_ns and getattr(function, "__code__", None) is code
        else None
    )


def _after(ip: Any, result: Any, stubs: set[Any]) -> None:
    """After a cell: replace the stubs it has defined, and say whose functions were at work."""
    raw = getattr(getattr(result, "info", None), "raw_cell", None) or ""
    if RELEASED in raw:
        for name in course_own.stubs(ip.transform_cell(raw)):
            if not course_own.put_in_place(ip.user_ns, ip.user_ns.get(name)):
                stubs.add(ip.user_ns.get(name))
    if course_own.used:
        said = f"(with the course's own {_in_code(course_own.used)})"
        course_own.used.clear()
        say(said)
