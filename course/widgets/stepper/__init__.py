"""The backprop stepper. Python keeps the state and the words; the files in JavaScript draw it and
compute as one drags."""

from course.widgets.stepper.stepper import BackpropStepper

__all__ = ["BackpropStepper"]
