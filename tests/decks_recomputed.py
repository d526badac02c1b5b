"""The decks' numbers, recomputed from their inputs in plain Python, by a path of their own: how to
get each of them."""

import cmath
import itertools
import math

import numpy as np

H = 1e-30  # a complex step: Im f(a + iH) / H is f'(a) to the last bit, without a backward pass


def logistic(z):
    return 1 / (1 + cmath.exp(-z)) if isinstance(z, complex) else 1 / (1 + math.exp(-z))


def two_two_one(**nudge):
    """Forward pass of the CAP 4453 example; every quantity may be nudged by name."""
    q = {}

    def let(name, value):
        q[name] = value + nudge.get(name, 0)
        return q[name]

    x1, x2 = let("x1", 1.1), let("x2", 0.4)
    z1 = let("z1", let("w11", 0.3) * x1 + let("w21", -0.4) * x2)
    z2 = let("z2", let("w12", -0.3) * x1 + let("w22", 0.6) * x2)
    tanh = (lambda z: (cmath.exp(2 * z) - 1) / (cmath.exp(2 * z) + 1)) if nudge else math.tanh
    y1, y2 = let("y1", tanh(z1)), let("y2", tanh(z2))
    z = let("z", let("v11", 0.9) * y1 + let("v21", 0.3) * y2)
    y = let("y", logistic(z))
    q["Div"] = (y - 1) ** 2 / 2
    return q


def mazur(**nudge):
    """Forward pass of Mazur's example; the nudges of shared biases b1, b2 reach both neurons."""
    q = {}

    def let(name, value):
        q[name] = value + nudge.get(name, 0)
        return q[name]

    i1, i2, b1, b2 = 0.05, 0.10, let("b1", 0.35), let("b2", 0.60)
    w = [let(f"w{k}", 0.10 + 0.05 * k) for k in (1, 2, 3, 4)] + [
        let(f"w{k}", 0.15 + 0.05 * k) for k in (5, 6, 7, 8)
    ]
    h1 = let("out_h1", logistic(let("net_h1", w[0] * i1 + w[1] * i2 + b1)))
    h2 = let("out_h2", logistic(let("net_h2", w[2] * i1 + w[3] * i2 + b1)))
    o1 = let("out_o1", logistic(let("net_o1", w[4] * h1 + w[5] * h2 + b2)))
    o2 = let("out_o2", logistic(let("net_o2", w[6] * h1 + w[7] * h2 + b2)))
    q["E1"], q["E2"] = (0.01 - o1) ** 2 / 2, (0.99 - o2) ** 2 / 2
    q["E"] = q["E1"] + q["E2"]
    return q


def slope(network, of, by):
    """∂of/∂by at the deck's values."""
    return network(**{by: H * 1j})[of].imag / H


def div(by):
    return slope(two_two_one, "Div", by)


def dE(by):
    return slope(mazur, "E", by)


WEIGHTS = [f"w{k}" for k in range(1, 9)]
NEURONS = ["net_h1", "net_h2", "net_o1", "net_o2"]


def stepped(names):
    """E after one step of η = 0.5 on the named quantities; a nudge of a neuron's net input trains
    its own bias."""
    return mazur(**{name: -0.5 * dE(name) for name in names})["E"]


def hidden_updates_with_new_output_weights():
    """w1⁺ … w4⁺ when the output weights are updated before the hidden deltas are taken."""
    out, o = mazur(), [dE("net_o1"), dE("net_o2")]
    new = {k: out[f"w{k}"] - 0.5 * dE(f"w{k}") for k in (5, 6, 7, 8)}
    result = []
    for h, (to_o1, to_o2), names in (
        ("out_h1", (5, 7), ("w1", "w2")),
        ("out_h2", (6, 8), ("w3", "w4")),
    ):
        delta = (o[0] * new[to_o1] + o[1] * new[to_o2]) * out[h] * (1 - out[h])
        result += [out[name] - 0.5 * delta * i for name, i in zip(names, (0.05, 0.10))]
    return result


def frozen_bias_errors(steps):
    """E_total after each of `steps`, biases frozen: backpropagation written out weight by
    weight."""
    w1, w2, w3, w4, w5, w6, w7, w8 = 0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55
    errors = {}
    for step in range(max(steps) + 1):
        h1, h2 = logistic(w1 * 0.05 + w2 * 0.10 + 0.35), logistic(w3 * 0.05 + w4 * 0.10 + 0.35)
        o1, o2 = logistic(w5 * h1 + w6 * h2 + 0.60), logistic(w7 * h1 + w8 * h2 + 0.60)
        errors[step] = ((0.01 - o1) ** 2 + (0.99 - o2) ** 2) / 2
        d1, d2 = (o1 - 0.01) * o1 * (1 - o1), (o2 - 0.99) * o2 * (1 - o2)
        e1, e2 = (d1 * w5 + d2 * w7) * h1 * (1 - h1), (d1 * w6 + d2 * w8) * h2 * (1 - h2)
        w5, w6, w7, w8 = w5 - d1 * h1 / 2, w6 - d1 * h2 / 2, w7 - d2 * h1 / 2, w8 - d2 * h2 / 2
        w1, w2, w3, w4 = w1 - e1 * 0.025, w2 - e1 * 0.05, w3 - e2 * 0.025, w4 - e2 * 0.05
    return [errors[step] for step in steps]


def softmax(*z):
    """1 / Σ_j e^(z_j − z_i), entry by entry."""
    return [1 / sum(math.exp(other - mine) for other in z) for mine in z]


def softmax_jacobian(*z):
    columns = []
    for k in range(len(z)):
        shifted = [cmath.exp(v + (H * 1j if j == k else 0)) for j, v in enumerate(z)]
        columns.append([(e / sum(shifted)).imag / H for e in shifted])
    return [list(row) for row in zip(*columns)]


def neuron(**nudge):
    """The sigmoid neuron w = (2, −3, −3), x = (−1, −2) of the public circuit; quantities nudged by
    name."""
    w0, w1, w2, x0, x1 = (
        nudge.get(k, 0) + v for k, v in dict(w0=2, w1=-3, w2=-3, x0=-1, x1=-2).items()
    )
    q = {"dot": w0 * x0 + w1 * x1 + w2 + nudge.get("dot", 0)}
    q["minus"] = -q["dot"] + nudge.get("minus", 0)
    q["exp"] = (cmath.exp(q["minus"]) if nudge else math.exp(q["minus"])) + nudge.get("exp", 0)
    q["plus"] = 1 + q["exp"] + nudge.get("plus", 0)
    q["f"] = 1 / q["plus"]
    return q


def df(by):
    return slope(neuron, "f", by)


def logistic_slope(z):
    return logistic(z + H * 1j).imag / H


def product_slope(f, *at):
    return [
        f(*(v + (H * 1j if i == k else 0) for i, v in enumerate(at))).imag / H
        for k in range(len(at))
    ]


def entropy(true, guess, base):
    return -sum(t * math.log(g) / math.log(base) for t, g in zip(true, guess))


P, Q = (0.9, 0.1), (0.6, 0.4)
COINS = (1.1, 2.2, 0.2, -1.7)

RECOMPUTED = {
    # class notes 000 and 001
    "hand000.minibatch.iterations_per_epoch": lambda: 10**7 / 1000,
    "hand000.minibatch.size": lambda: 10**7 / 10**4,
    "hand000.relu.product_with_zero": lambda: 1 * 1 * 1 * 0,
    "hand000.relu.product_of_ones": lambda: 1 * 1 * 1,
    "hand000.exploding.product3": lambda: 1.2 * 1.3 * 1.4,
    "hand000.vanishing.max_sigmoid_prime": lambda: max(
        logistic_slope(z / 100) for z in range(-300, 301)
    ),
    "hand000.vanishing.max_sigmoid_prime_cubed": lambda: logistic_slope(0.0) ** 3,
    "hand000.gd.dataset_numbers": lambda: 100e6 * 1000,
    "notes001.single.dJ_dz": lambda: -cmath.log(logistic(math.log(0.7 / 0.3) + H * 1j)).imag / H,
    "notes001.single.J": lambda: -math.log(0.7),
    "notes001.single.true_dJ_dy": lambda: -math.log(0.7) + math.log(1 - 0.7),
    "notes001.multi.dW_shape": lambda: np.outer([0.7 - 1, 0.2, 0.1], [1.0, 2.0, 3.0]).shape,
    "notes001.multi.a_minus_y": lambda: [a - y for a, y in zip((0.7, 0.2, 0.1), (1, 0, 0))],
    # CAP 4453: softmax, cross-entropy, MNIST
    "cap4453.softmax.P_cat": lambda: logistic(1.2 - 0.3),
    "cap4453.softmax.P_dog": lambda: logistic(0.3 - 1.2),
    "cap4453.softmax.example_vector": lambda: softmax(-0.62, 8.12, 2.53),
    "cap4453.ce.DOG": lambda: -math.log(0.4),
    "cap4453.ce.HORSE": lambda: -math.log(0.7),
    "cap4453.mnist.total": lambda: 60000 + 10000,
    "cap4453.mnist.parameters_784_30_10": lambda: sum(
        (a + 1) * b for a, b in itertools.pairwise((784, 30, 10))
    ),
    "cap4453.mnist.updates": lambda: [60000 / 10, 30 * 60000 / 10],
    # CAP 4453: the 2-2-1 network
    "cap4453.2-2-1.z1_1": lambda: two_two_one()["z1"],
    "cap4453.2-2-1.z2_1": lambda: two_two_one()["z2"],
    "cap4453.2-2-1.y1_1": lambda: two_two_one()["y1"],
    "cap4453.2-2-1.y2_1": lambda: two_two_one()["y2"],
    "cap4453.2-2-1.z1_2": lambda: two_two_one()["z"],
    "cap4453.2-2-1.y1_2": lambda: two_two_one()["y"],
    "cap4453.2-2-1.y1_2.exponent": lambda: -two_two_one()["z"],
    "cap4453.2-2-1.summary.z1_1": lambda: two_two_one()["z1"],
    "cap4453.2-2-1.summary.z2_1": lambda: two_two_one()["z2"],
    "cap4453.2-2-1.summary.z1_2": lambda: two_two_one()["z"],
    "cap4453.2-2-1.summary.y1_1": lambda: two_two_one()["y1"],
    "cap4453.2-2-1.summary.y2_1": lambda: two_two_one()["y2"],
    "cap4453.2-2-1.summary.y1_2": lambda: two_two_one()["y"],
    "cap4453.2-2-1.dDiv_dy1_2": lambda: div("y"),
    "cap4453.2-2-1.dDiv_dz1_2": lambda: div("z"),
    "cap4453.2-2-1.dDiv_dy1_1": lambda: div("y1"),
    "cap4453.2-2-1.dDiv_dy2_1": lambda: div("y2"),
    "cap4453.2-2-1.dDiv_dw11_2": lambda: div("v11"),
    "cap4453.2-2-1.dDiv_dw21_2": lambda: div("v21"),
    "cap4453.2-2-1.dDiv_dz1_1": lambda: div("z1"),
    "cap4453.2-2-1.dDiv_dz2_1": lambda: div("z2"),
    "cap4453.2-2-1.dDiv_dw11_1": lambda: div("w11"),
    "cap4453.2-2-1.dDiv_dw12_1": lambda: div("w12"),
    "cap4453.2-2-1.dDiv_dw21_1": lambda: div("w21"),
    "cap4453.2-2-1.dDiv_dw22_1": lambda: div("w22"),
    "cap4453.2-2-1.Div": lambda: two_two_one()["Div"],
    "cap4453.2-2-1.dDiv_dx": lambda: [div("x1"), div("x2")],
    "cap4453.2-2-1.bias_gradients": lambda: [div("z"), div("z1"), div("z2")],
    # Inha: circuits, gates, activations
    "inha003.linear.g": lambda: -2 * 5,
    "inha003.linear.f": lambda: -2 * 5 + 3,
    "inha003.linear.grads": lambda: product_slope(lambda w, x, b, g: w * x + b + g, -2, 5, 3, 0),
    "inha003.xyz.q": lambda: -2 + 5,
    "inha003.xyz.f": lambda: (-2 + 5) * -4,
    "inha003.xyz.grads": lambda: product_slope(
        lambda f, z, q, x, y: (x + y + q) * z + f, 0, -4, 0, -2, 5
    ),
    "inha003.neuron.forward": lambda: [
        neuron()[name] for name in ("dot", "minus", "exp", "plus", "f")
    ],
    "inha003.neuron.backward_chain": lambda: [df(name) for name in ("plus", "exp", "minus", "dot")],
    "inha003.neuron.dx": lambda: [df("x0"), df("x1")],
    "inha003.neuron.dw": lambda: [df("w0"), df("w1"), df("w2")],
    "inha003.neuron.add_gate": lambda: df("w2"),
    "inha003.neuron.dx0": lambda: df("x0"),
    "inha003.neuron.dw0": lambda: df("w0"),
    "inha003.neuron.dot_implied_by_0.20": lambda: [
        2 * math.acosh(0.5 / math.sqrt(s)) for s in (0.205, 0.195)
    ],
    "inha003.gate.max": lambda: max(-1, 2),
    "inha003.gate.max_perturb_loser": lambda: max(-1 + 1e-3, 2),
    "inha003.gate.max_perturb_winner": lambda: max(-1, 2 + 1e-3) - 1e-3,
    "inha003.sigmoid.at_-10": lambda: [logistic(-10.0), logistic_slope(-10.0)],
    "inha003.sigmoid.at_0": lambda: [logistic(0.0), logistic_slope(0.0)],
    "inha003.sigmoid.at_10": lambda: [logistic(10.0), logistic_slope(10.0)],
    "inha003.relu.at_-10": lambda: [max(0, -10), (max(0, -10 + 1) - max(0, -10 - 1)) / 2],
    "inha003.relu.at_0": lambda: max(0, 0),
    "inha003.relu.at_10": lambda: [max(0, 10), (max(0, 10 + 1) - max(0, 10 - 1)) / 2],
    # Inha: Mazur's 2-2-2 network
    "inha003.mazur.net_h1": lambda: mazur()["net_h1"],
    "inha003.mazur.net_h2": lambda: mazur()["net_h2"],
    "inha003.mazur.net_o1": lambda: mazur()["net_o1"],
    "inha003.mazur.net_o2": lambda: mazur()["net_o2"],
    "inha003.mazur.net_o1_in_exponent": lambda: mazur()["net_o1"],
    "inha003.mazur.out_h1": lambda: mazur()["out_h1"],
    "inha003.mazur.out_h2": lambda: mazur()["out_h2"],
    "inha003.mazur.out_o1": lambda: mazur()["out_o1"],
    "inha003.mazur.out_o2": lambda: mazur()["out_o2"],
    "inha003.mazur.E_o1": lambda: mazur()["E1"],
    "inha003.mazur.E_o2": lambda: mazur()["E2"],
    "inha003.mazur.E_total": lambda: mazur()["E"],
    "inha003.mazur.dE_dout_o1": lambda: dE("out_o1"),
    "inha003.mazur.dout_o1_dnet_o1": lambda: slope(mazur, "out_o1", "net_o1"),
    "inha003.mazur.dnet_o1_dw5": lambda: slope(mazur, "net_o1", "w5"),
    "inha003.mazur.dE_dw5": lambda: dE("w5"),
    "inha003.mazur.dEo1_dnet_o1": lambda: slope(mazur, "E1", "net_o1"),
    "inha003.mazur.dnet_o1_dout_h1": lambda: slope(mazur, "net_o1", "out_h1"),
    "inha003.mazur.dEo1_dout_h1": lambda: slope(mazur, "E1", "out_h1"),
    "inha003.mazur.dEo2_dout_h1": lambda: slope(mazur, "E2", "out_h1"),
    "inha003.mazur.dE_dout_h1": lambda: dE("out_h1"),
    "inha003.mazur.dout_h1_dnet_h1": lambda: slope(mazur, "out_h1", "net_h1"),
    "inha003.mazur.dnet_h1_dw1": lambda: slope(mazur, "net_h1", "w1"),
    "inha003.mazur.dE_dw1": lambda: dE("w1"),
    **{f"inha003.mazur.{w}_new": lambda w=w: mazur()[w] - 0.5 * dE(w) for w in WEIGHTS},
    "inha003.mazur.gradient": lambda: [dE(w) for w in WEIGHTS],
    "inha003.mazur.new_weights": lambda: [mazur()[w] - 0.5 * dE(w) for w in WEIGHTS],
    "inha003.mazur.bias_gradients": lambda: [dE("b1"), dE("b2")],
    "inha003.mazur.bias_gradients_per_neuron": lambda: [dE(net) for net in NEURONS],
    "inha003.mazur.b_new.shared": lambda: [0.35 - 0.5 * dE("b1"), 0.60 - 0.5 * dE("b2")],
    "inha003.mazur.E_after.no_bias_update": lambda: stepped(WEIGHTS),
    "inha003.mazur.E_after.shared_bias_update": lambda: stepped([*WEIGHTS, "b1", "b2"]),
    "inha003.mazur.E_after.per_neuron_bias_update": lambda: stepped([*WEIGHTS, *NEURONS]),
    "inha003.mazur.E_after.published": lambda: stepped(WEIGHTS),
    "inha003.mazur.E_trajectory.no_bias_update": lambda: frozen_bias_errors(
        [1, 10, 100, 1000, 10000]
    ),
    "inha003.mazur.hidden_update_if_new_output_weights_used": (
        hidden_updates_with_new_output_weights
    ),
    # lessons 8–13
    "mlp004.toy.pixels": lambda: 60 * 60,
    "mlp004.mlp.p1": lambda: 1 * 0.2 + 0 * 1.5 + 1 * 0.5,
    "mlp004.mlp.h1": lambda: logistic(0.2 + 0.5),
    "mlp004.mlp.h1_from_printed_matrix": lambda: logistic(0.2 + 0.2),
    "mlp004.mlp.h2": lambda: logistic(0.5 + 0.2),
    "mlp004.mlp.h3": lambda: logistic(0.25 + 0.2),
    "mlp004.mlp.h4": lambda: logistic(0.2 + 0.25),
    "mlp004.mse.sample1_y1": lambda: (0.9 - 1) ** 2,
    "mlp004.mse.sample1_y2": lambda: (0.1 - 0) ** 2,
    "mlp004.mse.sample2_y1": lambda: (0.6 - 1) ** 2,
    "mlp004.mse.sample2_y2": lambda: (0.4 - 0) ** 2,
    "mlp004.mse.totals": lambda: [
        0.1**2 + 0.1**2,
        (0.1**2 + 0.1**2) / 2,
        0.4**2 + 0.4**2,
        (0.4**2 + 0.4**2) / 2,
    ],
    "mlp004.ce.q_log_p": lambda: entropy(Q, P, math.e),
    "mlp004.ce.q_log_p.all_bases": lambda: [entropy(Q, P, base) for base in (math.e, 2, 10)],
    "mlp004.ce.p_log_q.all_bases": lambda: [entropy(P, Q, base) for base in (math.e, 2)],
    "mlp004.ce.entropies_and_KL": lambda: [
        entropy(P, P, 2),
        entropy(Q, Q, 2),
        entropy(Q, P, 2) - entropy(Q, Q, 2),
        entropy(P, Q, 2) - entropy(P, P, 2),
    ],
    **{f"mlp004.softmax.p{k}": lambda k=k: softmax(*COINS)[k - 1] for k in (1, 2, 3, 4)},
    "mlp004.softmax.exact": lambda: softmax(*COINS),
    "mlp004.softmax.jacobian": lambda: softmax_jacobian(*COINS),
}
NOT_COMPUTABLE = {
    "cap4453.2-2-1.label_dz2_1",
    "inha003.mazur.label_net_o1",
    "inha003.mazur.label_dEo2_dout_h1",
    "mlp004.mlp.y1",
    "mlp004.mlp.y2",
}
