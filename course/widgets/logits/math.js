// What the picture of softmax computes, in floating point as a program would, overflow and all.
// course/widgets/logits.py does the same with numpy; the tests hold the two against each other.

/**
 * What can be chosen in the picture.
 * @typedef {{z: number[], temperature: number, added: number, shift: boolean, right: number |
 *   null}} State right: the right class, counted from 0
 */

/**
 * Everything that follows from it; the last three are null where no class is right.
 * @typedef {object} Result
 * @property {number[]} logits  what enters softmax
 * @property {number} largest
 * @property {number[]} exponents
 * @property {number[]} exponentials
 * @property {number} total  of the exponentials
 * @property {number[]} p
 * @property {number[]} exact  p without overflow
 * @property {number | null} loss
 * @property {number | null} exactLoss
 * @property {number[] | null} gradient  p - t
 */

/**
 * Softmax stage by stage, and the loss where a class is right.
 * @param {State} state
 * @returns {Result}
 */
export function stages({ z, temperature, added, shift, right }) {
  /** @param {number[]} row */
  const sum = (row) => row.reduce((total, v) => total + v, 0);
  const scaled = z.map((v) => v / temperature);
  const logits = scaled.map((v) => v + added),
    largest = Math.max(...logits);
  const exponents = shift ? logits.map((v) => v - largest) : logits;
  const exponentials = exponents.map((v) => Math.exp(v)),
    total = sum(exponentials); // e^z
  const p = exponentials.map((e) => e / total); // e^z_i / Σ_j e^z_j
  const top = Math.max(...scaled),
    rest = scaled.map((v) => Math.exp(v - top)),
    all = sum(rest);
  const result = {
    logits,
    largest,
    exponents,
    exponentials,
    total,
    p,
    exact: rest.map((e) => e / all),
    loss: null,
    exactLoss: null,
    gradient: null,
  };
  if (right === null) return result;
  return {
    ...result,
    loss: 0 - Math.log(p[right]), // -ln p_right
    exactLoss: Math.log(all) - (scaled[right] - top),
    gradient: p.map((v, i) => v - (i === right ? 1 : 0)), // p - t
  };
}

/** A number in a few figures, as a reader wants it over a bar. @param {number} value */
export function inFigures(value) {
  if (value === 0 || !Number.isFinite(value))
    return value === 0 ? "0" : Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const size = Math.abs(value),
    sign = value < 0 ? "−" : "";
  if (size >= 1e-3 && size < 99999.5)
    return sign + String(Number(size.toPrecision(size < 1 ? 3 : 5)));
  const [digits, power] = size.toExponential(1).split("e");
  const raised = [...String(Number(power))].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("");
  return `${sign}${digits}·10${raised}`;
}

/**
 * A number with its sign, in at most three decimals; tiny ones as powers of ten.
 * @param {number} value
 */
export function signed(value) {
  if (value === 0 || Number.isNaN(value)) return value === 0 ? "0" : "nan";
  const size = Math.abs(value);
  return (
    (value < 0 ? "−" : "+") + (size >= 0.0005 && size < 100 ? size.toFixed(3) : inFigures(size))
  );
}

/**
 * How far the axis of the logits `z` reaches up and down, with a little room to spare: 4, 8, 20,
 * 40, 80, …
 * @param {number[]} z
 */
export function reach(z) {
  const largest = 1.05 * Math.max(...z.map(Math.abs));
  for (let limit = 4; ; limit *= 10)
    for (const l of [limit, 2 * limit, 5 * limit]) if (largest <= l) return l;
}

/**
 * By how much an arrow key moves a logit on an axis that reaches `limit`: 0.1 up to 20, then 1, …
 * @param {number} limit
 */
export const step = (limit) => 10 ** (Math.floor(Math.log10(limit / 4) + 1e-9) - 1);
