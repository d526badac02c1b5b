"""Three versions of a text become one, where two people did not change the same lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher


def merge_lines(base: Sequence, mine: Sequence, theirs: Sequence) -> list | None:
    """The lines with the changes of both sides.

    Parameters
    ----------
    base, mine, theirs : sequences of lines
        What both began with, and what became of it.

    Returns
    -------
    list, or None where both changed the same lines, or lines that touch.
    """
    merged: list = []
    at = (0, 0, 0)
    for begin, length in _unchanged(base, mine, theirs):
        chunk = _chosen(base[at[0] : begin[0]], mine[at[1] : begin[1]], theirs[at[2] : begin[2]])
        if chunk is None:
            return None
        merged += [*chunk, *base[begin[0] : begin[0] + length]]
        at = tuple(place + length for place in begin)
    return merged


def _chosen(base: Sequence, mine: Sequence, theirs: Sequence) -> Sequence | None:
    base, mine, theirs = list(base), list(mine), list(theirs)
    if mine in (base, theirs):
        return theirs
    return mine if theirs == base else None


def _unchanged(base: Sequence, mine: Sequence, theirs: Sequence) -> Iterator[tuple[tuple, int]]:
    """((begin in base, mine, theirs), length) of what is the same in all; an empty one ends it."""
    ours = _blocks(base, mine)
    others = _blocks(base, theirs)
    while ours and others:
        (a, m, n), (b, t, k) = ours[0], others[0]
        begin, end = max(a, b), min(a + n, b + k)
        if begin < end:
            yield (begin, m + begin - a, t + begin - b), end - begin
        (ours if a + n < b + k else others).pop(0)
    yield (len(base), len(mine), len(theirs)), 0


def _blocks(base: Sequence, other: Sequence) -> list:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [(m.a, m.b, m.size) for m in matcher.get_matching_blocks() if m.size]
