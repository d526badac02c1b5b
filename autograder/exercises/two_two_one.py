"""Lesson 4: a 2-2-1 network by hand.

The worked example is that of University of Central Florida, CAP 4453 Robot Vision, lecture 17 "Introduction to Deep
Learning II": x = (1.1, 0.4), tanh hidden units, a logistic output, target 1, no biases.
"""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Function, exercise
from autograder.numeric import slope

X, D = np.array([1.1, 0.4]), np.array([1.0])
W1, W2 = np.array([[0.3, -0.3], [-0.4, 0.6]]), np.array([[0.9], [0.3]])
DECK = "the deck's 2-2-1 network"


def logistic(z):
    return 1 / (1 + np.exp(-z))


# ---------------------------------------------------------------------------------------------------- solutions


def forward(x, W1, W2):
    z1 = x @ W1  # z_j = Σ_i w_ij x_i
    y1 = np.tanh(z1)
    z2 = y1 @ W2
    y2 = logistic(z2)
    return {"z1": z1, "y1": y1, "z2": z2, "y2": y2}


def divergence(y, d):
    return 0.5 * np.sum((y - d) ** 2)  # Div = ½ Σ (y - d)²


def backward(x, d, W1, W2):
    f = forward(x, W1, W2)
    dy2 = f["y2"] - d  # ∂Div/∂y = y - d
    dz2 = f["y2"] * (1 - f["y2"]) * dy2  # logistic: f' = y (1 - y)
    dW2 = np.outer(f["y1"], dz2)  # ∂Div/∂w_ij = y_i ∂Div/∂z_j
    dy1 = W2 @ dz2  # ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j
    dz1 = (1 - f["y1"] ** 2) * dy1  # tanh: f' = 1 - y²
    dW1 = np.outer(x, dz1)
    return {"y2": dy2, "z2": dz2, "W2": dW2, "y1": dy1, "z1": dz1, "W1": dW1}


def update(W1, W2, gradients, eta):
    return W1 - eta * gradients["W1"], W2 - eta * gradients["W2"]


def forward_layers(x, weights, activations):
    ys = [x]
    for W, (f, _) in zip(weights, activations, strict=True):
        ys.append(f(ys[-1] @ W))
    return ys


def backward_layers(x, d, weights, activations):
    ys = forward_layers(x, weights, activations)
    dy, dW = ys[-1] - d, []
    for k in reversed(range(len(weights))):  # the deck's "for k = N … 1"
        z = ys[k] @ weights[k]
        dz = activations[k][1](z) * dy
        dW.insert(0, np.atleast_2d(ys[k]).T @ np.atleast_2d(dz))
        dy = dz @ weights[k].T
    return dW


# ------------------------------------------------------------------------------------- oracles, by other means


def forward_loops(x, W1, W2):
    z1 = [sum(x[i] * W1[i][j] for i in range(len(x))) for j in range(len(W1[0]))]
    y1 = [np.tanh(z) for z in z1]
    z2 = [sum(y1[i] * W2[i][j] for i in range(len(y1))) for j in range(len(W2[0]))]
    return {"y2": [0.5 * (1 + np.tanh(z / 2)) for z in z2], "z2": z2, "y1": y1, "z1": z1}


def divergence_loop(y, d):
    return sum((a - b) ** 2 / 2 for a, b in zip(y, d, strict=True))


def backward_numeric(x, d, W1, W2):
    from_z2 = lambda z2: divergence(logistic(z2), d)  # noqa: E731
    from_y1 = lambda y1: from_z2(y1 @ W2)  # noqa: E731
    from_z1 = lambda z1: from_y1(np.tanh(z1))  # noqa: E731
    f = forward(x, W1, W2)
    return {
        "W1": slope(lambda W: from_z1(x @ W), W1),
        "z1": slope(from_z1, f["z1"]),
        "y1": slope(from_y1, f["y1"]),
        "W2": slope(lambda W: from_z2(f["y1"] @ W), W2),
        "z2": slope(from_z2, f["z2"]),
        "y2": slope(lambda y: divergence(y, d), f["y2"]),
    }


def update_loops(W1, W2, gradients, eta):
    step = lambda W, g: [[w - eta * dw for w, dw in zip(a, b, strict=True)] for a, b in zip(W, g, strict=True)]  # noqa: E731
    return step(W1, gradients["W1"]), step(W2, gradients["W2"])


def forward_layers_loops(x, weights, activations):
    ys = [x]
    for k in range(len(weights)):
        rows = np.atleast_2d(ys[-1])
        z = np.array([[sum(r[i] * weights[k][i, j] for i in range(len(r))) for j in range(weights[k].shape[1])] for r in rows])
        ys.append(activations[k][0](z if np.ndim(x) == 2 else z[0]))
    return ys


def backward_layers_numeric(x, d, weights, activations):
    def loss(k, W):
        return divergence(forward_layers(x, [*weights[:k], W, *weights[k + 1 :]], activations)[-1], d)

    return [slope(lambda W, k=k: loss(k, W), weights[k]) for k in range(len(weights))]


# -------------------------------------------------------------------------------------------------------- cases


def draw_network(rng, d, h, m):
    """Weights and an input that saturate no unit and leave every derivative well away from 0 and 1."""
    x = rng.uniform(0.5, 1.5, d) * rng.choice([-1, 1], d)
    return x, rng.uniform(-1.2, 1.2, (d, h)), rng.uniform(-1.2, 1.2, (h, m)), rng.uniform(-1, 2, m)


SIZES = ((3, 4, 2), (2, 3, 3), (3, 3, 3), (4, 2, 1))


def label(d, h, m):
    return f"a random {d}-{h}-{m} network"


def draw_forward(rng):
    return [Case.of(label(*s), *draw_network(rng, *s)[:3]) for s in SIZES]


def draw_divergence(rng):
    return [Case.of(f"{n} outputs", rng.normal(size=n), rng.normal(size=n)) for n in (3, 1, 5)]


def draw_backward(rng):
    cases = []
    for size in SIZES:
        x, W1, W2, d = draw_network(rng, *size)
        cases.append(Case.of(label(*size), x, d, W1, W2))
    return cases


def draw_update(rng):
    cases = []
    for size, eta in zip(SIZES, (0.5, 0.0, 1.3), strict=False):
        x, W1, W2, d = draw_network(rng, *size)
        cases.append(Case.of(f"{label(*size)}, eta = {eta}", W1, W2, backward(x, d, W1, W2), eta))
    return cases


TANH = (Function("z", "np.tanh(z)"), Function("z", "1 - np.tanh(z)**2"))
LOGISTIC = (Function("z", "1/(1 + np.exp(-z))"), Function("z", "np.exp(-z)/(1 + np.exp(-z))**2"))
SINE = (Function("z", "np.sin(z)"), Function("z", "np.cos(z)"))
CUBIC = (Function("z", "z + z**3/4"), Function("z", "1 + 3*z**2/4"))
SQUASH = (Function("z", "z/(1 + z**2)"), Function("z", "(1 - z**2)/(1 + z**2)**2"))


def draw_layers(rng):
    cases = []
    for widths, rows in (((3, 4, 2), None), ((2, 3, 3, 2), 5), ((3, 3, 3), 3), ((4, 2), None), ((2, 3, 2, 4, 3), 2)):
        weights = [rng.uniform(-0.9, 0.9, s) for s in zip(widths[:-1], widths[1:], strict=True)]
        kinds = [(SINE, CUBIC, SQUASH, LOGISTIC)[int(rng.integers(4))] for _ in weights]
        x = rng.uniform(0.5, 1.5, widths[0] if rows is None else (rows, widths[0]))
        d = rng.uniform(-1, 2, widths[-1] if rows is None else (rows, widths[-1]))
        text = f"a random {'-'.join(map(str, widths))} network, {'one example' if rows is None else f'{rows} examples'}"
        cases += [_layers_case(text, x, d, weights, kinds)]
    return cases


def _layers_case(text, x, d, weights, kinds):
    from autograder.exercise import Call

    return Case(text, (Call(0, (x, weights, kinds)), Call(1, (x, d, weights, kinds))))


# ---------------------------------------------------------------------------------------------- what goes wrong


def forward_with(hidden=np.tanh, output=logistic, first=lambda x, W: x @ W, second=lambda y, W: y @ W):
    def wrong(x, W1, W2):
        z1 = first(x, W1)
        y1 = hidden(z1)
        z2 = second(y1, W2)
        return {"z1": z1, "y1": y1, "z2": z2, "y2": output(z2)}

    return wrong


def skip_hidden(x, W1, W2):
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
            dz = change.get("dz", lambda f, z, y, dy: f(z) * dy)(activations[k][1], z, ys[k + 1], dy)
            rows, deltas = np.atleast_2d(ys[k]), np.atleast_2d(dz)
            dW.insert(0, change.get("scale", lambda n: 1.0)(len(rows)) * rows.T @ deltas)
            dy = change.get("up", lambda dz, W: dz @ W.T)(dz, weights[k])
        return change.get("order", list)(dW)

    return wrong


BACKWARD_BUGS = (
    ("sign of the gradient lost",
     "Your ∂Div/∂y has the opposite sign. Div = ½ (y - d)², so its derivative is y - d: prediction minus target. With "
     "d - y every gradient points uphill, and a step against it raises the error.",
     backward_with(sign=-1)),
    ("the ½ forgotten",
     "Every gradient is exactly twice too large. The derivative of (y - d)² is 2 (y - d), and the ½ in Div is there to "
     "take that 2 away: ∂Div/∂y = y - d.",
     backward_with(sign=2)),
    ("output activation derivative forgotten",
     "Your ∂Div/∂z² equals ∂Div/∂y². Between z and y lies the logistic function, so the chain rule asks for its slope: "
     "∂Div/∂z = y (1 - y) · ∂Div/∂y. (Only with cross-entropy does that slope cancel.)",
     backward_with(out=lambda f: 1.0)),
    ("hidden activation derivative forgotten",
     "Your ∂Div/∂z¹ equals ∂Div/∂y¹. The step through the hidden tanh is missing: ∂Div/∂z = (1 - y²) · ∂Div/∂y.",
     backward_with(hid=lambda f: 1.0)),
    ("logistic derivative in the tanh layer",
     "The hidden units are tanh units, but you used the logistic slope y (1 - y) for them. The derivative of tanh, "
     "written with its own output, is 1 - y².",
     backward_with(hid=lambda f: f["y1"] * (1 - f["y1"]))),
    ("tanh derivative in the logistic layer",
     "The output unit is logistic, but you used the tanh slope 1 - y² for it. The derivative of the logistic function, "
     "written with its own output, is y (1 - y).",
     backward_with(out=lambda f: 1 - f["y2"] ** 2)),
    ("y (1 - y) fed with z at the output",
     "You put the pre-activation into y (1 - y). That shortcut holds for the output of the logistic function: "
     "y₂ (1 - y₂), not z₂ (1 - z₂).",
     backward_with(out=lambda f: f["z2"] * (1 - f["z2"]))),
    ("1 - y² fed with z in the hidden layer",
     "You put the pre-activation into 1 - y². That shortcut holds for the output of tanh: 1 - y₁², not 1 - z₁².",
     backward_with(hid=lambda f: 1 - f["z1"] ** 2)),
    ("logistic applied twice in its derivative",
     "You computed σ(y)(1 - σ(y)) with y = σ(z): the logistic function was applied once more to its own output. Use "
     "y (1 - y) with the y that you have, or σ′(z) with z.",
     backward_with(out=lambda f: logistic(f["y2"]) * (1 - logistic(f["y2"])))),
    ("tanh applied twice in its derivative",
     "You computed 1 - tanh²(y) with y = tanh(z): tanh was applied once more to its own output. Use 1 - y² with the y "
     "that you have, or 1 - tanh²(z).",
     backward_with(hid=lambda f: 1 - np.tanh(f["y1"]) ** 2)),
    ("weights indexed [to, from]",
     "Going back you multiplied with the transpose of W2. Here W[i, j] leads from unit i to unit j, so "
     "∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j is `W2 @ dz2`. For a square W2 the mistake raises no error.",
     backward_with(up=lambda W2, dy2, dz2: W2.T @ dz2)),
    ("one path only",
     "A hidden unit feeds every output, and its gradient is the sum over all of them: ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j. "
     "You followed the path through the first output only, which is enough when there is just one.",
     backward_with(up=lambda W2, dy2, dz2: W2[:, 0] * dz2[0])),
    ("gradient sent back from y instead of z",
     "You sent ∂Div/∂y² back through W2. The weights sit between y¹ and z², so what travels back through them is "
     "∂Div/∂z²: ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j.",
     backward_with(up=lambda W2, dy2, dz2: W2 @ dy2)),
    ("outer product with its arguments swapped",
     "Your weight gradients are transposed. W[i, j] leads from i to j, so its gradient is y_i · ∂Div/∂z_j: "
     "`np.outer(y, dz)`, input first. A gradient has the shape of what it is a gradient of.",
     backward_with(second=lambda f, dy2, dz2: np.outer(dz2, f["y1"]), first=lambda x, dy1, dz1: np.outer(dz1, x))),
    ("pre-activation used as the incoming value",
     "∂Div/∂W2 takes the value that enters the weight, which is y¹ = tanh(z¹). You used z¹.",
     backward_with(second=lambda f, dy2, dz2: np.outer(f["z1"], dz2))),
    ("weight gradients taken from y instead of z",
     "A weight acts on z, so its gradient is the incoming value times ∂Div/∂z. You used ∂Div/∂y, which leaves the "
     "slope of the activation out.",
     backward_with(second=lambda f, dy2, dz2: np.outer(f["y1"], dy2), first=lambda x, dy1, dz1: np.outer(x, dy1))),
    ("first weight gradient taken from y instead of z",
     "∂Div/∂W1 is x times ∂Div/∂z¹. You used ∂Div/∂y¹, which leaves the slope of tanh out.",
     backward_with(first=lambda x, dy1, dz1: np.outer(x, dy1))),
)

SYMBOLS = {"z1": "z⁽¹⁾", "y1": "y⁽¹⁾", "z2": "z⁽²⁾", "y2": "y⁽²⁾"}
GRADIENTS = {"y2": "∂Div/∂y⁽²⁾", "z2": "∂Div/∂z⁽²⁾", "W2": "∂Div/∂W⁽²⁾", "y1": "∂Div/∂y⁽¹⁾", "z1": "∂Div/∂z⁽¹⁾",
             "W1": "∂Div/∂W⁽¹⁾"}
CAP = "cap4453.2-2-1."

_forward = exercise(
    "two_two_one.forward",
    "forward(x, W1, W2) -> dict(z1, y1, z2, y2)",
    points=3,
    section="The forward pass",
    solution=forward,
    oracle=forward_loops,
    results="result",
    deck_cases=(Case.of(DECK, X, W1, W2),),
    draw=draw_forward,
    deck={"z1": (CAP + "z1_1", CAP + "z2_1"), "y1": (CAP + "y1_1", CAP + "y2_1"), "z2": (CAP + "z1_2",), "y2": (CAP + "y1_2",)},
    symbols=SYMBOLS,
    misconceptions=(
        ("weights indexed [to, from]",
         "You multiplied with the transpose of the weights. W[i, j] leads from unit i to unit j, so z_j = Σ_i w_ij x_i, "
         "which is `x @ W`. With `W @ x` the rows and columns change places, and a square W hides it.",
         forward_with(first=lambda x, W: W @ x, second=lambda y, W: W @ y)),
        ("logistic in the hidden layer",
         "The hidden units are tanh units; you used the logistic function for them.",
         forward_with(hidden=logistic)),
        ("tanh at the output", "The output unit is logistic; you used tanh for it.", forward_with(output=np.tanh)),
        ("no activation at the output",
         "Your y⁽²⁾ equals z⁽²⁾: the logistic function at the output is missing.", forward_with(output=lambda z: z)),
        ("no activation in the hidden layer",
         "Your y⁽¹⁾ equals z⁽¹⁾: the tanh of the hidden units is missing. Two linear layers are one linear layer.",
         forward_with(hidden=lambda z: z)),
        ("second layer fed with z instead of y",
         "The second layer takes the outputs y⁽¹⁾ of the hidden units. You handed it their pre-activations z⁽¹⁾.",
         skip_hidden),
        ("sign of the exponent",
         "Your output is 1/(1 + e^z). The logistic function is 1/(1 + e^(-z)); the deck prints the same slip once, as "
         "1/(1 + e^0.1246).",
         forward_with(output=lambda z: 1 / (1 + np.exp(z)))),
    ),
    hints=(
        "Go layer by layer: a weighted sum gives z, an activation gives y. The first layer's y is the second layer's input.",
        "z_j = Σ_i w_ij x_i, in matrix form z = x @ W. Then y⁽¹⁾ = tanh(z⁽¹⁾) and y⁽²⁾ = 1/(1 + e^(-z⁽²⁾)).",
        "z1 = x @ W1; y1 = np.tanh(z1); then the same two lines for layer 2 with 1 / (1 + np.exp(-z2)).",
    ),
)

_divergence = exercise(
    "two_two_one.divergence",
    "divergence(y, d) -> float",
    points=1,
    section="How wrong is the output?",
    solution=divergence,
    oracle=divergence_loop,
    results="divergence",
    deck_cases=(Case.of(DECK, forward(X, W1, W2)["y2"], D),),
    draw=draw_divergence,
    deck={"divergence": (CAP + "Div",)},
    symbols={"divergence": "Div"},
    misconceptions=(
        ("the ½ forgotten", "Your value is twice the right one: Div = ½ Σ (y - d)². The ½ cancels the 2 of the derivative.",
         lambda y, d: np.sum((y - d) ** 2)),
        ("mean instead of sum", "You averaged over the outputs. Div adds them up: ½ Σ (y - d)².",
         lambda y, d: 0.5 * np.mean((y - d) ** 2)),
        ("not squared", "You added absolute differences; Div adds squares: ½ Σ (y - d)².",
         lambda y, d: 0.5 * np.sum(np.abs(y - d))),
        ("squared after summing", "You added the differences and squared the sum. Each difference is squared first, so "
         "that errors of opposite sign cannot cancel.", lambda y, d: 0.5 * np.sum(y - d) ** 2),
        ("one value for each output", "One number is wanted: the sum over the outputs of ½ (y - d)².",
         lambda y, d: 0.5 * (y - d) ** 2),
    ),
    hints=("Square each difference, add them up, halve the sum.", "Div = ½ Σ_i (y_i - d_i)²",
           "return 0.5 * np.sum((y - d) ** 2)"),
)

_backward = exercise(
    "two_two_one.backward",
    "backward(x, d, W1, W2) -> gradients",
    points=5,
    section="The backward pass",
    solution=backward,
    oracle=backward_numeric,
    results="gradients",
    deck_cases=(Case.of(DECK, X, D, W1, W2),),
    draw=draw_backward,
    deck={
        "y2": (CAP + "dDiv_dy1_2",), "z2": (CAP + "dDiv_dz1_2",), "W2": (CAP + "dDiv_dw11_2", CAP + "dDiv_dw21_2"),
        "y1": (CAP + "dDiv_dy1_1", CAP + "dDiv_dy2_1"), "z1": (CAP + "dDiv_dz1_1", CAP + "dDiv_dz2_1"),
        "W1": (CAP + "dDiv_dw11_1", CAP + "dDiv_dw12_1", CAP + "dDiv_dw21_1", CAP + "dDiv_dw22_1"),
    },
    symbols=GRADIENTS,
    misconceptions=BACKWARD_BUGS,
    hints=(
        "Start at the output and walk back: y⁽²⁾, z⁽²⁾, then W⁽²⁾ and y⁽¹⁾, then z⁽¹⁾, then W⁽¹⁾. Each step uses the one before.",
        "∂Div/∂y = y - d; ∂Div/∂z = f′(z) ∂Div/∂y; ∂Div/∂w_ij = y_i ∂Div/∂z_j; ∂Div/∂y_i = Σ_j w_ij ∂Div/∂z_j.",
        "dy2 = y2 - d; dz2 = y2 * (1 - y2) * dy2; dW2 = np.outer(y1, dz2); dy1 = W2 @ dz2; and once more for layer 1.",
    ),
)

_update = exercise(
    "two_two_one.update",
    "update(W1, W2, gradients, eta) -> (W1, W2)",
    points=2,
    section="One step downhill",
    solution=update,
    oracle=update_loops,
    results=("W1", "W2"),
    deck_cases=(Case.of(f"{DECK}, eta = 0.5", W1, W2, backward(X, D, W1, W2), 0.5),),
    draw=draw_update,
    symbols={"W1": "new W⁽¹⁾", "W2": "new W⁽²⁾"},
    fresh=True,
    misconceptions=(
        ("step uphill", "You added the gradient. It points in the direction in which Div grows, so the step goes against "
         "it: W - eta · gradient.", lambda W1, W2, g, eta: (W1 + eta * g["W1"], W2 + eta * g["W2"])),
        ("learning rate forgotten", "You subtracted the whole gradient. The step is eta times the gradient.",
         lambda W1, W2, g, eta: (W1 - g["W1"], W2 - g["W2"])),
        ("update in place", "The numbers are right, but `-=` changes the arrays that were handed in, and with them the "
         "caller's weights. Return new arrays: W1 - eta * gradients[\"W1\"].", update_in_place),
        ("results in the other order", "The function returns (W1, W2), in this order.",
         lambda W1, W2, g, eta: (W2 - eta * g["W2"], W1 - eta * g["W1"])),
    ),
    hints=("Each weight moves against its own gradient, by eta times its size.", "w_ij ← w_ij - eta ∂Div/∂w_ij",
           'return W1 - eta * gradients["W1"], W2 - eta * gradients["W2"]'),
)

_layers = exercise(
    "two_two_one.layers",
    "forward_layers(x, weights, activations) -> list",
    "backward_layers(x, d, weights, activations) -> list",
    points=4,
    section="Any number of layers",
    solution=(forward_layers, backward_layers),
    oracle=(forward_layers_loops, backward_layers_numeric),
    results=("y", "dW"),
    deck_cases=(_layers_case(DECK, X, D, [W1, W2], [TANH, LOGISTIC]),),
    draw=draw_layers,
    symbols={"forward_layers: y": "x, y⁽¹⁾ … y⁽ᴺ⁾", "backward_layers: dW": "∂Div/∂W⁽¹⁾ … ∂Div/∂W⁽ᴺ⁾"},
    misconceptions=(
        ("input left out of the list", "The list starts with x itself: [x, y_1, …, y_N]. The backward pass needs it for "
         "∂Div/∂W⁽¹⁾.", (lambda x, w, a: forward_layers(x, w, a)[1:], None)),
        ("gradients in backward order", "The loop runs from the last layer to the first, so appending gives the list in "
         "reverse. Insert in front, or reverse at the end.", (None, layers_with(order=lambda dW: dW[::-1]))),
        ("derivative taken at y instead of z", "Here f_prime is a function of the pre-activation z. You handed it y.",
         (None, layers_with(dz=lambda f, z, y, dy: f(y) * dy))),
        ("activation derivative forgotten", "The factor f′(z) between ∂Div/∂y and ∂Div/∂z is missing.",
         (None, layers_with(dz=lambda f, z, y, dy: dy))),
        ("mean over the rows", "You divided by the number of examples. The contract here is the sum over the rows.",
         (None, layers_with(scale=lambda n: 1.0 / n))),
        ("weights not transposed on the way back", "Going back, ∂Div/∂y = ∂Div/∂z · Wᵀ: `dz @ W.T`. Without the "
         "transpose a square W hides the mistake.", (None, layers_with(up=lambda dz, W: dz @ W))),
        ("sign of the gradient lost", "∂Div/∂y is y - d. With d - y every gradient points uphill.",
         (None, layers_with(start=lambda y, d: d - y))),
        ("the ½ forgotten", "Every gradient is exactly twice too large: ∂/∂y of ½ (y - d)² is y - d.",
         (None, layers_with(start=lambda y, d: 2 * (y - d)))),
    ),
    hints=(
        "Forward: keep every y in a list. Backward: walk the layers from the last to the first with the same four formulas.",
        "For k = N … 1: dz = f_k′(z_k) · dy; dW_k = y_(k-1)ᵀ dz; dy = dz W_kᵀ. For a single example dW_k is an outer product.",
        "dW = np.atleast_2d(y_before).T @ np.atleast_2d(dz) serves one example and many rows alike.",
    ),
)

_break_it = _backward.but(
    name="two_two_one.break_it",
    points=2,
    section="Break it",
    planted=(backward_with(hid=lambda f: f["y1"] * (1 - f["y1"])),),
    hints=(
        "Compare each gradient with finite differences. Which is the first one, going back, that disagrees?",
        "Write down which activation each layer has, and what its derivative is in terms of its output.",
        "Everything up to ∂Div/∂y⁽¹⁾ agrees with finite differences. Look at the line after it.",
    ),
)

EXERCISES = [_forward, _divergence, _backward, _update, _layers, _break_it]
