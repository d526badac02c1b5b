"""Small mends to nbgrader's formgrader, in its own process: its handlers offer no door for them.

Each is what a patch of nbgrader would be: one function, the same name, the same result where
nbgrader's has one.
"""

from __future__ import annotations

import functools

from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader.apihandlers import GradeHandler
from traitlets import log

from autograder.plugins.lateness import penalty_of


def mend_formgrader() -> None:
    """Put the mends in place, once."""
    _list_without_a_time()
    _grade_less_what_is_taken_off()


def _grade_less_what_is_taken_off() -> None:
    """Let points that are given on the formgrader's page count less what being late takes off."""
    write = GradeHandler.put
    if getattr(write, "mended", False):
        return

    @functools.wraps(write)
    def put(self, grade_id):
        write(self, grade_id)
        notebook = self.gradebook.find_grade_by_id(grade_id).notebook
        notebook.late_submission_penalty = penalty_of(self.api.config, notebook)
        self.gradebook.db.commit()

    put.mended = True
    GradeHandler.put = put


def _list_without_a_time() -> None:
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
