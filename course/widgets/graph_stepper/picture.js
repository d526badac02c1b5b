// The drawing of a computation graph: gates as circles, values above the wires and gradients below, one persistent SVG.
import { show, showSigned } from "../common/numbers.js";
import { Chip, el } from "../common/walk.js";
import { usesOf } from "./math.js";

const R = 21;                    // radius of a gate
const AWAY = 19;                 // of the boxes from their wire
const PORT = 11;                 // of the two inputs of a gate from its middle
const LEAD = R + 60;             // from a node to where its wire begins to bend: room for its boxes
const BEND = 36;                 // least width of a bend
const LOCAL = 74, SHARE = 78;    // room before a gate for the box of a local gradient, and for that of a share

/**
 * @typedef {import("./math.js").Node} Node
 * @typedef {import("./math.js").Wire} Wire
 * @typedef {{line: SVGPathElement, flow: SVGPathElement, hit: SVGPathElement, g: SVGGElement,
 *   local: Chip, share: Chip}} Drawn what is drawn of a wire
 * @typedef {{d: string, x: number, y: number, bent: number, parent: number}} Way
 *   where a wire runs: as a path, its end, from where on it may be bent, and the node it comes from
 * @typedef {Record<string, {value: number | null, wrong: boolean}>} Theirs
 *   a student's own gradients by node; null is no number
 */

/** @param {number} value @param {number} low @param {number} high */
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/**
 * The least and the best width of every gap between columns: straight wires need less room, shares
 * need more.
 * @param {Node[]} nodes
 * @param {number} columns  how many there are
 * @param {Wire[][]} uses  the wires that leave each node
 * @param {number} lead  pixels from a node to where its wire begins to bend
 */
function gaps(nodes, columns, uses, lead) {
  return Array.from({ length: columns - 1 }, (_, gap) => {
    let straight = true, shared = false, near = false;
    nodes.forEach(node => node.parents.forEach((p, k) => {
      /** @type {[number, number][]} */
      const rows = [[nodes[p].column, nodes[p].row], ...node.lanes[k], [node.column, node.row]];
      const from = rows.find(([column]) => column === gap), to = rows.find(([column]) => column === gap + 1);
      if (!from || !to) return;
      straight &&= from[1] === to[1] && node.parents.length === 1;
      shared ||= node.column === gap + 1 && uses[p].length > 1;
      near ||= from[0] === nodes[p].column && node.column === gap + 1 && node.parents.length > 1 && Math.abs(from[1] - to[1]) < 0.6;
    }));
    if (straight && !shared) return { least: 2 * R + 74, best: 200, tail: 0 };
    const tail = shared ? LOCAL + SHARE : LOCAL;
    return { least: lead + BEND + (shared ? tail : near ? LOCAL : 8) + R, best: lead + 100 + tail + R, tail };
  });
}

/**
 * Where everything stands, in pixels. Columns and rows come from course/plots/graph_layout.py.
 * @param {Node[]} nodes
 * @param {{width: number, height: number, marks: boolean}} page  in pixels; marks: room for a
 *   second row of gradients
 */
export function arrange(nodes, { width, height, marks }) {
  const columns = 1 + Math.max(...nodes.map(node => node.column));
  const rows = Math.max(...nodes.flatMap(node => [node.row, ...node.lanes.flat().map(([, row]) => row)]));
  const longest = Math.max(...nodes.filter(node => !node.gate).map(node => node.name.length));
  const half = clamp(longest * 4.5 + 9, R, 48), left = 2 * half - R + 8, right = R + 96;
  const lead = LEAD + (marks ? 42 : 0), room = gaps(nodes, columns, usesOf(nodes), lead), least = room.reduce((sum, gap) => sum + gap.least, left + right);
  const wish = room.reduce((sum, gap) => sum + gap.best - gap.least, 0) || 1, grow = clamp((width - least) / wish, 0, 1);
  const widths = room.map(gap => gap.least + grow * (gap.best - gap.least));
  const used = widths.reduce((sum, gap) => sum + gap, left + right), total = Math.max(width, used);
  const top = 44, bottom = marks ? 72 : 52;
  const step = rows ? clamp((height - top - bottom) / rows, marks ? 82 : 57, 118) : 0;
  const tall = Math.max(height, top + bottom + rows * step);
  const x0 = left + (total - used) / 2, y0 = top + (tall - top - bottom - rows * step) / 2;
  /** @param {number} column */
  const X = column => x0 + widths.slice(0, column).reduce((sum, gap) => sum + gap, 0);
  /** @param {number} row */
  const Y = row => y0 + step * row;
  /** @param {number} column */
  const tail = column => clamp(widths[column - 1] - lead - BEND - R, 4, room[column - 1].tail || LOCAL);
  const at = nodes.map(node => ({ x: X(node.column), y: Y(node.row) }));
  /** @type {Map<string, Way>} */
  const wires = new Map();
  nodes.forEach((node, i) => {
    const end = at[i];
    const from = node.parents.map((p, k) => { const lane = node.lanes[k].at(-1); return lane ? Y(lane[1]) : at[p].y; });
    node.parents.forEach((p, k) => {
      const two = node.parents.length === 2;
      const upper = !two || from[k] < from[1 - k] || (from[k] === from[1 - k] && k === 0);
      const port = two ? (upper ? -1 : 1) : 0, y = end.y + port * PORT, x = end.x - Math.sqrt(R ** 2 - (port * PORT) ** 2);
      let here = at[p].y, d = `M ${at[p].x + lead} ${here}`, begin = at[p].x + lead;
      for (const [column, goal] of [...node.lanes[k].map(([column, row]) => [column, Y(row)]), [node.column, y]]) {
        const stop = X(column) - R - tail(column), middle = (begin + stop) / 2;
        d += here === goal ? ` H ${stop}` : ` H ${begin} C ${middle} ${here} ${middle} ${goal} ${stop} ${goal}`;
        here = goal;
        begin = X(column) + lead;
      }
      wires.set(`${i}#${k}`, { d: `${d} H ${x}`, x, y, bent: x - tail(node.column), parent: p });
    });
  });
  return { at, wires, half, lead, width: total, height: tall, step, narrow: Math.min(...widths, 999) < 136 || room.some(gap => gap.tail > LOCAL) };
}

let pictures = 0;

/**
 * The picture of one graph.
 * @param {SVGSVGElement} svg
 * @param {{nodes: Node[], page: {width: number, height: number, marks: boolean}, digits: number,
 *   charWidth: number}} spec page: in pixels; digits: significant ones; charWidth: of one digit, in
 *   pixels
 * @returns its inputs by name, gates by node, wires by "gate#input"; `update`, and `where` a node
 *   stands from left to right
 */
export function graphPicture(svg, { nodes, page, digits, charWidth }) {
  const place = arrange(nodes, page), { at, lead } = place, uses = usesOf(nodes), id = `gs${pictures++}`;
  const few = place.narrow ? Math.min(digits, 3) : digits, last = nodes.length - 1;
  svg.replaceChildren();
  Object.entries({ viewBox: `0 0 ${place.width} ${place.height}`, width: place.width, height: place.height })
    .forEach(([name, value]) => svg.setAttribute(name, String(value)));
  const defs = el(svg, "defs");
  for (const [kind, orient] of [["forward", "auto"], ["backward", "auto-start-reverse"]]) {
    const marker = el(defs, "marker", { id: `${id}-${kind}`, viewBox: "0 0 10 10", refX: 10, refY: 5,
      markerWidth: 13, markerHeight: 13, markerUnits: "userSpaceOnUse", orient });
    el(marker, "path", { d: "M 0 0 L 10 5 L 0 10 z", class: `gs-head gs-${kind}` });
  }
  const [lines, flows, hits, front] = ["lines", "flows", "hits", "front"].map(name => el(svg, "g", { class: `gs-${name}` }));
  /** @param {number} i @param {number} k */
  const ways = (i, k) => /** @type {Way} */ (place.wires.get(`${i}#${k}`));
  /** @type {Map<string, Drawn>} */
  const wires = new Map();
  /** @type {Map<string, Chip>} */
  const inputs = new Map();
  /** @type {Map<number, SVGGElement>} */
  const gates = new Map();
  // what is drawn of each node
  /** @type {SVGGElement[]} */
  const bodies = [], /** @type {SVGGElement[]} */ joints = [];
  /** @type {Chip[]} */
  const values = [], /** @type {Chip[]} */ gradients = [], /** @type {Chip[]} */ marks = [];
  /** @type {SVGTextElement[]} */
  const sums = [], /** @type {SVGTextElement[]} */ words = [];
  /** @type {(SVGPathElement | null)[]} */
  const stubs = [];

  nodes.forEach((node, i) => {
    const { x, y } = at[i], end = i === last ? x + lead + 14 : x + lead;
    stubs[i] = uses[i].length || i === last ? el(lines, "path", { d: `M ${x + R} ${y} H ${end}`, class: "gs-wire" }) : null;
    node.parents.forEach((p, k) => {
      const { d } = ways(i, k);
      const whole = `M ${at[p].x + R} ${at[p].y} H ${at[p].x + lead} ${d.replace(/^M \S+ \S+/, "")}`;
      const line = el(lines, "path", { d, class: "gs-wire" });
      const flow = el(flows, "path", { d: whole, class: "bp-flow" });
      const hit = el(hits, "path", { d, class: "gs-hit", "data-wire": `${i}#${k}` });
      // the rest of it stands in front of the nodes, and is drawn with them
      wires.set(`${i}#${k}`, /** @type {Drawn} */ ({ line, flow, hit }));
    });
  });
  const order = nodes.map((_, i) => i).sort((a, b) => at[a].x - at[b].x || at[a].y - at[b].y);
  for (const i of order) {
    const node = nodes[i], { x, y } = at[i], g = el(front, "g", { class: node.gate ? "gs-gate" : "gs-input", "data-node": node.name });
    const title = node.gate ? node.gate.symbol : node.name;
    if (node.gate) {
      el(g, "circle", { cx: x, cy: y, r: R, class: "gs-body" });
      el(g, "text", { x, y: y - R - 9, class: "gs-name" }, node.name.length > 12 ? `${node.name.slice(0, 11)}…` : node.name);
    } else {
      el(g, "rect", { x: x + R - 2 * place.half, y: y - 16, width: 2 * place.half, height: 32, rx: 7, class: "gs-body" });
    }
    const size = !node.gate ? 15 : title.length === 1 ? 22 : title.length < 4 ? 15 : title.length < 6 ? 13 : 10.5;
    const most = Math.floor((2 * place.half - 8) / 8);
    el(g, "text", { x: node.gate ? x : x + R - place.half, y, class: "gs-symbol", style: `font-size: ${size}px` },
      !node.gate && title.length > most ? `${title.slice(0, most - 1)}…` : title);
    bodies[i] = g;
    gates.set(i, g);
    const box = { x: x + R + 5, align: -1, charWidth, height: place.step && place.step < 64 ? 18 : 20 };
    values[i] = new Chip(front, { ...box, y: y - AWAY, kind: "bp-v" });
    if (!node.gate) inputs.set(node.name, values[i]);
    gradients[i] = new Chip(front, { ...box, y: y + AWAY, kind: "bp-g" });
    marks[i] = new Chip(front, { ...box, y: y + AWAY + 23, kind: "bp-e gs-mark" });
    if (uses[i].length > 1) {
      joints[i] = el(front, "g", { class: "gs-joint", transform: `translate(${x + lead} ${y})` });
      el(joints[i], "circle", { r: 7.5 });
      el(joints[i], "text", { class: "gs-plus" }, "+");
      sums[i] = el(front, "text", { x: x + R + 8, y: y + AWAY + 20, class: "gs-sum" });
    }
    words[i] = el(front, "text", { x: x + R - 4, y: y + R + 11, class: "gs-flat" });
    node.parents.forEach((p, k) => {
      const way = ways(i, k), wire = /** @type {Drawn} */ (wires.get(`${i}#${k}`));
      wire.g = el(front, "g", { class: "gs-edge", "data-wire": `${i}#${k}` });
      el(wire.g, "circle", { cx: Math.min(way.bent, way.x - 12), cy: way.y, r: 4, class: "gs-dot" });
      wire.local = new Chip(wire.g, { x: way.x - 7, align: 1, y: way.y, kind: "gs-local", charWidth, height: 18 });
      wire.share = new Chip(wire.g, { x: way.x - LOCAL - 6, align: 1, y: way.y, kind: "bp-g", charWidth, height: 18 });
    });
  }

  /**
   * Draw one moment of the walk.
   * @param {{result: import("./math.js").Result, now: import("./math.js").Moment, text:
   *   import("./text.js").GraphText, used: {values: number[], gradients: number[]}, theirs: Theirs
   *   | null, shown: Set<string> | null, asked: {values: Map<number, string>, gradients:
   *   Map<number, string>} | null}} moment used: the nodes whose numbers the step uses;
   *   shown: the wires of the paths in view; asked: with the pencil, what stands in the place of
   *   numbers that are asked for, by node
   */
  function update({ result, now, text, used, theirs, shown, asked }) {
    const { known, totals, arrived, delivered } = now, step = asked ? null : now.step, phase = step?.phase;
    const largest = Math.max(1e-300, ...result.grads.slice(0, -1).map(Math.abs).filter(Number.isFinite));
    /** @param {number} gradient */
    const thick = gradient => 1.6 + 3.4 * Math.min(1, Number.isFinite(gradient) ? Math.abs(gradient) / largest : 0);
    nodes.forEach((node, i) => {
      const total = totals.get(i), has = total !== undefined;
      const whole = has && (arrived.get(i) ?? 0) === uses[i].length, on = step?.node === i;
      bodies[i].classList.toggle("gs-known", known.has(i));
      bodies[i].classList.toggle("gs-forward-now", on && phase === "forward");
      bodies[i].classList.toggle("gs-backward-now", on && phase !== "forward");
      const value = asked?.values.get(i), gradient = asked?.gradients.get(i);
      values[i].toggle("bp-unknown", !known.has(i) && value === undefined);
      values[i].toggle("bp-asked", value !== undefined);
      values[i].set(value ?? show(result.values[i], few));
      values[i].toggle("bp-now", on && phase === "forward");
      values[i].toggle("bp-used", used.values.includes(i));
      gradients[i].toggle("bp-unknown", !has && gradient === undefined);
      gradients[i].toggle("bp-asked", gradient !== undefined);
      if (gradient !== undefined) gradients[i].set(gradient);
      else if (has) gradients[i].set(`∂${showSigned(total, few)}${whole ? "" : " …"}`);
      const gets = step?.phase === "backward"
        && result.shares[step.node].some(({ to }) => to === i);
      gradients[i].toggle("bp-now", gets || (phase === "start" && on));
      gradients[i].toggle("bp-used", used.gradients.includes(i));
      gradients[i].toggle("gs-part", has && !whole);
      const given = theirs?.[node.name], right = given && !given.wrong;
      marks[i].toggle("bp-unknown", !(whole && given) || right);
      gradients[i].toggle("gs-right", Boolean(whole && right));
      if (given?.wrong) marks[i].set(`yours ${given.value === null ? "no number" : showSigned(given.value, few)}`);
      stubs[i]?.classList.toggle("gs-back", has);
      const stub = stubs[i];
      if (stub) stub.style.strokeWidth = String(has ? thick(total) : 1.6);
      const flat = node.gate && known.has(i) ? text.flat(i, result) : "";
      words[i].textContent = flat;
      if (!joints[i]) return;
      joints[i].classList.toggle("gs-adds", has);
      const parts = uses[i].filter(([gate]) => delivered.has(gate)).map(([gate, k]) => showSigned(result.shares[gate][k].product, few));
      const sum = `= ${parts.reverse().join(" ")}${whole ? "" : " + …"}`, room = sum.length <= 17 && (place.step || 99) > 80;
      sums[i].textContent = has && room && !(given?.wrong && whole) ? sum : "";
    });
    for (const [key, wire] of wires) {
      const [i, k] = key.split("#").map(Number), local = result.locals[i][k], share = result.shares[i][k], done = delivered.has(i);
      const active = step?.node === i && phase !== "start", inView = shown?.has(key), open = known.has(i);
      wire.line.setAttribute("class", `gs-wire${done ? " gs-back" : ""}${open && local === 0 ? " gs-blocked" : ""}${
        open && Math.abs(local) < 0.01 && local !== 0 ? " gs-thin" : ""}${inView ? " gs-path" : ""}`);
      const wide = done && share ? thick(share.product) : 1.6;
      wire.line.style.strokeWidth = inView ? "" : String(wide);
      wire.flow.setAttribute("class", `bp-flow${active ? ` bp-${phase}` : ""}`);
      wire.flow.setAttribute("marker-end", active && phase === "forward" ? `url(#${id}-forward)` : "none");
      wire.flow.setAttribute("marker-start", active && phase === "backward" ? `url(#${id}-backward)` : "none");
      wire.local.toggle("bp-unknown", !(open && ((active && phase === "backward") || inView || local === 0)));
      wire.local.set(`×${show(local, Math.min(digits, 3))}`);
      wire.share.toggle("bp-unknown", !(done && share && uses[share.to].length > 1));
      if (share) wire.share.set(`∂${showSigned(share.product, few)}`);
    }
    stubs.forEach((stub, i) => stub?.classList.toggle("gs-path", uses[i].some(([gate, k]) => shown?.has(`${gate}#${k}`))));
  }
  return { update, few, inputs, gates, wires, place, where: (/** @type {number} */ i) => at[i].x };
}
