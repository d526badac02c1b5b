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


def last_entry(facts: Facts, row) -> str | None:
    """A row's sentence on the last entry of a history."""
    return history(facts, row.comment)


def history(facts: Facts, said: str) -> str | None:
    """The last entry and the cost of what came back."""
    found = re.match(
        rf"The last entry is ({NUMBER}); C of the network you return is ({NUMBER})", said
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
    return "" if fits else f"{said} But it is {told}"


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


def _runs(facts: Facts) -> list[np.ndarray]:
    """The errors of every run that came, as rows of numbers."""
    runs = []
    for records in facts.evidence.observations:
        try:
            runs.append(np.ravel(numbers(records[0].returned[1])))
        except (ValueError, TypeError, AttributeError, IndexError):
            continue
    return runs


def uphill(facts: Facts, said: str) -> str | None:
    """Whether some run's errors rise from its first step on, between the two that are named; None
    where nothing is said of that."""
    found = re.match(
        rf"The error rises from the first step on, from ({NUMBER}) to ({NUMBER}): the steps go uphill\.",
        said,
    )
    if not found:
        return None
    runs = _runs(facts)
    rises = [run for run in runs if run.size > 20 and np.all(np.diff(run[:20]) > 0)]
    fits = any(prints(found[1], r[0], (3,)) and prints(found[2], r[-1], (3,)) for r in rises)
    return "" if fits else f"{said} But no error rises so: {[(run[0], run[-1]) for run in runs]}"


def crawling(facts: Facts, said: str) -> str | None:
    """Whether some run's errors fall at every step, between the two that are named; None where
    nothing is said of that."""
    found = re.match(
        rf"The error falls at every step, .*: from ({NUMBER}) to ({NUMBER}) in (\d+) steps\.", said
    )
    if not found:
        return None
    fits = any(
        np.all(np.diff(run) < 0)
        and run.size == int(found[3])
        and prints(found[1], run[0], (4,))
        and prints(found[2], run[-1], (4,))
        for run in _runs(facts)
    )
    return "" if fits else f"{said} But no error falls so"


def failed_runs(facts: Facts, said: str) -> str | None:
    """What is said of the runs that do not solve XOR: how many there are, and the numbers of one of
    them; None where nothing is said of that."""
    found = re.match(
        rf"In (?:all|(?P<some>\d+) of the) (?P<failed>\d+) runs that do not solve XOR (?:"
        rf"the error still falls .* from (?P<from>{NUMBER}) to (?P<to>{NUMBER}) over the last "
        rf"(?P<end>\d+) of (?P<steps>\d+) errors\.|"
        rf"the error has come to rest.*: in the first of them (?P<a>{NUMBER}) at \((?P<at>\d, \d)\) "
        rf"and (?P<b>{NUMBER}) at \((?P<other>\d, \d)\)\.|"
        rf"all four answers .*: in the first of them (?P<four>{NUMBER}(?:, {NUMBER})*)\. There|"
        rf"the error goes up and down to the end: in the first of them it rises (?P<rises>\d+) times "
        rf"in the last (?P<last>\d+) steps\.)",
        said,
    )
    if not found:
        return None
    failed = []
    for records in facts.evidence.observations[:-1]:  # the last is the first seed again
        try:
            errors = np.ravel(numbers(records[0].returned[1]))
            walk = np.ravel(numbers(records[3].returned))
        except (ValueError, TypeError, AttributeError, IndexError):
            continue
        edges = walk.reshape(4, 201)  # (0, 0) → (1, 0) → (1, 1) → (0, 1)
        corners = {
            (0, 0): edges[0, 0],
            (1, 0): edges[0, -1],
            (1, 1): edges[2, 0],
            (0, 1): edges[3, 0],
        }
        if any(round(float(value)) != (u != v) for (u, v), value in corners.items()):
            failed.append((errors, corners))
    fits = sum(_ends_so(found, errors, corners) for errors, corners in failed)
    count = int(found["some"] or found["failed"])
    holds = fits and int(found["failed"]) == len(failed) and count <= len(failed)
    return "" if holds else f"{said} But {fits} of {len(failed)} end so"


def _ends_so(found: re.Match, errors: np.ndarray, corners: dict) -> bool:
    """Whether a run has the numbers that are said of one."""
    pair = lambda text: tuple(int(digit) for digit in text.split(", "))
    if found["steps"]:
        end = int(found["end"])
        ends = prints(found["from"], errors[-end], (6,)) and prints(found["to"], errors[-1], (6,))
        return ends and errors.size == int(found["steps"]) and errors[-1] < errors[-end]
    if found["at"]:
        a, b = pair(found["at"]), pair(found["other"])
        near = abs(corners[a] - corners[b]) < 0.05 and (a[0] != a[1]) != (b[0] != b[1])
        told = ((found["a"], corners[a]), (found["b"], corners[b]))
        return near and all(text == f"{value:.3f}" for text, value in told)
    if found["four"]:
        values = [corners[at] for at in ((0, 0), (0, 1), (1, 0), (1, 1))]
        return found["four"] == ", ".join(f"{value:.3f}" for value in values) and all(
            min(value, 1 - value) < 0.01 for value in values
        )
    last = int(found["last"])
    rises = sum(b > a for a, b in zip(errors[-last - 1 :], errors[-last:], strict=False))
    return rises == int(found["rises"])


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


# ---- sgd: numbers that its sentences name


def told(facts: Facts, row) -> str | None:
    """How often `progress` was called, in a run of how many epochs."""
    found = re.fullmatch(r"It was called (\d+) times? in (\d+) epochs\.( Does .+\?)?", row.comment)
    if not found:
        return None
    runs = [
        (len(records[2].returned), case.calls[1].arguments[3])
        for case, records in zip(facts.cases, facts.evidence.observations, strict=True)
        if len(records) > 2 and isinstance(records[2].returned, list)
    ]
    return "" if (int(found[1]), int(found[2])) in runs else f"{row.comment} But it is {runs}"


def step(facts: Facts, row) -> str | None:
    """How many times the right step the step of one mini-batch is."""
    found = re.match(rf"Your step is ({NUMBER}) times the right one\.", row.comment)
    if not found:
        return None
    ends = {}
    for case, records in zip(facts.cases, facts.evidence.observations, strict=True):
        for call, record in zip(case.calls, records, strict=True):
            if call.function == 0 and case.label.startswith("4 examples in one mini-batch"):
                ends.setdefault(float(call.arguments[5]), (call.arguments, record.returned))
    (_, (_, still)), (eta, (arguments, moved)) = sorted(ends.items())
    start = [[np.asarray(part, float) for part in side] for side in still[:2]]
    end = [[np.asarray(part, float) for part in side] for side in moved[:2]]
    right = gradients(*start, *arguments[:2])
    made = flat(end) - flat(start)
    wanted = -eta * flat(right)
    close = np.allclose(made, float(found[1]) * wanted, rtol=0, atol=6e-3 * np.abs(made).max())
    return "" if close else f"{row.comment} But it is {made[:3]} for {wanted[:3]}"


def flat(sides) -> np.ndarray:
    """All numbers of weights and biases in a row."""
    return np.concatenate([np.ravel(part) for side in sides for part in side])


def gradients(weights, biases, X, T) -> list[list[np.ndarray]]:
    """∂C of every weight and bias, by central differences."""
    sides = [[part.copy() for part in side] for side in (weights, biases)]
    found = [[np.zeros_like(part) for part in side] for side in sides]
    for side, into in zip(sides, found, strict=True):
        for part, slopes in zip(side, into, strict=True):
            for at in np.ndindex(part.shape):
                kept, ends = part[at], []
                for h in (1e-6, -1e-6):
                    part[at] = kept + h
                    ends.append(_cost(X, T, *sides))
                part[at] = kept
                slopes[at] = (ends[0] - ends[1]) / 2e-6
    return found


CHECKS = {
    "mnist.sgd": {
        "history[e]: C on X, T after epoch e + 1": last_entry,
        "shape": shapes,
        "progress(epoch, loss) once an epoch": told,
        "one mini-batch: every parameter moves by -η times its gradient": step,
    },
    "mnist.initialise": {"shape": shapes},
    "mnist.reach_95": {"weights and biases that fit together": shapes},
    "mazur.xor": {"the last error is that of the answer": last_error},
}


def said_of(facts: Facts, said: str) -> str | None:
    """Whether the numbers of a diagnosis are so; None where none of these sentences is said."""
    answers = [read(facts, said) for read in (uphill, crawling, failed_runs)]
    answers += [history(facts, said)] if facts.exercise.name == "mnist.sgd" else []
    return next((answer for answer in answers if answer is not None), None)
