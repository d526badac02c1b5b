"""Whether functions are still what they were at the last check: then running it again is not
another attempt.

What counts is the code that would run: of the functions themselves, and of what the notebook
defines that they use. Comments, blank lines and the order of the cells do not.
"""

from __future__ import annotations

import dis
import hashlib
import inspect
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from types import CellType, CodeType, FunctionType
from typing import Any

from autograder.notebook.course_own import as_written

PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis))
GLOBALS = ("LOAD_GLOBAL", "LOAD_NAME")


def fingerprint(functions: Sequence[Any]) -> str:
    """A short text that is the same in every kernel while functions do the same in the same way.

    Parameters
    ----------
    functions
        What was handed to a check: whatever it is.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    parts = "\n".join(
        part for function in functions for part in ("function", *_Reader(function).parts(function))
    )
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class _Reader:
    """Takes a function apart, and what stands in the same notebook that it uses."""

    def __init__(self, function: Any):
        written = inspect.unwrap(as_written(function)) if callable(function) else function
        self._scope = getattr(getattr(written, "__func__", written), "__globals__", {})
        self._seen: set[int] = set()

    def parts(self, value: Any) -> Iterator[str]:
        value = as_written(value)
        if isinstance(value, PLAIN):
            yield f"{type(value).__name__} {value!r}"
        elif isinstance(value, tuple):
            yield f"tuple {len(value)}"
            yield from self._each(value)
        elif isinstance(value, frozenset):
            yield f"frozenset {sorted(map(repr, value))}"
        elif id(value) not in self._seen:
            self._seen.add(id(value))
            yield from self._made(value)

    def _each(self, values: Iterable[Any]) -> Iterator[str]:
        for value in values:
            yield from self.parts(value)

    def _made(self, value: Any) -> Iterator[str]:
        if isinstance(value, CodeType):
            named = (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)
            yield f"{value.co_code.hex()} {named} {value.co_flags}"
            yield from self._each(value.co_consts)
        elif inspect.isfunction(value):
            yield from self._function(value)
        elif inspect.ismethod(value):
            yield from self._each((value.__func__, value.__self__))
        elif isinstance(value, partial):
            yield from self._each((value.func, value.args, tuple(sorted(value.keywords.items()))))
        elif inspect.isclass(value) and self._is_here(value):
            yield from self._each(
                (k, v)
                for k, v in vars(value).items()
                if inspect.isfunction(v) or isinstance(v, PLAIN)
            )
        elif callable(getattr(value, "__wrapped__", None)):  # a cache around a function
            yield from self.parts(value.__wrapped__)
        else:  # of a library: what it is called is what it is
            yield (
                f"{type(value).__module__}.{type(value).__qualname__}"
                f" {getattr(value, '__name__', '')}"
            )
            if self._is_here(type(value)):
                yield from self.parts(type(value))

    def _function(self, function: FunctionType) -> Iterator[str]:
        code = function.__code__
        yield from self._each(
            (code, function.__defaults__, tuple(sorted((function.__kwdefaults__ or {}).items())))
        )
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            yield name
            yield from self._cell(cell)
        if function.__globals__ is self._scope:
            for name in sorted(_global_names(code)):
                yield name
                yield from self.parts(self._scope.get(name))

    def _cell(self, cell: CellType) -> Iterator[str]:
        try:
            inside = cell.cell_contents
        except ValueError:
            yield "empty"
        else:
            yield from self.parts(inside)

    def _is_here(self, kind: type) -> bool:
        return kind.__module__ == self._scope.get("__name__")


def _global_names(code: CodeType) -> set[str]:
    """What the code asks the notebook for; the names of attributes are not among it."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname in GLOBALS}
    return names.union(
        *(_global_names(inner) for inner in code.co_consts if isinstance(inner, CodeType))
    )
