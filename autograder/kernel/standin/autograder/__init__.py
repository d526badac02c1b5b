"""The autograder as a graded notebook sees it: it calls functions and writes down what they return.
It judges elsewhere."""


class NotYetRight(AssertionError):
    """Raised by a check in the student's own notebook; never here."""


def check(name, *functions):
    """Judged by the grader, not by the notebook."""
    print(f"{name}: judged by the grader.")


def hint(name):
    """Hints are for working, not for grading."""


def assess(name, *functions):
    """Not available here."""
    raise ImportError("autograder.assess is not there while a submission is graded")


def summary(lesson):
    """What was done is shown where the work is done, not while it is graded."""


def practise(lesson):
    """Questions are for working, not for grading."""
