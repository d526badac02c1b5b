// A page to print for whoever has finished all lessons: what they can do, each lesson backed by its checks and their dates.

import { progress } from "./lessons.js";
import { element } from "./stored.js";

/**
 * @typedef {import("./lessons.js").Lesson} Lesson
 * @typedef {(text: string) => Promise<HTMLElement>} Markdown
 */

/** Whether there is such a page: every exercise of every lesson is done. @param {Lesson[]} lessons */
export const finished = lessons => lessons.length >= 8 && lessons.every(lesson => progress(lesson).complete);

/**
 * The page. It is put below JupyterLab, shown on paper alone, and taken away afterwards.
 *
 * @param {Lesson[]} lessons
 * @param {Markdown} markdown
 */
export async function sheet(lessons, markdown) {
  const page = element("article", { className: "bp-print", lang: "en" });
  page.append(element("h1", { textContent: "Backprop by Hand" }),
    element("p", { textContent: "What I can do. Each lesson is backed by its checks, which passed on the day beside them; "
      + "the written answers are mine." }));
  for (const lesson of lessons) {
    const list = element("ul", {});
    for (const text of lesson.abilities) list.append(element("li", {}, await markdown(text)));
    page.append(element("section", {}, element("h2", { textContent: lesson.title }), list,
      element("p", { className: "bp-checks", textContent: checks(lesson) })));
  }
  return page;
}

/** The checks of a lesson, each below the day on which it passed. @param {Lesson} lesson */
export function checks(lesson) {
  /** @type {Map<string, string[]>} */
  const days = new Map();
  for (const { name, when, written } of lesson.exercises) {
    if (!written) days.set(when, [...days.get(when) ?? [], name.replace(/^.*\./, "")]);
  }
  return [...days].sort().map(([day, names]) => `${day ? `${day}: ` : ""}${names.join(", ")}`).join("; ");
}

/** Print a page and nothing else. @param {HTMLElement} page */
export function print(page) {
  document.body.append(page);
  window.addEventListener("afterprint", () => page.remove(), { once: true });
  window.print();
}
