"""What being late takes off is taken anew when a person gives points.

nbgrader takes it while it grades by itself; points that are given by hand afterwards would escape
it until the next grading.
"""

from __future__ import annotations

from nbgrader.api import SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config


def penalty_of(config: Config, notebook: SubmittedNotebook) -> float | None:
    """What the class takes off a notebook's points for being late, as they stand in the gradebook.

    Parameters
    ----------
    config
        The configuration of the class: its plugin decides.
    notebook
        The notebook, with all that was changed in it written.

    Returns
    -------
    float | None
        Between 0 and the notebook's points; None where it was in time, or nothing is taken off.
    """
    late = notebook.assignment.total_seconds_late
    if late <= 0:
        return None
    taking = AssignLatePenalties(config=config)
    taking.init_plugin()
    penalty = taking.plugin_inst.late_submission_penalty(notebook.student.id, notebook.score, late)
    return None if penalty is None else min(max(0.0, penalty), notebook.score)
