"""Exercises that are judged as a whole: what can be computed again of their verdicts.

Rows of which nothing is computed here are listed by their words, and no number in them may come
from nowhere.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable

import numpy as np

from recheck import chance, networks
from recheck.chance import agrees
from recheck.descents import is_end, slip_of
from recheck.facts import Facts, numbers
from recheck.problems import in_words
from recheck.report import Report


def check_whole(facts: Facts, verdict, report: Report) -> None:
    """Hold the rows' marks against the score and the facts, what was raised against the records;
    the rest is listed.
    """
    every = all(row.ok for row in verdict.rows)
    report.claim("all right", "" if verdict.passed == every else f"the score is {verdict.score}")
    world = " ".join(f"{row.name} {row.yours} {row.exact}" for row in verdict.rows)
    known = {**CHECKS, **networks.CHECKS}.get(facts.exercise.name, {})
    failed = [r for records in facts.evidence.observations for r in records if r.error]
    raised = [in_words(facts, r) for r in failed]
    raised += [f"{r.error.kind}: {r.error.message}"[:120] for r in failed]  # as a row has it
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
        report.claim(
            "what was raised, and where",
            "" if holds else f"{verdict.finding} But raised is {raised[:2]}",
        )
    named = _named(facts, verdict.diagnosis.explanation) if verdict.diagnosis else None
    if named is None and verdict.diagnosis:
        named = networks.said_of(facts, verdict.diagnosis.explanation)
    if (answer := named) is not None:
        report.claim("diagnosis", answer)
    elif verdict.diagnosis:
        report.unknown(f"diagnosis | {verdict.diagnosis.explanation}", f"{world} {_source(facts)}")


def _source(facts: Facts) -> str:
    """The text of the exercise's own module, whose sentences may hold numbers of their own, and
    what was handed in.
    """
    given = [
        repr(a)
        for case in facts.cases
        for call in case.calls
        for a in call.arguments
        if not isinstance(a, np.ndarray) or a.size < 20
    ]
    return " ".join([inspect.getsource(sys.modules[facts.exercise.properties.__module__]), *given])


# ---- initialise_scaled


def _variance(kind: str) -> Callable:
    def test(facts: Facts, row) -> str | None:
        asked = {"variance, kind left out": 0, 'variance, "xavier"': 1, 'variance, "he"': 2}[
            row.name
        ]
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
        told = re.match(
            r"this is(?: the variance| He's variance|) "
            r"?(1/fan_in|2/fan_in|1/fan_out|2/fan_out)(?![\w(])",
            row.comment,
        )
        if told:
            is_ = {
                "1/fan_in": lambda i, o: 1 / i,
                "2/fan_in": lambda i, o: 2 / i,
                "1/fan_out": lambda i, o: 1 / o,
                "2/fan_out": lambda i, o: 2 / o,
            }[told[1]]
            if any(abs(v / is_(i, o) - 1) > 0.081 for v, (i, o) in zip(found, pairs, strict=True)):
                return f"{row.comment} But yours are {found}"
        return agrees(row, off < 0.08)

    return test


def _biases(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    biases = [
        numbers(b)
        for records in facts.evidence.observations
        for r in records
        if not r.error
        for b in r.returned[1]
    ]
    return agrees(row, not any(np.any(b) for b in biases))


# ---- train


def _unchanged(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    changed = any(
        k < 2 for records in facts.evidence.observations for r in records for k in r.changed
    )
    return agrees(row, not changed)


def _losses(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    counts = [
        (np.size(r.returned[2]), call.arguments[3])
        for case, records in zip(facts.cases, facts.evidence.observations, strict=True)
        for call, r in zip(case.calls, records, strict=True)
    ]
    if row.yours and (int(row.yours), int(row.exact)) not in counts:
        return f"{row.yours} and {row.exact} are shown for {counts}"
    return agrees(row, all(a == b for a, b in counts))


def _last_loss(facts: Facts, row) -> str | None:
    if not row.ok and not row.comment:
        return None
    ends = []
    for case, records in zip(facts.cases[4:6], facts.evidence.observations[4:6], strict=True):
        for call, record in zip(case.calls, records, strict=True):
            X, Y = call.arguments[:2]
            parts = [numbers(part) for part in record.returned]
            if any(part is None for part in parts):
                return agrees(row, False)
            w, b, losses = map(np.ravel, parts)
            a = np.clip(1 / (1 + np.exp(-(w @ X + b[0]))), 1e-13, 1 - 1e-13)  # as the lesson's loss
            mean = float(-np.mean(Y * np.log(a) + (1 - Y) * np.log(1 - a)))
            ends.append((float(losses[-1]) if len(losses) else np.nan, mean))
    if row.yours and (row.yours, row.exact) != tuple(f"{v:.6g}" for v in ends[0]):
        return f"{row.yours} and {row.exact} are shown for {ends[0]}"
    off = max(abs(a - b) / max(1, abs(b)) for a, b in ends)
    return agrees(row, off < 1e-4) if not 5e-5 < off < 2e-4 else ""


CERTAIN = (
    0,
    1,
    6,
)  # cases of `train` in which no shuffle changes anything; in the third all examples are one


def _steps(*cases: int) -> Callable:
    def test(facts: Facts, row) -> str | None:
        tried = [
            (facts.cases[k], record) for k in cases for record in facts.evidence.observations[k]
        ]
        if row.ok or row.comment.startswith("These are not steps"):
            same = all(is_end(case, record, {}) for case, record in tried)
            return agrees(row, same)
        return _named(facts, row.comment)

    return test


def _named(facts: Facts, said: str) -> str | None:
    """Why a slip of `train` is not the one that is named; None where none is."""
    slip = slip_of(said)
    if slip is None or facts.exercise.name != "logistic_neuron.train":
        return None
    found = any(
        is_end(facts.cases[k], record, slip)
        for k in (*CERTAIN, 2)
        for record in facts.evidence.observations[k]
    )
    return "" if found else f"{said} But no w, b are those"


CHECKS: dict[str, dict[str, Callable]] = {
    "practice.split": {
        "disjoint": chance.disjoint,
        "together 0 … n-1": chance.together,
        "sizes": chance.sizes,
    },
    "logistic_neuron.minibatches": {
        "every example once": chance.once,
        "X and Y stay together": chance.stay,
        "sizes": chance.cut,
    },
    "practice.scaled_initialisation": {
        "variance, kind left out": _variance("xavier"),
        'variance, "xavier"': _variance("xavier"),
        'variance, "he"': _variance("he"),
        "biases 0": _biases,
        "shape": networks.array_shape,
    },
    "logistic_neuron.train": {
        "full batch: w, b": _steps(*CERTAIN),
        "mini-batches: w, b": _steps(2),
        "inputs unchanged": _unchanged,
        "one loss an epoch": _losses,
        "losses[-1] belongs to w, b": _last_loss,
    },
}
