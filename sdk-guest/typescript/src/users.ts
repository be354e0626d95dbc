/** Users, and the groups and rooms that the bot is in. */

import type { GroupSummary } from "botbox:line/group";
import type { UserIds, UserProfile } from "botbox:line/users";

import * as host from "#host";
import { text } from "./argument.js";
import { call } from "./call-error.js";

export type { GroupSummary, UserIds, UserProfile };

/** The profile of a friend, or of a user who wrote to the bot and has not blocked it. */
export async function getProfile(userId: string): Promise<UserProfile> {
  text(userId, "a user id");
  return call(() => host.getProfile(userId));
}

/** A group's name and picture. */
export async function getGroupSummary(groupId: string): Promise<GroupSummary> {
  text(groupId, "a group id");
  return call(() => host.getGroupSummary(groupId));
}

/** How many users are in a group; the bot is not one. */
export async function getGroupMemberCount(groupId: string): Promise<number> {
  text(groupId, "a group id");
  return call(() => host.getGroupMemberCount(groupId));
}

/** A page of at most 100 of a group's members. For verified and premium accounts only. */
export async function getGroupMembersIds(groupId: string, start?: string): Promise<UserIds> {
  text(groupId, "a group id");
  return call(() => host.getGroupMembersIds(groupId, start));
}

/** The profile of a group's member, friend or not. */
export async function getGroupMemberProfile(groupId: string, userId: string): Promise<UserProfile> {
  text(groupId, "a group id");
  text(userId, "a user id");
  return call(() => host.getGroupMemberProfile(groupId, userId));
}

/** The bot leaves the group. */
export async function leaveGroup(groupId: string): Promise<void> {
  text(groupId, "a group id");
  call(() => host.leaveGroup(groupId));
}

/** The profile of a room's member, friend or not. */
export async function getRoomMemberProfile(roomId: string, userId: string): Promise<UserProfile> {
  text(roomId, "a room id");
  text(userId, "a user id");
  return call(() => host.getRoomMemberProfile(roomId, userId));
}

/** The bot leaves the room. */
export async function leaveRoom(roomId: string): Promise<void> {
  text(roomId, "a room id");
  call(() => host.leaveRoom(roomId));
}
