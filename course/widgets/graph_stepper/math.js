// A computation graph forward and back. No drawing, no state: numbers in, numbers out. The gates are those of course/graph.py.
// A node is { name, value, gate, parents, needed }; parents are indices of earlier nodes, gate is null for an input.

/**
 * @typedef {object} Gate
 * @property {string} kind  one of GATES
 * @property {string} symbol  what stands in its circle
 * @property {string} formula  of its value; {0} and {1} stand for its inputs
 * @property {string[]} slopes  formulas of its local derivatives, one for each input; {out} stands
 *   for its value
 * @property {number | string} [constant]  the number of a gate that has one
 */

/**
 * @typedef {object} Node
 * @property {string} name
 * @property {number | string} value  of an input
 * @property {Gate | null} gate  null for an input
 * @property {number[]} parents  indices of earlier nodes
 * @property {boolean} needed  whether the output depends on it
 * @property {number} column  where it stands, as do `row` and `lanes`; see arrange in picture.js
 * @property {number} row
 * @property {[number, number][][]} lanes  for each input the places [column, row] that its wire
 *   goes through
 */

/**
 * @typedef {[number, number]} Wire  the gate that it goes into, and into which of the gate's inputs
 * @typedef {{phase: "forward" | "start" | "backward", node: number}} Step
 * @typedef {{to: number, product: number, before: number, total: number, again: boolean}} Share
 * @typedef {{values: number[], locals: number[][], shares: Share[][], grads: number[]}} Result
 * @typedef {{known: Set<number>, totals: Map<number, number>, arrived: Map<number, number>,
 *   delivered: Set<number>, step: Step | null}} Moment
 */

/** @param {number} a */
const sigma = a => 0.5 * (1 + Math.tanh(0.5 * a));

/**
 * Each kind of gate: its value, and its local derivative by each input; c is the number of a gate
 * that has one.
 * @type {Record<string, {f: (c: number, a: number, b: number) => number, 
 *   local: (c: number, a: number, b: number) => number[]}>}
 */
export const GATES = {
  add: { f: (c, a, b) => a + b, local: () => [1, 1] },
  sub: { f: (c, a, b) => a - b, local: () => [1, -1] },
  mul: { f: (c, a, b) => a * b, local: (c, a, b) => [b, a] },
  div: { f: (c, a, b) => a / b, local: (c, a, b) => [1 / b, -a / b ** 2] },
  max: { f: (c, a, b) => Math.max(a, b), local: (c, a, b) => [Number(a >= b), Number(a < b)] },
  exp: { f: (c, a) => Math.exp(a), local: (c, a) => [Math.exp(a)] },
  log: { f: (c, a) => Math.log(a), local: (c, a) => [1 / a] },
  inverse: { f: (c, a) => 1 / a, local: (c, a) => [-1 / a ** 2] },
  sigma: { f: (c, a) => sigma(a), local: (c, a) => [sigma(a) * (1 - sigma(a))] },
  tanh: { f: (c, a) => Math.tanh(a), local: (c, a) => [1 - Math.tanh(a) ** 2] },
  relu: { f: (c, a) => Math.max(a, 0), local: (c, a) => [Number(a > 0)] },
  sin: { f: (c, a) => Math.sin(a), local: (c, a) => [Math.cos(a)] },
  cos: { f: (c, a) => Math.cos(a), local: (c, a) => [-Math.sin(a)] },
  plus: { f: (c, a) => a + c, local: () => [1] },
  times: { f: (c, a) => c * a, local: c => [c] },
  power: { f: (c, a) => a ** c, local: (c, a) => [c ? c * a ** (c - 1) : 0] },
};

/**
 * The steps of the walk: every gate forward, ∂f/∂f = 1, and every gate that the output depends on
 * back.
 * @param {Node[]} nodes
 * @returns {Step[]}
 */
export function stepsOf(nodes) {
  const gates = nodes.map((node, i) => i).filter(i => nodes[i].gate);
  const back = gates.filter(i => nodes[i].needed).reverse();
  /** @param {Step["phase"]} phase @returns {(node: number) => Step} */
  const step = phase => node => ({ phase, node });
  const start = step("start")(nodes.length - 1);
  return [...gates.map(step("forward")), start, ...back.map(step("backward"))];
}

/**
 * Every number of the walk.
 * @param {Node[]} nodes
 * @param {Record<string, number>} inputs  by name; a node's own value where it is missing
 * @returns {Result}
 *   locals[i][k] is ∂node i/∂its k-th input; shares[i][k] is what that input gets:
 *   {to, product = local · upstream, before, total = before + product}
 */
export function run(nodes, inputs) {
  /** @type {number[]} */
  const values = [];
  /** @type {number[][]} */
  const locals = [];
  /** @type {Share[][]} */
  const shares = nodes.map(() => []);
  nodes.forEach((node, i) => {
    if (!node.gate) { values[i] = inputs[node.name] ?? Number(node.value); locals[i] = []; return; }
    const { f, local } = GATES[node.gate.kind], c = Number(node.gate.constant);
    const [a, b] = node.parents.map(p => values[p]);
    values[i] = f(c, a, b);
    locals[i] = local(c, a, b);
  });
  const grads = nodes.map(() => 0), reached = nodes.map(() => false);
  grads[nodes.length - 1] = 1;                                          // ∂f/∂f
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (!nodes[i].gate || !nodes[i].needed) continue;
    nodes[i].parents.forEach((to, k) => {
      const product = locals[i][k] * grads[i], before = grads[to];      // local · upstream
      grads[to] = before + product;                                     // gradients add where a value is used again
      shares[i][k] = { to, product, before, total: grads[to], again: reached[to] };
      reached[to] = true;
    });
  }
  return { values, locals, shares, grads };
}

/**
 * What is known once `position` steps have been taken: values, gradients so far, and how many
 * shares have arrived.
 * @param {Node[]} nodes
 * @param {Step[]} steps
 * @param {Result} result
 * @param {number} position
 * @returns {Moment} totals and arrived by node; delivered: gates that have handed their shares on
 */
export function moment(nodes, steps, result, position) {
  const known = new Set(nodes.map((node, i) => i).filter(i => !nodes[i].gate));
  const totals = new Map(), arrived = new Map(), delivered = new Set();
  for (const { phase, node } of steps.slice(0, position)) {
    if (phase === "forward") known.add(node);
    if (phase === "start") totals.set(node, 1);
    if (phase !== "backward") continue;
    delivered.add(node);
    for (const { to, total } of result.shares[node]) {
      totals.set(to, total);
      arrived.set(to, (arrived.get(to) ?? 0) + 1);
    }
  }
  return { known, totals, arrived, delivered, step: position ? steps[position - 1] : null };
}

/**
 * The wires that leave each node towards the output.
 * @param {Node[]} nodes
 * @returns {Wire[][]} for each node
 */
export function usesOf(nodes) {
  /** @type {Wire[][]} */
  const uses = nodes.map(() => []);
  nodes.forEach((node, i) => { if (node.needed) node.parents.forEach((p, k) => uses[p].push([i, k])); });
  return uses;
}

/**
 * All ways from a node to the output, each a list of wires, as long as there are at most `most`;
 * and how many there are.
 * @param {Node[]} nodes
 * @param {number} start
 * @param {number} [most]
 */
export function pathsFrom(nodes, start, most = 6) {
  const uses = usesOf(nodes), last = nodes.length - 1, count = nodes.map(() => 0);
  /** @type {Wire[][]} */
  const paths = [];
  count[last] = 1;
  for (let i = last; i >= 0; i--) if (nodes[i].needed) nodes[i].parents.forEach(p => { count[p] += count[i]; });
  /** @param {number} node @param {Wire[]} path */
  const walk = (node, path) => {
    if (node === last) paths.push(path);
    else uses[node].forEach(([gate, k]) => walk(gate, [...path, [gate, k]]));
  };
  if (count[start] <= most) walk(start, []);
  return { paths, count: count[start] };
}

/**
 * Every wire on a way from a node to the output, as keys "gate#input".
 * @param {Node[]} nodes
 * @param {number} start
 */
export function wiresFrom(nodes, start) {
  const uses = usesOf(nodes), todo = [start], seen = new Set();
  /** @type {Set<string>} */
  const found = new Set();
  while (todo.length) {
    const node = /** @type {number} */ (todo.pop());
    if (seen.has(node)) continue;
    seen.add(node);
    for (const [gate, k] of uses[node]) { found.add(`${gate}#${k}`); todo.push(gate); }
  }
  return found;
}
