// Fresh numbers for a network: none saturated, none so small that four digits do not suffice,
// the same for the same seed.
import { alike, bestOf, pencilNumber, randomFrom } from "../pencil/random.js";
import { ACTIVATIONS, compute } from "./math.js";

const STEEP = 0.08; // the least slope of a unit
const TINY = 0.002; // the least size of any number of the walk
const HUGE = 30; // and the largest

/**
 * @param {{sizes: number[], activations: string[], hasBias: boolean}} net
 * @param {number} seed
 * @returns {{made: import("./numbers.js").Given, easy: boolean}} easy: whether nothing is saturated
 *   and four digits are enough; in a deep network some gradients are small whatever the numbers are
 */
export function freshNetwork({ sizes, activations, hasBias }, seed) {
  const random = randomFrom(seed),
    last = sizes.length - 1;
  /** @param {number} n @param {number} most */
  const row = (n, most) => Array.from({ length: n }, () => pencilNumber(random, most));
  return bestOf(
    () => {
      const x = row(sizes[0], 1.5);
      /** @type {number[][][]} */
      const weights = [];
      /** @type {number[][]} */
      const biases = [];
      let before = x;
      activations.forEach((name, layer) => {
        const { f, slope } = ACTIVATIONS[name];
        const units = Array.from({ length: sizes[layer + 1] }, () =>
          bestOf(() => {
            let w = row(before.length, 1),
              [b] = row(1, 0.5);
            /** @returns {number} */
            const sum = () => w.reduce((all, one, i) => all + one * before[i], hasBias ? b : 0);
            if (name === "relu" && sum() < 0) {
              w = w.map((one) => -one);
              b = -b;
            } // no unit is off
            const z = sum();
            const against =
              Number(slope(z) < STEEP) +
              (w.length > 4 ? 0 : 0.1 * alike(w)) +
              Number(Math.abs(z) < 0.05) +
              Number(Math.abs(z) > 3);
            return { made: { w, b, z }, against };
          }, 40),
        );
        weights.push(before.map((_, i) => units.map(({ w }) => w[i])));
        biases.push(units.map(({ b }) => b));
        before = units.map(({ z }) => f(z));
      });
      // targets that are not 0, and not too near
      const d = before.map(
        (y) => Math.round(10 * (y + pencilNumber(random, 0.5) + Math.sign(y) * 0.3)) / 10 || 0.5,
      );
      const made = { weights, biases: hasBias ? biases : null, x, d };
      const { values, slopes } = compute({ activations, ...made });
      let hard = 0;
      for (const [key, value] of Object.entries(values)) {
        const size = Math.abs(value);
        if (/^d\[/.test(key)) continue;
        if (!(size <= HUGE)) hard += 5;
        else if (size < TINY) hard += 1 + Math.log10(TINY / Math.max(size, 1e-12));
      }
      for (const slope of Object.values(slopes)) hard += Number(slope < STEEP);
      const twins =
        alike(x) +
        weights
          .flatMap((w) => w[0].map((_, j) => alike(w.map((row) => row[j]))))
          .reduce((a, b) => a + b, 0);
      return { made: { made, easy: hard === 0 }, against: hard + 0.1 * twins };
    },
    last > 4 ? 60 : 200,
  );
}
