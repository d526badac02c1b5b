"""Lesson 2, what goes wrong: named wrong implementations, each with what a good tutor would say."""

from __future__ import annotations

import numpy as np

from autograder.exercises.activations.solutions import (
    dead_fraction,
    elu,
    leaky_relu,
    leaky_relu_derivative,
    maxout,
    maxout_gradients,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
)


def where_positive(z, right, left):
    return np.where(np.asarray(z) > 0, right, left)


def at(place, count, wrong):
    """A tuple of `count` functions with one wrong one."""
    return tuple(wrong if k == place else None for k in range(count))


SIGMOID = (
    (
        "sign of the exponent",
        (
            "You computed 1/(1 + e^z), which falls where σ rises. σ(z) = 1/(1 + e^(−z)): for large"
            " z the exponential must vanish."
        ),
        (lambda z: sigmoid(-np.asarray(z)), None),
    ),
    (
        "overflow in e^(−z)",
        (
            "The numbers are right, but numpy warns: for z = −1000, e^(−z) is larger than any"
            " float. `np.where` does not help by itself, because it computes both branches for"
            " every z. Use e^(−|z|), or clip z to ±500 first."
        ),
        (lambda z: 1 / (1 + np.exp(-np.asarray(z))), None),
    ),
    (
        "e^z/(1 + e^z) for large z",
        (
            "e^z/(1 + e^z) is right on paper. For z = 1000 it is ∞/∞, which is nan. Divide both by"
            " e^z: 1/(1 + e^(−z)) is the form for z ≥ 0; keep yours for z < 0."
        ),
        (lambda z: np.exp(z) / (1 + np.exp(z)), None),
    ),
    (
        "the ½ in tanh(z/2) forgotten",
        (
            "You used (1 + tanh z)/2. The right one is σ(z) = (1 + tanh(z/2))/2: σ is tanh"
            " stretched along both axes."
        ),
        (lambda z: (1 + np.tanh(z)) / 2, None),
    ),
    (
        "tanh for the sigmoid",
        (
            "This is tanh, which runs from −1 to 1. The sigmoid runs from 0 to 1: σ(z) = 1/(1 +"
            " e^(−z))."
        ),
        (lambda z: np.tanh(z), None),
    ),
    (
        "σ′ fed with the activation",
        (
            "You computed σ(a)(1 − σ(a)) with a = σ(z): the sigmoid was applied once more to its"
            " own output. With a at hand the slope is a(1 − a)."
        ),
        (None, lambda z: sigmoid_derivative(sigmoid(z))),
    ),
    (
        "z(1 − z) for the slope",
        "You put z into a(1 − a). That formula holds for the output a = σ(z), not for z.",
        (None, lambda z: np.asarray(z) * (1 - np.asarray(z))),
    ),
    (
        "the slope of tanh",
        "1 − a² is the slope of tanh. For the sigmoid it is a(1 − a), at most ¼.",
        (None, lambda z: 1 - sigmoid(z) ** 2),
    ),
    (
        "1 − σ alone",
        "You returned 1 − σ(z). One factor is missing: σ′ = σ(1 − σ).",
        (None, lambda z: sigmoid(-np.asarray(z))),
    ),
    (
        "σ instead of its slope",
        "The derivative function returns σ(z) itself. Its slope is σ(1 − σ).",
        (None, sigmoid),
    ),
    (
        "sign of the slope",
        (
            "Your slope is negative. σ rises everywhere: d/dz e^(−z) brings one minus sign, and the"
            " power −1 of the bracket brings the other."
        ),
        (None, lambda z: -sigmoid_derivative(z)),
    ),
    (
        "∞/∞ in the derivative",
        (
            "e^(−z)/(1 + e^(−z))² is right on paper. For z = −1000 it is ∞/∞, which is nan. Write"
            " it with σ: σ(1 − σ)."
        ),
        (None, lambda z: np.exp(-np.asarray(z)) / (1 + np.exp(-np.asarray(z))) ** 2),
    ),
)

TANH_RELU = (
    (
        "1 − z² for the slope of tanh",
        (
            "You put z into 1 − a². That formula holds for the output a = tanh z: the slope is 1 −"
            " tanh²(z)."
        ),
        at(0, 3, lambda z: 1 - np.asarray(z) ** 2),
    ),
    (
        "tanh applied twice",
        "You computed 1 − tanh²(a) with a = tanh z: tanh was applied once more to its own output.",
        at(0, 3, lambda z: 1 - np.tanh(np.tanh(z)) ** 2),
    ),
    (
        "1 + tanh²",
        (
            "The sign is wrong: tanh′ = 1 − tanh². A slope above 1 cannot be right, tanh is"
            " steepest at 0 where its slope is 1."
        ),
        at(0, 3, lambda z: 1 + np.tanh(z) ** 2),
    ),
    (
        "the slope of the sigmoid",
        "a(1 − a) is the slope of the sigmoid. For tanh it is 1 − a².",
        at(0, 3, lambda z: np.tanh(z) * (1 - np.tanh(z))),
    ),
    (
        "the square forgotten",
        "You returned 1 − tanh z. The slope is 1 − tanh²(z).",
        at(0, 3, lambda z: 1 - np.tanh(z)),
    ),
    (
        "the brackets round the numerator lost",
        (
            "With u = e^z + e^(−z) and v = e^z − e^(−z) you computed u·u − v·v/u². The class notes"
            " print it so; the whole difference has to be divided: (u·u − v·v)/u² = 1 − tanh²."
        ),
        at(0, 3, lambda z: (2 * np.cosh(z)) ** 2 - np.tanh(z) ** 2),
    ),
    (
        "the slope for the function",
        "Your ReLU returns 1 and 0. That is its slope; the function itself returns z where z > 0.",
        at(1, 3, relu_derivative),
    ),
    (
        "absolute value",
        "Your ReLU returns |z|. Left of 0 it has to be 0, not −z.",
        at(1, 3, np.abs),
    ),
    (
        "minimum for maximum",
        "You took the smaller of 0 and z. ReLU is the larger: max(0, z).",
        at(1, 3, lambda z: np.minimum(z, 0.0)),
    ),
    (
        "slope 1 everywhere",
        (
            "Your ReLU′ is 1 for every z; lesson 13 of the lecture series prints it so. Left of 0"
            " the function is flat, and its slope is 0. That 0 is why units can die."
        ),
        at(2, 3, lambda z: np.ones_like(np.asarray(z, dtype=float))),
    ),
    (
        "the function for the slope",
        "ReLU′ is 1 for every z > 0, however large. You returned z.",
        at(2, 3, relu),
    ),
    (
        "slope −1 on the left",
        "You returned −1 for z < 0, which is the slope of |z|. ReLU is flat there: 0.",
        at(2, 3, lambda z: where_positive(z, 1.0, -1.0)),
    ),
    (
        "sides exchanged",
        "Your slope is 1 on the left and 0 on the right. ReLU passes positive z.",
        at(2, 3, lambda z: where_positive(z, 0.0, 1.0)),
    ),
)


def softplus_naive(z):
    return np.log(1 + np.exp(z))


LEAKY = (
    (
        "leaky slope on the wrong side",
        "You put α on the right side. leaky ReLU is z for z > 0 and αz for z < 0.",
        at(0, 6, lambda z, alpha=0.01: where_positive(z, alpha * np.asarray(z), z)),
    ),
    (
        "0.1 for the usual 0.01",
        (
            "Where alpha is left out it is 0.01. The overview slide of the deck has 0.1, its own"
            " slide on leaky ReLU 0.01; the signature says alpha=0.01."
        ),
        (
            lambda z, alpha=0.1: leaky_relu(z, alpha),
            lambda z, alpha=0.1: leaky_relu_derivative(z, alpha),
            None,
            None,
            None,
            None,
        ),
    ),
    (
        "alpha fixed",
        "Your leaky ReLU has 0.01 written into it. Use the alpha that is handed in.",
        (
            lambda z, alpha=0.01: leaky_relu(z),
            lambda z, alpha=0.01: leaky_relu_derivative(z),
            None,
            None,
            None,
            None,
        ),
    ),
    (
        "alpha fixed in the function",
        (
            "Your leaky ReLU has 0.01 written into it; its slope is right. Use the alpha that is"
            " handed in."
        ),
        at(0, 6, lambda z, alpha=0.01: leaky_relu(z)),
    ),
    (
        "alpha fixed in the slope",
        (
            "The slope of your leaky ReLU has 0.01 written into it. Left of 0 it is the alpha that"
            " is handed in."
        ),
        at(1, 6, lambda z, alpha=0.01: leaky_relu_derivative(z)),
    ),
    (
        "plain ReLU",
        "Left of 0 your leaky ReLU is 0. It leaks: αz.",
        at(0, 6, lambda z, alpha=0.01: relu(z)),
    ),
    (
        "the slope of plain ReLU",
        "Left of 0 your slope is 0. The line αz has slope α.",
        at(1, 6, lambda z, alpha=0.01: relu_derivative(z)),
    ),
    (
        "αz for the slope",
        "Left of 0 you returned αz, which is the function. Its slope is α.",
        at(1, 6, lambda z, alpha=0.01: where_positive(z, 1.0, alpha * np.asarray(z))),
    ),
    (
        "ELU without its α",
        "Left of 0 ELU is α(e^z − 1). You left the α out, which shows as soon as α is not 1.",
        at(2, 6, lambda z, alpha=1.0: elu(z)),
    ),
    (
        "the −1 of ELU forgotten",
        "You returned αe^z. Then the function jumps at 0. ELU is α(e^z − 1), which is 0 there.",
        at(2, 6, lambda z, alpha=1.0: where_positive(z, z, alpha * np.exp(np.minimum(z, 0.0)))),
    ),
    (
        "αe^z − 1",
        "α multiplies the whole bracket: α(e^z − 1), not αe^z − 1.",
        at(2, 6, lambda z, alpha=1.0: where_positive(z, z, alpha * np.exp(np.minimum(z, 0.0)) - 1)),
    ),
    (
        "ELU′ without its α",
        "Left of 0 the slope of α(e^z − 1) is αe^z. You returned e^z.",
        at(3, 6, lambda z, alpha=1.0: np.exp(np.minimum(z, 0.0))),
    ),
    (
        "ELU′ = f(z)",
        (
            "Left of 0 the slope is αe^z = f(z) + α. You returned f(z) alone, which is negative;"
            " ELU rises everywhere."
        ),
        at(3, 6, lambda z, alpha=1.0: where_positive(z, 1.0, elu(z, alpha))),
    ),
    (
        "ELU′ = f(z) + 1",
        "Left of 0 the slope is αe^z = f(z) + α. You added 1, which is the same only for α = 1.",
        at(3, 6, lambda z, alpha=1.0: where_positive(z, 1.0, elu(z, alpha) + 1)),
    ),
    (
        "softplus overflows",
        (
            "ln(1 + e^z) is right on paper. For z = 1000, e^z is no float any more. Take the z out:"
            " max(z, 0) + ln(1 + e^(−|z|)), or `np.logaddexp(0, z)`."
        ),
        at(4, 6, softplus_naive),
    ),
    (
        "the slope of ReLU for softplus",
        "softplus is ReLU with the corner rounded off, and so is its slope: σ(z), which is ½ at 0.",
        at(5, 6, relu_derivative),
    ),
    (
        "one derivative too far",
        "The slope of softplus is σ(z). You returned σ(1 − σ), the slope of the sigmoid.",
        at(5, 6, sigmoid_derivative),
    ),
    (
        "∞/∞ in the slope of softplus",
        "e^z/(1 + e^z) is σ(z), but for z = 1000 it is ∞/∞, which is nan. Use your `sigmoid`.",
        at(5, 6, lambda z: np.exp(z) / (1 + np.exp(z))),
    ),
)


def prelu_with(
    dz=lambda z, a, u: where_positive(z, 1.0, a) * u,
    dalpha=lambda z, a, u: np.sum(u * np.minimum(z, 0.0)),
):
    return lambda z, alpha, upstream: (dz(z, alpha, upstream), dalpha(z, alpha, upstream))


PRELU = (
    (
        "one dα for each z",
        (
            "One α serves every z, so its gradient is one number: the contributions add up, Σ"
            " upstream · min(z, 0)."
        ),
        prelu_with(dalpha=lambda z, a, u: u * np.minimum(z, 0.0)),
    ),
    (
        "mean instead of sum",
        (
            "You averaged the contributions. Nothing in the function divides by their number;"
            " gradients of a shared parameter add up."
        ),
        prelu_with(dalpha=lambda z, a, u: np.mean(u * np.minimum(z, 0.0))),
    ),
    (
        "upstream forgotten in dα",
        "Every contribution to dα is local slope times upstream. You added up min(z, 0) alone.",
        prelu_with(dalpha=lambda z, a, u: np.sum(np.minimum(z, 0.0))),
    ),
    (
        "positive z counted in dα",
        "For z > 0 the output is z, whatever α is. Only negative z contribute: min(z, 0), not z.",
        prelu_with(dalpha=lambda z, a, u: np.sum(u * z)),
    ),
    (
        "dα from the wrong side",
        "You used max(z, 0). α stands on the left side of 0: ∂f/∂α = min(z, 0).",
        prelu_with(dalpha=lambda z, a, u: np.sum(u * np.maximum(z, 0.0))),
    ),
    (
        "dα multiplied by α",
        "∂(αz)/∂α is z. You multiplied by α once more.",
        prelu_with(dalpha=lambda z, a, u: a * np.sum(u * np.minimum(z, 0.0))),
    ),
    (
        "z missing in dα",
        "∂(αz)/∂α is z. You added up the upstream gradients of the negative z without that factor.",
        prelu_with(dalpha=lambda z, a, u: np.sum(u * (np.asarray(z) < 0))),
    ),
    (
        "sign of dα",
        (
            "dα has the wrong sign. min(z, 0) is negative, and it stays so: raise α, and αz falls"
            " where z < 0."
        ),
        prelu_with(dalpha=lambda z, a, u: -np.sum(u * np.minimum(z, 0.0))),
    ),
    (
        "upstream forgotten in dz",
        "dz is the local slope, 1 or α, times upstream.",
        prelu_with(dz=lambda z, a, u: where_positive(z, 1.0, a)),
    ),
    (
        "plain ReLU on the way back",
        "Left of 0 your dz is 0. The slope there is α.",
        prelu_with(dz=lambda z, a, u: where_positive(z, 1.0, 0.0) * u),
    ),
    (
        "slopes exchanged",
        "Your slope is α for z > 0 and 1 for z < 0. It is the other way round.",
        prelu_with(dz=lambda z, a, u: where_positive(z, a, 1.0) * u),
    ),
    (
        "max(αz, z) for α above 1",
        (
            "The decks write PReLU as max(αz, z). That is right only for α ≤ 1; a learned α may"
            " grow beyond, and then the two sides change places. Ask for the sign of z, not for the"
            " larger of the two."
        ),
        lambda z, a, u: (
            np.where(a * np.asarray(z) > z, a, 1.0) * u,
            np.sum(u * np.where(a * np.asarray(z) > z, z, 0.0)),
        ),
    ),
)


def softly(x, W, b):
    z = W @ x + b
    e = np.exp(z - z.max())
    return e / e.sum()


def maxout_gradients_with(x=None, W=None, b=None):
    def wrong(x_in, W_in, b_in, upstream):
        right = maxout_gradients(x_in, W_in, b_in, upstream)
        j = maxout(x_in, W_in, b_in)[1]
        for key, change in (("x", x), ("W", W), ("b", b)):
            if change:
                right[key] = change(x_in, W_in, b_in, upstream, j)
        return right

    return wrong


MAXOUT = (
    (
        "bias left out",
        "Each piece is w·x + b with its own b. You compared and returned w·x alone.",
        (lambda x, W, b: maxout(x, W, 0 * b), None),
    ),
    (
        "winner counted from 1",
        "Pieces are counted from 0, as in `W[winner]`. `np.argmax` counts so.",
        (lambda x, W, b: (maxout(x, W, b)[0], maxout(x, W, b)[1] + 1), None),
    ),
    (
        "the largest in absolute value",
        (
            "You took the piece of largest absolute value. Maxout takes the largest: −5 loses"
            " against 1."
        ),
        (
            lambda x, W, b: (
                float((W @ x + b)[np.argmax(np.abs(W @ x + b))]),
                int(np.argmax(np.abs(W @ x + b))),
            ),
            None,
        ),
    ),
    (
        "winner chosen without the bias",
        (
            "Your value has the biases in it, your winner not: it is the argmax of w·x. Take the"
            " argmax of w·x + b."
        ),
        (lambda x, W, b: (maxout(x, W, b)[0], int(np.argmax(W @ x))), None),
    ),
    (
        "the smallest piece",
        "You took the smallest piece. Maxout takes the largest one: argmax, not argmin.",
        (lambda x, W, b: (float(np.min(W @ x + b)), int(np.argmin(W @ x + b))), None),
    ),
    (
        "a ReLU on top",
        (
            "You cut the maximum off at 0. Maxout is max over its pieces and nothing else; it may"
            " be negative."
        ),
        (lambda x, W, b: (max(0.0, maxout(x, W, b)[0]), maxout(x, W, b)[1]), None),
    ),
    (
        "results exchanged",
        "The function returns (value, winner), in this order.",
        (lambda x, W, b: maxout(x, W, b)[::-1], None),
    ),
    (
        "gradient to every piece",
        (
            "Every row of your ∂L/∂W is filled. A piece that loses does not move the output, so its"
            " row is 0."
        ),
        (
            None,
            maxout_gradients_with(
                x=lambda x, W, b, u, j: u * W.sum(axis=0),
                W=lambda x, W, b, u, j: u * np.tile(x, (len(W), 1)),
                b=lambda x, W, b, u, j: u * np.ones_like(b),
            ),
        ),
    ),
    (
        "shares as in a softmax",
        "You shared the gradient out among the pieces. A maximum sends all of it to the winner.",
        (
            None,
            maxout_gradients_with(
                x=lambda x, W, b, u, j: u * softly(x, W, b) @ W,
                W=lambda x, W, b, u, j: u * np.outer(softly(x, W, b), x),
                b=lambda x, W, b, u, j: u * softly(x, W, b),
            ),
        ),
    ),
    (
        "∂L/∂x summed over all pieces",
        (
            "∂L/∂x is the weights of the winner times upstream. You added up the weights of all"
            " pieces."
        ),
        (None, maxout_gradients_with(x=lambda x, W, b, u, j: u * W.sum(axis=0))),
    ),
    (
        "∂L/∂b everywhere",
        "Only the winner's bias moves the output. The other entries of ∂L/∂b are 0.",
        (None, maxout_gradients_with(b=lambda x, W, b, u, j: u * np.ones_like(b))),
    ),
    (
        "∂L/∂b forgotten",
        "Your ∂L/∂b is 0. The winner's bias is added to the output, so its gradient is upstream.",
        (None, maxout_gradients_with(b=lambda x, W, b, u, j: np.zeros_like(b))),
    ),
    (
        "upstream forgotten",
        "Every gradient is a local slope times upstream. Yours hold the slope alone.",
        (None, lambda x, W, b, u: maxout_gradients(x, W, b, 1.0)),
    ),
    (
        "upstream times the value",
        (
            "You multiplied by the unit's value as well. A linear piece has slope w by x and x by"
            " w; its value does not enter."
        ),
        (None, lambda x, W, b, u: maxout_gradients(x, W, b, u * maxout(x, W, b)[0])),
    ),
)

COLLAPSE = (
    (
        "biases added",
        (
            "You returned b1 + b2. The second layer multiplies b1 as it multiplies everything: b ="
            " b1 W2 + b2."
        ),
        lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2),
    ),
    (
        "b1 forgotten",
        "b1 passes through the second layer: b = b1 W2 + b2.",
        lambda W1, b1, W2, b2: (W1 @ W2, 1.0 * b2),
    ),
    (
        "b2 forgotten",
        "You returned b1 W2. The second layer adds its own bias: b = b1 W2 + b2.",
        lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2),
    ),
    (
        "W2 W1",
        (
            "With one example a row the first layer stands first: x W1, then (x W1) W2. So W = W1"
            " W2. W2 W1 belongs to columns."
        ),
        lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2),
    ),
    (
        "entry by entry",
        "`*` multiplies entry by entry. Two layers after one another are the matrix product `@`.",
        lambda W1, b1, W2, b2: (W1 * W2, b1 @ W2 + b2),
    ),
    (
        "b1 through W1",
        "b1 is added after W1. It passes through W2 only: b = b1 W2 + b2.",
        lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W1 + b2),
    ),
    (
        "W2 b1",
        "You computed W2 @ b1. b1 is a row like every h, so it stands on the left: b1 @ W2.",
        lambda W1, b1, W2, b2: (W1 @ W2, W2 @ b1 + b2),
    ),
)


def chain_with(
    factor=lambda k, w, z, y, f_prime: w[k - 1] * f_prime(z[k - 1]),
    result=lambda g, w, factors: g[:-1],
):
    """The walk back with another factor over layer k = L … 1 or another result; g[k] is ∂y_L/∂y_k,
    k = 0 … L."""

    def wrong(x, weights, f, f_prime):
        z, y = [], [x]
        for w in weights:
            z.append(w * y[-1])
            y.append(f(z[-1]))
        g, factors = [1.0], []
        for k in range(len(weights), 0, -1):
            factors.insert(0, factor(k, weights, z, y, f_prime))
            g.insert(0, factors[0] * g[0])
        return np.array(result(g, weights, factors))

    return wrong


CHAIN = (
    (
        "slope taken at y instead of z",
        (
            "f_prime takes z. You handed it y_k = f(z_k), so the activation was applied once too"
            " often."
        ),
        chain_with(lambda k, w, z, y, f_prime: w[k - 1] * f_prime(y[k])),
    ),
    (
        "slope taken at the layer's input",
        "f_prime takes z_k = w_k y_(k−1). You handed it y_(k−1), before the weight.",
        chain_with(lambda k, w, z, y, f_prime: w[k - 1] * f_prime(y[k - 1])),
    ),
    (
        "weights forgotten",
        (
            "Each step back is w_k f′(z_k): through the activation and through the weight. The"
            " weights are missing."
        ),
        chain_with(lambda k, w, z, y, f_prime: f_prime(z[k - 1])),
    ),
    (
        "slopes forgotten",
        (
            "Each step back is w_k f′(z_k): through the weight and through the activation. The"
            " slopes are missing."
        ),
        chain_with(lambda k, w, z, y, f_prime: w[k - 1]),
    ),
    (
        "weight of the neighbouring layer",
        (
            "The slope and the weight in one factor belong to different layers. Over layer k the"
            " factor is w_k f′(z_k), and w_k is weights[k − 1]. In Python weights[−1] is the last"
            " weight, so the slip raises no error; with equal weights it cannot be seen at all."
        ),
        chain_with(lambda k, w, z, y, f_prime: w[k - 2] * f_prime(z[k - 1])),
    ),
    (
        "∂y_L/∂z instead of ∂y_L/∂y",
        (
            "Your entries stop in front of the weight: they are ∂y_L/∂z_(k+1). One more factor"
            " w_(k+1) leads to y_k."
        ),
        chain_with(result=lambda g, w, factors: np.array(g[:-1]) / w),
    ),
    (
        "k from 1 to L",
        (
            "Entry 0 is ∂y_L/∂y_0, the gradient on the input. You started at y_1 and ended with"
            " ∂y_L/∂y_L = 1."
        ),
        chain_with(result=lambda g, w, factors: g[1:]),
    ),
    (
        "in the order of the walk back",
        (
            "The walk goes from L to 1, so appending gives the list in reverse. Entry k belongs to"
            " y_k."
        ),
        chain_with(result=lambda g, w, factors: g[:-1][::-1]),
    ),
    (
        "∂y_k/∂x instead of ∂y_L/∂y_k",
        (
            "You multiplied from the input on, which gives ∂y_(k+1)/∂x. The gradient of the output"
            " by y_k needs the layers after k."
        ),
        chain_with(result=lambda g, w, factors: np.cumprod(factors)),
    ),
    (
        "one layer at a time",
        (
            "Your entries are the factors w_k f′(z_k) one by one. From y_L to y_k all of them"
            " between are multiplied."
        ),
        chain_with(result=lambda g, w, factors: factors),
    ),
    (
        "factors added up",
        "Along a chain the factors multiply. You added them.",
        chain_with(result=lambda g, w, factors: np.cumsum(factors[::-1])[::-1]),
    ),
)

DEAD = (
    (
        "share of entries",
        (
            "You counted the entries of Z that are not positive. A unit that is off for some"
            " examples is alive; it is dead when no row of its column is positive."
        ),
        lambda Z: float(np.mean(Z <= 0)),
    ),
    (
        "rows for columns",
        "You asked each example. Units are columns: use axis=0.",
        lambda Z: float(np.mean(~np.any(Z > 0, axis=1))),
    ),
    (
        "alive, not dead",
        "You returned the share that is alive. Dead is 1 minus that.",
        lambda Z: 1 - dead_fraction(Z),
    ),
    (
        "per cent",
        "A fraction between 0 and 1 is wanted, not per cent.",
        lambda Z: 100 * dead_fraction(Z),
    ),
    (
        "a number, not a fraction",
        "You counted the dead units. Divide by the number of units.",
        lambda Z: Z.shape[1] * dead_fraction(Z),
    ),
    (
        "Z = 0 counted as alive",
        (
            "Alive means Z > 0 for some row. At Z = 0 the output is 0, and the usual slope there is"
            " 0 as well."
        ),
        lambda Z: float(np.mean(~np.any(Z >= 0, axis=0))),
    ),
    (
        "dead when off once",
        (
            "You called a unit dead that is off for one example. It is dead when it is off for all"
            " of them."
        ),
        lambda Z: float(np.mean(np.any(Z <= 0, axis=0))),
    ),
    (
        "mean pre-activation",
        (
            "You looked at the mean over the examples. One positive row is enough to keep a unit"
            " alive, whatever the mean."
        ),
        lambda Z: float(np.mean(Z.mean(axis=0) <= 0)),
    ),
)
