"""A class without nbgrader's exchange: files are given out and come back by whatever way people
have.

nbgrader takes a missing exchange for a fault: its commands end in a raw error, its pages warn. Here
every command that needs an exchange says what to do by hand instead, and the formgrader's list of
lessons opens without a warning.
"""

from __future__ import annotations

from nbgrader.exchange import abc
from traitlets.config import Config

ANOTHER = "For an exchange: backprop init FOLDER --exchange PATH"


class _Without:
    """What an exchange's step does here: it says what to do instead, and fails as nbgrader's own
    would."""

    instead = ""

    def start(self):
        lesson = self.coursedir.assignment_id or "<lesson>"
        self.fail(f"This class has no exchange. {self.instead.format(lesson=lesson)} {ANOTHER}")


class ReleaseByHand(_Without, abc.ExchangeReleaseAssignment):
    """Releasing a lesson."""

    instead = "Give your students the folder release/{lesson}/."


class CollectByHand(_Without, abc.ExchangeCollect):
    """Collecting what was handed in."""

    instead = (
        "Put what your students hand in at submitted/<student>/{lesson}/{lesson}.ipynb, or take it"
        " from the zip of Canvas or Moodle: backprop collect {lesson} ZIP."
    )


class FeedbackByHand(_Without, abc.ExchangeReleaseFeedback):
    """Giving feedback back."""

    instead = (
        "Send each student the page feedback/<student>/{lesson}/{lesson}.html, or pack the pages for"
        " Canvas or Moodle: backprop return {lesson}."
    )


class FetchByHand(_Without, abc.ExchangeFetchAssignment):
    """Fetching a lesson, as a student."""

    instead = "Your instructor gives you the lesson's folder."


class FetchFeedbackByHand(_Without, abc.ExchangeFetchFeedback):
    """Fetching feedback, as a student."""

    instead = "Your instructor sends you the page."


class SubmitByHand(_Without, abc.ExchangeSubmit):
    """Handing in, as a student."""

    instead = "Hand the notebook in as your instructor asks."


class NothingReleased(abc.ExchangeList):
    """What an exchange holds: nothing, and that is no fault."""

    def start(self):
        """The lessons in the exchange."""
        return []


def without_exchange(c: Config) -> None:
    """Make nbgrader say what to do by hand where it would use an exchange.

    Parameters
    ----------
    c
        The configuration object of an ``nbgrader_config.py``, after ``configure(c)``.
    """
    c.ExchangeFactory.list = NothingReleased
    c.ExchangeFactory.release_assignment = ReleaseByHand
    c.ExchangeFactory.collect = CollectByHand
    c.ExchangeFactory.release_feedback = FeedbackByHand
    c.ExchangeFactory.fetch_assignment = FetchByHand
    c.ExchangeFactory.fetch_feedback = FetchFeedbackByHand
    c.ExchangeFactory.submit = SubmitByHand
