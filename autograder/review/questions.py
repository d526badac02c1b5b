"""Which questions each lesson has. The numbers have two decimals, and nothing is saturated: four
significant digits on the way suffice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.review.cards import Drawn, Question

DIGITS = "₀₁₂₃₄₅₆₇₈₉"


def numbers(rng: np.random.Generator, *shape: int, most: float = 1.0) -> Any:
    """Numbers with two decimals, none of them near 0: an array of this shape, or one number."""
    size = rng.uniform(0.15 * most, most, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    return np.round(size, 2) if shape else float(np.round(size, 2))


def _index(*places: int) -> str:
    return "".join(DIGITS[place + 1] for place in places)


def _any(rng: np.random.Generator, *shape: int) -> tuple[int, ...]:
    return tuple(int(rng.integers(n)) for n in shape)


# ---- lesson 1: the chain rule


def _product_of_sum(rng):
    x, y, z = (numbers(rng, most=5.0) for _ in range(3))
    return Drawn((x, y, z), {"x": x, "y": y, "z": z}, "∂f/∂z", lambda r: r[1]["z"])


def _max_gate(rng):
    a, b, upstream = (numbers(rng, most=5.0) for _ in range(3))
    winner = 0 if a > b else 1
    given = {"a": a, "b": b, "c": float(np.round(rng.uniform(0.5, 3), 2))}
    return Drawn((a, b, upstream * given["c"]), given | {"∂L/∂(c · max(a, b))": upstream},
                 f"∂L/∂{'ab'[winner]}", lambda r: r[winner])  # fmt: skip


def _sigmoid_neuron(rng):
    w, x = numbers(rng, 3, most=2.0), numbers(rng, 2, most=2.0)
    k = int(rng.integers(2))
    given = {"w₀, w₁, w₂": w, "x₀, x₁": x}
    return Drawn((w, x), given, f"∂f/∂w{DIGITS[k]}", lambda r: r[1]["w"][k])


# ---- lesson 2: activations


def _slope(rng):
    z = numbers(rng, most=2.5)
    return Drawn((z,), {"z": z}, "σ′(z)", lambda r: r)


def _tanh_slope(rng):
    z = numbers(rng, most=1.8)
    return Drawn((z,), {"z": z}, "tanh′(z)", lambda r: r)


def _prelu(rng):
    z, alpha, upstream = -abs(numbers(rng, most=3)), abs(numbers(rng)) / 2, numbers(rng, most=3)
    alpha, which = round(alpha, 2), int(rng.integers(2))
    given = {"z": z, "α": alpha, "∂L/∂(output)": upstream}
    return Drawn((z, alpha, upstream), given, ("∂L/∂z", "∂L/∂α")[which], lambda r: r[which])


# ---- lesson 3: one neuron


def _neuron(rng):
    w, b, x = numbers(rng, 1, 2), numbers(rng, 1, 1), numbers(rng, 2, 1)
    return Drawn((w, b, x), {"w": w, "b": b, "x": x.T}, "a", lambda r: np.asarray(r[1])[0, 0])


def _neuron_loss(rng):
    a, y = round(float(rng.uniform(0.1, 0.9)), 2), float(rng.integers(2))
    return Drawn((np.array([[a]]), np.array([[y]])), {"a": a, "y": y}, "J", lambda r: r)


def _neuron_gradient(rng):
    w, b, x = numbers(rng, 1, 2), numbers(rng, 1, 1), numbers(rng, 2, 1)
    y, k = np.array([[float(rng.integers(2))]]), int(rng.integers(2))
    given = {"w": w, "b": b, "x": x.T, "y": y}
    return Drawn((w, b, x, y), given, f"∂J/∂w{_index(k)}", lambda r: np.asarray(r["w"])[0, k])


# ---- lessons 4 and 5: two layers


def _two_layers(rng):
    return numbers(rng, 2), numbers(rng, 2, 3), numbers(rng, 3, 1)


def _network_output(rng):
    x, W1, W2 = _two_layers(rng)
    return Drawn((x, W1, W2), {"x": x, "W⁽¹⁾": W1, "W⁽²⁾": W2}, "z₁⁽²⁾", lambda r: r["z2"][0])


def _weight(key: str, shape: tuple[int, int], layer: str) -> Callable:
    def draw(rng):
        x, W1, W2 = _two_layers(rng)
        d, place = np.array([float(rng.integers(2))]), _any(rng, *shape)
        given = {"x": x, "W⁽¹⁾": W1, "W⁽²⁾": W2, "d": d}
        asked = f"∂Div/∂w{_index(*place)}{layer}"
        return Drawn((x, d, W1, W2), given, asked, lambda r: np.asarray(r[key])[place])

    return draw


def _mazur(rng):
    i, W1, W2 = numbers(rng, 2), numbers(rng, 2, 2), numbers(rng, 2, 2)
    b1, b2 = numbers(rng, 2), numbers(rng, 2)
    target = np.round(rng.uniform(0.05, 0.95, 2), 2)
    given = {"i": i, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "target": target}
    return (i, target, W1, b1, W2, b2), given


def _delta(which: str, name: str) -> Callable:
    def draw(rng):
        arguments, given = _mazur(rng)
        k = int(rng.integers(2))
        return Drawn(arguments, given, f"δ_{name}{k + 1}", lambda r: np.asarray(r[which])[k])

    return draw


def _mazur_weight(rng):
    arguments, given = _mazur(rng)
    place = _any(rng, 2, 2)
    return Drawn(
        arguments, given, f"∂E/∂W2[{place[0]}, {place[1]}]", lambda r: np.asarray(r["W2"])[place]
    )


# ---- lesson 6: softmax and cross-entropy


def _logits(rng):
    return numbers(rng, 1, 3, most=2.0)


def _softmax(rng):
    Z, k = _logits(rng), int(rng.integers(3))
    return Drawn((Z,), {"z": Z}, f"p{_index(k)}", lambda r: np.asarray(r)[0, k])


def _combined(rng):
    Z, k = _logits(rng), int(rng.integers(3))
    T = np.eye(3)[[int(rng.integers(3))]]
    return Drawn((Z, T), {"z": Z, "t": T}, f"∂L/∂z{_index(k)}", lambda r: np.asarray(r)[0, k])


def _jacobian(rng):
    z, (i, k) = _logits(rng)[0], _any(rng, 3, 3)
    return Drawn((z,), {"z": z}, f"∂p{_index(i)}/∂z{_index(k)}", lambda r: np.asarray(r)[i, k])


# ---- lesson 7: digits


def _parameters(rng):
    sizes = [int(rng.integers(3, 13)), int(rng.integers(3, 13)), int(rng.integers(2, 11))]
    return Drawn((sizes,), {"sizes": sizes}, "the number of parameters", lambda r: r)


def _mini_batch(rng):
    x, W, b = numbers(rng, 2, 1), numbers(rng, 1, 1), numbers(rng, 1)
    T, which = rng.integers(2, size=(2, 1)).astype(float), int(rng.integers(2))
    given = {"x of the two images": x.T, "t of the two images": T.T, "w": W, "b": b}
    asked = ("∂C/∂w", "∂C/∂b")[which]
    return Drawn((x, T, [W], [b]), given, asked, lambda r: np.ravel(r[which][0])[0])


def _digit_delta(rng):
    x, W1, W2 = numbers(rng, 1, 2), numbers(rng, 2, 2), numbers(rng, 2, 1)
    b1, b2, T = numbers(rng, 2), numbers(rng, 1), np.array([[float(rng.integers(2))]])
    given = {"a₀": x, "W₁": W1, "b₁": b1, "W₂": W2, "b₂": b2, "t": T}
    arguments, k = (x, T, [W1, W2], [b1, b2]), int(rng.integers(2))
    return Drawn(arguments, given, f"∂C/∂b₁[{k}]", lambda r: np.ravel(r[1][0])[k])


# ---- lesson 8: training in practice


def _momentum(rng):
    from types import SimpleNamespace

    p, g, v = (numbers(rng, most=2.0) for _ in range(3))
    eta, beta = round(float(rng.uniform(0.1, 0.5)), 2), round(float(rng.uniform(0.5, 0.95)), 2)
    arrays = (np.array(p), np.array(g), SimpleNamespace(v=np.array(v)), eta, beta)
    given = {"p": p, "g": g, "u before": v, "η": eta, "β": beta}
    return Drawn(arrays, given, "p after the step", lambda r: r[0])


def _rmsprop(rng):
    p, g = numbers(rng, most=2.0), numbers(rng, most=2.0)
    eta, rho = round(float(rng.uniform(0.05, 0.3)), 2), round(float(rng.uniform(0.6, 0.9)), 2)
    given = {"p": p, "g": g, "η": eta, "ρ": rho}
    arguments = (np.array(p), np.array(g), None, eta, rho, 1e-8)
    return Drawn(arguments, given, "p after the first step", lambda r: r[0])


def _batchnorm(rng):
    Z, k = numbers(rng, 3, 1, most=3.0), int(rng.integers(3))
    gamma, beta = np.abs(numbers(rng, 1, most=2.0)), numbers(rng, 1)
    given = {"z₁, z₂, z₃": Z.T, "γ": gamma, "β": beta}
    return Drawn((Z, gamma, beta, 1e-8), given, f"out{_index(k)}", lambda r: np.asarray(r[0])[k, 0])


TWO_LAYERS = (
    "The hidden units are tanh units, the output is logistic, there are no biases; Div = ½ (y − d)²."
    " Each row of W⁽¹⁾ and W⁽²⁾ holds the weights that lead from one unit: wᵢⱼ leads from unit i to"
    " unit j. Units count from 1."
)
MAZUR = (
    "All units are logistic, i are the two inputs, E = ½ Σ (target − out)². Each row of W1 and W2 holds"
    " the weights that lead from one unit."
)
DELTA = f"{MAZUR} δ is ∂E/∂net of a unit; the units are h1, h2 and o1, o2."
QUESTIONS = (
    Question("01.product", "chain_rule.product_of_sum", _product_of_sum, "f = (x + y) · z"),
    Question("01.max", "chain_rule.gates", _max_gate,
             "A max gate, and behind it a product with c.", function=2),
    Question("01.neuron", "chain_rule.sigmoid_neuron", _sigmoid_neuron,
             "f = σ(w₀x₀ + w₁x₁ + w₂), σ the logistic function"),
    Question("02.slope", "activations.sigmoid", _slope, "σ is the logistic function.", function=1),
    Question("02.tanh", "activations.tanh_relu", _tanh_slope),
    Question("02.prelu", "activations.prelu", _prelu,
             "PReLU: the output is z where z is positive and αz elsewhere."),
    Question("03.output", "logistic_neuron.forward", _neuron,
             "a = σ(w x + b), with the row w, the column x and the logistic function σ"),
    Question("03.loss", "logistic_neuron.loss", _neuron_loss,
             "J is the cross-entropy of one example, with the natural logarithm."),
    Question("03.gradient", "logistic_neuron.gradients", _neuron_gradient,
             "a = σ(w x + b), σ the logistic function; J is the cross-entropy of this one example,"
             " with the natural logarithm. The entries of w are w₁ and w₂."),
    Question("04.forward", "two_two_one.forward", _network_output, f"{TWO_LAYERS} z is a weighted sum."),
    Question("04.output-weight", "two_two_one.backward", _weight("W2", (3, 1), "⁽²⁾"), TWO_LAYERS),
    Question("04.hidden-weight", "two_two_one.backward", _weight("W1", (2, 3), "⁽¹⁾"), TWO_LAYERS),
    Question("05.output-delta", "mazur.deltas", _delta("o", "o"), DELTA),
    Question("05.hidden-delta", "mazur.deltas", _delta("h", "h"), DELTA),
    Question("05.weight", "mazur.gradients", _mazur_weight,
             f"{MAZUR} In W2[row, column] both count from 0."),
    Question("06.softmax", "softmax.softmax", _softmax, "p = softmax(z)"),
    Question("06.gradient", "softmax.combined", _combined,
             "L is the cross-entropy of softmax(z) with the target t, with the natural logarithm."),
    Question("06.jacobian", "softmax.jacobian", _jacobian, "p = softmax(z)"),
    Question("07.parameters", "mnist.count_parameters", _parameters,
             "A fully connected network with biases; sizes are the units of its layers, from the"
             " input to the output.", whole=True),
    Question("07.mini-batch", "mnist.backprop", _mini_batch,
             "One unit a = σ(w x + b), σ the logistic function, and a mini-batch of n = 2 images, of one"
             " pixel x each; C = 1/(2n) Σ (a − t)²."),
    Question("07.bias", "mnist.backprop", _digit_delta,
             "All units are logistic; C = ½ (a₂ − t)² for one example. Each row of W₁ and W₂ holds the"
             " weights that lead from one unit. In b₁[unit] the units count from 0."),
    Question("08.momentum", "practice.optimisers", _momentum, "u ← βu + g, then p ← p − ηu"),
    Question("08.rmsprop", "practice.optimisers", _rmsprop,
             "r ← ρr + (1 − ρ)g², at first 0; then p ← p − ηg / √r", function=1),
    Question("08.normalised", "practice.batch_normalisation", _batchnorm,
             "One unit, a batch of three: ẑ = (z − mean of z) / √(mean of (z − mean of z)²),"
             " out = γ ẑ + β."),
)  # fmt: skip

#: What a pencil does not give, for the questions of each lesson.
FUNCTIONS = {
    "01": "exp",
    "02": "exp or tanh",
    "03": "exp or ln",
    "04": "exp or tanh",
    "05": "exp",
    "06": "exp",
    "07": "exp",
    "08": "a square root",
}


def of_lesson(number: str) -> tuple[Question, ...]:
    """The questions of a lesson, ``"01"`` to ``"08"``."""
    return tuple(one for one in QUESTIONS if one.name.startswith(f"{number}."))


def by_name(name: str) -> Question | None:
    """The question of this name; None where a newer course has none."""
    return next((one for one in QUESTIONS if one.name == name), None)
