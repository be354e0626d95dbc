/** The host as a component sees it: the functions of WIT interfaces that the SDK calls. */

export { createLink, linkedAccount, unlink } from "botbox:line/account-link";
export { getMessageContent, getMessageContentPreview } from "botbox:line/content";
export { getJson } from "botbox:line/current-event";
export {
  getGroupMemberCount,
  getGroupMemberProfile,
  getGroupMembersIds,
  getGroupSummary,
  leaveGroup,
} from "botbox:line/group";
export { call as callLine } from "botbox:line/line-api";
export { showLoadingAnimation } from "botbox:line/loading";
export { markMessagesAsReadByToken } from "botbox:line/mark-as-read";
export { startUpload } from "botbox:line/media";
export { getProfile } from "botbox:line/profile";
export { broadcast, multicast, narrowcast, pushMessage } from "botbox:line/push";
export { replyMessage } from "botbox:line/reply";
// A statement of its own, so that the build sees whether it is used.
export { replyOrPush } from "botbox:line/reply";
export { linkRichMenuIdToUser, unlinkRichMenuIdFromUser } from "botbox:line/rich-menu";
export { getRoomMemberProfile, leaveRoom } from "botbox:line/room";
export { cancel, runAt } from "botbox:line/schedule";
export { get as getConfig } from "wasi:config/store";
export { Cas, increment, swap } from "wasi:keyvalue/atomics";
export { open } from "wasi:keyvalue/store";
export { log } from "wasi:logging/logging";
