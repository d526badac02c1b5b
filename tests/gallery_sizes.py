"""What does not fit: parts of a picture that stick out or are cut, and controls that a finger does
not meet.

It is measured in the page, at whatever width the page has.
"""

#: Widths of the window, and what has them. The notebook's cells are about 115 pixels narrower, 180
#: beside an open sidebar.
WIDTHS = {
    560: "two notebooks beside each other, 443 px of content",
    853: "1280 at 150 % zoom",
    900: "a small window",
    1280: "a laptop",
    3840: "4k",
}

#: A laptop of 1280 x 800 shows so many pixels of a notebook.
VISIBLE = 680

#: The least width and height of what a finger meets, in CSS pixels (WCAG 2.5.8).
FINGER = 24

FAULTS = """([k, finger]) => {
  const root = gallery.area(k), page = root.closest(".jp-OutputArea-output"), edge = root.getBoundingClientRect().right, found = new Set();
  const name = e => `${e.tagName.toLowerCase()}.${(e.getAttribute("class") ?? "").split(" ")[0]} ${(e.getAttribute("aria-label") ?? e.textContent).trim().slice(0, 30)}`;
  // a picture of a walk may be wider than a narrow page: it is scrolled, follows the walk, and has a button that shows it whole
  const scrolled = e => e.closest(".bp-frame");
  const wide = e => e.scrollWidth > e.clientWidth + 1, tall = e => e.scrollHeight > e.clientHeight + 1;
  const readAloud = e => e.clientWidth < 2;
  if (wide(page)) found.add(`${page.scrollWidth - page.clientWidth} px too wide for the page`);
  for (const e of root.querySelectorAll("*")) {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.parentElement.closest("svg") || e.closest(".bp-screen-aloud, .bp-live, .lg-spoken, .dd-spoken")) continue;
    const box = e.getBoundingClientRect(), look = getComputedStyle(e);
    if (box.width < 2 || box.height < 2) continue;
    if (box.right > edge + 1 && !scrolled(e)) found.add(`sticks out by ${Math.round(box.right - edge)} px: ${name(e)}`);
    if (/INPUT|SELECT|TEXTAREA|svg/.test(e.tagName) || readAloud(e) || e.matches(".bp-frame")) continue;
    if (look.overflowX !== "visible" && wide(e) && e.clientWidth) found.add(`cut at the right: ${name(e)}`);
    if (look.overflowY !== "visible" && tall(e) && e.clientHeight) found.add(`cut at the bottom: ${name(e)}`);
  }
  const CONTROLS = "button, input, select, .noUi-handle, .noUi-target, [role=slider], [role=spinbutton], [role=button], [contenteditable=true]";
  for (const e of root.querySelectorAll(CONTROLS)) {
    // a wire is met anywhere along its length, not at the mark that takes the keyboard's focus
    if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled || e.closest("[disabled]") || e.matches(".gs-edge")) continue;
    e.scrollIntoView({ block: "nearest", inline: "center" });
    const { left, right, top, bottom, width } = (e.querySelector(".bp-body") ?? e).getBoundingClientRect();
    if (!width) continue;
    const x = (left + right) / 2, y = (top + bottom) / 2, far = finger / 2 - 0.6;
    const mine = hit => hit && (e.contains(hit) || hit.closest("label")?.contains(e)
      || hit.closest(".noUi-target") !== null && hit.closest(".noUi-target") === e.closest(".noUi-target"));
    const missed = [[0, -far], [0, far], [-far, 0], [far, 0]].filter(([dx, dy]) => !mine(document.elementFromPoint(x + dx, y + dy)));
    if (missed.length) found.add(`smaller than a finger: ${name(e)}`);
  }
  for (const track of root.querySelectorAll(".noUi-target")) {
    if (track.checkVisibility() && track.getBoundingClientRect().width < 60) found.add(`a slider without a track: ${name(track)}`);
  }
  return [...found];
}"""


def faults(room, shown) -> list[str]:
    """What does not fit of a picture, in words, at the width that the page has now."""
    room.show(shown)
    return room.page.evaluate(FAULTS, [room.index(shown), FINGER])
