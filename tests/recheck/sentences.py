"""Sentences about one quantity, one check for each kind of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from recheck.facts import Facts, Held, numbers
from recheck.printed import NUMBER, index, prints
from recheck.relations import is_so
from recheck.report import Report
from recheck.sayings import CLAIM, MEANINGS, made_of
from recheck.several import right_there
from recheck.table import first_wrong, follows


class Sentences:
    """The checks of sentences about one answer; each takes the match of its template.

    Parameters
    ----------
    facts, verdict
        What is so, what was said.
    report
        Takes what is found.
    """

    def __init__(self, facts: Facts, verdict, report: Report):
        self.facts, self.verdict, self.report = facts, verdict, report
        names = {name for row in facts.rows for name in (facts.symbol(row), row)}
        names |= {f"“{name}”" for name in names if ", " in name}
        self.name = (
            "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"
        )
        self.label = "|".join(map(re.escape, facts.labels())) or r"(?!)"

    def _rows(self, name: str) -> list[str]:
        return self.facts.called(name.strip("“”"))

    def _any(self, kind: str, name: str, test: Callable[[str], str]) -> None:
        """Note a claim about a name: it holds where it does for a quantity that goes by it."""
        wrong = [test(row) for row in self._rows(name)]
        self.report.claim(kind, "" if "" in wrong else (wrong or [f"nothing is called {name}"])[0])

    def _claim(self, found) -> None:
        parts = found.groupdict()
        name = found["where"] or found["name"]
        ratio, words = parts.get("ratio"), parts.get("said") or "is a multiple"
        label, every = found["label"], found["every"] or ""

        def holds(mine, exact):
            if not ratio:
                return CLAIM[words](mine, exact)
            size = float(np.max(np.abs(exact), initial=0.0))
            if mine.shape != exact.shape:
                return False
            with np.errstate(all="ignore"):
                return bool(
                    np.all(
                        np.abs(mine - float(ratio) * exact)
                        <= 1e-5 * abs(float(ratio)) * size + 1e-9
                    )
                )

        def test(row: str) -> str:
            held = self.facts.held_under(row, label) if label else self.facts.rows[row]
            only_wrong = found["where"] or label or "wrong" in every
            pairs = [(a, b, ok) for h in held for (a, b), ok in zip(h.pairs, h.marks, strict=True)]
            pairs = [(a, b) for a, b, ok in pairs if not (only_wrong and ok)]
            if not pairs:
                return f"of {name} there are no such numbers"
            if "entry" in found["subject"].lower() and all(np.ndim(b) == 0 for _, b in pairs):
                return f"{name} has no entries"
            off = [(a, b) for a, b in pairs if not holds(a, b)]
            if off and label:  # several cases may have one label
                groups = [
                    [(a, b) for (a, b), ok in zip(h.pairs, h.marks, strict=True) if not ok]
                    for h in held
                ]
                off = (
                    []
                    if any(group and all(holds(*pair) for pair in group) for group in groups)
                    else off
                )
            if label and not off:
                rest = [
                    (a, b)
                    for h in self.facts.rows[row]
                    for (a, b), ok in zip(h.pairs, h.marks, strict=True)
                    if not ok
                ]
                return "" if any(not holds(a, b) for a, b in rest) else "it is so in every case"
            return f"{found[0]} But yours is {off[0][0]}, exact {off[0][1]}" if off else ""

        self._any(words, name, test)

    def _entries(self, found) -> None:
        def test(row: str) -> str:
            said = "none is such"
            for held in self.facts.held_under(row, found["label"]):
                if not held.pairs or not held.single:
                    continue
                mine, exact = held.pairs[0]
                if mine.size != exact.size:
                    continue
                room = held.near * max(1.0, float(np.max(np.abs(exact), initial=0)))
                flat = mine.reshape(exact.shape)
                at, wrong = index(found["at"]), int(np.sum(~(np.abs(flat - exact) <= room)))
                first = first_wrong(held, mine, exact, row in self.facts.exercise.backwards)
                if (wrong, exact.size, first) == (int(found["few"]), int(found["all"]), at):
                    if prints(found["a"], flat[at]) and prints(found["b"], exact[at]):
                        return ""
                said = f"{wrong} of {exact.size}, the first at {first}"
            return f"{found[0]} But {said}"

        self._any("how many entries are wrong", found["name"], test)

    def _one_number(self, found) -> None:
        def test(row: str) -> str:
            told = [
                (float(a.reshape(())), float(b))
                for held in self.facts.held_under(row, found["label"])
                for a, b in held.pairs
                if b.ndim == 0 and a.size == 1
            ]
            fits = [
                1
                for a, b in told
                if prints(found["a"], a)
                and prints(found["b"], b)
                and prints(found["off"], a - b, (3,))
            ]
            return "" if fits else f"{found[0]} But the numbers are {told}"

        self._any("a number, the exact one, the difference", found["name"], test)

    def _one_of_several(self, found) -> None:
        def test(row: str) -> str:
            label, told = found["label"], found["a"] or found["mine"]
            for held in self.facts.held_under(row, label) if label else self.facts.rows[row]:
                several, at = right_there(self.facts, row, held), index(found["at"] or "")
                mine = numbers(held.mine)
                if several and mine is not None and several[0] == found["words"] and not held.right:
                    value = mine.reshape(np.shape(held.exact))[at]
                    if prints(told, value, (6,)) and several[1][at]:
                        return ""
            return found[0]

        self._any("a number where several are right", found["name"], test)

    def _no_entry(self, found) -> None:
        def test(row: str) -> str:
            for held in self.facts.held_under(row, found["label"]):
                for a, b in held.pairs:
                    room = held.near * max(1.0, float(np.max(np.abs(b), initial=0)))
                    if a.size == b.size and not np.any(np.abs(a.ravel() - b.ravel()) <= room):
                        return ""
            return f"{found[0]} But some is"

        self._any("no entry is right", found["name"], test)

    def _constant(self, found) -> None:
        def test(row: str) -> str:
            held = self.facts.rows[row]
            mine = [np.ravel(h.pairs[0][0]) for h in held if h.single and h.pairs]
            exact = [h.pairs[0][1] for h in held if h.single and h.pairs]
            one = mine and mine[0].size and np.ptp(mine[0]) == 0
            same = len(mine) == len(held) and all(
                np.array_equal(v, mine[0]) or one and np.all(v == mine[0][0]) for v in mine
            )
            varies = any(not np.array_equal(exact[0], e) for e in exact)
            return "" if same and varies else f"yours are {mine}"

        self._any("the same for different inputs", found["name"], test)

    def _reads(self, found) -> None:
        names = re.findall(r"`(\w+)`", found["names"])
        parameters = {p for s in self.facts.exercise.signatures for p in s.parameters}
        wrong = [
            n
            for n in names
            if n not in self.facts.evidence.reads or n in parameters & set(self._own_parameters())
        ]
        self.report.claim("names read from the notebook", f"{wrong} are not" if wrong else "")

    def _own_parameters(self) -> list[str]:
        return (
            [p for s in self.facts.exercise.signatures for p in s.parameters]
            if len(self.facts.exercise.signatures) == 1
            else []
        )

    # ---------------------------------------- numbers and their relations

    def _in_numbers(self, found) -> None:
        self._any(
            "yours, exact, and how they are related",
            found["name"],
            lambda row: self._number_of(row, found),
        )

    def _number_of(self, row: str, found) -> str:
        facts, case = self.facts, found["label"]
        shown = (
            facts.held_under(row, case)
            if case
            else [
                h
                for h in facts.rows[row]
                if self.verdict.case.startswith(facts.cases[h.case].label)
            ]
        )
        said = f"{found[0]} But there is no such number"
        for held in shown:
            pairs = (
                [held.pairs[int(found["part"].split()[-1]) - 1]]
                if found["part"] and held.pairs
                else held.pairs
            )
            for a, b in pairs:
                at = index(found["at"] or "")
                if a.size != b.size or len(at) != b.ndim and b.size > 1:
                    continue
                mine, exact = (
                    float(v.reshape(b.shape)[at] if len(at) == b.ndim else v.ravel()[0])
                    for v in (a, b)
                )
                if not prints(found["a"], mine) or not prints(found["b"], exact):
                    said = f"{found[0]} But yours is {mine}, exact {exact}"
                    continue
                said = self._related(
                    row, held, found, at if len(at) == b.ndim else (0,) * b.ndim, exact - mine
                )
                if not said:
                    return ""
        return said

    def _related(self, row: str, shown: Held, found, at: tuple, moves: float) -> str:
        text = found["related"]
        if not text:
            return ""
        if moved := re.fullmatch(rf"Mending it moves the number by ({NUMBER})", text):
            return (
                "" if prints(moved[1], moves, (4,)) else f"it moves by {moves}, not by {moved[1]}"
            )
        scope = re.search(r", in every case( of the right shape| that gives numbers)?$", text)
        clauses = (text[: scope.start()] if scope else text).split("; ")
        for held in self.facts.rows[row] if scope else [shown]:
            if (
                not held.whole
                or any(a.size != b.size for a, b in held.pairs)
                or not self._in_scope(held, scope)
            ):
                if scope and not scope[1]:
                    label = self.facts.cases[held.case].label
                    return f"“{text}”: in {label} nothing could be compared"
                continue
            mine, exact, world = self._arrays(held, row)
            here = at if held is shown and held.single and not found["part"] else None
            near = 3e-4 if self.facts.exercise.rules.get(row) is None and held.near > 5e-5 else 1e-6
            for clause in clauses:
                if wrong := is_so(clause, mine, exact, world, near, here):
                    return f"{self.facts.cases[held.case].label}: {wrong}"
        return ""

    def _in_scope(self, held: Held, scope) -> bool:
        """Whether a sentence on "every case of the right shape" speaks of this one."""
        return all(
            np.isfinite(a).all()
            and [n for n in a.shape if n != 1] == [n for n in b.shape if n != 1]
            for a, b in held.pairs
        )

    def _arrays(self, held: Held, row: str):
        world = self.facts.world(held, row)
        if held.single:
            a, b = held.pairs[0]
            return a.reshape(b.shape), b, world
        flat = [
            (
                np.concatenate([np.ravel(pair[k]) for pair in held.pairs])
                if held.pairs
                else np.zeros(0)
            )
            for k in (0, 1)
        ]
        return *flat, {name: value for name, value in world.items() if not value.ndim}

    # ---------------------------------------- order, and what else is wrong

    def _first(self, found) -> None:
        rows = [row for row in self.verdict.rows if not row.general]
        wrong = [row.name for row in rows if not self.facts.right(row.name)]
        holds = wrong and wrong[0] in self._rows(found["name"])
        self.report.claim(
            "the first wrong quantity", "" if holds else f"{found[0]} But the first is {wrong[:1]}"
        )
        for name in self._names(found["next"] or ""):
            given = next(
                (
                    row.given
                    for row in rows
                    if name in (self.facts.symbol(row.name), row.name) and row.given
                ),
                "",
            )
            self._any(
                "follows rightly from yours",
                name,
                lambda row, given=given: follows(self.facts, row, given),
            )

    def _names(self, text: str) -> list[str]:
        found = re.findall(rf"(?:^|(?<=, )|(?<= and ))(?:{self.name})(?=$|, | and )", text)
        return [name.strip("“”") for name in found]

    def _as_well(self, found) -> None:
        for name in self._names(found["names"]):
            self._any(
                "also wrong",
                name,
                lambda row: "" if not self.facts.right(row) else f"{row} is right",
            )

    def _unexplained(self, found) -> None:
        names = self._names(found["names"])
        self.report.claim(
            "what a diagnosis leaves open", "" if names else f"{found['names']} are no quantities"
        )
        for name in names:
            self._any(
                "also wrong",
                name,
                lambda row: "" if not self.facts.right(row) else f"{row} is right",
            )

    def _product(self, found) -> None:
        def test(row: str) -> str:
            seen = 0
            for held in self.facts.rows[row]:
                world = self.facts.world(held, row)
                for mine, exact in held.pairs:
                    if mine.shape == exact.shape or mine.size == exact.size and held.right:
                        continue
                    a, b, seen = world.get(found["a"]), world.get(found["b"]), seen + 1
                    if (
                        a is None
                        or b is None
                        or not made_of(mine, a, b, np.multiply)
                        or not made_of(exact, a, b, np.matmul)
                    ):
                        return f"{found[0]} But not in {self.facts.cases[held.case].label}"
            return (
                ""
                if seen and (found["a"], found["b"]) == (found["c"], found["d"])
                else "it is never so"
            )

        row = next(r.name for r in self.verdict.rows if not r.ok and not r.general)
        self.report.claim("* in place of @", test(row))

    def _meaning(self, found) -> None:
        pattern = next(
            word for start, word in MEANINGS.items() if found["meaning"].startswith(start)
        )
        messages = [
            r.error.message + r.error.where
            for records in self.facts.evidence.observations
            for r in records
            if r.error
        ]
        messages += [
            r.error.message + r.error.where
            for _, records in self.facts.left_out
            for r in records
            if r.error
        ]
        fitting = [message for message in messages if re.search(pattern, message)]
        lengths = re.search(r"(\d+) and (\d+) long", found["meaning"])
        holds = any(
            not lengths or {lengths[1], lengths[2]} <= set(re.findall(r"\d+", m)) for m in fitting
        )
        self.report.claim(
            "what a message means",
            "" if holds else f"{found['meaning']} But the messages are {messages[:2]}",
        )
