"""`*` where `@` was meant: a wrong shape that is an entry-by-entry product, where the matrix
product is the exact value."""

from __future__ import annotations

import numpy as np

from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Exercise
from autograder.judging.relations import around
from autograder.judging.table import Table


def meant_matrix_product(exercise: Exercise, exact: Evidence, table: Table, row: str) -> str:
    """A sentence that names the two quantities; "" unless it holds wherever this row came back in a
    wrong shape.

    Parameters
    ----------
    exercise
    exact
        What the solution returned.
    table
        Every quantity, yours and exact.
    row
        The quantity with the wrong shape.
    """
    found: set[tuple[str, str]] | None = None
    for place, compared in table[row]:
        if compared.given is None or not (compared.problem or "").startswith("the shape is"):
            continue
        quantities = around(exercise, exact, table, place)
        yours, right = (
            np.asarray(compared.given, dtype=float),
            np.asarray(compared.exact, dtype=float),
        )
        here = {
            (a, b)
            for a in quantities
            for b in quantities
            if a != b and _product(quantities[a], quantities[b], yours, right)
        }
        found = here if found is None else found & here
    if not found:
        return ""
    a, b = sorted(found)[0]
    return (
        f"Yours is `{a} * {b}`, entry by entry. The matrix product `{a} @ {b}` is the exact one:"
        " each entry is a sum of products."
    )


def _product(a: np.ndarray, b: np.ndarray, yours: np.ndarray, right: np.ndarray) -> bool:
    try:
        by_entry, whole = a * b, a @ b
    except ValueError:
        return False
    return (
        by_entry.shape == yours.shape
        and whole.shape == right.shape
        and bool(np.allclose(by_entry, yours))
        and bool(np.allclose(whole, right))
    )
