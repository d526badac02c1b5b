"""The rows of a verdict's table: what came back, what is exact, what the deck prints, what there is
to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from autograder.evidence.plain import Opaque
from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Exercise
from autograder.judging.compare import Compared, Problem, kind, numbers
from autograder.judging.findings import apart
from autograder.judging.relations import symbol
from autograder.judging.table import Follow, Place, Table, shown_case, shown_first
from autograder.judging.verdict import Row, listed, show

WRONG_DIGITS = {
    "misprint": "is a misprint of the deck",
    "cascaded rounding": "of the deck is computed from rounded numbers",
    "not reproducible": "of the deck does not follow from its own numbers",
}
WIDER = 48  # characters of a line that needs as many digits as the one beside it
MOST_CASES = 2  # more labels than these beside the first one nobody reads


def shown_label(exercise: Exercise, evidence: Evidence, table: Table) -> str:
    """The case that the table shows. Rows whose numbers are of another one are named with
    theirs."""
    primary = shown_case(table)
    others: dict[int, list[str]] = {}
    for row in table:
        case = _shown(table, row)[0].case
        if case != primary:
            others.setdefault(case, []).append(symbol(exercise, row))
    label = evidence.cases[primary].label
    if not others:
        return label
    if len(others) > MOST_CASES:
        return (
            f"{label}; {listed([row for rows in others.values() for row in rows])}: each for inputs"
            " of its own"
        )
    named = [
        f"{listed(rows)} for {evidence.cases[case].label}" for case, rows in sorted(others.items())
    ]
    return "; ".join([label, *named])


def _shown(table: Table, row: str) -> tuple[Place, Compared]:
    """The comparison that the table shows for a row: of the shown case, unless that one is right
    and another is not."""
    return shown_first(table, row)[0]


def rows_of(
    exercise: Exercise,
    evidence: Evidence,
    table: Table,
    right: Mapping[str, bool],
    follow: Follow,
    properties: Mapping[str, str],
) -> list[Row]:
    """The rows of the table that a verdict shows: the quantities in their order, then the
    properties of the function."""
    rows: list[Row] = []
    for name in table:
        place, compared = _shown(table, name)
        comment = _comment(compared, name in exercise.backwards) if name not in follow else ""
        deck, misprint = ("", "")
        if place.case < len(exercise.deck_cases):
            deck, misprint = _deck(exercise, name, place, compared)
        comment = " · ".join(text for text in (comment, misprint) if text)
        named = exercise.symbols.get(name, name)
        given = listed([symbol(exercise, row) for row in follow.get(name, ())])
        rows.append(
            Row(
                name,
                right[name] or name in follow,
                named,
                *_cells(compared),
                deck,
                comment,
                given=given,
            )
        )
    # one error everywhere is said once
    if len(rows) > 1 and len({row.comment for row in rows}) == 1 and not rows[0].ok:
        rows[1:] = [replace(row, comment="") for row in rows[1:]]
    rows += [Row(name, not text, name, "", "", "", text, True) for name, text in properties.items()]
    return rows


def _cells(compared: Compared) -> tuple[str, str]:
    """What came back and what is exact, as text: in the shapes they have, and different where they
    are."""
    yours, exact = compared.yours, compared.exact
    # the one array that could be read may be right
    in_list = compared.note and len(compared.given) > 1
    if len(compared.pairs) == 1 and not in_list:
        yours, exact = compared.pairs[0][:2]
    shown = kind(yours) if isinstance(yours, Opaque) else show(yours)
    texts = shown if yours is not None else "—", show(exact)
    if several := compared.several:
        known = "" if several.entries.all() else f"{texts[1]}; {several.where} "
        return texts[0], f"{known}{several.words}"
    if not compared.right and _coarser(texts[1], texts[0]):
        texts = texts[0], show(exact, room=WIDER)
    if compared.right or texts[0] != texts[1] or compared.problem or compared.at is None:
        return texts
    mine, wanted = apart(
        float(np.asarray(compared.yours)[compared.at]),
        float(np.asarray(compared.exact)[compared.at]),
    )
    where = f"at {list(compared.at)}: " * bool(compared.at)
    return f"{where}{mine}", f"{where}{wanted}"


def _coarser(text: str, other: str) -> bool:
    """Whether some number of a text has fewer decimals than the same one of the other."""
    ours, theirs = (re.findall(r"-?\d+\.?(\d*)", one) for one in (text, other))
    return len(ours) == len(theirs) and any(
        len(a) < len(b) for a, b in zip(ours, theirs, strict=True)
    )


def _comment(compared: Compared, backwards: bool) -> str:
    if compared.problem or compared.note:
        return compared.problem or compared.note
    if not compared.right and compared.at and np.size(compared.exact) > 1:
        return f"first wrong entry{' on the way back' * backwards}: {list(compared.at)}"
    return ""


def _deck(exercise: Exercise, name: str, place: Place, compared: Compared) -> tuple[str, str]:
    """What the deck prints for this row, and what there is to say about it."""
    from autograder.decks import misprint_of, number

    ids = exercise.deck.get(name, ()) if place.case == 0 else ()
    if not any(ids):
        return "", ""
    printed: list[str] = []
    said: list[str] = []
    read = (
        numbers(compared.yours) if compared.yours is not None and compared.problem is None else None
    )
    values = np.zeros(0) if read is None or isinstance(read, Problem) else np.ravel(read[0])
    for k, key in enumerate(ids):
        if key is None:
            printed.append("–")
            continue
        entry = number(key)
        text = entry.printed or "–"
        printed.append(text)
        if k < len(values) and misprint_of(key, float(values[k])):
            said.append(f"{text} {WRONG_DIGITS[entry.verdict]} ({entry.why})")
        elif entry.verdict == "misprint" and compared.right:
            said.append(f"the deck's {text} is a misprint ({entry.why})")
    nothing = all(text == "–" for text in printed)
    return "" if nothing else ", ".join(printed), "; ".join(said)
