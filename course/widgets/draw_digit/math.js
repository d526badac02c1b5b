// What the digit pad computes: strokes to pixels, the way MNIST centres a digit, and the network's forward pass.
// course/widgets/draw_digit.py does the same with numpy; the tests hold the two against each other.

export const SIDE = 28;
const RADIUS = 1.05; // of the pen, in pixels of the 28 × 28 image
const SOFT = 1.1; // how many pixels wide the edge of a line is
const BOX = 20; // MNIST's digits fit a box of 20 × 20
const LARGEST = 4; // a dot is not blown up to a ball

/**
 * Distance from the point (x, y) to the segment (ax, ay)-(bx, by).
 * @param {number} x
 * @param {number} y
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 */
function distance(x, y, ax, ay, bx, by) {
  const dx = bx - ax,
    dy = by - ay,
    length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

/**
 * Ink of 784 pixels, 0 to 1, row by row.
 * @param {number[][]} strokes each [x0, y0, x1, y1, …] in pixels, (0, 0) the upper left corner of the image
 */
export function ink(strokes) {
  const pixels = new Float64Array(SIDE * SIDE),
    reach = RADIUS + SOFT / 2;
  for (const s of strokes) {
    for (let k = 0; k + 1 < s.length; k += 2) {
      const ax = s[k],
        ay = s[k + 1],
        last = k + 3 >= s.length;
      if (last && k > 0) continue;
      const bx = last ? ax : s[k + 2],
        by = last ? ay : s[k + 3];
      const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach)),
        right = Math.min(SIDE - 1, Math.ceil(Math.max(ax, bx) + reach));
      const top = Math.max(0, Math.floor(Math.min(ay, by) - reach)),
        bottom = Math.min(SIDE - 1, Math.ceil(Math.max(ay, by) + reach));
      for (let r = top; r <= bottom; r++) {
        for (let c = left; c <= right; c++) {
          const amount = (reach - distance(c + 0.5, r + 0.5, ax, ay, bx, by)) / SOFT;
          pixels[r * SIDE + c] = Math.max(pixels[r * SIDE + c], Math.min(1, Math.max(0, amount)));
        }
      }
    }
  }
  return pixels;
}

/**
 * The strokes as MNIST would have them: in a box of 20 × 20, their centre of mass in the middle of
 * the image.
 * @param {number[][]} strokes  as `ink` takes them
 * @returns {number[][]}
 */
export function normalise(strokes) {
  const xs = strokes.flatMap((s) => s.filter((_, k) => k % 2 === 0)),
    ys = strokes.flatMap((s) => s.filter((_, k) => k % 2 === 1));
  if (!xs.length) return strokes;
  const low = [Math.min(...xs), Math.min(...ys)],
    high = [Math.max(...xs), Math.max(...ys)];
  const size = Math.max(high[0] - low[0], high[1] - low[1]);
  const scale = size ? Math.min(LARGEST, (BOX - 2 * RADIUS) / size) : 1;
  /** @param {number[]} s @param {number} dx @param {number} dy  in pixels */
  const move = (s, dx, dy) => s.map((v, k) => (k % 2 === 0 ? v + dx : v + dy));
  const boxed = strokes.map((s) =>
    s.map((v, k) => (v - (low[k % 2] + high[k % 2]) / 2) * scale + SIDE / 2),
  );
  const pixels = ink(boxed);
  let mass = 0,
    mx = 0,
    my = 0;
  pixels.forEach((p, k) => {
    mass += p;
    mx += p * ((k % SIDE) + 0.5);
    my += p * (Math.floor(k / SIDE) + 0.5);
  });
  return mass ? boxed.map((s) => move(s, SIDE / 2 - mx / mass, SIDE / 2 - my / mass)) : boxed;
}

/**
 * The activations of all layers, [x, a_1, …, a_L], of a network of logistic units.
 * @param {ArrayLike<number>} x
 * @param {number[]} sizes
 * @param {Float32Array} parameters W_1, b_1, W_2, b_2, … one after the other, W (from, to) row by row
 * @returns {ArrayLike<number>[]}
 */
export function forward(x, sizes, parameters) {
  const layers = [x];
  let at = 0;
  for (let l = 0; l + 1 < sizes.length; l++) {
    const [n, m] = [sizes[l], sizes[l + 1]],
      a = layers[l],
      z = new Float64Array(m);
    for (let j = 0; j < m; j++) z[j] = parameters[at + n * m + j];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) z[j] += a[i] * parameters[at + i * m + j];
    layers.push(z.map((v) => 1 / (1 + Math.exp(-v))));
    at += n * m + m;
  }
  return layers;
}
