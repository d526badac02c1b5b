"""A walk at every width: what a step says is never cut, whichever step it is."""

import pytest
from gallery import GALLERY
from gallery_browser import open_gallery
from gallery_sizes import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

#: With a pencil no step comes before it is answered.
WALKS = [s for s in GALLERY if s.in_browser and "Stepper(" in s.code and "pencil" not in s.name]
#: Goes through all steps by keyboard and collects what is cut at the bottom or at the right.
WALK = """async k => {
  const walk = gallery.area(k).querySelector(".bp-walk") ?? gallery.area(k), found = {};
  const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const counter = () => walk.querySelector(".bp-counter").textContent;
  const press = key => walk.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const steps = Number(counter().split("/")[1]);
  press("Home");
  for (let step = 0; step <= steps; step++) {
    await frame();
    if (Number(counter().split("/")[0]) !== step) throw new Error(`at ${counter()} and not at step ${step}`);
    for (const e of walk.querySelectorAll(".bp-panel, .gs-ways, .bp-notice, .bp-thin")) {
      if (!e.checkVisibility() || e.clientHeight < 2) continue;
      const [tall, wide] = [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth];
      if (tall > 1 || wide > 1) (found[e.className] ??= []).push(`step ${step}: ${tall} x ${wide}`);
    }
    press("ArrowRight");
  }
  return found;
}"""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with open_gallery(tmp_path_factory.mktemp("walks"), WALKS) as opened:
        yield opened


BESIDE_FILES = {965: "a laptop with the list of files open"}


@pytest.mark.parametrize("width", [*WIDTHS, *BESIDE_FILES], ids=(WIDTHS | BESIDE_FILES).get)
def test_no_step_of_a_walk_is_cut(room, width):
    room.page.set_viewport_size({"width": width, "height": 1300})
    room.page.wait_for_timeout(400)
    found = {}
    for shown in WALKS:
        room.show(shown)
        cut = room.page.evaluate(WALK, room.index(shown))
        if cut:
            found[shown.name] = cut
    assert found == {}
