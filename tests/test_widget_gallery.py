"""Every picture of the lessons in a real JupyterLab: by keyboard alone, read aloud, without
flicker, in light and dark.

One JupyterLab shows them all in one notebook; each test scrolls to its picture, as a student does.
"""

from dataclasses import dataclass

import pytest
from gallery import GALLERY, SCREENSHOTS
from gallery_browser import open_gallery
from gallery_pictures import difference, shrink
from gallery_sizes import VISIBLE, WIDTHS, faults

pytestmark = pytest.mark.browser

THEMES = ("Light", "Dark")
SLIDER = ("ArrowRight", "ArrowLeft")
#: What a keyboard user tries, by the kind of control, until something happens.
KEYS = {
    "slider": SLIDER,
    "select": ("ArrowDown", "ArrowUp"),
    "button": ("Space", "Enter"),
    "checkbox": ("Space",),
    "number": ("ArrowUp", "ArrowDown"),
    "text": (),
    "other": ("ArrowRight", "ArrowUp", "Space", "Enter"),
}
KIND = """e => {
    if (e.getAttribute("role") === "slider" || e.type === "range") return "slider";
    if (e.tagName === "SELECT") return "select";
    if (e.type === "checkbox" || e.type === "number") return e.type;
    if (e.tagName === "BUTTON" || e.getAttribute("role") === "button") return "button";
    return e.tagName === "INPUT" || e.isContentEditable || e.tagName === "TEXTAREA" ? "text" : "other";
}"""
ACTIVE = f"""k => {{
    const e = document.activeElement;
    if (!gallery.area(k).contains(e)) return e === document.body ? "nowhere" : "elsewhere";
    const kind = e.closest("[disabled]") ? "text" : ({KIND})(e), pressed = e.ariaPressed === "true" || e.ariaChecked === "true" && kind === "button";
    return {{ number: e.dataset.number ?? "", name: gallery.name(e), kind, pressed }};
}}"""
NOTEBOOK = """() => {
    const notebook = window.notebookPanel.content;
    return [notebook.mode, notebook.activeCellIndex, ...notebook.model.sharedModel.cells.map(cell => cell.cell_type + cell.id)];
}"""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with open_gallery(tmp_path_factory.mktemp("gallery")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def quiet_console(room):
    room.page.errors.clear()
    yield
    assert room.page.errors == []


def every(shown):
    return pytest.mark.parametrize("shown", shown, ids=lambda shown: shown.name)


@dataclass
class Walk:
    """What a walk through a picture with the Tab key found."""

    reached: list
    unseen: list
    """Where the focus was not to be seen."""
    dead: list
    """What no key did anything to."""
    ends: list
    """Sliders that Home and End do not take to their ends."""
    taken: list
    """Where JupyterLab took a key for itself."""
    notebook: list
    pixels: str
    """Of the picture at the start."""
    repainted: bool = False


def reach(page, k):
    """The names of what can be focused but is not reached with the Tab key, from the notebook's
    cell on."""
    page.evaluate(
        "k => { gallery.focusable(k).forEach((e, n) => { e.dataset.number = n; });"
        " gallery.select(k); }",
        k,
    )
    reached = []
    for _ in range(120):
        page.keyboard.press("Tab")
        active = page.evaluate(ACTIVE, k)
        if not isinstance(active, str):
            reached.append(active["number"])
        elif reached:
            break
    return page.evaluate(
        "([k, reached]) => gallery.focusable(k).filter(e =>"
        " !reached.includes(e.dataset.number)).map(gallery.name)",
        [k, reached],
    )


def walk(room, shown):
    """Go through a picture with the Tab key; use everything that takes the focus."""
    page, k = room.page, room.touch(shown)
    page.evaluate("k => gallery.select(k)", k)
    found = Walk(
        [], [], [], [], [], page.evaluate(NOTEBOOK), page.evaluate("k => gallery.pixels(k)", k)
    )
    page.evaluate("k => gallery.watch(k)", k)
    outside, numbers = 0, []
    for _ in range(120):
        page.keyboard.press("Tab")
        active = page.evaluate(ACTIVE, k)
        # the cell's own buttons come first; a button that switched itself off leaves nowhere
        if isinstance(active, str):
            outside += 1
            if found.reached and active == "elsewhere" or outside > 20:
                break
            continue
        if active["number"] and active["number"] in numbers:
            break
        numbers.append(active["number"])
        found.reached.append(active["name"])
        if not page.evaluate(
            """() => { const e = document.activeElement, shown = gallery.looks(e); e.blur();
                                        const hidden = gallery.looks(e); e.focus(); return shown !== hidden; }"""
        ):
            found.unseen.append(active["name"])
        page.evaluate("() => { gallery.current = document.activeElement; }")
        use(page, k, active, shown, found)
        look(page, k, found)
        page.evaluate(
            "() => { const e = gallery.current; if (e !== document.activeElement && e.isConnected"
            " && !e.disabled) e.focus(); }"
        )
    return found


def look(page, k, found):
    """Wait until nothing changes any more; note whether the picture is another one than at the
    start."""
    page.evaluate("k => gallery.quiet(k)", k)
    found.repainted = found.repainted or page.evaluate("k => gallery.pixels(k)", k) != found.pixels


def use(page, k, active, shown, found):
    """Press the keys that belong to the focused control, and some that JupyterLab would like to
    have."""
    happened = not KEYS[active["kind"]] or active["pressed"]
    keys = () if happened else KEYS[active["kind"]]
    for key in keys:
        happened = press(page, k, key, 4000 if key == keys[-1] else 700)
        if happened:
            break
    if not happened and active["name"] not in shown.idle:
        found.dead.append(active["name"])
    if active["kind"] == "slider" and happened:
        for key, end in (("Home", "min"), ("End", "max")):
            press(page, k, key)
            look(page, k, found)
            at_end = f"""() => {{ const e = document.activeElement;
                if (e instanceof SVGElement) return true;  // a bar that is dragged has no end
                return e.type === "range" ? e.value === e.{end} : Math.abs(e.ariaValueNow - e.ariaValue{end.title()}) < 1e-9; }}"""
            if not page.evaluate(at_end):
                found.ends.append(f"{active['name']} {key}")
    if active["kind"] == "button" and any(
        word in active["name"].lower() for word in ("play", "train", "race")
    ):
        press(page, k, "Space")  # and it stops again
    if active["kind"] not in ("text", "number"):
        page.keyboard.press("b")  # JupyterLab would put a cell below
        taken = page.evaluate(NOTEBOOK)
        if taken != found.notebook:
            found.taken.append(active["name"])
            found.notebook = taken


def press(page, k, key, patience=4000):
    """Press a key; whether something changes within `patience` ms."""
    before = page.evaluate("k => gallery.state(k)", k)
    page.keyboard.press(key)
    return page.evaluate(
        """([k, before, patience]) => new Promise(resolve => {
            const end = performance.now() + patience;
            const look = () => gallery.state(k) !== before ? resolve(true) : performance.now() > end ? resolve(false) : setTimeout(look, 15);
            look();
        })""",
        [k, before, patience],
    )


@every(GALLERY)
def test_the_keyboard_alone_reaches_and_moves_everything_and_the_page_stays_put(room, shown):
    room.dress("Light")
    room.show(shown)
    k = room.index(shown)
    assert reach(room.page, k) == [], "not reached by the Tab key"
    found = walk(room, shown)
    seen = room.page.evaluate("() => gallery.seen()")
    assert (found.unseen, found.dead, found.ends, found.taken) == ([], [], [], [])
    assert max(seen["heights"]) - min(seen["heights"]) <= 1 and seen["blank"] == 0
    assert found.repainted or shown.in_browser or not found.reached
    assert found.reached or shown.name == "activation-gallery"


@pytest.mark.parametrize("theme", THEMES)
@every(GALLERY)
def test_axe_finds_nothing_wrong(room, shown, theme):
    room.dress(theme)
    room.show(shown)
    assert room.violations(shown) == []


@pytest.mark.parametrize("theme", THEMES)
@every(GALLERY)
def test_it_looks_as_it_did(room, shown, theme):
    room.dress(theme)
    picture = shrink(room.show(shown).screenshot())
    reference = (SCREENSHOTS / f"{shown.name}-{theme.lower()}.png").read_bytes()
    assert difference(picture, reference) is None, difference(picture, reference)


@pytest.fixture
def window(room):
    """Makes the window another size, until the test is over."""
    before = room.page.viewport_size

    def resize(width, height):
        room.page.set_viewport_size({"width": width, "height": height})
        room.page.wait_for_timeout(400)

    yield resize
    resize(**before)


@pytest.mark.parametrize("width", WIDTHS, ids=WIDTHS.get)
def test_nothing_is_cut_or_too_small_for_a_finger(room, window, width):
    window(width, 1300)
    found = {shown.name: faults(room, shown) for shown in GALLERY}
    assert {name: what for name, what in found.items() if what} == {}


def test_what_is_stepped_through_fits_the_screen_of_a_laptop(room, window):
    window(1280, 800)
    tall = {}
    for shown in GALLERY:
        if shown.in_browser:
            tall[shown.name] = room.show(shown).bounding_box()["height"]
    assert len(tall) == 8 and max(tall.values()) <= VISIBLE, tall


def test_a_screen_twice_as_fine_is_given_twice_the_pixels_and_zooming_back_gives_them_up(room):
    shown = next(shown for shown in GALLERY if shown.name == "loss-curve")
    canvas = room.show(shown).locator("canvas")
    wide, screen = canvas.evaluate("e => e.width"), room.page.context.new_cdp_session(room.page)
    try:
        for ratio in (2, 1):
            screen.send(
                "Emulation.setDeviceMetricsOverride",
                {
                    "width": 1280 + ratio,
                    "height": 1300,
                    "deviceScaleFactor": ratio,
                    "mobile": False,
                },
            )
            room.page.wait_for_function(
                "([name, width]) => document.querySelector(`[data-gallery=${name}] canvas`).width"
                " === width",
                arg=[shown.name, ratio * wide],
            )
            assert canvas.evaluate("e => e.clientWidth") == wide
    finally:
        screen.send("Emulation.clearDeviceMetricsOverride")


def test_what_does_not_fit_is_found(room):
    shown = GALLERY[0]
    room.show(shown)
    room.page.evaluate("""() => {
        const wide = document.querySelector('[data-gallery]').appendChild(document.createElement('button'));
        Object.assign(wide.style, { width: '5000px', height: '10px' });
        wide.id = 'too-wide';
    }""")
    try:
        found = " ".join(faults(room, shown))
        assert "sticks out" in found and "smaller than a finger: button" in found
    finally:
        room.page.evaluate("() => document.getElementById('too-wide').remove()")


def test_what_axe_should_find_is_found(room):
    room.show(GALLERY[0])
    room.page.evaluate("() => document.querySelector('[data-gallery]').append(new Image())")
    try:
        assert any("image-alt" in found for found in room.violations(GALLERY[0]))
    finally:
        room.page.evaluate(
            "() => document.querySelector('[data-gallery]').lastElementChild.remove()"
        )
