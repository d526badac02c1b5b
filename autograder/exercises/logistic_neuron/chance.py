"""Judging what chance has a say in: `minibatches` and `train`.

No shuffled result is compared number by number. What must hold for every shuffle is asked instead:
that each example comes once, that the end of two epochs is one of the 36 that can be reached, that
copies of one example leave chance nothing to decide.
"""

from __future__ import annotations

import numpy as np

from autograder.exercises.logistic_neuron.cases import BATCH_CALLS, reachable
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
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if np.isfinite(array).all() else None


def near(a, b):
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
    "z handed to the loss": "Your losses come from z",
    "losses not divided by n": "Your losses are sums",
}

# ---- minibatches


def read_pairs(returned, d, k, most):
    """Mini-batches as a list of (X (d, m), Y (k, m), whether they came in these shapes); None where
    they are none.

    Only the first `most` are looked at: an iterable may have no end.
    """
    found = []
    for item in returned[:most] if isinstance(returned, list) else [None]:
        if (
            not isinstance(item, list)
            and not (isinstance(item, np.ndarray) and item.ndim)
            or len(item) != 2
        ):
            return None
        x, y = _upright(read(item[0]), d), _upright(read(item[1]), k)
        if x is None or y is None or x.size % d or y.size != x.size // d * k:
            return None
        m = x.size // d
        shapes = np.shape(item[0]) == (d, m) and np.shape(item[1]) == (k, m)
        found.append((x.reshape(d, m), y.reshape(k, m), shapes))
    return found


def _upright(array, height):
    """Examples that came as rows, turned into columns: the right numbers in the wrong shape."""
    on_end = (
        array is not None
        and array.ndim == 2
        and array.shape[0] != height
        and array.shape[1] == height
    )
    return array.T if on_end else array


class Run:
    """One run of `minibatches`: in which order the columns came, cut into which sizes."""

    def __init__(self, X, Y, size, pairs):
        self.n = n = X.shape[1]
        self.order, self.together = [], True
        for x, y, _ in pairs:
            for j in range(x.shape[1]):
                hits = np.flatnonzero(near(x[:, [j]], X).all(axis=0))
                self.order.append(int(hits[0]) if hits.size else -1)
                self.together &= bool(hits.size and near(y[:, j], Y[:, self.order[-1]]).all())
        self.shapes = all(good for *_, good in pairs)
        self.sizes = [x.shape[1] for x, _, _ in pairs]
        parts = np.split(np.array(self.order, dtype=int), np.cumsum(self.sizes)[:-1])
        self.twice = any(len(set(part)) < len(part) for part in parts)
        self.size = size
        self.wanted = [size] * (n // size) + [n % size] * (n % size > 0)
        self.once = sorted(self.order) == list(range(n))
        self.cut = self.sizes == self.wanted

    @property
    def neighbours(self):
        """Whether columns that were neighbours still are: mini-batches, or their members, shuffled
        among themselves."""
        parts = np.split(np.array(self.order, dtype=int), np.cumsum(self.sizes)[:-1])
        blocks = all(
            np.array_equal(np.sort(p), np.arange(len(p)) + min(p, default=0)) for p in parts
        )
        return blocks or np.count_nonzero(np.diff(self.order) == 1) > self.n / 2

    def once_row(self, twice):
        """What went wrong, how many came, how many should: the end of a row.

        `twice` says whether, in some run, one mini-batch held an example twice.
        """
        came = f"{len(set(self.order) - {-1})} of {self.n}"
        return self._missed(twice), came, "all of them, once"

    def _missed(self, twice):
        missing = self.n - len(self.order)
        if missing < 0:
            return "More examples came than there are. One epoch takes each of them once, and ends."
        if missing > 0 and missing == self.n % self.size:
            return "The last, short mini-batch is missing. What is left over counts too."
        if missing > 0:
            return f"{missing} of the examples never come."
        if -1 in self.order:
            return (
                "Some of the columns that came are no columns of X. Take whole columns: X[:,"
                " chosen]."
            )
        if twice:
            return (
                "Some come twice in one mini-batch, and others not at all. Draw a permutation, "
                "rng.permutation(n), which takes each number once."
            )
        return (
            "Some come in two mini-batches, and others in none. Draw one permutation of all n "
            "before the loop, rng.permutation(n), and cut it."
        )

    def evenly(self, parts):
        """Whether the columns were dealt out over so many mini-batches of nearly the same size."""
        return self.sizes == [self.n // parts + (k < self.n % parts) for k in range(parts)]

    def cut_row(self, every):
        """What went wrong, the sizes that came, those that should: the end of a row.

        `every` are all runs.
        """
        said = "Every mini-batch but the last has `size` columns; the last has what is left."
        if all(run.evenly(run.size) for run in every):
            said = (
                "There are `size` mini-batches. `size` is the number of columns in one of "
                "them; np.array_split and np.split are told the number of parts."
            )
        elif all(run.evenly(len(run.wanted)) or run.evenly(max(1, run.n // run.size))
                 for run in every):  # fmt: skip
            said = (
                "The columns were dealt out evenly, as np.array_split does. Here every "
                "mini-batch is full but the last, which has what is left: cut at size, 2·size, …"
            )
        elif 0 in self.sizes:
            said = (
                "A mini-batch is empty. range(0, n, size) ends in time, also when size divides n."
            )
        return said, str(self.sizes)[:60], str(self.wanted)[:60]


UNCUT = (
    "All examples came in one piece, whatever `size` was. Cut them into mini-batches.",
    "1 piece",
    "mini-batches",
)


def judge_batches(evidence):
    """The rows for `minibatches`; each must hold in every run."""
    cases, unchanged, failed, raised = [], True, [], True
    for case, records in zip(evidence.cases, evidence.observations, strict=True):
        X, Y = case.calls[0].arguments[0], case.calls[1].arguments[0]
        runs = []
        for k in range(0, len(records), BATCH_CALLS):
            handed, kept = records[k + 3], [read(r.returned) for r in records[k + 4 : k + 6]]
            pairs = (
                None
                if handed.error
                else read_pairs(handed.returned, len(X), len(Y), 2 * X.shape[1] + 2)
            )
            runs.append(
                Run(X, Y, case.calls[k + 2].arguments[2], pairs) if pairs is not None else None
            )
            failed += [case.label] if pairs is None and case.label not in failed else []
            raised &= pairs is not None or bool(handed.error)
            unchanged &= all(
                a is not None and np.array_equal(a, b) for a, b in zip(kept, (X, Y), strict=True)
            )
        cases.append(runs)
    cases = [runs for runs in cases if None not in runs]
    every = [run for runs in cases for run in runs]
    long = [runs for runs in cases if runs[0].n > 20]
    if not long or not any(run.sizes for run in every):
        return _no_pairs(raised and bool(failed))
    bad = lambda what: next((run for run in every if not getattr(run, what)), None)
    once, cut = (
        max(
            (run for run in every if not run.once),
            key=lambda run: run.n - len(run.order),
            default=None,
        ),
        bad("cut"),
    )
    twice = any(run.twice for run in every)
    # X and Y handed back: no work, though all are there
    uncut = all(len(run.sizes) == 1 for run in every)
    varied = all(first.order != other.order for first, _, other in long)
    mixed = not any(run.neighbours for runs in long for run in runs)
    return [
        row("pairs (X, Y)", not failed,
            f"For {', '.join(failed)} {'it failed' if raised else 'no pairs came back'}."),
        row("shape", not bad("shapes"),
            "Each X stays (d, m) and each Y (rows of Y, m), also for m = 1: X[:, chosen] with a list or a slice."),
        row("every example once", not once and not uncut, *(once.once_row(twice) if once else UNCUT)),
        row("X and Y stay together", not bad("together"),
            "A column of X came with another column's Y: the two were shuffled apart. Draw one order and use it for both."),
        row("sizes", not cut, *(cut.cut_row(every) if cut else ())),
        row("shuffled", varied and mixed,
            "Two different generators gave the same order. Draw the order from `rng` at each call." if not varied else
            "Columns that were neighbours still are: only the order of the mini-batches, or the order inside them, is random. "
            "Shuffle all columns first, then cut."),
        row("same seed, same order", all(first.order == same.order for first, same, _ in cases),
            "Two calls with equal generators gave two orders. All randomness must come from `rng`, none from np.random or "
            "random."),
        row("inputs unchanged", unchanged,
            "The X or Y that was handed in is another one afterwards. Shuffle an order of indices, not the arrays."),
    ]  # fmt: skip


def _no_pairs(raised):
    names = (
        "shape",
        "every example once",
        "X and Y stay together",
        "sizes",
        "shuffled",
        "same seed, same order",
        "inputs unchanged",
    )
    said = (
        "Something to loop over is wanted that gives pairs: X (d, m) and Y (rows of Y, m) with one"
        " m. Return a list of them, or `yield` one after the other."
    )
    first = row("pairs (X, Y)", False, "" if raised else said)
    return [first, *(row(name, False) for name in names)]


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
        return bool(near(self.parameters, parameters).all())

    def lost(self, losses):
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
    runs = [[read_trained(r, len(case.calls[0].arguments[0])) for r in records]
            for case, records in zip(evidence.cases, evidence.observations, strict=True)]  # fmt: skip
    if any(run is None for case in runs for run in case):
        failed = [
            r
            for records, tried in zip(evidence.observations, runs, strict=True)
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
