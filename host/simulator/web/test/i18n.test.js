import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { clockTime, day, dictionaries, language, moment } from "../i18n.js";

const { en, ja } = dictionaries;

/** @param {string} text */
const places = (text) => (text.match(/\{\w+\}/g) ?? []).toSorted();

test("both languages have the same words, with the same places for values", () => {
  assert.deepEqual(Object.keys(ja), Object.keys(en));
  for (const [word, text] of Object.entries(en)) {
    assert.notEqual(text, "", word);
    assert.deepEqual(places(ja[/** @type {"ok"} */ (word)]), places(text), word);
  }
});

test("Japanese is Japanese, but for what is the same in both", () => {
  const same = new Set(["ok", "said", "webhookUrl"]);
  for (const [word, text] of Object.entries(ja)) {
    assert.equal(/[ぁ-んァ-ヶ一-龠]/.test(text), !same.has(word), `${word}: ${text}`);
  }
});

test("every word is used, and no other", () => {
  const used = new Set();
  for (const name of readdirSync(new URL("..", import.meta.url), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".js") || /^(vendor|test|i18n)/.test(name)) continue;
    const source = readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
    for (const [, word] of source.matchAll(/["'](\w+)["']/g)) used.add(word);
    for (const [, word] of source.matchAll(/(?:ok: |\bt\()["'](\w+)["']/g)) assert.ok(word in en, `${name}: ${word}`);
  }
  // Standings and kinds of notes come from the simulator; the others stand in i18n.js itself.
  const told = ["friend", "stranger", "blocked", "member", "unknown", "failure", "build", "title", "today", "yesterday"];
  assert.deepEqual(Object.keys(en).filter((word) => !used.has(word) && !told.includes(word)), []);
});

test("days and times are in the chosen language", () => {
  const time = new Date(2026, 2, 4, 15, 6).getTime();
  for (const [chosen, date] of /** @type {const} */ ([["en", "Mar 4, 2026"], ["ja", "2026/03/04"]])) {
    language.value = chosen;
    assert.equal(day(time), date);
    assert.equal(clockTime(time), "15:06");
    assert.ok(moment(time).startsWith(date), moment(time));
  }
});

test("what comes is not today, and days begin at midnight", () => {
  const noon = new Date(2026, 2, 4, 12).getTime();
  language.value = "en";
  const seen = /** @type {const} */ ([
    [new Date(2026, 2, 2, 23, 59), "Mar 2, 2026"],
    [new Date(2026, 2, 3), en.yesterday],
    [new Date(2026, 2, 3, 23, 59), en.yesterday],
    [new Date(2026, 2, 4), en.today],
    [new Date(2026, 2, 4, 23, 59), en.today],
    [new Date(2026, 2, 5), "Mar 5, 2026"],
    [new Date(2096, 9, 2), "Oct 2, 2096"],
  ]);
  for (const [date, said] of seen) assert.equal(day(date.getTime(), noon), said);
});
