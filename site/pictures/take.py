"""The pictures of the README, drawn by a real browser: ``python site/pictures/take.py [CLASS]``.

It needs the test extra (``pip install -e '.[test]'``) and Chromium: the one named in the
environment variable CHROMIUM, one on PATH, or Playwright's own. CLASS is the folder of a rehearsed
class (``make class``) whose report is the third picture; left out, it is the one beside the
repository, and where there is none, that picture stays as it is.
"""

import base64
import json
import os
import re
import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import anywidget
import numpy as np
from nbconvert.filters import markdown2html_mistune
from PIL import Image

from course.examples import two_two_one
from course.widgets import BackpropStepper
from course.widgets.graph_stepper import GraphStepper
from course.widgets.logits import LogitsToProbabilities

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "site" / "pictures"
LENGTH_OF_CIRCUIT = 5  # steps of the graph stepper's first circuit
LESSON = "04-two-two-one"
STUDENTS = ("ada", "dora", "fritz", "hugo", "kira", "quinn")  # right, unfinished, wrong, in trouble

PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: white; font: 14px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #222; }}
#picture {{ box-sizing: border-box; width: {width}px; padding: 12px; }}
.report h2 {{ font-size: 18px; margin: 0 0 6px; }}
.report p {{ margin: 8px 0 4px; }}
.report ul {{ margin: 0; padding-left: 20px; }}
{style}</style><div id="picture">{body}</div>"""
WIDGET = """<script>
{ const state = %s, ears = [];
const model = { get: key => state[key], off() {}, save_changes() {}, send() {},
  set(key, value) { state[key] = value; this.tell([key]); },
  on(events, call) { for (const name of events.split(" ")) ears.push([name, call]); },
  tell(keys) { for (const [name, call] of ears) if (name === "change" || keys.some(key => name === `change:${key}`)) call(); } };
window.move = changes => { Object.assign(state, changes); model.tell(Object.keys(changes)); };
window.ready = import("data:text/javascript;base64,%s").then(module => module.default.render({
  model, el: document.getElementById("picture") })); }
</script>"""


class Film(NamedTuple):
    """A widget that moves: the states that it goes through, and how long each is shown, in
    milliseconds."""

    widget: anywidget.AnyWidget
    states: list[dict]
    pause: int


def films():
    """What moves in the README: two walks and a drag, by the names of their files."""
    network, circuit = BackpropStepper(*two_two_one()), GraphStepper()
    steps = [{"position": k} for k in range(len(network.walk) + 1)]
    walk = [{"position": k} for k in range(LENGTH_OF_CIRCUIT + 1)]
    up = [1.1 + 0.2 * k for k in range(13)]
    drag = [{"z": [z, 2.2, 0.2, -1.7], "right": 0} for z in (*up, *reversed(up[1:-1]))]
    return {
        "stepper.gif": Film(network, steps, 900),
        "graph.gif": Film(circuit, walk, 1100),
        "logits.gif": Film(LogitsToProbabilities(), drag, 150),
    }


def widget_page(widget):
    """A page that shows an anywidget without Jupyter; ``move({trait: value})`` in it is a change
    from Python."""
    state = json.dumps(
        {
            name: getattr(widget, name)
            for name in widget.keys
            if not name.startswith("_") and name not in ("layout", "tabbable", "tooltip")
        }
    )
    style = str(widget._css)
    return PAGE.format(width=1000, style=style, body="") + WIDGET % (
        state,
        base64.b64encode(str(widget._esm).encode()).decode(),
    )


def take(page, film):
    """The frames of a film, one a state, as images of 256 colours that all share."""
    page.set_content(widget_page(film.widget))
    page.evaluate("window.ready")
    frames = []
    for state in film.states:
        page.evaluate(
            "state => { window.move(state); return new Promise(done => requestAnimationFrame(() =>"
            " requestAnimationFrame(done))); }",
            state,
        )
        frames.append(Image.open(BytesIO(page.locator("#picture").screenshot())).convert("RGB"))
    tall = max(frame.height for frame in frames)
    even = [Image.new("RGB", (frame.width, tall), "white") for frame in frames]
    for sheet, frame in zip(even, frames, strict=True):
        sheet.paste(frame)
    palette = even[-1].quantize(192, dither=Image.Dither.NONE)
    return [sheet.quantize(palette=palette, dither=Image.Dither.NONE) for sheet in even]


def wrong_forward(x, W1, W2):
    """A forward pass as students write it: tanh in the output layer, where the logistic function
    belongs."""
    y1 = np.tanh(x @ W1)
    return {"z1": x @ W1, "y1": y1, "z2": y1 @ W2, "y2": np.tanh(y1 @ W2)}


def verdict():
    """The page of a verdict with a diagnosis."""
    from autograder.check import assess

    return PAGE.format(
        width=1000,
        style="",
        body=assess("two_two_one.forward", wrong_forward, seed=1)._repr_html_(),
    )


def class_report(folder):
    """The page of a class report: how the class did in one lesson, and some of its submissions;
    None without a class."""
    report = Path(folder) / "report.md"
    if not report.exists():
        return None
    lesson = report.read_text("utf-8").partition(f"## {LESSON}\n")[2].partition("\n## ")[0]
    head, each, submissions = lesson.partition("**Each submission**")
    chosen = [
        found
        for found in re.split(r"^(?=- \*\*)", submissions, flags=re.MULTILINE)
        if found.startswith(tuple(f"- **{name}**" for name in STUDENTS))
    ]
    body = markdown2html_mistune(f"## {LESSON}\n{head}{each}\n\n{''.join(chosen)}")
    body = re.sub(r'<a class="anchor-link".*?</a>', "", body)
    return PAGE.format(width=1000, style="", body=f'<div class="report">{body}</div>')


def main(arguments):
    """Write the pictures. Returns the exit status."""
    from playwright.sync_api import sync_playwright

    folder = Path(arguments[0]) if arguments else ROOT.with_name(f"{ROOT.name}-class")
    pages = {"verdict.png": verdict(), "class.png": class_report(folder)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 1000, "height": 800}, device_scale_factor=2, reduced_motion="reduce"
        )
        for name, html in pages.items():
            if html is None:
                print(
                    f"{name}: no class report in {folder}; run `make class` first. The picture"
                    " stays as it is."
                )
                continue
            page.set_content(html)
            shot = Image.open(BytesIO(page.locator("#picture").screenshot()))
            shot.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(
                FOLDER / name, optimize=True
            )
            print(f"{name}: {(FOLDER / name).stat().st_size // 1000} kB")
        page = browser.new_page(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
        for name, film in films().items():
            first, *others = take(page, film)
            still = [film.pause] * len(others)
            first.save(
                FOLDER / name,
                save_all=True,
                append_images=others,
                duration=[*still, 3 * film.pause],
                loop=0,
                optimize=True,
            )
            print(
                f"{name}: {len(film.states)} moments, {(FOLDER / name).stat().st_size // 1000} kB"
            )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
