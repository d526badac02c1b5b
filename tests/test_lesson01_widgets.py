"""The three pictures of lesson 1: the graph's diagram, paths versus edges, difference curve; logic
first, then the pictures."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from course.expression import read_formula
from course.graph import ladder, product_of_sum
from course.plots.graph_diagram import RADIUS, draw_graph, place, show_moment, too_large
from course.plots.graph_layout import LANE, NODE, lay_out
from course.widgets.difference_curve import STEPS, DifferenceCurve, DifferenceErrors
from course.widgets.graph_stepper import CIRCUITS, GraphStepper
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


# ---- the graph's diagram


@pytest.mark.parametrize(
    "circuit",
    [*CIRCUITS, "x*x + max(x, y)*y", "(a + b)*(b + c) + b/(1 + exp(-a))", "a*b + a*c + b*c"],
)
def test_no_node_hides_another(circuit):
    stepper = GraphStepper(circuit)
    figure_places = list(place(stepper.walk.graph)[0].values())
    assert len(set(figure_places)) == len(stepper.walk.graph.nodes)
    stepper.png()
    drawn = list(stepper._artists.places.values())
    nearest = min(np.hypot(x - a, y - b) for i, (x, y) in enumerate(drawn) for a, b in drawn[:i])
    assert nearest > 2 * RADIUS


@pytest.mark.parametrize(
    "formula",
    [
        "x*x + max(x, y)*y",
        "t = x + y; (x + sigma(y)) / (sigma(x) + t*t)",
        "(a*b+c*d)*(a+e)*sin(b)+a/g+exp(a*c)",
    ],
)
def test_a_long_wire_passes_every_column_on_a_lane_of_its_own(formula):
    graph = read_formula(formula)
    places, lanes = lay_out(graph)
    assert (
        lanes
        and min(row for lane in [*lanes.values(), list(places.values())] for _, row in lane) == 0
    )
    for gate, k in lanes:
        start, end = places[graph[gate].parents[k][0].name][0], places[gate][0]
        assert [column for column, _ in lanes[gate, k]] == list(range(start + 1, end))
    passing = [point for lane in lanes.values() for point in lane]
    for i, (column, row) in enumerate(passing):
        assert all(abs(row - r) >= NODE - 1e-9 for c, r in places.values() if c == column)
        assert all(abs(row - r) >= LANE - 1e-9 for c, r in passing[:i] if c == column)


def test_a_moment_marks_the_active_gate_by_its_fill_and_its_wires_by_their_arrows(stepper):
    stepper.choose("f = (x + y)z")
    stepper.go_to(4)
    stepper.png()
    artists = stepper._artists
    assert [name for (name, _), (_, _, back) in artists.wires.items() if back.get_visible()] == [
        "f",
        "f",
    ]
    assert artists.slopes.get_text() == "local to q: −4\nlocal to z: 3"
    assert artists.gradients["q"].get_text() == "∂−4" and artists.gradients["x"].get_text() == ""
    stepper.go_to(1)
    stepper.png()
    assert [
        name for (name, _), (_, forward, _) in artists.wires.items() if forward.get_visible()
    ] == ["q", "q"]
    assert artists.values["f"].get_text() == ""


def test_a_graph_too_large_to_be_read_is_refused():
    assert too_large(product_of_sum()) == ""
    assert "15 gates" in too_large(ladder(15))


def test_the_diagram_can_be_drawn_without_the_widget():
    artists = draw_graph(Figure().add_axes((0, 0, 1, 1)), product_of_sum())
    show_moment(artists, product_of_sum(), [])
    assert artists.values["x"].get_text() == "−2" and artists.values["q"].get_text() == ""


# ---- paths versus edges


def walked(counts, depth):
    """Paths, counted one by one along every edge."""
    sizes = counts.layers(depth)

    def onward(k):
        return (
            1
            if k == len(sizes) - 1
            else sum(onward(k + 1) for _ in range(sizes[k + 1] * counts.family.repeat))
        )

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
            assert (
                f"{counts.paths(depth):,}" in paths.text()
                and f"{counts.edges(depth):,}" in paths.text()
            )
            seen.add(paths.png())
    assert len(seen) == 3 * len(FAMILIES)


# ---- finite differences


@pytest.mark.parametrize(
    ("method", "h", "error"),
    [("central", 1e-5, 1.7e-12), ("one-sided", 1e-14, 7.9e-3), ("central, float32", 1e-5, 1.8e-3)],
)
def test_the_well_known_errors_at_sigma_of_one_half(method, h, error):
    index = int(np.argmin(np.abs(np.log(STEPS / h))))
    assert DifferenceErrors("σ at 0.5").errors[method][index] == pytest.approx(error, rel=0.05)


def test_central_differences_gain_two_digits_for_one_and_one_sided_ones_gain_one():
    errors = DifferenceErrors("sin at 1").errors
    tenth, hundredth = (int(np.argmin(np.abs(STEPS - h))) for h in (0.1, 0.01))
    assert errors["central"][tenth] / errors["central"][hundredth] == pytest.approx(100, rel=0.02)
    assert errors["one-sided"][tenth] / errors["one-sided"][hundredth] == pytest.approx(
        10, rel=0.05
    )


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
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        assert {
            "application/vnd.jupyter.widget-view+json",
            "image/png",
            "text/plain",
        } <= data.keys()
    assert "Step 5 of 5" in GraphStepper()._repr_mimebundle_()[0]["text/plain"]


def test_the_pictures_keep_one_figure_and_never_grow(stepper, paths, curve):
    figures = [widget.figure for widget in (stepper, paths, curve)]
    sizes = [png_size(widget) for widget in (stepper, paths, curve)]
    stepper.choose("sigmoid neuron")
    paths.depth.value, curve.h.value = 60, 10
    assert [widget.figure for widget in (stepper, paths, curve)] == figures
    assert [png_size(widget) for widget in (stepper, paths, curve)] == sizes


def png_size(widget):
    return widget.png()[16:24]
