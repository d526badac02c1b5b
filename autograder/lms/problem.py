"""What the doors to a learning platform raise."""

from __future__ import annotations


class Refused(Exception):
    """A file of a platform cannot be used; the message says why, and what to do."""
