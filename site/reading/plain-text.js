// In place of sanitize-html: descriptions of widgets are words here, so all markup goes.
export default function plainText(html) {
  const words = new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";
  return words.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}
