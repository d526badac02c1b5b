"""The trusted answers, and the same by independent paths: nudges wherever a gradient is asked."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.numeric import slope

# ---------------------------------------------------------------------------------------- solutions


def sigma(z):
    """σ(z) = 1/(1 + e^−z)."""
    return 1 / (1 + np.exp(-z))


def linear(w, x, b):
    """f = wx + b and its gradients, entry by entry where w, x and b are arrays of one shape."""
    f = w * x + b
    return f, {"w": x, "x": w, "b": np.ones_like(f)}  # ∂f/∂w = x, ∂f/∂x = w, ∂f/∂b = 1


def product_of_sum(x, y, z):
    """f = (x + y)z and its gradients, entry by entry."""
    q = x + y
    f = q * z
    dq = z  # ∂f/∂q = z
    return f, {"x": dq, "y": dq, "z": q}  # the add gate hands ∂f/∂q on; ∂f/∂z = q


def sigmoid_neuron(w, x):
    """f = σ(w0 x0 + w1 x1 + w2), and its gradients on w (3,) and x (2,)."""
    f = sigma(w[0] * x[0] + w[1] * x[1] + w[2])
    dz = f * (1 - f)  # σ′ = σ (1 - σ)
    return f, {"w": np.array([x[0], x[1], 1.0]) * dz, "x": w[:2] * dz}


def add_gate(a, b, upstream):
    """An add gate hands the upstream gradient to both inputs."""
    return upstream, upstream


def mul_gate(a, b, upstream):
    """A multiply gate hands to each input the upstream gradient times the other input."""
    return b * upstream, a * upstream


def max_gate(a, b, upstream):
    """A max gate hands the upstream gradient to the larger input; to the first where they are
    equal."""
    return np.where(a >= b, upstream, 0.0), np.where(a >= b, 0.0, upstream)


def numeric_gradient(f, x, h=1e-5):
    """The gradient of f at x by central differences, in the shape of x, which stays as it is."""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        gradient[i] = (f(above) - f(below)) / (2 * h)  # (f(x + h eᵢ) - f(x - h eᵢ)) / 2h
    return gradient


def staged(x, y):
    """f = (x + σ(y))/(σ(x) + (x + y)²) and its gradients, stage by stage from the last to the
    first."""
    sx, sy, t = sigma(x), sigma(y), x + y
    num, den = x + sy, sx + t**2
    dnum, dden = 1 / den, -num / den**2
    dt = 2 * t * dden
    dx = dnum + sx * (1 - sx) * dden + dt  # three uses of x, three paths
    dy = sy * (1 - sy) * dnum + dt  # two uses of y
    return num / den, {"x": dx, "y": dy}


def order(output):
    """The nodes that `output` depends on, each behind all of its parents."""
    done, seen, stack = [], {output}, [(output, iter(output.parents))]
    while stack:
        node, parents = stack[-1]
        following = next((p for p, _ in parents if p not in seen), None)
        if following is None:
            done.append(node)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(following.parents)))
    return done


def backpropagate(output):
    """Set `.grad` of every node that the output depends on to ∂output/∂node."""
    nodes = order(output)
    for node in nodes:
        node.grad = 0.0
    output.grad = 1.0  # ∂output/∂output
    for node in reversed(nodes):
        for parent, local in node.parents:
            parent.grad += local * node.grad


# -------------------------------------------------------------------------- oracles, by other means


def nudged(f, arguments, k, h=1e-5):
    """∂f/∂(argument k), entry by entry: every entry of f depends on its own entry of the argument
    alone."""
    at = lambda step: f(*arguments[:k], arguments[k] + step, *arguments[k + 1 :])
    return (at(h) - at(-h)) / (2 * h)


def by_nudges(value, names):
    """An oracle: the value, and each gradient by nudging one argument."""

    def oracle(*arguments):
        return value(*arguments), {
            name: nudged(value, arguments, k) for k, name in enumerate(names)
        }

    return oracle


def sigmoid_neuron_numeric(w, x):
    """The sigmoid neuron by tanh, its gradients by central differences."""
    value = lambda w, x: 0.5 * (1 + np.tanh((w[2] + sum(w[i] * x[i] for i in range(2))) / 2))
    return value(w, x), {"w": slope(lambda v: value(v, x), w), "x": slope(lambda v: value(w, v), x)}


def gate_by_nudges(value):
    """An oracle for a gate: each input is nudged, and the change multiplied by what comes from
    above."""
    return lambda a, b, upstream: tuple(nudged(value, (a, b), k) * upstream for k in range(2))


def numeric_gradient_by_directions(f, x, h=1e-5):
    """Central differences along each unit vector, all of which are made at once."""
    directions = np.eye(x.size).reshape(x.size, *x.shape)
    return np.reshape([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in directions], x.shape)


def backpropagate_forwards(output):
    """Nudge one node at a time by 1 and push the change forward: the graph is linear in its local
    derivatives."""
    nodes = order(output)
    for node in nodes:
        change = {node: 1.0}
        for later in nodes:
            if later is not node:
                change[later] = sum(local * change.get(p, 0.0) for p, local in later.parents)
        node.grad = change[output]


# ------------------------------------------------------------------------------------------- inputs


def away(rng, shape=None) -> Any:
    """Numbers well away from 0: a float, or an array of a shape."""
    found = rng.uniform(0.6, 2.6, shape) * rng.choice([-1, 1], shape)
    return float(found) if shape is None else found
