"""The slips that the pencil may name, computed once more: by numpy, from the arrays of a network, and
from the local gradients of a graph. Nothing here comes from the JavaScript."""

import math

import numpy as np

from course.graph import GATES

FUNCTIONS = {"tanh": np.tanh, "logistic": lambda z: 1 / (1 + np.exp(-z))}
SLOPES = {
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "logistic": lambda z: FUNCTIONS["logistic"](z) * (1 - FUNCTIONS["logistic"](z)),
    "relu": lambda z: float(z > 0),
    "linear": lambda z: 1.0,
}


def network_slips(trace, step):
    """Every slip of a step of the walk through a network.

    Parameters
    ----------
    trace : course.network.BackwardTrace
    step : dict
        A recipe of the walk: kind, layer, index.

    Returns
    -------
    dict
        name -> the number that somebody writes who makes that slip.
    """
    network, forward, gradients = trace.forward.network, trace.forward, trace.gradients
    kind, k, index = step["kind"], step["layer"], step["index"]
    names = [f.name for f in network.activations]
    last, y, z, d = len(names), forward.y, forward.z, trace.d
    found = {}
    if kind == "div":
        off = y[last] - d
        found = {
            "without half": np.sum(off**2),
            "without square": np.sum(off) / 2,
            "without both": np.sum(off),
            "without difference": off.size / 2,
        }
        found |= _sums(0.5 * off**2)
        right = np.sum(off**2) / 2
    elif kind == "z":
        (j,) = index
        W, a = network.weights[k - 1], y[k - 1]
        b = 0.0 if network.biases is None else network.biases[k - 1][j]
        terms = W[:, j] * a
        found = {"without weight": a.sum() + b, "without input": W[:, j].sum() + b}
        found |= {f"weights of {n}": a @ W[:, n] + b for n in range(W.shape[1]) if n != j}
        if W.shape[0] <= W.shape[1] and j < W.shape[0]:
            found["transposed"] = a @ W[j, : W.shape[0]] + b
        found |= _sums(terms if network.biases is None else np.append(terms, b))
        right = terms.sum() + b
    elif kind == "y":
        (j,) = index
        name, at = names[k - 1], z[k][j]
        found = {"the sum": at, "the slope": SLOPES[name](at)}
        if name == "logistic":
            e = math.exp(-at)
            found |= {"sign of z": 1 / (1 + 1 / e), "exponential": e, "no inverse": 1 + e}
        found |= {f"by {other}": f(at) for other, f in FUNCTIONS.items() if other != name}
        right = y[k][j]
    elif kind == "dy" and k == last:
        (j,) = index
        a, t = y[k][j], d[j]
        found = {"the output": a, "the target": t, "added": a + t, "the error": (a - t) ** 2 / 2, "twice": 2 * (a - t)}  # fmt: skip
        right = a - t
    elif kind == "dy":
        (i,) = index
        W, back, before = network.weights[k], gradients[f"z{k + 1}"], gradients[f"y{k + 1}"]
        found = {"without weight": back.sum(), "without upstream": W[i].sum(), "slope before": W[i] @ before}  # fmt: skip
        found |= {f"weights of {m}": W[m] @ back for m in range(W.shape[0]) if m != i}
        if W.shape[1] <= W.shape[0] and i < W.shape[1]:
            found["transposed"] = W[: W.shape[1], i] @ back
        found |= _sums(W[i] * back)
        right = W[i] @ back
    elif kind == "dz":
        (j,) = index
        name, a, at, up = names[k - 1], y[k][j], z[k][j], gradients[f"y{k}"][j]
        slope = SLOPES[name](at)
        found = {"without slope": up, "without upstream": slope, "value for slope": a * up, "sum for slope": at * up,
                 "one minus y": (1 - a) * up, "slope at y": SLOPES[name](a) * up}  # fmt: skip
        found |= {"slope of tanh": (1 - a * a) * up} if name != "tanh" else {}
        found |= {"slope of logistic": a * (1 - a) * up} if name != "logistic" else {}
        ups = gradients[f"y{k}"]
        found |= {f"upstream of {n}": slope * ups[n] for n in range(len(ups)) if n != j}
        if a == at:
            del found["sum for slope"]
        right = slope * up
    elif kind == "dW":
        i, j = index
        a, back, before = y[k - 1], gradients[f"z{k}"], gradients[f"y{k}"]
        W = network.weights[k - 1]
        found = {"without input": back[j], "without upstream": a[i], "slope before": a[i] * before[j],
                 "the weight": W[i, j] * back[j], "its output": y[k][j] * back[j]}  # fmt: skip
        found |= {"the sum": z[k - 1][i] * back[j]} if k > 1 else {}
        found |= {f"input of {m}": a[m] * back[j] for m in range(len(a)) if m != i}
        found |= {f"upstream of {n}": a[i] * back[n] for n in range(len(back)) if n != j}
        if i != j and i < len(back) and j < len(a):
            found["transposed"] = a[j] * back[i]
        right = a[i] * back[j]
    else:
        (j,) = index
        back = gradients[f"z{k}"]
        found = {"the bias": network.biases[k - 1][j] * back[j], "slope before": gradients[f"y{k}"][j],
                 "an input": y[k - 1][0] * back[j]}  # fmt: skip
        found |= {f"upstream of {n}": back[n] for n in range(len(back)) if n != j}
        right = back[j]
    return {name: float(value) for name, value in (found | {"sign": -right}).items()}


def _sums(terms):
    """A term of a sum forgotten; one term alone."""
    n = len(terms)
    without = {f"without term {m}": np.delete(terms, m).sum() for m in range(n) if n > 1}
    return without | {f"only term {m}": terms[m] for m in range(n) if n > 2}


def backward_slips(walk, step, to, before):
    """The slips of one gradient on the way back through a gate.

    Parameters
    ----------
    walk : course.widgets.graph_stepper.walk.GraphWalk
    step : course.graph.Step
        Through which gate.
    to : str
        The input whose gradient is asked for.
    before : float or None
        What had arrived at it; None where nothing had.
    """
    node = walk.graph[step.node]
    mine = [share for share in step.shares if share.to == to]
    others = [share for share in step.shares if share.to != to]
    up, past = mine[0].upstream, before or 0.0
    found = {
        "input for local": walk.graph[to].value * up + past,
        "value for local": node.value * up + past,
    }
    if others:
        found["other local"] = others[0].local * up + past
    share = sum(one.product for one in mine)
    terms = (
        [one.product for one in mine] if before is None else [before, *(s.product for s in mine)]
    )
    found |= _sums(np.array(terms))
    if before is None:
        found |= {"without local": up * len(mine), "without upstream": sum(s.local for s in mine)}
    else:
        found |= {
            "without local": past + up * len(mine),
            "without upstream": past + sum(s.local for s in mine),
            "subtracted": past - share,
            "sign of local": past - mine[0].local * len(mine) * up,
        }
    return {name: float(value) for name, value in (found | {"sign": -(past + share)}).items()}


def forward_slips(node):
    """The slips of the value of a gate: another gate's rule, an input left as it is, the slope.

    Parameters
    ----------
    node : course.graph.Node
        A gate whose parents have their values.
    """
    kind, c = kind_of(node), node.gate.constant
    (a, local), *rest = [(parent.value, local) for parent, local in node.parents]
    b = rest[0][0] if rest else math.nan
    found = {"sign": -node.value, "input 0": a} | ({"input 1": b} if rest else {"local": local})
    with np.errstate(all="ignore"):
        a, b = np.float64(a), np.float64(b)
        rules = {
            "add": {"multiplied": a * b, "subtracted": a - b},
            "sub": {"sign": b - a, "added": a + b},
            "mul": {"added": a + b},
            "div": {"upside down": b / a, "multiplied": a * b},
            "max": {"smaller": min(a, b), "added": a + b},
            "exp": {"sign of a": np.exp(-a)},
            "sigma": {
                "exponential": np.exp(-a),
                "sign of a": 1 / (1 + np.exp(a)),
                "no inverse": 1 + np.exp(-a),
            },
            "inverse": {"squared": a**-2.0},
            "plus": {"subtracted": a - c, "multiplied": a * c},
            "times": {"added": a + c},
            "power": {"multiplied": a * c},
        }.get(kind, {})
    return {name: float(value) for name, value in (found | rules).items()}


def kind_of(node):
    """The name of a node's gate."""
    return node.gate.kind or next(name for name, known in GATES.items() if known is node.gate)
