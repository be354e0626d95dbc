// What the page knows, as signals, and how it stays true: the simulator tells that something is new,
// and the page reads on after the last number that it knows. When numbers may have begun again, as
// with another simulator at the same address, it reads from the start.

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
/** Log entries up to this number are not shown any more. */
export const cleared = signal(0);
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
/** Until when the bot's loading animation is shown, by this browser's clock, in milliseconds since 1970. */
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

// How far the chat and the log are read. A new position has the next read begin at the start and
// replace what is shown; a read whose position was replaced meanwhile is dropped.
let chatPosition = { after: 0 };
let logPosition = { after: 0 };

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
 * A reader that runs once at a time, and once more when it was asked to while it ran. Each caller
 * waits for the last run.
 * @param {() => Promise<void>} read
 */
function single(read) {
  /** @type {Promise<void> | null} */
  let running = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await read().catch(fail);
    } while (again);
    running = null;
  };
  return () => {
    if (running) again = true;
    else running = run();
    return running;
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
  const position = chatPosition;
  const news = await api.messages(bot, current, position.after);
  if (position !== chatPosition) return;
  batch(() => {
    if (position.after === 0) messages.value = news.messages;
    else if (news.messages.length > 0) messages.value = [...messages.value, ...news.messages];
    position.after = messages.value.at(-1)?.seq ?? 0;
    read.value = news.read;
    // By this browser's clock: the simulator's may have been moved.
    loadingUntil.value = news.loadingUntil ? Date.now() + news.loadingUntil - news.now : 0;
    seen.value = { ...seen.value, [current]: position.after };
  });
});

const readLog = single(async () => {
  const bot = botId.value;
  if (!bot) return;
  const position = logPosition;
  const entries = await api.log(bot, position.after, FIRST_ENTRIES);
  if (position !== logPosition) return;
  if (position.after === 0) {
    log.value = entries;
    cleared.value = Math.min(cleared.value, entries.at(-1)?.seq ?? 0);
  } else if (entries.length > 0) {
    log.value = [...log.value, ...entries].slice(-MAX_ENTRIES);
  }
  position.after = log.value.at(-1)?.seq ?? 0;
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
    cleared.value = 0;
    logPosition = { after: 0 };
    show(null);
  });
  await Promise.all([readChats(), readLog()]);
}

/** @param {string | null} id */
export function select(id) {
  if (id === chatId.value) return;
  show(id);
  readMessages();
  readRichMenu().catch(fail);
}

/**
 * Shows a chat of which nothing is known yet, and has the address say so.
 * @param {string | null} id
 */
function show(id) {
  batch(() => {
    chatId.value = id;
    memberId.value = null;
    messages.value = [];
    chatPosition = { after: 0 };
    read.value = 0;
    loadingUntil.value = 0;
    richMenu.value = null;
  });
  const path = [botId.value, id].filter(Boolean).join("/");
  history.replaceState(null, "", `#/${path}`);
}

/** Reads all from the start: nothing may be as it was. */
async function readAnew() {
  chatPosition = { after: 0 };
  logPosition = { after: 0 };
  await readBots();
  await readChats();
  // Numbers that begin again are news again.
  const newest = newestOf(chats.value);
  const still = Object.entries(seen.value).map(([id, seq]) => [id, Math.min(seq, newest[id] ?? 0)]);
  seen.value = Object.fromEntries(still);
  await Promise.all([readMessages(), readLog()]);
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
      readAnew();
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
    case "forgotten":
      seen.value = { ...seen.value, [change.chatId ?? ""]: 0 };
      if (change.chatId === chatId.value) chatPosition = { after: 0 };
      // The user or group may be gone, too; then another chat is chosen.
      readChats().then(readMessages);
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
