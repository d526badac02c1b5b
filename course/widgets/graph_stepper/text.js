// A step of the walk through a graph as HTML and as plain words, and what a wire says about its ways to the output.
import { escapeHtml, show, showSigned } from "../common/numbers.js";
import { pathsFrom } from "./math.js";

/**
 * @typedef {import("./math.js").Node} Node
 * @typedef {import("./math.js").Step} Step
 * @typedef {import("./math.js").Wire} Wire
 * @typedef {import("./math.js").Result} Result
 */

/** w0 as w with a small 0. @param {string} name */
export function nameHtml(name) {
  const [, letters, digits] = /^(\D+?)_?(\d*)$/.exec(name) ?? [null, name, ""];
  return `<i>${escapeHtml(letters)}</i>${digits ? `<sub>${digits}</sub>` : ""}`;
}

/** A negative number in brackets. @param {string} text */
export const bracketed = text => (text.startsWith("−") ? `(${text})` : text);

/**
 * A formula of a gate as HTML; `put` is the HTML of input 0, of input 1, or of the gate's own value
 * ("out").
 * @param {string} template
 * @param {(place: string) => string} put
 */
function fill(template, put) {
  return template.split(/(\{\w+\})/).map(part => {
    const place = /^\{(\w+)\}$/.exec(part);
    return place ? put(place[1]) : escapeHtml(part).replace(/\^(−?[\d.e−]+)/g, "<sup>$1</sup>");
  }).join("");
}

/**
 * A slope as a factor: in brackets where it begins with a minus sign or is a difference.
 * @param {string} slope
 * @param {string} html
 */
const asFactor = (slope, html) =>
  (/^−./.test(slope) && slope.length > 2 || / − /.test(slope) && !slope.includes("(") ? `(${html})` : html);

/** @param {number} value */
const REMARK = value => (Number.isNaN(value) ? "no number: this is not defined here"
  : Number.isFinite(value) ? "" : "infinite: too large for the computer, or a division by 0");

const START = {
  words: "Start: the inputs are given.", uses: "", said: "Start of the walk.",
  maths: `<span class="bp-hint">Press Step. Forward, each gate computes one number;
    back, each gate sends a gradient to its inputs.</span>`,
};

/** Text for one graph; `at` is what run() computed. */
export class GraphText {
  /** @param {Node[]} nodes @param {Step[]} steps */
  constructor(nodes, steps) {
    this.nodes = nodes;
    this.steps = steps;
    this.f = nodes[nodes.length - 1].name;
    this.stepOf = new Map(steps.map(({ phase, node }, k) => [`${phase === "start" ? "backward start" : phase} ${node}`, k + 1]));
  }

  /** @param {number} i */
  symbol(i) { return `<span class="bp-sym bp-v">${nameHtml(this.nodes[i].name)}</span>`; }
  /** @param {number} i */
  slope(i) { return `<span class="bp-sym bp-g">∂${nameHtml(this.f)}/∂${nameHtml(this.nodes[i].name)}</span>`; }
  /** @param {number} i */
  plainSlope(i) { return `∂${this.f}/∂${this.nodes[i].name}`; }
  /**
   * @param {number} value
   * @param {string} kind  a class
   * @param {number} digits  significant ones
   */
  number(value, kind, digits) { return `<span class="${kind}">${bracketed(show(value, digits))}</span>`; }
  /** @param {number} value @param {string} kind @param {number} digits */
  result(value, kind, digits) {
    return `<span class="bp-result ${kind}">${(kind === "bp-g" ? showSigned : show)(value, digits)}</span>`;
  }

  /**
   * Which earlier numbers a step uses.
   * @param {Step} step
   * @returns {{values: number[], gradients: number[]}} nodes
   */
  used({ phase, node }) {
    const { gate, parents } = this.nodes[node];
    if (phase === "start" || !gate) return { values: [], gradients: [] };
    if (phase === "forward") return { values: [...new Set(parents)], gradients: [] };
    const places = gate.slopes.join(" "), values = parents.filter((_, k) => places.includes(`{${k}}`));
    return { values: [...new Set(places.includes("{out}") ? [...values, node] : values)], gradients: [node] };
  }

  /**
   * The panel: {words, maths, uses} as HTML, and the same in one plain sentence.
   * @param {Step | null} step  null: before the first
   * @param {Result} at
   * @param {number} digits  significant ones
   */
  describe(step, at, digits) {
    if (!step) return START;
    const { nodes } = this, { node } = step, { parents, name } = nodes[node];
    // no step is at an input
    const gate = /** @type {import("./math.js").Gate} */ (nodes[node].gate);
    /** @param {string} place */
    const nodeAt = place => (place === "out" ? node : parents[Number(place)]);
    /** @param {string} place */
    const put = place => this.symbol(nodeAt(place));
    /** @param {string} place */
    const putNumber = place => this.number(at.values[nodeAt(place)], "bp-v", digits);
    const uses = this.usesHtml(step, at, digits);
    if (step.phase === "forward") {
      const remark = REMARK(at.values[node]);
      return {
        words: `Forward through the gate ${nameHtml(gate.symbol)}: it computes ${nameHtml(name)} from its inputs.`,
        maths: `<div>${this.symbol(node)} = ${fill(gate.formula, put)}</div><div>= ${fill(gate.formula, putNumber)}</div>
          <div>= ${this.result(at.values[node], "bp-v", digits)}</div>`,
        uses: uses + this.warning(remark),
        said: `Forward. ${name} = ${show(at.values[node], digits)}. ${remark}`,
      };
    }
    if (step.phase === "start") {
      return {
        words: `The way back starts at ${nameHtml(this.f)}: nudge ${nameHtml(this.f)}, and ${nameHtml(this.f)} moves just as much.`,
        maths: `<div>${this.slope(node)} = ${this.result(1, "bp-g", digits)}</div>`,
        uses: "",
        said: `Backward starts. The gradient of ${this.f} is 1.`,
      };
    }
    const upstream = this.number(at.grads[node], "bp-g", digits);
    const rows = at.shares[node].map(({ to, product, before, total, again }, k) => {
      const local = at.locals[node][k], template = gate.slopes[k];
      const computed = /\{/.test(template) && !template.startsWith("[");
      const numbers = computed ? asFactor(template, fill(template, putNumber)) : this.number(local, "", digits);
      const more = again ? `, added to ${this.number(before, "bp-g", digits)}: ${this.result(total, "bp-g", digits)}` : "";
      const formula = `${this.slope(to)} ${again ? "+=" : "="} ${asFactor(template, fill(template, put))} · ${this.slope(node)}`;
      const end = again ? this.number(product, "bp-g", digits) + more : this.result(product, "bp-g", digits);
      return `<div class="gs-row"><span>${formula}</span> <span>= ${numbers} · ${upstream}</span> <span>= ${end}</span></div>`;
    });
    const remark = this.backRemark(node, at);
    return {
      words: `Backward through ${nameHtml(name)} = ${fill(gate.formula, put)}: each input gets local gradient · upstream gradient${
        at.shares[node].some(share => share.again) ? ", added to what is there" : ""}.`,
      maths: rows.join(""),
      uses: uses + this.warning(remark),
      said: `Backward through ${name}. ${at.shares[node].map(({ to, product, total, again }) => `The gradient of ${nodes[to].name}${
        again ? ` gets ${show(product, digits)} more and` : ""} is ${show(total, digits)}.`).join(" ")} ${remark}`,
    };
  }

  /** @param {string} remark */
  warning(remark) { return remark ? `<span class="bp-warning">${escapeHtml(remark[0].toUpperCase() + remark.slice(1))}.</span>` : ""; }

  /** @param {number} node @param {Result} at */
  backRemark(node, at) {
    const names = at.shares[node].filter(({ total }) => !Number.isFinite(total));
    if (names.length && Number.isNaN(at.grads[node])) return "no number goes on: the gradient that arrives is none already";
    if (names.length) {
      const zeroTimesInfinity = at.shares[node].some((share, k) => at.locals[node][k] === 0 && !Number.isFinite(at.grads[node])
        || at.grads[node] === 0 && !Number.isFinite(at.locals[node][k]));
      return zeroTimesInfinity ? "no number: 0 times infinity is not defined" : REMARK(names[0].total);
    }
    const flat = this.flat(node, at);
    return flat && at.grads[node] !== 0 ? `${flat}: ${flat.startsWith("blocks") ? "nothing" : "almost nothing"} of the gradient goes on there` : "";
  }

  /**
   * A word for a gate whose local gradient is (nearly) 0; "" for others.
   * @param {number} node
   * @param {Result} at
   */
  flat(node, at) {
    const { gate, parents } = this.nodes[node], locals = at.locals[node];
    if (!gate || ["add", "sub", "plus", "times"].includes(gate.kind)) return "";
    const zero = parents.filter((_, k) => locals[k] === 0).map(p => this.nodes[p].name);
    if (zero.length) return `blocks ${[...new Set(zero)].join(", ")}`;
    if (!locals.some(local => Math.abs(local) < 0.01)) return "";
    return ["sigma", "tanh"].includes(gate.kind) ? "saturated" : "nearly 0";
  }

  /** @param {Step} step @param {Result} at @param {number} digits */
  usesHtml(step, at, digits) {
    const { values, gradients } = this.used(step);
    /** @param {string} key */
    const from = key => { const k = this.stepOf.get(key); return k ? ` <small>step ${k}</small>` : ""; };
    const items = values.map(i => `<span class="bp-use">${this.symbol(i)} = <span class="bp-v">${show(at.values[i], digits)}</span>${
      from(`forward ${i}`)}</span>`);
    items.push(...gradients.map(i => `<span class="bp-use">${this.slope(i)} = <span class="bp-g">${showSigned(at.grads[i], digits)}</span>${
      from(this.gradientKey(i))}</span>`));
    const kept = step.phase === "backward" || values.some(i => this.nodes[i].gate);
    const note = kept ? '<span class="bp-note">kept, not computed again</span>' : "";
    return items.length ? `<span>uses:</span>${items.join("")}${note}` : "";
  }

  /** The step in which a gradient became complete. @param {number} i */
  gradientKey(i) {
    const last = this.steps.findLast(({ phase, node }) => phase === "backward" && this.nodes[node].parents.includes(i));
    return last ? `backward ${last.node}` : `backward start ${i}`;
  }

  /**
   * What a node, or a wire, says about its ways to the output.
   * @param {number} start  the node, or the node that the wire comes from
   * @param {Wire | undefined} wire
   * @param {Result} at
   * @param {number} digits
   * @param {boolean} numbersKnown  whether the way forward is done
   */
  ways(start, wire, at, digits, numbersKnown) {
    const { nodes } = this, [gate, k] = wire ?? [start, 0];
    const { paths, count } = pathsFrom(nodes, gate);
    /** @param {number} i */
    const name = i => nameHtml(nodes[i].name);
    const whole = wire ? at.locals[gate][k] * at.grads[gate] : at.grads[start];
    const head = wire ? `Wire ${name(start)} → ${name(gate)}` : `From ${name(start)}`;
    if (!nodes[start].needed) return `${head}: no way leads to ${nameHtml(this.f)}; its gradient is 0.`;
    const number = count === 1 ? "one path" : `${count.toLocaleString("en")} paths`;
    const lead = `<b>${head}</b>: ${number} to ${nameHtml(this.f)}. `;
    const sum = `<span class="bp-g">${showSigned(whole, digits)}</span>`;
    const meaning = wire ? `the share of ${this.slope(start)} that comes this way` : this.slope(start);
    if (!numbersKnown) return `${lead}Its numbers are known when the way forward is done.`;
    if (!paths.length) return `${lead}The sum over all of them, found without walking them: ${sum}, ${meaning}.`;
    const along = paths.map(path => {
      const all = wire ? [wire, ...path] : path;
      const factors = all.map(([g, j]) => at.locals[g][j]);
      const product = factors.reduce((a, b) => a * b, 1);
      /** @param {Wire} wire */
      const twice = ([g, j]) => (nodes[g].parents[0] === nodes[g].parents[1] ? ["(left)", "(right)"][j] : "");
      const way = [name(start), ...all.map(edge => name(edge[0]) + twice(edge))].join(" → ");
      return { way, text: factors.length > 1 ? `${factors.map(f => bracketed(show(f, digits))).join(" · ")} = ${showSigned(product, digits)}`
        : showSigned(product, digits) };
    });
    if (!along[0].text || (!wire && start === nodes.length - 1)) return `<b>${head}</b>: this is the output; its gradient is 1.`;
    const list = along.map(({ way, text }) => `<span class="gs-way">${way}: <span class="bp-g">${text}</span></span>`).join(" ");
    return `${lead}${list}${along.length > 1 ? ` <span class="gs-way">sum: ${sum}, ${meaning}</span>` : ` <span class="gs-way">${meaning}</span>`}`;
  }
}
