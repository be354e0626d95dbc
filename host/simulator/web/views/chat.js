// One chat, as on a phone.

import { scriptUrl } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { actorId, bot, chat, memberId, people, timeline } from "../store.js";
import { pane } from "../ui.js";
import { Announcer } from "./announcer.js";
import { Avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { Happen } from "./happen.js";
import { Icon } from "./icons.js";
import { Log } from "./log.js";
import { QuickReplies } from "./quick-replies.js";
import { RichMenu } from "./rich-menu.js";
import { title } from "./sidebar.js";

export function ChatView() {
  const current = chat.value;
  if (!current) return null;
  const alone = current.kind === "user";
  return html`<section class="phone" aria-label=${alone ? bot.value?.displayName : title(current)}>
    <header class="chat-head">
      <button class="round only-small" type="button" aria-label=${t("back")} onClick=${() => (pane.value = "chats")}><${Icon} name="back" /></button>
      <${Avatar} name=${alone ? bot.value?.displayName : title(current)} kind=${alone ? "bot" : current.kind} />
      <div class="chat-title"><h1 dir="auto">${alone ? bot.value?.displayName : title(current)}</h1>
        ${alone ? html`<small>${t("actAs")} ${current.name} · ${t(current.standing)}</small>` : html`<${Actor} />`}</div>
      <a class="round save" href=${scriptUrl(bot.value?.botId ?? "", current.chatId)} download="chat.yaml" title=${t("saveAsTest")} aria-label=${t("saveAsTest")}><${Icon} name="save" /></a>
      <${Happen} />
      <button class="round only-narrow" type="button" aria-label=${t("inspector")} onClick=${() => (pane.value = "inspector")}><${Icon} name="inspect" /></button>
    </header>
    <${Log} items=${timeline.value} />
    <${Announcer} key=${current.chatId} />
    <${QuickReplies} />
    <${Composer} />
    <${RichMenu} />
  </section>`;
}

/** Who acts in a group or room. */
function Actor() {
  const members = chat.value?.members ?? [];
  return html`<label class="actor"><small>${t("actAs")}</small>
    <select value=${actorId.value ?? ""} onChange=${(/** @type {any} */ event) => (memberId.value = event.target.value)}>
      ${members.map((id) => html`<option value=${id} key=${id}>${people.value.get(id)?.name ?? id}</option>`)}
    </select></label>`;
}
