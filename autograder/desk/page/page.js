/**
 * The page on which written answers are graded: one answer at a time, everybody's answers to one question in a row.
 *
 * What is typed stays in the fields until the server has said that it is saved; going on saves first.
 */

/**
 * @typedef {{id: string, student: string, shown: string, html: string, own: string, empty: boolean, score: number | null,
 *   waits: boolean, comment: string}} Answer
 * @typedef {{notebook: string, name: string, title: string, most: number, asked: string, model: string, scheme: string,
 *   answers: Answer[]}} Question
 */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const find = (id) => /** @type {T} */ (document.getElementById(id));
const score = /** @type {HTMLInputElement} */ (find("score"));
const comment = /** @type {HTMLTextAreaElement} */ (find("comment"));
const names = /** @type {HTMLInputElement} */ (find("names"));

/** @type {Question[]} */
let questions = [];
let which = 0;
/** Where one is in each question. @type {number[]} */
let at = [];
let saving = false;

/** @returns {Question} */
const question = () => questions[which];
/** @returns {Answer | undefined} */
const answer = () => question().answers[at[which]];
/** @param {Question} asked */
const waiting = (asked) => asked.answers.filter((one) => one.waits).length;
/** The points in the field; null for an empty one. */
const points = () => (score.value.trim() === "" ? null : Number(score.value));
/** Whether the fields hold something that is not saved. */
const changed = () => {
  const one = answer();
  return one !== undefined && (points() !== one.score || comment.value.trim() !== one.comment);
};

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  find("state").textContent = text;
  find("state").classList.toggle("bad", bad);
}

/** @param {string} text */
function fail(text) {
  find("problem").textContent = text;
  find("problem").hidden = false;
}

/** HTML from the server, which has cleaned it. @param {string} id @param {string} html @param {string} instead */
function put(id, html, instead) {
  const place = find(id);
  place.innerHTML = html;
  if (!html) {
    const told = document.createElement("p");
    told.className = "quiet";
    told.textContent = instead;
    place.append(told);
  }
}

/** One button a question, with how many answers wait. */
function showQuestions() {
  const buttons = questions.map((one, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${number + 1}. ${one.title} (${waiting(one) || "none"} waiting)`;
    button.setAttribute("aria-current", String(number === which));
    button.addEventListener("click", () => choose(number));
    return button;
  });
  find("questions").replaceChildren(...buttons);
}

/** Show the answer one is at. @param {boolean} [focus] put the cursor into the points */
function show(focus = true) {
  const { asked, model, scheme, most, answers } = question();
  const one = answer();
  put("asked", asked, "No text stands above the answer.");
  put("model", model, "The source notebook holds none.");
  put(
    "scheme",
    scheme,
    "None beside the model answer. A last paragraph *Marking: …* of the model answer becomes one.",
  );
  showQuestions();
  find("form").hidden = !one;
  find("own").hidden = !one?.own;
  const place = one ? `Answer ${at[which] + 1} of ${answers.length}` : "No answers";
  find("who").textContent =
    one && names.checked
      ? `${place}: ${one.shown}${one.shown === one.student ? "" : ` (${one.student})`}`
      : place;
  /** @type {HTMLButtonElement} */ (find("previous")).disabled = at[which] <= 0;
  /** @type {HTMLButtonElement} */ (find("next")).disabled = at[which] >= answers.length - 1;
  if (!one) {
    put("answer", "", "Nothing was graded yet: nbgrader autograde comes first.");
    return;
  }
  put("answer", one.empty ? "" : one.html, "No response.");
  put("owntext", one.own, "");
  score.value = one.score === null ? "" : String(one.score);
  score.max = String(most);
  find("most").textContent = `of ${most}`;
  comment.value = one.comment;
  say(one.waits ? "Waits to be graded." : "Graded.");
  if (focus) {
    score.focus();
    score.select();
  }
}

/** Save what the fields hold. @returns {Promise<boolean>} whether one may go on */
async function save() {
  const one = answer();
  if (!one || !changed()) return true;
  if (saving) return false;
  if (!score.checkValidity() || Number.isNaN(points())) {
    say(`The points lie between 0 and ${question().most}.`, true);
    score.focus();
    return false;
  }
  const told = {
    id: one.id,
    score: points(),
    comment: comment.value.trim(),
    was_score: one.score,
    was_comment: one.comment,
  };
  saving = true;
  try {
    const reply = await fetch("/grade", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Backprop-Page": "yes" },
      body: JSON.stringify(told),
    });
    if (!reply.ok) {
      const said = await reply.text();
      const problem = said.startsWith("{") ? JSON.parse(said).problem : said;
      say(`Not saved. ${problem}`, true);
      return false;
    }
  } catch {
    say(
      "Not saved: the server does not answer. What you typed is still here; start backprop handgrade again, then copy it.",
      true,
    );
    return false;
  } finally {
    saving = false;
  }
  one.score = told.score;
  one.comment = told.comment;
  one.waits = told.score === null;
  showQuestions();
  say("Saved.");
  return true;
}

/** @param {number} place */
async function go(place) {
  if (place < 0 || place >= question().answers.length || !(await save())) return;
  at[which] = place;
  show();
}

/** @param {number} number */
async function choose(number) {
  if (!questions[number] || !(await save())) return;
  which = number;
  show();
}

/** Save, then the next answer of this question that waits, then the next question that has one. */
async function onwards() {
  if (!(await save())) return;
  const { answers } = question();
  const later = answers.findIndex((one, place) => one.waits && place > at[which]);
  const next = later >= 0 ? later : answers.findIndex((one) => one.waits);
  if (next >= 0) {
    at[which] = next;
    show();
    return;
  }
  const other = questions.findIndex((one) => waiting(one));
  if (other >= 0) {
    which = other;
    at[which] = question().answers.findIndex((one) => one.waits);
    show();
  } else {
    say("Saved. No answer of this lesson waits any more.");
  }
}

find("previous").addEventListener("click", () => go(at[which] - 1));
find("next").addEventListener("click", () => go(at[which] + 1));
find("none").addEventListener("click", () => {
  score.value = "0";
  score.focus();
});
find("full").addEventListener("click", () => {
  score.value = String(question().most);
  score.focus();
});
find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  onwards();
});
names.addEventListener("change", () => {
  const typed = [score.value, comment.value];
  show(false);
  [score.value, comment.value] = typed;
});
addEventListener("keydown", (event) => {
  if (!questions.length) return;
  const control = event.ctrlKey || event.metaKey;
  const field =
    event.target instanceof HTMLElement && event.target.matches("input, textarea, button, summary");
  if (control && event.key === ".") go(at[which] + 1);
  else if (control && event.key === ",") go(at[which] - 1);
  else if (control && event.key === "Enter") onwards();
  else if (event.key === "Escape" && field) /** @type {HTMLElement} */ (event.target).blur();
  else if (!control && !event.altKey && !field && event.key === "j") go(at[which] + 1);
  else if (!control && !event.altKey && !field && event.key === "k") go(at[which] - 1);
  else if (!control && !event.altKey && !field && /^[1-9]$/.test(event.key))
    choose(Number(event.key) - 1);
  else return;
  event.preventDefault();
});
addEventListener("beforeunload", (event) => {
  if (questions.length && changed()) event.preventDefault();
});

async function begin() {
  const reply = await fetch("/questions");
  const told = await reply.json();
  if (!reply.ok) {
    fail(told.problem);
    return;
  }
  questions = told.questions;
  find("lesson").textContent = told.lesson;
  document.title = `Written answers: ${told.lesson}`;
  at = questions.map((one) =>
    Math.max(
      0,
      one.answers.findIndex((each) => each.waits),
    ),
  );
  which = Math.max(
    0,
    questions.findIndex((one) => waiting(one)),
  );
  find("desk").hidden = false;
  show();
}

begin().catch(() => fail("The server does not answer. Start backprop handgrade again."));
