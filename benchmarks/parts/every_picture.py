"""How soon every picture of the lessons answers, slider by slider.

Two numbers for each slider: from a key press to the painted frame, and, while it is moved on every
16 ms, how old the value is that a painted frame shows. Which value a frame shows is read from the
words below the picture: what they say at each value is learnt first, one press at a time.
"""

from __future__ import annotations

import math
import statistics
from typing import NamedTuple

BEAT, DRAGGED, SPAN = 16, 100, 30  # ms between values, values, and how far to go before turning
PAINTED, BEHIND, LAID_OUT = 60.0, 100.0, 16.0
NEVER = math.inf  # how long it takes until a picture answers that does not

#: Sliders that draw nothing where they stand: they say how a training will go that has not begun.
LATER = {
    ("neuron-trainer", "η"),
    ("training-monitor", "learning rate η"),
    ("training-monitor", "mini-batch"),
    ("optimiser-race", "Noise"),
}
#: Pictures of JavaScript that no arrow key moves: one draws with a pointer, two ask for numbers first.
NO_KEY = {"draw-digit", "graph-pencil", "stepper-pencil"}

WATCH = """([k, name]) => {
    const handle = [...gallery.area(k).querySelectorAll(".noUi-handle")].find(e => e.getAttribute("aria-label") === name);
    const screen = gallery.area(k).querySelector(".bp-screen");
    const words = () => gallery.area(k).querySelector(".bp-screen pre").textContent;
    window.moving = { handle, words, values: [], frames: [], last: 0 };
    moving.changes = new MutationObserver(() => moving.values.push([performance.now(), handle.ariaValueNow]));
    moving.changes.observe(handle, { attributeFilter: ["aria-valuenow"] });
    moving.shown = new MutationObserver(() => {
        const said = words();
        timing.painted(now => { moving.frames.push([now, said]); moving.last = now; });
    });
    moving.shown.observe(screen, { attributeFilter: ["data-frames"] });
}"""
PRESS = """key => moving.handle.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))"""
SETTLE = """() => new Promise(resolve => {
    const begun = performance.now(), before = moving.frames.length;
    (function look() {
        const now = performance.now();
        const drawn = moving.frames.length > before && now - moving.last > 25;
        drawn || now - begun > 400 ? resolve([moving.handle.ariaValueNow, moving.words()]) : setTimeout(look, 5);
    })();
})"""
DRAG = """([count, beat, span]) => new Promise(resolve => {
    moving.values.length = moving.frames.length = 0;
    let n = 0;
    const timer = setInterval(() => {
        const key = Math.floor(n / span) % 2 ? "ArrowLeft" : "ArrowRight";
        moving.handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        if (++n === count) { clearInterval(timer); setTimeout(() => resolve([moving.values, moving.frames]), 1500); }
    }, beat);
})"""
SLIDERS = """k => gallery.focusable(k).filter(e => e.matches(".noUi-handle"))
    .map(e => [e.getAttribute("aria-label"), e.ariaValueNow, e.ariaValueMax])"""
FOCUS = """([k, name]) => gallery.focusable(k)
    .find(e => e.matches(".noUi-handle") && e.getAttribute("aria-label") === name).focus()"""


class Found(NamedTuple):
    """What was measured of one slider: medians and the worst, in ms; `NEVER` where the picture does
    not answer, None where its words do not tell which value they are of."""

    picture: str
    slider: str
    painted: float
    behind: float | None
    worst: float | None

    @property
    def kept(self) -> bool:
        """Whether the promises hold."""
        return self.painted <= PAINTED and (self.worst is None or self.worst <= BEHIND)


def measure(room, shown, presses: int) -> list[Found]:
    """Measure every slider of one picture that can be moved."""
    page = room.page
    room.show(shown)
    k = room.touch(shown)
    page.wait_for_timeout(500)
    found = []
    for name, now, most in page.evaluate(SLIDERS, k):
        page.evaluate(FOCUS, [k, name])
        times = _press(page, k, presses, at_end=now == most)
        if not times and (shown.name, name) in LATER:
            continue
        behind = _behind(page, k, name) if times else [NEVER]
        found.append(
            Found(
                shown.name,
                name,
                statistics.median(times) if times else NEVER,
                statistics.median(behind) if behind else None,
                max(behind) if behind else None,
            )
        )
    return found


def _press(page, k: int, presses: int, at_end: bool) -> list[float]:
    """Times in ms from a key press to the painted frame; presses that change nothing are left
    out."""
    page.evaluate("k => timing.watch(k, timing.kinds.screen)", k)
    there, back = ("ArrowLeft", "ArrowRight") if at_end else ("ArrowRight", "ArrowLeft")
    times: list[float] = []
    for n in range(presses + 3):
        page.evaluate("() => { timing.times.length = 0; }")
        page.keyboard.press(there if n // 2 % 2 == 0 else back)
        page.evaluate(
            """() => new Promise(resolve => {
                const begun = performance.now();
                (function look() {
                    timing.times.length || performance.now() - begun > 700 ? resolve() : setTimeout(look, 5);
                })();
            })"""
        )
        page.wait_for_timeout(30)
        times += page.evaluate("() => timing.times.slice(0, 1)") if n >= 3 else []  # it warms up
        if n == 8 and not times:
            return []
    page.evaluate("() => timing.observer.disconnect()")
    return times


def _behind(page, k: int, name: str) -> list[float]:
    """How old, in ms, the value is that each frame shows while the slider is dragged; empty where
    the words do not tell, `NEVER` where no frame comes."""
    page.evaluate(WATCH, [k, name])
    page.evaluate(PRESS, "Home")
    means: dict[str, set[str]] = {}
    value, words = page.evaluate(SETTLE)
    means.setdefault(words, set()).add(value)
    steps = 0
    for _ in range(SPAN):
        before = value
        page.evaluate(PRESS, "ArrowRight")
        value, words = page.evaluate(SETTLE)
        if value == before:
            break
        means.setdefault(words, set()).add(value)
        steps += 1
    page.evaluate(PRESS, "Home")
    page.evaluate(SETTLE)
    values, frames = page.evaluate(DRAG, [DRAGGED, BEAT, max(1, steps)])
    page.evaluate("() => { moving.changes.disconnect(); moving.shown.disconnect(); }")
    return ages(values, frames, means)


def ages(values: list, frames: list, means: dict[str, set[str]]) -> list[float]:
    """How old, in ms, the value is that each frame shows.

    Parameters
    ----------
    values, frames : list of [float, str]
        When the slider got which value, and when which words were painted.
    means : dict
        Words -> the values that they are of.

    Returns
    -------
    list of float
        Empty where the words of more than a fifth of the frames do not tell, `NEVER` alone where
        there is no frame.
    """
    if not frames:
        return [NEVER]
    lags = []
    for painted, said in frames:
        times = [t for t, value in values if t <= painted and value in means.get(said, ())]
        if times:
            # it is old once the next value is set
            left = min((t for t, _ in values if t > max(times)), default=painted)
            lags.append(max(0.0, painted - left))
    return lags if len(lags) >= 0.8 * len(frames) else []


def keys(room, shown, presses: int) -> float | None:
    """Median ms from a key press to a picture that JavaScript has drawn and laid out anew; `NEVER`
    where a key changes nothing, None where none is to."""
    if shown.name in NO_KEY:
        return None
    page = room.page
    room.show(shown)
    k = room.touch(shown)
    place = page.evaluate(
        """k => { const all = gallery.focusable(k), place = all.find(e => e.matches("[role=slider]"))
                    ?? all.find(e => e.matches("svg, canvas, [tabindex='0']"));
                  place?.focus(); return Boolean(place); }""",
        k,
    )
    if not place:
        return NEVER
    page.evaluate("k => timing.watch(k, timing.kinds.svg)", k)
    answers: list[float] = []
    for n in range(presses + 3):
        page.evaluate("() => { timing.answers.length = 0; }")
        page.keyboard.press("ArrowRight" if n // 2 % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(60)
        answers += page.evaluate("() => timing.answers.slice(0, 1)") if n >= 3 else []
    page.evaluate("() => timing.observer.disconnect()")
    return statistics.median(answers) if answers else NEVER


def every_picture(room, gallery, presses: int) -> list[str]:
    """Measure and print all pictures; what is not kept."""
    broken = []
    print(f"{'every picture':<24}{'slider':<26}{'painted':>9}{'behind':>9}{'worst':>8}   (ms)")
    for shown in gallery:
        if shown.in_browser:
            answer = keys(room, shown, presses)
            said = "no key is to move it" if answer is None else f"{answer:9.1f} until laid out"
            print(f"{shown.name:<24}{'(keys)':<26}{said}")
            if answer is not None and answer > LAID_OUT:
                broken.append(f"{shown.name}: {_ms(answer)}")
            continue
        for one in measure(room, shown, presses):
            age = ["words" if each is None else f"{each:.0f}" for each in (one.behind, one.worst)]
            print(
                f"{one.picture:<24}{one.slider:<26}{one.painted:>9.1f}{age[0]:>9}{age[1]:>8}"
                f"{'' if one.kept else '   not kept'}",
                flush=True,
            )
            if not one.kept:
                broken.append(f"{one.picture}, {one.slider}: {_ms(one.painted)}, {age[1]} behind")
    return broken


def _ms(time: float) -> str:
    return "it never answers" if time == NEVER else f"{time:.0f} ms"
