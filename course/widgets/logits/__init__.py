"""Logits to probabilities: every stage of the softmax, moved by hand."""

from course.widgets.logits.logits import COLDEST, FURTHEST, WARMEST, LogitsToProbabilities, Stages

__all__ = ["COLDEST", "FURTHEST", "WARMEST", "LogitsToProbabilities", "Stages"]
