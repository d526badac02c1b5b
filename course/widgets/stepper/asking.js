// A step of the walk through a network as a question.
import { question } from "../pencil/slips.js";
import { askBackward } from "./asking_backward.js";
import { askForward } from "./asking_forward.js";
import { groundOf } from "./ground.js";
import { numberName } from "./numbers.js";
import { symbolHtml } from "./text.js";

/**
 * The question that a step is; null where the answer is no number, or one of several.
 * @param {import("./ground.js").Ground} given
 * @param {import("./words.js").Step} step
 */
export function askNetwork(given, step) {
  const ground = groundOf(given, step);
  const { notation, digits, activations, kind, k, j, E, v, unit } = ground;
  // at the corner of a ReLU any slope from 0 to 1 is right
  const corner = kind === "dz" && activations[k - 1] === "relu" && v(`z${k}[${j}]`) === 0;
  if (!Number.isFinite(v(step.key)) || corner) return null;
  const made = { ...askForward(ground), ...askBackward(ground) }[kind]();
  const gradient = /^d[yzWb]/.test(step.key),
    what = /^(d?)([zy])/.exec(kind);
  const name =
    kind === "div"
      ? `the loss ${E}`
      : what
        ? `${what[2] === "z" ? notation.z : notation.y} of ${unit(k, j)}, layer ${k}`
        : numberName(step.key.slice(1));
  const html = symbolHtml(notation.symbols[step.key], true),
    colour = gradient ? "bp-g" : kind === "div" ? "bp-e" : "bp-v";
  return question({
    key: step.key,
    digits,
    ...made,
    symbol: `<span class="bp-sym ${colour}">${html}</span>`,
    name: gradient ? `the gradient with respect to ${name}` : name,
    hints: [step.words, ...made.hints],
  });
}
