"""The three gates: add, multiply, max."""

from __future__ import annotations

import numpy as np

from autograder.exercises.chain_rule.solutions import (
    add_gate,
    away,
    gate_by_nudges,
    max_gate,
    mul_gate,
)
from autograder.exercises.exercise import Call, Case, Several, exercise


def any_split(call, yours, exact):
    """At a = b the max gate may hand on (t·u, (1 - t)·u) for any t from 0 to 1, entry by entry."""
    if call.function != 2:
        return yours
    a, b, u = (np.ravel(argument) for argument in call.arguments)
    given = [np.asarray(part) for part in yours[:2]]
    da, db = (
        part.astype(part.dtype if part.dtype in (np.float32, np.float16) else float).ravel()
        for part in given
    )
    room = (1e-4 if min(da.itemsize, db.itemsize) < 8 else 1e-7) * max(
        1.0, float(np.max(np.abs(u)))
    )
    split = (
        (a == b)
        & (np.abs(da + db - u) <= room)
        & (da >= np.minimum(u, 0) - room)
        & (da <= np.maximum(u, 0) + room)
    )
    exact_da, exact_db = (np.ravel(part) for part in exact)
    da, db = (
        np.where(split, exact_da.astype(da.dtype), da),
        np.where(split, exact_db.astype(db.dtype), db),
    )
    return [da.reshape(given[0].shape), db.reshape(given[1].shape)]


def split_at_a_tie(call, row):
    """What is right of a max gate whose inputs are the same, somewhere."""
    tied = np.equal(*call.arguments[:2])
    if call.function != 2 or not tied.any():
        return None
    return Several("from 0 to upstream, with da + db = upstream", tied, "where a = b")


def gates_case(label, a, b, upstream):
    """One call for each of the three gates, with the same inputs."""
    return Case(label, tuple(Call(k, (a, b, upstream)) for k in range(3)))


def draw_gates(rng):
    """Numbers, equal numbers, arrays with some entries equal, a square array."""
    cases = [gates_case("random numbers", away(rng), away(rng), away(rng))]
    tie = away(rng)
    cases.append(gates_case("two equal numbers", tie, tie, away(rng)))
    for shape in ((4,), (2, 3)):
        cases.append(gates_case(f"arrays of shape {shape}", *(away(rng, shape) for _ in range(3))))
    a, b = away(rng, 6), away(rng, 6)
    b[::2] = a[::2]
    cases.append(gates_case("arrays with some entries equal", a, b, away(rng, 6)))
    return [*cases, gates_case("a square array", *(away(rng, (3, 3)) for _ in range(3)))]


GATES = exercise(
    "chain_rule.gates",
    "add_gate(a, b, upstream) -> (da, db)",
    "mul_gate(a, b, upstream) -> (da, db)",
    "max_gate(a, b, upstream) -> (da, db)",
    points=3,
    section="Three patterns",
    solution=(add_gate, mul_gate, max_gate),
    oracle=tuple(
        gate_by_nudges(value) for value in (lambda a, b: a + b, lambda a, b: a * b, np.maximum)
    ),
    results=(("da", "db"),) * 3,
    deck_cases=(gates_case("the deck's -1 and 2", -1.0, 2.0, 1.0),),
    draw=draw_gates,
    accept=any_split,
    accepted=split_at_a_tie,
    misconceptions=(
        (
            "add gate: upstream forgotten",
            (
                "Your add gate returns its local gradients, 1 and 1. The chain rule multiplies them"
                " by what comes from above: (upstream, upstream)."
            ),
            (lambda a, b, u: (u * 0 + 1, u * 0 + 1), None, None),
        ),
        (
            "add gate: upstream forgotten",
            (
                "Your add gate returns 1 and 1, which are its local gradients. The chain rule"
                " multiplies them by what comes from above: (upstream, upstream)."
            ),
            (lambda a, b, u: (1.0, 1.0), None, None),
        ),
        (
            "add gate: the gradient split",
            (
                "Your add gate halves the upstream gradient. It is a distributor, not a divider:"
                " nudging a moves a + b by the whole nudge, so both inputs get all of it."
            ),
            (lambda a, b, u: (u / 2, u / 2), None, None),
        ),
        (
            "add gate: inputs multiplied in",
            (
                "Your add gate multiplies by the inputs. The local gradients of a + b are 1 and 1,"
                " whatever a and b are."
            ),
            (lambda a, b, u: (a * u, b * u), None, None),
        ),
        (
            "mul gate: not switched",
            (
                "Your mul gate gives a the value of a. Nudge a, and ab moves b times as much: da ="
                " b · upstream, db = a · upstream."
            ),
            (None, lambda a, b, u: (a * u, b * u), None),
        ),
        (
            "mul gate: upstream forgotten",
            (
                "Your mul gate returns its local gradients, b and a. Multiply them by what comes"
                " from above."
            ),
            (None, lambda a, b, u: (b * 1.0, a * 1.0), None),
        ),
        (
            "mul gate: the gradient handed on",
            (
                "Your mul gate hands the upstream gradient on unchanged, as an add gate does. The"
                " local gradients of ab are b and a."
            ),
            (None, lambda a, b, u: (u, u), None),
        ),
        (
            "max gate: both inputs served",
            (
                "Your max gate gives the upstream gradient to both inputs. The smaller one cannot"
                " be felt: a small nudge of it leaves the maximum as it is, so its gradient is 0."
            ),
            (None, None, lambda a, b, u: (u, u)),
        ),
        (
            "max gate: the loser served",
            (
                "Your max gate gives the gradient to the smaller input. It is the larger one that"
                " gets through, and the way back is the same way."
            ),
            (None, None, lambda a, b, u: (np.where(a < b, u, 0.0), np.where(a < b, 0.0, u))),
        ),
        (
            "max gate: the larger size served",
            (
                "Your max gate compares sizes. The larger number wins, not the larger size: of -3"
                " and 1 it is 1."
            ),
            (
                None,
                None,
                lambda a, b, u: (
                    np.where(np.abs(a) >= np.abs(b), u, 0.0),
                    np.where(np.abs(a) >= np.abs(b), 0.0, u),
                ),
            ),
        ),
        (
            "max gate: upstream forgotten",
            (
                "Your max gate returns 1 and 0. These are the local gradients; multiply them by"
                " what comes from above."
            ),
            (None, None, lambda a, b, u: (np.where(a >= b, 1.0, 0.0), np.where(a >= b, 0.0, 1.0))),
        ),
        (
            "max gate: the value routed",
            "Your max gate sends back the larger value. What is routed is the upstream gradient.",
            (None, None, lambda a, b, u: (np.where(a >= b, a, 0.0), np.where(a >= b, 0.0, b))),
        ),
        (
            "max gate: the value multiplied in",
            (
                "Your max gate multiplies upstream by the larger value. Nudge the larger input, and the"
                " maximum moves by the same nudge: its local gradient is 1."
            ),
            (
                None,
                None,
                lambda a, b, u: (np.where(a >= b, a * u, 0.0), np.where(a >= b, 0.0, b * u)),
            ),
        ),
        (
            "max gate: the gradient split",
            (
                "Your max gate halves the upstream gradient, whichever input is larger. The larger one"
                " gets all of it, the smaller one nothing; half and half is right only where a = b."
            ),
            (None, None, lambda a, b, u: (u / 2, u / 2)),
        ),
        (
            "max gate: the loser gets the opposite",
            (
                "Your max gate gives the smaller input minus upstream. A small nudge of it leaves the"
                " maximum as it is: its gradient is 0."
            ),
            (None, None, lambda a, b, u: (np.where(a > b, u, -u), np.where(a > b, -u, u))),
        ),
        (
            "max gate: a tie counted twice",
            (
                "Where a = b you gave the whole upstream gradient to both. Move a and b together"
                " and the maximum moves once, not twice: the two shares must add up to upstream."
                " All to one of them, or half and half, is fine."
            ),
            (None, None, lambda a, b, u: (np.where(a >= b, u, 0.0), np.where(b >= a, u, 0.0))),
        ),
        *(
            (
                "max gate: shares beyond upstream at a tie",
                (
                    "Where a = b your shares add up to upstream, but one is larger than all of it"
                    " and the other has the wrong sign. No nudge of one input moves the maximum by"
                    " twice as much: each share lies between 0 and upstream."
                ),
                (
                    None,
                    None,
                    lambda a, b, u, first=first: (
                        np.where(a > b, u, np.where(a == b, first * u, 0.0)),
                        np.where(b > a, u, np.where(a == b, (1 - first) * u, 0.0)),
                    ),
                ),
            )
            for first in (2.0, -1.0)
        ),
        (
            "max gate: nothing at a tie",
            (
                "Where a = b you gave nothing to either. Move both together and the maximum moves"
                " with them, so the two shares must add up to upstream. All to one of them, or half"
                " and half, is fine."
            ),
            (None, None, lambda a, b, u: (np.where(a > b, u, 0.0), np.where(b > a, u, 0.0))),
        ),
    ),
    hints=(
        (
            "For each gate ask twice: if this input is nudged, by how much does the output move?"
            " Then multiply by upstream."
        ),
        (
            "a + b: 1 and 1. ab: b and a. max(a, b): 1 for the larger, 0 for the smaller. Each"
            " times upstream."
        ),
        (
            "At a = -1, b = 2 with 3 from above: the add gate hands on 3 and 3; the mul gate 2 · 3 "
            "= 6 and -1 · 3 = -3; the max "
            "gate 0 and 3, since 2 is the larger. For arrays this is decided entry by entry; "
            "np.where does that."
        ),
    ),
)
