// A step of the walk through a network as a question: what is multiplied and added, and what is often taken for it.
import { show } from "../common/numbers.js";
import { question, rounding } from "../pencil/slips.js";
import { ACTIVATIONS } from "./math.js";
import { numberName } from "./numbers.js";
import { symbolHtml } from "./text.js";
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
const functionName = name => ({ logistic: "the logistic function", relu: "the ReLU", linear: "the linear unit" }[name] ?? name);

/** The formulas of the slopes in a unit's output or sum. @type {Record<string, string>} */
const SLOPE = { tanh: "1 − y²", logistic: "y (1 − y)", relu: "1 for z > 0, else 0", linear: "1" };

/** How much a slope moves with the output that it is computed from. @param {string} name @param {number} y */
const slopeMoves = (name, y) => (name === "tanh" ? Math.abs(2 * y) : name === "logistic" ? Math.abs(1 - 2 * y) : 0);

/** @param {number} n */
const upTo = n => Array.from({ length: n }, (_, i) => i);

/**
 * The question that a step is; null where the answer is no number, or one of several.
 * @param {Ground} ground
 * @param {Step} step
 */
export function askNetwork(ground, step) {
  const { values, slopes, notation, sizes, activations, digits } = ground, { kind, layer: k, index } = step;
  const last = sizes.length - 1, [i, j = i] = index, E = notation.error;
  /** @param {string} key */
  const v = key => values[key];
  /** @param {number} at @param {number} n */
  const unit = (at, n) => (at ? unitName(notation, at, n) : `input ${n + 1}`);
  /** The key of what a unit gives. @param {number} at @param {number} n */
  const output = (at, n) => (at ? `y${at}[${n}]` : `x[${n}]`);
  /** @param {string} key @param {string} role @param {string} name @returns {Factor} */
  const factor = (key, role, name) => ({ value: v(key), role, name });
  /** @param {string} key */
  const number = key => show(v(key), digits);
  /** @param {Factor[]} factors */
  const written = factors => factors.map(({ value }) => show(value, digits))
    .map(text => (text.startsWith("−") ? `(${text})` : text)).join(" · ");
  /** @param {Term[]} terms */
  const put = terms => `Put in: ${terms.map(({ factors }) => written(factors)).join(" + ")}.`;

  /** @type {Record<string, () => Made>} */
  const kinds = {
    z() {
      const bias = `b${k}[${j}]`, before = upTo(sizes[k - 1]);
      const terms = before.map(m => ({ name: `what comes from ${unit(k - 1, m)}`, factors: [
        factor(`W${k}[${m},${j}]`, "weight", `the weight from ${unit(k - 1, m)}`),
        factor(output(k - 1, m), "input", `what ${unit(k - 1, m)} gives`)] }));
      if (bias in values) terms.push({ name: "the bias", factors: [factor(bias, "bias", "the bias")] });
      const own = bias in values ? v(bias) : 0;
      /** @param {(m: number) => string} weight */
      const with_ = weight => before.reduce((sum, m) => sum + (v(weight(m)) ?? NaN) * v(output(k - 1, m)), own);
      return { terms,
        all: { weight: { is: "the inputs added up without their weights", so: "the weights are missing" },
          input: { is: "the weights added up", so: "what goes in is missing" } },
        slips: [
          { slip: "transposed", value: with_(m => `W${k}[${j},${m}]`),
            is: `the sum with the weights that leave ${unit(k - 1, j)}`, so: `those that arrive at ${unit(k, j)} belong here` },
          ...upTo(sizes[k]).filter(n => n !== j).map(n => ({ slip: `weights of ${n}`, value: with_(m => `W${k}[${m},${n}]`),
            is: `the sum with the weights of ${unit(k, n)}`, so: `those of ${unit(k, j)} belong here` }))],
        hints: [...terms.slice(0, 3).map(({ factors, name }) => (factors.length > 1
          ? `${name[0].toUpperCase()}${name.slice(1)}: its weight, ${show(factors[0].value, digits)}, times what it gives.` : `To it ${name} is added.`)), put(terms)] };
    },
    y() {
      const name = activations[k - 1], z = v(`z${k}[${j}]`), f = functionName(name);
      const e = Math.exp(-z);
      /** @type {Slip[]} */
      const slips = [
        { slip: "the sum", value: z, is: `the sum ${notation.z} itself`, so: `${f} is missing` },
        { slip: "the slope", value: slopes[step.key], is: `the slope of ${f} here`, so: "its value is asked for" }];
      if (name === "logistic") {
        slips.push({ slip: "sign of z", value: 1 / (1 + 1 / e), is: "1 / (1 + e^z)", so: `the exponent is −${notation.z}` },
          { slip: "exponential", value: e, is: "e^(−z)", so: "1 / (1 + e^(−z)) is asked for" },
          { slip: "no inverse", value: 1 + e, is: "1 + e^(−z)", so: "1 divided by it is asked for" });
      }
      for (const other of ["tanh", "logistic"].filter(one => one !== name)) {
        slips.push({ slip: `by ${other}`, value: ACTIVATIONS[other].f(z), is: `the value of ${functionName(other)}`, so: `this unit has ${f}` });
      }
      return { value: v(step.key), slack: slopes[step.key] * rounding(z, digits) + rounding(v(step.key), digits), slips,
        hints: [`The sum is ${number(`z${k}[${j}]`)}. It goes through ${f}.`, name === "relu" ? "A ReLU gives z where z is above 0, and 0 elsewhere."
          : name === "linear" ? "A linear unit gives its sum as it is." : `Put in: ${name === "tanh" ? `tanh(${show(z, digits)})` : `1 / (1 + exp(−(${show(z, digits)})))`}.`] };
    },
    div() {
      const off = upTo(sizes[last]).map(n => v(`y${last}[${n}]`) - v(`d[${n}]`));
      const terms = off.map((r, n) => ({ name: `the share of ${unit(last, n)}`, factors: [
        { value: 0.5, role: "half", name: "the ½" }, { value: r, role: "difference", name: "the difference", half: rounding(v(`y${last}[${n}]`), digits) },
        { value: r, role: "difference", name: "the difference", half: rounding(v(`y${last}[${n}]`), digits) }] }));
      return { terms, all: { half: { is: "the sum of the squares", so: "the ½ is missing" } },
        slips: [
          { slip: "without half", value: off.reduce((sum, r) => sum + r * r, 0), is: "the sum of the squares", so: "the ½ is missing" },
          { slip: "without square", value: off.reduce((sum, r) => sum + r, 0) / 2, is: "half of the differences", so: "the square is missing" },
          { slip: "without both", value: off.reduce((sum, r) => sum + r, 0), is: "output minus target", so: "its square and the ½ are missing" },
          { slip: "without difference", value: 0.5 * off.length, is: "the ½ alone", so: "the squared difference is missing" }],
        hints: [`For each output: ${notation.y} minus target, ${off.map(r => show(r, digits)).join(" and ")}.`, "Its square, times ½; over all outputs, added.",
          `Put in: ${off.map(r => `½ · (${show(r, digits)})²`).join(" + ")}.`] };
    },
    dy() {
      if (k === last) {
        const y = v(`y${k}[${j}]`), d = v(`d[${j}]`);
        return { value: y - d, slack: rounding(y, digits) + rounding(d, digits), slips: [
          { slip: "sign", value: d - y, is: "target minus output", so: `the derivative of ${E} is output minus target` },
          { slip: "the output", value: y, is: "the output itself", so: "the target is missing" },
          { slip: "the target", value: d, is: "the target", so: "the output is missing" },
          { slip: "added", value: y + d, is: "output plus target", so: "one is taken from the other" },
          { slip: "the error", value: (y - d) ** 2 / 2, is: "½ (y − d)², the error itself", so: "its derivative is asked for" },
          { slip: "twice", value: 2 * (y - d), is: "twice the difference", so: "the ½ takes the 2 of the square away" }],
        hints: [`Only ½ (y − d)² has this output in it. Its derivative has no ½ and no square.`, `Put in: ${show(y, digits)} − ${show(d, digits)}.`.replace("− −", "+ ")] };
      }
      const after = upTo(sizes[k + 1]);
      /** @param {(n: number) => string} weight @param {string} what */
      const sum = (weight, what = "dz") => after.reduce((all, n) => all + (v(weight(n)) ?? NaN) * v(`${what}${k + 1}[${n}]`), 0);
      const terms = after.map(n => ({ name: `the path through ${unit(k + 1, n)}`, factors: [
        factor(`W${k + 1}[${j},${n}]`, "weight", `the weight to ${unit(k + 1, n)}`),
        factor(`dz${k + 1}[${n}]`, "upstream", "what came back")] }));
      return { terms,
        all: { weight: { is: "what came back added up, without the weights", so: "the weights are missing" },
          upstream: { is: "the weights added up", so: "what came back is missing" } },
        slips: [
          { slip: "slope before", value: sum(n => `W${k + 1}[${j},${n}]`, "dy"),
            is: `the sum with ∂${E}/∂${notation.y} of layer ${k + 1}`, so: `its slope is missing: ∂${E}/∂${notation.z} belongs here` },
          { slip: "transposed", value: sum(n => `W${k + 1}[${n},${j}]`),
            is: `the sum with the weights that arrive at unit ${j + 1} of layer ${k + 1}`, so: `those that leave ${unit(k, j)} belong here` },
          ...upTo(sizes[k]).filter(m => m !== j).map(m => ({ slip: `weights of ${m}`, value: sum(n => `W${k + 1}[${m},${n}]`),
            is: `the sum with the weights of ${unit(k, m)}`, so: `those of ${unit(k, j)} belong here` }))],
        hints: [...terms.slice(0, 3).map(({ factors }, n) => `Through ${unit(k + 1, n)}: the weight ${show(factors[0].value, digits)}, times what came back.`), put(terms)] };
    },
    dz() {
      const name = activations[k - 1], f = functionName(name), y = v(`y${k}[${j}]`), z = v(`z${k}[${j}]`), up = v(`dy${k}[${j}]`);
      const slope = slopes[`y${k}[${j}]`], half = Math.max(rounding(slope, digits), slopeMoves(name, y) * rounding(y, digits));
      const terms = [{ name: "it", factors: [{ value: slope, role: "slope", name: `the slope of ${f}`, half }, factor(`dy${k}[${j}]`, "upstream", "what came back")] }];
      /** @param {string} slip @param {number} wrong @param {string} is @param {string} so @returns {Slip} */
      const instead = (slip, wrong, is, so = `the slope of ${f} belongs there`) => ({ slip, value: wrong * up, is: `what came back times ${is}`, so, factors: [wrong, up],
        slack: 2 * (rounding(wrong, digits) * Math.abs(up) + rounding(up, digits) * Math.abs(wrong)) });
      const slips = [instead("value for slope", y, `the output ${notation.y}`), instead("sum for slope", z, `the sum ${notation.z}`),
        instead("slope of tanh", 1 - y * y, "1 − y²"), instead("slope of logistic", y * (1 - y), "y (1 − y)"), instead("one minus y", 1 - y, "1 − y"),
        instead("slope at y", ACTIVATIONS[name].slope(y), `the slope of ${f} at ${notation.y}`, `the slope at ${notation.z} belongs there`)]
        .filter(one => one.slip !== `slope of ${name}` && !(one.slip === "sum for slope" && z === y));
      for (const n of upTo(sizes[k]).filter(m => m !== j)) {
        slips.push({ slip: `upstream of ${n}`, value: slope * v(`dy${k}[${n}]`), factors: [slope, v(`dy${k}[${n}]`)],
          is: `the slope times what came back to ${unit(k, n)}`, so: `what came back to ${unit(k, j)} belongs there` });
      }
      return { terms, slips, hints: [`One factor is what came back, ${number(`dy${k}[${j}]`)}.`,
        `The other is the slope of ${f}: ${SLOPE[name]}${["tanh", "logistic"].includes(name) ? `, with y = ${show(y, digits)}` : `, with z = ${show(z, digits)}`}.`, put(terms)] };
    },
    dW() {
      const before = k - 1, own = output(before, i), up = `dz${k}[${j}]`;
      const terms = [{ name: "it", factors: [factor(own, "input", "what went in"), factor(up, "upstream", "what came back")] }];
      /** @param {string} slip @param {string} a @param {string} b @param {string} is @param {string} so @returns {Slip} */
      const instead = (slip, a, b, is, so) => ({ slip, value: v(a) * v(b), factors: [v(a), v(b)], is, so });
      const slips = [
        instead("slope before", own, `dy${k}[${j}]`, `what went in times ∂${E}/∂${notation.y}`, `the slope of ${unit(k, j)} is missing`),
        instead("the weight", `W${k}[${i},${j}]`, up, "the weight times what came back", "what went in belongs there"),
        instead("its output", `y${k}[${j}]`, up, `what ${unit(k, j)} gives times what came back`, `what ${unit(before, i)} gives belongs there`),
        ...(before ? [instead("the sum", `z${before}[${i}]`, up, `the sum ${notation.z} of ${unit(before, i)} times what came back`, `its output ${notation.y} belongs there`)] : []),
        ...upTo(sizes[before]).filter(m => m !== i).map(m => instead(`input of ${m}`, output(before, m), up,
          `what came back times what ${unit(before, m)} gives`, `what ${unit(before, i)} gives belongs there`)),
        ...upTo(sizes[k]).filter(n => n !== j).map(n => instead(`upstream of ${n}`, own, `dz${k}[${n}]`,
          `what went in times what came back to ${unit(k, n)}`, `what came back to ${unit(k, j)} belongs there`))];
      if (i !== j && i < sizes[k] && j < sizes[before]) {
        slips.push(instead("transposed", output(before, j), `dz${k}[${i}]`, `the gradient of the weight from ${unit(before, j)} to ${unit(k, i)}`,
          `that from ${unit(before, i)} to ${unit(k, j)} is asked for`));
      }
      return { terms, slips, hints: [`One factor is what went in, ${number(own)}.`, `The other is what came back to ${unit(k, j)}, ${number(up)}.`, put(terms)] };
    },
    db() {
      const up = `dz${k}[${j}]`;
      return { terms: [{ name: "it", factors: [factor(up, "upstream", "what came back")] }], slips: [
        { slip: "the bias", value: v(`b${k}[${j}]`) * v(up), is: "the bias times what came back", so: "its input is 1, so what came back stays as it is" },
        { slip: "slope before", value: v(`dy${k}[${j}]`), is: `∂${E}/∂${notation.y} of the unit`, so: "its slope is missing" },
        { slip: "an input", value: v(output(k - 1, 0)) * v(up), is: `what came back times what ${unit(k - 1, 0)} gives`, so: "a bias has the input 1" },
        ...upTo(sizes[k]).filter(n => n !== j).map(n => ({ slip: `upstream of ${n}`, value: v(`dz${k}[${n}]`),
          is: `what came back to ${unit(k, n)}`, so: `what came back to ${unit(k, j)} belongs here` }))],
      hints: ["The input of a bias is 1, whatever the numbers are.", `Put in: 1 · ${number(up)}.`] };
    },
  };
  // at the corner of a ReLU any slope from 0 to 1 is right
  const corner = kind === "dz" && activations[k - 1] === "relu" && v(`z${k}[${j}]`) === 0;
  if (!Number.isFinite(v(step.key)) || corner) return null;
  const made = kinds[kind]();
  const gradient = /^d[yzWb]/.test(step.key), what = /^(d?)([zy])/.exec(kind);
  const name = kind === "div" ? `the loss ${E}` : what ? `${what[2] === "z" ? notation.z : notation.y} of ${unit(k, j)}, layer ${k}` : numberName(step.key.slice(1));
  const html = symbolHtml(notation.symbols[step.key], true), colour = gradient ? "bp-g" : kind === "div" ? "bp-e" : "bp-v";
  return question({ key: step.key, digits, ...made, symbol: `<span class="bp-sym ${colour}">${html}</span>`,
    name: gradient ? `the gradient with respect to ${name}` : name,
    hints: [step.words, ...made.hints] });
}
