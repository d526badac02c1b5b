// A step of the walk through a graph as questions: a value, or for each input of a gate what
// its gradient is now.
import { show } from "../common/numbers.js";
import { question, rounding } from "../pencil/slips.js";
import { GATES, usesOf } from "./math.js";
import { bracketed } from "./text.js";

/**
 * @typedef {import("../pencil/slips.js").Slip} Slip
 * @typedef {import("../pencil/slips.js").Term} Term
 * @typedef {import("./math.js").Node} Node
 * @typedef {import("./math.js").Step} Step
 * @typedef {{nodes: Node[], steps: Step[], result: import("./math.js").Result, text:
 *   import("./text.js").GraphText, digits: number}} Ground  what a question is made of
 */

/** What a gate does, and what it is called, for a sentence. @type {Record<string, string>} */
const GATE_NAMES = {
  add: "the add gate",
  sub: "the subtract gate",
  mul: "the multiply gate",
  div: "the divide gate",
  max: "the max gate",
  exp: "the exponential",
  log: "the logarithm",
  inverse: "1/x",
  sigma: "the sigmoid",
  tanh: "tanh",
  relu: "the ReLU",
  sin: "the sine",
  cos: "the cosine",
  plus: "the gate that adds a constant",
  times: "the gate that multiplies by a constant",
  power: "the power",
};

/**
 * What is often computed in place of a gate's value.
 * @param {string} kind
 * @param {number} c  the number of a gate that has one
 * @param {number} a
 * @param {number} b
 * @param {string[]} names  of its inputs
 * @returns {[string, number, string, string][]} slip, value, is, so
 */
function otherValues(kind, c, a, b, [p, q]) {
  /** @type {Record<string, [string, number, string, string][]>} */
  const known = {
    add: [
      ["multiplied", a * b, `${p} times ${q}`, "this gate adds"],
      ["subtracted", a - b, `${p} minus ${q}`, "this gate adds"],
    ],
    sub: [
      ["sign", b - a, `${q} minus ${p}`, "it is the other way round"],
      ["added", a + b, `${p} plus ${q}`, "this gate subtracts"],
    ],
    mul: [["added", a + b, `${p} plus ${q}`, "this gate multiplies"]],
    div: [
      ["upside down", b / a, `${q} divided by ${p}`, "it is the other way round"],
      ["multiplied", a * b, `${p} times ${q}`, "this gate divides"],
    ],
    max: [
      ["smaller", Math.min(a, b), `the smaller one`, "this gate lets the larger one through"],
      ["added", a + b, `${p} plus ${q}`, "only the larger one goes through"],
    ],
    exp: [["sign of a", Math.exp(-a), `e^(−${p})`, `the exponent is ${p}`]],
    sigma: [
      ["exponential", Math.exp(-a), `e^(−${p})`, `1 / (1 + e^(−${p})) is asked for`],
      ["sign of a", 1 / (1 + Math.exp(a)), `1 / (1 + e^${p})`, `the exponent is −${p}`],
      ["no inverse", 1 + Math.exp(-a), `1 + e^(−${p})`, "1 divided by it is asked for"],
    ],
    inverse: [["squared", 1 / a ** 2, `1 / ${p}²`, `1 / ${p} is asked for`]],
    plus: [
      ["subtracted", a - c, `${p} minus the constant`, "this gate adds"],
      ["multiplied", a * c, `${p} times the constant`, "this gate adds"],
    ],
    times: [["added", a + c, `${p} plus the constant`, "this gate multiplies"]],
    power: [["multiplied", a * c, `${p} times the exponent`, "the exponent is no factor"]],
  };
  return known[kind] ?? [];
}

/**
 * The questions of a step: one for a value, one for each node that a gate sends a gradient to;
 * none where the answer is no number, or one of several.
 * @param {Ground} ground
 * @param {number} k  the step, from 0
 */
export function askGraph(ground, k) {
  const { nodes, steps, result, text, digits } = ground,
    step = steps[k],
    { node } = step;
  const { parents, gate, name } = nodes[node],
    f = nodes[nodes.length - 1].name;
  const kind = gate?.kind ?? "",
    called = GATE_NAMES[kind] ?? "the gate";
  const numbers = parents.map((p) => result.values[p]),
    names = parents.map((p) => nodes[p].name);
  /** @param {string} template @param {(p: number) => string} put */
  const fill = (template, put) =>
    template.replace(/\{(\w+)\}/g, (_, p) => put(p === "out" ? node : parents[Number(p)]));
  /** @param {string} template */
  const withNames = (template) => fill(template, (p) => nodes[p].name);
  /** @param {string} template */
  const withNumbers = (template) =>
    fill(template, (p) => bracketed(show(result.values[p], digits)));
  if (step.phase === "start") {
    return [
      question({
        key: `${k}`,
        digits,
        value: 1,
        slack: 0,
        symbol: text.slope(node),
        name: `the gradient of ${f} with respect to ${f}`,
        slips: [
          {
            slip: "the value",
            value: result.values[node],
            is: `the value of ${f}`,
            so: "how much it moves when it moves by 1 is asked for",
          },
        ],
        hints: [`Nudge ${f}: how much does ${f} move, for each bit of the nudge?`, "Just as much."],
      }),
    ];
  }
  if (!gate) return [];
  const asked =
    step.phase === "forward"
      ? [result.values[node]]
      : parents.map((_, p) => result.shares[node][p].total);
  // at a corner any slope between the two is right
  const corner =
    step.phase === "backward" &&
    ((kind === "relu" && numbers[0] === 0) ||
      (kind === "max" && numbers[0] === numbers[1] && parents[0] !== parents[1]));
  if (corner || !asked.every(Number.isFinite) || !numbers.every(Number.isFinite)) return [];
  if (step.phase === "forward") {
    const value = result.values[node],
      locals = result.locals[node],
      c = Number(gate.constant);
    /** @type {Slip[]} */
    const slips = otherValues(kind, c, numbers[0], numbers[1], names).map(
      ([slip, wrong, is, so]) => ({ slip, value: wrong, is, so }),
    );
    numbers.forEach((one, p) =>
      slips.push({
        slip: `input ${p}`,
        value: one,
        is: `${names[p]} as it is`,
        so: numbers.length > 1 ? `${names[1 - p]} is missing` : `${called} is missing`,
      }),
    );
    if (numbers.length === 1)
      slips.push({
        slip: "local",
        value: locals[0],
        is: "the slope of the gate",
        so: "its value is asked for",
      });
    return [
      question({
        key: `${k}`,
        digits,
        value,
        symbol: text.symbol(node),
        name: `the value of ${name}`,
        slips,
        slack: locals.reduce(
          (sum, local, p) => sum + Math.abs(local) * rounding(numbers[p], digits),
          rounding(value, digits),
        ),
        hints: [
          `Forward: ${called} computes ${name} from ${names.join(" and ")}.`,
          `${name} = ${withNames(gate.formula)}.`,
          `Put in: ${withNumbers(gate.formula)}.`,
        ],
      }),
    ];
  }
  const upstream = result.grads[node],
    uses = usesOf(nodes),
    shares = result.shares[node];
  const upstreamFactor = { value: upstream, role: "upstream", name: `what came back to ${name}` };
  return [...new Set(parents)].map((to) => {
    const mine = shares.map((share, p) => ({ share, p })).filter(({ share }) => share.to === to);
    const { before, again } = mine[0].share,
      c = Number(gate.constant);
    /** @type {Term[]} */
    const terms = mine.map(({ p }) => {
      const value = result.locals[node][p];
      // who computes it with rounded numbers
      const half = /\{/.test(gate.slopes[p])
        ? Math.max(rounding(value, digits), spread(kind, c, numbers, p, digits))
        : 0;
      return {
        name:
          mine.length > 1
            ? `the share of the ${p ? "right" : "left"} input`
            : `the share through ${name}`,
        factors: [
          { value, role: "local", name: `the local gradient of ${called}`, half },
          upstreamFactor,
        ],
      };
    });
    const share = terms.reduce((sum, { factors }) => sum + factors[0].value * factors[1].value, 0);
    if (again)
      terms.unshift({
        name: "what had arrived before",
        factors: [{ value: before, role: "before", name: "what had arrived before" }],
      });
    const past = again ? before : 0;
    /**
     * @param {string} slip
     * @param {number} local
     * @param {string} is
     * @param {string} so
     * @returns {Slip}
     */
    const instead = (slip, local, is, so) => ({
      slip,
      value: local * upstream + past,
      is: `${is} times what came back to ${name}`,
      so,
      ...(again ? {} : { factors: [local, upstream] }),
    });
    const rule = "the local gradient belongs there",
      p = mine[0].p,
      other = result.locals[node][1 - p];
    /** @type {Slip[]} */
    const slips = [
      instead("input for local", result.values[to], nodes[to].name, rule),
      instead("value for local", result.values[node], name, rule),
    ];
    if (parents.length > 1 && mine.length === 1) {
      slips.push(
        instead(
          "other local",
          other,
          `the local gradient of ${names[1 - p]}`,
          `that of ${nodes[to].name} belongs there`,
        ),
      );
    }
    if (again)
      slips.push(
        instead(
          "sign of local",
          -result.locals[node][p] * mine.length,
          "the local gradient with its sign turned",
          "its size is right",
        ),
        {
          slip: "without local",
          value: past + upstream * mine.length,
          is: "what came back, added as it is",
          so: `the local gradient of ${called} is missing`,
        },
        {
          slip: "without upstream",
          value: past + terms.slice(1).reduce((sum, { factors }) => sum + factors[0].value, 0),
          is: "the local gradient, added as it is",
          so: "what came back is missing",
        },
        {
          slip: "subtracted",
          value: before - share,
          is: "what had arrived before minus the new share",
          so: "gradients add",
        },
      );
    const arrived = steps
      .slice(0, k + 1)
      .filter((one) => one.phase === "backward")
      .reduce((sum, one) => sum + nodes[one.node].parents.filter((q) => q === to).length, 0);
    const so_far = arrived < uses[to].length ? " so far" : "";
    const slopes = mine.map(({ p: q }) => withNames(gate.slopes[q])),
      put = mine.map(
        ({ p: q }) => `${slotOf(gate.slopes[q])} · ${bracketed(show(upstream, digits))}`,
      );
    /** @param {string} slope */
    function slotOf(slope) {
      const numbersIn = withNumbers(slope);
      return / [−+] /.test(numbersIn) ? `(${numbersIn})` : numbersIn;
    }
    return question({
      key: `${k}:${to}`,
      digits,
      terms,
      slips,
      symbol: `${text.slope(to)}${so_far}`,
      name: `the gradient of ${f} with respect to ${nodes[to].name}${so_far}`,
      all: {
        local: { is: "what came back, once for each input", so: "the local gradients are missing" },
        upstream: { is: "the local gradients added up", so: "what came back is missing" },
      },
      hints: [
        `Back through ${name} = ${withNames(gate.formula)}: local gradient times what came back${again ? ", added to what had arrived" : ""}.`,
        `One factor is what came back to ${name}, ${show(upstream, digits)}.`,
        `The other is the local gradient of ${called}: ${slopes.join(", and ")}.`,
        `Put in: ${[...(again ? [bracketed(show(before, digits))] : []), ...put].join(" + ")}.`,
      ],
    });
  });
}

/**
 * How far a local gradient may be that is computed from the rounded inputs of its gate.
 * @param {string} kind
 * @param {number} c
 * @param {number[]} numbers
 * @param {number} p  which input it belongs to
 * @param {number} digits
 */
function spread(kind, c, numbers, p, digits) {
  const { local } = GATES[kind],
    [a, b] = numbers,
    exact = local(c, a, b)[p];
  return numbers.reduce((sum, one, q) => {
    const moved = [a, b];
    moved[q] = one + rounding(one, digits);
    return sum + Math.abs(local(c, moved[0], moved[1])[p] - exact);
  }, 0);
}
