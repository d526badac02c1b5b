"""Wrong answers whose wrong line is known: functions written line by line, with one slip in one
line.

``python tests/lost_bank.py`` judges all of them and prints what the verdicts say; with a number,
every so many-th; with ``blind``, those that were written as students would write them, before
anything had judged them.
"""

from __future__ import annotations

import ast
import linecache
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).with_name("mutation")))

from lesson_functions import functions, namespace
from operators import versions

from autograder import assess
from autograder.judging.verdict import Verdict

SEED = 3
BANK = Path(__file__).with_name("bank") / "lost_solutions.toml"
BLIND = BANK.with_name("lost_blind.toml")
HEADS = (ast.For, ast.If)


class Slip(NamedTuple):
    """An answer with one slip, the wrong line, and whether a right quantity stands before it."""

    exercise: str
    code: str
    line: int
    something_before: bool


class Tried(NamedTuple):
    """A slip and the verdict on it."""

    slip: Slip
    verdict: Verdict

    @property
    def counts(self) -> bool:
        """Whether numbers came back, some of them wrong, and no misconception is told."""
        rows = [row for row in self.verdict.rows if not row.general and not row.ok]
        raised = any(
            "Error" in text for text in (self.verdict.finding, *(row.comment for row in rows))
        )
        return bool(rows) and not raised and self.verdict.diagnosis is None

    @property
    def right(self) -> bool:
        """Whether the named line is the wrong one or next to it; of several the middle counts."""
        lost = self.verdict.lost
        return lost is not None and abs((lost.line + lost.until) / 2 - self.slip.line) <= 1

    @property
    def wrong(self) -> bool:
        """Whether another line is named, or the slip's own is said to be among the right ones."""
        lost = self.verdict.lost
        return lost is not None and (
            not self.right or lost.turn == 1 and lost.after >= self.slip.line
        )


def slips(every: int = 1) -> Iterator[Slip]:
    """The slips of the bank, or every so many-th of them."""
    number = 0
    for solution in tomllib.loads(BANK.read_text(encoding="utf-8"))["solution"]:
        seen = {solution["code"]}
        for line, code in _changed(solution["code"]):
            if code not in seen:
                seen.add(code)
                number += 1
                if number % every == 0:
                    yield Slip(solution["exercise"], code, line, line > solution["after"])


def blind() -> list[Slip]:
    """The wrong answers that were written before anything had judged them."""
    found = tomllib.loads(BLIND.read_text(encoding="utf-8"))["blind"]
    return [Slip(one["exercise"], one["code"], one["line"], True) for one in found]


def _changed(code: str) -> Iterator[tuple[int, str]]:
    """(line, text) of a function with one slip in one line. A missing line is none."""
    lines, tree = code.splitlines(keepends=True), ast.parse(code)
    whole = ast.unparse(tree)
    for holder, name, index, node, above in [*_places(tree.body[0], [])]:
        statement = next(
            (one for one in reversed([*above, node]) if isinstance(one, ast.stmt)), None
        )
        if statement in (None, tree.body[0]) or not hasattr(node, "lineno"):
            continue
        if node is statement and isinstance(node, (*HEADS, ast.Return)):
            continue
        for new in versions(node, above):
            _put(holder, name, index, new)
            text = ast.unparse(ast.fix_missing_locations(new if node is statement else statement))
            other = ast.unparse(tree) != whole
            _put(holder, name, index, node)
            if not other or isinstance(new, ast.Pass):
                continue
            last = (
                statement.body[0].lineno - 1
                if isinstance(statement, HEADS)
                else statement.end_lineno
            )
            if last > statement.lineno:
                changed = _in_place(lines, node, new)
                at = node.lineno
            else:
                first = text.splitlines()[0] if isinstance(statement, HEADS) else text
                changed, at = f"{' ' * statement.col_offset}{first}\n", statement.lineno
            if changed:
                yield at, "".join([*lines[: at - 1], changed, *lines[at:]])


def _in_place(lines: list[str], node: ast.expr, new: ast.AST) -> str:
    """A line of a longer statement with one expression changed; "" where it is longer."""
    if node.lineno != node.end_lineno:
        return ""
    line, text = lines[node.lineno - 1].encode(), f"({ast.unparse(ast.fix_missing_locations(new))})"
    return (line[: node.col_offset] + text.encode() + line[node.end_col_offset :]).decode()


def _places(node: ast.AST, above: list[ast.AST]) -> Iterator[tuple]:
    for name, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield node, name, index, child, [*above, node]
                yield from _places(child, [*above, node])


def _put(holder: ast.AST, name: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(holder, name, node)
    else:
        getattr(holder, name)[index] = node


def in_a_cell(code: str, scope: dict) -> None:
    """Run a cell as a notebook does: its text is known to whoever asks for a line of it."""
    name = f"<cell {len(linecache.cache)}>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    exec(compile(code, name, "exec"), scope)


def tried(slip: Slip) -> Tried:
    """Judge a slip as a notebook with the lesson's other functions would."""
    scope = namespace(slip.exercise.partition(".")[0])
    in_a_cell(slip.code, scope)
    return Tried(slip, assess(slip.exercise, *functions(slip.exercise, scope), seed=SEED))


def counted(every: int) -> list[Tried]:
    """The slips that count, of every so many; of those written blind, where `every` is 0."""
    return [one for one in map(tried, slips(every) if every else blind()) if one.counts]


def summary(found: list[Tried]) -> str:
    """The numbers of a bank in one sentence."""
    able = [one for one in found if one.slip.something_before]
    right, wrong = sum(one.right for one in able), sum(one.wrong for one in found)
    return (
        f"{len(found)} wrong answers without a known misconception; in {len(able)} something right "
        "stands before the "
        f"slip: the right line ±1 in {right} ({right / len(able):.0%}); of all {len(found)}: "
        f"{sum(one.right for one in found) / len(found):.0%}; wrong claims: {wrong}"
    )


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "1"
    result = counted(0 if asked == "blind" else int(asked))
    for one in result:
        if one.wrong or one.slip.something_before and not one.right:
            said = one.verdict.lost.text if one.verdict.lost else "nothing"
            text = one.slip.code.splitlines()[one.slip.line - 1].strip()
            print(
                f"{'WRONG' if one.wrong else 'silent'}: {one.slip.exercise}, "
                f"line {one.slip.line} ({text}): {said}"
            )
    print(summary(result))
