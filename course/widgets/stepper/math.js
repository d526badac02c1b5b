// The forward and backward pass of a small network, one example. No drawing, no state: numbers in, numbers out.
// Keys are those of course/steps.py: x[0], W1[0,1], b1[0], z1[0], y1[0], d[0], div, dy2[0], dz2[0], dW2[0,0], db2[0].

/** @param {number} z */
const logistic = z => { const e = Math.exp(-Math.abs(z)); return (z >= 0 ? 1 : e) / (1 + e); };
/** @param {number} z */
const logisticSlope = z => { const e = Math.exp(-Math.abs(z)); return e / (1 + e) ** 2; };

/**
 * The activation functions: f(z) and its slope.
 * @type {Record<string, {f: (z: number) => number, slope: (z: number) => number}>}
 */
export const ACTIVATIONS = {
  tanh: { f: Math.tanh, slope: z => 1 - Math.tanh(z) ** 2 },
  logistic: { f: logistic, slope: logisticSlope },
  relu: { f: z => (z > 0 ? z : z <= 0 ? 0 : NaN), slope: z => (z > 0 ? 1 : 0) },
  linear: { f: z => z, slope: () => 1 },
};

/**
 * Numbers by key: values, or slopes of activation functions.
 * @typedef {Record<string, number>} Numbers
 */

/**
 * Every number of the walk.
 * @param {{activations: string[], weights: number[][][], biases: number[][]|null, x: number[], d: number[]}} net
 *   weights[k-1][i][j] goes from unit i to unit j
 * @returns {{values: Numbers, slopes: Numbers}}
 *   values by key; slopes[`y1[0]`] is the slope of that unit's activation function
 */
export function compute({ activations, weights, biases, x, d }) {
  /** @type {Numbers} */
  const values = {};
  /** @type {Numbers} */
  const slopes = {};
  let before = x;
  x.forEach((value, i) => { values[`x[${i}]`] = value; });
  /** @type {number[][]} */
  const z = [];
  const y = [x];
  weights.forEach((W, layer) => {
    const k = layer + 1, { f, slope } = ACTIVATIONS[activations[layer]];
    z[k] = W[0].map((_, j) => {
      // z_j = sum_i w_ij y_i + b_j
      let sum = 0;
      W.forEach((row, i) => { values[`W${k}[${i},${j}]`] = row[j]; sum += row[j] * before[i]; });
      if (biases) { values[`b${k}[${j}]`] = biases[layer][j]; sum += biases[layer][j]; }
      return sum;
    });
    y[k] = z[k].map(f);
    z[k].forEach((value, j) => {
      values[`z${k}[${j}]`] = value;
      values[`y${k}[${j}]`] = y[k][j];
      slopes[`y${k}[${j}]`] = slope(value);
    });
    before = y[k];
  });
  const last = weights.length;
  // Div = 1/2 sum_i (y_i - d_i)^2
  values.div = y[last].reduce((sum, value, i) => sum + (value - d[i]) ** 2, 0) / 2;
  d.forEach((value, i) => { values[`d[${i}]`] = value; });
  let dy = y[last].map((value, i) => value - d[i]);
  dy.forEach((value, i) => { values[`dy${last}[${i}]`] = value; });
  for (let k = last; k > 0; k--) {
    // dz_j = f'(z_j) dy_j
    const dz = dy.map((value, j) => slopes[`y${k}[${j}]`] * value);
    dz.forEach((value, j) => {
      values[`dz${k}[${j}]`] = value;
      if (biases) values[`db${k}[${j}]`] = value;
    });
    weights[k - 1].forEach((row, i) => row.forEach((_, j) => {
      // dw_ij = y_i dz_j
      values[`dW${k}[${i},${j}]`] = y[k - 1][i] * dz[j];
    }));
    // dy_i of the layer before = sum_j w_ij dz_j
    dy = weights[k - 1].map(row => row.reduce((sum, w, j) => sum + w * dz[j], 0));
    if (k > 1) dy.forEach((value, i) => { values[`dy${k - 1}[${i}]`] = value; });
  }
  return { values, slopes };
}

/**
 * The array and the indices that a key like `W1[0,1]` or `x[0]` names: ["W", 1, [0, 1]].
 * @param {string} key
 * @returns {[string, number, number[]]} the layer is 0 where the key names none
 */
export function parseKey(key) {
  const found = /^([a-zA-Z]+)(\d*)\[([\d,]+)\]$/.exec(key);
  const [, name, layer, index] = /** @type {RegExpExecArray} */ (found);
  return [name, Number(layer), index.split(",").map(Number)];
}
