"""What stands in a submission that a teacher will want to know beside the points: facts, and
nothing about why.

The facts are read in the code, which is not run. They cost no points: points follow from the
answers alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from nbformat import NotebookNode

from autograder.plugins.merged import contains
from autograder.plugins.released import is_a_release

THERE = ("course.data", "course.mnist", "course.widgets", "course.plots", "course.predict", "course.prediction", "course.gradcheck",
         "course.examples", "course.tanh_graph", "course.zigzag", "autograder.decks")  # fmt: skip
CALLED = frozenset({"check", "hint", "assess"})
SEES_ALL = frozenset({"__eq__", "__le__", "__ge__", "__lt__", "__gt__", "__bool__"})
PLACES = re.compile(
    r"gradebook\.db|^submitted$|^autograded$|submitted/|autograded/|\.\./source|/etc/|/proc/"
)
IGNORED = "the score is decided by the answers alone"


def facts(
    handed_in: NotebookNode, released: NotebookNode | None, graded: NotebookNode
) -> tuple[str, ...]:
    """What is to be said about a submission, in words.

    Parameters
    ----------
    handed_in, released, graded
        The student's notebook, the one that was given out (None when it is not known), and the one
        that was graded.
    """
    given = {_text(cell) for cell in released.cells} if released else set()
    found: dict[str, None] = dict.fromkeys(_edited(handed_in, released, graded))
    for cell in handed_in.cells:
        if (
            cell.cell_type == "code"
            and _text(cell) not in given
            and not cell.metadata.get("nbgrader", {}).get("locked")
        ):
            found |= dict.fromkeys(_in_code(cell.source))
    return tuple(found)


def _edited(
    handed_in: NotebookNode, released: NotebookNode | None, graded: NotebookNode
) -> Iterator[str]:
    """Locked cells that were not as released.

    What a student was given is not what is graded: hidden tests and mark schemes are not in it, and
    points may have been changed since. A cell whose own checksum is right is one that nbgrader
    released, now or earlier.
    """
    true, given = _locked(graded), _locked(released) if released else {}
    for cell in handed_in.cells:
        told = cell.metadata.get("nbgrader", {})
        name = told.get("grade_id")
        if name not in true:
            continue
        if cell.cell_type != true[name].cell_type:
            yield (
                f"the cell {name} was turned into a {_kind(cell)} cell and put back as it was"
                " released"
            )
            continue
        known = given.get(name, true[name])
        flags = [
            flag
            for flag in ("grade", "solution", "locked")
            if told.get(flag) != known.metadata["nbgrader"].get(flag)
        ]
        if flags or not is_a_release(cell):
            points = "points" in told and told["points"] != known.metadata["nbgrader"].get("points")
            changed = [
                *flags,
                *(["points"] if points else []),
                *(["text"] if _text(cell) != _text(known) else []),
            ]
            if changed == ["text"] and contains(_text(cell), _text(known)):
                yield (
                    f"something was written into the locked cell {name}, or merged with it; it"
                    " stands beside the cell"
                )
            elif changed:
                yield (
                    f"the cell {name} was edited ({', '.join(changed)}) and put back as it was"
                    " released"
                )


def _locked(nb: NotebookNode) -> dict[str, NotebookNode]:
    return {
        told["grade_id"]: cell
        for cell in nb.cells
        if (told := cell.metadata.get("nbgrader", {})).get("locked")
    }


def _kind(cell: NotebookNode) -> str:
    return {"markdown": "Markdown", "code": "code"}.get(cell.cell_type, cell.cell_type)


def _text(cell: NotebookNode) -> str:
    """A cell's text, whatever a machine ends its lines with, without what stands after the last
    word of a line."""
    return _tidied(cell.source)


@lru_cache(maxsize=2_000)  # most cells of a class are those of the release
def _tidied(source: str) -> str:
    return re.sub(r"[ \t]+$", "", re.sub(r"\r\n?", "\n", source), flags=re.MULTILINE).strip()


def _in_code(source: str) -> Iterator[str]:
    """Facts about the code of one cell."""
    try:
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    nodes = list(ast.walk(tree))
    imports = [found for node in nodes for found in _imported(node)]
    modules = {"np", *(name for _, name in imports)}
    texts = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    if absent := _names(module for module, _ in imports if _absent(module)):
        yield f"a cell imports {absent}, not there when a class is graded"
    if replaced := _names(name for node in nodes for name in _replaced(node, modules)):
        yield f"a cell puts something of its own in place of {replaced}; {IGNORED}"
    for node in nodes:
        yield from _agreeable(node) if isinstance(node, ast.ClassDef) else ()
    if "NBGRADER_EXECUTION" in texts:
        yield f"a cell asks whether it is being graded (NBGRADER_EXECUTION); {IGNORED}"
    if any("backprop.evidence" in text for text in texts):
        yield (
            "a cell makes up answers in the form that the grader reads; only answers to the inputs"
            " drawn afterwards count"
        )
    if places := _names(
        found.group().strip("/.") for text in texts if (found := PLACES.search(text))
    ):
        yield f"a cell names {places}, which a graded notebook is not meant to see"
    if any(
        isinstance(node, ast.Attribute)
        and node.attr == "displayhook"
        and isinstance(node.ctx, ast.Load)
        for node in nodes
    ):
        yield f"a cell calls the display hook itself; {IGNORED}"


def _names(found: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(found))


def _absent(module: str) -> bool:
    """Whether a module of this project is not there in the grading kernel."""
    package, _, rest = module.partition(".")
    if (
        package not in ("course", "autograder")
        or not rest
        or rest in CALLED
        and package == "autograder"
    ):
        return False
    return not any(module == known or module.startswith(f"{known}.") for known in THERE)


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name it gets) of an import; a name that is imported from a module counts as a module
    of it where it is ours."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            whole = (
                f"{node.module}.{alias.name}"
                if node.module in ("course", "autograder")
                else node.module
            )
            yield whole, alias.asname or alias.name


def _replaced(node: ast.AST, modules: set[str]) -> Iterator[str]:
    """What of others an assignment replaces: a module's functions, the check, the kernel's
    session."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == "check":
        yield "check"
    for target in node.targets if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Name) and target.id == "check":
            yield "check"
        if isinstance(target, ast.Attribute):
            text = ast.unparse(target)
            if text.partition(".")[0] in modules or "session" in text.split("."):
                yield text


def _agreeable(node: ast.ClassDef) -> Iterator[str]:
    """A class whose comparisons say yes whatever they are asked."""
    for method in node.body:
        body = (
            method.body if isinstance(method, ast.FunctionDef) and method.name in SEES_ALL else []
        )
        last = body[-1] if body else None
        if (
            isinstance(last, ast.Return)
            and isinstance(last.value, ast.Constant)
            and last.value.value is True
        ):
            yield (
                f"a cell makes objects ({node.name}) that say yes to every comparison; results are"
                " read as numbers and compared elsewhere"
            )
            return
