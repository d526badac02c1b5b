"""The class as nbgrader sees it. Every plain ``nbgrader …`` command reads this file from the folder it is run in."""

from autograder.plugins import configure

c = get_config()

c.CourseDirectory.course_id = "backprop-by-hand"
configure(c)
