import { html } from "../html.js";
import { t } from "../i18n.js";
import { sticker } from "../stickers.js";
import { bot, fail } from "../store.js";
import { makeBot, makeUser } from "./making.js";

/** What is there before the first chat. */
export function Welcome() {
  const make = bot.value ? makeUser : makeBot;
  return html`<section class="welcome">
    <div class="welcome-art">${sticker("1", "welcome")}</div>
    <h1>${t("firstTitle")}</h1>
    <p>${t("firstText")}</p>
    <button class="primary" type="button" onClick=${() => make().catch(fail)}>${t(bot.value ? "newUser" : "newBot")}</button>
  </section>`;
}
