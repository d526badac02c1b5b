"""Evidence and inputs as text: JSON with raw array bytes. Never pickle, and checked on arrival.

What crosses between the student's kernel and the grader is built from numbers, texts, lists and the
few named kinds below; anything else is refused.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from autograder.evidence.drawn import Drawing
from autograder.evidence.inputs import (
    Call,
    Case,
    Digits,
    Function,
    Graph,
    Recorder,
    Ref,
    Rng,
    Strided,
)
from autograder.evidence.plain import MAX_DEPTH, MAX_TEXT, Opaque
from autograder.evidence.probe import Evidence, Raised, Record
from autograder.evidence.walk import MAX_NAMES, MAX_STEPS, MAX_TOTAL, Step, Walk

if TYPE_CHECKING:
    #: What `dumps` writes and `loads` gives; the named kinds are tuples, or one of the last two.
    Sendable: TypeAlias = (
        None | bool | int | float | str | np.ndarray
        | list["Sendable"] | tuple["Sendable", ...] | dict[Any, "Sendable"]
        | Evidence | Record
    )  # fmt: skip
    Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, Any]

KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        Call,
        Case,
        Digits,
        Drawing,
        Evidence,
        Function,
        Graph,
        Opaque,
        Raised,
        Record,
        Recorder,
        Ref,
        Rng,
        Step,
        Strided,
        Walk,
    )
}
MAX_SIZE = 64_000_000
MAX_PARTS = 4_000_000
MAX_SOURCE = 100_000  # characters of a cell
MAX_HELD = 4_000  # values that the variables of a walk are given, all together


class BadTransport(ValueError):
    """A text that is not what `dumps` writes."""


def dumps(value: Any) -> str:
    """Write plain data, inputs or evidence as text."""
    return json.dumps(_pack(value), allow_nan=False, separators=(",", ":"))


def loads(text: object, kind: type | None = None) -> Any:
    """Read what `dumps` wrote.

    Raises
    ------
    BadTransport
        When the text is too long, has too many parts (each becomes an object of its own), is
        malformed, or is not of the kind asked for; for evidence and for a walk also when something
        in it is not what the probe, or the walk, writes there.
    """
    if not isinstance(text, str):
        raise BadTransport(f"a text was expected, not {type(text).__name__}")
    if excess := too_much(text):
        raise BadTransport(excess)
    try:
        value = _unpack(json.loads(text))
        if isinstance(value, Evidence):
            _check_evidence(value)
        if isinstance(value, Walk):
            _check_walk(value)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as problem:
        raise BadTransport(f"malformed: {problem}") from None
    if kind is not None and not isinstance(value, kind):
        raise BadTransport(f"a {kind.__name__} was expected, not {type(value).__name__}")
    return value


def too_much(text: str) -> str:
    """By what a text is more than `loads` reads; empty where it is not."""
    if len(text) > MAX_SIZE:
        return f"longer than {MAX_SIZE:,} characters"
    return f"more than {MAX_PARTS:,} parts" if sum(map(text.count, "[{,")) > MAX_PARTS else ""


def _pack(value: Sendable) -> Json:
    if value is None or isinstance(value, (bool, str)) or type(value) is int:
        return value
    if type(value) is float:
        return value if np.isfinite(value) else {"$": "float", "value": repr(value)}
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"$": "array", "dtype": value.dtype.str, "shape": list(value.shape), "data": data}
    kind = KINDS.get(type(value).__name__)
    if kind is not None:
        names = [f.name for f in fields(kind)] if is_dataclass(kind) else kind._fields
        return {
            "$": type(value).__name__,
            "fields": {name: _pack(getattr(value, name)) for name in names},
        }
    if isinstance(value, tuple):
        return {"$": "tuple", "items": [_pack(item) for item in value]}
    if isinstance(value, list):
        return [_pack(item) for item in value]
    if isinstance(value, dict):
        return {"$": "dict", "items": [[_pack(key), _pack(item)] for key, item in value.items()]}
    raise TypeError(f"{type(value).__name__} is no plain data")


def _unpack(value: Json) -> Any:
    if isinstance(value, list):
        return [_unpack(item) for item in value]
    # half a surrogate pair, which no file can hold, becomes a question mark
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="replace").decode()
    if not isinstance(value, dict):
        return value
    tag = value["$"]
    if tag == "float":
        return float(value["value"])
    if tag == "array":
        return _array(value)
    if tag == "tuple":
        return tuple(_unpack(item) for item in value["items"])
    if tag == "dict":
        return {_unpack(key): _unpack(item) for key, item in value["items"]}
    return KINDS[tag](**{name: _unpack(item) for name, item in value["fields"].items()})


def _check_evidence(evidence: Evidence) -> None:
    """Raise ValueError where evidence holds something else than the probe writes: it may have been
    written by anybody."""
    _check_texts(evidence.exercise, *[evidence.problem or ""], *evidence.uses, *evidence.reads)
    if evidence.drawn is not None:
        if type(evidence.drawn) is not Evidence or evidence.drawn.drawn is not None:
            raise ValueError("what came of drawn values is one evidence")
        _check_evidence(evidence.drawn)
    groups = (*evidence.observations, evidence.again)
    if not all(
        type(group) is tuple
        for group in (evidence.cases, evidence.observations, evidence.uses, evidence.reads, *groups)
    ):
        raise ValueError("observations are tuples of records")
    if evidence.again_case is not None:
        _check_whole(evidence.again_case)
    for record in (record for group in groups for record in group):
        _check_record(record)


def _check_record(record: Sendable) -> None:
    if (
        not isinstance(record, Record)
        or type(record.error) not in (Raised, type(None))
        or type(record.shared) is not bool
    ):
        raise ValueError("an observation is no record")
    _check_texts(*(record.error or ()), *record.warned)
    _check_whole(
        *record.changed, record.printed, *([] if record.function is None else [record.function])
    )
    if type(record.seconds) not in (int, float):
        raise ValueError("seconds are a number")
    _check_plain(record.returned, 0)


def _check_walk(walk: Walk) -> None:
    """Raise ValueError where a walk holds something else than `autograder.evidence.walk` writes."""
    if type(walk.source) is not str or len(walk.source) > MAX_SOURCE:
        raise ValueError(f"a source is no text of at most {MAX_SOURCE:,} characters")
    if type(walk.steps) is not tuple or len(walk.steps) > MAX_STEPS:
        raise ValueError(f"steps are a tuple of at most {MAX_STEPS:,}")
    if not all(type(names) is tuple for names in (walk.parameters, walk.notebook)):
        raise ValueError("names are a tuple")
    if not all(type(step) is Step for step in walk.steps):
        raise ValueError("a step is none")
    _check_whole(walk.first, *(step.line for step in walk.steps))
    groups = [walk.arguments, *(step.changed for step in walk.steps)]
    if not all(type(group) is dict and len(group) <= MAX_NAMES for group in groups):
        raise ValueError(f"variables are a dictionary of at most {MAX_NAMES}")
    _check_names(*walk.parameters, *walk.notebook, *(name for group in groups for name in group))
    held = [one for group in groups for one in group.values() if one is not None]
    held += [walk.returned] if walk.returned is not None else []
    if len(held) > MAX_HELD or not all(type(one) is dict for one in held):
        raise ValueError(f"what variables hold are at most {MAX_HELD:,} dictionaries")
    for path, part in (item for one in held for item in one.items()):
        if type(path) is not tuple or not all(type(key) in (str, int) for key in path):
            raise ValueError("a path is a tuple of keys")
        _check_texts(*(key for key in path if type(key) is str))
        if type(part) is not np.ndarray or part.dtype.kind not in "bif":
            raise ValueError("a variable holds numbers")
    if sum(part.size for one in held for part in one.values()) > MAX_TOTAL:
        raise ValueError(f"more than {MAX_TOTAL:,} numbers")


def _check_names(*names: Any) -> None:
    """Raise ValueError for what can be no variable of Python; a comprehension's are called .0"""
    _check_texts(*names)
    if not all(name.isidentifier() or re.fullmatch(r"\.\d+", name) for name in names):
        raise ValueError("a name is none")


def _check_texts(*texts: Any) -> None:
    if not all(isinstance(text, str) and len(text) <= 2 * MAX_TEXT for text in texts):
        raise ValueError(f"a name or message is no text of at most {2 * MAX_TEXT} characters")


def _check_whole(*numbers: Any) -> None:
    if not all(type(number) is int and 0 <= number < 2**63 for number in numbers):
        raise ValueError("a number or count is no whole number")


def _check_plain(value: Sendable, depth: int) -> None:
    """Raise ValueError for anything that `autograder.evidence.plain.plain` does not give."""
    if depth > MAX_DEPTH + 2:
        raise ValueError("lists inside lists without end")
    if isinstance(value, list):
        for item in value:
            _check_plain(item, depth + 1)
    elif type(value) is dict:
        _check_texts(*value)
        for item in value.values():
            _check_plain(item, depth + 1)
    elif isinstance(value, (str, Opaque)):
        _check_texts(*value if isinstance(value, Opaque) else [value])
    elif (
        type(value) is int
        and abs(value) >= 2**63
        or not (value is None or isinstance(value, (bool, int, float, np.ndarray)))
    ):
        raise ValueError(f"{type(value).__name__} is no result of a call")


def _array(value: dict[str, Any]) -> np.ndarray:
    if not re.fullmatch(r"[<>|][biuf]\d{1,2}", value["dtype"]):
        raise ValueError(f"arrays of {value['dtype']!r} are not accepted")
    dtype = np.dtype(value["dtype"])
    shape = tuple(int(n) for n in value["shape"])
    flat = np.frombuffer(base64.b64decode(value["data"], validate=True), dtype=dtype)
    return flat.reshape(shape).copy()
