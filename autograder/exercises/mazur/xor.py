"""How `train_xor` is judged: training is random, so by what it learns, over five seeds."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Call, Case, Ref, Rng
from autograder.exercises.mazur.solutions import CORNERS, XOR
from autograder.findings import named


NAMES = {  # a known slip and words of its explanation
    "rounded predictions": "Your predictions are exactly 0 and 1", "the answers written down": "in whatever order the points come",
    "randomness from elsewhere": "two runs from the same seed differ", "predict changes the points": "predict changes the points",
}


def draw_xor(rng):
    """Five seeds; for each the corners, the corners in another order, and a walk along the edges. Then the first seed again."""
    cases, seeds = [], rng.integers(2**31, size=5)
    for seed in seeds:
        predict, order = Ref(0, (0,)), rng.permutation(4)
        calls = (Call(0, (Rng(int(seed)),)), Call(predict, (CORNERS,)), Call(predict, (CORNERS[order],)), Call(predict, (_walk(),)))
        cases.append(Case(f"seed {seed}, corners in the order {order.tolist()}", calls, alone=True))
    again = (Call(0, (Rng(int(seeds[0])),)), Call(Ref(0, (0,)), (CORNERS,)))
    return [*cases, Case(f"seed {seeds[0]} again", again, alone=True)]


def _walk() -> np.ndarray:
    s = np.linspace(0, 1, 201)
    zero, one = np.zeros_like(s), np.ones_like(s)
    edges = [(s, zero), (one, s), (s[::-1], one), (zero, s[::-1])]
    return np.concatenate([np.column_stack(edge) for edge in edges])


def _column(record) -> np.ndarray | None:
    """Predictions as (n,), or None where they are none."""
    try:
        values = np.asarray(record.returned, dtype=float)
    except (TypeError, ValueError):
        return None
    return values.ravel() if values.ndim in (1, 2) and values.size == max(values.shape, default=0) else None


def _errors(record) -> np.ndarray:
    """The errors of a run, empty where there are none."""
    try:
        return np.asarray(record.returned[1], dtype=float).ravel()
    except (TypeError, ValueError, IndexError, KeyError):
        return np.array([])


def judge_xor(evidence):
    """The rows for `train_xor`: what is learned must hold for three of the five seeds, the rest always."""
    names = ("rounds to XOR on the corners", "the order of the points does not matter", "numbers strictly between 0 and 1",
             "changes gradually between the corners", "the errors at least halve")
    held, shapes, rounded, fixed = [], [], True, True
    for case, records in zip(evidence.cases[:-1], evidence.observations[:-1], strict=True):
        corners, permuted, walk = (_column(record) for record in records[1:])
        shapes += [np.shape(r.returned) for r in records[1:] if _column(r) is not None]
        order = [int(np.argmax((CORNERS == row).all(axis=1))) for row in case.calls[2].arguments[0]]
        good = corners is not None and corners.shape == (4,) and np.isfinite(corners).all()
        inside = good and walk is not None and walk.shape == (804,) and bool(np.all((walk > 0) & (walk < 1)))
        same = good and permuted is not None and permuted.shape == (4,) and bool(np.allclose(permuted, corners[order], atol=1e-9))
        rounded &= good and walk is not None and bool(np.isin(walk, (0, 1)).all() and np.isin(corners, (0, 1)).all())
        fixed &= good and not same and permuted is not None and np.array_equal(permuted, corners)
        errors = _errors(records[0])
        held.append((
            good and bool(np.array_equal(np.round(corners), XOR)), same, inside,
            inside and bool(np.abs(np.diff(walk)).max() < 0.2),
            errors.size >= 2 and bool(np.isfinite(errors).all() and errors[-1] <= errors[0] / 2),
        ))
    told = {names[1]: "predict gives the same numbers in whatever order the points come. It has to look at the points." if fixed else "",
            names[2]: "Your predictions are exactly 0 and 1. Return what the output unit gives, without rounding." if rounded else ""}
    rows = [(name, sum(h[k] for h in held) >= 3, f"{sum(h[k] for h in held)} of {len(held)} seeds", "3 of 5 seeds", told.get(name, ""))
            for k, name in enumerate(names)]
    whole = sum(all(h) for h in held)
    return named([*rows, ("all of it in one run", whole >= 3, f"{whole} of {len(held)} seeds", "3 of 5 seeds", ""), *_always(evidence, shapes)], NAMES)


def _always(evidence, shapes):
    """The rows that do not depend on luck. Without a single prediction none of them holds."""
    first, again = evidence.observations[0], evidence.observations[-1]
    flat = bool(shapes) and all(len(shape) == 1 or shape[1] == 1 for shape in shapes)
    unchanged = bool(shapes) and not any(r.changed for records in evidence.observations for r in records)
    pairs = ((_column(first[1]), _column(again[1])), (_errors(first[0]), _errors(again[0])))
    same = bool(shapes) and all(_alike(a, b) for a, b in pairs)
    return [
        ("shape", flat, "", "", "" if flat else "predict returns one number for each point: (n,) or (n, 1)"),
        ("inputs unchanged", unchanged, "", "", "" if unchanged or not shapes else "predict changes the points it is given; work on a copy"),
        ("same seed, same result", same, "", "", "" if same or pairs[0][0] is None or pairs[0][1] is None else
         "two runs from the same seed differ: all randomness comes from `rng`, none from np.random or random"),
    ]


def _alike(a, b) -> bool:
    if a is None or b is None:
        return a is b  # a run that gave nothing gives nothing again
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))
