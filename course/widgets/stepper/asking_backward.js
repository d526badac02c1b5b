// The way back asked for: gradients of outputs, sums, weights and biases; and what is often
// taken for them.
import { show } from "../common/numbers.js";
import { rounding } from "../pencil/slips.js";
import { functionName, upTo } from "./ground.js";
import { ACTIVATIONS } from "./math.js";

/** The formulas of the slopes in a unit's output or sum. @type {Record<string, string>} */
const SLOPE = { tanh: "1 − y²", logistic: "y (1 − y)", relu: "1 for z > 0, else 0", linear: "1" };

/**
 * How much a slope moves with the output that it is computed from.
 * @param {string} name
 * @param {number} y
 */
const slopeMoves = (name, y) =>
  name === "tanh" ? Math.abs(2 * y) : name === "logistic" ? Math.abs(1 - 2 * y) : 0;

/** @typedef {import("../pencil/slips.js").Slip} Slip */

/**
 * What is asked on the way back.
 * @param {ReturnType<typeof import("./ground.js").groundOf>} ground
 * @returns {Record<string, () => import("./ground.js").Made>} by the kind of the step
 */
export function askBackward(ground) {
  const {
    slopes,
    notation,
    sizes,
    activations,
    digits,
    k,
    last,
    i,
    j,
    E,
    v,
    unit,
    output,
    factor,
    number,
    put,
  } = ground;
  return {
    dy() {
      if (k === last) {
        const y = v(`y${k}[${j}]`),
          d = v(`d[${j}]`);
        return {
          value: y - d,
          slack: rounding(y, digits) + rounding(d, digits),
          slips: [
            {
              slip: "sign",
              value: d - y,
              is: "target minus output",
              so: `the derivative of ${E} is output minus target`,
            },
            { slip: "the output", value: y, is: "the output itself", so: "the target is missing" },
            { slip: "the target", value: d, is: "the target", so: "the output is missing" },
            {
              slip: "added",
              value: y + d,
              is: "output plus target",
              so: "one is taken from the other",
            },
            {
              slip: "the error",
              value: (y - d) ** 2 / 2,
              is: "½ (y − d)², the error itself",
              so: "its derivative is asked for",
            },
            {
              slip: "twice",
              value: 2 * (y - d),
              is: "twice the difference",
              so: "the ½ takes the 2 of the square away",
            },
          ],
          hints: [
            `Only ½ (y − d)² has this output in it. Its derivative has no ½ and no square.`,
            `Put in: ${show(y, digits)} − ${show(d, digits)}.`.replace("− −", "+ "),
          ],
        };
      }
      const after = upTo(sizes[k + 1]);
      /** @param {(n: number) => string} weight @param {string} what */
      const sum = (weight, what = "dz") =>
        after.reduce((all, n) => all + (v(weight(n)) ?? NaN) * v(`${what}${k + 1}[${n}]`), 0);
      const terms = after.map((n) => ({
        name: `the path through ${unit(k + 1, n)}`,
        factors: [
          factor(`W${k + 1}[${j},${n}]`, "weight", `the weight to ${unit(k + 1, n)}`),
          factor(`dz${k + 1}[${n}]`, "upstream", "what came back"),
        ],
      }));
      return {
        terms,
        all: {
          weight: {
            is: "what came back added up, without the weights",
            so: "the weights are missing",
          },
          upstream: { is: "the weights added up", so: "what came back is missing" },
        },
        slips: [
          {
            slip: "slope before",
            value: sum((n) => `W${k + 1}[${j},${n}]`, "dy"),
            is: `the sum with ∂${E}/∂${notation.y} of layer ${k + 1}`,
            so: `its slope is missing: ∂${E}/∂${notation.z} belongs here`,
          },
          {
            slip: "transposed",
            value: sum((n) => `W${k + 1}[${n},${j}]`),
            is: `the sum with the weights that arrive at unit ${j + 1} of layer ${k + 1}`,
            so: `those that leave ${unit(k, j)} belong here`,
          },
          ...upTo(sizes[k])
            .filter((m) => m !== j)
            .map((m) => ({
              slip: `weights of ${m}`,
              value: sum((n) => `W${k + 1}[${m},${n}]`),
              is: `the sum with the weights of ${unit(k, m)}`,
              so: `those of ${unit(k, j)} belong here`,
            })),
        ],
        hints: [
          ...terms
            .slice(0, 3)
            .map(
              ({ factors }, n) =>
                `Through ${unit(k + 1, n)}: the weight ${show(factors[0].value, digits)}, times what came back.`,
            ),
          put(terms),
        ],
      };
    },
    dz() {
      const name = activations[k - 1],
        f = functionName(name),
        y = v(`y${k}[${j}]`),
        z = v(`z${k}[${j}]`),
        up = v(`dy${k}[${j}]`);
      const slope = slopes[`y${k}[${j}]`],
        half = Math.max(rounding(slope, digits), slopeMoves(name, y) * rounding(y, digits));
      const terms = [
        {
          name: "it",
          factors: [
            { value: slope, role: "slope", name: `the slope of ${f}`, half },
            factor(`dy${k}[${j}]`, "upstream", "what came back"),
          ],
        },
      ];
      /**
       * @param {string} slip
       * @param {number} wrong
       * @param {string} is
       * @param {string} so
       * @returns {Slip}
       */
      const instead = (slip, wrong, is, so = `the slope of ${f} belongs there`) => ({
        slip,
        value: wrong * up,
        is: `what came back times ${is}`,
        so,
        factors: [wrong, up],
        slack:
          2 * (rounding(wrong, digits) * Math.abs(up) + rounding(up, digits) * Math.abs(wrong)),
      });
      const slips = [
        instead("value for slope", y, `the output ${notation.y}`),
        instead("sum for slope", z, `the sum ${notation.z}`),
        instead("slope of tanh", 1 - y * y, "1 − y²"),
        instead("slope of logistic", y * (1 - y), "y (1 − y)"),
        instead("one minus y", 1 - y, "1 − y"),
        instead(
          "slope at y",
          ACTIVATIONS[name].slope(y),
          `the slope of ${f} at ${notation.y}`,
          `the slope at ${notation.z} belongs there`,
        ),
      ].filter(
        (one) => one.slip !== `slope of ${name}` && !(one.slip === "sum for slope" && z === y),
      );
      for (const n of upTo(sizes[k]).filter((m) => m !== j)) {
        slips.push({
          slip: `upstream of ${n}`,
          value: slope * v(`dy${k}[${n}]`),
          factors: [slope, v(`dy${k}[${n}]`)],
          is: `the slope times what came back to ${unit(k, n)}`,
          so: `what came back to ${unit(k, j)} belongs there`,
        });
      }
      return {
        terms,
        slips,
        hints: [
          `One factor is what came back, ${number(`dy${k}[${j}]`)}.`,
          `The other is the slope of ${f}: ${SLOPE[name]}${["tanh", "logistic"].includes(name) ? `, with y = ${show(y, digits)}` : `, with z = ${show(z, digits)}`}.`,
          put(terms),
        ],
      };
    },
    dW() {
      const before = k - 1,
        own = output(before, i),
        up = `dz${k}[${j}]`;
      const terms = [
        {
          name: "it",
          factors: [factor(own, "input", "what went in"), factor(up, "upstream", "what came back")],
        },
      ];
      /**
       * @param {string} slip
       * @param {string} a
       * @param {string} b
       * @param {string} is
       * @param {string} so
       * @returns {Slip}
       */
      const instead = (slip, a, b, is, so) => ({
        slip,
        value: v(a) * v(b),
        factors: [v(a), v(b)],
        is,
        so,
      });
      const slips = [
        instead(
          "slope before",
          own,
          `dy${k}[${j}]`,
          `what went in times ∂${E}/∂${notation.y}`,
          `the slope of ${unit(k, j)} is missing`,
        ),
        instead(
          "the weight",
          `W${k}[${i},${j}]`,
          up,
          "the weight times what came back",
          "what went in belongs there",
        ),
        instead(
          "its output",
          `y${k}[${j}]`,
          up,
          `what ${unit(k, j)} gives times what came back`,
          `what ${unit(before, i)} gives belongs there`,
        ),
        ...(before
          ? [
              instead(
                "the sum",
                `z${before}[${i}]`,
                up,
                `the sum ${notation.z} of ${unit(before, i)} times what came back`,
                `its output ${notation.y} belongs there`,
              ),
            ]
          : []),
        ...upTo(sizes[before])
          .filter((m) => m !== i)
          .map((m) =>
            instead(
              `input of ${m}`,
              output(before, m),
              up,
              `what came back times what ${unit(before, m)} gives`,
              `what ${unit(before, i)} gives belongs there`,
            ),
          ),
        ...upTo(sizes[k])
          .filter((n) => n !== j)
          .map((n) =>
            instead(
              `upstream of ${n}`,
              own,
              `dz${k}[${n}]`,
              `what went in times what came back to ${unit(k, n)}`,
              `what came back to ${unit(k, j)} belongs there`,
            ),
          ),
      ];
      if (i !== j && i < sizes[k] && j < sizes[before]) {
        slips.push(
          instead(
            "transposed",
            output(before, j),
            `dz${k}[${i}]`,
            `the gradient of the weight from ${unit(before, j)} to ${unit(k, i)}`,
            `that from ${unit(before, i)} to ${unit(k, j)} is asked for`,
          ),
        );
      }
      return {
        terms,
        slips,
        hints: [
          `One factor is what went in, ${number(own)}.`,
          `The other is what came back to ${unit(k, j)}, ${number(up)}.`,
          put(terms),
        ],
      };
    },
    db() {
      const up = `dz${k}[${j}]`;
      return {
        terms: [{ name: "it", factors: [factor(up, "upstream", "what came back")] }],
        slips: [
          {
            slip: "the bias",
            value: v(`b${k}[${j}]`) * v(up),
            is: "the bias times what came back",
            so: "its input is 1, so what came back stays as it is",
          },
          {
            slip: "slope before",
            value: v(`dy${k}[${j}]`),
            is: `∂${E}/∂${notation.y} of the unit`,
            so: "its slope is missing",
          },
          {
            slip: "an input",
            value: v(output(k - 1, 0)) * v(up),
            is: `what came back times what ${unit(k - 1, 0)} gives`,
            so: "a bias has the input 1",
          },
          ...upTo(sizes[k])
            .filter((n) => n !== j)
            .map((n) => ({
              slip: `upstream of ${n}`,
              value: v(`dz${k}[${n}]`),
              is: `what came back to ${unit(k, n)}`,
              so: `what came back to ${unit(k, j)} belongs here`,
            })),
        ],
        hints: [
          "The input of a bias is 1, whatever the numbers are.",
          `Put in: 1 · ${number(up)}.`,
        ],
      };
    },
  };
}
