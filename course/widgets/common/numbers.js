// Numbers as text, and text as HTML: what every picture that lives in the browser writes alike.

/**
 * A number with at most `digits` significant digits; the same rules as format_number in
 * course/steps.py.
 * @param {number} value
 * @param {number} [digits]
 */
export function formatNumber(value, digits = 4) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  /** @param {string} text */
  const trim = text => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
  if (exponent > -5 && exponent < 6) return trim(value.toFixed(Math.max(0, digits - 1 - exponent)));
  return `${trim(mantissa)}e${exponent}`;
}

/** The same with a true minus sign. @param {number} value @param {number} [digits] */
export const show = (value, digits) => formatNumber(value, digits).replaceAll("-", "−");

/**
 * A gradient shows its sign even when it is positive.
 * @param {number} value
 * @param {number} [digits]
 */
export const showSigned = (value, digits) => (value > 0 ? "+" : "") + show(value, digits);

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text so that HTML shows it as it is. @param {string} text */
export const escapeHtml = text => text.replace(/[&<>"]/g, c => ENTITIES[c]);
