"""A layered network whose forward and backward pass can be read step by step."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from course import activations as activation
from course import steps
from course.losses import divergence, divergence_prime
from course.notation import notation


def _array(value, what, ndim):
    try:
        array = np.array(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} is not an array of numbers: {error}") from error
    if array.ndim != ndim or array.size == 0:
        raise ValueError(
            f"{what} has shape {array.shape}; it needs {ndim} dimension{'s' * (ndim > 1)}, none"
            " empty"
        )
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{what} has an entry that is nan or infinite")
    return array


class Network:
    """A fully connected network in the row convention: z = y W + b, W[i, j] goes from unit i to
    unit j.

    Parameters
    ----------
    weights : list of array_like
        One (fan_in, fan_out) array a layer; weights[0] is W1.
    activations : list of str or course.activations.Activation
        One a layer: "tanh", "logistic", "relu" or "linear".
    biases : list of array_like, optional
        One (fan_out,) array a layer.
    names : list of list of str, optional
        The names of the units, inputs first. They change the letters too: see `course.notation`.

    Raises
    ------
    ValueError
        If shapes do not fit together, a number is nan or infinite, or a name is not 1 to 8 letters
        and digits.
    """

    def __init__(self, weights, activations, biases=None, names=None):
        self.weights = [_array(W, f"W{k}", 2) for k, W in enumerate(weights, 1)]
        if not self.weights:
            raise ValueError("a network needs at least one weight matrix")
        for k, (W, W_next) in enumerate(zip(self.weights, self.weights[1:]), 1):
            if W.shape[1] != W_next.shape[0]:
                raise ValueError(
                    f"W{k} has shape {W.shape} and W{k + 1} has shape {W_next.shape}: the"
                    f" {W.shape[1]} columns of W{k} must be as many as the {W_next.shape[0]} rows"
                    f" of W{k + 1}"
                )
        self.sizes = [self.weights[0].shape[0], *(W.shape[1] for W in self.weights)]
        if isinstance(activations, str) or len(activations) != len(self.weights):
            raise ValueError(
                f"{len(self.weights)} layers need a list of {len(self.weights)} activations, not"
                f" {activations!r}"
            )
        self.activations = [activation.named(name) for name in activations]
        self.biases = None if biases is None else self._checked_biases(biases)
        self.names = None if names is None else self._checked_names(names)
        self.notation = notation(self.sizes, self.names)

    def _checked_biases(self, biases):
        biases = [_array(b, f"b{k}", 1) for k, b in enumerate(biases, 1)]
        shapes, wanted = [b.shape for b in biases], [(n,) for n in self.sizes[1:]]
        if shapes != wanted:
            raise ValueError(f"the biases have shapes {shapes}; they need {wanted}")
        return biases

    def _checked_names(self, names):
        names = [[str(name) for name in layer] for layer in names]
        if [len(layer) for layer in names] != self.sizes:
            raise ValueError(
                f"the names are for layers of {[len(layer) for layer in names]} units, not of"
                f" {self.sizes}"
            )
        for name in (name for layer in names for name in layer):
            if not (name.isalnum() and len(name) <= 8):
                raise ValueError(f"a unit's name is 1 to 8 letters and digits, not {name!r}")
        return names

    def __repr__(self):
        layers = ", ".join(f"{n} {f.name}" for n, f in zip(self.sizes[1:], self.activations))
        return f"Network({self.sizes[0]} inputs, {layers}{', with biases' if self.biases else ''})"

    def _vector(self, value, what, size):
        vector = _array(value, what, 1)
        if vector.shape != (size,):
            raise ValueError(f"{what} has shape {vector.shape}; this network needs ({size},)")
        return vector

    def _unit(self, k, i):
        if self.names is not None:
            return self.names[k][i]
        return f"unit {i + 1}" if k else f"input {i + 1}"

    def recipes(self):
        """Every step of the walk without its numbers: a pair (forward, backward) of lists of
        `Recipe`."""
        forward = steps.forward_recipes(
            self.sizes, self.activations, self.biases is not None, self._unit
        )
        backward = steps.backward_recipes(
            self.sizes, self.activations, self.biases is not None, self._unit, self.notation.error
        )
        return list(forward), list(backward)

    def forward(self, x):
        """Run one example through the network.

        Parameters
        ----------
        x : array_like (inputs,)

        Returns
        -------
        ForwardTrace

        Raises
        ------
        ValueError
            If x has another shape, or an entry that is nan or infinite.
        """
        x = self._vector(x, "x", self.sizes[0])
        z, y = {}, {0: x}
        with np.errstate(over="ignore", invalid="ignore"):
            for k, (W, f) in enumerate(zip(self.weights, self.activations), 1):
                # z^(k) = y^(k-1) W^(k) + b^(k);  y^(k) = f_k(z^(k))
                z[k] = y[k - 1] @ W
                if self.biases is not None:
                    z[k] = z[k] + self.biases[k - 1]
                y[k] = f(z[k])
        return ForwardTrace(self, z, y)

    def backward(self, x, d):
        """The gradient of Div = 1/2 sum (y - d)^2 for one example, by backpropagation.

        Parameters
        ----------
        x : array_like (inputs,)
        d : array_like (outputs,)
            The target.

        Returns
        -------
        BackwardTrace

        Raises
        ------
        ValueError
            If x or d has another shape, or an entry that is nan or infinite.
        """
        forward = self.forward(x)
        d = self._vector(d, "d", self.sizes[-1])
        g, last = {}, len(self.weights)
        with np.errstate(over="ignore", invalid="ignore"):
            g[f"y{last}"] = divergence_prime(forward.y[last], d)
            for k in range(last, 0, -1):
                # dDiv/dz^(k) = f_k'(z^(k)) dDiv/dy^(k)
                g[f"z{k}"] = self.activations[k - 1].f_prime(forward.z[k]) * g[f"y{k}"]
                if k > 1:
                    # dDiv/dy^(k-1) = W^(k) dDiv/dz^(k)
                    g[f"y{k - 1}"] = self.weights[k - 1] @ g[f"z{k}"]
                # dDiv/dW^(k) = y^(k-1) outer dDiv/dz^(k)
                g[f"W{k}"] = np.outer(forward.y[k - 1], g[f"z{k}"])
                if self.biases is not None:
                    g[f"b{k}"] = g[f"z{k}"].copy()
            return BackwardTrace(forward, d, divergence(forward.y[last], d), g)


def _entries(name, array):
    return {f"{name}[{','.join(map(str, i))}]": float(array[i]) for i in np.ndindex(array.shape)}


@dataclass(frozen=True)
class ForwardTrace:
    """What the forward pass computed: `z[k]` and `y[k]` of layer k; `y[0]` is the input."""

    network: Network
    z: dict
    y: dict

    @property
    def output(self):
        """The output y^(N), shape (outputs,)."""
        return self.y[len(self.z)]

    @cached_property
    def values(self):
        """Every number by its key: `x[0]`, `W1[0,1]`, `b1[0]`, `z1[0]`, `y1[0]`, ..."""
        values = _entries("x", self.y[0])
        for k in self.z:
            values |= _entries(f"W{k}", self.network.weights[k - 1])
            if self.network.biases is not None:
                values |= _entries(f"b{k}", self.network.biases[k - 1])
            values |= _entries(f"z{k}", self.z[k]) | _entries(f"y{k}", self.y[k])
        return values

    @cached_property
    def steps(self):
        """The forward pass, one number at a time: a tuple of `Step`."""
        symbols = self.network.notation.symbols
        return tuple(
            steps.take(recipe, symbols, self.values) for recipe in self.network.recipes()[0]
        )


@dataclass(frozen=True)
class BackwardTrace:
    """What the backward pass computed.

    `gradients` has the keys `y1`, `z1`, `W1`, (`b1`,) ...: each the gradient of Div by that array,
    with its shape. `divergence` is Div itself, `forward` the forward pass it rests on.
    """

    forward: ForwardTrace
    d: np.ndarray
    divergence: float
    gradients: dict

    @cached_property
    def values(self):
        """Every number by its key: those of the forward pass, and `d[0]`, `div`, `dz2[0]`,
        `dW2[0,0]`, ..."""
        values = self.forward.values | _entries("d", self.d) | {"div": self.divergence}
        for name, gradient in self.gradients.items():
            values |= _entries(f"d{name}", gradient)
        return values

    @cached_property
    def steps(self):
        """The backward pass, one number at a time: a tuple of `Step`, the divergence first."""
        network = self.forward.network
        symbols = network.notation.symbols
        return tuple(steps.take(recipe, symbols, self.values) for recipe in network.recipes()[1])
