"""How `train_xor` is judged: training is random, so by what it learns, over five seeds."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from autograder.evidence.plain import floats
from autograder.exercises.exercise import Call, Case, Ref, Rng, named
from autograder.exercises.mazur.failed_runs import NOT_FINISHED, RESTLESS, SATURATED, STUCK, why_not
from autograder.exercises.mazur.solutions import CORNERS, XOR

NAMES = {  # a known slip and words of its explanation
    "rounded predictions": "Your predictions are exactly 0 and 1",
    "the answers written down": "in whatever order the points come",
    "randomness from elsewhere": "two runs from the same seed differ",
    "predict changes the points": "Your function changes the points",
    "the same start whatever the rng": "draw the start from `rng`",
    "step uphill": "the steps go uphill",
    "started from zeros": "Weights that all start at 0",
    "η too small": "by nearly the same small amount",
    "one hidden unit": "one straight line",
    "stopped before the end": NOT_FINISHED,
    "stuck from a bad start": STUCK,
    "saturated units": SATURATED,
    "η too large": RESTLESS,
}


ROUNDS, LAST = "rounds to XOR on the corners", "the last error is that of the answer"
PER_RUN = (
    ROUNDS,
    "the order of the points does not matter",
    "numbers strictly between 0 and 1",
    "changes gradually between the corners",
    "the errors at least halve",
    LAST,
)
ONCE, WHOLE = "XOR from one start at least", "all of it in one run"
ALWAYS = ("shape", "inputs unchanged", "same seed, same result", "another seed, another network")
#: What a function that was never trained can have right.
XOR_GIVEAWAYS = (*PER_RUN[1:], *ALWAYS)
# along the edges: any two networks trained from two starts were 0.005 apart and more, most of them
# 0.2; a formula differs from itself by 0
APART = 1e-3


def draw_xor(rng):
    """Five seeds; for each the corners, the corners in another order, a walk along the edges, and
    points far around. Then the first seed again."""
    cases, seeds = [], rng.integers(2**31, size=5)
    around = rng.uniform(-2, 3, (60, 2))
    for seed in seeds:
        predict, order = Ref(0, (0,)), rng.permutation(4)
        points = (CORNERS, CORNERS[order], _walk(), around)
        calls = (Call(0, (Rng(int(seed)),)), *(Call(predict, (some,)) for some in points))
        cases.append(Case(f"seed {seed}, corners in the order {order.tolist()}", calls))
    again = (Call(0, (Rng(int(seeds[0])),)), Call(Ref(0, (0,)), (CORNERS,)))
    return [*cases, Case(f"seed {seeds[0]} again", again)]


def _walk() -> np.ndarray:
    s = np.linspace(0, 1, 201)
    zero, one = np.zeros_like(s), np.ones_like(s)
    edges = [(s, zero), (one, s), (s[::-1], one), (zero, s[::-1])]
    return np.concatenate([np.column_stack(edge) for edge in edges])


def _column(record) -> Any:
    """Predictions as (n,), or None where they are none."""
    try:
        values = floats(record.returned)
    except (TypeError, ValueError):
        return None
    return (
        values.ravel()
        if values.ndim in (1, 2) and values.size == max(values.shape, default=0)
        else None
    )


def _errors(record) -> np.ndarray:
    """The errors of a run, empty where there are none."""
    try:
        return floats(record.returned[1]).ravel()
    except (TypeError, ValueError, IndexError, KeyError):
        return np.array([])


def _belongs(last, corners) -> bool:
    """Whether a last error can be that of these predictions, whatever is called the error.

    Half the sum of squares, their sum or mean, a single corner's, absolute values, cross-entropy in
    nats or bits, taken some steps before the end: all of them are between these bounds.
    """
    off = np.minimum(np.abs(corners - XOR), 1 - 1e-12)
    return bool(0.05 * off.min() ** 2 <= last <= 2 * np.sum(-np.log2(1 - off)))


def judge_xor(evidence):
    """The rows for `train_xor`: what is learned must hold for three of the five seeds, the rest
    always.

    One and the same network for all seeds has not learned anything from its random start: then
    nothing counts.
    """
    held, shapes, rounded, fixed, walks, runs, ends, seen = [], [], True, True, [], [], [], []
    for case, records in zip(evidence.cases[:-1], evidence.observations[:-1], strict=True):
        corners, permuted, walk, around = (_column(record) for record in records[1:])
        shapes += [np.shape(r.returned) for r in records[1:] if _column(r) is not None]
        order = [int(np.argmax((CORNERS == row).all(axis=1))) for row in case.calls[2].arguments[0]]
        good = corners is not None and corners.shape == (4,) and bool(np.isfinite(corners).all())
        whole = good and walk is not None and walk.shape == (804,)
        # far away a unit may be saturated: 1 - 1e-17 is 1
        inside = whole and bool(np.all((walk > 0) & (walk < 1)))
        within = (
            inside
            and around is not None
            and around.shape == (60,)
            and bool(np.all((around >= 0) & (around <= 1)))
        )
        same = (
            good
            and permuted is not None
            and permuted.shape == (4,)
            and bool(np.allclose(permuted, corners[order], atol=1e-9))
        )
        rounded &= whole and bool(np.isin(walk, (0, 1)).all() and np.isin(corners, (0, 1)).all())
        fixed &= good and not same and permuted is not None and np.array_equal(permuted, corners)
        walks += [walk] if whole else []
        errors = _errors(records[0])
        runs.append(errors)
        halved = errors.size >= 2 and bool(
            np.isfinite(errors).all() and errors[-1] <= errors[0] / 2
        )
        if halved and good and not _belongs(errors[-1], corners):
            ends.append((float(errors[-1]), float(0.5 * np.sum((corners - XOR) ** 2))))
        seen += [(errors, walk)] if whole and not np.array_equal(np.round(corners), XOR) else []
        held.append(
            (
                good and bool(np.array_equal(np.round(corners), XOR)),
                same,
                within,
                inside and bool(np.abs(np.diff(walk)).max() < 0.2),
                halved,
                halved and good and _belongs(errors[-1], corners),
            )
        )
    other_walks = any(np.abs(a - b).max() > APART for a, b in combinations(walks, 2))
    other_errors = any(not np.array_equal(a, b) for a, b in combinations(runs, 2)) or not any(
        run.size for run in runs
    )
    own = len(walks) < 2 or other_walks and other_errors
    told = {
        ROUNDS: why_not(seen) if len(seen) > 2 else "",
        PER_RUN[1]: (
            "Your function gives the same numbers in whatever order the points come. It has "
            "to look at the points."
            if fixed
            else ""
        ),
        PER_RUN[2]: (
            "Your predictions are exactly 0 and 1. Return what the output unit gives, without"
            " rounding."
            if rounded
            else ""
        ),
        LAST: (
            "Your last error is {:.3g}; ½ Σ (target - answer)² at the corners is {:.3g}.".format(
                *ends[0]
            )
            if ends
            else ""
        ),
    }
    counts = [sum(h[k] for h in held) for k in range(len(PER_RUN))]
    rows = [
        (
            name,
            count >= 3,
            f"{count} of {len(held)} seeds",
            "3 of 5 seeds",
            "" if count >= 3 else told.get(name, ""),
        )
        for name, count in zip(PER_RUN, counts, strict=True)
    ]
    if not own:  # what is the same for every seed was not learned from one
        rows[0] = (
            ROUNDS,
            False,
            f"one {'run' if other_walks else 'network'} for all {len(held)} seeds",
            "3 of 5 seeds",
            told[ROUNDS],
        )
    entire = sum(all(h) for h in held) * own
    once = own and any(h[0] and h[1] and h[3] for h in held)
    none = "" if once or not own else f"none of {len(held)} seeds"
    return named(
        [
            *rows,
            (ONCE, once, none, "", ""),
            (WHOLE, entire >= 3, f"{entire} of {len(held)} seeds", "3 of 5 seeds", ""),
            *_always(evidence, shapes),
            (
                ALWAYS[3],
                bool(walks) and own,
                "",
                "",
                (
                    ""
                    if own
                    else (
                        "five different generators give the same"
                        f" {'errors' if other_walks else 'network'}, so there is no training from a"
                        " random start to be seen: draw the start from `rng`"
                    )
                ),
            ),
        ],
        NAMES,
    )


def _always(evidence, shapes):
    """The rows that do not depend on luck. Without a single prediction none of them holds."""
    first, again = evidence.observations[0], evidence.observations[-1]
    flat = bool(shapes) and all(len(shape) == 1 or shape[1] == 1 for shape in shapes)
    unchanged = bool(shapes) and not any(
        r.changed for records in evidence.observations for r in records
    )
    pairs = ((_column(first[1]), _column(again[1])), (_errors(first[0]), _errors(again[0])))
    same = bool(shapes) and all(_alike(a, b) for a, b in pairs)
    return [
        (
            "shape",
            flat,
            "",
            "",
            (
                ""
                if flat or not shapes
                else "Your function returns one number for each point: (n,) or (n, 1)"
            ),
        ),
        (
            "inputs unchanged",
            unchanged,
            "",
            "",
            (
                ""
                if unchanged or not shapes
                else "Your function changes the points it is given; work on a copy"
            ),
        ),
        (
            "same seed, same result",
            same,
            "",
            "",
            (
                ""
                if same or pairs[0][0] is None or pairs[0][1] is None
                else (
                    "two runs from the same seed differ: all randomness comes from `rng`, none from"
                    " np.random or random"
                )
            ),
        ),
    ]


def _alike(a, b) -> bool:
    if a is None or b is None:
        return a is b  # a run that gave nothing gives nothing again
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))
