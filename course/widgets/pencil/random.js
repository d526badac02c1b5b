// Numbers drawn from a seed, the same on every computer.

/** Numbers from 0 to 1, without 1 (mulberry32). @param {number} seed @returns {() => number} */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A number that can be written with a pencil: of one decimal, up to `most` in size. Neither 0
 *   nor 1:
 * nobody would see that such a factor was forgotten.
 * @param {() => number} random
 * @param {number} most
 */
export function pencilNumber(random, most) {
  let size = 1 + Math.floor(random() * Math.round(10 * most));
  if (size === 10) size = 9;
  return (random() < 0.5 ? -size : size) / 10;
}

/** How many numbers have the size of an earlier one. @param {number[]} numbers */
export const alike = (numbers) => numbers.length - new Set(numbers.map(Math.abs)).size;

/**
 * The best of many draws: the first that has nothing against it, or the one that has the least.
 * @template T
 * @param {(k: number) => {made: T, against: number}} draw
 * @param {number} [most]
 * @returns {T}
 */
export function bestOf(draw, most = 300) {
  let best = draw(0);
  for (let k = 1; k < most && best.against > 0; k++) {
    const other = draw(k);
    if (other.against < best.against) best = other;
  }
  return best.made;
}
