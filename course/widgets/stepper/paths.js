// The paths from one number to the loss: along each the local slopes multiply, over all of them the products add up.
import { parseKey } from "./math.js";
import { show, showSigned } from "../common/numbers.js";
import { symbolHtml } from "./text.js";

/**
 * @typedef {import("./words.js").Moment} Moment
 * @typedef {{key: string, slope: boolean}} Factor  a number, or the slope of the unit that it is
 *   the output of
 * @typedef {{factors: Factor[], edges: string[], product: number}} Path
 * @typedef {{paths: Path[], count: number, sum: number, edges: Set<string>, after: string[]}} Found
 */

/** Larger products first; what is no number counts as largest. @param {Path} path */
const sizeOf = ({ product }) => (Number.isNaN(product) ? Infinity : Math.abs(product));
/** @param {Path} a @param {Path} b */
const bySize = (a, b) => sizeOf(b) - sizeOf(a);

/**
 * The paths from `key` (a weight, a bias, an input or a sum z) to the loss.
 *
 * Only the `top` largest products are listed, and found without listing the others: the largest paths from a unit go on
 * along the largest paths from the units after it.
 * @param {Pick<Moment, "sizes" | "values" | "slopes">} moment
 * @param {string} key
 * @param {number} [top]
 * @returns {Found} `sum` and `edges` are those of all `count` paths; `after` are the gradients that
 *   the sum rests on
 */
export function pathsToLoss({ sizes, values, slopes }, key, top = 3) {
  const last = sizes.length - 1, [name, layer, index] = parseKey(key);
  /** @param {Factor[]} factors @param {string[]} edges @param {Path} path @returns {Path} */
  const times = (factors, edges, path) => ({
    factors: [...factors, ...path.factors], edges: [...edges, ...path.edges],
    product: factors.reduce((product, { key, slope }) => product * (slope ? slopes : values)[key], path.product),
  });
  /** @type {Path[][][]} */
  const onward = [];                        // onward[k][j]: the largest paths from z_j of layer k
  const lowest = name === "x" ? 1 : layer;
  for (let k = last; k >= lowest; k--) {
    onward[k] = Array.from({ length: sizes[k] }, (_, j) => {
      const slope = { key: `y${k}[${j}]`, slope: true };
      if (k === last) return [times([slope, { key: `dy${k}[${j}]`, slope: false }], [], { factors: [], edges: [], product: 1 })];
      return onward[k + 1].flatMap((paths, m) => {
        const weight = `W${k + 1}[${j},${m}]`;
        return paths.map(path => times([slope, { key: weight, slope: false }], [weight], path));
      }).sort(bySize).slice(0, top);
    });
  }
  /** @param {number} from  a layer */
  const product = from => sizes.slice(from).reduce((a, b) => a * b, 1);
  /** @type {Set<string>} */
  const edges = new Set();
  /** @param {number} k @param {number} j */
  const all = (k, j) => {                   // every edge behind unit j of layer k
    for (let from = k, units = [j]; from < last; from++, units = Array.from({ length: sizes[from] }, (_, i) => i)) {
      for (const i of units) for (let m = 0; m < sizes[from + 1]; m++) edges.add(`W${from + 1}[${i},${m}]`);
    }
  };
  if (name === "x") {
    let sum = 0;
    const paths = onward[1].flatMap((found, j) => {
      const weight = `W1[${index[0]},${j}]`;
      sum += values[weight] * values[`dz1[${j}]`];
      edges.add(weight);
      all(1, j);
      return found.map(path => times([{ key: weight, slope: false }], [weight], path));
    });
    const after = onward[1].map((_, j) => `dz1[${j}]`);
    return { paths: paths.sort(bySize).slice(0, top), count: product(1), sum, edges, after };
  }
  const j = index[index.length - 1], count = product(layer + 1);
  all(layer, j);
  const after = [`dz${layer}[${j}]`];
  if (name !== "W") return { paths: onward[layer][j], count, sum: values[after[0]], edges, after };
  const input = { key: layer > 1 ? `y${layer - 1}[${index[0]}]` : `x[${index[0]}]`, slope: false };
  edges.add(key);
  return { paths: onward[layer][j].map(path => times([input], [key], path)), count, sum: values[`d${key}`], edges, after };
}

/**
 * The paths as HTML: a sentence, and a row of factors for each path. A number that the walk has not reached yet is "?".
 * @param {Moment} moment
 * @param {string} key
 * @param {Found} found
 */
export function pathsHtml(moment, key, found) {
  const { values, slopes, known, notation, digits } = moment, { paths, count, sum } = found;
  const gradient = `\\frac{\\partial ${notation.error}}{\\partial ${notation.symbols[key]}}`;
  /** @param {string} key */
  const colour = key => (/^d[yz]/.test(key) ? "bp-g" : /^[yx]/.test(key) ? "bp-v" : "bp-w");
  /** @param {string} key */
  const reached = key => !/^[zyd]/.test(key) || known.has(key);
  /** @param {Factor} factor */
  const cell = ({ key, slope }) => {
    const name = slope ? `slope at ${symbolHtml(notation.symbols[key.replace("y", "z")])}`
      : symbolHtml(notation.symbols[key], true);
    const number = reached(key) ? show((slope ? slopes : values)[key], digits) : "?";
    const shown = number.startsWith("−") ? `(${number})` : number;
    return `<span class="bp-factor ${slope ? "bp-slope" : colour(key)}"><b>${shown}</b><span class="bp-sym">${name}</span></span>`;
  };
  /** @param {Path} path */
  const done = path => path.factors.every(({ key }) => reached(key));
  const complete = paths.every(done) && (count === paths.length || found.after.every(key => known.has(key)));
  const total = complete ? ` = <b class="bp-g">${showSigned(sum, digits)}</b>` : "";
  const many = count.toLocaleString("en");
  const head = count === 1 ? "the product of the local slopes along its only path"
    : `the sum over its ${many} paths: along each, the local slopes multiply`;
  const rows = paths.map(path => `<li>${path.factors.map(cell).join("<i>·</i>")}<i>=</i>${
    `<b class="bp-g bp-product">${done(path) ? showSigned(path.product, digits) : "?"}</b>`}</li>`);
  if (count > paths.length) {
    const rest = sum - paths.reduce((a, path) => a + path.product, 0), more = count - paths.length;
    rows.push(`<li class="bp-rest">and ${more.toLocaleString("en")} more ${more > 1 ? "paths" : "path"}, none larger${
      complete ? `, together <b class="bp-g">${showSigned(rest, digits)}</b>` : ""}</li>`);
  }
  return `<div class="bp-path-head"><span class="bp-sym bp-g">${symbolHtml(gradient, true)}</span>${total}: ${head}</div><ol>${rows.join("")}</ol>`;
}

/**
 * The same in a sentence, for readers who do not see the picture.
 * @param {Pick<Moment, "known" | "digits">} moment
 * @param {Found} found
 * @param {string} name  of the number that the paths begin at
 */
export function pathsText({ known, digits }, found, name) {
  const { paths, count, sum } = found;
  const ready = paths[0].factors.every(({ key }) => !/^[zyd]/.test(key) || known.has(key));
  const each = paths.map(path => show(path.product, digits)).join(", ");
  return `${name}: ${count} ${count === 1 ? "path" : "paths"} to the loss.${ready
    ? ` ${count === 1 ? "Product" : "Products"} of the local slopes: ${each}. Sum: ${show(sum, digits)}.` : ""}`;
}
