// The drawing of the network: where everything stands, and one persistent SVG whose parts are updated.

const SVG = "http://www.w3.org/2000/svg";
const CHIP = 22;                 // height of a box with one number
const LINE = 18;                 // height of a line of numbers
const HEAD = 34;                 // height of the row of layer titles
const STACK = CHIP + 1;          // from one box of a column to the next
const ROOM = { 1: 190, 2: 180, 3: 166 };   // least height of a row of units, by the number of rows

/** The middle of the widest free part of an edge column where `count` boxes keep `need` pixels apart, or null. */
function chipPosition(from, to, chip, unit, need) {
  const gap = to[0].x - from[0].x, free = (chip + unit + 7) / gap;
  let best = null;
  for (let t = free; t <= 1 - free; t += 0.005) {
    const ys = from.flatMap(a => to.map(b => a.y + (b.y - a.y) * t)).sort((a, b) => a - b);
    const room = Math.min(...ys.slice(1).map((y, i) => y - ys[i]), 70);
    if (room >= need && (!best || room > best.room + 0.5)) best = { t, room };
  }
  return best && best.t;
}

/**
 * Where everything stands, in pixels.
 * @param {{sizes: number[], hasBias: boolean, digits: number, letter: number, charWidth: number, width: number}} spec
 *   letter: width of the letters before a number in a unit; charWidth: of one digit; width: of the page
 */
export function layout({ sizes, hasBias, digits, letter, charWidth, width }) {
  const rows = Math.max(...sizes), last = sizes.length - 1;
  const number = (digits + 4.7) * charWidth;                 // -0.008976 with 4 digits
  const half = (number + letter + 16) / 2;                   // half the width of a unit
  const round = rows <= 3 && half <= 66;
  const tall = round ? half : LINE + 3;                      // half its height: a circle, or a flat pill
  const above = hasBias ? CHIP + 6 : 20;
  const below = (hasBias ? 3 : 2) * STACK + 4;
  const row = Math.max(ROOM[rows] ?? 0, above + 2 * tall + below + 6);
  const chip = (digits + 7) * charWidth / 2 + 8;             // half the width of a gradient's box
  const left = half + 14, right = half + 2 * chip + 20;
  const gapLeast = 2 * half + 2 * chip + 18;
  const total = Math.max(width, left + last * gapLeast + right);
  const gap = Math.min(420, (total - left - right) / last);
  const start = left + (total - left - right - gap * last) / 2;
  const height = HEAD + rows * row;
  const units = sizes.map((n, k) => Array.from({ length: n }, (_, i) => ({
    x: start + k * gap,
    y: HEAD + (height - HEAD) / 2 + (i - (n - 1) / 2) * row + (above - below) / 2,
  })));
  const columns = sizes.slice(1).map((_, k) => chipPosition(
    units[k], units[k + 1], chip, half, 2 * STACK + 1));
  const end = start + last * gap + half + 18 + chip;
  const lowest = units[last].at(-1).y;
  return { units, columns, half, tall, above, row, width: total, height, round, target: end,
           error: { x: end, y: sizes[last] === 1 ? lowest + 62 : lowest + Math.min(62, row - CHIP * 2) } };
}

/** An SVG element with attributes, appended to `parent`. */
function el(parent, name, attributes = {}, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
}

/** A box around one number, as wide as its text: centred on (x, y), or with a `name` before it and ending at x. */
class Chip {
  constructor(parent, x, y, kind, charWidth, prefix = "", name = null) {
    Object.assign(this, { x, y, charWidth, prefix, name });
    this.g = el(parent, "g", { class: `bp-chip ${kind}` });
    this.box = el(this.g, "rect", { y: y - CHIP / 2, height: CHIP, rx: 5 });
    this.text = el(this.g, "text", { y, "text-anchor": "middle", "dominant-baseline": "central" });
    if (prefix) el(this.text, "tspan", { class: "bp-lead" }, `${prefix} `);
    this.value = el(this.text, "tspan");
    name?.setAttribute("text-anchor", "end");
  }

  set(text) {
    this.value.textContent = text;
    const width = (text.length + (this.prefix ? this.prefix.length * 0.9 + 0.5 : 0)) * this.charWidth + 12;
    const left = this.name ? this.x - width : this.x - width / 2;
    this.box.setAttribute("x", left);
    this.box.setAttribute("width", width);
    this.text.setAttribute("x", left + width / 2);
    this.name?.setAttribute("x", left - 6);
  }

  toggle(name, on) { this.g.classList.toggle(name, on); }
}

/**
 * The picture of one network.
 * @param {SVGElement} svg
 * @param {object} spec sizes, activations, notation, hasBias, digits, charWidth, width
 * @returns {{layout: object, update: function, editable: Map<string, Chip>}}
 */
export function picture(svg, spec) {
  const { sizes, activations, notation, hasBias, digits, charWidth } = spec;
  const letters = Math.max(notation.z.length, notation.y.length, 1);
  const place = layout({ ...spec, letter: letters * charWidth });
  const { units, columns, half, tall, above } = place, last = sizes.length - 1;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${place.width} ${place.height}`);
  svg.setAttribute("width", place.width);
  svg.setAttribute("height", place.height);
  const layers = ["titles", "lines", "flows", "hits", "units", "chips"].map(name => el(svg, "g", { class: `bp-${name}` }));
  const [titles, lines, flows, hits, bodies, chips] = layers;
  const parts = new Map(), edges = new Map(), editable = new Map(), saturated = new Map(), bodiesBy = new Map();

  sizes.forEach((_, k) => {
    const x = units[k][0].x;
    const title = k === 0 ? "inputs" : `layer ${k} · ${activations[k - 1]}`;
    el(titles, "text", { x, y: 17, "text-anchor": "middle" }, title);
  });
  el(titles, "text", { x: place.target, y: 17, "text-anchor": "middle" }, "target");

  for (let k = 1; k <= last; k++) {
    for (let i = 0; i < sizes[k - 1]; i++) {
      for (let j = 0; j < sizes[k]; j++) {
        const key = `W${k}[${i},${j}]`, a = units[k - 1][i], b = units[k][j];
        const t = columns[k - 1] ?? 0.5;
        const at = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
        const x = a.x + (b.x - a.x) * t, y = a.y + (b.y - a.y) * t;
        const line = el(lines, "line", { ...at, class: "bp-edge" });
        const flow = el(flows, "line", { ...at, class: "bp-flow" });
        const hit = el(hits, "line", { ...at, class: "bp-hit" });
        const g = el(chips, "g", { class: columns[k - 1] === null ? "bp-pair bp-dense" : "bp-pair" });
        const chip = new Chip(g, x, y, "bp-w bp-edit", charWidth, notation.labels[key]);
        const gradient = new Chip(g, x, y + STACK, "bp-g", charWidth, "∂");
        hit.addEventListener("pointerenter", () => g.classList.add("bp-near"));
        hit.addEventListener("pointerleave", () => g.classList.remove("bp-near"));
        hit.addEventListener("click", () => chip.g.focus());
        edges.set(key, { line, flow, g });
        parts.set(key, chip);
        parts.set(`d${key}`, gradient);
        editable.set(key, chip);
      }
    }
  }

  const unit = (k, i) => {
    const { x, y } = units[k][i], label = notation.labels[`unit${k}[${i}]`];
    const g = el(bodies, "g");
    if (k === 0) {
      const r = half - 4, flat = Math.min(r, tall);
      el(g, "rect", { x: x - r, y: y - flat, width: 2 * r, height: 2 * flat, rx: flat, class: "bp-body" });
      el(g, "text", { x, y: y - flat - 12, "text-anchor": "middle", "dominant-baseline": "central", class: "bp-name" }, label);
      const chip = new Chip(chips, x, y, "bp-v bp-edit bp-input", charWidth);
      parts.set(`x[${i}]`, chip);
      editable.set(`x[${i}]`, chip);
      return;
    }
    const body = el(g, "rect", {
      x: x - half, y: y - tall, width: 2 * half, height: 2 * tall, rx: tall, class: "bp-body" });
    bodiesBy.set(`${k},${i}`, body);
    const top = y - tall - above / 2;
    const name = el(g, "text", { x, y: top, "text-anchor": "middle", "dominant-baseline": "central", class: "bp-name" },
      hasBias ? label : `unit ${label}`);
    const under = place => y + tall + 3 + CHIP / 2 + place * STACK;
    if (hasBias) {
      const key = `b${k}[${i}]`;
      const chip = new Chip(chips, x + half * 0.85, top, "bp-w bp-edit", charWidth, notation.labels[key], name);
      parts.set(key, chip);
      parts.set(`d${key}`, new Chip(g, x, under(2), "bp-g", charWidth, `∂${notation.labels[key]}`));
      editable.set(key, chip);
    }
    ["z", "y"].forEach((name, line) => {
      const offset = (line - 0.5) * (LINE + 2);
      parts.set(`${name}${k}[${i}]`, new Chip(g, x, y + offset, "bp-v bp-inside", charWidth, notation[name]));
      parts.set(`d${name}${k}[${i}]`, new Chip(g, x, under(1 - line), "bp-g", charWidth, `∂${notation[name]}`));
    });
    const beside = place.round ? { x, y: y + 29, "text-anchor": "middle" } : { x: x + half + 4, y: y + tall * 0.86 };
    saturated.set(`y${k}[${i}]`, el(g, "text", { ...beside, class: "bp-flat", "dominant-baseline": "central" }, "saturated"));
  };
  sizes.forEach((n, k) => { for (let i = 0; i < n; i++) unit(k, i); });

  for (let i = 0; i < sizes[last]; i++) {
    const { x, y } = units[last][i];
    el(lines, "line", { x1: x, y1: y, x2: place.target, y2: y, class: "bp-compare" });
    const chip = new Chip(chips, place.target, y, "bp-t bp-edit", charWidth, notation.labels[`d[${i}]`]);
    parts.set(`d[${i}]`, chip);
    editable.set(`d[${i}]`, chip);
  }
  parts.set("div", new Chip(chips, place.error.x, place.error.y, "bp-e", charWidth, notation.error));

  /** Draw one moment of the walk: `known` are the keys computed so far, `step` the current recipe or null. */
  function update({ values, slopes, known, step, format, formatSigned }) {
    const used = new Set(step ? step.references : []);
    const most = prefix => Math.max(1e-300, ...[...edges.keys()].map(key => Math.abs(values[prefix + key])).filter(Number.isFinite));
    const mostWeight = most(""), mostGradient = most("d");
    const thick = (value, largest) => 1.2 + 4.8 * (Number.isFinite(value) ? Math.abs(value) / largest : 1);
    const back = step && /^(div|dy|dz|dW|db)$/.test(step.kind) && step.kind !== "div";
    for (const [key, part] of parts) {
      const gradient = /^d[zyWb]/.test(key), given = editable.has(key);
      const visible = given || known.has(key);
      part.toggle("bp-unknown", !visible);
      part.toggle("bp-now", step?.key === key);
      part.toggle("bp-used", used.has(key));
      if (visible) part.set((gradient ? formatSigned : format)(values[key]));
      if (given) {
        part.g.setAttribute("aria-valuenow", values[key]);
        part.g.setAttribute("aria-valuetext", String(values[key]));
      }
    }
    for (const [key, { line, flow, g }] of edges) {
      const active = used.has(key) || step?.key === `d${key}`, has = known.has(`d${key}`);
      line.classList.toggle("bp-has-gradient", has);
      line.style.strokeWidth = has ? thick(values[`d${key}`], mostGradient) : thick(values[key], mostWeight) * 0.6;
      flow.setAttribute("class", `bp-flow${active ? (back ? " bp-backward" : " bp-forward") : ""}`);
      g.classList.toggle("bp-active", active);
    }
    for (const [key, mark] of saturated) {
      const flat = known.has(key) && Math.abs(slopes[key]) < 0.01;
      mark.classList.toggle("bp-unknown", !flat);
      const [, k, i] = /^y(\d+)\[(\d+)\]$/.exec(key);
      bodiesBy.get(`${k},${i}`).classList.toggle("bp-saturated", flat);
    }
  }
  return { layout: place, update, editable, where: key => parts.get(key).x };
}
