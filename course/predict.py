"""The name under which notebooks of older releases import `predict`; new ones take it from
`course.prediction`."""

from course.prediction import predict

__all__ = ["predict"]
