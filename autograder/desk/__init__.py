"""The instructor's desk: what a person who runs a class does, apart from nbgrader's own commands.

`beginning`
    a class from nothing (``backprop init``); `roster` reads who is in it;
`regrading`
    grades that follow changed points, said before they change (``backprop regrade``);
`traffic`
    what goes between a class and its platform (``backprop collect``, ``backprop return``);
`plan`
    what a class got wrong in a lesson, and what to do about it (``backprop report``);
`returning`
    the pages that students get back, all at once (``backprop feedback``);
`answers`, `page`
    written answers, all of one question in a row (``backprop handgrade``).

The plugins beside this room are called by nbgrader; what is here is called by a person, and calls
nbgrader.
"""

from __future__ import annotations


class Refused(Exception):
    """Something cannot be done; the message says why, and what to do. Nothing was changed."""
