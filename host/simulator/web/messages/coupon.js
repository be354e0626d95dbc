import { useEffect, useState } from "preact/hooks";
import * as api from "../api.js";
import { html } from "../html.js";
import { day, t } from "../i18n.js";
import { botId } from "../store.js";
import { media } from "../urls.js";
import { Picture } from "./picture.js";

/** A coupon, which the platform knows by its id. */
export function Coupon({ message }) {
  const [coupon, setCoupon] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (botId.value) api.coupon(botId.value, message.couponId).then(setCoupon, () => {});
  }, [message.couponId]);
  const until = coupon?.endTimestamp && t("couponUntil", { date: day(coupon.endTimestamp * 1000) });
  return html`<div class="card coupon">
    ${coupon?.imageUrl && html`<${Picture} src=${media(coupon.imageUrl)} />`}
    <div class="ticket"><small>${t("couponUse")}</small><b>${coupon?.title ?? message.couponId}</b>
      <span>${reward(coupon?.reward)}</span><small>${until}</small></div>
  </div>`;
}

/** @type {Record<string, import("../i18n.js").Word>} */
const REWARDS = { discount: "couponDiscount", free: "couponFree", gift: "couponGift", cashBack: "couponCashBack" };

/** @param {any} reward */
function reward(reward) {
  const price = reward?.priceInfo;
  if (price?.type === "percentage") return `−${price.percentage} %`;
  if (price?.fixedAmount) return `−${price.fixedAmount} ${price.currency ?? ""}`;
  if (price?.priceAfterDiscount) return html`<s>${price.originalPrice}</s> ${price.priceAfterDiscount} ${price.currency ?? ""}`;
  const word = REWARDS[/** @type {"free"} */ (reward?.type)];
  return word ? t(word) : "";
}
