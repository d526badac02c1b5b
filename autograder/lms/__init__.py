"""Between a class and its learning platform: grades, rosters, submissions and feedback, as Canvas
and Moodle write and read them.

`tables`, `sheets`
    a platform's table, of which single cells change; what its columns are;
`people`
    who of the platform is who in the gradebook;
`grades`
    ``nbgrader export`` into the platform's own table;
`zips`, `collecting`
    what was handed in, from the zip that the platform made (``backprop collect``);
`returning`
    the feedback pages in the zip that the platform takes (``backprop return``).
"""

from __future__ import annotations

from autograder.lms.grades import CanvasExporter, MoodleExporter
from autograder.lms.problem import Refused

__all__ = ["CanvasExporter", "MoodleExporter", "Refused"]
