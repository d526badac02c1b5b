// A computation graph forward and back. No drawing, no state: numbers in, numbers out. The gates are those of course/graph.py.
// A node is { name, value, gate, parents, needed }; parents are indices of earlier nodes, gate is null for an input.

const sigma = a => 0.5 * (1 + Math.tanh(0.5 * a));

/** Each kind of gate: its value, and its local derivative by each input; c is the number of a gate that has one. */
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

/** The steps of the walk: every gate forward, ∂f/∂f = 1, and every gate that the output depends on back. */
export function stepsOf(nodes) {
  const gates = nodes.map((node, i) => i).filter(i => nodes[i].gate);
  const back = gates.filter(i => nodes[i].needed).reverse();
  return [...gates.map(node => ({ phase: "forward", node })), { phase: "start", node: nodes.length - 1 },
    ...back.map(node => ({ phase: "backward", node }))];
}

/**
 * Every number of the walk.
 * @param {object[]} nodes
 * @param {Object<string, number>} inputs by name; a node's own value where it is missing
 * @returns {{values: number[], locals: number[][], shares: object[][], grads: number[]}}
 *   locals[i][k] is ∂node i/∂its k-th input; shares[i][k] is what that input gets:
 *   {to, product = local · upstream, before, total = before + product}
 */
export function run(nodes, inputs) {
  const values = [], locals = [], shares = nodes.map(() => []);
  nodes.forEach((node, i) => {
    if (!node.gate) { values[i] = inputs[node.name] ?? Number(node.value); locals[i] = []; return; }
    const { f, local } = GATES[node.gate.kind], c = Number(node.gate.constant), into = node.parents.map(p => values[p]);
    values[i] = f(c, ...into);
    locals[i] = local(c, ...into);
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

/** What is known once `position` steps have been taken: values, gradients so far, and how many shares have arrived. */
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

/** The wires that leave each node towards the output: a list of [gate, number of the input] for each node. */
export function usesOf(nodes) {
  const uses = nodes.map(() => []);
  nodes.forEach((node, i) => { if (node.needed) node.parents.forEach((p, k) => uses[p].push([i, k])); });
  return uses;
}

/** All ways from a node to the output, each a list of wires, as long as there are at most `most`; and how many there are. */
export function pathsFrom(nodes, start, most = 6) {
  const uses = usesOf(nodes), last = nodes.length - 1, count = nodes.map(() => 0), paths = [];
  count[last] = 1;
  for (let i = last; i >= 0; i--) if (nodes[i].needed) nodes[i].parents.forEach(p => { count[p] += count[i]; });
  const walk = (node, path) => {
    if (node === last) paths.push(path);
    else uses[node].forEach(([gate, k]) => walk(gate, [...path, [gate, k]]));
  };
  if (count[start] <= most) walk(start, []);
  return { paths, count: count[start] };
}

/** Every wire on a way from a node to the output, as keys "gate#input". */
export function wiresFrom(nodes, start) {
  const uses = usesOf(nodes), found = new Set(), todo = [start], seen = new Set();
  while (todo.length) {
    const node = todo.pop();
    if (seen.has(node)) continue;
    seen.add(node);
    for (const [gate, k] of uses[node]) { found.add(`${gate}#${k}`); todo.push(gate); }
  }
  return found;
}
