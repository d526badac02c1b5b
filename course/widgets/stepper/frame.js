// The frame around the picture: the explanation, the paths, the legend. Built once, no state.
import { make } from "../common/walk.js";

const HELP = "← → step · Space plays · Tab to a unit: Enter jumps · Tab to a number: ↑ ↓ (Shift: finely), Enter types, or drag";

/**
 * Something that may be longer than its box can be scrolled by keyboard.
 * @param {HTMLElement} node
 * @param {string} label  what is read aloud of the box
 */
function region(node, label) {
  for (const [key, value] of Object.entries({ tabindex: "0", role: "region", "aria-label": label })) node.setAttribute(key, value);
  node.dataset.lmSuppressShortcuts = "true";
}

/** The root of a view, with the label that says what it is. @param {HTMLElement} el */
export function makeRoot(el) {
  const root = make(el, "div", { class: "bp-walk bp-stepper", tabindex: "0", role: "group", "aria-label": "Backprop stepper" });
  root.dataset.lmSuppressShortcuts = "true";
  return root;
}

/**
 * Everything around the picture but the bar.
 * @param {HTMLElement} root
 * @param {{error: string, withYours: boolean, paths: number, long: boolean, deep: boolean}} spec
 *   error: the letter of the loss; paths: how many paths a number can have; long, deep: whether
 *   formulas, and paths, have many terms
 * @returns the nodes by name; `here`, `summary` and `jump` are null without a pass of the reader's
 *   own
 */
export function makeFrame(root, { error, withYours, paths: count, long, deep }) {
  const box = make(root, "div", { class: `bp-box${long ? " bp-long" : count > 2 ? " bp-several" : ""}` });
  const panel = make(box, "div", { class: "bp-panel" });
  if (long) region(panel, "the step in full");
  const words = make(panel, "div", { class: "bp-words" });
  const maths = make(panel, "div", { class: "bp-maths" });
  const uses = make(panel, "div", { class: "bp-uses" });
  const paths = make(box, "div", { class: "bp-paths" });
  if (deep || count > 2) region(paths, "paths to the loss");
  const strip = withYours ? make(root, "div", { class: "bp-yours" }) : null;
  const here = strip && make(strip, "div", { class: "bp-here" });
  const summary = strip && make(strip, "div", { class: "bp-summary" });
  const jump = strip && make(strip, "button", { type: "button", class: "bp-jump" }, "Go to the first difference");
  const frame = make(root, "div", { class: "bp-frame" });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("role", "group");
  svg.setAttribute("class", "bp-picture");
  frame.append(svg);
  const thin = make(root, "div", { class: "bp-thin" });
  const legend = make(root, "div", { class: "bp-legend" });
  [["bp-v", "forward value"], ["bp-g", "∂ gradient"], ["bp-w", "weight"], ["bp-t", "target"], ["bp-e", error]]
    .forEach(([kind, text]) => make(legend, "span", { class: `bp-key ${kind}` }, text));
  make(legend, "span", { class: "bp-widths" }, "wider line: larger · dashed: negative gradient");
  const zoom = make(legend, "button", { type: "button", class: "bp-zoom", "aria-pressed": "false" }, "Whole picture");
  const below = make(root, "div", { class: "bp-last" }), notice = make(below, "div", { class: "bp-notice" });
  make(below, "div", { class: "bp-help" }, HELP);
  const live = make(root, "div", { class: "bp-live", "aria-live": "polite", role: "status" });
  return { box, panel, words, maths, uses, here, summary, jump, frame, svg, thin, notice,
           paths, zoom, live };
}

/**
 * A network that is too large to be drawn: what holds for it layer by layer, as a table.
 * @param {HTMLElement} root
 * @param {{message: string, head: string[], rows: string[][]}} summary
 */
export function showSummary(root, { message, head, rows }) {
  make(root, "p", { class: "bp-words" }).textContent = message;
  const scroll = make(root, "div", { class: "bp-summary-scroll" });
  region(scroll, "layer by layer");
  const table = make(scroll, "table");
  /** @param {string[]} cells @param {"th" | "td"} tag */
  const line = (cells, tag) => {
    const row = make(table, "tr");
    /** @type {Record<string, string>} */
    const scope = tag === "th" ? { scope: "col" } : {};
    cells.forEach(cell => { make(row, tag, scope).textContent = cell; });
  };
  line(head, "th");
  rows.forEach(cells => line(cells, "td"));
}
