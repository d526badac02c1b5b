"""Predictions that are drawn, a curve or a point: read from what was kept, said in words, measured
against the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course.steps import format_number

#: A sketch is kept at so many places at most.
PLACES = 61

#: The truth is looked at in so many places: those of a sketch, and three between any two of them.
FINE = 4 * (PLACES - 1) + 1

SKETCH, POINT = "sketch", "point"


@dataclass(frozen=True)
class Page:
    """What is drawn on: ``kind`` is "sketch" or "point", ``x`` and ``y`` are (lowest, highest)."""

    kind: str
    x: tuple[float, float]
    y: tuple[float, float]
    xlabel: str = "x"
    ylabel: str = "y"

    def __post_init__(self) -> None:
        for name in ("x", "y"):
            low, high = (float(v) for v in getattr(self, name))
            if not (np.isfinite([low, high]).all() and low < high):
                raise ValueError(f"{name} is (lowest, highest), not {getattr(self, name)!r}")
            object.__setattr__(self, name, (low, high))

    def about(self) -> dict:
        """The page as plain data, kept with an answer so that another session can show it."""
        axes = {"x": list(self.x), "y": list(self.y), "xlabel": self.xlabel, "ylabel": self.ylabel}
        return {"kind": self.kind, "axes": axes}

    @classmethod
    def read(cls, entry: dict | None) -> Page | None:
        """The page that an entry was drawn on; None where it says nothing sensible about it."""
        if entry is None:
            return None
        try:
            axes = entry["axes"]
            page = cls(
                str(entry["kind"]),
                tuple(axes["x"]),
                tuple(axes["y"]),
                str(axes["xlabel"]),
                str(axes["ylabel"]),
            )
        except (TypeError, KeyError, ValueError):
            return None
        return page if page.kind in (SKETCH, POINT) else None

    def read_answer(self, answer: object) -> np.ndarray | None:
        """What was drawn: (2, n) of a sketch, places rising; (2,) of a point; None where that is
        not what it is."""
        if self.kind == POINT:
            return _numbers(answer, 2)
        if not isinstance(answer, dict):
            return None
        x, y = (_numbers(answer.get(name)) for name in ("x", "y"))
        if x is None or y is None or not 2 <= len(x) == len(y) <= 10_000 or np.any(np.diff(x) <= 0):
            return None
        return np.array([x, y])

    def write_answer(self, drawn: np.ndarray) -> dict | list:
        """`drawn` as it is kept: plain numbers, four digits of the page's width and height, at most
        61 places."""
        if self.kind == SKETCH and drawn.shape[1] > PLACES:
            x = np.linspace(drawn[0, 0], drawn[0, -1], PLACES)
            drawn = np.array([x, np.interp(x, *drawn)])
        x, y = (_round(values, ends) for values, ends in zip(drawn, (self.x, self.y), strict=True))
        return {"x": x, "y": y} if self.kind == SKETCH else [x, y]

    def words(self, drawn: np.ndarray) -> str:
        """What was drawn, in words."""
        x, y = (
            np.where(np.abs(v) < 1e-4 * (ends[1] - ends[0]), 0.0, v)
            for v, ends in zip(drawn, (self.x, self.y), strict=True)
        )
        if self.kind == POINT:
            return self.place(float(x), float(y))
        top, bottom = (_at(self, x, y, int(k)) for k in (np.argmax(y), np.argmin(y)))
        return (
            f"a curve from {self.xlabel} = {_n(x[0])} to {_n(x[-1])}, highest {top}, lowest"
            f" {bottom}"
        )

    def place(self, x: float, y: float) -> str:
        """A point in words."""
        return f"{self.xlabel} = {_n(x)}, {self.ylabel} = {_n(y)}"


def _n(value: float) -> str:
    return format_number(float(value), 3)


def _at(page: Page, x: np.ndarray, y: np.ndarray, k: int) -> str:
    return f"{_n(y[k])} at {page.xlabel} = {_n(x[k])}"


def _round(values: np.ndarray, ends: tuple[float, float]) -> list[float] | float:
    digits = 4 - int(np.floor(np.log10(ends[1] - ends[0])))
    return np.round(values, digits).tolist()


def _numbers(values: object, length: int | None = None) -> np.ndarray | None:
    """Finite numbers in a row, or None."""
    try:
        row = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        return None
    good = row.ndim == 1 and np.isfinite(row).all() and length in (None, len(row))
    return row if good and not isinstance(values, (str, dict)) else None


def true_curve(page: Page, truth: Callable | tuple) -> np.ndarray:
    """The truth of a sketch as (2, n), only where it is a number.

    `truth` is a function of x, for one number or for arrays, or a pair of rows (x, y). What a
    function raises for one number is not caught: the reader wants to see it.
    """
    if callable(truth):
        x = np.linspace(*page.x, FINE)
        try:
            y = np.asarray(truth(x), dtype=float)
        except Exception:  # perhaps it takes single numbers only
            y = None
        if y is None or y.shape != x.shape:
            y = np.array([truth(float(v)) for v in x], dtype=float).reshape(FINE, -1)[:, 0]
    else:
        x, y = (np.asarray(row, dtype=float) for row in truth)
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(
                f"the truth of a sketch is a function, or x and y of one length, not {x.shape} and"
                f" {y.shape}"
            )
    there = np.isfinite(x) & np.isfinite(y)
    order = np.argsort(x[there], kind="stable")
    return np.array([x[there][order], y[there][order]])


@dataclass(frozen=True)
class Off:
    """How far off a drawn prediction is, in words; and where it is worst: x, the prediction there,
    the truth there."""

    words: str
    worst: tuple[float, float, float] | None = None


def compare_curves(page: Page, drawn: np.ndarray, true: np.ndarray) -> Off:
    """Mean and largest difference of two curves, over the places where both exist; each is (2,
    n)."""
    low, high = max(drawn[0, 0], true[0, 0]), min(drawn[0, -1], true[0, -1])
    if low > high:
        return Off(
            f"Your curve ends where the other begins: you drew from {page.xlabel} ="
            f" {_n(drawn[0, 0])} to {_n(drawn[0, -1])}."
        )
    x = np.linspace(low, high, FINE)
    mine, right = np.interp(x, *drawn), np.interp(x, *true)
    off = np.abs(mine - right)
    k = int(np.argmax(off))
    part = (
        ""
        if high - low > 0.97 * (true[0, -1] - true[0, 0])
        else f" Compared from {page.xlabel} = {_n(low)} to {_n(high)}, where you drew."
    )
    if off[k] < 1e-3 * (page.y[1] - page.y[0]):
        return Off(f"Your curve is right everywhere, as far as a hand can draw.{part}")
    words = f"Your curve is off by {_two(off.mean())} on average, and at most by {_two(off[k])}"
    return Off(
        f"{words}: at {page.xlabel} = {_n(x[k])} you drew {_n(mine[k])}, it is"
        f" {_n(right[k])}.{part}",
        (x[k], mine[k], right[k]),
    )


def compare_points(page: Page, drawn: np.ndarray, true: np.ndarray) -> Off:
    """Distance of two points, and how far apart they are along each axis."""
    across, up = true - drawn
    apart = f"{_two(abs(across))} along {page.xlabel}, {_two(abs(up))} along {page.ylabel}"
    words = (
        f"You chose {page.place(*drawn)}. It is {page.place(*true)}: {_two(np.hypot(across, up))}"
        f" away ({apart})."
    )
    inside = all(low <= v <= high for v, (low, high) in zip(true, (page.x, page.y), strict=True))
    return Off(words if inside else f"{words} That lies outside of the page.")


def _two(value: float) -> str:
    return format_number(float(value), 2)
