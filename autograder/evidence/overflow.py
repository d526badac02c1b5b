"""An exponential that is too large, and the logarithm of zero, are told of wherever Python runs.

A processor notes both, and numpy warns. WebAssembly, which Python runs on in a browser's tab, notes
nothing, and numpy stays silent. There `numpy.exp` and `numpy.log` are looked at from outside while
an answer is called. Other warnings of numpy's (inf/inf, say) are not
made up for: there the row "no warning" may be right where a processor would have warned.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Literal

import numpy as np

#: numpy's functions, what of `numpy.errstate` they ask for, what is said, and where it is so.
TOLD: dict[str, tuple[Literal["over", "divide"], str, Callable[[Any, Any], Any]]] = {
    "exp": ("over", "overflow encountered in exp", lambda x, y: np.isinf(y) & np.isfinite(x)),
    "log": ("divide", "divide by zero encountered in log", lambda x, y: np.equal(x, 0)),
}
_usual = {name: getattr(np, name) for name in TOLD}


@cache
def warns() -> bool:
    """Whether numpy warns of an overflow by itself here."""
    with np.errstate(over="warn"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _usual["exp"](np.array([1000.0]))
    return bool(caught)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """In the block numpy warns of both, as it does on a processor."""
    if warns() or np.exp is not _usual["exp"]:
        yield
        return
    for name in TOLD:
        setattr(np, name, telling(name))
    try:
        yield
    finally:
        for name, usual in _usual.items():
            setattr(np, name, usual)


def telling(name: str) -> Callable[..., Any]:
    """`numpy.exp` or `numpy.log`, doing with what goes wrong what `numpy.errstate` asks for.

    The function raises FloatingPointError where that is asked for.
    """
    usual, (kind, said, wrong) = _usual[name], TOLD[name]

    def function(x: Any, /, *others: Any, **named: Any) -> Any:
        found = usual(x, *others, **named)
        what = np.geterr()[kind]
        # where only some entries are computed, what the others hold is nobody's doing
        if what in ("warn", "raise") and "where" not in named and np.any(wrong(x, found)):
            if what == "raise":
                raise FloatingPointError(said)
            warnings.warn(said, RuntimeWarning, stacklevel=2)
        return found

    function.__name__ = name
    return function
