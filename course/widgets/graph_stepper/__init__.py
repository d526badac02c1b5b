"""The graph stepper: a circuit of gates, walked through forward and back."""

from course.widgets.graph_stepper.graph_stepper import CIRCUITS, OWN, GraphStepper
from course.widgets.graph_stepper.walk import GraphWalk

__all__ = ["CIRCUITS", "OWN", "GraphStepper", "GraphWalk"]
