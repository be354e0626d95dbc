// What can happen in a chat beside messages.

import { useRef } from "preact/hooks";
import { html } from "../html.js";
import { ask } from "../dialogs.js";
import { t } from "../i18n.js";
import { act, actorId, chat, fail, send } from "../store.js";
import { Icon } from "./icons.js";

/** A menu of events. */
export function Happen() {
  const details = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const close = () => details.current?.removeAttribute("open");
  const item = (/** @type {any} */ word, /** @type {() => Promise<unknown>} */ happen) => html`<button type="button" onClick=${() => {
    close();
    happen().catch(fail);
  }}>${t(word)}</button>`;
  const left = (/** @type {FocusEvent} */ event) => {
    if (!details.current?.contains(/** @type {Node | null} */ (event.relatedTarget))) close();
  };
  return html`<details class="happen" ref=${details} onFocusOut=${left} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close()}>
    <summary class="round" title=${t("happen")} aria-label=${t("happen")}><${Icon} name="bolt" /></summary>
    <div class="popup">${chat.value?.kind === "user" ? alone(item) : together(item)}${item("attachLocation", location)}</div>
  </details>`;
}

/** @param {any} item */
function alone(item) {
  const friend = chat.value?.standing === "friend";
  return [
    friend ? item("unfollow", () => event({ type: "unfollow" })) : item(chat.value?.standing === "blocked" ? "unblock" : "follow", () => event({ type: "follow" })),
    item("beacon", beacon),
    item("membership", membership),
  ];
}

/** @param {any} item */
function together(item) {
  const inside = chat.value?.standing === "member";
  return [
    inside ? item("removeBot", () => event({ type: "leave" }, null)) : item("invite", () => event({ type: "join" }, null)),
    item("join", join),
    item("leaveGroup", () => event({ type: "memberLeft" })),
  ];
}

/**
 * @param {object} event
 * @param {string | null} [as]
 */
const event = (event, as = actorId.value) => act([{ event, as: as ?? undefined }]);

async function beacon() {
  const given = await ask("beacon");
  if (given) await event({ type: "beacon", beacon: given });
}

async function membership() {
  const given = await ask("membership");
  if (given) await event({ type: "membership", membership: given });
}

async function join() {
  const userId = await ask("member");
  if (userId) await event({ type: "memberJoined" }, userId);
}

async function location() {
  const place = await ask("location");
  if (place) await send({ type: "location", ...place });
}
