"""Judging `train_validation_test`: what must hold for every random split."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.exercise import named
from autograder.exercises.practice.chance import NAMES, general_rows, repeats, seeds_told


def _parts(record) -> Any:
    """Three flat arrays of whole numbers, or None."""
    try:
        parts = [np.asarray(part) for part in record.returned]
        whole = lambda p: (
            p.dtype.kind in "iuf" and np.isfinite(p).all() and np.array_equal(p, np.round(p))
        )
        good = len(parts) == 3 and all(p.size == 0 or whole(p) for p in parts)
        return [p.ravel().astype(int) for p in parts] if good else None
    except (TypeError, ValueError):
        return None


def _labels(parts, n):
    """To which part each index belongs."""
    labels = np.zeros(n, dtype=int)
    for k, part in enumerate(parts):
        labels[part] = k
    return labels


def judge_split(evidence):
    """The rows for `train_validation_test`."""
    calls = [
        (c.arguments, _parts(r))
        for case, rs in zip(evidence.cases, evidence.observations, strict=True)
        for c, r in zip(case.calls, rs, strict=True)
    ]
    readable = all(parts is not None for _, parts in calls)
    disjoint = complete = fitting = readable
    told = (
        {"disjoint": "", "complete": "", "sizes": ""}
        if readable
        else dict.fromkeys(
            ("disjoint", "complete", "sizes"), "wanted are three arrays of indices, counted from 0"
        )
    )
    for (n, fractions, _), parts in calls if readable else ():
        joined = np.concatenate(parts)
        if any(len(p) == 0 and n * f > 1 for p, f in zip(parts, fractions, strict=True)):
            complete, told["complete"] = False, f"n = {n}: one of the three sets is empty"
        if joined.size == 0 or len(np.unique(joined)) < joined.size:
            twice = "an example is there twice: what the network has trained on cannot test it"
            disjoint, told["disjoint"] = False, twice if joined.size else "there are no indices"
        if set(joined.tolist()) != set(range(n)):
            complete = False
            missing, beyond = (
                set(range(n)) - set(joined.tolist()),
                set(joined.tolist()) - set(range(n)),
            )
            told["complete"] = f"n = {n}: " + (
                "indices count from 0 to n - 1; yours count from 1"
                if (missing, beyond) == ({0}, {n})
                else (
                    "indices count from 0 to n - 1"
                    if beyond
                    else f"in no set: {len(missing)} of the examples"
                )
            )
        off = [len(p) - n * f for p, f in zip(parts, fractions, strict=True)]
        if max(map(abs, off)) > 1 + 1e-9:
            cut = max(map(abs, off)) < 2 and joined.size == n
            fitting, told["sizes"] = (
                False,
                f"n = {n}, fractions {fractions}: the sizes are"
                f" {', '.join(str(len(p)) for p in parts)}"
                + (
                    ". Two sizes cut down leave too much for the third: round the places of the two"
                    " cuts"
                    if cut
                    else ""
                ),
            )
    (n, fractions, _), first = calls[0]
    usable = disjoint and complete
    order, why = _random_order(first, n) if usable else (False, "")
    other, again = calls[1][1], calls[2][1]
    same = usable and all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    fixed = usable and np.array_equal(_labels(first, n), _labels(other, n))
    seeded = same and repeats(evidence) and not fixed
    rows = [
        ("disjoint", disjoint, "", "", told["disjoint"]),
        ("together 0 … n-1", complete, "", "", told["complete"]),
        (
            "sizes",
            fitting,
            ", ".join(str(len(p)) for p in first) if first else "—",
            ", ".join(f"{n * f:.1f}" for f in fractions) + " (each within 1)",
            told["sizes"],
        ),
        ("random order", order, "", "", why),
        (
            "the generator decides",
            seeded,
            "",
            "",
            "" if seeded or not usable else seeds_told(same, fixed),
        ),
    ]
    bent = (
        [
            np.shape(p)
            for records in evidence.observations
            for r in records
            for p in r.returned
            if np.ndim(p) != 1
        ]
        if readable
        else []
    )
    return named(
        rows
        + general_rows(
            evidence,
            f"the indices have shape {bent[0]}; one row of numbers is wanted" if bent else "",
        ),
        NAMES,
    )


def _random_order(parts, n):
    """Whether both the membership and the order within the sets look drawn, far beyond what chance
    does to them."""
    labels = _labels(parts, n)
    changes, expected = (
        np.sum(labels[1:] != labels[:-1]),
        (n - 1) * (1 - sum((len(p) / n) ** 2 for p in parts)),
    )
    if changes < 0.7 * expected:
        return (
            False,
            (
                "the sets are blocks of neighbouring examples. Data often come sorted: shuffle"
                " before you cut"
            ),
        )
    for part in parts:
        k = len(part)
        if k > 100 and abs(np.sum(np.diff(part) > 0) - (k - 1) / 2) > 6 * np.sqrt((k + 1) / 12):
            return (
                False,
                "the indices of a set stand in rising or falling order; leave them shuffled",
            )
    return True, ""
