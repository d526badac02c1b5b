"""Lesson 5: a 2-2-2 network with biases, and XOR.

The worked example is in Inha University, "Backpropagation, activation function", and comes from Mazur, "A step by step
backpropagation example" (2015). Rows: ``W1 = [[w1, w3], [w2, w4]]``, ``W2 = [[w5, w7], [w6, w8]]``, one bias a neuron.
"""

from __future__ import annotations

import numpy as np

from autograder.exercise import Call, Case, Ref, Rng, exercise
from autograder.numeric import slope

I, TARGET = np.array([0.05, 0.10]), np.array([0.01, 0.99])
W1, B1 = np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([0.35, 0.35])
W2, B2 = np.array([[0.40, 0.50], [0.45, 0.55]]), np.array([0.60, 0.60])
DECK = "the deck's 2-2-2 network"


def logistic(z):
    return 1 / (1 + np.exp(-z))


# ---------------------------------------------------------------------------------------------------- solutions


def forward(i, W1, b1, W2, b2):
    net_h = i @ W1 + b1
    out_h = logistic(net_h)
    net_o = out_h @ W2 + b2
    return {"net_h": net_h, "out_h": out_h, "net_o": net_o, "out_o": logistic(net_o)}


def total_error(out, target):
    return 0.5 * np.sum((target - out) ** 2)  # E = Σ ½ (target - out)²


def deltas(i, target, W1, b1, W2, b2):
    f = forward(i, W1, b1, W2, b2)
    o = (f["out_o"] - target) * f["out_o"] * (1 - f["out_o"])  # δ_o = ∂E/∂net_o
    h = (W2 @ o) * f["out_h"] * (1 - f["out_h"])  # δ_h = (Σ_o w_ho δ_o) out_h (1 - out_h)
    return {"o": o, "h": h}


def gradients(i, target, W1, b1, W2, b2):
    f, delta = forward(i, W1, b1, W2, b2), deltas(i, target, W1, b1, W2, b2)
    return {"W1": np.outer(i, delta["h"]), "b1": delta["h"], "W2": np.outer(f["out_h"], delta["o"]), "b2": delta["o"]}


def update(i, target, W1, b1, W2, b2, eta):
    g = gradients(i, target, W1, b1, W2, b2)
    return W1 - eta * g["W1"], W2 - eta * g["W2"]


def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        g = gradients(i, target, W1, b1, W2, b2)
        W1, W2 = W1 - eta * g["W1"], W2 - eta * g["W2"]
        if biases == "trained":
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors


CORNERS, XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def train_xor(rng, hidden=4, eta=2.0, steps=4000):
    X, t = CORNERS, XOR[:, None]
    for _attempt in range(5):
        W1, b1 = rng.normal(size=(2, hidden)), rng.normal(size=hidden)
        W2, b2 = rng.normal(size=(hidden, 1)), rng.normal(size=1)
        errors = []
        for _ in range(steps):
            H = logistic(X @ W1 + b1)
            y = logistic(H @ W2 + b2)
            errors.append(float(0.5 * np.sum((y - t) ** 2)))
            if errors[-1] < 0.01:
                break
            do = (y - t) * y * (1 - y)
            dh = (do @ W2.T) * H * (1 - H)
            W2, b2 = W2 - eta * H.T @ do, b2 - eta * do.sum(axis=0)
            W1, b1 = W1 - eta * X.T @ dh, b1 - eta * dh.sum(axis=0)
        if errors[-1] < 0.01:
            break
    return (lambda points: logistic(logistic(points @ W1 + b1) @ W2 + b2)[:, 0]), errors


# ------------------------------------------------------------------------------------- oracles, by other means


def forward_loops(i, W1, b1, W2, b2):
    squash = lambda z: 0.5 * (1 + np.tanh(z / 2))  # noqa: E731
    net = lambda a, W, b: [sum(a[r] * W[r][c] for r in range(len(a))) + b[c] for c in range(len(b))]  # noqa: E731
    net_h = net(i, W1, b1)
    out_h = [squash(z) for z in net_h]
    net_o = net(out_h, W2, b2)
    return {"out_o": [squash(z) for z in net_o], "net_o": net_o, "out_h": out_h, "net_h": net_h}


def total_error_loop(out, target):
    return sum((t - o) ** 2 / 2 for o, t in zip(out, target, strict=True))


def deltas_numeric(i, target, W1, b1, W2, b2):
    f = forward(i, W1, b1, W2, b2)
    error = lambda net_o: total_error(logistic(net_o), target)  # noqa: E731
    return {"h": slope(lambda net_h: error(logistic(net_h) @ W2 + b2), f["net_h"]), "o": slope(error, f["net_o"])}


def gradients_numeric(i, target, W1, b1, W2, b2):
    error = lambda *p: total_error(forward(i, *p)["out_o"], target)  # noqa: E731
    return {
        "b2": slope(lambda v: error(W1, b1, W2, v), b2), "W2": slope(lambda v: error(W1, b1, v, b2), W2),
        "b1": slope(lambda v: error(W1, v, W2, b2), b1), "W1": slope(lambda v: error(v, b1, W2, b2), W1),
    }


def update_numeric(i, target, W1, b1, W2, b2, eta):
    g = gradients_numeric(i, target, W1, b1, W2, b2)
    return [W1 - eta * g["W1"], W2 - eta * g["W2"]]


def train_numeric(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    p, errors = [W1, b1, W2, b2], []
    for _ in range(steps):
        g = gradients_numeric(i, target, *p)
        p = [v if biases == "frozen" and k[0] == "b" else v - eta * g[k] for v, k in zip(p, ("W1", "b1", "W2", "b2"), strict=True)]
        errors.append(total_error_loop(forward_loops(i, *p)["out_o"], target))
    return dict(zip(("W1", "b1", "W2", "b2"), p, strict=True)), np.array(errors)


def train_xor_by_layers(rng):
    """Plain Python, another rule of training (momentum), the same contract."""
    for _attempt in range(8):
        p = [rng.normal(size=s) for s in ((2, 4), (4,), (4, 1), (1,))]
        v, errors = [np.zeros_like(a) for a in p], []
        for _ in range(1500):
            error = lambda *q: sum(total_error(forward(x, *q)["out_o"], t) for x, t in zip(CORNERS, XOR[:, None], strict=True))  # noqa: E731
            g = [sum(gradients(x, t, *p)[k] for x, t in zip(CORNERS, XOR[:, None], strict=True)) for k in ("W1", "b1", "W2", "b2")]
            v = [0.9 * a + b for a, b in zip(v, g, strict=True)]
            p = [a - 0.5 * b for a, b in zip(p, v, strict=True)]
            errors.append(error(*p))
            if errors[-1] < 0.01:
                return (lambda X: [float(forward(x, *p)["out_o"][0]) for x in np.asarray(X)]), errors
    return (lambda X: [0.5 for _ in X]), errors


# -------------------------------------------------------------------------------------------------------- cases

SIZES = ((3, 4, 2), (2, 3, 3), (3, 2, 4))
ARGUMENTS = (I, TARGET, W1, B1, W2, B2)


def draw_network(rng, d, h, m):
    i = rng.uniform(0.5, 1.5, d) * rng.choice([-1, 1], d)
    weights = rng.uniform(-1.2, 1.2, (d, h)), rng.uniform(-0.6, 0.6, h), rng.uniform(-1.2, 1.2, (h, m)), rng.uniform(-0.6, 0.6, m)
    return i, rng.uniform(-0.5, 1.5, m), *weights


def label(d, h, m):
    return f"a random {d}-{h}-{m} network"


def draw_forward(rng):
    return [Case.of(label(*s), i, *p) for s in SIZES for i, _, *p in [draw_network(rng, *s)]]


def draw_error(rng):
    return [Case.of(f"{n} outputs", rng.uniform(0, 1, n), rng.uniform(0, 1, n)) for n in (3, 1, 5)]


def draw_passes(rng):
    return [Case.of(label(*s), *draw_network(rng, *s)) for s in SIZES]


def draw_update(rng):
    return [Case.of(f"{label(*s)}, eta = {eta}", *draw_network(rng, *s), eta) for s, eta in zip(SIZES, (0.7, 2.0, 1.3), strict=True)]


def draw_train(rng):
    runs = ((2.0, 3), (1.5, 1, "frozen"), (2.0, 4, "trained"))
    return [Case.of(f"{label(*s)}, {run[1]} steps, biases {(*run, 'left out')[2]}", *draw_network(rng, *s), *run)
            for s, run in zip(SIZES, runs, strict=True)]


def draw_xor(rng):
    """Five seeds; for each the corners, the corners in another order, and a walk along the edges of the square."""
    cases = []
    for seed in rng.integers(2**31, size=5):
        predict, order = Ref(0, (0,)), rng.permutation(4)
        calls = (Call(0, (Rng(int(seed)),)), Call(predict, (CORNERS,)), Call(predict, (CORNERS[order],)), Call(predict, (_walk(),)))
        cases.append(Case(f"seed {seed}, corners in the order {order.tolist()}", calls))
    return cases


def _walk() -> np.ndarray:
    s = np.linspace(0, 1, 201)
    zero, one = np.zeros_like(s), np.ones_like(s)
    edges = [(s, zero), (one, s), (s[::-1], one), (zero, s[::-1])]
    return np.concatenate([np.column_stack(edge) for edge in edges])


def _column(record) -> np.ndarray | None:
    """Predictions as (n,), or None where they are none."""
    try:
        values = np.asarray(record.returned, dtype=float)
    except (TypeError, ValueError):
        return None
    return values.ravel() if values.ndim in (1, 2) and values.size == max(values.shape, default=0) else None


def judge_xor(evidence):
    """The rows for `train_xor`: each must hold for three of the five seeds."""
    names = ("rounds to XOR on the corners", "the order of the points does not matter", "numbers strictly between 0 and 1",
             "changes gradually between the corners", "the errors at least halve")
    held = []
    for case, records in zip(evidence.cases, evidence.observations, strict=True):
        corners, permuted, walk = (_column(record) for record in records[1:])
        order = [int(np.argmax((CORNERS == row).all(axis=1))) for row in case.calls[2].arguments[0]]
        good = corners is not None and corners.shape == (4,) and np.isfinite(corners).all()
        inside = good and walk is not None and walk.shape == (804,) and bool(np.all((walk > 0) & (walk < 1)))
        same = good and permuted is not None and permuted.shape == (4,) and bool(np.allclose(permuted, corners[order], atol=1e-9))
        try:
            errors = np.asarray(records[0].returned[1], dtype=float).ravel()
        except (TypeError, ValueError, IndexError, KeyError):
            errors = np.array([])
        held.append((
            good and bool(np.array_equal(np.round(corners), XOR)), same, inside,
            inside and bool(np.abs(np.diff(walk)).max() < 0.2),
            errors.size >= 2 and bool(np.isfinite(errors).all() and errors[-1] <= errors[0] / 2),
        ))
    rows = [(name, sum(h[k] for h in held) >= 3, f"{sum(h[k] for h in held)} of {len(held)} seeds", "3 of 5 seeds", "")
            for k, name in enumerate(names)]
    whole = sum(all(h) for h in held)
    return [*rows, ("all of it in one run", whole >= 3, f"{whole} of {len(held)} seeds", "3 of 5 seeds", "")]


# ---------------------------------------------------------------------------------------------- what goes wrong


def passes_with(error=None, out=None, up=None, hid=None):
    """δ_o and δ_h with one step replaced."""

    def wrong(i, target, W1, b1, W2, b2):
        f = forward(i, W1, b1, W2, b2)
        e = f["out_o"] - target if error is None else error(f["out_o"], target)
        o = e * (f["out_o"] * (1 - f["out_o"]) if out is None else out(f))
        back = W2 @ o if up is None else up(W2, o, e)
        return f, {"o": o, "h": back * (f["out_h"] * (1 - f["out_h"]) if hid is None else hid(f))}

    return wrong


def as_gradients(passes, upstream="out_h", swap=False, bias=lambda d: d):
    def wrong(i, target, W1, b1, W2, b2):
        f, delta = passes(i, target, W1, b1, W2, b2)
        outer = (lambda a, d: np.outer(d, a)) if swap else np.outer
        return {"W1": outer(i, delta["h"]), "b1": bias(delta["h"]), "W2": outer(f[upstream], delta["o"]), "b2": bias(delta["o"])}

    return wrong


def as_update(wrong_gradients):
    def wrong(i, target, W1, b1, W2, b2, eta):
        g = wrong_gradients(i, target, W1, b1, W2, b2)
        return W1 - eta * g["W1"], W2 - eta * g["W2"]

    return wrong


def update_output_first(i, target, W1, b1, W2, b2, eta):
    f, delta = passes_with()(i, target, W1, b1, W2, b2)
    W2 = W2 - eta * np.outer(f["out_h"], delta["o"])
    h = (W2 @ delta["o"]) * f["out_h"] * (1 - f["out_h"])
    return W1 - eta * np.outer(i, h), W2


def train_with(step=None, bias="right", record="after"):
    def wrong(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
        errors = []
        for _ in range(steps):
            g = gradients(i, target, W1, b1, W2, b2)
            before = total_error(forward(i, W1, b1, W2, b2)["out_o"], target)
            W1, W2 = (step or update)(i, target, W1, b1, W2, b2, eta)
            if bias == "always" or bias == "right" and biases == "trained":
                b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
            if bias == "shared" and biases == "trained":
                b1, b2 = b1 - eta * g["b1"].sum(), b2 - eta * g["b2"].sum()
            errors.append(before if record == "before" else total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
        return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors

    return wrong


BUGS = (
    ("sign of the gradient lost",
     "E = ½ (target - out)², so ∂E/∂out = -(target - out) = out - target. You lost the minus that the inner derivative "
     "brings, and every gradient points uphill.", passes_with(error=lambda out, t: t - out)),
    ("the ½ forgotten", "Every delta is exactly twice too large: the ½ in E cancels the 2 of the derivative of the square.",
     passes_with(error=lambda out, t: 2 * (out - t))),
    ("output activation derivative forgotten",
     "δ_o has two factors: (out - target) and the slope out (1 - out) of the logistic function. The second is missing. "
     "(It cancels only with the cross-entropy loss; here the loss is the squared error.)", passes_with(out=lambda f: 1.0)),
    ("hidden activation derivative forgotten",
     "δ_h is the sum that comes back from the outputs times the slope out_h (1 - out_h). That slope is missing.",
     passes_with(hid=lambda f: 1.0)),
    ("logistic applied twice in its derivative",
     "You computed σ(out)(1 - σ(out)): the logistic function was applied once more to its own output. With out at hand "
     "the slope is out (1 - out).",
     passes_with(out=lambda f: logistic(f["out_o"]) * (1 - logistic(f["out_o"])),
                 hid=lambda f: logistic(f["out_h"]) * (1 - logistic(f["out_h"])))),
    ("out (1 - out) fed with net",
     "You computed net (1 - net). The shortcut holds for the output of the logistic function: out (1 - out).",
     passes_with(out=lambda f: f["net_o"] * (1 - f["net_o"]), hid=lambda f: f["net_h"] * (1 - f["net_h"]))),
    ("`W2` where `W2.T` belongs",
     "Going back to the hidden layer you used the weights the wrong way round. W2[h, o] leads from h to o, so the sum over "
     "the outputs is `W2 @ delta_o`, or `delta_o @ W2.T`. In the deck's square network the mistake raises no error.",
     passes_with(up=lambda W2, o, e: W2.T @ o)),
    ("one path only",
     "A hidden neuron feeds both outputs: ∂E/∂out_h = ∂E_o1/∂out_h + ∂E_o2/∂out_h. You followed the path through o1 only.",
     passes_with(up=lambda W2, o, e: W2[:, 0] * o[0])),
    ("error sent back without the output's slope",
     "What travels back through W2 is δ_o = ∂E/∂net_o. You sent out - target, without the factor out (1 - out).",
     passes_with(up=lambda W2, o, e: W2 @ e)),
)

_passes_bugs = tuple((name, text, (lambda p: lambda *a: p(*a)[1])(p)) for name, text, p in BUGS)
_gradient_bugs = (
    *((name, text, as_gradients(p)) for name, text, p in BUGS),
    ("pre-activation used as the incoming value",
     "∂E/∂W2 takes what enters the weight, out_h. You used net_h.", as_gradients(passes_with(), upstream="net_h")),
    ("outer product with its arguments swapped",
     "Your weight gradients are transposed: w2 and w3, w6 and w7 have changed places. W[a, b] leads from a to b, so its "
     "gradient is out_a · δ_b: `np.outer(out, delta)`, input first.", as_gradients(passes_with(), swap=True)),
    ("bias gradients zero", "A bias has a gradient too: net = … + b, so ∂E/∂b = δ. Frozen means not updated, not zero.",
     as_gradients(passes_with(), bias=np.zeros_like)),
    ("one bias for the whole layer", "You added the deltas of a layer. Here every neuron has a bias of its own, and its "
     "gradient is that neuron's delta.", as_gradients(passes_with(), bias=lambda d: np.full_like(d, d.sum()))),
)
_update_bugs = (
    ("output weights updated before the hidden deltas",
     "You changed W2 first and then sent the deltas back through the new W2. All gradients belong to one and the same "
     "network: compute every delta with the old weights, then update. The error after the step differs only in the 7th "
     "decimal, so watching the loss does not show it.", update_output_first),
    *((name, text, as_update(wrong)) for name, text, wrong in _gradient_bugs if not name.startswith(("bias", "one bias"))),
    ("learning rate forgotten", "The step is eta times the gradient.",
     lambda i, t, W1, b1, W2, b2, eta: update(i, t, W1, b1, W2, b2, 1.0)),
)

MAZUR = "inha003.mazur."
_at = lambda *ids: tuple(MAZUR + i if i else None for i in ids)  # noqa: E731

_forward = exercise(
    "mazur.forward", "forward(i, W1, b1, W2, b2) -> dict(net_h, out_h, net_o, out_o)",
    points=3, section="The forward pass",
    solution=forward, oracle=forward_loops, results="result",
    deck_cases=(Case.of(DECK, I, W1, B1, W2, B2),), draw=draw_forward,
    deck={"net_h": _at("net_h1", None), "out_h": _at("out_h1", "out_h2"), "net_o": _at("net_o1_in_exponent", None), "out_o": _at("out_o1", "out_o2")},
    misconceptions=(
        ("weights indexed [to, from]", "You multiplied with the transpose. W[a, b] leads from a to b: net = i @ W1 + b1. A square W hides it.",
         lambda i, W1, b1, W2, b2: forward(i, W1.T, b1, W2.T, b2)),
        ("biases left out", "net = Σ w · input + b: the bias is missing.", lambda i, W1, b1, W2, b2: forward(i, W1, 0 * b1, W2, 0 * b2)),
        ("biases of the two layers swapped", "b1 belongs to the hidden layer, b2 to the outputs.",
         lambda i, W1, b1, W2, b2: forward(i, W1, np.resize(b2, b1.shape), W2, np.resize(b1, b2.shape))),
        ("no activation at the output", "out_o equals net_o: the outputs are logistic units too.",
         lambda *a: {**forward(*a), "out_o": forward(*a)["net_o"]}),
        ("second layer fed with net instead of out", "The outputs take out_h, the squashed values. You handed them net_h.",
         lambda i, W1, b1, W2, b2: (lambda f, n: {**f, "net_o": n, "out_o": logistic(n)})(forward(i, W1, b1, W2, b2), (i @ W1 + b1) @ W2 + b2)),
        ("tanh instead of logistic", "These units are logistic: 1/(1 + e^(-net)). You used tanh.",
         lambda i, W1, b1, W2, b2: (lambda n: (lambda h: {"net_h": n, "out_h": h, "net_o": h @ W2 + b2, "out_o": np.tanh(h @ W2 + b2)})(np.tanh(n)))(i @ W1 + b1)),
    ),
    hints=("Two layers, the same two lines each: a weighted sum plus bias, then the logistic function.",
           "net_h = i @ W1 + b1, out_h = 1/(1 + e^(-net_h)), and the same from out_h with W2, b2.",
           "net_h = i @ W1 + b1; out_h = 1 / (1 + np.exp(-net_h)); net_o = out_h @ W2 + b2; out_o = 1 / (1 + np.exp(-net_o))"),
)

_total_error = exercise(
    "mazur.total_error", "total_error(out, target) -> float",
    points=1, section="The total error",
    solution=total_error, oracle=total_error_loop, results="total_error",
    deck_cases=(Case.of(DECK, forward(I, W1, B1, W2, B2)["out_o"], TARGET),), draw=draw_error,
    deck={"total_error": _at("E_total")}, symbols={"total_error": "E_total"},
    misconceptions=(
        ("the ½ forgotten", "Your value is twice the right one: E = Σ ½ (target - out)².", lambda out, t: np.sum((t - out) ** 2)),
        ("mean instead of sum", "The total error adds the outputs' errors; you averaged them.", lambda out, t: 0.5 * np.mean((t - out) ** 2)),
        ("not squared", "The error of an output is half its squared difference; you took the absolute one.", lambda out, t: 0.5 * np.sum(np.abs(t - out))),
        ("squared after summing", "Square each difference before adding, or errors of opposite sign cancel.", lambda out, t: 0.5 * np.sum(t - out) ** 2),
        ("one value for each output", "One number is wanted: the sum over the outputs.", lambda out, t: 0.5 * (t - out) ** 2),
    ),
    hints=("Half the squared difference for each output, then the sum.", "E = Σ_o ½ (target_o - out_o)²", "return 0.5 * np.sum((target - out) ** 2)"),
)

_deltas = exercise(
    "mazur.deltas", "deltas(i, target, W1, b1, W2, b2) -> dict(o, h)",
    points=3, section="Node deltas",
    solution=deltas, oracle=deltas_numeric, results="deltas",
    deck_cases=(Case.of(DECK, *ARGUMENTS),), draw=draw_passes,
    deck={"o": _at("dEo1_dnet_o1", None)}, symbols={"o": "δ_o = ∂E/∂net_o", "h": "δ_h = ∂E/∂net_h"},
    misconceptions=_passes_bugs,
    hints=("Start at the outputs: how does E change with net_o? Then ask the same for net_h, through every output.",
           "δ_o = (out_o - target) out_o (1 - out_o); δ_h = (Σ_o w_ho δ_o) out_h (1 - out_h).",
           "o = (out_o - target) * out_o * (1 - out_o); h = (W2 @ o) * out_h * (1 - out_h)"),
)

_gradients = exercise(
    "mazur.gradients", "gradients(i, target, W1, b1, W2, b2) -> gradients",
    points=4, section="From deltas to gradients",
    solution=gradients, oracle=gradients_numeric, results="gradients",
    deck_cases=(Case.of(DECK, *ARGUMENTS),), draw=draw_passes,
    deck={"W1": _at("dE_dw1", None, None, None), "W2": _at("dE_dw5", None, None, None)},
    symbols={"W1": "∂E/∂W1", "b1": "∂E/∂b1", "W2": "∂E/∂W2", "b2": "∂E/∂b2"},
    misconceptions=_gradient_bugs,
    hints=("You have the deltas. What does a weight multiply, and what does a bias?",
           "∂E/∂w_ab = out_a · δ_b and ∂E/∂b_b = δ_b.",
           "W2: np.outer(out_h, delta_o); b2: delta_o; W1: np.outer(i, delta_h); b1: delta_h"),
)

_update = exercise(
    "mazur.update", "update(i, target, W1, b1, W2, b2, eta) -> (W1, W2)",
    points=2, section="One step",
    solution=update, oracle=update_numeric, results=("W1", "W2"),
    deck_cases=(Case.of(f"{DECK}, eta = 0.5", *ARGUMENTS, 0.5),), draw=draw_update,
    deck={"W1": _at("w1_new", "w3_new", "w2_new", "w4_new"), "W2": _at("w5_new", "w7_new", "w6_new", "w8_new")},
    symbols={"W1": "new W1", "W2": "new W2"},
    misconceptions=_update_bugs,
    hints=("Compute all gradients first, with the old weights. Then take the step.", "w ← w - eta ∂E/∂w, for W1 and W2; the biases stay.",
           'g = gradients(i, target, W1, b1, W2, b2); return W1 - eta * g["W1"], W2 - eta * g["W2"]'),
)

_train = exercise(
    "mazur.train", 'train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen") -> (parameters, errors)',
    points=3, section="Ten thousand steps", limit=10.0,
    solution=train, oracle=train_numeric, results=("parameters", "errors"),
    deck_cases=(Case.of(f"{DECK}, eta = 0.5, 1 step", *ARGUMENTS, 0.5, 1), Case.of(f"{DECK}, eta = 0.5, 20 steps", *ARGUMENTS, 0.5, 20)),
    draw=draw_train, deck={"errors": _at("E_after.no_bias_update")},
    misconceptions=(
        ("output weights updated before the hidden deltas", _update_bugs[0][1], train_with(step=update_output_first)),
        ("error recorded before the step", "errors[k] is the error after k + 1 steps. You recorded it before the step, so the list starts one step too early.",
         train_with(record="before")),
        ("frozen biases trained", 'With biases="frozen", which is also the default, the biases keep their values, as in the deck.', train_with(bias="always")),
        ("trained biases left frozen", 'With biases="trained" each neuron\'s bias moves by -eta · δ. Yours stay.', train_with(bias="never")),
        ("one bias for the whole layer", "You trained one bias shared by a layer. Here each neuron trains its own.", train_with(bias="shared")),
        ("step uphill", "You added the gradient instead of subtracting it.",
         train_with(step=lambda i, t, W1, b1, W2, b2, eta: update(i, t, W1, b1, W2, b2, -eta))),
    ),
    hints=("A loop over your own `update`, and the error after each step.", 'Only with biases="trained": b ← b - eta δ, with the deltas of the same, old weights.',
           "for _ in range(steps): g = gradients(…); move W1 and W2 (and b1, b2 if trained); errors.append(total_error(forward(…)[\"out_o\"], target))"),
)

_xor = exercise(
    "mazur.xor", "train_xor(rng) -> (predict, errors)",
    points=3, section="XOR", limit=20.0,
    solution=train_xor, oracle=train_xor_by_layers, results=("predict", "errors"), draw=draw_xor, properties=judge_xor, repeat=False,
    hints=("Start from random weights, train on all four corners at once, and start afresh when the error stays high.",
           "2-4-1 logistic units, weights from rng.normal, full batch: ∂E/∂W2 = Hᵀ δ_o, δ_h = (δ_o W2ᵀ) H (1 - H), ∂E/∂W1 = Xᵀ δ_h.",
           "return (lambda X: logistic(logistic(X @ W1 + b1) @ W2 + b2)[:, 0]), errors, with eta about 2 and a few thousand steps."),
)

_break_it = _gradients.but(
    name="mazur.break_it", points=2, section="Break it", planted=(as_gradients(passes_with(up=lambda W2, o, e: W2.T @ o)),),
    hints=("Check every entry against finite differences. The output weights agree; where does it begin to differ?",
           "∂E/∂W2 and ∂E/∂b2 are right, so δ_o is. Look at how it gets back to the hidden layer.",
           "W2[h, o] leads from h to o. The sum over the outputs is Σ_o W2[h, o] δ_o."),
)

EXERCISES = [_forward, _total_error, _deltas, _gradients, _update, _train, _break_it, _xor]
