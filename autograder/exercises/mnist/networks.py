"""Reading a network from what came back, whatever that is; and the slips that are named."""

from __future__ import annotations

import numpy as np

from autograder.evidence.plain import floats

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
    "step uphill": "It goes uphill",
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
    "X and T taken with other rows": "with the targets of other rows",
    "a step after every example": "one after each example",
    "rows drawn twice": "Some rows are drawn twice",
    "the short mini-batch left out": "Only one step was taken",
    "all rows in every step": "Each of your two steps takes all",
    "lists taken for arrays": "are lists of arrays, one for each layer",
    "progress called unasked": "nobody is told",
    "weights not trained": "the weights do not move at all",
    "the generator made anew in every layer": "begin with the same numbers",
}
LISTS = "two lists are wanted, (weights, biases), with one array a layer"


def network(returned, sizes=None):
    """Weights and biases as float arrays, and what is wrong with them in words ("" when nothing
    is)."""
    try:
        weights, biases = [[floats(part) for part in list(parts)] for parts in list(returned)[:2]]
    except (TypeError, ValueError):
        return [], [], LISTS
    if not weights or len(weights) != len(biases):
        return [], [], f"{LISTS}; {len(weights)} and {len(biases)} came back"
    shapes, of_biases = [W.shape for W in weights], [b.shape for b in biases]
    wanted = list(zip(sizes, sizes[1:])) if sizes else shapes
    if sizes and shapes == [wanted[0], wanted[0][1:]]:
        return [], [], f"a pair for each layer came back; {LISTS}"
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
    """All weights and biases in one array; empty where there are none."""
    return np.concatenate([p.ravel() for p in (*weights, *biases)]) if weights else np.zeros(0)


def error_of(record) -> str:
    """What a call raised, in at most 120 characters; empty where it raised nothing."""
    return f"{record.error.kind}: {record.error.message}"[:120] if record.error else ""


def share(value: float) -> str:
    """A fraction in per cent, with two decimals."""
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
                floats(upright(W, shape)).reshape(shape)
                for W, shape in zip(weights, pairs, strict=True)
            ],
            [floats(b).reshape(m) for b, (_, m) in zip(biases, pairs, strict=True)],
        )
    except (TypeError, ValueError):
        return returned
