"""What a function returned, as plain data: numbers, arrays, texts, lists, and dicts with text keys.

Reading a result may run student code (a mapping's keys, an array interface), so the caller does it
under a deadline.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from autograder.evidence.deadline import TookTooLong

if TYPE_CHECKING:
    #: What `plain` gives.
    Plain: TypeAlias = (
        None | bool | int | float | str | np.ndarray
        | "Opaque" | list["Plain"] | dict[str, "Plain"]
    )  # fmt: skip
    #: Something of several parts, whatever they are.
    Holder: TypeAlias = dict[Any, Any] | list[Any] | tuple[Any, ...]
    #: What came back, as far as it is told apart.
    Returned: TypeAlias = Holder | Mapping[Any, Any] | np.ndarray | float | str | None

MAX_ENTRIES = 1_000_000
MAX_TEXT = 2_000
MAX_KEYS = 1_000
MAX_DEPTH = 40


# though numpy may read them as such
NO_NUMBERS: tuple[type, ...] = (
    str,
    bytes,
    complex,
    np.complexfloating,
    np.datetime64,
    np.timedelta64,
)


class Opaque(NamedTuple):
    """Stands for a returned object that is no data: a function, a network, a generator."""

    kind: str


TOO_MUCH = Opaque(f"more than {MAX_ENTRIES:,} values")


class _TooMuch(Exception):
    """The room for numbers is used up."""


def plain(value: Any) -> Any:
    """Copy a returned object as plain data, at most `MAX_ENTRIES` numbers of it, of a dictionary as
    many of each entry.

    What cannot be read, is too much, or contains itself becomes an `Opaque`.
    """
    try:
        return _copy(value, [MAX_ENTRIES], 0)
    except _TooMuch:
        return TOO_MUCH


def _spend(room: list[int], count: int) -> None:
    room[0] -= count
    if room[0] < 0:
        raise _TooMuch


def _copy(value: Any, room: list[int], depth: int) -> Any:
    _spend(room, 1)
    if depth > MAX_DEPTH:
        return Opaque("list inside lists inside lists without end")
    if type(value) is int and abs(value) >= 2**63:
        return float(value) if abs(value) < 10**300 else Opaque("int")
    if value is None or type(value) in (bool, int, float):
        return value
    if isinstance(value, str):
        return str.__str__(value)[:MAX_TEXT]
    try:
        return _read(value, room, depth)
    except (TookTooLong, KeyboardInterrupt, _TooMuch):
        raise
    except BaseException:  # whatever a student's class does when it is read
        return Opaque(type(value).__name__)


def _read(value: Returned, room: list[int], depth: int) -> Any:
    """Something of several parts; raises whatever the object raises."""
    if isinstance(value, Mapping):
        return _entries(value, room, depth)
    if isinstance(value, (list, tuple)):
        _spend(room, len(value))
        room[0] += len(value)
        return [_copy(item, room, depth + 1) for item in value]
    if isinstance(value, (type, type(lambda: 0))) or (
        callable(value) and not hasattr(value, "__array__")
    ):
        return Opaque(type(value).__name__)
    if hasattr(value, "keys") and hasattr(value, "__getitem__") and not hasattr(value, "__array__"):
        return _entries(value, room, depth)
    if isinstance(value, np.ma.MaskedArray):  # what is masked is no number
        value = np.ma.filled(value.astype(float), np.nan)
    array = np.array(value)
    _spend(room, array.size)
    if array.dtype.kind == "O":
        other = next((item for item in array.flat if isinstance(item, NO_NUMBERS)), None)
        if other is not None:
            return Opaque(_called(other, array))
        array = np.array(value, dtype=float)
    if array.dtype.kind not in "biuf":
        return Opaque(
            {"c": "complex", "U": "text", "S": "text", "M": "date", "m": "date"}.get(
                array.dtype.kind, type(value).__name__
            )
        )
    # long doubles as they are compared
    return array.astype(float) if array.dtype.itemsize > 8 else array


def _called(item: Any, array: np.ndarray) -> str:
    kind = type(item).__name__
    return kind if array.ndim == 0 else f"array of objects among which there is a {kind}"


def _entries(mapping: Any, room: list[int], depth: int) -> dict[str, Any]:
    """The entries of a mapping. In the outermost one each has room of its own: extra keys take
    nothing from the others."""
    found: dict[str, Any] = {}
    for key in islice(mapping.keys(), MAX_KEYS):
        name = (str.__str__(key) if isinstance(key, str) else str(key))[:100]
        if depth:
            found[name] = _copy(mapping[key], room, depth + 1)
            continue
        try:
            found[name] = _copy(mapping[key], [MAX_ENTRIES], depth + 1)
        except _TooMuch:
            found[name] = TOO_MUCH
    return found


def arrays(value: Any) -> list[np.ndarray]:
    """All arrays inside nested dicts, lists and tuples."""
    found: list[np.ndarray] = []
    pending: list[Returned] = [value]
    seen: set[int] = set()
    while pending:
        item = pending.pop()
        if isinstance(item, np.ndarray):
            found.append(item)
        elif isinstance(item, (Mapping, list, tuple)) and id(item) not in seen:
            seen.add(id(item))
            with contextlib.suppress(Exception):
                pending.extend(item.values() if isinstance(item, Mapping) else item)
    return found


def no_numbers(value: Plain) -> list[Opaque | dict[str, Plain] | str | None]:
    """What in nested lists is neither a number nor an array; numpy would make nan of None."""
    found: list[Opaque | dict[str, Plain] | str | None] = []
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += part[::-1]
        elif part is None or isinstance(part, (Opaque, dict, str)):
            found.append(part)
    return found


def floats(value: Any) -> np.ndarray:
    """What came back as a float array.

    Raises
    ------
    TypeError
        When something in it is no number. Text is none, whatever numpy can make of it.
    ValueError
        When rows have different lengths.
    """
    if no_numbers(value):
        raise TypeError("numbers are wanted")
    return np.asarray(value, dtype=float)
