"""What may be said of whole arrays, and of the messages that numpy and Python raise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

CLAIM = {
    "is zero throughout": lambda mine, exact: not np.any(mine),
    "has the right size and the wrong sign": lambda mine, exact: same(mine, -exact),
    "is nearly right": lambda mine, exact: same(mine, exact),
    "is the transpose of the right array": lambda mine, exact: (
        exact.ndim == 2 and same(mine, np.swapaxes(exact, 0, 1))
    ),
    "has the right entries in the opposite order": lambda mine, exact: (
        exact.ndim == 1 and same(mine, exact[::-1])
    ),
    "has the right entries in the wrong places": lambda mine, exact: (
        mine.shape == exact.shape and same(np.sort(mine.ravel()), np.sort(exact.ravel()))
    ),
}
#: Words of a sentence that explains a message, and what the message has to hold.
MEANINGS = {
    "One yes or no is asked": "truth value",
    "For an array with one axis `.T`": "core dimension|not aligned",
    "`@` adds up over": "core dimension",
    "This product adds up over": "not aligned",
    "`@` multiplies arrays": "enough dimensions",
    "Entry by entry, shapes are laid": "broadcast",
    "The functions of `math`": "arrays can be converted",
    "A single number is needed here": "arrays can be converted",
    "`^` is no power": r"bitwise_xor|\^",
    "Something here is None": "NoneType",
    "What is taken apart here is a single": "dimension 0|0-d|scalar variable",
    "The array has fewer axes": r"out of bounds for array of dimension [1-9]|too many indices",
    "A single number is treated like an array": "(float|int|numpy.float64)' object",
    "A list is no array": "list|tuple|sequence by",
    "One array is to be made here": "inhomogeneous|with a sequence",
    "An array of whole numbers cannot": "Cannot cast",
    "The function calls itself again": "recursion",
}


def same(a: np.ndarray, b: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 2e-6 * np.abs(b) + 1e-11))


def made_of(target: np.ndarray, a: np.ndarray, b: np.ndarray, work: Callable) -> bool:
    try:
        made = work(a, b)
    except ValueError:
        return False
    return made.shape == target.shape and bool(np.allclose(made, target))
