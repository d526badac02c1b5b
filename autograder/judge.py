"""Evidence -> Verdict: the one place where right and wrong are decided.

The judge calls the trusted solution on the inputs that the evidence names and compares quantity by quantity. Where
quantities are computed one from another, those after a wrong one are judged from the student's own value
(`autograder.chains`). Where something is wrong it calls every known misconception on the same inputs: the one that
reproduces the student's numbers is the diagnosis (`autograder.diagnosis`). It never calls student code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from autograder.apart import Apart, before, judge_apart, slips_of
from autograder.chains import followers
from autograder.compare import Compared
from autograder.diagnosis import diagnose, filled
from autograder.drawn import Drawing
from autograder.elementwise import meant_matrix_product
from autograder.exercise import Close, Exercise
from autograder.findings import describe, error_text, never_varies
from autograder.inputs import Case
from autograder.probe import Evidence, Record, probe
from autograder.properties import properties_of
from autograder.relations import in_numbers, symbol
from autograder.scoring import ONLY_GIVEAWAYS, giveaways, share
from autograder.table import Place, Table, only, places, tabulate
from autograder.verdict import Diagnosis, Row, Verdict, listed, show

DRAWS = 20
ORDINARY = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}  # numpy as it is when it starts
FAR = 1e-2


@np.errstate(**ORDINARY)
def draw_cases(exercise: Exercise, seed: int, full: bool = False) -> tuple[Case, ...]:
    """The deck's cases and fresh random ones, on which every misconception is off by more than 1e-2 somewhere.

    `full` asks for the larger cases of an exercise that has them: those of a class's grading.

    Raises
    ------
    RuntimeError
        When no such inputs are found in `DRAWS` attempts: the exercise's data is at fault.
    """
    rng = np.random.default_rng(seed)
    hidden: list[str] = []
    draw = exercise.draw_full if full and exercise.draw_full else exercise.draw
    for _ in range(DRAWS):
        cases = (*exercise.deck_cases, *draw(rng))
        if not exercise.misconceptions:
            return cases
        exact = probe(exercise.name, exercise.solution, cases, exercise.limit, repeat=False)
        hidden = [m.name for m in exercise.misconceptions if not _tells_apart(exercise, exact, m.functions)]
        if not hidden:
            return cases
    raise RuntimeError(f"{exercise.name}: no inputs found on which {', '.join(hidden)} shows")


def _tells_apart(exercise: Exercise, exact: Evidence, functions: tuple) -> bool:
    """Whether some case shows a misconception; no further one is tried then."""
    for i, case in enumerate(exact.cases):
        here = only(exact, i)
        wrong = probe(exercise.name, filled(exercise, functions), (case,), exercise.limit, repeat=False)
        table = tabulate(exercise, here, wrong, dict.fromkeys((place.row for place in places(exercise, here)), Close(FAR, FAR)))
        if not all(c.right for entries in table.values() for _, c in entries) or any(properties_of(exercise, wrong, table).values()):
            return True
    return False


@np.errstate(**ORDINARY)
def judge(exercise: Exercise, evidence: Evidence, earlier: Mapping[str, bool | None] | None = None, drawing: Drawing | None = None) -> Verdict:
    """Decide on an exercise.

    Parameters
    ----------
    exercise
        What is asked.
    evidence
        What the student's functions did.
    earlier
        For functions of the same lesson that were judged before: name -> whether it was right, None where it is not
        written (`standing`).
    drawing
        What stood in for earlier functions where the evidence has a `drawn` part.

    Returns
    -------
    Verdict
        Its score is the share of quantities that are right in every case, or follow rightly from the student's own
        earlier ones, times the share of rows left when the failed properties (shape, inputs unchanged, …) are taken off.
        It is 0 where nothing is right but what needs no work (`autograder.scoring`). Where an earlier function that this
        one calls is not right, the better of two counts: with that function, and with drawn values in its place.
    """
    earlier = earlier or {}
    stood = evidence.drawn.uses if evidence.drawn else ()
    used = dict.fromkeys((*evidence.uses, *stood))
    suspects = [name for name in used if earlier.get(name, True) is not True]
    first = _blaming(_together(exercise, evidence, slips_of(exercise, set(suspects))), suspects, earlier)
    if first.passed or drawing is None or not (suspects or [name for name in stood if name not in earlier]):
        return first
    apart = judge_apart(exercise, evidence, drawing, lambda score: _beyond_planted(exercise, evidence, score))
    if apart is None or apart.score <= first.score or exercise.properties is not None and apart.score < 1.0:
        return first
    return _apart(exercise, apart, suspects, earlier)


NOT_WRITTEN = "Not written yet: the function still raises NotImplementedError."


def standing(verdict: Verdict) -> bool | None:
    """How a function stands where a later one calls it: right, not right, or not written (None)."""
    return verdict.passed if verdict.written else None


def _together(exercise: Exercise, evidence: Evidence, others: Collection[str]) -> Verdict:
    """The verdict on functions with what they call; slips of the names `others` are those of earlier functions."""
    if evidence.problem:
        return _verdict(exercise, 0.0, (), finding=evidence.problem)
    records = [record for observation in evidence.observations for record in observation]
    tried = [r for r in records if r.function is not None and r.error and r.error.kind not in ("took too long", "no result")]
    answered = any(r.function is not None and r.error is None for r in records)
    if tried and not answered and all(r.error.kind == "NotImplementedError" for r in tried):
        said = _unwritten(exercise, tried)
        return replace(_verdict(exercise, 0.0, (), finding=said), written=said != NOT_WRITTEN)
    if exercise.properties is not None:
        return _by_properties(exercise, evidence)
    exact = probe(exercise.name, exercise.solution, evidence.cases, exercise.limit, repeat=False)
    table = tabulate(exercise, exact, evidence, exercise.rules)
    properties = properties_of(exercise, evidence, table)
    right = {name: all(c.right for _, c in entries) for name, entries in table.items()}
    follow = followers(exercise, evidence.cases, table)
    failed = sum(bool(text) for text in properties.values())
    total = len(right) + len(properties)
    score = share(right, follow, giveaways(exercise, evidence.cases, table)) * (total - failed) / total
    score = _beyond_planted(exercise, evidence, score)
    rows = _rows(exercise, evidence, table, right, follow, properties)
    if score == 1.0:
        return _verdict(exercise, score, rows, case=evidence.cases[0].label, notes=_notes(records))
    first = next((name for name, ok in right.items() if not ok), None) or next(n for n, t in properties.items() if t)
    known, unexplained = diagnose(exercise, exact, evidence, table, follow, properties, first, properties_of)
    if known and known.name not in others:
        explained = [row for row in [first, *table] if row in table and row not in unexplained]
        numbers = next(filter(None, (in_numbers(exercise, exact, table, row, mend=True) for row in explained)), "")
        diagnosis = Diagnosis(known.name, known.explanation, numbers)
        finding = _besides(exercise, unexplained)
    else:
        diagnosis, finding = None, _finding(exercise, exact, evidence, table, follow, first)
    return _verdict(exercise, score, rows, diagnosis, finding, _shown_case(evidence, table),
                    _notes(records) + _nothing_counts(exercise, score, any(right.values())))


def _unwritten(exercise: Exercise, tried: Sequence[Record]) -> str:
    """Which function it is that raises NotImplementedError: this one, or an earlier one that it calls."""
    raised = {m[1] if (m := re.match(r"line \d+ of (\w+)", record.error.where)) else "" for record in tried}
    others = [s.name for other in before(exercise) for s in other.signatures if s.name in raised]
    if not others or len(others) < len(raised):
        return NOT_WRITTEN
    return f"{_code(others)} {'is' if len(others) == 1 else 'are'} not written yet, and {_code(_names(exercise))} calls {'it' if len(others) == 1 else 'them'}."


def _code(names: Sequence[str]) -> str:
    return listed([f"`{name}`" for name in names])


def _names(exercise: Exercise) -> list[str]:
    return [signature.name for signature in exercise.signatures]


def _blaming(found: Verdict, suspects: Sequence[str], earlier: Mapping[str, bool | None]) -> Verdict:
    """A verdict with a word on the earlier functions that are not right."""
    wrong, missing = ([name for name in suspects if earlier.get(name) is kind] for kind in (False, None))
    if found.passed or not suspects:
        return found
    said = [f"This function uses your {_code(wrong)}, which did not pass its own check. Mend that first."] * bool(wrong)
    said += [f"This function uses your {_code(missing)}, which is not written yet. Write that first."] * bool(missing)
    return replace(found, hint=" ".join(filter(None, (*said, found.hint))), blamed=tuple(suspects))


def _apart(exercise: Exercise, apart: Apart, suspects: Sequence[str], earlier: Mapping[str, bool | None]) -> Verdict:
    """The verdict on functions with drawn values in place of what they call."""
    table, mine = apart.table, apart.exercise
    right = {name: all(c.right for _, c in entries) for name, entries in table.items()}
    rows = _rows(mine, apart.evidence, table, right, apart.follow, apart.properties)
    case = f"{_shown_case(apart.evidence, table)}, with drawn values in place of your {_code(apart.names)}"
    if apart.score < 1.0:
        first = next((name for name, ok in right.items() if not ok), "")
        said = f"Judged with drawn values in place of your {_code(apart.names)}, by which more of it is right."
        finding = _finding(mine, apart.exact, apart.evidence, table, apart.follow, first)
        return _blaming(_verdict(exercise, apart.score, rows, None, finding, case, (said,)), suspects, earlier)
    wrong, missing = ([name for name in suspects if earlier.get(name) is kind] for kind in (False, None))
    told = [f"the slip is in {_code(wrong)}"] * bool(wrong)
    told += [f"{_code(missing)} {'is' if len(missing) == 1 else 'are'} not written yet"] * bool(missing)
    names = _names(exercise)
    said = f"With drawn values in place of your {_code(apart.names)}, {_code(names)} {'is' if len(names) == 1 else 'are'} right"
    return _verdict(exercise, 1.0, rows, case=case, notes=(f"{said}{': ' * bool(told)}{listed(told)}.",))


def _beyond_planted(exercise: Exercise, evidence: Evidence, score: float) -> float:
    """What a score is worth when the function as it was released already has some quantities right."""
    if not exercise.planted:
        return score
    exact, broken = (probe(exercise.name, functions, evidence.cases, exercise.limit, repeat=False)
                     for functions in (exercise.solution, exercise.planted))
    table = tabulate(exercise, exact, broken, exercise.rules)
    right = {name: all(c.right for _, c in entries) for name, entries in table.items()}
    given = share(right, followers(exercise, evidence.cases, table), giveaways(exercise, evidence.cases, table))
    return max(0.0, (score - given) / (1 - given))


def _verdict(exercise, score, rows, diagnosis=None, finding="", case="", notes=()) -> Verdict:
    hint = exercise.hints[0] if score < 1.0 and exercise.hints else None
    return Verdict(exercise.name, score, tuple(rows), diagnosis, finding, hint, case, exercise.section, exercise.points, tuple(notes))


def _by_properties(exercise: Exercise, evidence: Evidence) -> Verdict:
    found = exercise.properties(evidence)
    first = next((entry for entry in found if not entry[1] and entry[4]), ())
    known = Diagnosis(first[5], first[4]) if len(first) > 5 and first[5] else None
    rows = [Row(name, bool(ok), yours=yours, exact=wanted, comment="" if known and comment == known.explanation else comment, general=True)
            for name, ok, yours, wanted, comment, *_ in found]
    score = share({row.name: row.ok for row in rows}, (), exercise.giveaways)
    errors = [r for records in evidence.observations for r in records if r.error]
    finding = error_text(errors[0], exercise) if errors else ""
    return _verdict(exercise, score, rows, known, finding, notes=_nothing_counts(exercise, score, any(row.ok for row in rows)))


def _primary(table: Table) -> int:
    """The case that the table shows: the first one in which something is wrong, else the first."""
    wrong = [place.case for entries in table.values() for place, compared in entries if not compared.right]
    return min(wrong, default=0)


def _shown_case(evidence: Evidence, table: Table) -> str:
    return evidence.cases[_primary(table)].label


def _rows(exercise, evidence, table: Table, right: Mapping[str, bool], follow: Mapping[str, tuple], properties: Mapping[str, str]) -> list[Row]:
    primary = _primary(table)
    rows = []
    for name, entries in table.items():
        here = [(p, c) for p, c in entries if p.case == primary and (right[name] or not c.right)]
        failing = [(p, c) for p, c in entries if not c.right]
        place, compared = (here or failing or entries)[0]
        comment = _comment(evidence, place, compared, primary, name in exercise.backwards) if name not in follow else ""
        deck, misprint = ("", "")
        if place.case < len(exercise.deck_cases):
            deck, misprint = _deck(exercise, name, place, compared)
        comment = " · ".join(text for text in (comment, misprint) if text)
        yours = show(compared.yours) if compared.yours is not None else "—"
        named = exercise.symbols.get(name, name)
        given = listed([symbol(exercise, row) for row in follow.get(name, ())])
        rows.append(Row(name, right[name] or name in follow, named, yours, show(compared.exact), deck, comment, given=given))
    if len(rows) > 1 and len({row.comment for row in rows}) == 1 and not rows[0].ok:  # one error everywhere is said once
        rows[1:] = [replace(row, comment="") for row in rows[1:]]
    rows += [Row(name, not text, name, "", "", "", text, True) for name, text in properties.items()]
    return rows


def _comment(evidence: Evidence, place: Place, compared: Compared, primary: int, backwards: bool) -> str:
    said = []
    if compared.problem or compared.note:
        said.append(compared.problem or compared.note)
    elif not compared.right and compared.at and np.size(compared.exact) > 1:
        said.append(f"first wrong entry{' on the way back' * backwards}: {list(compared.at)}")
    if not compared.right and place.case != primary:
        said.append(f"here for {evidence.cases[place.case].label}")
    return "; ".join(said)


def _deck(exercise: Exercise, name: str, place: Place, compared: Compared) -> tuple[str, str]:
    """What the deck prints for this row, and what there is to say about it."""
    from autograder.decks import misprint_of, number

    ids = exercise.deck.get(name, ()) if place.case == 0 else ()
    if not any(ids):
        return "", ""
    printed, said = [], []
    values = np.ravel(compared.yours) if compared.yours is not None and compared.problem is None else []
    for k, key in enumerate(ids):
        if key is None:
            printed.append("–")
            continue
        entry = number(key)
        text = entry.printed or "not printed"
        printed.append(text)
        if k < len(values) and misprint_of(key, float(values[k])):
            said.append(f"{text} is a misprint of the deck ({entry.why})")
        elif entry.verdict == "misprint" and compared.right:
            said.append(f"the deck's {text} is a misprint ({entry.why})")
    return ", ".join(printed), "; ".join(said)


def _finding(exercise: Exercise, exact: Evidence, evidence: Evidence, table: Table, follow: Mapping[str, tuple], first: str) -> str:
    """What the numbers say where no known misconception gives them."""
    if first not in table:
        return ""
    if never_varies([(p.case, c) for p, c in table[first]], evidence.cases):
        return (f"The same {first} comes back for different inputs. Are the numbers written into the function, or read "
                "from the notebook instead of from the arguments?")
    text = describe(first, [(evidence.cases[p.case].label, c) for p, c in table[first]])
    if not text or next(c for _, c in table[first] if not c.right).problem:
        return f"{text} {meant_matrix_product(exercise, exact, table, first)}".strip()
    order = list(table)
    wrong = [name for name in order[order.index(first) + 1 :] if not all(c.right for _, c in table[name])]
    numbers = in_numbers(exercise, exact, table, first)
    text += f" {numbers}" if numbers else ""
    if follow:
        text += f" {first} is the first wrong quantity; {listed(list(follow))} {'follow' if len(follow) > 1 else 'follows'} rightly from yours."
    apart = [name for name in wrong if name in exercise.chain and name not in follow]
    if apart and first in exercise.chain:
        text += f" {listed(apart)} {'are' if len(apart) > 1 else 'is'} wrong besides." if follow else f" {first} is the first wrong quantity."
    elif wrong and not follow:
        text += f" It is the first wrong quantity; {', '.join(wrong)} may be wrong only because of it."
    return text


def _besides(exercise: Exercise, unexplained: list[str]) -> str:
    """What a diagnosis leaves open."""
    names = [symbol(exercise, name) for name in unexplained]
    return f"This does not explain {listed(names)}, which {'are' if len(names) > 1 else 'is'} wrong as well." if names else ""


def _notes(records: Sequence[Record]) -> tuple[str, ...]:
    printed = max((r.printed for r in records), default=0)
    return ("Your function prints a great deal; what it prints is ignored here.",) if printed > 100_000 else ()


def _nothing_counts(exercise: Exercise, score: float, some: bool) -> tuple[str, ...]:
    """Why a table with right rows is worth nothing. A released bug says so itself."""
    return (ONLY_GIVEAWAYS,) if some and score == 0 and not exercise.planted else ()
