// Where everything stands in the picture of a network, in pixels.

export const CHIP = 22;                 // height of a box with one number
export const LINE = 18;                 // height of a line of numbers
export const STACK = CHIP + 1;          // from one box of a column to the next
const HEAD = 34;                        // height of the row of layer titles
/** @type {Record<number, number>} */
const ROOM = { 1: 170, 2: 150, 3: 150 };   // least height of a row of units, by the number of rows
const CROWD = { rows: 5, layers: 5 };   // a network with more of either is drawn small, most numbers on demand

const WIDEST = 440;                     // most pixels from one layer to the next

/** @typedef {{x: number, y: number}} Point  in pixels of the picture */

/**
 * The middle of the widest free part of an edge column where boxes keep `need` pixels apart, or
 * null.
 * @param {Point[]} from
 * @param {Point[]} to
 * @param {number} chip  half the width of a box, in pixels
 * @param {number} unit  half the width of a unit, in pixels
 * @param {number} need
 * @returns {number | null} as a share of the way between the columns
 */
function chipPosition(from, to, chip, unit, need) {
  const gap = to[0].x - from[0].x, free = (chip + unit + 7) / gap;
  /** @type {{t: number, room: number} | null} */
  let best = null;
  for (let t = free; t <= 1 - free; t += 0.005) {
    const ys = from.flatMap(a => to.map(b => a.y + (b.y - a.y) * t)).sort((a, b) => a - b);
    const room = Math.min(...ys.slice(1).map((y, i) => y - ys[i]), 70);
    if (room >= need && (!best || room > best.room + 0.5)) best = { t, room };
  }
  return best && best.t;
}

/**
 * Where everything stands.
 * @param {{sizes: number[], hasBias: boolean, digits: number, letter: number, charWidth: number, width: number,
 *   marked: boolean}} spec
 *   letter: width of the letters before a number in a unit; charWidth: of one digit; width: of the page; marked: whether
 *   gradients carry a tick or a cross
 */
export function layout({ sizes, hasBias, digits, letter, charWidth, width, marked }) {
  const rows = Math.max(...sizes), last = sizes.length - 1;
  const small = rows > CROWD.rows || sizes.length > CROWD.layers;
  const number = (digits + 4.7) * charWidth;                 // -0.008976 with 4 digits
  const half = small ? number / 2 + 6 : (number + letter + 16) / 2;   // half the width of a unit
  const round = !small && !hasBias && rows <= 3 && half <= 66;   // with biases a flat pill: the page has 680 pixels
  const tall = small ? CHIP / 2 + 2 : round ? half : LINE + 3;        // half its height: a circle, or a flat pill
  const above = small ? 4 : hasBias ? CHIP + 6 : 20;
  const below = small ? CHIP : (hasBias ? 3 : 2) * STACK + 4;
  const row = small ? Math.max(2 * tall + below + 10, Math.min(120, 430 / rows))
    : Math.max(ROOM[rows] ?? 0, above + 2 * tall + below + 6);
  const chip = (digits + (marked ? 9 : 7)) * charWidth / 2 + 8;       // half the width of a gradient's box
  const left = half + 14, right = half + 2 * chip + 20;
  const gapLeast = 2 * half + (small ? 1.7 : 2) * chip + 18;
  /** @param {number} k */
  const rise = k => Array.from({ length: sizes[k] }, (_, i) => (i - (sizes[k] - 1) / 2) * row);
  /** @param {number} gap */
  const found = gap => sizes.slice(1).map((_, k) => (small ? null : chipPosition(
    rise(k).map(y => ({ x: 0, y })), rise(k + 1).map(y => ({ x: gap, y })), chip, half, 2 * STACK + 1)));
  /** @param {(number | null)[]} columns */
  const places = columns => columns.filter(t => t !== null).length;
  // as wide as the page; wider, where that gives the numbers of more weights a place
  let gap = Math.max(gapLeast, Math.min(WIDEST, (width - left - right) / last));
  if (rows <= 3 && places(found(WIDEST)) > places(found(gap))) {
    while (places(found(gap)) < places(found(WIDEST))) gap = Math.min(WIDEST, gap + 10);
  }
  const total = Math.max(width, left + last * gap + right);
  const start = left + (total - left - right - gap * last) / 2;
  const height = HEAD + rows * row;
  const units = sizes.map((n, k) => Array.from({ length: n }, (_, i) => ({
    x: start + k * gap,
    y: HEAD + (height - HEAD) / 2 + (i - (n - 1) / 2) * row + (above - below) / 2,
  })));
  const columns = found(gap);
  const end = start + last * gap + half + 18 + chip;
  const lowest = units[last][sizes[last] - 1].y;
  const drop = sizes[last] === 1 ? 62 : Math.min(62, row - CHIP * 2);
  return { units, columns, half, chip, tall, above, row, width: total, height, round, small, target: end,
           error: { x: end, y: small ? lowest + 26 : lowest + drop } };
}
