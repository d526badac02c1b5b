// What the stepper says aloud, and what it says of units: text only.
import { formatNumber, show } from "../common/numbers.js";

/** What a unit is called: "unit 1", or its own name. */
export function unitName(notation, k, i) {
  const label = notation.labels[`unit${k}[${i}]`];
  return /^\d+$/.test(label) ? `unit ${label}` : label;
}

/** A unit as a button: its numbers so far, what stands still, and what Enter does. */
export function unitLabel({ notation, known, values, digits }, k, i, words) {
  const told = ["z", "y", "dy", "dz"].filter(kind => known.has(`${kind}${k}[${i}]`)).map(kind => {
    const name = `${kind[0] === "d" ? "gradient of " : ""}${kind.at(-1) === "z" ? notation.z : notation.y}`;
    return `${name} ${show(values[`${kind}${k}[${i}]`], digits)}`;
  });
  const what = [...told, ...words].join(", ") || "not computed yet";
  return `${unitName(notation, k, i)}, layer ${k}: ${what}. Enter goes to its step.`;
}

/** A unit that stands still, said at its steps. */
export function standing({ marks, slopes }, { kind, layer, index }) {
  const words = ["y", "dz"].includes(kind) ? marks.get(`${layer},${index[0]}`) ?? [] : [];
  if (words.includes("dead")) return "Dead for this input: the slope here is 0, so nothing flows back.";
  const slope = show(slopes[`y${layer}[${index[0]}]`], 3);
  return words.includes("saturated") ? `Saturated: the slope here is ${slope}, so almost nothing flows back.` : "";
}

/** The step that was taken last, as a sentence. */
export function stepSpoken(moment, position, total) {
  const { step, values, digits } = moment;
  if (!step) return "Start of the walk.";
  const n = step.uses.length, reused = n ? ` Uses ${n} earlier ${n > 1 ? "results" : "result"}.` : "";
  const result = formatNumber(values[step.key], digits);
  return `Step ${position} of ${total}. ${step.words} Result: ${result}.${reused} ${standing(moment, step)}`;
}

/** The whole picture in words. */
export function pictureLabel({ sizes, step, values, digits }, position, total, noticed) {
  const now = step ? ` Now: ${step.words} Result: ${formatNumber(values[step.key], digits)}.` : "";
  return `Network with ${sizes.join(", ")} units. ${position} of ${total} numbers computed.${now} ${noticed}`;
}

/** What a crowded picture leaves out. */
export function leftOut({ edges, layout }, notation) {
  const count = [...edges.values()].filter(({ dense }) => dense).length;
  if (!count) return "";
  const what = layout.small ? "weights and biases" : "weights";
  const units = layout.small ? ` A unit shows ${notation.y} and, below, ∂${notation.z}.` : "";
  return `Not shown until you point, tab or step to them: the numbers of ${count} ${what}.${units}`;
}
