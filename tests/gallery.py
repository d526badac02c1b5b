"""Every interactive picture of the lessons: how the lesson shows it, where its extremes are, what
it says there.

The code is that of the lessons, word for word. Only what lesson 7 trains before it shows a picture
is smaller here: 600 digits to learn from and two epochs, so that the gallery opens in seconds.

``python tests/gallery.py --screenshots`` takes the pictures in ``tests/screenshots`` again.
"""

from __future__ import annotations

import argparse
import ast
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np

LESSONS = Path(__file__).parents[1] / "course" / "lessons"
SCREENSHOTS = Path(__file__).parent / "screenshots"

#: What the cells of the pictures need; `digits`, `EPOCHS`, `real_run` and `initialise` are those of
#: lesson 7, made small.
PREPARATION = """
from functools import cache

import numpy as np

from course import examples, mnist
{imports}
from course.widgets.digit_training import DigitTraining

EPOCHS = 2
digits = mnist.Mnist(*(mnist.Split(mnist.images(part, 0, n, np.float32), mnist.labels(part, 0, n))
                       for part, n in (("train", 600), ("validation", 300), ("test", 300))))


@cache
def real_run(epochs):
    run = DigitTraining(digits.train, digits.validation, seed=2).run(epochs)
    return run.weights, run.biases, run.log


def initialise(sizes, rng):
    return [rng.normal(size=shape) for shape in zip(sizes, sizes[1:])], [rng.normal(size=n) for n in sizes[1:]]
""".strip()


@dataclass(frozen=True)
class Shown:
    """A picture as a lesson shows it.

    Attributes
    ----------
    name : str
        Of its screenshots.
    code : str
        The lesson's expression.
    extremes : tuple of (dict, str)
        Settings, as {control or trait: value}, and a pattern that the text must match then.
    changes : int
        How many changes the test of memory and figures makes under the eyes of `tracemalloc`, which
        slows all down.
    idle : tuple of str
        Names of controls that rightly change nothing at first, such as the way back at the start.
    in_browser : bool
        Whether the picture is drawn by JavaScript. The others are drawn by Python: each is a
        `Picture`.
    """

    name: str
    code: str
    extremes: tuple[tuple[dict, str], ...] = ()
    changes: int = 40
    idle: tuple[str, ...] = ()
    in_browser: bool = False


HUGE = {"weights": [[[1e6, -1e6], [1e6, 1e6]], [[1e6], [-1e6]]]}

GALLERY = (
    Shown(
        "difference-curve",
        "DifferenceCurve()",
        (({"h": 0}, "one and the same number.*mostly rounding"), ({"h": 64}, "h is large")),
    ),
    Shown(
        "graph-stepper",
        "GraphStepper()",
        (({"inputs": {"x": 1e6, "y": -1e6, "z": -4.0}, "position": 1}, "1e6|1000000|1,000,000"),),
        in_browser=True,
    ),
    Shown(
        "graph-stepper-cancel",
        "GraphStepper('h = tanh(a*x); k = tanh(b*x); u*h + w*k', a=1, x=0.5, b=2, u=2, w=1)",
        (
            (
                {"inputs": {"a": 1, "x": 0.5, "b": 2, "u": 2, "w": -1.8726}, "position": 15},
                "the gradients add up",
            ),
        ),
        in_browser=True,
    ),
    Shown(
        "graph-pencil",
        "GraphStepper('(x + y) * max(z, w)', pencil=True, x=-2.0, y=5.0, z=-4.0, w=2.0)",
        (({"position": 6}, "to w:"),),
        in_browser=True,
    ),
    Shown(
        "paths-and-edges",
        "PathsAndEdges()",
        (({"depth": 60}, "1,152,921,504,606,846,976.*37 years"),),
    ),
    Shown(
        "activation-explorer",
        "ActivationExplorer()",
        (
            ({"z": -12.0}, "z = −12.0: .* saturated"),
            ({"function": "ReLU", "z": -12.0}, "z = −12.0: .* nothing gets through"),
            ({"function": "ReLU", "z": 0.0}, "no derivative here"),
        ),
    ),
    Shown("activation-gallery", "ActivationGallery()"),
    Shown(
        "dying-relu",
        "DyingRelu()",
        (
            ({"eta": 20.0, "bias": -4.0}, "24 of 30 units dead before training, 28 after"),
            ({"eta": 20.0, "bias": 1.0}, "Killed by training: 24"),
        ),
    ),
    Shown(
        "folds",
        "Folds()",
        (
            ({"units": 6, "kind": "linear"}, "6 linear units. The sum has no fold"),
            ({"units": 1, "chosen": 6}, "It does not take part"),
        ),
    ),
    Shown(
        "activation-race",
        "ActivationRace()",
        (
            ({"activation": "linear", "eta": 5}, "linear, η = 10: .* the loss is 1e\\+03"),
            ({"activation": "linear", "eta": 0}, "linear, η = 0.03: .* the loss is 0.6"),
        ),
    ),
    Shown(
        "unit-map",
        "UnitMap()",
        (
            ({"eta": 20.0, "bias": 1.0}, "24 of 30 columns are empty"),
            ({"eta": 0.1, "bias": -4.0}, "58 of 60 rows are empty"),
        ),
    ),
    Shown(
        "vanishing-gradients",
        "VanishingGradients()",
        (
            ({"depth": 50, "gain": 0}, "e-61 at the input: vanished.*10.08 to 20.16"),
            ({"depth": 50, "gain": 48, "activation": "linear"}, r"e\+89 at the input: exploded"),
        ),
    ),
    Shown(
        "zigzag",
        "ZigZag()",
        (
            ({"mean": 2.0, "eta": 0.6}, "diverges: η = 0.60 is too large"),
            ({"steps": 0}, "nothing has moved"),
        ),
    ),
    Shown(
        "descent",
        "Descent()",
        (
            ({"eta": 1.2, "steps": 40}, "the ball is gone.*it diverges, bouncing higher"),
            ({"eta": 1.2, "steps": 40, "curve": "two valleys"}, "No valley holds it"),
        ),
    ),
    Shown(
        "descent-paths",
        "DescentPaths()",
        (({"eta": 4.0, "epochs": 20}, r"SGD +800 updates .* J = 0\.6[67]"),),
    ),
    Shown(
        "neuron-trainer",
        "NeuronTrainer()",
        (
            (
                {"name": "XOR", "eta": 10.0, "epoch": 60},
                "no boundary: the neuron gives every point the same answer",
            ),
            (
                {"name": "blobs", "eta": 10.0, "size": 1, "epoch": 60},
                "no lower than that of a neuron that always says one half",
            ),
        ),
    ),
    Shown(
        "hand-neuron",
        "HandNeuron()",
        (
            ({"w1": 2.0, "w2": 2.0, "b": 0.0, "steps": 20}, "A tie: both have all 6. Yours"),
            ({"w1": 0.0, "w2": 0.0, "b": 5.0}, "By hand: 3 of 6 right"),
        ),
    ),
    Shown(
        "pulls",
        "Pulls()",
        (
            ({"name": "XOR"}, "The pulls cancel"),
            ({"name": "vehicles", "w1": -5.0, "w2": -5.0}, "a = 0.000"),
        ),
        idle=("button Back to zero",),
    ),
    Shown(
        "turning",
        "TurnTheStep()",
        (({"degrees": 79}, r"79° lowers J most \(-0\.01520\)"),),
    ),
    Shown(
        "blame-flow",
        "BlameFlow()",
        (
            ({"x1": 1.1, "x2": 0.0}, "Dead: x2 to h1, x2 to h2"),
            ({"x1": 0.0, "x2": 0.0}, "Dead: x1 to h1.*h2 to y"),
            ({"x1": 3.0, "x2": -3.0, "v1": 3.0, "v2": -3.0}, "No line is dead"),
        ),
        idle=("button Reset",),
    ),
    Shown(
        "stepper-deck",
        "BackpropStepper(*examples.two_two_one())",
        ((HUGE | {"position": 19}, r"= 0\.4 \* 0 = 0"),),
        in_browser=True,
    ),
    Shown(
        "stepper-pencil",
        "BackpropStepper(*examples.two_two_one(), pencil=True)",
        (({"position": 9}, r"= -0\.116768"),),
        in_browser=True,
    ),
    Shown(
        "stepper-mazur",
        "BackpropStepper(*examples.mazur())",
        (
            (
                {"weights": [[[1e6, 1e6], [1e6, 1e6]]] * 2, "position": 29},
                "No gradient: all of layer 1; all of layer 2",
            ),
        ),
        in_browser=True,
    ),
    Shown(
        "which-bias", "WhichBias()", (({"step": 10000}, "After 10,000 steps.*frozen +E = 3.51"),)
    ),
    Shown(
        "xor-regions",
        "XorRegions()",
        (
            ({"start": "all weights equal", "step": 4000}, r"E = 0\.334.*wrong"),
            ({"step": 4000}, "after 4,000 steps"),
        ),
    ),
    Shown(
        "logits",
        "LogitsToProbabilities()",
        (
            ({"added": 800.0, "shift": False}, "inf/inf is nan"),
            ({"added": 800.0, "shift": True}, "Class 2 has the largest"),
        ),
        in_browser=True,
    ),
    Shown(
        "loss-curve",
        "LossCurve()",
        (({"z": -8.0}, "confidently wrong"), ({"z": 8.0}, "confidently right")),
    ),
    Shown(
        "softmax-jacobian",
        "SoftmaxJacobian()",
        (({"z": [6.0, -6.0, -6.0, -6.0]}, r"L = 0\.0000.*sums to 0"),),
    ),
    Shown(
        "training-monitor",
        "TrainingMonitor(digits)",
        (({"eta": 100.0, "seed": 5, "go": True}, r"Stopped at 1\.00 epochs.*Gradient"),),
        changes=20,
        idle=("button Start again",),
    ),
    Shown(
        "what-went-wrong",
        "WhatWentWrong(digits.validation, *real_run(EPOCHS)[:2])",
        (({"truth": 1, "answer": 9}, "No image of this kind"),),
    ),
    Shown(
        "first-layer",
        "FirstLayer({0: initialise([784, 30, 10], np.random.default_rng(2)), EPOCHS:"
        " real_run(EPOCHS)[:2]})",
        (
            ({"epoch": 0, "show": "change"}, r"change from \+0\.00 to \+0\.00"),
            ({"epoch": 2}, "after epoch 2"),
        ),
    ),
    Shown(
        "draw-digit",
        "DrawDigit(*real_run(EPOCHS)[:2], digits.validation)",
        (({"example": -1, "strokes": []}, "The page is empty"),),
        idle=("button Take back",),
        in_browser=True,
    ),
    Shown(
        "signal-through-depth",
        "SignalThroughDepth()",
        (
            (
                {"layers": 50, "activation": "logistic"},
                r"nothing but rounding from layer \d+ on;  gradients .* shrank 9\.8e\+84-fold",
            ),
            ({"layers": 50, "activation": "ReLU"}, r"grew 2\.1e\+36-fold.*Xavier"),
        ),
    ),
    Shown(
        "optimiser-race",
        "OptimiserRace()",
        (({"eta": 1.0, "noise": 3.0, "step": 120}, "momentum .* diverged: it left the map"),),
    ),
    Shown("batchnorm-graph", "BatchNormGraph()", (({"steps": 8}, "A branch again"),)),
    Shown(
        "bias-and-variance",
        "BiasAndVariance()",
        (
            ({"width": 48, "size": 4, "decay": 1e-6}, "High variance.*go through every point"),
            ({"width": 1, "size": 4, "decay": 10.0}, "High bias"),
        ),
    ),
)


def made() -> dict[str, object]:
    """The names that the preparing cell defines, imports included."""
    names: dict[str, object] = {}
    exec(preparation(), names)
    return names


def controls(picture) -> list[widgets.Widget]:
    """The controls of a picture that can be moved now, in their order on the page."""
    found, waiting = [], [getattr(picture, "view", None)]
    while waiting:
        widget = waiting.pop(0)
        waiting = [*getattr(widget, "children", ()), *waiting]
        usable = not getattr(widget, "disabled", True) and widget.layout.display != "none"
        found += [widget] if usable and not isinstance(widget, widgets.Play) else []
    return found


def put(picture, settings: dict) -> None:
    """Set controls, lists of controls, or traits; press buttons."""
    for name, value in settings.items():
        target = getattr(picture, name)
        if isinstance(target, widgets.Button):
            target.click()
        elif isinstance(target, widgets.Widget):
            target.value = value
        elif isinstance(target, list) and target and isinstance(target[0], widgets.Widget):
            for control, part in zip(target, value, strict=True):
                control.value = part
        else:
            setattr(picture, name, value)


def change(picture, rng: np.random.Generator) -> None:
    """Do one thing that a reader may do: move a control anywhere, press a button, or change a
    number of a walk."""
    found = controls(picture)
    if found:
        move(found[rng.integers(len(found))], rng)
    elif isinstance(picture, anywidget.AnyWidget):
        change_trait(picture, rng)


def move(control: widgets.Widget, rng: np.random.Generator) -> None:
    """Give a control another value of its range, at random; press it if it is a button."""
    if isinstance(control, widgets.Button):
        control.click()
    elif isinstance(control, widgets.Checkbox):
        control.value = not control.value
    elif hasattr(control, "options"):
        control.index = int(rng.integers(len(control.options)))
    elif isinstance(control, widgets.FloatLogSlider):
        control.value = control.base ** rng.uniform(control.min, control.max)
    elif hasattr(control, "max"):
        steps = int(round((control.max - control.min) / control.step))
        value = control.min + control.step * rng.integers(steps + 1)
        control.value = int(value) if isinstance(control.min, int) else round(float(value), 6)
    elif isinstance(control, widgets.FloatText):
        control.value = round(float(rng.normal(0, 3)), 1)


def change_trait(picture, rng: np.random.Generator) -> None:
    """Change what an anywidget's reader can change: the place in a walk, its numbers, or what is
    drawn."""
    numbers = [name for name in ("x", "inputs", "z", "strokes") if picture.has_trait(name)]
    name = str(rng.choice([*numbers, "position"])) if picture.has_trait("position") else numbers[0]
    value = getattr(picture, name)
    if name == "position":
        picture.go_to(int(rng.integers(1 + len(getattr(picture.walk, "steps", picture.walk)))))
    elif name == "strokes":
        picture.example, picture.strokes = -1, [rng.uniform(2, 26, 8).tolist()]
    elif isinstance(value, dict):
        picture.inputs = {key: round(float(rng.normal()), 2) for key in value}
    else:
        setattr(picture, name, rng.normal(size=len(value)).round(2).tolist())


def shown_in_lessons() -> set[str]:
    """The expressions at the end of the lessons' cells that make an object of a class of
    `course.widgets`.

    Those that show a student's own function are left out: it is not there.
    """
    found = set()
    for lesson in sorted(LESSONS.glob("*.md")):
        cells = re.findall(
            r"^```\{code-cell\}.*?\n(.*?)^```", lesson.read_text("utf-8"), flags=re.M | re.S
        )
        trees = [ast.parse(re.sub(r"^(:.*|[%!].*)$", "", cell, flags=re.M)) for cell in cells]
        nodes = [node for tree in trees for node in tree.body]
        names = {
            a.name
            for n in nodes
            if isinstance(n, ast.ImportFrom) and n.module.startswith("course.widgets")
            for a in n.names
        }
        for tree in trees:
            last = tree.body[-1] if tree.body else None
            call = last.value if isinstance(last, ast.Expr) else None
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "predict.first":
                call = call.args[1]  # the picture that waits for a prediction
            made = isinstance(call, ast.Call) and getattr(call.func, "id", "") in names
            if made and not any(keyword.arg == "yours" for keyword in call.keywords):
                found.add(ast.unparse(call))
    return found


def preparation() -> str:
    """The first cell of the gallery: the lessons' imports of pictures, and a small lesson 7."""
    texts = "\n".join(lesson.read_text("utf-8") for lesson in sorted(LESSONS.glob("*.md")))
    imports = sorted(set(re.findall(r"^from course\.widgets\S* import .+$", texts, flags=re.M)))
    return PREPARATION.format(imports="\n".join(imports))


def take_screenshots(chosen: list[str]) -> None:
    """Write the screenshots of all pictures, or of those chosen by name, in both themes."""
    from gallery_browser import open_gallery
    from gallery_pictures import shrink

    SCREENSHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_gallery(Path(folder)) as room:
        for theme in ("Light", "Dark"):
            room.dress(theme)
            for shown in GALLERY:
                if not chosen or shown.name in chosen:
                    path = SCREENSHOTS / f"{shown.name}-{theme.lower()}.png"
                    path.write_bytes(shrink(room.show(shown).screenshot()))
                    print(f"{path.name:<34} {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description="Take the screenshots of every picture again, light and dark."
    )
    parser.add_argument(
        "--screenshots",
        nargs="*",
        metavar="NAME",
        required=True,
        help="names of pictures; none: all",
    )
    take_screenshots(parser.parse_args().screenshots)
