"""An exponential that is too large is told of wherever Python runs.

A processor notes an overflow, and numpy warns of it. WebAssembly, which Python runs on in a
browser's tab, notes nothing, and numpy stays silent. There `numpy.exp` is looked at from outside
while an answer is called: of finite numbers it gave an infinite one. Other warnings of numpy's are
not made up for; no exercise depends on them.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

_exp = np.exp
SAID = "overflow encountered in exp"


@cache
def warns() -> bool:
    """Whether numpy warns of an overflow by itself here."""
    with np.errstate(over="warn"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _exp(np.array([1000.0]))
    return bool(caught)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """In the block `numpy.exp` warns of an overflow, as it does on a processor."""
    if warns() or np.exp is not _exp:
        yield
        return
    np.exp = exp
    try:
        yield
    finally:
        np.exp = _exp


def exp(x: Any, /, *others: Any, **named: Any) -> Any:
    """`numpy.exp`, which does with an overflow what `numpy.errstate` asks for.

    Raises
    ------
    FloatingPointError
        For an overflow, where it is to be raised.
    """
    found = _exp(x, *others, **named)
    with np.errstate(all="ignore"):
        beyond = (
            np.any(np.isinf(found) & np.isfinite(x)) if named.get("where", True) is True else False
        )
    what = np.geterr()["over"]
    if beyond and what == "raise":
        raise FloatingPointError(SAID)
    if beyond and what == "warn":
        warnings.warn(SAID, RuntimeWarning, stacklevel=2)
    return found
