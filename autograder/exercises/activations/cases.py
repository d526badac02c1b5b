"""Lesson 2, the inputs: numbers and arrays of every shape, ±1000 where it is asked, and what is
accepted at a kink."""

from __future__ import annotations

import numpy as np

from autograder.exercises.exercise import Call, Case, Function

DECK_Z = np.array([-10.0, 0.0, 10.0])
DECK = "the deck's −10, 0 and 10"
EXTREME = np.array([[-1000.0, 1000.0]])


def away_from_zero(rng, size, low=0.3, high=3.0):
    """Numbers of either sign, none near a kink at 0; both signs occur where there are two or
    more."""
    z = rng.uniform(low, high, size) * rng.choice([-1, 1], size)
    if np.size(z) > 1:
        z.flat[0], z.flat[-1] = -abs(z.flat[0]), abs(z.flat[-1])
    return z


SHAPES = ((5,), (), (2, 3), (2, 3, 2), (3, 3))


def inputs(rng, positive=True, negative=True, zero=True):
    """(label, z): floats of the signs that are asked for, and arrays of no, one, two and three
    axes, two of them with a 0."""
    signs = [(positive, rng.uniform(0.4, 2)), (negative, rng.uniform(-2, -0.4)), (zero, 0.0)]
    found = []
    for shape in SHAPES:
        z = np.array(away_from_zero(rng, shape))
        if z.size > 3:
            # a bend at ±1 is not one at 0
            z.flat[1], z.flat[3] = rng.uniform(0.3, 0.9), -rng.uniform(0.3, 0.9)
        if len(shape) > 1:
            z.flat[2] = 0.0  # a kink inside an array
        found.append((f"z of shape {shape}", z))
    return found + [(f"the number z = {v:.4g}", float(v)) for asked_for, v in signs if asked_for]


def asked(count, label, *arguments):
    """One case that asks every function of an exercise the same."""
    return Case(label, tuple(Call(k, arguments) for k in range(count)))


def extremes(first, second, rows):
    """The same two functions at ±1000, under rows of their own."""
    where = [
        ("z = −1000 and 1000, an array", EXTREME),
        ("the number z = −1000", -1000.0),
        ("the number z = 1000", 1000.0),
    ]
    return [
        Case(text, (Call(first, (z,), rows[0]), Call(second, (z,), rows[1]))) for text, z in where
    ]


def draw_sigmoid(rng):
    """Numbers and arrays of several shapes for σ and σ′, and z = ±1000."""
    return [asked(2, *pair) for pair in inputs(rng, zero=False)] + extremes(
        0, 1, ("sigmoid at ±1000", "sigmoid_derivative at ±1000")
    )


def draw_tanh_relu(rng):
    """Numbers and arrays for tanh′, ReLU and ReLU′; some entries are 0."""
    return [asked(3, *pair) for pair in inputs(rng, positive=False)]


def draw_leaky(rng):
    """Inputs for the six functions, every second one with its alpha; ELU and softplus at ±1000 as
    well."""
    cases = []
    for i, (label, z) in enumerate(inputs(rng, positive=False, zero=False)):
        leak: tuple[float, ...] = (float(rng.uniform(0.1, 0.6)),) if i % 2 else ()
        bend: tuple[float, ...] = (
            (float(rng.choice([rng.uniform(0.3, 0.7), rng.uniform(1.6, 3.0)])),) if i % 2 else ()
        )
        told = (
            f", alpha = {leak[0]:.3g} (leaky) and {bend[0]:.3g} (ELU)"
            if leak and bend
            else ", alpha left out"
        )
        calls = [Call(k, (z, *(leak if k < 2 else bend))) for k in range(4)] + [
            Call(4, (z,)),
            Call(5, (z,)),
        ]
        cases.append(Case(label + told, tuple(calls)))
    return (
        cases
        + extremes(2, 3, ("elu at ±1000", "elu_derivative at ±1000"))
        + extremes(4, 5, ("softplus at ±1000", "softplus_derivative at ±1000"))
    )


def draw_prelu(rng):
    """Inputs with one alpha and an upstream gradient of the shape of z; every third alpha is above
    1."""
    cases = []
    for i, (label, z) in enumerate(inputs(rng)):
        alpha = float(rng.uniform(1.5, 2.5) if i % 3 == 2 else rng.uniform(0.1, 0.7))
        upstream = rng.uniform(0.5, 2, np.shape(z)) * rng.choice([-1, 1], np.shape(z))
        upstream = np.array(upstream) if isinstance(z, np.ndarray) else float(upstream)
        cases.append(Case.of(f"{label}, alpha = {alpha:.3g}", z, alpha, upstream))
    return cases


def draw_pieces(rng, d, k):
    """A maxout unit whose winner leads by at least 0.3, so that nothing is near a tie."""
    while True:
        x, W, b = rng.normal(size=d), rng.normal(size=(k, d)), rng.normal(size=k)
        z = np.sort(W @ x + b)
        if k == 1 or z[-1] - z[-2] > 0.3:
            return x, W, b


def draw_maxout(rng):
    """In some the smallest piece is the largest in absolute value, in some it is not, in some the
    bias decides who wins."""
    sizes, kinds, turned = ((3, 2), (2, 4), (4, 3), (3, 3), (1, 5), (2, 2), (3, 1)), set(), False
    drawn = []
    while len(kinds) < 2 or not turned:
        drawn = [draw_pieces(rng, d, k) for d, k in sizes]
        kinds = {abs(min(W @ x + b)) > abs(max(W @ x + b)) for x, W, b in drawn if len(b) > 1}
        turned = any(np.argmax(W @ x) != np.argmax(W @ x + b) for x, W, b in drawn)
    cases = []
    for (d, k), (x, W, b) in zip(sizes, drawn, strict=True):
        upstream = float(rng.uniform(0.5, 2) * rng.choice([-1, 1]))
        calls = (Call(0, (x, W, b)), Call(1, (x, W, b, upstream)))
        cases.append(
            Case(f"{k} piece{'s' if k > 1 else ''} of {d} input{'s' if d > 1 else ''}", calls)
        )
    return cases


def draw_collapse(rng):
    """Two layers (d, h) and (h, m) of drawn widths; two of equal weights, so that their order
    shows."""
    cases = []
    for d, h, m in ((3, 4, 2), (2, 5, 3), (3, 3, 3), (1, 2, 1), (4, 1, 2)):
        arrays = (
            rng.normal(size=(d, h)),
            rng.normal(size=h),
            rng.normal(size=(h, m)),
            rng.normal(size=m),
        )
        cases.append(Case.of(f"{d} inputs, {h} hidden, {m} outputs", *arrays))
    same = rng.normal(size=(2, 2))
    biases = rng.normal(size=(2, 2))
    return [*cases, Case.of("two layers of equal weights", same, biases[0], same, biases[1])]


CURVES = (
    (
        "logistic",
        Function("z", "1/(1 + np.exp(-z))"),
        Function("z", "np.exp(-z)/(1 + np.exp(-z))**2"),
    ),
    ("tanh", Function("z", "np.tanh(z)"), Function("z", "1 - np.tanh(z)**2")),
    ("sine", Function("z", "np.sin(z)"), Function("z", "np.cos(z)")),
    ("z + z³/9", Function("z", "z + z**3/9"), Function("z", "1 + z**2/3")),
    ("linear", Function("z", "z"), Function("z", "1.0")),
    (
        "softplus",
        Function("z", "np.log1p(np.exp(z))"),
        Function("z", "1/(1 + np.exp(-z))"),
    ),  # its slope is not even
)


def draw_chain(rng):
    """Chains of 1 to 5 layers with weights of both signs and a drawn start."""
    cases = []
    for length, (name, f, f_prime) in (
        (3, CURVES[1]),
        (5, CURVES[2]),
        (4, CURVES[0]),
        (1, CURVES[1]),
        (4, CURVES[4]),
        (2, CURVES[3]),
        (3, CURVES[5]),
    ):
        weights = rng.uniform(0.6, 1.6, length) * rng.choice([-1, 1], length)
        x = float(rng.uniform(0.4, 1.2))
        cases.append(
            Case.of(f"{length} layer{'s' if length > 1 else ''}, {name}", x, weights, f, f_prime)
        )
    _, f, f_prime = CURVES[5]
    same = np.full(3, float(rng.uniform(0.6, 1.4)))
    x = float(rng.uniform(0.4, 1.2))
    return [*cases, Case.of("3 layers of equal weight, softplus", x, same, f, f_prime)]


def draw_dead(rng):
    """Pre-activations (n, units) with a known number of dead units, one of which reaches 0
    exactly."""
    cases = []
    for n, units, dead in ((6, 5, 2), (4, 8, 3), (9, 3, 0), (5, 5, 1), (1, 4, 3), (3, 2, 2)):
        Z = rng.normal(size=(n, units))
        Z[rng.integers(n), :] = rng.uniform(0.1, 1, units)
        if n > 1:
            Z[rng.integers(n), :] = -rng.uniform(0.1, 1, units)
            Z[rng.integers(n), rng.integers(units)] = 0.4
        columns = rng.permutation(units)[:dead]
        Z[:, columns] = -np.abs(Z[:, columns])
        if dead:
            Z[rng.integers(n), columns[0]] = 0.0
        cases.append(Case.of(f"{n} example{'s' if n > 1 else ''}, {units} units", Z))
    return cases


# --------------------------------------------------------------------------------- kinks, any slope


def between(yours, exact, at_kink, low, high):
    """Where `at_kink`, replace by the exact answer whatever lies between `low` and `high`."""
    given = np.asarray(yours)
    given = given if given.dtype.kind == "f" else given.astype(float)
    target = np.ravel(np.asarray(exact, dtype=float))
    if given.size != target.size:
        return yours
    # a difference quotient across a kink is off by h
    flat, slack = given.ravel().astype(given.dtype), 1e-4
    low, high = (np.broadcast_to(edge, np.shape(exact)).ravel() for edge in (low, high))
    fine = np.ravel(at_kink) & (flat >= low - slack) & (flat <= high + slack)
    flat[fine] = target[fine]
    return flat.reshape(given.shape)


def accept_relu(call, yours, exact):
    """Any slope from 0 to 1 counts as the exact one where z is 0."""
    if call.function != 2:
        return yours
    return between(yours, exact, np.asarray(call.arguments[0]) == 0, 0.0, 1.0)


def accept_leaky(call, yours, exact):
    """Any slope between those of the two sides counts as the exact one where z is 0."""
    if call.function not in (1, 3):
        return yours
    z, *alpha = call.arguments
    left = alpha[0] if alpha else (0.01 if call.function == 1 else 1.0)
    return between(yours, exact, np.asarray(z) == 0, min(left, 1.0), max(left, 1.0))


def accept_prelu(call, yours, exact):
    """Where z is 0, any dz between alpha · upstream and upstream counts as the exact one."""
    z, alpha, upstream = call.arguments
    dz, *others = yours
    ends = np.sort(np.array([alpha * np.asarray(upstream), 1.0 * np.asarray(upstream)]), axis=0)
    return [between(dz, exact[0], np.asarray(z) == 0, *ends), *others]
