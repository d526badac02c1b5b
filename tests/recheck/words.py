"""What stands below a table: every sentence that a template fits is computed again, the others are listed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from autograder.probe import probe

from recheck.facts import Facts, Held
from recheck.graphs import STORY, story_is_so
from recheck.printed import NUMBER, index, prints
from recheck.problems import in_words, wrong_with
from recheck.relations import is_so
from recheck.report import Report
from recheck.table import PROPERTIES, first_wrong, follows

CLAIM = {
    "is zero throughout": lambda mine, exact: not np.any(mine),
    "has the right size and the wrong sign": lambda mine, exact: _same(mine, -exact),
    "is nearly right": lambda mine, exact: _same(mine, exact),
    "is the transpose of the right array": lambda mine, exact: exact.ndim == 2 and _same(mine, np.swapaxes(exact, 0, 1)),
    "has the right entries in the opposite order": lambda mine, exact: exact.ndim == 1 and _same(mine, exact[::-1]),
    "has the right entries in the wrong places": lambda mine, exact: mine.shape == exact.shape and _same(
        np.sort(mine.ravel()), np.sort(exact.ravel())),
}  # fmt: skip
#: Words of a sentence that explains a message, and what the message has to hold.
MEANINGS = {
    "One yes or no is asked": "truth value", "For an array with one axis `.T`": "core dimension|not aligned",
    "`@` adds up over": "core dimension", "This product adds up over": "not aligned", "`@` multiplies arrays": "enough dimensions",
    "Entry by entry, shapes are laid": "broadcast", "The functions of `math`": "arrays can be converted",
    "A single number is needed here": "arrays can be converted", "`^` is no power": r"bitwise_xor|\^",
    "Something here is None": "NoneType", "What is taken apart here is a single": "dimension 0|0-d|scalar variable",
    "The array has fewer axes": r"out of bounds for array of dimension [1-9]|too many indices",
    "A single number is treated like an array": "(float|int|numpy.float64)' object", "A list is no array": "list|tuple|sequence by",
    "One array is to be made here": "inhomogeneous|with a sequence", "An array of whole numbers cannot": "Cannot cast",
    "The function calls itself again": "recursion",
}  # fmt: skip


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 2e-6 * np.abs(b) + 1e-11))


class Words:
    """The sentences about one answer, read one after the other."""

    def __init__(self, facts: Facts, verdict, report: Report):
        self.facts, self.verdict, self.report = facts, verdict, report
        names = {name for row in facts.rows for name in (facts.symbol(row), row)}
        self.name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"
        self.label = "|".join(map(re.escape, facts.labels())) or r"(?!)"
        self.templates: list[tuple[re.Pattern, Callable]] = [
            (re.compile(pattern, re.DOTALL), check) for pattern, check in self._patterns()
        ]

    def _patterns(self):
        name, label, listing = f"(?:{self.name})", f"(?:{self.label})", rf"(?:{self.name})(?:(?:, | and )(?:{self.name}))*"
        subject = rf"(?P<subject>Where (?P<where>{name}) is wrong: (?:it|[Ee]very entry of it)|" \
                  rf"(?P<every>Every entry of every wrong array of |Every wrong array of |Every array of |Every entry of |)(?P<name>{name}))"
        case = rf"(?P<scope>, for (?P<label>{label}); not in every case|)"
        yield rf"{subject} (?P<said>{'|'.join(CLAIM)}){case}\.", self._claim
        yield rf"{subject} is (?P<ratio>{NUMBER}) times the exact one{case}\.", self._claim
        yield rf"(?P<few>\d+) of (?P<all>\d+) entries of (?P<name>{name}) are wrong for (?P<label>{label}), " \
              rf"the first at (?P<at>\[.*?\]): (?P<a>{NUMBER}), exact (?P<b>{NUMBER})\.", self._entries
        yield rf"(?P<name>{name}) is (?P<a>{NUMBER}), exact is (?P<b>{NUMBER}): off by (?P<off>{NUMBER}), " \
              rf"for (?P<label>{label})\.", self._one_number
        yield rf"No entry of (?P<name>{name}) is right for (?P<label>{label})\.", self._no_entry
        yield rf"The same (?P<name>{name}) comes back for different inputs\.(?: Are the numbers written into the function, " \
              r"or read from the notebook instead of from the arguments\?)?", self._constant
        yield r"(?P<names>(?:`\w+`(?:, | and )?)+) (?:is|are) read from the notebook: (?:it is|they are) neither an? ?arguments? " \
              r"of the function nor computed in it\.", self._reads
        yield rf"(?P<name>{name})(?P<part>, number \d+)?(?P<at>\[[\d, ]*\])?(?: \(for (?P<label>{label})\))?: yours (?P<a>{NUMBER}), " \
              rf"exact (?P<b>{NUMBER})\.(?: (?P<related>(?:Yours|Mending) .+?)\.(?= |$))?", self._in_numbers
        yield rf"(?P<name>{name}) is the first wrong quantity(?:; (?P<next>{listing}) follows? rightly from yours)?\.", self._first
        yield rf"This does not explain (?P<names>{listing}), which (?:is|are) wrong as well\.", self._unexplained
        yield r"Yours is `(?P<a>[^`]+) \* (?P<b>[^`]+)`, entry by entry\. The matrix product `(?P<c>[^`]+) @ (?P<d>[^`]+)` is the " \
              r"exact one: each entry is a sum of products\.", self._product
        yield rf"(?P<names>{listing}) (?:is|are) wrong as well\.", self._as_well
        yield rf"(?P<meaning>(?:{'|'.join(map(re.escape, MEANINGS))})[^.]*(?:\.(?! [A-Z]|$)[^.]*)*\.)", self._meaning

    # -------------------------------------------------------------------------------------- reading

    def read(self, text: str) -> None:
        """Take a paragraph apart, sentence by sentence."""
        rest, before = text.strip(), None
        while rest and rest != before:
            before, rest = rest, self._next(rest).strip()

    def _next(self, text: str) -> str:
        problem = self._problem(text)
        if problem is not None:
            return problem
        if story := STORY.match(text):
            self.report.claim("a graph and the order of visits", story_is_so(self.facts, story))
            return text[story.end() :]
        for pattern, check in self.templates:
            if found := pattern.match(text):
                check(found)
                return text[found.end() :]
        sentence = re.match(r".*?[.?!](?= [A-Z`]|$)|.*", text, re.DOTALL)[0]
        if re.match(r"\w*(?:Error|Exception|Interrupt|Exit)(?::| \()", sentence):
            self.report.claim("what was raised, and where", f"nothing that came of a call is “{sentence}”")
            return text[len(sentence) :]
        self.report.unknown(sentence, str(self.verdict).replace(text, "") + _static(self.facts.exercise))
        return text[len(sentence) :]

    def _problem(self, text: str) -> str | None:
        """What is left after a sentence on what could not be compared; None where the text begins with none."""
        found = re.match(rf"(?:For (?P<label>{self.label}): )?(?:(?P<name>{self.name})(?:: |, for (?P<late>{self.label}): ))?", text)
        rest, label = text[found.end() :], found["label"] or found["late"]
        told = [found["name"]] if found["name"] else [next((r.name for r in self.verdict.rows if not r.ok and not r.general), "")]
        entries = [(row, held) for name in told for row in self.facts.called(name) for held in self.facts.rows[row]]
        entries += [(found["name"], held) for held in self.facts.rows.get(f"{found['name']}", ())]
        entries = [(r, h) for r, h in entries if not label or self.facts.cases[h.case].label == label]
        return self._longest(text, rest, entries, bool(label), found["name"])

    def _longest(self, text: str, rest: str, entries: list, single: bool, name: str | None) -> str | None:
        ends = [m.start() for m in re.finditer(r"[.?](?= |$)", rest)]
        raised = [(h, in_words(self.facts, self.facts.record_behind(self.facts.evidence, h.case, h.call))) for _, h in entries]
        for held, said in raised:
            if said and rest.startswith(said.rstrip(".?")) and not name:
                holds = single or all(other == said for _, other in raised)
                self.report.claim("what was raised, and where", "" if holds else f"not in every case: {said}")
                return rest[len(said.rstrip(".?")) :].lstrip(".?")
        answers = []
        for end in ends:
            tried = [wrong_with(self.facts, held, rest[:end]) for _, held in entries if not held.right]
            if any(error for _, error in raised):  # what is said of the others is not about these
                tried = [answer for answer in tried if answer == ""]
            answers.append((end, tried))
        answers.sort(key=lambda answer: "" not in answer[1])  # a message may go on after a full stop
        for end, tried in answers:
            said = rest[:end]
            if any(answer is not None for answer in tried):
                wrong = next((a for a in tried if a), "") if not single else "" if "" in tried else tried[0]
                self.report.claim("why nothing could be compared", f"{said}: {wrong}" if wrong else "")
                return rest[end + 1 :]
        return None

    # -------------------------------------------------------------------------------------- claims

    def _rows(self, name: str) -> list[str]:
        return self.facts.called(name)

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
                return bool(np.all(np.abs(mine - float(ratio) * exact) <= 1e-5 * abs(float(ratio)) * size + 1e-9))

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
                groups = [[(a, b) for (a, b), ok in zip(h.pairs, h.marks, strict=True) if not ok] for h in held]
                off = [] if any(group and all(holds(*pair) for pair in group) for group in groups) else off
            if label and not off:
                rest = [(a, b) for h in self.facts.rows[row] for (a, b), ok in zip(h.pairs, h.marks, strict=True) if not ok]
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
            told = [(float(a.reshape(())), float(b)) for held in self.facts.held_under(row, found["label"])
                    for a, b in held.pairs if b.ndim == 0 and a.size == 1]  # fmt: skip
            fits = [1 for a, b in told if prints(found["a"], a) and prints(found["b"], b) and prints(found["off"], a - b, (3,))]
            return "" if fits else f"{found[0]} But the numbers are {told}"

        self._any("a number, the exact one, the difference", found["name"], test)

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
            same = len(mine) == len(held) and all(np.array_equal(v, mine[0]) or one and np.all(v == mine[0][0]) for v in mine)
            varies = any(not np.array_equal(exact[0], e) for e in exact)
            return "" if same and varies else f"yours are {mine}"

        self._any("the same for different inputs", found["name"], test)

    def _reads(self, found) -> None:
        names = re.findall(r"`(\w+)`", found["names"])
        parameters = {p for s in self.facts.exercise.signatures for p in s.parameters}
        wrong = [n for n in names if n not in self.facts.evidence.reads or n in parameters & set(self._own_parameters())]
        self.report.claim("names read from the notebook", f"{wrong} are not" if wrong else "")

    def _own_parameters(self) -> list[str]:
        return [p for s in self.facts.exercise.signatures for p in s.parameters] if len(self.facts.exercise.signatures) == 1 else []

    # -------------------------------------------------------------------------------------- numbers and their relations

    def _in_numbers(self, found) -> None:
        self._any("yours, exact, and how they are related", found["name"], lambda row: self._number_of(row, found))

    def _number_of(self, row: str, found) -> str:
        facts, case = self.facts, found["label"]
        shown = facts.held_under(row, case) if case else [
            h for h in facts.rows[row] if self.verdict.case.startswith(facts.cases[h.case].label)]  # fmt: skip
        said = f"{found[0]} But there is no such number"
        for held in shown:
            pairs = [held.pairs[int(found["part"].split()[-1]) - 1]] if found["part"] and held.pairs else held.pairs
            for a, b in pairs:
                at = index(found["at"] or "")
                if a.size != b.size or len(at) != b.ndim and b.size > 1:
                    continue
                mine, exact = (float(v.reshape(b.shape)[at] if len(at) == b.ndim else v.ravel()[0]) for v in (a, b))
                if not prints(found["a"], mine) or not prints(found["b"], exact):
                    said = f"{found[0]} But yours is {mine}, exact {exact}"
                    continue
                said = self._related(row, held, found, at if len(at) == b.ndim else (0,) * b.ndim, exact - mine)
                if not said:
                    return ""
        return said

    def _related(self, row: str, shown: Held, found, at: tuple, moves: float) -> str:
        text = found["related"]
        if not text:
            return ""
        if moved := re.fullmatch(rf"Mending it moves the number by ({NUMBER})", text):
            return "" if prints(moved[1], moves, (4,)) else f"it moves by {moves}, not by {moved[1]}"
        scope = re.search(r", in every case( of the right shape| that gives numbers)?$", text)
        clauses = (text[: scope.start()] if scope else text).split("; ")
        for held in self.facts.rows[row] if scope else [shown]:
            if not held.whole or any(a.size != b.size for a, b in held.pairs) or not self._in_scope(held, scope):
                if scope and not scope[1]:
                    return f"“{text}”: in {self.facts.cases[held.case].label} nothing could be compared"
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
        return all(np.isfinite(a).all() and [n for n in a.shape if n != 1] == [n for n in b.shape if n != 1]
                   for a, b in held.pairs)  # fmt: skip

    def _arrays(self, held: Held, row: str):
        world = self.facts.world(held, row)
        if held.single:
            a, b = held.pairs[0]
            return a.reshape(b.shape), b, world
        flat = [np.concatenate([np.ravel(pair[k]) for pair in held.pairs]) if held.pairs else np.zeros(0) for k in (0, 1)]
        return *flat, {name: value for name, value in world.items() if not value.ndim}

    # -------------------------------------------------------------------------------------- order, and what else is wrong

    def _first(self, found) -> None:
        rows = [row for row in self.verdict.rows if not row.general]
        wrong = [row.name for row in rows if not self.facts.right(row.name)]
        holds = wrong and wrong[0] in self._rows(found["name"])
        self.report.claim("the first wrong quantity", "" if holds else f"{found[0]} But the first is {wrong[:1]}")
        for name in self._names(found["next"] or ""):
            given = next((row.given for row in rows if name in (self.facts.symbol(row.name), row.name) and row.given), "")
            self._any("follows rightly from yours", name, lambda row, given=given: follows(self.facts, row, given))

    def _names(self, text: str) -> list[str]:
        return re.findall(rf"(?:^|(?<=, )|(?<= and ))(?:{self.name})(?=$|, | and )", text)

    def _as_well(self, found) -> None:
        for name in self._names(found["names"]):
            self._any("also wrong", name, lambda row: "" if not self.facts.right(row) else f"{row} is right")

    def _unexplained(self, found) -> None:
        names = self._names(found["names"])
        self.report.claim("what a diagnosis leaves open", "" if names else f"{found['names']} are no quantities")
        for name in names:
            self._any("also wrong", name, lambda row: "" if not self.facts.right(row) else f"{row} is right")

    def _product(self, found) -> None:
        def test(row: str) -> str:
            seen = 0
            for held in self.facts.rows[row]:
                world = self.facts.world(held, row)
                for mine, exact in held.pairs:
                    if mine.shape == exact.shape or mine.size == exact.size and held.right:
                        continue
                    a, b, seen = world.get(found["a"]), world.get(found["b"]), seen + 1
                    if a is None or b is None or not _near(mine, a, b, np.multiply) or not _near(exact, a, b, np.matmul):
                        return f"{found[0]} But not in {self.facts.cases[held.case].label}"
            return "" if seen and (found["a"], found["b"]) == (found["c"], found["d"]) else "it is never so"

        row = next(r.name for r in self.verdict.rows if not r.ok and not r.general)
        self.report.claim("* in place of @", test(row))

    def _meaning(self, found) -> None:
        pattern = next(word for start, word in MEANINGS.items() if found["meaning"].startswith(start))
        messages = [r.error.message + r.error.where for records in self.facts.evidence.observations for r in records if r.error]
        messages += [r.error.message + r.error.where for _, records in self.facts.left_out for r in records if r.error]
        fitting = [message for message in messages if re.search(pattern, message)]
        lengths = re.search(r"(\d+) and (\d+) long", found["meaning"])
        holds = any(not lengths or {lengths[1], lengths[2]} <= set(re.findall(r"\d+", m)) for m in fitting)
        self.report.claim("what a message means", "" if holds else f"{found['meaning']} But the messages are {messages[:2]}")


def _near(target: np.ndarray, a: np.ndarray, b: np.ndarray, work: Callable) -> bool:
    try:
        made = work(a, b)
    except ValueError:
        return False
    return made.shape == target.shape and bool(np.allclose(made, target))


def _static(exercise) -> str:
    return " ".join([*exercise.hints, *(m.explanation for m in exercise.misconceptions)])


# ---------------------------------------------------------------------------------------- the whole verdict below the table


def check_words(facts: Facts, verdict, report: Report) -> None:
    """Hold the diagnosis, the finding, the notes and the hint against the facts."""
    words = Words(facts, verdict, report)
    if verdict.diagnosis:
        _check_diagnosis(facts, verdict, report)
        words.read(verdict.diagnosis.numbers)
    words.read(verdict.finding)
    for note in verdict.notes:
        _check_note(facts, verdict, note, report)
    if verdict.hint and verdict.hint != (facts.exercise.hints or ("",))[0]:
        blamed = verdict.hint.removesuffix((facts.exercise.hints or ("",))[0]).strip()
        report.unknown(blamed, blamed)


#: Words of an explanation, and whether what they say is so of every wrong array (yours, exact).
EXPLAINED = {
    "Everything is 0": lambda mine, exact: not np.any(mine),
    "to base 10": lambda mine, exact: np.allclose(np.log(10) * mine, exact, rtol=1e-3),
}


def _check_diagnosis(facts: Facts, verdict, report: Report) -> None:
    """A diagnosis holds where one of the misconceptions of that name gives the student's numbers."""
    attempts = []
    for known in facts.exercise.misconceptions:
        if known.name == verdict.diagnosis.name and known.explanation == verdict.diagnosis.explanation:
            attempt = Report(answer=report.answer)
            _check_known(facts, verdict, known, attempt)
            attempts.append(attempt)
    if not attempts:
        report.claim("diagnosis", f"no misconception is called {verdict.diagnosis.name} and explained like this")
        return
    report.add(min(attempts, key=lambda attempt: len(attempt.false)))


def _check_known(facts: Facts, verdict, known, report: Report) -> None:
    functions = tuple(a or b for a, b in zip(known.functions, facts.exercise.solution, strict=True))
    theirs = Facts(facts.exercise, probe(facts.exercise.name, functions, facts.cases, facts.exercise.limit), facts.exact)
    wrong = [row.name for row in verdict.rows if not row.general and not facts.right(row.name)]
    given = {row.name for row in verdict.rows if row.given}
    left = re.search(r"This does not explain (.*), which", verdict.finding)
    open_ = {row for row in facts.rows if left and re.search(rf"(?:^|, | and ){re.escape(facts.symbol(row))}(?:$|, | and )", left[1])}
    if not wrong:
        same = [row.name for row in verdict.rows if row.general and not row.ok and row.name in PROPERTIES]
        holds = same and all(facts.right(row) for row in theirs.rows)
        report.claim("diagnosis of a property", "" if holds else f"the numbers of “{known.name}” are wrong")
    for row in wrong:
        if row in open_:
            report.claim("what a diagnosis leaves open", not _equal(facts, theirs, row))
        elif row not in given:
            report.claim("diagnosis", "" if _equal(facts, theirs, row) else f"{row} is not that of “{known.name}”")
    for start, holds in EXPLAINED.items():
        if start in known.explanation and wrong and "about" not in known.explanation:
            pairs = [(a, b) for held in facts.rows[wrong[0]] for (a, b), ok in zip(held.pairs, held.marks, strict=True) if not ok]
            report.claim(f"explanation: {start}", "" if all(holds(a, b) for a, b in pairs) else f"{wrong[0]}: {pairs[:1]}")


def _equal(facts: Facts, theirs: Facts, row: str) -> bool:
    """Whether the student's values of a quantity are those of a known mistake, in every case."""
    return all(_alike(facts, a, theirs, b) for a, b in zip(facts.rows[row], theirs.rows[row], strict=True))


def _alike(facts: Facts, a: Held, theirs: Facts, b: Held) -> bool:
    errors = [f.record_behind(f.evidence, h.case, h.call).error for f, h in ((facts, a), (theirs, b))]
    if any(errors):
        return all(errors) and errors[0].kind == errors[1].kind
    if len(a.pairs) != len(b.pairs) or not a.pairs:
        return a.whole == b.whole and len(a.pairs) == len(b.pairs)
    for (mine, exact), (other, _) in zip(a.pairs, b.pairs, strict=True):
        if mine.size != other.size or mine.shape != other.shape and mine.size == exact.size and not a.single:
            return False
        room = max(a.near, 1e-5) * max(1.0, float(np.max(np.abs(other[np.isfinite(other)]), initial=0)))
        with np.errstate(all="ignore"):
            near = (np.abs(mine.ravel() - other.ravel()) <= room) | (mine.ravel() == other.ravel())
        if not np.all(near | (np.isnan(mine.ravel()) & np.isnan(other.ravel()))):
            return False
    return True


def _check_note(facts: Facts, verdict, note: str, report: Report) -> None:
    if note.startswith("Your function prints a great deal"):
        printed = max(r.printed for records in facts.evidence.observations for r in records)
        report.claim("prints a great deal", printed > 100_000)
    elif note.startswith("The rows that are right so far come out right without any work"):
        right = [row.name for row in verdict.rows if row.ok and not row.general]
        report.claim("right without any work", all(_needs_no_work(facts, row) for row in right) and verdict.score == 0)
    else:
        report.unknown(note, str(replace(verdict, notes=())))


def _needs_no_work(facts: Facts, row: str) -> bool:
    """Whether a quantity is one number everywhere, or one of the arguments."""
    whole = np.concatenate([np.ravel(b) for held in facts.rows[row] for _, b in held.pairs] or [np.zeros(1)])
    if np.all(whole == whole[0]):
        return True
    for held in facts.rows[row]:
        arguments = [v for v in map(_array, facts.cases[held.case].calls[held.call].arguments) if v is not None]
        if not any(v.size == np.size(held.exact) and np.array_equal(v.ravel(), np.ravel(held.exact)) for v in arguments):
            return False
    return True


def _array(value):
    return np.asarray(value, dtype=float) if isinstance(value, (int, float, np.ndarray)) else None
