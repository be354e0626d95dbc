// Making bots, users and groups.

import * as api from "../api.js";
import { ask } from "../dialogs.js";
import { chats, select, selectBot } from "../store.js";

export async function makeBot() {
  const wanted = await ask("bot");
  if (!wanted) return;
  const bot = await api.makeBot(wanted);
  // Somebody has to talk to it.
  if (chats.value.length === 0) await api.makeUser({ displayName: "Aiko", language: "ja" });
  await selectBot(bot.botId);
  await ask("settings");
}

export async function makeUser() {
  const wanted = await ask("user");
  if (!wanted) return;
  const user = await api.makeUser(wanted);
  select(user.userId);
}

export async function makeGroup() {
  const wanted = await ask("group");
  if (!wanted) return;
  const group = await api.makeGroup(wanted);
  select(group.groupId ?? group.roomId);
}
