// What goes between the platform and the bot, as it happens: each webhook with the calls that
// answer it, and everything of each that can be seen.

import { useEffect, useRef } from "preact/hooks";
import * as api from "../api.js";
import { curl, exchanges, title } from "../exchanges.js";
import { html } from "../html.js";
import { ask } from "../dialogs.js";
import { language, moment, t } from "../i18n.js";
import { bot, botId, cleared, fail, log, say } from "../store.js";
import { copy } from "../tap.js";
import { openEntry, pane } from "../ui.js";
import { Icon } from "./icons.js";
import { Json } from "./json.js";

/** How many exchanges are shown; older ones scroll away for good. */
const SHOWN = 200;

export function Inspector() {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const entries = log.value.filter((entry) => entry.seq > cleared.value).slice(-SHOWN);
  const groups = exchanges(entries);
  useEffect(() => {
    const open = list.current?.querySelector(".entry[data-open]");
    if (open) open.scrollIntoView({ block: "nearest" });
  }, [openEntry.value]);
  useEffect(() => {
    if (openEntry.value === null && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [log.value]);
  return html`<aside class="inspector" aria-label=${t("inspector")}>
    <header><button class="round only-narrow" type="button" aria-label=${t("back")} onClick=${() => (pane.value = "chat")}><${Icon} name="back" /></button>
      <h2>${t("inspector")}</h2>
      <button class="plain open-clock" type="button" onClick=${() => moveClock().catch(fail)}><${Icon} name="clock" /> ${t("clock")}</button>
      <button class="plain open-faults" type="button" disabled=${!bot.value} onClick=${() => ask("faults")}><${Icon} name="warn" /> ${t("faults")}</button>
      <button class="plain" type="button" onClick=${() => (cleared.value = log.value.at(-1)?.seq ?? 0)}>${t("clear")}</button>
    </header>
    <ol class="exchanges" ref=${list} tabindex="0" aria-label=${t("inspector")}>
      ${groups.length === 0 && html`<li class="empty">${t("emptyLog")}</li>`}
      ${groups.map((group) => html`<li class="exchange" key=${group[0].seq}>${group.map((entry, index) => html`<${Entry} key=${entry.seq} entry=${entry} since=${index > 0 ? group[0].time : null} />`)}</li>`)}
    </ol>
  </aside>`;
}

/** Timers come and tokens end when the time goes on. */
async function moveClock() {
  const { now } = await api.clock();
  const by = await ask("clock", now);
  if (by) say(t("clockMoved", { time: moment((await api.advance(by)).now) }));
}

/** @param {{ entry: api.Entry, since: number | null }} props */
function Entry({ entry, since }) {
  return entry.type === "note" ? html`<${Note} entry=${entry} />` : html`<${Exchange} entry=${entry} since=${since} />`;
}

/**
 * What a host tells: a line that the plugin logged, its failure, or what its compiler says.
 * @param {{ entry: api.NoteEntry }} props
 */
const Note = ({ entry }) => html`<div class="entry note" data-kind=${entry.kind} data-level=${entry.level}>
  <p class="note-head"><${Icon} name=${entry.kind === "log" ? "note" : "warn"} /> <b>${entry.kind === "log" ? entry.level : t(entry.kind)}</b> <small>${time(entry.time)}</small></p>
  <pre dir="auto">${entry.text}</pre>
</div>`;

/** @param {{ entry: api.WebhookEntry | api.CallEntry, since: number | null }} props */
function Exchange({ entry, since }) {
  const open = openEntry.value === entry.seq;
  const ok = entry.status !== null && entry.status < 300;
  const { kind, text } = title(entry);
  return html`<div class=${`entry ${entry.type}`} data-open=${open || undefined}>
    <button class="entry-head" type="button" aria-expanded=${open} onClick=${() => (openEntry.value = open ? null : entry.seq)}>
      <${Icon} name=${entry.type === "webhook" ? "webhook" : "call"} />
      <span class="entry-title"><b>${kind}</b> <span dir="auto">${text}</span></span>
      <span class=${`status ${ok ? "ok" : "bad"}`}>${entry.status ?? t("noAnswer")}</span>
      <span class="entry-time">${since === null ? time(entry.time) : `+${entry.time - since} ms`}<small>${entry.took} ms</small></span>
    </button>
    ${open && html`<${Details} entry=${entry} />`}
  </div>`;
}

/** @param {number} ms */
const time = (ms) =>
  new Date(ms).toLocaleTimeString(language.value, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** @param {{ entry: api.WebhookEntry | api.CallEntry }} props */
function Details({ entry }) {
  return entry.type === "webhook" ? html`<${WebhookDetails} entry=${entry} />` : html`<${CallDetails} entry=${entry} />`;
}

/** @param {{ entry: api.WebhookEntry }} props */
function WebhookDetails({ entry }) {
  const again = async () => {
    const delivery = await api.redeliver(botId.value ?? "", entry.seq);
    say(t("redelivered", { status: delivery.status ?? "", detail: delivery.reason }), delivery.reason !== "OK");
  };
  const test = async () => copy(await api.webhookScript(botId.value ?? "", entry.seq));
  return html`<div class="details">
    <p class="request-line"><code>POST ${entry.url}</code></p>
    <dl><dt>x-line-signature</dt><dd><code>${entry.signature}</code></dd>
      <dt>${t("response")}</dt><dd>${entry.reason} · ${entry.detail}</dd></dl>
    <${Json} text=${entry.body} />
    <div class="details-tools">
      <button class="plain" type="button" onClick=${() => again().catch(fail)}>${t("redeliver")}</button>
      <button class="plain copy-test" type="button" onClick=${() => test().catch(fail)}>${t("copyAsTest")}</button>
      <${Copying} entry=${entry} />
    </div>
  </div>`;
}

/** @param {{ entry: api.CallEntry }} props */
function CallDetails({ entry }) {
  return html`<div class="details">
    <p class="request-line"><code>${entry.method} ${entry.path}</code></p>
    <dl><dt>${t("requestId")}</dt><dd><code>${entry.requestId}</code></dd>
      ${entry.retryKey && html`<dt>${t("retryKey")}</dt><dd><code>${entry.retryKey}</code></dd>`}</dl>
    ${entry.body !== undefined && html`<h3>${t("request")}</h3><${Json} value=${entry.body} />`}
    ${entry.answer !== undefined && html`<h3>${t("response")} ${entry.status}</h3><${Json} value=${entry.answer} />`}
    <div class="details-tools"><${Copying} entry=${entry} /></div>
  </div>`;
}

/** @param {{ entry: api.WebhookEntry | api.CallEntry }} props */
const Copying = ({ entry }) => html`<button class="plain" type="button"
  onClick=${() => copy(curl(entry, location.origin, bot.value?.accessToken ?? "")).catch(fail)}>${t("curl")}</button>`;
