// One moment of the walk put into the picture: numbers, widths, marks, and the paths that are traced.
import { flag, put } from "./parts.js";

/** @type {Record<string, string>} */
const MARK = { right: " ✓", wrong: " ✗", "wrong sign": " ✗", "wrong shape": " ✗" };
/** @type {Record<string, number>} */
const SIDE = { z: 0.3, y: 0.3, dy: 0.7 };      // where on crowded edges the numbers of a step stand: they fan out from a unit

/**
 * The functions that change a picture: `update` to a moment, `trace` the paths from a number.
 * @param {{svg: SVGSVGElement, parts: Map<string, import("./parts.js").NumberBox>,
 *   edges: Map<string, import("./picture.js").Edge>, units: Map<string,
 *   import("./picture.js").Unit>, editable: Map<string, import("./parts.js").NumberBox>, fill:
 *   (name: string) => string, small: boolean}} picture small: whether it is crowded, with most
 *   numbers on demand
 */
export function updater({ svg, parts, edges, units, editable, fill, small }) {
  const entries = [...parts].map(([key, part]) => ({
    key, part, gradient: /^d[zyWb]/.test(key), given: editable.has(key), edge: edges.get(key.replace(/^d(?=[Wb])/, "")) }));
  const weights = [...edges.keys()].filter(key => key[0] === "W");

  /** Draw one moment. @param {import("./words.js").Moment} moment */
  function update({ values, known, step: taken, asked, marks, verdicts, format, formatSigned, unitLabel }) {
    // with the pencil, what a number is made of is pointed out by a hint and not before
    const step = asked ? (asked.hinted ? asked.step : null) : taken;
    const used = new Set(step ? step.references : []);
    const back = step && /^(dy|dz|dW|db)$/.test(step.kind);
    /** @param {string} prefix */
    const largest = prefix => {
      let most = 1e-300;
      for (const key of weights) {
        const size = Math.abs(values[prefix + key]);
        if (size > most && size !== Infinity) most = size;
      }
      return most;
    };
    const mostWeight = largest(""), mostGradient = largest("d");
    /** @param {number} value @param {number} most @returns {number} pixels */
    const thick = (value, most) => 1.2 + 4.8 * (Number.isFinite(value) ? Math.abs(value) / most : 1);
    const focused = document.activeElement;
    for (const [key, edge] of edges) {
      edge.active = used.has(key) || (asked?.step ?? step)?.key === `d${key}`;
      // on a crowded picture only the few weights that are looked at are kept up to date
      edge.asleep = edge.dense && !edge.active && !edge.near && !edge.reach && !edge.g.contains(focused);
    }
    for (const { key, part, gradient, given, edge } of entries) {
      if (edge?.asleep) continue;
      const told = asked?.texts.get(key), visible = given || known.has(key) || told !== undefined;
      const mark = gradient && visible ? MARK[verdicts[key]] ?? "" : "";
      part.toggle("bp-unknown", !visible);
      part.toggle("bp-now", told === undefined && step?.key === key);
      part.toggle("bp-asked", told !== undefined);
      part.toggle("bp-used", used.has(key));
      part.toggle("bp-wrong", mark === " ✗");
      if (visible) part.set(told ?? (gradient ? formatSigned : format)(values[key]) + mark);
      if (given) {
        put(part.g, "aria-valuenow", String(values[key]));
        put(part.g, "aria-valuetext", known.has(`d${key}`)
          ? `${values[key]}; gradient ${formatSigned(values[`d${key}`])}${mark}` : String(values[key]));
      }
    }
    for (const [key, { line, flow, g, dense, slide, active, reach, near }] of edges) {
      flag(g, "bp-active", active);
      if (dense) {
        flag(g, "bp-near", near);
        flag(g, "bp-reach", reach);
        const box = /** @type {import("./parts.js").NumberBox} */ (parts.get(key));
        put(box.g, "tabindex", active || reach ? "0" : "-1");
      }
      if (!line || !flow) continue;
      const has = known.has(`d${key}`), gradient = values[`d${key}`];
      flag(line, "bp-has-gradient", has);
      flag(line, "bp-negative", has && gradient < 0);
      put(line, "stroke-width", (has ? thick(gradient, mostGradient) : thick(values[key], mostWeight) * 0.6).toFixed(1));
      put(flow, "class", `bp-flow${active ? (back ? " bp-backward" : " bp-forward") : ""}`);
      if (dense && slide) {
        const move = active && step ? (SIDE[step.kind] ?? 0.5) - slide.t : 0;
        put(g, "transform", `translate(${(slide.dx * move).toFixed(1)},${(slide.dy * move).toFixed(1)})`);
      }
    }
    for (const [at, { g, body, pattern, words }] of units) {
      const [k, i] = at.split(",").map(Number), said = marks.get(at) ?? [];
      const kind = said.includes("dead") ? "dead" : said.includes("saturated") ? "saturated" : said.length ? "vanished" : null;
      put(pattern, "fill", kind ? fill(kind) : "none");
      flag(g, "bp-marked", kind);
      flag(body, "bp-saturated", kind === "dead" || kind === "saturated");
      flag(body, "bp-vanished", kind === "vanished");
      flag(body, "bp-at", small && step && step.index.length === 1 && step.layer === k
        && step.index[0] === i);
      const text = small ? [said[0] ?? "", said[1] ?? ""]
        : [said.find(one => /dead|saturated/.test(one)) ?? "", said.find(one => !/dead|saturated/.test(one)) ?? ""];
      words.forEach((word, line) => { if (word.textContent !== text[line]) word.textContent = text[line]; });
      put(g, "aria-label", unitLabel(k, i, said));
    }
  }

  /**
   * Show where the `edges` of some paths run, and fade the rest; null shows everything again.
   * @param {{edges: Set<string>, unit: string | null} | null} on  unit: "k,i" of the one that the
   *   paths begin at
   */
  function trace(on) {
    flag(svg, "bp-tracing", Boolean(on));
    const reached = new Set();
    for (const [key, { line }] of edges) {
      if (!line) continue;
      const lies = Boolean(on?.edges.has(key));
      flag(line, "bp-path", lies);
      if (lies) reached.add(key.replace(/^W(\d+)\[\d+,(\d+)\]$/, "$1,$2"));
    }
    if (on?.unit) reached.add(on.unit);
    for (const [at, { body }] of units) flag(body, "bp-path", reached.has(at));
  }

  return { update, trace };
}
