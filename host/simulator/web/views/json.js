import { html } from "../html.js";

/** JSON, indented and coloured. */
export function Json({ value, text }) {
  let parsed = value;
  if (text !== undefined) {
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = text;
    }
  }
  const shown = typeof parsed === "string" ? parsed : JSON.stringify(parsed, null, 2);
  return html`<pre class="json" tabindex="0">${coloured(shown)}</pre>`;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** @param {string} text */
function coloured(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    const kind = colon ? "key" : string ? "string" : "value";
    parts.push(text.slice(end, match.index), html`<span class=${kind}>${string ?? whole}</span>`, colon ?? "");
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)];
}
