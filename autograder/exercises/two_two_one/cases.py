"""The inputs of lesson 4's exercises: the deck's network, and random ones of widths that the deck
never shows."""

from __future__ import annotations

from autograder.exercises.exercise import Call, Case, Function
from autograder.exercises.two_two_one.solutions import W1, W2, D, X, backward

DECK = "the deck's 2-2-1 network"
SIZES = ((3, 4, 2), (2, 3, 3), (3, 3, 3), (4, 2, 1), (1, 1, 1), (2, 2, 2))


def draw_network(rng, d, h, m):
    """Weights and an input that saturate no unit and leave every derivative well away from 0 and
    1."""
    x = rng.uniform(0.5, 1.5, d) * rng.choice([-1, 1], d)
    return x, rng.uniform(-1.2, 1.2, (d, h)), rng.uniform(-1.2, 1.2, (h, m)), rng.uniform(-1, 2, m)


def label(d, h, m):
    """The words for a drawn d-h-m network."""
    return f"a random {d}-{h}-{m} network"


def draw_forward(rng):
    """Inputs and weights of several widths."""
    return [Case.of(label(*s), *draw_network(rng, *s)[:3]) for s in SIZES]


def draw_divergence(rng):
    """Outputs and targets, 3, 1 and 5 of them."""
    return [Case.of(f"{n} outputs", rng.normal(size=n), rng.normal(size=n)) for n in (3, 1, 5)]


def draw_backward(rng):
    """Inputs, targets and weights of several widths."""
    cases = []
    for size in SIZES:
        x, W1, W2, d = draw_network(rng, *size)
        cases.append(Case.of(label(*size), x, d, W1, W2))
    return cases


def draw_update(rng):
    """Weights with their exact gradients, for several learning rates, 0 among them."""
    cases = []
    for size, eta in zip(SIZES, (0.5, 0.0, 1.3, 1.0, 0.2, 0.7), strict=True):
        x, W1, W2, d = draw_network(rng, *size)
        cases.append(Case.of(f"{label(*size)}, eta = {eta}", W1, W2, backward(x, d, W1, W2), eta))
    return cases


TANH = (Function("z", "np.tanh(z)"), Function("z", "1 - np.tanh(z)**2"))
LOGISTIC = (Function("z", "1/(1 + np.exp(-z))"), Function("z", "np.exp(-z)/(1 + np.exp(-z))**2"))
SINE = (Function("z", "np.sin(z)"), Function("z", "np.cos(z)"))
CUBIC = (Function("z", "z + z**3/4"), Function("z", "1 + 3*z**2/4"))
SQUASH = (Function("z", "z/(1 + z**2)"), Function("z", "(1 - z**2)/(1 + z**2)**2"))
# alone of all these its slope is not even
SOFTPLUS = (Function("z", "np.log1p(np.exp(z))"), Function("z", "1/(1 + np.exp(-z))"))


def draw_layers(rng):
    """Networks of 1 to 4 layers with different activations, for one example and for several."""
    cases = []
    for widths, rows in (((3, 4, 2), None), ((2, 3, 3, 2), 5), ((3, 3, 3), 3), ((4, 2), None),
                         ((2, 3, 2, 4, 3), 2), ((2, 2, 2, 2), None), ((3, 2), 1)):  # fmt: skip
        weights = [rng.uniform(-0.9, 0.9, s) for s in zip(widths[:-1], widths[1:], strict=True)]
        kinds = [(SINE, CUBIC, SQUASH, LOGISTIC)[int(rng.integers(4))] for _ in weights]
        kinds[int(rng.integers(len(kinds)))] = SOFTPLUS
        x = rng.uniform(0.5, 1.5, widths[0] if rows is None else (rows, widths[0]))
        d = rng.uniform(-1, 2, widths[-1] if rows is None else (rows, widths[-1]))
        text = (
            f"a random {'-'.join(map(str, widths))} network,"
            f" {'one example' if rows is None else f'{rows} examples'}"
        )
        cases += [layers_case(text, x, d, weights, kinds)]
    return cases


def layers_case(text, x, d, weights, kinds):
    """The two calls of one case: forward, then backward."""
    return Case(text, (Call(0, (x, weights, kinds)), Call(1, (x, d, weights, kinds))))


DECK_LAYERS = layers_case(DECK, X, D, [W1, W2], [TANH, LOGISTIC])
