/** What a chat shows beside messages, and what links it with an account. */

import * as host from "#host";
import { integer, text } from "./argument.js";
import { call } from "./call-error.js";

/**
 * Shows the loading animation in the chat with a user, until the bot's next message or for a number
 * of seconds: a multiple of 5 from 5 to 60.
 */
export async function showLoadingAnimation(userId: string, seconds = 20): Promise<void> {
  text(userId, "a user id");
  integer(seconds, "the time of a loading animation");
  call(() => host.showLoadingAnimation(userId, seconds));
}

/** Marks all messages as read up to the one that the token came with. */
export async function markAsReadByToken(token: string): Promise<void> {
  text(token, "a token to mark as read with");
  call(() => host.markMessagesAsReadByToken(token));
}

/** Shows a user a rich menu of their own. */
export async function linkRichMenu(userId: string, richMenuId: string): Promise<void> {
  text(userId, "a user id");
  text(richMenuId, "the id of a rich menu");
  call(() => host.linkRichMenuIdToUser(userId, richMenuId));
}

/** Takes a user's own rich menu away. */
export async function unlinkRichMenu(userId: string): Promise<void> {
  text(userId, "a user id");
  call(() => host.unlinkRichMenuIdFromUser(userId));
}

/**
 * Makes a URL for one user, to send as a `uri` action: the page where the account link begins. It
 * is good for 10 minutes. The end comes as an `accountLink` event.
 */
export async function createLink(userId: string): Promise<string> {
  text(userId, "a user id");
  return call(() => host.createLink(userId));
}

/** The user's account of the provider's service, if it is linked. */
export async function linkedAccount(userId: string): Promise<string | undefined> {
  text(userId, "a user id");
  return call(() => host.linkedAccount(userId)) ?? undefined;
}

/** Forgets the link of a user. Returns whether there was one. */
export async function unlink(userId: string): Promise<boolean> {
  text(userId, "a user id");
  return call(() => host.unlink(userId));
}
