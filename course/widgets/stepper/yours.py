"""A reader's own backward pass, called on the numbers that the stepper shows and held against the
right one."""

import contextlib
import inspect
import io
import re
import warnings
from dataclasses import dataclass, field

import numpy as np

from course.widgets.common.stopped import stopped

# a gradient is right within this share of the largest exact entry of its array, or of 1
_NEAR = {"float64": 1e-7, "float32": 1e-4, "float16": 1e-2}


@dataclass
class Comparison:
    """What came back, number by number.

    Attributes
    ----------
    values : dict
        "dW2[0,1]" -> what the reader's function gave; "nan", "inf" and "-inf" as text.
    verdicts : dict
        "dW2[0,1]" -> "right", "wrong", "wrong sign", "wrong shape", "too small to tell apart" (both
        are next to nothing) or "cannot be compared" (the exact number overflows).
    said : list of str
        Sentences: what is not written yet, what was raised, whose shape is wrong, what is missing.
    """

    values: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    said: list = field(default_factory=list)

    def first_difference(self, walk):
        """The first key of the walk that is not right; None where there is none."""
        return next(
            (key for key in walk if self.verdicts.get(key, "right").startswith("wrong")), None
        )


def title(yours):
    """What the reader's work is called: the names of the functions."""
    return " and ".join(getattr(one, "__name__", "gradients") for one in _parts(yours))


def compare(yours, trace):
    """Call the reader's work on the numbers of a trace, and compare.

    Parameters
    ----------
    yours : function, dict, or a list of them
        A dict holds gradients by name. A function gets copies of the network's numbers, in the form
        that its own parameters ask for: `(x, d, W1, W2, …)`, with biases
        `(x, d, W1, b1, W2, b2, …)`; a parameter called `weights` asks for lists,
        `(x, d, weights, activations)` with pairs (f, f_prime) or `(X, D, weights, biases)`. It
        returns a dict of gradients, or for lists the gradients of the weights, or of weights and
        biases.
    trace : course.network.BackwardTrace

    Returns
    -------
    Comparison
        Nothing that the function does raises here: it is said in words.
    """
    found = Comparison()
    for one in _parts(yours):
        answer = one if isinstance(one, dict) else _called(one, trace, found)
        for name, gradient in _named(answer, one, trace, found).items():
            _judge(name, gradient, trace, found)
    return found


def _parts(yours):
    parts = list(yours) if isinstance(yours, (list, tuple)) else [yours]
    if not parts or not all(callable(one) or isinstance(one, dict) for one in parts):
        raise TypeError(
            f"yours is a function, a dict of gradients, or a list of them, not {yours!r}"
        )
    return parts


def _arguments(function, trace):
    network, x, d = trace.forward.network, trace.forward.y[0].copy(), trace.d.copy()
    weights = [W.copy() for W in network.weights]
    biases = None if network.biases is None else [b.copy() for b in network.biases]
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # some built-in functions tell nothing about themselves
        names = []
    if "weights" not in names:
        layers = [(W,) for W in weights] if biases is None else zip(weights, biases)
        return [x, d, *(array for layer in layers for array in layer)]
    if names[3:4] == ["biases"]:
        return [x[None], d[None], weights, biases or [np.zeros(W.shape[1]) for W in weights]]
    return [x, d, weights, [(f.f, f.f_prime) for f in network.activations]]


def _called(function, trace, found):
    # the course's function, which a notebook holds while there is no other
    if getattr(function, "course_own", False):
        found.said.append(f"{function.__name__} is not written yet.")
        return {}
    name, arguments = getattr(function, "__name__", "yours"), _arguments(function, trace)
    before = _flat(arguments)
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            answer = function(*arguments)
        except Exception as error:  # whatever it is: the reader is told
            found.said.append(stopped(error, name))
            return {}
    for message in dict.fromkeys(str(one.message) for one in warned):
        found.said.append(f"{name} warned: {message}.")
    if not all(np.array_equal(old, new) for old, new in zip(before, _flat(arguments))):
        found.said.append(f"{name} changed the arrays that it was given.")
    return answer


def _flat(arguments):
    arrays = [a for part in arguments for a in (part if isinstance(part, list) else [part])]
    return [a.copy() for a in arrays if isinstance(a, np.ndarray)]


def _named(answer, one, trace, found):
    """What came back as {name of the gradient: array}: W1, b1, z1, y1, …; o, net_o, out_o are read
    by the unit's letter."""
    network, name = trace.forward.network, getattr(one, "__name__", "yours")
    if hasattr(answer, "keys"):
        letters = (
            {}
            if network.names is None
            else {re.sub(r"\d+$", "", layer[0]): k for k, layer in enumerate(network.names)}
        )
        said, named = [str(key) for key in answer], {}
        for key in said:
            kind, _, letter = key.rpartition("_")
            layer = (
                letters.get(letter)
                if kind in ("", "net", "out") and key not in trace.gradients
                else None
            )
            named[key if layer is None else f"{'y' if kind == 'out' else 'z'}{layer}"] = answer[key]
        if said and not set(named) & set(trace.gradients):
            found.said.append(
                f"{name} gives {', '.join(said)}; none of them is a gradient of this network."
            )
        return {key: value for key, value in named.items() if key in trace.gradients}
    if isinstance(answer, (list, tuple)):
        groups = (
            (answer,)
            if len(answer) == len(network.weights) and not isinstance(answer[0], (list, tuple))
            else answer
        )
        if not all(isinstance(group, (list, tuple)) for group in groups):
            found.said.append(
                f"{name} gives {len(answer)} gradients; this network has {len(network.weights)}"
                " weight matrices."
            )
            return {}
        return {f"{letter}{k}": g for letter, group in zip("Wb", groups) for k, g in enumerate(group, 1)
                if f"{letter}{k}" in trace.gradients}  # fmt: skip
    found.said.append(
        f"{name} gives back {'nothing' if answer is None else type(answer).__name__}, not a dict of"
        " gradients."
    )
    return {}


def _judge(name, gradient, trace, found):
    exact = trace.gradients[name]
    keys = [f"d{name}[{','.join(map(str, index))}]" for index in np.ndindex(exact.shape)]
    try:
        kind = getattr(gradient, "dtype", np.dtype(float)).name
        gradient = np.asarray(gradient, dtype=float)
    except (TypeError, ValueError) as error:
        found.said.append(f"{name} is not an array of numbers: {error}.")
        found.verdicts |= dict.fromkeys(keys, "wrong")
        return
    if gradient.shape != exact.shape:
        found.said.append(f"{name} has shape {gradient.shape}; it needs {exact.shape}.")
        found.verdicts |= dict.fromkeys(keys, "wrong shape")
        return
    near = _NEAR.get(kind, 1e-7) * max(
        1.0, np.max(np.abs(exact), initial=0, where=np.isfinite(exact))
    )
    for key, mine, right in zip(keys, gradient.ravel(), exact.ravel()):
        found.values[key] = float(mine) if np.isfinite(mine) else str(float(mine))
        if not np.isfinite(right):
            found.verdicts[key] = "cannot be compared"
        elif abs(mine - right) <= near:
            alike = abs(mine - right) <= 1e-3 * abs(right) or near > 1e-3
            found.verdicts[key] = "right" if alike else "too small to tell apart"
        else:
            found.verdicts[key] = "wrong sign" if abs(mine + right) <= near else "wrong"
