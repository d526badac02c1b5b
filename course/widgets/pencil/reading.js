// What a reader writes: a number, a product of numbers, or a sum of products, as on paper. No
// drawing, no state.

/**
 * @typedef {object} Reading
 * @property {number} value
 * @property {number[]} factors  of a product, in their order; the number itself where it is none
 * @property {number} figures  significant digits of a plain number; 0 of what has to be computed
 */

/**
 * What can be written with a word, as on a pocket calculator.
 * @type {Record<string, (a: number, b: number) => number>}
 */
const WORDS = {
  exp: Math.exp,
  log: Math.log,
  ln: Math.log,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  abs: Math.abs,
  max: Math.max,
  min: Math.min,
  relu: (a) => Math.max(a, 0),
  sigma: (a) => 1 / (1 + Math.exp(-a)),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  logistic: (a) => 1 / (1 + Math.exp(-a)),
};
const TWO = new Set(["max", "min"]); // the words that take two numbers
const PIECE = /\s*(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[a-zσ]+|\*\*|[-+*/^(),])/y;

/**
 * The signs of a keyboard, of a slide and of a formula as one kind.
 * @param {string} text
 */
function plain(text) {
  const signs = text
    .replace(/[−–]/g, "-")
    .replace(/[×·∙⋅]/g, "*")
    .replace(/÷/g, "/")
    .replace(/²/g, "^2")
    .replace(/³/g, "^3")
    .replace(/½/g, "0.5")
    .replace(/¼/g, "0.25")
    .replace(/σ/g, "sigma")
    .toLowerCase();
  const crosses = signs.replace(/([\d.)])\s*x\s*(?=[-\d.(])/g, "$1*");
  return /[a-z]{3}/.test(crosses) ? crosses : crosses.replace(/(\d),(?=\d)/g, "$1.");
}

/** @param {string} text @returns {string[]} */
function pieces(text) {
  const found = [];
  PIECE.lastIndex = 0;
  while (text.slice(PIECE.lastIndex).trim()) {
    const at = PIECE.lastIndex,
      match = PIECE.exec(text);
    if (!match) throw new SyntaxError(`“${text.slice(at).trim()}” is nothing to compute with.`);
    found.push(match[1]);
  }
  return found;
}

/**
 * Read what was written.
 * @param {string} written
 * @returns {Reading | {problem: string}} problem: a sentence, where it cannot be read
 */
export function readSum(written) {
  if (!written.trim()) return { problem: "Write a number, or a product such as 0.9 · −0.31." };
  const text = plain(written);
  let at = 0;
  /** @type {string[]} */
  let parts;
  const next = () => parts[at];
  /** @param {string} sign */
  const take = (sign) => {
    if (next() !== sign) {
      throw new SyntaxError(
        next() === undefined
          ? `A “${sign}” is missing at the end.`
          : `A “${sign}” is missing before “${next()}”.`,
      );
    }
    at++;
  };
  /** @returns {{value: number, factors: number[]}} */
  function sum() {
    const first = product();
    let { value } = first,
      terms = 1;
    while (next() === "+" || next() === "-") {
      const sign = parts[at++] === "+" ? 1 : -1;
      value += sign * product().value;
      terms++;
    }
    return { value, factors: terms > 1 ? [value] : first.factors };
  }
  function product() {
    let value = signed(),
      pure = true;
    const factors = [value];
    while (next() === "*" || next() === "/") {
      const times = parts[at++] === "*",
        factor = signed();
      value = times ? value * factor : value / factor;
      pure &&= times;
      factors.push(factor);
    }
    return { value, factors: pure ? factors : [value] };
  }
  /** @returns {number} */
  function signed() {
    if (next() !== "-" && next() !== "+") return power();
    return parts[at++] === "-" ? -signed() : signed();
  }
  /** @returns {number} */
  function power() {
    const base = one();
    if (next() !== "^" && next() !== "**") return base;
    at++;
    return base ** signed();
  }
  function one() {
    const piece = parts[at++];
    if (piece === undefined) throw new SyntaxError("Something is missing at the end.");
    if (piece === "(") {
      const { value } = sum();
      take(")");
      return value;
    }
    if (piece === "e" && !/\d/.test(next() ?? "")) return Math.E;
    if (/^[a-z]/.test(piece)) {
      const word = WORDS[piece];
      if (!word) throw new SyntaxError(`“${piece}” is no number.`);
      take("(");
      const a = sum().value;
      if (TWO.has(piece)) take(",");
      const b = TWO.has(piece) ? sum().value : 0;
      take(")");
      return word(a, b);
    }
    if (/^[\d.]/.test(piece)) return Number(piece);
    throw new SyntaxError(`A number is missing before “${piece}”.`);
  }
  try {
    parts = pieces(text);
    const { value, factors } = sum();
    if (next() !== undefined) throw new SyntaxError(`A sign is missing before “${next()}”.`);
    if (!Number.isFinite(value)) return { problem: `“${written.trim()}” is no finite number.` };
    return { value, factors, figures: figuresOf(text) };
  } catch (error) {
    return { problem: /** @type {Error} */ (error).message };
  }
}

/** How many significant digits a plain number is written with. @param {string} text */
function figuresOf(text) {
  const [, digits] = /^\s*[-+]?\s*(\d*\.?\d*)(?:e[+-]?\d+)?\s*$/.exec(text) ?? [null, ""];
  return digits.replace(".", "").replace(/^0+/, "").length;
}
