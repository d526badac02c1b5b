"""What stands below a table: every sentence that a template fits is computed again, the others
are listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from recheck.facts import Facts
from recheck.graphs import STORY, story_is_so
from recheck.printed import NUMBER
from recheck.problems import in_words, wrong_with
from recheck.report import Report
from recheck.sayings import CLAIM, MEANINGS
from recheck.sentences import Sentences
from recheck.several import SPLIT, SURE


class Words(Sentences):
    """The sentences about one answer, read one after the other."""

    def __init__(self, facts: Facts, verdict, report: Report):
        super().__init__(facts, verdict, report)
        self.templates: list[tuple[re.Pattern, Callable]] = [
            (re.compile(pattern, re.DOTALL), check) for pattern, check in self._patterns()
        ]

    def _patterns(self):
        name, label, listing = (
            f"(?:{self.name})",
            f"(?:{self.label})",
            rf"(?:{self.name})(?:(?:, | and )(?:{self.name}))*",
        )
        subject = (
            rf"(?P<subject>Where (?P<where>{name}) is wrong: (?:it|[Ee]very entry of it)|"
            rf"(?P<every>Every entry of every wrong array of |Every wrong array of |Every "
            rf"array of |Every entry of |)(?P<name>{name}))"
        )
        case = rf"(?P<scope>, for (?P<label>{label}); not in every case|)"
        yield rf"{subject} (?P<said>{'|'.join(CLAIM)}){case}\.", self._claim
        yield rf"{subject} is (?P<ratio>{NUMBER}) times the exact one{case}\.", self._claim
        yield (
            rf"(?P<few>\d+) of (?P<all>\d+) entries of (?P<name>{name}) are wrong for "
            rf"(?P<label>{label}), "
            rf"the first at (?P<at>\[.*?\]): (?P<a>{NUMBER}), exact (?P<b>{NUMBER})\.",
            self._entries,
        )
        yield (
            rf"(?P<name>{name}) is (?P<a>{NUMBER}), exact is (?P<b>{NUMBER}): off by "
            rf"(?P<off>{NUMBER}), "
            rf"for (?P<label>{label})\.",
            self._one_number,
        )
        yield (
            rf"(?P<name>{name})(?P<at>\[[\d, ]*\])?(?: is (?P<a>{NUMBER}) for (?P<label>{label})|"
            rf": yours (?P<mine>{NUMBER})); right is "
            rf"(?P<words>{'|'.join(map(re.escape, (SPLIT, *SURE.values())))})\.",
            self._one_of_several,
        )
        yield rf"No entry of (?P<name>{name}) is right for (?P<label>{label})\.", self._no_entry
        yield (
            rf"The same (?P<name>{name}) comes back for different inputs\.(?: Are the numbers "
            rf"written into the function, "
            r"or read from the notebook instead of from the arguments\?)?",
            self._constant,
        )
        yield (
            r"(?P<names>(?:`\w+`(?:, | and )?)+) (?:is|are) read from the notebook: (?:it "
            r"is|they are) neither an? ?arguments? "
            r"of the function nor computed in it\.",
            self._reads,
        )
        yield (
            rf"(?P<name>{name})(?P<part>, number \d+)?(?P<at>\[[\d, ]*\])?(?: \(for "
            rf"(?P<label>{label})\))?: yours (?P<a>{NUMBER}), "
            rf"exact (?P<b>{NUMBER})\.(?: (?P<related>(?:Yours|Mending) .+?)\.(?= |$))?",
            self._in_numbers,
        )
        yield (
            rf"(?P<name>{name}) is the first wrong quantity(?:; (?P<next>{listing}) follows? "
            rf"rightly from yours)?\.",
            self._first,
        )
        yield (
            rf"This does not explain (?P<names>{listing}), which (?:is|are) wrong as well\.",
            self._unexplained,
        )
        yield (
            r"Yours is `(?P<a>[^`]+) \* (?P<b>[^`]+)`, entry by entry\. The matrix product "
            r"`(?P<c>[^`]+) @ (?P<d>[^`]+)` is the "
            r"exact one: each entry is a sum of products\.",
            self._product,
        )
        yield rf"(?P<names>{listing}) (?:is|are) wrong as well\.", self._as_well
        yield (
            rf"(?P<meaning>(?:{'|'.join(map(re.escape, MEANINGS))})[^.]*(?:\.(?! "
            rf"[A-Z]|$)[^.]*)*\.)",
            self._meaning,
        )

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
            self.report.claim(
                "what was raised, and where", f"nothing that came of a call is “{sentence}”"
            )
            return text[len(sentence) :]
        self.report.unknown(
            sentence, str(self.verdict).replace(text, "") + _static(self.facts.exercise)
        )
        return text[len(sentence) :]

    def _problem(self, text: str) -> str | None:
        """What is left after a sentence on what could not be compared; None where the text
        begins with none.
        """
        found = re.match(
            rf"(?:For (?P<label>{self.label}): )?(?:(?P<name>{self.name})(?:: |, for "
            rf"(?P<late>{self.label}): ))?",
            text,
        )
        rest, label = text[found.end() :], found["label"] or found["late"]
        told = (
            [found["name"]]
            if found["name"]
            else [next((r.name for r in self.verdict.rows if not r.ok and not r.general), "")]
        )
        entries = [
            (row, held)
            for name in told
            for row in self.facts.called(name)
            for held in self.facts.rows[row]
        ]
        entries += [(found["name"], held) for held in self.facts.rows.get(f"{found['name']}", ())]
        entries = [
            (r, h) for r, h in entries if not label or self.facts.cases[h.case].label == label
        ]
        return self._longest(text, rest, entries, bool(label), found["name"])

    def _longest(
        self, text: str, rest: str, entries: list, single: bool, name: str | None
    ) -> str | None:
        ends = [m.start() for m in re.finditer(r"[.?](?= |$)", rest)]
        raised = [
            (h, in_words(self.facts, self.facts.record_behind(self.facts.evidence, h.case, h.call)))
            for _, h in entries
        ]
        for _, said in raised:
            if said and rest.startswith(said.rstrip(".?")) and not name:
                holds = single or all(other == said for _, other in raised)
                self.report.claim(
                    "what was raised, and where", "" if holds else f"not in every case: {said}"
                )
                return rest[len(said.rstrip(".?")) :].lstrip(".?")
        answers = []
        for end in ends:
            tried = [
                wrong_with(self.facts, held, rest[:end]) for _, held in entries if not held.right
            ]
            if any(error for _, error in raised):  # what is said of the others is not about these
                tried = [answer for answer in tried if answer == ""]
            answers.append((end, tried))
        answers.sort(
            key=lambda answer: "" not in answer[1]
        )  # a message may go on after a full stop
        for end, tried in answers:
            said = rest[:end]
            if any(answer is not None for answer in tried):
                wrong = (
                    next((a for a in tried if a), "")
                    if not single
                    else ""
                    if "" in tried
                    else tried[0]
                )
                self.report.claim(
                    "why nothing could be compared", f"{said}: {wrong}" if wrong else ""
                )
                return rest[end + 1 :]
        return None


def _static(exercise) -> str:
    return " ".join([*exercise.hints, *(m.explanation for m in exercise.misconceptions)])
