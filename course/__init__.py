"""Everything a lesson is made of: its text, its mathematics, its pictures and its widgets."""

from course.sharp import draw_sharply

draw_sharply()
