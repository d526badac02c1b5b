// The way forward asked for: sums, outputs, the loss; and what is often taken for them.
import { show } from "../common/numbers.js";
import { rounding } from "../pencil/slips.js";
import { functionName, upTo } from "./ground.js";
import { ACTIVATIONS } from "./math.js";

/** @typedef {import("../pencil/slips.js").Slip} Slip */

/**
 * What is asked on the way forward.
 * @param {ReturnType<typeof import("./ground.js").groundOf>} ground
 * @returns {Record<string, () => import("./ground.js").Made>} by the kind of the step
 */
export function askForward(ground) {
  const {
    values,
    slopes,
    notation,
    sizes,
    activations,
    digits,
    k,
    last,
    j,
    v,
    unit,
    output,
    factor,
    number,
    put,
    step,
  } = ground;
  return {
    z() {
      const bias = `b${k}[${j}]`,
        before = upTo(sizes[k - 1]);
      const terms = before.map((m) => ({
        name: `what comes from ${unit(k - 1, m)}`,
        factors: [
          factor(`W${k}[${m},${j}]`, "weight", `the weight from ${unit(k - 1, m)}`),
          factor(output(k - 1, m), "input", `what ${unit(k - 1, m)} gives`),
        ],
      }));
      if (bias in values)
        terms.push({ name: "the bias", factors: [factor(bias, "bias", "the bias")] });
      const own = bias in values ? v(bias) : 0;
      /** @param {(m: number) => string} weight */
      const with_ = (weight) =>
        before.reduce((sum, m) => sum + (v(weight(m)) ?? NaN) * v(output(k - 1, m)), own);
      return {
        terms,
        all: {
          weight: {
            is: "the inputs added up without their weights",
            so: "the weights are missing",
          },
          input: { is: "the weights added up", so: "what goes in is missing" },
        },
        slips: [
          {
            slip: "transposed",
            value: with_((m) => `W${k}[${j},${m}]`),
            is: `the sum with the weights that leave ${unit(k - 1, j)}`,
            so: `those that arrive at ${unit(k, j)} belong here`,
          },
          ...upTo(sizes[k])
            .filter((n) => n !== j)
            .map((n) => ({
              slip: `weights of ${n}`,
              value: with_((m) => `W${k}[${m},${n}]`),
              is: `the sum with the weights of ${unit(k, n)}`,
              so: `those of ${unit(k, j)} belong here`,
            })),
        ],
        hints: [
          ...terms
            .slice(0, 3)
            .map(({ factors, name }) =>
              factors.length > 1
                ? `${name[0].toUpperCase()}${name.slice(1)}: its weight, ${show(factors[0].value, digits)}, times what it gives.`
                : `To it ${name} is added.`,
            ),
          put(terms),
        ],
      };
    },
    y() {
      const name = activations[k - 1],
        z = v(`z${k}[${j}]`),
        f = functionName(name);
      const e = Math.exp(-z);
      /** @type {Slip[]} */
      const slips = [
        { slip: "the sum", value: z, is: `the sum ${notation.z} itself`, so: `${f} is missing` },
        {
          slip: "the slope",
          value: slopes[step.key],
          is: `the slope of ${f} here`,
          so: "its value is asked for",
        },
      ];
      if (name === "logistic") {
        slips.push(
          {
            slip: "sign of z",
            value: 1 / (1 + 1 / e),
            is: "1 / (1 + e^z)",
            so: `the exponent is −${notation.z}`,
          },
          { slip: "exponential", value: e, is: "e^(−z)", so: "1 / (1 + e^(−z)) is asked for" },
          {
            slip: "no inverse",
            value: 1 + e,
            is: "1 + e^(−z)",
            so: "1 divided by it is asked for",
          },
        );
      }
      for (const other of ["tanh", "logistic"].filter((one) => one !== name)) {
        slips.push({
          slip: `by ${other}`,
          value: ACTIVATIONS[other].f(z),
          is: `the value of ${functionName(other)}`,
          so: `this unit has ${f}`,
        });
      }
      return {
        value: v(step.key),
        slack: slopes[step.key] * rounding(z, digits) + rounding(v(step.key), digits),
        slips,
        hints: [
          `The sum is ${number(`z${k}[${j}]`)}. It goes through ${f}.`,
          name === "relu"
            ? "A ReLU gives z where z is above 0, and 0 elsewhere."
            : name === "linear"
              ? "A linear unit gives its sum as it is."
              : `Put in: ${name === "tanh" ? `tanh(${show(z, digits)})` : `1 / (1 + exp(−(${show(z, digits)})))`}.`,
        ],
      };
    },
    div() {
      const off = upTo(sizes[last]).map((n) => v(`y${last}[${n}]`) - v(`d[${n}]`));
      const terms = off.map((r, n) => ({
        name: `the share of ${unit(last, n)}`,
        factors: [
          { value: 0.5, role: "half", name: "the ½" },
          {
            value: r,
            role: "difference",
            name: "the difference",
            half: rounding(v(`y${last}[${n}]`), digits),
          },
          {
            value: r,
            role: "difference",
            name: "the difference",
            half: rounding(v(`y${last}[${n}]`), digits),
          },
        ],
      }));
      return {
        terms,
        all: { half: { is: "the sum of the squares", so: "the ½ is missing" } },
        slips: [
          {
            slip: "without half",
            value: off.reduce((sum, r) => sum + r * r, 0),
            is: "the sum of the squares",
            so: "the ½ is missing",
          },
          {
            slip: "without square",
            value: off.reduce((sum, r) => sum + r, 0) / 2,
            is: "half of the differences",
            so: "the square is missing",
          },
          {
            slip: "without both",
            value: off.reduce((sum, r) => sum + r, 0),
            is: "output minus target",
            so: "its square and the ½ are missing",
          },
          {
            slip: "without difference",
            value: 0.5 * off.length,
            is: "the ½ alone",
            so: "the squared difference is missing",
          },
        ],
        hints: [
          `For each output: ${notation.y} minus target, ${off.map((r) => show(r, digits)).join(" and ")}.`,
          "Its square, times ½; over all outputs, added.",
          `Put in: ${off.map((r) => `½ · (${show(r, digits)})²`).join(" + ")}.`,
        ],
      };
    },
  };
}
