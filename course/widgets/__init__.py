"""Interactive pictures: Python objects that need no browser, and the little JavaScript that draws
them."""

from course.widgets.common.in_a_tab import keep_none
from course.widgets.stepper import BackpropStepper

__all__ = ["BackpropStepper"]

keep_none()
