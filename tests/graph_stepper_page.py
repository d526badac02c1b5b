"""A page with the graph stepper and no kernel behind it, and an answer of Python's when a test asks
for one."""

import base64
import json

from stepper_page import PAGE

from course.widgets.graph_stepper import GraphStepper

TRAITS = "circuit inputs position digits circuits formula asked answered theirs pencil".split()
SQUARES = "x*x + max(x, y)*y"  # x and y are used again, and max lets only one of them through


def show(page, stepper):
    """Put the stepper on the page; the page."""
    state = json.dumps({name: getattr(stepper, name) for name in TRAITS}, allow_nan=False)
    page.set_content(PAGE % (stepper._css, state, base64.b64encode(stepper._esm.encode()).decode()))
    page.wait_for_selector(".gs-body")
    return page


def at_the_end(*arguments, **named):
    """A stepper whose walk has been taken."""
    stepper = GraphStepper(*arguments, **named)
    stepper.go_to(len(stepper.walk.steps))
    return stepper


def answer(page, stepper):
    """Let Python answer, as the kernel does: what the browser has changed goes there, what Python
    has changed comes back."""
    changed = page.evaluate("model.state")
    for name in ("circuit", "inputs", "position", "asked"):
        setattr(stepper, name, changed[name])
    for name in ("circuits", "formula", "position", "circuit", "inputs", "theirs", "answered"):
        page.evaluate("([name, value]) => model.set(name, value)", [name, getattr(stepper, name)])
