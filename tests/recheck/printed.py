"""Numbers as a verdict prints them, read back and held against the numbers that they stand for."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograder.evidence.plain import Opaque

NUMBER = r"[-−+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|inf|nan)"
DIGITS = (8, 6, 4, 12, 17, 3)


def read(text: str) -> float:
    """A printed number."""
    return float(text.replace("−", "-"))


def prints(text: str, value: float, digits: tuple[int, ...] = DIGITS) -> bool:
    """Whether a number, printed to 8, 6, 4, 12 or 17 figures, is this text."""
    text = text.replace("−", "-").removeprefix("+")
    return any(f"{value + 0.0:.{n}g}" == text for n in digits)


def index(text: str) -> tuple[int, ...]:
    """An index as it is printed: ``[0, 1]``."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def shape(text: str) -> tuple[int, ...]:
    """A shape as it is printed: ``(3, 2)``, ``(3,)``, ``()``."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def nested(text: str) -> list | float | None:
    """What brackets and numbers stand for; None where it is something else."""
    if not re.fullmatch(rf"[\[\], ]*(?:{NUMBER}[\[\], ]*)*", text) or not text:
        return None
    words = re.sub(NUMBER, lambda found: repr(found[0]), text)
    try:
        return eval(words, {})
    except SyntaxError:
        return None


def shows(cell: str, value: Any) -> bool:
    """Whether a cell of the table is what is printed of a value.

    Parameters
    ----------
    cell
        Its text: a number, the numbers of an array row by row, or their count and shape.
    value
        An array, a number, or a list of arrays.
    """
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray) and value[0].ndim:
        return cell == f"{len(value)} array{'s' * (len(value) > 1)}"
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        known = {"complex": "complex numbers", "text": "text", "date": "dates"}
        if isinstance(value, Opaque):
            return cell in (known.get(value.kind), value.kind, f"an object of type {value.kind}")
        return bool(cell) and str(value).startswith(cell)
    sized = re.fullmatch(r"(\d+) numbers, shape (\(.*\))", cell)
    if sized:
        return int(sized[1]) == array.size and shape(sized[2]) == array.shape
    found = nested(cell)
    if found is None or np.shape(found) != array.shape:
        return found == [] and array.size == 0
    texts = np.ravel(np.array(found, dtype=object))
    return any(
        all(prints(t, float(v), (n,)) for t, v in zip(texts, np.ravel(array), strict=True))
        for n in DIGITS
    )
