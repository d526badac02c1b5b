// What the picture of softmax says: the same words as course/widgets/logits.py.
import { inFigures, signed } from "./math.js";

/**
 * @typedef {import("./math.js").State} State
 * @typedef {import("./math.js").Result} Result
 */

/** What enters softmax, as a formula. @param {State} state */
export const entering = ({ temperature, added }) =>
  `z${temperature === 1 ? "" : "/τ"}${added === 0 ? "" : " + c"}`;

/** What happened, in a sentence or two. @param {State} state @param {Result} result */
export function verdict({ shift }, { p, exact, total }) {
  if (p.some(Number.isNaN)) {
    return total === 0
      ? "Every exponential is too small for a float and becomes 0. 0/0 is nan, not a number."
      : "An exponential is too large for a float (above 1.8·10³⁰⁸) and becomes inf. inf/inf is nan, not a number.";
  }
  if (total === Infinity)
    return "Each exponential fits into a float, but their sum does not: it is inf, and every probability becomes 0.";
  if (p.some((v, i) => Math.abs(v - exact[i]) > 1e-9)) {
    const lost = shift
      ? "What is added is so far from the logits"
      : "The exponentials are so small";
    return `${lost} that a float has lost their digits. Right would be ${exact.map((v) => v.toFixed(4)).join(", ")}.`;
  }
  const most = Math.max(...p),
    largest = p.indexOf(most),
    first = p.flatMap((v, i) => (v > most - 1e-9 ? [i + 1] : []));
  if (most > 0.99) return `Class ${largest + 1} has nearly everything.`;
  if (most - Math.min(...p) < 0.02) return "All classes have nearly the same probability.";
  if (first.length > 1)
    return `Classes ${first.slice(0, -1).join(", ")} and ${first.at(-1)} share the largest logit and the largest probability.`;
  return `Class ${largest + 1} has the largest logit and the largest probability.`;
}

/**
 * What the right class costs, and what its gradient asks for; what to do where no class is chosen.
 * @param {State} state
 * @param {Result} result
 */
export function cost({ right }, { loss, exactLoss, gradient }) {
  if (right === null || loss === null || exactLoss === null || !gradient) {
    return "No class is said to be right yet, so there is no loss.";
  }
  const name = `Class ${right + 1} is right: L = −ln p${right + 1}`;
  if (Number.isNaN(loss))
    return `${name} is nan, and so is its gradient. It should be ${inFigures(exactLoss)}.`;
  if (loss === Infinity)
    return `${name} = −ln 0 = inf, as this p has become 0. It should be ${inFigures(exactLoss)}.`;
  return `${name} = ${inFigures(loss)}. p − t is ${
    Math.max(...gradient.map(Math.abs)) < 0.01
      ? "nearly 0: hardly anything is left to learn here"
      : "negative for this class alone, and its entries sum to 0"
  }.`;
}

/**
 * The numbers of the picture, as a table.
 * @param {State} state
 * @param {Result} result
 * @returns {[string, string[]][]} a name, and its k numbers or its one
 */
export function rows(state, { logits, exponentials, total, p, gradient }) {
  const z = entering(state),
    sum = p.reduce((all, v) => all + v, 0);
  /** @type {[string, number[]][]} */
  const table = [
    [z, logits],
    [state.shift ? `e^(${z} − largest)` : `e^(${z})`, exponentials],
    ["sum", [total]],
    ["p", p],
    ["sum of p", [sum]],
  ];
  /** @type {[string, string[]][]} */
  const told = table.map(([name, row]) => [name, row.map(inFigures)]);
  return gradient ? [...told, ["p − t", gradient.map(signed)]] : told;
}

/** @param {string} kind @param {string} text */
const number = (kind, text) => `<span class="lg-${kind}">${text}</span>`;
/** @param {number} v */
const bracket = (v) => (v < 0 ? `(${inFigures(v)})` : inFigures(v));

/**
 * The way of class `i` through the stages as lines of HTML: formula, the same with numbers, result.
 * @param {State} state
 * @param {Result} result
 * @param {number} i  counted from 0
 * @returns {string[]}
 */
export function way(
  state,
  { logits, largest, exponents, exponentials, total, p, loss, gradient },
  i,
) {
  const { z, temperature, added, shift, right } = state,
    n = `<sub>${i + 1}</sub>`,
    t = `<sub>${(right ?? 0) + 1}</sub>`;
  const divided = temperature === 1 ? ["", ""] : [" / τ", ` / ${inFigures(temperature)}`];
  const plus = added === 0 ? ["", ""] : [" + c", ` + ${bracket(added)}`],
    minus = shift ? [" − largest", ` − ${bracket(largest)}`] : ["", ""];
  const changed = shift || temperature !== 1 || added !== 0;
  /** @param {string} left @param {string} formula @param {string} numbers @param {string} result */
  const line = (left, formula, numbers, result) =>
    `<span>${left}</span><span>= ${formula}</span><span>${numbers ? `= ${numbers}` : ""}</span><span>= ${result}</span>`;
  const lines = [
    line(
      "exponent",
      `z${n}${divided[0]}${plus[0]}${minus[0]}`,
      changed ? `${inFigures(z[i])}${divided[1]}${plus[1]}${minus[1]}` : "",
      number("v", inFigures(exponents[i])),
    ),
    line(
      `E${n}`,
      "e<sup>exponent</sup>",
      `e<sup>${inFigures(exponents[i])}</sup>`,
      number("v", inFigures(exponentials[i])),
    ),
    line(
      `p${n}`,
      `E${n} / Σ E`,
      `${inFigures(exponentials[i])} / ${inFigures(total)}`,
      number("v", inFigures(p[i])),
    ),
  ];
  if (right === null || loss === null || !gradient) return lines;
  const by = temperature === 1 ? `z${n}` : `(z${n}/τ)`;
  return [
    ...lines,
    line("L", `−ln p${t}`, `−ln ${number("v", inFigures(p[right]))}`, number("e", inFigures(loss))),
    line(
      `∂L/∂${by}`,
      `p${n} − t${n}`,
      `${number("v", inFigures(p[i]))} − ${number("t", i === right ? "1" : "0")}`,
      number("g", signed(gradient[i])),
    ),
  ];
}
