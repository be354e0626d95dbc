// The messages of a chat, a window of them: they are drawn in pieces, and a piece that is far from
// what is seen is an empty box of the height that it had. Ten thousand messages are some hundred
// boxes, and the browser keeps the place when a box is filled.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { day, t } from "../i18n.js";
import { bot, loadingUntil } from "../store.js";
import { Row } from "./row.js";

/** How many messages a piece has. */
const PIECE = 40;

/** How high a message is that was never drawn, in CSS pixels. */
const GUESS = 64;

/** How far from what is seen pieces are drawn. */
const MARGIN = "1200px 0px";

/** How near to its end the log counts as being at its end, in CSS pixels. */
const NEAR_END = 120;

/** @param {{ items: any[] }} props */
export function Log({ items }) {
  const scroller = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  const loading = useLoading();

  const pieces = [];
  for (let start = 0; start < items.length; start += PIECE) pieces.push(items.slice(start, start + PIECE));

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [items.length, loading]);

  // Pictures that load, and a composer that grows, move the end.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);

  const scrolled = () => {
    const element = scroller.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
  };
  return html`<div class="log" ref=${scroller} onScroll=${scrolled} onKeyDown=${walk} role="log" aria-live="off" aria-label=${t("chats")} tabindex="0">
    <div class="log-content">
      ${items.length === 0 && html`<p class="empty">${t("emptyChat")}</p>`}
      ${pieces.map((piece, index) => html`<${Piece} key=${index} items=${piece} before=${items[index * PIECE - 1]} last=${index === pieces.length - 1} scroller=${scroller} />`)}
      ${loading && html`<div class="row bot loading" role="img" aria-label=${t("typing", { name: bot.value?.displayName })}><span class="dots"><i></i><i></i><i></i></span></div>`}
    </div>
  </div>`;
}

/** Whether the bot's loading animation is shown; it ends by itself. */
function useLoading() {
  const [, setNow] = useState(0);
  const until = loadingUntil.value;
  useEffect(() => {
    const left = until - Date.now();
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), left);
    return () => clearTimeout(timer);
  }, [until]);
  return until > Date.now();
}

/** @param {{ items: any[], before: any, last: boolean, scroller: { current: HTMLElement | null } }} props */
function Piece({ items, before, last, scroller }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [near, setNear] = useState(last);
  const height = useRef(items.length * GUESS);

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting && element.childElementCount > 0) height.current = entry.boundingClientRect.height;
      setNear(entry.isIntersecting);
    }, { root: scroller.current, rootMargin: MARGIN });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  if (!near) return html`<div ref=${box} style=${{ height: `${height.current}px` }} />`;
  return html`<div ref=${box}>${items.map((item, index) => {
    const previous = items[index - 1] ?? before;
    const newDay = !previous || new Date(previous.timestamp).toDateString() !== new Date(item.timestamp).toDateString();
    return [
      newDay && html`<p class="day" key=${`day-${item.timestamp}`}><span>${day(item.timestamp)}</span></p>`,
      html`<${Row} key=${item.key ?? item.seq} item=${item} follows=${!newDay && sameSide(previous, item)} />`,
    ];
  })}</div>`;
}

/**
 * Whether a message needs no name and picture of its own.
 * @param {any} a
 * @param {any} b
 */
const sameSide = (a, b) =>
  Boolean(a && a.from && a.from === b.from && a.userId === b.userId && a.message?.sender?.name === b.message?.sender?.name);

/**
 * Arrow keys go from message to message.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const log = /** @type {HTMLElement} */ (event.currentTarget);
  const target = /** @type {HTMLElement} */ (event.target);
  if (!step || target.matches("input, select, textarea, .carousel .row")) return;
  const messages = /** @type {HTMLElement[]} */ ([...log.querySelectorAll("[data-message]")]);
  const current = messages.findIndex((message) => message.contains(target));
  const next = current < 0 ? messages.at(-1) : messages[current + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
