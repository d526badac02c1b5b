// What was typed into a form, carried over to the form that takes its place.

const FIELDS = "input:not([type=range]):not([type=button]):not([type=file]), textarea, select";

/**
 * @param {ParentNode} node
 * @returns {HTMLInputElement[]} what they have in common is all that is asked of them
 */
const fieldsOf = node =>
  [...node.querySelectorAll(FIELDS)].map(field => /** @type {HTMLInputElement} */ (field));

/**
 * What stands in the fields of a form.
 *
 * @param {Element} node
 * @returns {{kind: string, value: string, checked: boolean}[]}
 */
export function typed(node) {
  return fieldsOf(node).map(field => (
    { kind: field.type, value: field.value, checked: field.checked === true }));
}

/**
 * Put it into the fields of another, which then behave as if it were typed. Another kind of form stays as it is.
 *
 * @param {Element} node
 * @param {{kind: string, value: string, checked: boolean}[]} values
 */
export function putBack(node, values) {
  const fields = fieldsOf(node);
  if (fields.length !== values.length || fields.some((field, k) => field.type !== values[k].kind)) return;
  fields.forEach((field, k) => {
    const { kind, value, checked } = values[k];
    if (kind === "radio" || kind === "checkbox") {
      if (field.checked !== checked && (checked || kind === "checkbox")) field.click();
    } else if (field.value !== value) {
      field.value = value;
      for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    }
  });
}
