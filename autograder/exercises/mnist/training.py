"""Judging `sgd`: a training run, of which chance decides the order.

A function turns evidence into rows ``(name, ok, yours, wanted, comment)``. What came back may be
anything.
"""

from __future__ import annotations

import re

import numpy as np

from autograder.evidence.plain import floats
from autograder.exercises.exercise import named
from autograder.exercises.mnist.cases import BLOBS, BLOBS_WANTED, ETA
from autograder.exercises.mnist.networks import NAMES, error_of, flat, network, reshaped, share
from autograder.exercises.mnist.solutions import backprop, cost, feedforward
from autograder.exercises.mnist.steps import of_a_full_batch, of_every_epoch, of_two_batches

# ---------------------------------------------------------------------------------------------- sgd


def judge_sgd(evidence):
    """Every clause of the contract, from runs so small that each mini-batch can be followed."""
    calls = [case.calls[1 if len(case.calls) > 1 else 0].arguments for case in evidence.cases]
    records = [o[1 if len(o) > 1 else 0] for o in evidence.observations]
    silent, records, calls = records[-1], records[:-1], calls[:-1]  # the last has nobody to tell
    read = [network(reshaped(r.returned, a[2]), a[2]) for r, a in zip(records, calls, strict=True)]
    wrong = next(
        (
            text
            for r, a in zip(records, calls, strict=True)
            if (text := _error(r) or network(r.returned, a[2])[2])
        ),
        "",
    )
    fits = [not r.error and not text for r, (_, _, text) in zip(records, read, strict=True)]
    histories = [_history(r.returned) for r in records]
    lengths = all(h is not None and len(h) == a[3] for h, a in zip(histories, calls, strict=True))
    start, one, before, after, again, other, several, still, learnt = range(9)
    X, T = calls[0][:2]
    # a run of no epoch has made no step
    ran = fits[start] and fits[one] and ((told := histories[one]) is None or len(told) == 1)
    stepped, step_comment = _one_step(read, X, T) if ran else (False, "")
    epoch, epoch_comment = (
        of_two_batches(X, T, read[before][:2], read[after][:2])
        if fits[before] and fits[after]
        else (False, "")
    )
    told, told_comment = _progress(
        evidence.observations[learnt], histories[learnt], calls[learnt][3]
    )
    moves = (
        fits[before]
        and fits[after]
        and not np.array_equal(flat(*read[before][:2]), flat(*read[after][:2]))
    )
    right_cost, cost_comment = (
        _costs(read, histories, calls, several, still)
        if all(fits) and lengths and moves
        else (False, "")
    )
    same = (
        fits[after]
        and fits[again]
        and np.allclose(flat(*read[after][:2]), flat(*read[again][:2]), rtol=1e-9, atol=1e-12)
    )
    differs = (
        fits[after]
        and fits[other]
        and not np.allclose(flat(*read[after][:2]), flat(*read[other][:2]))
    )
    held, labels = evidence.cases[learnt].calls[3].arguments[0]
    right = (
        float(np.mean(feedforward(held, *read[learnt][:2])[-1].argmax(axis=1) == labels))
        if fits[learnt]
        else 0.0
    )
    sizes = calls[start][2]
    left_out = silent.error is None and not network(reshaped(silent.returned, sizes), sizes)[2]
    followed = stepped and epoch and fits[several]
    fixed = (
        of_every_epoch(X, T, read[start][:2], read[several][:2], calls[several][3])
        if followed
        else ""
    )
    unlike = followed and not fixed and right < BLOBS_WANTED
    changed = any(r.changed for r in records)
    return named(
        [
            ("shape", not wrong, "", "", wrong),
            (
                "history: one entry an epoch",
                lengths,
                "",
                "",
                "" if lengths else _of_lengths(histories, calls),
            ),
            (
                "history[e]: C on X, T after epoch e + 1",
                right_cost,
                "",
                "",
                "" if changed else cost_comment,
            ),
            ("progress(epoch, loss) once an epoch", told, "", "", told_comment),
            (
                "progress may be left out",
                left_out,
                "",
                "",
                "" if left_out else _not_left_out(silent, fits),
            ),
            (
                "one mini-batch: every parameter moves by -η times its gradient",
                stepped,
                "",
                "",
                step_comment,
            ),
            (
                "an epoch: every example once, the last, short mini-batch too",
                epoch,
                "",
                "",
                epoch_comment if stepped else "",
            ),
            (
                "a new order in every epoch",
                bool(moves and fits[several] and not fixed),
                "",
                "",
                fixed,
            ),
            (
                "the seed decides: same seed same result, another seed another",
                bool(same and differs),
                "",
                "",
                (
                    ""
                    if not all(fits)
                    else (
                        "Two calls with the same seed differ. All randomness comes from `rng`."
                        if not same
                        else (
                            "Two different seeds give the same. Start and order must come from"
                            " `rng`."
                        )
                    )
                ),
            ),
            (
                f"blobs it has not seen: at least {100 * BLOBS_WANTED:g} %",
                right >= BLOBS_WANTED,
                share(right),
                share(BLOBS_WANTED),
                f"after {BLOBS['epochs']} epochs of 240 points, η = {BLOBS['eta']}"
                + ((_alike(read[start]) if fits[start] else "") or (ROWS if unlike else "")),
            ),
            (
                "inputs unchanged",
                all(fits) and not changed,
                "",
                "",
                (
                    "Shuffle an order of indices, or copies: X and T themselves must stay as they"
                    " are."
                    if changed
                    else ""
                ),
            ),
        ],
        NAMES,
    )


OF_A_LIST = "multiply sequence|unsupported operand type.*'list'|inhomogeneous shape"
ROWS = ". Are X and T taken with the same rows in every mini-batch?"


def _error(record) -> str:
    """What a run raised; where a list was taken for an array, what the list holds."""
    if not record.error or not re.search(OF_A_LIST, record.error.message):
        return error_of(record)
    where = f" ({record.error.where})" if record.error.where else ""
    return (
        f"{record.error.kind}: {record.error.message}{where}. The weights, the biases and their"
        " gradients are lists of arrays, one for each layer: loop over them."
    )


def _of_lengths(histories, calls) -> str:
    """What is wrong with a history that has not one number for each epoch."""
    said = "The third result is the list of C, one number for each epoch."
    for history, arguments in zip(histories, calls, strict=True):
        if history is not None and len(history) != arguments[3]:
            return f"{said} Yours has {len(history)} in a run with epochs = {arguments[3]}."
    return said


def _history(returned):
    try:
        history = floats(list(returned)[2])
        return history.ravel() if np.isfinite(history).all() else None
    except (TypeError, ValueError, IndexError):
        return None


def _alike(read):
    """What to say when the units of the first layer start equal: a step hardly moves them apart."""
    first = read[0][0]
    equal = first.shape[1] > 1 and np.allclose(first, first[:, :1], rtol=0, atol=1e-9)
    return (
        ". All hidden units start with the same weights, so they get the same gradient and stay"
        " alike: draw the start from `rng`"
        if equal
        else ""
    )


def _one_step(read, X, T):
    """Whether the full mini-batch moved by -η ∂C/∂p, and if not, what the movement looks like."""
    (w0, b0, _), (w1, b1, _) = read[:2]
    dweights, dbiases = backprop(X, T, w0, b0)
    moved, wanted = flat(w0, b0) - flat(w1, b1), ETA * flat(dweights, dbiases)
    if np.allclose(moved, wanted, rtol=0, atol=1e-5):
        return True, ""
    ratio = float(moved @ wanted / (wanted @ wanted))
    known = {
        len(X): (
            "You add the examples' gradients; C is a mean, so divide by the number of examples in"
            " the mini-batch."
        ),
        1
        / len(X): "1/n is applied twice: `backprop` has divided by the number of examples already.",
        -1: "It goes uphill; downhill is p ← p - η ∂C/∂p.",
        2: "Twice the step: C = 1/2n Σ ‖a - t‖² has a ½.",
        0.5: "Half the step.",
        0: (
            "Nothing moves. In a loop over the lists, `W = W - …` only gives the name W to a "
            "new array, and the list keeps the old one: `W -= …` "
            "changes the array in the list."
        ),
        1 / ETA: "η is forgotten.",
        ETA: "η is applied twice.",
    }
    if np.allclose(moved, ratio * wanted, rtol=0, atol=1e-5):  # one factor for everything
        near = min(known, key=lambda k: abs(k - ratio))
        return False, f"Your step is {ratio:.3g} times the right one. " + (
            known[near] if abs(near - ratio) < 0.02 else ""
        )
    close = lambda old, new, g: np.allclose(old - new, ETA * g, rtol=0, atol=1e-5)
    if all(map(close, w0, w1, dweights)):
        still = all(np.array_equal(old, new) for old, new in zip(b0, b1, strict=True))
        return False, "The weights move as they should, the biases do not" + (
            " move at all." if still else "."
        )
    if all(map(close, b0, b1, dbiases)) and all(map(np.array_equal, w0, w1)):
        return False, "The biases move as they should, the weights do not move at all."
    if told := of_a_full_batch(X, T, (w0, b0), (w1, b1)):
        return False, told
    if close(w0[-1], w1[-1], dweights[-1]):
        return False, "The last layer moves as it should, the layers before do not."
    return (
        False,
        (
            f"One mini-batch of all {len(X)} examples should be one step with each row once. Is a row"
            " drawn twice (a permutation draws none twice)? Are there several steps instead of one?"
            " Are X and T taken with the same rows?"
        ),
    )


def _not_left_out(silent, fits) -> str:
    """What is wrong with the run that has nobody to tell, where the others are well."""
    if not silent.error or not all(fits):
        return error_of(silent)
    said = "With `progress=None` nobody is told: call it only `if progress is not None`."
    where = f" ({silent.error.where})" if silent.error.where else ""
    return f"{error_of(silent)}{where}. {said}"


def _costs(read, histories, calls, several, still):
    """The last entry of every history must be C of what came back; where nothing moves, all entries
    must."""
    for (weights, biases, _), history, arguments in zip(read, histories, calls, strict=True):
        exact = cost(arguments[0], arguments[1], weights, biases)
        if not np.isclose(history[-1], exact, rtol=1e-4, atol=1e-7):
            ratio = history[-1] / exact
            known = {
                2: "the ½ is missing",
                len(arguments[0]): "the mean over the examples is missing",
                1 / arguments[2][-1]: "you averaged over the outputs of an example, C adds them up",
            }
            near = min(known, key=lambda k: abs(k - ratio))
            why = (
                known[near]
                if abs(near / ratio - 1) < 1e-3
                else "is it measured before the step, or on the last mini-batch?"
            )
            return (
                False,
                (
                    f"The last entry is {history[-1]:.5g}; C of the network you return is"
                    f" {exact:.5g}: {why}"
                ),
            )
    exact = cost(*calls[still][:2], *read[still][:2])
    steady = np.allclose(histories[still], exact, rtol=1e-4, atol=1e-7)
    return bool(steady), (
        ""
        if steady
        else "With a learning rate of nearly 0 all entries must be C on all of X, T; yours differ."
    )


def _progress(records, history, epochs):
    """Once an epoch, with the epoch's number (from 0 or from 1) and the number that went into the
    history."""
    try:
        calls = [(float(epoch), float(loss)) for epoch, loss in records[2].returned]
    except (TypeError, ValueError):
        return False, "progress(epoch, loss) takes two numbers."
    if len(calls) != epochs:
        inside = " Does `return` stand inside the loop over the epochs?" if len(calls) == 1 else ""
        return False, (
            f"It was called {len(calls)} time{'s' * (len(calls) != 1)} in {epochs} epochs.{inside}"
        )
    numbers, losses = np.array(calls).T
    if numbers.tolist() not in (list(range(epochs)), list(range(1, epochs + 1))):
        return False, "The first argument is the number of the epoch."
    if history is None or len(history) != epochs:
        return False, ""
    if not np.allclose(losses, history, rtol=1e-6):
        return False, "The second argument is the same C that goes into the history."
    return True, ""
