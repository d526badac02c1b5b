// Formulas as HTML: the few LaTeX commands of course/steps.py.
import { escapeHtml, show, showSigned } from "../common/numbers.js";

/** @typedef {import("./words.js").Notation} Notation */

/** y_1^{(2)} as HTML, its subscript and superscript above one another. @param {string} latex */
function nameHtml(latex) {
  const [, base, sub, sup] = /^([^_^]+)(?:_(\{[^}]*\}|.))?(?:\^(\{[^}]*\}|.))?$/.exec(latex) ?? [latex, latex];
  /** @param {string} text */
  const bare = text => escapeHtml(text.replace(/[{}]/g, ""));
  let html = `<i>${escapeHtml(base)}</i>`;
  if (sub && sup) html += `<span class="bp-script"><span>${bare(sup)}</span><span>${bare(sub)}</span></span>`;
  else if (sub) html += `<sub>${bare(sub)}</sub>`;
  else if (sup) html += `<sup>${bare(sup)}</sup>`;
  return html;
}

/**
 * A symbol as HTML. A derivative is a fraction, or with `inline` written in one line: ∂Div/∂z.
 * @param {string} latex
 * @param {boolean} [inline]
 */
export function symbolHtml(latex, inline = false) {
  const gradient = /^\\frac\{\\partial (\w+)\}\{\\partial (.*)\}$/.exec(latex);
  if (!gradient) return nameHtml(latex);
  const top = `∂<i>${escapeHtml(gradient[1])}</i>`, bottom = `∂${nameHtml(gradient[2])}`;
  return inline ? `${top}/${bottom}` : fraction(top, bottom);
}

/** @param {string} top @param {string} bottom  HTML, as `top` */
const fraction = (top, bottom) => `<span class="bp-frac"><span>${top}</span><span>${bottom}</span></span>`;

/**
 * The text between the braces that open at `from`, and the index behind the closing one.
 * @param {string} text
 * @param {number} from
 * @returns {[string, number]}
 */
function group(text, from) {
  let depth = 0;
  for (let end = from; end < text.length; end++) {
    if (text[end] === "{") depth++;
    if (text[end] === "}" && --depth === 0) return [text.slice(from + 1, end), end + 1];
  }
  return [text.slice(from), text.length];
}

/**
 * A template of course/steps.py as HTML.
 * @param {string} template  LaTeX with `@key@` or `@=key@` where a quantity stands
 * @param {(key: string, bare: boolean) => string} put  the HTML of a quantity
 * @returns {string}
 */
export function templateHtml(template, put) {
  let html = "", at = 0;
  while (at < template.length) {
    const rest = template.slice(at);
    const reference = /^@(=?)([^@]+)@/.exec(rest);
    if (reference) {
      html += put(reference[2], reference[1] === "=");
      at += reference[0].length;
    } else if (rest.startsWith("\\frac{")) {
      const [top, middle] = group(template, at + 5);
      const [bottom, end] = group(template, middle);
      html += fraction(templateHtml(top, put), templateHtml(bottom, put));
      at = end;
    } else if (rest.startsWith("^{")) {
      const [exponent, end] = group(template, at + 1);
      html += `<sup>${templateHtml(exponent, put)}</sup>`;
      at = end;
    } else if (rest.startsWith("\\")) {
      const command = /** @type {RegExpExecArray} */ (/^\\([a-z]+) ?/.exec(rest));
      html += command[1] === "cdot" ? "· " : command[1];
      at += command[0].length;
    } else {
      html += template[at] === "-" ? "−" : escapeHtml(template[at]);
      at++;
    }
  }
  return html;
}

/**
 * One step as HTML: the formula in symbols, the same with numbers, the result, and what was
 * computed before.
 * @param {import("./words.js").Step} step
 * @param {Notation} notation
 * @param {import("./math.js").Numbers} values
 * @param {number} digits  significant ones
 */
export function stepHtml(step, notation, values, digits) {
  /** @param {string} key */
  const colour = key => (/^d[yzWb]/.test(key) ? "bp-g" : /^[zyx]/.test(key) ? "bp-v" : /^d\[/.test(key) ? "bp-t"
    : key === "div" ? "bp-e" : "bp-w");
  /** @param {string} key @param {boolean} [inline] */
  const symbol = (key, inline) => `<span class="bp-sym ${colour(key)}">${symbolHtml(notation.symbols[key], inline)}</span>`;
  /** @param {string} key @param {boolean} bare  without brackets */
  const number = (key, bare) => {
    const text = show(values[key], digits);
    return `<span class="${colour(key)}">${text.startsWith("−") && !bare ? `(${text})` : text}</span>`;
  };
  const shown = /^d[yzWb]/.test(step.key) ? showSigned : show;
  return {
    formula: `${symbol(step.key)} = ${templateHtml(step.template, key => symbol(key))}`,
    numbers: templateHtml(step.template, number),
    result: `<span class="bp-result ${colour(step.key)}">${shown(values[step.key], digits)}</span>`,
    uses: step.uses.map(key => `<span class="bp-use">${symbol(key, true)} = ${number(key, true)}</span>`).join(""),
  };
}
