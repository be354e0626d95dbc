/** The host as the SDK sees it outside of a component: the fake one of the test that is running. */

import type { Bucket } from "wasi:keyvalue/store";
import type { Level } from "wasi:logging/logging";

import { current } from "./fake-host.js";
import { FakeCas, type FakeBucket } from "./fake-store.js";

type Host = typeof import("../host/component.js");

export const createLink: Host["createLink"] = (userId) =>
  current().called("account-link", { userId }, () => `https://example.com/link/${userId}`);
export const linkedAccount: Host["linkedAccount"] = (userId) =>
  current().called("account-link", { userId }, () => current().linkedAccounts.get(userId));
export const unlink: Host["unlink"] = (userId) =>
  current().called("account-link", { userId }, () => current().linkedAccounts.delete(userId));
export const getMessageContent: Host["getMessageContent"] = (messageId) =>
  current().called("content", { messageId }, () => current().content(messageId));
export const getMessageContentPreview: Host["getMessageContentPreview"] = getMessageContent;
export const getJson: Host["getJson"] = () => JSON.stringify(current().event);
export const getGroupSummary: Host["getGroupSummary"] = (groupId) =>
  current().called("group", { groupId }, () => current().group(groupId).summary);
export const getGroupMemberCount: Host["getGroupMemberCount"] = (groupId) =>
  current().called("group", { groupId }, () => current().group(groupId).members.length);
export const getGroupMembersIds: Host["getGroupMembersIds"] = (groupId) =>
  current().called("group", { groupId }, () => ({ userIds: current().group(groupId).members }));
export const getGroupMemberProfile: Host["getGroupMemberProfile"] = (groupId, userId) =>
  current().called("group", { groupId, userId }, () => current().profile(userId));
export const leaveGroup: Host["leaveGroup"] = (groupId) => current().called("group", { groupId }, () => undefined);
export const getRoomMemberProfile: Host["getRoomMemberProfile"] = (roomId, userId) =>
  current().called("room", { roomId, userId }, () => current().profile(userId));
export const leaveRoom: Host["leaveRoom"] = (roomId) => current().called("room", { roomId }, () => undefined);
export const callLine: Host["callLine"] = (request) =>
  current().called("line-api", { method: request.method, path: request.path }, () => current().lineApi(request));
export const showLoadingAnimation: Host["showLoadingAnimation"] = (userId, seconds) =>
  current().called("loading", { userId, seconds }, () => undefined);
export const markMessagesAsReadByToken: Host["markMessagesAsReadByToken"] = (token) =>
  current().called("mark-as-read", { token }, () => undefined);
export const startUpload: Host["startUpload"] = (contentType) =>
  current().called("media", { contentType }, () => current().upload(contentType));
export const getProfile: Host["getProfile"] = (userId) =>
  current().called("profile", { userId }, () => current().profile(userId));
export const pushMessage: Host["pushMessage"] = (to, messages) =>
  current().called("push", { to }, () => current().deliver("push", [to], messages));
export const multicast: Host["multicast"] = (to, messages) =>
  current().called("push", { to }, () => current().request("multicast", to, messages));
export const broadcast: Host["broadcast"] = (messages) =>
  current().called("push", {}, () => current().request("broadcast", [], messages));
export const narrowcast: Host["narrowcast"] = (messages, target) =>
  current().called("push", { target }, () => current().request("narrowcast", [], messages));
export const replyMessage: Host["replyMessage"] = (messages) =>
  current().called("reply", {}, () => current().reply(messages));
export const replyOrPush: Host["replyOrPush"] = (messages) =>
  current().called("reply", {}, () => current().replyOrPush(messages));
export const linkRichMenuIdToUser: Host["linkRichMenuIdToUser"] = (userId, richMenuId) =>
  current().called("rich-menu", { userId, richMenuId }, () => undefined);
export const unlinkRichMenuIdFromUser: Host["unlinkRichMenuIdFromUser"] = (userId) =>
  current().called("rich-menu", { userId }, () => undefined);
export const runAt: Host["runAt"] = (at, payload) =>
  current().called("schedule", { at, payload }, () => current().schedule(at, payload));
export const cancel: Host["cancel"] = (id) => current().called("schedule", { id }, () => current().cancel(id));
export const getConfig: Host["getConfig"] = (key) => current().config[key];
export const open: Host["open"] = (name) =>
  current().called("keyvalue", { name }, () => current().bucket(name) as unknown as Bucket);
export const increment: Host["increment"] = (bucket, key, delta) =>
  (bucket as unknown as FakeBucket).increment(key, delta);
export const swap: Host["swap"] = (cas, value) => (cas as unknown as FakeCas).swap(value);
export const Cas = FakeCas as unknown as Host["Cas"];
export const log = (level: Level, _context: string, message: string): void => {
  current().logged.push({ level, message });
};
