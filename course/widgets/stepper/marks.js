// Which units stand still: saturated, dead, vanished. The same rules as course/plots/network_marks.py.

const FLAT = 0.01;      // below this slope a unit counts as saturated
const FADED = 1000;     // so many times smaller than the largest gradient at the output: vanished; larger: exploded

/** @type {Record<string, string>} */
const MEANING = {
  dead: "the slope is 0 and nothing comes back through it",
  saturated: `slope below ${FLAT}`,
  "no gradient": "nothing comes back",
  vanished: `gradient over ${FADED} times smaller than at the output`,
  exploded: `gradient over ${FADED} times larger than at the output`,
};

/**
 * @typedef {import("./math.js").Numbers} Numbers
 * @typedef {import("./words.js").Moment} Moment
 */

/**
 * What is to be said of each unit, from the numbers that are known.
 * @param {{sizes: number[], activations: string[], values: Numbers, slopes: Numbers, known:
 *   Set<string>}} moment
 * @returns {Map<string, string[]>} "k,i" -> words
 */
export function unitMarks({ sizes, activations, values, slopes, known }) {
  const last = sizes.length - 1, found = new Map();
  const start = Math.max(...Array.from({ length: sizes[last] }, (_, i) => Math.abs(values[`dy${last}[${i}]`])));
  for (let k = 1; k <= last; k++) {
    for (let i = 0; i < sizes[k]; i++) {
      const words = [], slope = slopes[`y${k}[${i}]`], size = Math.abs(values[`dz${k}[${i}]`]);
      if (known.has(`y${k}[${i}]`)) {
        if (activations[k - 1] === "relu" && slope === 0) words.push("dead");
        else if (Math.abs(slope) < FLAT) words.push("saturated");
      }
      if (known.has(`dz${k}[${i}]`) && Number.isFinite(start) && start > 0) {
        if (size === 0) words.push(...(words.includes("dead") ? [] : ["no gradient"]));
        else if (size * FADED < start) words.push("vanished");
        else if (size > start * FADED) words.push("exploded");
      }
      if (words.length) found.set(`${k},${i}`, words);
    }
  }
  return found;
}

/**
 * The marks in sentences, an overflow first; "" where there is nothing to say.
 * @param {Pick<Moment, "sizes" | "values" | "known" | "walk" | "marks" | "unitName">} moment
 */
export function notice({ sizes, values, known, walk, marks, unitName }) {
  const broken = walk.findIndex(({ key }) => known.has(key) && !Number.isFinite(values[key]));
  /** @param {number} value */
  const text = value => (Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");
  const said = broken < 0 ? []
    : [`The numbers overflow: step ${broken + 1} gives ${text(values[walk[broken].key])}. Nothing after it can be trusted.`];
  for (const [word, meaning] of Object.entries(MEANING)) {
    const where = [];
    for (let k = 1; k < sizes.length; k++) {
      const units = Array.from({ length: sizes[k] }, (_, i) => i).filter(i => marks.get(`${k},${i}`)?.includes(word));
      if (units.length === sizes[k]) where.push(`all of layer ${k}`);
      else if (units.length) where.push(`${units.map(i => unitName(k, i)).join(", ")} of layer ${k}`);
    }
    if (where.length) said.push(`${word[0].toUpperCase()}${word.slice(1)}: ${where.join("; ")} (${meaning}).`);
  }
  return said.join(" ");
}
