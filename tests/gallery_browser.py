"""The gallery in a real JupyterLab: one notebook with every picture, in the light or the dark
theme."""

from __future__ import annotations

import contextlib
from pathlib import Path

import gallery
import nbformat
from axe_playwright_python.sync_playwright import Axe
from conftest import launch
from jupyterlab_driver import open_notebook, run_all, run_cell, running_lab
from playwright.sync_api import sync_playwright

NOTEBOOK = "gallery.ipynb"

#: What is put into the page: which node is a picture, what it shows, what can take the focus, and a
#: watch for flicker.
TOOLS = """
window.gallery = (() => {
  const FOCUS = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]";
  const cells = window.notebookPanel.content.widgets.map(cell => cell.model.id);  // as it was opened
  const number = k => window.notebookPanel.content.widgets.findIndex(cell => cell.model.id === cells[k]);
  const cell = k => window.notebookPanel.content.widgets[number(k)].node;
  function select(k) {
    const notebook = window.notebookPanel.content;
    [notebook.activeCellIndex, notebook.mode] = [number(k), "command"];
    document.activeElement?.blur();
    notebook.activate();
    notebook.activeCell.node.focus({ preventScroll: true });
  }
  const area = k => cell(k).querySelector(".jp-OutputArea-output .jp-RenderedHTMLCommon, .jp-OutputArea-output > *:not(.jp-OutputPrompt, .bp-kept-note)");
  const visible = e => e.checkVisibility({ visibilityProperty: true }) && (e.getBoundingClientRect().width > 0 || e instanceof SVGElement);
  const focusable = k => [...area(k).querySelectorAll(FOCUS)].filter(e => (e.tabIndex >= 0 || e.isContentEditable) && !e.disabled && !e.closest("[inert]") && !e.closest("[disabled]") && visible(e));
  const LOOKS = ["outline-style", "outline-width", "outline-color", "box-shadow", "border-color", "border-width", "stroke",
                 "stroke-width", "fill", "opacity", "background-color", "visibility", "display", "text-decoration-line"];
  function looks(e) {
    const nodes = [e.parentElement, e, ...e.querySelectorAll("*")].slice(0, 12);
    return nodes.map(node => { const s = getComputedStyle(node); return LOOKS.map(name => s.getPropertyValue(name)).join(); }).join("|");
  }
  function state(k) {
    const root = area(k), parts = [];
    for (const e of root.querySelectorAll("input, select, textarea")) parts.push(e.type === "checkbox" ? e.checked : e.value);
    for (const e of root.querySelectorAll("[aria-valuenow], [aria-pressed], [aria-checked], [aria-expanded], [data-frames], i")) {
      parts.push(e.ariaValueNow, e.ariaPressed, e.ariaChecked, e.ariaExpanded, e.dataset.frames, e.tagName === "I" ? e.className : "");
    }
    for (const e of root.querySelectorAll("button")) parts.push(e.className);
    for (const e of root.querySelectorAll("svg")) parts.push(e.innerHTML);
    for (const e of root.querySelectorAll("canvas:not(.bp-screen *)")) parts.push(e.toDataURL().length, e.toDataURL().slice(-2000));
    return JSON.stringify([parts, root.textContent]);
  }
  function name(e) {
    const said = e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || e.title || "";
    return `${e.tagName.toLowerCase()} ${said.trim().slice(0, 60)}`;
  }
  function small(canvas, width, height) {
    const copy = Object.assign(document.createElement("canvas"), { width, height });
    copy.getContext("2d").drawImage(canvas, 0, 0, width, height);
    return copy;
  }
  const empty = canvas => small(canvas, 24, 24).getContext("2d").getImageData(0, 0, 24, 24).data.every(value => value === 0);
  let heights = new Set(), blank = 0, watched = null;
  function look() {
    if (watched === null) return;
    heights.add(Math.round(area(watched).getBoundingClientRect().height));
    for (const image of area(watched).querySelectorAll("img")) if (!(image.complete && image.naturalWidth > 0)) blank++;
    for (const screen of area(watched).querySelectorAll(".bp-screen canvas")) if (empty(screen)) blank++;
    requestAnimationFrame(look);
  }
  const watch = k => { heights = new Set(); blank = 0; watched = k; look(); };
  const seen = () => { watched = null; return { heights: [...heights], blank }; };
  const pixels = k => [...area(k).querySelectorAll(".bp-screen canvas")].map(e => small(e, e.width / 2, e.height / 2).toDataURL()).join();
  function quiet(k, patience = 4000) {  // resolves when the kernel waits and the picture has not changed for a moment
    const end = performance.now() + patience;
    return new Promise(resolve => {
      let before = null, since = 0;
      (function look() {
        const idle = window.notebookPanel.sessionContext.session.kernel.status === "idle", now = performance.now(), is = state(k);
        if (!idle || is !== before) [before, since] = [is, now];
        now - since > 60 || now > end ? resolve() : setTimeout(look, 20);
      })();
    });
  }
  const settled = k => [...area(k).querySelectorAll(".bp-screen")].every(screen => screen.dataset.frames);
  return { number, select, cell, area, focusable, looks, state, name, watch, seen, settled, pixels, quiet };
})()
"""


class Room:
    """A page on which the gallery is open.

    Attributes
    ----------
    page : playwright Page
    errors : list of str
        What the page logged as an error or threw.
    """

    def __init__(self, page, shown) -> None:
        self.shown = [part.name for part in shown]
        self.page, self.theme, self._touched = page, "Light", set()

    def index(self, shown) -> int:
        """The number of the cell that shows a picture."""
        return 1 + self.shown.index(shown.name)

    def show(self, shown):
        """Scroll to a picture and return its locator, once it is there and has drawn itself; anew
        if it was touched."""
        k = self.index(shown)
        if shown.name in self._touched:
            run_cell(self.page, self.page.evaluate("k => gallery.number(k)", k))
            self._touched.discard(shown.name)
        self.page.evaluate(
            "k => window.notebookPanel.content.scrollToItem(gallery.number(k), 'start')", k
        )
        self.page.wait_for_function(
            "k => gallery.cell(k).isConnected && gallery.area(k)?.getBoundingClientRect().height"
            " > 60",
            arg=k,
        )
        self.page.wait_for_function("k => gallery.settled(k)", arg=k)
        # its width is known
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>"
            " setTimeout(done, 50))))"
        )
        self.page.evaluate(
            "([k, name]) => { gallery.area(k).dataset.gallery = name; }", [k, shown.name]
        )
        return self.page.locator(f"[data-gallery={shown.name}]")

    def touch(self, shown) -> int:
        """Note that a picture is going to be changed; the number of its cell."""
        self._touched.add(shown.name)
        return self.index(shown)

    def dress(self, theme: str) -> None:
        """Change to the theme "Light" or "Dark"."""
        if theme != self.theme:
            self.page.evaluate(
                "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
                f"JupyterLab {theme}",
            )
            self.page.wait_for_function(
                "light => document.body.dataset.jpThemeLight === light",
                arg=str(theme == "Light").lower(),
            )
            self.page.wait_for_timeout(500)
            self.theme = theme

    def violations(self, shown) -> list[str]:
        """What axe-core finds in a picture: rule, impact, the first element and why."""
        found = (
            Axe()
            .run(self.page, context={"include": [[f"[data-gallery={shown.name}]"]]})
            .response["violations"]
        )
        return [
            f"{v['id']} ({v['impact']}, {len(v['nodes'])}): {v['nodes'][0]['html'][:200]}"
            f" {v['nodes'][0]['failureSummary'][:300]}"
            for v in found
        ]


@contextlib.contextmanager
def open_gallery(
    folder: Path, shown=gallery.GALLERY, width: int = 1280, height: int = 1300, plain: bool = False
):
    """Write the gallery's notebook, open it in a JupyterLab, run it, and give a `Room`;
    ``RuntimeError`` where a cell raises."""
    root, home = folder / "root", folder / "home"
    root.mkdir()
    home.mkdir()
    cells = [
        nbformat.v4.new_code_cell(code)
        for code in (gallery.preparation(), *(s.code for s in shown))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), root / NOTEBOOK
    )
    with running_lab(root, home, plain=plain) as lab, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda message: page.errors.append(message.text) if message.type == "error" else None,
        )
        open_notebook(page, lab, NOTEBOOK)
        errors = run_all(page)
        if errors:
            raise RuntimeError(f"cells of the gallery raised: {errors}")
        page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
        page.evaluate(TOOLS)
        yield Room(page, shown)
        browser.close()
