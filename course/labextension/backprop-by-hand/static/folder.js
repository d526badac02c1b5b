// The lessons in the folder that JupyterLab shows, read through its contents manager and read again only when changed.

import { readJson } from "./json.js";
import { readLesson } from "./lessons.js";

export const LISTED = { content: true }; // a server lists a folder unasked, JupyterLite does not
export const LESSON = /^\d\d-[a-z0-9-]+$/;

/**
 * @typedef {import("./lessons.js").Lesson} Lesson
 * @typedef {import("./lessons.js").Notebook} Notebook
 */

/** The lessons of a folder. */
export class Folder {
  /** @param {Jupyter.Contents} contents  JupyterLab's contents manager */
  constructor(contents) {
    this.contents = contents;
    /** What was read already, by path. @type {Map<string, {stamp: string, notebook: Notebook}>} */
    this.known = new Map();
  }

  /**
   * @returns {Promise<{lessons: Lesson[], about: Map<string, Jupyter.Item>, unread: string[]}>}
   *   `about`: what lies beside the lessons to be read, by name. `unread`: notebooks that could not be read.
   */
  async read() {
    const root = await this.contents.get("", LISTED);
    /** @type {Jupyter.Item[]} */
    const items = root.content;
    const names = items.filter(item => item.type === "directory" && LESSON.test(item.name));
    /** @type {string[]} */
    const unread = [];
    const found = await Promise.all(names.sort((a, b) => a.name.localeCompare(b.name)).map(async ({ path, name }) => {
      try {
        return await this.#lesson(path, name);
      } catch (error) { // gone, or no notebook any more: the page says so
        console.warn("backprop-by-hand:", error);
        unread.push(`${path}/${name}.ipynb`);
        return null;
      }
    }));
    const about = await this.#about(items);
    return { lessons: found.flatMap(lesson => lesson ?? []), about, unread };
  }

  /** @param {string} folder  its path @param {string} name  of the lesson */
  async #lesson(folder, name) {
    /** @type {Jupyter.Item[]} */
    const files = (await this.contents.get(folder, LISTED)).content;
    const file = files.find(item => item.name === `${name}.ipynb`);
    if (!file) throw new Error(`${folder} holds no ${name}.ipynb`);
    const { path, last_modified: stamp } = file;
    let read = this.known.get(path);
    if (read?.stamp !== stamp) {
      const { content } = await this.contents.get(path, { type: "notebook", content: true });
      read = { stamp, notebook: content };
      this.known.set(path, read);
    }
    const attempts = await readJson(this.contents, `${folder}/attempts.json`, files);
    const review = await readJson(this.contents, `${folder}/review.json`, files);
    return readLesson(path, read.notebook, attempts, review);
  }

  /**
   * @param {Jupyter.Item[]} items  of the course's folder
   * @returns {Promise<Map<string, Jupyter.Item>>}
   */
  async #about(items) {
    const folder = items.find(item => item.type === "directory" && item.name === "about");
    if (!folder) return new Map();
    /** @type {Jupyter.Item[]} */
    const files = (await this.contents.get(folder.path, LISTED)).content;
    const answers = files.find(item => item.type === "directory" && item.name === "answers");
    /** @type {Jupyter.Item[]} */
    const kept = answers ? (await this.contents.get(answers.path, LISTED)).content : [];
    return new Map([...files, ...kept].filter(item => item.type !== "directory").map(item => [item.path.slice("about/".length), item]));
  }
}
