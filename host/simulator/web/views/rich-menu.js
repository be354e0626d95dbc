import { useEffect } from "preact/hooks";
import * as api from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { botId, chat, fail, readChats, richMenu } from "../store.js";
import { perform } from "../tap.js";
import { menuOpen } from "../ui.js";
import { Icon } from "./icons.js";

/** The rich menu, and the bar that opens and closes it. */
export function RichMenu() {
  const menu = richMenu.value;
  useEffect(() => {
    if (menu) menuOpen.value = menu.selected !== false;
  }, [menu?.richMenuId]);
  if (!menu) return null;
  const open = menuOpen.value;
  return html`<div class="rich-menu">
    ${open && html`<${Areas} menu=${menu} />`}
    <button class="rich-menu-bar" type="button" aria-expanded=${open} title=${t(open ? "menuClose" : "menuOpen")} onClick=${() => (menuOpen.value = !open)}>
      <span>${menu.chatBarText}</span><${Icon} name="menu" />
    </button>
  </div>`;
}

function Areas({ menu }) {
  const { width, height } = menu.size;
  return html`<div class="rich-menu-areas" style=${{ aspectRatio: `${width} / ${height}` }}>
    <img src=${api.richMenuImageUrl(botId.value ?? "", menu.richMenuId)} alt="" />
    ${menu.areas.map((area, index) => {
      const { bounds } = area;
      const style = {
        left: `${(100 * bounds.x) / width}%`,
        top: `${(100 * bounds.y) / height}%`,
        width: `${(100 * bounds.width) / width}%`,
        height: `${(100 * bounds.height) / height}%`,
      };
      const label = area.action.label ?? area.action.text ?? area.action.displayText ?? area.action.data ?? area.action.uri ?? `${index + 1}`;
      return html`<button type="button" key=${index} style=${style} aria-label=${label} onClick=${() => tapped(area.action, index)}></button>`;
    })}
  </div>`;
}

/**
 * The platform knows what the area does.
 * @param {any} action
 * @param {number} area
 */
function tapped(action, area) {
  const [bot, user] = [botId.value, chat.value?.chatId];
  if (!bot || !user) return;
  const tell = async (/** @type {object | undefined} */ params) => {
    await api.tapRichMenu(bot, user, params ? { area, params } : { area });
    // The tap may have switched the menu.
    await readChats();
  };
  perform(action, tell).catch(fail);
}
