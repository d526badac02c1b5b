"""Draw a digit: the reader's own drawing, read by the network that was trained."""

from course.widgets.draw_digit.draw_digit import DrawDigit, normalise, render

__all__ = ["DrawDigit", "normalise", "render"]
