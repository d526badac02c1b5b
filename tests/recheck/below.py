"""The whole of what stands below a table: the diagnosis, the finding, the notes and the hint."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from autograder.evidence.probe import probe
from recheck.facts import Facts, Held
from recheck.report import Report
from recheck.table import PROPERTIES
from recheck.words import Words


def check_words(facts: Facts, verdict, report: Report) -> None:
    """Hold the diagnosis, the finding, the notes and the hint against the facts."""
    words = Words(facts, verdict, report)
    if verdict.diagnosis:
        _check_diagnosis(facts, verdict, report)
        words.read(verdict.diagnosis.numbers)
    words.read(verdict.finding)
    for note in verdict.notes:
        _check_note(facts, verdict, note, report)
    if verdict.hint and verdict.hint != (facts.exercise.hints or ("",))[0]:
        blamed = verdict.hint.removesuffix((facts.exercise.hints or ("",))[0]).strip()
        report.unknown(blamed, blamed)


#: Words of an explanation, and whether what they say is so of every wrong array (yours, exact).
EXPLAINED = {
    "Everything is 0": lambda mine, exact: not np.any(mine),
    "to base 10": lambda mine, exact: np.allclose(np.log(10) * mine, exact, rtol=1e-3),
}


def _check_diagnosis(facts: Facts, verdict, report: Report) -> None:
    """A diagnosis holds where one of the misconceptions of that name gives the student's
    numbers.
    """
    attempts = []
    for known in facts.exercise.misconceptions:
        if (
            known.name == verdict.diagnosis.name
            and known.explanation == verdict.diagnosis.explanation
        ):
            attempt = Report(answer=report.answer)
            _check_known(facts, verdict, known, attempt)
            attempts.append(attempt)
    if not attempts:
        report.claim(
            "diagnosis",
            f"no misconception is called {verdict.diagnosis.name} and explained like this",
        )
        return
    report.add(min(attempts, key=lambda attempt: len(attempt.false)))


def _check_known(facts: Facts, verdict, known, report: Report) -> None:
    functions = tuple(a or b for a, b in zip(known.functions, facts.exercise.solution, strict=True))
    theirs = Facts(
        facts.exercise,
        probe(facts.exercise.name, functions, facts.cases, 30 * facts.exercise.limit),
        facts.exact,
    )
    wrong = [row.name for row in verdict.rows if not row.general and not facts.right(row.name)]
    given = {row.name for row in verdict.rows if row.given}
    left = re.search(r"This does not explain (.*), which", verdict.finding)
    quoted = re.findall("“(.*?)”", left[1]) if left else []
    plain = re.split(", | and ", re.sub("“.*?”", "", left[1])) if left else []
    open_ = {row for row in facts.rows if facts.symbol(row) in (*quoted, *plain)}
    if not wrong:
        same = [
            row.name
            for row in verdict.rows
            if row.general and not row.ok and row.name in PROPERTIES
        ]
        holds = same and all(facts.right(row) for row in theirs.rows)
        report.claim(
            "diagnosis of a property", "" if holds else f"the numbers of “{known.name}” are wrong"
        )
    for row in wrong:
        if row in open_:
            report.claim("what a diagnosis leaves open", not _equal(facts, theirs, row))
        elif row not in given:
            report.claim(
                "diagnosis",
                ""
                if _equal(facts, theirs, row) or _overflows(facts, known.name, row)
                else f"{row} is not that of “{known.name}”",
            )
    for start, holds in EXPLAINED.items():
        if start in known.explanation and wrong and "about" not in known.explanation:
            pairs = [
                (a, b)
                for held in facts.rows[wrong[0]]
                for (a, b), ok in zip(held.pairs, held.marks, strict=True)
                if not ok
            ]
            report.claim(
                f"explanation: {start}",
                "" if all(holds(a, b) for a, b in pairs) else f"{wrong[0]}: {pairs[:1]}",
            )


def _equal(facts: Facts, theirs: Facts, row: str) -> bool:
    """Whether the student's values of a quantity are those of a known mistake, in every case."""
    return all(
        _alike(facts, a, theirs, b) for a, b in zip(facts.rows[row], theirs.rows[row], strict=True)
    )


def _overflows(facts: Facts, known: str, row: str) -> bool:
    """Whether all that is wrong of a quantity is no finite number, as the explanation says."""
    wrong = [mine for held in facts.rows[row] if not held.right for mine, _ in held.pairs]
    return known == "logarithm of zero" and bool(wrong) and not np.isfinite(wrong).any()


def _alike(facts: Facts, a: Held, theirs: Facts, b: Held) -> bool:
    errors = [
        f.record_behind(f.evidence, h.case, h.call).error for f, h in ((facts, a), (theirs, b))
    ]
    if any(errors):
        return all(errors) and errors[0].kind == errors[1].kind
    if facts.exercise.accept is not None and a.right and b.right:  # what is accepted may differ
        return True
    if len(a.pairs) != len(b.pairs) or not a.pairs:
        return a.whole == b.whole and len(a.pairs) == len(b.pairs)
    for (mine, exact), (other, _) in zip(a.pairs, b.pairs, strict=True):
        if (
            mine.size != other.size
            or mine.shape != other.shape
            and mine.size == exact.size
            and not a.single
        ):
            return False
        room = max(a.near, 1e-5) * max(
            1.0, float(np.max(np.abs(other[np.isfinite(other)]), initial=0))
        )
        with np.errstate(all="ignore"):
            near = (np.abs(mine.ravel() - other.ravel()) <= room) | (mine.ravel() == other.ravel())
        if not np.all(near | (np.isnan(mine.ravel()) & np.isnan(other.ravel()))):
            return False
    return True


def _check_note(facts: Facts, verdict, note: str, report: Report) -> None:
    if note.startswith("Your function prints a great deal"):
        printed = max(r.printed for records in facts.evidence.observations for r in records)
        report.claim("prints a great deal", printed > 100_000)
    elif note.startswith("The rows that are right so far come out right without any work"):
        right = [row.name for row in verdict.rows if row.ok and not row.general]
        report.claim(
            "right without any work",
            all(_needs_no_work(facts, row) for row in right) and verdict.score == 0,
        )
    else:
        report.unknown(note, str(replace(verdict, notes=())))


def _needs_no_work(facts: Facts, row: str) -> bool:
    """Whether a quantity is one number everywhere, or one of the arguments."""
    whole = np.concatenate(
        [np.ravel(b) for held in facts.rows[row] for _, b in held.pairs] or [np.zeros(1)]
    )
    if np.all(whole == whole[0]):
        return True
    for held in facts.rows[row]:
        arguments = [
            v
            for v in map(_array, facts.cases[held.case].calls[held.call].arguments)
            if v is not None
        ]
        if not any(
            v.size == np.size(held.exact) and np.array_equal(v.ravel(), np.ravel(held.exact))
            for v in arguments
        ):
            return False
    return True


def _array(value):
    return np.asarray(value, dtype=float) if isinstance(value, (int, float, np.ndarray)) else None
