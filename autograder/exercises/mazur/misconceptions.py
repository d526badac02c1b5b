"""What goes wrong in lesson 5, each mistake as the function that makes it."""

from __future__ import annotations

import numpy as np

from autograder.exercises.mazur.solutions import (
    forward,
    gradients,
    logistic,
    total_error,
    train,
    update,
)


def first_bias(b):
    """One bias for the whole layer, as the deck's slide draws it."""
    return np.full_like(b, b[0])


def passes_with(error=None, out=None, up=None, hid=None, bias=None):
    """δ_o and δ_h with one step replaced."""

    def wrong(i, target, W1, b1, W2, b2):
        f = forward(i, W1, b1, W2, b2) if bias is None else forward(i, W1, bias(b1), W2, bias(b2))
        e = f["out_o"] - target if error is None else error(f["out_o"], target)
        o = e * (f["out_o"] * (1 - f["out_o"]) if out is None else out(f))
        back = W2 @ o if up is None else up(W2, o, e)
        return f, {"o": o, "h": back * (f["out_h"] * (1 - f["out_h"]) if hid is None else hid(f))}

    return wrong


def as_gradients(passes, upstream="out_h", swap=False, bias=lambda d: d):
    """Gradients from a pass that gives (forward, deltas), with other activations, shapes or biases
    where asked."""

    def wrong(i, target, W1, b1, W2, b2):
        f, delta = passes(i, target, W1, b1, W2, b2)
        outer = (lambda a, d: np.outer(d, a)) if swap else np.outer
        return {
            "W1": outer(i, delta["h"]),
            "b1": bias(delta["h"]),
            "W2": outer(f[upstream], delta["o"]),
            "b2": bias(delta["o"]),
        }

    return wrong


def products_with(into_hidden, into_output):
    """The weight gradients by other products: `f(a, delta)` for a layer."""

    def wrong(i, target, W1, b1, W2, b2):
        f, delta = passes_with()(i, target, W1, b1, W2, b2)
        return {
            "W1": into_hidden(i, delta["h"]), "b1": delta["h"],
            "W2": into_output(f["out_h"], delta["o"]), "b2": delta["o"],
        }  # fmt: skip

    return wrong


def as_update(wrong_gradients):
    """One step with these gradients."""

    def wrong(i, target, W1, b1, W2, b2, eta):
        g = wrong_gradients(i, target, W1, b1, W2, b2)
        return W1 - eta * g["W1"], W2 - eta * g["W2"]

    return wrong


def update_output_first(i, target, W1, b1, W2, b2, eta):
    """The slip of changing W2 before the hidden deltas are computed."""
    f, delta = passes_with()(i, target, W1, b1, W2, b2)
    W2 = W2 - eta * np.outer(f["out_h"], delta["o"])
    h = (W2 @ delta["o"]) * f["out_h"] * (1 - f["out_h"])
    return W1 - eta * np.outer(i, h), W2


def update_second_layer_first(i, target, W1, b1, W2, b2, eta):
    """The slip of a new gradient for W1, from the network whose W2 has moved."""
    W2 = update(i, target, W1, b1, W2, b2, eta)[1]
    return update(i, target, W1, b1, W2, b2, eta)[0], W2


def update_first_layer_first(i, target, W1, b1, W2, b2, eta):
    """The slip of a new gradient for W2, from the network whose W1 has moved."""
    W1 = update(i, target, W1, b1, W2, b2, eta)[0]
    return W1, update(i, target, W1, b1, W2, b2, eta)[1]


def train_with(step=None, bias="right", record="after", fixed=None):
    """Training with another step, other biases, the error recorded earlier, or eta fixed."""

    def wrong(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
        errors, eta = [], eta if fixed is None else fixed
        for _ in range(steps):
            g = gradients(i, target, W1, b1, W2, b2)
            before = total_error(forward(i, W1, b1, W2, b2)["out_o"], target)
            old_W1 = W1
            W1, W2 = (step or update)(i, target, W1, b1, W2, b2, eta)
            if bias == "late" and biases == "trained":  # δ_h as the step used it: ∂E/∂W1 = i δ_h
                b1, b2 = b1 - ((old_W1 - W1) / i[:, None])[0], b2 - eta * g["b2"]
            if bias == "always" or bias == "right" and biases == "trained":
                b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
            if bias == "shared" and biases == "trained":
                b1, b2 = b1 - eta * g["b1"].sum(), b2 - eta * g["b2"].sum()
            errors.append(
                before
                if record == "before"
                else total_error(forward(i, W1, b1, W2, b2)["out_o"], target)
            )
        return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors

    return wrong


def train_in_turn(*parts):
    """Training whose steps move one part after the other, each by gradients computed afresh; a part
    names parameters, ``"W1 b1"``."""

    def wrong(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
        p, errors = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, []
        for _ in range(steps):
            for part in parts:
                g = gradients(i, target, **p)
                moved = [k for k in part.split() if k[0] == "W" or biases == "trained"]
                p = p | {k: p[k] - eta * g[k] for k in moved}
            errors.append(total_error(forward(i, **p)["out_o"], target))
        return p, errors

    return wrong


def one_gradient_for_all(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    """The slip of computing the gradients once, before the loop."""
    g, errors = gradients(i, target, W1, b1, W2, b2), []
    for _ in range(steps):
        W1, W2 = W1 - eta * g["W1"], W2 - eta * g["W2"]
        if biases == "trained":
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors


def one_step_only(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    """The slip of a `return` inside the loop: one step, whatever `steps` says."""
    return train(i, target, W1, b1, W2, b2, eta, 1, biases)


ONE_BIAS = ("the first bias for every neuron",
            "Your numbers come out when the whole layer uses its first bias, b[0]. The deck's "
            "slide draws one bias a layer, and there "
            "both entries are equal. Here every neuron has its own: net = … + b, the whole array.")  # fmt: skip
MOVED_BETWEEN = (
    "one matrix moved before the other's gradient",
    (
        "You moved one matrix and computed the other's gradient afterwards: it belongs to another"
        " network. Compute all gradients at the old weights, then move both. In the deck's network"
        " the error after one step hardly shows it."
    ),
)
BIASES_LATE = (
    "bias gradients at the new weights",
    (
        "W1 and W2 have moved when you compute the gradients of the biases: they belong to another"
        " network. Compute all gradients of a step first, then move everything."
    ),
)
#: Every way to move a network in turns, by the part that moves first: its name and its text.
IN_TURN = (
    *((*BIASES_LATE, train_in_turn("W1 W2", *rest)) for rest in (("b1 b2",), ("b1", "b2"), ("b2", "b1"))),
    (
        "weight gradients at the new biases",
        (
            "The biases have moved when you compute the gradients of W1 and W2: these belong to"
            " another network. Compute all gradients of a step first, then move everything."
        ),
        train_in_turn("b1 b2", "W1 W2"),
    ),
    *(
        (
            "gradients computed anew within a step",
            (
                "You move part of the network and compute gradients again before you move the rest:"
                " within one step they belong to different networks. Compute the gradients of W1, b1,"
                " W2 and b2 once, at the old values, then move all four."
            ),
            train_in_turn(*parts),
        )
        for parts in (
            ("W1 b1", "W2 b2"), ("W2 b2", "W1 b1"), ("W1", "b1", "W2", "b2"), ("W2", "b2", "W1", "b1"),
            ("W1", "W2", "b1 b2"), ("W2", "W1", "b1 b2"), ("W1", "W2", "b1", "b2"), ("W2", "W1", "b2", "b1"),
        )
    ),
)  # fmt: skip
ETA_WRITTEN = ("eta written down",
               "Your step is that of eta = 0.5, the deck's, whatever eta is handed in. Use the "
               "argument, not a number or a "
               "variable of the notebook.")  # fmt: skip
BUGS = (
    (
        "sign of the gradient lost",
        (
            "E = ½ (target - out)², so ∂E/∂out = -(target - out) = out - target. You lost the minus"
            " that the inner derivative brings, and every gradient points uphill."
        ),
        passes_with(error=lambda out, t: t - out),
    ),
    (
        "the ½ forgotten",
        (
            "Every delta is exactly twice too large: the ½ in E cancels the 2 of the derivative of"
            " the square."
        ),
        passes_with(error=lambda out, t: 2 * (out - t)),
    ),
    (
        "output activation derivative forgotten",
        (
            "δ_o has two factors: (out - target) and the slope out (1 - out) of the logistic"
            " function. The second is missing. (It cancels only with the cross-entropy loss; here"
            " the loss is the squared error.)"
        ),
        passes_with(out=lambda f: 1.0),
    ),
    (
        "hidden activation derivative forgotten",
        (
            "δ_h is the sum that comes back from the outputs times the slope out_h (1 - out_h)."
            " That slope is missing."
        ),
        passes_with(hid=lambda f: 1.0),
    ),
    (
        "logistic applied twice in its derivative",
        (
            "You computed σ(out)(1 - σ(out)): the logistic function was applied once more to its"
            " own output. With out at hand the slope is out (1 - out)."
        ),
        passes_with(
            out=lambda f: logistic(f["out_o"]) * (1 - logistic(f["out_o"])),
            hid=lambda f: logistic(f["out_h"]) * (1 - logistic(f["out_h"])),
        ),
    ),
    (
        "out (1 - out) fed with net",
        (
            "You computed net (1 - net). The shortcut holds for the output of the logistic"
            " function: out (1 - out)."
        ),
        passes_with(
            out=lambda f: f["net_o"] * (1 - f["net_o"]), hid=lambda f: f["net_h"] * (1 - f["net_h"])
        ),
    ),
    (
        "`W2` where `W2.T` belongs",
        (
            "Going back to the hidden layer you used the weights the wrong way round. W2[h, o]"
            " leads from h to o, so the sum over the outputs is `W2 @ delta_o`, or `delta_o @"
            " W2.T`. In the deck's square network the mistake raises no error."
        ),
        passes_with(up=lambda W2, o, e: W2.T @ o),
    ),
    (
        "one path only",
        (
            "A hidden neuron feeds both outputs: ∂E/∂out_h = ∂E_o1/∂out_h + ∂E_o2/∂out_h. You"
            " followed the path through o1 only."
        ),
        passes_with(up=lambda W2, o, e: W2[:, 0] * o[0]),
    ),
    (
        "the path through o2 only",
        (
            "A hidden neuron feeds both outputs: ∂E/∂out_h = ∂E_o1/∂out_h + ∂E_o2/∂out_h. You"
            " followed the path through o2 only."
        ),
        passes_with(up=lambda W2, o, e: W2[:, 1] * o[1]),
    ),
    (
        "deltas added without their weights",
        (
            "Each delta goes back through its own weight: Σ_o w_ho δ_o. You added the deltas"
            " without the weights."
        ),
        passes_with(up=lambda W2, o, e: np.full(len(W2), o.sum())),
    ),
    (
        "error sent back without the output's slope",
        (
            "What travels back through W2 is δ_o = ∂E/∂net_o. You sent out - target, without the"
            " factor out (1 - out)."
        ),
        passes_with(up=lambda W2, o, e: W2 @ e),
    ),
    (*ONE_BIAS, passes_with(bias=first_bias)),
)

PASSES_BUGS = tuple((name, text, (lambda p: lambda *a: p(*a)[1])(p)) for name, text, p in BUGS)
GRADIENT_BUGS = (
    *((name, text, as_gradients(p)) for name, text, p in BUGS),
    (
        "pre-activation used as the incoming value",
        "∂E/∂W2 takes what enters the weight, out_h. You used net_h.",
        as_gradients(passes_with(), upstream="net_h"),
    ),
    (
        "outer product with its arguments swapped",
        (
            "Your weight gradients are transposed: w2 and w3, w6 and w7 have changed places. W[a,"
            " b] leads from a to b, so its gradient is out_a · δ_b: `np.outer(out, delta)`, input"
            " first."
        ),
        as_gradients(passes_with(), swap=True),
    ),
    (
        "bias gradients zero",
        "A bias has a gradient too: net = … + b, so ∂E/∂b = δ. Frozen means not updated, not zero.",
        as_gradients(passes_with(), bias=np.zeros_like),
    ),
    (
        "the step length in the gradients",
        (
            "Every gradient is half of the right one, as with eta = 0.5 in it. The step length belongs to the"
            " step, not to the gradient: leave eta to `update`. (If you wrote no eta, look for a ½"
            " too many.)"
        ),
        lambda *arguments: {
            name: 0.5 * one for name, one in as_gradients(passes_with())(*arguments).items()
        },
    ),
    (
        "one bias for the whole layer",
        (
            "You added the deltas of a layer. Here every neuron has a bias of its own, and its "
            "gradient is that neuron's delta."
        ),
        as_gradients(passes_with(), bias=lambda d: np.full_like(d, d.sum())),
    ),
    *(
        (
            "`@` between two vectors",
            (
                "`@` between two one-dimensional arrays adds their products up to one number, and"
                " fails where their lengths differ. `.T` changes nothing: an array with one axis"
                " has no transpose. ∂E/∂W is the table of all products out_a · δ_b, an outer"
                " product."
            ),
            products_with(*ways),
        )
        for ways in ((np.matmul, np.matmul), (np.matmul, np.outer), (np.outer, np.matmul))
    ),
)
UPDATE_BUGS = (
    (
        "output weights updated before the hidden deltas",
        (
            "You changed W2 first and then sent the deltas back through the new W2. All gradients"
            " belong to one and the same network: compute every delta with the old weights, then"
            " update. In the deck's network the error after the first step differs only in the 7th"
            " decimal, so watching the loss does not show it."
        ),
        update_output_first,
    ),
    (*MOVED_BETWEEN, update_second_layer_first),
    (*MOVED_BETWEEN, update_first_layer_first),
    (
        "step uphill",
        (
            "You added the gradient instead of subtracting it: w ← w - eta ∂E/∂w. (If you did"
            " subtract, your gradient has lost its minus: ∂E/∂out = out - target.)"
        ),
        lambda i, t, W1, b1, W2, b2, eta: update(i, t, W1, b1, W2, b2, -eta),
    ),
    *(
        (name, text, as_update(wrong))
        for name, text, wrong in GRADIENT_BUGS
        if not name.startswith(("bias", "one bias", "`@`", "sign of"))
    ),
    (
        "learning rate forgotten",
        "The step is eta times the gradient.",
        lambda i, t, W1, b1, W2, b2, eta: update(i, t, W1, b1, W2, b2, 1.0),
    ),
    (*ETA_WRITTEN, lambda i, t, W1, b1, W2, b2, eta: update(i, t, W1, b1, W2, b2, 0.5)),
)
