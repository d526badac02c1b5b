// The numbers that can be changed in the picture: where they are kept, and what they are called.
import { parseKey } from "./math.js";

/** @typedef {{weights: number[][][], biases: number[][] | null, x: number[], d: number[]}} Given */

/**
 * The numbers of the model by key: reading one, and the trait with one of them replaced.
 * @param {Model} model
 */
export function numbersOf(model) {
  /** @type {Record<string, string>} */
  const traits = { W: "weights", b: "biases", x: "x", d: "d" };
  /** @param {string} name */
  const trait = name => traits[name];
  return {
    /** @param {string} key @returns {number} */
    get(key) {
      const [name, layer, index] = parseKey(key), array = model.get(trait(name));
      return name === "W" ? array[layer - 1][index[0]][index[1]] : name === "b" ? array[layer - 1][index[0]] : array[index[0]];
    },
    /** @param {string} key @param {number} value */
    set(key, value) {
      const [name, layer, index] = parseKey(key), copy = structuredClone(model.get(trait(name)));
      if (name === "W") copy[layer - 1][index[0]][index[1]] = value;
      else if (name === "b") copy[layer - 1][index[0]] = value;
      else copy[index[0]] = value;
      model.set(trait(name), copy);
    },
    /** @returns {Given} */
    all: () => /** @type {any} */ (
      Object.fromEntries(Object.values(traits).map(name => [name, model.get(name)]))),
  };
}

/** What a number is called aloud. @param {string} key @returns {string} */
export function numberName(key) {
  const [kind, layer, index] = parseKey(key), at = index.map(i => i + 1).join(" to ");
  /** @type {Record<string, string>} */
  const names = {
    W: `weight ${at}, layer ${layer}`,
    b: `bias ${at}, layer ${layer}`,
    x: `input ${at}`,
    d: `target ${at}`,
  };
  return names[kind];
}
