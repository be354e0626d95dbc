/** LINE's webhook events, as LINE writes them (LINE reference, "Webhook Event Objects"). */

/** What all events have. */
export interface EventBase {
  /** LINE's id of the event, a ULID. The same id is the same event, however often it comes. */
  webhookEventId: string;
  /** When it happened, in milliseconds since 1970-01-01T00:00:00Z. */
  timestamp: number;
  /** `standby` when another service is in charge of the chat: the bot must not send then. */
  mode: "active" | "standby";
  /** Where it happened. Absent on some events. */
  source?: Source;
  deliveryContext: {
    /** Whether LINE sends this event again because it got no answer the first time. */
    isRedelivery: boolean;
  };
  /** Which attempt of the host this is: 1, or more when attempts have failed. */
  attempt: number;
  /** Whether the event can be answered with `reply`: `open`, or why it can't be. */
  replyState: "open" | "none" | "expired" | "spent";
}

/** Where an event happened. */
export type Source = UserSource | GroupSource | RoomSource;

/** A chat between one user and the bot. */
export interface UserSource {
  type: "user";
  /** Absent for users whom LINE does not show to bots. */
  userId?: string;
}

/** A group chat, and who acted in it. */
export interface GroupSource {
  type: "group";
  groupId: string;
  userId?: string;
}

/** A multi-person chat, the older kind of group, and who acted in it. */
export interface RoomSource {
  type: "room";
  roomId: string;
  userId?: string;
}

/** Someone sent a message. */
export interface MessageEvent<M extends ReceivedMessage = ReceivedMessage> extends EventBase {
  type: "message";
  message: M;
}

/** Someone edited a text in a group. The message's id is the original's. */
export interface MessageEditedEvent extends EventBase {
  type: "messageEdited";
  message: ReceivedMessage;
}

/** Someone took a message back. Its content must not be used any more. */
export interface UnsendEvent extends EventBase {
  type: "unsend";
  unsend: { messageId: string };
}

/** A user added the bot as a friend, or unblocked it. */
export interface FollowEvent extends EventBase {
  type: "follow";
  follow: { isUnblocked: boolean };
}

/** A user blocked the bot. */
export interface UnfollowEvent extends EventBase {
  type: "unfollow";
}

/** The bot joined a group or room. */
export interface JoinEvent extends EventBase {
  type: "join";
}

/** The bot left, or was removed from, a group or room. */
export interface LeaveEvent extends EventBase {
  type: "leave";
}

/** Users joined a group or room that the bot is in. */
export interface MemberJoinedEvent extends EventBase {
  type: "memberJoined";
  joined: { members: UserSource[] };
}

/** Users left a group or room that the bot is in. */
export interface MemberLeftEvent extends EventBase {
  type: "memberLeft";
  left: { members: UserSource[] };
}

/** A user chose a postback action. */
export interface PostbackEvent extends EventBase {
  type: "postback";
  postback: {
    /** The action's data. */
    data: string;
    /** What the user picked: `date`, `time` or `datetime`; `newRichMenuAliasId` and `status`. */
    params?: Record<string, string>;
  };
}

/** A user watched a video to its end. May come again. */
export interface VideoPlayCompleteEvent extends EventBase {
  type: "videoPlayComplete";
  videoPlayComplete: { trackingId: string };
}

/** A user is near a LINE Beacon. Anyone can imitate a beacon: grant nothing of value for it. */
export interface BeaconEvent extends EventBase {
  type: "beacon";
  beacon: {
    /** The beacon's hardware id. */
    hwid: string;
    type: "enter" | "stay" | "banner";
    /** The beacon's device message, in hexadecimal. */
    dm?: string;
    /** What the operator registered about the beacon. The host's addition. */
    device?: BeaconDevice;
  };
}

/** A beacon that the operator registered. */
export interface BeaconDevice {
  hwid: string;
  name: string;
  /** Where it is. */
  place?: string;
  /** Names and values, as the operator likes. */
  labels: Record<string, string>;
}

/** A user linked, or failed to link, their account of the provider's service. */
export interface AccountLinkEvent extends EventBase {
  type: "accountLink";
  link: {
    result: "ok" | "failed";
    /** Only of a link that was made in another way than with `createLink`. */
    nonce?: string;
    /** The account that the host linked with the user, of a link made with `createLink`. */
    account?: string;
  };
}

/** A user's membership began, ended or was renewed (Japan). */
export interface MembershipEvent extends EventBase {
  type: "membership";
  membership: { type: "joined" | "left" | "renewed"; membershipId: number };
}

/** A LINE notification message arrived at a user's phone. */
export interface DeliveryEvent extends EventBase {
  type: "delivery";
  delivery: { data: string };
}

/** A time has come that the bot set with `runAt` or `runAfter`. The host's own event. */
export interface TimerEvent extends EventBase {
  type: "botbox.timer";
  timer: {
    /** As the bot gave it. */
    payload: string;
  };
}

/** A user's stay near a beacon has ended. The host's own event, of channels that have it on. */
export interface BeaconVisitEvent extends EventBase {
  type: "botbox.beaconVisit";
  beaconVisit: {
    hwid: string;
    /** In milliseconds since 1970-01-01T00:00:00Z. */
    startedAt: number;
    /** In milliseconds. */
    duration: number;
    /** What the operator registered about the beacon. */
    device?: BeaconDevice;
  };
}

/** The events by their `type`. What else LINE sends comes to the default handler. */
export interface Events {
  message: MessageEvent;
  messageEdited: MessageEditedEvent;
  unsend: UnsendEvent;
  follow: FollowEvent;
  unfollow: UnfollowEvent;
  join: JoinEvent;
  leave: LeaveEvent;
  memberJoined: MemberJoinedEvent;
  memberLeft: MemberLeftEvent;
  postback: PostbackEvent;
  videoPlayComplete: VideoPlayCompleteEvent;
  beacon: BeaconEvent;
  accountLink: AccountLinkEvent;
  membership: MembershipEvent;
  delivery: DeliveryEvent;
  "botbox.timer": TimerEvent;
  "botbox.beaconVisit": BeaconVisitEvent;
}

/** One event. */
export type Event = Events[keyof Events];

/** What all messages have that users send. */
export interface ReceivedMessageBase {
  /** By which `getContent` fetches the message's bytes. */
  id: string;
  /** A token to quote this message with. */
  quoteToken?: string;
  /** The id of the message that this one quotes. */
  quotedMessageId?: string;
  /** A token to mark the chat as read with, up to this message. */
  markAsReadToken?: string;
}

/** A text. */
export interface ReceivedText extends ReceivedMessageBase {
  type: "text";
  text: string;
  /** LINE's own emoji in it; positions are in UTF-16 code units. */
  emojis?: { index: number; length: number; productId: string; emojiId: string }[];
  /** Who is mentioned in it. */
  mention?: {
    mentionees: { index: number; length: number; type: "user" | "all"; userId?: string; isSelf?: boolean }[];
  };
}

/** Who has the bytes of an image, video or audio message. */
export type ContentProvider =
  | { type: "line" }
  | { type: "external"; originalContentUrl: string; previewImageUrl?: string };

/** An image. */
export interface ReceivedImage extends ReceivedMessageBase {
  type: "image";
  contentProvider: ContentProvider;
  /** When several images were sent together: which of them this one is. */
  imageSet?: { id: string; index?: number; total?: number };
}

/** A video. */
export interface ReceivedVideo extends ReceivedMessageBase {
  type: "video";
  contentProvider: ContentProvider;
  /** In milliseconds. */
  duration?: number;
}

/** A sound. */
export interface ReceivedAudio extends ReceivedMessageBase {
  type: "audio";
  contentProvider: ContentProvider;
  /** In milliseconds. */
  duration?: number;
}

/** A file. */
export interface ReceivedFile extends ReceivedMessageBase {
  type: "file";
  fileName: string;
  /** In bytes. */
  fileSize: number;
}

/** A place. */
export interface ReceivedLocation extends ReceivedMessageBase {
  type: "location";
  title?: string;
  address?: string;
  latitude: number;
  longitude: number;
}

/** A sticker. */
export interface ReceivedSticker extends ReceivedMessageBase {
  type: "sticker";
  packageId: string;
  stickerId: string;
  stickerResourceType: string;
  keywords?: string[];
  text?: string;
}

/** The messages by their `type`. */
export interface ReceivedMessages {
  text: ReceivedText;
  image: ReceivedImage;
  video: ReceivedVideo;
  audio: ReceivedAudio;
  file: ReceivedFile;
  location: ReceivedLocation;
  sticker: ReceivedSticker;
}

/** A message that a user sent. */
export type ReceivedMessage = ReceivedMessages[keyof ReceivedMessages];

/** Who acted, where LINE tells. */
export function userId(event: EventBase): string | undefined {
  return event.source?.userId;
}

/** The chat that an event happened in, to push to: a user, group or room. */
export function chatId({ source }: EventBase): string | undefined {
  switch (source?.type) {
    case "group":
      return source.groupId;
    case "room":
      return source.roomId;
    default:
      return source?.userId;
  }
}
