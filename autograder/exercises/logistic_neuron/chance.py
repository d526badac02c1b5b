"""Judging what chance has a say in: `train` here, `minibatches` in `batches`.

No shuffled result is compared number by number. What must hold for every shuffle is asked instead:
that each example comes once, that the end of two epochs is one of the 36 that can be reached, that
copies of one example leave chance nothing to decide.
"""

from __future__ import annotations

import numpy as np

from autograder.evidence.plain import floats
from autograder.exercises.logistic_neuron.cases import reachable
from autograder.exercises.logistic_neuron.neuron import descend, loss, sigma


def row(name, ok, comment="", yours="", wanted=""):
    """A row of the verdict; what went wrong is said only where something did, and named where it is
    a known slip."""
    return (name, True, "", "", "") if ok else (name, False, yours, wanted, comment, known(comment))


def known(comment):
    """The name of the slip that a comment explains; empty where it only says what is wanted."""
    return next((name for name, start in NAMES.items() if comment.startswith(start)), "")


def read(value):
    """An array of finite numbers, or None."""
    try:
        array = floats(value)
    except (TypeError, ValueError):
        return None
    return array if np.isfinite(array).all() else None


def near(a, b):
    """Entry by entry, whether a is b within 1e-4 · max(1, |b|): single precision will do."""
    return np.abs(a - b) <= 1e-4 * np.maximum(1, np.abs(b))  # single precision will do


NAMES = {  # a known slip and how its explanation begins
    "X and Y shuffled apart": "A column of X came with another column's Y",
    "last mini-batch dropped": "The last, short mini-batch",
    "drawn with replacement": "Some come twice in one mini-batch",
    "drawn anew for each mini-batch": "Some come in two mini-batches",
    "dealt out evenly": "The columns were dealt out evenly",
    "size taken for the number of mini-batches": "There are `size` mini-batches",
    "an empty mini-batch": "A mini-batch is empty",
    "the same order whatever the rng": "Two different generators gave the same order",
    "not shuffled column by column": "Columns that were neighbours still are",
    "randomness from elsewhere": "Two calls with equal generators",
    "gradient ascent": "The gradient was added",
    "sum instead of mean": "The gradients of a mini-batch were added up",
    "divided by the full size": "A mini-batch that is not full",
    "one step an epoch": "There was one step an epoch",
    "bias not trained": "The bias was not trained",
    "slope of σ kept": "The slope a(1 - a)",
    "divided by the number of features": "You divided by the number of features",
    "learning rate left out": "The learning rate is missing",
    "loss before the epoch": "losses[e] was taken before",
    "shuffled once": "The second epoch repeats",
    "never shuffled": "The order never changes",
    "all examples at every step": "Every step was one on all of X, Y",
    "w changed before ∂J/∂b": "∂J/∂b was taken after w had moved",
    "started again in every epoch": "Every epoch began at w = 0",
    "return inside the loop": "One epoch was made",
    "the gradient taken once": "Every step used the gradient",
    "the mini-batch in the place of all examples": "From the second epoch on only the last",
    "the mean divided by size": "The step is `size` times too short",
    "z handed to the loss": "Your losses come from z",
    "losses not divided by n": "Your losses are sums",
}


# ---- train


def _by_steps(X, Y, eta, orders, size, late=False, at_start=False):
    """Descent with the bias's gradient taken after w moved, or every gradient at the start."""
    w, b = np.zeros((1, X.shape[0])), np.zeros((1, 1))
    for order in orders:
        for start in range(0, len(order), size):
            x, y = (part[:, order[start : start + size]] for part in (X, Y))
            slope = lambda w, b, x=x, y=y: (sigma(w @ x + b) - y) / x.shape[1]
            dz = slope(0 * w, 0 * b) if at_start else slope(w, b)
            w = w - eta * dz @ x.T
            b = b - eta * (slope(w, b) if late else dz).sum()
    return w, b


SLIPS = (  # by which slip a wrong w, b comes about where chance has nothing to decide
    ("The gradient was added instead of subtracted.", lambda X, Y, eta, o, s: descend(X, Y, -eta, o, s)),
    ("The gradients of a mini-batch were added up; the step takes their mean.",
     lambda X, Y, eta, o, s: descend(X, Y, eta, o, s, scale="sum")),
    ("A mini-batch that is not full was divided by `size`. Divide by the number of columns that it has.",
     lambda X, Y, eta, o, s: descend(X, Y, eta, o, s, scale="size")),
    ("The last, short mini-batch was left out.", lambda X, Y, eta, o, s: descend(X, Y, eta, o, s, drop=True)),
    ("There was one step an epoch. Every mini-batch makes a step of its own.",
     lambda X, Y, eta, o, s: descend(X, Y, eta, o, X.shape[1])),
    ("The bias was not trained.", lambda X, Y, eta, o, s: descend(X, Y, eta, o, s, bias=False)),
    ("The slope a(1 - a) is in the gradient. With cross-entropy it cancels: ∂J/∂z = a - y.",
     lambda X, Y, eta, o, s: descend(X, Y, eta, o, s, slope_kept=True)),
    ("You divided by the number of features. The examples are the columns: X.shape[1].",
     lambda X, Y, eta, o, s: descend(X, Y, eta, o, s, scale="features")),
    ("The learning rate is missing from the step.", lambda X, Y, eta, o, s: descend(X, Y, 1.0, o, s)),
    ("∂J/∂b was taken after w had moved. Take both gradients at the same w and b, then move both.",
     lambda X, Y, eta, o, s: _by_steps(X, Y, eta, o, s, late=True)),
    ("Every step used the gradient at the start, w = 0 and b = 0. Take it anew at each step, at "
     "the w and b of then.",
     lambda X, Y, eta, o, s: _by_steps(X, Y, eta, o, s, at_start=True)),
    ("Every epoch began at w = 0 and b = 0 again. Set them once, before the loop over the epochs.",
     lambda X, Y, eta, o, s: descend(X, Y, eta, o[:1], s)),
    ("From the second epoch on only the last mini-batch was used. So it comes out when the loop is "
     "`for X, Y in …`: it puts the mini-batch in the place of all examples. Call it x, y.",
     lambda X, Y, eta, o, s: descend(X, Y, eta, [o[0]] + [o[0][-(len(o[0]) % s or s):]] * (len(o) - 1), s)),
    ("The step is `size` times too short: `gradients` gives a mean already; do not divide again.",
     lambda X, Y, eta, o, s: descend(X, Y, eta / s, o, s)),
)  # fmt: skip


def _of_z(z, Y):
    """The loss with z in a's place, as the lesson's own `loss` takes it."""
    return loss(np.clip(z, 1e-12, 1 - 1e-12), Y)


class Trained:
    """What one call of `train` returned: all parameters in one array, and the losses."""

    def __init__(self, w, b, losses):
        self.parameters, self.losses = np.append(w, b), np.ravel(losses)
        self.shapes = (
            np.shape(w)[:1] == (1,)
            and np.ndim(w) == 2
            and np.shape(b) == (1, 1)
            and np.ndim(losses) == 1
        )

    def ends_at(self, parameters):
        """Whether w and b are these parameters."""
        return bool(near(self.parameters, parameters).all())

    def lost(self, losses):
        """Whether the losses are these."""
        return len(self.losses) == len(losses) and bool(near(self.losses, np.array(losses)).all())


def read_trained(record, d):
    """A call's result, or None where it is none."""
    parts = record.returned
    if record.error or not isinstance(parts, list) or len(parts) != 3:
        return None
    w, b, losses = (read(part) for part in parts)
    return (
        None
        if w is None or b is None or losses is None or (w.size, b.size) != (d, 1)
        else Trained(w, b, losses)
    )


def without_chance(case, runs):
    """A case that no shuffle can change: what is wrong with w, b and what with the losses, empty
    where nothing is."""
    X, Y, eta, epochs, size, _ = case.calls[0].arguments
    orders = [range(X.shape[1])] * epochs
    w, b, losses = descend(X, Y, eta, orders, size)
    slips = ((text, np.append(*slip(X, Y, eta, orders, size)[:2])) for text, slip in SLIPS)
    steps = kept = ""
    if not all(run.ends_at(np.append(w, b)) for run in runs):
        if not all(run.ends_at(runs[0].parameters) for run in runs):
            steps = (
                "All examples are in one mini-batch, yet two generators gave two results. Start"
                " from w = 0, b = 0, and take every example once, with its own label."
            )
        else:
            steps = next(
                (text for text, end in slips if runs[0].ends_at(end)),
                "These are not steps w ← w - eta ∂J/∂w from w = 0, b = 0.",
            )
            if steps.startswith("Every epoch began") and len(runs[0].losses) < epochs:
                steps = (
                    "One epoch was made. So it comes out when `return` stands inside the loop "
                    "over the epochs."
                )
    if not all(run.lost(losses) for run in runs):
        kept = "losses[e] is the mean loss on all of X, Y after epoch e + 1."
        if runs[0].lost(descend(X, Y, eta, orders, size, after=False)[2]):
            kept = "losses[e] was taken before epoch e + 1, not after it."
        elif runs[0].lost(np.array(losses) * X.shape[1]):
            kept = "Your losses are sums over the examples. Divide by their number."
        elif not steps and np.allclose(runs[0].losses[-1:], _of_z(w @ X + b, Y), rtol=1e-4):
            kept = "Your losses come from z. The loss takes a = σ(z), the second result of forward."
    return steps, kept


def judge_train(evidence):
    """The rows for `train`."""
    read = [[read_trained(r, len(case.calls[0].arguments[0])) for r in records]
            for case, records in zip(evidence.cases, evidence.observations, strict=True)]  # fmt: skip
    runs = [[run for run in tried if run is not None] for tried in read]
    if runs != read:
        failed = [
            r
            for records, tried in zip(evidence.observations, read, strict=True)
            for r, run in zip(records, tried, strict=True)
            if run is None
        ]
        return _no_result(all(r.error for r in failed))
    certain = [*zip(evidence.cases[:3], runs[:3], strict=True), (evidence.cases[6], runs[6])]
    six, full, copies, single = (without_chance(case, tried) for case, tried in certain)
    steps, kept = (next((part[k] for part in (six, full, single) if part[k]), "") for k in range(2))
    taken = _orders_taken(evidence.cases[3], runs[3])
    known, ordered = None not in taken, [pair for pair in taken if pair]
    moves, fresh = (
        len({first for first, _ in ordered}) > 1,
        any(first != second for first, second in ordered),
    )
    clouds = runs[4]
    tries = zip(evidence.cases[4:6], runs[4:6], strict=True)
    learnt = [(run, case.calls[0].arguments[:2]) for case, tried in tries for run in tried]
    ends = [
        loss(sigma(run.parameters[None, :-1] @ X + run.parameters[-1]), Y) for run, (X, Y) in learnt
    ]
    last = [run.losses[-1] if run.losses.size else np.nan for run, _ in learnt]
    counts = [
        (len(run.losses), case.calls[0].arguments[3])
        for case, tried in zip(evidence.cases, runs, strict=True)
        for run in tried
    ]
    counted = next((pair for pair in counts if pair[0] != pair[1]), None)
    changed = any(k < 2 for records in evidence.observations for r in records for k in r.changed)
    return [
        row("(w, b, losses)", True),
        row("shape", all(run.shapes for tried in runs for run in tried), "w is (1, d), b is (1, 1), and losses holds `epochs` numbers."),
        row("full batch: w, b", not steps, steps),
        row("one loss an epoch", not counted,
            "One entry an epoch, taken after it, and none for the start.", *map(str, counted or ())),
        row("full batch: losses", not kept, kept),
        row("mini-batches: w, b", not copies[0], f"{copies[0]} (All examples are copies of one here, so their order cannot matter.)"),
        row("losses[-1] belongs to w, b", bool(np.allclose(last, ends, atol=1e-4)),
            "The last loss is not the mean cross-entropy of a = σ(w X + b) against Y at the "
            "returned w, b, on all "
            "examples.",
            f"{last[0]:.6g}", f"{ends[0]:.6g}"),
        row("every example once an epoch", known,
            "Every step was one on all of X, Y, though three steps an epoch were made. The step of "
            "a mini-batch "
            "takes its x and y." if _whole_steps(evidence.cases[3], runs[3]) else
            "Three examples, one at a time, two epochs: there are 36 ways to go. Your w, b are at the end of "
            "none of them. An example was used twice, or not at all, or the steps are wrong."),
        row("reshuffled each epoch", known and moves and fresh, "" if not known else "The order never changes." if not moves else
            "The second epoch repeats the order of the first. Shuffle inside the loop over the epochs."),
        row("same seed, same result", clouds[0].ends_at(clouds[1].parameters) and clouds[0].lost(clouds[1].losses),
            "All randomness must come from `rng`."),
        row("learns two clouds", max(ends) < 0.35, "", f"J = {max(ends):.3g}", "J below 0.35"),
        row("inputs unchanged", not changed, "X or Y is changed. Shuffle an order of indices, not the arrays."),
    ]  # fmt: skip


def _no_result(raised):
    names = (
        "shape",
        "full batch: w, b",
        "one loss an epoch",
        "full batch: losses",
        "mini-batches: w, b",
        "losses[-1] belongs to w, b",
        "every example once an epoch",
        "reshuffled each epoch",
        "same seed, same result",
        "learns two clouds",
        "inputs unchanged",
    )
    said = (
        "Three results are wanted, in this order: w (1, d), b (1, 1), and the list of losses, all"
        " of them finite numbers."
    )
    first = row("(w, b, losses)", False, "" if raised else said)
    return [first, *(row(name, False) for name in names)]


def _whole_steps(case, runs):
    """Whether every step of one example was one on all examples instead."""
    X, Y, eta, epochs, size, _ = case.calls[0].arguments
    w, b, _ = descend(X, Y, eta, [range(X.shape[1])] * (epochs * X.shape[1] // size), X.shape[1])
    return all(run.ends_at(np.append(w, b)) for run in runs)


def _orders_taken(case, runs):
    """For each run of two epochs, one example at a time: the two orders that lead to its w, b; None
    where none does."""
    X, Y, eta, *_ = case.calls[0].arguments
    ends = {pair: np.append(*end) for pair, end in reachable(X, Y, eta).items()}
    return [next((pair for pair, end in ends.items() if run.ends_at(end)), None) for run in runs]
