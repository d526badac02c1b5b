"""What runs of `train_xor` that do not solve XOR have in common."""

from __future__ import annotations

from collections import Counter

import numpy as np

from autograder.exercises.mazur.solutions import XOR

# words of the explanations, by which they are known
NOT_FINISHED = "the error still falls when you stop"
STUCK = "the error has come to rest"
SATURATED = "hardly anything moves any more"
RESTLESS = "the error goes up and down to the end"

AT = (0, 602, 200, 401)  # where a walk along the edges meets (0, 0), (0, 1), (1, 0) and (1, 1)
CALLED = ("(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)")


def why_not(seen):
    """What the failed runs have in common: how their errors went, and what their answers look like
    along the edges."""
    errors, walks = [run for run, _ in seen], [walk for _, walk in seen]
    if not all(run.size > 20 and np.isfinite(run).all() for run in errors):
        return ""
    first, last = errors[0][0], errors[0][-1]
    if all(np.all(np.diff(run[:20]) > 0) and run[-1] > run[0] for run in errors):
        return (
            f"The error rises from the first step on, from {first:.3g} to {last:.3g}: the steps go"
            " uphill. w ← w - eta ∂E/∂w."
        )
    if all(np.ptp(walk) < 1e-9 and np.ptp(run) < 1e-9 for run, walk in seen):
        return (
            f"Every point gets {walks[0][0]:.3g}, and the error never moves. Weights that all start"
            " at 0 give hidden units that are equal, with equal gradients: they stay equal, and"
            " here nothing moves at all. Draw the start from `rng`."
        )
    if all(_crawls(run) for run in errors):
        return (
            f"The error falls at every step, but by nearly the same small amount: from {first:.4g}"
            f" to {last:.4g} in {len(errors[0])} steps. A larger eta gets further in as many steps."
        )
    kinds = [_kind(run, walk[list(AT)]) for run, walk in seen]
    if all(kind == NOT_FINISHED for kind in kinds):
        return _told(NOT_FINISHED, seen, len(seen))
    if all(_one_direction(walk) for walk in walks):
        return (
            "Along the edges of the square your answer changes in one direction only, as with "
            "one hidden unit, which draws one straight line, or with several that start equal and so "
            "stay equal. XOR needs two lines: at least two hidden units that do not stay equal. Draw "
            "the start from `rng`; one layer of different numbers is enough to part them."
        )
    kind, count = max(
        Counter(filter(None, kinds)).items(), key=lambda item: item[1], default=("", 0)
    )
    alike = [pair for pair, of in zip(seen, kinds, strict=True) if of == kind]
    return _told(kind, alike, len(seen)) if count and 2 * count >= len(seen) else ""


def _kind(run, corners) -> str:
    """How a run that does not solve XOR ended: the words of its explanation, "" where nothing is
    known of it.

    The errors may be any that fall with the training, so that they are only compared with each
    other. What is half the squared distance at the corners tells a plateau (½) from a trap (¼, ⅓).
    """
    tenths = [
        np.mean(part) for part in np.array_split(run, 10)
    ]  # errors of single steps may zigzag
    fall, still = (tenths[-2] - tenths[-1]) / max(abs(tenths[-1]), 1e-12), _end(run)
    half = np.diff(run[len(run) // 2 :])
    error = 0.5 * np.sum((corners - XOR) ** 2)
    if np.all(np.minimum(corners, 1 - corners) < 0.01) and abs(fall) < 0.01:
        return SATURATED
    if np.mean(half > 0) > 0.1 and np.mean(np.abs(half)) > 0.01 * np.mean(run[len(run) // 2 :]):
        return RESTLESS
    if np.all(np.diff(tenths[-3:]) < 0) and still[-1] < still[0]:
        if fall > 0.02 or fall > 1e-5 and error > 0.36:
            return NOT_FINISHED
    return STUCK if abs(fall) < 0.01 and error < 0.45 and _nearest(corners)[0] < 0.05 else ""


def _end(run) -> np.ndarray:
    """The last tenth of a run's errors."""
    return run[-max(2, len(run) // 10) :]


def _nearest(corners) -> tuple[float, int, int]:
    """Of two corners with different targets whose answers are nearest: how far apart, and which."""
    return min((abs(corners[a] - corners[b]), a, b) for a in (0, 3) for b in (1, 2))


def _told(kind, alike, failed) -> str:
    """The explanation of the runs that ended alike, with the numbers of the first of them."""
    run, walk = alike[0]
    corners = walk[list(AT)]
    count = f"all {failed}" if len(alike) == failed else f"{len(alike)} of the {failed}"
    who = f"In {count} runs that do not solve XOR"
    if kind == NOT_FINISHED:
        end = _end(run)
        return (
            f"{who} {NOT_FINISHED}: in the first of them from {end[0]:.6g} to {end[-1]:.6g} over the"
            f" last {len(end)} of {len(run)} errors. Take more steps or a larger eta; the table below"
            " the exercise shows what eta does in 1,000 steps. If that does not help, the gradient is"
            " wrong: compare it with finite differences."
        )
    if kind == STUCK:
        _, a, b = _nearest(corners)
        return (
            f"{who} {STUCK}, and two corners with different targets get nearly the same answer: in"
            f" the first of them {corners[a]:.3f} at {CALLED[a]} and {corners[b]:.3f} at {CALLED[b]}."
            " Further steps hardly help. Throw such a start away and take another, or take more"
            " hidden units: four make it easier."
        )
    if kind == SATURATED:
        return (
            f"{who} all four answers are within 0.01 of 0 or 1, wrong ones too: in the first of them"
            f" {', '.join(f'{value:.3f}' for value in corners)}. There out (1 - out) is nearly 0, and"
            f" {SATURATED}. Steps that are too long do that, or a start that is too large: take a"
            " smaller eta, or smaller weights."
        )
    half = run[len(run) // 2 :]
    return (
        f"{who} {RESTLESS}: in the first of them it rises {np.sum(np.diff(half) > 0)} times in the"
        f" last {len(half) - 1} steps. Steps along the gradient of all four corners lower the error if"
        " they are short enough: take a smaller eta. If that does not help, the gradient is wrong:"
        " compare it with finite differences."
    )


def _crawls(run) -> bool:
    """Whether a run went down evenly and hardly at all: the second half gave as much as the
    first."""
    half = (run[0] - run[len(run) // 2], run[len(run) // 2] - run[-1])
    return bool(np.all(np.diff(run) < 0) and run[-1] > 0.9 * run[0] and half[1] > 0.5 * half[0])


def _one_direction(walk) -> bool:
    """Whether the answers along the four edges can be those of a function of one direction, as one
    hidden unit's are.

    Such a function has parallel gradients everywhere. Where two edges meet, both slopes of a corner
    are known.
    """
    bottom, right, top, left = (np.diff(walk[k * 201 : (k + 1) * 201]) for k in range(4))
    corners = np.array(
        [(bottom[0], -left[-1]), (bottom[-1], right[0]), (-top[0], right[-1]), (-top[-1], -left[0])]
    )
    large = np.linalg.norm(corners, axis=1)
    if large.max() < 1e-6:
        return False
    at = corners[large > 0.02 * large.max()]
    at = at / np.linalg.norm(at, axis=1, keepdims=True)
    crossed = np.abs(at[:, 0] * at[0, 1] - at[:, 1] * at[0, 0])
    turned = [
        side for side in (bottom, right, top, left) if side.min() < -1e-9 and side.max() > 1e-9
    ]
    return bool(crossed.max() < 0.05 and len(at) > 1 and not turned and np.all(at @ at[0] > 0))
