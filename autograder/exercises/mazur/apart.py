"""Lesson 5, one function built on another: what their results look like, and who may call whom."""

from __future__ import annotations

from itertools import product

import numpy as np

from autograder.exercises.mazur.solutions import logistic

LOOKS = {
    "forward": "{'net_h': draw(b1), 'out_h': draw(b1), 'net_o': draw(b2), 'out_o': draw(b2)}",
    "total_error": "draw(0.0)",
    "deltas": "{'o': draw(b2), 'h': draw(b1)}",
    "gradients": "{'W1': draw(W1), 'b1': draw(b1), 'W2': draw(W2), 'b2': draw(b2)}",
    "update": "(draw(W1), draw(W2))",
}


def _slope(y):
    return y * (1 - y)


#: Where a slope may be taken from: the output that `forward` gives, or net.
SLOPES = tuple(
    product(
        (lambda f: _slope(f["out_o"]), lambda f: _slope(logistic(f["net_o"]))),
        (lambda f: _slope(f["out_h"]), lambda f: _slope(logistic(f["net_h"]))),
    )
)


def _deltas_from(at_output, at_hidden):
    def deltas(own, i, target, W1, b1, W2, b2):
        f = own.forward(i, W1, b1, W2, b2)
        o = (f["out_o"] - target) * at_output(f)
        return {"o": o, "h": (W2 @ o) * at_hidden(f)}

    return deltas


def gradients(own, i, target, W1, b1, W2, b2):
    """The gradients from the student's own `forward` and `deltas`."""
    f, delta = own.forward(i, W1, b1, W2, b2), own.deltas(i, target, W1, b1, W2, b2)
    return {
        "W1": np.outer(i, delta["h"]),
        "b1": delta["h"],
        "W2": np.outer(f["out_h"], delta["o"]),
        "b2": delta["o"],
    }


def update(own, i, target, W1, b1, W2, b2, eta):
    """One step with the student's own `gradients`."""
    g = own.gradients(i, target, W1, b1, W2, b2)
    return W1 - eta * g["W1"], W2 - eta * g["W2"]


def _weights_by_gradients(own, given, eta):
    g = own.gradients(*given)
    return given[2] - eta * g["W1"], given[4] - eta * g["W2"]


def _biases_by_gradients(own, given, eta):
    g = own.gradients(*given)
    return given[3] - eta * g["b1"], given[5] - eta * g["b2"]


def _biases_by_deltas(own, given, eta):
    delta = own.deltas(*given)
    return given[3] - eta * delta["h"], given[5] - eta * delta["o"]


def _train_by(step, step_of_biases):
    def train(own, i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
        errors = []
        for _ in range(steps):
            given = (i, target, W1, b1, W2, b2)  # all from the old point
            W1, W2 = step(own, given, eta)
            if biases == "trained":
                b1, b2 = step_of_biases(own, given, eta)
            errors.append(own.total_error(own.forward(i, W1, b1, W2, b2)["out_o"], target))
        return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors

    return train


WAYS = {
    "deltas": tuple(_deltas_from(*slopes) for slopes in SLOPES),
    "gradients": (gradients,),
    "update": (update,),
    "train": tuple(
        _train_by(*steps)
        for steps in product(
            (_weights_by_gradients, lambda own, given, eta: own.update(*given, eta)),
            (_biases_by_gradients, _biases_by_deltas),
        )
    ),
}


def known(own, i, target, W1, b1, W2, b2):
    """What a verdict may name beside a wrong number: what the student's own `forward` gave."""
    return own.forward(i, W1, b1, W2, b2)


KNOWN = {"deltas": known, "gradients": known}
