"""What a student's function computed from what, in one run: a graph of values, and which of them
are right.

A value is right where it is an exact quantity of the exercise that no variable held before. It
vouches for what it was computed from. A value that is no such quantity, but is computed from
another as the lesson computes it, follows: not there, but at the other one the way was left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.evidence.inputs import KeyPath
from autograder.evidence.walk import Held, Step, Walk
from autograder.exercises.landmarks import Landmark
from autograder.judging.way.recognising import Clear, alike
from autograder.judging.way.statements import Part, Read, Statement

Paths = dict[KeyPath, np.ndarray]


@dataclass(eq=False, repr=False)
class Node:
    """What one executed statement set one variable to.

    `new` are the numbers that came in with it, by their path in the variable; `after` the nodes
    that it was computed from, each with the key of the entry that was read (None: all of it).
    `good` are the paths of which it is known that they are right. `turn` says how often the
    statement had been executed. `given`: it reads what an earlier call of the student's returned.
    `soft`: it computes nothing, and holds zeros, an entry of an argument, or an entry under its own
    key. `aside`: right values are only put into a list.
    """

    statement: Statement
    name: str
    line: int
    turn: int
    new: Paths
    held: Paths
    after: list[Edge] = field(default_factory=lambda: list[Edge]())
    before: Node | None = None
    names: tuple[str, ...] = ()
    right: bool = False
    vouches: bool = True
    good: set[KeyPath] = field(default_factory=lambda: set[KeyPath]())
    follows: bool = False
    given: bool = False
    soft: bool = False
    aside: bool = False

    def read(self, key: Any) -> Paths:
        """The numbers that come in where an entry of the variable is read."""
        return {
            path: part
            for path, part in self.new.items()
            if key is None or not path or path[:1] == (key,)
        }

    def in_question(self, key: Any = None) -> bool:
        """Whether something in it is neither known to be right nor follows from another value."""
        return not self.follows and any(path not in self.good for path in self.read(key))


#: A node, and the key of the entry of it that was read (None: all of it).
Edge = tuple[Node, Any]


def _instances(
    steps: Sequence[Step], listed: list[Statement]
) -> Iterator[tuple[Statement, dict[str, Held]]]:
    """Executed statements in the order of time, with what each changed."""
    current: Statement | None = None
    changed: dict[str, Held] = {}
    for step in steps:
        at = [s for s in listed if s.first <= step.line <= s.last]
        if not at:
            continue
        statement = min(at, key=lambda s: s.last - s.first)
        if statement is current and statement.simple and statement.last > statement.first:
            changed |= step.changed
            continue
        if current is not None:
            yield current, changed
        current, changed = statement, dict(step.changed)
    if current is not None:
        yield current, changed


class Run:
    """The graph of one run."""

    def __init__(
        self, followed: Walk, listed: list[Statement], clear: Clear, referred: frozenset[str]
    ):
        self.nodes: list[Node] = []
        self.latest: dict[str, Node] = {}
        self.values: dict[str, Held] = dict(followed.arguments)
        self.seen: list[np.ndarray] = [
            p for held in followed.arguments.values() for p in (held or {}).values()
        ]
        self.given = [*self.seen]
        self.arguments = frozenset(followed.arguments)
        self.returned: Paths = followed.returned or {}
        self.referred, self.clear, self.last = referred, clear, None
        self.met: set[str] = set()
        turns: dict[int, int] = {}
        for statement, changed in _instances(followed.steps, listed):
            turns[statement.first] = turns.get(statement.first, 0) + 1
            self._add(statement, changed, turns[statement.first])
            self.last = statement
        self._vouch()
        for node in self.nodes:
            node.aside = _is_put_away(node)
            self._see_whether_it_follows(node)

    def edges(self, reads: frozenset[Read], but: str = "") -> list[Edge]:
        """The nodes at which some variables, or entries of them, were set last."""
        found: list[Edge] = []
        for read in sorted(reads, key=str):
            node = self.latest.get(read.name) if read.name != but else None
            if node is not None:
                found.append((self.setting(node, read.key), read.key))
        return found

    @staticmethod
    def setting(node: Node, key: Any) -> Node:
        """The node at which an entry was set: this one, or one before."""
        at = node
        while (
            key is not None
            and at.before is not None
            and not any(path[:1] == (key,) for path in at.new)
        ):
            at = at.before
        return at if key is None or any(path[:1] == (key,) for path in at.new) else node

    def _add(self, statement: Statement, changed: dict[str, Held], turn: int) -> None:
        made: list[Node] = []
        for name in sorted(set(changed) | {name for name in statement.sets if name in self.values}):
            held = changed.get(name, self.values.get(name)) or {}
            old = self.values.get(name) or {}
            if (
                name in self.values
                and same(held, old)
                and any(np.any(part) for part in held.values())
            ):
                continue  # set to what it was
            filled = name in changed and name not in statement.sets and name in self.values
            box = filled and (any(held) or _one_array(held, old))
            part = next((p for p in statement.parts if p.name == name), None)
            reads = part.reads if part else statement.reads
            line = part.line if part else statement.first
            node = Node(statement, name, line, turn, _fresh(held, old, box), dict(held))
            node.after = self.edges(reads, name if box else "")
            node.given = any(read.name in self.referred for read in reads)
            node.before = self.latest.get(name) if box else None
            node.soft = _is_loop(statement, name) or bool(
                part and part.plain and _says_little(node, part, self.arguments)
            )
            self._recognise(node)
            made.append(node)
        for node in made:
            self.latest[node.name], self.values[node.name] = node, node.held
            self.nodes.append(node)

    def _recognise(self, node: Node) -> None:
        whole = joined(node.held)
        if whole is not None:
            self.seen.append(whole)
            if marks := self._first_met(whole):
                node.names, node.vouches = (
                    tuple(m.name for m in marks),
                    all(m.vouches for m in marks),
                )
                node.right, node.good = True, {*node.new}
                node.after += [(node.before, None)] if node.before else []
                return
        vouching: list[bool] = []
        for path, part in node.new.items():
            self.seen.append(part)
            marks = self._first_met(part)
            if marks:
                node.good.add(path)
                node.names += tuple(m.name for m in marks)
                vouching.append(all(m.vouches for m in marks))
            elif self.clear.is_count(part) or path and any(alike(part, one) for one in self.given):
                node.good.add(path)
        node.right = bool(vouching) and len(node.good) == len(node.new)
        node.vouches = bool(vouching) and all(vouching)

    def _first_met(self, value: np.ndarray) -> list[Landmark]:
        """The landmarks that a value is and that no variable held before."""
        marks = [mark for mark in self.clear.which(value) if mark.name not in self.met]
        self.met |= {mark.name for mark in marks}
        return marks

    def _vouch(self) -> None:
        """What a right value is computed from is right."""
        pending = [
            (edge, node)
            for node in self.nodes
            if node.right and node.vouches
            for edge in node.after
        ]
        while pending:
            (node, key), by = pending.pop()
            if node.statement is by.statement and node.name == by.name and node.turn != by.turn:
                continue  # round for round: two wrong signs make a right one
            found = node.read(key)
            copied = {
                path
                for path, part in found.items()
                if any(alike(part, other) for other in by.new.values())
            }
            fresh = (copied or {*found}) - node.good
            if fresh:
                node.good |= fresh
                pending += [(edge, node) for edge in node.after]

    def _see_whether_it_follows(self, node: Node) -> None:
        for path, part in node.new.items():
            if path in node.good:
                continue
            if not self.clear.follows(part, self.sources(node.after)):
                return
        node.follows = bool(set(node.new) - node.good)

    def sources(self, edges: list[Edge]) -> list[np.ndarray]:
        """The values in question that are read."""
        return [
            part
            for node, key in edges
            for path, part in node.read(key).items()
            if path not in node.good
        ]

    def behind(self, edges: list[Edge]) -> list[Node]:
        """The nodes in question from which something was computed, in the order of time."""
        found: set[Node] = set()
        seen: set[tuple[int, Any]] = set()
        pending = [*edges]
        while pending:
            node, key = pending.pop()
            if (id(node), key) in seen:
                continue
            seen.add((id(node), key))
            if node.in_question(key):
                found.add(node)
            if key is None or node.read(key):
                pending += node.after
            if node.before is not None and (key is None or not node.read(key)):
                pending.append((node.before, key))
        return [node for node in self.nodes if node in found]


def same(a: Paths, b: Paths) -> bool:
    """Whether two variables hold the same numbers in the same places."""
    return a.keys() == b.keys() and all(alike(part, b[path]) for path, part in a.items())


def _one_array(held: Paths, old: Paths) -> bool:
    """Whether a variable is an array in which some rows or entries were set."""
    one, other = held.get(()), old.get(())
    return one is not None and other is not None and one.ndim > 0 and one.shape == other.shape


def _fresh(held: Paths, old: Paths, box: bool) -> Paths:
    """What came in: all of a new value, of a container the entries that it did not hold before."""
    if not box:
        return dict(held)
    if () in held:
        now, before = held[()], old[()]
        return {
            (k,): row
            for k, row in enumerate(now)
            if not np.array_equal(row, before[k], equal_nan=True)
        }
    return {
        path: part
        for path, part in held.items()
        if not any(alike(part, kept) for kept in old.values())
    }


def _says_little(node: Node, part: Part, arguments: frozenset[str]) -> bool:
    """Whether it is hardly a slip: zeros to begin with, or y1 = f["y1"]."""
    if node.new and all(not np.any(value) for value in node.new.values()):
        return True
    if part.entry and any(read.name in arguments for read in part.reads):
        return True  # weights[k - 1]
    return [read.key for read in part.reads] == [node.name]


def _is_put_away(node: Node) -> bool:
    """Whether right values are only put into a list, as in ``zs.append(z)``.

    Where that is the slip, what is computed from them follows, and nothing else is in question.
    """
    right = [
        part
        for earlier, key in node.after
        for path, part in earlier.read(key).items()
        if path in earlier.good
    ]
    return (
        node.before is not None
        and () not in node.held
        and bool(node.new)
        and all(len(path) == 1 and isinstance(path[0], int) for path in node.new)
        and all(any(alike(part, one) for one in right) for part in node.new.values())
    )


def _is_loop(statement: Statement, name: str) -> bool:
    """Whether a variable is what a loop runs over."""
    return not statement.simple and name in statement.sets


def joined(held: Paths) -> np.ndarray | None:
    """A list of single numbers as one array."""
    if len(held) > 1 and all(len(path) == 1 and part.ndim == 0 for path, part in held.items()):
        return np.array([float(part) for part in held.values()])
    return None
