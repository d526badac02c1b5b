"""Exercises that are judged by what holds for the whole: what can be computed again of their verdicts.

Rows of which nothing is computed here are listed by their words, and no number in them may come from nowhere.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator

import numpy as np

from recheck import networks
from recheck.descents import is_end, slip_of
from recheck.facts import Facts, numbers
from recheck.problems import in_words
from recheck.report import Report


def check_whole(facts: Facts, verdict, report: Report) -> None:
    """Hold the rows' marks against the score and the facts, what was raised against the records; the rest is listed."""
    every = all(row.ok for row in verdict.rows)
    report.claim("all right", "" if verdict.passed == every else f"the score is {verdict.score}")
    world = " ".join(f"{row.name} {row.yours} {row.exact}" for row in verdict.rows)
    known = {**CHECKS, **networks.CHECKS}.get(facts.exercise.name, {})
    raised = [in_words(facts, r) for records in facts.evidence.observations for r in records if r.error]
    for row in verdict.rows:
        test = known.get(row.name)
        answer = test(facts, row) if test else None
        if answer is not None:
            report.claim(f"{facts.exercise.name}: {row.name}", answer)
        elif any(said and row.comment.startswith(said.rstrip(".?")) for said in raised):
            report.claim("what was raised, and where", True)
        elif row.comment:
            report.unknown(f"{row.name} | {row.comment}", f"{world} {_source(facts)}")
    if verdict.finding:
        holds = any(said and verdict.finding.startswith(said.rstrip(".?")) for said in raised)
        report.claim("what was raised, and where", "" if holds else f"{verdict.finding} But raised is {raised[:2]}")
    if verdict.diagnosis and (answer := _named(facts, verdict.diagnosis.explanation)) is not None:
        report.claim("diagnosis", answer)
    elif verdict.diagnosis:
        report.unknown(f"diagnosis | {verdict.diagnosis.explanation}", f"{world} {_source(facts)}")


def _source(facts: Facts) -> str:
    """The text of the exercise's own module, whose sentences may hold numbers of their own, and what was handed in."""
    given = [repr(a) for case in facts.cases for call in case.calls for a in call.arguments
             if not isinstance(a, np.ndarray) or a.size < 20]
    return " ".join([inspect.getsource(sys.modules[facts.exercise.properties.__module__]), *given])


def _agrees(row, holds: bool, said: str = "") -> str:
    """A row's mark held against what is so."""
    return "" if row.ok == holds else f"{row.name} is {'right' if holds else 'wrong'}{': ' * bool(said)}{said}"


# ---- train_validation_test


def _splits(facts: Facts) -> Iterator[tuple[int, tuple, list[np.ndarray]]] | None:
    """Every call: how many examples, into which fractions, and the indices that came; None where some came as none."""
    found = []
    for case, records in zip(facts.cases, facts.evidence.observations, strict=True):
        for call, record in zip(case.calls, records, strict=True):
            parts = record.returned if isinstance(record.returned, (list, np.ndarray)) else []
            arrays = [np.ravel(a) for a in map(numbers, parts) if a is not None]
            if record.error or len(parts) != 3 or len(arrays) != 3:
                return None
            if any(not np.isfinite(a).all() or np.any(a != np.round(a)) for a in arrays):
                return None
            found.append((*call.arguments[:2], arrays))
    return found


def _disjoint(facts: Facts, row) -> str:
    calls = _splits(facts)
    twice = calls is not None and any(len(set(all_)) < len(all_) or not len(all_) for *_, p in calls for all_ in [np.concatenate(p)])
    return _agrees(row, calls is not None and not twice)


def _together(facts: Facts, row) -> str | None:
    calls = _splits(facts)
    missing = calls is None or any(set(np.concatenate(p)) != set(range(n)) for n, _, p in calls)
    missing |= calls is not None and any(not len(p) and n * f > 1 for n, fs, ps in calls for p, f in zip(ps, fs, strict=True))
    if found := re.fullmatch(r"n = (\d+): in no set: (\d+) of the examples", row.comment):
        told = [len(set(range(n)) - set(np.concatenate(p))) for n, _, p in calls or () if n == int(found[1])]
        if int(found[2]) not in told:
            return f"{row.comment} But it is {told}"
    if found := re.fullmatch(r"n = (\d+): indices count from 0 to n - 1; yours count from 1", row.comment):
        if not any(n == int(found[1]) and set(np.concatenate(p)) == set(range(1, n + 1)) for n, _, p in calls or ()):
            return row.comment
    if found := re.fullmatch(r"n = (\d+): indices count from 0 to n - 1", row.comment):
        if not any(n == int(found[1]) and set(np.concatenate(p)) - set(range(n)) for n, _, p in calls or ()):
            return row.comment
    return _agrees(row, not missing)


def _sizes(facts: Facts, row) -> str:
    calls = _splits(facts)
    off = calls is None or any(abs(len(p) - n * f) > 1 + 1e-9 for n, fs, ps in calls for p, f in zip(ps, fs, strict=True))
    if found := re.match(r"n = (\d+), fractions \((.*?)\): the sizes are ([\d, ]+)", row.comment):
        told = [", ".join(str(len(p)) for p in ps) for n, fs, ps in calls or () if (n, str(fs)) == (int(found[1]), f"({found[2]})")]
        if found[3] not in told:
            return f"{row.comment} But they are {told}"
    if calls and row.yours != ", ".join(str(len(p)) for p in calls[0][2]):
        return f"{row.yours} is shown for {[len(p) for p in calls[0][2]]}"
    return _agrees(row, not off)


# ---- minibatches


def _loops(facts: Facts) -> Iterator[tuple] | None:
    """Every run: X, Y, size, and the pairs that came; None where something else came."""
    found = []
    for case, records in zip(facts.cases, facts.evidence.observations, strict=True):
        X, Y = case.calls[0].arguments[0], case.calls[1].arguments[0]
        for call, record in zip(case.calls, records, strict=True):
            if call.function != "collect":
                continue
            made = records[call.arguments[0].call] if hasattr(call.arguments[0], "call") else record
            size = case.calls[call.arguments[0].call].arguments[2]
            if record.error or made.error or not isinstance(record.returned, list):
                return None
            pairs = []
            for item in record.returned:
                arrays = [numbers(part) for part in item] if isinstance(item, list) or isinstance(item, np.ndarray) else []
                if len(arrays) != 2 or any(a is None or a.ndim != 2 for a in arrays):
                    return None
                if (len(arrays[0]), len(arrays[1])) != (len(X), len(Y)) or arrays[0].shape[1] != arrays[1].shape[1]:
                    return None
                pairs.append(arrays)
            found.append((X, Y, size, pairs))
    return found or None


def _columns(X: np.ndarray, x: np.ndarray) -> list[int]:
    """Which columns of X the columns of x are; -1 where none."""
    found = []
    for column in x.T:
        hits = np.flatnonzero(np.all(np.abs(X - column[:, None]) <= 1e-4 * np.maximum(1, np.abs(X)), axis=0))
        found.append(int(hits[0]) if len(hits) else -1)
    return found


def _once(facts: Facts, row) -> str | None:
    loops = _loops(facts)
    if loops is None:
        return None
    orders = [(X.shape[1], [k for x, _ in pairs for k in _columns(X, x)], len(pairs)) for X, _, _, pairs in loops]
    once = all(sorted(order) == list(range(n)) for n, order, _ in orders)
    if found := re.match(r"(\d+) of the examples never come", row.comment):
        if int(found[1]) not in [n - len(order) for n, order, _ in orders]:
            return f"{row.comment} But not so many"
    if "Some come twice in one" in row.comment:
        twice = [c for X, _, _, pairs in loops for x, _ in pairs for c in [_columns(X, x)] if len(set(c)) < len(c)]
        if not twice:
            return f"{row.comment} But no mini-batch has one twice"
    if "Some come in two" in row.comment and once:
        return row.comment
    return _agrees(row, once and any(pieces > 1 for *_, pieces in orders))


def _stay(facts: Facts, row) -> str | None:
    loops = _loops(facts)
    if loops is None:
        return None
    apart = [1 for X, Y, _, pairs in loops for x, y in pairs for j, k in enumerate(_columns(X, x))
             if k < 0 or not np.allclose(y[:, j], Y[:, k], rtol=1e-4, atol=1e-4)]  # fmt: skip
    return _agrees(row, not apart)


def _cut(facts: Facts, row) -> str | None:
    loops = _loops(facts)
    if loops is None:
        return None
    sizes = [([x.shape[1] for x, _ in pairs], [size] * (X.shape[1] // size) + [X.shape[1] % size] * (X.shape[1] % size > 0))
             for X, _, size, pairs in loops]  # fmt: skip
    if row.yours and (row.yours, row.exact) not in [(str(a)[:60], str(b)[:60]) for a, b in sizes]:
        return f"{row.yours} and {row.exact} are shown for {sizes[:3]}"
    return _agrees(row, all(a == b for a, b in sizes))


# ---- initialise_scaled


def _variance(kind: str) -> Callable:
    def test(facts: Facts, row) -> str | None:
        asked = {"variance, kind left out": 0, 'variance, "xavier"': 1, 'variance, "he"': 2}[row.name]
        call, record = facts.cases[0].calls[asked], facts.evidence.observations[0][asked]
        if record.error or row.yours == "—" or not isinstance(record.returned, list):
            return None
        sizes = call.arguments[0]
        pairs = list(zip(sizes, sizes[1:], strict=False))
        wanted = [2 / (i + o) if kind == "xavier" else 2 / i for i, o in pairs]
        found = [float(np.var(numbers(W))) for W in record.returned[0]]
        if [f"{v:.3g}" for v in found] != row.yours.split(", "):
            return f"{row.yours} is shown for {found}"
        if not row.exact.endswith(", ".join(f"{v:.3g}" for v in wanted)):
            return f"{row.exact} is shown for {wanted}"
        off = max(abs(a / b - 1) for a, b in zip(found, wanted, strict=True))
        told = re.match(r"this is(?: the variance| He's variance|) ?(1/fan_in|2/fan_in|1/fan_out|2/fan_out)(?![\w(])", row.comment)
        if told:
            is_ = {"1/fan_in": lambda i, o: 1 / i, "2/fan_in": lambda i, o: 2 / i, "1/fan_out": lambda i, o: 1 / o,
                   "2/fan_out": lambda i, o: 2 / o}[told[1]]  # fmt: skip
            if any(abs(v / is_(i, o) - 1) > 0.081 for v, (i, o) in zip(found, pairs, strict=True)):
                return f"{row.comment} But yours are {found}"
        return _agrees(row, off < 0.08)

    return test


def _biases(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    biases = [numbers(b) for records in facts.evidence.observations for r in records if not r.error for b in r.returned[1]]
    return _agrees(row, not any(np.any(b) for b in biases))


# ---- train


def _unchanged(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    changed = any(k < 2 for records in facts.evidence.observations for r in records for k in r.changed)
    return _agrees(row, not changed)


def _losses(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    counts = [(np.size(r.returned[2]), call.arguments[3]) for case, records in zip(facts.cases, facts.evidence.observations, strict=True)
              for call, r in zip(case.calls, records, strict=True)]  # fmt: skip
    if row.yours and (int(row.yours), int(row.exact)) not in counts:
        return f"{row.yours} and {row.exact} are shown for {counts}"
    return _agrees(row, all(a == b for a, b in counts))


def _last_loss(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    ends = []
    for case, records in zip(facts.cases[4:6], facts.evidence.observations[4:6], strict=True):
        for call, record in zip(case.calls, records, strict=True):
            X, Y = call.arguments[:2]
            w, b, losses = (np.ravel(numbers(part)) for part in record.returned)
            a = np.clip(1 / (1 + np.exp(-(w @ X + b[0]))), 1e-13, 1 - 1e-13)  # as the lesson's loss
            mean = float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a)))
            ends.append((float(losses[-1]) if len(losses) else np.nan, mean))
    if row.yours and (row.yours, row.exact) != tuple(f"{v:.6g}" for v in ends[0]):
        return f"{row.yours} and {row.exact} are shown for {ends[0]}"
    off = max(abs(a - b) / max(1, abs(b)) for a, b in ends)
    return _agrees(row, off < 1e-4) if not 5e-5 < off < 2e-4 else ""


CERTAIN = (0, 1, 6)  # cases of `train` in which no shuffle changes anything but rounding; in the third all examples are one


def _steps(*cases: int) -> Callable:
    def test(facts: Facts, row) -> str | None:
        tried = [(facts.cases[k], record) for k in cases for record in facts.evidence.observations[k]]
        if row.ok or row.comment.startswith("These are not steps"):
            same = all(is_end(case, record, {}) for case, record in tried)
            return _agrees(row, same)
        return _named(facts, row.comment)

    return test


def _named(facts: Facts, said: str) -> str | None:
    """Why a slip of `train` is not the one that is named; None where none is."""
    slip = slip_of(said)
    if slip is None or facts.exercise.name != "logistic_neuron.train":
        return None
    found = any(is_end(facts.cases[k], record, slip) for k in (*CERTAIN, 2) for record in facts.evidence.observations[k])
    return "" if found else f"{said} But no w, b are those"


CHECKS: dict[str, dict[str, Callable]] = {
    "practice.split": {"disjoint": _disjoint, "together 0 … n-1": _together, "sizes": _sizes},
    "logistic_neuron.minibatches": {"every example once": _once, "X and Y stay together": _stay, "sizes": _cut},
    "practice.scaled_initialisation": {"variance, kind left out": _variance("xavier"), 'variance, "xavier"': _variance("xavier"),
                                       'variance, "he"': _variance("he"), "biases 0": _biases,
                                       "shape": networks.array_shape},
    "logistic_neuron.train": {"full batch: w, b": _steps(*CERTAIN), "mini-batches: w, b": _steps(2), "inputs unchanged": _unchanged, "one loss an epoch": _losses, "losses[-1] belongs to w, b": _last_loss},
}  # fmt: skip
