// The words of the page, in English and Japanese.

import { effect, signal } from "@preact/signals";

const en = {
  title: "botbox simulator",
  chats: "Chats",
  newUser: "New user",
  newGroup: "New group",
  newBot: "New bot",
  bot: "Bot",
  inspector: "Inspector",
  back: "Back to the chats",
  search: "Find a chat",
  send: "Send",
  write: "Write a message",
  stickers: "Stickers",
  stickerPackage: "Sticker package {id}",
  sticker: "Sticker {id}",
  image: "Image",
  video: "Video",
  audio: "Audio",
  file: "File",
  coupon: "Coupon",
  location: "Location",
  beacon: "Beacon",
  membership: "Membership",
  sendFile: "Photo, video, audio or file",
  attachLocation: "Location",
  happen: "Make something happen",
  follow: "Add as friend",
  unfollow: "Block",
  unblock: "Unblock",
  invite: "Invite the bot",
  removeBot: "Remove the bot",
  join: "Add a member",
  leaveGroup: "Leave the group",
  actAs: "You are",
  friend: "friend",
  stranger: "not a friend",
  blocked: "blocked the bot",
  member: "the bot is in it",
  unknown: "not met yet",
  today: "Today",
  yesterday: "Yesterday",
  read: "Read",
  notDelivered: "Not delivered: {reason}",
  unsent: "This message was unsent.",
  edited: "edited",
  quote: "Quote",
  unsend: "Unsend",
  edit: "Edit",
  inspect: "Show in the inspector",
  cancel: "Cancel",
  ok: "OK",
  create: "Create",
  close: "Close",
  copy: "Copy",
  copied: "Copied",
  emptyChat: "Say something, and see what your bot answers.",
  emptyLog: "Every webhook and every API call of the bot appears here.",
  typing: "{name} is preparing an answer",
  said: "{name}: {text}",
  menuOpen: "Open the menu",
  menuClose: "Close the menu",
  unsupported: "Nothing is known of this message's type: {type}",
  noPreview: "The picture cannot be loaded",
  openMap: "Open the map",
  couponUse: "Coupon",
  couponUntil: "Valid until {date}",
  couponDiscount: "Discount",
  couponFree: "Free",
  couponGift: "Gift",
  couponCashBack: "Cash back",
  quickReplies: "Quick replies",
  previous: "Previous",
  nextCard: "Next",
  name: "Name",
  language: "Language",
  groupName: "Name of the group",
  kind: "Kind",
  group: "Group",
  room: "Multi-person chat",
  members: "Members",
  webhookUrl: "Webhook URL",
  secret: "Channel secret",
  token: "Access token",
  optional: "optional",
  pickDate: "Pick a date",
  pickTime: "Pick a time",
  pickDatetime: "Pick a date and a time",
  latitude: "Latitude",
  longitude: "Longitude",
  address: "Address",
  place: "Name of the place",
  hwid: "Hardware id (10 hex digits)",
  dm: "Device message (hex, optional)",
  enter: "Enter",
  stay: "Stay",
  banner: "Banner",
  plan: "Membership id",
  joined: "joined",
  left: "left",
  renewed: "renewed",
  wouldOpen: "A phone would open {url}",
  notAllowed: "Not a link that LINE opens: {url}",
  voiceInput: "A phone would open voice input",
  redeliver: "Send again",
  redelivered: "Redelivered: {status} {detail}",
  curl: "Copy as curl",
  copyAsTest: "Copy as test",
  saveAsTest: "Save this chat as a test",
  failure: "The bot failed",
  build: "Build",
  request: "Request",
  response: "Response",
  body: "Body",
  requestId: "Request id",
  retryKey: "Retry key",
  noAnswer: "no answer",
  clear: "Clear the view",
  clock: "Clock",
  clockHint: "For host and simulator it is {time}. When the time goes on, timers come and tokens end; it never goes back.",
  clockBy: "Move it forward by",
  clockMove: "Move",
  clockMoved: "It is {time} now",
  unit: "Unit",
  minutes: "minutes",
  hours: "hours",
  days: "days",
  faults: "Faults",
  faultsHint: "The next calls of the bot go wrong, or the next webhooks.",
  faultReply500: "Reply fails with 500",
  faultPush429: "Push meets the rate limit (429)",
  faultPushLost: "Push is sent, its answer is lost",
  faultPushHang: "Push is never answered",
  faultProfile: "Profile is not found (404)",
  faultReplyLate: "Reply is answered after 3 s",
  faultWebhookTwice: "Webhooks come twice",
  faultWebhookLate: "Webhooks come 3 s late",
  faultWebhookLost: "Webhooks are lost",
  faultSignature: "Webhooks have a wrong signature",
  times: "How often",
  heal: "Heal all",
  healed: "All faults are taken back",
  faultSet: "Set for the next {n}",
  offline: "The simulator does not answer. Trying again…",
  firstTitle: "Chat with your bot, as on a phone",
  firstText: "Make a bot here, and give its secret and token to your host. Nothing leaves this machine.",
  configTitle: "For the host",
  configText: "Put this into botbox.toml and start the host:",
  settings: "Settings of the bot",
  monthlyQuota: "Monthly quota (messages)",
  rateLimits: "Enforce LINE's rate limits",
  webhookRedelivery: "Deliver failed webhooks once more",
  unverified: "Unverified account: no list of friends",
  chatMode: "People answer in the chat, too",
  theme: "Dark or light",
  noticeFollow: "{name} added the bot as a friend",
  noticeUnfollow: "{name} blocked the bot",
  noticeJoin: "The bot joined",
  noticeLeave: "The bot left",
  noticeMemberJoined: "{name} joined",
  noticeMemberLeft: "{name} left",
  noticePostback: "Postback: {data}",
  noticeBeacon: "Beacon {hwid}: {kind}",
  noticeAccountLink: "Account link: {result}",
  noticeMembership: "Membership {id}: {kind}",
  noticeVideoPlayComplete: "Video played to its end",
};

/** @type {typeof en} */
const ja = {
  title: "botbox シミュレーター",
  chats: "トーク",
  newUser: "ユーザーを追加",
  newGroup: "グループを作成",
  newBot: "ボットを作成",
  bot: "ボット",
  inspector: "インスペクター",
  back: "トーク一覧に戻る",
  search: "トークを検索",
  send: "送信",
  write: "メッセージを入力",
  stickers: "スタンプ",
  stickerPackage: "スタンプ {id}",
  sticker: "スタンプ {id}",
  image: "画像",
  video: "動画",
  audio: "音声",
  file: "ファイル",
  coupon: "クーポン",
  location: "位置情報",
  beacon: "ビーコン",
  membership: "メンバーシップ",
  sendFile: "写真・動画・音声・ファイル",
  attachLocation: "位置情報",
  happen: "イベントを起こす",
  follow: "友だち追加",
  unfollow: "ブロック",
  unblock: "ブロック解除",
  invite: "ボットを招待",
  removeBot: "ボットを退会させる",
  join: "メンバーを追加",
  leaveGroup: "グループを退会",
  actAs: "送信者",
  friend: "友だち",
  stranger: "友だちではない",
  blocked: "ブロック中",
  member: "ボット参加中",
  unknown: "未接触",
  today: "今日",
  yesterday: "昨日",
  read: "既読",
  notDelivered: "未送信: {reason}",
  unsent: "メッセージの送信を取り消しました。",
  edited: "編集済み",
  quote: "リプライ",
  unsend: "送信取消",
  edit: "編集",
  inspect: "インスペクターで表示",
  cancel: "キャンセル",
  ok: "OK",
  create: "作成",
  close: "閉じる",
  copy: "コピー",
  copied: "コピーしました",
  emptyChat: "話しかけて、ボットの返事を見てみましょう。",
  emptyLog: "Webhook と API 呼び出しがここに表示されます。",
  typing: "{name} が返信を準備しています",
  said: "{name}: {text}",
  menuOpen: "メニューを開く",
  menuClose: "メニューを閉じる",
  unsupported: "不明なメッセージタイプ: {type}",
  noPreview: "画像を読み込めません",
  openMap: "地図を開く",
  couponUse: "クーポン",
  couponUntil: "{date} まで有効",
  couponDiscount: "割引",
  couponFree: "無料",
  couponGift: "プレゼント",
  couponCashBack: "キャッシュバック",
  quickReplies: "クイックリプライ",
  previous: "前へ",
  nextCard: "次へ",
  name: "名前",
  language: "言語",
  groupName: "グループ名",
  kind: "種類",
  group: "グループ",
  room: "複数人トーク",
  members: "メンバー",
  webhookUrl: "Webhook URL",
  secret: "チャネルシークレット",
  token: "アクセストークン",
  optional: "任意",
  pickDate: "日付を選択",
  pickTime: "時刻を選択",
  pickDatetime: "日時を選択",
  latitude: "緯度",
  longitude: "経度",
  address: "住所",
  place: "場所の名前",
  hwid: "ハードウェア ID(16 進 10 桁)",
  dm: "デバイスメッセージ(16 進、任意)",
  enter: "受信圏に入る (enter)",
  stay: "受信圏にいる (stay)",
  banner: "バナーをタップ (banner)",
  plan: "メンバーシップ ID",
  joined: "加入",
  left: "退会",
  renewed: "更新",
  wouldOpen: "スマートフォンでは {url} が開きます",
  notAllowed: "LINE では開けないリンクです: {url}",
  voiceInput: "スマートフォンでは音声入力が開きます",
  redeliver: "再送する",
  redelivered: "再送結果: {status} {detail}",
  curl: "curl としてコピー",
  copyAsTest: "テストとしてコピー",
  saveAsTest: "このトークをテストとして保存",
  failure: "ボットのエラー",
  build: "ビルド",
  request: "リクエスト",
  response: "レスポンス",
  body: "ボディ",
  requestId: "リクエスト ID",
  retryKey: "リトライキー",
  noAnswer: "応答なし",
  clear: "表示を消去",
  clock: "時計",
  clockHint: "ホストとシミュレーターの現在時刻は {time} です。進めるとタイマーが動き、トークンが失効します。戻すことはできません。",
  clockBy: "進める量",
  clockMove: "進める",
  clockMoved: "現在時刻は {time} です",
  unit: "単位",
  minutes: "分",
  hours: "時間",
  days: "日",
  faults: "障害",
  faultsHint: "ボットの次の呼び出し、または次の Webhook を失敗させます。",
  faultReply500: "Reply が 500 で失敗",
  faultPush429: "Push がレート制限(429)",
  faultPushLost: "Push は届くが応答が失われる",
  faultPushHang: "Push に応答しない",
  faultProfile: "プロフィールが見つからない(404)",
  faultReplyLate: "Reply の応答が 3 秒遅れる",
  faultWebhookTwice: "Webhook が二重に届く",
  faultWebhookLate: "Webhook が 3 秒遅れて届く",
  faultWebhookLost: "Webhook が失われる",
  faultSignature: "Webhook の署名が不正",
  times: "回数",
  heal: "すべて解除",
  healed: "障害を解除しました",
  faultSet: "次の {n} 回に設定しました",
  offline: "シミュレーターが応答しません。再接続中…",
  firstTitle: "スマートフォンのようにボットと会話",
  firstText: "ここでボットを作成し、シークレットとトークンをホストに設定してください。データは外部に送信されません。",
  configTitle: "ホストの設定",
  configText: "botbox.toml に追加してホストを起動してください:",
  settings: "ボットの設定",
  monthlyQuota: "月間の上限(通)",
  rateLimits: "LINE のレート制限を適用",
  webhookRedelivery: "失敗した Webhook を再送",
  unverified: "未認証アカウント(友だちリストなし)",
  chatMode: "チャットモード(人も返信する)",
  theme: "ダーク/ライト",
  noticeFollow: "{name} が友だち追加しました",
  noticeUnfollow: "{name} がブロックしました",
  noticeJoin: "ボットが参加しました",
  noticeLeave: "ボットが退会しました",
  noticeMemberJoined: "{name} が参加しました",
  noticeMemberLeft: "{name} が退会しました",
  noticePostback: "ポストバック: {data}",
  noticeBeacon: "ビーコン {hwid}: {kind}",
  noticeAccountLink: "アカウント連携: {result}",
  noticeMembership: "メンバーシップ {id}: {kind}",
  noticeVideoPlayComplete: "動画を最後まで再生しました",
};

export const dictionaries = { en, ja };

/** @typedef {keyof typeof en} Word */

/** @type {import("@preact/signals").Signal<"en" | "ja">} */
export const language = signal(first());

function first() {
  const chosen = remembered("language") ?? globalThis.navigator?.language ?? "en";
  return chosen.startsWith("ja") ? "ja" : "en";
}

/**
 * What was chosen on an earlier visit.
 * @param {string} name
 * @returns {string | null}
 */
export function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing forgets the choice.
  }
}

/** Keeps the document's language to the chosen one. */
export function start() {
  effect(() => {
    document.documentElement.lang = language.value;
    document.title = t("title");
  });
}

/**
 * @param {Word} word
 * @param {Record<string, unknown>} [values] what stands in braces
 */
export function t(word, values = {}) {
  const text = dictionaries[language.value][word];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @param {number} ms since 1970 */
export function clockTime(ms) {
  return new Date(ms).toLocaleTimeString(language.value, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** @param {number} ms since 1970 */
export function moment(ms) {
  return new Date(ms).toLocaleString(language.value, { dateStyle: "medium", timeStyle: "short" });
}

/**
 * @param {number} ms since 1970
 * @param {number} [now] since 1970, too
 */
export function day(ms, now = Date.now()) {
  const date = new Date(ms);
  const midnights = new Date(now).setHours(0, 0, 0, 0) - new Date(ms).setHours(0, 0, 0, 0);
  // Rounded: a day in which clocks are changed has 23 or 25 hours.
  const ago = Math.round(midnights / 86_400_000);
  if (ago === 0) return t("today");
  if (ago === 1) return t("yesterday");
  return date.toLocaleDateString(language.value, { dateStyle: "medium" });
}
