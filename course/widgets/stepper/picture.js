// The drawing of the network: one persistent SVG, built once and then updated (update.js).
import { CHIP, LINE, STACK, layout } from "./layout.js";
import { el } from "../common/walk.js";
import { NumberBox, fillPatterns } from "./parts.js";
import { updater } from "./update.js";

/**
 * @typedef {{sizes: number[], activations: string[], notation: import("./words.js").Notation,
 *   hasBias: boolean, digits: number, charWidth: number, width: number, marked: boolean}} Spec
 *   charWidth: of one digit, width: of the page, both in pixels; marked: whether gradients carry a
 *   tick or a cross
 */

/**
 * A weight or a bias that is drawn on its own.
 * @typedef {object} Edge
 * @property {SVGGElement} g  what its numbers stand in
 * @property {boolean} dense  whether its numbers are shown only when it is looked at
 * @property {SVGLineElement} [line]  a bias has none of these lines
 * @property {SVGLineElement} [flow]
 * @property {SVGLineElement} [hit]
 * @property {{dx: number, dy: number, t: number}} [slide]  its way, in pixels, and where on it its
 *   numbers stand (0 to 1)
 * @property {boolean} [active]  the step uses it
 * @property {boolean} [asleep]  its numbers are not kept up to date
 * @property {boolean} [near]  it is pointed at
 * @property {boolean} [reach]  it can be reached by Tab
 */

/**
 * @typedef {{g: SVGGElement, body: SVGRectElement, pattern: SVGRectElement,
 *   words: SVGTextElement[]}} Unit
 */

/**
 * The picture of one network.
 * @param {SVGSVGElement} svg
 * @param {Spec} spec
 * @returns its parts by key, `update` and `trace` (see update.js), and `where` a number stands, in
 *   pixels from the left
 */
export function picture(svg, spec) {
  const { sizes, activations, notation, hasBias, charWidth } = spec;
  const letters = Math.max(notation.z.length, notation.y.length, 1);
  const place = layout({ ...spec, letter: letters * charWidth });
  const { units: at, columns, half, tall, above, small } = place, last = sizes.length - 1;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${place.width} ${place.height}`);
  const fill = fillPatterns(svg);
  const [titles, lines, flows, hits, bodies, chips] = ["titles", "lines", "flows", "hits", "units", "chips"]
    .map(name => el(svg, "g", { class: `bp-${name}` }));
  for (const layer of [titles, lines, flows, hits]) layer.setAttribute("aria-hidden", "true");
  /** @type {Map<string, NumberBox>} */
  const parts = new Map();
  /** @type {Map<string, NumberBox>} */
  const editable = new Map();
  /** @type {Map<string, Edge>} */
  const edges = new Map();
  /** @type {Map<string, Unit>} */
  const units = new Map();
  /**
   * @param {Element} parent
   * @param {Record<string, string | number>} attributes
   * @param {string} [text]
   */
  const word = (parent, attributes, text) => el(parent, "text", { "dominant-baseline": "central", ...attributes }, text);

  sizes.forEach((_, k) => word(titles, { x: at[k][0].x, y: 17, "text-anchor": "middle" },
    k === 0 ? "inputs" : `${small ? "" : "layer "}${k} · ${activations[k - 1]}`));
  word(titles, { x: place.target, y: 17, "text-anchor": "middle" }, "target");

  /** @param {number} k @param {number} i @param {number} j */
  function edge(k, i, j) {
    const key = `W${k}[${i},${j}]`, a = at[k - 1][i], b = at[k][j];
    const t = columns[k - 1] ?? 0.5, dense = columns[k - 1] === null;
    const ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
    const x = a.x + (b.x - a.x) * t, y = a.y + (b.y - a.y) * t;
    const line = el(lines, "line", { ...ends, class: "bp-edge" });
    const flow = el(flows, "line", { ...ends, class: "bp-flow" });
    const hit = el(hits, "line", { ...ends, class: "bp-hit", "stroke-width": small ? 7 : 14 });
    const g = el(chips, "g", { class: dense ? "bp-pair bp-dense" : "bp-pair" });
    const chip = new NumberBox(g, x, y, "bp-w bp-edit", charWidth, small ? "" : notation.labels[key]);
    const gradient = new NumberBox(g, x, y + STACK, "bp-g", charWidth, "∂");
    edges.set(key, { line, flow, hit, g, dense, slide: { dx: b.x - a.x, dy: b.y - a.y, t } });
    parts.set(key, chip).set(`d${key}`, gradient);
    editable.set(key, chip);
  }

  /** @param {number} i */
  function input(i) {
    const { x, y } = at[0][i], r = half - 4, flat = Math.min(r, tall), g = el(bodies, "g");
    el(g, "rect", { x: x - r, y: y - flat, width: 2 * r, height: 2 * flat, rx: flat, class: "bp-body" });
    const label = notation.labels[`unit0[${i}]`];
    if (!small) word(g, { x, y: y - flat - 12, "text-anchor": "middle", class: "bp-name" }, label);
    const chip = new NumberBox(chips, x, y, "bp-v bp-edit bp-input", charWidth);
    parts.set(`x[${i}]`, chip);
    editable.set(`x[${i}]`, chip);
  }

  /**
   * @param {number} k
   * @param {number} i
   * @param {SVGGElement} unit
   * @param {SVGTextElement | null} name
   */
  function bias(k, i, unit, name) {
    const { x, y } = at[k][i], key = `b${k}[${i}]`, under = y + tall + 3 + CHIP / 2;
    const g = small ? el(chips, "g", { class: "bp-pair bp-dense" }) : chips;
    const top = small ? y : y - tall - above / 2, beside = small ? x - half - place.chip - 4 : x + half * 0.85;
    const chip = new NumberBox(g, beside, top, "bp-w bp-edit", charWidth, notation.labels[key], name);
    const gradient = small ? new NumberBox(g, beside, top + STACK, "bp-g", charWidth, `∂${notation.labels[key]}`)
      : new NumberBox(unit, x, under + 2 * STACK, "bp-g", charWidth, `∂${notation.labels[key]}`);
    if (small) edges.set(key, { g, dense: true });
    parts.set(key, chip).set(`d${key}`, gradient);
    editable.set(key, chip);
  }

  /** @param {number} k @param {number} i */
  function unit(k, i) {
    const { x, y } = at[k][i], label = notation.labels[`unit${k}[${i}]`];
    const g = el(bodies, "g", { class: "bp-unit" });
    const shape = { x: x - half, y: y - tall, width: 2 * half, height: 2 * tall, rx: tall };
    const body = el(g, "rect", { ...shape, class: "bp-body" });
    const pattern = el(g, "rect", { ...shape, class: "bp-fill" });
    /** @param {number} place */
    const under = place => y + tall + 3 + CHIP / 2 + place * STACK;
    const name = small ? null : word(g, { x, y: y - tall - above / 2, "text-anchor": "middle", class: "bp-name" },
      hasBias ? label : `unit ${label}`);
    if (small) {
      parts.set(`y${k}[${i}]`, new NumberBox(g, x, y, "bp-v bp-inside", charWidth));
      parts.set(`dz${k}[${i}]`, new NumberBox(g, x, under(0) - 2, "bp-g", charWidth, "∂"));
    } else {
      /** @type {const} */ (["z", "y"]).forEach((letter, line) => {
        const offset = (line - 0.5) * (LINE + 2);
        parts.set(`${letter}${k}[${i}]`, new NumberBox(g, x, y + offset, "bp-v bp-inside", charWidth, notation[letter]));
        parts.set(`d${letter}${k}[${i}]`, new NumberBox(g, x, under(1 - line), "bp-g", charWidth, `∂${notation[letter]}`));
      });
    }
    const [first, second] = place.round
      ? [{ x, y: y + 31, "text-anchor": "middle" }, { x, y: y - 31, "text-anchor": "middle" }]
      : [{ x: x + half + 4, y: small ? y : y + tall * 0.7 }, { x: x + half + 4, y: small ? under(0) - 2 : y - tall * 0.7 }];
    const words = [word(g, { ...first, class: "bp-flat" }), word(g, { ...second, class: "bp-flat" })];
    units.set(`${k},${i}`, { g, body, pattern, words });
    if (hasBias) bias(k, i, g, name);
  }

  for (let k = 1; k <= last; k++) {
    for (let i = 0; i < sizes[k - 1]; i++) for (let j = 0; j < sizes[k]; j++) edge(k, i, j);
  }
  sizes.forEach((n, k) => {
    for (let i = 0; i < n; i++) if (k) unit(k, i); else input(i);
  });
  for (let i = 0; i < sizes[last]; i++) {
    const { x, y } = at[last][i];
    el(lines, "line", { x1: x, y1: y, x2: place.target, y2: y, class: "bp-compare" });
    const chip = new NumberBox(chips, place.target, y, "bp-t bp-edit", charWidth, notation.labels[`d[${i}]`]);
    parts.set(`d[${i}]`, chip);
    editable.set(`d[${i}]`, chip);
  }
  parts.set("div", new NumberBox(chips, place.error.x, place.error.y, "bp-e", charWidth, notation.error));

  /**
   * Where a number stands from left to right; of a number that is not drawn, where its unit does.
   * @param {string} key
   */
  const where = key => parts.get(key)?.x ?? at[Number(/\d+/.exec(key)?.[0] ?? last)][0].x;
  const change = updater({ svg, parts, edges, units, editable, fill, small });
  return { layout: place, editable, edges, units, where, parts, ...change };
}
