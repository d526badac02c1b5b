// Fresh numbers for a network: none saturated, none so small that four digits do not suffice, the same for the same seed.
import { bestOf, pencilNumber, randomFrom } from "../pencil/random.js";
import { ACTIVATIONS, compute } from "./math.js";

const STEEP = 0.08;              // the least slope of a unit
const TINY = 0.002;            // the least size of any number of the walk
const HUGE = 30;                 // and the largest

/**
 * @param {{sizes: number[], activations: string[], hasBias: boolean}} net
 * @param {number} seed
 * @returns {import("./numbers.js").Given}
 */
export function freshNetwork({ sizes, activations, hasBias }, seed) {
  const random = randomFrom(seed), last = sizes.length - 1;
  /** @param {number} n @param {number} most */
  const row = (n, most) => Array.from({ length: n }, () => pencilNumber(random, most));
  return bestOf(() => {
    const x = row(sizes[0], 1.5);
    /** @type {number[][][]} */
    const weights = [];
    /** @type {number[][]} */
    const biases = [];
    let before = x;
    activations.forEach((name, layer) => {
      const { f, slope } = ACTIVATIONS[name];
      const units = Array.from({ length: sizes[layer + 1] }, () => bestOf(() => {
        let w = row(before.length, 1), [b] = row(1, 0.5);
        /** @returns {number} */
        const sum = () => w.reduce((all, one, i) => all + one * before[i], hasBias ? b : 0);
        if (name === "relu" && sum() < 0) { w = w.map(one => -one); b = -b; }   // no unit is off
        const z = sum();
        const against = Number(slope(z) < STEEP) + Number(Math.abs(z) < 0.05) + Number(Math.abs(z) > 3);
        return { made: { w, b, z }, against };
      }, 40));
      weights.push(before.map((_, i) => units.map(({ w }) => w[i])));
      biases.push(units.map(({ b }) => b));
      before = units.map(({ z }) => f(z));
    });
    const d = before.map(y => Math.round(10 * (y + pencilNumber(random, 0.8))) / 10);
    const made = { weights, biases: hasBias ? biases : null, x, d };
    const { values, slopes } = compute({ activations, ...made });
    let against = 0;
    for (const [key, value] of Object.entries(values)) {
      const size = Math.abs(value);
      if (/^d\[/.test(key)) continue;
      if (!(size <= HUGE)) against += 5;
      else if (size < TINY) against += 1 + Math.log10(TINY / Math.max(size, 1e-12));
    }
    for (const slope of Object.values(slopes)) against += Number(slope < STEEP);
    return { made, against };
  }, last > 4 ? 60 : 200);
}
