"""How soon a picture answers in a real browser: from a key press to the painted frame, beside plain
`interact`.

One JupyterLab shows each picture and, right after it, the same figure as everybody would write it
first: a function with `plt.figure` below `ipywidgets.interact`. 50 key presses move the slider of
one, then of the other. A frame counts as painted when the browser has come back from the frame in
which the new picture stood in the page. The steppers, whose pictures are drawn by JavaScript, are
measured twice: until the picture has changed and is laid out, and until it is painted, which waits
for the screen's next frame, up to 17 ms.

Last, a slider is dragged for 100 values, one each 16 ms. How far the picture is behind is the age
of what it shows.

Then every picture of the lessons, slider by slider (`parts/every_picture.py`).

    python benchmarks/widgets.py [presses] [--plain]

With ``--plain`` JupyterLab runs without what `backprop lab` tells its server. The command fails
where a promise is not kept: pictures of matplotlib under 60 ms (and the three beside `interact` at
least twice as fast), those drawn by JavaScript under 16 ms until laid out (medians), and dragging
never more than 100 ms behind.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from gallery import GALLERY, Shown
from gallery_browser import open_gallery
from parts.every_picture import every_picture

NUMBERS = [int(text) for text in sys.argv[1:] if text.isdigit()]
PRESSES = NUMBERS[0] if NUMBERS else 50
DRAGGED, BEAT = 100, 16  # values, and ms between them

PLAIN = """
%matplotlib inline
import ipywidgets, matplotlib.pyplot as plt
plt.rcParams["figure.dpi"] = 100
"""

LOSS = (
    PLAIN
    + """
from course.plots.loss_curve import draw_curves, move_marks
from course.plots.style import head, key
from course.widgets.loss_curve import TwoClassLosses as two

@ipywidgets.interact(z=ipywidgets.FloatSlider(value=-3, min=-8, max=8, step=0.1))
def plain(z):
    figure = plt.figure(figsize=(8.4, 3.6))
    left, right = figure.add_axes((0.065, 0.15, 0.4, 0.75)), figure.add_axes((0.56, 0.15, 0.4, 0.75))
    losses = draw_curves(left, np.concatenate([np.geomspace(1e-4, 0.05, 60), np.linspace(0.055, 1, 90)]), two.losses)
    pulls = draw_curves(right, np.linspace(-8, 8, 200), two.pulls)
    left.set(xlim=(0, 1), ylim=(0, 8.2), xlabel="p of the right class")
    right.set(xlim=(-8, 8), ylim=(0, 1.08), xlabel="logit z of the right class")
    head(left, "what it costs"), head(right, "how hard it pulls the logit up"), key(left, loc="upper right", handlelength=3)
    p = float(two.p(z))
    move_marks(left, losses, p, {name: float(f(p)) for name, f in two.losses.items()})
    move_marks(right, pulls, z, {name: float(f(z)) for name, f in two.pulls.items()})
    print(two.describe(z))
    plt.show()
"""
)

DESCENT = (
    PLAIN
    + """
from course.plots.descent import draw_bowl, draw_curve, move_walk, set_curve
from course.plots.style import head
from course.widgets.descent import CURVATURES, CURVES, bowl, descend

@ipywidgets.interact(eta=ipywidgets.FloatSlider(value=0.1, min=0.01, max=1.2, step=0.01))
def plain(eta):
    figure = plt.figure(figsize=(8.8, 4.1))
    left, right = figure.add_axes((0.075, 0.135, 0.47, 0.78)), figure.add_axes((0.63, 0.135, 0.36, 0.78))
    curve, tangent, on_curve = draw_curve(left)
    in_bowl = draw_bowl(right, bowl)
    head(left, "a ball on a curve"), head(right, "the same steps in a bowl, from above")
    f, slope = next(iter(CURVES.values()))
    set_curve(left, curve, f)
    w = descend(slope, -2.2, eta, 12)
    move_walk(left, on_curve, w, f(w))
    ends = w[-1] + np.array([-0.7, 0.7])
    tangent.set_data(ends, f(w[-1]) + slope(w[-1]) * (ends - w[-1]))
    b = descend(lambda w: CURVATURES * w, -2.2 * np.array([1.0, 0.5]), eta, 12)
    move_walk(right, in_bowl, b[:, 0], b[:, 1])
    print(f"eta = {eta:.2f}, w = {w[-1]:.5g}")
    plt.show()
"""
)

FLOW = (
    PLAIN
    + """
from course.plots.vanishing import draw_flow, draw_map, move_flow, move_map
from course.widgets.vanishing import DEEPEST, GAINS, LANDMARKS, flow

@ipywidgets.interact(depth=ipywidgets.IntSlider(value=20, min=1, max=DEEPEST))
def plain(depth):
    figure = plt.figure(figsize=(9.6, 4.1))
    path = draw_flow(figure.add_axes((0.085, 0.14, 0.44, 0.77)), DEEPEST, LANDMARKS)
    map_ = draw_map(figure.add_axes((0.605, 0.14, 0.3, 0.77)), figure.add_axes((0.92, 0.14, 0.016, 0.77)), GAINS, np.arange(1, DEEPEST + 1))
    chosen = flow("logistic")
    move_flow(path, chosen.path(12, depth), f"logistic, gain {GAINS[12]:.2f}, depth {depth}")
    move_map(map_, chosen.map(), depth, 12, "gradient at the input")
    print(f"depth {depth}: {chosen.path(12, depth)[-1]:.2e}")
    plt.show()
"""
)

#: Name, the course's picture, the plain one, the slider's name, and the value in the words below
#: the picture.
PAIRS = (
    ("LossCurve", "LossCurve()", LOSS, "logit z", r"logit z = (\S+)"),
    ("Descent", "Descent()", DESCENT, "η", r"η = ([\d.]+)"),
    ("VanishingGradients", "VanishingGradients()", FLOW, "Depth", r"(\d+) layer"),
)
STEPPERS = (
    ("BackpropStepper", "BackpropStepper(*examples.two_two_one())"),
    ("GraphStepper", "GraphStepper()"),
    ("LogitsToProbabilities", "LogitsToProbabilities()"),
)

TIMING = """
window.timing = { pressed: 0, times: [], answers: [], frames: [], values: [] };
document.addEventListener("keydown", event => { timing.pressed = event.timeStamp; timing.done = false; }, true);
timing.painted = then => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => then(performance.now());
    channel.port2.postMessage(null);
});
timing.watch = (k, relevant) => {
    timing.observer?.disconnect();
    timing.observer = new MutationObserver(async records => {
        const node = relevant(records);
        if (timing.done || !node) return;
        timing.done = true;
        const pressed = timing.pressed;
        if (node.decode) await node.decode();
        gallery.area(k)?.getBoundingClientRect();
        const answer = performance.now() - pressed;
        timing.painted(now => { timing.answers.push(answer); timing.times.push(now - pressed); });
    });
    timing.observer.observe(gallery.cell(k).querySelector(".jp-OutputArea"), { subtree: true, childList: true, attributes: true, characterData: true });
};
timing.kinds = {
    screen: records => records.some(r => r.attributeName === "data-frames") ? {} : null,
    plain: records => records.flatMap(r => [...r.addedNodes]).flatMap(n => n.querySelectorAll ? [...n.querySelectorAll("img"), ...(n.tagName === "IMG" ? [n] : [])] : [])[0],
    svg: records => records.some(r => r.target instanceof SVGElement || r.target.closest?.("svg")) ? {} : null,
};
"""

DRAG = """([k, name]) => {
    timing.frames = []; timing.values = [];
    const handle = [...gallery.area(k).querySelectorAll(".noUi-handle")].find(e => e.getAttribute("aria-label") === name);
    const screen = gallery.area(k).querySelector(".bp-screen"), words = screen.querySelector("pre");
    const readout = handle.closest(".widget-inline-hbox").querySelector(".widget-readout");
    timing.slider = new MutationObserver(() => timing.values.push([performance.now(), Number(readout.textContent.replace("−", "-"))]));
    timing.slider.observe(readout, { childList: true, characterData: true, subtree: true });
    timing.shown = new MutationObserver(() => { const said = words.textContent; timing.painted(now => timing.frames.push([now, said])); });
    timing.shown.observe(screen, { attributeFilter: ["data-frames"] });
}"""


def press(room, k: int, kind: str, presses: int) -> tuple[list[float], list[float]]:
    """Times in ms from a key press to the answer and to the painted frame, for the slider that has
    the focus."""
    page = room.page
    page.evaluate(
        "([k, kind]) => { timing.times = []; timing.answers = []; timing.watch(k,"
        " timing.kinds[kind]); }",
        [k, kind],
    )
    for n in range(presses):
        page.keyboard.press("ArrowRight" if n // 2 % 2 == 0 else "ArrowLeft")
        page.wait_for_function("n => timing.times.length > n", arg=n, polling=5, timeout=20_000)
        page.wait_for_timeout(30)
    return page.evaluate("() => timing.answers"), page.evaluate("() => timing.times")


def focus(room, shown: Shown, selector: str) -> int:
    """Scroll to a picture, focus a part of it, and return the number of its cell."""
    k = room.index(shown)
    room.page.evaluate(
        "k => window.notebookPanel.content.scrollToItem(gallery.number(k), 'start')", k
    )
    room.page.wait_for_function("k => gallery.area(k)?.getBoundingClientRect().height > 60", arg=k)
    room.page.wait_for_timeout(1000)
    room.page.evaluate(
        "([k, selector]) =>"
        " gallery.cell(k).querySelector('.jp-OutputArea').querySelector(selector).focus()",
        [k, selector],
    )
    return k


def drag(room, k: int, name: str, pattern: str) -> list[float]:
    """How old, in ms, the value is that each painted frame shows, while the slider moves on every
    `BEAT` ms."""
    page = room.page
    page.keyboard.press("Home")
    page.wait_for_timeout(800)
    page.evaluate(DRAG, [k, name])
    page.evaluate(  # from the page itself, as key presses from outside would not keep the beat
        """([count, beat]) => new Promise(resolve => {
            const handle = document.activeElement;
            let n = 0;
            const timer = setInterval(() => {
                const back = Math.floor(n / 28) % 2 && handle.ariaValueMax <= 50;  // a short slider goes to and fro
                handle.dispatchEvent(new KeyboardEvent("keydown", { key: back ? "ArrowLeft" : "ArrowRight", bubbles: true, cancelable: true }));
                if (++n === count) { clearInterval(timer); setTimeout(resolve, 1500); }
            }, beat);
        })""",
        [DRAGGED, BEAT],
    )
    values, frames = page.evaluate("() => [timing.values, timing.frames]")
    lags = []
    for painted, words in frames:
        shown = float(re.search(pattern, words)[1].replace("−", "-"))
        set_at = max(t for t, value in values if t <= painted and abs(value - shown) < 1e-6)
        # it is old once the next value is set
        left_at = min((t for t, _ in values if t > set_at), default=painted)
        lags.append(max(0.0, painted - left_at))
    print(
        f"  dragged: {len(frames)} frames for {len(values)} values, behind by"
        f" {statistics.median(lags):.0f} ms (median), {max(lags):.0f} ms at worst"
    )
    return lags


def line(name: str, times: list[float]) -> float:
    """Print median and 95th percentile; the median."""
    median = statistics.median(times)
    print(
        f"  {name:<34} median {median:6.1f} ms   95 % below"
        f" {sorted(times)[int(0.95 * len(times))]:6.1f} ms"
    )
    return median


def main() -> int:
    """Measure and print; 0 where every promise is kept."""
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    if busy > 0.7:
        print(
            f"This machine is busy ({busy:.1f} tasks wait for each processor): the times are too"
            " long, and only the ratios count."
        )
    broken = []
    codes = [code for pair in PAIRS for code in pair[1:3]] + [code for _, code in STEPPERS]
    shown = tuple(Shown(f"bench-{k}", code) for k, code in enumerate(codes))
    with (
        tempfile.TemporaryDirectory() as folder,
        open_gallery(
            Path(folder), (*shown, *GALLERY), height=1300, plain="--plain" in sys.argv
        ) as room,
    ):
        room.page.evaluate(TIMING)
        for n, (name, _, _, slider, pattern) in enumerate(PAIRS):
            print(name)
            k = focus(room, shown[2 * n], f".noUi-handle[aria-label='{slider}']")
            press(room, k, "screen", 5)
            mine = line("the course's picture", press(room, k, "screen", PRESSES)[1])
            lags = drag(room, k, slider, pattern)
            k = focus(room, shown[2 * n + 1], ".noUi-handle")
            press(room, k, "plain", 5)
            plain = line("interact and plt.figure", press(room, k, "plain", PRESSES)[1])
            print(f"  {plain / mine:.1f} times as fast")
            broken += [f"{name}: {mine:.0f} ms"] if mine > 60 else []
            broken += [f"{name}: only {plain / mine:.1f} times as fast"] if plain < 2 * mine else []
            broken += [f"{name}: {max(lags):.0f} ms behind"] if max(lags) > 100 else []
        for n, (name, _) in enumerate(STEPPERS):
            print(name)
            place = "[role=slider]" if name.startswith("Logits") else "[tabindex='0']"
            k = focus(room, shown[2 * len(PAIRS) + n], place)
            press(room, k, "svg", 5)
            answers, times = press(room, k, "svg", PRESSES)
            answer = line("changed and laid out", answers)
            line("painted", times)
            broken += [f"{name}: {answer:.0f} ms"] if answer > 16 else []
        broken += every_picture(room, GALLERY, max(8, PRESSES // 3))
    print("Every promise is kept." if not broken else "Not kept: " + "; ".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
