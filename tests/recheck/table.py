"""The table of a verdict, row by row: marks, numbers, shapes, what the deck prints, and the
comments.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np

from autograder.decks import number
from recheck.facts import Facts, Held, numbers, part_of
from recheck.printed import NUMBER, index, prints, shape, shows
from recheck.problems import SHAPE, in_words, wrong_with
from recheck.report import Report
from recheck.several import right_there

AT = re.compile(rf"(?:at (\[[\d, ]*\]): )?({NUMBER})")


def check_table(facts: Facts, verdict, report: Report) -> None:
    """Hold every row of a verdict against the facts."""
    where = cases_shown(facts, verdict.case)
    report.claim(
        "which case is shown", "" if where is not None else f"no case is called “{verdict.case}”"
    )
    for row in verdict.rows:
        if row.general:
            _check_property(facts, row, report)
        elif row.name not in facts.rows:
            report.claim("a row of the table", f"no quantity is called {row.name}")
        else:
            _check_row(facts, row, where or {}, report)
    missing = set(facts.rows) - {row.name for row in verdict.rows}
    report.claim("every quantity has a row", f"{missing} have none" if missing else "")
    every = all(row.ok for row in verdict.rows)
    report.claim("all right", "" if verdict.passed == every else f"the score is {verdict.score}")


def cases_shown(facts: Facts, said: str) -> dict[str, str | None] | None:
    """Row -> the label of the case its numbers are of ("" where it is not told which); None
    where a label is not one.
    """
    for label in facts.labels():
        if said == label or said.startswith(f"{label}; "):
            rest = said[len(label) :]
            found: dict[str, str | None] = dict.fromkeys(facts.rows, label)
            break
    else:
        return None
    names = {facts.symbol(row): row for row in facts.rows}
    if rest.endswith(": each for inputs of its own"):
        listed = _listed(rest.removesuffix(": each for inputs of its own")[2:], names)
        return None if listed is None else found | dict.fromkeys(listed, "")
    while rest:
        for label in facts.labels():
            mark = rest.find(f" for {label}", 2)
            listed = _listed(rest[2:mark], names) if mark > 0 else None
            if listed is not None:
                found |= dict.fromkeys(listed, label)
                rest = rest[mark + len(f" for {label}") :]
                break
        else:
            return None
    return found


def _listed(text: str, names: dict[str, str]) -> list[str] | None:
    """The rows that "a, b and c" names; None where it names something else."""
    found = []
    for name in sorted(names, key=len, reverse=True):
        if re.search(rf"(?:^|, | and ){re.escape(name)}(?:$|, | and )", text):
            found.append(names[name])
            text = text.replace(name, "·", 1)
    return found if not re.sub(r"·|, | and ", "", text) else None


def _check_row(facts: Facts, row, where: dict, report: Report) -> None:
    right = facts.right(row.name)
    if row.given:
        report.claim("right, given your own", follows(facts, row.name, row.given))
    else:
        report.claim(
            "right or wrong",
            "" if row.ok == right else f"{row.name} is {'right' if right else 'wrong'}",
        )
    label = where.get(row.name)
    entries = facts.rows[row.name]
    shown = (
        facts.held_under(row.name, label)
        if label
        else [h for h in entries if not h.right] or entries
    )
    shown = [held for held in shown if right or not held.right] or shown
    fitting = [held for held in shown if _fits(facts, row, held)]
    told = (
        f"{row.name}: {row.yours} | {row.exact} is shown, but yours are {[h.mine for h in shown]}"
    )
    report.claim("the numbers in the table", "" if fitting else told)
    if not right and not row.ok:
        report.claim("a wrong row shows a wrong case", not all(held.right for held in fitting))
    _check_deck(facts, row, report)
    for said in filter(None, row.comment.split(" · ")) if fitting else ():
        _check_comment(facts, fitting, said, row, report)


def _cells_fit(held: Held, yours: str, exact: str) -> bool:
    """Whether both cells are printed of this quantity."""
    pairs = [pair for pair, ok in zip(held.pairs, held.marks, strict=True) if not ok or held.right]
    parts = [(raw, wanted) for raw, wanted, ok in held.parts if not ok or held.right]
    values = [
        (held.mine, held.exact),
        *pairs,
        *parts,
    ]  # of a list that is wrong a wrong array is shown
    values += [(a.reshape(b.shape), b) for a, b in pairs if a.size == b.size and a.shape != b.shape]
    for mine, target in values:
        if yours == "—" and (held.mine is None or mine is None) and shows(exact, target):
            return True
        if mine is not None and shows(yours, mine) and shows(exact, target):
            return True
        a, b = AT.fullmatch(yours), AT.fullmatch(exact)
        mine = numbers(mine)
        if (
            a
            and b
            and a[1] == b[1]
            and mine is not None
            and yours != exact
            and not isinstance(target, list)
        ):
            at = index(a[1] or "")
            if (
                len(at) == mine.ndim == np.ndim(target)
                and prints(a[2], mine[at])
                and prints(b[2], target[at])
            ):
                return True
    return False


def _fits(facts: Facts, row, held: Held) -> bool:
    """Whether both cells of a row are of this quantity; where several values are right, the cell of
    the exact ones says which.
    """
    several = right_there(facts, row.name, held)
    if several is None:
        return _cells_fit(held, row.yours, row.exact)
    words, where = several
    if where.all():
        came = [held.mine, numbers(held.mine)]
        mine = row.yours == "—" or any(shows(row.yours, v) for v in came if v is not None)
        return mine and row.exact == words
    told = f"; where a = b {words}"
    return row.exact.endswith(told) and _cells_fit(held, row.yours, row.exact.removesuffix(told))


def _check_deck(facts: Facts, row, report: Report) -> None:
    if row.deck:
        keys = facts.exercise.deck.get(row.name, ())
        printed = ", ".join("–" if key is None else number(key).printed or "–" for key in keys)
        report.claim(
            "what the deck prints", "" if row.deck == printed else f"{row.deck} for {printed}"
        )


def first_wrong(held: Held, mine: np.ndarray, exact: np.ndarray, backwards: bool) -> tuple | None:
    """The index of the wrong entry that is computed first."""
    if mine.size != exact.size:
        return None
    room = held.near * max(1.0, float(np.max(np.abs(exact), initial=0)))
    with np.errstate(all="ignore"):
        wrong = np.argwhere(~(np.abs(mine.reshape(exact.shape) - exact) <= room))
    return tuple(map(int, wrong[-1 if backwards else 0])) if len(wrong) else None


def _check_comment(facts: Facts, fitting: list[Held], said: str, row, report: Report) -> None:
    if found := re.fullmatch(r"first wrong entry( on the way back)?: (\[.*\])", said):
        at = [first_wrong(held, *held.pairs[0], bool(found[1])) for held in fitting if held.pairs]
        report.claim(
            "the first wrong entry", "" if index(found[2]) in at else f"{said}, but it is {at}"
        )
    elif found := re.fullmatch(
        r"(?:the deck's )?(.+?) is a misprint(?: of the deck)? \((.*)\)(?:; .*)?", said, re.DOTALL
    ):
        keys = [number(key) for key in facts.exercise.deck.get(row.name, ()) if key]
        holds = any(
            found[1] == (entry.printed or "–") and entry.verdict == "misprint" for entry in keys
        )
        report.claim("a misprint of the deck", "" if holds else said)
    elif found := re.fullmatch(
        r"(.+?) of the deck (is computed from rounded numbers|does not follow from its own numbers)"
        r" \((.*)\)",
        said,
        re.DOTALL,
    ):
        verdict = "cascaded rounding" if "rounded" in found[2] else "not reproducible"
        keys = [number(key) for key in facts.exercise.deck.get(row.name, ()) if key]
        holds = any((entry.printed, entry.verdict) == (found[1], verdict) for entry in keys)
        report.claim("wrong digits of the deck", "" if holds else said)
    else:
        tried = [wrong_with(facts, held, said) for held in fitting]
        if all(answer is None for answer in tried):
            report.unknown(said, f"{row.yours} {row.exact} {row.deck}")
        else:
            report.claim(
                "why nothing could be compared", "" if "" in tried else f"{said}: {tried[0]}"
            )


class Reads(dict):
    """Values by row that remember which were asked for."""

    def __init__(self, *given):
        super().__init__(*given)
        self.seen: set[str] = set()

    def __getitem__(self, key):
        self.seen.add(key)
        return super().__getitem__(key)


def _value(held: Held):
    if not held.whole or any(a.size != b.size for a, b in held.pairs):
        return None
    parts = [a.reshape(b.shape) for a, b in held.pairs]
    if held.single:
        return parts[0]
    return np.array(parts) if all(part.ndim == 0 for part in parts) else parts


def _flat(value) -> np.ndarray:
    parts = value if isinstance(value, list) else [value]
    return (
        np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])
        if parts
        else np.zeros(0)
    )


def _visible(facts: Facts, held: Held) -> Reads:
    """The student's values that a call could have been computed from."""
    asked = facts.cases[held.case].calls[held.call].arguments
    order = [
        held.call,
        *(a.call for a in asked if hasattr(a, "call") and hasattr(a, "path")),
        *reversed(range(held.call)),
    ]
    found = Reads()
    for row in facts.exercise.chain:
        by_call = {h.call: h for h in facts.rows.get(row, ()) if h.case == held.case}
        call = next((k for k in order if k in by_call), None)
        if call is not None and (value := _value(by_call[call])) is not None:
            found[row] = value
    return found


def follows(facts: Facts, row: str, given: str) -> str:
    """Why a quantity does not follow from the student's own that are named; "" where it does."""
    formula, seen = facts.exercise.chain.get(row), set()
    if formula is None or facts.right(row):
        return f"{row} is computed from nothing earlier, or right by itself"
    for held in facts.rows[row]:
        own, mine = _visible(facts, held), _value(held)
        at = SimpleNamespace(**facts.arguments(held.case, held.call))
        with np.errstate(all="ignore"):
            try:
                expected = _flat(formula(at, own))
            except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as problem:
                return f"its formula cannot be computed from yours: {problem}"
        seen |= own.seen - {row}
        size = float(np.max(np.abs(expected), initial=0))
        if mine is None or _flat(mine).size != expected.size:
            return f"{row} has another size than its formula gives"
        off = float(np.max(np.abs(_flat(mine) - expected), initial=0))
        if not held.right and not off <= 1e-3 * size:
            return f"in {facts.cases[held.case].label}, {row} is off its formula by {off:.3g}"
    wrong = {facts.symbol(parent) for parent in seen if not facts.right(parent)}
    told = _listed(given, {facts.symbol(other): other for other in facts.rows})
    if told is None or {facts.symbol(other) for other in told} != wrong or not wrong:
        return f"{row} is computed from your wrong {sorted(wrong)}, said is {given}"
    return ""


PROPERTIES = (
    "shape",
    "inputs unchanged",
    "new arrays",
    "no warning",
    "second call",
    "single numbers",
)


def _check_property(facts: Facts, row, report: Report) -> None:
    kind = f"property: {row.name}"
    if row.name not in PROPERTIES or facts.exercise.properties is not None:
        report.unknown(f"{row.name} | {row.comment}", f"{row.yours} {row.exact}")
        return
    true = {
        "shape": _shape,
        "inputs unchanged": _unchanged,
        "new arrays": _fresh,
        "no warning": _quiet,
        "second call": _again,
        "single numbers": _numbers,
    }[row.name](facts, row.comment)
    report.claim(
        kind, "" if true is row.ok else f"{row.name}: {row.comment or 'all is well'}, but {true}"
    )


def _shape(facts: Facts, said: str):
    other = [
        (row, a.shape, b.shape, facts.evidence.cases[held.case].label)
        for row, entries in facts.rows.items()
        for held in entries
        for a, b in held.pairs
        if a.shape != b.shape
    ]
    if not said:
        return not other
    found = re.fullmatch(
        rf"(?:an array in )?(.*) has shape ({SHAPE}), wanted is ({SHAPE})(?: \(for (.*)\))?", said
    )
    told = found and (found[1], shape(found[2]), shape(found[3]))
    case = found and found[4]
    held = any(told == one[:3] and case in (None, one[3]) for one in other)
    return False if held else f"the shapes are {other}"


def _records(facts: Facts):
    return [record for records in facts.evidence.observations for record in records]


def _unchanged(facts: Facts, said: str):
    changed = []
    for record in _records(facts):
        if record.changed and record.function is not None:
            names = [
                facts.exercise.signatures[record.function].parameters[k] for k in record.changed
            ]
            changed += [[name for name in names if name not in facts.exercise.mutable]]
    changed = [names for names in changed if names]
    if not said:
        return not changed
    told = re.fullmatch(r"the function changes (.*); work on a copy", said)
    return False if told and told[1].split(" and ") in changed else f"changed are {changed}"


def _fresh(facts: Facts, said: str):
    shared = any(record.shared for record in _records(facts))
    return (
        not shared
        if said == "a result shares its memory with an input" * shared
        else f"shared: {shared}"
    )


def _quiet(facts: Facts, said: str):
    kinds = sorted({kind for record in _records(facts) for kind in record.warned})
    wanted = f"numpy warns: {', '.join(kinds)}" if kinds else ""
    return not kinds if said == wanted else f"it should be “{wanted}”"


def _again(facts: Facts, said: str):
    evidence = facts.evidence
    if evidence.again_case is None:
        return "nothing was called a second time"
    first, second = evidence.observations[evidence.again_case], evidence.again
    same = all((a.error is None) == (b.error is None) for a, b in zip(first, second, strict=True))
    for held in (
        held
        for entries in facts.rows.values()
        for held in entries
        if held.case == evidence.again_case
    ):
        one, two = (part_of(records[held.call].returned, held.path) for records in (first, second))
        same &= _twice(one, two)
    return bool(same) if (not said) == bool(same) else f"the same twice: {same}"


def _twice(one, two) -> bool:
    """Whether a result is the same in two calls."""
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_twice, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_twice(one[key], two[key]) for key in one)
    a, b = numbers(one), numbers(two)
    if a is None or b is None:
        return type(one) is type(two)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True))


def _numbers(facts: Facts, said: str):
    """Of the calls that failed, kept in `facts.left_out`, the first one is what the sentence is
    about.
    """
    told = [
        f"{facts.exercise.signatures[record.function].name}, for {label}: {in_words(facts, record)}"
        for label, records in facts.left_out
        for record in records
        if record.error
    ]
    return False if told and said.startswith(told[0].rstrip(".")) else f"what failed is {told[:1]}"
