"""Lesson 4, what goes wrong while typing: a neighbour's index, a bracket, two slopes exchanged."""

from __future__ import annotations

import numpy as np

from autograder.exercises.two_two_one.misconceptions import backward_with, forward_with
from autograder.exercises.two_two_one.solutions import logistic


def by_hand(x, W1, W2):
    """The slip of writing the sums of the 2-2-1 network out."""
    z1 = np.array([W1[0, j] * x[0] + W1[1, j] * x[1] for j in (0, 1)])
    y1 = np.tanh(z1)
    z2 = np.array([y1[0] * W2[0, 0] + y1[1] * W2[1, 0]])
    return {"z1": z1, "y1": y1, "z2": z2, "y2": logistic(z2)}


FORWARD = (
    (
        "written for the 2-2-1 network",
        (
            "You wrote the sums of two inputs, two hidden units and one output out. The function"
            " must hold for any widths: `x @ W1` is all sums of a layer at once."
        ),
        by_hand,
    ),
    (
        "both activations exchanged",
        (
            "The hidden units of this network are tanh units and the output is logistic. You have"
            " them the other way round."
        ),
        forward_with(hidden=logistic, output=np.tanh),
    ),
    (
        "1/1 + e^(-z)",
        (
            "Your y⁽²⁾ is 1 + e^(-z). In Python `1 / 1 + np.exp(-z)` divides first; the whole sum"
            " belongs under the line: `1 / (1 + np.exp(-z))`."
        ),
        forward_with(output=lambda z: 1 + np.exp(-z)),
    ),
    (
        "tanh of x before the weights",
        "Your y⁽¹⁾ is tanh(x) W: the activation comes after the weighted sum, tanh(x W).",
        lambda x, W1, W2: {
            "z1": x @ W1,
            "y1": np.tanh(x) @ W1,
            "z2": np.tanh(x) @ W1 @ W2,
            "y2": logistic(np.tanh(x) @ W1 @ W2),
        },
    ),
)

DIVERGENCE = (
    (
        "1//2 for ½",
        (
            "Everything is 0, as it is with 1//2: two strokes divide whole numbers and drop the"
            " rest, so 1//2 is 0. Write 0.5 or 1/2."
        ),
        lambda y, d: 0.0,
    ),
    (
        "the first output only",
        "You took the first output alone. Div adds up over all outputs: ½ Σ (y - d)².",
        lambda y, d: 0.5 * (y[0] - d[0]) ** 2,
    ),
    (
        "a root taken",
        (
            "You took the square root of the sum, which is the distance. Div is half of the sum"
            " itself: ½ Σ (y - d)²."
        ),
        lambda y, d: np.sqrt(np.sum((y - d) ** 2)),
    ),
    (
        "a quarter",
        "Your value is half of the right one: the ½ stands there twice. Div = ½ Σ (y - d)².",
        lambda y, d: 0.25 * np.sum((y - d) ** 2),
    ),
    (
        "times 2 for the square",
        (
            "You doubled the differences instead of squaring them. Div = ½ Σ (y - d)², in Python"
            " `(y - d) ** 2`."
        ),
        lambda y, d: 0.5 * np.sum((y - d) * 2),
    ),
)

BACKWARD = (
    (
        "second weight gradient taken from y instead of z",
        (
            "∂Div/∂W⁽²⁾ is y⁽¹⁾ times ∂Div/∂z⁽²⁾. You used ∂Div/∂y⁽²⁾, which leaves the slope of"
            " the logistic output out. A weight acts on z."
        ),
        backward_with(second=lambda f, dy2, dz2: np.outer(f["y1"], dy2)),
    ),
    (
        "second weight gradient transposed",
        (
            "Your ∂Div/∂W⁽²⁾ is transposed. W[i, j] leads from i to j, so its gradient is y_i · "
            "∂Div/∂z_j: input first, "
            "`np.outer(y1, dz2)`."
        ),
        backward_with(second=lambda f, dy2, dz2: np.outer(dz2, f["y1"])),
    ),
    (
        "first weight gradient transposed",
        (
            "Your ∂Div/∂W⁽¹⁾ is transposed. W[i, j] leads from i to j, so its gradient is x_i · "
            "∂Div/∂z_j: input first, "
            "`np.outer(x, dz1)`."
        ),
        backward_with(first=lambda x, dy1, dz1: np.outer(dz1, x)),
    ),
    (
        "both slopes exchanged",
        (
            "You used 1 - y² at the output and y (1 - y) in the hidden layer. The output is"
            " logistic, with the slope y (1 - y); the hidden units are tanh units, with the slope 1"
            " - y²."
        ),
        backward_with(out=lambda f: 1 - f["y2"] ** 2, hid=lambda f: f["y1"] * (1 - f["y1"])),
    ),
    (
        "both slopes fed with z",
        (
            "You put the sums z into both slopes. y (1 - y) and 1 - y² are written with the output"
            " y of a unit, not with what it collects."
        ),
        backward_with(out=lambda f: f["z2"] * (1 - f["z2"]), hid=lambda f: 1 - f["z1"] ** 2),
    ),
    (
        "entry by entry in place of all products",
        (
            "`y1 * dz2` multiplies entry by entry. A weight leads from each unit to each unit of the"
            " next layer, so its gradient is the table of all products: `np.outer(y1, dz2)`."
        ),
        backward_with(second=lambda f, dy2, dz2: f["y1"] * dz2, first=lambda x, dy1, dz1: x * dz1),
    ),
    (
        "both slopes forgotten",
        (
            "Both ∂Div/∂z equal their ∂Div/∂y. Between z and y lies an activation, so each layer"
            " asks for its slope: y (1 - y) at the logistic output, 1 - y² in the hidden layer."
        ),
        backward_with(out=lambda f: 1.0, hid=lambda f: 1.0),
    ),
    (
        "1 - y times 2",
        (
            "You computed 1 - 2y in the hidden layer. The slope of tanh is 1 - y², in Python `1 -"
            " y1 ** 2`."
        ),
        backward_with(hid=lambda f: 1 - 2 * f["y1"]),
    ),
    (
        "y * 1 - y",
        (
            "Your ∂Div/∂z⁽²⁾ is 0. So it comes out with y * 1 - y: Python multiplies first, and"
            " that is y - y. The difference needs brackets: y2 * (1 - y2). Everything is 0"
            " behind it."
        ),
        backward_with(out=lambda f: 0.0),
    ),
    (
        "only 1 - y at the output",
        "Your slope at the output is 1 - y. One factor y is missing: y (1 - y).",
        backward_with(out=lambda f: 1 - f["y2"]),
    ),
    (
        "sums multiplied instead of products added",
        (
            "You added the weights and the gradients apart and multiplied the sums. Multiply along"
            " each path first, then add: ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j."
        ),
        backward_with(up=lambda W2, dy2, dz2: W2.sum(axis=1) * dz2.sum()),
    ),
)


def divided_by_eta(W1, W2, g, eta):
    """The slip of dividing by eta."""
    with np.errstate(all="ignore"):
        return W1 - g["W1"] / np.float64(eta), W2 - g["W2"] / np.float64(eta)


UPDATE = (
    (
        "nothing moves",
        (
            "Both matrices came back as they were. In a loop over them, `W = W - …` only gives the"
            " name W to a new array."
        ),
        lambda W1, W2, g, eta: (W1 + 0.0, W2 + 0.0),
    ),
    (
        "eta written down",
        (
            "Your step is that of eta = 0.5, whatever eta is handed in. Use the argument, not a"
            " number or a variable of the notebook."
        ),
        lambda W1, W2, g, eta: (W1 - 0.5 * g["W1"], W2 - 0.5 * g["W2"]),
    ),
    (
        "one matrix only",
        "W⁽²⁾ came back as it was. Both matrices take a step.",
        lambda W1, W2, g, eta: (W1 - eta * g["W1"], W2 + 0.0),
    ),
    (
        "divided by the learning rate",
        "You divided the gradient by eta. The step is eta times the gradient.",
        divided_by_eta,
    ),
    (
        "the step alone",
        (
            "You returned the steps, -eta times the gradients. New weights are wanted: W - eta · "
            "gradient."
        ),
        lambda W1, W2, g, eta: (-eta * g["W1"], -eta * g["W2"]),
    ),
)
