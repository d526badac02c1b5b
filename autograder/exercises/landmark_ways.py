"""What lies on the right way through the functions of each exercise
(`autograder.exercises.landmarks`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercises.landmarks import Way

Array = np.ndarray


def _logistic(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def _unit(way: Way, name: str, z: str) -> Array:
    """A logistic unit's output."""
    return way(name, _logistic, z)


def _sigmoid_neuron(way: Way, w: Array, x: Array) -> None:
    way("z", w[0] * x[0] + w[1] * x[1] + w[2])
    _unit(way, "f", "z")
    way("∂f/∂z", lambda f: f * (1 - f), "f", vouches=False)  # the same for 1 - f
    way("∂f/∂w", lambda dz: np.array([x[0], x[1], 1.0]) * dz, "∂f/∂z")
    way("∂f/∂x", lambda dz: w[:2] * dz, "∂f/∂z")


def _staged(way: Way, x: float, y: float) -> None:
    for name, value in (("σ(x)", x), ("σ(y)", y)):
        way(name, _logistic(np.asarray(value)))
    t = way("x + y", x + y)
    way("the numerator", lambda sy: x + sy, "σ(y)")
    way("the denominator", lambda sx, t: sx + t**2, "σ(x)", "x + y")
    way("f", lambda num, den: num / den, "the numerator", "the denominator")
    way("∂f/∂numerator", lambda den: 1 / den, "the denominator")
    way(
        "∂f/∂denominator",
        lambda num, den: -num / den**2,
        "the numerator",
        "the denominator",
        vouches=False,
    )
    way("∂f/∂(x + y)", lambda dden: 2 * t * dden, "∂f/∂denominator")
    sx, sy = way.values["σ(x)"], way.values["σ(y)"]
    way(
        "the path of ∂f/∂x through σ(x)",
        lambda dden: sx * (1 - sx) * dden,
        "∂f/∂denominator",
        vouches=False,
    )
    way(
        "the path of ∂f/∂y through σ(y)",
        lambda dnum: sy * (1 - sy) * dnum,
        "∂f/∂numerator",
        vouches=False,
    )
    way(
        "two of the three paths of ∂f/∂x",
        lambda dnum, path: dnum + path,
        "∂f/∂numerator",
        "the path of ∂f/∂x through σ(x)",
    )
    way("∂f/∂x", lambda two, dt: two + dt, "two of the three paths of ∂f/∂x", "∂f/∂(x + y)")
    way("∂f/∂y", lambda path, dt: path + dt, "the path of ∂f/∂y through σ(y)", "∂f/∂(x + y)")


def _chain(way: Way, x: float, weights: list, f: Callable, f_prime: Callable) -> None:
    y = ()
    for k, w in enumerate(weights, 1):
        way(f"z_{k}", (lambda y, w=w: w * y) if y else w * x, *y)
        way(f"f′(z_{k})", f_prime, f"z_{k}")
        way(f"y_{k}", f, f"z_{k}")
        y = (f"y_{k}",)
    last = ()
    for k in range(len(weights), 0, -1):
        w, name = weights[k - 1], f"∂y_L/∂y_{k - 1}"
        if last:
            way(name, lambda s, g, w=w: g * w * s, f"f′(z_{k})", *last)
        else:
            way(name, lambda s, w=w: w * s, f"f′(z_{k})")
        last = (name,)
    if len(weights) > 1:
        way(
            "the array of all ∂y_L/∂y_k",
            lambda *every: np.array(every),
            *(f"∂y_L/∂y_{k}" for k in range(len(weights))),
        )


def _collapse(way: Way, W1: Array, b1: Array, W2: Array, b2: Array) -> None:
    way("W", W1 @ W2)
    way("b1 W2", b1 @ W2)
    way("b", lambda passed: passed + b2, "b1 W2")


def _prelu(way: Way, z: Array, alpha: float, upstream: Array) -> None:
    slope = np.where(np.asarray(z) > 0, 1.0, alpha)
    way("∂L/∂z", slope * upstream)
    way("min(z, 0)", np.minimum(z, 0.0), vouches=False)
    way("upstream · min(z, 0)", lambda low: upstream * low, "min(z, 0)", vouches=False)
    way("∂L/∂α", np.sum, "upstream · min(z, 0)", vouches=False)


def _neuron(way: Way, w: Array, b: Array, x: Array) -> Array:
    way("w x", w @ x)
    way("z", lambda wx: wx + b, "w x")
    return _unit(way, "a", "z")


def _loss(way: Way, a: Array, y: Array) -> None:
    way("ln a", np.log(a))
    way("ln(1 - a)", np.log(1 - a))
    way("y ln a", lambda log: y * log, "ln a")
    way("(1 - y) ln(1 - a)", lambda log: (1 - y) * log, "ln(1 - a)")
    way("y ln a + (1 - y) ln(1 - a)", lambda one, other: one + other, "y ln a", "(1 - y) ln(1 - a)")
    way("J", lambda each: -np.mean(each), "y ln a + (1 - y) ln(1 - a)")
    way.counts(np.size(a))


def _neuron_gradients(way: Way, w: Array, b: Array, x: Array, y: Array) -> None:
    _neuron(way, w, b, x)
    n = x.shape[1]
    way.counts(n)
    way("a - y", lambda a: a - y, "a")
    way("∂J/∂z", lambda off: off / n, "a - y")
    way("∂J/∂w", lambda dz: dz @ x.T, "∂J/∂z")
    way("∂J/∂b", lambda dz: np.sum(dz, axis=1, keepdims=True), "∂J/∂z")


def _neuron_rows(way: Way, X: Array, W: Array, b: Array) -> None:
    way("X W", X @ W)
    way("z", lambda product: product + b, "X W")
    _unit(way, "A", "z")


def _forward(way: Way, x: Array, W1: Array, W2: Array) -> None:
    way("z⁽¹⁾", x @ W1)
    way("y⁽¹⁾", np.tanh, "z⁽¹⁾")
    way("z⁽²⁾", lambda y: y @ W2, "y⁽¹⁾")
    _unit(way, "y⁽²⁾", "z⁽²⁾")


def _backward(way: Way, x: Array, d: Array, W1: Array, W2: Array) -> None:
    _forward(way, x, W1, W2)
    _y1, _y2 = way.values["y⁽¹⁾"], way.values["y⁽²⁾"]
    way("∂Div/∂y⁽²⁾", lambda y: y - d, "y⁽²⁾")
    way("∂Div/∂z⁽²⁾", lambda dy, y: y * (1 - y) * dy, "∂Div/∂y⁽²⁾", "y⁽²⁾")
    way("∂Div/∂W⁽²⁾", lambda dz, y: np.outer(y, dz), "∂Div/∂z⁽²⁾", "y⁽¹⁾")
    way("∂Div/∂y⁽¹⁾", lambda dz: W2 @ dz, "∂Div/∂z⁽²⁾")
    way("∂Div/∂z⁽¹⁾", lambda dy, y: (1 - y**2) * dy, "∂Div/∂y⁽¹⁾", "y⁽¹⁾")
    way("∂Div/∂W⁽¹⁾", lambda dz: np.outer(x, dz), "∂Div/∂z⁽¹⁾")


def _steps_down(way: Way, W1: Array, W2: Array, gradients: dict, eta: float) -> None:
    way("η ∂Div/∂W⁽¹⁾", eta * gradients["W1"])
    way("η ∂Div/∂W⁽²⁾", eta * gradients["W2"])
    way("the new W⁽¹⁾", lambda step: W1 - step, "η ∂Div/∂W⁽¹⁾")
    way("the new W⁽²⁾", lambda step: W2 - step, "η ∂Div/∂W⁽²⁾")


def _forward_layers(way: Way, x: Array, weights: list, activations: list) -> None:
    y = ()
    for k, (W, (f, _)) in enumerate(zip(weights, activations, strict=True), 1):
        way(f"z of layer {k}", (lambda y, W=W: y @ W) if y else x @ W, *y)
        y = (f"y of layer {k}",)
        way(*y, f, f"z of layer {k}")


def _backward_layers(way: Way, x: Array, d: Array, weights: list, activations: list) -> None:
    _forward_layers(way, x, weights, activations)
    last = len(weights)
    way.counts(last)
    way(f"∂Div/∂y of layer {last}", lambda y: y - d, f"y of layer {last}")
    for k in range(last, 0, -1):
        slope = activations[k - 1][1]
        dz = f"∂Div/∂z of layer {k}"
        way(
            dz,
            lambda dy, z, s=slope: s(z) * dy,
            f"∂Div/∂y of layer {k}",
            f"z of layer {k}",
            vouches=False,
        )  # many slopes are the same for -z
        if k > 1:
            way(
                f"∂Div/∂W of layer {k}",
                lambda dz, y: np.atleast_2d(y).T @ np.atleast_2d(dz),
                dz,
                f"y of layer {k - 1}",
            )
        else:
            way("∂Div/∂W of layer 1", lambda dz: np.atleast_2d(x).T @ np.atleast_2d(dz), dz)
        if k > 1:
            way(f"∂Div/∂y of layer {k - 1}", lambda dz, W=weights[k - 1]: dz @ W.T, dz)


def _mazur_forward(way: Way, i: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> None:
    way("net_h", i @ W1 + b1)
    _unit(way, "out_h", "net_h")
    way("net_o", lambda out: out @ W2 + b2, "out_h")
    _unit(way, "out_o", "net_o")


def _mazur_deltas(way: Way, i, target, W1, b1, W2, b2) -> None:
    _mazur_forward(way, i, W1, b1, W2, b2)
    _out_h, _out_o = way.values["out_h"], way.values["out_o"]
    way("out_o - target", lambda out: out - target, "out_o")
    way("δ_o", lambda off, out: off * out * (1 - out), "out_o - target", "out_o")
    way("Σ_o w_ho δ_o", lambda o: W2 @ o, "δ_o")
    way("δ_h", lambda back, out: back * out * (1 - out), "Σ_o w_ho δ_o", "out_h")


def _mazur_gradients(way: Way, i, target, W1, b1, W2, b2) -> None:
    _mazur_deltas(way, i, target, W1, b1, W2, b2)
    way("∂E/∂W2", lambda o, out: np.outer(out, o), "δ_o", "out_h")
    way("∂E/∂W1", lambda h: np.outer(i, h), "δ_h")


def _mazur_update(way: Way, i, target, W1, b1, W2, b2, eta) -> None:
    _mazur_gradients(way, i, target, W1, b1, W2, b2)
    way("the new W1", lambda dW: W1 - eta * dW, "∂E/∂W1")
    way("the new W2", lambda dW: W2 - eta * dW, "∂E/∂W2")


def _softmax(way: Way, Z: Array) -> Array:
    top = Z.max(axis=-1, keepdims=True)
    way("e^(z - max)", lambda: np.exp(Z - top))
    return way("P", lambda e: e / e.sum(axis=-1, keepdims=True), "e^(z - max)")


def _jacobian(way: Way, z: Array) -> None:
    _softmax(way, np.asarray(z, dtype=float))
    way("the diagonal matrix of p", np.diag, "P", vouches=False)
    way("p pᵀ", lambda p: np.outer(p, p), "P", vouches=False)
    way("∂p_i/∂z_k", lambda a, b: a - b, "the diagonal matrix of p", "p pᵀ")


def _combined(way: Way, Z: Array, T: Array) -> None:
    _softmax(way, Z)
    n = len(Z)
    way.counts(n)
    way("P - T", lambda P: P - T, "P")
    way("∂L/∂Z", lambda off: off / n, "P - T")


def _broken_combined(way: Way, Z: Array, T: Array) -> None:
    _combined(way, Z, T)
    P, n = way.values["P"], len(Z)
    if np.all(P > 1e-12):
        way("∂L/∂P", lambda P: -T / P / n, "P")
        dP = way.values["∂L/∂P"]
        np.sum(dP * P, axis=1, keepdims=True)


def _output_layer(way: Way, H: Array, W: Array, b: Array, T: Array) -> None:
    Z = way("Z", H @ W + b)
    _combined(way, Z, T)
    len(H)
    way("∂L/∂W", lambda dZ: H.T @ dZ, "∂L/∂Z")
    way("∂L/∂b", lambda dZ: dZ.sum(axis=0), "∂L/∂Z")
    way("∂L/∂H", lambda dZ: dZ @ W.T, "∂L/∂Z")


def _feedforward(way: Way, X: Array, weights: list, biases: list) -> None:
    a = ()
    for k, (W, b) in enumerate(zip(weights, biases, strict=True), 1):
        way(f"z_{k}", (lambda a, W=W, b=b: a @ W + b) if a else X @ W + b, *a)
        _unit(way, f"a_{k}", f"z_{k}")
        a = (f"a_{k}",)


def _backprop(way: Way, X: Array, T: Array, weights: list, biases: list) -> None:
    _feedforward(way, X, weights, biases)
    last, n = len(weights), len(X)
    way.counts(n, last)
    a = [X, *(way.values[f"a_{k + 1}"] for k in range(last))]
    out = a[-1]
    way("a_L - t", out - T, f"a_{last}")
    way(f"δ_{last}", lambda off, a: off * a * (1 - a) / n, "a_L - t", f"a_{last}")
    for k in range(last, 0, -1):
        delta, entering = f"δ_{k}", f"a_{k - 1}"
        way(f"∂C/∂b_{k}", lambda d: d.sum(axis=0), delta)
        if k == 1:
            way("∂C/∂W_1", lambda d: X.T @ d, delta)
            continue
        way(f"∂C/∂W_{k}", lambda d, a: a.T @ d, delta, entering)
        way(f"δ_{k - 1}", lambda d, a, W=weights[k - 1]: (d @ W.T) * a * (1 - a), delta, entering)


def _batchnorm_forward(way: Way, Z: Array, gamma: Array, beta: Array, eps: float) -> None:
    way("μ", Z.mean(axis=0))
    way("z - μ", lambda mean: Z - mean, "μ")
    way("v", lambda c: (c**2).mean(axis=0), "z - μ", vouches=False)
    way("s", lambda v: np.sqrt(v + eps), "v")
    way("ẑ", lambda c, s: c / s, "z - μ", "s")
    way("out", lambda hat: gamma * hat + beta, "ẑ")


def _batchnorm_backward(way: Way, dout: Array, cache: Any) -> None:
    C, s, gamma, n = cache.C, cache.s, cache.gamma, len(dout)
    way.counts(n)
    way("z - μ", C)
    way("s", s)
    way("ẑ", C / s)
    way("∂L/∂β", dout.sum(axis=0))
    way("∂L/∂γ", lambda hat: (dout * hat).sum(axis=0), "ẑ")
    way("∂L/∂ẑ", dout * gamma)
    way("∂L/∂s", lambda hat: -(hat * C).sum(axis=0) / s**2, "∂L/∂ẑ", vouches=False)
    way("∂L/∂v", lambda ds: ds / (2 * s), "∂L/∂s")
    way("∂L/∂c", lambda hat, dv: hat / s + 2 / n * C * dv, "∂L/∂ẑ", "∂L/∂v")
    way("∂L/∂μ", lambda dC: -dC.sum(axis=0), "∂L/∂c", vouches=False)
    way("∂L/∂Z", lambda dC, dmu: dC + dmu / n, "∂L/∂c", "∂L/∂μ")


def _momentum(way: Way, p: Array, g: Array, state: Any, eta: float, beta: float) -> None:
    old = state.v if state else 0
    way("v", beta * old + g)
    way("the new p", lambda v: p - eta * v, "v")


def _rmsprop(way: Way, p, g, state, eta, rho, eps) -> None:
    old = state.s if state else 0
    way("s", rho * old + (1 - rho) * g**2)
    way("√s", np.sqrt, "s")
    way("the step", lambda root: eta * g / (root + eps), "√s")
    way("the new p", lambda step: p - step, "the step")


def _adam(way: Way, p, g, state, eta, beta1, beta2, eps, t) -> None:
    old_m, old_v = (state.m, state.v) if state else (0, 0)
    way("m", beta1 * old_m + (1 - beta1) * g)
    way("v", beta2 * old_v + (1 - beta2) * g**2)
    way("the corrected m", lambda m: m / (1 - beta1**t), "m")
    way("the corrected v", lambda v: v / (1 - beta2**t), "v")
    way("the step", lambda m, v: eta * m / (np.sqrt(v) + eps), "the corrected m", "the corrected v")
    way("the new p", lambda step: p - step, "the step")


#: Exercise -> for each of its functions what lies on its way; None where nothing does.
WAYS: dict[str, tuple[Callable[..., Any] | None, ...]] = {
    "chain_rule.sigmoid_neuron": (_sigmoid_neuron,),
    "chain_rule.staged": (_staged,),
    "chain_rule.break_it": (_staged,),
    "activations.prelu": (_prelu,),
    "activations.collapse": (_collapse,),
    "activations.chain_gradients": (_chain,),
    "activations.break_it": (_chain,),
    "logistic_neuron.forward": (_neuron,),
    "logistic_neuron.loss": (_loss,),
    "logistic_neuron.gradients": (_neuron_gradients,),
    "logistic_neuron.break_it": (_neuron_gradients,),
    "logistic_neuron.to_rows": (_neuron_rows, None),
    "two_two_one.forward": (_forward,),
    "two_two_one.backward": (_backward,),
    "two_two_one.break_it": (_backward,),
    "two_two_one.update": (_steps_down,),
    "two_two_one.layers": (_forward_layers, _backward_layers),
    "mazur.forward": (_mazur_forward,),
    "mazur.deltas": (_mazur_deltas,),
    "mazur.gradients": (_mazur_gradients,),
    "mazur.break_it": (_mazur_gradients,),
    "mazur.update": (_mazur_update,),
    "softmax.softmax": (_softmax,),
    "softmax.jacobian": (_jacobian,),
    "softmax.combined": (_combined,),
    "softmax.break_it": (_broken_combined,),
    "softmax.output_layer": (_output_layer,),
    "mnist.feedforward": (_feedforward,),
    "mnist.backprop": (_backprop,),
    "mnist.break_it": (_backprop,),
    "practice.optimisers": (_momentum, _rmsprop, _adam),
    "practice.batch_normalisation": (_batchnorm_forward, _batchnorm_backward),
    "practice.break_it": (_batchnorm_forward, _batchnorm_backward),
}


def way_through(exercise: str, function: int | None) -> Callable[..., Any] | None:
    """What lies on the way through a function of an exercise; None where nothing does."""
    ways = WAYS.get(exercise, ())
    return ways[function] if function is not None and function < len(ways) else None
