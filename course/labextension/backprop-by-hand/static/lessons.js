// What a lesson's notebook says of itself and of the work done in it. Nothing else is asked, so nothing can disagree.

import { lastPlace, readPlace } from "./place.js";

const CHECK = /\bcheck\(\s*["']([^"']+)["']/;
/** What a lesson says of its first cell: on another page there is none. */
const HOW_TO_RUN = /Run the cells? with Shift\+Enter[^.]*\.\s*/;
const EMPTY = "YOUR ANSWER HERE";

/**
 * @typedef {object} Exercise
 * @property {string} name  as in `check("name", …)`; of a written question its title
 * @property {string} cell  the id of its cell
 * @property {boolean} written
 * @property {number} points  what it is worth
 * @property {"open" | "tried" | "done"} state
 * @property {number} got  points so far; of a written answer 0, since a person gives them
 * @property {string} when  the day of the check whose verdict is saved; "" where none is told
 */

/**
 * @typedef {{cells: Jupyter.Stored[]}} Notebook  as it is saved
 * @typedef {Jupyter.Stored & {source: string}} Cell  with its text in one piece
 */

/**
 * @typedef {object} Lesson
 * @property {string} path
 * @property {string} title
 * @property {string} about  one sentence
 * @property {number | null} minutes
 * @property {string[]} abilities  what one will be able to do, as Markdown
 * @property {string} needs
 * @property {Exercise[]} exercises
 * @property {{cell: string, heading: string, time: number} | null} place  where one was last
 * @property {number} due  questions of the lesson's end that come back now
 */

/**
 * @param {string} path  of the notebook
 * @param {Notebook} notebook
 * @param {Record<string, unknown>} [attempts]  attempts.json beside it
 * @param {Record<string, unknown>} [review]  review.json beside it
 * @returns {Lesson}
 */
export function readLesson(path, notebook, attempts = {}, review = {}) {
  const cells = notebook.cells.map(cell => ({ ...cell, source: joined(cell.source) }));
  const prose = cells.filter(cell => cell.cell_type === "markdown").map(cell => cell.source);
  const first = prose[0] ?? "", all = prose.join("\n\n");  // what it takes may stand below the first picture
  return {
    path,
    title: heading(first) ?? fileOf(path).replace(/\.ipynb$/, ""),
    about: paragraph(first),
    minutes: Number(/\*\*Time\*\*\D*(\d+)\s*min/.exec(all)?.[1]) || null,
    abilities: abilities(all),
    needs: one(/\*\*You need\*\*\s+([\s\S]*?)(?:\n\n|$)/.exec(all)?.[1] ?? ""),
    exercises: cells.flatMap((cell, k) => exercise(cell, cells, k, attempts)),
    place: placeIn(path, cells),
    due: Object.values(review).filter(isDue).length,
  };
}

const DAY = /^\d{4}-\d\d-\d\d/;

/** Whether a question was answered wrongly once and comes back today, by this computer's calendar. @param {unknown} entry */
function isDue(entry) {
  const { card } = /** @type {{card?: {due?: unknown}}} */ (entry ?? {});
  const due = DAY.exec(String(card?.due ?? ""))?.[0]; // the day alone counts: Python keeps noon of it
  return due !== undefined && due <= today();
}

/** This day, as 2026-11-30. */
function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(part => String(part).padStart(2, "0")).join("-");
}

/**
 * How far one is.
 *
 * @param {Lesson} lesson
 */
export function progress({ exercises }) {
  const checks = exercises.filter(each => !each.written), written = exercises.filter(each => each.written);
  /** @param {Exercise[]} list */
  const done = list => list.filter(each => each.state === "done").length;
  /** @param {Exercise[]} list @param {"points" | "got"} key */
  const sum = (list, key) => Math.round(100 * list.reduce((total, each) => total + each[key], 0)) / 100;
  return {
    checks: checks.length, passed: done(checks), written: written.length, answered: done(written),
    points: sum(checks, "points"), got: sum(checks, "got"),
    begun: exercises.some(each => each.state !== "open"),
    attempted: checks.some(each => each.state !== "open"),
    complete: exercises.length > 0 && done(exercises) === exercises.length,
  };
}

/** The file that a path names. @param {string} path */
export const fileOf = path => path.slice(path.lastIndexOf("/") + 1);

/**
 * What is asked in a cell: one exercise, or none.
 *
 * @param {Cell} cell
 * @param {Cell[]} cells
 * @param {number} k  its index
 * @param {Record<string, unknown>} attempts
 * @returns {Exercise[]}
 */
function exercise(cell, cells, k, attempts) {
  const graded = cell.metadata?.nbgrader;
  if (!graded?.grade) return [];
  const points = Number(graded.points) || 0;
  if (cell.cell_type === "markdown") {
    const answer = cell.source.replace(EMPTY, "").trim();
    const name = titleAbove(cells, k) ?? "Written question";
    return [{ name, cell: cell.id, written: true, points, state: answer ? "done" : "open", got: 0, when: "" }];
  }
  const name = CHECK.exec(cell.source)?.[1];
  if (!name) return [];
  const score = shownScore(cell.outputs ?? [], name);
  const tried = score !== null || Boolean(attempts[name]);
  const state = score === 1 ? "done" : tried ? "tried" : "open";
  return [{ name, cell: cell.id, written: false, points, state, got: points * (score ?? 0), when: dayOf(cell.outputs ?? []) }];
}

/** The day that a verdict was given, as 2026-11-30. @param {any[]} outputs */
function dayOf(outputs) {
  const told = outputs.map(output => output.metadata?.backprop?.when).find(when => DAY.test(when));
  return told?.slice(0, 10) ?? "";
}

/**
 * The score that the saved verdict of a check shows, from 0 to 1; null where there is none.
 *
 * @param {any[]} outputs
 * @param {string} name  of the exercise
 */
function shownScore(outputs, name) {
  for (const output of outputs) {
    const told = output.metadata?.backprop;
    if (told?.exercise === name && Number.isFinite(told.score)) return told.passed ? 1 : Math.min(Math.max(told.score, 0), 1);
    const words = joined(output.data?.["text/plain"] ?? "");
    if (words.startsWith(`${name}: all right`)) return 1;
    const part = words.startsWith(`${name}: `) && /^(\d+)% right/.exec(words.slice(name.length + 2));
    if (part) return Number(part[1]) / 100;
  }
  return outputs.length ? 0 : null;
}

/** @param {string} path @param {Cell[]} cells */
function placeIn(path, cells) {
  const index = lastPlace(path, cells);
  if (index < 0) return null;
  return { cell: cells[index].id, heading: headingAbove(cells, index), time: readPlace(path)?.time ?? 0 };
}

/**
 * The nearest heading of a section at or above a cell.
 * @param {Cell[]} cells
 * @param {number} index
 */
export function headingAbove(cells, index) {
  for (const cell of cells.slice(0, index + 1).reverse()) {
    const found = cell.cell_type === "markdown" && /^##\s+(.+)$/m.exec(cell.source)?.[1];
    if (found) return found.trim();
  }
  return "the beginning";
}

/** @param {Cell[]} cells @param {number} index */
function titleAbove(cells, index) {
  const question = cells.slice(0, index).reverse().find(cell => cell.cell_type === "markdown");
  return /^#{2,4}\s+(.+)$/m.exec(question?.source ?? "")?.[1] ?? null;
}

/** @param {string} text */
function heading(text) {
  return /^#\s+(.+)$/m.exec(text)?.[1].trim();
}

/** @param {string} text */
function paragraph(text) {
  const found = text.split(/\n\n+/).find(part => part && !/^[#*>|$-]/.test(part)) ?? "";
  return one(one(found).replace(HOW_TO_RUN, ""));
}

/** @param {string} text */
function abilities(text) {
  const list = /\*\*When you are done you can\*\*\s*\n\n((?:- [\s\S]*?)+?)(?:\n\n|$)/.exec(text)?.[1] ?? "";
  return list.split(/^- /m).map(one).filter(Boolean);
}

/** @param {string} text */
function one(text) {
  return text.replace(/\s+/g, " ").trim();
}

/** @param {string | string[] | undefined} source */
function joined(source) {
  return Array.isArray(source) ? source.join("") : String(source ?? "");
}
