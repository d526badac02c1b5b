// What the stepper says aloud, and what it says of units: text only.
import { formatNumber, show } from "../common/numbers.js";

/**
 * How the quantities of a network are written.
 * @typedef {object} Notation
 * @property {string} z  the letter of a unit's sum
 * @property {string} y  the letter of a unit's output
 * @property {string} error  the letter of the loss
 * @property {Record<string, string>} labels  plain names by key, and of units ("unit1[0]")
 * @property {Record<string, string>} symbols  LaTeX by key
 */

/**
 * One step of the walk, as course/steps.py makes it.
 * @typedef {object} Step
 * @property {string} key  of the number that it computes
 * @property {string} kind  "z", "y", "div", "dy", "dz", "dW" or "db"
 * @property {number} layer
 * @property {number[]} index
 * @property {string} template  the formula; see templateHtml in text.js
 * @property {string} words
 * @property {string[]} uses  keys of numbers that were computed before
 * @property {string[]} references  keys of all numbers that stand in the formula
 */

/**
 * A moment of the walk: everything that is shown.
 * @typedef {object} Moment
 * @property {number[]} sizes  units in each layer
 * @property {string[]} activations  of each layer behind the inputs
 * @property {import("./math.js").Numbers} values
 * @property {import("./math.js").Numbers} slopes
 * @property {Set<string>} known  keys of what is computed so far
 * @property {Step | null} step  the last step that was taken
 * @property {Step[]} walk
 * @property {Map<string, string[]>} marks  "k,i" -> words
 * @property {Notation} notation
 * @property {number} digits  significant ones
 * @property {{texts: Map<string, string>, hinted: boolean, step: Step} | null} asked  with the pencil:
 *   the step that is asked for, and what stands in the place of its number
 * @property {boolean} fresh  whether Python has compared the reader's own pass with the numbers
 *   shown
 * @property {Record<string, string>} verdicts  what is right and wrong of the reader's own numbers,
 *   by key
 * @property {(k: number, i: number) => string} unitName
 * @property {(k: number, i: number, words: string[]) => string} unitLabel
 * @property {(value: number) => string} format
 * @property {(value: number) => string} formatSigned
 */

/**
 * What a unit is called: "unit 1", or its own name.
 * @param {Notation} notation
 * @param {number} k  its layer
 * @param {number} i  counted from 0
 */
export function unitName(notation, k, i) {
  const label = notation.labels[`unit${k}[${i}]`];
  return /^\d+$/.test(label) ? `unit ${label}` : label;
}

/**
 * A unit as a button: its numbers so far, what stands still, and what Enter does.
 * @param {Moment} moment
 * @param {number} k
 * @param {number} i
 * @param {string[]} words  its marks
 */
export function unitLabel({ notation, known, values, digits }, k, i, words) {
  const told = ["z", "y", "dy", "dz"].filter(kind => known.has(`${kind}${k}[${i}]`)).map(kind => {
    const name = `${kind[0] === "d" ? "gradient of " : ""}${kind.at(-1) === "z" ? notation.z : notation.y}`;
    return `${name} ${show(values[`${kind}${k}[${i}]`], digits)}`;
  });
  const what = [...told, ...words].join(", ") || "not computed yet";
  return `${unitName(notation, k, i)}, layer ${k}: ${what}. Enter goes to its step.`;
}

/** A unit that stands still, said at its steps. @param {Moment} moment @param {Step} step */
export function standing({ marks, slopes }, { kind, layer, index }) {
  const words = ["y", "dz"].includes(kind) ? marks.get(`${layer},${index[0]}`) ?? [] : [];
  if (words.includes("dead")) return "Dead for this input: the slope here is 0, so nothing flows back.";
  const slope = show(slopes[`y${layer}[${index[0]}]`], 3);
  return words.includes("saturated") ? `Saturated: the slope here is ${slope}, so almost nothing flows back.` : "";
}

/**
 * The step that was taken last, as a sentence.
 * @param {Moment} moment
 * @param {number} position  in steps
 * @param {number} total  how many steps there are
 */
export function stepSpoken(moment, position, total) {
  const { step, values, digits } = moment;
  if (!step) return "Start of the walk.";
  const n = step.uses.length, reused = n ? ` Uses ${n} earlier ${n > 1 ? "results" : "result"}.` : "";
  const result = formatNumber(values[step.key], digits);
  return `Step ${position} of ${total}. ${step.words} Result: ${result}.${reused} ${standing(moment, step)}`;
}

/**
 * The whole picture in words.
 * @param {Moment} moment
 * @param {number} position
 * @param {number} total
 * @param {string} noticed  what stands still, in sentences
 */
export function pictureLabel({ sizes, step, values, digits }, position, total, noticed) {
  const now = step ? ` Now: ${step.words} Result: ${formatNumber(values[step.key], digits)}.` : "";
  return `Network with ${sizes.join(", ")} units. ${position} of ${total} numbers computed.${now} ${noticed}`;
}

/**
 * What a crowded picture leaves out.
 * @param {{edges: Map<string, {dense: boolean}>, layout: {small: boolean}}} drawing
 * @param {Notation} notation
 */
export function leftOut({ edges, layout }, notation) {
  const count = [...edges.values()].filter(({ dense }) => dense).length;
  if (!count) return "";
  const what = layout.small ? "weights and biases" : "weights";
  const units = layout.small ? ` A unit shows ${notation.y} and, below, ∂${notation.z}.` : "";
  return `Not shown until you point, tab or step to them: the numbers of ${count} ${what}.${units}`;
}
