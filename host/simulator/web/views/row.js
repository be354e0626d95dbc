// One message, or one notice, with what is around it: name, time, read mark, tools.

import { html } from "../html.js";
import { clockTime, t } from "../i18n.js";
import { line, Message } from "../messages/message.js";
import { act, actorId, bot, chat, happened, messages, people, read } from "../store.js";
import { edited, focusComposer, inspect, draft, quoted } from "../ui.js";
import { Avatar } from "./avatar.js";
import { Icon } from "./icons.js";

/** Types that a user can quote. */
const QUOTABLE = new Set(["text", "textV2", "sticker", "image", "video", "template", "flex"]);

/** @param {{ item: any, follows: boolean }} props */
export function Row({ item, follows }) {
  return item.event ? html`<${Notice} notice=${item} />` : html`<${MessageRow} item=${item} follows=${follows} />`;
}

/** @param {{ notice: import("../notices.js").Notice }} props */
function Notice({ notice }) {
  return html`<p class="notice"><button type="button" onClick=${() => inspect(notice.entry.seq)}>${words(notice.event)}</button></p>`;
}

/** @param {any} event */
function words(event) {
  const name = person(event.source?.userId);
  const members = (/** @type {any} */ list) => (list?.members ?? []).map((/** @type {any} */ it) => person(it.userId)).join(", ");
  switch (event.type) {
    case "follow": return t("noticeFollow", { name });
    case "unfollow": return t("noticeUnfollow", { name });
    case "join": return t("noticeJoin");
    case "leave": return t("noticeLeave");
    case "memberJoined": return t("noticeMemberJoined", { name: members(event.joined) });
    case "memberLeft": return t("noticeMemberLeft", { name: members(event.left) });
    case "postback": return t("noticePostback", { data: [event.postback?.data, ...Object.values(event.postback?.params ?? {})].join(" · ") });
    case "beacon": return t("noticeBeacon", { hwid: event.beacon?.hwid, kind: event.beacon?.type });
    case "accountLink": return t("noticeAccountLink", { result: event.link?.result });
    case "membership": return t("noticeMembership", { id: event.membership?.membershipId, kind: event.membership?.type });
    case "videoPlayComplete": return t("noticeVideoPlayComplete");
    default: return event.type;
  }
}

/** @param {string | undefined} userId */
const person = (userId) => people.value.get(userId ?? "")?.name ?? userId ?? "";

/** @param {{ item: import("../api.js").ChatMessage, follows: boolean }} props */
function MessageRow({ item, follows }) {
  const { from, message, id } = item;
  // The one who acts is on the right; other members are on the left, as the bot is.
  const own = from === "user" && item.userId === actorId.value;
  const name = from === "bot" ? bot.value?.displayName ?? "" : person(item.userId);
  const sender = from === "bot" ? message.sender?.name : undefined;
  const unsent = happened.value.unsent.has(id);
  const edit = happened.value.edits.get(id);
  const told = happened.value.told.get(id);
  const said = `${sender ?? name}, ${clockTime(item.timestamp)}: ${unsent ? t("unsent") : line(edit ?? message)}`;
  return html`<article class=${`row ${own ? "own" : from} ${follows ? "follows" : ""} type-${message.type}`} data-message=${id} tabindex="-1" aria-label=${said}>
    ${!own && (follows ? html`<span class="avatar-gap" />` : html`<${Avatar} name=${sender ?? name} url=${message.sender?.iconUrl ?? people.value.get(item.userId ?? "")?.pictureUrl} kind=${from === "bot" ? "bot" : "user"} />`)}
    <div class="body">
      ${!own && !follows && html`<span class="name" dir="auto">${sender ? `${sender} · ${name}` : name}</span>`}
      <div class="content">
        ${unsent ? html`<div class="bubble gone">${t("unsent")}</div>` : html`<div class="quoting"><${Quote} message=${message} /><${Message} message=${edit ? { ...message, ...edit } : message} from=${from} /></div>`}
        <div class="meta">
          ${told && told.status !== 200 && html`<button class="failed" type="button" title=${t("notDelivered", { reason: told.reason })} aria-label=${t("notDelivered", { reason: told.reason })} onClick=${() => inspect(told.seq)}><${Icon} name="warn" /></button>`}
          ${own && item.seq <= read.value && html`<span>${t("read")}</span>`}
          ${edit && html`<span>${t("edited")}</span>`}
          <time>${clockTime(item.timestamp)}</time>
        </div>
        ${!unsent && html`<${Tools} item=${item} own=${own} told=${told} />`}
      </div>
    </div>
  </article>`;
}

/** The message that a message quotes. */
function Quote({ message }) {
  const id = message.quotedMessageId;
  const found = id
    ? messages.value.find((it) => it.id === id)
    : message.quoteToken && messages.value.find((it) => it.message.quoteToken === message.quoteToken && it.message !== message);
  if (!found) return null;
  const name = found.from === "bot" ? bot.value?.displayName : person(found.userId);
  return html`<blockquote class="quote"><b>${name}</b><span dir="auto">${line(found.message)}</span></blockquote>`;
}

function Tools({ item, own, told }) {
  const { message, id } = item;
  const quote = () => {
    quoted.value = item;
    focusComposer.value++;
  };
  const edit = () => {
    edited.value = item;
    draft.value = message.text;
    focusComposer.value++;
  };
  return html`<div class="tools">
    ${QUOTABLE.has(message.type) && html`<${Tool} word="quote" icon="quote" onClick=${quote} />`}
    ${own && message.type === "text" && chat.value?.kind === "group" && html`<${Tool} word="edit" icon="pencil" onClick=${edit} />`}
    ${own && html`<${Tool} word="unsend" icon="trash" onClick=${() => act([{ event: { type: "unsend", unsend: { messageId: id } } }])} />`}
    ${told && html`<${Tool} word="inspect" icon="inspect" onClick=${() => inspect(told.seq)} />`}
  </div>`;
}

const Tool = ({ word, icon, onClick }) => html`<button type="button" title=${t(word)} aria-label=${t(word)} onClick=${onClick}><${Icon} name=${icon} /></button>`;
