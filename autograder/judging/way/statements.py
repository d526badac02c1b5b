"""The statements of a student's function: which lines they take, which names they read and set."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

LONGEST = 64  # characters of a line that are shown
COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith)
INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Read(NamedTuple):
    """A variable that is read: all of it, or the entry of one key."""

    name: str
    key: Any = None


class Part(NamedTuple):
    """A value that a statement computes: what it is assigned to, what it reads, and where it
    stands.

    `name` is a variable; "" where the value is returned, then `path` leads to it in what is
    returned. `plain` says that nothing is computed (`_is_plain`), `entry` that it is an entry of a
    variable.
    """

    name: str
    path: tuple[object, ...]  # a key that is written down may be any constant
    reads: frozenset[Read]
    line: int
    plain: bool = False
    entry: bool = False


class Statement(NamedTuple):
    """A statement, of a compound one its head."""

    first: int
    last: int
    reads: frozenset[Read]
    sets: frozenset[str]
    parts: tuple[Part, ...]
    calls: frozenset[str]
    simple: bool
    returns: bool


def statements(source: str, first: int) -> list[Statement] | None:
    """The statements of the function whose definition begins at a line of a source text.

    Parameters
    ----------
    source
        The whole cell or file.
    first
        The line of its ``def``, or of its first decorator.

    Returns
    -------
    list of Statement or None
        None where there is no such function in the text (a lambda, a text that is not Python).
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if start == first:
                found: list[Statement] = []
                _collect(node.body, found)
                return found
    return None


def _collect(body: list[ast.stmt], found: list[Statement]) -> None:
    for node in body:
        found.append(_statement(node))
        if isinstance(node, COMPOUND):
            for field in ("body", "orelse", "finalbody"):
                _collect(getattr(node, field, []), found)
            for handler in getattr(node, "handlers", []):
                _collect(handler.body, found)


def _statement(node: ast.stmt) -> Statement:
    inside: list[ast.AST]
    first, last = node.lineno, node.end_lineno or node.lineno
    if isinstance(node, COMPOUND):
        head = {"target", "iter", "test", "items"}
        inside = [
            part
            for field, value in ast.iter_fields(node)
            if field in head
            for part in _as_list(value)
        ]
        body = getattr(node, "body", [])
        last = max(first, body[0].lineno - 1) if body else first
    else:
        inside = [] if isinstance(node, INNER) else [node]
    reads, sets = _names(inside)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        reads |= {Read(node.target.id)}
    calls = {
        call.func.id
        for top in inside
        for call in ast.walk(top)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    return Statement(
        first,
        last,
        frozenset(reads),
        frozenset(sets),
        tuple(_parts(node)),
        frozenset(calls),
        not isinstance(node, COMPOUND),
        isinstance(node, ast.Return),
    )


def _as_list(value: ast.AST | list[ast.AST]) -> list[ast.AST]:
    return value if isinstance(value, list) else [value]


def _names(nodes: list[ast.AST]) -> tuple[set[Read], set[str]]:
    reads: set[Read] = set()
    sets: set[str] = set()
    pending = [*nodes]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                reads.add(Read(node.id))
            else:
                sets.add(node.id)
        elif (entry := _entry(node)) is not None:
            reads.add(entry)
        else:
            pending += ast.iter_child_nodes(node)
    return reads, sets


#: Calls that pass numbers on as they are.
PASSING = {
    "list",
    "tuple",
    "dict",
    "reversed",
    "float",
    "array",
    "asarray",
    "copy",
    "zeros",
    "zeros_like",
}


def _is_plain(value: ast.expr) -> bool:
    """Whether nothing is computed: names, entries and literals, put together or passed on."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name not in PASSING:
                return False
        elif isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Compare, ast.ListComp, ast.Lambda)):
            if not _harmless(value, node):
                return False
    return True


def _harmless(value: ast.expr, node: ast.expr) -> bool:
    """Whether an operation only chooses: ``a[k - 1]``, the test of ``x if c == 1 else y``."""
    inside = [
        part for part in ast.walk(value) if isinstance(part, (ast.Slice, ast.Subscript, ast.IfExp))
    ]
    chosen = [
        (
            one.test
            if isinstance(one, ast.IfExp)
            else one.slice
            if isinstance(one, ast.Subscript)
            else one
        )
        for one in inside
    ]
    return any(node is part for one in chosen for part in ast.walk(one))


def _entry(node: ast.AST) -> Read | None:
    """A variable with a key that is written down: ``f["y1"]``."""
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, (str, int))
    ):
        return Read(node.value.id, node.slice.value)
    return None


def _part(name: str, path: tuple[object, ...], value: ast.expr) -> Part:
    return Part(
        name,
        path,
        frozenset(_names([value])[0]),
        value.lineno,
        _is_plain(value),
        isinstance(value, ast.Subscript),
    )


def _parts(node: ast.stmt) -> list[Part]:
    """The values of a tuple assignment or of what is returned, one by one."""

    if isinstance(node, ast.Return) and node.value is not None:
        value = node.value
        if isinstance(value, ast.Dict):
            return [
                _part("", (key.value,), item)
                for key, item in zip(value.keys, value.values, strict=True)
                if isinstance(key, ast.Constant)
            ]
        if isinstance(value, (ast.Tuple, ast.List)):
            found: list[Part] = []
            for k, item in enumerate(value.elts):
                if isinstance(item, ast.Dict):
                    found += [
                        _part("", (k, key.value), entry)
                        for key, entry in zip(item.keys, item.values, strict=True)
                        if isinstance(key, ast.Constant)
                    ]
                else:
                    found.append(_part("", (k,), item))
            return found
        return [_part("", (), value)]
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name):
            return [_part(target.id, (), value)]
        if isinstance(target, ast.Tuple) and not isinstance(value, ast.Tuple):
            return [_part(one.id, (), value) for one in target.elts if isinstance(one, ast.Name)]
        if (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
        ):
            return [
                _part(one.id, (), item)
                for one, item in zip(target.elts, value.elts, strict=True)
                if isinstance(one, ast.Name)
            ]
    return []


def shown(source: str, line: int, last: int) -> str:
    """A line as it stands in the source, without its comment, cut where it is long."""
    lines = source.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    text = _without_comment(text).strip()
    if len(text) > LONGEST or last > line:
        text = f"{text[:LONGEST].rstrip()} …"
    return text


def _without_comment(text: str) -> str:
    quoted = ""
    for k, letter in enumerate(text):
        if quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "'\"":
            quoted = letter
        elif letter == "#":
            return text[:k]
    return text
