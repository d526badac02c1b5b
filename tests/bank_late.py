"""Answers as students of lessons 5 to 8 give them: the exercise, the slip to be named, the code.

The code sees numpy and right versions of all the functions of the lesson; what it does not define
is right.
"""

from __future__ import annotations

#: The parts of a training loop, and what stands there in place of one of them: slip -> part -> code.
USUAL = {
    "order": "rng.permutation(len(X))",
    "end": "len(X)",
    "size": "size",
    "batch": "X[rows], T[rows]",
    "step": "for p, g in zip(weights + biases, dw + db): p -= eta * g",
}
SGD = {
    "X and T taken with other rows": {"batch": "X[rows], T[k : k + size]"},
    "rows drawn twice": {"order": "rng.integers(len(X), size=len(X))"},
    "a step after every example": {"size": "1"},
    "the short mini-batch left out": {"end": "len(X) - size + 1"},
    "all rows in every step": {"batch": "X, T"},
    "lists taken for arrays": {"step": "weights, biases = weights - eta * dw, biases - eta * db"},
}

#: The same for the way back.
WAY_BACK = {
    "dW": "a[l].T @ delta",
    "axis": "axis=0",
    "W": "weights[l]",
    "slope": "a[l] * (1 - a[l])",
    "back": "dweights, dbiases",
}
BACKPROP = {
    "delta sent back through another layer's weights": {"W": "weights[l - 1]"},
    "slope of another layer": {"slope": "a[l - 1] * (1 - a[l - 1])"},
    "what leaves the layer in place of what enters it": {"dW": "a[l + 1].T @ delta"},
    "entry by entry in place of the matrix product": {"dW": "a[l].T * delta"},
    "bias gradients summed along the rows": {"axis": "axis=1"},
    "a pair for each layer": {"back": "list(zip(dweights, dbiases))"},
}

BANK = [
    # ------------------------------------------------------------------------------------- 05 mazur
    (
        "mazur.forward",
        "the first bias for every neuron",
        """
def forward(i, W1, b1, W2, b2):
    net_h = i @ W1 + b1[0]
    out_h = 1 / (1 + np.exp(-net_h))
    net_o = out_h @ W2 + b2[0]
    out_o = 1 / (1 + np.exp(-net_o))
    return {"net_h": net_h, "out_h": out_h, "net_o": net_o, "out_o": out_o}
""",
    ),
    (
        "mazur.deltas",
        "the first bias for every neuron",
        """
def deltas(i, target, W1, b1, W2, b2):
    out_h = 1 / (1 + np.exp(-(i @ W1 + b1[0])))
    out_o = 1 / (1 + np.exp(-(out_h @ W2 + b2[0])))
    o = (out_o - target) * out_o * (1 - out_o)
    return {"o": o, "h": W2 @ o * out_h * (1 - out_h)}
""",
    ),
    (
        "mazur.gradients",
        "the first bias for every neuron",
        """
def gradients(i, target, W1, b1, W2, b2):
    out_h = 1 / (1 + np.exp(-(i @ W1 + b1[0])))
    out_o = 1 / (1 + np.exp(-(out_h @ W2 + b2[0])))
    o = (out_o - target) * out_o * (1 - out_o)
    h = W2 @ o * out_h * (1 - out_h)
    return {"W1": np.outer(i, h), "b1": h, "W2": np.outer(out_h, o), "b2": o}
""",
    ),
    (
        "mazur.gradients",
        "`@` between two vectors",
        """
def gradients(i, target, W1, b1, W2, b2):
    f = forward(i, W1, b1, W2, b2)
    d = deltas(i, target, W1, b1, W2, b2)
    return {"W1": i.T @ d["h"], "b1": d["h"], "W2": f["out_h"].T @ d["o"], "b2": d["o"]}
""",
    ),
    (
        "mazur.update",
        "eta written down",
        """
eta = 0.5
def update(i, target, W1, b1, W2, b2, rate):
    g = gradients(i, target, W1, b1, W2, b2)
    return W1 - eta * g["W1"], W2 - eta * g["W2"]
""",
    ),
    (
        "mazur.update",
        "one matrix moved before the other's gradient",
        """
def update(i, target, W1, b1, W2, b2, eta):
    W2 = W2 - eta * gradients(i, target, W1, b1, W2, b2)["W2"]
    W1 = W1 - eta * gradients(i, target, W1, b1, W2, b2)["W1"]
    return W1, W2
""",
    ),
    (
        "mazur.update",
        "one matrix moved before the other's gradient",
        """
def update(i, target, W1, b1, W2, b2, eta):
    W1 = W1 - eta * gradients(i, target, W1, b1, W2, b2)["W1"]
    W2 = W2 - eta * gradients(i, target, W1, b1, W2, b2)["W2"]
    return W1, W2
""",
    ),
    (
        "mazur.update",
        "step uphill",
        """
def update(i, target, W1, b1, W2, b2, eta):
    g = gradients(i, target, W1, b1, W2, b2)
    return W1 + eta * g["W1"], W2 + eta * g["W2"]
""",
    ),
    *(
        (
            "mazur.train",
            "gradients computed anew within a step",
            f"""
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        {first} = {first} - eta * gradients(i, target, W1, b1, W2, b2)["{first}"]
        {last} = {last} - eta * gradients(i, target, W1, b1, W2, b2)["{last}"]
        if biases == "trained":
            g = gradients(i, target, W1, b1, W2, b2)
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {{"W1": W1, "b1": b1, "W2": W2, "b2": b2}}, errors
""",
        )
        for first, last in (("W1", "W2"), ("W2", "W1"))
    ),
    (
        "mnist.accuracy",
        "the largest output must exceed ½",
        """
def accuracy(X, labels, weights, biases):
    out = feedforward(X, weights, biases)[-1]
    return np.mean((out.max(axis=1) > 0.5) & (out.argmax(axis=1) == labels))
""",
    ),
    (
        "mazur.train",
        "step uphill",
        """
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        g = gradients(i, target, W1, b1, W2, b2)
        W1, W2 = W1 + eta * g["W1"], W2 + eta * g["W2"]
        if biases == "trained":
            b1, b2 = b1 + eta * g["b1"], b2 + eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.train",
        "eta written down",
        """
eta = 0.5
def train(i, target, W1, b1, W2, b2, rate, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        g = gradients(i, target, W1, b1, W2, b2)
        W1, W2 = W1 - eta * g["W1"], W2 - eta * g["W2"]
        if biases == "trained":
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.train",
        "bias gradients at the new weights",
        """
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        W1, W2 = update(i, target, W1, b1, W2, b2, eta)
        if biases == "trained":
            g = gradients(i, target, W1, b1, W2, b2)
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.train",
        "the loop ends after one step",
        """
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        g = gradients(i, target, W1, b1, W2, b2)
        W1, W2 = W1 - eta * g["W1"], W2 - eta * g["W2"]
        if biases == "trained":
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
        return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.train",
        "gradient computed once, before the loop",
        """
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    g = gradients(i, target, W1, b1, W2, b2)
    for _ in range(steps):
        W1, W2 = W1 - eta * g["W1"], W2 - eta * g["W2"]
        if biases == "trained":
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.train",
        "bias gradients at the new weights",
        """
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        W1, W2 = update(i, target, W1, b1, W2, b2, eta)
        if biases == "trained":
            b1 = b1 - eta * gradients(i, target, W1, b1, W2, b2)["b1"]
            b2 = b2 - eta * gradients(i, target, W1, b1, W2, b2)["b2"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.train",
        "weight gradients at the new biases",
        """
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        if biases == "trained":
            g = gradients(i, target, W1, b1, W2, b2)
            b1, b2 = b1 - eta * g["b1"], b2 - eta * g["b2"]
        W1, W2 = update(i, target, W1, b1, W2, b2, eta)
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.train",
        "gradients computed anew within a step",
        """
def train(i, target, W1, b1, W2, b2, eta, steps, biases="frozen"):
    errors = []
    for _ in range(steps):
        g = gradients(i, target, W1, b1, W2, b2)
        W2 = W2 - eta * g["W2"]
        if biases == "trained":
            b2 = b2 - eta * g["b2"]
        g = gradients(i, target, W1, b1, W2, b2)
        W1 = W1 - eta * g["W1"]
        if biases == "trained":
            b1 = b1 - eta * g["b1"]
        errors.append(total_error(forward(i, W1, b1, W2, b2)["out_o"], target))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, errors
""",
    ),
    (
        "mazur.xor",
        "one hidden unit",
        """
def train_xor(rng):
    return trained_xor(rng, hidden=1)
""",
    ),
    (
        "mazur.xor",
        "step uphill",
        """
def train_xor(rng):
    return trained_xor(rng, eta=-2.0)
""",
    ),
    (
        "mazur.xor",
        "η too small",
        """
def train_xor(rng):
    return trained_xor(rng, eta=0.0001)
""",
    ),
    (
        "mazur.xor",
        "stopped before the end",
        """
def train_xor(rng):
    return trained_xor(rng, eta=0.01)
""",
    ),
    (
        "mazur.xor",
        "stuck from a bad start",
        """
def train_xor(rng):
    while True:
        answer, errors = trained_xor(rng, hidden=2, steps=1000)
        if errors[-1] > 0.05:
            return answer, errors
""",
    ),
    (
        "mazur.xor",
        "saturated units",
        """
def train_xor(rng):
    return trained_xor(rng, eta=200.0)
""",
    ),
    (
        "mazur.xor",
        "started from zeros",
        """
def train_xor(rng):
    return trained_xor(rng, scale=0.0)
""",
    ),
    (
        "mazur.xor",
        "the same start whatever the rng",
        """
def train_xor(rng):
    return trained_xor(np.random.default_rng(1))
""",
    ),
    # ----------------------------------------------------------------------------------- 06 softmax
    (
        "softmax.softmax",
        "one sum for the whole batch",
        """
def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / np.sum(E)
""",
    ),
    (
        "softmax.jacobian",
        "p in every row in place of the diagonal",
        """
def softmax_jacobian(z):
    p = softmax(z[None])[0]
    return p - np.outer(p, p)
""",
    ),
    (
        "softmax.jacobian",
        "1 on the diagonal instead of p",
        """
def softmax_jacobian(z):
    p = softmax(z[None])[0]
    return np.eye(len(p)) - np.outer(p, p)
""",
    ),
    (
        "softmax.jacobian",
        "`@` between two vectors",
        """
def softmax_jacobian(z):
    p = softmax(z[None])[0]
    return np.diag(p) - p @ p.T
""",
    ),
    (
        "softmax.output_layer",
        "two outputs written out",
        """
def output_layer_gradients(H, W, b, T):
    dZ = softmax_cross_entropy_gradient(H @ W + b, T)
    dW = np.stack([H.T @ dZ[:, 0], H.T @ dZ[:, 1]], axis=1)
    return {"W": dW, "b": np.array([dZ[:, 0].sum(), dZ[:, 1].sum()]), "H": dZ @ W.T}
""",
    ),
    (
        "softmax.cross_entropy",
        "only where the target is exactly 1",
        """
def cross_entropy(P, T):
    return -np.mean(np.log(P[T == 1]))
def cross_entropy_bits(p, q):
    return -np.sum(q * np.log2(p))
""",
    ),
    (
        "softmax.combined",
        "no shift by the maximum",
        """
def softmax_cross_entropy_gradient(Z, T):
    E = np.exp(Z)
    return (E / E.sum(axis=1, keepdims=True) - T) / len(Z)
""",
    ),
    (
        "softmax.softmax_regression",
        "eta written down",
        """
eta = 0.5
def softmax_regression(X, T, rate, steps):
    W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
    for _ in range(steps):
        g = output_layer_gradients(X, W, b, T)
        W, b = W - eta * g["W"], b - eta * g["b"]
        losses.append(cross_entropy(softmax(X @ W + b), T))
    return W, b, losses
""",
    ),
    (
        "softmax.softmax_regression",
        "the loop ends after one step",
        """
def softmax_regression(X, T, eta, steps):
    W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
    for _ in range(steps):
        g = output_layer_gradients(X, W, b, T)
        W, b = W - eta * g["W"], b - eta * g["b"]
        losses.append(cross_entropy(softmax(X @ W + b), T))
        return W, b, losses
""",
    ),
    (
        "softmax.softmax_regression",
        "gradient computed once, before the loop",
        """
def softmax_regression(X, T, eta, steps):
    W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
    g = output_layer_gradients(X, W, b, T)
    for _ in range(steps):
        W, b = W - eta * g["W"], b - eta * g["b"]
        losses.append(cross_entropy(softmax(X @ W + b), T))
    return W, b, losses
""",
    ),
    *(
        (
            "softmax.cross_entropy",
            slip,
            f"""
def cross_entropy(P, T):
    seen = T > 0
    return {loss}
""",
        )
        for slip, loss in (
            ("mean over the entries with t > 0", "-np.mean(T[seen] * np.log(P[seen]))"),
            ("the logarithm of the sum", "-np.mean(np.log(np.sum(P * T, axis=1)))"),
        )
    ),
    (
        "softmax.cross_entropy_from_logits",
        "one sum of exponentials for the whole batch",
        """
def cross_entropy_from_logits(Z, T):
    m = Z.max(axis=1, keepdims=True)
    return -np.sum(T * (Z - m - np.log(np.exp(Z - m).sum()))) / len(T)
""",
    ),
    (
        "softmax.cross_entropy_from_logits",
        "clipped instead of shifted",
        """
def cross_entropy_from_logits(Z, T):
    Z = np.clip(Z, -700, 700)
    return -np.sum(T * (Z - np.log(np.exp(Z).sum(axis=1, keepdims=True)))) / len(T)
""",
    ),
    *(
        (
            "softmax.combined",
            slip,
            f"""
def softmax_cross_entropy_gradient(Z, T):
    P = softmax(Z)
    {step}
""",
        )
        for slip, step in (
            (
                "by way of p, where p is 0",
                "return np.array([-t / p @ softmax_jacobian(z) for t, p, z in zip(T, P, Z)]) / len(Z)",
            ),
            ("1 taken off where t is exactly 1", "P[T == 1] -= 1; return P / len(Z)"),
            ("divided by the classes, not by the rows", "return (P - T) / Z.shape[1]"),
        )
    ),
    *(
        (
            "softmax.output_layer",
            "weight gradient averaged once more",
            f"""
def output_layer_gradients(H, W, b, T):
    dZ = softmax_cross_entropy_gradient(H @ W + b, T)
    return {{"W": H.T @ dZ / len(H), "b": {b}, "H": dZ @ W.T}}
""",
        )
        for b in ("dZ.sum(axis=0)", "dZ.mean(axis=0)")
    ),
    (
        "softmax.softmax_regression",
        "losses without the bias",
        """
def softmax_regression(X, T, eta, steps):
    W, b, losses = np.zeros((X.shape[1], T.shape[1])), np.zeros(T.shape[1]), []
    for _ in range(steps):
        g = output_layer_gradients(X, W, b, T)
        W, b = W - eta * g["W"], b - eta * g["b"]
        losses.append(cross_entropy_from_logits(X @ W, T))
    return W, b, losses
""",
    ),
    (
        "softmax.softmax",
        "each column's maximum",
        """
def softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=1, keepdims=True)
""",
    ),
    # ------------------------------------------------------------------------------------- 07 mnist
    (
        "mnist.count_parameters",
        "biases for hidden units only",
        """
def count_parameters(sizes):
    return sum(n * m for n, m in zip(sizes, sizes[1:])) + sum(sizes[1:-1])
""",
    ),
    (
        "mnist.one_hot",
        "whole columns set",
        """
def one_hot(labels, k):
    T = np.zeros((len(labels), k))
    T[:, labels] = 1
    return T
""",
    ),
    (
        "mnist.feedforward",
        "only the last layer returned",
        """
def feedforward(X, weights, biases):
    for W, b in zip(weights, biases):
        X = 1 / (1 + np.exp(-(X @ W + b)))
    return X
""",
    ),
    (
        "mnist.feedforward",
        "every layer fed with X",
        """
def feedforward(X, weights, biases):
    a = [X]
    for W, b in zip(weights, biases):
        a.append(1 / (1 + np.exp(-(X @ W + b))))
    return a
""",
    ),
    (
        "mnist.backprop",
        "lists back to front",
        """
def backprop(X, T, weights, biases):
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    dweights, dbiases = [], []
    for l in reversed(range(len(weights))):
        dweights.append(a[l].T @ delta)
        dbiases.append(delta.sum(axis=0))
        delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return dweights, dbiases
""",
    ),
    (
        "mnist.backprop",
        "weight gradients transposed",
        """
def backprop(X, T, weights, biases):
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    dweights, dbiases = [None] * len(weights), [None] * len(weights)
    for l in reversed(range(len(weights))):
        dweights[l] = delta.T @ a[l]
        dbiases[l] = delta.sum(axis=0)
        delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return dweights, dbiases
""",
    ),
    (
        "mnist.backprop",
        "the first layer left out",
        """
def backprop(X, T, weights, biases):
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    dweights, dbiases = [None] * len(weights), [None] * len(weights)
    for l in range(len(weights) - 1, 0, -1):
        dweights[l] = a[l].T @ delta
        dbiases[l] = delta.sum(axis=0)
        delta = (delta @ weights[l].T) * a[l] * (1 - a[l])
    return dweights, dbiases
""",
    ),
    (
        "mnist.count_parameters",
        "written for one hidden layer",
        """
def count_parameters(sizes):
    return sizes[0] * sizes[1] + sizes[1] * sizes[2] + sizes[1] + sizes[2]
""",
    ),
    (
        "mnist.one_hot",
        "ten classes written down",
        """
def one_hot(labels, k):
    T = np.zeros((len(labels), 10))
    T[np.arange(len(labels)), labels] = 1
    return T
""",
    ),
    (
        "mnist.feedforward",
        "written for two layers",
        """
def feedforward(X, weights, biases):
    hidden = 1 / (1 + np.exp(-(X @ weights[0] + biases[0])))
    return [X, hidden, 1 / (1 + np.exp(-(hidden @ weights[1] + biases[1])))]
""",
    ),
    *(
        (
            "mnist.backprop",
            slip,
            f"""
def backprop(X, T, weights, biases):
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * a[-1] * (1 - a[-1]) / len(X)
    dweights, dbiases = [], []
    for l in reversed(range(len(weights))):
        dweights.insert(0, {dW})
        dbiases.insert(0, delta.sum({axis}))
        if l > 0:
            delta = (delta @ {W}.T) * {slope}
    return {back}
""",
        )
        for slip, dW, axis, W, slope, back in (
            (name, *(changes.get(part, usual) for part, usual in WAY_BACK.items()))
            for name, changes in BACKPROP.items()
        )
    ),
    *(
        (
            "mnist.backprop",
            "written for two layers",
            f"""
def backprop(X, T, weights, biases):
    a = feedforward(X, weights, biases)
    d2 = (a[{o}] - T) * a[{o}] * (1 - a[{o}]) / len(X)
    d1 = (d2 @ weights[{w}].T) * a[{h}] * (1 - a[{h}])
    return [{x}.T @ d1, a[{h}].T @ d2], [d1.sum(axis=0), d2.sum(axis=0)]
""",
        )
        for o, w, h, x in ((2, 1, 1, "X"), (-1, 1, 1, "X"), (-1, -1, -2, "a[-3]"))
    ),
    *(
        (
            "mnist.backprop",
            "logistic applied twice in its derivative",
            f"""
def slope(a):
    return logistic(a) * (1 - logistic(a))
def backprop(X, T, weights, biases):
    a = feedforward(X, weights, biases)
    delta = (a[-1] - T) * {out} / len(X)
    dweights, dbiases = [], []
    for l in reversed(range(len(weights))):
        dweights.append(a[l].T @ delta)
        dbiases.append(delta.sum(axis=0))
        delta = (delta @ weights[l].T) * {hidden}
    return dweights[::-1], dbiases[::-1]
""",
        )
        for out, hidden in (
            ("slope(a[-1])", "a[l] * (1 - a[l])"),
            ("a[-1] * (1 - a[-1])", "slope(a[l])"),
        )
    ),
    *(
        (
            "mnist.accuracy",
            slip,
            f"""
def accuracy(X, labels, weights, biases):
    return np.mean(feedforward(X, weights, biases){answer} == labels)
""",
        )
        for slip, answer in (
            ("argmax along the wrong axis", "[-1].argmax(axis=0)"),
            ("argmax without an axis", "[-1].argmax()"),
            ("the first layer's answer", "[0].argmax(axis=1)"),
        )
    ),
    (
        "mnist.sgd",
        "nothing moves",
        """
def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
    weights, biases = initialise(sizes, rng)
    history = []
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), size):
            rows = order[k : k + size]
            dw, db = backprop(X[rows], T[rows], weights, biases)
            for W, g in zip(weights, dw):
                W = W - eta * g
            for b, g in zip(biases, db):
                b = b - eta * g
        history.append(cost(X, T, weights, biases))
        if progress:
            progress(epoch, history[-1])
    return weights, biases, history
""",
    ),
    *(
        (
            "mnist.sgd",
            slip,
            f"""
def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
    weights, biases = initialise(sizes, rng)
    history = []
    for epoch in range(epochs):
        order = {order}
        for k in range(0, {end}, {size}):
            rows = order[k : k + {size}]
            dw, db = backprop({batch}, weights, biases)
            {step}
        history.append(cost(X, T, weights, biases))
        if progress is not None:
            progress(epoch, history[-1])
    return weights, biases, history
""",
        )
        for slip, order, end, size, batch, step in (
            (name, *(changes.get(part, usual) for part, usual in USUAL.items()))
            for name, changes in SGD.items()
        )
    ),
    (
        "mnist.sgd",
        "never shuffled",
        """
def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
    weights, biases = initialise(sizes, rng)
    history = []
    for epoch in range(epochs):
        for k in range(0, len(X), size):
            dw, db = backprop(X[k : k + size], T[k : k + size], weights, biases)
            weights = [W - eta * g for W, g in zip(weights, dw)]
            biases = [b - eta * g for b, g in zip(biases, db)]
        history.append(cost(X, T, weights, biases))
        if progress:
            progress(epoch, history[-1])
    return weights, biases, history
""",
    ),
    (
        "mnist.sgd",
        "shuffled once",
        """
def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
    weights, biases = initialise(sizes, rng)
    history = []
    order = rng.permutation(len(X))
    for epoch in range(epochs):
        for k in range(0, len(X), size):
            rows = order[k : k + size]
            dw, db = backprop(X[rows], T[rows], weights, biases)
            weights = [W - eta * g for W, g in zip(weights, dw)]
            biases = [b - eta * g for b, g in zip(biases, db)]
        history.append(cost(X, T, weights, biases))
        if progress:
            progress(epoch, history[-1])
    return weights, biases, history
""",
    ),
    (
        "mnist.sgd",
        "progress called unasked",
        """
def sgd(X, T, sizes, epochs, size, eta, rng, progress=None):
    weights, biases = initialise(sizes, rng)
    history = []
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for k in range(0, len(X), size):
            rows = order[k : k + size]
            dw, db = backprop(X[rows], T[rows], weights, biases)
            weights = [W - eta * g for W, g in zip(weights, dw)]
            biases = [b - eta * g for b, g in zip(biases, db)]
        history.append(cost(X, T, weights, biases))
        progress(epoch, history[-1])
    return weights, biases, history
""",
    ),
    (
        "mnist.initialise",
        "the generator made anew in every layer",
        """
def initialise(sizes, rng):
    seed = int(rng.integers(2**31))
    fresh = lambda: np.random.default_rng(seed)
    return ([fresh().normal(size=s) for s in zip(sizes, sizes[1:])],
            [fresh().normal(size=m) for m in sizes[1:]])
""",
    ),
    (
        "mnist.reach_95",
        "no hidden layer",
        """
def train_network(X, labels, rng):
    return trained_digits(X, labels, [784, 10], rng, epochs=2, eta=0.5, size=20)
""",
    ),
    (
        "mnist.reach_95",
        "η too small",
        """
def train_network(X, labels, rng):
    return trained_digits(X, labels, [784, 30, 10], rng, epochs=2, eta=0.1, size=50)
""",
    ),
    # ---------------------------------------------------------------------------------- 08 practice
    (
        "practice.optimisers",
        "Adam: 1 - β without the power t",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, v = state or (0, 0)
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    return p - eta * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps), (m, v)
""",
    ),
    (
        "practice.optimisers",
        "Adam: root taken before the correction",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, v = state or (0, 0)
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    return p - eta * m / (1 - beta1**t) / (np.sqrt(v) / (1 - beta2**t) + eps), (m, v)
""",
    ),
    (
        "practice.optimisers",
        "RMSprop: the old mean in the step",
        """
def rmsprop_step(p, g, state, eta, rho, eps):
    s = np.zeros_like(g) if state is None else state
    return p - eta * g / (np.sqrt(s) + eps), rho * s + (1 - rho) * g**2
""",
    ),
    (
        "practice.optimisers",
        "the state not returned",
        """
def momentum_step(p, g, state, eta, beta):
    v = beta * (0 if state is None else state) + g
    return p - eta * v
""",
    ),
    *(
        (
            "practice.batch_normalisation",
            name,
            f"""
def batchnorm_forward(Z, gamma, beta, eps):
    c = Z - Z.mean(axis=0)
    s = np.sqrt((c**2).mean(axis=0) + eps)
    return gamma * c / s + beta, (c, s, gamma)
def batchnorm_backward(dout, cache):
    c, s, gamma = cache
    n = len(dout)
    dzh = dout * gamma
    ds = {ds}
    dv = {dv}
    dc = dzh / s + {dc}
    dz = dc - dc.mean(axis=0)
    return {{"Z": dz, "gamma": {dgamma}, "beta": {dbeta}}}
""",
        )
        for name, ds, dv, dc, dgamma, dbeta in [
            (
                "sign of ∂L/∂s lost",
                "(dzh * c).sum(axis=0) / s**2",
                "ds / (2 * s)",
                "2 / n * c * dv",
                "(dout * c / s).sum(axis=0)",
                "dout.sum(axis=0)",
            ),
            (
                "1/n of the variance forgotten",
                "-(dzh * c).sum(axis=0) / s**2",
                "ds / (2 * s)",
                "2 * c * dv",
                "(dout * c / s).sum(axis=0)",
                "dout.sum(axis=0)",
            ),
            (
                "∂L/∂γ and ∂L/∂β summed over everything",
                "-(dzh * c).sum(axis=0) / s**2",
                "ds / (2 * s)",
                "2 / n * c * dv",
                "(dout * c / s).sum()",
                "dout.sum()",
            ),
            (
                "∂L/∂s divided by s instead of s²",
                "-(dzh * c).sum(axis=0) / s",
                "ds / (2 * s)",
                "2 / n * c * dv",
                "(dout * c / s).sum(axis=0)",
                "dout.sum(axis=0)",
            ),
            (
                "½ of the root forgotten",
                "-(dzh * c).sum(axis=0) / s**2",
                "ds / s",
                "2 / n * c * dv",
                "(dout * c / s).sum(axis=0)",
                "dout.sum(axis=0)",
            ),
            (
                "slope of the root forgotten",
                "-(dzh * c).sum(axis=0) / s**2",
                "ds",
                "2 / n * c * dv",
                "(dout * c / s).sum(axis=0)",
                "dout.sum(axis=0)",
            ),
        ]
    ),
    (
        "practice.early_stopping",
        "best epoch from the future",
        """
def best_epoch(validation_losses, patience):
    best = 0
    for stop, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = stop
        if stop - best == patience:
            break
    return stop, int(np.argmin(validation_losses))
""",
    ),
    (
        "practice.early_stopping",
        "best epoch over the whole list",
        """
def best_epoch(validation_losses, patience):
    best = int(np.argmin(validation_losses))
    return min(best + patience, len(validation_losses) - 1), best
""",
    ),
    (
        "practice.optimisers",
        "RMSprop: g not squared",
        """
def rmsprop_step(p, g, state, eta, rho, eps):
    r = rho * (0 if state is None else state) + (1 - rho) * g
    return p - eta * g / (np.sqrt(r) + eps), r
""",
    ),
    (
        "practice.optimisers",
        "Adam: g not squared",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, r = state or (0, 0)
    m, r = beta1 * m + (1 - beta1) * g, beta2 * r + (1 - beta2) * g
    m_hat, r_hat = m / (1 - beta1**t), r / (1 - beta2**t)
    return p - eta * m_hat / (np.sqrt(r_hat) + eps), (m, r)
""",
    ),
    (
        "practice.optimisers",
        "Adam: β times t for the power",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, r = state or (0, 0)
    m, r = beta1 * m + (1 - beta1) * g, beta2 * r + (1 - beta2) * g**2
    m_hat, r_hat = m / (1 - beta1 * t), r / (1 - beta2 * t)
    return p - eta * m_hat / (np.sqrt(r_hat) + eps), (m, r)
""",
    ),
    (
        "practice.optimisers",
        "Adam: β times t for the power",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, r = state or (0, 0)
    m, r = beta1 * m + (1 - beta1) * g, beta2 * r + (1 - beta2) * g**2
    m_hat, r_hat = m / (1 - beta1 * t), r / (1 - beta2**t)
    return p - eta * m_hat / (np.sqrt(r_hat) + eps), (m, r)
""",
    ),
    (
        "practice.optimisers",
        "Adam: g for m̂",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, r = state or (0, 0)
    m, r = beta1 * m + (1 - beta1) * g, beta2 * r + (1 - beta2) * g**2
    m_hat, r_hat = m / (1 - beta1**t), r / (1 - beta2**t)
    return p - eta * g / (np.sqrt(r_hat) + eps), (m, r)
""",
    ),
    (
        "practice.early_stopping",
        "best epoch over the whole list",
        """
def best_epoch(validation_losses, patience):
    best = int(np.argmin(validation_losses))
    return best + patience, best
""",
    ),
    (
        "practice.optimisers",
        "momentum without β",
        """
def momentum_step(p, g, state, eta, beta):
    u = np.zeros_like(p) if state is None else state
    u = u + g
    return p - eta * u, u
""",
    ),
    (
        "practice.optimisers",
        "RMSprop: 1 - ρ left out",
        """
def rmsprop_step(p, g, state, eta, rho, eps):
    r = np.zeros_like(p) if state is None else state
    r = rho * r + g**2
    return p - eta * g / (np.sqrt(r) + eps), r
""",
    ),
    (
        "practice.optimisers",
        "Adam: only r corrected",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, r = (np.zeros_like(p), np.zeros_like(p)) if state is None else state
    m = beta1 * m + (1 - beta1) * g
    r = beta2 * r + (1 - beta2) * g**2
    m_hat = m
    r_hat = r / (1 - beta2**t)
    return p - eta * m_hat / (np.sqrt(r_hat) + eps), (m, r)
""",
    ),
    (
        "practice.optimisers",
        "Adam: 1 - β₁ without the power t",
        """
def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    m, r = (np.zeros_like(p), np.zeros_like(p)) if state is None else state
    m = beta1 * m + (1 - beta1) * g
    r = beta2 * r + (1 - beta2) * g**2
    m_hat = m / (1 - beta1)
    r_hat = r / (1 - beta2**t)
    return p - eta * m_hat / (np.sqrt(r_hat) + eps), (m, r)
""",
    ),
    (
        "practice.early_stopping",
        "best for both",
        """
def best_epoch(validation_losses, patience):
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best, best
""",
    ),
    (
        "practice.early_stopping",
        "the lowest loss never renewed",
        """
def best_epoch(validation_losses, patience):
    best, lowest = 0, validation_losses[0]
    for epoch, loss in enumerate(validation_losses):
        if loss < lowest:
            best = epoch
        if epoch - best == patience:
            break
    return epoch, best
""",
    ),
    (
        "practice.batch_normalisation",
        "γ and β left out",
        """
def batchnorm_forward(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return C / s, (C, s, C / s, gamma)


def batchnorm_backward(dout, cache):
    C, s, Z_hat, gamma = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * Z_hat).sum(axis=0)
    dZ_hat = dout * gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat / s + 2 / n * C * dv
    dmu = -dC.sum(axis=0)
    return {"Z": dC + dmu / n, "gamma": dgamma, "beta": dbeta}
""",
    ),
    (
        "practice.batch_normalisation",
        "β stretched as well",
        """
def batchnorm_forward(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return gamma * (C / s + beta), (C, s, C / s, gamma)


def batchnorm_backward(dout, cache):
    C, s, Z_hat, gamma = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * Z_hat).sum(axis=0)
    dZ_hat = dout * gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat / s + 2 / n * C * dv
    dmu = -dC.sum(axis=0)
    return {"Z": dC + dmu / n, "gamma": dgamma, "beta": dbeta}
""",
    ),
    (
        "practice.batch_normalisation",
        "the sum for the mean of the squares",
        """
def batchnorm_forward(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).sum(axis=0) + eps)
    return gamma * C / s + beta, (C, s, C / s, gamma)


def batchnorm_backward(dout, cache):
    C, s, Z_hat, gamma = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * Z_hat).sum(axis=0)
    dZ_hat = dout * gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat / s + 2 / n * C * dv
    dmu = -dC.sum(axis=0)
    return {"Z": dC + dmu / n, "gamma": dgamma, "beta": dbeta}
""",
    ),
    (
        "practice.batch_normalisation",
        "∂L/∂γ with c for ẑ",
        """
def batchnorm_forward(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return gamma * C / s + beta, (C, s, C / s, gamma)


def batchnorm_backward(dout, cache):
    C, s, Z_hat, gamma = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * C).sum(axis=0)
    dZ_hat = dout * gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat / s + 2 / n * C * dv
    dmu = -dC.sum(axis=0)
    return {"Z": dC + dmu / n, "gamma": dgamma, "beta": dbeta}
""",
    ),
    (
        "practice.batch_normalisation",
        "1/s forgotten on the way to c",
        """
def batchnorm_forward(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return gamma * C / s + beta, (C, s, C / s, gamma)


def batchnorm_backward(dout, cache):
    C, s, Z_hat, gamma = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * Z_hat).sum(axis=0)
    dZ_hat = dout * gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat + 2 / n * C * dv
    dmu = -dC.sum(axis=0)
    return {"Z": dC + dmu / n, "gamma": dgamma, "beta": dbeta}
""",
    ),
    (
        "practice.batch_normalisation",
        "2/n of the variance forgotten",
        """
def batchnorm_forward(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return gamma * C / s + beta, (C, s, C / s, gamma)


def batchnorm_backward(dout, cache):
    C, s, Z_hat, gamma = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * Z_hat).sum(axis=0)
    dZ_hat = dout * gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat / s + C * dv
    dmu = -dC.sum(axis=0)
    return {"Z": dC + dmu / n, "gamma": dgamma, "beta": dbeta}
""",
    ),
    (
        "practice.batch_normalisation",
        "sign of ∂L/∂μ lost",
        """
def batchnorm_forward(Z, gamma, beta, eps):
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return gamma * C / s + beta, (C, s, C / s, gamma)


def batchnorm_backward(dout, cache):
    C, s, Z_hat, gamma = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * Z_hat).sum(axis=0)
    dZ_hat = dout * gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat / s + 2 / n * C * dv
    dmu = dC.sum(axis=0)
    return {"Z": dC + dmu / n, "gamma": dgamma, "beta": dbeta}
""",
    ),
    (
        "practice.scaled_initialisation",
        "a pair for each layer",
        """
def initialise_scaled(sizes, rng, kind="xavier"):
    layers = []
    for i, o in zip(sizes[:-1], sizes[1:]):
        variance = 2 / i if kind == "he" else 2 / (i + o)
        layers.append((rng.normal(0, np.sqrt(variance), (i, o)), np.zeros(o)))
    return layers
""",
    ),
]
