"""What a re-check found: how many claims of which kind hold, which do not, and what was not
understood.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from recheck.printed import NUMBER


@dataclass
class Report:
    """The outcome for one verdict, or for many.

    `held` counts claims by kind, `false` are (kind, what is not so, the answer), `unread` counts
    kinds of sentences of which nothing could be computed again.
    """

    held: Counter = field(default_factory=Counter)
    false: list[tuple[str, str, str]] = field(default_factory=list)
    unread: Counter = field(default_factory=Counter)
    verdicts: int = 0
    answer: str = ""

    def claim(self, kind: str, wrong: str | bool) -> None:
        """Note one claim; `wrong` says why it does not hold, "" where it does. A bool says
        whether it is so.
        """
        said = wrong if isinstance(wrong, str) else "" if wrong else "not so"
        self.held[kind] += not said
        if said:
            self.false.append((kind, said, self.answer))

    def unknown(self, text: str, world: str) -> None:
        """Note a sentence that no template fits. A number in it has to stand somewhere else in
        the verdict.
        """
        template = re.sub(rf"(?<![\w⁽]){NUMBER}(?!\w)", "#", re.sub(r"`[^`]+`", "`…`", text))
        self.unread[template] += 1
        known = set(re.findall(NUMBER, world))
        strange = [
            n
            for n in re.findall(rf"(?<![\w⁽]){NUMBER}(?!\w)", text)
            if n not in {*known, "nan", "inf"}
        ]
        if strange:
            self.false.append(
                ("a number from nowhere", f"{', '.join(strange)} in “{text}”", self.answer)
            )

    def add(self, other: Report) -> None:
        """Take in another report."""
        self.held += other.held
        self.false += other.false
        self.unread += other.unread
        self.verdicts += other.verdicts
