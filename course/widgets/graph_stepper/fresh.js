// Fresh inputs for a graph: defined everywhere, nothing saturated, four digits suffice, the
// same for the same seed.
import { alike, bestOf, pencilNumber, randomFrom } from "../pencil/random.js";
import { run } from "./math.js";

const TINY = 0.002; // the least size of any number of the walk
const HUGE = 500; // and the largest
const RANGES = [3, 1.5, 3, 1]; // of the inputs, in turn: what overflows with large ones may not with small ones

/**
 * @param {import("./math.js").Node[]} nodes
 * @param {number} seed
 * @returns {{made: Record<string, number>, easy: boolean}} by name; easy: whether nothing is
 *   saturated and four digits are enough
 */
export function freshInputs(nodes, seed) {
  const random = randomFrom(seed),
    inputs = nodes.filter((node) => !node.gate);
  return bestOf((k) => {
    const positive = k % 3 === 2; // logarithms, roots and divisions like that
    const made = Object.fromEntries(
      inputs.map(({ name }) => {
        const value = pencilNumber(random, RANGES[k % RANGES.length]);
        return [name, positive ? Math.abs(value) : value];
      }),
    );
    const { values, locals, grads } = run(nodes, made);
    let hard = 0;
    /** @param {number} value */
    const weigh = (value) => {
      const size = Math.abs(value);
      if (!(size <= HUGE)) hard += 100;
      else if (size < TINY) hard += 1;
    };
    values.forEach(weigh);
    nodes.forEach((node, i) => {
      if (!node.needed) return;
      // a max gate closes one of its ways whatever the numbers are
      const closed =
        grads[i] === 0 &&
        nodes.some(({ gate, parents }) => gate?.kind === "max" && parents.includes(i));
      if (!closed) weigh(grads[i]);
      const { kind = "" } = node.gate ?? {};
      if (["sigma", "tanh", "relu", "sin", "cos"].includes(kind))
        hard += Number(Math.abs(locals[i][0]) < 0.05);
      // who gets the gradient of equal inputs is a matter of taste: it cannot be asked
      if (
        kind === "max" &&
        values[node.parents[0]] === values[node.parents[1]] &&
        node.parents[0] !== node.parents[1]
      )
        hard += 50;
    });
    const twins = alike(Object.values(made));
    return { made: { made, easy: hard === 0 }, against: hard + 0.1 * twins };
  });
}
