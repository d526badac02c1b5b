"""What an error message is most often about, for the `story` of an exercise."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from autograder.evidence.inputs import Case
from autograder.evidence.probe import Record

Story = Callable[[Case, Sequence[Record]], str]

UNPACKED = "values to unpack"  # names written out for a fixed number of layers or units
OF_A_LIST = "'list' object has no attribute|inhomogeneous shape"  # all layers taken for an array


def where(message: str, text: str) -> Story:
    """A story that tells `text` of a case in which a call failed with such a message.

    Parameters
    ----------
    message
        A pattern that the error's message has to hold.
    text
        What is true of the exercise whatever the cause.
    """

    def story(_: Case, records: Sequence[Record]) -> str:
        errors = (record.error for record in records if record.error)
        return text if any(re.search(message, error.message) for error in errors) else ""

    return story
