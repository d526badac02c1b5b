"""The course as a graded notebook sees it: the data are real, the pictures stay blank, whatever
computes is absent."""

import sys
from importlib.machinery import PathFinder

from course import _blank

_finder = _blank.Finder()
sys.meta_path.insert(sys.meta_path.index(PathFinder) + 1, _finder)


def refuse(names):
    """Let packages of these names be absent even where they are installed."""
    sys.meta_path.insert(0, _blank.Absent(names))
