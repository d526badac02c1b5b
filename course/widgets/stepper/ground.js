// What a question about a network is made of: its numbers, and what its parts are called in a
// sentence.
import { show } from "../common/numbers.js";
import { unitName } from "./words.js";

/**
 * @typedef {import("../pencil/slips.js").Factor} Factor
 * @typedef {import("../pencil/slips.js").Slip} Slip
 * @typedef {import("../pencil/slips.js").Term} Term
 * @typedef {import("./words.js").Step} Step
 * @typedef {{sizes: number[], activations: string[], values: import("./math.js").Numbers,
 *   slopes: import("./math.js").Numbers, notation: import("./words.js").Notation, digits: number}}
 *   Ground  what a question is made of
 * @typedef {{terms?: Term[], value?: number, slack?: number, slips: Slip[], all?: Record<string,
 *   {is: string, so: string}>, hints: string[]}} Made
 */

/** What a function is called in a sentence. @param {string} name */
export const functionName = (name) =>
  ({ logistic: "the logistic function", relu: "the ReLU", linear: "the linear unit" })[name] ??
  name;

/** @param {number} n */
export const upTo = (n) => Array.from({ length: n }, (_, i) => i);

/**
 * The ground that a step stands on.
 * @param {Ground} ground
 * @param {Step} step
 */
export function groundOf(ground, step) {
  const { values, notation, sizes, digits } = ground,
    { kind, layer: k, index } = step;
  const last = sizes.length - 1,
    [i, j = i] = index,
    E = notation.error;
  /** @param {string} key */
  const v = (key) => values[key];
  /** @param {number} at @param {number} n */
  const unit = (at, n) => (at ? unitName(notation, at, n) : `input ${n + 1}`);
  /** The key of what a unit gives. @param {number} at @param {number} n */
  const output = (at, n) => (at ? `y${at}[${n}]` : `x[${n}]`);
  /** @param {string} key @param {string} role @param {string} name @returns {Factor} */
  const factor = (key, role, name) => ({ value: v(key), role, name });
  /** @param {string} key */
  const number = (key) => show(v(key), digits);
  /** @param {Factor[]} factors */
  const written = (factors) =>
    factors
      .map(({ value }) => show(value, digits))
      .map((text) => (text.startsWith("−") ? `(${text})` : text))
      .join(" · ");
  /** @param {Term[]} terms */
  const put = (terms) => `Put in: ${terms.map(({ factors }) => written(factors)).join(" + ")}.`;
  return { ...ground, step, kind, k, last, i, j, E, v, unit, output, factor, number, put };
}
