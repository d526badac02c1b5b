"""The graph stepper of lesson 1 without a browser: its walk, its inputs and formulas, and a
student's own backward."""

import json

import numpy as np
import pytest
import traitlets
from graph_stepper_page import SQUARES, TRAITS

from course.expression import read_formula
from course.graph import Gate, Graph, ladder, product_of_sum
from course.widgets.graph_stepper import CIRCUITS, OWN, GraphStepper, GraphWalk

# ---- the walk


def test_the_walk_says_each_step_with_its_numbers():
    walk = GraphWalk(product_of_sum())
    said = []
    for walk.position in range(len(walk.steps) + 1):
        said.append(walk.words())
    assert "x = −2, y = 5, z = −4" in said[0]
    assert "q = x + y = (−2) + 5 = 3" in said[1]
    assert "f = q · z = 3 · (−4) = −12" in said[2]
    assert "∂f/∂f = 1" in said[3]
    assert (
        "to q:  z · ∂f/∂f = (−4) · 1 = −4" in said[4] and "to z:  q · ∂f/∂f = 3 · 1 = 3" in said[4]
    )
    assert (
        "to x:  1 · ∂f/∂q = 1 · (−4) = −4" in said[5]
        and "to y:  1 · ∂f/∂q = 1 · (−4) = −4" in said[5]
    )


def test_the_walk_says_where_gradients_add():
    stepper = GraphStepper("x*x + x", x=3.0)
    stepper.go_to(len(stepper.walk.steps))
    assert "add up: 7" in stepper.text()


def test_a_slope_that_is_a_difference_stands_in_brackets():
    walk = GraphWalk(read_formula("tanh(x)"))
    walk.go_to(3)
    assert "to x:  (1 − f²) · ∂f/∂f = " in walk.words()


def test_changing_an_input_keeps_the_place_in_the_walk():
    walk = GraphWalk(product_of_sum())
    walk.position = 5
    walk.set(z=0.0)
    assert walk.position == 5
    assert walk.graph["x"].grad == 0 and walk.graph["z"].grad == 3


def test_the_walk_has_one_method_for_each_thing_a_reader_does():
    walk = GraphWalk(product_of_sum())
    walk.back()
    assert walk.position == 0
    walk.step()
    assert walk.taken[-1].node == "q"
    walk.jump("f")
    assert walk.position == 2 and walk.taken[-1].phase == "forward"
    walk.jump("z")
    assert walk.position == 4  # its gradient is complete when f has sent it
    walk.go_to(5)
    walk.step()
    assert walk.position == 5
    with pytest.raises(ValueError, match="0 to 5, not 6"):
        walk.go_to(6)
    with pytest.raises(ValueError, match="no input is called q; there are x, y, z"):
        walk.set(q=1.0)


def test_gradients_are_complete_in_the_order_of_the_walk():
    walk = GraphWalk(read_formula("x*x + max(x, y)*y", {"x": -2.0, "y": 3.0}))
    assert list(walk.completed().items()) == [
        ("f", 5),
        ("v1", 6),
        ("v3", 6),
        ("v2", 7),
        ("y", 8),
        ("x", 9),
    ]


def test_every_circuit_can_be_walked_to_its_end_and_back():
    stepper = GraphStepper()
    for circuit in CIRCUITS:
        stepper.choose(circuit)
        assert stepper.position == 0
        seen = {stepper.png()}
        while stepper.position < len(stepper.walk.steps):
            stepper.step()
            seen.add(stepper.png())
        assert len(seen) == len(stepper.walk.steps) + 1
        stepper.step()
        stepper.back()
        assert stepper.position == stepper.walk.position == len(stepper.walk.steps) - 1


def test_an_input_changes_the_numbers_and_reset_brings_the_decks_back():
    stepper = GraphStepper()
    stepper.choose("f = wx + b")
    stepper.go_to(2)
    stepper.set(b=10.0)
    assert stepper.walk.graph.output.value == 0 and stepper.position == 2
    stepper.reset()
    assert stepper.walk.graph.output.value == -7 and stepper.position == 0
    assert stepper.inputs == {"w": -2.0, "x": 5.0, "b": 3.0}


# ---- inputs, formulas and graphs


@pytest.mark.parametrize("inputs", [{"x": np.inf}, {"x": np.nan}, {"x": "much"}, {"q": 1.0}])
def test_an_input_that_is_no_finite_number_or_not_there_is_refused_and_changes_nothing(inputs):
    stepper = GraphStepper()
    with pytest.raises(traitlets.TraitError, match="the inputs are x, y, z"):
        stepper.set(**inputs)
    assert (
        stepper.inputs == {"x": -2.0, "y": 5.0, "z": -4.0}
        and stepper.walk.graph.output.value == -12
    )
    with pytest.raises(traitlets.TraitError, match="0 to 5, not 6"):
        stepper.go_to(6)
    with pytest.raises(traitlets.TraitError, match="no circuit 'f = x'"):
        stepper.choose("f = x")


def test_a_formula_that_cannot_be_read_or_drawn_is_said_and_changes_nothing():
    stepper = GraphStepper("a*b", a=2.0)
    before = stepper.png()
    for number, (formula, said) in enumerate(
        (("x +", "cannot be read"), ("+".join(f"x{k}*y{k}" for k in range(9)), "can be drawn"))
    ):
        stepper.asked = {"text": formula, "number": number}
        assert said in stepper.answered["words"] and stepper.answered["number"] == number
        assert stepper.png() == before and stepper.formula == "a*b"
    stepper.asked = {"text": "a*b + c", "number": 9}
    assert stepper.answered == {"number": 9, "words": ""}
    assert stepper.inputs == {"a": 2.0, "b": 1.0, "c": 1.0}, "what has a value keeps it"
    assert [node["name"] for node in stepper.circuits[OWN]["nodes"]] == ["a", "b", "v1", "c", "f"]


def test_what_overflows_is_said_in_words():
    stepper = GraphStepper("exp(a*a)", a=1000.0)
    stepper.go_to(2)
    assert "infinite" in stepper.text()
    stepper = GraphStepper("log(a)", a=-1.0)
    stepper.go_to(1)
    assert "no number" in stepper.text()
    assert stepper.png().startswith(b"\x89PNG")


def test_a_stepper_refuses_what_it_cannot_read_or_compute():
    with pytest.raises(ValueError, match="cannot be read"):
        GraphStepper("(x +")
    with pytest.raises(ValueError, match="15 gates"):
        GraphStepper(ladder(15))
    with pytest.raises(ValueError, match="x is inf; an input is a finite number"):
        GraphStepper("x*y", x=np.inf)
    graph = Graph()
    graph.apply(
        Gate("√", np.sqrt, lambda a: (0.5 / np.sqrt(a),), "√{0}", ("1/(2√{0})",)),
        graph.input("x", 4.0),
    )
    with pytest.raises(ValueError, match="a gate of its own, √"):
        GraphStepper(graph)


def test_a_graph_built_gate_by_gate_is_shown_like_one_that_was_read():
    stepper = GraphStepper(ladder(3, start=2.0))
    stepper.go_to(len(stepper.walk.steps))
    assert stepper.circuit == "the one given" and stepper.walk.graph["x0"].grad == 8


# ---- a student's own backward


def topological(output):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(output)
    return order


def right(output):
    output.grad = 1.0
    for node in reversed(topological(output)):
        for parent, local in node.parents:
            parent.grad += local * node.grad


def overwriting(output):
    output.grad = 1.0
    for node in reversed(topological(output)):
        for parent, local in node.parents:
            parent.grad = local * node.grad


def without_local(output):
    output.grad = 1.0
    for node in reversed(topological(output)):
        for parent, _ in node.parents:
            parent.grad += node.grad


def nothing(output):
    raise NotImplementedError


def test_a_right_backward_agrees_everywhere_also_when_inputs_change():
    stepper = GraphStepper("t = x + y; (x + sigma(y)) / (sigma(x) + t*t)", yours=right)
    for x in (3.0, -1.0, 0.25):
        stepper.set(x=x)
        assert stepper.verdict.wrong == {} and "9 of 9 gradients are right" in stepper.text()


@pytest.mark.parametrize(("yours", "first", "said"), [
    (overwriting, "y", "yours is 3, it should be 6. Yours is the share through v3 alone; gradients add: 3 + 3."),
    (without_local, "v2", "Yours is the upstream gradient; the local gradient is missing."),
    (lambda output: None, "f", "yours is 0, it should be 1. The way back starts with 1."),
    ({"y": 12.0, "x": -4.0}, "y", "Yours is 2 times as much"), ({"x": 4.0, "v1": 1}, "x", "The sign is the other way round."),
    ({"x": 0.0}, "x", "Nothing has been added to it."), ({"x": None}, "x", "yours is no number"), ({"y": np.nan}, "y", "yours is nan"),
])  # fmt: skip
def test_the_first_wrong_gradient_along_the_walk_is_named_with_what_it_looks_like(
    yours, first, said
):
    stepper = GraphStepper(SQUARES, yours=yours)
    assert next(iter(stepper.verdict.wrong)) == first
    assert (
        said in stepper.text()
        and f"∂f/∂{first}, complete at step {stepper.walk.completed()[first]}" in stepper.text()
    )
    assert said in stepper._repr_mimebundle_()[0]["text/plain"]


def test_the_courses_own_function_in_the_place_of_yours_is_called_not_written():
    def backpropagate(output):
        raise AssertionError("not to be called")

    backpropagate.course_own = True
    assert "backpropagate is not written yet." in GraphStepper(SQUARES, yours=backpropagate).text()


def test_a_backward_that_raises_is_shown_and_breaks_nothing():
    assert (
        "<lambda> raised ZeroDivisionError: division by zero"
        in GraphStepper(SQUARES, yours=lambda output: 1 / 0).text()
    )
    stepper = GraphStepper(SQUARES, yours=nothing)
    assert "nothing is not written yet." in stepper.text()
    stepper.set(x=1.0)
    assert stepper.walk.graph.output.value == 10


def test_a_students_function_works_on_a_graph_of_its_own():
    def destroys(output):
        for node in topological(output):
            node.value, node.grad, node.parents = 99.0, 99.0, []

    stepper = GraphStepper(SQUARES, yours=destroys)
    assert stepper.walk.graph.output.value == 13 and stepper.walk.graph["y"].grad == 6
    assert len(stepper.verdict.wrong) == 6


def test_gradients_given_as_numbers_belong_to_the_inputs_they_were_made_for():
    stepper = GraphStepper(SQUARES, yours={"x": -4.0, "y": 5.0, "w": 1.0})
    assert (
        "1 of 2 gradients are right. The output depends on nothing that is called w."
        in stepper.text()
    )
    stepper.set(x=10.0)
    assert "Your backward" not in stepper.text() and stepper.theirs["inputs"] == {
        "x": -2.0,
        "y": 3.0,
    }
    stepper.reset()
    assert "1 of 2 gradients are right" in stepper.text()


def test_what_crosses_to_the_browser_is_plain_json():
    for stepper in (
        GraphStepper("exp(a*a)*relu(b) + 1e999*a", yours=right, a=1000.0),
        GraphStepper("sigmoid neuron", yours={"w0": np.inf}),
    ):
        state = {name: getattr(stepper, name) for name in TRAITS}
        assert json.loads(json.dumps(state, allow_nan=False)) == state
