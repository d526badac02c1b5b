"""Slips in the sigmoid, in the slope of tanh, and in ReLU."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations.solutions import (
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
)


def where_positive(z, right, left):
    """Entry by entry `right` where z > 0, `left` elsewhere; the shape of z."""
    return np.where(np.asarray(z) > 0, right, left)


def at(place, count, wrong):
    """A tuple of `count` functions with one wrong one."""
    return tuple(wrong if k == place else None for k in range(count))


def clipped(function, end):
    """The function of z kept between −end and end."""
    return lambda z: function(np.clip(z, -end, end))


SIGMOID = (
    (
        "sign of the exponent",
        (
            "You computed 1/(1 + e^z), which falls where σ rises. σ(z) = 1/(1 + e^(−z)): for large"
            " z the exponential must vanish."
        ),
        (lambda z: sigmoid(-np.asarray(z)), None),
    ),
    (
        "overflow in e^(−z)",
        (
            "The numbers are right, but numpy warns: for z = −1000, e^(−z) is larger than any"
            " float. `np.where` does not help by itself, because it computes both branches for"
            " every z. Use e^(−|z|), or clip z to ±500 first."
        ),
        (lambda z: 1 / (1 + np.exp(-np.asarray(z))), None),
    ),
    (
        "e^z/(1 + e^z) for large z",
        (
            "e^z/(1 + e^z) is right on paper. For z = 1000 it is ∞/∞, which is nan. Divide both by"
            " e^z: 1/(1 + e^(−z)) is the form for z ≥ 0; keep yours for z < 0."
        ),
        (lambda z: np.exp(z) / (1 + np.exp(z)), None),
    ),
    (
        "e^(−|z|) in both forms' place",
        (
            "You used 1/(1 + e^(−|z|)) for z < 0 as well, which is symmetric. For z < 0 the"
            " numerator is e^(−|z|)."
        ),
        (lambda z: sigmoid(np.abs(z)), None),
    ),
    *(
        (
            "clipped too early",
            f"You clipped z too early: σ(−{end}) is {left}, not 0. Clip to ±500.",
            (clipped(sigmoid, end), slope),
        )
        for end, left in ((20, "2·10⁻⁹"), (10, "4.5·10⁻⁵"))
        for slope in (None, clipped(sigmoid_derivative, end))
    ),
    (
        "the ½ in tanh(z/2) forgotten",
        (
            "You used (1 + tanh z)/2. The right one is σ(z) = (1 + tanh(z/2))/2: σ is tanh"
            " stretched along both axes."
        ),
        (lambda z: (1 + np.tanh(z)) / 2, None),
    ),
    (
        "tanh for the sigmoid",
        (
            "This is tanh, which runs from −1 to 1. The sigmoid runs from 0 to 1: σ(z) = 1/(1 +"
            " e^(−z))."
        ),
        (lambda z: np.tanh(z), None),
    ),
    (
        "σ′ fed with the activation",
        (
            "You computed σ(a)(1 − σ(a)) with a = σ(z): the sigmoid was applied once more to its"
            " own output. With a at hand the slope is a(1 − a)."
        ),
        (None, lambda z: sigmoid_derivative(sigmoid(z))),
    ),
    (
        "z(1 − z) for the slope",
        "You put z into a(1 − a). That formula holds for the output a = σ(z), not for z.",
        (None, lambda z: np.asarray(z) * (1 - np.asarray(z))),
    ),
    (
        "the slope of tanh",
        "1 − a² is the slope of tanh. For the sigmoid it is a(1 − a), at most ¼.",
        (None, lambda z: 1 - sigmoid(z) ** 2),
    ),
    (
        "1 − σ alone",
        "You returned 1 − σ(z). One factor is missing: σ′ = σ(1 − σ).",
        (None, lambda z: sigmoid(-np.asarray(z))),
    ),
    (
        "σ instead of its slope",
        "The derivative function returns σ(z) itself. Its slope is σ(1 − σ).",
        (None, sigmoid),
    ),
    (
        "sign of the slope",
        (
            "Your slope is negative. σ rises everywhere: d/dz e^(−z) brings one minus sign, and the"
            " power −1 of the bracket brings the other."
        ),
        (None, lambda z: -sigmoid_derivative(z)),
    ),
    (
        "∞/∞ in the derivative",
        (
            "e^(−z)/(1 + e^(−z))² is right on paper. For z = −1000 it is ∞/∞, which is nan. Write"
            " it with σ: σ(1 − σ)."
        ),
        (None, lambda z: np.exp(-np.asarray(z)) / (1 + np.exp(-np.asarray(z))) ** 2),
    ),
    (
        "e^z/(1 + e^z)² for large z",
        "e^z/(1 + e^z)² is right on paper. For z = 1000 it is ∞/∞. Write σ(1 − σ).",
        (None, lambda z: np.exp(z) / (1 + np.exp(z)) ** 2),
    ),
)

TANH_RELU = (
    (
        "1 − z² for the slope of tanh",
        (
            "You put z into 1 − a². That formula holds for the output a = tanh z: the slope is 1 −"
            " tanh²(z)."
        ),
        at(0, 3, lambda z: 1 - np.asarray(z) ** 2),
    ),
    (
        "tanh applied twice",
        "You computed 1 − tanh²(a) with a = tanh z: tanh was applied once more to its own output.",
        at(0, 3, lambda z: 1 - np.tanh(np.tanh(z)) ** 2),
    ),
    (
        "1 + tanh²",
        (
            "The sign is wrong: tanh′ = 1 − tanh². A slope above 1 cannot be right, tanh is"
            " steepest at 0 where its slope is 1."
        ),
        at(0, 3, lambda z: 1 + np.tanh(z) ** 2),
    ),
    (
        "the slope of the sigmoid",
        "a(1 − a) is the slope of the sigmoid. For tanh it is 1 − a².",
        at(0, 3, lambda z: np.tanh(z) * (1 - np.tanh(z))),
    ),
    (
        "the 2 inside 4σ′(2z) forgotten",
        (
            "tanh z = 2σ(2z) − 1, so tanh′(z) = 4σ′(2z). The 2 inside is missing: 4σ′(z) is right"
            " at 0 only."
        ),
        at(0, 3, lambda z: 4 * sigmoid_derivative(z)),
    ),
    (
        "the square forgotten",
        "You returned 1 − tanh z. The slope is 1 − tanh²(z).",
        at(0, 3, lambda z: 1 - np.tanh(z)),
    ),
    (
        "the brackets round the numerator lost",
        (
            "With u = e^z − e^(−z) and v = e^z + e^(−z) you computed v·v − u·u/v². The class notes"
            " print it so, with other letters; the whole difference has to be divided:"
            " (v·v − u·u)/v² = 1 − tanh²."
        ),
        at(0, 3, lambda z: (2 * np.cosh(z)) ** 2 - np.tanh(z) ** 2),
    ),
    (
        "the slope for the function",
        "Your ReLU returns 1 and 0. That is its slope; the function itself returns z where z > 0.",
        at(1, 3, relu_derivative),
    ),
    (
        "absolute value",
        "Your ReLU returns |z|. Left of 0 it has to be 0, not −z.",
        at(1, 3, np.abs),
    ),
    (
        "minimum for maximum",
        "You took the smaller of 0 and z. ReLU is the larger: max(0, z).",
        at(1, 3, lambda z: np.minimum(z, 0.0)),
    ),
    (
        "slope 1 everywhere",
        (
            "Your ReLU′ is 1 for every z; lesson 13 of the lecture series prints it so. Left of 0"
            " the function is flat, and its slope is 0. That 0 is why units can die."
        ),
        at(2, 3, lambda z: np.ones_like(np.asarray(z, dtype=float))),
    ),
    (
        "the function for the slope",
        "ReLU′ is 1 for every z > 0, however large. You returned z.",
        at(2, 3, relu),
    ),
    (
        "slope −1 on the left",
        "You returned −1 for z < 0, which is the slope of |z|. ReLU is flat there: 0.",
        at(2, 3, lambda z: where_positive(z, 1.0, -1.0)),
    ),
    (
        "sides exchanged",
        "Your slope is 1 on the left and 0 on the right. ReLU passes positive z.",
        at(2, 3, lambda z: where_positive(z, 0.0, 1.0)),
    ),
)
