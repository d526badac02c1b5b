"""A step of both steppers as text: what stands in the picture, line by line, drawn in node without a
browser. A change of the picture is a difference in ``tests/steps``, to be read before it is committed.

``python tests/test_steps_as_text.py`` writes the texts again.
"""

import sys
import tempfile
from pathlib import Path

import pytest
from graph_stepper_page import TRAITS as GRAPH_TRAITS
from in_node import in_node
from stepper_page import TRAITS

from course import examples
from course.widgets import BackpropStepper
from course.widgets.graph_stepper import GraphStepper

HERE = Path(__file__).parent
STAND_IN = f'import {{ shown, printed }} from "{(HERE / "dom_stand_in.mjs").as_uri()}";'
DRAW = """(esm, { state, typed, part }) => {
  const page = shown(esm, state);
  typed.forEach(page.type);
  const asks = state.pencil.on ? "bp-pencil" : "bp-panel";
  return [...printed(page.find(asks)), ...printed(page.find(part))].join("\\n") + "\\n";
}"""
STEPS = {
    "deck-step-9": (lambda: BackpropStepper(*examples.two_two_one()), 9, []),
    "deck-asks-for-step-9": (
        lambda: BackpropStepper(*examples.two_two_one(), pencil=True), 8, ["-0.4689"]),
    "graph-step-4": (lambda: GraphStepper(), 4, []),
    "graph-asks-for-step-4": (lambda: GraphStepper(pencil=True), 3, ["-4", "0.5"]),
}  # fmt: skip


def drawn(name, folder):
    make, position, typed = STEPS[name]
    stepper = make()
    stepper.go_to(position)
    widget, traits = BackpropStepper, TRAITS
    if isinstance(stepper, GraphStepper):
        widget, traits = GraphStepper, GRAPH_TRAITS
    state = {trait: getattr(stepper, trait) for trait in traits}
    data = {"state": state, "typed": typed, "part": "bp-picture"}
    return in_node(widget, DRAW, data, folder, before=STAND_IN)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_drawn_as_it_was_when_somebody_last_looked(name, tmp_path):
    kept = (HERE / "steps" / f"{name}.txt").read_text("utf-8")
    assert drawn(name, tmp_path).splitlines() == kept.splitlines()


if __name__ == "__main__":
    (HERE / "steps").mkdir(exist_ok=True)
    for step in STEPS:
        with tempfile.TemporaryDirectory() as place:
            (HERE / "steps" / f"{step}.txt").write_text(drawn(step, Path(place)), "utf-8")
            print(f"written: tests/steps/{step}.txt", file=sys.stderr)
