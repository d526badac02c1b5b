"""What goes wrong in softmax and cross-entropy, and what a tutor would say: (name, explanation,
wrong function)."""

from __future__ import annotations

import numpy as np

from autograder.exercises.softmax.solutions import (
    cross_entropy,
    cross_entropy_bits,
    plogq,
    sigmoid_by_tanh,
    softmax,
    softmax_jacobian,
)
from autograder.exercises.softmax.wrong import (
    columns,
    each,
    gradient_with,
    jacobian_with,
    largest,
    layer_with,
    off_diagonal_positive,
    one_row_at_a_time,
    one_step_only,
    regression_with,
    rescaled,
    shift_in_place,
    shifted_exp,
    squared_error,
    two_outputs,
    unshifted,
)

SOFTMAX = (
    *each(
        "no shift by the maximum",
        "On ordinary logits your function is right, but e^1000 is too large for a float: numpy has"
        " inf, and inf/inf is nan; far below zero it is 0/0. Adding one number to all logits of a"
        " row changes nothing, so subtract the row's maximum first.",
        lambda Z: rescaled(np.exp(Z)),
        lambda Z: np.nan_to_num(rescaled(np.exp(Z))),
    ),
    (
        "one maximum for the whole batch",
        (
            "You subtract the largest logit of the whole batch. A row that lies far below it"
            " underflows: all its exponentials are 0, and 0/0 is nan. Each row has its own maximum:"
            " Z.max(axis=1, keepdims=True)."
        ),
        lambda Z: rescaled(np.exp(Z - Z.max())),
    ),
    *each(
        "shifted by something other than the maximum",
        "You subtract a number of the row that is not its largest, such as the mean or the minimum."
        " That changes nothing in the result, but a logit far above that number still overflows."
        " Only with the maximum is every exponent 0 or less.",
        lambda Z: rescaled(np.exp(Z - Z.mean(axis=1, keepdims=True))),
        lambda Z: rescaled(np.exp(Z - Z.min(axis=1, keepdims=True))),
    ),
    (
        "clipped instead of shifted",
        (
            "You cut large logits off. Then 1000 and 998 become the same number and their"
            " difference is lost, and differences are all that softmax sees. Subtract the row's"
            " maximum instead."
        ),
        lambda Z: rescaled(np.exp(np.clip(Z, -500, 500))),
    ),
    *each(
        "normalised down the columns",
        "Your columns sum to 1. A row is one example and its classes lie along axis 1: divide by "
        "E.sum(axis=1, keepdims=True).",
        columns,
        lambda Z: rescaled(np.exp(Z), 0),
        lambda Z: rescaled(shifted_exp(Z), 0),
    ),
    *each(
        "one sum for the whole batch",
        "All your numbers together sum to 1. Every row is a distribution of its own: sum along axis"
        " 1, keeping the dimension.",
        lambda Z: shifted_exp(Z) / shifted_exp(Z).sum(),
        lambda Z: np.exp(Z) / np.exp(Z).sum(),
        lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(),
    ),
    *each(
        "keepdims forgotten",
        "Z.max(axis=1) and E.sum(axis=1) have shape (n,), and numpy lines that up with the columns."
        " With as many rows as classes it raises no error and gives wrong numbers. keepdims=True"
        " gives (n, 1), one number for each row.",
        lambda Z: np.exp(Z - Z.max(axis=1)) / np.exp(Z - Z.max(axis=1)).sum(axis=1),
        lambda Z: shifted_exp(Z) / shifted_exp(Z).sum(axis=1),
    ),
    *each(
        "not normalised",
        "Your rows do not sum to 1. Divide the exponentials of a row by their sum.",
        shifted_exp,
        np.exp,
    ),
    (
        "no exponential",
        (
            "You divided the logits by their sum. Logits may be negative, and so would these"
            " “probabilities” be. First e^z, which is always positive, then divide."
        ),
        rescaled,
    ),
    (
        "sign of the exponent",
        "Your largest probability goes to the smallest logit: you took e^(-z). Softmax takes e^z.",
        lambda Z: softmax(-Z),
    ),
    (
        "base 2 instead of e",
        (
            "You used powers of 2. Softmax uses e^z; in base 2 every difference counts ln 2 = 0.69"
            " times as much."
        ),
        lambda Z: softmax(Z * np.log(2)),
    ),
    (
        "a sigmoid for each logit",
        (
            "You squashed each logit by itself. Softmax makes the classes compete: each e^z is"
            " divided by the sum over the whole row, so that the row sums to 1."
        ),
        lambda Z: 0.5 * (1 + np.tanh(0.5 * Z)),
    ),
    (
        "the logarithm of softmax",
        "You returned ln p. Take the exponential: the probabilities themselves are wanted.",
        lambda Z: np.log(softmax(Z)),
    ),
    (
        "softmax taken twice",
        (
            "You applied softmax to its own result, which makes the probabilities more equal. Once"
            " is enough."
        ),
        lambda Z: softmax(softmax(Z)),
    ),
    (
        "hard maximum",
        (
            "You gave the largest logit everything. Softmax gives it the most, and the others their"
            " share: e^z divided by the sum."
        ),
        lambda Z: largest(Z),
    ),
    (
        "the shift changes the caller's array",
        (
            "The numbers are right, but `Z -= …` changes the array that was handed in. Write "
            "Z = Z - Z.max(axis=1, keepdims=True), which makes a new one."
        ),
        shift_in_place,
    ),
)

CROSS_ENTROPY = (
    (
        "0 · log 0 is nan",
        (
            "Where p and t are both 0, numpy computes 0 · (-inf) = nan, and the whole mean is lost."
            " The term is 0: a class that cannot be right costs nothing. Use only the entries with"
            " t > 0, or put a harmless number into the logarithm there."
        ),
        (lambda P, T: -np.mean(np.sum(T * np.log(P), axis=1)), None),
    ),
    *each(
        "minus sign missing",
        "Your loss is negative. Logarithms of probabilities are negative, so the sum needs a minus"
        " sign in front; the deck's slide has lost it.",
        (lambda P, T: -cross_entropy(P, T), None),
        (None, lambda p, q: -cross_entropy_bits(p, q)),
    ),
    (
        "sum over the rows",
        (
            "You added up the rows. The loss is their mean: divide by n, so that it does not grow"
            " with the batch."
        ),
        (lambda P, T: len(T) * cross_entropy(P, T), None),
    ),
    (
        "mean over the classes too",
        (
            "You averaged over all n · k entries (np.mean without an axis does). Sum over the"
            " classes, average over the rows only."
        ),
        (lambda P, T: cross_entropy(P, T) / T.shape[1], None),
    ),
    *each(
        "one value for each row",
        "One number is wanted: the mean over the rows. You returned the losses of the rows.",
        (lambda P, T: -np.sum(plogq(T, P), axis=1), None),
        (lambda P, T: -np.sum(T * np.log(P), axis=1), None),
    ),
    (
        "bits instead of nats",
        (
            "You used log₂. In the loss the logarithm is the natural one, because then the gradient"
            " is p - t without a factor; log₂ is for the other function."
        ),
        (lambda P, T: cross_entropy(P, T) / np.log(2), None),
    ),
    *each(
        "base 10",
        "You used log10. The loss takes the natural logarithm, the bits take log₂.",
        (lambda P, T: cross_entropy(P, T) / np.log(10), None),
        (None, lambda p, q: cross_entropy_bits(p, q) * np.log10(2)),
    ),
    *each(
        "only where the target is exactly 1",
        "You took ln P where T == 1. With one-hot targets that is the right class of each row. "
        "In soft targets no entry is exactly 1, "
        "and nothing is left to add up: every class counts with its t, -Σ t ln p.",
        (lambda P, T: -np.mean(np.log(P[T == 1])), None),
        (lambda P, T: -np.sum(np.log(P[T == 1])) / len(T), None),
    ),
    (
        "roles of P and T exchanged",
        (
            "You computed -Σ P ln T. The target stands in front, the prediction inside the"
            " logarithm: with a one-hot target your version takes ln 0."
        ),
        (lambda P, T: -np.mean(np.sum(P * np.log(T), axis=1)), None),
    ),
    (
        "the other classes as well",
        (
            "You added (1 - t) ln(1 - p) for every class. That is the binary loss of k separate"
            " yes-no questions. Softmax probabilities already sum to 1; the loss is -Σ t ln p"
            " alone."
        ),
        (lambda P, T: cross_entropy(P, T) - np.sum(plogq(1 - T, 1 - P)) / len(T), None),
    ),
    (
        "only the likeliest class of the target",
        (
            "You took the logarithm at the largest t only. That is right for one-hot targets; in "
            "general every class counts with its t."
        ),
        (lambda P, T: cross_entropy(P, largest(T)), None),
    ),
    (
        "softmax applied once more",
        "P holds probabilities already. You put them through softmax again.",
        (lambda P, T: cross_entropy(softmax(P), T), None),
    ),
    (
        "squared error",
        "You computed the squared error Σ (p - t)². Cross-entropy is -Σ t ln p.",
        (lambda P, T: np.sum((P - T) ** 2) / len(T), None),
    ),
    (
        "nats instead of bits",
        (
            "You used the natural logarithm. Bits count with log₂ (divide by ln 2): the deck's"
            " coins give 1.42 bits, which is 0.984 nats."
        ),
        (None, lambda p, q: cross_entropy_bits(p, q) * np.log(2)),
    ),
    (
        "roles of p and q exchanged",
        (
            "You computed -Σ p log₂ q. Here q is the truth and p the prediction, and only the"
            " prediction goes into the logarithm: -Σ q log₂ p. Cross-entropy is not symmetric."
        ),
        (None, lambda p, q: cross_entropy_bits(q, p)),
    ),
    (
        "Kullback–Leibler divergence",
        (
            "You subtracted H(q). What is left is the KL divergence; the cross-entropy is the whole"
            " -Σ q log₂ p."
        ),
        (None, lambda p, q: cross_entropy_bits(p, q) - cross_entropy_bits(q, q)),
    ),
    (
        "entropy of the truth",
        "You computed -Σ q log₂ q, the entropy of q. The prediction p does not occur in it.",
        (None, lambda p, q: cross_entropy_bits(q, q)),
    ),
)

JACOBIAN = (
    (
        "p in every row in place of the diagonal",
        (
            "`p - np.outer(p, p)` adds p to every row of the outer product: numpy lines the k"
            " numbers up with the columns. The p belong on the diagonal only: np.diag(p)."
        ),
        jacobian_with(lambda p: p - np.outer(p, p)),
    ),
    (
        "1 on the diagonal instead of p",
        (
            "Your diagonal is 1 - p_i². In p_i (δ_ik - p_k) the factor p_i stands before the"
            " bracket: the diagonal is p_i - p_i², np.diag(p) in place of the identity."
        ),
        jacobian_with(lambda p: np.eye(len(p)) - np.outer(p, p)),
    ),
    *each(
        "`@` between two vectors",
        "`p @ p.T` is one number, Σ p²: p has one axis, so `.T` changes nothing and `@` adds "
        "the products up. The table of all "
        "products p_i p_k is the outer product.",
        jacobian_with(lambda p: np.diag(p) - p @ p),
        jacobian_with(lambda p: p - p @ p),
    ),
    (
        "p · p entry by entry",
        (
            "`p * p` has k numbers, not k × k, and numpy takes them away from every row alike. Row"
            " i, column k needs p_i p_k, the outer product."
        ),
        jacobian_with(lambda p: np.diag(p) - p * p),
    ),
    (
        "diagonal only",
        (
            "Off the diagonal you have zeros. But raising one logit lowers every other probability,"
            " because all are divided by the same sum: ∂p_i/∂z_k = -p_i p_k for i ≠ k."
        ),
        jacobian_with(lambda p: np.diag(p * (1 - p))),
    ),
    (
        "diagonal as a vector",
        (
            "k numbers came back where k × k are wanted. Every one of the k probabilities depends"
            " on every one of the k logits, so there are k² derivatives."
        ),
        jacobian_with(lambda p: p * (1 - p)),
    ),
    *each(
        "off-diagonal sign lost",
        "Off the diagonal your signs are positive. If one logit rises, the other probabilities"
        " fall: -p_i p_k.",
        jacobian_with(off_diagonal_positive),
        jacobian_with(lambda p: np.diag(p) + np.outer(p, p)),
    ),
    (
        "case i = k left out",
        (
            "You have -p_i p_k everywhere. On the diagonal the numerator e^z_i moves as well, which"
            " adds p_i: p_i (1 - p_i)."
        ),
        jacobian_with(lambda p: -np.outer(p, p)),
    ),
    (
        "case i = k everywhere",
        "You have p_i (1 - p_k) everywhere. The 1 belongs to the diagonal only: p_i (δ_ik - p_k).",
        jacobian_with(lambda p: np.outer(p, 1 - p)),
    ),
    (
        "logits in place of probabilities",
        "You put z into p_i (δ_ik - p_k). The formula holds for p = softmax(z).",
        lambda z: np.diag(z) - np.outer(z, z),
    ),
    (
        "softmax taken twice",
        "You took softmax of softmax(z). The derivatives are wanted at z.",
        jacobian_with(lambda p: softmax_jacobian(p)),
    ),
    (
        "no shift by the maximum",
        (
            "For ordinary logits your Jacobian is right. At 1000 e^z overflows: subtract the"
            " largest logit first."
        ),
        jacobian_with(lambda p: np.diag(p) - np.outer(p, p), lambda z: np.exp(z) / np.exp(z).sum()),
    ),
)

COMBINED = (
    (
        "no shift by the maximum",
        (
            "For ordinary logits your gradient is right. At 1000 e^z overflows, and inf/inf is nan:"
            " subtract the row's largest logit first, as in your softmax."
        ),
        gradient_with(lambda P, T: P - T, unshifted),
    ),
    (
        "sign of the gradient lost",
        (
            "Every sign is turned round: you have t - p. The loss falls when the right logit rises,"
            " so its gradient p - t is negative there."
        ),
        gradient_with(lambda P, T: T - P),
    ),
    (
        "sum over the rows",
        "Your gradient is n times too large: the loss is the mean over the rows, so divide by n.",
        lambda Z, T: softmax(Z) - T,
    ),
    (
        "1/n applied twice",
        "You divided by n twice. The mean brings it in once.",
        lambda Z, T: (softmax(Z) - T) / len(Z) ** 2,
    ),
    (
        "mean over the classes too",
        (
            "You divided by n · k. The loss sums over the classes and averages over the rows only:"
            " divide by n."
        ),
        lambda Z, T: (softmax(Z) - T) / Z.size,
    ),
    (
        "diagonal of the Jacobian only",
        (
            "You have -t (1 - p): the factor -t/p times the diagonal p (1 - p). In softmax every"
            " probability depends on every logit, so the chain rule sums over all of them. With"
            " one-hot targets your gradient is 0 for the wrong classes, as if their logits had no"
            " influence on the right one. A row of a right gradient sums to 0."
        ),
        gradient_with(lambda P, T: -T * (1 - P)),
    ),
    (
        "softmax slope kept",
        (
            "You multiplied p - t by p (1 - p) once more. The slope of softmax is already in p - t:"
            " it has cancelled against the 1/p of the logarithm."
        ),
        gradient_with(lambda P, T: (P - T) * P * (1 - P)),
    ),
    *each(
        "gradient of the squared error",
        "This is the gradient of a squared error through softmax. The loss here is the "
        "cross-entropy, and its gradient is simpler: p - t.",
        gradient_with(squared_error),
        gradient_with(lambda P, T: 2 * squared_error(P, T)),
    ),
    (
        "gradient at P instead of Z",
        "You stopped at ∂L/∂p = -t/p. Between p and z lies softmax: the result is p - t.",
        gradient_with(lambda P, T: -T / P),
    ),
    (
        "softmax down the columns",
        "You normalised the columns of Z. Each row is one example: axis 1.",
        gradient_with(lambda P, T: P - T, columns),
    ),
    (
        "softmax forgotten",
        "You subtracted the target from the logits. The gradient is softmax(Z) - T.",
        gradient_with(lambda Z, T: Z - T, lambda Z: Z),
    ),
    (
        "target not subtracted",
        (
            "You returned the probabilities. The gradient is p - t: only the deviation from the"
            " target counts."
        ),
        gradient_with(lambda P, T: P),
    ),
    (
        "only the likeliest class of the target",
        "You subtracted 1 at the largest t. That is right for one-hot targets; in general p - t.",
        gradient_with(lambda P, T: P - largest(T)),
    ),
    (
        "in bits",
        (
            "Your gradient is 1/ln 2 = 1.44 times too large: it belongs to log₂. The loss uses the"
            " natural logarithm."
        ),
        gradient_with(lambda P, T: (P - T) / np.log(2)),
    ),
)

OUTPUT_LAYER = (
    *(
        (name, text, layer_with(gradient))
        for name, text, gradient in COMBINED
        if name
        in (
            "sign of the gradient lost",
            "sum over the rows",
            "1/n applied twice",
            "mean over the classes too",
            "diagonal of the Jacobian only",
            "softmax slope kept",
            "softmax down the columns",
            "target not subtracted",
        )
    ),
    *each(
        "two outputs written out",
        "You wrote two outputs out, as in the deck's example. The layer has k of them, as many "
        "as W has columns: work on the whole "
        "array, H.T @ dZ, without naming a column.",
        two_outputs("W", "b", "H"),
        two_outputs("W", "b"),
        two_outputs("W"),
        two_outputs("b"),
        two_outputs("H"),
    ),
    (
        "bias left out of the logits",
        "Your probabilities come from H W alone. The logits are H W + b.",
        layer_with(bias=0.0),
    ),
    (
        "bias gradient averaged once more",
        "∂L/∂b is n times too small. The 1/n is in ∂L/∂Z already; over the rows you sum.",
        layer_with(b=lambda dZ: dZ.mean(axis=0)),
    ),
    (
        "bias gradient not summed",
        (
            "∂L/∂b has one row for each example. All examples use the same b, so its gradient is"
            " the sum over the rows, of shape (k,)."
        ),
        layer_with(b=lambda dZ: dZ),
    ),
    *each(
        "bias gradient summed over everything",
        "∂L/∂b is one number (and always 0, because each row of p - t sums to 0). Every "
        "class has its own bias: sum over axis 0 only.",
        layer_with(b=np.sum),
        layer_with(b=lambda dZ: np.full(dZ.shape[1], dZ.sum())),
        layer_with(b=lambda dZ: dZ.sum(axis=1)),
    ),
    (
        "weight gradient transposed",
        "∂L/∂W has the shape of W, (h, k): H.T @ dZ. You have dZ.T @ H.",
        layer_with(W=lambda H, dZ: dZ.T @ H),
    ),
    (
        "weights not transposed on the way back",
        "∂L/∂H = ∂L/∂Z · Wᵀ. Without the transpose a square W hides the mistake.",
        layer_with(H=lambda dZ, W, H: dZ @ W),
    ),
    (
        "mean forgotten on the way back",
        "∂L/∂H is n times too large: the factor 1/n of the mean belongs to it as well.",
        layer_with(H=lambda dZ, W, H: len(H) * dZ @ W.T),
    ),
    (
        "slope of the hidden units included",
        "∂L/∂H stops at H. The slope of whatever made H comes afterwards and is not asked here.",
        layer_with(H=lambda dZ, W, H: dZ @ W.T * H * (1 - H)),
    ),
)

TWO_CLASSES = (
    (
        "the second entry",
        (
            "You returned the probability of the second class, σ(-z). The first entry of"
            " softmax((z, 0)) is wanted."
        ),
        lambda z: sigmoid_by_tanh(-np.asarray(z)),
    ),
    (
        "softmax of (z, -z)",
        "The second logit is 0. With -z the difference is 2z, and you get σ(2z).",
        lambda z: sigmoid_by_tanh(2 * np.asarray(z)),
    ),
    (
        "softmax of (z, 1)",
        "The second logit is 0. You used 1, which gives σ(z - 1): in e^z/(e^z + 1) the 1 is e⁰.",
        lambda z: sigmoid_by_tanh(np.asarray(z) - 1),
    ),
    *each(
        "softmax over the whole array",
        "The entries of z compete with each other in your version. Every entry is a question of "
        "its own: softmax of the pair (z, 0), entry by entry.",
        lambda z: np.reshape(softmax(np.reshape(z, (1, -1))), np.shape(z)),
        lambda z: np.reshape(softmax(np.append(np.ravel(z), 0.0)[None])[0, :-1], np.shape(z)),
    ),
    (
        "a single class",
        (
            "With one class alone the probability is always 1. The second logit, 0, is the class to"
            " compare with."
        ),
        lambda z: np.ones(np.shape(z)),
    ),
    *each(
        "both entries returned",
        "Both probabilities came back. Only the first entry is wanted, in the shape of z.",
        lambda z: np.stack([sigmoid_by_tanh(z), sigmoid_by_tanh(-np.asarray(z))], axis=-1),
        lambda z: np.stack([sigmoid_by_tanh(z), sigmoid_by_tanh(-np.asarray(z))]),
    ),
    (
        "no shift by the maximum",
        (
            "e^1000 overflows, and inf/inf is nan. Subtract the larger of z and 0 from both logits"
            " first."
        ),
        lambda z: np.exp(z) / (np.exp(z) + 1),
    ),
)

REGRESSION = (
    (
        "loss before the step",
        (
            "Your losses[0] is ln k, the loss of the untrained model. losses[s] is the loss after"
            " step s + 1: measure it with the new W and b."
        ),
        regression_with(order="before"),
    ),
    (
        "the first loss as well",
        (
            "One entry too many: you kept the loss before the first step. losses has `steps`"
            " entries, each after a step."
        ),
        regression_with(order="both"),
    ),
    (
        "only the last loss",
        "A loss for every step is wanted: append it inside the loop.",
        regression_with(give=lambda losses: losses[-1]),
    ),
    (
        "step uphill",
        "You added the gradient. The step goes against it: W - eta · ∂L/∂W.",
        regression_with(step=lambda eta: -eta),
    ),
    (
        "the loop ends after one step",
        (
            "You return the W and b of one step, whatever `steps` is. Does `return` stand inside"
            " the loop? It ends the function at once."
        ),
        one_step_only,
    ),
    (
        "gradient computed once, before the loop",
        (
            "Every step of yours goes the same way, along the gradient at the start. The gradient "
            "changes with W and b: compute it inside "
            "the loop."
        ),
        regression_with(once=True),
    ),
    (
        "eta written down",
        (
            "Your step is that of eta = 0.5, whatever eta is handed in. Use the argument, not a"
            " number or a variable of the notebook."
        ),
        regression_with(step=lambda eta: 0.5),
    ),
    (
        "learning rate forgotten",
        "You subtracted the whole gradient. The step is eta times the gradient.",
        regression_with(step=lambda eta: 1.0),
    ),
    *(
        (name, text, regression_with(gradient))
        for name, text, gradient in COMBINED
        if name
        in (
            "sum over the rows",
            "1/n applied twice",
            "mean over the classes too",
            "diagonal of the Jacobian only",
            "softmax slope kept",
            "softmax down the columns",
        )
    ),
    *(
        (name, text, regression_with(gradient))
        for name, text, gradient in COMBINED
        if name == "gradient of the squared error"
    ),
    (
        "bias not trained",
        "Your b is still 0. It learns as the weights do: b - eta · ∂L/∂b.",
        regression_with(bias=0.0),
    ),
    (
        "bias updated with the new weights",
        (
            "You changed W and then computed the gradient of b with the new W. Both gradients"
            " belong to one point: compute ∂L/∂Z once, then update W and b."
        ),
        regression_with(late=True),
    ),
    (
        "losses summed over the rows",
        (
            "W and b are right, but your losses are n times too large. The loss is the mean over"
            " the rows."
        ),
        regression_with(loss=lambda P, T: float(len(T) * cross_entropy(P, T))),
    ),
    (
        "losses in bits",
        "W and b are right, but your losses are in bits. Use the natural logarithm.",
        regression_with(loss=lambda P, T: float(cross_entropy(P, T) / np.log(2))),
    ),
    (
        "a step after every example",
        (
            "You stepped after each example. Full batch means one step for each pass, with the mean"
            " gradient of all rows."
        ),
        one_row_at_a_time,
    ),
)
