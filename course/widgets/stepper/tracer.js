// Pointing at a number, or focusing it, shows its paths to the loss: in the picture, over the explanation, and aloud.
// A step puts the explanation back, until something else is pointed at or focused.
import { parseKey } from "./math.js";
import { pathsHtml, pathsText, pathsToLoss } from "./paths.js";

const HINT = "Point at a weight, a bias, an input or a unit, or tab to it: its paths to the loss appear here, "
  + "each with the product of its local slopes.";

/**
 * Follows the pointer and the focus. What is pointed at comes before what has the focus.
 * @param {{ui: {box: HTMLElement, paths: HTMLElement}, numberName: (key: string) => string,
 *   unitName: (k: number, i: number) => string, drawing: () => ReturnType<typeof
 *   import("./picture.js").picture>, say: (words: string) => void, refresh: () => void,
 *   quiet: () => boolean}} spec
 *   refresh: draw the moment again, as other numbers are looked at now; quiet: whether paths would
 *   give away what is asked for
 */
export function tracer({ ui, numberName, unitName, drawing, say, refresh, quiet }) {
  /** Keys of numbers. @type {string | null} */
  let hovered = null;
  /** @type {string | null} */
  let focused = null;
  /** @type {import("./words.js").Moment | null} */
  let moment = null;
  /** The HTML of the paths in view. @type {string | null} */
  let shown = null;
  let stepped = false;
  /** @param {string} key */
  const name = key => {
    const [kind, layer, [i]] = parseKey(key);
    return kind === "z" ? unitName(layer, i) : numberName(key);
  };

  function draw() {
    const key = quiet() ? null : hovered ?? (stepped ? null : focused);
    if (!moment) return undefined;
    ui.box.classList.toggle("bp-at-paths", Boolean(key));
    ui.paths.setAttribute("aria-hidden", String(!key));
    ui.paths.inert = !key; // it can be wide enough to be scrolled by keyboard, but not while it is hidden
    if (!key) {
      if (shown === null) return undefined;
      shown = null;
      drawing().trace(null);
      ui.paths.innerHTML = `<div class="bp-path-head bp-hint">${HINT}</div>`;
      return;
    }
    const found = pathsToLoss(moment, key), html = pathsHtml(moment, key, found);
    if (html !== shown) ui.paths.innerHTML = shown = html;
    drawing().trace({ edges: found.edges, unit: /^[zb]/.test(key) ? key.replace(/^[zb](\d+)\[(\d+)\]$/, "$1,$2") : null });
    return found;
  }
  /** @param {string | null} key */
  const point = key => { hovered = key; stepped &&= key === null; draw(); };
  /** @param {string | null} key */
  const focus = key => {
    focused = key;
    stepped = false;
    const found = draw();
    if (key && found && moment) say(pathsText(moment, found, name(key)));
  };

  /** @param {SVGElement} node @param {string} key */
  function follow(node, key) {
    node.addEventListener("pointerenter", () => point(key));
    node.addEventListener("pointerleave", () => point(null));
    node.addEventListener("focus", () => focus(key));
    node.addEventListener("blur", event => { if (event.relatedTarget !== ui.paths) focus(null); });
  }

  ui.paths.addEventListener("blur", () => focus(null));      // going to the panel itself keeps what it shows

  return {
    /** A new moment of the walk: what is shown follows. @param {import("./words.js").Moment} now */
    again(now) { moment = now; draw(); },
    /** A step was taken: its explanation counts now. */
    stepped() { stepped = true; },
    /** A new picture: listen to its parts. */
    listen() {
      shown = "";
      hovered = focused = null;
      const { editable, edges, units } = drawing();
      editable.forEach((chip, key) => { if (key[0] !== "d") follow(chip.g, key); });
      edges.forEach((edge, key) => {
        const { hit } = edge;
        if (!hit) return;
        /** @param {boolean} on */
        const near = on => { if (edge.dense) { edge.near = on; refresh(); } };
        hit.addEventListener("pointerenter", () => { near(true); point(key); });
        hit.addEventListener("pointerleave", () => { near(false); point(null); });
        hit.addEventListener("click", () => editable.get(key)?.g.focus({ preventScroll: true }));
      });
      units.forEach(({ g }, at) => {
        const [k, i] = at.split(",");
        follow(g, `z${k}[${i}]`);
        // crowded weights take part in the tab order only while their unit has, or had last, the focus
        g.addEventListener("focus", () => {
          let changed = false;
          edges.forEach((edge, key) => {
            const reach = edge.dense && (key.startsWith(`W${k}[`) ? key.endsWith(`,${i}]`) : key === `b${k}[${i}]`);
            changed ||= reach !== Boolean(edge.reach);
            edge.reach = reach;
          });
          if (changed) refresh();
        });
      });
      ui.paths.innerHTML = `<div class="bp-path-head bp-hint">${HINT}</div>`;
      shown = null;
    },
  };
}
