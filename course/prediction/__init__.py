"""Predict first: what a student expects before they see it, kept beside the notebook and shown next
to the truth."""

from course.prediction.predicting import predict

__all__ = ["predict"]
