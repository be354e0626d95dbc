// The page: chats, the phone, the inspector.

import { html } from "../html.js";
import { t } from "../i18n.js";
import { bot, bots, chat, connected } from "../store.js";
import { pane } from "../ui.js";
import { ChatView } from "./chat.js";
import { Dialogs } from "./dialogs.js";
import { Inspector } from "./inspector.js";
import { Sidebar } from "./sidebar.js";
import { Toast } from "./toast.js";
import { Welcome } from "./welcome.js";

export function App() {
  const empty = bots.value !== null && !bot.value;
  return html`<div class=${`app show-${pane.value}`}>
    <${Sidebar} />
    <main class="phone-place" aria-label=${t("chats")}>
      ${empty || !chat.value ? html`<${Welcome} />` : html`<${ChatView} key=${chat.value.chatId} />`}
    </main>
    <${Inspector} />
    <${Dialogs} />
    ${!connected.value && html`<p class="offline" role="alert">${t("offline")}</p>`}
    <${Toast} />
  </div>`;
}
