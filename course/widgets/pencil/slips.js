// Right, or which slip: what may be said of a number that was written for another. No drawing,
// no state.
// A sentence is said only where its number is the one that was written, to the digits shown,
// and no other slip gives the same.
import { formatNumber, show } from "../common/numbers.js";
import { readSum } from "./reading.js";

/**
 * @typedef {object} Factor
 * @property {number} value
 * @property {string} role  "weight", "slope", "upstream", …: factors of one role are
 *   forgotten together
 * @property {string} name  in words: "what came back"
 * @property {number} [half]  how far what a reader computes with may be from it
 */

/** @typedef {{factors: Factor[], name: string}} Term  name: what is missing without it */

/**
 * A way to go wrong.
 * @typedef {object} Slip
 * @property {string} slip  its name for tests
 * @property {number} value
 * @property {string} is  what the number is: "You have what came back, times nothing"
 * @property {string} so  what follows: "the slope of tanh is missing"
 * @property {number} [slack]  how far the number of a reader who computes with rounded ones may be
 * @property {number[]} [factors]  whose product it is
 */

/**
 * One number that is asked for.
 * @typedef {object} Question
 * @property {string} key
 * @property {number} value  what is right
 * @property {number} digits  significant ones shown
 * @property {number} slack  how far a right answer may be, as it is computed with rounded numbers
 * @property {Term[]} terms  what is multiplied and added; empty where it is neither
 * @property {Slip[]} slips
 * @property {string} symbol  HTML
 * @property {string} name  the same in words
 * @property {string[]} hints  from a nudge to the numbers put in
 */

/**
 * What is to be said of an answer.
 * @typedef {object} Answer
 * @property {"right" | "unread" | "digits" | "slip" | "several" | "near" | "factor" | "wrong"} kind
 * @property {string} words
 * @property {string[]} slips  the names of those that give this number
 */

/**
 * Half of the last digit that is shown of a number.
 * @param {number} value
 * @param {number} digits
 */
function halfDigit(value, digits) {
  if (value === 0 || !Number.isFinite(value)) return 0;
  return 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
}

/**
 * How far the number that is shown may be from the exact one: nothing, where all its digits are
 * shown.
 * @param {number} value
 * @param {number} digits
 */
export function rounding(value, digits) {
  const shown = Number(formatNumber(value, digits));
  return Math.abs(shown - value) <= 1e-12 * Math.abs(value) ? 0 : halfDigit(value, digits);
}

/** @param {Factor[]} factors */
const product = (factors) => factors.reduce((all, { value }) => all * value, 1);

/** The sum of the products. @param {Term[]} terms */
export const total = (terms) => terms.reduce((sum, { factors }) => sum + product(factors), 0);

/** @param {Term[]} terms @param {number} digits */
function slackOf(terms, digits) {
  let slack = 0;
  for (const { factors } of terms) {
    factors.forEach(({ value, half }, k) => {
      const others = product(factors.filter((_, j) => j !== k));
      slack += (half ?? rounding(value, digits)) * Math.abs(others);
    });
    // who adds rounded products, or multiplies three numbers in two goes
    if (terms.length > 1 || factors.length > 2) slack += halfDigit(product(factors), digits);
  }
  return slack;
}

/** @param {string[]} names */
const listed = (names) =>
  names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} times ${names[names.length - 1]}`;

/**
 * The slips that every sum of products has: a factor forgotten, a term forgotten, the sign.
 * @param {Term[]} terms
 * @param {number} value
 * @param {number} digits
 * @param {Record<string, {is: string, so: string}>} all  what is said where all factors of a role
 *   are forgotten in a sum
 * @returns {Slip[]}
 */
function common(terms, value, digits, all) {
  /** @type {Slip[]} */
  const slips = [
    {
      slip: "sign",
      value: -value,
      is: "the right number with its sign turned",
      so: "the size is right",
      slack: slackOf(terms, digits),
    },
  ];
  /** @param {string} slip @param {Term[]} left @param {{is: string, so: string}} said */
  const add = (slip, left, said) =>
    slips.push({
      slip,
      value: total(left),
      slack: slackOf(left, digits),
      ...(left.length === 1 ? { factors: left[0].factors.map((factor) => factor.value) } : {}),
      ...said,
    });
  for (const role of new Set(
    terms.flatMap(({ factors }) => factors.map((factor) => factor.role)),
  )) {
    const left = terms.map((term) => ({
      ...term,
      factors: term.factors.filter((factor) => factor.role !== role),
    }));
    if (
      left.some(({ factors }) => !factors.length) ||
      left.every((term, k) => term.factors.length === terms[k].factors.length)
    )
      continue;
    if (terms.length === 1) {
      const gone = terms[0].factors.filter((factor) => factor.role === role);
      const rest = left[0].factors.map(({ name, value: v }) => `${name}, ${show(v, digits)}`);
      add(`without ${role}`, left, {
        is: `${listed(rest)}, times nothing`,
        so: `${gone[0].name} is missing`,
      });
    } else if (all[role]) add(`without ${role}`, left, all[role]);
  }
  if (terms.length > 1) {
    terms.forEach((term, k) => {
      const left = terms.filter((_, j) => j !== k);
      add(`without term ${k}`, left, {
        is: `the sum without ${term.name}`,
        so: `${term.name} is missing`,
      });
      if (terms.length > 2) {
        add(`only term ${k}`, [term], {
          is: `${term.name} alone`,
          so: `the sum has ${terms.length} parts`,
        });
      }
    });
  }
  return slips;
}

/**
 * Make a question of what a number is made of.
 * @param {{key: string, digits: number, terms?: Term[], value?: number, slack?: number, slips:
 *   Slip[], symbol: string, name: string, hints: string[], all?: Record<string, {is: string, so:
 *   string}>}} spec value and slack: of what is no sum of products
 * @returns {Question}
 */
export function question({
  key,
  digits,
  terms = [],
  value,
  slack,
  slips,
  symbol,
  name,
  hints,
  all = {},
}) {
  const right = value ?? total(terms);
  const made = terms.length
    ? common(terms, right, digits, all)
    : [
        {
          slip: "sign",
          value: -right,
          is: "the right number with its sign turned",
          so: "the size is right",
        },
      ];
  // what a slip of its own says of the sign is better than what holds for every number
  const own = new Set(slips.map(({ slip }) => slip));
  const kept = [...made.filter(({ slip }) => !own.has(slip)), ...slips].filter(
    (one) => Number.isFinite(one.value) && one.value !== 0,
  );
  return {
    key,
    value: right,
    digits,
    slack: slack ?? slackOf(terms, digits),
    terms,
    slips: kept,
    symbol,
    name,
    hints,
  };
}

/**
 * Whether a written number is another one, to the digits that are shown.
 * @param {number} written
 * @param {number} value
 * @param {number} digits
 * @param {number} slack
 */
const same = (written, value, digits, slack) =>
  Math.abs(written - value) <=
  (halfDigit(value, digits) + slack) * (1 + 1e-9) + 1e-13 * Math.abs(value);

/**
 * Match written factors with those that belong: each is used once.
 * @param {number[]} written
 * @param {Factor[]} factors
 * @param {number} digits
 */
function match(written, factors, digits) {
  const left = [...factors],
    found = [],
    strange = [];
  for (const one of written) {
    const k = left.findIndex(({ value, half }) => same(one, value, digits, half ?? 0));
    if (k < 0) strange.push(one);
    else found.push({ written: one, factor: left.splice(k, 1)[0] });
  }
  return { found, strange, left };
}

/** @param {string} text */
const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

/**
 * Judge what was written. Nothing is said but what holds for the numbers shown.
 * @param {Question} asked
 * @param {string} written
 * @returns {Answer}
 */
export function judge(asked, written) {
  const read = readSum(written),
    { value: right, digits, slack, terms } = asked;
  if ("problem" in read) return { kind: "unread", words: read.problem, slips: [] };
  const { value, factors, figures } = read;
  if (same(value, right, digits, slack))
    return { kind: "right", words: `Right: ${show(right, digits)}.`, slips: [] };
  const fits = asked.slips.filter(
    (one) =>
      !same(right, one.value, digits, one.slack ?? 0) &&
      same(value, one.value, digits, one.slack ?? halfDigit(one.value, digits)),
  );
  const names = [...new Set(fits.map(({ slip }) => slip))];
  if (figures && figures < digits && Number(right.toPrecision(figures)) === value) {
    const rounded = figures === 1 ? "1 digit" : `${figures} digits`;
    const so = fits.length
      ? `Your number is ${fits[0].is}; the right one, rounded to ${rounded}, is the same.`
      : figures === 1
        ? "This digit is right."
        : `These ${figures} digits are right.`;
    return {
      kind: "digits",
      words: `${so} Write the ${digits} digits that the picture shows.`,
      slips: names,
    };
  }
  let claims = names.map((name) => /** @type {Slip} */ (fits.find(({ slip }) => slip === name)));
  if (claims.length > 1 && factors.length > 1) {
    // the factors that were written may tell
    const told = claims.filter(
      ({ factors: parts }) =>
        parts?.length === factors.length &&
        !match(
          factors,
          parts.map((v) => ({ value: v, role: "", name: "" })),
          digits,
        ).strange.length,
    );
    if (told.length === 1) claims = told;
  }
  if (claims.length === 1) {
    const [{ slip, is, so }] = claims;
    return { kind: "slip", words: `You have ${is}: ${so}.`, slips: [slip] };
  }
  if (claims.length > 1) {
    const [one, two] = claims,
      more = claims.length > 2 ? " There are more ways to it." : "";
    return {
      kind: "several",
      slips: names,
      words: `Your number is ${one.is}; here ${two.is} is the same.${more} Which of them you took, the number cannot tell.`,
    };
  }
  return plainly(asked, value, factors, terms);
}

/**
 * A number that is no slip that is known: what is true of it.
 * @param {Question} asked
 * @param {number} value
 * @param {number[]} factors
 * @param {Term[]} terms
 * @returns {Answer}
 */
function plainly({ value: right, digits }, value, factors, terms) {
  if (right && Math.abs(value - right) <= 0.02 * Math.abs(right)) {
    return {
      kind: "near",
      words: "Less than 2 % away, but not to the digits shown: keep more digits on the way.",
      slips: [],
    };
  }
  if (terms.length === 1 && factors.length > 1 && terms[0].factors.length > 1) {
    const { found, strange, left } = match(factors, terms[0].factors, digits);
    if (found.length && strange.length && left.length) {
      const belongs = found
        .map(({ written, factor }) => `${show(written)} is ${factor.name}`)
        .join(", ");
      const rest = `${strange.map((one) => show(one)).join(" and ")} ${strange.length > 1 ? "are no factors" : "is no factor"} here`;
      return {
        kind: "factor",
        words: `${sentence(belongs).slice(0, -1)}. But ${rest}.`,
        slips: [],
      };
    }
  }
  if (right === 0) return { kind: "wrong", words: "Not this number.", slips: [] };
  if (value === 0) return { kind: "wrong", words: "It is not 0.", slips: [] };
  const signs = Math.sign(value) === Math.sign(right);
  const size = Math.abs(value) > Math.abs(right) ? "too large" : "too small";
  if (Math.abs(value) === Math.abs(right))
    return { kind: "wrong", words: "The sign is not right.", slips: [] };
  return {
    kind: "wrong",
    slips: [],
    words: `Not this number. The sign is ${signs ? "right" : "wrong"}, the size is ${size}.`,
  };
}
