"""What is said of a wrong number and the quantities beside it: the words taken apart and
computed again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from recheck.printed import NUMBER, prints, read

World = dict[str, np.ndarray]
SHARED = {
    "½": 0.5,
    "¼": 0.25,
    "1/3": 1 / 3,
    "1/100": 0.01,
    "ln 2": np.log(2),
    "1/ln 2": 1 / np.log(2),
    "(-1)": -1.0,
}
OF_THE_EXACT = {
    "the transpose of the exact one": np.transpose,
    "the exact one in the opposite order": lambda e: e[::-1],
    "the sum over all entries of the exact one": lambda e: np.full(e.shape, e.sum()),
    "the mean over all entries of the exact one": lambda e: np.full(e.shape, e.mean()),
    "the absolute value of the exact one": np.abs,
    "the square of the exact one": lambda e: e * e,
    "1 minus the exact one": lambda e: 1 - e,
}
ROUNDED = r"the exact one rounded to (\d) decimals \(round only what you show\)"


def alike(a: np.ndarray, b: np.ndarray, near: float) -> bool:
    """Whether two arrays of one shape agree, as nearly as their largest number allows."""
    if np.shape(a) != np.shape(b):
        return False
    with np.errstate(all="ignore"):
        size = max(float(np.max(np.abs(a), initial=0)), float(np.max(np.abs(b), initial=0)))
        return bool(np.all(np.abs(a - b) <= near * size))


def meant(words: str, world: World, exact: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """Everything that words like ``1 - y²`` or ``x.T @ δ`` can mean among named quantities."""
    if words in world:
        yield world[words]
    if exact is not None and words in OF_THE_EXACT:
        yield OF_THE_EXACT[words](exact)
    if exact is not None and (rounded := re.fullmatch(ROUNDED, words)):
        yield np.round(exact, int(rounded[1]))
    if words.startswith("(") and words.endswith(")"):
        yield from meant(words[1:-1], world)
    if words.startswith("-"):
        yield from (-value for value in meant(words[1:], world))
    if words.startswith("the transpose of "):
        yield from (value.T for value in meant(words.removeprefix("the transpose of "), world))
    if words.endswith("²"):
        yield from (value**2 for value in meant(words[:-1], world))
    for sign, start in ((-1, "1 - "), (1, "1 + ")):
        if words.startswith(start):
            yield from (1 + sign * value for value in meant(words[4:], world))
    half = re.fullmatch(r"(.+) \(1 - (.+)\)", words)
    if half and half[1] == half[2]:
        yield from (value * (1 - value) for value in meant(half[1], world))
    yield from _of_two(words, world)


def _of_two(words: str, world: World) -> Iterator[np.ndarray]:
    outer = re.fullmatch(r"np\.outer\((.+)\)", words)
    for left, right in _halves(outer[1] if outer else "", ", "):
        if left in world and right in world:
            yield np.outer(world[left], world[right])
    for sign, work in (
        (" @ ", np.matmul),
        (" * ", np.multiply),
        (" + ", np.add),
        (" - ", np.subtract),
    ):
        for left, right in _halves(words, sign):
            sides = [_side(left, world, sign), _side(right, world, sign)]
            if None not in [type(side) if side is not None else None for side in sides]:
                try:
                    yield work(*sides)
                except ValueError:
                    continue


def _side(words: str, world: World, sign: str) -> np.ndarray | None:
    if words in world:
        return world[words]
    turned = words.removesuffix(".T")
    return world[turned].T if sign == " @ " and turned != words and turned in world else None


def _halves(words: str, sign: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(re.escape(sign), words):
        yield words[: found.start()], words[found.end() :]


def factor(words: str) -> float | None:
    """A number as a relation writes it."""
    if words in SHARED:
        return float(SHARED[words])
    return read(words) if re.fullmatch(NUMBER, words) else None


def is_so(
    said: str, mine: np.ndarray, exact: np.ndarray, world: World, near: float, here: tuple | None
) -> str:
    """Hold one relation against one array.

    Parameters
    ----------
    said
        One clause, such as ``yours × y (1 - y) is the exact one (× 0.25 here)``.
    mine, exact
        What came back, what is exact.
    world
        Named quantities.
    near
        How near is the same, as a share of the largest number.
    here
        The index that "here" speaks of, None where it speaks of another array.

    Returns
    -------
    str
        What is not so; "" where all is.
    """
    clause = said[:1].lower() + said[1:]
    local = re.search(rf" \(× ({NUMBER}) here\)$", clause)
    if local:
        clause = clause[: local.start()]
        if here is not None and not prints(local[1], float(exact[here] / mine[here]), (4,)):
            return f"here it is × {exact[here] / mine[here]:.4g}, not × {local[1]}"
    try:
        holds = _holds(clause, mine, exact, world, near)
    except ValueError:  # shapes that do not fit
        holds = False
    return "" if holds else f"“{said}” does not hold: yours {mine}, exact {exact}"


def _holds(clause: str, mine: np.ndarray, exact: np.ndarray, world: World, near: float) -> bool:
    with np.errstate(all="ignore"):
        if clause.startswith("the exact one is "):
            return any(
                alike(v, exact, near)
                for v in meant(clause.removeprefix("the exact one is "), world)
            )
        if clause.startswith("yours is "):
            return any(
                alike(v, mine, near) for v in meant(clause.removeprefix("yours is "), world, exact)
            )
        step = re.fullmatch(r"yours (×|/|\+|-|with) (.+) is the exact one", clause)
        if not step:
            return False
        sign, words = step.groups()
        if sign == "×" and (number := factor(words)) is not None:
            return alike(mine * number, exact, max(near, 1e-5))
        if sign == "with":
            return any(
                alike(mine / b * a, exact, near)
                for left, right in _halves(words, " in place of ")
                for a in meant(left, world)
                for b in meant(right, world)
            )
        made = {
            "×": lambda v: alike(mine * v, exact, near),
            "/": lambda v: alike(exact * v, mine, near),
            "+": lambda v: alike(mine + v, exact, near),
            "-": lambda v: alike(mine - v, exact, near),
        }
        return any(made[sign](v) for v in meant(words, world))
