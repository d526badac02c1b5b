"""Judge what is random: starting values and training runs.

Each function turns evidence into rows ``(name, ok, yours, wanted, comment)``. What came back may be
anything.
"""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np

from autograder.exercises.exercise import named
from autograder.exercises.mnist.cases import BLOBS, BLOBS_WANTED, ETA
from autograder.exercises.mnist.solutions import backprop, cost, feedforward

NAMES = {  # a known slip and words of its explanation
    "weights stored [to, from]": "the weights are stored [to, from]",
    "numbers between 0 and 1": "These numbers lie between 0 and 1",
    "biases not drawn": "All biases are equal",
    "equal weights": "Equal weights make all hidden units alike",
    "uniform instead of normal": "These are uniform",
    "scaled start": "A scaled start is a good idea",
    "randomness from elsewhere": "Two calls with the same seed differ",
    "the same whatever the rng": "Two different seeds give the same",
    "numbers repeated": "Numbers repeat",
    "sum instead of mean": "You add the examples' gradients",
    "1/n applied twice": "1/n is applied twice",
    "step uphill": "Uphill",
    "the ½ forgotten": "Twice the step",
    "nothing moves": "Nothing moves",
    "learning rate forgotten": "η is forgotten",
    "learning rate applied twice": "η is applied twice",
    "biases not trained": "the biases do not move at all",
    "weights updated between the layers": "Before its delta went back",
    "the ½ missing in C": "the ½ is missing",
    "C summed over the examples": "the mean over the examples is missing",
    "C averaged over the outputs": "you averaged over the outputs",
    "never shuffled": "as they stand in X",
    "shuffled once": "the same order in every epoch",
    "progress called unasked": "nobody is told",
    "weights not trained": "the weights do not move at all",
    "the generator made anew in every layer": "begin with the same numbers",
}
LISTS = "two lists are wanted, (weights, biases), with one array a layer"


def network(returned, sizes=None):
    """Weights and biases as float arrays, and what is wrong with them in words ("" when nothing
    is)."""
    try:
        weights, biases = [
            [np.asarray(part, dtype=float) for part in list(parts)] for parts in list(returned)[:2]
        ]
    except (TypeError, ValueError):
        return [], [], LISTS
    if not weights or len(weights) != len(biases):
        return [], [], f"{LISTS}; {len(weights)} and {len(biases)} came back"
    shapes, of_biases = [W.shape for W in weights], [b.shape for b in biases]
    wanted = list(zip(sizes, sizes[1:])) if sizes else shapes
    if sizes and shapes == [s[::-1] for s in wanted] != wanted:
        return (
            [],
            [],
            (
                "the weights are stored [to, from], as in the deck's listing; here W[i, j] goes"
                " from unit i to unit j"
            ),
        )
    if shapes != wanted or of_biases != [
        (m,) for _, m in (wanted if sizes else [s[-2:] if len(s) > 1 else (0, 0) for s in shapes])
    ]:
        told = (
            f", the sizes ask for {wanted} and {[(m,) for _, m in wanted]}"
            if sizes
            else "; a weight matrix is (from, to), a bias (to,)"
        )
        return [], [], f"shapes {shapes} and {of_biases}{told}"
    if any(a[1] != b[0] for a, b in zip(shapes, shapes[1:])):
        return (
            [],
            [],
            f"shapes {shapes}: a layer's outputs are not as many as the next one's inputs",
        )
    if not all(np.isfinite(p).all() for p in (*weights, *biases)):
        return [], [], "there are entries that are nan or infinite: the training has exploded"
    return weights, biases, ""


def flat(weights, biases) -> np.ndarray:
    return np.concatenate([p.ravel() for p in (*weights, *biases)]) if weights else np.zeros(0)


def error_of(record) -> str:
    return f"{record.error.kind}: {record.error.message}"[:120] if record.error else ""


def share(value: float) -> str:
    return f"{100 * value:.2f} %"


# --------------------------------------------------------------------------------------- initialise


def reshaped(returned, sizes):
    """What came back, every array in the shape that the sizes ask for ([to, from] is turned); as it
    is where the numbers do not fit."""
    try:
        pairs = list(zip(sizes, sizes[1:]))
        weights, biases = list(returned)[:2]
        upright = lambda W, shape: np.transpose(W) if np.shape(W) == shape[::-1] != shape else W
        return (
            [
                np.asarray(upright(W, shape), dtype=float).reshape(shape)
                for W, shape in zip(weights, pairs, strict=True)
            ],
            [
                np.asarray(b, dtype=float).reshape(m)
                for b, (_, m) in zip(biases, pairs, strict=True)
            ],
        )
    except (TypeError, ValueError):
        return returned


def judge_initialise(evidence):
    """Shapes; mean and deviation of weights and of biases; randomness from `rng` alone."""
    records = [o[0] for o in evidence.observations]
    sizes = [case.calls[0].arguments[0] for case in evidence.cases]
    told = [error_of(r) or network(r.returned, s)[2] for r, s in zip(records, sizes, strict=True)]
    read = [network(reshaped(r.returned, s), s) for r, s in zip(records, sizes, strict=True)]
    wrong = next((text for text in told if text), "")
    rows = [
        ("shape", not wrong, "as asked" if not wrong else "other", "W (from, to), b (to,)", wrong)
    ]
    if any(text for _, _, text in read):
        later = (
            "mean of the weights",
            "deviation of the weights",
            "mean of the biases",
            "deviation of the biases",
            "the generator decides",
            "inputs unchanged",
        )
        return named([*rows, *((name, False, "", "", "") for name in later)], NAMES)
    groups = {
        "weights": np.concatenate(
            [np.ravel(W) for ws, _, _ in (read[0], read[2], read[3]) for W in ws]
        ),
        "biases": np.concatenate([read[0][1][0], *read[3][1]]),
    }
    for name, values in groups.items():
        mean, deviation, n = values.mean(), values.std(), len(values)
        rows += [
            (
                f"mean of the {name}",
                abs(mean) < 6 / np.sqrt(n),
                f"{mean:+.4f}",
                "0",
                _mean_comment(values),
            ),
            (
                f"deviation of the {name}",
                abs(deviation - 1) < 6 / np.sqrt(2 * n),
                f"{deviation:.4f}",
                "1",
                _deviation_comment(name, values, deviation),
            ),
        ]
    told = _not_from_rng(*(flat(*r[:2]) for r in read[:3])) or restarted(*read[0][:2])
    rows += [
        ("the generator decides", not told, "", "", told),
        (
            "inputs unchanged",
            not any(r.changed for r in records),
            "",
            "",
            "The list of sizes is not yours to change.",
        ),
    ]
    # a comment is on a wrong row
    wrong_only = [(*row[:4], "" if row[1] else row[4]) for row in rows]
    return named(wrong_only, NAMES)


def _not_from_rng(first, again, other):
    """What is wrong with numbers that should come from `rng`, one by one: those of a seed, of the
    same seed, of another."""
    if not np.array_equal(first, again):
        return (
            "Two calls with the same seed differ. Draw from `rng` alone; `np.random` has a state of"
            " its own."
        )
    if np.unique(first.astype(np.float32)).size <= 0.9 * first.size:
        return "Numbers repeat: every entry is drawn by itself."
    return (
        "Two different seeds give the same numbers. Every entry is drawn anew from `rng`."
        if np.isclose(first, other).mean() > 0.01
        else ""
    )


def restarted(*parts) -> str:
    """What is wrong when a layer's numbers are those of another one, up to their scale; else ""."""
    for kind in parts:
        for one, other in combinations([np.ravel(array) for array in kind], 2):
            k = min(len(one), len(other))
            varies = k > 9 and np.ptp(one[:k]) > 0 and np.ptp(other[:k]) > 0
            if varies and np.corrcoef(one[:k], other[:k])[0, 1] > 0.9999:
                return (
                    "Two layers begin with the same numbers. Take all of them from the one "
                    "`rng`, without making or seeding another for each layer."
                )
    return ""


def _mean_comment(values):
    unit = 0 <= values.min() and values.max() <= 1 and abs(values.mean() - 0.5) < 0.05
    return (
        "These numbers lie between 0 and 1. Half of a network's weights are negative: N(0, 1)."
        if unit
        else "N(0, 1) has mean 0."
    )


def _deviation_comment(name, values, deviation):
    if deviation < 1e-9:
        return (
            f"All {name} are equal. The deck draws them too: zeros would be fine for biases, but"
            " that is another rule."
            if name == "biases"
            else ("Equal weights make all hidden units alike, for ever.")
        )
    centred = values - values.mean()
    # 1.8 for a uniform distribution, 3 for a normal one
    if np.mean(centred**4) < 2.1 * deviation**4:
        return "These are uniform, not normal. `rng.normal(size=…)` draws from N(0, 1)."
    return (
        "A scaled start is a good idea, and lesson 8's; here every entry is N(0, 1), as in the "
        "deck."
        if deviation < 0.9
        else "N(0, 1) has deviation 1."
    )


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
            if (text := error_of(r) or network(r.returned, a[2])[2])
        ),
        "",
    )
    fits = [not r.error and not text for r, (_, _, text) in zip(records, read, strict=True)]
    histories = [_history(r.returned) for r in records]
    lengths = all(h is not None and len(h) == a[3] for h, a in zip(histories, calls, strict=True))
    start, one, before, after, again, other, several, still, learnt = range(9)
    X, T = calls[0][:2]
    stepped, step_comment = _one_step(read, X, T) if fits[start] and fits[one] else (False, "")
    epoch = fits[before] and fits[after] and _one_of_the_splits(read[before], read[after], X, T)
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
    fixed = _fixed_order(read[start], read[several], calls[several]) if followed else ""
    return named(
        [
            ("shape", not wrong, "", "", wrong),
            (
                "history: one entry an epoch",
                lengths,
                "",
                "",
                "The third result is the list of C, one number for each epoch.",
            ),
            ("history[e]: C on X, T after epoch e + 1", right_cost, "", "", cost_comment),
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
                bool(epoch),
                "",
                "",
                (
                    ""
                    if not stepped
                    else (
                        "4 examples in mini-batches of 3 are two steps: 3 examples, then the one"
                        " that is left, each with the mean over its own examples. No split of the 4"
                        " gives your numbers. Are X and T shuffled together? Is the short"
                        " mini-batch used, and divided by 1?"
                    )
                ),
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
                + (_alike(read[start]) if fits[start] else ""),
            ),
            (
                "inputs unchanged",
                all(fits) and not any(r.changed for r in records),
                "",
                "",
                (
                    "Shuffle an order of indices, or copies: X and T themselves must stay as they"
                    " are."
                    if any(r.changed for r in records)
                    else ""
                ),
            ),
        ],
        NAMES,
    )


def _history(returned):
    try:
        history = np.asarray(list(returned)[2], dtype=float)
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
        -1: "Uphill: p ← p - η ∂C/∂p.",
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
    if np.allclose(flat(*_updated_between(X, T, w0, b0)), flat(w1, b1), rtol=0, atol=1e-5):
        return (
            False,
            (
                "The last layer moves as it should. Before its delta went back, its weights had"
                " been changed, so the layers before got a delta of another network. Compute all"
                " deltas with the old weights, or send delta @ W.T back before W changes."
            ),
        )
    if close(w0[-1], w1[-1], dweights[-1]):
        return False, "The last layer moves as it should, the layers before do not."
    return False, "Is `backprop` called with the rows of X and T that belong together?"


def _updated_between(X, T, weights, biases):
    """The parameters after a step in which each layer's weights change before its delta goes back
    through them."""
    a, weights, biases = feedforward(X, weights, biases), list(weights), list(biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    for l in reversed(range(len(weights))):
        weights[l], biases[l] = (
            weights[l] - ETA * a[l].T @ delta,
            biases[l] - ETA * delta.sum(axis=0),
        )
        delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return weights, biases


def _not_left_out(silent, fits) -> str:
    """What is wrong with the run that has nobody to tell, where the others are well."""
    if not silent.error or not all(fits):
        return error_of(silent)
    said = "With `progress=None` nobody is told: call it only `if progress is not None`."
    return f"{error_of(silent)}. {said}"


def _fixed_order(first, last, arguments) -> str:
    """What is wrong when one and the same order, epoch after epoch, leads from one network to the
    other."""
    X, T, _, epochs, *_ = arguments
    goal, kept = flat(*last[:2]), list(range(len(X)))
    for order in permutations(kept):
        weights, biases = first[:2]
        for row in order * epochs:
            dweights, dbiases = backprop(X[[row]], T[[row]], weights, biases)
            weights = [W - ETA * g for W, g in zip(weights, dweights, strict=True)]
            biases = [b - ETA * g for b, g in zip(biases, dbiases, strict=True)]
        if np.allclose(flat(weights, biases), goal, rtol=0, atol=1e-5):
            return (
                "Your examples come in every epoch as they stand in X. Draw a new order at "
                "the start of each epoch."
                if list(order) == kept
                else (
                    "Your examples are shuffled, but come in the same order in every epoch. Draw "
                    "a new one at the start of each epoch."
                )
            )
    return ""


def _one_of_the_splits(before, after, X, T):
    """Whether some choice of the first mini-batch leads from one network to the other."""
    goal = flat(*after[:2])
    for first in combinations(range(len(X)), 3):
        weights, biases = before[0], before[1]
        for rows in (list(first), [i for i in range(len(X)) if i not in first]):
            dweights, dbiases = backprop(X[rows], T[rows], weights, biases)
            weights = [W - ETA * g for W, g in zip(weights, dweights, strict=True)]
            biases = [b - ETA * g for b, g in zip(biases, dbiases, strict=True)]
        if np.allclose(flat(weights, biases), goal, rtol=0, atol=1e-5):
            return True
    return False


def _costs(read, histories, calls, several, still):
    """The last entry of every history must be C of what came back; where nothing moves, all entries
    must."""
    for (weights, biases, _), history, arguments in zip(read, histories, calls, strict=True):
        exact = cost(*arguments[:2], weights, biases)
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
        return False, f"It was called {len(calls)} times in {epochs} epochs."
    numbers, losses = np.array(calls).T
    if numbers.tolist() not in (list(range(epochs)), list(range(1, epochs + 1))):
        return False, "The first argument is the number of the epoch."
    if history is None or len(history) != epochs or not np.allclose(losses, history, rtol=1e-6):
        return False, "The second argument is the same C that goes into the history."
    return True, ""
