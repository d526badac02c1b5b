"""Every mutant of an exercise: its trusted functions with one slip in them, or in a helper of the
same lesson they call."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from operators import versions

from autograder.exercises.exercise import Exercise

SHORTEST = 12  # characters of the piece of code that a mutant's name shows


class Mutant(NamedTuple):
    """One slip: which function it is in, what it changes into what, and the whole function
    afterwards."""

    function: Callable
    name: str
    source: str


def mutants(exercise: Exercise) -> list[Mutant]:
    """All mutants of an exercise, in a fixed order."""
    return [mutant for function in reached(exercise) for mutant in mutants_of(function)]


def reached(exercise: Exercise) -> tuple[Callable, ...]:
    """The exercise's solutions and every function of its lesson that they call, directly or through
    others."""
    return _reached(exercise.solution, f"autograder.exercises.{exercise.lesson}")


@cache
def _reached(solution: tuple[Callable, ...], package: str) -> tuple[Callable, ...]:
    found, waiting = [], list(solution)
    while waiting:
        function = waiting.pop(0)
        if function in found:
            continue
        found.append(function)
        blocks = [function.__code__]
        for block in blocks:
            blocks += [constant for constant in block.co_consts if inspect.iscode(constant)]
            used = (function.__globals__.get(name) for name in block.co_names)
            waiting += [
                f
                for f in used
                if inspect.isfunction(f) and (f.__module__ + ".").startswith(package + ".")
            ]
    return tuple(found)


@cache
def definition(function: Callable) -> str:
    """The source of a function, as it is written down again from its syntax tree."""
    tree = ast.parse(inspect.getsource(sys.modules[function.__module__]))
    return next(
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__
    )


@cache
def mutants_of(function: Callable) -> tuple[Mutant, ...]:
    """The mutants of one function. No two have the same source."""
    found, named = [], {}
    for what, source in slips_of(definition(function)):
        name = f"{function.__name__}: {what}"
        named[name] = named.get(name, 0) + 1
        found.append(
            Mutant(function, name + (f" ({named[name]})" if named[name] > 1 else ""), source)
        )
    return tuple(found)


def slips_of(source: str) -> Iterator[tuple[str, str]]:
    """(what is changed into what, the whole function afterwards) for every slip in the source of a
    function."""
    tree = ast.parse(source).body[0]
    seen = {ast.unparse(tree)}
    for holder, field, index, node, above in list(_places(tree, [])):
        for new in versions(node, above):
            _put(holder, field, index, new)
            changed = ast.unparse(ast.fix_missing_locations(tree))
            after, up = _piece([*above, new])
            _put(holder, field, index, node)
            if changed not in seen:
                seen.add(changed)
                yield f"{_piece([*above, node], up)[0]} → {after}", changed


def _places(node: ast.AST, above: list[ast.AST]) -> Iterator[tuple]:
    """(holder, field, index, node, the nodes above) of everything below a node, in the order of the
    text."""
    for field, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield node, field, index, child, [*above, node]
                yield from _places(child, [*above, node])


def _put(holder, field, index, node) -> None:
    if index is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[index] = node


def _piece(line: list[ast.AST], up: int | None = None) -> tuple[str, int]:
    """The text of the innermost node that is long enough to be recognised, and how far up it is
    found."""
    for far in range(len(line)) if up is None else (up,):
        node = line[-1 - far]
        if not isinstance(node, (ast.expr, ast.stmt)) or isinstance(node, ast.Slice):
            continue
        text = ast.unparse(node).splitlines()[0]
        if up is not None or len(text) >= SHORTEST or isinstance(node, ast.stmt):
            return ("nothing" if isinstance(node, ast.Pass) else text), far
    return "", 0


def build(exercise: Exercise, mutant: Mutant) -> tuple[Callable, ...]:
    """The exercise's functions with the slip in them, in copies of the modules they live in."""
    functions = reached(exercise)
    rooms = {f.__module__: dict(vars(sys.modules[f.__module__])) for f in functions}
    for function in functions:
        exec(
            _compiled(mutant.source if function is mutant.function else definition(function)),
            rooms[function.__module__],
        )
    changed = {function: rooms[function.__module__][function.__name__] for function in functions}
    for room in rooms.values():
        for name, value in list(room.items()):
            if inspect.isfunction(value) and value in changed:
                room[name] = changed[value]
    return tuple(changed[function] for function in exercise.solution)


@cache
def _compiled(source: str):
    return compile(source, "<mutant>", "exec")
