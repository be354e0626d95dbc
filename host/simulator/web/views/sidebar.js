// The list of chats, and the bot that they are with.

import { signal } from "@preact/signals";
import { html } from "../html.js";
import { clockTime, language, remember, t } from "../i18n.js";
import { ask } from "../dialogs.js";
import { line } from "../messages/message.js";
import { bot, botId, bots, chatId, chats, fail, seen, select, selectBot } from "../store.js";
import { pane, toggleTheme } from "../ui.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";
import { makeBot, makeGroup, makeUser } from "./making.js";

const search = signal("");

export function Sidebar() {
  const wanted = search.value.toLowerCase();
  const shown = chats.value.filter((chat) => title(chat).toLowerCase().includes(wanted));
  return html`<nav class="sidebar" aria-label=${t("chats")}>
    <header class="bot-bar">
      <${Avatar} name=${bot.value?.displayName} kind="bot" />
      <select class="bot-choice" aria-label=${t("bot")} value=${botId.value ?? ""} onChange=${choose}>
        ${!bot.value && html`<option value="">${t("bot")}</option>`}
        ${(bots.value ?? []).map((bot) => html`<option value=${bot.botId} key=${bot.botId}>${bot.displayName}</option>`)}
        <option value="new">＋ ${t("newBot")}</option>
      </select>
      ${bot.value && html`<button class="round" type="button" title=${t("settings")} aria-label=${t("settings")} onClick=${() => ask("settings")}><${Icon} name="gear" /></button>`}
    </header>
    <div class="chats-bar">
      <input type="search" placeholder=${t("search")} aria-label=${t("search")} value=${search.value}
        onInput=${(/** @type {any} */ event) => (search.value = event.target.value)} />
      <button class="round" type="button" title=${t("newUser")} aria-label=${t("newUser")} disabled=${!bot.value} onClick=${() => makeUser().catch(fail)}><${Icon} name="user" /></button>
      <button class="round" type="button" title=${t("newGroup")} aria-label=${t("newGroup")} disabled=${!bot.value} onClick=${() => makeGroup().catch(fail)}><${Icon} name="group" /></button>
    </div>
    <ul class="chats">${shown.map((chat) => html`<${Row} chat=${chat} key=${chat.chatId} />`)}</ul>
    <footer class="sidebar-foot">
      <b>botbox</b>
      <button class="plain" type="button" onClick=${switchLanguage} lang=${language.value === "en" ? "ja" : "en"}>${language.value === "en" ? "日本語" : "English"}</button>
      <button class="round" type="button" title=${t("theme")} aria-label=${t("theme")} onClick=${toggleTheme}><${Icon} name="theme" /></button>
    </footer>
  </nav>`;
}

/** @param {{ chat: import("../api.js").Chat }} props */
function Row({ chat }) {
  const current = chat.chatId === chatId.value;
  const newest = chat.newest;
  const unread = current || !newest ? 0 : newest.seq - (seen.value[chat.chatId] ?? 0);
  const open = () => {
    select(chat.chatId);
    pane.value = "chat";
  };
  return html`<li><button type="button" class=${`chat-row ${current ? "current" : ""}`} aria-current=${current ? "true" : undefined} onClick=${open}>
    <${Avatar} name=${title(chat)} url=${chat.pictureUrl} kind=${chat.kind} />
    <span class="chat-name"><b dir="auto">${title(chat)}</b>${chat.members && html` <small>(${chat.members.length})</small>`}</span>
    <span class="chat-time">${newest && clockTime(newest.timestamp)}</span>
    <span class="chat-last" dir="auto">${newest ? line(newest.message) : t(chat.standing)}</span>
    ${unread > 0 && html`<span class="unread">${Math.min(unread, 999)}</span>`}
  </button></li>`;
}

/** @param {import("../api.js").Chat} chat */
export const title = (chat) => chat.name || t(chat.kind === "room" ? "room" : "group");

/** @param {any} event */
function choose(event) {
  const { value } = event.target;
  if (value !== "new") return selectBot(value || null);
  event.target.value = botId.value ?? "";
  return makeBot().catch(fail);
}

function switchLanguage() {
  language.value = language.value === "en" ? "ja" : "en";
  remember("language", language.value);
}
