// Pencil mode: the next number is not told but asked for. What both steppers share: the toggle
// in the bar, the question
// in the place of the explanation, hints, and the score. What is asked and what is said of an
// answer: slips.js.
import { show } from "../common/numbers.js";
import { make } from "../common/walk.js";
import { readSum } from "./reading.js";
import { judge } from "./slips.js";
import { begun, counted, found, frontier, kept } from "./state.js";

/** @typedef {import("./slips.js").Question} Question */

/**
 * The stepper that asks.
 * @typedef {object} Host
 * @property {Model} model  its trait `pencil` keeps everything
 * @property {HTMLElement} root
 * @property {HTMLElement} bar  that the toggle is put into
 * @property {HTMLElement} panel  in whose place the question stands
 * @property {() => void} save  what was set to Python
 * @property {() => void} stop  playing
 * @property {() => number} total  how many steps there are
 * @property {() => number} position
 * @property {(k: number) => void} move  to a position, whatever is asked
 * @property {() => string} numbers  those that are shown, to tell them from others
 * @property {(step: number) => Question[]} questions  of a step, counted from 0; none where
 *   there is nothing to ask
 * @property {(seed: number) => boolean} fresh  put in other numbers, at the start of the
 *   walk; whether
 *   nothing is saturated and four digits are enough
 * @property {(words: string) => void} say  aloud
 */

/** @type {Record<string, string>} */
const HOW = { first: "right at first", helped: "right after help", shown: "shown" };
const TOOLS = "Type a number, or a product such as 0.9 · −0.31, then Enter.";

/**
 * Put the pencil into a stepper.
 * @param {Host} host
 */
export function pencil({
  model,
  root,
  bar,
  panel,
  save,
  stop,
  total,
  position,
  move,
  numbers,
  questions,
  fresh,
  say,
}) {
  const toggle = make(
    bar,
    "button",
    {
      type: "button",
      class: "bp-pencil-toggle",
      "aria-pressed": "false",
      title: "find each number yourself, before it is shown",
    },
    "Pencil",
  );
  bar.querySelector(".bp-reset")?.before(toggle);
  const sheet = make(panel, "div", { class: "bp-pencil", role: "group", "aria-label": "Pencil" });
  const head = make(sheet, "div", { class: "bp-pencil-head" });
  const line = make(head, "span", { class: "bp-pencil-asked" });
  const score = make(head, "span", { class: "bp-pencil-score" });
  const row = make(sheet, "div", { class: "bp-pencil-row" });
  const input = make(row, "input", {
    type: "text",
    class: "bp-pencil-input",
    "aria-label": "a number or a product",
    maxlength: 200,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
  });
  const comes = make(row, "output", { class: "bp-pencil-comes" });
  const check = make(row, "button", { type: "button", class: "bp-pencil-check" }, "Check");
  const hint = make(row, "button", { type: "button", class: "bp-pencil-hint" }, "Hint");
  const other = make(
    row,
    "button",
    { type: "button", class: "bp-pencil-fresh", "aria-label": "Fresh numbers" },
    'Fresh<span class="bp-wide"> numbers</span>',
  );
  const words = make(sheet, "div", { class: "bp-pencil-said" });
  let said = TOOLS,
    kind = "";

  const state = () => kept(model.get("pencil"));
  /** @param {import("./state.js").Kept} next */
  const keep = (next) => {
    model.set("pencil", next);
    save();
  };
  /** @param {number} step */
  const asks = (step) => questions(step).map(({ key }) => key);

  /**
   * What is asked now, the last one of a step that is done, or nothing where there is nothing
   * to ask.
   */
  function current() {
    if (position() >= total()) return null;
    const all = questions(position()),
      { done } = state();
    return all.find(({ key }) => !done[key]) ?? all[all.length - 1] ?? null;
  }
  const asking = () => state().on;
  /** @param {string} text @param {string} what */
  const tell = (text, what) => {
    said = text;
    kind = what;
    words.textContent = text;
    words.dataset.kind = what;
  };

  /** @param {string} before  what was just said */
  function next(before) {
    const asked = current();
    if (asked && state().done[asked.key]) move(position() + 1);
    const now = current();
    say(`${before} ${now && !state().done[now.key] ? `Next: ${now.name}.` : ""}`.trim());
  }

  function answer() {
    const asked = current();
    if (!asked || state().done[asked.key]) {
      // done before, or nothing to ask: on
      move(Math.min(total(), position() + 1));
      return;
    }
    const told = judge(asked, input.value),
      right = told.kind === "right";
    tell(told.words, told.kind);
    if (right) {
      keep(found(state(), asked.key, false));
      next(told.words);
    } else {
      if (!["unread", "digits"].includes(told.kind)) keep(counted(state(), "missed", asked.key));
      say(told.words);
    }
    update();
  }

  function help() {
    const asked = current();
    if (!asked || state().done[asked.key]) return;
    const given = state().hints[asked.key] ?? 0;
    if (given < asked.hints.length) {
      tell(`Hint ${given + 1} of ${asked.hints.length}: ${asked.hints[given]}`, "hint");
      keep(counted(state(), "hints", asked.key));
      say(said);
    } else {
      tell(`Shown: ${show(asked.value, asked.digits)}.`, "shown");
      keep(found(state(), asked.key, true));
      next(said);
      if (current()) input.focus({ preventScroll: true });
    }
    update();
  }

  /** Show the state: everything but what was just said. */
  function update() {
    let now = state();
    root.classList.toggle("bp-asking", now.on);
    toggle.setAttribute("aria-pressed", String(now.on));
    sheet.hidden = !now.on;
    if (!now.on) return;
    if (now.of !== numbers()) {
      if (now.of) tell(TOOLS, "");
      model.set("pencil", begun(now, numbers(), position()));
      now = state();
    }
    const asked = current();
    const over = position() >= total(),
      how = asked ? now.done[asked.key] : undefined;
    const { first, helped, shown } = now.score;
    score.innerHTML = `right at first <b>${first}</b> · after help <b>${helped}</b> · shown <b>${shown}</b>`;
    const place = over ? "" : `<span class="bp-pencil-step">step ${position() + 1}</span>`;
    const value = asked && how ? show(asked.value, asked.digits) : "?";
    const symbol = asked
      ? `${asked.symbol} = <b>${value}</b>`
      : over
        ? "The end of the walk."
        : "Nothing is asked here.";
    const html = `${place}${symbol}${how ? ` <small>${HOW[how]}</small>` : ""}`;
    if (line.innerHTML !== html) line.innerHTML = html;
    const typed = asked ? (now.typed[asked.key] ?? "") : "";
    if (input.value !== typed) input.value = typed;
    input.readOnly = !asked || Boolean(how);
    input.setAttribute(
      "aria-label",
      asked
        ? `${asked.name}${how ? `: ${value}, ${HOW[how]}` : ", a number or a product"}`
        : "nothing is asked",
    );
    input.setAttribute(
      "aria-invalid",
      String(
        ["slip", "several", "near", "factor", "wrong", "unread"].includes(kind) &&
          Boolean(typed) &&
          !how,
      ),
    );
    const read = readSum(typed);
    comes.textContent =
      asked && !("problem" in read) && !read.figures
        ? `= ${show(read.value, asked.digits + 2)}`
        : "";
    check.textContent = asked && !how ? "Check" : "Next";
    check.disabled = over;
    const given = asked ? (now.hints[asked.key] ?? 0) : 0;
    hint.textContent = asked && given >= asked.hints.length ? "Show" : "Hint";
    hint.disabled = !asked || Boolean(how);
    if (over)
      tell(
        now.from >= total()
          ? "Every number is there. Fresh numbers, or Reset: then each is asked for."
          : "Every number of the walk is found. Fresh numbers begin a new one.",
        "",
      );
    if (words.textContent !== said) tell(said, kind);
  }

  const begin = () => {
    const now = state(),
      on = !now.on;
    stop();
    tell(TOOLS, "");
    keep(
      on && now.of !== numbers() ? { ...begun(now, numbers(), position()), on } : { ...now, on },
    );
    update();
    const asked = current();
    say(
      on
        ? `Pencil. ${asked ? `Asked for: ${asked.name}. Type a number or a product.` : words.textContent}`
        : "Pencil off.",
    );
    if (on) (asked ? input : other).focus({ preventScroll: true });
  };
  toggle.addEventListener("click", begin);
  check.addEventListener("click", answer);
  hint.addEventListener("click", help);
  other.addEventListener("click", () => {
    const now = state(),
      seed = now.seed + 1;
    stop();
    const easy = fresh(seed);
    keep({ ...begun(now, numbers(), 0), seed });
    tell(
      easy
        ? "Fresh numbers. Nothing is saturated, and four digits are enough."
        : "Fresh numbers, the best of many draws. Some are very small all the same.",
      "",
    );
    update();
    next(said);
    input.focus({ preventScroll: true });
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // arrows and Home move in the text, not in the walk
    if (event.key === "Enter") {
      answer();
      event.preventDefault();
    }
    if (event.key === "Escape") root.focus({ preventScroll: true });
  });
  input.addEventListener("input", () => {
    const asked = current();
    if (!asked || state().done[asked.key]) return;
    if (!["hint", "right"].includes(kind)) tell("", "");
    const now = state();
    keep({ ...now, typed: { ...now.typed, [asked.key]: input.value } });
  });

  return {
    update,
    asking,
    /** What is asked, aloud, in place of the step that was taken. */
    aloud() {
      const asked = current(),
        how = asked ? state().done[asked.key] : undefined;
      if (!asked) return position() >= total() ? "The end of the walk." : "Nothing is asked here.";
      const value = how
        ? `: ${show(asked.value, asked.digits)}, ${HOW[how]}.`
        : ", a number or a product.";
      return `Step ${position() + 1} of ${total()}. ${how ? "" : "Asked for: "}${asked.name}${value}`;
    },
    /**
     * Where a move may go: not past a number that is asked for.
     * @param {number} k
     */
    limit(k) {
      if (!asking() || k <= position()) return k;
      const far = frontier(state(), position(), total(), asks);
      if (k <= far) return k;
      stop();
      tell("This number is yours to find. A hint helps, if you want one.", "");
      say(said);
      input.focus({ preventScroll: true });
      return far;
    },
    /** Back at the start: the score begins anew. */
    reset() {
      if (!asking()) return;
      keep({ ...kept({}), on: true, seed: state().seed, of: numbers() });
      tell(TOOLS, "");
    },
    /**
     * What stands in the picture for the numbers of the step that is asked for, and whether the
     * numbers that it uses may be pointed out.
     */
    marks() {
      if (!asking() || position() >= total()) return null;
      const now = state(),
        all = questions(position()),
        open = current();
      const texts = new Map(
        all.map(({ key, value, digits }) => {
          const read = readSum(now.typed[key] ?? "");
          const mine = "problem" in read ? "?" : `${show(read.value, digits)} ?`;
          return [key, now.done[key] ? show(value, digits) : key === open?.key ? mine : ""];
        }),
      );
      return { texts, hinted: open ? (now.hints[open.key] ?? 0) > 0 : false };
    },
  };
}
