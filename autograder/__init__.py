"""Everything that judges: exercises as data, evidence, verdicts, and nbgrader's doors.

A notebook needs few names, and they are all that is exported:

`check`
    shows the verdict on an exercise and raises while the work is not right;
`hint`
    the next rung of the hint ladder, after a failing check;
`summary`
    what was done, at the end of a lesson;
`practise`
    questions with numbers, drawn afresh; what was wrong comes back;
`assess`
    the same judgement as an object, for programs.
"""

from autograder.check import NotYetRight, assess, check, hint
from autograder.notebook import patience, quiet
from autograder.notebook.ending import summary


def practise(lesson: str) -> None:
    """Ask questions of a lesson; see `autograder.review.form.practise`. Loaded when it is
    called."""
    from autograder.review.form import practise as ask

    ask(lesson)


__all__ = ["NotYetRight", "assess", "check", "hint", "practise", "summary"]

quiet.begin(NotYetRight)
patience.begin()
