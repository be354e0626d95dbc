// The dialogs, one form for each kind.

import { useEffect, useRef } from "preact/hooks";
import * as api from "../api.js";
import { html } from "../html.js";
import { asked } from "../dialogs.js";
import { pickerValue } from "../effects.js";
import { moment, t } from "../i18n.js";
import { bot, chat, fail, people, say } from "../store.js";
import { copy } from "../tap.js";
import { Icon } from "./icons.js";

export function Dialogs() {
  const current = asked.value;
  if (!current) return null;
  return html`<${Dialog} key=${current.kind} current=${current} />`;
}

function Dialog({ current }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    dialog.current?.showModal();
    /** @type {HTMLElement | null | undefined} */ (dialog.current?.querySelector(".fields input, .fields select"))?.focus();
  }, []);
  const Form = FORMS[/** @type {import("../dialogs.js").Kind} */ (current.kind)];
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    current.answer(Form.answer(data, current.given));
  };
  return html`<dialog class="dialog" ref=${dialog} aria-labelledby="dialog-title" onClose=${() => current.answer(undefined)}>
    <form method="dialog" onSubmit=${submit}>
      <header><h2 id="dialog-title">${Form.title(current.given)}</h2>
        <button class="round" type="button" aria-label=${t("close")} onClick=${() => current.answer(undefined)}><${Icon} name="close" /></button></header>
      <div class="fields">${Form.fields(current.given)}</div>
      <footer><button class="plain" type="button" onClick=${() => current.answer(undefined)}>${t("cancel")}</button>
        <button class="primary" type="submit">${t(Form.ok ?? "ok")}</button></footer>
    </form>
  </dialog>`;
}

/** @param {any} props */
const Field = ({ label, hint, ...input }) => html`<label class="field"><span>${label}${hint && html` <small>${hint}</small>`}</span><input ...${input} /></label>`;

/**
 * @param {string} label
 * @param {string} name
 * @param {[string, string][]} choices values and words
 */
const choice = (label, name, choices) => html`<label class="field"><span>${label}</span>
  <select name=${name}>${choices.map(([value, word]) => html`<option value=${value}>${word}</option>`)}</select></label>`;

/**
 * @param {FormData} data
 * @param {string} name
 */
const text = (data, name) => String(data.get(name) ?? "").trim() || undefined;

const PLACES = /** @type {const} */ ([
  ["東京駅", "東京都千代田区丸の内1丁目", 35.681236, 139.767125],
  ["台北101", "台北市信義區信義路五段7號", 25.033964, 121.564468],
  ["วัดอรุณ", "158 ถนนวังเดิม กรุงเทพฯ", 13.743679, 100.488914],
]);

/**
 * @typedef {import("../i18n.js").Word} Word
 * @typedef {{ title: (given: any) => string, ok?: Word, fields: (given: any) => any,
 *   answer: (data: FormData, given: any) => any }} Form
 * What was typed becomes the `answer`.
 */

/** @type {Record<import("../dialogs.js").Kind, Form>} */
const FORMS = {
  user: {
    title: () => t("newUser"),
    ok: "create",
    fields: () => html`<${Field} name="displayName" label=${t("name")} required maxlength="100" />
      <${Field} name="language" label=${t("language")} hint=${t("optional")} placeholder="ja" pattern="[a-zA-Z\\-]{2,}" />`,
    answer: (data) => ({ displayName: text(data, "displayName"), language: text(data, "language") }),
  },
  group: {
    title: () => t("newGroup"),
    ok: "create",
    fields: () => html`<${Field} name="groupName" label=${t("groupName")} maxlength="100" />
      ${choice(t("kind"), "kind", [["group", t("group")], ["room", t("room")]])}
      <fieldset class="checks"><legend>${t("members")}</legend>
        ${[...people.value.values()].slice(0, 50).map((user, index) => html`<label><input type="checkbox" name="members" value=${user.chatId} checked=${index < 2} /> ${user.name}</label>`)}</fieldset>`,
    answer: (data) => ({ kind: text(data, "kind"), groupName: text(data, "groupName"), members: data.getAll("members") }),
  },
  bot: {
    title: () => t("newBot"),
    ok: "create",
    fields: () => html`<${Field} name="displayName" label=${t("name")} required value="Echo" />
      <${Field} name="webhook" type="url" label=${t("webhookUrl")} required value="http://127.0.0.1:8080/webhook/echo" />
      <${Field} name="channelSecret" label=${t("secret")} hint=${t("optional")} />
      <${Field} name="accessToken" label=${t("token")} hint=${t("optional")} />`,
    answer: (data) =>
      Object.fromEntries([...data.keys()].map((name) => [name, text(data, name)])),
  },
  settings: {
    title: () => t("settings"),
    fields: settingsFields,
    answer: (data) => saveSettings(data).catch(fail),
  },
  datetime: {
    title: (action) => t(PICKS[/** @type {"date"} */ (action.mode)] ?? "pickDatetime"),
    fields: (action) => html`<${Field} name="value" label=${action.label ?? action.data ?? ""} required
      type=${action.mode === "datetime" ? "datetime-local" : action.mode} value=${pickerValue(action.initial) || now(action.mode)}
      min=${pickerValue(action.min)} max=${pickerValue(action.max)} />`,
    answer: (data, action) => ({ [action.mode]: text(data, "value") }),
  },
  location: {
    title: () => t("attachLocation"),
    ok: "send",
    fields: () => html`<div class="places">${PLACES.map((place) => html`<button type="button" class="plain" onClick=${(/** @type {any} */ event) => fill(event.target.form, place)}>${place[0]}</button>`)}</div>
      <${Field} name="title" label=${t("place")} value=${PLACES[0][0]} maxlength="100" />
      <${Field} name="address" label=${t("address")} value=${PLACES[0][1]} maxlength="100" />
      <${Field} name="latitude" type="number" step="any" min="-90" max="90" label=${t("latitude")} value=${PLACES[0][2]} required />
      <${Field} name="longitude" type="number" step="any" min="-180" max="180" label=${t("longitude")} value=${PLACES[0][3]} required />`,
    answer: (data) => ({
      title: text(data, "title"),
      address: text(data, "address"),
      latitude: Number(data.get("latitude")),
      longitude: Number(data.get("longitude")),
    }),
  },
  beacon: {
    title: () => t("beacon"),
    ok: "send",
    fields: () => html`${choice(t("kind"), "type", [["enter", t("enter")], ["stay", t("stay")], ["banner", t("banner")]])}
      <${Field} name="hwid" label=${t("hwid")} value="d41d8cd98f" pattern="[0-9a-fA-F]{10}" required />
      <${Field} name="dm" label=${t("dm")} pattern="([0-9a-fA-F]{2}){1,13}" />`,
    answer: (data) => ({ type: text(data, "type"), hwid: text(data, "hwid"), dm: text(data, "dm") }),
  },
  membership: {
    title: () => t("membership"),
    ok: "send",
    fields: () => html`${choice(t("kind"), "type", [["joined", t("joined")], ["renewed", t("renewed")], ["left", t("left")]])}
      <${Field} name="membershipId" type="number" min="1" label=${t("plan")} value="1" required />`,
    answer: (data) => ({ type: text(data, "type"), membershipId: Number(data.get("membershipId")) }),
  },
  member: {
    title: () => t("join"),
    fields: () => choice(t("name"), "userId", [...people.value.values()].filter((user) => !chat.value?.members?.includes(user.chatId)).map((user) => [user.chatId, user.name ?? ""])),
    answer: (data) => text(data, "userId"),
  },
  clock: {
    title: () => t("clock"),
    ok: "clockMove",
    fields: (now) => html`<p class="moment">${t("clockHint", { time: moment(now) })}</p>
      <${Field} name="by" type="number" min="1" max="1000" label=${t("clockBy")} value="1" required />
      ${choice(t("unit"), "unit", UNITS.map(([word, ms]) => [String(ms), t(word)]))}`,
    answer: (data) => Number(data.get("by")) * Number(data.get("unit")),
  },
  faults: {
    title: () => t("faults"),
    fields: () => html`<p>${t("faultsHint")}</p>
      ${FAULTS.map(([word], index) => html`<label class="check"><input type="checkbox" name="fault" value=${index} /> ${t(word)}</label>`)}
      <${Field} name="times" type="number" min="1" max="1000" value="1" label=${t("times")} />
      <button class="plain" type="button" onClick=${() => api.heal().then(() => say(t("healed")), fail)}>${t("heal")}</button>`,
    answer: (data) => addFaults(data).catch(fail),
  },
};

/** @type {[Word, number][]} In milliseconds. */
const UNITS = [["minutes", 60_000], ["hours", 3_600_000], ["days", 86_400_000]];

/** @type {[Word, object][]} */
const FAULTS = [
  ["faultReply500", { operation: "replyMessage", answer: { status: 500 } }],
  ["faultReplyLate", { operation: "replyMessage", answer: { delay: 3000 } }],
  ["faultPush429", { operation: "pushMessage", answer: { status: 429, body: { message: "The API rate limit has been exceeded. Try again later." } } }],
  ["faultPushLost", { operation: "pushMessage", performFirst: true, answer: { status: 500 } }],
  ["faultPushHang", { operation: "pushMessage", answer: { hang: true } }],
  ["faultProfile", { operation: "getProfile", answer: { status: 404, body: { message: "Not found" } } }],
  ["faultWebhookTwice", { webhook: { duplicate: 1 } }],
  ["faultWebhookLate", { webhook: { delay: 3000 } }],
  ["faultWebhookLost", { webhook: { lose: true } }],
  ["faultSignature", { webhook: { badSignature: true } }],
];

/** @param {FormData} data */
async function addFaults(data) {
  const times = Number(data.get("times"));
  for (const index of data.getAll("fault")) {
    const [, fault] = FAULTS[Number(index)];
    await api.addFault({ ...fault, times, bot: bot.value?.botId });
  }
  if (data.has("fault")) say(t("faultSet", { n: times }));
}

/**
 * @param {HTMLFormElement} form
 * @param {readonly [string, string, number, number]} place
 */
function fill(form, [title, address, latitude, longitude]) {
  for (const [name, value] of Object.entries({ title, address, latitude, longitude })) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = String(value);
  }
}

/** @type {Record<string, Word>} */
const PICKS = { date: "pickDate", time: "pickTime" };

/** @param {string} mode */
function now(mode) {
  const local = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 16) }[mode] ?? local.slice(0, 16);
}

/** What the platform does with the bot, or does not. */
const SWITCHES = /** @type {const} */ (["rateLimits", "webhookRedelivery", "unverified", "chatMode"]);

function settingsFields() {
  const current = bot.value;
  if (!current) return null;
  const name = current.webhook?.split("/").at(-1) || "echo";
  const config = `[line]
api_base = "${location.origin}"
data_api_base = "${location.origin}"

[[channels]]
id = "${name}"
provider = "me"
secret = { env = "SECRET" }
access_token = { env = "TOKEN" }
plugin = "target/plugins/echo.wasm"`;
  const shell = `SECRET=${current.channelSecret} TOKEN=${current.accessToken} botbox serve --config botbox.toml`;
  return html`<${Field} name="webhook" type="url" label=${t("webhookUrl")} value=${current.webhook ?? ""} required />
    <${Field} name="monthlyQuota" type="number" min="0" label=${t("monthlyQuota")} hint=${t("optional")} value=${current.settings.monthlyQuota ?? ""} />
    ${SWITCHES.map((name) => html`<label class="check"><input type="checkbox" name=${name} checked=${current.settings[name]} /> ${t(name)}</label>`)}
    <section class="config"><h3>${t("configTitle")}</h3><p>${t("configText")}</p>
      <pre tabindex="0">${config}</pre><pre tabindex="0">${shell}</pre>
      <button class="plain" type="button" onClick=${() => copy(`${config}\n\n# ${shell}\n`).catch(fail)}>${t("copy")}</button></section>`;
}

/** @param {FormData} data */
async function saveSettings(data) {
  const current = bot.value;
  if (!current) return;
  const webhook = text(data, "webhook");
  if (webhook && webhook !== current.webhook) await api.setWebhook(current.botId, webhook);
  const quota = text(data, "monthlyQuota");
  const settings = {
    ...current.settings,
    monthlyQuota: quota === undefined ? null : Number(quota),
    ...Object.fromEntries(SWITCHES.map((name) => [name, data.has(name)])),
  };
  if (JSON.stringify(settings) !== JSON.stringify(current.settings)) await api.setSettings(current.botId, settings);
}
