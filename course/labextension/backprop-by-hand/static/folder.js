// The lessons in the folder that JupyterLab shows, read through its contents manager and read again only when changed.

import { readJson } from "./json.js";
import { readLesson } from "./lessons.js";

const LESSON = /^\d\d-[a-z0-9-]+$/;

/** The lessons of a folder. */
export class Folder {
  /** @param {object} contents  JupyterLab's contents manager */
  constructor(contents) {
    this.contents = contents;
    this.known = new Map(); // path -> {stamp, notebook}
  }

  /**
   * @returns {Promise<{lessons: import("./lessons.js").Lesson[], about: Map<string, object>, unread: string[]}>}
   *   `about`: what lies beside the lessons to be read, by name. `unread`: notebooks that could not be read.
   */
  async read() {
    const root = await this.contents.get("");
    const names = root.content.filter(item => item.type === "directory" && LESSON.test(item.name));
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
    return { lessons: found.filter(Boolean), about: await this.#about(root), unread };
  }

  async #lesson(folder, name) {
    const files = (await this.contents.get(folder)).content;
    const file = files.find(item => item.name === `${name}.ipynb`);
    if (!file) throw new Error(`${folder} holds no ${name}.ipynb`);
    const { path, last_modified: stamp } = file;
    if (this.known.get(path)?.stamp !== stamp) {
      const { content } = await this.contents.get(path, { type: "notebook", content: true });
      this.known.set(path, { stamp, notebook: content });
    }
    const attempts = await readJson(this.contents, `${folder}/attempts.json`, files);
    return readLesson(path, this.known.get(path).notebook, attempts);
  }

  async #about(root) {
    const folder = root.content.find(item => item.type === "directory" && item.name === "about");
    if (!folder) return new Map();
    const files = (await this.contents.get(folder.path)).content;
    const answers = files.find(item => item.type === "directory" && item.name === "answers");
    const kept = answers ? (await this.contents.get(answers.path)).content : [];
    return new Map([...files, ...kept].filter(item => item.type !== "directory").map(item => [item.path.slice("about/".length), item]));
  }
}
