"""What is said of whole networks that were trained or drawn: their cost, their last error, their
shapes.
"""

from __future__ import annotations

import re

import numpy as np

from recheck.facts import Facts, numbers
from recheck.printed import NUMBER, prints

XOR = np.array([0.0, 1.0, 1.0, 0.0])


def _cost(X: np.ndarray, T: np.ndarray, weights: list, biases: list) -> float:
    """½ of the squared distance, the mean over the examples, of a network of logistic units."""
    a = X
    for W, b in zip(weights, biases, strict=True):
        a = 1 / (1 + np.exp(-(a @ W + b)))
    return float(sum(np.sum((a[k] - T[k]) ** 2) for k in range(len(X))) / (2 * len(X)))


def _networks(facts: Facts):
    """Every call of a function of the student's with its arguments and the network that it
    returned, as it came.
    """
    for case, records in zip(facts.cases, facts.evidence.observations, strict=True):
        for call, record in zip(case.calls, records, strict=True):
            if (
                record.function is not None
                and record.error is None
                and isinstance(record.returned, list)
            ):
                yield call.arguments, record.returned


def history(facts: Facts, row) -> str | None:
    """The last entry and the cost of what came back."""
    found = re.match(
        rf"The last entry is ({NUMBER}); C of the network you return is ({NUMBER})", row.comment
    )
    if not found:
        return None
    told = []
    for (X, T, sizes, *_), returned in _networks(facts):
        pairs = list(zip(sizes, sizes[1:], strict=False))
        try:
            weights = [
                numbers(W).reshape(shape) for W, shape in zip(returned[0], pairs, strict=True)
            ]
            biases = [numbers(b).reshape(m) for b, (_, m) in zip(returned[1], pairs, strict=True)]
            told.append((float(np.ravel(numbers(returned[2]))[-1]), _cost(X, T, weights, biases)))
        except (ValueError, TypeError, AttributeError, IndexError):
            continue
    fits = any(prints(found[1], a, (5,)) and prints(found[2], b, (5,)) for a, b in told)
    return "" if fits else f"{row.comment} But it is {told}"


def last_error(facts: Facts, row) -> str | None:
    """The last error of a run and half the squared distance at the corners."""
    found = re.match(
        rf"Your last error is ({NUMBER}); .* at the corners is ({NUMBER})\.", row.comment
    )
    if not found:
        return None
    told = []
    for records in facts.evidence.observations:
        try:
            errors, corners = (
                np.ravel(numbers(records[0].returned[1])),
                np.ravel(numbers(records[1].returned)),
            )
            told.append((float(errors[-1]), float(np.sum((corners - XOR) ** 2) / 2)))
        except (ValueError, TypeError, AttributeError, IndexError):
            continue
    fits = any(prints(found[1], a, (3,)) and prints(found[2], b, (3,)) for a, b in told)
    return "" if fits else f"{row.comment} But it is {told}"


def uphill(facts: Facts, said: str) -> str | None:
    """Whether some run's errors rise from its first step on, between the two that are named; None
    where nothing is said of that."""
    found = re.match(
        rf"The error rises from the first step on, from ({NUMBER}) to ({NUMBER}): the steps go uphill\.",
        said,
    )
    if not found:
        return None
    runs = []
    for records in facts.evidence.observations:
        try:
            runs.append(np.ravel(numbers(records[0].returned[1])))
        except (ValueError, TypeError, AttributeError, IndexError):
            continue
    rises = [run for run in runs if run.size > 20 and np.all(np.diff(run[:20]) > 0)]
    fits = any(prints(found[1], r[0], (3,)) and prints(found[2], r[-1], (3,)) for r in rises)
    return "" if fits else f"{said} But no error rises so: {[(run[0], run[-1]) for run in runs]}"


def shapes(facts: Facts, row) -> str | None:
    """The shapes of weights and biases that came, and those that the sizes ask for."""
    found = re.match(
        r"shapes (\[.*?\]) and (\[.*?\])(?:, the sizes ask for (\[.*?\]) and (\[.*?\])$|; a "
        r"weight)",
        row.comment,
    )
    if not found:
        return None
    told = []
    for arguments, returned in _networks(facts):
        sizes = next((a for a in arguments if isinstance(a, list)), [])
        pairs = list(zip(sizes, sizes[1:], strict=False))
        try:
            came = [[np.shape(part) for part in side] for side in returned[:2]]
        except (ValueError, TypeError):
            continue
        asked = (pairs, [(m,) for _, m in pairs]) if found[3] else ()
        told.append(tuple(map(str, (*came, *asked))))
    return "" if tuple(filter(None, found.groups())) in told else f"{row.comment} But it is {told}"


def array_shape(facts: Facts, row) -> str | None:
    """The shape of one array that came, and the one that the sizes ask for."""
    found = re.fullmatch(r"an array has shape (\(.*\)), wanted is (\(.*\))", row.comment)
    if not found:
        return None
    told = []
    for (sizes, *_), returned in _networks(facts):
        wanted = [*zip(sizes, sizes[1:], strict=False), *((m,) for m in sizes[1:])]
        came = [np.shape(part) for side in returned[:2] if isinstance(side, list) for part in side]
        told += [(str(a), str(b)) for a, b in zip(came, wanted, strict=False) if a != b]
    return "" if found.groups() in told else f"{row.comment} But they are {told[:3]}"


CHECKS = {
    "mnist.sgd": {"history[e]: C on X, T after epoch e + 1": history, "shape": shapes},
    "mnist.initialise": {"shape": shapes},
    "mnist.reach_95": {"weights and biases that fit together": shapes},
    "mazur.xor": {"the last error is that of the answer": last_error},
}
