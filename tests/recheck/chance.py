"""Splits and mini-batches, whose order is random: what holds for every order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from recheck.facts import Facts, numbers


def agrees(row, holds: bool, said: str = "") -> str:
    """A row's mark held against what is so."""
    return (
        ""
        if row.ok == holds
        else f"{row.name} is {'right' if holds else 'wrong'}{': ' * bool(said)}{said}"
    )


# ---- train_validation_test


def _splits(facts: Facts) -> Iterator[tuple[int, tuple, list[np.ndarray]]] | None:
    """Every call: how many examples, into which fractions, and the indices that came; None where
    some came as none.
    """
    found = []
    for case, records in zip(facts.cases, facts.evidence.observations, strict=True):
        for call, record in zip(case.calls, records, strict=True):
            parts = record.returned if isinstance(record.returned, (list, np.ndarray)) else []
            arrays = [np.ravel(a) for a in map(numbers, parts) if a is not None]
            if record.error or len(parts) != 3 or len(arrays) != 3:
                return None
            if any(not np.isfinite(a).all() or np.any(a != np.round(a)) for a in arrays):
                return None
            found.append((*call.arguments[:2], arrays))
    return found


def disjoint(facts: Facts, row) -> str:
    calls = _splits(facts)
    twice = calls is not None and any(
        len(set(all_)) < len(all_) or not len(all_)
        for *_, p in calls
        for all_ in [np.concatenate(p)]
    )
    return agrees(row, calls is not None and not twice)


def together(facts: Facts, row) -> str | None:
    calls = _splits(facts)
    missing = calls is None or any(set(np.concatenate(p)) != set(range(n)) for n, _, p in calls)
    missing |= calls is not None and any(
        not len(p) and n * f > 1 for n, fs, ps in calls for p, f in zip(ps, fs, strict=True)
    )
    if found := re.fullmatch(r"n = (\d+): in no set: (\d+) of the examples", row.comment):
        told = [
            len(set(range(n)) - set(np.concatenate(p)))
            for n, _, p in calls or ()
            if n == int(found[1])
        ]
        if int(found[2]) not in told:
            return f"{row.comment} But it is {told}"
    if found := re.fullmatch(
        r"n = (\d+): indices count from 0 to n - 1; yours count from 1", row.comment
    ):
        if not any(
            n == int(found[1]) and set(np.concatenate(p)) == set(range(1, n + 1))
            for n, _, p in calls or ()
        ):
            return row.comment
    if found := re.fullmatch(r"n = (\d+): indices count from 0 to n - 1", row.comment):
        if not any(
            n == int(found[1]) and set(np.concatenate(p)) - set(range(n)) for n, _, p in calls or ()
        ):
            return row.comment
    return agrees(row, not missing)


def sizes(facts: Facts, row) -> str:
    calls = _splits(facts)
    off = calls is None or any(
        abs(len(p) - n * f) > 1 + 1e-9 for n, fs, ps in calls for p, f in zip(ps, fs, strict=True)
    )
    if found := re.match(r"n = (\d+), fractions \((.*?)\): the sizes are ([\d, ]+)", row.comment):
        told = [
            ", ".join(str(len(p)) for p in ps)
            for n, fs, ps in calls or ()
            if (n, str(fs)) == (int(found[1]), f"({found[2]})")
        ]
        if found[3] not in told:
            return f"{row.comment} But they are {told}"
    if calls and row.yours != ", ".join(str(len(p)) for p in calls[0][2]):
        return f"{row.yours} is shown for {[len(p) for p in calls[0][2]]}"
    return agrees(row, not off)


# ---- minibatches


def _loops(facts: Facts) -> list[tuple] | None:
    """Every run: X, Y, size, and the pairs that came; None where something else came."""
    found = _came(facts)
    return None if not found or None in found else found


def _came(facts: Facts) -> list[tuple | None]:
    """Every run, as `_loops` has it; None in the place of one that gave something else."""
    found = []
    for case, records in zip(facts.cases, facts.evidence.observations, strict=True):
        X, Y = case.calls[0].arguments[0], case.calls[1].arguments[0]
        for call, record in zip(case.calls, records, strict=True):
            if call.function != "collect":
                continue
            made = records[call.arguments[0].call] if hasattr(call.arguments[0], "call") else record
            size = case.calls[call.arguments[0].call].arguments[2]
            whole = not (record.error or made.error) and isinstance(record.returned, list)
            pairs = [_pair(item, len(X), len(Y)) for item in record.returned] if whole else [None]
            found.append(None if None in pairs else (X, Y, size, pairs))
    return found


def _pair(item, rows: int, labels: int) -> list[np.ndarray] | None:
    """The two arrays of a mini-batch; None where it is none."""
    arrays = [numbers(part) for part in item] if isinstance(item, list) or np.ndim(item) else []
    if len(arrays) != 2 or any(a is None or a.ndim != 2 for a in arrays):
        return None
    fits = [len(a) for a in arrays] == [rows, labels] and arrays[0].shape[1] == arrays[1].shape[1]
    return arrays if fits else None


def _columns(X: np.ndarray, x: np.ndarray) -> list[int]:
    """Which columns of X the columns of x are; -1 where none."""
    found = []
    for column in x.T:
        hits = np.flatnonzero(
            np.all(np.abs(X - column[:, None]) <= 1e-4 * np.maximum(1, np.abs(X)), axis=0)
        )
        found.append(int(hits[0]) if len(hits) else -1)
    return found


def once(facts: Facts, row) -> str | None:
    loops = [run for run in _came(facts) if run is not None]
    orders = [
        (X.shape[1], [k for x, _ in pairs for k in _columns(X, x)], len(pairs))
        for X, _, _, pairs in loops
    ]
    once = all(sorted(order) == list(range(n)) for n, order, _ in orders)
    if found := re.match(r"(\d+) of the examples never come", row.comment):
        if int(found[1]) not in [n - len(order) for n, order, _ in orders]:
            return f"{row.comment} But not so many"
    if "Some come twice in one" in row.comment:
        twice = [
            c
            for X, _, _, pairs in loops
            for x, _ in pairs
            for c in [_columns(X, x)]
            if len(set(c)) < len(c)
        ]
        if not twice:
            return f"{row.comment} But no mini-batch has one twice"
    if "Some come in two" in row.comment and once:
        return row.comment
    if _loops(facts) is None:  # what did not come is told in a row of its own
        return "" if row.comment else None
    return agrees(row, once and any(pieces > 1 for *_, pieces in orders))


def stay(facts: Facts, row) -> str | None:
    loops = _loops(facts)
    if loops is None:
        return None
    if not any(pairs for *_, pairs in loops):  # nothing came, so nothing was kept together
        return agrees(row, False)
    apart = [
        1
        for X, Y, _, pairs in loops
        for x, y in pairs
        for j, k in enumerate(_columns(X, x))
        if k < 0 or not np.allclose(y[:, j], Y[:, k], rtol=1e-4, atol=1e-4)
    ]
    return agrees(row, not apart)


def cut(facts: Facts, row) -> str | None:
    loops = _loops(facts)
    if loops is None:
        return None
    sizes = [
        (
            [x.shape[1] for x, _ in pairs],
            [size] * (X.shape[1] // size) + [X.shape[1] % size] * (X.shape[1] % size > 0),
        )
        for X, _, size, pairs in loops
    ]
    if row.yours and (row.yours, row.exact) not in [(str(a)[:60], str(b)[:60]) for a, b in sizes]:
        return f"{row.yours} and {row.exact} are shown for {sizes[:3]}"
    return agrees(row, all(a == b for a, b in sizes))
