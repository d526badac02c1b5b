"""Judging `minibatches`: whatever the order, each example comes once, beside its own target."""

from __future__ import annotations

import numpy as np

from autograder.exercises.logistic_neuron.cases import BATCH_CALLS
from autograder.exercises.logistic_neuron.chance import near, read, row

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
        return _no_pairs(raised and bool(failed), empty=bool(every) and not failed)
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


def _no_pairs(raised, empty):
    """The rows where no mini-batch came: the function failed, it gave something else, or it gave
    nothing at all."""
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
    if empty:
        said = "The loop gives no mini-batch at all: its body never runs. Look at its range."
    first = row("pairs (X, Y)", False, "" if raised else said)
    return [first, *(row(name, False) for name in names)]
