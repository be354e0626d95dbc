// What the page knows, as signals, and how it stays true: the simulator tells that something is new,
// and the page reads on after the last number that it knows.

import { batch, computed, signal } from "@preact/signals";
import * as api from "./api.js";
import { happenings, interleave } from "./notices.js";

/** How many log entries are read at first; older ones are of no use to a conversation. */
const FIRST_ENTRIES = 1_000;

/** How many log entries are kept; the inspector shows fewer. */
const MAX_ENTRIES = 5_000;

/** @type {import("@preact/signals").Signal<api.Bot[] | null>} */
export const bots = signal(null);
/** @type {import("@preact/signals").Signal<api.Chat[]>} */
export const chats = signal([]);
/** @type {import("@preact/signals").Signal<api.ChatMessage[]>} */
export const messages = signal([]);
/** @type {import("@preact/signals").Signal<api.Entry[]>} */
export const log = signal([]);
/** @type {import("@preact/signals").Signal<any>} The rich menu of the chat's user. */
export const richMenu = signal(null);

/** @type {import("@preact/signals").Signal<string | null>} */
export const botId = signal(null);
/** @type {import("@preact/signals").Signal<string | null>} */
export const chatId = signal(null);
/** @type {import("@preact/signals").Signal<string | null>} Who acts, in a group or room. */
export const memberId = signal(null);

/** Up to which message the bot marked the chat as read. */
export const read = signal(0);
/** Until when the bot's loading animation is shown, in milliseconds since 1970. */
export const loadingUntil = signal(0);
export const connected = signal(true);
/** @type {import("@preact/signals").Signal<{ text: string, bad: boolean } | null>} */
export const toast = signal(null);
/** @type {import("@preact/signals").Signal<Record<string, number>>} The last message seen, by chat. */
export const seen = signal({});

export const bot = computed(() => bots.value?.find((bot) => bot.botId === botId.value) ?? null);
export const chat = computed(() => chats.value.find((chat) => chat.chatId === chatId.value) ?? null);
export const happened = computed(() => happenings(log.value, chatId.value));
/** Messages and notices of the chat. */
export const timeline = computed(() => interleave(messages.value, happened.value.notices));
/** The members of the chat who can act, by id. */
export const people = computed(() => {
  const users = chats.value.filter((chat) => chat.kind === "user");
  return new Map(users.map((user) => [user.chatId, user]));
});
/** The id of the user who acts. */
export const actorId = computed(() => {
  const current = chat.value;
  if (!current || current.kind === "user") return current?.chatId ?? null;
  const members = current.members ?? [];
  if (memberId.value && members.includes(memberId.value)) return memberId.value;
  return members[0] ?? null;
});

/** @param {unknown} error */
export function fail(error) {
  say(error instanceof Error ? error.message : String(error), true);
}

let toastTimer = 0;

/**
 * @param {string} text
 * @param {boolean} [bad]
 */
export function say(text, bad = false) {
  toast.value = { text, bad };
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (toast.value = null), 5_000);
}

/**
 * A reader that runs once at a time, and once more when it was asked to while it ran.
 * @param {() => Promise<void>} read
 */
function single(read) {
  let running = false;
  let again = false;
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await read().catch(fail);
    } while (again);
    running = false;
  };
}

const readBots = single(async () => {
  bots.value = await api.bots();
  if (!bot.value) await selectBot(bots.value[0]?.botId ?? null);
});

export const readChats = single(async () => {
  const current = botId.value;
  const found = current ? await api.chats(current) : [];
  if (current !== botId.value) return;
  // What was there before the page is not news.
  if (chats.value.length === 0) seen.value = newestOf(found);
  chats.value = found;
  if (!chat.value) select(found[0]?.chatId ?? null);
  await readRichMenu();
});

/** @param {api.Chat[]} chats */
const newestOf = (chats) => Object.fromEntries(chats.map((chat) => [chat.chatId, chat.newest?.seq ?? 0]));

const readMessages = single(async () => {
  const [bot, current] = [botId.value, chatId.value];
  if (!bot || !current) return;
  const last = messages.value.at(-1)?.seq ?? 0;
  const news = await api.messages(bot, current, last);
  // Another chat may have been chosen meanwhile.
  if (current !== chatId.value || bot !== botId.value) return;
  batch(() => {
    if (news.messages.length > 0) messages.value = [...messages.value, ...news.messages];
    read.value = news.read;
    loadingUntil.value = news.loadingUntil ?? 0;
    seen.value = { ...seen.value, [current]: messages.value.at(-1)?.seq ?? 0 };
  });
});

const readLog = single(async () => {
  const bot = botId.value;
  if (!bot) return;
  const last = log.value.at(-1)?.seq ?? 0;
  const entries = await api.log(bot, last, FIRST_ENTRIES);
  if (bot !== botId.value || entries.length === 0) return;
  log.value = [...log.value, ...entries].slice(-MAX_ENTRIES);
  const isMenu = (/** @type {api.Entry} */ entry) => entry.type === "call" && entry.path.includes("richmenu");
  if (entries.some(isMenu)) await readChats();
});

async function readRichMenu() {
  const current = chat.value;
  const bot = botId.value;
  if (!bot || current?.kind !== "user" || !current.richMenuId) {
    richMenu.value = null;
  } else if (richMenu.value?.richMenuId !== current.richMenuId) {
    const menu = await api.richMenu(bot, current.chatId);
    if (current.chatId === chatId.value) richMenu.value = menu;
  }
}

/** @param {string | null} id */
export async function selectBot(id) {
  batch(() => {
    botId.value = id;
    chats.value = [];
    log.value = [];
    richMenu.value = null;
  });
  await Promise.all([readChats(), readLog()]);
}

/** @param {string | null} id */
export function select(id) {
  if (id === chatId.value) return;
  batch(() => {
    chatId.value = id;
    memberId.value = null;
    messages.value = [];
    read.value = 0;
    loadingUntil.value = 0;
    richMenu.value = null;
  });
  if (botId.value && id) history.replaceState(null, "", `#/${botId.value}/${id}`);
  readMessages();
  readRichMenu().catch(fail);
}

/** Reads all, and from then on what is new. */
export function start() {
  const [, bot, chat] = location.hash.split("/");
  botId.value = bot || null;
  chatId.value = chat || null;
  api.watch(
    (changes) => changes.forEach(changed),
    (isConnected) => (connected.value = isConnected),
  );
}

/** @param {{ type: string, botId?: string, chatId?: string }} change */
function changed(change) {
  if (change.botId && change.botId !== botId.value) return;
  switch (change.type) {
    case "missed":
      readBots();
      readChats();
      readMessages();
      readLog();
      break;
    case "bots":
      readBots();
      break;
    case "chats":
      readChats();
      break;
    case "chat":
      if (change.chatId === chatId.value) readMessages();
      readChats();
      break;
    case "log":
      readLog();
      break;
  }
}

/**
 * Lets somebody act in the chat; in one webhook.
 * @param {{ event: object, displayText?: string, as?: string | null }[]} acts
 */
export async function act(acts) {
  const [bot, current, actor] = [botId.value, chat.value, actorId.value];
  if (!bot || !current) return;
  const place = current.kind === "user" ? {} : { in: current.chatId };
  const events = acts.map((act) => ({ as: actor ?? undefined, ...place, ...act }));
  try {
    const { delivery } = await api.act(bot, events);
    if (delivery && delivery.reason !== "OK") say(`${delivery.reason}: ${delivery.detail}`, true);
  } catch (error) {
    fail(error);
  }
}

/**
 * @param {any} message
 */
export const send = (message) => act([{ event: { type: "message", message } }]);
