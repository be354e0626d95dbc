// The simulator's control API, as this page uses it.

/**
 * @typedef {{ botId: string, channelId: string, basicId: string, displayName: string,
 *   channelSecret: string, accessToken: string, webhook: string | null, settings: any }} Bot
 * @typedef {{ kind: "user" | "group" | "room", chatId: string, name?: string | null,
 *   pictureUrl?: string | null, members?: string[], richMenuId?: string | null, newest?: ChatMessage | null,
 *   standing: "friend" | "stranger" | "blocked" | "member" | "unknown" }} Chat
 * @typedef {{ seq: number, from: "user" | "bot", userId?: string, via: string, id: string,
 *   message: any, timestamp: number }} ChatMessage
 * @typedef {{ status: number | null, reason: string, detail: string }} Delivery
 * @typedef {{ seq: number, time: number, took: number, type: "webhook", url: string | null,
 *   signature: string, body: string, status: number | null, reason: string, detail: string }} WebhookEntry
 * @typedef {{ seq: number, time: number, took: number, type: "call", method: string, path: string,
 *   status: number | null, requestId: string, retryKey?: string, body?: any, answer?: any }} CallEntry
 * @typedef {{ seq: number, time: number, took: number, type: "note", kind: "log" | "failure" | "build",
 *   text: string, level?: string, webhookEventId?: string }} NoteEntry
 * @typedef {WebhookEntry | CallEntry | NoteEntry} Entry
 */

const BASE = "/simulator";

/** A refusal of the control API; its message is for people. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
async function call(method, path, body) {
  const json = body === undefined ? undefined : JSON.stringify(body);
  return answer(await fetch(BASE + path, { method, body: json }));
}

/** @param {Response} response */
async function answer(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer.message ?? response.statusText);
  return answer;
}

/** @param {string} path */
const get = (path) => call("GET", path);

/** @returns {Promise<Bot[]>} */
export const bots = () => get("/bots");

/**
 * @param {object} bot
 * @returns {Promise<Bot>}
 */
export const makeBot = (bot) => call("POST", "/bots", bot);

/**
 * @param {string} botId
 * @param {string} endpoint
 */
export const setWebhook = (botId, endpoint) => call("PUT", `/bots/${botId}/webhook`, { endpoint });

/**
 * @param {string} botId
 * @param {object} settings
 */
export const setSettings = (botId, settings) => call("PUT", `/bots/${botId}/settings`, settings);

/**
 * @param {string} botId
 * @returns {Promise<Chat[]>}
 */
export const chats = async (botId) => (await get(`/bots/${botId}/chats`)).chats;

/**
 * @param {string} botId
 * @param {string} chatId
 * @param {number} after
 * @returns {Promise<{ messages: ChatMessage[], read: number, loadingUntil?: number, now: number }>}
 */
export const messages = (botId, chatId, after) =>
  get(`/bots/${botId}/chats/${chatId}/messages?after=${after}`);

/**
 * @param {string} botId
 * @param {number} after
 * @param {number} last
 * @returns {Promise<Entry[]>}
 */
export const log = async (botId, after, last) =>
  (await get(`/bots/${botId}/log?after=${after}&last=${last}`)).entries;

/**
 * @param {string} botId
 * @param {number} seq
 * @returns {Promise<Delivery>}
 */
export const redeliver = (botId, seq) => call("POST", `/bots/${botId}/log/${seq}/redelivery`);

/**
 * A logged webhook and what the bot said to it, as a conversation test.
 * @param {string} botId
 * @param {number} seq
 * @returns {Promise<string>}
 */
export async function webhookScript(botId, seq) {
  const response = await fetch(`${BASE}/bots/${botId}/log/${seq}/script`);
  return response.ok ? response.text() : answer(response);
}

/** @param {object} user */
export const makeUser = (user) => call("POST", "/users", user);

/** @param {object} group */
export const makeGroup = (group) => call("POST", "/groups", group);

/**
 * @param {string} botId
 * @param {object[]} events
 * @returns {Promise<{ delivery: Delivery | null, events: any[] }>}
 */
export const act = (botId, events) => call("POST", `/bots/${botId}/events`, { events });

/**
 * The rich menu that a user sees; there must be one.
 * @param {string} botId
 * @param {string} userId
 */
export const richMenu = (botId, userId) => get(`/bots/${botId}/users/${userId}/richMenu`);

/**
 * @param {string} botId
 * @param {string} userId
 * @param {object} tap
 */
export const tapRichMenu = (botId, userId, tap) =>
  call("POST", `/bots/${botId}/users/${userId}/richMenu/taps`, tap);

/**
 * @param {string} botId
 * @param {string} couponId
 */
export const coupon = (botId, couponId) => get(`/bots/${botId}/coupons/${couponId}`);

/** @param {object} fault */
export const addFault = (fault) => call("POST", "/faults", fault);

export const heal = () => call("DELETE", "/faults");

/** @returns {Promise<{ now: number }>} the time that host and simulator have, in milliseconds since 1970 */
export const clock = () => get("/clock");

/**
 * Moves it forward.
 * @param {number} ms
 * @returns {Promise<{ now: number }>}
 */
export const advance = (ms) => call("POST", "/clock", { advance: ms });

/**
 * @param {File} file
 * @returns {Promise<string>} the content's id
 */
export async function upload(file) {
  const type = file.type || "application/octet-stream";
  const headers = { "content-type": type };
  const response = await fetch(`${BASE}/contents`, { method: "POST", headers, body: file });
  return (await answer(response)).contentId;
}

/**
 * @param {string} botId
 * @param {string} messageId
 */
export const contentUrl = (botId, messageId) => `${BASE}/bots/${botId}/messages/${messageId}/content`;

/**
 * @param {string} botId
 * @param {string} richMenuId
 */
export const richMenuImageUrl = (botId, richMenuId) =>
  `${BASE}/bots/${botId}/richMenus/${richMenuId}/image`;

/**
 * The chat as a conversation test.
 * @param {string} botId
 * @param {string} chatId
 */
export const scriptUrl = (botId, chatId) => `${BASE}/bots/${botId}/chats/${chatId}/script`;

/**
 * Calls `changed` with what is new, for ever: the browser connects again by itself.
 * @param {(changes: any[]) => void} changed
 * @param {(connected: boolean) => void} connected
 */
export function watch(changed, connected) {
  const source = new EventSource(`${BASE}/live`);
  source.onmessage = (event) => changed(JSON.parse(event.data));
  source.onopen = () => connected(true);
  source.onerror = () => connected(false);
}
