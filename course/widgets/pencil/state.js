// What is kept of a pencil walk, in one trait: what was asked, typed, found, and how. Pure: a
// state in, a state out.

/**
 * @typedef {"first" | "helped" | "shown"} How  a number came about
 * @typedef {object} Kept
 * @property {boolean} on
 * @property {number} seed  of the fresh numbers; 0 before the first
 * @property {string} of  the numbers that it belongs to
 * @property {number} from  the step at which asking began
 * @property {Record<string, How>} done  by question
 * @property {Record<string, number>} hints  how many were given
 * @property {Record<string, number>} missed  how many answers were wrong
 * @property {Record<string, string>} typed
 * @property {Record<How, number>} score
 */

/** @type {Kept} */
const EMPTY = {
  on: false,
  seed: 0,
  of: "",
  from: 0,
  done: {},
  hints: {},
  missed: {},
  typed: {},
  score: { first: 0, helped: 0, shown: 0 },
};

/** What a trait holds, completed. @param {Partial<Kept>} trait @returns {Kept} */
export const kept = (trait) => ({ ...EMPTY, ...trait });

/**
 * The same for other numbers: nothing of them is found yet. The score stays.
 * @param {Kept} state
 * @param {string} numbers
 * @param {number} position
 * @returns {Kept}
 */
export const begun = (state, numbers, position) => ({
  ...state,
  of: numbers,
  from: position,
  done: {},
  hints: {},
  missed: {},
  typed: {},
});

/**
 * A question that is done, and counted once.
 * @param {Kept} state
 * @param {string} key
 * @param {boolean} shown  whether the stepper told it
 * @returns {Kept}
 */
export function found(state, key, shown) {
  if (state.done[key]) return state;
  const helped = (state.hints[key] ?? 0) + (state.missed[key] ?? 0) > 0;
  const how = shown ? "shown" : helped ? "helped" : "first";
  return {
    ...state,
    done: { ...state.done, [key]: how },
    score: { ...state.score, [how]: state.score[how] + 1 },
  };
}

/** @param {Kept} state @param {"hints" | "missed"} what @param {string} key @returns {Kept} */
export const counted = (state, what, key) => ({
  ...state,
  [what]: { ...state[what], [key]: (state[what][key] ?? 0) + 1 },
});

/**
 * How far one may go on: to the first step whose numbers are not found.
 * @param {Kept} state
 * @param {number} position
 * @param {number} total
 * @param {(step: number) => string[]} asks  the keys of the questions of a step
 */
export function frontier(state, position, total, asks) {
  let step = Math.max(state.from, position);
  while (step < total && asks(step).every((key) => state.done[key])) step++;
  return step;
}
