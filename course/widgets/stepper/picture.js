// The drawing of the network: one persistent SVG, built once and then updated (update.js).
import { CHIP, LINE, STACK, layout } from "./layout.js";
import { el } from "../common/walk.js";
import { NumberBox, fillPatterns } from "./parts.js";
import { updater } from "./update.js";

/**
 * The picture of one network.
 * @param {SVGElement} svg
 * @param {object} spec sizes, activations, notation, hasBias, digits, charWidth, width, marked
 * @returns {{layout: object, update: function, trace: function, editable: Map<string, NumberBox>, edges: Map<string, object>,
 *   units: Map<string, object>, where: function}}
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
  const parts = new Map(), edges = new Map(), editable = new Map(), units = new Map();
  const word = (parent, attributes, text) => el(parent, "text", { "dominant-baseline": "central", ...attributes }, text);

  sizes.forEach((_, k) => word(titles, { x: at[k][0].x, y: 17, "text-anchor": "middle" },
    k === 0 ? "inputs" : `${small ? "" : "layer "}${k} · ${activations[k - 1]}`));
  word(titles, { x: place.target, y: 17, "text-anchor": "middle" }, "target");

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

  function input(i) {
    const { x, y } = at[0][i], r = half - 4, flat = Math.min(r, tall), g = el(bodies, "g");
    el(g, "rect", { x: x - r, y: y - flat, width: 2 * r, height: 2 * flat, rx: flat, class: "bp-body" });
    const label = notation.labels[`unit0[${i}]`];
    if (!small) word(g, { x, y: y - flat - 12, "text-anchor": "middle", class: "bp-name" }, label);
    const chip = new NumberBox(chips, x, y, "bp-v bp-edit bp-input", charWidth);
    parts.set(`x[${i}]`, chip);
    editable.set(`x[${i}]`, chip);
  }

  function bias(k, i, name) {
    const { x, y } = at[k][i], key = `b${k}[${i}]`, under = y + tall + 3 + CHIP / 2;
    const g = small ? el(chips, "g", { class: "bp-pair bp-dense" }) : chips;
    const top = small ? y : y - tall - above / 2, beside = small ? x - half - place.chip - 4 : x + half * 0.85;
    const chip = new NumberBox(g, beside, top, "bp-w bp-edit", charWidth, notation.labels[key], name);
    const gradient = small ? new NumberBox(g, beside, top + STACK, "bp-g", charWidth, `∂${notation.labels[key]}`)
      : new NumberBox(units.get(`${k},${i}`).g, x, under + 2 * STACK, "bp-g", charWidth, `∂${notation.labels[key]}`);
    if (small) edges.set(key, { g, dense: true });
    parts.set(key, chip).set(`d${key}`, gradient);
    editable.set(key, chip);
  }

  function unit(k, i) {
    const { x, y } = at[k][i], label = notation.labels[`unit${k}[${i}]`];
    const g = el(bodies, "g", { class: "bp-unit" });
    const shape = { x: x - half, y: y - tall, width: 2 * half, height: 2 * tall, rx: tall };
    const body = el(g, "rect", { ...shape, class: "bp-body" });
    const pattern = el(g, "rect", { ...shape, class: "bp-fill" });
    const under = place => y + tall + 3 + CHIP / 2 + place * STACK;
    const name = small ? null : word(g, { x, y: y - tall - above / 2, "text-anchor": "middle", class: "bp-name" },
      hasBias ? label : `unit ${label}`);
    if (small) {
      parts.set(`y${k}[${i}]`, new NumberBox(g, x, y, "bp-v bp-inside", charWidth));
      parts.set(`dz${k}[${i}]`, new NumberBox(g, x, under(0) - 2, "bp-g", charWidth, "∂"));
    } else {
      ["z", "y"].forEach((letter, line) => {
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
    if (hasBias) bias(k, i, name);
  }

  for (let k = 1; k <= last; k++) {
    for (let i = 0; i < sizes[k - 1]; i++) for (let j = 0; j < sizes[k]; j++) edge(k, i, j);
  }
  sizes.forEach((n, k) => { for (let i = 0; i < n; i++) (k ? unit : (_, i) => input(i))(k, i); });
  for (let i = 0; i < sizes[last]; i++) {
    const { x, y } = at[last][i];
    el(lines, "line", { x1: x, y1: y, x2: place.target, y2: y, class: "bp-compare" });
    const chip = new NumberBox(chips, place.target, y, "bp-t bp-edit", charWidth, notation.labels[`d[${i}]`]);
    parts.set(`d[${i}]`, chip);
    editable.set(`d[${i}]`, chip);
  }
  parts.set("div", new NumberBox(chips, place.error.x, place.error.y, "bp-e", charWidth, notation.error));

  /** Where a number stands from left to right; of a number that is not drawn, where its unit does. */
  const where = key => parts.get(key)?.x ?? at[/\d+/.exec(key)?.[0] ?? last][0].x;
  return { layout: place, editable, edges, units, where, parts, ...updater({ svg, parts, edges, units, editable, fill, spec, small }) };
}
