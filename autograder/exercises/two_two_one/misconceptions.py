"""What goes wrong in lesson 4, each mistake as the function that makes it."""

from __future__ import annotations

import numpy as np

from autograder.exercises.two_two_one.solutions import forward, forward_layers, logistic


def forward_with(
    hidden=np.tanh, output=logistic, first=lambda x, W: x @ W, second=lambda y, W: y @ W
):
    """The forward pass with another activation or another product."""

    def wrong(x, W1, W2):
        z1 = first(x, W1)
        y1 = hidden(z1)
        z2 = second(y1, W2)
        return {"z1": z1, "y1": y1, "z2": z2, "y2": output(z2)}

    return wrong


def skip_hidden(x, W1, W2):
    """The slip of handing z1 to the output layer in place of y1."""
    f = forward(x, W1, W2)
    z2 = f["z1"] @ W2
    return {**f, "z2": z2, "y2": logistic(z2)}


def backward_with(sign=1, dy=None, out=None, hid=None, up=None, first=None, second=None):
    """The right backward pass with one of its steps replaced."""

    def wrong(x, d, W1, W2):
        f = forward(x, W1, W2)
        dy2 = sign * (f["y2"] - d) if dy is None else dy(f, d)
        dz2 = (f["y2"] * (1 - f["y2"]) if out is None else out(f)) * dy2
        dW2 = np.outer(f["y1"], dz2) if second is None else second(f, dy2, dz2)
        dy1 = W2 @ dz2 if up is None else up(W2, dy2, dz2)
        dz1 = (1 - f["y1"] ** 2 if hid is None else hid(f)) * dy1
        dW1 = np.outer(x, dz1) if first is None else first(x, dy1, dz1)
        return {"y2": dy2, "z2": dz2, "W2": dW2, "y1": dy1, "z1": dz1, "W1": dW1}

    return wrong


def update_in_place(W1, W2, gradients, eta):
    """The slip of `-=`, which changes the arrays that were handed in."""
    W1 -= eta * gradients["W1"]
    W2 -= eta * gradients["W2"]
    return W1, W2


def layers_with(**change):
    """`backward_layers` with one step replaced."""

    def wrong(x, d, weights, activations):
        ys = forward_layers(x, weights, activations)
        dy, dW = change.get("start", lambda y, d: y - d)(ys[-1], d), []
        for k in reversed(range(len(weights))):
            z = ys[k] @ weights[k]
            dz = change.get("dz", lambda f, z, y, dy: f(z) * dy)(
                activations[k][1], z, ys[k + 1], dy
            )
            rows, deltas = np.atleast_2d(ys[k]), np.atleast_2d(dz)
            dW.insert(0, change.get("scale", lambda n: 1.0)(len(rows)) * rows.T @ deltas)
            dy = change.get("up", lambda dz, W: dz @ W.T)(dz, weights[k])
        return change.get("order", list)(dW)

    return wrong


BACKWARD_BUGS = (
    (
        "sign of the gradient lost",
        (
            "Your ∂Div/∂y has the opposite sign. Div = ½ (y - d)², so its derivative is y - d:"
            " prediction minus target. With d - y every gradient points uphill, and a step against"
            " it raises the error."
        ),
        backward_with(sign=-1),
    ),
    (
        "the ½ forgotten",
        (
            "Every gradient is exactly twice too large. The derivative of (y - d)² is 2 (y - d),"
            " and the ½ in Div is there to take that 2 away: ∂Div/∂y = y - d."
        ),
        backward_with(sign=2),
    ),
    (
        "output activation derivative forgotten",
        (
            "Your ∂Div/∂z⁽²⁾ equals ∂Div/∂y⁽²⁾. Between z and y lies the logistic function, so the"
            " chain rule asks for its slope: ∂Div/∂z = y (1 - y) · ∂Div/∂y. (Only with"
            " cross-entropy does that slope cancel.)"
        ),
        backward_with(out=lambda f: 1.0),
    ),
    (
        "hidden activation derivative forgotten",
        (
            "Your ∂Div/∂z⁽¹⁾ equals ∂Div/∂y⁽¹⁾. The step through the hidden tanh is missing: ∂Div/∂z ="
            " (1 - y²) · ∂Div/∂y."
        ),
        backward_with(hid=lambda f: 1.0),
    ),
    (
        "logistic derivative in the tanh layer",
        (
            "The hidden units are tanh units, but you used the logistic slope y (1 - y) for them."
            " The derivative of tanh, written with its own output, is 1 - y²."
        ),
        backward_with(hid=lambda f: f["y1"] * (1 - f["y1"])),
    ),
    (
        "1 + y² instead of 1 - y²",
        (
            "The slope of tanh is 1 - y², and you have 1 + y². tanh is steepest at 0, where its"
            " slope is 1; a slope above 1 cannot be right."
        ),
        backward_with(hid=lambda f: 1 + f["y1"] ** 2),
    ),
    (
        "tanh derivative in the logistic layer",
        (
            "The output unit is logistic, but you used the tanh slope 1 - y² for it. The derivative"
            " of the logistic function, written with its own output, is y (1 - y)."
        ),
        backward_with(out=lambda f: 1 - f["y2"] ** 2),
    ),
    (
        "y (1 - y) fed with z at the output",
        (
            "You put the sum z into y (1 - y). That shortcut holds for the output of the logistic"
            " function: y⁽²⁾ (1 - y⁽²⁾), not z⁽²⁾ (1 - z⁽²⁾)."
        ),
        backward_with(out=lambda f: f["z2"] * (1 - f["z2"])),
    ),
    (
        "1 - y² fed with z in the hidden layer",
        (
            "You put the sum z into 1 - y². That shortcut holds for the output of tanh:"
            " 1 - (y⁽¹⁾)², not 1 - (z⁽¹⁾)²."
        ),
        backward_with(hid=lambda f: 1 - f["z1"] ** 2),
    ),
    (
        "logistic applied twice in its derivative",
        (
            "You computed f(y) (1 - f(y)) with y = f(z), f the logistic function: it was applied once"
            " more to its own output. Use y (1 - y) with the y that you have, or f′(z) with z."
        ),
        backward_with(out=lambda f: logistic(f["y2"]) * (1 - logistic(f["y2"]))),
    ),
    (
        "tanh applied twice in its derivative",
        (
            "You computed 1 - tanh²(y) with y = tanh(z): tanh was applied once more to its own"
            " output. Use 1 - y² with the y that you have, or 1 - tanh²(z)."
        ),
        backward_with(hid=lambda f: 1 - np.tanh(f["y1"]) ** 2),
    ),
    (
        "weights indexed [to, from]",
        (
            "Going back you multiplied with the transpose of W2. Here W[i, j] leads from unit i to"
            " unit j, so ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j is `W2 @ dz2`. For a square W2 the mistake"
            " raises no error."
        ),
        backward_with(up=lambda W2, dy2, dz2: W2.T @ dz2),
    ),
    (
        "one path only",
        (
            "A hidden unit feeds every output, and its gradient is the sum over all of them:"
            " ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j. You followed the path through the first output only,"
            " which is enough when there is just one."
        ),
        backward_with(up=lambda W2, dy2, dz2: W2[:, 0] * dz2[0]),
    ),
    (
        "gradient sent back from y instead of z",
        (
            "You sent ∂Div/∂y⁽²⁾ back through W2. The weights sit between y⁽¹⁾ and z⁽²⁾, so what"
            " travels back through them is ∂Div/∂z⁽²⁾: ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j."
        ),
        backward_with(up=lambda W2, dy2, dz2: W2 @ dy2),
    ),
    (
        "outer product with its arguments swapped",
        (
            "Your weight gradients are transposed. W[i, j] leads from i to j, so its gradient is"
            " y_i · ∂Div/∂z_j: `np.outer(y, dz)`, input first. A gradient has the shape of what it"
            " is a gradient of."
        ),
        backward_with(
            second=lambda f, dy2, dz2: np.outer(dz2, f["y1"]),
            first=lambda x, dy1, dz1: np.outer(dz1, x),
        ),
    ),
    (
        "pre-activation used as the incoming value",
        "∂Div/∂W⁽²⁾ takes the value that enters the weight: y⁽¹⁾ = tanh(z⁽¹⁾). You used z⁽¹⁾.",
        backward_with(second=lambda f, dy2, dz2: np.outer(f["z1"], dz2)),
    ),
    (
        "weight gradients taken from y instead of z",
        (
            "A weight acts on z, so its gradient is the incoming value times ∂Div/∂z. You used"
            " ∂Div/∂y, which leaves the slope of the activation out."
        ),
        backward_with(
            second=lambda f, dy2, dz2: np.outer(f["y1"], dy2),
            first=lambda x, dy1, dz1: np.outer(x, dy1),
        ),
    ),
    (
        "first weight gradient taken from y instead of z",
        "∂Div/∂W⁽¹⁾ is x times ∂Div/∂z⁽¹⁾. You used ∂Div/∂y⁽¹⁾, which leaves the slope of tanh out.",
        backward_with(first=lambda x, dy1, dz1: np.outer(x, dy1)),
    ),
)
