"""Cells of a lesson that only show something at length are not run again for grading.

A lesson marks them with the tag `DEMONSTRATION`. What counts is the release, never a tag in what
was handed in, and only a cell that the student left as it was is spared; one whose names another
cell reads is run.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable

from nbformat import NotebookNode

from autograder.plugins.released import bare

DEMONSTRATION = "demonstration"
#: Where the resources of a conversion name them: a worker has no folder of the class.
KEY = "backprop-demonstrations"
SAID = "Not run again for grading: this cell only shows something, at length, and no point depends on it."  # fmt: skip


def demonstrations(given: list[NotebookNode]) -> list[str]:
    """The texts of a release's demonstrations, as `bare` has them."""
    return [bare(cell.source) for cell in given if _is_demonstration(cell)]


def spared(cells: list[NotebookNode], given: list[str]) -> frozenset[int]:
    """Which cells of a notebook need not be run for its points.

    Parameters
    ----------
    cells
        Of the notebook that was handed in.
    given
        The demonstrations of the release.

    Returns
    -------
    frozenset of int
        Places in `cells`.
    """
    shows = {*given}
    left = {k for k, cell in enumerate(cells) if _is_code(cell) and bare(cell.source) in shows}
    if not left:
        return frozenset()
    read = {k: _read(cell.source) for k, cell in enumerate(cells) if _is_code(cell)}
    made = {k: _made(cells[k].source) for k in left}
    while run := {k for k in left if _is_needed(k, made[k], read, left)}:
        left -= run
    return frozenset(left)


def _is_needed(
    place: int, made: set[str] | None, read: dict[int, tuple[set[str], set[str]]], left: set[int]
) -> bool:
    """Whether a cell that is run reads what another one makes."""
    if made is None:
        return True
    others = [(k, names) for k, names in read.items() if k not in left]
    return any(made & inside or k > place and made & outside for k, (inside, outside) in others)


def _is_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _is_demonstration(cell: NotebookNode) -> bool:
    return _is_code(cell) and DEMONSTRATION in cell.metadata.get("tags", [])


def _read(source: str) -> tuple[set[str], set[str]]:
    """The names of the notebook that a cell reads: in its functions, which may be called at any
    time, and where it stands. Of a text that is no plain Python every word."""
    try:
        tree, table = ast.parse(source), symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source)), set()
    inside, outside = _inside(table), _outside(tree.body, set())
    if {"eval", "exec", "globals", "locals", "vars", "get_ipython"} & (inside | outside):
        return set(re.findall(r"\w+", source)), set()
    return inside, outside


def _outside(body: list[ast.stmt], made: set[str]) -> set[str]:
    """The names that statements read where they stand, and did not make themselves before."""
    read = set()
    for statement in body:
        if isinstance(statement, ast.For):
            read |= _loaded(statement.iter) - made
            inner = made | _stored(statement.target)
            read |= _outside(statement.body, {*inner}) | _outside(statement.orelse, {*inner})
            made |= inner
        elif isinstance(statement, ast.If | ast.While):
            read |= _loaded(statement.test) - made
            read |= _outside(statement.body, {*made}) | _outside(statement.orelse, {*made})
        elif isinstance(statement, ast.With):
            for item in statement.items:
                read |= _loaded(item.context_expr) - made
                made |= _stored(item.optional_vars) if item.optional_vars else set()
            read |= _outside(statement.body, made)
        else:
            read |= _loaded(statement) - made
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                made |= set().union(*map(_stored, getattr(statement, "targets", [statement])))
            elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
                made.add(statement.name)
    return read


def _inside(table: symtable.SymbolTable) -> set[str]:
    """The names of the notebook that functions and classes of a cell read, or comprehensions."""
    found = set()
    for child in table.get_children():
        found |= {s.get_name() for s in child.get_symbols() if s.is_referenced() and s.is_global()}
        found |= _inside(child)
    return found


def _loaded(statement: ast.stmt) -> set[str]:
    """The names that a statement reads where it stands: not in the body of a function."""
    found, pending = set(), [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        pending += _now(node)
    return found


def _now(node: ast.AST) -> list[ast.AST]:
    """The parts of a node that are run when it is, in the same scope."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    if isinstance(node, ast.Lambda):
        return [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        return [node.generators[0].iter]
    return [*ast.iter_child_nodes(node)]


def _stored(node: ast.AST) -> set[str]:
    names = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _made(source: str) -> set[str] | None:
    """The names that a cell gives to something; None where that cannot be told."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    made = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            made |= {name.asname or name.name.partition(".")[0] for name in node.names}
    return None if made & set(dir(builtins)) or "*" in made else made
