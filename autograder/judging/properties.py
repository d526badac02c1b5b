"""What holds for a function as a whole: shapes, inputs left as they are, new arrays, no warning,
the same twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Exercise
from autograder.judging.compare import find
from autograder.judging.table import Table, shown_first

if TYPE_CHECKING:
    from autograder.evidence.plain import Plain


def properties_of(exercise: Exercise, yours: Evidence, table: Table) -> dict[str, str]:
    """Look at a function as a whole.

    Parameters
    ----------
    exercise
        What is asked.
    yours
        What the student's functions did.
    table
        Every quantity compared.

    Returns
    -------
    dict
        Row name -> what is wrong, empty where nothing is.
    """
    records = [record for records in yours.observations for record in records]
    found = {"shape": "", "inputs unchanged": ""}
    found["shape"] = _shape(yours, table)
    for record in records:
        if record.changed and record.function is not None and not found["inputs unchanged"]:
            names = [exercise.signatures[record.function].parameters[k] for k in record.changed]
            names = [name for name in names if name not in exercise.mutable]
            if not names:
                continue
            found["inputs unchanged"] = (
                f"the function changes {' and '.join(names)}; work on a copy"
            )
    if exercise.fresh:
        found["new arrays"] = (
            "a result shares its memory with an input" if any(r.shared for r in records) else ""
        )
    if exercise.quiet:
        warned = sorted({kind for r in records for kind in r.warned})
        found["no warning"] = f"numpy warns: {', '.join(warned)}" if warned else ""
    if yours.again_case is not None:
        first, again = yours.observations[yours.again_case], yours.again
        stable = all(
            (a.error is None) == (b.error is None) for a, b in zip(first, again, strict=True)
        )
        asked = [
            place
            for entries in table.values()
            for place, _ in entries
            if place.case == yours.again_case
        ]
        stable &= all(
            _same_data(find(first[p.call].returned, p.path), find(again[p.call].returned, p.path))
            for p in asked
        )
        found["second call"] = (
            "" if stable else "a second call with the same inputs gives another result"
        )
    return found


def _shape(yours: Evidence, table: Table) -> str:
    """The first wrong shape that the table shows; where it shows none, that of another case, which
    is named."""
    shown = [(name, shown_first(table, name)) for name in table]
    entries = [(name, entries[0], True) for name, entries in shown]
    entries += [(name, entry, False) for name, entries in shown for entry in entries[1:]]
    for name, (place, compared), is_shown in entries:
        if compared.shape is None:
            continue
        in_list = isinstance(compared.exact, list)
        in_list |= isinstance(compared.given, list) and bool(compared.note)
        one = f"an array in {name}" if in_list else name
        elsewhere = "" if is_shown else f" (for {yours.cases[place.case].label})"
        return f"{one} has shape {compared.shape}, wanted is {compared.wanted}{elsewhere}"
    return ""


def _same_data(a: Plain, b: Plain) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same_data(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same_data(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, (int, float, np.ndarray)) and isinstance(b, (int, float, np.ndarray)):
        return np.shape(a) == np.shape(b) and (
            np.array_equal(a, b) or bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))
        )
    return type(a) is type(b)
