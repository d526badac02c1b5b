"""What a verdict says below its table where no known mistake gives the numbers, and what it says
besides one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from autograder.evidence.probe import Evidence, Record
from autograder.exercises.exercise import Exercise
from autograder.judging.elementwise import meant_matrix_product
from autograder.judging.findings import describe, never_varies
from autograder.judging.relations import in_numbers, symbol
from autograder.judging.scoring import ONLY_GIVEAWAYS
from autograder.judging.table import Follow, Table, shown_first
from autograder.judging.verdict import coded, listed


def finding_of(
    exercise: Exercise,
    exact: Evidence,
    evidence: Evidence,
    table: Table,
    follow: Follow,
    first: str,
) -> str:
    """What the numbers say where no known misconception gives them."""
    if first not in table:
        return ""
    name, read = symbol(exercise, first), _read(exercise, evidence, table, first)
    if never_varies([(p.case, c) for p, c in table[first]], evidence.cases) and (
        always := _always(name, table, first, read)
    ):
        return " ".join(filter(None, (always, _besides(exercise, table, follow, first))))
    said = describe(name, [(evidence.cases[p.case].label, c) for p, c in shown_first(table, first)])
    if not said.text or shown_first(table, first)[0][1].problem:
        return " ".join(
            filter(None, (said.text, meant_matrix_product(exercise, exact, table, first), read))
        )
    order = list(table)
    wrong = [
        name for name in order[order.index(first) + 1 :] if not all(c.right for _, c in table[name])
    ]
    numbers = in_numbers(exercise, exact, table, first, moved=said.always)
    related = " in every case" in numbers
    told = [said.text if said.always or not related else "", numbers, read]
    if follow:
        told.append(
            f"{name} is the first wrong quantity; {_symbols(exercise, follow)}"
            f" {'follow' if len(follow) > 1 else 'follows'} rightly from yours."
        )
    elif first in exercise.chain and any(row in exercise.chain for row in wrong):
        told.append(f"{name} is the first wrong quantity.")
    told.append(_besides(exercise, table, follow, first))
    return " ".join(filter(None, told))


def _besides(exercise: Exercise, table: Table, follow: Collection[str], first: str) -> str:
    """The other wrong quantities. Why they are is not known."""
    wrong = [
        row
        for row in table
        if row != first and row not in follow and not all(c.right for _, c in table[row])
    ]
    return (
        f"{_symbols(exercise, wrong)} {'are' if len(wrong) > 1 else 'is'} wrong as well."
        if wrong
        else ""
    )


def _symbols(exercise: Exercise, rows: Collection[str]) -> str:
    return listed(_apart([symbol(exercise, row) for row in rows]))


def _apart(names: list[str]) -> list[str]:
    """Names as a list of them can hold them: one that has a comma stands between quotes."""
    return [f"“{name}”" if ", " in name else name for name in names]


def _always(name: str, table: Table, row: str, read: str) -> str:
    """What is said of a quantity that is the same for all inputs; "" where zeros say more, or a
    whole number little."""
    yours = table[row][0][1].pairs[0].yours
    if not np.any(yours):
        return ""
    said = f"The same {name} comes back for different inputs."
    if read or np.all(yours % 1 == 0) and np.ptp(yours) == 0:
        return f"{said} {read}".strip()
    return (
        f"{said} Are the numbers written into the function, or read from the notebook instead of"
        " from the arguments?"
    )


def _read(exercise: Exercise, evidence: Evidence, table: Table, first: str) -> str:
    """Names of the notebook that the function reads though it has an argument, or a result, of that
    name."""
    own = {name for signature in exercise.signatures for name in signature.parameters}
    own |= {str(step) for entries in table.values() for place, _ in entries for step in place.path}
    own |= {first, *(f"d{name}" for name in own)}
    found = [name for name in evidence.reads if name in own]
    if not found:
        return ""
    if len(found) == 1:
        return (
            f"{coded(found)} is read from the notebook: it is neither an argument of the function"
            " nor computed in it."
        )
    return (
        f"{coded(found)} are read from the notebook: they are neither arguments of the function nor"
        " computed in it."
    )


def besides(exercise: Exercise, unexplained: list[str]) -> str:
    """What a diagnosis leaves open."""
    names = _apart([symbol(exercise, name) for name in unexplained])
    return (
        f"This does not explain {listed(names)}, which {'are' if len(names) > 1 else 'is'} wrong as"
        " well."
        if names
        else ""
    )


def notes_on(records: Sequence[Record]) -> tuple[str, ...]:
    """What is worth a word and costs no points: that a function prints more than 100,000
    characters."""
    printed = max((r.printed for r in records), default=0)
    return (
        ("Your function prints a great deal; what it prints is ignored here.",)
        if printed > 100_000
        else ()
    )


def nothing_counts(exercise: Exercise, score: float, some: bool) -> tuple[str, ...]:
    """Why a table with right rows is worth nothing. A released bug says so itself."""
    return (ONLY_GIVEAWAYS,) if some and score == 0 and not exercise.planted else ()
