"""Where a student's own computation leaves the right way: found from a run line by line.

What the variables hold is compared with the exact quantities of the exercise
(`autograder.judging.way.run_graph`). Of the values that are not known to be right those count from
which a wrong result was computed; the first of them is what the claim names. Nothing here guesses:
where more lines come into question than can be named, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograder.evidence.inputs import Case, Digits, KeyPath, Ref, Rng, make
from autograder.evidence.probe import Evidence, run_case
from autograder.evidence.walk import QUICK, Walk, code_of, walk
from autograder.exercises.exercise import Exercise
from autograder.exercises.landmark_ways import way_through
from autograder.exercises.landmarks import landmarks
from autograder.judging.compare import find
from autograder.judging.table import only, tabulate
from autograder.judging.way.lost import Lost
from autograder.judging.way.recognising import Clear, close, flat
from autograder.judging.way.run_graph import Edge, Node, Run, joined
from autograder.judging.way.statements import Read, Statement, shown, statements

TRIED = 4  # failing cases that are looked at
WIDEST = 3  # lines that may be named together


class _Wrong(NamedTuple):
    """A call with wrong results, these by their path, those of them whose key is missing, and the
    landmarks on its way."""

    case: Case
    call: int
    function: int
    results: dict[KeyPath, Any]
    absent: frozenset[KeyPath]
    clear: Clear


class _End(NamedTuple):
    """A wrong result: what it was computed from, its line, and what it should be.

    `tail` where it is computed in the line that returns, `plain` where that computes nothing.
    """

    edges: list[Edge]
    line: int
    exact: np.ndarray | None
    tail: bool
    plain: bool
    path: KeyPath


class Question(NamedTuple):
    """What is to be followed line by line: a call of a case, and what is wrong about it."""

    wrong: _Wrong

    @property
    def case(self) -> Case:
        """With fresh inputs, as for every call."""
        return self.wrong.case

    @property
    def call(self) -> int:
        """Which of its calls: one of a student's function."""
        return self.wrong.call


def lost(
    exercise: Exercise, exact: Evidence, evidence: Evidence, functions: Sequence[Any]
) -> Lost | None:
    """Say where a wrong answer leaves the right way.

    Parameters
    ----------
    exercise
        What is asked.
    exact
        What the solution returns on the same cases.
    evidence
        What the functions did. They are called once more, on one of its cases.
    functions
        The student's, live.

    Returns
    -------
    Lost or None
        None where nothing is recognised, or nothing can be said that is certain.
    """
    if len(functions) != len(exercise.signatures):
        return None
    followed = [code_of(function) is not None for function in functions]
    question = ask(exercise, exact, evidence, followed)
    return told(question, walk(functions, question.case, question.call)) if question else None


@np.errstate(all="ignore")
def ask(
    exercise: Exercise, exact: Evidence, evidence: Evidence, followed: Sequence[bool] | None = None
) -> Question | None:
    """Choose the call that is worth being followed.

    Parameters
    ----------
    exercise, exact, evidence
        As for `lost`.
    followed
        For each of the student's functions whether it can be followed; None where nobody knows.

    Returns
    -------
    Question or None
        None where nothing would be recognised.
    """
    if exercise.properties is not None or evidence.problem:
        return None
    known = followed or [True] * len(exercise.signatures)
    found = _wrong_calls(exercise, exact, evidence, known)
    wrong = max(found, key=lambda w: w.clear.count, default=None)
    return Question(wrong) if wrong and wrong.clear.count else None


@np.errstate(all="ignore")
def told(question: Question, followed: Walk | None) -> Lost | None:
    """Say what a call showed that was followed; None where nothing is certain."""
    return _told(question.wrong, followed) if followed else None


def _wrong_calls(
    exercise: Exercise, exact: Evidence, evidence: Evidence, followed: Sequence[bool]
) -> Iterator[_Wrong]:
    """Of drawn cases the first call with wrong results, where there are landmarks on its way."""
    tried = 0
    for k in range(len(exercise.deck_cases), len(evidence.cases)):
        case, records = evidence.cases[k], evidence.observations[k]
        if tried == TRIED:
            return
        if not _may_be_run(case, records):
            continue
        table = tabulate(exercise, only(exact, k), only(evidence, k), exercise.rules)
        wrong = [
            place for entries in table.values() for place, compared in entries if not compared.right
        ]
        if not wrong:
            continue
        tried += 1
        call = min(place.call for place in wrong)
        function = case.calls[call].function
        way = way_through(exercise.name, function if isinstance(function, int) else None)
        if way is None or not isinstance(function, int) or not followed[function]:
            continue
        before = case._replace(calls=case.calls[:call])
        live = run_case(exercise.solution, before, exercise.limit)[1]
        arguments = tuple(make(argument, live) for argument in case.calls[call].arguments)
        results = {
            p.path: find(exact.observations[k][call].returned, p.path)
            for p in wrong
            if p.call == call
        }
        returned = records[call].returned
        absent = frozenset(path for path in results if _lacks(returned, path))
        clear = Clear(landmarks(way, arguments), arguments)
        yield _Wrong(case, call, function, results, absent, clear)


def _lacks(returned: Any, path: KeyPath) -> bool:
    """Whether a dictionary came back without the key at the end of a path."""
    around = find(returned, path[:-1]) if path else None
    return isinstance(around, dict) and path[-1] not in around


def _may_be_run(case: Case, records: Sequence[Any]) -> bool:
    """Whether a case can be run once more: it raised nothing and was done at once."""
    if len(records) < len(case.calls) or any(r.error or r.seconds > QUICK for r in records):
        return False
    return not any(isinstance(a, (Digits, Rng)) for call in case.calls for a in call.arguments)


def _told(wrong: _Wrong, followed: Walk) -> Lost | None:
    listed = statements(followed.source, followed.first)
    if not listed:
        return None
    clear = wrong.clear
    run = Run(followed, listed, clear, _referred(followed, wrong))
    if run.last is None or not run.last.returns:
        return None
    lines = [found for end in _ends(run, run.last, wrong) if (found := _lines(run, run.last, end))]
    if not lines:
        return None
    common = [node for node in lines[0][0] if all(node in part for part, _ in lines)]
    nodes, end = (
        (common, lines[0][1]) if common else min(lines, key=lambda one: _time(run, one[0][0]))
    )
    if common and any(
        not node.soft and _time(run, node) < _time(run, common[0])
        for part, _ in lines
        for node in part
    ):
        return None  # more than one slip, or one that no value shows
    firm = [node for node in nodes if not node.soft]
    nodes = _straight([node for node in firm if not node.aside] or firm or nodes)
    first, last = nodes[0], max(node.line for node in nodes)
    if first.given or last - first.line >= WIDEST:
        return None
    earlier = run.nodes[: _time(run, first)]
    held = list(
        dict.fromkeys(name for node in earlier for name in node.names if name in clear.named)
    )
    good = [node for node in earlier if node.new and not node.in_question()]
    if not held or not good:
        return None
    missing, back = _missing(run, clear, held), ""
    if missing is None:
        back = _come_back(end, clear, held)
        if not back:
            return None
    elif first.name == "" and end.plain:
        return (
            None  # the line that returns computes nothing: what is missing was left out before it
        )
    source, after = followed.source, good[-1]
    return Lost(
        wrong.case.label,
        tuple(held),
        after.line,
        _text(source, after),
        missing or "",
        first.line,
        last,
        _text(source, first),
        first.turn,
        _called(first, followed),
        back,
        str(end.path[-1]) if back and end.path in wrong.absent else "",
    )


def _straight(nodes: list[Node]) -> list[Node]:
    """Nodes in the order of time, up to where a loop goes back to an earlier line."""
    found = nodes[:1]
    for node in nodes[1:]:
        if node.line < found[-1].line or node.turn != found[0].turn and node.name:
            break
        found.append(node)
    return found


def _referred(followed: Walk, wrong: _Wrong) -> frozenset[str]:
    """The parameters that are given what an earlier call of the student's returned."""
    given = wrong.case.calls[wrong.call].arguments
    named = zip(followed.parameters, given, strict=False)
    return frozenset(name for name, one in named if isinstance(one, Ref))


def _ends(run: Run, last: Statement, wrong: _Wrong) -> Iterator[_End]:
    """The wrong results, each with what it was computed from."""
    for path, exact in wrong.results.items():
        part = next((p for p in last.parts if p.path == path[: len(p.path)]), None)
        reads = part.reads if part else last.reads
        line = part.line if part else last.first
        target = None if isinstance(exact, list) else np.asarray(exact, dtype=float)
        plain = bool(part and part.plain)
        asked = reads
        # an entry of the variable that is returned
        if part and part.plain and len(reads) == 1 and len(path) > len(part.path):
            key = path[len(part.path)]
            asked = frozenset(Read(r.name, key if r.key is None else r.key) for r in reads)
        edges = run.edges(asked)
        if not plain and part and path in run.returned and _follows(run, run.returned[path], edges):
            yield _End(edges, line, target, False, False, path)
            continue
        yield _End(edges, line, target, True, plain, path)


def _follows(run: Run, value: np.ndarray, edges: list[Edge]) -> bool:
    return run.clear.follows(value, run.sources(edges))


def _lines(run: Run, last: Statement, end: _End) -> tuple[list[Node], _End] | None:
    """The nodes in question behind a wrong result, the line that returns among them."""
    nodes = run.behind(end.edges)
    if end.tail and (not end.plain or not nodes):
        nodes.append(_tail(run, last, end))
    return (nodes, end) if nodes else None


def _tail(run: Run, last: Statement, end: _End) -> Node:
    """The line that returns, as a node of its own; one for each line."""
    made = run.__dict__.setdefault("tails", {})
    return made.setdefault(end.line, Node(last, "", end.line, 1, {}, {}))


def _time(run: Run, node: Node) -> int:
    return run.nodes.index(node) if node in run.nodes else len(run.nodes)


def _text(source: str, node: Node) -> str:
    one = node.statement.first == node.line and node.statement.simple
    return shown(source, node.line, node.statement.last if one else node.line)


def _called(node: Node, followed: Walk) -> tuple[str, ...]:
    """Functions of the notebook that a line calls."""
    return tuple(sorted(name for name in node.statement.calls if name in followed.notebook))


def _come_back(end: _End, clear: Clear, held: list[str]) -> str:
    """The quantity that was held and is not what came back; "" where none."""
    if end.exact is None:
        return ""
    shape, target = flat(end.exact)
    marks = [m.name for m, s, v in clear.sure if m.name in held and s == shape and close(target, v)]
    return marks[0] if len(marks) == 1 else ""


def _missing(run: Run, clear: Clear, held: Sequence[str]) -> str | None:
    """The first quantity that no variable held and from which nothing right was computed.

    A sum in which a part vanishes says nothing of its parts, unless it is one of those that were
    `held` before anything went wrong.
    """
    whole = joined(run.returned)
    values = [*run.seen, *run.returned.values(), *([whole] if whole is not None else [])]
    needs = {
        mark.name: mark.needs if mark.vouches or mark.name in held else ()
        for mark in clear.every
        if mark.name
    }
    absent = [name for name in needs if clear.absent(name, values)]
    needed: set[str] = set()
    pending = [name for name in needs if name not in absent]
    while pending:
        fresh = set(needs[pending.pop()]) - needed
        needed |= fresh
        pending += fresh
    return next((name for name in absent if name not in needed), None)
