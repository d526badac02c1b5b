// The reader's own backward pass beside the right one. Python calls it; here its numbers are shown and never judged anew.
import { escapeHtml, show, showSigned } from "../common/numbers.js";
import { symbolHtml } from "./text.js";

/**
 * What Python compared.
 * @typedef {object} Yours
 * @property {string} title
 * @property {object} of  the numbers that it was compared for
 * @property {Record<string, number | string>} values  by key; what JSON cannot hold is "inf",
 *   "-inf" or "nan"
 * @property {Record<string, string>} verdicts  by key
 * @property {string[]} said
 * @property {string | null} first  key of the first difference
 */

/** @typedef {import("./words.js").Moment} Moment */

/** @param {number | string} value */
const numberOf = value => {
  if (typeof value === "number") return value;
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : NaN;
};

/**
 * Whether Python's comparison belongs to the numbers that are shown now.
 * @param {Yours} yours
 * @param {object} numbers
 */
export const isFresh = (yours, numbers) => JSON.stringify(yours.of) === JSON.stringify(numbers);

/**
 * The strip with the reader's number of this step, and where the first difference is.
 * @param {Yours} yours
 * @param {Pick<Moment, "step" | "walk" | "values" | "notation" | "digits" | "fresh">} moment
 * @returns {{here: string, summary: string, first: number|null}} HTML, HTML, the step of the first difference
 */
export function yoursHtml(yours, { step, walk, values, notation, digits, fresh }) {
  const title = `<b>yours</b> <code>${escapeHtml(yours.title)}</code>${fresh ? "" : ", before the last change"}`;
  const said = yours.said.map(escapeHtml).join(" ");
  const compared = Object.keys(yours.verdicts).length;
  /** @param {string} key */
  const symbol = key => `<span class="bp-sym bp-g">${symbolHtml(notation.symbols[key], true)}</span>`;
  let here = `${title}: compared from the first gradient on`;
  if (!compared) here = `<b>yours</b>: ${said || "no gradients came back."}`;
  else if (step && /^(dy|dz|dW|db)$/.test(step.kind)) {
    const verdict = yours.verdicts[step.key], mine = yours.values[step.key];
    const right = verdict === "right" ? "✓ right" : `${verdict?.startsWith("wrong") ? "✗ " : ""}${verdict}`;
    const exact = fresh ? `, exact <b class="bp-g">${showSigned(values[step.key], digits)}</b>` : "";
    here = verdict === undefined ? `${title}: does not return ${symbol(step.key)}`
      : mine === undefined ? `${title}: <b class="bp-verdict bp-wrong">${right}</b>`
        : `${title}: <b class="bp-mine">${showSigned(numberOf(mine), digits)}</b>${exact}: <b class="bp-verdict${
          right[0] === "✗" ? " bp-wrong" : ""}">${right}</b>`;
  }
  if (!compared) return { here, summary: "", first: null };
  const at = yours.first ? walk.findIndex(({ key }) => key === yours.first) + 1 : null;
  const beyond = Object.values(yours.verdicts).filter(verdict => verdict === "cannot be compared").length;
  const summary = at && yours.first ? `First difference: step ${at}, ${symbol(yours.first)}.`
    : beyond ? `${beyond} of ${compared} gradients cannot be compared: the exact ones overflow.`
      : `All ${compared} gradients that came back agree with the exact ones.`;
  return { here, summary: `${summary}${said ? ` <span class="bp-said">${said}</span>` : ""}`, first: at };
}

/**
 * The verdict of one step in words, for the live region.
 * @param {Yours} yours
 * @param {import("./words.js").Step | null} step
 * @param {number} digits
 * @param {boolean} fresh
 */
export function yoursText(yours, step, digits, fresh) {
  const verdict = fresh && step ? yours.verdicts[step.key] : undefined;
  if (!step || !verdict) return fresh && yours.said.length ? ` Yours: ${yours.said.join(" ")}` : "";
  const mine = yours.values[step.key];
  return ` Yours: ${mine === undefined ? "" : `${show(numberOf(mine), digits)}, `}${verdict}.`;
}
