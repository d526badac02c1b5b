"""Hold what came back against what should have: one quantity in one case at a time.

`slots` reads off the exact result which quantities there are; `find` looks each up in the student's
result; `compare` says entry by entry what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

import numpy as np

from autograder.evidence.inputs import KeyPath
from autograder.evidence.plain import Opaque, no_numbers
from autograder.exercises.exercise import Several

if TYPE_CHECKING:
    from autograder.evidence.plain import Plain

SINGLE_PRECISION = (np.dtype(np.float32), np.dtype(np.float16))
#: Yours, the exact one, whether yours is in single precision -> which entries are right.
Rule = Callable[[np.ndarray, np.ndarray, bool], np.ndarray]


class Slot(NamedTuple):
    """Where a quantity sits in a result: its row name and the keys and positions that lead to
    it."""

    name: str
    path: KeyPath


class Problem(NamedTuple):
    """Why a quantity cannot be compared; `raised` where the call itself failed, and what its
    message means."""

    text: str
    raised: bool = False
    meaning: str = ""


class Pair(NamedTuple):
    """An array as it came back beside the exact one, and whether it is right."""

    yours: np.ndarray
    exact: np.ndarray
    right: bool


@dataclass(frozen=True)
class Compared:
    """One quantity in one case.

    `problem` says why nothing could be compared, `note` what else there is to say. `given` is the
    whole value that came back, `yours` the part of it that is shown, `parts` the arrays of a list
    that has the right sizes. `shape` is the shape that came back, None where it is the right one,
    and `wanted` the shape that the same array should have. `pairs` are all arrays of the quantity
    that could be read, in the shapes they came in. `raised` says that the call failed,
    `meaning` what its message means.
    `several` says what is right where no single value is.
    `at` is the index of the wrong entry that is computed first, `ok` the entrywise verdict.
    """

    right: bool
    yours: Any
    exact: Any
    shape: tuple[int, ...] | None = None
    problem: str | None = None
    at: tuple[int, ...] | None = None
    ok: np.ndarray | None = None
    single: bool = False
    note: str = ""
    given: Any = None
    parts: list[np.ndarray] | None = None
    wanted: tuple[int, ...] | None = None
    pairs: tuple[Pair, ...] = ()
    raised: bool = False
    meaning: str = ""
    several: Several | None = None

    @property
    def open(self) -> bool:
        """Whether the exact value beside the first wrong entry is only one of several."""
        return self.several is not None and bool(np.all(self.several.entries[self.at or ...]))

    @property
    def is_list(self) -> bool:
        """Whether the quantity is a list of arrays."""
        return isinstance(self.exact, list)


def slots(exact: Any, name: str | Sequence[str]) -> Iterator[Slot]:
    """Name every quantity of an exact result. Lists whose length varies are one quantity."""
    yield from _slots(exact, name, ())


def _slots(exact: Plain, name: Any, path: KeyPath) -> Iterator[Slot]:
    if isinstance(exact, dict):
        for key, value in exact.items():
            yield from _slots(value, key, (*path, key))
    elif isinstance(exact, list) and isinstance(name, tuple):
        for i, value in enumerate(exact):
            yield from _slots(value, name[i], (*path, i))
    elif exact is not None and not isinstance(exact, Opaque):
        yield Slot(name, path)


def find(result: Plain, path: KeyPath) -> Any:
    """The part of a student's result at `path`, or a `Problem` in words."""
    if result is None:
        return Problem("nothing came back: the function returned None (is the `return` missing?)")
    for step in path:
        if isinstance(step, str):
            if not isinstance(result, Mapping):
                return Problem(f"a dictionary with the key {step!r} is wanted, not {kind(result)}")
            if step not in result:
                near = ", ".join(repr(key) for key in list(result)[:8]) or "none"
                return Problem(f"the key {step!r} is missing (keys returned: {near})")
            result = result[step]
        else:
            if not is_sequence(result) or isinstance(result, np.ndarray) and len(result) == 1:
                return Problem(
                    f"several results are wanted, separated by commas, not {kind(result)}"
                )
            if step >= len(result):
                return Problem(f"result number {step + 1} is missing: {len(result)} came back")
            result = result[step]
    if result is None:
        if path and not isinstance(path[-1], str):
            return Problem(f"result number {path[-1] + 1} is None")
        return Problem(f"{path[-1]!r} is None" if path else "nothing came back")
    return result


def is_sequence(value: Any) -> TypeGuard[list[Any] | np.ndarray]:
    """Whether a result can be taken apart by position: a list, a tuple, or an array with at least
    one axis."""
    return isinstance(value, list) or isinstance(value, np.ndarray) and value.ndim > 0


def kind(value: Plain) -> str:
    """A word for what something is."""
    if isinstance(value, Opaque):
        known = {"complex": "complex numbers", "text": "text", "date": "dates"}
        return known.get(value.kind) or (
            value.kind if " " in value.kind else f"an object of type {value.kind}"
        )
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    names: dict[type, str] = {
        dict: "a dictionary",
        list: "a list or tuple",
        str: "a text",
        bool: "a truth value",
        type(None): "None",
    }
    return names.get(type(value), "a number")


def numbers(value: Plain) -> tuple[np.ndarray, bool] | Problem:
    """A value as a float array, and whether it was computed in single precision.

    Text is no number, whatever numpy can make of it.
    """
    if value is None or isinstance(value, (Opaque, dict, str)):
        return Problem(f"numbers are wanted, not {kind(value)}")
    others = no_numbers(value)
    if others:
        return Problem(f"numbers are wanted; {kind(others[0])} is among what came back")
    try:
        raw = np.asarray(value)
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return Problem(
            f"numbers are wanted; {kind(value)} came back that is none"
            if not isinstance(value, list)
            else "the rows have different lengths, or something in them is no number"
        )
    return array, raw.dtype in SINGLE_PRECISION


def compare(yours: Plain | Problem, exact: Plain, rule: Rule, backwards: bool = False) -> Compared:
    """Compare one quantity. Lists of arrays are compared one by one; the first wrong one is
    reported.

    `backwards` says that the entries are computed from the last to the first, so that the last
    wrong one is the first.
    """
    if isinstance(yours, Problem):
        return Compared(
            False, None, exact, problem=yours.text, raised=yours.raised, meaning=yours.meaning
        )
    if isinstance(exact, list) and any(isinstance(item, np.ndarray) for item in exact):
        return _compare_list(yours, exact, rule, backwards)
    target = np.asarray(exact, dtype=float)
    read = numbers(yours)
    if isinstance(read, Problem):
        return Compared(False, yours, exact, problem=read.text, given=yours)
    array, single = read
    came, shape = array, None if array.shape == target.shape else array.shape
    told: dict[str, Any] = {"shape": shape, "single": single, "wanted": target.shape}
    cut: dict[str, Any] = {"problem": _shapes(came, target), "pairs": (Pair(came, target, False),)}
    if array.size != target.size:
        return Compared(False, came, target, given=came, **told, **cut)
    array = array.reshape(target.shape)
    finite = np.isfinite(array)
    if not finite.all() and np.isfinite(target).all():
        at = tuple(int(i) for i in np.argwhere(~finite)[0])
        what = "nan (not a number)" if np.isnan(array[at]) else "infinite"
        told |= cut | {"problem": f"{what} at {list(at)}" if at else what, "at": at}
        return Compared(False, array, target, ok=finite, given=array, **told)
    ok = rule(array, target, single)
    right = bool(ok.all())
    if not right and _axes(came) != _axes(target):
        # cut anew, its numbers would be told in wrong places
        return Compared(False, came, target, given=came, **told, **cut)
    at = None if right else tuple(int(i) for i in np.argwhere(~ok)[-1 if backwards else 0])
    told["pairs"] = (Pair(came, target, right),)
    return Compared(right, array, target, at=at, ok=ok, given=array, **told)


def _shapes(array: np.ndarray, target: np.ndarray) -> str:
    return f"the shape is {array.shape}, wanted is {target.shape}"


def _axes(array: np.ndarray) -> tuple[int, ...]:
    """A shape without its axes of length 1: what it holds in which order."""
    return tuple(n for n in array.shape if n != 1)


def _compare_list(yours: Plain, exact: list[Any], rule: Rule, backwards: bool) -> Compared:
    if not is_sequence(yours):
        return Compared(
            False,
            yours,
            exact,
            problem=f"a list of {len(exact)} arrays is wanted, not {kind(yours)}",
            given=yours,
        )
    if len(yours) != len(exact):
        text = f"a list of {len(exact)} is wanted, {len(yours)} came back"
        return Compared(False, yours, exact, problem=text, given=yours)
    parts = [compare(mine, theirs, rule) for mine, theirs in zip(yours, exact, strict=True)]
    odd = next((part for part in parts if part.shape is not None), None)
    shape, wanted = (odd.shape, odd.wanted) if odd else (None, None)
    single = any(part.single for part in parts)
    pairs = tuple(pair for part in parts for pair in part.pairs)
    arrays = None if any(part.problem for part in parts) else [part.yours for part in parts]
    for i, part in sorted(enumerate(parts), reverse=backwards, key=lambda numbered: numbered[0]):
        if not part.right:
            note = (
                f"number {i + 1} of {len(parts)} is the first wrong"
                f" one{' on the way back' * backwards}"
            )
            note += f": {part.problem}" if part.problem else ""
            return Compared(
                False,
                part.yours,
                part.exact,
                shape,
                None,
                part.at,
                part.ok,
                single,
                note,
                yours,
                arrays,
                wanted,
                pairs,
            )
    return Compared(
        True,
        yours,
        exact,
        shape,
        single=single,
        given=yours,
        parts=arrays,
        wanted=wanted,
        pairs=pairs,
    )
