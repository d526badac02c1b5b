"""The last step of a release: it bears what was given, so that a copy knows its student's lines."""

from __future__ import annotations

from nbgrader.preprocessors import NbGraderPreprocessor

from course.making.fingerprints import mark_release


class MarkRelease(NbGraderPreprocessor):
    """Write the fingerprints of a release and of its cells into the notebook's metadata."""

    def preprocess(self, nb, resources):
        """Mark the notebook as `mark_release` does."""
        mark_release(nb)
        return nb, resources
