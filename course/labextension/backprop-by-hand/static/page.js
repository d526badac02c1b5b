// What the start page shows: the way through the lessons, how far one is, and where to go on.

import { fileOf, progress } from "./lessons.js";
import { finished, print, sheet } from "./print.js";
import { element } from "./stored.js";

const ABOUT = [
  ["README.md", "About the course"],
  ["errata.md", "Misprints in the decks"],
  ["glossary.md", "Glossary"],
];

/**
 * @typedef {import("./lessons.js").Lesson} Lesson
 * @typedef {(target: {path: string, place?: boolean, factory?: string}) => void} GoTo
 *   place: go on to where one was last; factory: what opens the file
 */

/**
 * @param {{lessons: Lesson[], about: Map<string, Jupyter.Item>, unread: string[]}} found
 * @param {boolean} selfStudy  whether the model answers may be opened
 * @param {GoTo} goTo
 * @param {Jupyter.Rendermime} rendermime  shows Markdown with formulas
 * @param {{save: () => void, restore: () => void}} work  what was done, to a file and back
 */
export async function page({ lessons, about, unread }, selfStudy, goTo, rendermime, work) {
  const main = element("div", { className: "bp-start-page" });
  main.append(element("h1", { textContent: "Backprop by Hand" }));
  if (!lessons.length) {
    const words = "There are no lessons in this folder. `backprop lab`, started in the course's folder, puts them here.";
    main.append(element("p", { textContent: words }));
    return main;
  }
  const next = goOn(lessons);
  main.append(summary(lessons), finished(lessons) ? allDone(lessons, rendermime) : continueHere(next, goTo));
  const path = element("ol", { className: "bp-way" });
  for (const lesson of lessons) {
    path.append(await card(lesson, { here: lesson === next, selfStudy, about, goTo, rendermime }));
  }
  main.append(element("h2", { textContent: "The lessons" }), path);
  for (const name of unread) {
    main.append(element("p", { className: "bp-quiet", textContent: `${name} could not be read as a notebook.` }));
  }
  main.append(yourWork(work), toRead(about, goTo));
  return main;
}

/**
 * The lesson to go on with: where one was last, else the first that is not complete.
 * @param {Lesson[]} lessons
 */
function goOn(lessons) {
  /** @param {Lesson} lesson */
  const time = lesson => lesson.place?.time ?? 0;
  const latest = lessons.filter(time).sort((a, b) => time(b) - time(a))[0];
  if (latest && !progress(latest).complete) return latest;
  const open = lessons.filter(lesson => !progress(lesson).complete);
  const begun = open.findLast(lesson => progress(lesson).begun || lesson.place);
  return begun ?? open[0] ?? lessons[lessons.length - 1];
}

/** @param {Lesson[]} lessons */
function summary(lessons) {
  const all = lessons.map(progress);
  /** @param {"passed" | "checks" | "got" | "points" | "answered" | "written"} key */
  const sum = key => all.reduce((total, each) => total + each[key], 0);
  const minutes = lessons.reduce((total, lesson) => total + (lesson.minutes ?? 0), 0);
  const words = `${number(lessons.length)} lessons, about ${Math.round(minutes / 60)} hours. `
    + "You write the backward pass by hand, and are told at once whether it is right.";
  const far = `${sum("passed")} of ${sum("checks")} checks passed, ${sum("got")} of ${sum("points")} points, `
    + `${sum("answered")} of ${sum("written")} questions answered in writing.`;
  return element("div", {}, element("p", { className: "bp-lead", textContent: words }),
    element("p", { className: "bp-far", textContent: far }), bar(sum("passed"), sum("checks"), "Checks passed in all lessons"));
}

/** @param {Lesson} lesson @param {GoTo} goTo */
function continueHere(lesson, goTo) {
  const begun = Boolean(lesson.place) || progress(lesson).begun;
  const last = plain(lesson.place?.heading ?? "the beginning");
  const where = begun ? `You were last at “${last}”.` : "Everything you write is kept.";
  const button = link(begun ? "Continue here" : "Begin here", () => goTo({ path: lesson.path, place: begun }), "bp-button bp-main");
  return element("section", { className: "bp-continue", ariaLabel: "Where to go on" },
    element("div", {},
      element("p", { className: "bp-continue-title", textContent: lesson.title }),
      element("p", { textContent: where })),
    button);
}

/** @param {Lesson[]} lessons @param {Jupyter.Rendermime} rendermime */
function allDone(lessons, rendermime) {
  const make = async () => {
    const page = await sheet(lessons, text => markdown(text, rendermime));
    if (page.textContent.includes("$")) await rendermime.latexTypesetter?.typeset(page);
    print(page);
  };
  return element("section", { className: "bp-continue", ariaLabel: "All lessons are done" },
    element("div", {},
      element("p", { className: "bp-continue-title", textContent: "You have done all eight." }),
      element("p", { textContent: "A page says what you can do, with the day on which each check passed." })),
    link("Print it", make, "bp-button bp-main"));
}

/**
 * @param {Lesson} lesson
 * @param {{here: boolean, selfStudy: boolean, about: Map<string, Jupyter.Item>, goTo: GoTo,
 *   rendermime: Jupyter.Rendermime}} spec here: whether this is the lesson to go on with
 */
async function card(lesson, { here, selfStudy, about, goTo, rendermime }) {
  const done = progress(lesson);
  const state = done.complete ? "complete" : done.begun || lesson.place ? "begun" : "open";
  const item = element("li", { className: "bp-card", dataset: { state } });
  if (here) item.setAttribute("aria-current", "step");
  const title = link(lesson.title.replace(/^\d+ · /, ""), () => goTo({ path: lesson.path, place: state !== "open" }), "bp-title");
  const time = lesson.minutes ? `about ${lesson.minutes} minutes` : "";
  item.append(
    element("span", { className: "bp-dot", ariaHidden: "true", textContent: state === "complete" ? "✓" : numberOf(lesson) }),
    element("h3", {}, title, element("span", { className: "bp-time", textContent: time })),
    await markdown(lesson.about, rendermime, "bp-about"),
    far(lesson, done, state),
    await details(lesson, rendermime, here),
  );
  if (lesson.due) {
    const many = lesson.due === 1 ? "1 question comes" : `${lesson.due} questions come`;
    const open = link(`${many} back: practise at the end of the lesson`, () => goTo({ path: lesson.path }));
    item.append(element("p", { className: "bp-links" }, open));
  }
  const answers = `answers/${fileOf(lesson.path)}`;
  const model = about.get(answers);
  if (selfStudy && done.attempted && model) {
    const open = link("Model answers of this lesson", () => goTo({ path: model.path }));
    item.append(element("p", { className: "bp-links" }, open));
  }
  return item;
}

/** @param {Lesson} lesson @param {ReturnType<typeof progress>} done @param {string} state */
function far(lesson, done, state) {
  const checks = done.checks ? `${done.passed} of ${done.checks} checks, ${done.got} of ${done.points} points` : "";
  const written = done.written ? `${done.answered} of ${done.written} written` : "";
  const last = lesson.place ? `last at “${plain(lesson.place.heading)}”` : "";
  const words = [state === "complete" ? "Complete" : state === "open" ? "Not begun" : "", checks, written, last].filter(Boolean).join(" · ");
  return element("div", { className: "bp-far-row" }, bar(done.passed, done.checks, `Checks passed in ${lesson.title}`),
    element("span", { className: "bp-quiet", textContent: words }));
}

/** @param {Lesson} lesson @param {Jupyter.Rendermime} rendermime @param {boolean} open */
async function details(lesson, rendermime, open) {
  const list = element("ul", {});
  for (const text of lesson.abilities) list.append(element("li", {}, await markdown(text, rendermime)));
  const box = element("details", { open }, element("summary", { textContent: "When you are done you can" }), list);
  if (lesson.needs) box.append(element("p", { className: "bp-quiet", textContent: `You need ${plain(lesson.needs)}` }));
  return box;
}

/** @param {{save: () => void, restore: () => void}} work */
function yourWork({ save, restore }) {
  const words = "What you do is kept here. A file takes all of it along, to another browser or another machine.";
  return element("section", { ariaLabel: "Your work" },
    element("h2", { textContent: "Your work" }),
    element("p", { className: "bp-quiet", textContent: words }),
    element("p", { className: "bp-links" }, link("Save my work to a file", save), " · ", link("Put saved work back", restore)));
}

/** @param {Map<string, Jupyter.Item>} about @param {GoTo} goTo */
function toRead(about, goTo) {
  const links = ABOUT.flatMap(([name, words]) => {
    const file = about.get(name);
    if (!file) return [];
    const open = () => goTo({ path: file.path, factory: "Markdown Preview" });
    return element("li", {}, link(words, open));
  });
  if (!links.length) return "";
  return element("nav", { ariaLabel: "To read" },
    element("h2", { textContent: "To read" }),
    element("ul", { className: "bp-read" }, ...links));
}

/** @param {number} value @param {number} max @param {string} label */
function bar(value, max, label) {
  const made = element("progress", { max: Math.max(max, 1), value, className: "bp-progress" });
  made.setAttribute("aria-label", label);
  return made;
}

/** @param {string} words @param {() => void} act @param {string} [kind] */
function link(words, act, kind = "bp-link") {
  const made = element("button", { type: "button", className: kind, textContent: plain(words) });
  made.addEventListener("click", act);
  return made;
}

/** @param {string} text @param {Jupyter.Rendermime} rendermime @param {string} [kind]  a class */
async function markdown(text, rendermime, kind = "") {
  if (!/[$*`_]/.test(text)) return element("span", { className: kind, textContent: text });
  const renderer = rendermime.createRenderer("text/markdown");
  await renderer.renderModel({ data: { "text/markdown": text }, metadata: {}, trusted: false, setData: () => undefined });
  renderer.addClass("bp-markdown");
  if (kind) renderer.addClass(kind);
  return renderer.node;
}

/** Words without the marks of Markdown. @param {string} text */
function plain(text) {
  return text.replace(/[`*]|\$/g, "");
}

/** The number of a lesson, which its file begins with. @param {Lesson} lesson */
function numberOf({ path }) {
  return String(parseInt(fileOf(path), 10));
}

/** @param {number} value */
function number(value) {
  return ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"][value] ?? String(value);
}
