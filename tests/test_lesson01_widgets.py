"""The three pictures of lesson 1, graph stepper, paths versus edges, difference curve: logic first, then the pictures."""

import numpy as np
import pytest

from course.graph import ladder, product_of_sum
from course.plots.graph_diagram import RADIUS, draw_graph, place, show_moment, too_large
from course.widgets.difference_curve import STEPS, DifferenceCurve, DifferenceErrors
from course.widgets.graph_stepper import CIRCUITS, OWN, GraphStepper, GraphWalk
from course.widgets.paths_and_edges import FAMILIES, PathCounts, PathsAndEdges, duration


@pytest.fixture(scope="module")
def stepper():
    return GraphStepper()


@pytest.fixture(scope="module")
def paths():
    return PathsAndEdges()


@pytest.fixture(scope="module")
def curve():
    return DifferenceCurve()


# ---- graph stepper


def test_the_walk_says_each_step_with_its_numbers():
    walk = GraphWalk(product_of_sum())
    said = []
    for walk.position in range(len(walk.steps) + 1):
        said.append(walk.words())
    assert "x = −2, y = 5, z = −4" in said[0]
    assert "q = x + y = (−2) + 5 = 3" in said[1]
    assert "f = q · z = 3 · (−4) = −12" in said[2]
    assert "∂f/∂f = 1" in said[3]
    assert "to q:  z · ∂f/∂f = (−4) · 1 = −4" in said[4] and "to z:  q · ∂f/∂f = 3 · 1 = 3" in said[4]
    assert "to x:  1 · ∂f/∂q = 1 · (−4) = −4" in said[5] and "to y:  1 · ∂f/∂q = 1 · (−4) = −4" in said[5]


def test_the_walk_says_where_gradients_add():
    stepper = GraphStepper("x*x + x", x=3.0)
    stepper.position.value = stepper.position.max
    assert "add up: 7" in stepper.text()


def test_changing_an_input_keeps_the_place_in_the_walk():
    walk = GraphWalk(product_of_sum())
    walk.position = 5
    walk.set(z=0.0)
    assert walk.position == 5
    assert walk.graph["x"].grad == 0 and walk.graph["z"].grad == 3


def test_every_circuit_can_be_walked_to_its_end_and_back(stepper):
    for circuit in CIRCUITS:
        stepper.circuit.value = circuit
        assert stepper.position.value == 0 and stepper.back.disabled
        seen = {stepper.png()}
        while not stepper.step.disabled:
            stepper.step.click()
            seen.add(stepper.png())
        assert len(seen) == len(stepper.walk.steps) + 1
        stepper.back.click()
        assert stepper.position.value == len(stepper.walk.steps) - 1


def test_an_input_box_changes_the_numbers_and_reset_brings_the_decks_back(stepper):
    stepper.circuit.value = "f = wx + b"
    stepper.position.value = 2
    assert [box.description for box in stepper.inputs if box.layout.display != "none"] == ["w", "x", "b"]
    stepper.inputs[2].value = 10.0
    assert stepper.walk.graph.output.value == 0
    stepper.inputs[2].value = 1e300
    assert np.isfinite(stepper.walk.graph.output.value)
    stepper.reset.click()
    assert stepper.walk.graph.output.value == -7 and stepper.position.value == 0
    assert stepper.inputs[2].value == 3


def test_a_number_that_is_too_large_is_cut_in_its_box_as_well():
    stepper = GraphStepper()
    stepper.inputs[0].value = -1e300
    assert stepper.inputs[0].value == stepper.walk.graph["x"].value > -1e300


def test_the_slider_in_view_is_made_for_the_circuit_in_view():
    # in the browser the key End goes to the end that a slider was made with, whatever its range has become
    stepper = GraphStepper()
    for name in CIRCUITS:
        stepper.circuit.value = name
        in_view = [w for row in stepper.view.children for w in getattr(row, "children", ()) if type(w).__name__ == "IntSlider"]
        assert in_view == [stepper.position] and stepper.position.max == stepper.play.max == len(stepper.walk.steps)
        stepper.step.click()
        assert stepper.position.value == stepper.walk.position == 1
    before = stepper.position
    stepper.circuit.value = OWN
    assert stepper.position is not before


def test_a_formula_that_cannot_be_read_or_drawn_is_said_and_changes_nothing(stepper):
    stepper.circuit.value = OWN
    before = stepper.png()
    for formula, said in (("x +", "cannot be read"), ("+".join(f"x{k}*y{k}" for k in range(9)), "can be drawn")):
        stepper.formula.value = formula
        assert said in stepper._said.value
        assert stepper.png() == before
    stepper.formula.value = "a*b + c"
    assert stepper._said.value == "" and [node.name for node in stepper.walk.graph.inputs] == ["a", "b", "c"]


def test_what_overflows_is_said_in_words():
    stepper = GraphStepper("exp(a*a)", a=1000.0)
    stepper.position.value = 2
    assert "infinite" in stepper.text()
    stepper = GraphStepper("log(a)", a=-1.0)
    stepper.position.value = 1
    assert "no number" in stepper.text()
    assert stepper.png().startswith(b"\x89PNG")


def test_a_stepper_refuses_a_formula_that_it_cannot_read():
    with pytest.raises(ValueError, match="cannot be read"):
        GraphStepper("(x +")


@pytest.mark.parametrize("circuit", [*CIRCUITS, "x*x + max(x, y)*y", "(a + b)*(b + c) + b/(1 + exp(-a))", "a*b + a*c + b*c"])
def test_no_node_hides_another(circuit):
    walk = GraphStepper(circuit).walk
    figure_places = list(place(walk.graph)[0].values())
    assert len(set(figure_places)) == len(walk.graph.nodes)
    drawn = list(GraphStepper(circuit)._artists.places.values())
    nearest = min(np.hypot(x - a, y - b) for i, (x, y) in enumerate(drawn) for a, b in drawn[:i])
    assert nearest > 2 * RADIUS


def test_a_moment_marks_the_active_gate_by_its_fill_and_its_wires_by_their_arrows(stepper):
    stepper.circuit.value = "f = (x + y)z"
    stepper.position.value = 4
    artists = stepper._artists
    assert [name for (name, _), (_, _, back) in artists.wires.items() if back.get_visible()] == ["f", "f"]
    assert artists.slopes.get_text() == "local to q: −4\nlocal to z: 3"
    assert artists.gradients["q"].get_text() == "∂−4" and artists.gradients["x"].get_text() == ""
    stepper.position.value = 1
    assert [name for (name, _), (_, forward, _) in artists.wires.items() if forward.get_visible()] == ["q", "q"]
    assert artists.values["f"].get_text() == ""


def test_a_graph_too_large_to_be_read_is_refused():
    assert too_large(product_of_sum()) == ""
    assert "15 gates" in too_large(ladder(15))


def test_the_diagram_can_be_drawn_without_the_widget(stepper):
    artists = draw_graph(stepper.figure.axes[0], product_of_sum())
    show_moment(artists, product_of_sum(), [])
    assert artists.values["x"].get_text() == "−2" and artists.values["q"].get_text() == ""
    stepper.reset.click()


# ---- paths versus edges


def walked(counts, depth):
    """Paths, counted one by one along every edge."""
    sizes = counts.layers(depth)

    def onward(k):
        return 1 if k == len(sizes) - 1 else sum(onward(k + 1) for _ in range(sizes[k + 1] * counts.family.repeat))

    return onward(0)


@pytest.mark.parametrize("family", FAMILIES)
def test_paths_summed_along_edges_are_as_many_as_paths_walked(family):
    counts = PathCounts(family)
    for depth in (1, 2, 3):
        assert counts.paths(depth) == walked(counts, depth)


def test_sixty_doubled_edges_are_the_ladder_of_the_graph_module():
    counts, graph = PathCounts("doubled edges"), ladder(60)
    assert counts.paths(60) == graph.count_paths()["x0"] == 2**60
    assert counts.edges(60) == graph.count_edges() == 120


@pytest.mark.parametrize(("family", "depth", "paths", "edges"), [("a chain", 9, 1, 9), ("layers of 2", 5, 32, 20), ("layers of 3", 4, 81, 33),
                                                                 ("layers of 10", 30, 10**30, 2920)])  # fmt: skip
def test_paths_are_a_power_of_the_depth_and_edges_a_multiple(family, depth, paths, edges):
    assert (PathCounts(family).paths(depth), PathCounts(family).edges(depth)) == (paths, edges)


def test_durations_are_told_in_units_one_can_imagine():
    assert [duration(n) for n in (120, 10**7, 3 * 10**9, 10**12, 10**15, 2**60, 10**30)] == [
        "0.12 µs", "10 ms", "3 s", "16.7 minutes", "11.6 days", "37 years", "3.2·10¹³ years"]  # fmt: skip


def test_every_family_and_depth_has_a_picture_and_its_numbers_in_words(paths):
    seen = set()
    for family in FAMILIES:
        for depth in (1, 7, 60):
            paths.family.value, paths.depth.value = family, depth
            counts = PathCounts(family)
            assert f"{counts.paths(depth):,}" in paths.text() and f"{counts.edges(depth):,}" in paths.text()
            seen.add(paths.png())
    assert len(seen) == 3 * len(FAMILIES)


# ---- finite differences


@pytest.mark.parametrize(("method", "h", "error"), [("central", 1e-5, 1.7e-12), ("one-sided", 1e-14, 7.9e-3), ("central, float32", 1e-5, 1.8e-3)])
def test_the_well_known_errors_at_sigma_of_one_half(method, h, error):
    index = int(np.argmin(np.abs(np.log(STEPS / h))))
    assert DifferenceErrors("σ at 0.5").errors[method][index] == pytest.approx(error, rel=0.05)


def test_central_differences_gain_two_digits_for_one_and_one_sided_ones_gain_one():
    errors = DifferenceErrors("sin at 1").errors
    tenth, hundredth = (int(np.argmin(np.abs(STEPS - h))) for h in (0.1, 0.01))
    assert errors["central"][tenth] / errors["central"][hundredth] == pytest.approx(100, rel=0.02)
    assert errors["one-sided"][tenth] / errors["one-sided"][hundredth] == pytest.approx(10, rel=0.05)


def test_the_valley_of_central_differences_lies_near_one_hundred_thousandth():
    for subject in ("σ at 0.5", "x³ at 1", "sin at 1", "exp at 10"):
        assert 1e-7 < DifferenceErrors(subject).best("central") < 1e-3


def test_zoomed_in_too_far_the_function_is_a_staircase():
    differences = DifferenceErrors("σ at 0.5")
    _, smooth, _ = differences.zoom(1e-5)
    _, stairs, _ = differences.zoom(1e-15)
    assert len(np.unique(smooth)) > 350
    assert len(np.unique(stairs)) < 30


def test_every_function_and_step_has_a_picture_and_says_why(curve):
    seen = set()
    for subject in curve.subject.options:
        for index, why in ((0, "h is small"), (44, "about right"), (64, "h is large")):
            curve.subject.value, curve.h.value = subject, index
            assert why in curve.text()
            seen.add(curve.png())
    assert len(seen) == 12
    curve.h.value = 0
    assert "one and the same number" in curve.text()


# ---- all three


def test_without_a_browser_each_leaves_a_picture_and_words(stepper, paths, curve):
    for widget in (stepper, paths, curve):
        bundle = widget._repr_mimebundle_()
        assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= bundle.keys()
    assert "Step 5 of 5" in GraphStepper()._repr_mimebundle_()["text/plain"]


def test_the_pictures_keep_one_figure_and_never_grow(stepper, paths, curve):
    figures = [widget.figure for widget in (stepper, paths, curve)]
    sizes = [png_size(widget) for widget in (stepper, paths, curve)]
    stepper.circuit.value, paths.depth.value, curve.h.value = "sigmoid neuron", 60, 10
    assert [widget.figure for widget in (stepper, paths, curve)] == figures
    assert [png_size(widget) for widget in (stepper, paths, curve)] == sizes


def png_size(widget):
    return widget.png()[16:24]
