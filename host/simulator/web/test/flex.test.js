import assert from "node:assert/strict";
import { test } from "node:test";
import { h } from "preact";
import { container } from "../flex/container.js";
import * as measures from "../flex/measures.js";
import { nodes, text, withClass } from "./tree.js";

/** Draws contents; what can be tapped carries its action. */
const draw = (contents) => container(contents, { tap: (action, content, props) => h("div", { ...props, action }, content) });
const bubble = (body, more = {}) => draw({ type: "bubble", body, ...more });
const boxOf = (contents, more = {}) => ({ type: "box", layout: "vertical", contents, ...more });
const words = (text, more = {}) => ({ type: "text", text, ...more });

test("a bubble has the width of its size", () => {
  assert.equal(bubble(boxOf([])).props.style.width, "300px");
  assert.equal(bubble(boxOf([]), { size: "nano" }).props.style.width, "120px");
  assert.equal(bubble(boxOf([]), { size: "__proto__" }).props.style.width, "300px");
});

test("blocks stand in LINE's order", () => {
  const drawn = draw({ type: "bubble", footer: boxOf([words("f")]), header: boxOf([words("h")]), body: boxOf([words("b")]) });
  assert.equal(text(drawn), "hbf");
});

test("a carousel is its bubbles", () => {
  const drawn = draw({ type: "carousel", contents: [1, 2, 3].map((n) => ({ type: "bubble", body: boxOf([words(`${n}`)]) })) });
  assert.deepEqual(drawn.map(text), ["1", "2", "3"]);
});

test("spacing stands between components, and a margin wins", () => {
  const drawn = bubble(boxOf([words("a"), words("b"), words("c", { margin: "xxl" })], { spacing: "sm" }));
  const margins = withClass(drawn, "flex-text").map((node) => node.props.style.marginTop);
  assert.deepEqual(margins, [undefined, "4px", "20px"]);
});

test("what is positioned absolutely takes no spacing away", () => {
  const badge = boxOf([], { position: "absolute", offsetTop: "10px", offsetEnd: "md" });
  const drawn = bubble(boxOf([badge, words("a")], { spacing: "sm" }));
  assert.equal(withClass(drawn, "flex-text")[0].props.style.marginTop, undefined);
  const style = withClass(drawn, "flex-box")[1].props.style;
  assert.deepEqual([style.position, style.top, style.insetInlineEnd], ["absolute", "10px", "8px"]);
});

test("in a row components share, in a column they do not", () => {
  const flex = (layout, more) => withClass(bubble({ ...boxOf([words("a", more)]), layout }), "flex-text")[0].props.style.flex;
  assert.equal(flex("horizontal"), "1 1 0%");
  assert.equal(flex("horizontal", { flex: 3 }), "3 1 0%");
  assert.equal(flex("horizontal", { flex: 0 }), "0 0 auto");
  assert.equal(flex("vertical"), "0 0 auto");
  assert.equal(flex("vertical", { flex: 2 }), "2 0 auto");
});

test("spans win over the text", () => {
  const drawn = bubble(boxOf([words("plain", { contents: [{ type: "span", text: "a", weight: "bold" }, { type: "span", text: "b" }] })]));
  assert.equal(text(drawn), "ab");
});

test("lines are clamped only when they wrap", () => {
  const style = (more) => withClass(bubble(boxOf([words("a", more)])), "words")[0].props;
  assert.equal(style({ maxLines: 2 }).style.WebkitLineClamp, undefined);
  assert.equal(style({ maxLines: 2, wrap: true }).style.WebkitLineClamp, 2);
});

test("a gradient has its colours and its angle", () => {
  const background = { type: "linearGradient", angle: "45deg", startColor: "#ff0000", centerColor: "#00ff00", centerPosition: "20%", endColor: "#0000ff80" };
  const drawn = bubble(boxOf([], { background }));
  assert.equal(withClass(drawn, "flex-box")[0].props.style.backgroundImage, "linear-gradient(45deg, #ff0000, #00ff00 20%, #0000ff80)");
});

test("actions are where they were put", () => {
  const action = { type: "uri", uri: "https://example.com/", label: "go" };
  const drawn = bubble(boxOf([{ type: "button", action }, words("t", { action })], { action }), { action });
  assert.equal(nodes(drawn).filter((node) => node.props.action === action).length, 4);
});

test("a bot's values become no CSS of their own", () => {
  for (const evil of ["red;position:fixed", "url(https://evil)", "expression(1)", "calc(1px)", "#fff", 7, null, {}]) {
    assert.equal(measures.colour(evil), undefined);
    assert.equal(measures.space(evil), undefined);
    assert.equal(measures.image(evil), undefined);
  }
  assert.equal(measures.space("constructor"), undefined);
  assert.equal(measures.ratio("1:0;x"), undefined);
});

test("a picture comes from the web alone", () => {
  const drawn = bubble(boxOf([{ type: "image", url: "javascript:alert(1)" }, { type: "image", url: "https://example.com/a.png" }]));
  assert.deepEqual(nodes(drawn).filter((node) => node.type === "img").map((node) => node.props.src), ["https://example.com/a.png"]);
});

test("what is broken draws nothing, and does not throw", () => {
  for (const contents of [null, {}, { type: "bubble", body: { type: "box" } }, { type: "carousel" }, { type: "bubble", body: boxOf([null, 1, { type: "?" }, { type: "button" }]) }]) {
    draw(contents);
  }
  let deep = words("deep");
  for (let depth = 0; depth < 100_000; depth++) deep = boxOf([deep]);
  assert.equal(text(bubble(deep)), "");
});
