"""Small mends to nbgrader's formgrader, in its own process: its handlers offer no door for them.

Each is what a patch of nbgrader would be: one function, the same name, the same result where
nbgrader's has one.
"""

from __future__ import annotations

import functools

from nbgrader.apps.api import NbGraderAPI
from traitlets import log


def mend_formgrader() -> None:
    """Let the formgrader list a class in which one submission's time cannot be read."""
    read = NbGraderAPI.get_submitted_timestamp
    if getattr(read, "mended", False):
        return

    @functools.wraps(read)
    def get_submitted_timestamp(self, assignment_id, student_id):
        try:
            return read(self, assignment_id, student_id)
        except (
            ValueError,
            OverflowError,
            OSError,
        ) as problem:  # an empty or damaged timestamp.txt; the others are still listed
            log.get_logger().warning(
                "The time of %s, %s cannot be read: %s", student_id, assignment_id, problem
            )
            return None

    get_submitted_timestamp.mended = True
    NbGraderAPI.get_submitted_timestamp = get_submitted_timestamp
