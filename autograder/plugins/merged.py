"""Take apart what a student put together: merged cells, and own lines in a locked cell.

Texts only, no notebook.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

LONGEST = 200_000
"""Characters of a cell that is looked into: comparing takes the square of its lines in time."""


def parted(text: str, blocks: Sequence[str]) -> list[tuple[str, int | None]]:
    """Cut a text where it holds one of the blocks, line by line.

    Parameters
    ----------
    text
        Of a cell.
    blocks
        Texts that may stand in it; each is looked for once.

    Returns
    -------
    list
        The pieces in order, without empty ones: (text, number of the block), or (text, None)
        for what is none of them.
    """
    if len(text) > LONGEST:
        return [(text, None)]
    lines = text.split("\n")
    plain = [line.rstrip() for line in lines]
    taken: list[int | None] = [None] * len(lines)
    for number in sorted(range(len(blocks)), key=lambda k: -len(blocks[k])):
        block = [line.rstrip() for line in blocks[number].strip("\n").split("\n")]
        if not any(block):
            continue
        for start in range(len(lines) - len(block) + 1):
            end = start + len(block)
            if plain[start:end] == block and not any(k is not None for k in taken[start:end]):
                taken[start:end] = [number] * len(block)
                break
    pieces: list[tuple[str, int | None]] = []
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or taken[end] != taken[start]:
            piece = "\n".join(lines[start:end]).strip("\n")
            if piece.strip():
                pieces.append((piece, taken[start]))
            start = end
    return pieces


def additions(text: str, given: str) -> tuple[str, str]:
    """What was written into a text: above its first line that is still there, and below.

    A line that was lengthened gives what follows its old end. A line that was taken out is no
    addition.

    Parameters
    ----------
    text
        As it was handed in.
    given
        As it was given.
    """
    if text == given:
        return "", ""
    if len(text) > LONGEST:
        return "", text
    old, new = (
        [line.rstrip() for line in given.split("\n")],
        [line.rstrip() for line in text.split("\n")],
    )
    above: list[str] = []
    below: list[str] = []
    met = False
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            met = met or any(old[a:b])
        elif kind in ("insert", "replace"):
            (below if met else above).extend(_beyond(line, old[a:b]) for line in new[c:d])
    return "\n".join(above).strip("\n"), "\n".join(below).strip("\n")


def contains(text: str, given: str) -> bool:
    """Whether every line of a text still stands in another, in order: nothing was taken out."""
    lines = (line.strip() for line in text.split("\n"))
    wanted = (line.strip() for line in given.split("\n"))
    return all(any(line == one for line in lines) for one in wanted if one)


def _beyond(line: str, old: Sequence[str]) -> str:
    longer = next((start for start in old if start and line.startswith(start)), "")
    return line[len(longer) :].lstrip() if longer else line


@lru_cache(maxsize=4096)  # most cells of a class are the same ones
def parses(code: str) -> bool:
    """Whether a text is Python as a notebook has it, magics and shell lines and all."""
    if len(code) > LONGEST:
        return True
    try:
        ast.parse(TransformerManager().transform_cell(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def defined(code: str) -> set[str]:
    """The functions and classes that a cell defines at its top level."""
    if len(code) > LONGEST:
        return set()
    try:
        tree = ast.parse(TransformerManager().transform_cell(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }


def is_prose(code: str) -> bool:
    """Whether a code cell holds words instead of code: no Python, or nothing but comments and
    texts."""
    if len(code) > LONGEST or not parses(code):
        return True
    tree = ast.parse(TransformerManager().transform_cell(code))
    return all(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for node in tree.body
    )
